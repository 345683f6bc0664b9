//! Section 2: which credential decides, and what keys and roles may.

use chrono::Duration;
use serde_json::json;
use testkit::on_both_databases;

use crate::site::Site;

on_both_databases! {
    async fn a_header_alone_decides(site: Site) {
        let mara = site.admin().await;
        let good = format!("Bearer {}", mara.access_token);
        let ask = |authorization: &str| {
            let call = site.stranger().call("GET", "/api/projects").header("cookie", &mara.cookie_header);
            call.header("authorization", authorization).send()
        };
        ask(&good).await.expect(200);
        for bad in ["Bearer x.y.z", "Bearer chr_nonsense", "Bearer nonsense", "bearer x.y.z"] {
            ask(bad).await.refused(401);
        }
        // Other schemes say nothing about the caller, so the cookie decides.
        for other in ["Basic dXNlcjpwYXNz", "Digest x", "nonsense"] {
            ask(other).await.expect(200);
        }
    }

    async fn the_name_of_the_scheme_has_no_case(site: Site) {
        let mara = site.admin().await;
        let secret = site.secret(&mara, &["project:read"], None).await;
        for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
            for token in [&mara.access_token, &secret] {
                let call =
                    site.stranger().call("GET", "/api/projects").header("authorization", &format!("{scheme} {token}"));
                call.send().await.expect(200);
            }
        }
    }

    async fn a_query_is_no_credential(site: Site) {
        let mara = site.admin().await;
        let secret = site.secret(&mara, &[], None).await;
        for query in [
            format!("token={}", mara.access_token),
            format!("access_token={}", mara.access_token),
            format!("api_key={secret}"),
            format!("key={secret}"),
        ] {
            site.stranger().get(&format!("/api/projects?{query}")).await.refused(401);
        }
    }

    async fn a_token_ends_after_a_quarter_of_an_hour(site: Site) {
        let mara = site.admin().await;
        site.advance(Duration::minutes(14));
        mara.get("/api/projects").await.expect(200);
        site.advance(Duration::minutes(2));
        let expired = mara.get("/api/projects").await.refused(401);
        assert!(expired.header("www-authenticate").is_some());
    }

    async fn what_looks_like_a_key_is_never_tried_as_a_token(site: Site) {
        let mara = site.admin().await;
        let disguised = format!("chr_{}", mara.access_token);
        site.bearer(&disguised).get("/api/projects").await.refused(401);
    }

    async fn a_changed_token_is_no_token(site: Site) {
        let mara = site.admin().await;
        let (rest, signature) = mara.access_token.rsplit_once('.').unwrap();
        let (_, claims) = rest.split_once('.').unwrap();
        let unsigned = format!("eyJhbGciOiJub25lIn0.{claims}.");
        let other = if signature.starts_with('A') { "B" } else { "A" };
        let changed = format!("{rest}.{other}{}", &signature[1..]);
        for token in [unsigned, changed, format!("{rest}."), rest.to_owned()] {
            site.bearer(&token).get("/api/projects").await.refused(401);
        }
    }

    async fn a_key_of_one_project_stays_in_it(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        let other = mara.project("Other").await;
        let key = site.key(&mara, &[], Some(&orbit)).await;
        key.get(&format!("/api/projects/{orbit}")).await.expect(200);
        let refused = key.get(&format!("/api/projects/{other}")).await.refused(403);
        // Whether a project exists is not told.
        assert_eq!(key.get("/api/projects/cunknown").await.refused(403).json(), refused.json());
        key.get("/api/projects").await.is(200, &json!([{ "id": orbit }]));
        key.get("/api/projects?limit=5")
            .await
            .is(200, &json!({ "items": [{ "id": orbit }], "pagination": { "total": 1 } }));
        key.post("/api/projects", json!({ "name": "More" })).await.refused(403);
    }

    async fn a_scope_to_write_is_one_to_read(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let read = format!("/api/projects/{project}/changelog");
        for scope in ["changelog:read", "changelog:write", "changelog:publish", "changelog:delete"] {
            site.key(&mara, &[scope], None).await.get(&read).await.expect(200);
        }
        for scope in ["project:read", "project:write"] {
            site.key(&mara, &[scope], None).await.get(&format!("/api/projects/{project}/settings")).await.expect(200);
        }
        let key = site.key(&mara, &["changelog:publish", "changelog:delete"], None).await;
        let refused = key.post(&read, json!({ "title": "One", "content": "x" })).await.refused(403);
        assert!(refused.text_of("error").contains("changelog:write"), "{}", refused.text());
    }

    async fn a_key_is_no_administrator_unless_its_owner_is(site: Site) {
        let mara = site.admin().await;
        let sam = site.staff().await;
        let vera = site.viewer().await;
        let project = mara.project("Orbit Mail").await;
        let of_staff = site.key(&sam, &[], None).await;
        of_staff.patch(&format!("/api/projects/{project}"), json!({ "isPublic": false })).await.refused(403);
        let of_viewer = site.key(&vera, &[], None).await;
        of_viewer.get(&format!("/api/projects/{project}/changelog")).await.expect(200);
        of_viewer
            .post(&format!("/api/projects/{project}/changelog"), json!({ "title": "x", "content": "x" }))
            .await
            .refused(403);
        of_viewer.post("/api/projects", json!({ "name": "x" })).await.refused(403);
    }

    async fn a_page_of_another_site_changes_nothing(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = crate::site::id(&mara.draft(&project, json!({ "title": "One", "content": "x" })).await);
        let one = format!("/api/projects/{project}/changelog/{entry}");
        let title = json!({ "title": "Planted", "content": "x", "action": "publish", "name": "Planted" });
        for (method, path) in [
            ("POST", "/api/projects"),
            ("POST", &*format!("/api/projects/{project}/changelog")),
            ("PUT", &one),
            ("PATCH", &one),
            ("PATCH", &*format!("/api/projects/{project}")),
            ("DELETE", &one),
            ("DELETE", &*format!("/api/projects/{project}")),
        ] {
            let call = || mara.cookie().call(method, path).json(&title);
            for origin in [
                "https://evil.example",
                "null",
                &site.origin().replace("127.0.0.1", "127.0.0.1.evil.example"),
                &format!("{}0", site.origin()),
            ] {
                call().header("origin", origin).send().await.refused(403);
            }
            call().without("origin").send().await.refused(403);
            call().without("origin").header("sec-fetch-site", "same-site").send().await.refused(403);
        }
        mara.get(&one).await.is(200, &json!({ "title": "One", "publishedAt": null }));
        // From its own page, a form of the instance, or a script with a header of its own: allowed.
        let post = |call: crate::client::Call| call.json(&json!({ "name": "Mine" })).send();
        post(mara.cookie().call("POST", "/api/projects")).await.expect(201);
        post(mara.cookie().call("POST", "/api/projects").without("origin").header("sec-fetch-site", "same-origin"))
            .await
            .expect(201);
        post(mara.cookie().call("POST", "/api/projects").without("origin").header("sec-fetch-site", "none"))
            .await
            .expect(201);
        post(mara.call("POST", "/api/projects").header("origin", "https://shop.example")).await.expect(201);
        mara.cookie().call("GET", &one).header("origin", "https://evil.example").send().await.expect(200);
    }
}
