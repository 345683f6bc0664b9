//! What a person sees first.

use serde::{Deserialize, Serialize};

use crate::entries::EntryState;
use crate::ids::{EntryId, ProjectId};
use crate::projects::ProjectSummary;
use crate::time::Timestamp;

/// An entry outside its project's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct HomeEntry {
    pub id: EntryId,
    pub project_id: ProjectId,
    pub project_name: String,
    pub project_color: Option<String>,
    pub title: String,
    pub version: Option<String>,
    pub published_at: Option<Timestamp>,
    pub scheduled_at: Option<Timestamp>,
    pub updated_at: Timestamp,
    pub author: Option<String>,
}

impl HomeEntry {
    pub fn state(&self) -> EntryState {
        EntryState::of(self.published_at, self.scheduled_at)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Home {
    pub projects: i64,
    pub entries: i64,
    /// Published since the first day of this month, UTC.
    pub published_this_month: i64,
    /// The newest six.
    pub recent_projects: Vec<ProjectSummary>,
    /// Drafts, last changed first, at most ten.
    pub drafts: Vec<HomeEntry>,
    /// Entries whose writers wait for an administrator, longest waiting first, at most ten.
    pub waiting: Vec<HomeEntry>,
    /// Entries published last, at most ten.
    pub published: Vec<HomeEntry>,
}
