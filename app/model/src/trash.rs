//! What was deleted, and can be had back for a while.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::access::UnknownName;
use crate::ids::{ProjectId, TrashId, UserId};
use crate::time::Timestamp;

/// How long something lies in the trash, in days.
pub const KEPT_DAYS: i64 = 30;

/// What a thing in the trash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrashKind {
    Entry,
    Project,
    Tag,
}

impl TrashKind {
    pub const ALL: [TrashKind; 3] = [TrashKind::Entry, TrashKind::Project, TrashKind::Tag];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            TrashKind::Entry => "entry",
            TrashKind::Project => "project",
            TrashKind::Tag => "tag",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            TrashKind::Entry => "Entry",
            TrashKind::Project => "Project",
            TrashKind::Tag => "Tag",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        TrashKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl TryFrom<String> for TrashKind {
    type Error = UnknownName;

    fn try_from(text: String) -> Result<Self, UnknownName> {
        TrashKind::parse(&text).ok_or_else(|| UnknownName { given: text, allowed: "entry, project, tag".to_owned() })
    }
}

/// A thing in the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Trashed {
    pub id: TrashId,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub kind: TrashKind,
    /// The project of an entry, or the project itself.
    pub project_id: Option<ProjectId>,
    pub project_name: Option<String>,
    /// The title of an entry, the name of a project or tag.
    pub title: String,
    pub version: Option<String>,
    /// How many entries a project or tag had; 1 for an entry.
    pub entries: i64,
    pub deleted_by_id: Option<UserId>,
    /// The name that the person had then.
    pub deleted_by_name: Option<String>,
    pub deleted_at: Timestamp,
}

impl Trashed {
    /// When it goes for good.
    pub fn expires_at(&self) -> Timestamp {
        self.deleted_at + TimeDelta::days(KEPT_DAYS)
    }

    /// How many days it can still be had back, the one that has begun included; never less than 0.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        let left = (self.expires_at() - now).num_seconds().max(0);
        (left + 86_399) / 86_400
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    pub id: TrashId,
    pub kind: TrashKind,
    /// The project of an entry, or the project itself.
    pub project_id: Option<ProjectId>,
    /// The title of an entry, the name of a project or tag.
    pub title: String,
    /// What is not as it was, one sentence each.
    pub notes: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_wire;

    #[test]
    fn the_day_that_has_begun_counts() {
        let at = |text| from_wire(text).unwrap();
        let trashed = Trashed {
            id: "c1".parse().unwrap(),
            kind: TrashKind::Tag,
            project_id: None,
            project_name: None,
            title: "Fix".to_owned(),
            version: None,
            entries: 3,
            deleted_by_id: None,
            deleted_by_name: None,
            deleted_at: at("2026-03-01T10:00:00Z"),
        };
        for (now, days) in [
            ("2026-03-01T10:00:00Z", 30),
            ("2026-03-01T10:00:01Z", 30),
            ("2026-03-02T10:00:00Z", 29),
            ("2026-03-31T09:59:59Z", 1),
            ("2026-03-31T10:00:00Z", 0),
            ("2026-05-01T00:00:00Z", 0),
        ] {
            assert_eq!(trashed.days_left(at(now)), days, "{now}");
        }
    }
}
