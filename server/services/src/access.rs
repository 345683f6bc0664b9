//! Who is acting, and the proof that they may.

use std::marker::PhantomData;

use model::access::{Permission, Role, Verdict, verdict};
use model::api_keys::ApiKey;
use model::projects::Project;
use model::time::Timestamp;
use model::users::{SYSTEM_ID, User};
use model::{EntryId, Error, ProjectId, RequestId, Result, SessionId, UserId};

use crate::Services;

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientInfo {
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    /// What the answer says in `X-Request-Id`.
    pub request_id: Option<String>,
}

/// The longest user agent that is kept, in characters.
const MAX_USER_AGENT: usize = 300;

impl ClientInfo {
    /// As much of the user agent as is stored, so that what is stored can be compared with what is sent.
    pub(crate) fn kept_user_agent(&self) -> Option<String> {
        self.user_agent.as_deref().map(|text| text.chars().take(MAX_USER_AGENT).collect())
    }
}

/// What a caller proved their identity with.
#[derive(Debug, Clone, PartialEq)]
pub enum Via {
    /// A cookie of the browser. Unsafe methods need a same-origin check.
    Cookie(SessionId),
    /// An access token in the `Authorization` header.
    Token(SessionId),
    Key(Box<ApiKey>),
    /// The command line on the server itself.
    Console,
    /// A job that the person planned earlier.
    Job,
}

/// A person, or the built-in actor, with what they act through.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    pub user: User,
    pub via: Via,
    pub client: ClientInfo,
}

impl Actor {
    /// The built-in actor, for the command line.
    pub fn console(now: Timestamp) -> Result<Self> {
        let id = SYSTEM_ID.parse::<UserId>().map_err(|_| Error::NotFound)?;
        let user = User {
            id,
            email: "system@tidings.invalid".to_owned(),
            name: Some("System".to_owned()),
            role: Role::Admin,
            created_at: now,
            last_login_at: None,
            disabled_at: None,
        };
        Ok(Self { user, via: Via::Console, client: ClientInfo::default() })
    }

    /// Whoever planned what is done now; the built-in actor when they are gone.
    pub(crate) fn job(now: Timestamp, planner: Option<User>) -> Result<Self> {
        let console = Self::console(now)?;
        Ok(Self { user: planner.unwrap_or(console.user), via: Via::Job, client: ClientInfo::default() })
    }

    /// Whether nobody is there, and something happens at the time it was planned for.
    pub fn is_job(&self) -> bool {
        self.via == Via::Job
    }

    pub fn id(&self) -> &UserId {
        &self.user.id
    }

    pub fn key(&self) -> Option<&ApiKey> {
        match &self.via {
            Via::Key(key) => Some(key),
            _ => None,
        }
    }

    /// The sign-in that this caller acts through.
    pub fn session(&self) -> Option<&SessionId> {
        match &self.via {
            Via::Cookie(session) | Via::Token(session) => Some(session),
            Via::Key(_) | Via::Console | Via::Job => None,
        }
    }

    /// The only project this caller may see; `None` for all.
    pub fn only_project(&self) -> Option<&ProjectId> {
        self.key().and_then(|key| key.project_id.as_ref())
    }

    /// Whether keys may be used for this at all; always so without a key.
    fn check_key(&self, permission: Permission) -> Result<()> {
        if self.key().is_some() && permission.scopes().is_empty() { Err(Error::NoKeys) } else { Ok(()) }
    }

    /// Whether an API key's scopes allow this; always so without a key.
    pub(crate) fn check_scope(&self, permission: Permission) -> Result<()> {
        let Some(key) = self.key() else { return Ok(()) };
        let needed = permission.scopes();
        if needed.is_empty() {
            return Err(Error::NoKeys);
        }
        match needed.iter().find(|scope| !key.covers(**scope)) {
            Some(&scope) => Err(Error::MissingScope { scope }),
            None => Ok(()),
        }
    }

