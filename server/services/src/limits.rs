//! How often something may be done. Windows are counted in the database, so that all instances together allow no more
//! than the limit, and a request costs no write: an instance takes a share of a window and counts on its own until that
//! is used up.
//!
//! A share is a twentieth of the limit, at least one, and the next one is fetched when a quarter of a share is left. One
//! instance alone allows exactly the limit. With several, each of the others may hold a share and a quarter that is never
//! used: somebody is refused after at least the limit less 6.25 % of it for every further instance, and for every restart
//! within the window; limits below 40 lose nothing. While the database cannot be written, each instance counts alone: a
//! full disk must not stop readers.

mod buckets;

use std::net::IpAddr;

use chrono::Duration;
use model::time::Timestamp;
use model::{Error, Result};

use crate::{Services, audit};

pub(crate) use buckets::Buckets;

/// What is allowed within a window; 0 switches a limit off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests with one API key in a minute.
    pub api_key_per_min: u32,
    /// Requests of one signed-in person in a minute.
    pub person_per_min: u32,
    /// Views reported from one address in a minute.
    pub views_per_min: u32,
    /// Searches in one public project from one address in a minute.
    pub search_per_min: u32,
    /// Sign-ins per address in 15 minutes.
    pub login_per_15_min: u32,
    /// Sign-ins per account in one hour.
    pub login_per_account_per_hour: u32,
    /// Refresh tokens exchanged from one address in 15 minutes.
    pub refresh_per_15_min: u32,
    /// Set-up attempts per address in one hour.
    pub setup_per_hour: u32,
    /// Second steps of sign-ins to one account in 15 minutes
    pub second_factor_per_account_per_15_min: u32,
    /// Passkey sign-ins begun or finished from one address in 15 minutes
    pub passkey_per_15_min: u32,
    /// Sign-ins through a provider begun or finished from one address in 15 minutes
    pub sso_per_15_min: u32,
    /// Accounts opened by invitation from one address in an hour
    pub register_per_hour: u32,
    /// Letters for a forgotten password asked for from one address in an hour
    pub forgot_password_per_hour: u32,
    /// Links of such letters opened from one address in 15 minutes
    pub reset_check_per_15_min: u32,
    /// Passwords reset from one address in 15 minutes
    pub reset_per_15_min: u32,
    /// Invitations looked up from one address in 15 minutes
    pub invitation_per_15_min: u32,
    /// Sign-ins of the command line finished or renewed from one address in 15 minutes
    pub cli_per_15_min: u32,
    /// Attempts to change the password of one account in 15 minutes
    pub change_password_per_account_per_15_min: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            api_key_per_min: 600,
            person_per_min: 1_200,
            views_per_min: 120,
            search_per_min: 60,
            login_per_15_min: 10,
            login_per_account_per_hour: 20,
            refresh_per_15_min: 20,
            setup_per_hour: 20,
            second_factor_per_account_per_15_min: 20,
            passkey_per_15_min: 30,
            sso_per_15_min: 60,
            register_per_hour: 10,
            forgot_password_per_hour: 5,
            reset_check_per_15_min: 20,
            reset_per_15_min: 5,
            invitation_per_15_min: 30,
            cli_per_15_min: 20,
            change_password_per_account_per_15_min: 10,
        }
    }
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    ApiKey,
    Person,
    Views,
    Search,
    Login,
    LoginOfAccount,
    Refresh,
    Setup,
    SecondFactor,
    Passkey,
    Sso,
    Register,
    ForgotPassword,
    ResetCheck,
    Reset,
    Invitation,
    Cli,
    ChangePassword,
}

