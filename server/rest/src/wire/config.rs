//! Settings of the instance, and its mail server.

use model::instance::{InstancePatch, InstanceSettings, SystemMail, TlsMode};
use model::mail::{MailOverview, MailServerForm};
use model::versions;
use serde::Serialize;
use services::instance::Updated;
use services::mail::Password;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InstanceConfig, example = json!({
    "instanceName": "Orbit changes", "defaultInvitationExpiry": 7, "requireApprovalForChangelogs": true,
    "maxChangelogEntriesPerProject": -1, "maxRevisionsPerEntry": 50, "enableAnalytics": true, "enableNotifications": true,
    "enablePasswordReset": false, "allowTelemetry": "disabled", "adminOnlyApiKeyCreation": false, "timezone": "UTC",
    "allowUserTimezone": true, "customDateTemplates": null, "breachCheckEnabled": false, "requireSecondFactor": false,
    "ssoSecondFactor": false, "ssoOnly": false, "panelIpWhitelistEnabled": false, "panelIpWhitelist": []
}))]
pub(crate) struct Config {
    /// Shown in titles, letters and on the sign-in page.
    instance_name: String,
    /// Days that an invitation is good for.
    #[schema(minimum = 1, maximum = 30)]
    default_invitation_expiry: u32,
    /// Whether new projects begin with approval.
    require_approval_for_changelogs: bool,
    /// −1 is no limit.
    max_changelog_entries_per_project: i64,
    /// How many states of an entry are kept; −1 is no limit.
    max_revisions_per_entry: i64,
    /// Whether views of public pages are counted.
    enable_analytics: bool,
    /// Whether letters tell people of what concerns them.
    enable_notifications: bool,
    /// Whether whoever forgot their password can have a link to set a new one. Takes a mail server.
    enable_password_reset: bool,
    /// Always `disabled`: nothing is reported to anybody.
    allow_telemetry: &'static str,
    /// Whether only administrators make API keys.
    admin_only_api_key_creation: bool,
    /// The IANA name of the zone for projects and people without one of their own.
    timezone: String,
    /// Whether people choose a zone of their own.
    allow_user_timezone: bool,
    /// What versions are made from dates with; `null` for the templates that are built in.
    #[schema(required = true)]
    custom_date_templates: Option<Vec<DateTemplate>>,
    /// Whether passwords are looked up among those known from breaches.
    breach_check_enabled: bool,
    /// Whether everybody needs a second factor.
    require_second_factor: bool,
    /// Whether signing in through a provider still asks for the second factor kept here.
    sso_second_factor: bool,
    /// Whether only administrators sign in with a password, and everybody else through a provider. Takes a provider.
    sso_only: bool,
    /// Whether only the addresses of the list reach the dashboard and its API.
    panel_ip_whitelist_enabled: bool,
    /// Addresses and networks in CIDR form.
    panel_ip_whitelist: Vec<String>,
    /// Only where the caller's own address was added to the list.
    #[serde(rename = "_warning", skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

/// A template for versions. Tokens: `{YYYY} {YY} {MM} {DD} {hh} {mm} {ss}` of the time in the project's zone, `{MAJOR}
/// {MINOR} {PATCH} {VERSION} {NEXT_PATCH} {NEXT_MINOR} {NEXT_MAJOR}` of the highest semantic version, and `{N}`, the first
/// number from 1 that gives a free version.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({ "format": "{YYYY}.{MM}.{N}", "label": "Month and number" }))]
pub(crate) struct DateTemplate {
    #[schema(min_length = 1, max_length = 200)]
    format: String,
    #[schema(min_length = 1, max_length = 100)]
    label: String,
}

/// The templates of the instance.
pub(crate) fn date_templates(settings: &InstanceSettings) -> Option<Vec<DateTemplate>> {
    let shown = |template: &versions::DateTemplate| DateTemplate {
        format: template.format.clone(),
        label: template.label.clone(),
    };
    settings.custom_date_templates.as_ref().map(|templates| templates.iter().map(shown).collect())
}

/// Reads `customDateTemplates`; `null` goes back to those that are built in.
fn templates(fields: &mut Fields) -> Option<Option<Vec<versions::DateTemplate>>> {
    const NAME: &str = "customDateTemplates";
    if fields.peek(NAME)?.is_null() {
        return Some(None);
    }
    let items = fields.list(NAME)?;
    let mut templates = Vec::with_capacity(items.len());
    for (position, item) in items.into_iter().enumerate() {
        templates.push(fields.object_of(&format!("{NAME}.{position}"), item, |fields| versions::DateTemplate {
            format: fields.text("format").unwrap_or_default(),
            label: fields.text("label").unwrap_or_default(),
        })?);
    }
    Some(Some(templates))
}

impl From<&InstanceSettings> for Config {
    fn from(settings: &InstanceSettings) -> Self {
        Self {
            instance_name: settings.instance_name.clone(),
            default_invitation_expiry: settings.default_invitation_expiry,
            require_approval_for_changelogs: settings.require_approval_for_changelogs,
            max_changelog_entries_per_project: settings.max_changelog_entries_per_project,
            max_revisions_per_entry: settings.max_revisions_per_entry,
            enable_analytics: settings.enable_analytics,
            enable_notifications: settings.enable_notifications,
            enable_password_reset: settings.enable_password_reset,
            allow_telemetry: "disabled",
            admin_only_api_key_creation: settings.admin_only_api_key_creation,
            timezone: settings.timezone.clone(),
            allow_user_timezone: settings.allow_user_timezone,
            custom_date_templates: date_templates(settings),
            breach_check_enabled: settings.breach_check_enabled,
            require_second_factor: settings.require_second_factor,
            sso_second_factor: settings.sso_second_factor,
            sso_only: settings.sso_only,
            panel_ip_whitelist_enabled: settings.panel_ip_whitelist_enabled,
            panel_ip_whitelist: settings.panel_ip_whitelist.clone(),
            warning: None,
        }
    }
}

impl From<Updated> for Config {
    fn from(updated: Updated) -> Self {
        let warning = updated.added.map(|address| {
            format!("Your own address, {address}, was added to the list, so that you do not lock yourself out.")
        });
        Self { warning, ..Self::from(&updated.settings) }
    }
}

/// What to change. Members that are left out stay as they are.
#[derive(Debug, ToSchema)]
#[schema(as = InstanceConfigChanges, rename_all = "camelCase", example = json!({
    "defaultInvitationExpiry": 14, "timezone": "Europe/Berlin"
}))]
#[expect(dead_code, reason = "the description of what `ConfigChanges` reads")]
pub(crate) struct ConfigChangesBody {
    #[schema(min_length = 1, max_length = 60)]
    instance_name: Option<String>,
    #[schema(minimum = 1, maximum = 30)]
    default_invitation_expiry: Option<i64>,
    require_approval_for_changelogs: Option<bool>,
    /// −1, or 10 to 999999.
    max_changelog_entries_per_project: Option<i64>,
    /// −1, or 5 to 10000.
    max_revisions_per_entry: Option<i64>,
    enable_analytics: Option<bool>,
    enable_notifications: Option<bool>,
    enable_password_reset: Option<bool>,
    /// `prompt`, `enabled` or `disabled`. Accepted for existing clients, without effect.
    allow_telemetry: Option<String>,
    admin_only_api_key_creation: Option<bool>,
    /// An IANA name.
    timezone: Option<String>,
    allow_user_timezone: Option<bool>,
    /// The whole list; `null` goes back to the templates that are built in.
    #[schema(max_items = 50)]
    custom_date_templates: Option<Vec<DateTemplate>>,
    breach_check_enabled: Option<bool>,
    require_second_factor: Option<bool>,
    sso_second_factor: Option<bool>,
    sso_only: Option<bool>,
    panel_ip_whitelist_enabled: Option<bool>,
    /// The whole list: addresses and networks in CIDR form, IPv4 or IPv6.
    #[schema(max_items = 500)]
    panel_ip_whitelist: Option<Vec<String>>,
}