    fn check(&self, permission: Permission, project: Option<&Project>) -> Result<()> {
        self.check_scope(permission)?;
        match verdict(self.user.role, permission, project) {
            Verdict::Allowed => Ok(()),
            Verdict::NeedsApproval if permission == Permission::PublishEntries => Err(Error::NeedsApproval),
            Verdict::NeedsApproval | Verdict::Refused => Err(Error::Forbidden { needs: permission }),
        }
    }
}

/// A type for one permission, so that a [`Grant`] says in its type what it proves.
pub trait Capability {
    const NEEDS: Permission;
}

macro_rules! capabilities {
    ($($name:ident),* $(,)?) => {$(
        #[derive(Debug, Clone, Copy)]
        pub struct $name;
        impl Capability for $name {
            const NEEDS: Permission = Permission::$name;
        }
    )*};
}

capabilities!(
    ReadProjects,
    CreateProjects,
    EditProjects,
    SetProjectAccess,
    DeleteProjects,
    ReadEntries,
    WriteEntries,
    PublishEntries,
    DeleteEntries,
    DeleteAllEntries,
    DeleteAllHistory,
    DecideRequests,
    ReadTags,
    WriteTags,
    DeleteTags,
    RestoreDeleted,
    DeleteForGood,
    RunImports,
    ManageApiKeys,
    ManageAllApiKeys,
    ManageUsers,
    ManageProviders,
    ManageInstance,
    ReadAuditLog,
    ManageOwnAccount,
);

/// Proof that `actor` may do `C` in `project`. Private fields: only the permission check builds one.
#[derive(Debug, Clone)]
pub struct Grant<C> {
    project: Project,
    actor: Actor,
    capability: PhantomData<fn() -> C>,
}

impl<C> Grant<C> {
    /// The project as it was when the permission was checked.
    pub fn project(&self) -> &Project {
        &self.project
    }

