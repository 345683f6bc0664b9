use model::entries::NewEntry;
use serde_json::json;
use testkit::{fixtures, on_both_databases};

use crate::app::{App, column};

on_both_databases! {
    async fn a_new_entry_is_a_draft_with_every_member_that_clients_read(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let list = format!("/api/projects/{}/changelog", project.id);
        let answer = staff.post(&list, json!({
            "title": " Dark mode ", "content": "## New\r\n\r\nA dark theme for **every** page.", "version": "2.4.0",
            "tags": ["Feature"], "publishedAt": "2026-03-01T00:00:00+0000", "id": "mine", "status": "published",
        })).await.expect(201);
        let entry = answer.json();
        let id = entry["id"].as_str().unwrap();
        assert_eq!(entry, json!({
            "id": id, "projectId": project.id, "changelogId": project.changelog_id, "title": "Dark mode",
            "content": "## New\n\nA dark theme for **every** page.", "excerpt": "New A dark theme for every page.",
            "version": "2.4.0", "slug": "dark-mode", "status": "draft", "publishedAt": null, "scheduledAt": null,
            "createdAt": "2026-03-04T09:30:00.000Z", "updatedAt": "2026-03-04T09:30:00.000Z", "externalId": null,
            "tags": [{
                "id": entry["tags"][0]["id"], "name": "Feature", "color": null,
                "createdAt": "2026-03-04T09:30:00.000Z", "updatedAt": "2026-03-04T09:30:00.000Z",
            }],
        }));
        let location = answer.header("location").unwrap();
        assert_eq!(location, format!("{list}/{id}"));
        let read = app.viewer("Vera").await.get(location).await.expect(200);
        assert_eq!(read.json(), entry);
        assert_eq!(read.header("cache-control"), Some("private, no-store"));
        assert_eq!(read.header("etag"), answer.header("etag"));
    }

    async fn tags_come_in_every_form_and_mixture(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let list = format!("/api/projects/{}/changelog", project.id);
        let first = staff.post(&list, json!({ "title": "A", "content": "a", "tags": ["Feature"] })).await.expect(201).json();
        let tag = first["tags"][0].clone();
        let entry = staff.post(&list, json!({ "title": "B", "content": "b", "tags": [
            tag["id"], "FEATURE", { "id": tag["id"], "name": "Renamed elsewhere" }, { "id": tag["id"] }, { "name": "Fix" },
            { "id": "unknown", "name": "Docs" }, { "id": null, "name": " fix " }, { "id": "not an id", "name": "Design" },
        ] })).await.expect(201).json();
        assert_eq!(column(&entry["tags"], "name"), ["Feature", "Fix", "Docs", "Design"]);
        assert_eq!(entry["tags"][0]["id"], tag["id"]);
        let none = staff.post(&list, json!({ "title": "C", "content": "c", "tags": [] })).await.expect(201).json();
        assert_eq!(none["tags"], json!([]));

        for (tags, path) in [
            (json!(["ok", 5]), "tags.1"), (json!([{}]), "tags.0"), (json!(["a", "b", { "name": " " }]), "tags.2"),
            (json!("Feature"), "tags"), (json!(["t".repeat(51)]), "tags"), (json!([{ "id": "unknown" }]), "tags"),
            (json!((0..51).map(|n| n.to_string()).collect::<Vec<_>>()), "tags"),
        ] {
            let answer = staff.post(&list, json!({ "title": "D", "content": "d", "tags": tags })).await.expect(400);
            assert_eq!(answer.json()["details"][0]["path"], path, "{tags}");
        }
    }

    async fn a_version_is_used_once_and_none_never_collides(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let list = format!("/api/projects/{}/changelog", project.id);
        let entry = |title: &str, version: serde_json::Value| json!({ "title": title, "content": "x", "version": version });
        staff.post(&list, entry("One", json!("v2.4.0"))).await.expect(201);
        let answer = staff.post(&list, entry("Two", json!("2.4.0"))).await.expect(409).json();
        assert_eq!(answer["code"], "version_taken");
        assert_eq!(answer["error"], "Version 2.4.0 is already used by the entry “One”.");
        assert_eq!(answer["details"][0]["path"], "version");
        for version in [json!(null), json!(null), json!("")] {
            let entry = staff.post(&list, entry("None", version)).await.expect(201).json();
            assert_eq!(entry["version"], json!(null));
        }
        assert_eq!(staff.post(&list, entry("Number", json!(3))).await.expect(201).json()["version"], "3");
        staff.post(&list, entry("Object", json!({}))).await.expect(400);
        let other = fixtures::project(&app.services, "Other").await;
        staff.post(&format!("/api/projects/{}/changelog", other.id), entry("Two", json!("2.4.0"))).await.expect(201);
    }

    async fn a_wrong_entry_names_every_wrong_member_and_creates_nothing(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let list = format!("/api/projects/{}/changelog", project.id);
        let paths = |answer: testkit::Answer| {
            let mut paths = column(&answer.json()["details"], "path");
            paths.sort();
            paths
        };
        for nothing in [json!({}), json!([]), json!({ "title": null, "content": " \n" })] {
            assert_eq!(paths(staff.post(&list, nothing).await.expect(400)), ["content", "title"]);
        }
        let long = json!({ "title": "t".repeat(201), "content": "c".repeat(200_001), "version": "v".repeat(65) });
        assert_eq!(paths(staff.post(&list, long).await.expect(400)), ["content", "title", "version"]);
        let control = json!({ "title": "one\ntwo", "content": "x", "version": "1\u{0}" });
        assert_eq!(paths(staff.post(&list, control).await.expect(400)), ["title", "version"]);
        assert_eq!(staff.get(&list).await.expect(200).json()["pagination"]["total"], 0);

        // The limits count characters, and NUL, which one database cannot keep, falls away.
        let fits = json!({ "title": "ü".repeat(200), "content": format!("{}\u{0}", "😀".repeat(199_999)) });
        let entry = staff.post(&list, fits).await.expect(201).json();
        assert_eq!(entry["content"].as_str().unwrap().chars().count(), 199_999);
    }

    async fn a_list_is_filtered_and_paged(app: App) {
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        for number in 0..6 {
            let tags = if number < 3 { fixtures::tags(&["Feature"]) } else { fixtures::tags(&["Fix"]) };
            let new = NewEntry { tags, ..fixtures::text(&format!("Release {number}")) };
            if number % 2 == 0 {
                fixtures::published_with(&app.services, &project, new, app.services.clock.now()).await;
            } else {
                fixtures::entry_with(&app.services, &project, new).await;
            }
            app.advance(chrono::Duration::days(1));
        }
        let other = fixtures::project(&app.services, "Other").await;
        let foreign = NewEntry { tags: fixtures::tags(&["Foreign"]), ..fixtures::text("Foreign") };
        fixtures::entry_with(&app.services, &other, foreign).await;

        let viewer = app.viewer("Vera").await;
        let list = format!("/api/projects/{}/changelog", project.id);
        let whole = viewer.call(http::Method::GET, &list).header("content-type", "application/json").send().await;
        let whole = whole.expect(200).json();
        assert_eq!(whole["pagination"], json!({
            "page": 1, "limit": 50, "total": 6, "totalCount": 6, "totalPages": 1, "hasMore": false,
        }));
        assert_eq!(column(&whole["tags"], "name"), ["Feature", "Fix"]);
        assert_eq!(whole["entries"][0]["content"], "All about **Release 5**.");
        let feature = whole["tags"][0]["id"].as_str().unwrap();

        for (query, numbers) in [
            ("status=draft", vec![5, 3, 1]),
            ("status=published", vec![4, 2, 0]),
            ("status=scheduled", vec![]),
            ("search=release+4", vec![4]),
            ("tag=fix", vec![5, 4, 3]),
            (&format!("tag={feature}"), vec![2, 1, 0]),
            ("tag=fix&tag=FEATURE&page=2&limit=4", vec![1, 0]),
            ("tag=fix&status=draft&limit=1&page=2", vec![3]),
            ("tag=foreign", vec![]),
            ("startDate=2026-03-06T09:30:00%2B0000", vec![5, 4, 3, 2]),
            ("endDate=2026-03-06", vec![1, 0]),
            ("startDate=2026-03-05&endDate=2026-03-06T23:59:59.999Z", vec![2, 1]),
            ("limit=0", vec![5]),
            ("limit=nonsense&page=-3", vec![5, 4, 3, 2, 1, 0]),
            ("sort=newest&limit=2", vec![5, 4]),
            ("sort=date&limit=2", vec![5, 4]),
            ("sort=oldest&limit=2", vec![0, 1]),
            ("sort=title&limit=2&page=2", vec![2, 3]),
            ("sort=version&tag=fix", vec![5, 4, 3]),
            ("sort=updated&status=draft", vec![5, 3, 1]),
        ] {
            let answer = viewer.get(&format!("{list}?{query}")).await.expect(200).json();
            let titles: Vec<_> = numbers.iter().map(|number| format!("Release {number}")).collect();
            assert_eq!(column(&answer["entries"], "title"), titles, "{query}");
        }
        for (query, path) in [("status=open", "status"), ("sort=size", "sort"), ("startDate=yesterday", "startDate"), ("endDate=262143-01-01", "endDate")] {
            let answer = viewer.get(&format!("{list}?{query}")).await.expect(400).json();
            assert_eq!(answer["details"][0]["path"], path);
        }
        let clamped = viewer.get(&format!("{list}?limit=5000")).await.expect(200).json();
        assert_eq!(clamped["pagination"]["limit"], 1000);
    }

    async fn an_entry_of_another_project_is_not_there(app: App) {
        let owner = app.owner("Mara").await;
        let mine = fixtures::project(&app.services, "Mine").await;
        let other = fixtures::project(&app.services, "Other").await;
        let entry = fixtures::entry(&app.services, &other, "Elsewhere").await;
        let list = format!("/api/projects/{}/changelog", mine.id);
        for id in [entry.id.as_str(), "unknown", "%00", "a.b", "%F0%9F"] {
            owner.get(&format!("{list}/{id}")).await.expect(404);
            owner.patch(&format!("{list}/{id}"), json!({ "action": "publish" })).await.expect(404);
        }
        owner.get(&format!("/api/projects/unknown/changelog/{}", entry.id)).await.expect(404);
        let known = owner.get(&format!("/api/projects/{}/changelog/{}", other.id, entry.id)).await.expect(200);
        assert_eq!(known.json()["publishedAt"], json!(null));
    }

    async fn a_whole_entry_can_be_sent_back(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let list = format!("/api/projects/{}/changelog", project.id);
        let body = json!({ "title": "A", "content": "a", "version": "1", "tags": ["Feature"] });
        let mut entry = staff.post(&list, body).await.expect(201).json();
        entry["version"] = json!("2");
        entry["createdAt"] = json!("2026-03-04T09:30:00+0000");
        let copy = staff.post(&list, entry.clone()).await.expect(201).json();
        assert_ne!(copy["id"], entry["id"]);
        assert_eq!(copy["tags"], entry["tags"]);
    }

    async fn an_external_id_makes_creating_safe_to_repeat(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let list = format!("/api/projects/{}/changelog", project.id);
        let body = json!({ "title": "Dark mode", "content": "x", "version": "2.4.0", "externalId": " ci/2.4.0 " });
        let first = staff.post(&list, body.clone()).await.expect(201);
        let entry = first.json();
        assert_eq!(entry["externalId"], "ci/2.4.0");
        let location = first.header("location").unwrap();
        assert_eq!(staff.get(location).await.expect(200).json(), entry);

        let other = json!({ "title": "Other", "content": "y", "version": "9", "tags": ["New"], "externalId": "ci/2.4.0" });
        for body in [body.clone(), other] {
            let again = staff.post(&list, body).await.expect(200);
            assert_eq!(again.json(), entry, "the first entry, unchanged");
            assert_eq!((again.header("location"), again.header("etag")), (Some(location), first.header("etag")));
        }
        // What would be refused is refused, known or not.
        staff.post(&list, json!({ "externalId": "ci/2.4.0" })).await.expect(400);
        for (external, path) in [(json!("e".repeat(256)), "externalId"), (json!(["x"]), "externalId")] {
            let body = json!({ "title": "A", "content": "a", "externalId": external });
            assert_eq!(staff.post(&list, body).await.expect(400).json()["details"][0]["path"], path);
        }
        let number = json!({ "title": "A", "content": "a", "externalId": 42 });
        assert_eq!(staff.post(&list, number).await.expect(201).json()["externalId"], "42");
        for none in [json!(null), json!(" ")] {
            let body = json!({ "title": "A", "content": "a", "externalId": none });
            assert_eq!(staff.post(&list, body.clone()).await.expect(201).json()["externalId"], json!(null));
            staff.post(&list, body).await.expect(201);
        }
        let elsewhere = fixtures::project(&app.services, "Other").await;
        staff.post(&format!("/api/projects/{}/changelog", elsewhere.id), body).await.expect(201);

        for (query, titles) in [("externalId=ci%2F2.4.0", vec!["Dark mode"]), ("externalId=ci", vec![]),
                                ("externalId=ci%2F2.4.0&status=published", vec![]), ("externalId=%2042", vec!["A"])] {
            let found = staff.get(&format!("{list}?{query}")).await.expect(200).json();
            assert_eq!(column(&found["entries"], "title"), titles, "{query}");
            assert_eq!(found["pagination"]["total"], titles.len());
        }
    }

    async fn parallel_creations_under_one_external_id_give_one_entry(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let list = format!("/api/projects/{}/changelog", project.id);
        let body = json!({ "title": "Dark mode", "content": "x", "externalId": "ci/7" });
        let answers = futures_util::future::join_all((0..6).map(|_| staff.post(&list, body.clone()))).await;
        let mut statuses: Vec<u16> = answers.iter().map(testkit::Answer::status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 201]);
        assert!(answers.iter().all(|answer| answer.json()["id"] == answers[0].json()["id"]));
        assert_eq!(testkit::count(app.db(), "entries").await, 1);
    }

    async fn whoever_creates_can_insist_on_a_new_entry(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let list = format!("/api/projects/{}/changelog", project.id);
        let create = async |title: &str| {
            let call = staff.call(http::Method::POST, &list).header("if-none-match", "*");
            call.json(&json!({ "title": title, "content": "x", "externalId": "ci/7" })).send().await
        };
        let first = create("First").await.expect(201);
        let stopped = create("Second").await.expect(412);
        assert_eq!(stopped.json(), first.json());
        assert_eq!(stopped.header("etag"), first.header("etag"));
        assert_eq!(testkit::count(app.db(), "entries").await, 1);
        // Without an external id every entry is new.
        let plain = staff.call(http::Method::POST, &list).header("if-none-match", "*");
        plain.json(&json!({ "title": "Plain", "content": "x" })).send().await.expect(201);
    }
}