pub(crate) struct ConfigChanges(pub InstancePatch);

impl FromBody for ConfigChanges {
    fn read(fields: &mut Fields) -> Self {
        if fields.text("allowTelemetry").is_some_and(|text| !["prompt", "enabled", "disabled"].contains(&text.as_str()))
        {
            fields.fail("allowTelemetry", "allowTelemetry must be prompt, enabled or disabled.");
        }
        Self(InstancePatch {
            instance_name: fields.text("instanceName"),
            default_invitation_expiry: fields.integer("defaultInvitationExpiry"),
            require_approval_for_changelogs: fields.flag("requireApprovalForChangelogs"),
            max_changelog_entries_per_project: fields.integer("maxChangelogEntriesPerProject"),
            max_revisions_per_entry: fields.integer("maxRevisionsPerEntry"),
            enable_analytics: fields.flag("enableAnalytics"),
            enable_notifications: fields.flag("enableNotifications"),
            enable_password_reset: fields.flag("enablePasswordReset"),
            admin_only_api_key_creation: fields.flag("adminOnlyApiKeyCreation"),
            timezone: fields.text("timezone"),
            allow_user_timezone: fields.flag("allowUserTimezone"),
            custom_date_templates: templates(fields),
            breach_check_enabled: fields.flag("breachCheckEnabled"),
            require_second_factor: fields.flag("requireSecondFactor"),
            sso_second_factor: fields.flag("ssoSecondFactor"),
            sso_only: fields.flag("ssoOnly"),
            panel_ip_whitelist_enabled: fields.flag("panelIpWhitelistEnabled"),
            panel_ip_whitelist: fields.texts("panelIpWhitelist"),
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "enablePasswordReset": true, "smtpHost": "smtp.orbit.example", "smtpPort": 587, "smtpUser": "changes",
    "smtpSecure": true, "systemEmail": "changes@orbit.example", "hasPassword": true, "tlsMode": "starttls",
    "allowInvalidCert": false
}))]
pub(crate) struct SystemEmail {
    enable_password_reset: bool,
    /// `null` while no mail server is set; then nothing is sent.
    #[schema(required = true)]
    smtp_host: Option<String>,
    #[schema(required = true)]
    smtp_port: Option<u16>,
    /// `null` to send without signing in.
    #[schema(required = true)]
    smtp_user: Option<String>,
    /// Whether the connection is encrypted; `tlsMode` says how.
    smtp_secure: bool,
    /// The sender of every letter.
    #[schema(required = true)]
    system_email: Option<String>,
    /// Whether a password is stored. It is in no answer.
    has_password: bool,
    /// `implicit`, `starttls` or `none`.
    tls_mode: &'static str,
    /// Whether any certificate is taken.
    allow_invalid_cert: bool,
}

