use http::Method;
use model::Scope;
use model::entries::NewEntry;
use testkit::{fixtures, on_both_databases};

use crate::app::{App, column, twenty_five};

on_both_databases! {
    async fn each_format_comes_as_a_file_with_a_name(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        fixtures::published(&app.services, &project, "First").await;
        for (format, media_type, ending, begins) in [
            ("markdown", "text/markdown; charset=utf-8", "md", &b"# Changelog"[..]),
            ("json", "application/json", "json", b"{\"format\":\"tidings\",\"version\":1,"),
            ("csv", "text/csv; charset=utf-8; header=present", "csv", b"title,version,date,"),
            ("zip", "application/zip", "zip", b"PK\x03\x04"),
        ] {
            let path = format!("/api/projects/{}/export?format={format}", project.id);
            let answer = owner.get(&path).await.expect(200);
            assert_eq!(answer.header("content-type"), Some(media_type));
            let disposition = format!("attachment; filename=\"orbit-mail-changelog-2026-03-04.{ending}\"");
            assert_eq!(answer.header("content-disposition"), Some(disposition.as_str()));
            assert_eq!(answer.header("cache-control"), Some("private, no-store"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert!(answer.bytes().starts_with(begins), "{format}");

            let head = owner.call(Method::HEAD, &path).send().await.expect(200);
            for name in ["content-type", "content-disposition", "cache-control"] {
                assert_eq!(head.header(name), answer.header(name), "{name}");
            }
            assert!(head.bytes().is_empty());
        }
        let mut lease = app.db().acquire().await.unwrap();
        let records = store::audit::list(lease.conn(), None, 1000).await.unwrap();
        assert_eq!(records.iter().filter(|record| record.action == "EXPORT_CREATED").count(), 4, "HEAD exports nothing");
        assert!(owner.get(&format!("/api/projects/{}/export", project.id)).await.expect(200).text().starts_with("# Ch"));
    }

    async fn an_export_holds_what_was_asked_for(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entries = twenty_five(&app, &project).await;
        fixtures::entry(&app.services, &project, "Draft").await;
        let get = async |query: &str| {
            let path = format!("/api/projects/{}/export?format=json&{query}", project.id);
            column(&owner.get(&path).await.expect(200).json()["entries"], "title")
        };
        let newest_first: Vec<_> = entries.iter().map(|entry| entry.title.clone()).collect();
        assert_eq!(get("").await, newest_first);
        assert_eq!(get("status=all").await, [&["Draft".to_owned()], &newest_first[..]].concat());
        assert_eq!(get("tags=even").await.len(), 13);
        assert_eq!(get("tags=Even,odd&unknown=1").await.len(), 25);
        assert_eq!(get("tags=Even&tags=Odd").await.len(), 25);
        assert_eq!(get("tags=nobody").await.len(), 0);
        assert_eq!(get("from=2026-03-04&to=2026-03-04").await.len(), 25, "a plain date is a whole day");
        assert_eq!(get("to=2026-03-03").await.len(), 0);
        assert_eq!(get("from=2026-03-04T09:30:00.000Z").await.len(), 1);
        assert_eq!(get("to=2026-03-04T09:06:00.000Z").await.len(), 1);
        assert_eq!(get("to=9999-12-31").await.len(), 25);
    }

    async fn wrong_parameters_are_named(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = format!("/api/projects/{}/export?format=pdf&status=secret&from=yesterday&to=2026-13-01", project.id);
        let answer = owner.get(&path).await.expect(400).json();
        let fields: Vec<_> = answer["fields"].as_array().unwrap().iter().map(|field| field["field"].clone()).collect();
        assert_eq!(fields, ["format", "status", "from", "to"]);
        assert_eq!(answer["fields"][0]["message"], "format must be markdown, json, csv or zip.");
    }

    async fn who_may_read_entries_may_export_them(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let other = fixtures::project(&app.services, "Other").await;
        let path = format!("/api/projects/{}/export", project.id);
        app.viewer("Vera").await.get(&path).await.expect(200);
        app.stranger().get(&path).await.expect(401);
        owner.get("/api/projects/unknown/export").await.expect(404);
        app.key(&owner, &[Scope::ChangelogRead], None).await.get(&path).await.expect(200);
        let answer = app.key(&owner, &[Scope::ProjectRead], None).await.get(&path).await.expect(403);
        assert_eq!(answer.json()["code"], "missing_scope");
        let answer = app.key(&owner, &[], Some(&other.id)).await.get(&path).await.expect(403);
        assert_eq!(answer.json()["code"], "other_project");
    }

    async fn a_cell_that_looks_like_a_formula_is_text(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let new = NewEntry { title: "=HYPERLINK(\"x\")".to_owned(), ..fixtures::text("x") };
        fixtures::published_with(&app.services, &project, new, app.services.clock.now()).await;
        let answer = owner.get(&format!("/api/projects/{}/export?format=csv", project.id)).await.expect(200);
        assert!(answer.text().contains("\r\n\"'=HYPERLINK(\"\"x\"\")\","), "{}", answer.text());
    }
}
