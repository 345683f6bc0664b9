//! Over HTTP: passwords changed and reset, one's own settings, and what must not come of replayed, planted or guessed
//! credentials.

use std::collections::BTreeSet;

use chrono::Duration;
use http::Method;
use model::Role;
use serde_json::{Value, json};
use services::sealed::Purpose;
use services::{Limits, Services, Settings};
use testkit::{PASSWORD, Person, count, execute, fixtures, on_both_databases, settings, texts};

use crate::app::App;

const NEW: &str = "a fresh start for all";

async fn set(cx: &Services, name: &str, value: Value) {
    let mut tx = cx.db.begin().await.unwrap();
    store::instance_settings::set(&mut tx, name, &value, cx.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn with_mail(cx: &Services) {
    set(cx, "mail", json!({ "host": "mail.tidings.example", "port": 587, "sender": "tidings@tidings.example" })).await;
    set(cx, "enable_password_reset", json!(true)).await;
}

/// The token of the only letter that waits.
async fn token(cx: &Services) -> String {
    let sealed = texts(&cx.db, "SELECT body FROM letters WHERE kind = 'reset'").await.pop().unwrap();
    let text = cx.unseal(Purpose::Letter, &sealed).unwrap();
    let (_, rest) = text.split_once("/reset-password/").unwrap();
    rest.chars().take(32).collect()
}

fn login(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

/// Everything an answer says, but what differs by chance.
fn said(answer: &testkit::Answer) -> (u16, Value, BTreeSet<String>) {
    let names = answer.headers().keys().map(ToString::to_string).collect();
    (answer.status(), answer.json(), names)
}

on_both_databases! {
    async fn the_password_is_changed_with_the_current_one(app: App) {
        let mara = app.staff("Mara").await;
        let phone = app.sign_in(mara.user().clone()).await;
        let change = |current: &str, new: &str| {
            mara.post("/api/auth/change-password", json!({ "currentPassword": current, "newPassword": new }))
        };
        let wrong = change("wrong", NEW).await.expect(401);
        assert_eq!(wrong.json()["code"], "wrong_password");
        let short = change(PASSWORD, "short").await.expect(400).json();
        assert_eq!(short["details"][0]["path"], "newPassword");
        let empty = mara.post("/api/auth/change-password", json!({})).await.expect(400).json();
        let paths: Vec<_> = empty["details"].as_array().unwrap().iter().map(|one| one["path"].clone()).collect();
        assert_eq!(paths, ["currentPassword", "newPassword"]);
        assert_eq!(change(PASSWORD, NEW).await.expect(200).json(), json!({ "success": true }));
        mara.get("/api/auth/me").await.expect(200);
        phone.get("/api/auth/me").await.expect(401);
        app.stranger().post("/api/auth/login", login("mara@tidings.example", PASSWORD)).await.expect(401);
        app.stranger().post("/api/auth/login", login("mara@tidings.example", NEW)).await.expect(200);
    }

    async fn guessing_the_current_password_is_slowed_down_per_account(app: App) {
        let mara = app.staff("Mara").await;
        let wrong = json!({ "currentPassword": "wrong", "newPassword": NEW });
        for _ in 0..10 {
            mara.post("/api/auth/change-password", wrong.clone()).await.expect(401);
        }
        let elsewhere = app.sign_in(mara.user().clone()).await;
        let slowed = elsewhere.post("/api/auth/change-password", wrong).await.expect(429);
        assert!(slowed.header("retry-after").is_some());
    }

    async fn a_forgotten_password_is_reset_over_http(app: App) {
        with_mail(&app.services).await;
        let mara = app.staff("Mara").await;
        let asked = app.stranger().post("/api/auth/forgot-password", json!({ "email": "MARA@tidings.example" })).await;
        assert_eq!(asked.expect(200).json()["success"], true);
        let token = token(&app.services).await;
        let address = format!("/api/auth/reset-password/{token}");
        let link = app.stranger().get(&address).await.expect(200);
        assert_eq!(link.json(), json!({ "valid": true, "email": "m\u{b7}\u{b7}\u{b7}@tidings.example" }));
        assert_eq!(link.header("cache-control"), Some("private, no-store"));
        let different = json!({ "password": NEW, "confirmPassword": "something else" });
        let different = app.stranger().post(&address, different).await.expect(400).json();
        assert_eq!(different["details"][0]["path"], "confirmPassword");
        let form = json!({ "password": NEW, "confirmPassword": NEW });
        let done = app.stranger().post(&address, form.clone()).await.expect(200);
        assert_eq!(done.json()["success"], true);
        assert_eq!(done.header_values("set-cookie").len(), 0, "a link is no sign-in");
        mara.get("/api/auth/me").await.expect(401);
        for _ in 0..2 {
            let again = app.stranger().post(&address, form.clone()).await.expect(400).json();
            assert_eq!((&again["valid"], again["message"] == again["error"]), (&json!(false), true));
        }
        assert_eq!(app.stranger().get(&address).await.expect(400).json()["valid"], false);
        app.stranger().post("/api/auth/login", login("mara@tidings.example", NEW)).await.expect(200);
    }

    async fn no_answer_tells_whether_somebody_has_an_account(app: App) {
        with_mail(&app.services).await;
        app.account("Mara", Role::Staff).await;
        app.account("Gone", Role::Staff).await;
        app.account("Sso", Role::Staff).await;
        execute(app.db(), "UPDATE users SET disabled_at = '2026-03-01T00:00:00+00:00' WHERE email LIKE 'gone@%'").await;
        execute(app.db(), "UPDATE users SET password_hash = NULL WHERE email LIKE 'sso@%'").await;
        let addresses = ["mara", "gone", "sso", "nobody"].map(|name| format!("{name}@tidings.example"));
        let mut forgot = Vec::new();
        let mut signing = Vec::new();
        for email in &addresses {
            forgot.push(said(&app.stranger().post("/api/auth/forgot-password", json!({ "email": email })).await));
            signing.push(said(&app.stranger().post("/api/auth/login", login(email, "wrong password")).await));
        }
        for mut answers in [forgot, signing] {
            answers.dedup();
            assert_eq!(answers.len(), 1, "{answers:?}");
        }
        // The sixth time within an hour is answered like the first, and sends nothing.
        let stranger = app.stranger();
        let mut all = Vec::new();
        for _ in 0..7 {
            let asked = stranger.post("/api/auth/forgot-password", json!({ "email": "mara@tidings.example" })).await;
            all.push((asked.status(), asked.json()));
        }
        all.dedup();
        assert_eq!(all.len(), 1);
        assert_eq!(count(app.db(), "letters WHERE kind = 'reset'").await, 6);
        stranger.post("/api/auth/forgot-password", json!({ "email": "nonsense" })).await.expect(400);
    }

    async fn where_letters_cannot_be_sent_no_reset_is_promised(app: App) {
        let mara = app.owner("Mara").await;
        let refused = app.stranger().post("/api/auth/forgot-password", json!({ "email": "mara@tidings.example" })).await;
        assert_eq!(refused.expect(403).json()["code"], "feature_off");
        mara.post("/api/auth/reset-password/request", json!({})).await.expect(403);
        with_mail(&app.services).await;
        mara.post("/api/auth/reset-password/request", json!({})).await.expect(200);
        assert_eq!(count(app.db(), "letters WHERE kind = 'reset'").await, 1);
    }

    async fn links_are_not_guessed_and_no_key_or_other_site_uses_them(app: App) {
        with_mail(&app.services).await;
        let mara = app.owner("Mara").await;
        app.stranger().post("/api/auth/forgot-password", json!({ "email": "mara@tidings.example" })).await.expect(200);
        let address = format!("/api/auth/reset-password/{}", token(&app.services).await);
        let form = json!({ "password": NEW, "confirmPassword": NEW });
        let key = app.key(&mara, &[], None).await;
        key.post(&address, form.clone()).await.expect(403);
        let foreign = app.stranger().call(Method::POST, &address).json(&form).header("origin", "https://evil.example");
        assert_eq!(foreign.send().await.expect(403).json()["code"], "cross_site");
        let guesser = app.stranger();
        for number in 0..20 {
            guesser.get(&format!("/api/auth/reset-password/guess{number}")).await.expect(400);
        }
        guesser.get(&address).await.expect(429);
        for _ in 0..5 {
            guesser.post("/api/auth/reset-password/guess", form.clone()).await.expect(400);
        }
        let slowed = guesser.post(&address, form.clone()).await.expect(429);
        assert!(slowed.header("retry-after").is_some());
        for odd in ["%00", "..", &"x".repeat(2000), "%F0%9F%94%91"] {
            app.stranger().get(&format!("/api/auth/reset-password/{odd}")).await.expect(400);
        }
    }

    async fn everybody_has_settings_of_their_own(app: App) {
        let vera = app.viewer("Vera").await;
        let first = vera.get("/api/auth/settings").await.expect(200).json();
        assert_eq!(first, json!({
            "id": vera.id(), "userId": vera.id(), "theme": "system", "enableNotifications": true, "timezone": null,
            "createdAt": "2026-03-04T09:30:00.000Z", "updatedAt": "2026-03-04T09:30:00.000Z",
        }));
        app.advance(Duration::minutes(1));
        let named = vera.patch("/api/auth/settings", json!({ "name": "Vera Lind" })).await.expect(200).json();
        assert_eq!(named["theme"], "system");
        assert_eq!(vera.get("/api/auth/me").await.expect(200).json()["name"], "Vera Lind");
        let form = json!({ "theme": "dark", "timezone": "Europe/Berlin", "enableNotifications": false, "email": "x@y.z" });
        let changed = vera.patch("/api/auth/settings", form).await.expect(200).json();
        assert_eq!((&changed["theme"], &changed["timezone"]), (&json!("dark"), &json!("Europe/Berlin")));
        assert_eq!(changed["enableNotifications"], false);
        let zone = vera.patch("/api/auth/settings", json!({ "timezone": null })).await.expect(200).json();
        assert_eq!((&zone["timezone"], &zone["theme"]), (&Value::Null, &json!("dark")));
        assert_eq!(vera.get("/api/auth/me").await.json()["email"], "vera@tidings.example", "the address stays");
        for (wrong, path) in [
            (json!({ "theme": "sepia" }), "theme"), (json!({ "timezone": "Mars/Olympus" }), "timezone"),
            (json!({ "name": "x" }), "name"), (json!({ "name": "x".repeat(10_000) }), "name"),
            (json!({ "enableNotifications": "yes" }), "enableNotifications"),
        ] {
            let refused = vera.patch("/api/auth/settings", wrong.clone()).await.expect(400).json();
            assert_eq!(refused["details"][0]["path"], path, "{wrong}");
        }
        for nothing in [json!({}), json!({ "colour": "red" })] {
            vera.patch("/api/auth/settings", nothing).await.expect(400);
        }
        let sam = app.staff("Sam").await;
        assert_eq!(sam.get("/api/auth/settings").await.expect(200).json()["theme"], "system");
    }

    async fn fifty_refreshes_of_one_token_give_one_new_token(app: App) {
        let limits = Limits { refresh_per_15_min: 0, ..Limits::default() };
        let app = App::on(testkit::services_with(app.db().clone(), Settings { limits, ..settings() }));
        let mara = app.staff("Mara").await;
        let token = mara.signed_in().refresh_token.clone();
        let calls: Vec<_> = (0..50)
            .map(|_| {
                let call = mara.call(Method::POST, "/api/auth/refresh").without("authorization");
                tokio::spawn(call.json(&json!({ "refreshToken": token })).send())
            })
            .collect();
        let mut tokens = BTreeSet::new();
        for call in calls {
            let body = call.await.unwrap().expect(200).json();
            assert_eq!(body["user"].as_object().unwrap().len(), 5, "{body}");
            tokens.insert(body["refreshToken"].as_str().unwrap().to_owned());
        }
        assert_eq!(tokens.len(), 1);
        assert_eq!(count(app.db(), "refresh_tokens WHERE rotated_at IS NULL").await, 1);
    }

    async fn a_sign_in_takes_no_token_that_somebody_planted(app: App) {
        let mallory = app.staff("Mallory").await;
        app.account("Mara", Role::Staff).await;
        let planted = mallory.signed_in().clone();
        let cookies = format!("accessToken={}; refreshToken={}", planted.access_token, planted.refresh_token);
        let call = app.stranger().call(Method::POST, "/api/auth/login").header("cookie", &cookies);
        let answer = call.json(&login("mara@tidings.example", PASSWORD)).send().await.expect(200);
        let body = answer.json();
        assert_eq!(body["user"]["email"], "mara@tidings.example");
        assert_ne!(body["refreshToken"], json!(planted.refresh_token));
        assert!(answer.header_values("set-cookie").iter().all(|cookie| !cookie.contains(&planted.refresh_token)));
        // And what was planted stays what it was: a sign-in of somebody else.
        assert_eq!(mallory.get("/api/auth/me").await.expect(200).json()["email"], "mallory@tidings.example");
    }

    async fn a_captured_refresh_token_ends_the_sign_in_when_it_is_replayed(app: App) {
        let mara = app.staff("Mara").await;
        let refresh = |who: &Person, token: &str| {
            let call = who.call(Method::POST, "/api/auth/refresh").without("authorization");
            call.json(&json!({ "refreshToken": token })).send()
        };
        let captured = mara.signed_in().refresh_token.clone();
        let next = refresh(&mara, &captured).await.expect(200).json()["refreshToken"].as_str().unwrap().to_owned();
        let thief = app.stranger();
        let call = thief.call(Method::POST, "/api/auth/refresh").header("user-agent", "curl/8");
        call.json(&json!({ "refreshToken": captured })).send().await.expect(401);
        refresh(&mara, &next).await.expect(401);
        mara.get("/api/auth/me").await.expect(401);
        assert_eq!(count(app.db(), "audit_logs WHERE action = 'REFRESH_TOKEN_REUSE'").await, 1);
    }

    async fn no_answer_holds_a_hash_or_a_whole_record(app: App) {
        let mara = app.owner("Mara").await;
        fixtures::project(&app.services, "Orbit Mail").await;
        let call = mara.call(Method::POST, "/api/auth/refresh").without("authorization");
        let token = mara.signed_in().refresh_token.clone();
        let answers = [
            mara.get("/api/auth/me").await,
            mara.get("/api/auth/settings").await,
            app.stranger().post("/api/auth/login", login("mara@tidings.example", PASSWORD)).await,
            call.json(&json!({ "refreshToken": token })).send().await,
        ];
        let known = ["id", "email", "name", "role", "lastLoginAt"];
        for answer in answers {
            let text = answer.text();
            for secret in ["$argon2", "passwordHash", "password_hash", "tokenHash"] {
                assert!(!text.contains(secret), "{text}");
            }
            if let Some(user) = answer.json().get("user").and_then(Value::as_object) {
                assert!(user.keys().all(|name| known.contains(&name.as_str())), "{user:?}");
            }
        }
    }
}
