//! What a person sees first.

use serde::{Deserialize, Serialize};

use crate::entries::EntryState;
use crate::ids::{EntryId, ProjectId};
use crate::projects::ProjectSummary;
use crate::requests::OpenRequest;
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

/// An entry about which somebody asked an administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Waiting {
    #[cfg_attr(feature = "sql", sqlx(flatten))]
    pub entry: HomeEntry,
    #[cfg_attr(feature = "sql", sqlx(flatten))]
    pub request: OpenRequest,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Home {
    pub projects: i64,
    pub entries: i64,
    /// Published since the first day of this month, UTC.
    pub published_this_month: i64,
    /// Six at most, that in which an entry was begun last first.
    pub recent_projects: Vec<ProjectSummary>,
    /// Drafts, last changed first, at most ten.
    pub drafts: Vec<HomeEntry>,
    /// What goes live by itself, the next first, at most ten.
    pub scheduled: Vec<HomeEntry>,
    /// What waits for an administrator, longest waiting first, at most ten: everything for who decides, for everybody
    /// else what they asked for themselves.
    pub waiting: Vec<Waiting>,
    /// What was done last, at most ten.
    pub activity: Vec<Activity>,
}

/// Something that was done, as far as it can be told to everybody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// The name or address of who did it; `None` for the server's own doing and for people who are gone.
    pub who: Option<String>,
    pub what: Done,
    pub project: Option<(ProjectId, String)>,
    /// The entry concerned, where it still exists.
    pub entry: Option<EntryId>,
    /// What it is called: an entry's title, a tag's or project's name.
    pub name: Option<String>,
    pub at: Timestamp,
}

macro_rules! done {
    ($($variant:ident = $action:literal, $words:literal;)*) => {
        /// What activity tells of: outcomes, not every save.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Done {
            $($variant,)*
        }

        impl Done {
            /// The actions of the audit log that are told.
            pub const ACTIONS: &[&str] = &[$($action,)*];

            pub fn of_action(action: &str) -> Option<Self> {
                match action {
                    $($action => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// The verb, before the name: "published".
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$variant => $words,)*
                }
            }
        }
    };
}

done! {
    Began = "CREATE_CHANGELOG_ENTRY_SUCCESS", "began";
    Published = "CHANGELOG_ENTRY_PUBLISHED", "published";
    WentLive = "CHANGELOG_ENTRY_AUTO_PUBLISHED", "published";
    TookBack = "CHANGELOG_ENTRY_UNPUBLISHED", "took back";
    AskedToPublish = "CHANGELOG_ENTRY_PUBLISH_REQUEST_CREATED", "asked to publish";
    AskedToDelete = "CHANGELOG_ENTRY_DELETION_REQUEST_CREATED", "asked to delete";
    Rejected = "REQUEST_REJECTED", "turned down a request about";
    DeletedEntry = "DELETE_CHANGELOG_ENTRY_SUCCESS", "deleted";
    Emptied = "DELETE_ALL_CHANGELOG_ENTRIES", "deleted all entries of";
    Imported = "CHANGELOG_IMPORT_SUCCESS", "imported entries into";
    CreatedProject = "CREATE_PROJECT", "created the project";
    RenamedProject = "RENAME_PROJECT", "renamed the project";
    DeletedProject = "DELETE_PROJECT", "deleted the project";
    MadePublic = "MAKE_PROJECT_PUBLIC", "made public";
    MadePrivate = "MAKE_PROJECT_PRIVATE", "made private";
    BeganMaintenance = "ENABLE_MAINTENANCE_MODE", "began maintenance of";
    EndedMaintenance = "DISABLE_MAINTENANCE_MODE", "ended maintenance of";
    MergedTag = "MERGE_TAG", "merged the tag";
    DeletedTag = "DELETE_TAG", "deleted the tag";
}
