//! Section 20: a changelog is parsed, looked at, and processed.

use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::objects::problem;
use crate::shape::{each, with};
use crate::site::{Caller, Site, column};
use crate::walls::{self, op};

const MARKDOWN: &str = "# Changelog\n\n\
    ## [Unreleased]\n\n### Added\n\n- A thing in the making\n\n\
    ## [1.1.0] - 2024-06-10\n\n### Fixed\n\n- A crash\n\n\
    ## [1.0.0] - 2024-01-31\n\n### Added\n\n- Everything\n";

fn validated() -> Value {
    json!({
        "title": "<text>", "content": "<text>", "version": "<absent|null|text>", "publishedAt": "<absent|null|time>",
        "tags": "<absent|list>", "isValid": "<bool>", "errors": each(json!("<text>")),
        "warnings": each(json!("<text>")),
        "suggestedFixes": "<object>",
    })
}

fn preview(total: i64, valid: i64) -> Value {
    json!({
        "totalEntries": total, "validEntries": valid, "invalidEntries": total - valid, "duplicateVersions": "<any>",
        "missingTitles": "<any>", "missingContent": "<any>", "suggestedMappings": "<any>", "warnings": "<list>",
        "errors": "<list>",
    })
}

fn detection() -> Value {
    json!({
        "format": "<text>", "confidence": "<number>", "characteristics": "<any>", "structure": "<any>", "hints": "<any>"
    })
}

fn processed(imported: i64, skipped: i64) -> Value {
    json!({
        "success": true, "importedCount": imported, "skippedCount": skipped, "errorCount": 0,
        "createdEntries": each(json!({ "id": "<id>", "title": "<text>", "version": "<null|text>" })),
        "warnings": "<list>", "errors": [], "processingTime": "<number>",
    })
}

async fn parsed(caller: &Caller, project: &str) -> Value {
    let parse = json!({ "content": MARKDOWN, "projectId": project });
    caller.post("/api/projects/import/parse", parse).await.expect(200).json()["validatedEntries"].clone()
}

fn titles_by_version(list: &Value) -> Vec<String> {
    let mut versions = column(list, "version");
    versions.sort();
    versions
}

