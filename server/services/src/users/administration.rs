//! What administrators do with people: name, role, whether they may sign in, and how they go.
//!
//! Nobody takes away their own role or account, and the last administrator who can sign in stays one. Both are decided
//! inside the transaction, with the administrators held: of two who demote each other at the same moment one remains.

use model::people::{FormerUser, Preserved, UserPatch};
use model::users::User;
use model::{Error, Permission, Result, Role, UserId};
use serde_json::{Map, Value, json};
use store::{Tx, people};

use crate::access::{Actor, InstanceGrant, ManageUsers, Via};
use crate::audit::{self, Event};
use crate::{Services, password_reset, sign_in};

type May = InstanceGrant<ManageUsers>;

/// What nobody may do to themselves or to the last administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Demote,
    Disable,
    Delete,
}

impl Act {
    fn own(self) -> (&'static str, &'static str) {
        match self {
            Act::Demote => {
                ("SELF_ROLE_MODIFICATION_ATTEMPT", "You cannot change your own role. Ask another administrator.")
            }
            Act::Disable => ("SELF_DISABLE_ATTEMPT", "You cannot disable your own account. Ask another administrator."),
            Act::Delete => ("SELF_DELETE_ATTEMPT", "You cannot delete your own account. Ask another administrator."),
        }
    }

    fn last(self) -> (&'static str, &'static str) {
        match self {
            Act::Demote => (
                "LAST_ADMIN_ROLE_MODIFICATION_ATTEMPT",
                "This is the last administrator who can sign in. Make somebody else an administrator first.",
            ),
            Act::Disable => (
                "LAST_ADMIN_DISABLE_ATTEMPT",
                "This is the last administrator who can sign in. Make somebody else an administrator first.",
            ),
            Act::Delete => (
                "LAST_ADMIN_DELETE_ATTEMPT",
                "This is the last administrator who can sign in. Make somebody else an administrator first.",
            ),
        }
    }
}

/// Asks the caller's role again, inside the transaction: whoever was deleted or lost the role meanwhile leaves nothing
/// behind. The account is held until it ends.
///
/// # Errors
/// `Forbidden`.
pub(crate) async fn check_administrator(tx: &mut Tx, actor: &Actor) -> Result<()> {
    if actor.via == Via::Console {
        return Ok(());
    }
    let user = people::find_locked(tx.conn(), actor.id()).await?;
    match user {
        Some(user) if user.role == Role::Admin && user.disabled_at.is_none() => Ok(()),
        _ => Err(Error::Forbidden { needs: Permission::ManageUsers }),
    }
}

/// Somebody who is being changed: the transaction, the account as it is now, and the administrators who can sign in.
struct Open {
    tx: Tx,
    user: User,
    administrators: Vec<UserId>,
}

