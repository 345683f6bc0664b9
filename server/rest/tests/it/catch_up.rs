use chrono::Duration;
use model::entries::NewEntry;
use model::projects::Project;
use model::{Role, Scope};
use serde_json::{Value, json};
use testkit::{Person, fixtures, on_both_databases};

use crate::app::{App, column};

async fn release(app: &App, project: &Project, title: &str, version: &str, tags: &[&str], days_ago: i64) -> String {
    let version = Some(version.to_owned()).filter(|version| !version.is_empty());
    let new = NewEntry { version, tags: fixtures::tags(tags), ..fixtures::text(title) };
    let date = app.services.clock.now() - Duration::days(days_ago);
    fixtures::published_with(&app.services, project, new, date).await.id.to_string()
}

async fn since(person: &Person, project: &Project, since: &str) -> Value {
    person.get(&format!("/api/projects/{}/catch-up?since={since}", project.id)).await.expect(200).json()
}

on_both_databases! {
    async fn what_happened_has_every_member_that_clients_read(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        release(&app, &project, "Old", "2.3.1", &[], 20).await;
        let new = release(&app, &project, "Dark mode", "2.4.0", &["Feature"], 2).await;
        let tag = testkit::texts(app.db(), "SELECT id FROM tags").await.remove(0);
        let draft = fixtures::entry(&app.services, &project, "Unfinished").await;
        assert_eq!(since(&owner, &project, "7d").await, json!({
            "fromDate": "2026-02-25T09:30:00.000Z", "fromVersion": "2.3.1", "toVersion": "2.4.0", "totalEntries": 2,
            "summary": { "features": 1, "fixes": 0, "other": 1 },
            "entries": [
                { "id": new, "title": "Dark mode", "content": "All about **Dark mode**.", "version": "2.4.0",
                  "publishedAt": "2026-03-02T09:30:00.000Z", "tags": [{ "id": tag, "name": "Feature", "color": null }] },
                { "id": draft.id, "title": "Unfinished", "content": "All about **Unfinished**.", "version": null,
                  "publishedAt": null, "tags": [] },
            ],
        }));
        let empty = fixtures::project(&app.services, "Empty").await;
        assert_eq!(since(&owner, &empty, "1m").await, json!({
            "fromDate": "2026-02-02T09:30:00.000Z", "fromVersion": null, "toVersion": null, "totalEntries": 0,
            "summary": { "features": 0, "fixes": 0, "other": 0 }, "entries": [],
        }));
    }

    async fn a_beginning_can_be_named_in_many_ways(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        release(&app, &project, "First", "v1.0", &[], 40).await;
        release(&app, &project, "Second", "1.1", &[], 10).await;
        release(&app, &project, "Third", "2026-01-01", &[], 3).await;
        let draft = NewEntry { version: Some("2.0".into()), ..fixtures::text("Draft") };
        fixtures::entry_with(&app.services, &project, draft).await;
        for (text, from, titles) in [
            ("2w", "2026-02-18T09:30:00.000Z", vec!["Third", "Second", "Draft"]),
            ("50D", "2026-01-13T09:30:00.000Z", vec!["Third", "Second", "First", "Draft"]),
            ("0d", "2026-03-04T09:30:00.000Z", vec!["Draft"]),
            ("1.0", "2026-01-23T09:30:00.000Z", vec!["Third", "Second", "First", "Draft"]),
            ("V1.1", "2026-02-22T09:30:00.000Z", vec!["Third", "Second", "Draft"]),
            ("v2.0", "2026-03-04T09:30:00.000Z", vec!["Draft"]),
            // A version that looks like a date is a version.
            ("2026-01-01", "2026-03-01T09:30:00.000Z", vec!["Third", "Draft"]),
            ("2026-02-20", "2026-02-20T00:00:00.000Z", vec!["Third", "Second", "Draft"]),
            ("2026-02-25T10:00:00%2B0000", "2026-02-25T10:00:00.000Z", vec!["Third", "Draft"]),
            ("2030-01-01", "2030-01-01T00:00:00.000Z", vec![]),
            ("9999999999999d", "1970-01-01T00:00:00.000Z", vec!["Third", "Second", "First", "Draft"]),
        ] {
            let answer = since(&owner, &project, text).await;
            assert_eq!(answer["fromDate"], from, "{text}");
            assert_eq!(column(&answer["entries"], "title"), titles, "{text}");
            assert_eq!(answer["totalEntries"], titles.len(), "{text}");
            assert_eq!(answer["toVersion"], "2026-01-01");
        }
        for unknown in ["yesterday", "9.9.9", "-3d"] {
            let path = format!("/api/projects/{}/catch-up?since={unknown}", project.id);
            assert_eq!(owner.get(&path).await.expect(404).json()["code"], "UNKNOWN_VERSION", "{unknown}");
        }
        assert_eq!(since(&owner, &project, "v1.1").await["fromVersion"], "1.1");
        assert_eq!(since(&owner, &project, "60d").await["fromVersion"], json!(null));
    }

    async fn auto_is_the_sign_in_before_this_one(app: App) {
        app.owner("Ada").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let account = app.account("Mara", Role::Viewer).await;
        let first = app.sign_in(account.clone()).await;
        // Nobody knows when she was here before.
        assert_eq!(since(&first, &project, "auto").await["fromDate"], "2026-02-25T09:30:00.000Z");
        app.advance(Duration::days(3));
        fixtures::published(&app.services, &project, "While she was away").await;
        let second = app.sign_in(account).await;
        for query in ["?since=auto", "?since=", ""] {
            let answer = second.get(&format!("/api/projects/{}/catch-up{query}", project.id)).await.expect(200).json();
            assert_eq!(answer["fromDate"], "2026-03-04T09:30:00.000Z", "{query}");
            assert_eq!(column(&answer["entries"], "title"), ["While she was away"]);
        }
        // What somebody has marked as read is not new to them, and to them only.
        let may = services::access::grant(&app.services, &second.actor(), &project.id).await.unwrap();
        services::catch_up::mark_as_read(&app.services, &may, app.services.clock.now()).await.unwrap();
        let answer = since(&second, &project, "auto").await;
        assert_eq!((&answer["fromDate"], &answer["totalEntries"]), (&json!("2026-03-07T09:30:00.001Z"), &json!(0)));
        testkit::execute(app.db(), "DELETE FROM catch_up_marks").await;
        let key = app.key(&second, &[Scope::ChangelogRead], Some(&project.id)).await;
        assert_eq!(since(&key, &project, "auto").await["fromDate"], "2026-03-04T09:30:00.000Z");
    }

    async fn tags_say_by_whole_words_what_an_entry_is(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        for (at, tags) in [
            vec!["Feature"], vec!["New & shiny"], vec!["Bug fix", "Enhancement"], vec!["HOTFIX"], vec!["Bug"], vec!["Prefix"],
            vec!["Renewed", "Docs"], vec![],
        ].iter().enumerate() {
            release(&app, &project, &format!("Entry {at}"), "", tags, 1).await;
        }
        let answer = since(&owner, &project, "7d").await;
        assert_eq!(answer["summary"], json!({ "features": 3, "fixes": 2, "other": 3 }));
        assert_eq!(answer["totalEntries"], 8);
    }

    async fn a_project_that_is_not_there_has_nothing_to_catch_up_with(app: App) {
        let owner = app.owner("Mara").await;
        owner.get("/api/projects/unknown/catch-up").await.expect(404);
        let reader = app.key(&owner, &[Scope::ProjectRead], None).await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        reader.get(&format!("/api/projects/{}/catch-up", project.id)).await.expect(403);
    }
}
