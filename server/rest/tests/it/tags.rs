use http::Method;
use model::Scope;
use model::entries::NewEntry;
use model::feeds::FeedConfig;
use model::projects::{NewProject, Project, ProjectPatch};
use model::tags::{NewTag, Tag};
use serde_json::{Value, json};
use services::access::{EditProjects, WriteTags};
use testkit::{Answer, Person, fixtures, on_both_databases};

use crate::app::{App, column};

async fn tag(app: &App, project: &Project, name: &str) -> Tag {
    let may = fixtures::may::<WriteTags>(&app.services, project).await;
    let new = NewTag { name: name.to_owned(), color: Some("#3b82f6".to_owned()), description: None };
    services::tags::create(&app.services, &may, new).await.unwrap().0
}

/// An entry that has these tags.
async fn tagged(app: &App, project: &Project, title: &str, tags: &[&str]) -> String {
    let new = NewEntry { tags: fixtures::tags(tags), ..fixtures::text(title) };
    fixtures::entry_with(&app.services, project, new).await.id.to_string()
}

fn wire(tag: &Tag) -> Value {
    json!({
        "id": tag.id, "name": tag.name, "color": tag.color, "createdAt": "2026-03-04T09:30:00.000Z",
        "updatedAt": "2026-03-04T09:30:00.000Z",
    })
}

async fn tags_of(owner: &Person, project: &Project, entry: &str) -> Vec<String> {
    let path = format!("/api/projects/{}/changelog/{entry}", project.id);
    column(&owner.get(&path).await.expect(200).json()["tags"], "name")
}

/// How many records the audit log has of an action.
async fn records(app: &App, action: &str) -> i64 {
    testkit::count(app.db(), &format!("audit_logs WHERE action = '{action}'")).await
}