impl Rule {
    /// What the limit is called in answers.
    pub fn name(self) -> &'static str {
        match self {
            Rule::ApiKey => "key",
            Rule::Person => "person",
            Rule::Views => "views",
            Rule::Search => "search",
            Rule::Login => "login",
            Rule::LoginOfAccount => "account",
            Rule::Refresh => "refresh",
            Rule::Setup => "setup",
            Rule::SecondFactor => "second-factor",
            Rule::Passkey => "passkey",
            Rule::Sso => "sso",
            Rule::Register => "register",
            Rule::ForgotPassword => "forgot-password",
            Rule::ResetCheck => "reset-check",
            Rule::Reset => "reset",
            Rule::Invitation => "invitation",
            Rule::Cli => "cli",
            Rule::ChangePassword => "change-password",
        }
    }

    /// How long a window is. Windows start at multiples of their length.
    pub fn window(self) -> Duration {
        match self {
            Rule::ApiKey | Rule::Person | Rule::Views | Rule::Search => Duration::minutes(1),
            Rule::Login
            | Rule::Refresh
            | Rule::SecondFactor
            | Rule::Passkey
            | Rule::Sso
            | Rule::ResetCheck
            | Rule::Reset
            | Rule::Invitation
            | Rule::Cli
            | Rule::ChangePassword => Duration::minutes(15),
            Rule::LoginOfAccount | Rule::Setup | Rule::Register | Rule::ForgotPassword => Duration::hours(1),
        }
    }

    /// What is allowed within a window; 0 is no limit.
    pub fn allowed(self, limits: &Limits) -> u32 {
        match self {
            Rule::ApiKey => limits.api_key_per_min,
            Rule::Person => limits.person_per_min,
            Rule::Views => limits.views_per_min,
            Rule::Search => limits.search_per_min,
            Rule::Login => limits.login_per_15_min,
            Rule::LoginOfAccount => limits.login_per_account_per_hour,
            Rule::Refresh => limits.refresh_per_15_min,
            Rule::Setup => limits.setup_per_hour,
            Rule::SecondFactor => limits.second_factor_per_account_per_15_min,
            Rule::Passkey => limits.passkey_per_15_min,
            Rule::Sso => limits.sso_per_15_min,
            Rule::Register => limits.register_per_hour,
            Rule::ForgotPassword => limits.forgot_password_per_hour,
            Rule::ResetCheck => limits.reset_check_per_15_min,
            Rule::Reset => limits.reset_per_15_min,
            Rule::Invitation => limits.invitation_per_15_min,
            Rule::Cli => limits.cli_per_15_min,
            Rule::ChangePassword => limits.change_password_per_account_per_15_min,
        }
    }
}

/// Where somebody stands within a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub rule: Rule,
    pub allowed: u32,
    /// How much is left, as far as this instance knows.
    pub remaining: u32,
    /// Until the window ends, rounded up.
    pub seconds: u64,
    /// Whether there was nothing left for what was counted.
    pub is_exceeded: bool,
}

impl Standing {
    /// # Errors
    /// `SlowDown` when the limit was exceeded.
    pub fn check(&self) -> Result<()> {
        if self.is_exceeded { Err(Error::SlowDown { seconds: self.seconds }) } else { Ok(()) }
    }
}

/// Counts one request of `who`; `None` where there is no such limit.
pub async fn count(cx: &Services, rule: Rule, who: &str) -> Option<Standing> {
    match rule.allowed(&cx.settings.limits) {
        0 => None,
        allowed => {
            let standing = cx.buckets.count(cx, rule, allowed, who).await;
            if standing.is_exceeded {
                audit::limited(cx, rule, who, Window::of(rule, cx.clock.now()).end).await;
            }
            Some(standing)
        }
    }
}

/// Where `who` stands, without counting anything; `None` where there is no such limit.
pub fn standing(cx: &Services, rule: Rule, who: &str) -> Option<Standing> {
    match rule.allowed(&cx.settings.limits) {
        0 => None,
        allowed => Some(cx.buckets.standing(rule, allowed, who, cx.clock.now())),
    }
}

/// How many buckets this instance keeps at present.
pub fn kept(cx: &Services) -> usize {
    cx.buckets.len()
}

/// Counts one attempt of `who`.
///
/// # Errors
/// `SlowDown`, which says when to come back.
pub(crate) async fn take(cx: &Services, rule: Rule, who: &str) -> Result<()> {
    count(cx, rule, who).await.map_or(Ok(()), |standing| standing.check())
}

/// Whom an address stands for: itself, or the network that a provider gives to one customer (RFC 6177), whose addresses
/// are free to choose from.
pub fn client(address: Option<&str>) -> String {
    match address.map(|text| (text, text.parse::<IpAddr>())) {
        Some((_, Ok(IpAddr::V6(address)))) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Some((text, _)) => text.to_owned(),
        None => "unknown".to_owned(),
    }
}

/// The window that `now` is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    start: Timestamp,
    end: Timestamp,
}

impl Window {
    fn of(rule: Rule, now: Timestamp) -> Self {
        let into = now.timestamp_millis().rem_euclid(rule.window().num_milliseconds());
        let start = now - Duration::milliseconds(into);
        Self { start, end: start + rule.window() }
    }

    fn seconds_left(self, now: Timestamp) -> u64 {
        let left = (self.end - now).num_milliseconds();
        left.max(0).unsigned_abs().div_ceil(1000)
    }
}
