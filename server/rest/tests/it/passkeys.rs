use chrono::Duration;
use http::Method;
use serde_json::{Value, json};
use services::Settings;
use store::Db;
use testkit::{Authenticator, FromDb, PASSWORD, Person, on_both_databases, settings, totp_code};

use crate::app::App;

/// An instance whose address can have passkeys.
struct Secure(App);

const ADDRESS: &str = "https://tidings.example";

impl FromDb for Secure {
    async fn from_db(db: Db) -> Self {
        let settings = Settings { base_url: ADDRESS.to_owned(), ..settings() };
        Self(App::on(testkit::services_with(db, settings)))
    }
}

async fn with_passkey(person: &Person) -> Authenticator {
    let mut device = Authenticator::new(ADDRESS);
    let options = person.post("/api/auth/passkeys/register/options", json!({})).await.expect(200).json();
    let form = json!({ "name": "Laptop", "response": device.create(&options) });
    let made = person.post("/api/auth/passkeys/register/verify", form).await.expect(200).json();
    assert_eq!((&made["success"], &made["passkey"]["name"]), (&json!(true), &json!("Laptop")));
    device
}

async fn set_mode(person: &Person, mode: &str) -> Value {
    person.patch("/api/auth/security-settings", json!({ "twoFactorMode": mode })).await.expect(200).json()
}

async fn by_password(app: &App) -> testkit::Answer {
    let form = json!({ "email": "mara@tidings.example", "password": PASSWORD });
    app.stranger().post("/api/auth/login", form).await
}

async fn options(app: &App, body: Value) -> Value {
    app.stranger().post("/api/auth/passkeys/authenticate/options", body).await.expect(200).json()
}

