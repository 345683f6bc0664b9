//! Importing in two steps, as the contract describes it.

use http::Method;
use model::Scope;
use model::entries::NewEntry;
use serde_json::{Value, json};
use services::access::{EditProjects, ReadEntries};
use services::entries::{self, ListQuery};
use testkit::{Person, count, fixtures, on_both_databases};

use crate::app::{App, column};

const MARKDOWN: &str = "# Changelog\n\nIntro.\n\n## [2.0.0] - 2026-02-20\n\n### Added\n\n- Dark mode\n\n## [1.0.0] - 2026-01-15\n\n### Fixed\n\n- A bug\n";

async fn parse(person: &Person, kind: &str, body: Value) -> testkit::Answer {
    person.post(&format!("/api/projects/import/{kind}"), body).await
}

async fn process(person: &Person, project: &str, entries: Value, options: Value) -> testkit::Answer {
    person
        .post("/api/projects/import/process", json!({ "projectId": project, "entries": entries, "options": options }))
        .await
}

async fn stored(app: &App, project: &model::projects::Project) -> Vec<model::entries::Entry> {
    let may = fixtures::may::<ReadEntries>(&app.services, project).await;
    entries::list_page(&app.services, &may, &ListQuery::default(), 1, 1_000).await.unwrap().0
}

fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

