//! Who may do what: roles, permissions, scopes, and the one table that joins them.
//!
//! The server enforces this table in one place; the dashboard reads the same table to hide what would be refused.
//! The default is to refuse.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::projects::Project;

/// The role of a person on this instance. `Admin` runs it, `Staff` writes, `Viewer` reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Role {
    Admin,
    Staff,
    Viewer,
}

impl Role {
    pub const ALL: [Role; 3] = [Role::Admin, Role::Staff, Role::Viewer];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "ADMIN",
            Role::Staff => "STAFF",
            Role::Viewer => "VIEWER",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Role::Admin => "Administrator",
            Role::Staff => "Staff",
            Role::Viewer => "Viewer",
        }
    }
}

/// A text that names no value of the type asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{given}” is not one of {allowed}")]
pub struct UnknownName {
    pub given: String,
    pub allowed: String,
}

impl FromStr for Role {
    type Err = UnknownName;

    /// Ignores case.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Role::ALL
            .into_iter()
            .find(|role| role.as_str().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| UnknownName { given: text.to_owned(), allowed: "admin, staff, viewer".to_owned() })
    }
}

impl TryFrom<String> for Role {
    type Error = UnknownName;

    fn try_from(text: String) -> Result<Self, UnknownName> {
        text.parse()
    }
}

/// One thing a person may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    ReadProjects,
    CreateProjects,
    /// Name, address, look, default tags.
    EditProjects,
    /// Public or private, approval, indexing, maintenance, feeds.
    SetProjectAccess,
    DeleteProjects,
    ReadEntries,
    WriteEntries,
    PublishEntries,
    DeleteEntries,
    /// Every entry of a project at once.
    DeleteAllEntries,
    /// Every kept state of every entry of a project.
    DeleteAllHistory,
    /// Approve or reject what staff ask for.
    DecideRequests,
    ReadTags,
    /// Create, rename, recolour, order.
    WriteTags,
    /// Delete or merge: both take a tag away from every project.
    DeleteTags,
    /// Look into the trash and take things out again: administrators everything, staff what they deleted themselves.
    RestoreDeleted,
    /// Take something out of the trash for ever.
    DeleteForGood,
    RunImports,
    /// One's own keys of a project.
    ManageApiKeys,
    /// Keys for all projects, and those of everybody.
    ManageAllApiKeys,
    ManageUsers,
    /// OAuth, OpenID Connect and SAML providers.
    ManageProviders,
    /// Settings of the whole instance, its mail, who may reach the dashboard.
    ManageInstance,
    ReadAuditLog,
    /// One's own name, password, factors, sign-ins and settings.
    ManageOwnAccount,
}

impl Permission {
    pub const ALL: [Permission; 25] = [
        Permission::ReadProjects,
        Permission::CreateProjects,
        Permission::EditProjects,
        Permission::SetProjectAccess,
        Permission::DeleteProjects,
        Permission::ReadEntries,
        Permission::WriteEntries,
        Permission::PublishEntries,
        Permission::DeleteEntries,
        Permission::DeleteAllEntries,
        Permission::DeleteAllHistory,
        Permission::DecideRequests,
        Permission::ReadTags,
        Permission::WriteTags,
        Permission::DeleteTags,
        Permission::RestoreDeleted,
        Permission::DeleteForGood,
        Permission::RunImports,
        Permission::ManageApiKeys,
        Permission::ManageAllApiKeys,
        Permission::ManageUsers,
        Permission::ManageProviders,
        Permission::ManageInstance,
        Permission::ReadAuditLog,
        Permission::ManageOwnAccount,
    ];

    /// What is done, for a sentence such as "Your role does not allow this: publishing entries."
    pub fn phrase(self) -> &'static str {
        match self {
            Permission::ReadProjects => "reading projects",
            Permission::CreateProjects => "creating projects",
            Permission::EditProjects => "changing a project",
            Permission::SetProjectAccess => "changing who sees a project",
            Permission::DeleteProjects => "deleting a project",
            Permission::ReadEntries => "reading entries",
            Permission::WriteEntries => "writing entries",
            Permission::PublishEntries => "publishing entries",
            Permission::DeleteEntries => "deleting entries",
            Permission::DeleteAllEntries => "deleting all entries of a project",
            Permission::DeleteAllHistory => "deleting the history of a project",
            Permission::DecideRequests => "deciding what somebody asked for",
            Permission::ReadTags => "reading tags",
            Permission::WriteTags => "changing tags",
            Permission::DeleteTags => "deleting or merging tags",
            Permission::RestoreDeleted => "restoring from the trash",
            Permission::DeleteForGood => "deleting for good",
            Permission::RunImports => "importing",
            Permission::ManageApiKeys => "managing API keys",
            Permission::ManageAllApiKeys => "managing the API keys of the instance",
            Permission::ManageUsers => "managing people",
            Permission::ManageProviders => "managing sign-in providers",
            Permission::ManageInstance => "changing settings of the instance",
            Permission::ReadAuditLog => "reading the audit log",
            Permission::ManageOwnAccount => "changing your account",
        }
    }

    /// The one scope an API key needs; `None` where keys are refused, or need more than one ([`Permission::scopes`]).
    pub fn scope(self) -> Option<Scope> {
        Some(match self {
            Permission::ReadProjects => Scope::ProjectRead,
            Permission::CreateProjects
            | Permission::EditProjects
            | Permission::SetProjectAccess
            | Permission::DeleteProjects => Scope::ProjectWrite,
            Permission::ReadEntries => Scope::ChangelogRead,
            Permission::WriteEntries | Permission::RunImports => Scope::ChangelogWrite,
            Permission::PublishEntries | Permission::DecideRequests => Scope::ChangelogPublish,
            Permission::DeleteEntries | Permission::RestoreDeleted => Scope::ChangelogDelete,
            Permission::ReadTags => Scope::TagsRead,
            Permission::WriteTags | Permission::DeleteTags => Scope::TagsWrite,
            Permission::DeleteAllEntries
            | Permission::DeleteAllHistory
            | Permission::DeleteForGood
            | Permission::ManageApiKeys
            | Permission::ManageAllApiKeys
            | Permission::ManageUsers
            | Permission::ManageProviders
            | Permission::ManageInstance
            | Permission::ReadAuditLog
            | Permission::ManageOwnAccount => return None,
        })
    }
}

