//! `tidings user`.

use std::io::{self, BufRead, IsTerminal, Read};

use model::Role;
use model::invitations::{Expiry, NewInvitation};
use model::people::{PeopleFilter, Person, UserPatch};
use model::time::{short_date, to_wire};
use model::users::User;
use serde_json::json;
use services::access::{Actor, InstanceGrant, ManageUsers, instance_grant};
use services::{Services, invitations, users};

use crate::config::{Config, reason};
use crate::open;

use super::api_keys::table;
use super::failure::exit;
use super::{Failure, Result, UserCommand, UserCreateArgs, UserInviteArgs, UserListArgs, output};

/// Far more than a password may have, and little enough to hold.
const LONGEST_INPUT: u64 = 64 * 1024;

pub async fn run(config: &Config, command: UserCommand) -> Result {
    match command {
        UserCommand::Create(args) => create_user(config, args).await,
        UserCommand::Invite(args) => invite(config, args).await,
        UserCommand::List(args) => list(config, args).await,
        UserCommand::Role { email, role } => give_role(config, &email, role).await,
        UserCommand::Disable { email } => {
            let (cx, may, user) = find(config, &email).await?;
            let user = users::disable(&cx, &may, &user.id).await?;
            cx.db.close().await;
            output::print(&format!("Disabled {}: they are signed out, and their API keys do not work.\n", user.email))
        }
        UserCommand::Enable { email } => {
            let (cx, may, user) = find(config, &email).await?;
            let user = users::enable(&cx, &may, &user.id).await?;
            cx.db.close().await;
            output::print(&format!("Enabled {}.\n", user.email))
        }
    }
}

/// The person with an address, and what it takes to change them.
async fn find(config: &Config, email: &str) -> Result<(Services, InstanceGrant<ManageUsers>, User)> {
    let cx = open::services(config).await?;
    let may = instance_grant::<ManageUsers>(&console(&cx)?)?;
    match users::find_by_email(&cx, &may, email).await? {
        Some(user) => Ok((cx, may, user)),
        None => Err(Failure::coded(exit::NOT_FOUND, format!("Nobody has an account with the address {email}."))),
    }
}

async fn give_role(config: &Config, email: &str, role: Role) -> Result {
    let (cx, may, user) = find(config, email).await?;
    let patch = UserPatch { name: None, role: Some(role) };
    let user = users::update(&cx, &may, &user.id, patch).await?;
    cx.db.close().await;
    output::print(&format!("{} has the role {} now.\n", user.email, user.role.label()))
}

async fn invite(config: &Config, args: UserInviteArgs) -> Result {
    let cx = open::services(config).await?;
    let may = instance_grant::<ManageUsers>(&console(&cx)?)?;
    let new = NewInvitation { expiry: args.days.map(Expiry::Days), ..NewInvitation::new(args.email, args.role) };
    let made = invitations::create(&cx, &may, new)
        .await
        .map_err(|error| Failure::from_service(error, &[("email", "--email"), ("expiresAt", "--days")]))?;
    cx.db.close().await;
    if made.is_mailed {
        output::note("The link was mailed as well.");
    }
    output::print(&format!("{}\n", made.url))
}

async fn list(config: &Config, args: UserListArgs) -> Result {
    let cx = open::services(config).await?;
    let may = instance_grant::<ManageUsers>(&console(&cx)?)?;
    let filter = PeopleFilter { role: args.role, ..PeopleFilter::default() };
    let mut people = users::list(&cx, &may, &filter).await?;
    cx.db.close().await;
    people.sort_by_cached_key(|person| person.user.display_name().to_lowercase());
    if args.json {
        let all: Vec<_> = people.iter().map(as_json).collect();
        return output::print(&format!("{:#}\n", serde_json::Value::from(all)));
    }
    let row = |person: &Person| {
        let user = &person.user;
        let last = user.last_login_at.map_or_else(|| "never".to_owned(), short_date);
        let state = if user.disabled_at.is_some() { "disabled" } else { "active" };
        [
            user.email.clone(),
            user.name.clone().unwrap_or_default(),
            user.role.label().to_owned(),
            last,
            state.to_owned(),
        ]
    };
    let head = ["Address", "Name", "Role", "Last sign-in", "State"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(people.iter().map(row)).collect();
    output::print(&table(&rows))
}

fn as_json(person: &Person) -> serde_json::Value {
    let user = &person.user;
    json!({
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "createdAt": to_wire(user.created_at),
        "lastLoginAt": user.last_login_at.map(to_wire),
        "disabledAt": user.disabled_at.map(to_wire),
        "openSessions": person.open_sessions,
    })
}

async fn create_user(config: &Config, args: UserCreateArgs) -> Result {
    let password = read_password()?;
    let cx = open::services(config).await?;
    let may = instance_grant::<ManageUsers>(&console(&cx)?)?;
    let user = users::create(&cx, &may, &args.name, &args.email, args.role, &password)
        .await
        .map_err(|error| Failure::from_service(error, &[("email", "--email"), ("name", "--name")]))?;
    cx.db.close().await;
    output::print(&format!("Created {} ({}), id {}.\n", user.email, user.role.label(), user.id))
}

/// The built-in actor, who may do everything.
pub(super) fn console(cx: &Services) -> Result<Actor> {
    Ok(Actor::console(cx.clock.now())?)
}

/// The first line of standard input, without its line end; blanks are part of a password.
fn read_password() -> Result<String> {
    if io::stdin().is_terminal() {
        output::note("Type the password (it will be visible) and press Enter:");
    }
    let mut bytes = Vec::new();
    io::stdin().lock().take(LONGEST_INPUT).read_until(b'\n', &mut bytes).map_err(|error| {
        Failure::new(format!("The password cannot be read from standard input: {}.", reason(&error)))
    })?;
    let text =
        String::from_utf8(bytes).map_err(|_| Failure::new("The password on standard input is not UTF-8 text."))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