on_both_databases! {
    async fn who_may_import(site: Site) {
        let entries = json!([{ "title": "One", "content": "x", "version": "9.0", "isValid": true }]);
        walls::check(
            &site,
            &[
                op("POST", "/api/projects/import/parse")
                    .body(json!({ "content": MARKDOWN, "projectId": "{project}" }))
                    .staff()
                    .key("project:write+changelog:write")
                    .mebibytes(10),
                op("POST", "/api/projects/import/json")
                    .body(json!({ "content": "[{\"title\":\"One\",\"content\":\"x\"}]", "projectId": "{project}" }))
                    .staff()
                    .key("project:write+changelog:write")
                    .mebibytes(10),
                op("POST", "/api/projects/import/csv")
                    .body(json!({ "content": "title,content\nOne,x\n", "projectId": "{project}" }))
                    .staff()
                    .key("project:write+changelog:write")
                    .mebibytes(10),
                op("POST", "/api/projects/import/process")
                    .body(json!({ "projectId": "{project}", "entries": entries, "options": {} }))
                    .staff()
                    .key("project:write+changelog:write")
                    .mebibytes(10),
                op("GET", "/api/projects/import/process?projectId={project}")
                    .staff()
                    .key("project:write+changelog:write"),
            ],
        )
        .await;
    }

    async fn markdown_is_parsed_and_nothing_is_written(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let parse = json!({ "content": MARKDOWN, "projectId": project });
        let answer = mara
            .post("/api/projects/import/parse", parse)
            .await
            .is(
                200,
                &json!({
                    "success": true,
                    "parsed": { "sections": "<any>", "entries": "<any>", "metadata": "<any>" },
                    "validatedEntries": each(validated()),
                    "preview": preview(3, 3),
                    "detection": with(detection(), json!({ "format": "keepachangelog" })),
                    "parseWarnings": "<list>", "metadata": "<object>",
                }),
            )
            .json();
        let entries = answer["validatedEntries"].as_array().unwrap();
        let released = entries.iter().find(|entry| entry["version"] == "1.1.0").expect("release 1.1.0");
        // Noon, where the day is the same in nearly every zone.
        assert!(released["publishedAt"].as_str().unwrap().starts_with("2024-06-10T12:00:00."), "{released}");
        assert_eq!(released["isValid"], true);
        assert!(released["content"].as_str().unwrap().contains("A crash"));
        mara.get(&format!("/api/projects/{project}/changelog")).await.is(200, &json!({ "entries": [] }));
    }

    async fn text_without_a_release_is_unprocessable(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let parse = json!({ "content": "\n\n   \n", "projectId": project });
        let nothing = mara.post("/api/projects/import/parse", parse).await;
        // Blank text is also text that is missing.
        match nothing.status {
            400 => nothing.invalid(&["content"]),
            _ => nothing.is(422, &with(problem(422), json!({ "detection": detection() }))),
        };
        for (path, empty) in [("json", "[]"), ("csv", "title,content\n")] {
            let body = json!({ "content": empty, "projectId": project });
            mara.post(&format!("/api/projects/import/{path}"), body).await.refused(422);
        }
    }

    async fn what_is_missing_is_said(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        for path in ["parse", "json", "csv"] {
            let path = format!("/api/projects/import/{path}");
            mara.post(&path, json!({ "projectId": project })).await.invalid(&["content"]);
            mara.post(&path, json!({ "content": MARKDOWN })).await.invalid(&["projectId"]);
            mara.post(&path, json!({ "content": MARKDOWN, "projectId": "cunknown" })).await.refused(404);
        }
        let level = json!({ "content": MARKDOWN, "projectId": project, "overrides": { "primaryHeaderLevel": 9 } });
        mara.post("/api/projects/import/parse", level).await.refused(400);
        let format = json!({ "content": MARKDOWN, "projectId": project, "overrides": { "forceFormat": "word" } });
        mara.post("/api/projects/import/parse", format).await.refused(400);
        let path = "/api/projects/import/process";
        mara.post(path, json!({ "projectId": project })).await.invalid(&["entries"]);
        mara.post(path, json!({ "projectId": project, "entries": [], "options": { "strategy": "guess" } }))
            .await
            .refused(400);
        mara.get(path).await.refused(400);
        mara.post("/api/projects/import/json", json!({ "content": "{", "projectId": project })).await.refused(400);
    }

    async fn addresses_and_keys_that_lead_nowhere_are_refused_by_member(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let url = async |options: Value| {
            mara.post("/api/projects/import/url", json!({ "projectId": project, "options": options })).await
        };
        url(json!({})).await.invalid(&["options.url"]);
        url(json!({ "url": "ftp://example.com/feed" })).await.invalid(&["options.url"]);
        // No private network, however it is written.
        for private in ["http://127.0.0.1/feed", "http://169.254.169.254/", "http://[::1]/", "http://0x7f000001/"] {
            url(json!({ "url": private })).await.invalid(&["options.url"]);
        }
        url(json!({ "url": "https://example.com/feed", "format": "opml" })).await.invalid(&["options.format"]);
        url(json!({ "url": "https://example.com/feed", "maxEntries": 501 })).await.invalid(&["options.maxEntries"]);
        mara.post("/api/projects/import/url", json!({ "options": {} })).await.refused(400);
        for path in ["validate", "fetch"] {
            let path = format!("/api/projects/import/canny/{path}");
            mara.post(&path, json!({})).await.invalid(&["apiKey"]);
            site.stranger().post(&path, json!({ "apiKey": "key" })).await.refused(401);
        }
        let fetch = "/api/projects/import/canny/fetch";
        mara.post(fetch, json!({ "apiKey": "key", "statusFilter": "open" })).await.invalid(&["statusFilter"]);
        mara.post(fetch, json!({ "apiKey": "key", "maxEntries": 501 })).await.invalid(&["maxEntries"]);
    }

    async fn json_in_several_forms_is_read(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let list = json!([
            { "title": "One", "content": "First", "version": "1.0.0", "date": "2024-01-31", "tags": ["Fix"] },
            { "name": "Two", "body": "Second" },
        ]);
        for content in [list.clone(), json!({ "entries": list }), json!({ "releases": list }), json!({ "data": list })]
        {
            let answer = mara
                .post("/api/projects/import/json", json!({ "content": content.to_string(), "projectId": project }))
                .await;
            answer.is(
                200,
                &json!({ "success": true, "parsed": "<any>", "validatedEntries": [
                with(validated(), json!({
                    "title": "One", "content": "First", "version": "1.0.0", "publishedAt": "<time>",
                    "tags": ["Fix"],
                })),
                with(validated(), json!({ "title": "Two", "content": "Second" })),
            ], "preview": preview(2, 2), "metadata": "<object>" }),
            );
        }
        let renamed = json!([{ "heading": "One", "text": "First", "number": "1.0.0" }]);
        let options = json!({ "titleField": "heading", "contentField": "text", "versionField": "number" });
        let answer = mara
            .post(
                "/api/projects/import/json",
                json!({ "content": renamed.to_string(), "projectId": project, "options": options }),
            )
            .await;
        answer.is(200, &json!({ "validatedEntries": [{ "title": "One", "content": "First", "version": "1.0.0" }] }));
        // Releases as a well-known host lists them.
        let releases = json!([
            {
                "tag_name": "v2.0.0", "name": "Two", "body": "Big", "draft": false, "prerelease": false,
                "published_at": "2024-05-01T10:00:00Z",
            },
        ]);
        let answer = mara
            .post("/api/projects/import/json", json!({ "content": releases.to_string(), "projectId": project }))
            .await;
        answer.is(
            200,
            &json!({
                "validatedEntries": [{
                    "title": "Two", "content": "Big", "version": "2.0.0", "publishedAt": "2024-05-01T10:00:00.000Z",
                }],
            }),
        );
    }

    async fn tables_are_read_with_quotes_and_line_breaks(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let content = "version,title,content,date,tags\n\
            1.0.0,\"One, and only\",\"First line\nsecond \"\"line\"\"\",2024-01-31,Fix;Design\n\
            ,Two,Second,,\n";
        let answer = mara.post("/api/projects/import/csv", json!({ "content": content, "projectId": project })).await;
        answer.is(
            200,
            &json!({ "success": true, "validatedEntries": [
            with(validated(), json!({
                "title": "One, and only", "content": "First line\nsecond \"line\"", "version": "1.0.0",
                "publishedAt": "<time>", "tags": ["Fix", "Design"],
            })),
            with(validated(), json!({ "title": "Two", "content": "Second" })),
        ], "preview": preview(2, 2), "metadata": "<object>" }),
        );
        let other = json!({
            "content": "title;content\nEins;Erster\n", "projectId": project, "options": { "delimiter": ";" },
        });
        let answer = mara.post("/api/projects/import/csv", other).await;
        answer.is(200, &json!({ "validatedEntries": [{ "title": "Eins", "content": "Erster" }] }));
    }

    async fn what_was_parsed_is_processed_once(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entries = parsed(&mara, &project).await;
        let path = "/api/projects/import/process";
        let process = json!({
            "projectId": project, "entries": entries,
            "options": { "strategy": "merge", "publishImportedEntries": true, "defaultTags": ["Imported"] },
        });
        let first = mara.post(path, process.clone()).await.is(200, &processed(3, 0)).json();
        assert_eq!(titles_by_version(&first["createdEntries"]), ["", "1.0.0", "1.1.0"]);
        let list = mara.get(&format!("/api/projects/{project}/changelog")).await.expect(200).json();
        let release =
            list["entries"].as_array().unwrap().iter().find(|entry| entry["version"] == "1.1.0").unwrap().clone();
        assert!(release["publishedAt"].as_str().unwrap().starts_with("2024-06-10T12:00:00."), "{release}");
        assert!(column(&release["tags"], "name").contains(&"Imported".to_owned()), "{release}");
        mara.post(path, process).await.is(200, &processed(0, 3));
        let history = json!({
            "success": true,
            "history": { "totalImports": "<integer>", "lastImportDate": "<time>", "totalEntriesImported": 3 },
        });
        mara.get(&format!("{path}?projectId={project}")).await.is(200, &history);
        let other = mara.project("Other").await;
        let none = json!({
            "success": true, "history": { "totalImports": 0, "lastImportDate": null, "totalEntriesImported": 0 },
        });
        mara.get(&format!("{path}?projectId={other}")).await.is(200, &none);
    }

    async fn conflicts_are_skipped_or_overwritten(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let kept = mara.draft(&project, json!({ "title": "Mine", "content": "Old", "version": "1.1.0" })).await;
        let path = "/api/projects/import/process";
        let entry = format!("/api/projects/{project}/changelog/{}", crate::site::id(&kept));
        let process = async |resolution: &str, strategy: &str, version: &str| {
            let entries = json!([{ "title": "Theirs", "content": "New", "version": version, "isValid": true }]);
            let options = json!({ "strategy": strategy, "conflictResolution": resolution });
            mara.post(path, json!({ "projectId": project, "entries": entries, "options": options })).await
        };
        process("skip", "merge", "1.1.0").await.is(200, &processed(0, 1));
        mara.get(&entry).await.is(200, &json!({ "title": "Mine", "content": "Old" }));
        process("overwrite", "merge", "1.1.0").await.is(200, &json!({ "success": true, "errorCount": 0 }));
        mara.get(&entry)
            .await
            .is(200, &json!({ "id": kept["id"], "title": "Theirs", "content": "New", "version": "1.1.0" }));
        mara.draft(&project, json!({ "title": "Also mine", "content": "Old", "version": "1.2.0" })).await;
        process("skip", "append", "1.2.0").await.is(200, &processed(1, 0));
        let list = mara.get(&format!("/api/projects/{project}/changelog")).await.expect(200).json();
        assert_eq!(titles_by_version(&list["entries"]), ["", "1.1.0", "1.2.0"], "the added one has lost its version");
    }

    async fn staff_import_drafts_where_they_may_not_publish(site: Site) {
        let mara = site.admin().await;
        let sam = site.staff().await;
        let project = mara.project("Orbit Mail").await;
        let entries = parsed(&sam, &project).await;
        let path = "/api/projects/import/process";
        let publish =
            json!({ "projectId": project, "entries": entries, "options": { "publishImportedEntries": true } });
        sam.post(path, publish).await.refused(403);
        mara.get(&format!("/api/projects/{project}/changelog")).await.is(200, &json!({ "entries": [] }));
        sam.post(path, json!({ "projectId": project, "entries": entries })).await.is(200, &processed(3, 0));
        site.stranger().get(&format!("/api/changelog/{project}/entries")).await.is(200, &json!({ "items": [] }));
    }
}
