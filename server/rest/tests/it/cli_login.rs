use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{Answer, Person, on_both_databases};

use crate::app::App;

const CALLBACK: &str = "http://127.0.0.1:4711/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

async fn generate(person: &Person, body: Value) -> Answer {
    person.post("/api/auth/cli/generate", body).await
}

/// A code of `person`, as their browser gets it.
async fn code(person: &Person) -> Value {
    generate(&person.by_cookie(), json!({ "callbackUrl": CALLBACK })).await.expect(200).json()
}

async fn exchange(app: &App, body: Value) -> Answer {
    app.stranger().post("/api/auth/cli/token", body).await
}

async fn validate(app: &App, credential: &str) -> Answer {
    let call = app.stranger().call(Method::GET, "/api/auth/validate");
    call.header("authorization", &format!("Bearer {credential}")).send().await
}

on_both_databases! {
    async fn a_program_signs_in_by_a_code_and_renews_its_tokens(app: App) {
        let mara = app.staff("Mara").await;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let body = json!({ "callbackUrl": CALLBACK, "codeChallenge": challenge, "client": "tidings on marvin" });
        let code = generate(&mara.by_cookie(), body).await.expect(200);
        assert_eq!(code.header("cache-control"), Some("private, no-store"));
        let code = code.json();
        assert_eq!(code["code"].as_str().unwrap().len(), 32);
        assert_eq!((&code["expires"], &code["expiresAt"]), (&json!(1_772_617_200_000_i64), &json!("2026-03-04T09:40:00.000Z")));

        let asked = |verifier: Option<&str>| json!({ "code": code["code"], "expires": code["expires"], "code_verifier": verifier });
        exchange(&app, asked(None)).await.expect(400);
        let tokens = exchange(&app, asked(Some(VERIFIER))).await.expect(200).json();
        assert_eq!((&tokens["expires_in"], &tokens["token_type"]), (&json!(3600), &json!("Bearer")));
        let user = json!({ "id": mara.id(), "email": "mara@tidings.example", "name": "Mara", "role": "STAFF" });
        assert_eq!(tokens["user"], user);
        let access = tokens["access_token"].as_str().unwrap();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(access.split('.').nth(1).unwrap()).unwrap()).unwrap();
        assert_eq!((&claims["type"], &claims["userId"]), (&json!("cli"), &json!(mara.id())));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);

        // The token is taken wherever one is.
        let me = app.stranger().call(Method::GET, "/api/auth/me").header("authorization", &format!("Bearer {access}"));
        assert_eq!(me.send().await.expect(200).json(), user);
        app.advance(Duration::seconds(60));
        let valid = validate(&app, access).await.expect(200).json();
        assert_eq!(valid, json!({ "valid": true, "user": user, "expires_in": 3540 }));

        for name in ["refreshToken", "refresh_token"] {
            let token = &tokens["refresh_token"];
            if name == "refreshToken" {
                let renewed = app.stranger().post("/api/auth/cli/refresh", json!({ name: token })).await.expect(200).json();
                assert_eq!((&renewed["user"], renewed["refresh_token"].as_str().unwrap().len()), (&user, 64));
                assert_ne!(renewed["refresh_token"], tokens["refresh_token"]);
                app.advance(Duration::seconds(31));
            } else {
                // Used before: somebody else has it, so nobody stays signed in.
                app.stranger().post("/api/auth/cli/refresh", json!({ name: token })).await.expect(401);
                validate(&app, access).await.expect(401);
            }
        }
    }

    async fn only_the_cookie_of_a_browser_lets_a_program_in(app: App) {
        let mara = app.staff("Mara").await;
        let body = json!({ "callbackUrl": CALLBACK });
        generate(&app.stranger(), body.clone()).await.expect(401);
        assert_eq!(generate(&mara, body.clone()).await.expect(403).json()["code"], "needs_browser");
        assert_eq!(generate(&app.key(&mara, &[], None).await, body.clone()).await.expect(403).json()["code"], "no_keys");
        let tokens = exchange(&app, json!({ "code": code(&mara).await["code"] })).await.expect(200).json();
        let program = app.stranger().call(Method::POST, "/api/auth/cli/generate").json(&body);
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        assert_eq!(program.header("authorization", &bearer).send().await.expect(403).json()["code"], "needs_browser");
        let foreign = mara.by_cookie().call(Method::POST, "/api/auth/cli/generate").json(&body);
        foreign.header("origin", "https://evil.example").send().await.expect(403);
    }

    async fn codes_are_made_for_this_computer_only(app: App) {
        let mara = app.staff("Mara").await.by_cookie();
        for wrong in [json!("http://evil.example/"), json!("wwc://signed-in"), json!("https://localhost/"), json!(null)] {
            let refused = generate(&mara, json!({ "callbackUrl": wrong })).await.expect(400).json();
            assert_eq!(refused["details"][0]["path"], "callbackUrl", "{refused}");
        }
        let refused = generate(&mara, json!({ "callbackUrl": CALLBACK, "codeChallenge": "short" })).await.expect(400);
        assert_eq!(refused.json()["details"][0]["path"], "codeChallenge");
        assert_eq!(testkit::count(app.db(), "cli_codes").await, 0);
    }

    async fn the_end_of_a_code_is_compared_where_it_can_be_read(app: App) {
        let mara = app.staff("Mara").await;
        for (wrong, change) in [("number", json!(1)), ("text", json!("1772617201500")), ("date", json!("2026-03-04T09:40:02Z"))] {
            let code = code(&mara).await;
            exchange(&app, json!({ "code": code["code"], "expires": change })).await.expect(400);
            exchange(&app, json!({ "code": code["code"], "expires": code["expires"] })).await.expect(200);
            // Twice.
            exchange(&app, json!({ "code": code["code"], "expires": code["expires"] })).await.expect(400);
            assert!(!wrong.is_empty());
        }
        for fine in [json!("1772617200000"), json!("2026-03-04T09:40:00.000Z"), json!("soon"), json!({ "at": 1 }), json!(null)] {
            let code = code(&mara).await;
            exchange(&app, json!({ "code": code["code"], "expires": fine })).await.expect(200);
        }
    }

    async fn what_is_missing_is_named(app: App) {
        let refused = exchange(&app, json!({})).await.expect(400).json();
        assert_eq!(refused["details"][0]["path"], "code");
        let refused = app.stranger().post("/api/auth/cli/refresh", json!({})).await.expect(400).json();
        assert_eq!(refused["details"][0]["path"], "refreshToken");
        app.stranger().post("/api/auth/cli/refresh", json!({ "refreshToken": "x" })).await.expect(401);
    }

    async fn tokens_of_browsers_and_programs_are_not_traded(app: App) {
        let mara = app.staff("Mara").await;
        let tokens = exchange(&app, json!({ "code": code(&mara).await["code"] })).await.expect(200).json();
        let web = &mara.signed_in().refresh_token;
        app.stranger().post("/api/auth/cli/refresh", json!({ "refreshToken": web })).await.expect(401);
        let cli = tokens["refresh_token"].clone();
        app.stranger().post("/api/auth/refresh", json!({ "refreshToken": cli })).await.expect(401);
        let cookies = format!("accessToken={}", tokens["access_token"].as_str().unwrap());
        app.stranger().call(Method::GET, "/api/auth/me").header("cookie", &cookies).send().await.expect(401);
        // Signing out by it works, as for any refresh token.
        app.stranger().post("/api/auth/logout", json!({ "refreshToken": cli })).await.expect(200);
        validate(&app, tokens["access_token"].as_str().unwrap()).await.expect(401);
    }

    async fn a_credential_is_valid_as_long_as_it_lasts(app: App) {
        let mara = app.staff("Mara").await;
        let token = mara.signed_in().access_token.clone();
        assert_eq!(validate(&app, &token).await.expect(200).json()["expires_in"], 900);
        let key = app.key(&mara, &[], None).await;
        assert_eq!(validate(&app, key.secret()).await.expect(200).json()["expires_in"], 31_536_000);
        testkit::execute(app.db(), "UPDATE api_keys SET expires_at = '2026-03-04T10:30:00+00:00'").await;
        assert_eq!(validate(&app, key.secret()).await.expect(200).json()["expires_in"], 3600);
        for bad in ["x.y.z", "chr_0000000000000000000000000000wrong", ""] {
            let refused = validate(&app, bad).await.expect(401);
            assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
            let body = refused.json();
            assert_eq!((&body["valid"], body["error"].is_string()), (&json!(false), true), "{body}");
        }
        // A cookie is no answer to what the header holds.
        let by_cookie = mara.by_cookie().get("/api/auth/validate").await.expect(401);
        assert_eq!(by_cookie.json()["valid"], false);
    }

    async fn exchanges_and_renewals_are_limited_by_address(app: App) {
        let stranger = app.stranger();
        for _ in 0..10 {
            stranger.post("/api/auth/cli/token", json!({ "code": "x" })).await.expect(400);
            // What a client says about itself changes nothing: there is no proxy to be believed.
            let renewal = stranger.call(Method::POST, "/api/auth/cli/refresh").json(&json!({ "refreshToken": "x" }));
            renewal.header("x-forwarded-for", "203.0.113.9").send().await.expect(401);
        }
        for forged in ["203.0.113.10", "::1"] {
            let call = stranger.call(Method::POST, "/api/auth/cli/token").json(&json!({ "code": "x" }));
            let refused = call.header("x-forwarded-for", forged).send().await.expect(429);
            assert_eq!(refused.header("ratelimit-policy"), Some("\"cli\";q=20;w=900"));
            assert!(refused.header("retry-after").is_some());
        }
        app.stranger().post("/api/auth/cli/token", json!({ "code": "x" })).await.expect(400);
    }
}
