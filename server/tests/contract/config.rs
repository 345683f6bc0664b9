//! Section 17.3: settings of the instance.

use serde_json::json;
use testkit::on_both_databases;

use crate::site::Site;
use crate::walls::{self, op};

on_both_databases! {
    async fn who_may_read_and_change_the_settings(site: Site) {
        let server = json!({ "smtpHost": "smtp.orbit.example", "smtpPort": 587, "systemEmail": "changes@orbit.example" });
        walls::check(
            &site,
            &[
                op("GET", "/api/admin/config").admin(),
                op("PATCH", "/api/admin/config").body(json!({ "defaultInvitationExpiry": 14 })).admin(),
                op("GET", "/api/admin/config/system-email").admin(),
                op("POST", "/api/admin/config/system-email").body(server).admin(),
            ],
        )
        .await;
    }

    async fn settings_have_the_members_of_the_contract_and_take_a_part(site: Site) {
        let mara = site.admin().await;
        let config = json!({
            "defaultInvitationExpiry": 7, "requireApprovalForChangelogs": true, "maxChangelogEntriesPerProject": -1,
            "maxRevisionsPerEntry": 50, "enableAnalytics": true, "enableNotifications": true,
            "allowTelemetry": "disabled", "adminOnlyApiKeyCreation": false, "timezone": "UTC",
            "allowUserTimezone": true, "customDateTemplates": null, "panelIpWhitelistEnabled": false,
            "panelIpWhitelist": [], "_warning": "<absent>",
        });
        let read = mara.get("/api/admin/config").await.is(200, &config).json();
        mara.patch("/api/admin/config", read).await.is(200, &config);
        let part = mara.patch("/api/admin/config", json!({ "defaultInvitationExpiry": 14 })).await.expect(200).json();
        assert_eq!(part["defaultInvitationExpiry"], 14);
        mara.patch("/api/admin/config", json!({ "defaultInvitationExpiry": 31 })).await.invalid(&["defaultInvitationExpiry"]);
        let listed = json!({ "panelIpWhitelistEnabled": true, "panelIpWhitelist": ["192.0.2.0/24"] });
        mara.patch("/api/admin/config", listed).await.is(200, &json!({ "_warning": "<text>" }));
    }

    async fn the_mail_server_is_told_without_its_password(site: Site) {
        let mara = site.admin().await;
        let path = "/api/admin/config/system-email";
        let unset = json!({
            "enablePasswordReset": false, "smtpHost": null, "smtpPort": null, "smtpUser": null, "smtpSecure": "<bool>",
            "systemEmail": null,
        });
        mara.get(path).await.is(200, &unset);
        let server = json!({
            "smtpHost": "smtp.orbit.example", "smtpPort": 465, "smtpUser": "changes", "smtpPassword": "correct horse",
            "smtpSecure": true, "systemEmail": "changes@orbit.example", "enablePasswordReset": true,
        });
        mara.post(path, server).await.is(200, &json!({ "success": true, "message": "<text>" }));
        let set = json!({
            "enablePasswordReset": true, "smtpHost": "smtp.orbit.example", "smtpPort": 465, "smtpUser": "changes",
            "smtpSecure": true, "systemEmail": "changes@orbit.example", "smtpPassword": "<absent>",
        });
        mara.get(path).await.is(200, &set);
        mara.patch(path, json!({ "testEmail": "nobody" })).await.invalid(&["testEmail"]);
    }
}
