//! The shapes on the wire: camelCase, times as text with milliseconds and `Z`, built from model types by `From`.
//! Members may be added here, never removed, renamed or retyped.

mod api_keys;
mod entries;
mod pagination;
mod project_changes;
mod projects;
mod public;
mod tags;
mod users;
mod widgets;

pub(crate) use api_keys::{
    ApiKey, ApiKeyChanges, ApiKeyChangesBody, CreatedApiKey, KeyDeleted, NewApiKey, NewApiKeyBody, OfUser,
};
pub(crate) use entries::{Action, ApprovalRequest, Entry, EntryChange, EntryList, NewEntry, Status};
pub(crate) use pagination::{Pagination, Paging};
pub(crate) use project_changes::ProjectChanges;
pub(crate) use projects::{
    CreatedProject, ListedProject, NewProject, Project, ProjectList, ProjectPage, ProjectWithEntries,
};
pub(crate) use public::{PublicEntries, PublicEntry, PublicProject};
pub(crate) use tags::Tag;
pub(crate) use users::{Me, Renewed, SignIn, SignedIn, SignedOut, WithRefreshToken};
pub(crate) use widgets::{
    Deleted, NewWidget, NewWidgetBody, OneWidget, Unread, Widget, WidgetChanges, WidgetChangesBody, WidgetList,
};
