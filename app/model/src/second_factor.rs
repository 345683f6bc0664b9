//! What a sign-in still asks for after its first factor, and what a person has to answer with.

use serde::{Deserialize, Serialize};

use crate::access::UnknownName;
use crate::check;
use crate::ids::PasskeyId;
use crate::time::Timestamp;

/// A proof of identity that is asked for as the second step of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Factor {
    Passkey,
    Password,
    /// A code of an authenticator app (RFC 6238).
    Totp,
}

impl Factor {
    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Factor::Passkey => "passkey",
            Factor::Password => "password",
            Factor::Totp => "totp",
        }
    }
}

impl TryFrom<String> for Factor {
    type Error = UnknownName;

    fn try_from(text: String) -> Result<Self, UnknownName> {
        [Factor::Passkey, Factor::Password, Factor::Totp]
            .into_iter()
            .find(|factor| factor.as_str() == text)
            .ok_or_else(|| UnknownName { given: text, allowed: "passkey, password, totp".to_owned() })
    }
}

/// What a person chose for their sign-ins. The names are those existing clients know; a code of an authenticator app is
/// no mode but stands beside them, and is asked for where the mode is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    #[default]
    None,
    /// Both on either path: after a password the passkey, after a passkey the password.
    PasskeyPlusPassword,
    /// After a password the passkey; a passkey alone is enough.
    PasswordPlusPasskey,
}

impl Mode {
    pub const ALL: [Mode; 3] = [Mode::None, Mode::PasswordPlusPasskey, Mode::PasskeyPlusPassword];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::None => "NONE",
            Mode::PasskeyPlusPassword => "PASSKEY_PLUS_PASSWORD",
            Mode::PasswordPlusPasskey => "PASSWORD_PLUS_PASSKEY",
        }
    }
}

impl std::str::FromStr for Mode {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Mode::ALL.into_iter().find(|mode| mode.as_str() == text.trim()).ok_or_else(|| UnknownName {
            given: text.to_owned(),
            allowed: "NONE, PASSKEY_PLUS_PASSWORD, PASSWORD_PLUS_PASSKEY".to_owned(),
        })
    }
}

impl TryFrom<String> for Mode {
    type Error = UnknownName;

    fn try_from(text: String) -> Result<Self, UnknownName> {
        text.parse()
    }
}

/// The first factor of a sign-in, as far as it matters for the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    Password,
    /// A passkey that verified the person.
    Passkey,
    /// An account at a provider. `asks` is whether the instance wants its own second factor after it.
    Sso {
        asks: bool,
    },
}

/// What a person can prove themselves with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factors {
    pub mode: Mode,
    pub has_password: bool,
    pub passkeys: u32,
    /// Whether an authenticator app was set up and confirmed.
    pub totp: bool,
    /// How many recovery codes were not used yet.
    pub recovery_codes: u32,
}

impl Factors {
    /// The table: what is asked for after the first factor; `None` where that is enough.
    pub fn asked_after(&self, first: First) -> Option<Factor> {
        match (first, self.mode) {
            (First::Password, Mode::PasskeyPlusPassword | Mode::PasswordPlusPasskey) => Some(Factor::Passkey),
            (First::Password, Mode::None) => self.totp.then_some(Factor::Totp),
            (First::Passkey, Mode::PasskeyPlusPassword) => Some(Factor::Password),
            // The device has verified the person already, so it proves two factors at once.
            (First::Passkey, Mode::None | Mode::PasswordPlusPasskey) => None,
            (First::Sso { asks: false }, _) => None,
            (First::Sso { asks: true }, Mode::PasskeyPlusPassword | Mode::PasswordPlusPasskey) => Some(Factor::Passkey),
            (First::Sso { asks: true }, Mode::None) if self.totp => Some(Factor::Totp),
            (First::Sso { asks: true }, Mode::None) => (self.passkeys > 0).then_some(Factor::Passkey),
        }
    }

    /// Whether every way in that this person has takes two factors. `sso_asks` is whether that holds for sign-ins
    /// through a provider; where the instance leaves it to the provider, nothing is asked for here.
    pub fn are_enough(&self, sso_asks: bool) -> bool {
        let by_password = !self.has_password || self.asked_after(First::Password).is_some();
        let by_provider = !sso_asks || self.asked_after(First::Sso { asks: true }).is_some();
        by_password && by_provider
    }

    /// Whether a passkey may go. The last one may not while sign-ins need it.
    pub fn may_lose_a_passkey(&self) -> bool {
        self.passkeys > 1 || self.mode == Mode::None
    }
}

/// Whether browsers can make passkeys for the address of this instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasskeySupport {
    Here,
    /// The address is a bare IP address; a passkey belongs to a name.
    NeedsName,
    /// The address is plain http, and not that of the machine itself.
    NeedsHttps,
}