on_both_databases! {
    async fn a_list_of_tags_has_every_member_that_clients_read(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let (fix, feature) = (tag(&app, &project, "Fix").await, tag(&app, &project, "feature").await);
        tagged(&app, &project, "One", &["Fix"]).await;
        tagged(&app, &project, "Two", &["Fix"]).await;
        let path = format!("/api/projects/{}/changelog/tags", project.id);
        let tags = json!([wire(&feature), wire(&fix)]);
        let pagination = json!({ "page": 1, "limit": 20, "total": 2, "totalCount": 2, "totalPages": 1, "hasMore": false });
        let list = owner.get(&path).await.expect(200).json();
        assert_eq!(list, json!({ "tags": tags, "items": tags, "pagination": pagination }));
        // As the PHP client asks: the type of a body that is not there.
        let php = owner.call(Method::GET, &format!("{path}/")).header("content-type", "application/json").send().await;
        assert_eq!(php.expect(200).json(), list);

        let used = owner.get(&format!("{path}?includeUsage=true")).await.expect(200).json();
        let counts: Vec<_> = used["tags"].as_array().unwrap().iter().map(|tag| &tag["_count"]).collect();
        assert_eq!(counts, [&json!({ "entries": 0 }), &json!({ "entries": 2 })]);
        assert_eq!(used["items"], used["tags"]);

        let one = owner.get(&format!("{path}/{}", fix.id)).await.expect(200);
        let mut expected = wire(&fix);
        expected["_count"] = json!({ "entries": 2 });
        assert_eq!(one.json(), expected);
        let known = owner.call(Method::GET, &format!("{path}/{}", fix.id)).header("if-none-match", one.header("etag").unwrap());
        known.send().await.expect(304);
        assert_eq!(owner.get(&format!("/api/projects/{}/tags/used", project.id)).await.expect(200).json(), json!([wire(&fix)]));
    }

    async fn a_project_lists_what_it_uses_and_what_nobody_does(app: App) {
        let owner = app.owner("Mara").await;
        let (mine, other) = (fixtures::project(&app.services, "Mine").await, fixtures::project(&app.services, "Other").await);
        tag(&app, &mine, "Unused").await;
        tagged(&app, &mine, "One", &["Mine", "Shared"]).await;
        tagged(&app, &other, "Two", &["Theirs", "Shared"]).await;
        let names = |project: &Project, rest: &str| {
            let (owner, path) = (&owner, format!("/api/projects/{}/{rest}", project.id));
            async move {
                let answer = owner.get(&path).await.expect(200).json();
                column(answer.get("tags").unwrap_or(&answer), "name")
            }
        };
        assert_eq!(names(&mine, "changelog/tags").await, ["Mine", "Shared", "Unused"]);
        assert_eq!(names(&other, "changelog/tags").await, ["Shared", "Theirs", "Unused"]);
        assert_eq!(names(&mine, "tags/used").await, ["Mine", "Shared"]);
        let usage = owner.get(&format!("/api/projects/{}/changelog/tags?includeUsage=1&search=sha", mine.id)).await.json();
        assert_eq!(usage["tags"][0]["_count"]["entries"], 1, "only entries of this project count");
    }

    async fn pages_of_tags_skip_and_repeat_nothing_and_keep_the_search(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let mut expected = Vec::new();
        for number in 0..25 {
            let name = if number % 3 == 0 { format!("area-{number:02}") } else { format!("Kind {number:02}") };
            tag(&app, &project, &name).await;
            expected.push(name);
        }
        expected.sort_by_key(|name| name.to_lowercase());
        let path = format!("/api/projects/{}/changelog/tags", project.id);
        for (search, expected) in [
            ("", expected.clone()),
            ("KIND", expected.iter().filter(|name| name.starts_with("Kind")).cloned().collect()),
            ("%", Vec::new()),
        ] {
            let mut seen = Vec::new();
            for page in 1..=4 {
                let answer = owner.get(&format!("{path}?limit=7&page={page}&search={}", search.replace('%', "%25"))).await;
                let answer = answer.expect(200).json();
                seen.extend(column(&answer["items"], "name"));
                let pages = expected.len().div_ceil(7);
                assert_eq!(answer["pagination"], json!({
                    "page": page, "limit": 7, "total": expected.len(), "totalCount": expected.len(), "totalPages": pages,
                    "hasMore": page < pages,
                }));
            }
            assert_eq!(seen, expected, "{search}");
        }
        for (query, length, limit) in [("", 20, 20), ("limit=1000", 25, 100), ("page=x&limit=y", 20, 20), ("page=0&limit=0", 1, 1)] {
            let answer = owner.get(&format!("{path}?{query}")).await.expect(200).json();
            assert_eq!((answer["tags"].as_array().unwrap().len(), &answer["pagination"]["limit"]), (length, &json!(limit)), "{query}");
        }
    }

    async fn creating_a_tag_that_exists_gives_it_back(app: App) {
        let owner = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = format!("/api/projects/{}/changelog/tags", project.id);
        let made = owner.post(&path, json!({ "name": " Feature ", "color": "#3B82F6", "id": "own", "createdAt": null })).await;
        let made = made.expect(201);
        let tag = made.json();
        let id = tag["id"].as_str().unwrap();
        assert_eq!(tag, json!({
            "id": id, "name": "Feature", "color": "#3b82f6", "createdAt": "2026-03-04T09:30:00.000Z",
            "updatedAt": "2026-03-04T09:30:00.000Z",
        }));
        assert_eq!(made.header("location"), Some(format!("{path}/{id}").as_str()));
        app.advance(chrono::Duration::minutes(1));
        for path in [path.as_str(), "/api/changelog/tags"] {
            assert_eq!(owner.post(path, json!({ "name": "FEATURE", "color": null })).await.expect(200).json(), tag);
        }
        let plain = owner.post("/api/changelog/tags", json!({ "name": "Fix" })).await.expect(201).json();
        assert_eq!(plain, json!({
            "id": plain["id"], "name": "Fix", "color": null, "createdAt": "2026-03-04T09:31:00.000Z",
            "updatedAt": "2026-03-04T09:31:00.000Z",
        }));
        assert_eq!(records(&app, "CREATE_TAG").await, 2);
    }

    async fn a_wrong_tag_names_what_is_wrong(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let fix = tag(&app, &project, "Fix").await;
        let tags = format!("/api/projects/{}/changelog/tags", project.id);
        let paths = |answer: Answer| {
            let mut paths = column(&answer.expect(400).json()["details"], "path");
            paths.sort();
            paths
        };
        for path in [tags.as_str(), "/api/changelog/tags"] {
            assert_eq!(paths(owner.post(path, json!({})).await), ["name"]);
            assert_eq!(paths(owner.post(path, json!({ "name": "  " })).await), ["name"]);
            assert_eq!(paths(owner.post(path, json!({ "name": 7, "color": [] })).await), ["color", "name"]);
            assert_eq!(paths(owner.post(path, json!({ "name": "n".repeat(51), "color": "red" })).await), ["color", "name"]);
        }
        for path in [format!("{tags}/{}", fix.id), format!("/api/changelog/tags/{}", fix.id)] {
            assert_eq!(paths(owner.patch(&path, json!({ "name": "", "color": "#12345" })).await), ["color", "name"]);
        }
        assert_eq!(paths(owner.patch(&tags, json!({ "name": "Other" })).await), ["tagId"]);
        assert_eq!(paths(owner.patch(&tags, json!({ "tagId": "a b", "name": 3 })).await), ["name", "tagId"]);
        for query in ["", "?tagId=", "?tagId=a%20b"] {
            assert_eq!(paths(owner.delete(&format!("{tags}{query}")).await), ["tagId"], "{query}");
        }
        for unknown in ["cunknown", "a.b", "%00"] {
            owner.get(&format!("{tags}/{unknown}")).await.expect(404);
            owner.patch(&format!("{tags}/{unknown}"), json!({ "name": "New" })).await.expect(404);
            owner.delete(&format!("/api/changelog/tags/{unknown}")).await.expect(404);
        }
        owner.patch(&tags, json!({ "tagId": "cunknown" })).await.expect(404);
        owner.delete(&format!("{tags}?tagId=cunknown")).await.expect(404);
        owner.get("/api/projects/cunknown/changelog/tags").await.expect(404);
        assert_eq!(testkit::count(app.db(), "tags").await, 1);
    }

    async fn a_changed_tag_changes_everywhere_through_every_form(app: App) {
        let owner = app.staff("Sam").await;
        let new = NewProject { name: "Orbit Mail".into(), default_tags: Some(vec!["Fix".into()]), ..NewProject::default() };
        let project = fixtures::project_with(&app.services, new).await;
        let fix = tag(&app, &project, "Fix").await;
        let other = tag(&app, &project, "Other").await;
        let entry = tagged(&app, &project, "One", &["Fix"]).await;
        let tags = format!("/api/projects/{}/changelog/tags", project.id);
        let forms = [format!("{tags}/{}", fix.id), format!("/api/changelog/tags/{}", fix.id), tags.clone()];
        for (at, path) in forms.iter().enumerate() {
            app.advance(chrono::Duration::minutes(1));
            let name = format!("Repair {at}");
            // Whole objects come back from the PHP client, with dates in its own form.
            let mut body = wire(&fix);
            body["name"] = json!(name);
            body["updatedAt"] = json!("2026-03-04T09:30:00+0000");
            body["tagId"] = json!(fix.id);
            let changed = owner.patch(path, body).await.expect(200).json();
            assert_eq!(changed, json!({
                "id": fix.id, "name": name, "color": "#3b82f6", "createdAt": "2026-03-04T09:30:00.000Z",
                "updatedAt": format!("2026-03-04T09:3{}:00.000Z", at + 1),
            }));
            assert_eq!(tags_of(&owner, &project, &entry).await, [name.as_str()]);
            let settings = owner.get(&format!("/api/projects/{}/settings", project.id)).await.expect(200).json();
            assert_eq!(settings["defaultTags"], json!([name]));
            let taken = owner.patch(path, json!({ "tagId": fix.id, "name": "OTHER" })).await.expect(409).json();
            assert_eq!(taken["code"], "conflict");
        }
        let cleared = owner.patch(&forms[0], json!({ "color": null })).await.expect(200).json();
        assert_eq!((&cleared["color"], &cleared["name"]), (&json!(null), &json!("Repair 2")));
        for nothing in [json!({}), json!([]), json!({ "name": null })] {
            assert_eq!(owner.patch(&forms[1], nothing).await.expect(200).json(), cleared);
        }
        assert_eq!(records(&app, "UPDATE_TAG").await, 4);
        assert_eq!(owner.get(&format!("{tags}/{}", other.id)).await.expect(200).json()["name"], "Other");
    }

    async fn a_deleted_tag_is_gone_everywhere_through_every_form(app: App) {
        let owner = app.owner("Mara").await;
        let (project, other) = (fixtures::project(&app.services, "Mine").await, fixtures::project(&app.services, "Other").await);
        let tags = format!("/api/projects/{}/changelog/tags", project.id);
        for form in 0..3 {
            let fix = tag(&app, &project, &format!("Fix {form}")).await;
            let config = FeedConfig { tag_filter: vec![fix.id.clone()], ..FeedConfig::default() };
            let patch = ProjectPatch {
                default_tags: Some(vec![fix.name.clone(), "Docs".into()]), rss_feed_config: Some(Some(config)), ..ProjectPatch::default()
            };
            let may = fixtures::may::<EditProjects>(&app.services, &other).await;
            services::projects::update(&app.services, &may, patch).await.unwrap();
            let mine = tagged(&app, &project, &format!("Mine {form}"), &[&fix.name]).await;
            let theirs = tagged(&app, &other, &format!("Theirs {form}"), &[&fix.name, "Docs"]).await;
            let gone = json!({ "success": true, "message": "The tag is deleted. 2 entries had it.", "entriesAffected": 2 });
            match form {
                0 => assert_eq!(owner.delete(&format!("{tags}/{}", fix.id)).await.expect(200).json(), gone),
                1 => assert_eq!(owner.delete(&format!("{tags}?tagId={}", fix.id)).await.expect(200).json(), gone),
                _ => {
                    // The PHP client says what it would send, and sends nothing.
                    let call = owner.call(Method::DELETE, &format!("/api/changelog/tags/{}", fix.id));
                    let answer = call.header("content-type", "application/json").send().await.expect(204);
                    assert_eq!(answer.bytes(), b"");
                }
            }
            owner.get(&format!("{tags}/{}", fix.id)).await.expect(404);
            assert!(tags_of(&owner, &project, &mine).await.is_empty());
            assert_eq!(tags_of(&owner, &other, &theirs).await, ["Docs"]);
            let settings = owner.get(&format!("/api/projects/{}/settings", other.id)).await.expect(200).json();
            assert_eq!(settings["defaultTags"], json!(["Docs"]));
            assert_eq!(settings["rssFeedConfig"]["tagFilter"], json!([]));
        }
        assert_eq!(records(&app, "DELETE_TAG").await, 3);
    }

    async fn staff_change_tags_but_ask_to_delete_them_and_viewers_only_read(app: App) {
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let fix = tag(&app, &project, "Fix").await;
        let (staff, viewer) = (app.staff("Sam").await, app.viewer("Vera").await);
        let tags = format!("/api/projects/{}/changelog/tags", project.id);
        let deletions = [format!("{tags}/{}", fix.id), format!("{tags}?tagId={}", fix.id), format!("/api/changelog/tags/{}", fix.id)];
        for path in &deletions {
            let refused = viewer.delete(path).await.expect(403).json();
            assert_eq!(refused["error"], "Your role does not allow this: deleting or merging tags.");
        }
        let asked = staff.delete(&deletions[0]).await.expect(202).json();
        assert_eq!((&asked["request"]["type"], &asked["request"]["changelogTagId"]), (&json!("DELETE_TAG"), &json!(fix.id)));
        assert_eq!(staff.delete(&deletions[1]).await.expect(400).json()["code"], "request_pending");
        // Without a project there is nobody to ask.
        staff.delete(&deletions[2]).await.expect(403);
        for path in [tags.as_str(), "/api/changelog/tags"] {
            viewer.post(path, json!({ "name": "Mine" })).await.expect(403);
        }
        viewer.patch(&deletions[2], json!({ "name": "Mine" })).await.expect(403);
        viewer.get(&tags).await.expect(200);
        viewer.get("/api/changelog/tags/search?query=f").await.expect(200);
        staff.patch(&deletions[2], json!({ "name": "Repair" })).await.expect(200);
        assert_eq!(testkit::count(app.db(), "tags").await, 1);
    }

    async fn a_key_of_one_project_touches_no_tag_of_another(app: App) {
        let owner = app.owner("Mara").await;
        let (mine, other) = (fixtures::project(&app.services, "Mine").await, fixtures::project(&app.services, "Other").await);
        tagged(&app, &mine, "One", &["Shared", "Mine"]).await;
        tagged(&app, &other, "Two", &["Shared", "Theirs"]).await;
        let key = app.key(&owner, &[Scope::TagsWrite], Some(&mine.id)).await;
        let id = |name: &str| {
            let (app, name) = (&app, name.to_owned());
            async move { testkit::texts(app.db(), &format!("SELECT id FROM tags WHERE name = '{name}'")).await.remove(0) }
        };
        let tags = format!("/api/projects/{}/changelog/tags", mine.id);
        for name in ["Shared", "Theirs"] {
            let id = id(name).await;
            for path in [format!("{tags}/{id}"), format!("/api/changelog/tags/{id}")] {
                assert_eq!(key.patch(&path, json!({ "name": "Taken" })).await.expect(403).json()["code"], "other_project");
                assert_eq!(key.delete(&path).await.expect(403).json()["code"], "other_project");
            }
            key.delete(&format!("{tags}?tagId={id}")).await.expect(403);
        }
        key.get(&format!("/api/projects/{}/changelog/tags", other.id)).await.expect(403);
        key.get(&format!("/api/projects/{}/tags/used", other.id)).await.expect(403);
        assert_eq!(column(&key.get("/api/changelog/tags/search").await.expect(200).json(), "name"), ["Mine", "Shared"]);
        let own = id("Mine").await;
        key.patch(&format!("/api/changelog/tags/{own}"), json!({ "name": "Own" })).await.expect(200);
        key.delete(&format!("/api/changelog/tags/{own}")).await.expect(204);
        let made = key.post("/api/changelog/tags", json!({ "name": "New" })).await.expect(201).json();
        key.delete(&format!("{tags}/{}", made["id"].as_str().unwrap())).await.expect(200);
    }

    async fn finding_tags_puts_those_first_that_begin_so(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        for name in ["Bugfix", "Fix", "fixture", "Prefix", "Docs", "100%", "a_b", "axb"] {
            tag(&app, &project, name).await;
        }
        for (query, expected) in [
            ("query=FIX", vec!["Fix", "fixture", "Bugfix", "Prefix"]),
            ("query=fix&limit=2", vec!["Fix", "fixture"]),
            ("query=%25", vec!["100%"]),
            ("query=a_", vec!["a_b"]),
            ("query=nothing", vec![]),
            ("limit=3", vec!["100%", "a_b", "axb"]),
            ("query=+docs+", vec!["Docs"]),
        ] {
            let found = owner.get(&format!("/api/changelog/tags/search?{query}")).await.expect(200).json();
            assert_eq!(column(&found, "name"), expected, "{query}");
        }
        let one = owner.get("/api/changelog/tags/search?query=docs").await.expect(200).json();
        let members: Vec<_> = one[0].as_object().unwrap().keys().collect();
        assert_eq!(members, ["color", "createdAt", "id", "name", "updatedAt"]);
        for number in 0..12 {
            tag(&app, &project, &format!("More {number}")).await;
        }
        assert_eq!(owner.get("/api/changelog/tags/search").await.json().as_array().unwrap().len(), 10);
        assert_eq!(owner.get("/api/changelog/tags/search?limit=500").await.json().as_array().unwrap().len(), 20);
    }
}
