//! The shapes on the wire: camelCase, times as text with milliseconds and `Z`, built from model types by `From`.
//! Members may be added here, never removed, renamed or retyped.

mod api_keys;
mod audit;
mod bulk;
mod catch_up;
mod cli_login;
mod config;
mod entries;
mod entry_changes;
mod entry_templates;
mod export;
mod import_answers;
mod import_sources;
mod imports;
mod invitations;
mod media;
mod oauth;
mod own_settings;
mod pagination;
mod passkeys;
mod passwords;
mod people;
mod project_changes;
mod projects;
mod public;
mod quick_notes;
mod requests;
mod revisions;
mod saml;
mod schedule;
mod search;
mod setup;
mod stats;
mod tag_lists;
mod tags;
mod trash;
mod users;
mod widgets;

pub(crate) use api_keys::{
    ApiKey, ApiKeyChanges, ApiKeyChangesBody, CreatedApiKey, KeyDeleted, NewApiKey, NewApiKeyBody, OfUser,
};
pub(crate) use audit::{AuditActions, AuditFormat, AuditLog, AuditLogs, AuditOutcome};
pub(crate) use bulk::{Bulk, BulkBody, BulkResult, Sort};
pub(crate) use catch_up::CatchUp;
pub(crate) use cli_login::{
    CliCode, CliCodeExchange, CliRenewal, CliTokens, InvalidCredential, NewCliCode, ValidCredential,
};
pub(crate) use config::{
    Config, ConfigChanges, ConfigChangesBody, DateTemplate, MailDone, NewSystemEmail, NewSystemEmailBody, SystemEmail,
    TestLetter, date_templates,
};
pub(crate) use entries::{AllDeleted, Entry, EntryDeleted, EntryList, NO_TEXT, NewEntry, Status};
pub(crate) use entry_changes::{Action, EntryChange, EntryChanges, WholeEntry};
pub(crate) use entry_templates::{
    EntryTemplate, EntryTemplateChanges, EntryTemplateChangesBody, EntryTemplateList, NewEntryTemplate,
    NewEntryTemplateBody, OneEntryTemplate,
};
pub(crate) use export::{ExportFile, ExportFormat, ExportStatus};
pub(crate) use import_answers::{Detection, ImportHistory, ImportResult, NothingToImport, ParsedImport, ParsedKind};
pub(crate) use import_sources::{
    CannyFetch, CannyFetchBody, CannyFetched, CannyKey, CannyKeyBody, CannyKeyChecked, ImportUrl, ImportUrlBody,
    within_options,
};
pub(crate) use imports::{
    ImportCsv, ImportCsvBody, ImportEntries, ImportEntriesBody, ImportJson, ImportJsonBody, ImportMarkdown,
    ImportMarkdownBody, ImportText, named_content,
};
pub(crate) use invitations::{
    Invitation, InvitationMade, InvitationRevoked, NewInvitation, NewInvitationBody, OpenInvitation, Registered,
    Registration, TeamInvitations, TeamInvitationsBody,
};
pub(crate) use media::{Description, DescriptionBody, MediaList, Medium, OneMedium, OneUsedMedium, UsedMedium};
pub(crate) use oauth::{
    AdminProvider, AdminProviders, Confirm, Connections, IncludeAll, ProviderAnswer, ProviderChanges,
    ProviderChangesBody, ProviderDeleted, SignInProviders, SignInTarget,
};
pub(crate) use own_settings::{Settings as OwnSettings, SettingsChanges, SettingsChangesBody};
pub(crate) use pagination::{Pagination, Paging};
pub(crate) use passkeys::{
    BeginPasskey, CreationOptions, Passkey, PasskeyBegun, PasskeyList, PasskeyRegistered, PasskeyRemoved,
    PasskeySignIn, RegisterPasskey, RenamePasskey, SecondFactor, SecondFactorBody, SecurityChanges,
    SecurityChangesBody, SecuritySettings, SignInProgress,
};
pub(crate) use passwords::{
    ForgottenPassword, InvalidResetLink, NewPassword, PasswordBreached, PasswordChange, PasswordChanged,
    PasswordMessage, ResetLink,
};
pub(crate) use people::{
    ListedPerson, PeopleSearch, PersonChanged, PersonChanges, PersonChangesBody, PersonDeleted, PersonHelped,
    RoleChange, RoleChangeBody,
};
pub(crate) use project_changes::ProjectChanges;
pub(crate) use projects::{
    CreatedProject, ListedProject, NewProject, Project, ProjectList, ProjectPage, ProjectVersions, ProjectWithEntries,
};
pub(crate) use public::{OnePublicEntry, PublicEntries, PublicEntry, PublicProject};
pub(crate) use quick_notes::{NewQuickNote, NewQuickNoteBody, OneQuickNote, QuickNote, QuickNoteList};
pub(crate) use requests::{
    ApprovalAction, ChangeRequest, Decided, Decision, DecisionBody, DeletionRequested, ExpandedRequest, NewRequest,
    NewRequestBody, OwnRequests, PublicationRequested, RequestOfEntry, ScheduleAnswer, ScheduleApproval,
    ScheduleApprovalBody,
};
pub(crate) use revisions::{
    HistoryDeleted, MarkedRevision, RestoreRevision, RestoredEntry, RevisionBlame, RevisionCount, RevisionDetail,
    RevisionList, RevisionMark, RevisionMarkBody,
};
pub(crate) use saml::{
    AdminSamlProvider, AdminSamlProviders, SamlAnswerBody, SamlChanges, SamlChangesBody, SamlTicket,
};
pub(crate) use schedule::{EntrySchedule, ScheduleAction, ScheduleChange, ScheduleChanged};
pub(crate) use search::{Asked, Search, SearchResults};
pub(crate) use setup::{
    FirstAdmin, SetUp, SetupInvitations, SetupProgress, SetupSaved, SetupSettings, SetupSettingsBody, SetupStatus,
};
pub(crate) use stats::Stats;
pub(crate) use tag_lists::{CountedTag, DeletedTag, NamedTagChanges, NewTag, TagChanges, TagList, TagQuery};
pub(crate) use tags::Tag;
pub(crate) use trash::{Restored, Restoring, RestoringBody, TrashList, Trashed};
pub(crate) use users::{Me, Renewed, SecondStep, SignIn, SignedIn, SignedOut, WithRefreshToken};
pub(crate) use widgets::{
    Deleted, NewWidget, NewWidgetBody, OneWidget, Unread, Widget, WidgetChanges, WidgetChangesBody, WidgetList,
};
