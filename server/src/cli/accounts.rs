//! `tidings user create` and `tidings api-key create`.

use std::io::{self, BufRead, IsTerminal, Read};

use model::Scope;
use services::access::{Actor, ManageUsers, instance_grant};
use services::{Services, api_keys, users};

use crate::config::{Config, reason};
use crate::open;

use super::{ApiKeyCreateArgs, Failure, Result, UserCreateArgs, output};

/// Far more than a password may have, and little enough to hold.
const LONGEST_INPUT: u64 = 64 * 1024;

pub async fn create_user(config: &Config, args: UserCreateArgs) -> Result {
    let password = read_password()?;
    let cx = open::services(config).await?;
    let may = instance_grant::<ManageUsers>(&console(&cx)?)?;
    let user = users::create(&cx, &may, &args.name, &args.email, args.role, &password)
        .await
        .map_err(|error| Failure::from_service(error, &[("email", "--email"), ("name", "--name")]))?;
    cx.db.close().await;
    output::print(&format!("Created {} ({}), id {}.\n", user.email, user.role.label(), user.id))
}

pub async fn create_api_key(config: &Config, args: ApiKeyCreateArgs) -> Result {
    let cx = open::services(config).await?;
    let may = instance_grant::<ManageUsers>(&console(&cx)?)?;
    let owner = users::find_by_email(&cx, &may, &args.user).await?;
    let owner =
        owner.ok_or_else(|| Failure::new(format!("--user: There is no person with the address {}.", args.user)))?;
    let created = api_keys::create(&cx, &may, &owner, &args.name, args.project, &args.scopes)
        .await
        .map_err(|error| Failure::from_service(error, &[("project", "--project"), ("name", "--name")]))?;
    cx.db.close().await;
    let key = &created.key;
    let projects = key.project_id.as_ref().map_or("all projects".to_owned(), |project| format!("project {project}"));
    let scopes = if key.scopes.len() == Scope::ALL.len() {
        "all scopes".to_owned()
    } else {
        key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ")
    };
    output::note(&format!("Key “{}” acts as {} in {projects} with {scopes}.", key.name, owner.email));
    output::note("This is the only time it is shown:");
    output::print(&format!("{}\n", created.secret))
}

fn console(cx: &Services) -> Result<Actor> {
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
