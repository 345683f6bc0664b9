//! What staff ask an administrator to do, because they may not do it themselves.

use serde::{Deserialize, Serialize};

use crate::access::{Permission, UnknownName};
use crate::check::Checker;
use crate::entries::{Entry, EntryPatch};
use crate::error::{Error, Result};
use crate::ids::{CommentId, EntryId, ProjectId, RequestId, TagId, UserId};
use crate::tags::TagRef;
use crate::time::Timestamp;

/// The longest comment and the longest answer, in characters.
pub const MAX_COMMENT: usize = 2_000;

/// How many requests are decided together at most.
pub const MOST_AT_ONCE: usize = 100;

/// How many requests a page of the list shows.
pub const PAGE_SIZE: i64 = 50;

macro_rules! names {
    ($(#[$meta:meta])* $kind:ident { $($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)? }) => {
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
        }

        impl TryFrom<String> for $kind {
            type Error = UnknownName;

            fn try_from(text: String) -> Result<Self, UnknownName> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or_else(|| UnknownName {
                    given: text,
                    allowed: [$($name,)*].join(", "),
                })
            }
        }
    };
}

names! {
    /// What is asked for.
    RequestKind {
        AllowPublish = "ALLOW_PUBLISH",
        AllowSchedule = "ALLOW_SCHEDULE",
        /// A change of an entry that is public, or will be by itself.
        PublishEdit = "PUBLISH_EDIT",
        DeleteEntry = "DELETE_ENTRY",
        DeleteTag = "DELETE_TAG",
        DeleteProject = "DELETE_PROJECT",
        DeleteAllEntries = "DELETE_ALL_ENTRIES",
        DeleteAllHistory = "DELETE_ALL_HISTORY",
    }
}

impl RequestKind {
    /// What it takes to do it without asking. Who decides a request does the same, so a key of theirs needs the scope.
    pub fn permission(self) -> Permission {
        match self {
            RequestKind::AllowPublish | RequestKind::AllowSchedule | RequestKind::PublishEdit => {
                Permission::PublishEntries
            }
            RequestKind::DeleteEntry => Permission::DeleteEntries,
            RequestKind::DeleteTag => Permission::DeleteTags,
            RequestKind::DeleteProject => Permission::DeleteProjects,
            RequestKind::DeleteAllEntries => Permission::DeleteAllEntries,
            RequestKind::DeleteAllHistory => Permission::DeleteAllHistory,
        }
    }

    /// The verb before the name of what is concerned: "publish", "delete the tag".
    pub fn verb(self) -> &'static str {
        match self {
            RequestKind::AllowPublish => "publish",
            RequestKind::AllowSchedule => "schedule",
            RequestKind::PublishEdit => "change",
            RequestKind::DeleteEntry => "delete",
            RequestKind::DeleteTag => "delete the tag",
            RequestKind::DeleteProject => "delete the project",
            RequestKind::DeleteAllEntries => "delete all entries of",
            RequestKind::DeleteAllHistory => "delete the history of",
        }
    }

    /// The verb alone, before "this".
    pub fn plain_verb(self) -> &'static str {
        match self {
            RequestKind::AllowPublish => "publish",
            RequestKind::AllowSchedule => "schedule",
            RequestKind::PublishEdit => "change",
            _ => "delete",
        }
    }

    /// "publish this entry", "delete this tag".
    pub fn of_this(self) -> &'static str {
        match self {
            RequestKind::AllowPublish => "publish this entry",
            RequestKind::AllowSchedule => "schedule this entry",
            RequestKind::PublishEdit => "change this entry",
            RequestKind::DeleteEntry => "delete this entry",
            RequestKind::DeleteTag => "delete this tag",
            RequestKind::DeleteProject => "delete this project",
            RequestKind::DeleteAllEntries => "delete all entries of this project",
            RequestKind::DeleteAllHistory => "delete the history of this project",
        }
    }

    /// "publish “Dark mode”", "delete all entries of “Orbit”".
    pub fn about(self, name: &str) -> String {
        format!("{} “{name}”", self.verb())
    }

    /// The name in lists.
    pub fn label(self) -> &'static str {
        match self {
            RequestKind::AllowPublish => "Publish",
            RequestKind::AllowSchedule => "Schedule",
            RequestKind::PublishEdit => "Change",
            RequestKind::DeleteEntry => "Delete entry",
            RequestKind::DeleteTag => "Delete tag",
            RequestKind::DeleteProject => "Delete project",
            RequestKind::DeleteAllEntries => "Delete all entries",
            RequestKind::DeleteAllHistory => "Delete all history",
        }
    }

    /// Whether readers will see the text that somebody asks about, so that it must be the one that was looked at.
    pub fn shows_text(self) -> bool {
        matches!(self, RequestKind::AllowPublish | RequestKind::AllowSchedule)
    }

    /// Whether somebody proposes another text.
    pub fn proposes(self) -> bool {
        self == RequestKind::PublishEdit
    }

    /// Whether approving takes something away.
    pub fn deletes(self) -> bool {
        !self.shows_text() && !self.proposes()
    }

    /// Whether it is about everything in a project.
    pub fn is_about_project(self) -> bool {
        matches!(self, RequestKind::DeleteProject | RequestKind::DeleteAllEntries | RequestKind::DeleteAllHistory)
    }

    pub fn is_about_entry(self) -> bool {
        self.shows_text() || self.proposes() || self == RequestKind::DeleteEntry
    }
}

