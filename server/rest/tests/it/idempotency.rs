use chrono::Duration;
use http::Method;
use model::projects::Project;
use model::{Role, Scope};
use serde_json::{Value, json};
use services::idempotency::{self, Answer as Kept, Begun, MOST_BYTES, Named};
use testkit::{Answer, Person, count, execute, fixtures, on_both_databases, texts};

use crate::app::App;

fn entries(project: &Project) -> String {
    format!("/api/projects/{}/changelog", project.id)
}

fn body() -> Value {
    json!({ "title": "Dark mode", "content": "A theme for every page." })
}

async fn send(person: &Person, method: Method, path: &str, key: &str, body: &Value) -> Answer {
    person.call(method, path).header("idempotency-key", key).json(body).send().await
}

async fn create(person: &Person, project: &Project, key: &str) -> Answer {
    send(person, Method::POST, &entries(project), key, &body()).await
}

#[track_caller]
fn check_conflict(answer: &Answer, code: &str) {
    assert_eq!(answer.status(), 409, "{}", answer.text());
    let problem = answer.json();
    assert_eq!((&problem["code"], &problem["status"]), (&json!(code), &json!(409)));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

on_both_databases! {
    async fn a_request_that_is_sent_again_is_answered_again_and_done_once(app: App) {
        let owner = app.owner("Mara").await;
        let owner = app.key(&owner, &[], None).await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let first = create(&owner, &project, "release-2.4.0").await.expect(201);
        assert_eq!(first.header("idempotent-replayed"), None);
        app.advance(Duration::hours(23));
        let again = create(&owner, &project, "release-2.4.0").await.expect(201);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.bytes(), first.bytes());
        for name in ["location", "etag", "content-type", "cache-control", "access-control-allow-origin"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
            assert!(again.header(name).is_some(), "{name}");
        }
        assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
        assert!(again.header("ratelimit").is_some());
        let slash = format!("{}/", entries(&project));
        let same = send(&owner, Method::POST, &slash, "release-2.4.0", &body()).await.expect(201);
        assert_eq!(same.json()["id"], first.json()["id"]);
        assert_eq!(count(app.db(), "entries").await, 1);
        app.advance(Duration::hours(1));
        let new = create(&owner, &project, "release-2.4.0").await.expect(201);
        assert_eq!((new.header("idempotent-replayed"), count(app.db(), "entries").await), (None, 2));
    }

    async fn a_key_names_one_body_of_one_caller_at_one_address(app: App) {
        let owner = app.owner("Mara").await;
        let (one, two) = (app.key(&owner, &[], None).await, app.key(&owner, &[], None).await);
        let sam = app.staff("Sam").await;
        let (project, other) = (fixtures::project(&app.services, "A").await, fixtures::project(&app.services, "B").await);
        let first = create(&one, &project, "k").await.expect(201).json()["id"].clone();
        let reused = send(&one, Method::POST, &entries(&project), "k", &json!({ "title": "Other", "content": "x" })).await;
        check_conflict(&reused, "idempotency_key_reused");
        let spaced = one.call(Method::POST, &entries(&project)).header("idempotency-key", "k").body(format!("{} ", body()));
        check_conflict(&spaced.send().await, "idempotency_key_reused");
        let asked = send(&one, Method::POST, &format!("{}?draft=1", entries(&project)), "k", &body()).await;
        check_conflict(&asked, "idempotency_key_reused");
        for (person, project) in [(&two, &project), (&owner, &project), (&sam, &project), (&one, &other)] {
            let answer = create(person, project, "k").await.expect(201);
            assert_eq!(answer.header("idempotent-replayed"), None);
            assert_ne!(answer.json()["id"], first);
        }
        assert_eq!(create(&one, &project, "k").await.expect(201).json()["id"], first);
        // A person is the same one in every browser.
        let cookie = create(&owner.by_cookie(), &project, "k").await.expect(201);
        assert_eq!(cookie.header("idempotent-replayed"), Some("true"));
        assert_eq!(count(app.db(), "entries").await, 5);
    }

    async fn ten_at_the_same_moment_make_one_entry(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let tasks: Vec<_> = (0..10).map(|_| {
            let (owner, project) = (owner.clone(), project.clone());
            tokio::spawn(async move { create(&owner, &project, "k").await })
        }).collect();
        let mut made = Vec::new();
        for task in tasks {
            let answer = task.await.unwrap();
            if answer.status() == 201 {
                made.push(answer.json()["id"].clone());
            } else {
                check_conflict(&answer, "idempotency_key_in_use");
                assert_eq!(answer.header("retry-after"), Some("1"));
            }
        }
        assert_eq!(count(app.db(), "entries").await, 1);
        let after = create(&owner, &project, "k").await.expect(201).json()["id"].clone();
        assert!(!made.is_empty() && made.iter().all(|id| *id == after), "{made:?}");
    }

    async fn a_first_request_that_was_lost_does_not_hold_the_key_for_ever(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = entries(&project);
        let lost = Named { method: "POST", path: &path, query: "", body: b"{}", name: "k" };
        assert!(matches!(idempotency::begin(&app.services, &owner.actor(), lost).await, Ok(Begun::First(_))));
        let text = body().to_string();
        let named = Named { body: text.as_bytes(), ..lost };
        assert!(matches!(idempotency::begin(&app.services, &owner.actor(), named).await, Ok(Begun::Different)));
        app.advance(idempotency::CLAIM - Duration::seconds(1));
        let waiting = send(&owner, Method::POST, &path, "k", &json!({})).await;
        check_conflict(&waiting, "idempotency_key_in_use");
        app.advance(Duration::seconds(1));
        create(&owner, &project, "k").await.expect(201);
    }

    async fn what_may_succeed_later_is_not_kept(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let key = app.key(&owner, &[Scope::ChangelogRead], None).await;
        create(&key, &project, "k").await.expect(403);
        execute(app.db(), "UPDATE api_keys SET scopes = '[\"changelog:write\"]'").await;
        create(&key, &project, "k").await.expect(201);

        let viewer = app.viewer("Vera").await;
        create(&viewer, &project, "k").await.expect(403);
        execute(app.db(), "UPDATE users SET role = 'STAFF' WHERE email LIKE 'vera@%'").await;
        execute(app.db(), "ALTER TABLE audit_logs RENAME TO elsewhere").await;
        assert!(create(&viewer, &project, "k").await.status() >= 500);
        execute(app.db(), "ALTER TABLE elsewhere RENAME TO audit_logs").await;
        let made = create(&viewer, &project, "k").await.expect(201);
        assert_eq!(made.header("idempotent-replayed"), None);

        let entry = format!("{}/{}", entries(&project), made.json()["id"].as_str().unwrap());
        let publish = |tag: &str| {
            let call = owner.call(Method::PATCH, &entry).header("idempotency-key", "p").header("if-match", tag);
            call.json(&json!({ "action": "publish" })).send()
        };
        publish("\"old\"").await.expect(412);
        publish(made.header("etag").unwrap()).await.expect(200);
    }

    async fn what_is_wrong_with_the_content_stays_wrong(app: App) {
        let owner = app.owner("Mara").await;
        for (replayed, accept, kind) in [
            (None, "*/*", "application/json"),
            (Some("true"), "*/*", "application/json"),
            (Some("true"), "application/problem+json", "application/problem+json"),
        ] {
            let call = owner.call(Method::POST, "/api/projects").header("idempotency-key", "k").header("accept", accept);
            let answer = call.json(&json!({ "name": "" })).send().await.expect(400);
            assert_eq!(answer.header("idempotent-replayed"), replayed);
            assert_eq!(answer.header("content-type"), Some(kind));
            assert_eq!(answer.json()["details"][0]["path"], "name");
        }
    }

    async fn a_publication_is_repeated_and_methods_that_repeat_by_themselves_take_no_key(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        let path = format!("{}/{}", entries(&project), entry.id);
        let publish = json!({ "action": "publish" });
        let first = send(&owner, Method::PATCH, &path, "k", &publish).await.expect(200);
        send(&owner, Method::PATCH, &path, "other", &json!({ "action": "unpublish" })).await.expect(200);
        let again = send(&owner, Method::PATCH, &path, "k", &publish).await.expect(200);
        assert_eq!((again.bytes(), again.header("idempotent-replayed")), (first.bytes(), Some("true")));
        let now = owner.call(Method::GET, &path).header("idempotency-key", "k").send().await.expect(200);
        assert_eq!(now.json()["publishedAt"], Value::Null, "it was not published again");
        assert_eq!(count(app.db(), "idempotency_keys").await, 2);
    }

    async fn a_key_that_is_none_is_refused(app: App) {
        let owner = app.owner("Mara").await;
        let long = "k".repeat(256);
        for (key, expected) in [
            ("", "empty"), (long.as_str(), "255"), ("two words", "visible"), ("tab\there", "visible"), ("caf\u{e9}", "visible"),
        ] {
            let answer = send(&owner, Method::POST, "/api/projects", key, &json!({ "name": "A" })).await.expect(400);
            let problem = answer.json();
            assert_eq!(problem["details"][0]["path"], "Idempotency-Key", "{key:?}");
            assert!(problem["error"].as_str().unwrap().contains(expected), "{problem}");
        }
        send(&owner, Method::POST, "/api/projects", &long[1..], &json!({ "name": "A" })).await.expect(201);
        send(&owner, Method::POST, "/api/projects", "\"quoted\"", &json!({ "name": "B" })).await.expect(201);
        // Who is not known learns nothing about keys.
        send(&app.stranger(), Method::POST, "/api/projects", "", &json!({ "name": "A" })).await.expect(401);
        assert_eq!(count(app.db(), "projects").await, 2);
    }

    async fn the_database_keeps_neither_keys_nor_answers_in_plain_text(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        create(&owner, &project, "a-key-of-somebody").await.expect(201);
        let bytes = match app.db().engine() {
            store::Engine::Sqlite => "hex(answer)",
            store::Engine::Postgres => "upper(encode(answer, 'hex'))",
        };
        let columns = format!("SELECT id || ' ' || fingerprint || ' ' || claim || ' ' || {bytes} FROM idempotency_keys");
        let stored = texts(app.db(), &columns).await.remove(0);
        let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02X}")).collect::<String>();
        for plain in ["Dark mode", "application/json", "a-key-of-somebody"] {
            assert!(!stored.contains(plain) && !stored.contains(&hex(plain)), "{plain}");
        }
    }

    async fn an_answer_that_is_too_large_is_not_kept_and_the_work_is_still_done_once(app: App) {
        let actor = app.person("Mara", Role::Admin).await.actor();
        let named = Named { method: "POST", path: "/api/x", query: "", body: b"", name: "k" };
        let Ok(Begun::First(claim)) = idempotency::begin(&app.services, &actor, named).await else { panic!("not first") };
        let answer = Kept { status: 201, headers: Vec::new(), body: vec![b'x'; MOST_BYTES + 1] };
        idempotency::finish(&app.services, &claim, &answer).await.unwrap();
        let again = idempotency::begin(&app.services, &actor, named).await;
        assert!(matches!(again, Ok(Begun::Forgotten { status: 201 })), "{again:?}");
    }

    async fn what_has_expired_is_forgotten_and_requests_without_a_key_leave_nothing(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        owner.post(&entries(&project), body()).await.expect(201);
        assert_eq!(count(app.db(), "idempotency_keys").await, 0);
        create(&owner, &project, "one").await.expect(201);
        app.advance(Duration::hours(24));
        create(&app.key(&owner, &[], None).await, &project, "two").await.expect(201);
        assert_eq!(count(app.db(), "idempotency_keys").await, 1);
    }
}
