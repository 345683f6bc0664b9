//! Changes that depend on what their caller has read.

use http::Method;
use serde_json::{Value, json};
use testkit::{Answer, Person, fixtures, on_both_databases};

use crate::app::App;

async fn send(person: &Person, method: Method, path: &str, tag: &str, body: Option<Value>) -> Answer {
    let call = person.call(method, path).header("if-match", tag);
    match body {
        Some(body) => call.json(&body).send().await,
        None => call.send().await,
    }
}

/// The tag of what is at an address.
async fn tag(person: &Person, path: &str) -> String {
    let answer = person.call(Method::GET, path).header("accept", "application/json").send().await.expect(200);
    let tag = answer.header("etag").unwrap().to_owned();
    assert!(tag.starts_with('"'), "a strong tag: {tag}");
    tag
}

/// Two of the answers' statuses, the smaller first.
fn statuses(a: &Answer, b: &Answer) -> (u16, u16) {
    (a.status().min(b.status()), a.status().max(b.status()))
}

on_both_databases! {
    async fn of_two_writers_who_read_the_same_entry_only_one_saves(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        for path in [
            format!("/api/projects/{}/changelog/{}", project.id, entry.id),
            format!("/api/changelog/entries/{}", entry.id),
        ] {
            let read = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
            for round in 0..4 {
                let tag = tag(&staff, &read).await;
                let text = |writer: &str| Some(json!({ "title": "Dark mode", "content": format!("{writer}, {round} {path}") }));
                let (a, b) = tokio::join!(
                    send(&staff, Method::PUT, &path, &tag, text("A")),
                    send(&staff, Method::PUT, &path, &tag, text("B")),
                );
                assert_eq!(statuses(&a, &b), (200, 412));
                let (saved, stopped) = if a.status() == 200 { (a, b) } else { (b, a) };
                assert_eq!(stopped.json(), saved.json(), "the loser is told what there is now");
                assert_eq!(stopped.header("etag"), saved.header("etag"));
                assert_eq!(staff.get(&read).await.expect(200).json(), saved.json(), "nothing was overwritten");
            }
        }
    }

    async fn an_entry_is_changed_published_or_deleted_only_as_it_was_read(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        let path = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
        let alone = format!("/api/changelog/entries/{}", entry.id);
        let old = tag(&owner, &path).await;
        let current = owner.put(&path, json!({ "title": "Changed" })).await.expect(200);
        let whole = || Some(json!({ "title": "Lost", "content": "Lost" }));
        let publish = |action: &str| Some(json!({ "action": action }));
        for (method, path, body) in [
            (Method::PUT, &path, whole()), (Method::PUT, &alone, whole()), (Method::PATCH, &path, publish("publish")),
            (Method::PATCH, &path, publish("unpublish")), (Method::DELETE, &path, None), (Method::DELETE, &alone, None),
        ] {
            for stale in [old.as_str(), "\"nonsense\"", "nonsense", "\"\"", &format!("W/{}", current.header("etag").unwrap())] {
                let stopped = send(&owner, method.clone(), path, stale, body.clone()).await.expect(412);
                assert_eq!(stopped.json(), current.json(), "{method} {path} {stale}");
                assert_eq!(stopped.header("etag"), current.header("etag"));
                assert_eq!(stopped.header("cache-control"), Some("private, no-store"));
            }
        }
        assert_eq!(owner.get(&path).await.expect(200).json(), current.json());
        // What is not there stays 404, whatever it should be.
        send(&owner, Method::DELETE, "/api/changelog/entries/unknown", &old, None).await.expect(404);
        // What is wrong is wrong before anything else.
        send(&owner, Method::PUT, &path, &old, Some(json!({ "title": "" }))).await.expect(400);

        let good = current.header("etag").unwrap();
        let listed = format!("\"other\", {good}");
        let changed = send(&owner, Method::PUT, &path, &listed, Some(json!({ "title": "Again" }))).await.expect(200);
        let published = send(&owner, Method::PATCH, &path, changed.header("etag").unwrap(), publish("publish")).await;
        let back = send(&owner, Method::PATCH, &path, published.expect(200).header("etag").unwrap(), publish("unpublish")).await;
        send(&owner, Method::PUT, &alone, "*", whole()).await.expect(200);
        send(&owner, Method::DELETE, &alone, back.expect(200).header("etag").unwrap(), None).await.expect(412);
        send(&owner, Method::DELETE, &alone, &tag(&owner, &path).await, None).await.expect(200);
    }

    async fn asking_an_administrator_depends_on_what_was_read_as_well(app: App) {
        let (staff, owner) = (app.staff("Sam").await, app.admin("Mara").await);
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        let path = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
        let old = tag(&staff, &path).await;
        owner.put(&path, json!({ "title": "Changed" })).await.expect(200);
        send(&staff, Method::PATCH, &path, &old, Some(json!({ "action": "publish" }))).await.expect(412);
        send(&staff, Method::DELETE, &path, &old, None).await.expect(412);
        assert_eq!(testkit::count(app.db(), "change_requests").await, 0);
        let new = tag(&staff, &path).await;
        send(&staff, Method::PATCH, &path, &new, Some(json!({ "action": "publish" }))).await.expect(202);
        send(&staff, Method::DELETE, &path, &new, None).await.expect(202);
    }

    async fn of_two_who_read_the_same_settings_only_one_saves(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        for path in [format!("/api/projects/{}", project.id), format!("/api/projects/{}/settings", project.id)] {
            let tag = tag(&owner, &path).await;
            let body = |name: &str| Some(json!({ "description": format!("{name} {path}") }));
            let (a, b) = tokio::join!(
                send(&owner, Method::PATCH, &path, &tag, body("A")),
                send(&owner, Method::PATCH, &path, &tag, body("B")),
            );
            assert_eq!(statuses(&a, &b), (200, 412));
            let (saved, stopped) = if a.status() == 200 { (a, b) } else { (b, a) };
            assert_eq!((stopped.json(), stopped.header("etag")), (saved.json(), saved.header("etag")));
            // The tag of an answer is good for the next change.
            let next = send(&owner, Method::PATCH, &path, saved.header("etag").unwrap(), body("C")).await.expect(200);
            send(&owner, Method::PATCH, &path, saved.header("etag").unwrap(), body("D")).await.expect(412);
            send(&owner, Method::PATCH, &path, next.header("etag").unwrap(), Some(json!([]))).await.expect(200);
        }
    }

    async fn a_project_can_be_changed_as_it_was_read_though_its_entries_moved_on(app: App) {
        let owner = app.owner("Mara").await;
        let created = owner.post("/api/projects", json!({ "name": "Orbit Mail" })).await.expect(201);
        let path = created.header("location").unwrap().to_owned();
        let color = |hex: &str| Some(json!({ "color": hex }));
        let changed = send(&owner, Method::PATCH, &path, created.header("etag").unwrap(), color("#112233")).await;
        changed.expect(200);
        let read = tag(&owner, &path).await;
        owner.post(&format!("{path}/changelog"), json!({ "title": "New", "content": "x" })).await.expect(201);
        assert_ne!(tag(&owner, &path).await, read, "the answer is another one");
        let changed = send(&owner, Method::PATCH, &path, &read, color("#445566")).await.expect(200);
        let stopped = send(&owner, Method::PATCH, &path, &read, color("#778899")).await.expect(412);
        assert_eq!(stopped.json(), changed.json());
        // As much of a tag as stands before the point is no tag of the whole.
        let known = owner.call(Method::GET, &path).header("if-none-match", changed.header("etag").unwrap()).send().await;
        known.expect(200);
    }

    async fn a_widget_is_changed_or_deleted_only_as_it_was_read(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let body = json!({ "name": "Home", "variant": "classic" });
        let created = staff.post(&format!("/api/integrations/widget/{}", project.id), body).await.expect(201);
        let path = created.header("location").unwrap().to_owned();
        let old = tag(&staff, &path).await;
        assert_eq!(Some(old.as_str()), created.header("etag"));
        let name = |name: &str| Some(json!({ "name": name }));
        let (a, b) = tokio::join!(
            send(&staff, Method::PUT, &path, &old, name("A")),
            send(&staff, Method::PUT, &path, &old, name("B")),
        );
        assert_eq!(statuses(&a, &b), (200, 412));
        let (saved, stopped) = if a.status() == 200 { (a, b) } else { (b, a) };
        assert_eq!((stopped.json(), stopped.header("etag")), (saved.json(), saved.header("etag")));
        let stopped = send(&staff, Method::DELETE, &path, &old, None).await.expect(412);
        assert_eq!(stopped.json(), saved.json());
        send(&staff, Method::DELETE, &path, saved.header("etag").unwrap(), None).await.expect(200);
        send(&staff, Method::DELETE, &path, "*", None).await.expect(404);
    }

    async fn a_tag_or_a_key_is_changed_or_deleted_only_as_it_was_read(app: App) {
        let admin = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let (tags, keys) = (
            format!("/api/projects/{}/changelog/tags", project.id),
            format!("/api/projects/{}/api-keys", project.id),
        );
        for (path, body) in [(&tags, json!({ "name": "Feature" })), (&keys, json!({ "name": "CI" }))] {
            let created = admin.post(path, body).await.expect(201);
            let path = created.header("location").unwrap().to_owned();
            let old = tag(&admin, &path).await;
            let name = |name: &str| Some(json!({ "name": name }));
            let (a, b) = tokio::join!(
                send(&admin, Method::PATCH, &path, &old, name("A")),
                send(&admin, Method::PATCH, &path, &old, name("B")),
            );
            assert_eq!(statuses(&a, &b), (200, 412), "{path}");
            let (saved, stopped) = if a.status() == 200 { (a, b) } else { (b, a) };
            assert_eq!((stopped.json(), stopped.header("etag")), (saved.json(), saved.header("etag")));
            send(&admin, Method::DELETE, &path, &old, None).await.expect(412);
            let now = tag(&admin, &path).await;
            send(&admin, Method::DELETE, &path, &now, None).await.expect(200);
            admin.get(&path).await.expect(404);
        }
    }
}