impl From<MailOverview> for SystemEmail {
    fn from(overview: MailOverview) -> Self {
        let SystemMail { host, port, user, has_password, tls, allow_invalid_cert, sender } = overview.server;
        let some = |text: String| (!text.is_empty()).then_some(text);
        Self {
            enable_password_reset: overview.enable_password_reset,
            smtp_host: some(host),
            smtp_port: (port != 0).then_some(port),
            smtp_user: some(user),
            smtp_secure: tls != TlsMode::None,
            system_email: some(sender),
            has_password,
            tls_mode: tls.as_str(),
            allow_invalid_cert,
        }
    }
}

/// The mail server as it is to be.
#[derive(ToSchema)]
#[schema(as = NewSystemEmail, rename_all = "camelCase", example = json!({
    "smtpHost": "smtp.orbit.example", "smtpPort": 587, "smtpUser": "changes", "smtpPassword": "correct horse battery",
    "smtpSecure": true, "systemEmail": "changes@orbit.example"
}))]
#[expect(dead_code, reason = "the description of what `NewSystemEmail` reads")]
pub(crate) struct NewSystemEmailBody {
    smtp_host: String,
    #[schema(minimum = 1, maximum = 65535)]
    smtp_port: i64,
    /// Absent: letters are sent without signing in.
    smtp_user: Option<String>,
    /// Absent or empty keeps the stored one, if host and user stay; `null` forgets it.
    #[schema(format = Password)]
    smtp_password: Option<String>,
    /// `true`: TLS from the first byte at port 465, STARTTLS at others. `tlsMode` says it exactly. Default: true.
    smtp_secure: Option<bool>,
    #[schema(format = Email)]
    system_email: String,
    /// `implicit`, `starttls` or `none`.
    tls_mode: Option<String>,
    /// Takes any certificate. Default: false.
    allow_invalid_cert: Option<bool>,
    enable_password_reset: Option<bool>,
}

pub(crate) struct NewSystemEmail {
    pub form: MailServerForm,
    pub password: Password,
    pub enable_password_reset: Option<bool>,
}

impl FromBody for NewSystemEmail {
    fn read(fields: &mut Fields) -> Self {
        let port = fields.integer("smtpPort").unwrap_or_default();
        let secure = fields.flag("smtpSecure").unwrap_or(true);
        let tls = match fields.text("tlsMode") {
            None => TlsMode::from_secure(secure, port),
            Some(text) => TlsMode::parse(&text).unwrap_or_else(|| {
                fields.fail("tlsMode", "tlsMode must be implicit, starttls or none.");
                TlsMode::default()
            }),
        };
        let password = match fields.nullable_text("smtpPassword") {
            None => Password::Keep,
            Some(None) => Password::Clear,
            Some(Some(text)) => Password::typed(&text),
        };
        Self {
            form: MailServerForm {
                host: fields.text("smtpHost").unwrap_or_default(),
                port,
                tls,
                allow_invalid_cert: fields.flag("allowInvalidCert").unwrap_or(false),
                user: fields.text("smtpUser").unwrap_or_default(),
                sender: fields.text("systemEmail").unwrap_or_default(),
            },
            password,
            enable_password_reset: fields.flag("enablePasswordReset"),
        }
    }
}

/// Where a test letter goes.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "testEmail": "mara@orbit.example" }))]
pub(crate) struct TestLetter {
    #[schema(format = Email)]
    pub test_email: String,
}

impl FromBody for TestLetter {
    fn read(fields: &mut Fields) -> Self {
        Self { test_email: fields.text("testEmail").unwrap_or_default() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "success": true, "message": "The mail server is saved." }))]
pub(crate) struct MailDone {
    /// Always true.
    pub success: bool,
    pub message: &'static str,
}
