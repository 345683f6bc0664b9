use http::Method;
use serde_json::{Value, json};
use testkit::{Answer, Call, on_both_databases};

use crate::app::App;

/// The token of a new set-up link.
async fn token(app: &App) -> String {
    let link = services::setup::issue_link(&app.services).await.unwrap().unwrap();
    link.split_once("?token=").unwrap().1.to_owned()
}

fn form(token: Option<&str>) -> Value {
    let mut form = json!({ "name": "Mara Lind", "email": " Mara@Orbit.example ", "password": "correct horse battery" });
    if let Some(token) = token {
        form["token"] = json!(token);
    }
    form
}

fn send(app: &App, form: &Value) -> Call {
    app.stranger().call(Method::POST, "/api/setup/admin").json(form)
}

#[track_caller]
fn check_closed(answer: Answer) {
    let problem = answer.expect(403).json();
    assert_eq!((&problem["code"], problem["error"].is_string()), (&json!("already_set_up"), true));
}

on_both_databases! {
    async fn the_first_administrator_needs_the_token_and_there_is_only_one(app: App) {
        let stranger = app.stranger();
        let status = |complete: bool| json!({
            "isComplete": complete,
            "setupState": { "adminCreated": complete, "systemConfigured": complete, "oauthConfigured": false },
        });
        assert_eq!(stranger.get("/api/setup/status").await.expect(200).json(), status(false));
        assert_eq!(stranger.get("/api/setup").await.expect(200).json(), json!({
            "currentStep": "admin", "completedSteps": [], "adminCreated": false, "settingsConfigured": false,
            "oauthConfigured": false, "teamInvitesSent": false, "isComplete": false,
        }));
        let token = token(&app).await;
        for wrong in [form(None), form(Some("guessed")), form(Some("")), json!({})] {
            let refused = send(&app, &wrong).send().await.expect(400);
            assert_eq!(refused.json()["details"][0]["path"], "token", "{wrong}");
            assert!(refused.header_values("set-cookie").is_empty());
        }
        assert_eq!(testkit::count(app.db(), "users WHERE id <> 'system'").await, 0);

        let done = send(&app, &form(Some(&token))).send().await.expect(200);
        let body = done.json();
        assert_eq!(body, json!({
            "message": "Tidings is set up.",
            "user": { "id": body["user"]["id"], "email": "mara@orbit.example", "name": "Mara Lind", "role": "ADMIN", "lastLoginAt": null },
        }));
        let cookies: Vec<_> = done.header_values("set-cookie").iter().filter_map(|cookie| cookie.split(';').next()).map(str::to_owned).collect();
        let me = stranger.call(Method::GET, "/api/auth/me").header("cookie", &cookies.join("; ")).send().await.expect(200);
        assert_eq!(me.json()["email"], "mara@orbit.example");

        assert_eq!(stranger.get("/api/setup/status").await.expect(200).json(), status(true));
        check_closed(stranger.get("/api/setup").await);
        check_closed(send(&app, &form(Some(&token))).send().await);
        check_closed(send(&app, &form(None)).send().await);
        assert_eq!(testkit::count(app.db(), "users WHERE id <> 'system'").await, 1);
        let login = json!({ "email": "mara@orbit.example", "password": "correct horse battery" });
        stranger.post("/api/auth/login", login).await.expect(200);
    }

    async fn the_token_may_come_in_a_header_and_wrong_members_are_named(app: App) {
        let token = token(&app).await;
        let short = json!({ "name": "M", "email": "nobody", "password": "short", "token": token });
        let refused = send(&app, &short).send().await.expect(400).json();
        assert_eq!(crate::app::column(&refused["details"], "path"), ["name", "email", "password"]);
        let reserved = json!({ "name": "Mara", "email": "mara@tidings.invalid", "password": "correct horse battery" });
        let refused = send(&app, &reserved).header("x-setup-token", &token).send().await.expect(400).json();
        assert_eq!(refused["details"][0]["path"], "email");
        send(&app, &form(None)).header("x-setup-token", &token).send().await.expect(200);
    }

    async fn setting_up_is_no_business_of_other_sites_and_cannot_be_guessed(app: App) {
        let token = token(&app).await;
        let foreign = send(&app, &form(Some(&token))).header("origin", "https://evil.example").send().await;
        assert_eq!(foreign.header("access-control-allow-origin"), None);
        assert_eq!(foreign.expect(403).json()["code"], "cross_site");
        let stranger = app.stranger();
        for _ in 0..20 {
            stranger.call(Method::POST, "/api/setup/admin").json(&form(Some("guess"))).send().await.expect(400);
        }
        let slowed = stranger.call(Method::POST, "/api/setup/admin").json(&form(Some(&token))).send().await.expect(429);
        assert!(slowed.header("retry-after").is_some());
    }

    async fn keys_set_nothing_up(app: App) {
        let owner = app.owner("Mara").await;
        let key = app.key(&owner, &[], None).await;
        assert_eq!(key.post("/api/setup/admin", form(None)).await.expect(403).json()["code"], "no_keys");
    }
}

