//! What Tidings is about, said in types: ids, entities, rules, permissions and the one error.
//!
//! Everything here is shared by the server, the dashboard in the browser and the REST surface. Nothing here does I/O,
//! reads a clock or draws random numbers; rules are functions from value to value. Secrets (password hashes, token
//! hashes) have no type here, so that no serializer can leak them.
//!
//! Features: `sql` (sqlx derives for the store), `rpc` (the error trait of server functions), `openapi` (schemas).

pub mod access;
pub mod api_keys;
pub mod audit;
pub mod bookmarks;
pub mod bulk;
pub mod catch_up;
pub mod check;
pub mod color;
pub mod devices;
pub mod entries;
pub mod entry_templates;
pub mod error;
pub mod exports;
pub mod feeds;
pub mod home;
pub mod ids;
pub mod imports;
pub mod instance;
pub mod invitations;
pub mod jobs;
pub mod mail;
pub mod media;
pub mod network;
pub mod notes;
pub mod own_settings;
pub mod pages;
pub mod people;
pub mod presence;
pub mod projects;
pub mod quick_notes;
pub mod requests;
pub mod revisions;
pub mod schedule;
pub mod search;
pub mod second_factor;
pub mod setup;
pub mod sso;
pub mod tags;
pub mod time;
pub mod trash;
pub mod users;
pub mod versions;
pub mod views;
pub mod widgets;

pub use access::{Permission, Role, Scope, Verdict};
pub use error::{Error, FieldError, Result};
pub use ids::{
    ApiKeyId, AuditId, CommentId, ConnectionId, EntryId, EntryTemplateId, EventId, ImportId, InvitationId, JobId,
    LetterId, MediaId, PasskeyId, ProjectId, ProviderId, QuickNoteId, RequestId, RevisionId, SessionId, TagId, TrashId,
    UserId, WidgetId,
};
pub use pages::{Cursor, Page};

#[cfg(test)]
mod tests;
