//! Which instance is asked, with which key, about which project, and how the answers are shown.

use client::{Answer, Client, Credential, Renew, Settings, Waiting};
use services::Random;

use super::super::failure::exit;
use super::screen::{Screen, clean};
use super::{Failure, Remote, Result, json, output, sign_in};
use crate::config::client::{Environment, address};
use crate::config::{BaseUrl, HOST, Secret};
use crate::credentials::{Host, SignIn, Store};

const LOGIN: &str = "tidings login --host URL";

pub struct Session {
    pub client: Client,
    pub host: BaseUrl,
    pub screen: Screen,
    pub json: bool,
    pub quiet: bool,
    /// What the person named: by flag, by variable, or once for good.
    pub project: Option<String>,
    pub environment: Environment,
    /// Whether the browser let this program in, rather than a key.
    pub is_signed_in: bool,
    random: Random,
}

/// A host and what opens it.
struct Chosen {
    host: BaseUrl,
    with: With,
    project: Option<String>,
}

enum With {
    Key(Credential),
    SignIn(SignIn),
}

impl Session {
    pub async fn open(remote: &Remote, project: Option<String>) -> Result<Self> {
        let environment = Environment::of_process()?;
        let named = project.or_else(|| environment.project.clone());
        let Chosen { host, with, project } = choose(remote.host.as_deref(), &environment)?;
        let (credential, renew) = match with {
            With::Key(key) => (key, None),
            With::SignIn(kept) => {
                let renewing = sign_in::Renewing::new(&host, &environment)?;
                (renewing.ahead_of_need(kept).await?, Some(renewing.on_refusal()))
            }
        };
        let is_signed_in = renew.is_some();
        let client = connect(&host, Some(credential), renew, &environment, remote.quiet)?;
        Ok(Self {
            client,
            host,
            screen: Screen::of_process(remote.no_color || environment.plain),
            json: remote.json,
            quiet: remote.quiet,
            project: named.or(project),
            environment,
            is_signed_in,
            random: Random::System,
        })
    }

    /// A new `Idempotency-Key`: attempts of one command share it, two commands never do.
    pub fn once(&self) -> String {
        self.random.token(32)
    }

    /// Prints the server's JSON, the id, or a sentence.
    pub fn answer<T>(&self, answer: &Answer<T>, id: &str, sentence: &str) -> Result {
        match (self.json, self.quiet) {
            (true, _) => output::print(&json::indent(&answer.json)),
            (_, true) => output::print(&format!("{}\n", clean(id))),
            _ => output::print(&format!("{sentence}\n")),
        }
    }

    /// A line beside the answer, for people.
    pub fn note(&self, line: &str) {
        if !self.quiet {
            output::note(line);
        }
    }
}

/// A client, after a warning where the key can be read on its way.
pub fn connect(
    host: &BaseUrl,
    credential: Option<Credential>,
    renew: Option<Renew>,
    environment: &Environment,
    quiet: bool,
) -> Result<Client> {
    let uri: http::Uri = host.as_str().parse().map_err(|_| Failure::misunderstood(HOST))?;
    if !quiet && !host.is_https() && !is_loopback(&uri) {
        output::note(&format!("warning: {host} is not https, so the key and the texts travel unencrypted."));
    }
    let settings = Settings {
        address: uri,
        credential,
        renew,
        agent: format!("tidings/{}", env!("CARGO_PKG_VERSION")),
        proxy: environment.proxy.clone(),
        waiting: if quiet { |_| {} } else { tell },
    };
    Ok(Client::new(settings)?)
}

fn tell(waiting: &Waiting) {
    let seconds = waiting.pause.as_secs_f32();
    output::note(&format!("{} Trying again in {seconds} s.", clean(&waiting.reason)));
}

fn is_loopback(uri: &http::Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let named = host == "localhost" || host.ends_with(".localhost");
    named || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// What a flag says wins over the environment, which wins over what is kept. A key from the environment goes to the host
/// that the environment names; only where that names none, to the one of the flag or the file.
fn choose(flag: Option<&str>, environment: &Environment) -> Result<Chosen> {
    let given = environment.api_key.as_ref();
    if let (None, Some(host), Some(key)) = (flag, &environment.host, given) {
        // Nothing kept on this machine has a say: that is what a build server expects.
        return Ok(Chosen { host: host.clone(), with: With::Key(parse(key)?), project: None });
    }
    let kept = match Store::open(environment.folder.as_deref()) {
        Ok(store) => store.credentials,
        // Without a folder there is nothing kept, and perhaps nothing needed.
        Err(_) if environment.folder.is_none() => Default::default(),
        Err(error) => return Err(error.into()),
    };
    let host = match (flag, &environment.host, &kept.default) {
        (Some(named), _, _) => known(named, kept.hosts.keys())?,
        (None, Some(host), _) => host.clone(),
        (None, None, Some(default)) => known(default, kept.hosts.keys())?,
        (None, None, None) if kept.hosts.is_empty() => {
            let message = format!("You are not signed in. Sign in: {LOGIN}\nOr set TIDINGS_HOST and TIDINGS_API_KEY.");
            return Err(Failure::coded(exit::NOT_SIGNED_IN, message));
        }
        (None, None, None) => {
            let hosts = kept.hosts.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(Failure::misunderstood(format!("Which instance is meant? Give --host: {hosts}.")));
        }
    };
    let stored = kept.hosts.get(host.as_str());
    let belongs = environment.host.as_ref().is_none_or(|named| *named == host);
    let kept = match stored {
        Some(Host { sign_in: Some(sign_in), .. }) => Some(With::SignIn(sign_in.clone())),
        Some(Host { api_key: Some(key), .. }) => Some(With::Key(key.clone())),
        _ => None,
    };
    let with = match (given.filter(|_| belongs), kept) {
        (Some(key), _) => With::Key(parse(key)?),
        (None, Some(kept)) => kept,
        (None, None) => {
            let message = format!(
                "You are not signed in to {host}. Sign in: tidings login --host {host}\nOr set TIDINGS_API_KEY."
            );
            return Err(Failure::coded(exit::NOT_SIGNED_IN, message));
        }
    };
    let project = stored.and_then(|stored| stored.project.clone());
    Ok(Chosen { host, with, project })
}

fn parse(key: &Secret) -> Result<Credential> {
    key.expose().parse().map_err(|error| Failure::misunderstood(format!("TIDINGS_API_KEY: {error}")))
}

/// The address that a person means: without a scheme, the one they are signed in to, else https.
pub fn known<'a>(named: &str, hosts: impl Iterator<Item = &'a String>) -> Result<BaseUrl> {
    let mut hosts =
        hosts.filter(|host| host.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(named)));
    let meant = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.as_str(),
        _ => named,
    };
    address(meant).ok_or_else(|| Failure::misunderstood(format!("--host is {named:?}. {HOST}")))
}
