//! What people choose for themselves.

use serde::{Deserialize, Serialize};

use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::UserId;
use crate::time::Timestamp;

/// Light, dark, or whatever the person's system says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    Light,
    Dark,
    #[default]
    System,
}

impl ThemeChoice {
    pub const ALL: [ThemeChoice; 3] = [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark];

    /// The name on the wire, in the cookie and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            ThemeChoice::Light => "light",
            ThemeChoice::Dark => "dark",
            ThemeChoice::System => "system",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }
}

/// The settings of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSettings {
    pub user_id: UserId,
    /// `None` until the person chooses one.
    pub theme: Option<ThemeChoice>,
    /// Whether mail tells of what others do with the person's requests.
    pub enable_notifications: bool,
    /// An IANA name; `None` for the zone of the instance.
    pub timezone: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl OwnSettings {
    /// What holds for somebody who chose nothing yet.
    pub fn of(user_id: UserId, created_at: Timestamp) -> Self {
        Self { user_id, theme: None, enable_notifications: true, timezone: None, created_at, updated_at: created_at }
    }
}

/// Changes to one's own name and settings; `None` leaves as is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnSettingsPatch {
    pub name: Option<String>,
    pub theme: Option<String>,
    pub enable_notifications: Option<bool>,
    /// Blank is the zone of the instance. Whether a name is one of a zone is for the caller to check.
    pub timezone: Option<Option<String>>,
}

/// A patch that was checked, as it will be stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckedPatch {
    pub name: Option<String>,
    pub theme: Option<ThemeChoice>,
    pub enable_notifications: Option<bool>,
    pub timezone: Option<Option<String>>,
}

impl OwnSettingsPatch {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks everything together; `is_zone` says whether a name is one of a time zone.
    pub fn checked(self, is_zone: impl Fn(&str) -> bool) -> Result<CheckedPatch> {
        let mut form = Checker::new();
        let name = self.name.map(|name| form.take("name", check::line(&name, "The name", 2, 100)));
        let theme = self.theme.map(|theme| {
            let known = ThemeChoice::parse(theme.trim());
            form.take("theme", known.ok_or_else(|| "Choose light, dark or system.".to_owned()))
        });
        let timezone =
            self.timezone.map(|zone| zone.map(|zone| zone.trim().to_owned()).filter(|zone| !zone.is_empty()));
        if let Some(Some(zone)) = &timezone
            && !is_zone(zone)
        {
            form.fail("timezone", "That is no time zone. Use an IANA name such as Europe/Berlin.");
        }
        form.finish()?;
        Ok(CheckedPatch { name, theme, enable_notifications: self.enable_notifications, timezone })
    }
}

/// An address of which only its owner recognises the rest: `m···@example.com`.
pub fn masked(email: &str) -> String {
    let (local, host) = email.rsplit_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    let at = if host.is_empty() { "" } else { "@" };
    format!("{first}\u{b7}\u{b7}\u{b7}{at}{host}")
}

/// What stands for a person in a small circle: the first letters of the first and the last name.
pub fn initials(name: &str) -> String {
    let first = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let letters: Vec<char> = name.split_whitespace().filter_map(first).collect();
    match letters.as_slice() {
        [] => "?".to_owned(),
        [only] => only.to_uppercase().to_string(),
        [first, .., last] => format!("{}{}", first.to_uppercase(), last.to_uppercase()),
    }
}
