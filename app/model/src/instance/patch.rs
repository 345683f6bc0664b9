//! Changes of the settings, checked.

use super::InstanceSettings;
use crate::check::{self, Checker};
use crate::error::Result;
use crate::network::Network;
use crate::revisions;
use crate::versions::{self, DateTemplate};

pub const MAX_INSTANCE_NAME: usize = 60;
/// Days until an invitation ends.
pub const MAX_INVITATION_DAYS: i64 = 30;
/// Entries a project may have, where there is a limit.
pub const ENTRY_LIMITS: (i64, i64) = (10, 999_999);
/// Addresses and networks that may reach the dashboard.
pub const MAX_NETWORKS: usize = 500;

/// What is to be changed; `None` leaves a setting as it is. What is wrong is told under the names of the REST interface.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstancePatch {
    pub instance_name: Option<String>,
    pub default_invitation_expiry: Option<i64>,
    pub require_approval_for_changelogs: Option<bool>,
    pub max_changelog_entries_per_project: Option<i64>,
    pub max_revisions_per_entry: Option<i64>,
    pub enable_analytics: Option<bool>,
    pub enable_notifications: Option<bool>,
    pub enable_password_reset: Option<bool>,
    pub admin_only_api_key_creation: Option<bool>,
    pub timezone: Option<String>,
    pub allow_user_timezone: Option<bool>,
    /// `Some(None)` goes back to the templates that are built in.
    pub custom_date_templates: Option<Option<Vec<DateTemplate>>>,
    pub breach_check_enabled: Option<bool>,
    pub require_second_factor: Option<bool>,
    pub sso_second_factor: Option<bool>,
    pub sso_only: Option<bool>,
    pub panel_ip_whitelist_enabled: Option<bool>,
    pub panel_ip_whitelist: Option<Vec<String>>,
}

impl InstancePatch {
    /// The settings as they would be. Whether a time zone exists is for the caller to know.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn apply(self, before: &InstanceSettings) -> Result<InstanceSettings> {
        let mut form = Checker::new();
        let mut after = before.clone();
        if let Some(name) = self.instance_name {
            after.instance_name = form.take("instanceName", check::line(&name, "The name", 1, MAX_INSTANCE_NAME));
        }
        if let Some(days) = self.default_invitation_expiry {
            match u32::try_from(days) {
                Ok(number) if (1..=MAX_INVITATION_DAYS).contains(&days) => after.default_invitation_expiry = number,
                _ => form.fail("defaultInvitationExpiry", "An invitation is good for 1 to 30 days."),
            }
        }
        if let Some(most) = self.max_changelog_entries_per_project {
            let (low, high) = ENTRY_LIMITS;
            if most == -1 || (low..=high).contains(&most) {
                after.max_changelog_entries_per_project = most;
            } else {
                let message = "A project may have 10 to 999999 entries; −1 is no limit.";
                form.fail("maxChangelogEntriesPerProject", message);
            }
        }
        if let Some(most) = self.max_revisions_per_entry {
            let (low, high) = revisions::LIMITS;
            if most == -1 || (low..=high).contains(&most) {
                after.max_revisions_per_entry = most;
            } else {
                let message = "Of an entry, 5 to 10000 versions are kept; −1 is no limit.";
                form.fail("maxRevisionsPerEntry", message);
            }
        }
        if let Some(zone) = self.timezone {
            after.timezone = zone.trim().to_owned();
        }
        match self.custom_date_templates {
            None => {}
            Some(None) => after.custom_date_templates = None,
            Some(Some(templates)) => {
                let checked = form.take("customDateTemplates", versions::checked_templates(templates));
                after.custom_date_templates = Some(checked);
            }
        }
        let flags = [
            (self.require_approval_for_changelogs, &mut after.require_approval_for_changelogs),
            (self.enable_analytics, &mut after.enable_analytics),
            (self.enable_notifications, &mut after.enable_notifications),
            (self.enable_password_reset, &mut after.enable_password_reset),
            (self.admin_only_api_key_creation, &mut after.admin_only_api_key_creation),
            (self.allow_user_timezone, &mut after.allow_user_timezone),
            (self.breach_check_enabled, &mut after.breach_check_enabled),
            (self.require_second_factor, &mut after.require_second_factor),
            (self.sso_second_factor, &mut after.sso_second_factor),
            (self.sso_only, &mut after.sso_only),
            (self.panel_ip_whitelist_enabled, &mut after.panel_ip_whitelist_enabled),
        ];
        for (wanted, setting) in flags {
            if let Some(wanted) = wanted {
                *setting = wanted;
            }
        }
        if let Some(list) = self.panel_ip_whitelist {
            after.panel_ip_whitelist = form.take("panelIpWhitelist", networks(&list));
        }
        if after.enable_password_reset && !before.enable_password_reset && !after.mail.is_complete() {
            let message = "The link for a new password goes by mail. Set a mail server first.";
            form.fail("enablePasswordReset", message);
        }
        form.finish()?;
        Ok(after)
    }
}