names! {
    /// What became of a request. There is at most one open request of a kind about one thing.
    RequestStatus {
        /// Nobody has decided yet.
        Pending = "PENDING",
        /// Open: an administrator said what has to change first.
        ChangesRequested = "CHANGES_REQUESTED",
        /// Asked again after changes; waits like the first time.
        ChangesRequestedPending = "CHANGES_REQUESTED_PENDING",
        Approved = "APPROVED",
        Rejected = "REJECTED",
        /// Taken back by who asked.
        Withdrawn = "WITHDRAWN",
        /// There is nothing left to decide: what it was about is gone, or was done in another way.
        Superseded = "SUPERSEDED",
    }
}

impl RequestStatus {
    /// Whether an administrator has to do something.
    pub fn is_waiting(self) -> bool {
        matches!(self, RequestStatus::Pending | RequestStatus::ChangesRequestedPending)
    }

    /// Whether it can still be done.
    pub fn is_open(self) -> bool {
        self.is_waiting() || self == RequestStatus::ChangesRequested
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            RequestStatus::Pending => "Waiting",
            RequestStatus::ChangesRequested => "Changes requested",
            RequestStatus::ChangesRequestedPending => "Waiting again",
            RequestStatus::Approved => "Approved",
            RequestStatus::Rejected => "Rejected",
            RequestStatus::Withdrawn => "Withdrawn",
            RequestStatus::Superseded => "Settled otherwise",
        }
    }
}

/// An open request about an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct OpenRequest {
    #[cfg_attr(feature = "sql", sqlx(rename = "request_id"))]
    pub id: RequestId,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub kind: RequestKind,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub status: RequestStatus,
    pub staff_id: Option<UserId>,
    /// The name or address of who asked; `None` when the account is gone.
    pub asked_by: Option<String>,
    pub asked_at: Timestamp,
    /// What an administrator wants changed.
    pub feedback: Option<String>,
}

/// A request in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct RequestLine {
    pub id: RequestId,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub kind: RequestKind,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub status: RequestStatus,
    /// `None` when the project is gone.
    pub project_id: Option<ProjectId>,
    pub project_name: String,
    /// `None` when the entry is gone, and for what is about none.
    pub entry_id: Option<EntryId>,
    pub tag_id: Option<TagId>,
    /// The name of what is concerned: as it is now, or as it was when somebody asked.
    pub target_name: String,
    pub staff_id: Option<UserId>,
    /// The name or address of who asked.
    pub asked_by: Option<String>,
    /// The name or address of who decided.
    pub decided_by: Option<String>,
    pub publish_at: Option<Timestamp>,
    pub scheduled_at: Option<Timestamp>,
    pub feedback: Option<String>,
    pub previous_feedback: Option<String>,
    pub resubmitted_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub reviewed_at: Option<Timestamp>,
}

impl RequestLine {
    /// "publish “Dark mode”", "delete all entries of “Orbit”".
    pub fn what(&self) -> String {
        self.kind.about(&self.target_name)
    }

    /// When somebody asked last.
    pub fn asked_at(&self) -> Timestamp {
        self.resubmitted_at.unwrap_or(self.created_at)
    }
}

/// Something that was said about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Comment {
    pub id: CommentId,
    pub author_id: Option<UserId>,
    /// The name or address of who said it; `None` when nothing is left of them.
    pub author: Option<String>,
    pub body: String,
    pub created_at: Timestamp,
}

/// What readers would see of an entry, as it was at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryText {
    pub title: String,
    pub version: String,
    pub tags: Vec<String>,
    pub content: String,
}

impl EntryText {
    pub fn of(entry: &Entry) -> Self {
        Self {
            title: entry.title.clone(),
            version: entry.version.clone().unwrap_or_default(),
            tags: entry.tags.iter().map(|tag| tag.name.clone()).collect(),
            content: entry.content.clone(),
        }
    }

    /// The change that makes an entry say this.
    pub fn to_change(&self) -> EntryPatch {
        EntryPatch {
            title: Some(self.title.clone()),
            content: Some(self.content.clone()),
            version: Some(Some(self.version.clone())),
            tags: Some(self.tags.iter().cloned().map(TagRef::Name).collect()),
            ..EntryPatch::default()
        }
    }
}

/// A change of an entry that somebody writes and an administrator decides about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What the entry says.
    pub now: EntryText,
    /// What it is to say: as it was proposed before, else as it is.
    pub text: EntryText,
    /// The lock version of the entry.
    pub lock_version: i64,
    /// The request that is open.
    pub request: Option<OpenRequest>,
}

