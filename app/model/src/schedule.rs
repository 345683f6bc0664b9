//! What is to happen to an entry at later moments: going live, coming first in the list, and leaving the public again.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::ids::{EntryId, ProjectId, UserId};
use crate::time::{self, Timestamp};

/// How far ahead a moment has to be.
pub const LEAST_AHEAD: Duration = Duration::minutes(1);

/// What is planned for an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Plan {
    pub scheduled_at: Option<Timestamp>,
    /// Who scheduled it.
    pub scheduled_by_id: Option<UserId>,
    /// Their name or address, as long as they have an account.
    pub scheduled_by: Option<String>,
    /// When the entry becomes a draft again.
    pub expires_at: Option<Timestamp>,
    /// Until when it comes first in the public list.
    pub pinned_until: Option<Timestamp>,
    /// What keeps the entry from going live, where that was tried and given up.
    pub failure: Option<String>,
}

impl Plan {
    pub fn is_pinned(&self, now: Timestamp) -> bool {
        self.pinned_until.is_some_and(|until| until > now)
    }
}

/// A moment that lies far enough ahead to plan for. `field` is named when it does not.
///
/// # Errors
/// `Invalid`.
pub fn ahead(field: &str, at: Timestamp, now: Timestamp) -> Result<Timestamp> {
    let at = time::to_millis(at);
    if at < now + LEAST_AHEAD {
        return Err(Error::field(field, "Choose a time that is at least one minute ahead."));
    }
    if at > time::MAX {
        return Err(Error::field(field, "Choose a time before the year 10000."));
    }
    Ok(at)
}

/// What happens to an entry on a day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    Published,
    Scheduled,
    Expires,
}

impl EventKind {
    pub const ALL: [EventKind; 3] = [EventKind::Published, EventKind::Scheduled, EventKind::Expires];

    /// For people: "Goes live".
    pub fn label(self) -> &'static str {
        match self {
            EventKind::Published => "Published",
            EventKind::Scheduled => "Goes live",
            EventKind::Expires => "Expires",
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Published => "published",
            EventKind::Scheduled => "scheduled",
            EventKind::Expires => "expires",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        EventKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl TryFrom<String> for EventKind {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        Self::parse(&text).ok_or(text)
    }
}

/// One line of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct CalendarEvent {
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub kind: EventKind,
    pub at: Timestamp,
    pub entry_id: EntryId,
    pub project_id: ProjectId,
    pub title: String,
    pub version: Option<String>,
}
