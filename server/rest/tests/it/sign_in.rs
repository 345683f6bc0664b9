use chrono::Duration;
use http::Method;
use model::time::to_wire;
use model::{Role, Scope};
use serde_json::json;
use services::{Services, Settings};
use store::Db;
use testkit::{FromDb, PASSWORD, fixtures, on_both_databases, settings, start};

use crate::app::App;

/// An instance that people reach by https.
struct Secure(App);

impl FromDb for Secure {
    async fn from_db(db: Db) -> Self {
        let settings = Settings { base_url: "https://tidings.example".to_owned(), ..settings() };
        Self(App::on(testkit::services_with(db, settings)))
    }
}

async fn age(services: &Services, minutes: i64) {
    services.clock.advance(Duration::minutes(minutes));
}

/// The value of a cookie in `Set-Cookie` headers.
fn cookie<'a>(cookies: &[&'a str], name: &str) -> &'a str {
    let found = cookies.iter().find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='));
    found.expect("the cookie").split(';').next().unwrap()
}

on_both_databases! {
    async fn a_password_gives_tokens_and_cookies(app: App) {
        let user = app.account("Mara", Role::Admin).await;
        let form = json!({ "email": " MARA@tidings.example ", "password": PASSWORD, "bypassBreachWarning": true });
        let first = app.stranger().post("/api/auth/login", form.clone()).await.expect(200);
        let body = first.json();
        assert_eq!(body["user"], json!({
            "id": user.id, "email": "mara@tidings.example", "name": "Mara", "role": "ADMIN", "lastLoginAt": null,
        }));
        assert_eq!(body.as_object().unwrap().len(), 3);
        let access = body["accessToken"].as_str().unwrap();
        let refresh = body["refreshToken"].as_str().unwrap();
        assert_eq!(access.split('.').count(), 3);
        assert_eq!(refresh.len(), 64);
        assert_eq!(first.header_values("set-cookie"), [
            format!("accessToken={access}; Path=/; HttpOnly; SameSite=Lax; Max-Age=900"),
            format!("refreshToken={refresh}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800"),
        ]);
        assert_eq!(first.header("cache-control"), Some("private, no-store"));
        let me = app.stranger().call(Method::GET, "/api/auth/me").header("authorization", &format!("bearer {access}"));
        assert_eq!(me.send().await.expect(200).json()["id"], json!(user.id));

        age(&app.services, 1).await;
        let second = app.stranger().post("/api/auth/login", form).await.expect(200).json();
        assert_eq!(second["user"]["lastLoginAt"], to_wire(start()));
    }

    async fn every_refused_password_looks_the_same(app: App) {
        app.account("Mara", Role::Admin).await;
        let mut answers = Vec::new();
        for (email, password) in [
            ("mara@tidings.example", "wrong"), ("nobody@tidings.example", PASSWORD),
            ("system@tidings.invalid", PASSWORD), ("mara@tidings.example\u{0}", "wrong"),
        ] {
            let answer = app.stranger().post("/api/auth/login", json!({ "email": email, "password": password })).await;
            assert_eq!(answer.header_values("set-cookie").len(), 0);
            answers.push(answer.expect(401).json());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0]["code"], "wrong_credentials");
        let empty = app.stranger().post("/api/auth/login", json!({ "email": 5 })).await.expect(400).json();
        assert_eq!(empty["details"][0]["path"], "email");
        let empty = app.stranger().post("/api/auth/login", json!({})).await.expect(400).json();
        assert_eq!(empty["details"].as_array().unwrap().len(), 2);
    }

    async fn guessing_is_slowed_down_and_a_forged_address_does_not_help(app: App) {
        app.account("Mara", Role::Admin).await;
        let stranger = app.stranger();
        let guess = |number: u32| {
            let form = json!({ "email": format!("person{number}@tidings.example"), "password": "wrong" });
            let call = stranger.call(Method::POST, "/api/auth/login").json(&form);
            call.header("x-forwarded-for", &format!("203.0.113.{number}")).send()
        };
        for number in 0..10 {
            guess(number).await.expect(401);
        }
        let slowed = guess(11).await.expect(429);
        assert_eq!(slowed.json()["code"], "slow_down");
        let seconds: u64 = slowed.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=900).contains(&seconds));
        app.services.clock.advance(Duration::seconds(i64::try_from(seconds).unwrap()));
        guess(12).await.expect(401);
    }

    async fn keys_and_other_sites_cannot_sign_in(app: App) {
        let owner = app.owner("Mara").await;
        let key = app.key(&owner, &[], None).await;
        let form = json!({ "email": "mara@tidings.example", "password": PASSWORD });
        for path in ["/api/auth/login", "/api/auth/logout", "/api/auth/refresh"] {
            assert_eq!(key.post(path, form.clone()).await.expect(403).json()["code"], "no_keys");
            let call = app.stranger().call(Method::POST, path).json(&form).header("origin", "https://evil.example");
            let answer = call.send().await.expect(403);
            assert_eq!(answer.json()["code"], "cross_site");
            assert_eq!(answer.header_values("set-cookie").len(), 0);
        }
        app.stranger().call(Method::POST, "/api/auth/login").json(&form).header("origin", "http://tidings.example")
            .send().await.expect(200);
    }

    async fn a_refresh_token_is_good_once(app: App) {
        let owner = app.owner("Mara").await;
        let token = owner.signed_in().refresh_token.clone();
        let by_body = |token: &str| {
            let call = owner.call(Method::POST, "/api/auth/refresh").without("authorization");
            call.json(&json!({ "refreshToken": token })).send()
        };
        let renewed = by_body(&token).await.expect(200);
        let body = renewed.json();
        assert_eq!(body["user"]["email"], "mara@tidings.example");
        assert_eq!(body["user"].as_object().unwrap().len(), 5, "nothing of the account but what is shown: {body}");
        let next = body["refreshToken"].as_str().unwrap();
        assert_ne!(next, token);
        assert_eq!(cookie(&renewed.header_values("set-cookie"), "refreshToken"), next);

        // In a browser the token comes and goes as a cookie only.
        let call = owner.call(Method::POST, "/api/auth/refresh").without("authorization");
        let by_cookie = call.header("cookie", &format!("refreshToken={next}")).send().await.expect(200);
        assert_eq!(by_cookie.json().as_object().unwrap().len(), 1, "only the user: {}", by_cookie.text());
        let last = cookie(&by_cookie.header_values("set-cookie"), "refreshToken").to_owned();

        // The first one again, later: one of the two users is a thief, so both are out.
        age(&app.services, 1).await;
        let reused = by_body(&token).await.expect(401);
        assert_eq!(reused.json()["code"], "signed_out");
        let cookies = reused.header_values("set-cookie");
        assert_eq!((cookie(&cookies, "accessToken"), cookie(&cookies, "refreshToken")), ("", ""));
        assert!(cookies.iter().all(|cookie| cookie.contains("Max-Age=0")));
        by_body(&last).await.expect(401);
        owner.get("/api/auth/me").await.expect(401);
        app.stranger().post("/api/auth/refresh", json!([])).await.expect(401);
    }

    async fn signing_out_ends_the_sign_in(app: App) {
        let owner = app.owner("Mara").await;
        let browser = owner.by_cookie();
        browser.get("/api/auth/me").await.expect(200);
        let answer = browser.call(Method::POST, "/api/auth/logout").send().await.expect(200);
        assert_eq!(answer.json(), json!({ "success": true }));
        assert_eq!(cookie(&answer.header_values("set-cookie"), "accessToken"), "");
        browser.get("/api/auth/me").await.expect(401);
        owner.get("/api/auth/me").await.expect(401);
        // Without a sign-in it succeeds as well.
        app.stranger().post("/api/auth/logout", json!({})).await.expect(200);
        let other = app.sign_in(owner.user().clone()).await;
        let token = other.signed_in().refresh_token.clone();
        app.stranger().post("/api/auth/logout", json!({ "refreshToken": token })).await.expect(200);
        other.get("/api/auth/me").await.expect(401);
    }

    async fn anybody_can_ask_who_they_are(app: App) {
        let staff = app.staff("Sam").await;
        let expected = json!({ "id": staff.id(), "email": "sam@tidings.example", "name": "Sam", "role": "STAFF" });
        assert_eq!(staff.get("/api/auth/me").await.expect(200).json(), expected);
        assert_eq!(staff.by_cookie().get("/api/auth/me").await.expect(200).json(), expected);
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let key = app.key(&staff, &[Scope::TagsRead, Scope::ChangelogRead], Some(&project.id)).await;
        let me = key.get("/api/auth/me").await.expect(200).json();
        assert_eq!(me, json!({
            "id": staff.id(), "email": "sam@tidings.example", "name": "Sam", "role": "STAFF",
            "apiKey": {
                "id": me["apiKey"]["id"], "name": "Build server", "projectId": project.id,
                "permissions": ["changelog:read", "tags:read"], "expiresAt": null,
            },
        }));
        let unknown = app.stranger().get("/api/auth/me").await.expect(401);
        assert_eq!(unknown.header("www-authenticate"), Some("Bearer"));
    }

    async fn a_bad_header_decides_even_beside_a_good_cookie(app: App) {
        let browser = app.owner("Mara").await.by_cookie();
        for (header, status) in [
            ("Bearer chr_nonsense", 401), ("Bearer nonsense", 401), ("BEARER a.b.c", 401), ("bearer\tx", 401),
            ("Bearer caf\u{e9}", 401), ("Bearer x y", 401), ("Bearer", 401), (" ", 200), ("Basic bWFyYTp4", 200), ("Bearers x", 200),
        ] {
            let call = browser.call(Method::GET, "/api/projects").header("authorization", header);
            assert_eq!(call.send().await.status(), status, "{header}");
        }
        let key = browser.call(Method::GET, "/api/projects?token=chr_x&access_token=y").without("cookie");
        key.send().await.expect(401);
    }

    async fn an_expired_cookie_is_renewed_on_the_way(app: App) {
        let browser = app.owner("Mara").await.by_cookie();
        age(&app.services, 16).await;
        let answer = browser.get("/api/projects").await.expect(200);
        let cookies = answer.header_values("set-cookie");
        assert_eq!(cookies.len(), 2);
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        let fresh = format!("accessToken={}", cookie(&cookies, "accessToken"));
        let call = browser.call(Method::GET, "/api/projects").header("cookie", &fresh);
        assert_eq!(call.send().await.expect(200).header_values("set-cookie").len(), 0);
    }

    async fn over_https_cookies_belong_to_this_host_alone(secure: Secure) {
        let Secure(app) = secure;
        app.account("Mara", Role::Admin).await;
        let form = json!({ "email": "mara@tidings.example", "password": PASSWORD });
        let answer = app.stranger().post("/api/auth/login", form).await.expect(200);
        for cookie in answer.header_values("set-cookie") {
            assert!(cookie.starts_with("__Host-") && cookie.ends_with("; Secure"), "{cookie}");
        }
    }
}
