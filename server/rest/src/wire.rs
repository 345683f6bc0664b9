//! The shapes on the wire: camelCase, times as text with milliseconds and `Z`, built from model types by `From`.
//! Members may be added here, never removed, renamed or retyped.

mod api_keys;
mod catch_up;
mod entries;
mod entry_changes;
mod export;
mod import_answers;
mod imports;
mod pagination;
mod project_changes;
mod projects;
mod public;
mod requests;
mod search;
mod setup;
mod stats;
mod tag_lists;
mod tags;
mod users;
mod widgets;

pub(crate) use api_keys::{
    ApiKey, ApiKeyChanges, ApiKeyChangesBody, CreatedApiKey, KeyDeleted, NewApiKey, NewApiKeyBody, OfUser,
};
pub(crate) use catch_up::CatchUp;
pub(crate) use entries::{AllDeleted, Entry, EntryDeleted, EntryList, NO_TEXT, NewEntry, Status};
pub(crate) use entry_changes::{Action, EntryChange, EntryChanges, WholeEntry};
pub(crate) use export::{ExportFile, ExportFormat, ExportStatus};
pub(crate) use import_answers::{Detection, ImportHistory, ImportResult, NothingToImport, ParsedImport, ParsedKind};
pub(crate) use imports::{
    ImportCsv, ImportCsvBody, ImportEntries, ImportEntriesBody, ImportJson, ImportJsonBody, ImportMarkdown,
    ImportMarkdownBody, ImportText, named_content,
};
pub(crate) use pagination::{Pagination, Paging};
pub(crate) use project_changes::ProjectChanges;
pub(crate) use projects::{
    CreatedProject, ListedProject, NewProject, Project, ProjectList, ProjectPage, ProjectVersions, ProjectWithEntries,
};
pub(crate) use public::{OnePublicEntry, PublicEntries, PublicEntry, PublicProject};
pub(crate) use requests::{DeletionRequested, PublicationRequested};
pub(crate) use search::{Asked, Search, SearchResults};
pub(crate) use setup::{FirstAdmin, SetUp, SetupProgress, SetupStatus};
pub(crate) use stats::Stats;
pub(crate) use tag_lists::{CountedTag, DeletedTag, NamedTagChanges, NewTag, TagChanges, TagList, TagQuery};
pub(crate) use tags::Tag;
pub(crate) use users::{Me, Renewed, SecondStep, SignIn, SignedIn, SignedOut, WithRefreshToken};
pub(crate) use widgets::{
    Deleted, NewWidget, NewWidgetBody, OneWidget, Unread, Widget, WidgetChanges, WidgetChangesBody, WidgetList,
};