/// Begins a change of somebody. The caller's own role is asked again, with the administrators held.
async fn open(cx: &Services, actor: &Actor, id: &UserId) -> Result<Open> {
    let mut tx = cx.db.begin().await?;
    let administrators = people::lock_administrators(tx.conn()).await?;
    if actor.via != Via::Console && !administrators.contains(actor.id()) {
        return Err(Error::Forbidden { needs: Permission::ManageUsers });
    }
    let user = people::find_locked(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    Ok(Open { tx, user, administrators })
}

impl Open {
    /// Goes on unless this is the caller's own account or the last administrator; both are noted in the log.
    async fn guard(self, cx: &Services, actor: &Actor, act: Act) -> Result<Self> {
        let (action, message) = if self.user.id == *actor.id() {
            act.own()
        } else if self.administrators == [self.user.id.clone()] {
            act.last()
        } else {
            return Ok(self);
        };
        let mut tx = self.tx;
        let id = &self.user.id;
        let event = Event { action, target: Some(id), entity: Some(id.as_str()), ..Event::default() };
        audit::record(cx, tx.conn(), actor, event).await?;
        tx.commit().await?;
        Err(Error::bad_request(message))
    }
}

/// Changes name and role. Another role ends the person's sign-ins.
///
/// # Errors
/// `NotFound`, `Invalid` naming `name`; `BadRequest` for one's own role and for that of the last administrator.
pub async fn update(cx: &Services, may: &May, id: &UserId, patch: UserPatch) -> Result<User> {
    let actor = may.actor();
    let mut open = open(cx, actor, id).await?;
    let new = patch.apply(&open.user)?;
    if new == open.user {
        return Ok(new);
    }
    let changes_role = new.role != open.user.role;
    if changes_role {
        open = open.guard(cx, actor, Act::Demote).await?;
    }
    let Open { mut tx, user: old, .. } = open;
    people::update(tx.conn(), &new, cx.clock.now()).await?;
    if changes_role {
        sign_in::end_all(cx, tx.conn(), id, None).await?;
        let details = json!({ "email": new.email, "from": old.role, "to": new.role });
        record(cx, &mut tx, actor, "UPDATE_ROLE", id, details).await?;
    }
    if new.name != old.name {
        let mut details = Map::new();
        details.insert("name".to_owned(), json!({ "from": old.name, "to": new.name }));
        record(cx, &mut tx, actor, "UPDATE_USER", id, Value::Object(details)).await?;
    }
    tx.commit().await?;
    Ok(new)
}

/// Locks somebody out at once, in every way: sign-ins end, keys stop working. Nothing of theirs is lost.
///
/// # Errors
/// `NotFound`; `BadRequest` for oneself and for the last administrator.
pub async fn disable(cx: &Services, may: &May, id: &UserId) -> Result<User> {
    let actor = may.actor();
    let open = open(cx, actor, id).await?;
    if open.user.disabled_at.is_some() {
        return Ok(open.user);
    }
    let Open { mut tx, user, .. } = open.guard(cx, actor, Act::Disable).await?;
    let now = cx.clock.now();
    let user = User { disabled_at: Some(now), ..user };
    people::update(tx.conn(), &user, now).await?;
    sign_in::end_all(cx, tx.conn(), id, None).await?;
    record(cx, &mut tx, actor, "USER_DISABLED", id, json!({ "email": user.email })).await?;
    tx.commit().await?;
    Ok(user)
}

/// Lets somebody in again.
///
/// # Errors
/// `NotFound`.
pub async fn enable(cx: &Services, may: &May, id: &UserId) -> Result<User> {
    let actor = may.actor();
    let Open { mut tx, user, .. } = open(cx, actor, id).await?;
    if user.disabled_at.is_none() {
        return Ok(user);
    }
    let user = User { disabled_at: None, ..user };
    people::update(tx.conn(), &user, cx.clock.now()).await?;
    record(cx, &mut tx, actor, "USER_ENABLED", id, json!({ "email": user.email })).await?;
    tx.commit().await?;
    Ok(user)
}

/// Ends every sign-in of somebody. Of one's own, the present one stays.
///
/// # Errors
/// `NotFound`.
pub async fn end_sessions(cx: &Services, may: &May, id: &UserId) -> Result<()> {
    let actor = may.actor();
    let Open { mut tx, user, .. } = open(cx, actor, id).await?;
    let present = match &actor.via {
        Via::Cookie(session) | Via::Token(session) if actor.id() == id => Some(session),
        _ => None,
    };
    sign_in::end_all(cx, tx.conn(), id, present).await?;
    record(cx, &mut tx, actor, "SESSION_REVOKED", id, json!({ "email": user.email, "all": true })).await?;
    tx.commit().await?;
    Ok(())
}

/// Mails somebody a link to a new password, or how they sign in where they have none.
///
/// # Errors
/// `NotFound`; `FeatureOff` where passwords are not reset by mail; `BadRequest` for somebody who is disabled.
pub async fn send_reset(cx: &Services, may: &May, id: &UserId) -> Result<()> {
    if !password_reset::is_offered(cx).await? {
        let message = "Passwords cannot be reset by mail here. Switch it on in the settings of the mail server.";
        return Err(Error::feature_off(message));
    }
    let actor = may.actor();
    let Open { mut tx, user, .. } = open(cx, actor, id).await?;
    if user.disabled_at.is_some() {
        return Err(Error::bad_request("This account is disabled. Enable it first."));
    }
    let has_password = store::passwords::find(tx.conn(), id).await?.is_some();
    password_reset::send(cx, tx.conn(), &user, has_password).await?;
    let details = json!({ "email": user.email, "outcome": if has_password { "SENT" } else { "NO_PASSWORD" } });
    record(cx, &mut tx, actor, "PASSWORD_RESET_REQUESTED", id, details).await?;
    tx.commit().await?;
    Ok(())
}

/// Somebody who is gone, and what was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    pub former: FormerUser,
    pub preserved: Preserved,
}

/// Deletes an account. What the person did stays and stays named; sign-ins end, keys are revoked, open invitations are
/// withdrawn.
///
/// # Errors
/// `NotFound`; `BadRequest` for oneself and for the last administrator.
pub async fn delete(cx: &Services, may: &May, id: &UserId) -> Result<Deleted> {
    let actor = may.actor();
    let open = open(cx, actor, id).await?.guard(cx, actor, Act::Delete).await?;
    let Open { mut tx, user, .. } = open;
    sign_in::end_all(cx, tx.conn(), id, None).await?;
    let former = FormerUser {
        id: user.id,
        email: user.email,
        name: user.name,
        role: user.role,
        deleted_at: cx.clock.now(),
        deleted_by: actor.id().clone(),
    };
    let preserved = people::remove(tx.conn(), &former).await?;
    let details = json!({
        "email": former.email, "name": former.name, "role": former.role, "preservedData": preserved,
    });
    record(cx, &mut tx, actor, "DELETE_USER", id, details).await?;
    tx.commit().await?;
    Ok(Deleted { former, preserved })
}

async fn record(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    id: &UserId,
    details: Value,
) -> Result<()> {
    let event = Event { action, target: Some(id), entity: Some(id.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await
}
