//! Which keys somebody looks after: their own of one project, or all.

use model::api_keys::ApiKey;
use model::{ProjectId, Result, Role};
use store::Tx;
use store::api_keys::Viewpoint;

use crate::access::{self, Actor, Grant, InstanceGrant, ManageAllApiKeys, ManageApiKeys};
use crate::{Services, projects};

/// The keys of one project that the caller sees (their own, and for an administrator those that are shown to
/// administrators), or every key of the instance.
#[derive(Debug, Clone)]
pub enum Keyring {
    Project(Box<Grant<ManageApiKeys>>),
    Instance(Box<InstanceGrant<ManageAllApiKeys>>),
}

/// What the audit log calls changes.
pub(super) struct Actions {
    pub create: &'static str,
    pub rename: &'static str,
    pub update: &'static str,
    pub revoke: &'static str,
    pub delete: &'static str,
}

impl From<Grant<ManageApiKeys>> for Keyring {
    fn from(may: Grant<ManageApiKeys>) -> Self {
        Self::Project(Box::new(may))
    }
}

impl From<InstanceGrant<ManageAllApiKeys>> for Keyring {
    fn from(may: InstanceGrant<ManageAllApiKeys>) -> Self {
        Self::Instance(Box::new(may))
    }
}

impl Keyring {
    /// The ring of a project, or without one that of the instance.
    ///
    /// # Errors
    /// As [`access::grant`].
    pub async fn open(cx: &Services, actor: &Actor, project: Option<&ProjectId>) -> Result<Self> {
        match project {
            Some(project) => access::grant::<ManageApiKeys>(cx, actor, project).await.map(Self::from),
            None => access::instance_grant::<ManageAllApiKeys>(actor).map(Self::from),
        }
    }

    pub fn actor(&self) -> &Actor {
        match self {
            Keyring::Project(may) => may.actor(),
            Keyring::Instance(may) => may.actor(),
        }
    }

    /// The project of the ring; `None` for all.
    pub fn project(&self) -> Option<&ProjectId> {
        match self {
            Keyring::Project(may) => Some(may.project_id()),
            Keyring::Instance(_) => None,
        }
    }

    fn is_admin(&self) -> bool {
        self.actor().user.role == Role::Admin
    }

    pub(super) fn viewpoint(&self) -> Option<Viewpoint<'_>> {
        match self {
            Keyring::Project(may) => Some(Viewpoint { person: may.actor().id(), is_admin: self.is_admin() }),
            Keyring::Instance(_) => None,
        }
    }

    /// Whether the caller sees a key that was found in this ring.
    pub(super) fn shows(&self, key: &ApiKey) -> bool {
        match self.viewpoint() {
            Some(Viewpoint { person, is_admin }) => key.user_id == *person || (is_admin && key.is_global),
            None => true,
        }
    }

    pub(super) fn deletes_revoked_only(&self) -> bool {
        matches!(self, Keyring::Instance(_))
    }

    /// A transaction for a new key. The project cannot go away in the meantime.
    pub(super) async fn begin(&self, cx: &Services) -> Result<Tx> {
        match self {
            Keyring::Project(may) => projects::begin(cx, may.project_id()).await,
            Keyring::Instance(_) => Ok(cx.db.begin().await?),
        }
    }

    pub(super) fn actions(&self) -> Actions {
        match self {
            Keyring::Project(_) => Actions {
                create: "CREATE_PROJECT_API_KEY",
                rename: "UPDATE_PROJECT_API_KEY",
                update: "UPDATE_PROJECT_API_KEY",
                revoke: "UPDATE_PROJECT_API_KEY",
                delete: "DELETE_PROJECT_API_KEY",
            },
            Keyring::Instance(_) => Actions {
                create: "CREATE_API_KEY",
                rename: "RENAME_API_KEY",
                update: "UPDATE_API_KEY",
                revoke: "REVOKE_API_KEY",
                delete: "DELETE_API_KEY",
            },
        }
    }
}