on_both_databases! {
    async fn a_passkey_signs_in_over_http(app: Secure) {
        let app = app.0;
        let mara = app.owner("Mara").await;
        let mut device = with_passkey(&mara).await;
        let begun = options(&app, json!({})).await;
        assert_eq!(begun["options"]["challenge"], begun["challenge"]);
        assert_eq!(begun["options"]["rpId"], "tidings.example");
        let form = json!({ "response": device.get(&begun["options"]), "challenge": begun["challenge"] });
        let answer = app.stranger().post("/api/auth/passkeys/authenticate/verify", form.clone()).await.expect(200);
        assert_eq!(answer.json()["user"]["id"], json!(mara.id()));
        assert_eq!(answer.json()["refreshToken"].as_str().unwrap().len(), 64);
        let cookies = answer.header_values("set-cookie");
        assert!(cookies.len() == 2 && cookies.iter().all(|cookie| cookie.starts_with("__Host-") && cookie.ends_with("; Secure")));
        // The same again: the challenge is used.
        let again = app.stranger().post("/api/auth/passkeys/authenticate/verify", form).await.expect(400);
        assert_eq!(again.json()["error"], "The passkey could not be verified. Try again.");
        assert!(again.header_values("set-cookie").is_empty());
        let listed = mara.get("/api/auth/passkeys").await.expect(200).json();
        let one = &listed["passkeys"][0];
        let members: Vec<_> = one.as_object().unwrap().keys().cloned().collect();
        assert_eq!(members, ["createdAt", "id", "lastUsedAt", "name"]);
        assert_eq!(one["lastUsedAt"], "2026-03-04T09:30:00.000Z");
    }

    async fn a_made_up_challenge_of_the_client_is_refused(app: Secure) {
        let app = app.0;
        let mara = app.owner("Mara").await;
        let mut device = with_passkey(&mara).await;
        let mut begun = options(&app, json!({ "email": "mara@tidings.example" })).await;
        begun["options"]["challenge"] = json!("Y2hvc2VuIGJ5IHRoZSBjbGllbnQgaXRzZWxmISEhISE");
        let form = json!({
            "response": device.get(&begun["options"]), "challenge": "Y2hvc2VuIGJ5IHRoZSBjbGllbnQgaXRzZWxmISEhISE",
        });
        app.stranger().post("/api/auth/passkeys/authenticate/verify", form).await.expect(400);
        for body in [json!({}), json!({ "response": 5, "challenge": 7 }), json!({ "response": {}, "challenge": "" })] {
            app.stranger().post("/api/auth/passkeys/authenticate/verify", body).await.expect(400);
        }
    }

    async fn a_password_alone_opens_nothing_where_a_passkey_is_asked_for(app: Secure) {
        let app = app.0;
        let mara = app.owner("Mara").await;
        let mut device = with_passkey(&mara).await;
        let settings = set_mode(&mara, "PASSWORD_PLUS_PASSKEY").await;
        assert_eq!((&settings["twoFactorMode"], &settings["passkeys"]), (&json!("PASSWORD_PLUS_PASSKEY"), &json!(1)));
        assert_eq!(settings["recoveryCodes"].as_array().unwrap().len(), 10);
        let read = mara.get("/api/auth/security-settings").await.expect(200).json();
        assert_eq!((&read["recoveryCodesLeft"], read.get("recoveryCodes")), (&json!(10), None));

        let pending = by_password(&app).await.expect(200);
        assert!(pending.header_values("set-cookie").is_empty());
        let pending = pending.json();
        assert_eq!((&pending["requiresSecondFactor"], &pending["secondFactorType"]), (&json!(true), &json!("passkey")));
        assert_eq!(pending.get("accessToken"), None);
        let token = &pending["sessionToken"];
        // Left out, empty, wrong, or of another kind.
        for (left, proof) in [
            json!({}),
            json!({ "passkeyResponse": null }),
            json!({ "secondFactorPassword": PASSWORD }),
            json!({ "passkeyResponse": {} }),
        ].into_iter().enumerate() {
            let mut form = proof;
            form["sessionToken"] = token.clone();
            let refused = app.stranger().post("/api/auth/login/second-factor", form).await.expect(401);
            assert_eq!((refused.json()["code"].as_str(), refused.header_values("set-cookie").len()), (Some("wrong_factor"), 0));
            assert!(refused.text().contains(if left == 3 { "One attempt is left." } else { "attempts are left." }));
        }
        let begun = options(&app, json!({ "sessionToken": token })).await;
        assert_eq!(begun["options"]["allowCredentials"][0]["transports"], json!(["internal", "hybrid"]));
        let form = json!({ "sessionToken": token, "passkeyResponse": device.get(&begun["options"]) });
        let done = app.stranger().post("/api/auth/login/second-factor", form.clone()).await.expect(200);
        assert_eq!(done.json()["user"]["id"], json!(mara.id()));
        assert_eq!(done.header_values("set-cookie").len(), 2);
        let again = app.stranger().post("/api/auth/login/second-factor", form).await.expect(401);
        assert_eq!(again.json()["code"], "sign_in_expired");
        app.stranger().post("/api/auth/login/second-factor", json!({})).await.expect(401);
    }

    async fn a_passkey_and_the_password_after_it(app: Secure) {
        let app = app.0;
        let mara = app.owner("Mara").await;
        let mut device = with_passkey(&mara).await;
        set_mode(&mara, "PASSKEY_PLUS_PASSWORD").await;
        let begun = options(&app, json!({})).await;
        let form = json!({ "response": device.get(&begun["options"]), "challenge": begun["challenge"] });
        let pending = app.stranger().post("/api/auth/passkeys/authenticate/verify", form).await.expect(200);
        assert!(pending.header_values("set-cookie").is_empty());
        let pending = pending.json();
        assert_eq!((&pending["secondFactorType"], pending.get("user")), (&json!("password"), None));
        let form = json!({ "sessionToken": pending["sessionToken"], "secondFactorPassword": PASSWORD });
        app.stranger().post("/api/auth/login/second-factor", form).await.expect(200);
        assert_eq!(by_password(&app).await.expect(200).json()["secondFactorType"], "passkey");
    }

    async fn a_code_of_an_authenticator_app_is_a_second_factor_that_older_clients_read_as_none(app: Secure) {
        let app = app.0;
        let mara = app.owner("Mara").await;
        let own = services::access::instance_grant(&mara.actor()).unwrap();
        let secret = services::totp::offer(&app.services, &own).await.unwrap().secret;
        let code = || totp_code(&secret, app.services.clock.now().timestamp());
        services::totp::confirm(&app.services, &own, &code()).await.unwrap();
        let read = mara.get("/api/auth/security-settings").await.expect(200).json();
        assert_eq!((&read["twoFactorMode"], &read["totp"]), (&json!("NONE"), &json!(true)));
        app.advance(Duration::minutes(1));
        let pending = by_password(&app).await.expect(200).json();
        assert_eq!(pending["secondFactorType"], "totp");
        // Scripts may send it as a number, unless it begins with a zero.
        let form = json!({ "sessionToken": pending["sessionToken"], "totpCode": code() });
        app.stranger().post("/api/auth/login/second-factor", form).await.expect(200);
    }

    async fn modes_and_names_are_checked(app: Secure) {
        let app = app.0;
        let mara = app.owner("Mara").await;
        let path = "/api/auth/security-settings";
        for (body, field) in [
            (json!({}), "twoFactorMode"),
            (json!({ "twoFactorMode": "PASSKEY" }), "twoFactorMode"),
            (json!({ "twoFactorMode": 5 }), "twoFactorMode"),
            (json!({ "twoFactorMode": "PASSWORD_PLUS_PASSKEY" }), "twoFactorMode"),
        ] {
            let refused = mara.patch(path, body.clone()).await.expect(400).json();
            assert_eq!(refused["details"][0]["path"], field, "{body}");
        }
        with_passkey(&mara).await;
        let id = mara.get("/api/auth/passkeys").await.json()["passkeys"][0]["id"].as_str().unwrap().to_owned();
        let one = format!("/api/auth/passkeys/{id}");
        assert_eq!(mara.patch(&one, json!({ "name": "Work" })).await.expect(200).json()["name"], "Work");
        mara.patch(&one, json!({ "name": "" })).await.expect(400);
        set_mode(&mara, "PASSWORD_PLUS_PASSKEY").await;
        assert_eq!(mara.delete(&one).await.expect(409).json()["code"], "last_passkey");
        set_mode(&mara, "NONE").await;
        assert_eq!(mara.delete(&one).await.expect(200).json(), json!({ "success": true }));
        mara.delete(&one).await.expect(404);
    }

    async fn an_old_sign_in_has_to_be_confirmed_first(app: Secure) {
        let app = app.0;
        let mara = app.owner("Mara").await;
        app.advance(Duration::minutes(6));
        for (method, path) in [
            (Method::POST, "/api/auth/passkeys/register/options"),
            (Method::DELETE, "/api/auth/passkeys/unknown"),
        ] {
            let refused = mara.call(method, path).send().await.expect(403).json();
            assert_eq!(refused["code"], "not_confirmed");
        }
        mara.get("/api/auth/passkeys").await.expect(200);
    }

    async fn whoever_has_no_second_factor_reads_nothing_where_one_is_required(app: Secure) {
        let app = app.0;
        let mara = app.owner("Mara").await;
        let key = app.key(&mara, &[], None).await;
        mara.patch("/api/admin/config", json!({ "requireSecondFactor": true })).await.expect(200);
        for path in ["/api/projects", "/api/auth/me", "/api/admin/api-keys", "/api/dashboard/stats"] {
            for person in [&mara, &mara.by_cookie()] {
                assert_eq!(person.get(path).await.expect(403).json()["code"], "second_factor_needed", "{path}");
            }
        }
        let made = mara.by_cookie().post("/api/projects", json!({ "name": "New" })).await.expect(403);
        assert_eq!(made.json()["code"], "second_factor_needed");
        // A cookie alone is no proof that a page of ours asks, for them as for others.
        let forged = mara.by_cookie().call(Method::POST, "/api/auth/passkeys/register/options").without("origin");
        assert_eq!(forged.send().await.expect(403).json()["code"], "cross_site");
        key.get("/api/projects").await.expect(200);
        assert_eq!(mara.get("/api/auth/security-settings").await.expect(200).json()["isRequired"], true);
        with_passkey(&mara).await;
        set_mode(&mara, "PASSWORD_PLUS_PASSKEY").await;
        mara.get("/api/projects").await.expect(200);
        assert_eq!(mara.patch("/api/auth/security-settings", json!({ "twoFactorMode": "NONE" })).await.status(), 409);
    }

    async fn keys_and_other_sites_take_no_second_step(app: Secure) {
        let app = app.0;
        let mara = app.owner("Mara").await;
        let key = app.key(&mara, &[], None).await;
        for path in [
            "/api/auth/login/second-factor", "/api/auth/passkeys/authenticate/options",
            "/api/auth/passkeys/authenticate/verify",
        ] {
            assert_eq!(key.post(path, json!({})).await.expect(403).json()["code"], "no_keys");
            let call = app.stranger().call(Method::POST, path).json(&json!({})).header("origin", "https://evil.example");
            assert_eq!(call.send().await.expect(403).json()["code"], "cross_site");
        }
    }

    async fn passkey_sign_ins_say_where_one_stands(app: Secure) {
        let app = app.0;
        app.owner("Mara").await;
        let stranger = app.stranger();
        let path = "/api/auth/passkeys/authenticate/options";
        let answer = stranger.post(path, json!({})).await.expect(200);
        assert_eq!(answer.header("ratelimit-policy"), Some("\"passkey\";q=30;w=900"));
        for _ in 0..29 {
            stranger.post(path, json!({})).await.expect(200);
        }
        assert!(stranger.post(path, json!({})).await.expect(429).header("retry-after").is_some());
        // A forged address does not help.
        let call = stranger.call(Method::POST, path).json(&json!({})).header("x-forwarded-for", "203.0.113.9");
        call.send().await.expect(429);
    }
}
