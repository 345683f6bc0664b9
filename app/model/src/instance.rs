//! Settings of the whole instance, as administrators see them.

mod patch;

pub use patch::{ENTRY_LIMITS, InstancePatch, MAX_INSTANCE_NAME, MAX_INVITATION_DAYS, MAX_NETWORKS};

use serde::{Deserialize, Serialize};

use crate::versions::DateTemplate;

/// How the connection to a mail server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// TLS from the first byte, usually on port 465.
    Implicit,
    /// A plain connection that must switch to TLS, usually on port 587.
    #[default]
    StartTls,
    /// For a server on the same machine.
    None,
}

impl TlsMode {
    pub const ALL: [TlsMode; 3] = [TlsMode::StartTls, TlsMode::Implicit, TlsMode::None];

    pub fn as_str(self) -> &'static str {
        match self {
            TlsMode::Implicit => "implicit",
            TlsMode::StartTls => "starttls",
            TlsMode::None => "none",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }

    /// What other clients mean by "secure": encrypted or not, and how is told by the port.
    pub fn from_secure(secure: bool, port: i64) -> Self {
        match (secure, port) {
            (false, _) => TlsMode::None,
            (true, 465) => TlsMode::Implicit,
            (true, _) => TlsMode::StartTls,
        }
    }
}

/// The mail server of the instance. Its password is not here: it is sealed, and never shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SystemMail {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub has_password: bool,
    pub tls: TlsMode,
    pub allow_invalid_cert: bool,
    /// The sender of every letter.
    pub sender: String,
}

impl SystemMail {
    /// Whether letters can be sent at all.
    pub fn is_complete(&self) -> bool {
        !self.host.is_empty() && self.port != 0 && !self.sender.is_empty()
    }
}

/// Everything administrators set. A field that nobody changed has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InstanceSettings {
    /// Shown in titles, letters and on the sign-in page.
    pub instance_name: String,
    /// Days, 1 to 30.
    pub default_invitation_expiry: u32,
    /// What a new project begins with.
    pub require_approval_for_changelogs: bool,
    /// −1 is no limit.
    pub max_changelog_entries_per_project: i64,
    /// How many states of an entry are kept; −1 is no limit.
    pub max_revisions_per_entry: i64,
    pub enable_analytics: bool,
    /// The master switch for letters that tell of events.
    pub enable_notifications: bool,
    pub enable_password_reset: bool,
    pub admin_only_api_key_creation: bool,
    /// An IANA name.
    pub timezone: String,
    pub allow_user_timezone: bool,
    /// What versions are made from dates with; `None` for the templates that are built in.
    pub custom_date_templates: Option<Vec<DateTemplate>>,
    pub mail: SystemMail,
    /// Whether passwords are looked up among those known from breaches.
    pub breach_check_enabled: bool,
    /// Whether everybody needs a second factor.
    pub require_second_factor: bool,
    /// Whether signing in through a provider still asks for the second factor kept here.
    pub sso_second_factor: bool,
    /// Whether the sign-in page hides the form for passwords.
    pub sso_only: bool,
    pub panel_ip_whitelist_enabled: bool,
    /// Addresses and networks in CIDR form.
    pub panel_ip_whitelist: Vec<String>,
    /// Days; 0 keeps the audit log for ever.
    pub audit_retention_days: u32,
}

impl InstanceSettings {
    /// Whether somebody who forgot their password can have a link to set a new one.
    pub fn can_reset_passwords(&self) -> bool {
        self.enable_password_reset && self.mail.is_complete()
    }

    /// How many entries a project may have; `None` for any number.
    pub fn most_entries(&self) -> Option<i64> {
        (self.max_changelog_entries_per_project >= 0).then_some(self.max_changelog_entries_per_project)
    }

    /// How many states of an entry are kept; `None` for all.
    pub fn most_revisions(&self) -> Option<i64> {
        (self.max_revisions_per_entry >= 0).then_some(self.max_revisions_per_entry)
    }
}

impl Default for InstanceSettings {
    fn default() -> Self {
        Self {
            instance_name: "Tidings".to_owned(),
            default_invitation_expiry: 7,
            require_approval_for_changelogs: true,
            max_changelog_entries_per_project: -1,
            max_revisions_per_entry: 50,
            enable_analytics: true,
            enable_notifications: true,
            enable_password_reset: false,
            admin_only_api_key_creation: false,
            timezone: "UTC".to_owned(),
            allow_user_timezone: true,
            custom_date_templates: None,
            mail: SystemMail::default(),
            breach_check_enabled: false,
            require_second_factor: false,
            sso_second_factor: false,
            sso_only: false,
            panel_ip_whitelist_enabled: false,
            panel_ip_whitelist: Vec::new(),
            audit_retention_days: 0,
        }
    }
}