on_both_databases! {
    async fn an_administrator_takes_the_further_steps(app: App) {
        let token = token(&app).await;
        let done = send(&app, &form(Some(&token))).send().await.expect(200);
        let cookies: Vec<_> = done.header_values("set-cookie").iter().filter_map(|cookie| cookie.split(';').next()).map(str::to_owned).collect();
        let stranger = app.stranger();
        let ask = async |method: Method, path: &str, body: Value| {
            let call = stranger.call(method, path).header("cookie", &cookies.join("; "));
            call.header("origin", "http://tidings.example").json(&body).send().await
        };
        stranger.post("/api/setup/settings", json!({})).await.expect(401);
        let wrong = ask(Method::POST, "/api/setup/settings", json!({ "defaultInvitationExpiry": 31, "timezone": "Mars" })).await.expect(400);
        assert_eq!(crate::app::column(&wrong.json()["details"], "path"), ["defaultInvitationExpiry", "timezone"]);
        let saved = ask(Method::POST, "/api/setup/settings", json!({ "defaultInvitationExpiry": 3 })).await.expect(200).json();
        assert_eq!((&saved["settings"]["defaultInvitationExpiry"], &saved["progress"]["currentStep"]), (&json!(3), &json!("oauth")));
        assert_eq!(saved["progress"]["completedSteps"], json!(["welcome", "admin", "settings"]));
        let bad = json!({ "invitations": [{ "email": "ole@orbit.example" }, { "email": "nobody", "role": "OWNER" }, 7] });
        let bad = ask(Method::POST, "/api/setup/invitations", bad).await.expect(400);
        assert_eq!(crate::app::column(&bad.json()["details"], "path"), ["invitations.1.role", "invitations.2"]);
        let team = json!({ "invitations": [{ "email": "ole@orbit.example", "expiresInDays": 1 }, { "email": "una@orbit.example", "role": "VIEWER" }] });
        let made = ask(Method::POST, "/api/setup/invitations", team).await.expect(200).json();
        assert_eq!(crate::app::column(&made["invitations"], "role"), ["STAFF", "VIEWER"]);
        assert!(made["invitations"][0]["url"].as_str().unwrap().starts_with("http://tidings.example/register/"));
        let list = ask(Method::GET, "/api/setup/invitations", json!({})).await.expect(200).json();
        assert_eq!(list.as_array().unwrap().len(), 2);
    }

    async fn the_steps_are_closed_on_an_instance_without_the_guide(app: App) {
        let owner = app.owner("Mara").await;
        check_closed(owner.post("/api/setup/settings", json!({})).await);
        check_closed(owner.get("/api/setup/invitations").await);
        check_closed(owner.post("/api/setup/invitations", json!({ "invitations": [{ "email": "ole@orbit.example" }] })).await);
        assert_eq!(testkit::count(app.db(), "invitations").await, 0);
    }
}