on_both_databases! {
    async fn markdown_is_read_member_by_member(app: App) {
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let answer = parse(&mara, "parse", json!({ "projectId": project.id, "content": MARKDOWN })).await.expect(200).json();
        assert_eq!(
            members(&answer),
            ["detection", "metadata", "parseWarnings", "parsed", "preview", "success", "validatedEntries"]
        );
        assert_eq!(answer["success"], true);
        let expected = json!({
            "title": "2.0.0", "content": "## Added\n\n- Dark mode", "version": "2.0.0",
            "publishedAt": "2026-02-20T12:00:00.002Z", "tags": ["Added"], "line": 5, "isValid": true, "errors": [],
            "warnings": [], "suggestedFixes": {}
        });
        assert_eq!(answer["validatedEntries"][0], expected);
        assert_eq!(answer["validatedEntries"].as_array().unwrap().len(), 2);
        assert_eq!(members(&answer["parsed"]), ["entries", "metadata", "sections"]);
        assert_eq!(
            answer["parsed"]["entries"][1],
            json!({ "title": "1.0.0", "content": "## Fixed\n\n- A bug", "version": "1.0.0", "publishedAt": "2026-01-15T12:00:00.001Z", "tags": ["Fixed"] })
        );
        assert_eq!(
            answer["parsed"]["sections"][0],
            json!({ "title": "2.0.0", "version": "2.0.0", "date": "2026-02-20", "line": 5, "tags": ["Added"] })
        );
        assert_eq!(
            answer["preview"],
            json!({
                "totalEntries": 2, "validEntries": 2, "invalidEntries": 0, "duplicateVersions": [], "missingTitles": 0,
                "missingContent": 0, "suggestedMappings": { "versions": {}, "tags": { "Added": "feat", "Fixed": "fix" } },
                "warnings": [], "errors": []
            })
        );
        assert_eq!(members(&answer["detection"]), ["characteristics", "confidence", "format", "hints", "label", "structure"]);
        assert_eq!(answer["detection"]["format"], "keepachangelog");
        let confidence = answer["detection"]["confidence"].as_f64().unwrap();
        assert!((0.5..=1.0).contains(&confidence), "{confidence}");
        assert_eq!(
            answer["metadata"],
            json!({ "title": "Changelog", "format": "keepachangelog", "totalEntries": 2, "introduction": "Intro." })
        );
        assert_eq!(answer["parseWarnings"].as_array().unwrap().len(), 1, "the introduction belongs to no release");
        assert_eq!(count(app.db(), "entries").await + count(app.db(), "import_jobs").await, 0, "nothing is imported or kept");
    }

    async fn overrides_change_how_markdown_is_read(app: App) {
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let content = "# acme News\n\n## acme Summer\n\n- Sun\n\n## acme Spring\n\n- Rain\n";
        let read = async |overrides: Value| {
            let body = json!({ "projectId": project.id, "content": content, "overrides": overrides });
            parse(&mara, "parse", body).await
        };
        let titles = |answer: &testkit::Answer| column(&answer.json()["validatedEntries"], "title");
        assert_eq!(titles(&read(json!({ "primaryHeaderLevel": 2, "stripPatterns": ["acme "] })).await.expect(200)), ["Summer", "Spring"]);
        assert_eq!(titles(&read(json!({ "forceFormat": "simple" })).await.expect(200)), ["acme News"]);
        for nothing in [Value::Null, json!([]), json!({ "primaryHeaderLevel": null, "stripPatterns": [], "forceFormat": null })] {
            assert_eq!(titles(&read(nothing).await.expect(200)), ["acme News"]);
        }
        for (member, value) in [("primaryHeaderLevel", json!(5)), ("forceFormat", json!("rss")), ("stripPatterns", json!([1]))] {
            let answer = read(json!({ member: value })).await.expect(400).json();
            assert!(answer["details"][0]["path"].as_str().unwrap().starts_with(&format!("overrides.{member}")), "{answer}");
        }
    }

    async fn json_and_tables_are_read_with_members_and_columns_of_choice(app: App) {
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let content = r#"{"releases":[{"was":"Dark","nr":2,"wie":"Text","worte":"a/b"}]}"#;
        let options = json!({ "titleField": "was", "versionField": "nr", "contentField": "wie", "tagsField": "worte", "tagSeparator": "/" });
        let answer = parse(&mara, "json", json!({ "projectId": project.id, "content": content, "options": options })).await.expect(200).json();
        let entry = &answer["validatedEntries"][0];
        assert_eq!((&entry["title"], &entry["version"], &entry["content"], &entry["tags"]), (&json!("Dark"), &json!("2"), &json!("Text"), &json!(["a", "b"])));
        assert_eq!(entry["suggestedFixes"], json!({ "version": "2.0.0" }));
        assert_eq!((&answer["detection"]["format"], &entry["line"]), (&json!("json"), &json!(1)));
        assert!(entry.get("publishedAt").is_none(), "what is not stated is left out");

        let content = "Titel;Nr;Wann;Was;Worte\nDunkel;2.0.0;2026-02-20T08:15:30.250Z;Text;a,b\n";
        let columns = json!({ "title": "Titel", "version": "Nr", "date": "Wann", "content": "Was" });
        let options = json!({ "columns": columns, "tagsColumn": "Worte", "tagSeparator": ",", "delimiter": ";", "hasHeader": true });
        let answer = parse(&mara, "csv", json!({ "projectId": project.id, "content": content, "options": options })).await.expect(200).json();
        let entry = &answer["validatedEntries"][0];
        assert_eq!((&entry["title"], &entry["publishedAt"], &entry["tags"], &entry["line"]), (&json!("Dunkel"), &json!("2026-02-20T08:15:30.250Z"), &json!(["a", "b"]), &json!(2)));
        assert_eq!(answer["detection"]["format"], "csv");
        assert_eq!(answer["detection"]["structure"]["delimiter"], ";");

        let headless = json!({ "projectId": project.id, "content": "A,1.0,2026-01-01,x,t\n", "options": { "hasHeader": false } });
        let answer = parse(&mara, "csv", headless).await.expect(200).json();
        assert_eq!(answer["validatedEntries"][0]["version"], "1.0");
        for (options, path) in [
            (json!({ "delimiter": "ab" }), "options.delimiter"),
            (json!({ "titleColumn": "nowhere" }), "options"),
            (json!({ "dateOrder": "x" }), "options.dateOrder"),
        ] {
            let body = json!({ "projectId": project.id, "content": "title,content\nA,b\n", "options": options });
            assert_eq!(parse(&mara, "csv", body).await.expect(400).json()["details"][0]["path"], path);
        }
    }

    async fn a_row_that_is_wrong_is_told_by_its_number_and_the_others_are_right(app: App) {
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let content = "title,version,date,content\nA,1.0.0,2026-01-01,x\n,,,y\nB,1.0,2026-13-01,\nC,v1.0.0,2026-01-02,z\n";
        let answer = parse(&mara, "csv", json!({ "projectId": project.id, "content": content })).await.expect(200).json();
        let valid: Vec<_> = answer["validatedEntries"].as_array().unwrap().iter().map(|entry| entry["isValid"].as_bool().unwrap()).collect();
        assert_eq!(valid, [true, false, false, true]);
        let preview = &answer["preview"];
        assert_eq!(
            (&preview["validEntries"], &preview["invalidEntries"], &preview["missingTitles"], &preview["missingContent"]),
            (&json!(2), &json!(2), &json!(1), &json!(1))
        );
        assert_eq!(preview["duplicateVersions"], json!(["v1.0.0"]));
        assert_eq!(preview["errors"], json!(["Row 3: There is no title.", "Row 4: \"2026-13-01\" is not a date."]));
        assert_eq!(preview["suggestedMappings"]["versions"], json!({ "1.0": "1.0.0" }));
        assert_eq!(answer["validatedEntries"][2]["suggestedFixes"], json!({ "content": "B", "version": "1.0.0" }));
    }

    async fn a_text_without_entries_is_answered_with_what_it_looks_like(app: App) {
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        for (kind, content, format) in [("json", "{\"entries\": []}", "json"), ("csv", "title,content\n", "csv")] {
            let answer = parse(&mara, kind, json!({ "projectId": project.id, "content": content })).await.expect(422).json();
            assert_eq!((&answer["code"], &answer["detection"]["format"]), (&json!("nothing_to_import"), &json!(format)));
            assert!(answer["error"].is_string());
        }
        for (kind, content) in [("parse", "short"), ("json", "{\"title\": 1,}  "), ("json", "\"only a text\""), ("csv", "a,b,c\n1,2,3\n")] {
            let answer = parse(&mara, kind, json!({ "projectId": project.id, "content": content })).await.expect(400).json();
            assert!(["content", "options"].contains(&answer["details"][0]["path"].as_str().unwrap()), "{answer}");
        }
    }

    async fn bodies_that_are_wrong_are_refused_by_member(app: App) {
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        for (kind, body, path) in [
            ("parse", json!({ "content": MARKDOWN }), "projectId"),
            ("parse", json!({ "projectId": project.id }), "content"),
            ("csv", json!({ "projectId": project.id, "content": 7 }), "content"),
            ("json", json!({ "projectId": "no id!", "content": "[{\"title\":1}]" }), "projectId"),
            ("process", json!({ "projectId": project.id }), "entries"),
            ("process", json!({ "projectId": project.id, "entries": [] }), "entries"),
            ("process", json!({ "projectId": project.id, "entries": [{}], "options": { "strategy": "x" } }), "options.strategy"),
            ("process", json!({ "projectId": project.id, "entries": [{}], "options": { "conflictResolution": "x" } }), "options.conflictResolution"),
            ("process", json!({ "projectId": project.id, "entries": [{}], "options": { "dateHandling": "x" } }), "options.dateHandling"),
            ("process", json!({ "projectId": project.id, "entries": [{}], "options": { "publishImportedEntries": "yes" } }), "options.publishImportedEntries"),
            ("process", json!({ "projectId": project.id, "entries": [{}], "options": { "strategy": "replace" } }), "preserveExistingEntries"),
            ("process", json!({ "projectId": project.id, "entries": [{}], "options": { "defaultTags": ["x".repeat(51)] } }), "defaultTags"),
        ] {
            let answer = parse(&mara, kind, body).await.expect(400).json();
            assert_eq!(answer["details"][0]["path"], path, "{kind}: {answer}");
        }
        let unknown = parse(&mara, "parse", json!({ "projectId": "cunknown", "content": MARKDOWN })).await.expect(404);
        assert_eq!(unknown.json()["code"], "not_found");
        mara.get("/api/projects/import/process").await.expect(400);
        mara.get("/api/projects/import/process?projectId=cunknown").await.expect(404);
        let many: Vec<Value> = (0..5_001).map(|number| json!({ "title": format!("T{number}") })).collect();
        let answer = process(&mara, project.id.as_str(), json!(many), Value::Null).await.expect(400).json();
        assert_eq!(answer["details"][0]["path"], "entries");
        assert_eq!(count(app.db(), "entries").await, 0);
    }

    async fn texts_beyond_ten_mebibytes_are_too_large(app: App) {
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let content = "x".repeat(10 * 1024 * 1024);
        for kind in ["parse", "json", "csv"] {
            let answer = parse(&mara, kind, json!({ "projectId": project.id, "content": content })).await.expect(413);
            assert_eq!(answer.json()["code"], "too_large", "{kind}");
        }
        let large = format!("## 1.0.0\n\n{}", "x ".repeat(4 * 1024 * 1024));
        parse(&mara, "parse", json!({ "projectId": project.id, "content": large })).await.expect(200);
    }

    async fn what_was_read_is_imported_member_by_member(app: App) {
        let mara = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let read = parse(&mara, "parse", json!({ "projectId": project.id, "content": MARKDOWN })).await.json();
        let entries = read["validatedEntries"].clone();
        let options = json!({ "publishImportedEntries": true, "defaultTags": ["Imported"] });
        let answer = process(&mara, project.id.as_str(), entries.clone(), options.clone()).await.expect(200).json();
        assert_eq!(
            members(&answer),
            ["createdEntries", "errorCount", "errors", "importedCount", "processingTime", "skippedCount", "success", "updatedEntries", "warnings"]
        );
        assert_eq!(
            (&answer["success"], &answer["importedCount"], &answer["skippedCount"], &answer["errorCount"]),
            (&json!(true), &json!(2), &json!(0), &json!(0))
        );
        assert!(answer["processingTime"].is_u64());
        let stored = stored(&app, &project).await;
        assert_eq!(
            answer["createdEntries"],
            json!([{ "id": stored[0].id, "title": "2.0.0", "version": "2.0.0" }, { "id": stored[1].id, "title": "1.0.0", "version": "1.0.0" }])
        );
        assert_eq!(stored[0].published_at.map(model::time::to_wire).as_deref(), Some("2026-02-20T12:00:00.002Z"));
        assert_eq!(stored[0].tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["Added", "Imported"]);

        let again = process(&mara, project.id.as_str(), entries, options).await.expect(200).json();
        assert_eq!(
            (&again["success"], &again["importedCount"], &again["skippedCount"], &again["createdEntries"]),
            (&json!(true), &json!(0), &json!(2), &json!([]))
        );
        let history = mara.get(&format!("/api/projects/import/process?projectId={}", project.id)).await.expect(200).json();
        assert_eq!(
            history,
            json!({ "success": true, "history": { "totalImports": 2, "lastImportDate": "2026-03-04T09:30:00.000Z", "totalEntriesImported": 2 } })
        );
        let other = fixtures::project(&app.services, "Other").await;
        let none = mara.get(&format!("/api/projects/import/process?projectId={}", other.id)).await.expect(200).json();
        assert_eq!(none["history"], json!({ "totalImports": 0, "lastImportDate": null, "totalEntriesImported": 0 }));
    }

    async fn what_entries_say_about_themselves_is_not_believed(app: App) {
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entries = json!([
            { "title": "", "content": "No title", "isValid": true, "errors": [] },
            { "title": "Bad date", "content": "x", "publishedAt": "2026-02-31", "isValid": true },
            { "title": "Too long", "content": "x".repeat(200_001), "isValid": true },
            { "title": "Bad version", "content": "x", "version": "9".repeat(65), "isValid": true },
            { "title": "Odd", "content": { "x": 1 }, "tags": 7 },
            7,
            { "title": "Called wrong, but right", "content": "x", "isValid": false, "errors": ["nonsense"], "tags": ["a", { "name": "b", "id": "c" }], "version": 3 }
        ]);
        let answer = process(&mara, project.id.as_str(), entries, json!({ "conflictResolution": "prompt" })).await.expect(200).json();
        assert_eq!((&answer["importedCount"], &answer["errorCount"], &answer["success"]), (&json!(1), &json!(6), &json!(true)));
        let told: Vec<_> = answer["errors"].as_array().unwrap().iter().map(|error| (error["entry"].as_str().unwrap(), error["position"].as_u64().unwrap())).collect();
        assert_eq!(told, [("", 1), ("Bad date", 2), ("Too long", 3), ("Bad version", 4), ("Odd", 5), ("Entry 6", 6)]);
        assert!(answer["errors"][1]["error"].as_str().unwrap().contains("2026-02-31"));
        let stored = stored(&app, &project).await;
        assert_eq!(stored.len(), 1);
        assert_eq!((stored[0].version.as_deref(), stored[0].tags.len(), stored[0].published_at), (Some("3"), 2, None));
        let all_wrong = process(&mara, project.id.as_str(), json!([{ "content": "x" }]), Value::Null).await.expect(200).json();
        assert_eq!((&all_wrong["success"], &all_wrong["errorCount"]), (&json!(false), &json!(1)));
    }

    async fn conflicts_follow_the_option_and_are_named(app: App) {
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let by_hand = NewEntry { version: Some("v2.0.0".into()), ..fixtures::text("By hand") };
        let by_hand = fixtures::entry_with(&app.services, &project, by_hand).await;
        let entries = json!([{ "title": "From file", "version": "2.0.0", "content": "Other text", "tags": ["x"] }]);
        for resolution in ["skip", "prompt"] {
            let answer = process(&mara, project.id.as_str(), entries.clone(), json!({ "conflictResolution": resolution })).await.expect(200).json();
            assert_eq!((&answer["importedCount"], &answer["skippedCount"]), (&json!(0), &json!(1)));
            assert!(answer["warnings"][0].as_str().unwrap().starts_with("Entry 1: "), "{answer}");
            assert_eq!(stored(&app, &project).await, std::slice::from_ref(&by_hand), "{resolution}");
        }
        let answer = process(&mara, project.id.as_str(), entries.clone(), json!({ "conflictResolution": "overwrite" })).await.expect(200).json();
        assert_eq!((&answer["importedCount"], &answer["createdEntries"]), (&json!(1), &json!([])));
        assert_eq!(answer["updatedEntries"], json!([{ "id": by_hand.id, "title": "From file", "version": "2.0.0" }]));
        let now = stored(&app, &project).await;
        assert_eq!((now.len(), &now[0].id, &now[0].slug, now[0].content.as_str()), (1, &by_hand.id, &by_hand.slug, "Other text"));
        let append = json!([{ "title": "Beside", "version": "2.0.0", "content": "A third text" }]);
        let answer = process(&mara, project.id.as_str(), append, json!({ "strategy": "append" })).await.expect(200).json();
        assert_eq!(answer["createdEntries"][0]["version"], Value::Null);
    }

    async fn rights_and_scopes_are_those_of_what_is_done(app: App) {
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entries = json!([{ "title": "A", "content": "x" }]);
        let sam = app.staff("Sam").await;
        let refused = process(&sam, project.id.as_str(), entries.clone(), json!({ "publishImportedEntries": true })).await.expect(403);
        assert_eq!(refused.json()["code"], "needs_approval");
        let replace = json!({ "strategy": "replace", "preserveExistingEntries": false });
        assert_eq!(process(&sam, project.id.as_str(), entries.clone(), replace.clone()).await.expect(403).json()["code"], "forbidden");
        let key = app.key(&mara, &[Scope::ProjectWrite, Scope::ChangelogWrite], None).await;
        for (options, scope) in [(json!({ "publishImportedEntries": true }), "changelog:publish"), (replace.clone(), "changelog:delete")] {
            let refused = process(&key, project.id.as_str(), entries.clone(), options).await.expect(403).json();
            assert!(refused["error"].as_str().unwrap().contains(scope), "{refused}");
        }
        assert_eq!(count(app.db(), "entries").await + count(app.db(), "import_jobs").await, 0);
        process(&sam, project.id.as_str(), entries.clone(), Value::Null).await.expect(200);
        let answer = process(&mara, project.id.as_str(), json!([{ "title": "B", "content": "y" }]), replace).await.expect(200).json();
        assert_eq!(answer["importedCount"], 1);
        assert_eq!(stored(&app, &project).await.into_iter().map(|entry| entry.title).collect::<Vec<_>>(), ["B"]);
        let other = fixtures::project(&app.services, "Other").await;
        let bound = app.key(&mara, &[], Some(&other.id)).await;
        let refused = process(&bound, project.id.as_str(), entries, Value::Null).await.expect(403);
        assert_eq!(refused.json()["code"], "other_project");
        let may = fixtures::may::<EditProjects>(&app.services, &project).await;
        assert_eq!(may.project_id(), &project.id);
        mara.call(Method::GET, "/api/projects/import/parse").send().await.expect(405);
    }
}
