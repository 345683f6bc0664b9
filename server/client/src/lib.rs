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
mod error;
mod key;
mod repeat;
mod send;
pub mod shapes;

pub use calls::{Answer, EntryQuery, Outcome};
pub use connect::Proxy;
pub use error::{Detail, Error, Refusal};
pub use key::{ApiKey, NotAKey};
pub use repeat::{Repeat, Waiting};

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

/// How to reach an instance.
pub struct Settings {
    /// Scheme, host and perhaps port.
    pub address: Uri,
    pub key: ApiKey,
    /// How this program names itself to the server.
    pub agent: String,
    pub proxy: Option<Proxy>,
    /// Is told before the client waits to try again.
    pub waiting: fn(&Waiting),
}

/// A connection to one instance, for the owner of one key.
pub struct Client {
    http: connect::Http,
    address: Uri,
    key: ApiKey,
    agent: String,
    waiting: fn(&Waiting),
}

impl Client {
    /// Opens nothing yet. Fails if the system has no certificates to check an https host with.
    pub fn new(settings: Settings) -> Result<Self> {
        let http = connect::http(&settings.address, settings.proxy.as_ref())?;
        let Settings { address, key, agent, waiting, .. } = settings;
        Ok(Self { http, address, key, agent, waiting })
    }
}
