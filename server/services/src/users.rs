//! People with an account.

use std::sync::atomic::Ordering;

use model::users::{NewUser, User};
use model::{Error, Result, Role, UserId};
use serde_json::json;

use crate::access::{InstanceGrant, ManageUsers};
use crate::audit::{self, Event};
use crate::{Services, setup};

/// Creates a person. The first administrator of an empty instance also completes its set-up.
///
/// # Errors
/// `Invalid` naming `name`, `email` or `password`; a used address is an error of `email`.
pub async fn create(
    cx: &Services,
    may: &InstanceGrant<ManageUsers>,
    name: &str,
    email: &str,
    role: Role,
    password: &str,
) -> Result<User> {
    let new = NewUser::checked(name, email, role, password)?;
    let first_admin = role == Role::Admin && !setup::is_complete(cx).await?;
    let hash = cx.passwords.hash(password).await?;
    let user = compose(cx, new);
    let mut tx = cx.db.begin().await?;
    store::users::insert(tx.conn(), &user, Some(&hash)).await.map_err(|error| match error {
        store::Error::Duplicate => Error::field("email", "A person with this address exists already."),
        other => other.into(),
    })?;
    if first_admin {
        setup::finish(cx, &mut tx, &user, &may.actor().client).await?;
    }
    let details = json!({ "email": user.email, "role": role.as_str() });
    let event = Event { action: "USER_REGISTERED", entity: Some(user.id.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    if first_admin {
        cx.is_set_up.store(true, Ordering::Relaxed);
    }
    Ok(user)
}

/// Finds a person by address.
pub async fn find_by_email(cx: &Services, _may: &InstanceGrant<ManageUsers>, email: &str) -> Result<Option<User>> {
    let mut lease = cx.db.acquire().await?;
    let found = store::users::find_by_email(lease.conn(), &email.trim().to_lowercase()).await?;
    Ok(found.map(|found| found.user))
}

pub(crate) fn compose(cx: &Services, new: NewUser) -> User {
    let now = cx.clock.now();
    User {
        id: cx.random.id(now, UserId::compose),
        email: new.email,
        name: Some(new.name),
        role: new.role,
        created_at: now,
        last_login_at: None,
        disabled_at: None,
    }
}
