//! People with an account. The built-in actor is none: it is found by nothing here.

mod administration;

use std::sync::atomic::Ordering;

use chrono::Datelike;
use model::people::{Overview, People, PeopleFilter, Person, Preserved};
use model::users::{NewUser, SYSTEM_ID, User};
use model::{Error, Result, Role, UserId};
use serde_json::json;

use crate::access::{InstanceGrant, ManageUsers};
use crate::audit::{self, Event};
use crate::{Services, setup};

pub(crate) use administration::check_administrator;
pub use administration::{Deleted, delete, disable, enable, end_sessions, send_reset, update};

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
    // PostgreSQL cannot even look for a text with NUL in it.
    let email: String = email.trim().to_lowercase().chars().filter(|&c| c != '\0').collect();
    let found = store::users::find_by_email(lease.conn(), &email).await?;
    Ok(found.map(|found| found.user).filter(|user| user.id.as_str() != SYSTEM_ID))
}

/// Everybody who matches, newest first, with what only administrators see.
pub async fn list(cx: &Services, _may: &InstanceGrant<ManageUsers>, filter: &PeopleFilter) -> Result<Vec<Person>> {
    let mut lease = cx.db.acquire().await?;
    // Compared here: neither database folds the case of every letter, and people are few.
    let everybody = store::people::list(lease.conn(), cx.clock.now()).await?;
    Ok(everybody.into_iter().filter(|person| filter.matches(&person.user)).collect())
}

/// One page of those who match, by name.
pub async fn page(cx: &Services, may: &InstanceGrant<ManageUsers>, filter: &PeopleFilter) -> Result<People> {
    let mut people = list(cx, may, filter).await?;
    people.sort_by_cached_key(|person| (person.user.display_name().to_lowercase(), person.user.id.clone()));
    Ok(filter.cut(people))
}

/// # Errors
/// `NotFound`.
pub async fn get(cx: &Services, _may: &InstanceGrant<ManageUsers>, id: &UserId) -> Result<Person> {
    let mut lease = cx.db.acquire().await?;
    store::people::find(lease.conn(), id, cx.clock.now()).await?.ok_or(Error::NotFound)
}

/// What a deletion of somebody would keep and end.
///
/// # Errors
/// `NotFound`.
pub async fn traces(cx: &Services, may: &InstanceGrant<ManageUsers>, id: &UserId) -> Result<Preserved> {
    get(cx, may, id).await?;
    let mut lease = cx.db.acquire().await?;
    Ok(store::people::count(lease.conn(), id, cx.clock.now()).await?)
}

/// Figures for the overview of the administration.
pub async fn overview(cx: &Services, _may: &InstanceGrant<ManageUsers>) -> Result<Overview> {
    let now = cx.clock.now();
    let month = now.date_naive().with_day(1).and_then(|day| day.and_hms_opt(0, 0, 0)).map_or(now, |day| day.and_utc());
    let mut lease = cx.db.acquire().await?;
    Ok(store::people::overview(lease.conn(), month, now).await?)
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
