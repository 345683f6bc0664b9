use chrono::Duration;
use http::Method;
use model::Scope;
use model::projects::Project;
use model::time::to_wire;
use serde_json::{Value, json};
use testkit::{Answer, Person, fixtures, on_both_databases, start};

use crate::app::{App, column};

const READING: [&str; 7] = [
    "changelog:read",
    "project:read",
    "analytics:read",
    "subscribers:read",
    "github:read",
    "tags:read",
    "webhooks:read",
];

fn of(project: &Project) -> String {
    format!("/api/projects/{}/api-keys", project.id)
}

fn all_scopes() -> Vec<&'static str> {
    Scope::ALL.iter().map(|scope| scope.as_str()).collect()
}

/// Makes a key with one scope, and gives the answer.
async fn make(person: &Person, path: &str, name: &str, more: Value) -> Value {
    let mut body = json!({ "name": name, "permissions": ["changelog:read"] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = person.post(path, body).await;
    assert!([200, 201].contains(&answer.status()), "{}", answer.text());
    answer.json()
}

fn at(path: &str, key: &Value) -> String {
    format!("{path}/{}", key["id"].as_str().unwrap())
}

/// What anybody else with this key gets.
async fn with_key(app: &App, secret: &Value, path: &str) -> Answer {
    let bearer = format!("Bearer {}", secret.as_str().unwrap());
    app.stranger().call(Method::GET, path).header("authorization", &bearer).send().await
}

/// The fields that a refusal names.
fn wrong(answer: &Answer) -> Vec<String> {
    column(&answer.json()["details"], "path")
}

on_both_databases! {
    async fn a_project_key_is_made_shown_once_and_listed_without_its_secret(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = of(&project);
        let body = json!({ "name": " CI ", "permissions": ["changelog:write", "changelog:read"], "surprise": 1 });
        let answer = staff.post(&path, body).await.expect(201);
        let made = answer.json();
        let secret = made["key"].as_str().unwrap();
        assert!(secret.starts_with("chr_") && secret.len() == 36);
        let shown = format!("{}...", &secret[..12]);
        let mut expected = json!({
            "id": made["id"], "name": "CI", "key": secret, "keyPrefix": shown, "lastUsed": null,
            "createdAt": to_wire(start()), "expiresAt": null, "userId": staff.id(), "projectId": project.id,
            "permissions": ["changelog:read", "changelog:write"], "isRevoked": false, "isGlobal": false,
        });
        assert_eq!(made, expected);
        assert_eq!(answer.header("location"), Some(at(&path, &made).as_str()));
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));

        expected["key"] = json!(shown);
        expected["user"] = json!({ "id": staff.id(), "email": "sam@tidings.example", "name": "Sam" });
        let one = staff.get(&at(&path, &made)).await.expect(200);
        assert_eq!(one.json(), expected);
        let list = staff.get(&path).await.expect(200);
        assert_eq!(list.json(), json!([expected]));
        let changed = staff.patch(&at(&path, &made), json!({ "name": "Build" })).await.expect(200);
        expected["name"] = json!("Build");
        assert_eq!(changed.json(), expected);
        for answer in [one, list, changed] {
            assert!(!answer.text().contains(secret));
            assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        }
        assert_eq!(with_key(&app, &made["key"], "/api/auth/me").await.expect(200).json()["apiKey"]["id"], made["id"]);
    }

    async fn a_key_for_all_projects_is_made_by_an_administrator(app: App) {
        let owner = app.owner("Mara").await;
        let answer = owner.post("/api/admin/api-keys", json!({ "name": "Mirror", "permissions": ["tags:read"] })).await;
        let made = answer.expect(200).json();
        let secret = made["key"].as_str().unwrap();
        let shown = format!("{}...", &secret[..12]);
        let mut expected = json!({
            "id": made["id"], "name": "Mirror", "key": secret, "keyPrefix": shown, "lastUsed": null,
            "createdAt": to_wire(start()), "expiresAt": null, "userId": owner.id(), "projectId": null,
            "permissions": ["tags:read"], "isRevoked": false, "isGlobal": false,
            "user": { "id": owner.id(), "email": "mara@tidings.example", "name": "Mara" },
        });
        assert_eq!(made, expected);
        expected["key"] = json!(shown);
        let path = at("/api/admin/api-keys", &made);
        assert_eq!(owner.get(&path).await.expect(200).json(), expected);
        assert_eq!(owner.get("/api/admin/api-keys").await.expect(200).json(), json!([expected]));
        let preflight = app.stranger().call(Method::OPTIONS, "/api/admin/api-keys").send().await;
        assert_eq!(preflight.header("access-control-allow-origin"), None, "no page of another site asks for keys");
    }

    async fn without_named_scopes_a_key_gets_all_and_the_answer_warns(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        for path in [of(&project), "/api/admin/api-keys".to_owned()] {
            for body in [json!({ "name": "SDK" }), json!({ "name": "SDK", "permissions": [] }), json!({ "name": "SDK", "permissions": null })] {
                let made = owner.post(&path, body).await.json();
                assert_eq!(made["permissions"], json!(all_scopes()));
                assert!(made["warning"].as_str().unwrap().contains("all of them"), "{made}");
                // Stored as such: an explicit list from now on, without a warning.
                let stored = owner.get(&at(&path, &made)).await.expect(200).json();
                assert_eq!(stored["permissions"], json!(all_scopes()));
                assert_eq!(stored.get("warning"), None);
            }
            let narrow = owner.post(&path, json!({ "name": "SDK", "permissions": READING })).await.json();
            assert_eq!((narrow.get("warning"), &narrow["permissions"]), (None, &json!(READING)));
        }
    }

    async fn what_is_wrong_with_a_key_is_named(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = of(&project);
        let made = make(&owner, &path, "CI", json!({})).await;
        for path in [path.as_str(), "/api/admin/api-keys"] {
            for (body, fields) in [
                (json!([]), vec!["name"]),
                (json!({ "name": "x".repeat(101) }), vec!["name"]),
                (json!({ "name": 5, "permissions": "all", "expiresAt": "soon" }), vec!["name", "permissions", "expiresAt"]),
                (json!({ "name": "CI", "permissions": ["changelog:read", 7, "changelog:eat"] }), vec!["permissions.1", "permissions.2"]),
                (json!({ "name": "CI", "permissions": ["changelog:read", "changelog:eat"] }), vec!["permissions.1"]),
                (json!({ "name": "CI", "expiresAt": "2026-03-04T09:30:00.000Z" }), vec!["expiresAt"]),
                (json!({ "name": "CI", "expiresAt": "2020-01-01" }), vec!["expiresAt"]),
            ] {
                let refused = owner.post(path, body.clone()).await.expect(400);
                assert_eq!(wrong(&refused), fields, "{body}");
            }
        }
        let refused = owner.post(&path, json!({ "name": "CI", "permissions": ["changelog:eat"] })).await.expect(400);
        let text = refused.json()["error"].as_str().unwrap().to_owned();
        assert!(text.contains("“changelog:eat”") && text.contains("webhooks:write"), "{text}");
        for path in [at(&path, &made), at("/api/admin/api-keys", &made)] {
            for (body, field) in [
                (json!({ "name": "" }), "name"),
                (json!({ "permissions": [] }), "permissions"),
                (json!({ "permissions": ["all"] }), "permissions.0"),
                (json!({ "expiresAt": "2026-03-04T09:30:00Z" }), "expiresAt"),
                (json!({ "isRevoked": "yes" }), "isRevoked"),
            ] {
                let refused = owner.patch(&path, body.clone()).await.expect(400);
                assert_eq!(wrong(&refused), [field], "{body}");
            }
            assert_eq!(owner.get(&path).await.expect(200).json()["name"], "CI", "nothing was changed");
        }
        assert_eq!(testkit::count(app.db(), "api_keys").await, 1);
    }

    async fn scopes_end_and_name_can_be_changed_and_hold_at_once(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = of(&project);
        let made = make(&owner, &path, "CI", json!({ "expiresAt": "2026-03-04T09:40:00+0000" })).await;
        assert_eq!(made["expiresAt"], "2026-03-04T09:40:00.000Z");
        let entries = format!("/api/projects/{}/changelog", project.id);
        with_key(&app, &made["key"], &entries).await.expect(200);
        let one = at(&path, &made);
        let narrowed = owner.patch(&one, json!({ "permissions": ["tags:read", "tags:read"] })).await.expect(200).json();
        assert_eq!(narrowed["permissions"], json!(["tags:read"]));
        assert_eq!(with_key(&app, &made["key"], &entries).await.expect(403).json()["code"], "missing_scope");
        app.advance(Duration::minutes(10));
        with_key(&app, &made["key"], "/api/auth/me").await.expect(401);
        // The whole record sent back as it was read changes nothing, although its end has passed.
        let mut whole = owner.get(&one).await.expect(200).json();
        assert_eq!(owner.patch(&one, whole.clone()).await.expect(200).json(), whole);
        whole["expiresAt"] = Value::Null;
        whole["name"] = json!("Build");
        let changed = owner.patch(&one, whole).await.expect(200).json();
        assert_eq!((&changed["expiresAt"], &changed["name"]), (&Value::Null, &json!("Build")));
        with_key(&app, &made["key"], "/api/auth/me").await.expect(200);
    }

    async fn a_revoked_key_is_refused_at_once_and_stays_revoked(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        for path in [of(&project), "/api/admin/api-keys".to_owned()] {
            let made = make(&owner, &path, "CI", json!({})).await;
            let one = at(&path, &made);
            owner.patch(&one, json!({ "isRevoked": false })).await.expect(200);
            with_key(&app, &made["key"], "/api/auth/me").await.expect(200);
            let revoked = owner.patch(&one, json!({ "isRevoked": true })).await.expect(200).json();
            assert_eq!(revoked["isRevoked"], true);
            let refused = with_key(&app, &made["key"], "/api/auth/me").await.expect(401);
            assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
            let refused = owner.patch(&one, json!({ "isRevoked": false, "name": "Back" })).await.expect(400);
            assert_eq!(wrong(&refused), ["isRevoked"]);
            owner.patch(&one, json!({ "isRevoked": true })).await.expect(200);
            let renamed = owner.patch(&one, json!({ "name": "Old CI" })).await.expect(200).json();
            assert_eq!((&renamed["name"], &renamed["isRevoked"]), (&json!("Old CI"), &json!(true)));
            owner.post(&format!("{one}/rotate"), json!({})).await.expect(400);
            with_key(&app, &made["key"], "/api/auth/me").await.expect(401);
        }
    }

    async fn a_project_key_is_deleted_at_once_and_an_instance_key_after_it_was_revoked(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let made = make(&owner, &of(&project), "CI", json!({})).await;
        let one = at(&of(&project), &made);
        let gone = owner.delete(&one).await.expect(200).json();
        assert_eq!(gone, json!({ "success": true }));
        with_key(&app, &made["key"], "/api/auth/me").await.expect(401);
        owner.get(&one).await.expect(404);
        owner.delete(&one).await.expect(404);

        let made = make(&owner, "/api/admin/api-keys", "Mirror", json!({})).await;
        let one = at("/api/admin/api-keys", &made);
        assert_eq!(owner.delete(&one).await.expect(400).json()["code"], "bad_request");
        with_key(&app, &made["key"], "/api/auth/me").await.expect(200);
        owner.patch(&one, json!({ "isRevoked": true })).await.expect(200);
        assert_eq!(owner.delete(&one).await.expect(200).json(), json!({ "success": true }));
        owner.get(&one).await.expect(404);
        owner.get("/api/admin/api-keys/has%20a%20blank").await.expect(404);
    }

    async fn a_new_secret_replaces_the_old_one(app: App) {
        let (owner, sam) = (app.owner("Mara").await, app.staff("Sam").await);
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = of(&project);
        let made = make(&sam, &path, "CI", json!({ "isGlobal": true })).await;
        let answer = sam.post(&format!("{}/rotate", at(&path, &made)), json!({})).await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        let mut replaced = answer.json();
        assert_ne!(replaced["key"], made["key"]);
        with_key(&app, &made["key"], "/api/auth/me").await.expect(401);
        with_key(&app, &replaced["key"], "/api/auth/me").await.expect(200);
        for member in ["key", "keyPrefix"] {
            replaced[member] = made[member].clone();
        }
        assert_eq!(replaced, made, "everything else stays");
        // An administrator who sees the key does not get to act as its owner.
        owner.post(&format!("{}/rotate", at(&path, &made)), json!({})).await.expect(400);
        owner.post(&format!("{}/rotate", at("/api/admin/api-keys", &made)), json!({})).await.expect(400);
        let mine = make(&owner, &path, "Mine", json!({})).await;
        let replaced = owner.post(&format!("{}/rotate", at("/api/admin/api-keys", &mine)), json!({})).await.expect(200);
        with_key(&app, &replaced.json()["key"], "/api/auth/me").await.expect(200);
    }

    async fn nobody_reaches_the_keys_of_others_but_those_shown_to_administrators(app: App) {
        let (owner, admin) = (app.owner("Mara").await, app.admin("Ada").await);
        let (sam, grace) = (app.staff("Sam").await, app.staff("Grace").await);
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let other = fixtures::project(&app.services, "Other").await;
        let path = of(&project);
        let hidden = make(&sam, &path, "Hidden", json!({})).await;
        app.advance(Duration::seconds(1));
        let shown = make(&sam, &path, "Shown", json!({ "isGlobal": true })).await;
        app.advance(Duration::seconds(1));
        make(&owner, &path, "Own", json!({})).await;
        make(&owner, &of(&other), "Elsewhere", json!({})).await;
        app.advance(Duration::seconds(1));
        make(&owner, "/api/admin/api-keys", "Everywhere", json!({})).await;

        let names = async |person: &Person, path: &str| column(&person.get(path).await.expect(200).json(), "name");
        assert_eq!(names(&sam, &path).await, ["Shown", "Hidden"]);
        assert_eq!(names(&owner, &path).await, ["Own", "Shown"]);
        assert_eq!(names(&admin, &path).await, ["Shown"]);
        assert_eq!(names(&grace, &path).await, [""; 0]);
        assert_eq!(names(&owner, &format!("{path}?userId={}", sam.id())).await, ["Shown"]);
        assert_eq!(names(&owner, &format!("{path}?userId={}", owner.id())).await, ["Own"]);
        assert_eq!(names(&grace, &format!("{path}?userId={}", sam.id())).await, [""; 0]);
        assert_eq!(wrong(&owner.get(&format!("{path}?userId=a%20b")).await.expect(400)), ["userId"]);
        assert_eq!(names(&admin, &format!("/api/admin/api-keys?userId={}", sam.id())).await, ["Shown", "Hidden"]);
        assert_eq!(names(&admin, "/api/admin/api-keys").await.len(), 5);

        let unknown = sam.get(&format!("{path}/unknown")).await.expect(404).json();
        for (person, place, key) in [
            (&grace, &path, &shown), (&owner, &path, &hidden), (&sam, &of(&other), &shown), (&owner, &of(&other), &shown),
        ] {
            let one = at(place, key);
            assert_eq!(person.get(&one).await.expect(404).json(), unknown);
            person.patch(&one, json!({ "name": "Mine" })).await.expect(404);
            person.post(&format!("{one}/rotate"), json!({})).await.expect(404);
            person.delete(&one).await.expect(404);
        }
        // What is shown may be changed, and everything may be revoked.
        admin.patch(&at(&path, &shown), json!({ "name": "Renamed" })).await.expect(200);
        let revoked = admin.patch(&at("/api/admin/api-keys", &hidden), json!({ "isRevoked": true })).await.expect(200);
        assert_eq!(revoked.json()["user"]["email"], "sam@tidings.example");
        with_key(&app, &hidden["key"], "/api/auth/me").await.expect(401);
        admin.delete(&at(&path, &shown)).await.expect(200);
    }

    async fn keys_are_managed_by_people_of_the_right_role(app: App) {
        let (owner, sam, vera) = (app.owner("Mara").await, app.staff("Sam").await, app.viewer("Vera").await);
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        for path in [of(&project), "/api/admin/api-keys".to_owned()] {
            let made = make(&owner, &path, "CI", json!({})).await;
            let mut refused = vec![(&vera, "forbidden")];
            let keys = [app.key(&owner, &[], None).await, app.key(&owner, &[], Some(&project.id)).await];
            refused.extend(keys.iter().map(|key| (key, "no_keys")));
            if path.contains("admin") {
                refused.push((&sam, "forbidden"));
            }
            for (person, code) in refused {
                let one = at(&path, &made);
                for answer in [
                    person.get(&path).await,
                    person.post(&path, json!({ "name": "Mine" })).await,
                    person.get(&one).await,
                    person.patch(&one, json!({ "name": "Mine" })).await,
                    person.post(&format!("{one}/rotate"), json!({})).await,
                    person.delete(&one).await,
                ] {
                    assert_eq!(answer.expect(403).json()["code"], code);
                }
            }
        }
        sam.get("/api/projects/unknown/api-keys").await.expect(404);
        assert_eq!(testkit::count(app.db(), "api_keys WHERE name = 'CI' AND revoked_at IS NULL").await, 2);
    }

    async fn a_key_acts_with_the_role_its_owner_has_now(app: App) {
        let sam = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let made = make(&sam, &of(&project), "CI", json!({ "permissions": all_scopes() })).await;
        let bearer = format!("Bearer {}", made["key"].as_str().unwrap());
        let write = || {
            let call = app.stranger().call(Method::POST, &format!("/api/projects/{}/changelog", project.id));
            call.header("authorization", &bearer).json(&json!({ "title": "New", "content": "x" })).send()
        };
        write().await.expect(201);
        testkit::execute(app.db(), "UPDATE users SET role = 'VIEWER' WHERE id <> 'system'").await;
        assert_eq!(write().await.expect(403).json()["code"], "forbidden");
        testkit::execute(app.db(), "UPDATE users SET disabled_at = '2026-03-04T09:00:00+00:00' WHERE id <> 'system'").await;
        write().await.expect(401);
    }

    async fn one_key_has_a_strong_tag(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let made = make(&owner, &of(&project), "CI", json!({})).await;
        let one = at(&of(&project), &made);
        let first = owner.get(&one).await.expect(200);
        let tag = first.header("etag").unwrap();
        assert!(tag.starts_with('"'));
        owner.call(Method::GET, &one).header("if-none-match", tag).send().await.expect(304);
        let changed = owner.patch(&one, json!({ "name": "Build" })).await.expect(200);
        let again = owner.call(Method::GET, &one).header("if-none-match", tag).send().await.expect(200);
        assert_eq!(again.header("etag"), changed.header("etag"));
    }

    async fn a_browser_manages_keys_from_our_pages_alone(app: App) {
        let browser = app.owner("Mara").await.by_cookie();
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = of(&project);
        make(&browser, &path, "CI", json!({})).await;
        let call = browser.call(Method::POST, &path).json(&json!({ "name": "Theirs" }));
        let refused = call.header("origin", "https://evil.example").send().await.expect(403);
        assert_eq!(refused.json()["code"], "cross_site");
        let call = browser.call(Method::POST, &path).header("content-type", "text/plain");
        call.body(json!({ "name": "Theirs" }).to_string()).send().await.expect(415);
        assert_eq!(testkit::count(app.db(), "api_keys").await, 1);
    }
}
