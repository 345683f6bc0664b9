//! An instance of Tidings, asked over the network: typed calls, and the care that a network needs.
//!
//! The shapes in here are the client's own and smaller than those of the server, because the two may differ in age:
//! members it does not know are ignored, members that an old server lacks are optional. Nothing here prints, reads the
//! environment or asks a person.
//!
//! A key goes to the host it was made for and nowhere else: a redirect is followed on the same host only, and never
//! from https to http.

mod calls;
mod connect;
mod credential;
mod error;
mod repeat;
mod send;
pub mod shapes;

pub use calls::{Answer, EntryQuery, Outcome, SearchQuery};
pub use connect::Proxy;
pub use credential::{Credential, NotAKey};
pub use error::{Detail, Error, Refusal};
pub use repeat::{Repeat, Waiting};

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::Uri;

type Result<T, E = Error> = std::result::Result<T, E>;

/// How long one attempt may take, from the first byte sent to the last one received. Long enough for two megabytes over
/// a slow line.
const PATIENCE: Duration = Duration::from_secs(60);
const CONNECTING: Duration = Duration::from_secs(10);
/// After this time without use a connection is not trusted any more.
const IDLE: Duration = Duration::from_secs(15);
/// More than a thousand entries of usual length, and little enough to hold.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// Gets another credential in the place of one that the server refused; `None` where there is none to be had.
pub type Renew = Box<dyn Fn(Credential) -> Renewal + Send + Sync>;
pub type Renewal = Pin<Box<dyn Future<Output = Result<Option<Credential>>> + Send>>;

/// How to reach an instance.
pub struct Settings {
    /// Scheme, host and perhaps port.
    pub address: Uri,
    /// What the calls are made with; nothing to sign in.
    pub credential: Option<Credential>,
    /// For credentials that do not last.
    pub renew: Option<Renew>,
    /// How this program names itself to the server.
    pub agent: String,
    pub proxy: Option<Proxy>,
    /// Is told before the client waits to try again.
    pub waiting: fn(&Waiting),
}

/// A connection to one instance, for the owner of one credential.
pub struct Client {
    http: connect::Http,
    address: Uri,
    credential: Mutex<Option<Credential>>,
    renew: Option<Renew>,
    agent: String,
    waiting: fn(&Waiting),
}

impl Client {
    /// Opens nothing yet. Fails if the system has no certificates to check an https host with.
    pub fn new(settings: Settings) -> Result<Self> {
        let http = connect::http(&settings.address, settings.proxy.as_ref())?;
        let Settings { address, credential, renew, agent, waiting, .. } = settings;
        Ok(Self { http, address, credential: Mutex::new(credential), renew, agent, waiting })
    }

    fn credential(&self) -> Option<Credential> {
        self.credential.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether there is another credential now than the one that was refused.
    async fn renew(&self) -> Result<bool> {
        let (Some(renew), Some(refused)) = (&self.renew, self.credential()) else { return Ok(false) };
        let Some(fresh) = renew(refused).await? else { return Ok(false) };
        *self.credential.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh);
        Ok(true)
    }
}