/// A request with everything that it takes to decide it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    pub line: RequestLine,
    pub comments: Vec<Comment>,
    /// The entry as it is now; `None` when it is gone, and for what is about none.
    pub entry: Option<Entry>,
    /// The text that somebody asked about, where it is another one now.
    pub before: Option<EntryText>,
    /// The text that somebody proposes.
    pub proposal: Option<EntryText>,
    /// Whether the entry changed since somebody proposed another text.
    pub is_stale: bool,
    /// How many entries would lose their tag, or be gone.
    pub entries: i64,
    /// How many projects would lose a tag.
    pub projects: i64,
}

/// Which requests a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestTab {
    /// Those that wait for an administrator.
    #[default]
    Pending,
    /// Those that wait for changes.
    Changes,
    Approved,
    Rejected,
    /// Those that are over, however they ended.
    History,
    All,
}

impl RequestTab {
    pub const OF_ADMINS: [RequestTab; 3] = [RequestTab::Pending, RequestTab::Changes, RequestTab::History];
    pub const OF_STAFF: [RequestTab; 5] =
        [RequestTab::All, RequestTab::Pending, RequestTab::Changes, RequestTab::Approved, RequestTab::Rejected];

    /// The name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            RequestTab::Pending => "pending",
            RequestTab::Changes => "changes",
            RequestTab::Approved => "approved",
            RequestTab::Rejected => "rejected",
            RequestTab::History => "history",
            RequestTab::All => "all",
        }
    }

    /// Unknown names are `None`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::OF_ADMINS.as_slice(), Self::OF_STAFF.as_slice()].concat().into_iter().find(|tab| tab.as_str() == text)
    }

    pub fn label(self) -> &'static str {
        match self {
            RequestTab::Pending => "Waiting",
            RequestTab::Changes => "Changes requested",
            RequestTab::Approved => "Approved",
            RequestTab::Rejected => "Rejected",
            RequestTab::History => "History",
            RequestTab::All => "All",
        }
    }

    pub fn shows(self, status: RequestStatus) -> bool {
        match self {
            RequestTab::Pending => status.is_waiting(),
            RequestTab::Changes => status == RequestStatus::ChangesRequested,
            RequestTab::Approved => status == RequestStatus::Approved,
            RequestTab::Rejected => status == RequestStatus::Rejected,
            RequestTab::History => !status.is_open(),
            RequestTab::All => true,
        }
    }
}

/// One page of a list of requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestList {
    pub items: Vec<RequestLine>,
    pub total: i64,
    /// The projects that requests are about, by name.
    pub projects: Vec<(ProjectId, String)>,
}

/// What an administrator says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Approve,
    Reject,
    RequestChanges,
}

impl Verb {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "approve" => Some(Verb::Approve),
            "reject" => Some(Verb::Reject),
            "request_changes" => Some(Verb::RequestChanges),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Approve => "approve",
            Verb::Reject => "reject",
            Verb::RequestChanges => "request_changes",
        }
    }
}

/// What came of one of several decisions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub request: RequestId,
    /// What it was about, if that is known.
    pub name: String,
    /// Why nothing was done.
    pub error: Option<Error>,
}

/// A comment as it is kept; `None` for nothing but space.
///
/// # Errors
/// `Invalid` naming `field` for one that is too long.
pub fn checked_comment(field: &str, text: &str) -> Result<Option<String>> {
    let text = text.trim().replace("\r\n", "\n");
    if text.chars().count() > MAX_COMMENT {
        let mut form = Checker::new();
        form.fail(field, format!("At most {MAX_COMMENT} characters."));
        form.finish()?;
    }
    Ok((!text.is_empty()).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_open_until_it_is_decided_taken_back_or_settled() {
        let open: Vec<_> =
            RequestStatus::ALL.iter().filter(|status| status.is_open()).map(|one| one.as_str()).collect();
        assert_eq!(open, ["PENDING", "CHANGES_REQUESTED", "CHANGES_REQUESTED_PENDING"]);
        assert!(!RequestStatus::ChangesRequested.is_waiting());
    }

    #[test]
    fn every_request_is_in_one_of_the_administrators_tabs() {
        for status in RequestStatus::ALL {
            let tabs = RequestTab::OF_ADMINS.into_iter().filter(|tab| tab.shows(*status)).count();
            assert_eq!(tabs, 1, "{status:?}");
        }
    }

    #[test]
    fn a_comment_is_trimmed_and_has_a_limit() {
        assert_eq!(checked_comment("feedback", "  \n "), Ok(None));
        assert_eq!(checked_comment("feedback", " a\r\nb "), Ok(Some("a\nb".to_owned())));
        let long = "é".repeat(MAX_COMMENT);
        assert_eq!(checked_comment("feedback", &long), Ok(Some(long.clone())));
        let refused = checked_comment("feedback", &format!("{long}x")).unwrap_err();
        assert!(refused.for_field("feedback").is_some());
    }
}
