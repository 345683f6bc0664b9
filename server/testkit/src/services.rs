//! Services as tests want them: a clock that stands still, and the settings of a plain instance.

use std::time::Duration;

use model::time::{Timestamp, from_wire};
use services::{Clock, Limits, PasswordCost, Random, Services, Settings, SigningKey};
use store::Db;

/// The address of the instance under test.
pub const ADDRESS: &str = "http://tidings.example";

/// When every test begins: 2026-03-04T09:30:00.000Z, a Wednesday.
pub fn start() -> Timestamp {
    from_wire("2026-03-04T09:30:00.000Z").expect("a date")
}

/// The least work a hash can be. Tests are not about what an attacker pays.
pub(crate) const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1, refusal_takes: Duration::ZERO };

/// The settings of an instance that nobody configured, at [`ADDRESS`].
pub fn settings() -> Settings {
    Settings {
        base_url: ADDRESS.to_owned(),
        signing_key: SigningKey::new(*b"only for tests: thirty-two bytes").expect("a key of 32 bytes"),
        previous_signing_key: None,
        limits: Limits::default(),
        cli_callback_schemes: Vec::new(),
        trusted_proxies: services::caller::TrustedProxies::default(),
        cache_max_bytes: 32 << 20,
        reachable: services::outgoing::Reachable::default(),
        import_sources: services::imports::Sources::default(),
        breach_check_url: services::BREACH_CHECK_URL.to_owned(),
        password_cost: CHEAP,
        media: services::media::MediaSettings { place: services::media::Place::Memory, ..Default::default() },
    }
}

/// Services on `db`, with a clock that only the test moves and real randomness.
pub fn services(db: Db) -> Services {
    services_with(db, settings())
}

/// As [`services`], with settings of the test's own.
pub fn services_with(db: Db, settings: Settings) -> Services {
    Services::new(db, Clock::fixed(start()), Random::System, settings)
}
