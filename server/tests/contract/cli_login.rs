//! Section 15.1 to 15.5: signing in from a program.

use chrono::Duration;
use serde_json::json;
use testkit::on_both_databases;

use crate::site::Site;

const CALLBACK: &str = "http://localhost:4711/callback?own=1";

on_both_databases! {
    async fn a_program_signs_in_step_by_step(site: Site) {
        let mara = site.admin().await;
        // 2. Without sign-in the page leads to the sign-in page, with everything.
        let page = "/cli/auth?callback=http%3A%2F%2Flocalhost%3A4711%2Fcallback%3Fown%3D1";
        let sent = site.stranger().get(page).await.expect(303);
        let encoded = page.replace('%', "%25").replace('/', "%2F").replace('?', "%3F").replace('=', "%3D");
        assert_eq!(sent.header("location").unwrap().replace("redirectTo", "redirect"), format!("/login?redirect={encoded}"));
        // 3. The page must not be framed.
        let shown = mara.cookie().get(page).await.expect(200);
        assert!(shown.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
        // 4.
        let generate = json!({ "callbackUrl": CALLBACK });
        let code = mara.cookie().post("/api/auth/cli/generate", generate.clone()).await.is(
            200,
            &json!({ "code": "<text>", "expires": 1_772_617_200_000_i64, "expiresAt": "2026-03-04T09:40:00.000Z" }),
        );
        assert_eq!(code.text_of("code").len(), 32);
        site.stranger().post("/api/auth/cli/generate", generate).await.refused(401);
        // 5.
        let exchange = json!({ "code": code.text_of("code"), "expires": "1772617200000" });
        let user = json!({ "id": mara.id(), "email": "mara@tidings.example", "name": "Mara", "role": "ADMIN" });
        let tokens = site.stranger().post("/api/auth/cli/token", exchange.clone()).await.is(
            200,
            &json!({
                "access_token": "<text>", "refresh_token": "<text>", "expires_in": 3600, "token_type": "Bearer", "user": user,
            }),
        );
        let program = site.bearer(&tokens.text_of("access_token"));
        site.advance(Duration::minutes(10));
        program.get("/api/auth/validate").await.is(200, &json!({ "valid": true, "user": user, "expires_in": 3000 }));
        program.get("/api/projects").await.expect(200);
        // 6.
        let renew = json!({ "refreshToken": tokens.text_of("refresh_token") });
        let renewed = site.stranger().post("/api/auth/cli/refresh", renew).await.is(
            200,
            &json!({ "access_token": "<text>", "refresh_token": "<text>", "expires_in": 3600, "token_type": "Bearer", "user": user }),
        );
        // A second exchange of the code is refused, and ends what the first one gave.
        site.stranger().post("/api/auth/cli/token", exchange).await.refused(400);
        program.get("/api/auth/validate").await.is(401, &json!({ "valid": false, "error": "<text>" }));
        site.bearer(&renewed.text_of("access_token")).get("/api/projects").await.refused(401);
    }

    async fn what_programs_send_wrongly_is_answered_by_the_status_they_know(site: Site) {
        let mara = site.admin().await;
        for callback in ["http://example.com/", "https://localhost/", "ftp://localhost/", "", "wwc://x"] {
            mara.cookie().post("/api/auth/cli/generate", json!({ "callbackUrl": callback })).await.refused(400);
        }
        site.stranger().post("/api/auth/cli/token", json!({ "code": "x", "expires": 1 })).await.refused(400);
        site.stranger().post("/api/auth/cli/token", json!({})).await.refused(400);
        site.stranger().post("/api/auth/cli/refresh", json!({})).await.refused(400);
        site.stranger().post("/api/auth/cli/refresh", json!({ "refresh_token": "x" })).await.refused(401);
        for bad in ["x.y.z", "chr_nonsense"] {
            site.bearer(bad).get("/api/auth/validate").await.is(401, &json!({ "valid": false, "error": "<text>" }));
        }
        let key = site.key(&mara, &["tags:read"], None).await;
        key.get("/api/auth/validate").await.is(200, &json!({ "valid": true, "expires_in": 31_536_000 }));
        key.post("/api/auth/cli/generate", json!({ "callbackUrl": CALLBACK })).await.refused(403);
    }
}
