//! `tidings user create`.

use std::io::{self, BufRead, IsTerminal, Read};

use services::access::{Actor, ManageUsers, instance_grant};
use services::{Services, users};

use crate::config::{Config, reason};
use crate::open;

use super::{Failure, Result, UserCreateArgs, output};

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
