//! The shapes on the wire: camelCase, times as text with milliseconds and `Z`, built from model types by `From`.
//! Members may be added here, never removed, renamed or retyped.

mod entries;
mod pagination;
mod projects;
mod public;
mod tags;
mod users;

pub(crate) use entries::{Action, ApprovalRequest, Entry, EntryChange, EntryList, NewEntry, Status};
pub(crate) use pagination::{Pagination, Paging};
pub(crate) use projects::{CreatedProject, ListedProject, NewProject, ProjectList, ProjectPage, ProjectWithEntries};
pub(crate) use public::{PublicEntries, PublicEntry, PublicProject};
pub(crate) use tags::Tag;
pub(crate) use users::{Me, Renewed, SignIn, SignedIn, SignedOut, WithRefreshToken};
