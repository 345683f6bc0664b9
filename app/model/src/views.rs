//! How often the public pages are looked at.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One day (UTC) of a project. The same person on two days is two visitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayViews {
    pub day: NaiveDate,
    pub views: i64,
    pub visitors: i64,
}