    pub fn project_id(&self) -> &ProjectId {
        &self.project.id
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// Proof that `actor` may do `C` where no single project is concerned.
#[derive(Debug, Clone)]
pub struct InstanceGrant<C> {
    actor: Actor,
    capability: PhantomData<fn() -> C>,
}

impl<C> InstanceGrant<C> {
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

mod sealed {
    pub trait Sealed {}
    impl<C> Sealed for super::Grant<C> {}
    impl<C> Sealed for super::InstanceGrant<C> {}
}

/// A grant of either kind, for what belongs to the whole instance and is reached from a project or from none.
pub trait Proof<C>: sealed::Sealed {
    fn actor(&self) -> &Actor;

    /// The project it was reached from: that of the grant, or the only one of the caller's key.
    fn home(&self) -> Option<&ProjectId>;
}

impl<C> Proof<C> for Grant<C> {
    fn actor(&self) -> &Actor {
        &self.actor
    }

    fn home(&self) -> Option<&ProjectId> {
        Some(&self.project.id)
    }
}

impl<C> Proof<C> for InstanceGrant<C> {
    fn actor(&self) -> &Actor {
        &self.actor
    }

    fn home(&self) -> Option<&ProjectId> {
        self.actor.only_project()
    }
}

/// Checks that `actor` may do `C` in a project.
///
/// # Errors
/// `NoKeys`, `OtherProject` for a key bound elsewhere, `MissingScope`, `NotFound` for an unknown project, `Forbidden`,
/// and `NeedsApproval` for staff who want to publish where an administrator must agree.
pub async fn grant<C: Capability>(cx: &Services, actor: &Actor, project: &ProjectId) -> Result<Grant<C>> {
    let project = within_reach(cx, actor, project, C::NEEDS).await?;
    actor.check(C::NEEDS, Some(&project))?;
    Ok(Grant { project, actor: actor.clone(), capability: PhantomData })
}

/// The project, if a key is neither bound elsewhere nor without the scope. Roles are still to be asked.
async fn within_reach(cx: &Services, actor: &Actor, project: &ProjectId, needs: Permission) -> Result<Project> {
    actor.check_key(needs)?;
    if actor.only_project().is_some_and(|only| only != project) {
        return Err(Error::OtherProject);
    }
    actor.check_scope(needs)?;
    let mut lease = cx.db.acquire().await?;
    store::projects::find(lease.conn(), project).await?.ok_or(Error::NotFound)
}

/// Proof that the caller could do `C` if it did not take an administrator's approval first.
#[derive(Debug, Clone, Copy)]
pub struct Ask<C>(PhantomData<fn() -> C>);

/// What it takes to ask for a publication.
pub trait AsksToPublish {}
impl AsksToPublish for Ask<PublishEntries> {}
impl AsksToPublish for WriteEntries {}

/// How the caller gets something done.
#[derive(Debug, Clone)]
pub enum Way<C> {
    Directly(Grant<C>),
    /// An administrator has to be asked.
    OnRequest(Grant<Ask<C>>),
}

pub type Publishing = Way<PublishEntries>;
pub type Deleting = Way<DeleteEntries>;
pub type DeletingTags = Way<DeleteTags>;
pub type DeletingProjects = Way<DeleteProjects>;
pub type EmptyingProjects = Way<DeleteAllEntries>;

impl<C> Way<C> {
    pub fn project(&self) -> &Project {
        match self {
            Way::Directly(may) => may.project(),
            Way::OnRequest(may) => may.project(),
        }
    }

    pub fn actor(&self) -> &Actor {
        match self {
            Way::Directly(may) => may.actor(),
            Way::OnRequest(may) => may.actor(),
        }
    }
}

/// Checks that `actor` may do `C` in a project, or may at least ask an administrator to do it.
///
/// # Errors
/// As [`grant`], except for what an administrator can be asked to do.
pub async fn grant_or_ask<C: Capability>(cx: &Services, actor: &Actor, project: &ProjectId) -> Result<Way<C>> {
    let project = within_reach(cx, actor, project, C::NEEDS).await?;
    let actor = actor.clone();
    match verdict(actor.user.role, C::NEEDS, Some(&project)) {
        Verdict::Allowed => Ok(Way::Directly(Grant { project, actor, capability: PhantomData })),
        Verdict::NeedsApproval => Ok(Way::OnRequest(Grant { project, actor, capability: PhantomData })),
        Verdict::Refused => Err(Error::Forbidden { needs: C::NEEDS }),
    }
}

/// The project of an entry, for addresses that do not name it.
///
/// # Errors
/// `NotFound`.
pub async fn project_of_entry(cx: &Services, _actor: &Actor, entry: &EntryId) -> Result<ProjectId> {
    let mut lease = cx.db.acquire().await?;
    store::entries::project_of(lease.conn(), entry).await?.ok_or(Error::NotFound)
}

/// The project of a request, for addresses that do not name it.
///
/// # Errors
/// `NotFound`, also when the project is gone.
pub async fn project_of_request(cx: &Services, _actor: &Actor, request: &RequestId) -> Result<ProjectId> {
    let mut lease = cx.db.acquire().await?;
    store::change_requests::project_of(lease.conn(), request).await?.ok_or(Error::NotFound)
}

/// Checks that `actor` may do `C` where no single project is concerned. A key that is bound to a project may read (it
/// sees its own), look after tags (those that no other project uses) and restore its own entries; whoever takes such a
/// grant sees to that.
pub fn instance_grant<C: Capability>(actor: &Actor) -> Result<InstanceGrant<C>> {
    actor.check_key(C::NEEDS)?;
    use Permission::{DeleteTags, ReadEntries, ReadProjects, ReadTags, RestoreDeleted, WriteTags};
    let narrowed = matches!(C::NEEDS, ReadProjects | ReadEntries | ReadTags | WriteTags | DeleteTags | RestoreDeleted);
    if actor.only_project().is_some() && !narrowed {
        return Err(Error::OtherProject);
    }
    actor.check(C::NEEDS, None)?;
    Ok(InstanceGrant { actor: actor.clone(), capability: PhantomData })
}
