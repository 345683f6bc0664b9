//! `tidings api-key create`, `list` and `revoke`.

use model::api_keys::{KeyPatch, ListedKey, NewKey, State, parse_expiry, scopes_or_all, summary};
use model::time::{Timestamp, to_wire};
use model::users::User;
use model::{Error, Scope};
use serde_json::{Value, json};
use services::access::{ManageAllApiKeys, ManageUsers, instance_grant};
use services::api_keys::{self, Keyring};
use services::{Services, users};

use super::accounts::console;
use super::{ApiKeyCommand, ApiKeyCreateArgs, ApiKeyListArgs, ApiKeyRevokeArgs, Failure, Result, output};
use crate::config::Config;
use crate::open;

pub async fn run(config: &Config, command: ApiKeyCommand) -> Result {
    let cx = open::services(config).await?;
    match command {
        ApiKeyCommand::Create(args) => create(&cx, args).await?,
        ApiKeyCommand::List(args) => list(&cx, args).await?,
        ApiKeyCommand::Revoke(args) => revoke(&cx, args).await?,
    }
    cx.db.close().await;
    Ok(())
}

async fn create(cx: &Services, args: ApiKeyCreateArgs) -> Result {
    let owner = person(cx, &args.user).await?;
    let ends = args.expires.as_deref().map(|text| parse_expiry(text, cx.clock.now())).transpose();
    let expires_at = ends.map_err(|message| Failure::new(format!("--expires: {message}")))?;
    let new = NewKey { name: args.name, scopes: scopes_or_all(args.scopes), expires_at, is_global: false };
    let may = instance_grant(&console(cx)?)?;
    let created = api_keys::create_for(cx, &may, &owner, args.project, new).await.map_err(|error| {
        let flags = [("project", "--project"), ("name", "--name"), ("user", "--user"), ("expiresAt", "--expires")];
        Failure::from_service(error, &flags)
    })?;
    let key = &created.key.key;
    let projects = key.project_id.as_ref().map_or("all projects".to_owned(), |project| format!("project {project}"));
    let scopes = if key.scopes.len() == Scope::ALL.len() {
        "all scopes".to_owned()
    } else {
        key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ")
    };
    let until = key.expires_at.map(|end| format!(" until {}", to_wire(end))).unwrap_or_default();
    output::note(&format!("Key “{}” acts as {} in {projects} with {scopes}{until}.", key.name, owner.email));
    output::note("This is the only time it is shown:");
    output::print(&format!("{}\n", created.secret))
}

async fn list(cx: &Services, args: ApiKeyListArgs) -> Result {
    let owner = match &args.user {
        Some(email) => Some(person(cx, email).await?),
        None => None,
    };
    let keys = api_keys::list(cx, &ring(cx)?, owner.as_ref().map(|owner| &owner.id)).await?;
    let now = cx.clock.now();
    if args.json {
        let keys: Vec<Value> = keys.iter().map(|listed| as_json(listed, now)).collect();
        return output::print(&format!("{:#}\n", Value::Array(keys)));
    }
    if keys.is_empty() {
        output::note("There are no API keys.");
        return Ok(());
    }
    let mut rows = vec![["ID", "NAME", "KEY", "OWNER", "PROJECT", "SCOPES", "LAST USED", "STATE"].map(str::to_owned)];
    rows.extend(keys.iter().map(|listed| {
        let key = &listed.key;
        [
            key.id.to_string(),
            key.name.clone(),
            key.shown(),
            listed.owner_email.clone(),
            listed.project_name.clone().unwrap_or_else(|| "all".to_owned()),
            summary(&key.scopes),
            key.last_used_at.map_or("never".to_owned(), |used| used.format("%Y-%m-%d").to_string()),
            state_in_words(listed, now),
        ]
    }));
    output::print(&table(&rows))
}

async fn revoke(cx: &Services, args: ApiKeyRevokeArgs) -> Result {
    let patch = KeyPatch { is_revoked: Some(true), ..KeyPatch::default() };
    let revoked =
        api_keys::update(cx, &ring(cx)?, &args.key, patch, &services::Always).await.map_err(|error| match error {
            Error::NotFound => Failure::new(format!("There is no API key with the id {}.", args.key)),
            other => other.into(),
        })?;
    output::print(&format!("Revoked “{}” of {}, id {}.\n", revoked.key.name, revoked.owner_email, revoked.key.id))
}

/// Every key of the instance.
fn ring(cx: &Services) -> Result<Keyring> {
    Ok(instance_grant::<ManageAllApiKeys>(&console(cx)?)?.into())
}

async fn person(cx: &Services, email: &str) -> Result<User> {
    let may = instance_grant::<ManageUsers>(&console(cx)?)?;
    let found = users::find_by_email(cx, &may, email).await?;
    found.ok_or_else(|| Failure::new(format!("--user: There is no person with the address {email}.")))
}

fn state(state: State) -> &'static str {
    match state {
        State::Active => "active",
        State::Expired => "expired",
        State::Revoked => "revoked",
        State::OwnerDisabled => "owner disabled",
    }
}

fn state_in_words(listed: &ListedKey, now: Timestamp) -> String {
    let own = listed.state(now);
    match (own, listed.key.expires_at) {
        (State::Active, Some(end)) => format!("active until {}", end.format("%Y-%m-%d")),
        _ => state(own).to_owned(),
    }
}

fn as_json(listed: &ListedKey, now: Timestamp) -> Value {
    let key = &listed.key;
    json!({
        "id": key.id,
        "name": key.name,
        "keyPrefix": key.shown(),
        "owner": listed.owner_email,
        "userId": key.user_id,
        "projectId": key.project_id,
        "project": listed.project_name,
        "isGlobal": key.is_global,
        "permissions": key.scopes,
        "state": state(listed.state(now)),
        "createdAt": to_wire(key.created_at),
        "lastUsed": key.last_used_at.map(to_wire),
        "lastUsedIp": key.last_used_ip,
        "expiresAt": key.expires_at.map(to_wire),
        "revokedAt": key.revoked_at.map(to_wire),
    })
}

/// Columns as wide as their widest cell, two blanks apart; no blanks at the ends of lines.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
