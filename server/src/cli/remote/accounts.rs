//! `tidings login`, `logout` and `whoami`.

use std::io::{self, IsTerminal};

use client::ApiKey;
use client::shapes::Me;

use super::super::failure::exit;
use super::input;
use super::screen::{clean, day, facts};
use super::session::{Session, connect, known};
use super::{Failure, LoginArgs, LogoutArgs, Result, output};
use crate::config::client::{Environment, address};
use crate::config::{BaseUrl, HOST};
use crate::credentials::{Host, Store};

pub async fn login(args: LoginArgs) -> Result {
    let environment = Environment::of_process()?;
    let host = address(&args.host);
    let host = host.ok_or_else(|| Failure::misunderstood(format!("--host is {:?}. {HOST}", args.host)))?;
    let mut store = Store::open(environment.folder.as_deref())?;
    if io::stdin().is_terminal() {
        output::note("Paste the API key (it will be visible) and press Enter:");
    }
    let key: ApiKey = input::line()?.parse().map_err(|error: client::NotAKey| Failure::new(error.to_string()))?;
    let me = connect(&host, key.clone(), &environment, false)?.me().await?;
    // An instance that redirects to https is remembered by its https address, so that the key is safe from now on.
    let host: BaseUrl = me.origin.parse().unwrap_or(host);
    let credentials = &mut store.credentials;
    let project = credentials.hosts.remove(host.as_str()).and_then(|before| before.project);
    credentials.hosts.insert(host.to_string(), Host { api_key: key, project });
    credentials.default = Some(host.to_string());
    store.save()?;
    output::print(&format!("Signed in to {host} as {}.\n", person(&me.value)))?;
    output::note(&format!("The key is kept in {}.", store.path().display()));
    Ok(())
}

pub fn logout(args: LogoutArgs) -> Result {
    let environment = Environment::of_process()?;
    let mut store = Store::open(environment.folder.as_deref())?;
    let credentials = &mut store.credentials;
    let host = match (args.host, &credentials.default) {
        (Some(named), _) => known(&named, credentials.hosts.keys())?.to_string(),
        (None, Some(default)) => default.clone(),
        (None, None) if credentials.hosts.is_empty() => {
            return Err(Failure::coded(exit::NOT_SIGNED_IN, "You are not signed in anywhere."));
        }
        (None, None) => {
            let hosts = credentials.hosts.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(Failure::misunderstood(format!("Which instance is meant? Give --host: {hosts}.")));
        }
    };
    if credentials.hosts.remove(&host).is_none() {
        return Err(Failure::coded(exit::NOT_SIGNED_IN, format!("You are not signed in to {host}.")));
    }
    if credentials.default.as_deref() == Some(host.as_str()) {
        // With one left there is no doubt; with more, the next command asks which is meant.
        let mut left = credentials.hosts.keys();
        credentials.default = left.next().filter(|_| left.next().is_none()).cloned();
    }
    store.save()?;
    output::print(&format!("Signed out of {host}.\n"))?;
    if let Some(default) = &store.credentials.default {
        output::note(&format!("Commands go to {default} now."));
    }
    output::note("The key itself stays good until it is revoked.");
    Ok(())
}

pub async fn whoami(session: &Session) -> Result {
    let answer = session.client.me().await?;
    let me = &answer.value;
    let key = me.api_key.as_ref();
    let project = key.map(|key| key.project_id.clone().unwrap_or_else(|| "all".to_owned()));
    let text = facts(
        session.screen,
        &[
            ("Instance", Some(answer.origin.clone())),
            ("Person", Some(person(me))),
            ("Key", key.map(|key| key.name.clone())),
            ("Scopes", key.map(|key| key.permissions.join(", "))),
            ("Projects", project),
            ("Expires", key.and_then(|key| key.expires_at.as_deref()).map(day)),
        ],
    );
    session.answer(&answer, &me.id, text.trim_end())
}

fn person(me: &Me) -> String {
    let role = me.role.to_lowercase();
    let about = [me.email.as_str(), role.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    match &me.name {
        Some(name) => clean(&format!("{name} ({})", about.join(", "))),
        None => clean(&about.join(", ")),
    }
}
