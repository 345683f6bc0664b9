//! Section 16.1 and 16.3: signing in by password and staying signed in.

use chrono::Duration;
use serde_json::{Value, json};
use testkit::{PASSWORD, on_both_databases};

use crate::client::Answer;
use crate::objects::user;
use crate::shape::with;
use crate::site::{Person, Site};

/// The parts of a cookie that an answer sets.
#[track_caller]
fn cookie<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let cookies = answer.header_values("set-cookie");
    let found = cookies.iter().find(|cookie| cookie.starts_with(&format!("{name}=")));
    found.unwrap_or_else(|| panic!("no cookie {name} in {cookies:?}")).split("; ").collect()
}

/// The claims of a token, which clients read.
fn claims(token: &str) -> Value {
    use base64::Engine;
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "{token} is no JWT");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(parts[1]).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

on_both_databases! {
    async fn a_password_gives_tokens_and_cookies(site: Site) {
        let mara = site.admin().await;
        site.advance(Duration::minutes(1));
        let login = json!({ "email": "MARA@tidings.example", "password": PASSWORD, "bypassBreachWarning": true });
        let answer = site.stranger().post("/api/auth/login", login).await.is(
            200,
            &json!({
                "user": with(user(), json!({
                    "id": mara.id(), "email": "mara@tidings.example", "name": "Mara", "role": "ADMIN",
                    // The sign-in before this one.
                    "lastLoginAt": "2026-03-04T09:30:00.000Z", "passwordHash": "<absent>", "password": "<absent>",
                })),
                "accessToken": "<text>", "refreshToken": "<text>",
            }),
        );
        let claims = claims(&answer.text_of("accessToken"));
        assert_eq!(claims["userId"], mara.id());
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
        let refresh = answer.text_of("refreshToken");
        assert!(
            refresh.len() == 64 && refresh.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        for (name, value, age) in
            [("accessToken", answer.text_of("accessToken"), 900), ("refreshToken", refresh, 604_800)]
        {
            let parts = cookie(&answer, name);
            assert_eq!(parts[0], format!("{name}={value}"));
            for part in ["HttpOnly", "SameSite=Lax", "Path=/", &format!("Max-Age={age}")] {
                assert!(parts.contains(&part), "{part} is not in {parts:?}");
            }
            assert!(!parts.contains(&"Secure"), "over plain HTTP the browser would throw it away");
        }
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        let token = site.bearer(&answer.text_of("accessToken"));
        token.get("/api/projects").await.expect(200);
    }

    async fn every_refused_sign_in_says_the_same(site: Site) {
        site.admin().await;
        let wrong = |email: &str, password: &str| {
            site.stranger()
                .call("POST", "/api/auth/login")
                .json(&json!({ "email": email, "password": password }))
                .send()
        };
        let first = wrong("mara@tidings.example", "wrong").await.refused(401);
        let second = wrong("nobody@tidings.example", "wrong").await.refused(401);
        assert_eq!(first.json(), second.json());
        assert_eq!(first.header_values("set-cookie").len(), 0);
        for missing in [
            json!({}),
            json!({ "email": "mara@tidings.example" }),
            json!({ "password": "x" }),
            json!({ "email": 5, "password": [] }),
        ] {
            site.stranger().post("/api/auth/login", missing).await.refused(400);
        }
        let get = site.stranger().get("/api/auth/login").await.refused(405);
        assert_eq!(get.header("allow"), Some("POST"));
    }

    async fn the_eleventh_attempt_has_to_wait(site: Site) {
        site.admin().await;
        let mut last = None;
        for number in 1..=10 {
            let wrong = json!({ "email": format!("nobody{number}@tidings.example"), "password": "wrong" });
            last = Some(site.stranger().post("/api/auth/login", wrong).await);
        }
        let refused = last.unwrap().refused(429);
        let seconds: i64 = refused.header("retry-after").expect("Retry-After").parse().expect("seconds");
        assert!((1..=900).contains(&seconds), "{seconds}");
        site.advance(Duration::seconds(seconds));
        let right = json!({ "email": "mara@tidings.example", "password": PASSWORD });
        site.stranger().post("/api/auth/login", right).await.expect(200);
    }

    async fn a_refresh_token_is_good_once(site: Site) {
        let mara = site.admin().await;
        site.advance(Duration::minutes(20));
        mara.get("/api/auth/me").await.refused(401);
        let renew = |token: &str| {
            site.stranger().call("POST", "/api/auth/refresh").json(&json!({ "refreshToken": token })).send()
        };
        let renewed = renew(&mara.refresh_token).await.is(
            200,
            &json!({
                "user": with(user(), json!({ "id": mara.id(), "passwordHash": "<absent>" })), "accessToken": "<text>",
                "refreshToken": "<text>",
            }),
        );
        let next = renewed.text_of("refreshToken");
        assert_ne!(next, mara.refresh_token);
        site.bearer(&renewed.text_of("accessToken")).get("/api/auth/me").await.expect(200);
        site.advance(Duration::minutes(1));
        let used = renew(&mara.refresh_token).await.refused(401);
        for name in ["accessToken", "refreshToken"] {
            assert!(cookie(&used, name).contains(&"Max-Age=0"), "{name} is not cleared");
        }
        for bad in ["", "nonsense"] {
            renew(bad).await.refused(401);
        }
        site.stranger().call("POST", "/api/auth/refresh").send().await.refused(401);
    }

    async fn a_browser_is_renewed_by_its_cookie_alone(site: Site) {
        let mara = site.admin().await;
        let call = site.stranger().call("POST", "/api/auth/refresh").header("origin", &site.origin());
        let renewed = call.header("cookie", &mara.cookie_header).send().await.is(
            200,
            &json!({
                "user": with(user(), json!({ "id": mara.id() })), "accessToken": "<absent>", "refreshToken": "<absent>",
            }),
        );
        assert_eq!(renewed.header_values("set-cookie").len(), 2);
        let again = Person::new(&site, &renewed);
        again.cookie().get("/api/auth/me").await.is(200, &json!({ "id": mara.id() }));
    }

    async fn signing_out_ends_the_sign_in(site: Site) {
        let mara = site.admin().await;
        let answer = mara.cookie().call("POST", "/api/auth/logout").send().await.is(200, &json!({ "success": true }));
        for name in ["accessToken", "refreshToken"] {
            assert!(cookie(&answer, name).contains(&"Max-Age=0"), "{name} is not cleared");
        }
        mara.cookie().get("/api/auth/me").await.refused(401);
        let renew = json!({ "refreshToken": mara.refresh_token });
        site.stranger().post("/api/auth/refresh", renew).await.refused(401);
        site.stranger().call("POST", "/api/auth/logout").send().await.is(200, &json!({ "success": true }));
    }

    async fn everybody_can_ask_who_they_are(site: Site) {
        let sam = site.staff().await;
        let me =
            with(user(), json!({ "id": sam.id(), "email": "sam@tidings.example", "name": "Sam", "role": "STAFF" }));
        sam.get("/api/auth/me").await.is(200, &with(me.clone(), json!({ "apiKey": "<absent>" })));
        sam.cookie().get("/api/auth/me").await.is(200, &me);
        let key = site.key(&sam, &["tags:read"], None).await;
        let key_of = json!({ "id": "<id>", "name": "<text>", "projectId": null, "permissions": ["tags:read"] });
        key.get("/api/auth/me").await.is(200, &with(me, json!({ "apiKey": key_of })));
        site.stranger().get("/api/auth/me").await.refused(401);
    }

    async fn no_key_and_no_other_site_signs_anybody_in_or_out(site: Site) {
        let mara = site.admin().await;
        let key = site.key(&mara, &[], None).await;
        let login = json!({ "email": mara.email(), "password": PASSWORD });
        for path in ["/api/auth/login", "/api/auth/logout", "/api/auth/refresh"] {
            key.post(path, login.clone()).await.refused(403);
            let foreign =
                mara.cookie().call("POST", path).json(&login).header("origin", "https://evil.example").send().await;
            assert_eq!(foreign.refused(403).header_values("set-cookie").len(), 0);
        }
        mara.get("/api/auth/me").await.expect(200);
    }

    async fn whether_somebody_has_an_account_is_not_told(site: Site) {
        site.admin().await;
        for email in ["mara@tidings.example", "nobody@tidings.example"] {
            site.stranger().post("/api/auth/preview", json!({ "email": email })).await.refused(404);
        }
    }
}
