//! Section 14: keys, which no key may manage.

use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::objects::api_key;
use crate::shape::{self, each, with};
use crate::site::{Site, id};
use crate::walls::{self, op};

/// A key as lists show it: without what opens anything.
fn listed() -> Value {
    with(api_key(), json!({ "user": { "id": "<id>", "email": "<text>", "name": "<null|text>" } }))
}

#[track_caller]
fn is_secret(key: &str) {
    let rest = key.strip_prefix("chr_").unwrap_or_else(|| panic!("{key} has another beginning"));
    assert!(
        rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
        "{key}"
    );
}

#[track_caller]
fn is_prefix(shown: &Value, secret: &str) {
    assert_eq!(shown, &json!(format!("{}...", &secret[..12])));
}

on_both_databases! {
    async fn who_may_manage_keys(site: Site) {
        const KEYS: &str = "/api/projects/{project}/api-keys";
        const KEY: &str = "/api/projects/{project}/api-keys/{key}";
        walls::check(
            &site,
            &[
                op("GET", KEYS).staff(),
                op("POST", KEYS).body(json!({ "name": "CI" })).staff().gives(&[201]),
                // The key is somebody else's: not there for them.
                op("GET", KEY).admin_or_staff(&[404]).others_get(&[403, 404]),
                op("PATCH", KEY).body(json!({ "name": "Renamed" })).admin_or_staff(&[404]).others_get(&[403, 404]),
                op("DELETE", KEY).admin_or_staff(&[404]).others_get(&[403, 404]),
                op("GET", "/api/admin/api-keys").admin(),
                op("POST", "/api/admin/api-keys").body(json!({ "name": "CI" })).admin(),
                op("GET", "/api/admin/api-keys/{key}").admin(),
                op("PATCH", "/api/admin/api-keys/{key}").body(json!({ "name": "Renamed" })).admin(),
            ],
        )
        .await;
    }

    async fn a_key_is_shown_once(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{project}/api-keys");
        let new = json!({ "name": "CI", "permissions": ["changelog:read", "changelog:write"] });
        let made = mara.post(&path, new).await.is(
            201,
            &with(
                api_key(),
                json!({
                    "name": "CI", "lastUsed": null, "createdAt": "2026-03-04T09:30:00.000Z", "expiresAt": null,
                    "userId": mara.id(),
                    "projectId": project, "permissions": ["changelog:read", "changelog:write"], "isRevoked": false,
                    "isGlobal": false,
                }),
            ),
        );
        let secret = made.text_of("key");
        is_secret(&secret);
        is_prefix(&made.json()["keyPrefix"], &secret);
        let key = site.bearer(&secret);
        key.get(&format!("/api/projects/{project}/changelog")).await.expect(200);
        key.get("/api/projects").await.refused(403);
        let in_list = with(
            listed(),
            json!({
                "id": made.json()["id"], "name": "CI", "key": made.json()["keyPrefix"],
                "keyPrefix": made.json()["keyPrefix"],
                "lastUsed": "<time>", "projectId": project,
                "user": { "id": mara.id(), "email": mara.email(), "name": "Mara" },
            }),
        );
        let list = mara.get(&path).await.is(200, &json!([in_list]));
        assert!(!list.text().contains(&secret), "the whole key is in the list");
        let one = mara.get(&format!("{path}/{}", made.text_of("id"))).await.is(200, &in_list);
        assert!(!one.text().contains(&secret));
    }

    async fn no_permissions_mean_all_of_them_by_name(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{project}/api-keys");
        for new in [
            json!({ "name": "All" }),
            json!({ "name": "All", "permissions": [] }),
            json!({ "name": "All", "permissions": null }),
        ] {
            let made = mara.post(&path, new).await.expect(201).json();
            assert_eq!(made["permissions"].as_array().unwrap().len(), 16, "{made}");
        }
    }

    async fn what_a_key_may_not_be_is_said_member_by_member(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        for (path, good) in
            [(format!("/api/projects/{project}/api-keys"), 201), ("/api/admin/api-keys".to_owned(), 200)]
        {
            let create = async |body: Value| mara.post(&path, body).await;
            create(json!({})).await.invalid(&["name"]);
            create(json!({ "name": "x".repeat(101) })).await.invalid(&["name"]);
            create(json!({ "name": "x".repeat(100) })).await.expect(good);
            create(json!({ "name": "x", "permissions": ["changelog:read", "everything"] })).await.refused(400);
            create(json!({ "name": "x", "permissions": "changelog:read" })).await.invalid(&["permissions"]);
            create(json!({ "name": "x", "expiresAt": "2026-03-04T09:29:59.000Z" })).await.invalid(&["expiresAt"]);
            create(json!({ "name": "x", "expiresAt": "soon" })).await.invalid(&["expiresAt"]);
            let expires = json!({ "name": "x", "expiresAt": "2026-04-01T00:00:00+0200" });
            create(expires).await.is(good, &json!({ "expiresAt": "2026-03-31T22:00:00.000Z" }));
        }
    }

    async fn a_key_ends_when_it_expires_or_is_revoked(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{project}/api-keys");
        let short = json!({ "name": "Short", "expiresAt": "2026-03-04T09:31:00.000Z" });
        let short = site.bearer(&mara.post(&path, short).await.expect(201).text_of("key"));
        short.get(&format!("/api/projects/{project}")).await.expect(200);
        site.advance(chrono::Duration::minutes(2));
        short.get(&format!("/api/projects/{project}")).await.refused(401);

        let made = mara.post(&path, json!({ "name": "CI" })).await.expect(201);
        let key = site.bearer(&made.text_of("key"));
        let one = format!("{path}/{}", made.text_of("id"));
        let narrow = json!({ "name": "Build", "permissions": ["project:read"] });
        mara.patch(&one, narrow)
            .await
            .is(200, &with(api_key(), json!({ "name": "Build", "permissions": ["project:read"] })));
        key.get(&format!("/api/projects/{project}/changelog")).await.refused(403);
        mara.patch(&one, json!({ "permissions": ["nonsense"] })).await.refused(400);
        // A whole record goes back as it is; only a revoked key stays revoked.
        mara.patch(&one, json!({ "isRevoked": false })).await.is(200, &json!({ "isRevoked": false }));
        mara.patch(&one, json!({ "isRevoked": true })).await.is(200, &json!({ "isRevoked": true }));
        mara.patch(&one, json!({ "isRevoked": false })).await.refused(400);
        key.get(&format!("/api/projects/{project}")).await.refused(401);
        mara.delete(&one).await.is(200, &json!({ "success": true }));
        mara.get(&one).await.refused(404);
        mara.get(&path).await.is(200, &json!([{ "name": "Short" }]));
    }

    async fn keys_of_others_are_seen_only_where_they_are_meant_to_be(site: Site) {
        let mara = site.admin().await;
        let sam = site.staff().await;
        let project = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{project}/api-keys");
        let private = id(&sam.post(&path, json!({ "name": "Private" })).await.expect(201).json());
        let global = id(&sam.post(&path, json!({ "name": "Global", "isGlobal": true })).await.expect(201).json());
        let own = id(&mara.post(&path, json!({ "name": "Own" })).await.expect(201).json());
        let names = async |caller: &crate::site::Person, query: &str| {
            let list = caller.get(&format!("{path}{query}")).await.is(200, &each(listed())).json();
            let mut names = crate::site::column(&list, "name");
            names.sort();
            names
        };
        assert_eq!(names(&sam, "").await, ["Global", "Private"]);
        assert_eq!(names(&mara, "").await, ["Global", "Own"]);
        assert_eq!(names(&mara, &format!("?userId={}", sam.id())).await, ["Global"]);
        mara.get(&format!("{path}/{global}"))
            .await
            .is(200, &with(listed(), json!({ "userId": sam.id(), "isGlobal": true })));
        sam.get(&format!("{path}/{own}")).await.refused(404);
        mara.get(&format!("{path}/{private}")).await.refused(404);
        // Of another project, they are not there for anybody.
        let other = mara.project("Other").await;
        mara.get(&format!("/api/projects/{other}/api-keys/{global}")).await.refused(404);
        mara.get(&format!("/api/projects/{other}/api-keys")).await.is(200, &json!([]));
    }

    async fn a_key_acts_as_its_owner_and_no_wider(site: Site) {
        let sam = site.staff().await;
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let made = sam.post(&format!("/api/projects/{project}/api-keys"), json!({ "name": "CI" })).await.expect(201);
        let key = site.bearer(&made.text_of("key"));
        key.patch(&format!("/api/projects/{project}"), json!({ "name": "Renamed" })).await.expect(200);
        key.patch(&format!("/api/projects/{project}"), json!({ "isPublic": false })).await.refused(403);
        let me =
            json!({ "id": sam.id(), "role": "STAFF", "apiKey": { "id": made.json()["id"], "projectId": project } });
        key.get("/api/auth/me").await.is(200, &me);
    }

    async fn administrators_manage_the_keys_of_the_instance(site: Site) {
        let mara = site.admin().await;
        let path = "/api/admin/api-keys";
        let made = mara
            .post(
                path,
                json!({
                    "name": "Everywhere", "permissions": ["project:read"],
                }),
            )
            .await
            .is(
                200,
                &with(
                    api_key(),
                    json!({
                        "name": "Everywhere", "projectId": null, "permissions": ["project:read"], "isRevoked": false,
                        "userId": mara.id(),
                    }),
                ),
            );
        let secret = made.text_of("key");
        is_secret(&secret);
        let key = site.bearer(&secret);
        key.get("/api/projects").await.expect(200);
        let one = format!("{path}/{}", made.text_of("id"));
        let list = mara.get(path).await.is(200, &each(api_key()));
        assert!(!list.text().contains(&secret));
        mara.get(&one).await.is(200, &with(api_key(), json!({ "id": made.json()["id"], "lastUsed": "<time>" })));
        let until = json!({ "expiresAt": "2026-04-01T00:00:00.000Z", "name": "Renamed" });
        mara.patch(&one, until.clone()).await.is(200, &with(api_key(), until));
        mara.patch(&one, json!({ "expiresAt": null })).await.is(200, &json!({ "expiresAt": null }));
        // Only what opens nothing any more is deleted.
        mara.delete(&one).await.refused(400);
        mara.patch(&one, json!({ "isRevoked": true })).await.is(200, &json!({ "isRevoked": true }));
        key.get("/api/projects").await.refused(401);
        mara.patch(&one, json!({ "isRevoked": false })).await.refused(400);
        mara.delete(&one).await.is(200, &json!({ "success": true }));
        mara.get(&one).await.refused(404);
        shape::check("the list", &json!([]), &mara.get(path).await.expect(200).json());
        site.staff().await.get(path).await.refused(403);
    }
}
