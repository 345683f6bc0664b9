//! Work that is due at a moment: what there is, and how it went.

use serde::{Deserialize, Serialize};

use crate::access::UnknownName;
use crate::ids::{EntryId, JobId, ProjectId};
use crate::time::Timestamp;

/// How often a job is tried again after it failed.
pub const MAX_RETRIES: i64 = 3;
/// Jobs that ended, and events, are kept so many days.
pub const KEPT_DAYS: i64 = 30;

macro_rules! names {
    ($(#[$meta:meta])* $kind:ident { $($(#[$doc:meta])* $variant:ident = $name:literal, $label:literal;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $kind {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl $kind {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The name for people.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label,)*
                }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }

        impl TryFrom<String> for $kind {
            type Error = UnknownName;

            fn try_from(text: String) -> Result<Self, UnknownName> {
                Self::parse(&text).ok_or_else(|| UnknownName { given: text, allowed: [$($name,)*].join(", ") })
            }
        }
    };
}

names! {
    /// What is to be done. Each kind has an executor.
    JobKind {
        PublishEntry = "PUBLISH_CHANGELOG_ENTRY", "Publish an entry";
        /// Its time in public is over.
        UnpublishEntry = "UNPUBLISH_CHANGELOG_ENTRY", "Take an entry back";
        UnpinEntry = "UNPIN_CHANGELOG_ENTRY", "Unpin an entry";
        /// Deletes what is kept for a while only.
        PurgeExpired = "PURGE_EXPIRED", "Delete old jobs and events";
    }
}

names! {
    /// How far a job is.
    JobStatus {
        Pending = "PENDING", "Waiting";
        Running = "RUNNING", "Running";
        Completed = "COMPLETED", "Done";
        /// It failed too often. Only a person has it tried again.
        Failed = "FAILED", "Failed";
        Cancelled = "CANCELLED", "Cancelled";
    }
}

impl JobStatus {
    /// Whether it may still be done without a person.
    pub fn is_open(self) -> bool {
        matches!(self, JobStatus::Pending | JobStatus::Running)
    }
}

/// A job as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Job {
    pub id: JobId,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub kind: JobKind,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub status: JobStatus,
    pub project_id: Option<ProjectId>,
    pub entry_id: Option<EntryId>,
    /// When it is due. Stays, however often it is tried.
    pub scheduled_at: Timestamp,
    /// When it is tried next, or was tried last.
    pub run_at: Timestamp,
    pub retry_count: i64,
    pub max_retries: i64,
    /// What went wrong the last time.
    pub error: Option<String>,
    /// Why there was nothing to do.
    pub note: Option<String>,
    pub executed_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// A job in the list of administrators, with what it is about, where that is still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct JobLine {
    #[cfg_attr(feature = "sql", sqlx(flatten))]
    pub job: Job,
    pub project_name: Option<String>,
    pub entry_title: Option<String>,
}

/// How many jobs are in each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobCounts {
    pub pending: i64,
    pub running: i64,
    pub completed: i64,
    pub failed: i64,
    pub cancelled: i64,
}

impl JobCounts {
    pub fn of(&self, status: JobStatus) -> i64 {
        match status {
            JobStatus::Pending => self.pending,
            JobStatus::Running => self.running,
            JobStatus::Completed => self.completed,
            JobStatus::Failed => self.failed,
            JobStatus::Cancelled => self.cancelled,
        }
    }

    pub fn total(&self) -> i64 {
        JobStatus::ALL.iter().map(|status| self.of(*status)).sum()
    }
}
