//! `tidings login`, `logout` and `whoami`.

use std::io::{self, IsTerminal};

use client::Credential;
use client::shapes::Me;
use model::time::{Timestamp, to_wire};

use super::super::failure::exit;
use super::input;
use super::screen::{clean, day, facts};
use super::session::{Session, connect, known};
use super::sign_in;
use super::{Failure, LoginArgs, LogoutArgs, Result, output};
use crate::config::client::{Environment, address};
use crate::config::{BaseUrl, HOST};
use crate::credentials::{Host, Locked, SignIn, Store};

pub async fn login(args: LoginArgs) -> Result {
    let environment = Environment::of_process()?;
    let host = address(&args.host);
    let host = host.ok_or_else(|| Failure::misunderstood(format!("--host is {:?}. {HOST}", args.host)))?;
    // What cannot be read now cannot be written later.
    Store::open(environment.folder.as_deref())?;
    let (credential, new) = if args.api_key_stdin {
        let key = read_key()?;
        (key.clone(), Host { api_key: Some(key), ..Host::default() })
    } else {
        let tokens = sign_in::by_browser(&host, &environment, !args.no_browser).await?;
        let sign_in = SignIn::new(tokens, sign_in::now());
        (sign_in.access_token.clone(), Host { sign_in: Some(sign_in), ..Host::default() })
    };
    let me = connect(&host, Some(credential), None, &environment, !args.api_key_stdin)?.me().await?;
    // An instance that redirects to https is remembered by its https address, so that the key is safe from now on.
    let host: BaseUrl = me.origin.parse().unwrap_or(host);
    let mut store = Locked::open(environment.folder.as_deref()).await?;
    let credentials = &mut store.credentials;
    let before = credentials.hosts.remove(host.as_str()).unwrap_or_default();
    let is_key = new.api_key.is_some();
    credentials.hosts.insert(host.to_string(), Host { project: before.project, ..new });
    credentials.default = Some(host.to_string());
    store.save()?;
    output::print(&format!("Signed in to {host} as {}.\n", person(&me.value)))?;
    let what = if is_key { "key" } else { "sign-in" };
    output::note(&format!("The {what} is kept in {}.", store.path().display()));
    drop(store);
    if let Some(before) = before.sign_in {
        // Nobody can use it any more; that it goes on is no reason for this one to fail.
        let _ = end(&host, &before, &environment).await;
    }
    Ok(())
}

fn read_key() -> Result<Credential> {
    if io::stdin().is_terminal() {
        output::note("Paste the API key (it will be visible) and press Enter:");
    }
    input::line()?.parse().map_err(|error: client::NotAKey| Failure::new(error.to_string()))
}

/// Ends a sign-in at the server.
async fn end(host: &BaseUrl, sign_in: &SignIn, environment: &Environment) -> Result {
    connect(host, None, None, environment, true)?.sign_out(&sign_in.refresh_token).await?;
    Ok(())
}

pub async fn logout(args: LogoutArgs) -> Result {
    let environment = Environment::of_process()?;
    let kept = Store::open(environment.folder.as_deref())?.credentials;
    let host = match (args.host, &kept.default) {
        (Some(named), _) => known(&named, kept.hosts.keys())?.to_string(),
        (None, Some(default)) => default.clone(),
        (None, None) if kept.hosts.is_empty() => {
            return Err(Failure::coded(exit::NOT_SIGNED_IN, "You are not signed in anywhere."));
        }
        (None, None) => {
            let hosts = kept.hosts.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(Failure::misunderstood(format!("Which instance is meant? Give --host: {hosts}.")));
        }
    };
    let not_signed_in = || Failure::coded(exit::NOT_SIGNED_IN, format!("You are not signed in to {host}."));
    if !kept.hosts.contains_key(&host) {
        return Err(not_signed_in());
    }
    let mut store = Locked::open(environment.folder.as_deref()).await?;
    let credentials = &mut store.credentials;
    // Another command may have renewed it, or signed out, while this one waited for the lock.
    let before = credentials.hosts.remove(&host).ok_or_else(not_signed_in)?;
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
    drop(store);
    let Some(sign_in) = before.sign_in else {
        output::note("The key itself stays good until it is revoked.");
        return Ok(());
    };
    let ended = match host.parse::<BaseUrl>() {
        Ok(host) => end(&host, &sign_in, &environment).await.is_ok(),
        Err(_) => false,
    };
    if !ended {
        output::note(
            "The server could not be told, so it still knows this sign-in. You can end it there, in your account under \
             Devices.",
        );
    }
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
            ("Signed in", session.is_signed_in.then(|| "with your browser".to_owned())),
            ("Until", session.is_signed_in.then(|| until(session))),
            ("Key", key.map(|key| key.name.clone())),
            ("Scopes", key.map(|key| key.permissions.join(", "))),
            ("Projects", project),
            ("Expires", key.and_then(|key| key.expires_at.as_deref()).map(day)),
        ],
    );
    session.answer(&answer, &me.id, text.trim_end())
}

/// As it is kept now: what was asked may have renewed it.
fn until(session: &Session) -> String {
    let kept = Store::open(session.environment.folder.as_deref()).map(|store| store.credentials).unwrap_or_default();
    let sign_in = kept.hosts.get(session.host.as_str()).and_then(|host| host.sign_in.as_ref());
    let end = sign_in.and_then(|sign_in| sign_in.refresh_until).and_then(|end| Timestamp::from_timestamp(end, 0));
    match end {
        Some(end) => format!("{}, and longer when it is used before", day(&to_wire(end))),
        None => "you sign out, or do not use it for long".to_owned(),
    }
}

fn person(me: &Me) -> String {
    let role = me.role.to_lowercase();
    let about = [me.email.as_str(), role.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    match &me.name {
        Some(name) => clean(&format!("{name} ({})", about.join(", "))),
        None => clean(&about.join(", ")),
    }
}
