use http::Method;
use model::Scope;
use model::entries::NewEntry;
use model::projects::Project;
use serde_json::{Value, json};
use testkit::{Person, fixtures, on_both_databases};

use crate::app::{App, column};

async fn entry(app: &App, project: &Project, title: &str, version: &str, content: &str) -> String {
    let version = Some(version.to_owned()).filter(|version| !version.is_empty());
    let new = NewEntry { version, content: content.to_owned(), ..fixtures::text(title) };
    fixtures::entry_with(&app.services, project, new).await.id.to_string()
}

/// Titles of what a query finds.
async fn titles(person: &Person, query: &str) -> Vec<String> {
    column(&person.get(&format!("/api/search?q={query}")).await.expect(200).json()["results"], "title")
}

async fn post(person: &Person, body: Value) -> Value {
    person.post("/api/search", body).await.expect(200).json()
}

on_both_databases! {
    async fn a_result_has_every_member_that_clients_read(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let new = NewEntry {
            version: Some("2.4.0".into()), content: "## New\n\nA **dark** theme for `every` page.".into(),
            tags: fixtures::tags(&["Feature"]), ..fixtures::text("Dark mode")
        };
        let entry = fixtures::published_with(&app.services, &project, new, app.services.clock.now()).await;
        let expected = json!({
            "success": true,
            "results": [{
                "id": entry.id, "title": "Dark mode", "content": "New A dark theme for every page.", "version": "2.4.0",
                "publishedAt": "2026-03-04T09:30:00.000Z", "projectId": project.id, "projectName": "Orbit Mail",
                "tags": [{ "id": entry.tags[0].id, "name": "Feature", "color": null }], "type": "entry",
                "url": format!("/dashboard/projects/{}/changelog/{}", project.id, entry.id), "isPublished": true,
            }],
            "total": 1, "executionTime": 0, "query": "dark theme",
        });
        assert_eq!(owner.get("/api/search?q=dark+theme").await.expect(200).json(), expected);
        assert_eq!(post(&owner, json!({ "query": "dark theme" })).await, expected);

        fixtures::entry(&app.services, &project, "Unfinished").await;
        let draft = post(&owner, json!({ "query": "unfinished" })).await;
        assert_eq!(draft["results"][0]["isPublished"], false);
        assert_eq!((&draft["results"][0]["publishedAt"], &draft["results"][0]["version"]), (&json!(null), &json!(null)));
    }

    async fn every_word_must_occur_and_the_place_decides_the_order(app: App) {
        let owner = app.owner("Mara").await;
        let (orbit, comet) = (fixtures::project(&app.services, "Orbit").await, fixtures::project(&app.services, "Comet").await);
        entry(&app, &orbit, "In the text", "", "All about the Rocket engine").await;
        app.advance(chrono::Duration::minutes(1));
        entry(&app, &comet, "By version", "rocket-1", "Nothing else").await;
        app.advance(chrono::Duration::minutes(1));
        entry(&app, &orbit, "Old rocket", "", "engine").await;
        app.advance(chrono::Duration::minutes(1));
        entry(&app, &comet, "New ROCKET", "", "x").await;
        app.advance(chrono::Duration::minutes(1));
        entry(&app, &orbit, "ÄRGER mit Straße", "v2.4.0", "50% of a_b \\ done").await;
        for (query, expected) in [
            ("rocket", vec!["New ROCKET", "Old rocket", "By version", "In the text"]),
            ("rock", vec!["New ROCKET", "Old rocket", "By version", "In the text"]),
            ("engine+rocket", vec!["Old rocket", "In the text"]),
            ("rocket%20ENGINE", vec!["Old rocket", "In the text"]),
            ("rocket+engine+warp", vec![]),
            ("%C3%A4rger", vec!["ÄRGER mit Straße"]),
            ("2.4", vec!["ÄRGER mit Straße"]),
            ("v2.4.0", vec!["ÄRGER mit Straße"]),
            ("50%25", vec!["ÄRGER mit Straße"]),
            ("a_b", vec!["ÄRGER mit Straße"]),
            ("%25%25", vec![]),
            ("__", vec![]),
            ("a%5Cb", vec![]),
            ("%27%3B--", vec![]),
            ("%00%00", vec![]),
            ("r", vec![]),
            ("+++", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(titles(&owner, query).await, expected, "{query}");
        }
        // A version without its v is found with it.
        entry(&app, &orbit, "Third", "3.0.1", "x").await;
        assert_eq!(titles(&owner, "v3.0").await, ["Third"]);
    }

    async fn what_cannot_be_searched_for_is_said(app: App) {
        let owner = app.owner("Mara").await;
        let paths = |answer: Value| column(&answer["details"], "path");
        assert_eq!(paths(owner.get("/api/search").await.expect(400).json()), ["q"]);
        assert_eq!(paths(owner.get(&format!("/api/search?q={}", "x".repeat(201))).await.expect(400).json()), ["q"]);
        owner.get(&format!("/api/search?q={}", "x".repeat(200))).await.expect(200);
        for (body, expected) in [
            (json!({}), vec!["query"]),
            (json!([]), vec!["query"]),
            (json!({ "query": "" }), vec!["query"]),
            (json!({ "query": 7, "limit": "x", "offset": [] }), vec!["query", "query", "limit", "offset"]),
            (json!({ "query": "x".repeat(201) }), vec!["query"]),
            (json!({ "query": "dark", "filters": 7 }), vec!["filters"]),
            (
                json!({ "query": "dark", "filters": { "projectIds": ["a b", "x"], "tags": "Fix", "hasVersion": "yes",
                        "dateRange": { "start": "yesterday" } } }),
                vec!["filters.tags", "filters.projectIds.0", "filters.dateRange.start", "filters.hasVersion"],
            ),
            (json!({ "query": "dark", "filters": { "tags": vec!["t"; 101] } }), vec!["filters.tags"]),
        ] {
            assert_eq!(paths(owner.post("/api/search", body.clone()).await.expect(400).json()), expected, "{body}");
        }
        for body in [json!({ "query": "dark", "filters": null }), json!({ "query": "dark", "filters": [] })] {
            assert_eq!(post(&owner, body).await["total"], 0);
        }
    }

    async fn filters_hold_on_every_part_and_no_entry_is_skipped_or_repeated(app: App) {
        let owner = app.owner("Mara").await;
        let (orbit, comet) = (fixtures::project(&app.services, "Orbit").await, fixtures::project(&app.services, "Comet").await);
        let now = app.services.clock.now();
        let mut all = Vec::new();
        for number in 0..25_i64 {
            // Three share one moment.
            let minutes = if (10..13).contains(&number) { 11 } else { number };
            let date = now - chrono::Duration::minutes(minutes);
            let project = if number % 2 == 0 { &orbit } else { &comet };
            let new = NewEntry {
                version: (number % 3 == 0).then(|| format!("1.{number}.0")),
                tags: fixtures::tags(&[if number % 5 == 0 { "Fix" } else { "Feature" }]),
                ..fixtures::text(&format!("Rocket {number}"))
            };
            let entry = fixtures::published_with(&app.services, project, new, date).await;
            all.push((date, entry.id.to_string(), number));
        }
        all.sort_by(|a, b| b.cmp(a));
        let matching = |keep: &dyn Fn(i64) -> bool| -> Vec<String> {
            all.iter().filter(|(_, _, number)| keep(*number)).map(|(_, id, _)| id.clone()).collect()
        };
        let tag_id = testkit::texts(app.db(), "SELECT id FROM tags WHERE name = 'Fix'").await.remove(0);
        for (filters, expected) in [
            (json!({}), matching(&|_| true)),
            (json!({ "projectIds": [orbit.id] }), matching(&|number| number % 2 == 0)),
            (json!({ "projectIds": [orbit.id, comet.id, "unknown"] }), matching(&|_| true)),
            (json!({ "projectIds": ["unknown"] }), vec![]),
            (json!({ "projectIds": [] }), matching(&|_| true)),
            (json!({ "tags": ["fix"] }), matching(&|number| number % 5 == 0)),
            (json!({ "tags": [tag_id, "unknown"] }), matching(&|number| number % 5 == 0)),
            (json!({ "tags": ["unknown"] }), vec![]),
            (json!({ "hasVersion": true }), matching(&|number| number % 3 == 0)),
            (json!({ "hasVersion": false, "tags": ["Feature"] }), matching(&|number| number % 3 != 0 && number % 5 != 0)),
            (json!({ "dateRange": { "start": "2026-03-04T09:20:00.000Z" } }), matching(&|number| number < 10)),
            (json!({ "dateRange": { "end": "2026-03-04T09:20:00+0000" } }), matching(&|number| number >= 10)),
            (json!({ "dateRange": { "start": "2026-03-04T09:10:00Z", "end": "2026-03-04T09:19:00Z" } }),
             matching(&|number| (10..=20).contains(&number))),
        ] {
            let mut seen = Vec::new();
            for offset in (0..35).step_by(7) {
                let part = post(&owner, json!({ "query": "rocket", "limit": 7, "offset": offset, "filters": filters })).await;
                assert_eq!(part["total"], expected.len(), "{filters} at {offset}");
                seen.extend(column(&part["results"], "id"));
            }
            assert_eq!(seen, expected, "{filters}");
        }
        for (limit, length) in [(json!(null), 20), (json!(0), 1), (json!(1000), 25), (json!(-5), 1)] {
            let part = post(&owner, json!({ "query": "rocket", "limit": limit, "offset": -3 })).await;
            assert_eq!(part["results"].as_array().unwrap().len(), length);
        }
        assert_eq!(owner.get("/api/search?q=rocket&limit=50").await.json()["results"].as_array().unwrap().len(), 10);
        assert_eq!(owner.get("/api/search?q=rocket").await.json()["total"], 25);
    }

    async fn a_long_text_shows_the_part_that_was_found(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit").await;
        let filler = "Lorem ipsum dolor sit amet. ".repeat(40);
        entry(&app, &project, "Long", "", &format!("{filler}\n\n## The **Needle**\n\n{filler}")).await;
        let found = owner.get("/api/search?q=needle").await.json();
        let shown = found["results"][0]["content"].as_str().unwrap();
        assert!(shown.contains("The Needle") && shown.chars().count() <= 150, "{shown}");
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        let by_title = owner.get("/api/search?q=long").await.json();
        assert!(by_title["results"][0]["content"].as_str().unwrap().starts_with("Lorem ipsum"));
    }

    async fn who_searches_sees_what_they_may_read(app: App) {
        let owner = app.owner("Mara").await;
        let (mine, other) = (fixtures::project(&app.services, "Mine").await, fixtures::project(&app.services, "Other").await);
        fixtures::entry(&app.services, &mine, "Rocket here").await;
        fixtures::entry(&app.services, &other, "Rocket there").await;
        for person in [app.staff("Sam").await, app.viewer("Vera").await, owner.by_cookie(), app.key(&owner, &[], None).await] {
            assert_eq!(post(&person, json!({ "query": "rocket" })).await["total"], 2);
        }
        let bound = app.key(&owner, &[Scope::ChangelogRead], Some(&mine.id)).await;
        assert_eq!(titles(&bound, "rocket").await, ["Rocket here"]);
        let narrowed = json!({ "query": "rocket", "filters": { "projectIds": [mine.id] } });
        assert_eq!(post(&bound, narrowed).await["total"], 1);
        let foreign = json!({ "query": "rocket", "filters": { "projectIds": [mine.id, other.id] } });
        assert_eq!(bound.post("/api/search", foreign).await.expect(403).json()["code"], "other_project");
        app.stranger().get("/api/search?q=rocket").await.expect(401);
        app.stranger().post("/api/search", json!({ "query": "rocket" })).await.expect(401);
        // A browser's cookie alone is not enough for a page of another site.
        let call = owner.by_cookie().call(Method::POST, "/api/search").header("origin", "https://evil.example");
        call.json(&json!({ "query": "rocket" })).send().await.expect(403);
    }
}
