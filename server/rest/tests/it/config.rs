//! Settings of the instance and its mail server.

use serde_json::{Value, json};
use testkit::{MailServer, on_both_databases, texts};

use crate::app::App;

const CONFIG: &str = "/api/admin/config";
const EMAIL: &str = "/api/admin/config/system-email";

fn email(server: &MailServer) -> Value {
    json!({
        "smtpHost": server.address().ip().to_string(), "smtpPort": server.address().port(), "smtpUser": "changes",
        "smtpPassword": "correct horse", "smtpSecure": false, "systemEmail": "Changes@Tidings.example",
    })
}

on_both_databases! {
    async fn the_settings_are_those_that_clients_know_and_more(app: App) {
        let mara = app.owner("Mara").await;
        let expected = json!({
            "instanceName": "Tidings", "defaultInvitationExpiry": 7, "requireApprovalForChangelogs": true,
            "maxChangelogEntriesPerProject": -1, "maxRevisionsPerEntry": 50, "enableAnalytics": true,
            "enableNotifications": true, "enablePasswordReset": false, "allowTelemetry": "disabled",
            "adminOnlyApiKeyCreation": false, "timezone": "UTC", "allowUserTimezone": true, "customDateTemplates": null,
            "breachCheckEnabled": false, "requireSecondFactor": false, "ssoSecondFactor": false, "ssoOnly": false,
            "panelIpWhitelistEnabled": false, "panelIpWhitelist": [],
        });
        assert_eq!(mara.get(CONFIG).await.expect(200).json(), expected);
        // Existing clients send everything back, with what has no effect here.
        let mut all = expected.clone();
        all["allowTelemetry"] = json!("enabled");
        all["unknown"] = json!(true);
        assert_eq!(mara.patch(CONFIG, all).await.expect(200).json(), expected);
    }

    async fn a_part_of_the_settings_can_be_changed(app: App) {
        let mara = app.owner("Mara").await;
        let changed = json!({
            "instanceName": " Orbit ", "defaultInvitationExpiry": 14, "requireApprovalForChangelogs": false,
            "maxChangelogEntriesPerProject": 500, "maxRevisionsPerEntry": 5, "enableAnalytics": false, "enableNotifications": false,
            "adminOnlyApiKeyCreation": true, "timezone": "Europe/Berlin", "allowUserTimezone": false,
            "breachCheckEnabled": true, "ssoSecondFactor": true,
            "customDateTemplates": [{ "format": "{YYYY}.{MM}.{N}", "label": "Month" }],
        });
        let answer = mara.patch(CONFIG, changed.clone()).await.expect(200).json();
        for (member, value) in changed.as_object().unwrap() {
            let expected = if member == "instanceName" { json!("Orbit") } else { value.clone() };
            assert_eq!(answer[member], expected, "{member}");
        }
        let one = mara.patch(CONFIG, json!({ "defaultInvitationExpiry": 3 })).await.expect(200).json();
        assert_eq!((&one["timezone"], &one["defaultInvitationExpiry"]), (&json!("Europe/Berlin"), &json!(3)));
        let zone = app.stranger().get("/api/config/timezone").await.expect(200).json();
        assert_eq!(zone["customDateTemplates"], changed["customDateTemplates"]);
        assert_eq!((&zone["timezone"], &zone["allowUserTimezone"]), (&json!("Europe/Berlin"), &json!(false)));
        // Null really goes back to what is built in.
        let one = mara.patch(CONFIG, json!({ "customDateTemplates": null })).await.expect(200).json();
        assert_eq!(one["customDateTemplates"], json!(null));
        let zone = app.stranger().get("/api/config/timezone").await.expect(200).json();
        assert_eq!(zone["customDateTemplates"], json!(null));
    }

    async fn what_is_wrong_is_refused_at_its_member_and_nothing_changes(app: App) {
        let mara = app.owner("Mara").await;
        let before = mara.get(CONFIG).await.json();
        for (member, wrong) in [
            ("defaultInvitationExpiry", json!(31)),
            ("defaultInvitationExpiry", json!("soon")),
            ("maxChangelogEntriesPerProject", json!(9)),
            ("maxRevisionsPerEntry", json!(4)),
            ("allowTelemetry", json!("always")),
            ("customDateTemplates", json!("YYYY")),
            ("customDateTemplates", json!([{ "format": "x".repeat(201), "label": "Long" }])),
            ("timezone", json!("Europe/Atlantis")),
            ("enableAnalytics", json!("yes")),
            ("enablePasswordReset", json!(true)),
            ("ssoOnly", json!(true)),
            ("instanceName", json!("")),
            ("panelIpWhitelist", json!(["10.0.0.0/40"])),
        ] {
            let refused = mara.patch(CONFIG, json!({ member: wrong, "breachCheckEnabled": true })).await.expect(400).json();
            assert_eq!(refused["details"][0]["path"], member, "{refused}");
        }
        assert_eq!(mara.get(CONFIG).await.json(), before);
    }

    async fn the_mail_server_is_set_and_tried_out_and_its_password_never_shown(app: App) {
        let mara = app.owner("Mara").await;
        let empty = mara.get(EMAIL).await.expect(200).json();
        assert_eq!(empty, json!({
            "enablePasswordReset": false, "smtpHost": null, "smtpPort": null, "smtpUser": null, "smtpSecure": true,
            "systemEmail": null, "hasPassword": false, "tlsMode": "starttls", "allowInvalidCert": false,
        }));
        mara.patch(EMAIL, json!({ "testEmail": "mara@orbit.example" })).await.expect(400);
        let server = MailServer::start().await;
        let mut body = email(&server);
        body["enablePasswordReset"] = json!(true);
        let saved = mara.post(EMAIL, body).await.expect(200).json();
        assert_eq!(saved["success"], true);
        let answer = mara.get(EMAIL).await.expect(200);
        assert!(!answer.text().contains("horse"));
        let answer = answer.json();
        assert_eq!((&answer["hasPassword"], &answer["smtpSecure"]), (&json!(true), &json!(false)));
        assert_eq!((&answer["enablePasswordReset"], &answer["systemEmail"]), (&json!(true), &json!("changes@tidings.example")));
        let sent = mara.patch(EMAIL, json!({ "testEmail": "mara@orbit.example" })).await.expect(200).json();
        assert_eq!(sent["success"], true);
        assert_eq!(server.received()[0].to, "mara@orbit.example");
        // Sent again without the password, or with an empty one, it stays; with null it goes.
        for password in [None, Some(json!(""))] {
            let mut body = email(&server);
            body["smtpPassword"] = password.unwrap_or_default();
            if body["smtpPassword"].is_null() {
                body.as_object_mut().unwrap().remove("smtpPassword");
            }
            mara.post(EMAIL, body).await.expect(200);
            assert_eq!(mara.get(EMAIL).await.json()["hasPassword"], true);
        }
        let mut body = email(&server);
        body["smtpPassword"] = Value::Null;
        mara.post(EMAIL, body).await.expect(200);
        assert_eq!(mara.get(EMAIL).await.json()["hasPassword"], false);
        server.answer("RCPT", "550 5.1.1 no such user");
        let failed = mara.patch(EMAIL, json!({ "testEmail": "mara@orbit.example" })).await.expect(400).json();
        assert!(failed["error"].as_str().unwrap().contains("550"), "{failed}");
    }

    async fn what_is_no_mail_server_is_refused_at_its_member(app: App) {
        let mara = app.owner("Mara").await;
        let server = MailServer::start().await;
        for (member, wrong) in [
            ("smtpHost", json!("")),
            ("smtpHost", json!("169.254.169.254")),
            ("smtpHost", json!("http://mail.example")),
            ("smtpPort", json!(0)),
            ("smtpPort", json!(70_000)),
            ("systemEmail", json!("nobody")),
            ("tlsMode", json!("maybe")),
            ("smtpUser", json!("")),
        ] {
            let mut body = email(&server);
            body[member] = wrong;
            let refused = mara.post(EMAIL, body).await.expect(400).json();
            assert_eq!(refused["details"][0]["path"], member, "{refused}");
        }
        assert!(texts(app.db(), "SELECT name FROM instance_settings").await.is_empty());
    }

    async fn settings_are_for_administrators_and_never_for_keys(app: App) {
        let mara = app.owner("Mara").await;
        let key = app.key(&mara, &[], None).await;
        for person in [app.staff("Sam").await, app.viewer("Vera").await, key] {
            for path in [CONFIG, EMAIL] {
                person.get(path).await.expect(403);
                person.patch(path, json!({})).await.expect(403);
            }
            person.post(EMAIL, json!({})).await.expect(403);
        }
        app.stranger().get(CONFIG).await.expect(401);
    }
}