impl Permission {
    /// Every scope an API key needs; none where keys are refused whatever their scopes. What many things are told by
    /// takes a key that may do anything.
    pub fn scopes(self) -> Vec<Scope> {
        match self {
            Permission::ReadAuditLog => Scope::ALL.to_vec(),
            other => other.scope().into_iter().collect(),
        }
    }
}

/// The answer of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Allowed,
    /// Not directly, but an administrator may be asked to do it.
    NeedsApproval,
    Refused,
}

/// The table. `project` is the project concerned; `None` for permissions that concern no single project, and then
/// flags of a project count as their strictest value.
pub fn verdict(role: Role, permission: Permission, project: Option<&Project>) -> Verdict {
    use Permission as P;
    use Verdict::{Allowed, NeedsApproval, Refused};
    match (role, permission) {
        (Role::Admin, _) => Allowed,
        (_, P::ReadProjects | P::ReadEntries | P::ReadTags | P::ManageOwnAccount) => Allowed,
        (Role::Viewer, _) => Refused,
        (
            Role::Staff,
            P::CreateProjects
            | P::EditProjects
            | P::WriteEntries
            | P::WriteTags
            | P::RestoreDeleted
            | P::RunImports
            | P::ManageApiKeys,
        ) => Allowed,
        (Role::Staff, P::PublishEntries) => {
            if project.is_some_and(Project::staff_may_publish) {
                Allowed
            } else {
                NeedsApproval
            }
        }
        (
            Role::Staff,
            P::DeleteProjects | P::DeleteEntries | P::DeleteAllEntries | P::DeleteAllHistory | P::DeleteTags,
        ) => NeedsApproval,
        (
            Role::Staff,
            P::SetProjectAccess
            | P::DeleteForGood
            | P::DecideRequests
            | P::ManageAllApiKeys
            | P::ManageUsers
            | P::ManageProviders
            | P::ManageInstance
            | P::ReadAuditLog,
        ) => Refused,
    }
}

/// Whether somebody may delete one entry. Staff delete drafts of their own that were never published; whatever else
/// the table leaves to an administrator.
pub fn deletion(role: Role, project: &Project, is_own_unseen_draft: bool) -> Verdict {
    match verdict(role, Permission::DeleteEntries, Some(project)) {
        Verdict::NeedsApproval if is_own_unseen_draft => Verdict::Allowed,
        other => other,
    }
}

macro_rules! scopes {
    ($($name:ident = $text:literal;)*) => {
        /// What an API key may be used for. A key acts as its owner, narrowed by its scopes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Scope {
            $(#[serde(rename = $text)] $name,)*
        }

        impl Scope {
            pub const ALL: &[Scope] = &[$(Scope::$name,)*];

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Scope::$name => $text,)* }
            }
        }
    };
}

scopes! {
    ChangelogRead = "changelog:read";
    ChangelogWrite = "changelog:write";
    ChangelogPublish = "changelog:publish";
    ChangelogDelete = "changelog:delete";
    ProjectRead = "project:read";
    ProjectWrite = "project:write";
    AnalyticsRead = "analytics:read";
    SubscribersRead = "subscribers:read";
    SubscribersWrite = "subscribers:write";
    EmailSend = "email:send";
    GithubRead = "github:read";
    GithubWrite = "github:write";
    TagsRead = "tags:read";
    TagsWrite = "tags:write";
    WebhooksRead = "webhooks:read";
    WebhooksWrite = "webhooks:write";
}

impl Scope {
    /// Whether a key with this scope may do what `needed` asks for: `x:write` includes `x:read`, and
    /// `changelog:publish` and `changelog:delete` include `changelog:read`.
    pub fn covers(self, needed: Scope) -> bool {
        if self == needed {
            return true;
        }
        let (mine, verb) = self.as_str().split_once(':').unwrap_or_default();
        let (theirs, wanted) = needed.as_str().split_once(':').unwrap_or_default();
        mine == theirs && wanted == "read" && matches!(verb, "write" | "publish" | "delete")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Scope::ALL.iter().copied().find(|scope| scope.as_str() == text.trim()).ok_or_else(|| UnknownName {
            given: text.to_owned(),
            allowed: Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", "),
        })
    }
}