/// The networks in one form, each once, in their order. Blank lines fall away.
fn networks(list: &[String]) -> std::result::Result<Vec<String>, String> {
    let mut kept: Vec<String> = Vec::new();
    for (position, text) in list.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        let text = text.trim();
        let network = text.parse::<Network>().map_err(|_| {
            let shown: String = text.chars().take(60).collect();
            format!(
                "Line {}: “{shown}” is no address and no network. Write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48.",
                position + 1
            )
        })?;
        let network = network.to_string();
        if !kept.contains(&network) {
            kept.push(network);
        }
    }
    if kept.len() > MAX_NETWORKS {
        return Err(format!("There are {} addresses; at most {MAX_NETWORKS} are kept.", kept.len()));
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(patch: InstancePatch, field: &str) {
        let error = patch.apply(&InstanceSettings::default()).unwrap_err();
        assert!(error.for_field(field).is_some(), "{field}: {error:?}");
    }

    #[test]
    fn what_is_not_sent_stays() {
        let patch = InstancePatch { enable_analytics: Some(false), ..InstancePatch::default() };
        let after = patch.apply(&InstanceSettings::default()).unwrap();
        assert_eq!(after, InstanceSettings { enable_analytics: false, ..InstanceSettings::default() });
    }

    #[test]
    fn numbers_out_of_range_are_refused_at_their_field() {
        for days in [0, -1, 31, i64::MAX] {
            let patch = InstancePatch { default_invitation_expiry: Some(days), ..InstancePatch::default() };
            refused(patch, "defaultInvitationExpiry");
        }
        for most in [0, -2, 9, 1_000_000] {
            let patch = InstancePatch { max_changelog_entries_per_project: Some(most), ..InstancePatch::default() };
            refused(patch, "maxChangelogEntriesPerProject");
        }
        for most in [0, -2, 4, 10_001] {
            let patch = InstancePatch { max_revisions_per_entry: Some(most), ..InstancePatch::default() };
            refused(patch, "maxRevisionsPerEntry");
        }
        refused(InstancePatch { instance_name: Some(" ".to_owned()), ..InstancePatch::default() }, "instanceName");
        refused(InstancePatch { instance_name: Some("x".repeat(61)), ..InstancePatch::default() }, "instanceName");
        refused(InstancePatch { enable_password_reset: Some(true), ..InstancePatch::default() }, "enablePasswordReset");
    }

    #[test]
    fn networks_are_kept_in_one_form_and_once() {
        let list = ["203.0.113.7/32", " 203.0.113.7", "", "::FFFF:203.0.113.7", "2001:DB8::/48"].map(str::to_owned);
        let kept = ["203.0.113.7", "2001:db8::/48"].map(str::to_owned);
        assert_eq!(networks(&list), Ok(kept.to_vec()));
        let error = networks(&["10.0.0.0/8".to_owned(), "my office".to_owned()]).unwrap_err();
        assert!(error.starts_with("Line 2: “my office”"), "{error}");
    }
}
