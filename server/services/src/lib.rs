//! Use cases: what Tidings does, each in one transaction with its audit record.
//!
//! A service that changes or reveals something private takes a [`access::Grant`], and only the permission check builds
//! one, so that forgetting the check does not compile. Time and randomness come from [`Services`]; nothing here reads
//! the environment, and nothing here knows HTTP beyond the headers that say who is calling ([`caller`]).

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub mod access;
pub mod allow_list;
pub mod api_keys;
pub mod audit;
pub mod bookmarks;
mod breach;
pub mod cache;
pub mod caller;
pub mod catch_up;
pub mod cli_login;
mod clock;
mod condition;
pub mod confirmation;
pub mod devices;
pub mod entries;
pub mod entry_templates;
pub mod exports;
pub mod feeds;
pub mod history;
pub mod home;
pub mod idempotency;
pub mod imports;
pub mod instance;
pub mod invitations;
pub mod jobs;
pub mod limits;
pub mod mail;
pub mod media;
pub mod oauth;
pub mod outgoing;
pub mod own_password;
pub mod own_settings;
pub mod passkeys;
pub mod password_reset;
mod passwords;
pub mod presence;
pub mod projects;
pub mod public;
pub mod publication;
mod qr;
pub mod quick_notes;
mod random;
pub mod rekey;
pub mod requests;
pub mod saml;
pub mod sealed;
pub mod search;
pub mod second_factor;
pub mod setup;
pub mod sign_in;
mod slugs;
pub mod sso;
pub mod tags;
mod tokens;
pub mod totp;
pub mod trash;
pub mod users;
pub mod views;
pub mod widgets;
pub mod zones;

pub use access::{Actor, ClientInfo, Grant, InstanceGrant, Via};
pub use breach::DEFAULT_URL as BREACH_CHECK_URL;
pub use clock::Clock;
pub use condition::{Always, Condition};
pub use limits::Limits;
pub use passwords::PasswordCost;
pub use random::Random;
pub use tokens::SigningKey;

use store::Db;

/// What an instance is configured with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address people use, without a trailing slash: `https://changelog.example.com`.
    pub base_url: String,
    pub signing_key: SigningKey,
    /// The key before that one, while what it protected is not yet under the new one; see [`rekey`].
    pub previous_signing_key: Option<SigningKey>,
    pub limits: Limits,
    /// Schemes of applications that may sign in as the command line does, besides addresses of the person's machine.
    pub cli_callback_schemes: Vec<String>,
    /// Peers whose forwarding headers are believed.
    pub trusted_proxies: caller::TrustedProxies,
    /// How many bytes of answers are kept in memory; 0 keeps none.
    pub cache_max_bytes: u64,
    /// What the server may ask beside the public internet.
    pub reachable: outgoing::Reachable,
    /// Where hashes of passwords that thieves know can be looked up: [`BREACH_CHECK_URL`] or a copy of it.
    pub breach_check_url: String,
    /// Where releases of GitHub and changelogs of Canny are fetched from, without a trailing slash.
    pub import_sources: imports::Sources,
    pub password_cost: PasswordCost,
    pub media: media::MediaSettings,
}

/// Everything a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub settings: Arc<Settings>,
    pub cache: cache::Cache,
    pub views: views::Views,
    pub outgoing: outgoing::Outgoing,
    instance: instance::Kept,
    keys: oauth::Keys,
    exports: exports::Turns,
    pub sealer: audit::Sealer,
    told: audit::Told,
    pub imports: imports::Workers,
    blames: history::Blames,
    media: media::Media,
    buckets: limits::Buckets,
    passwords: passwords::Passwords,
    readers: Arc<public::Readers>,
    idempotency_purged: idempotency::Purged,
    /// Set once the instance is set up; never unset.
    is_set_up: Arc<AtomicBool>,
}

impl Services {
    pub fn new(db: Db, clock: Clock, random: Random, settings: Settings) -> Self {
        Self {
            cache: cache::Cache::new(db.changes().clone(), settings.cache_max_bytes),
            views: views::Views::default(),
            keys: oauth::Keys::default(),
            outgoing: outgoing::Outgoing::new(settings.reachable.clone()),
            instance: instance::Kept::default(),
            exports: exports::Turns::default(),
            sealer: audit::Sealer::default(),
            told: audit::Told::default(),
            imports: imports::Workers::default(),
            blames: history::Blames::default(),
            media: media::Media::new(&settings.media),
            buckets: limits::Buckets::default(),
            idempotency_purged: Arc::default(),
            db,
            clock,
            passwords: passwords::Passwords::new(random.clone(), settings.password_cost),
            readers: Arc::default(),
            random,
            settings: Arc::new(settings),
            is_set_up: Arc::default(),
        }
    }

    /// The address people use, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.settings.base_url
    }

    /// Whether people reach the instance by https, so that cookies must be `Secure`.
    pub fn is_https(&self) -> bool {
        self.settings.base_url.starts_with("https://")
    }
}