impl PasskeySupport {
    /// Why there are none; `None` where there are.
    pub fn hindrance(self) -> Option<&'static str> {
        match self {
            PasskeySupport::Here => None,
            PasskeySupport::NeedsName => {
                Some("Passkeys belong to a name, and this instance is reached at a bare IP address.")
            }
            PasskeySupport::NeedsHttps => Some("Browsers offer passkeys over https only."),
        }
    }
}

/// A passkey, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Passkey {
    pub id: PasskeyId,
    pub name: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// The longest name of a passkey, in characters.
pub const MAX_PASSKEY_NAME: usize = 60;

/// The name of a passkey: 1 to 60 characters.
pub fn passkey_name(name: &str) -> crate::Result<String> {
    let mut form = check::Checker::new();
    let name = form.take("name", check::line(name, "The name", 1, MAX_PASSKEY_NAME));
    form.finish()?;
    Ok(name)
}

/// An address that its owner recognises and a stranger cannot complete: `m…@t….example`.
pub fn masked(email: &str) -> String {
    let Some((local, host)) = email.rsplit_once('@') else { return "…".to_owned() };
    let (name, rest) = host.split_once('.').map_or((host, String::new()), |(name, rest)| (name, format!(".{rest}")));
    let first = |text: &str| text.chars().next().map_or_else(String::new, |c| c.to_string());
    format!("{}…@{}…{rest}", first(local), first(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(mode: Mode, passkeys: u32, totp: bool) -> Factors {
        Factors { mode, has_password: true, passkeys, totp, recovery_codes: 0 }
    }

    #[test]
    fn each_mode_asks_for_what_the_table_says() {
        use Factor::{Passkey, Password, Totp};
        let check = |factors: Factors, first, expected| {
            assert_eq!(factors.asked_after(first), expected, "{factors:?} {first:?}")
        };
        for (mode, totp, after_password, after_passkey) in [
            (Mode::None, false, None, None),
            (Mode::None, true, Some(Totp), None),
            (Mode::PasswordPlusPasskey, false, Some(Passkey), None),
            (Mode::PasswordPlusPasskey, true, Some(Passkey), None),
            (Mode::PasskeyPlusPassword, false, Some(Passkey), Some(Password)),
            (Mode::PasskeyPlusPassword, true, Some(Passkey), Some(Password)),
        ] {
            check(factors(mode, 1, totp), First::Password, after_password);
            check(factors(mode, 1, totp), First::Passkey, after_passkey);
            check(factors(mode, 1, totp), First::Sso { asks: false }, None);
        }
        check(factors(Mode::PasswordPlusPasskey, 1, true), First::Sso { asks: true }, Some(Passkey));
        check(factors(Mode::None, 1, true), First::Sso { asks: true }, Some(Totp));
        check(factors(Mode::None, 1, false), First::Sso { asks: true }, Some(Passkey));
        check(factors(Mode::None, 0, false), First::Sso { asks: true }, None);
    }

    #[test]
    fn a_mode_that_needs_a_passkey_asks_for_it_even_when_there_is_none() {
        assert_eq!(factors(Mode::PasswordPlusPasskey, 0, false).asked_after(First::Password), Some(Factor::Passkey));
    }

    #[test]
    fn factors_are_enough_when_no_way_in_takes_only_one() {
        assert!(!factors(Mode::None, 3, false).are_enough(false), "the password alone still opens the account");
        assert!(factors(Mode::None, 0, true).are_enough(false));
        assert!(factors(Mode::PasswordPlusPasskey, 1, false).are_enough(false));
        let only_sso = Factors { has_password: false, ..Factors::default() };
        assert!(only_sso.are_enough(false), "the provider looks after it");
        assert!(!only_sso.are_enough(true));
        assert!(Factors { passkeys: 1, ..only_sso }.are_enough(true));
    }

    #[test]
    fn the_last_passkey_stays_while_it_is_needed() {
        assert!(factors(Mode::None, 1, false).may_lose_a_passkey());
        assert!(factors(Mode::PasskeyPlusPassword, 2, false).may_lose_a_passkey());
        assert!(!factors(Mode::PasskeyPlusPassword, 1, false).may_lose_a_passkey());
        assert!(!factors(Mode::PasswordPlusPasskey, 1, true).may_lose_a_passkey());
    }

    #[test]
    fn a_masked_address_shows_first_letters_only() {
        assert_eq!(masked("mara@orbit.example"), "m…@o….example");
        assert_eq!(masked("ä@localhost"), "ä…@l…");
        assert_eq!(masked("nonsense"), "…");
    }

    #[test]
    fn passkeys_have_names_of_1_to_60_characters() {
        assert_eq!(passkey_name("  Laptop ").as_deref(), Ok("Laptop"));
        for bad in ["", "   ", "a\nb", &"x".repeat(61)] {
            assert!(passkey_name(bad).is_err_and(|error| error.for_field("name").is_some()), "{bad:?}");
        }
    }
}
