//! Section 1.8: what may be kept, and by whom.

use serde_json::json;
use testkit::on_both_databases;

use crate::site::Site;

const PRIVATE: &str = "private, no-store";
const REVALIDATE: &str = "public, max-age=0, must-revalidate";

on_both_databases! {
    async fn what_has_a_credential_is_kept_by_nobody(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry =
            crate::site::id(&mara.draft(&project, json!({ "title": "One", "content": "x", "tags": ["Fix"] })).await);
        for path in [
            "/api/projects".to_owned(),
            format!("/api/projects/{project}"),
            format!("/api/projects/{project}/settings"),
            format!("/api/projects/{project}/changelog"),
            format!("/api/projects/{project}/changelog/{entry}"),
            format!("/api/projects/{project}/changelog/tags"),
            format!("/api/projects/{project}/versions"),
            format!("/api/projects/{project}/api-keys"),
            "/api/auth/me".to_owned(),
            "/api/search?q=one".to_owned(),
            "/api/dashboard/stats".to_owned(),
        ] {
            for caller in [&*mara, mara.cookie()] {
                let answer = caller.get(&path).await.expect(200);
                assert_eq!(answer.header("cache-control"), Some(PRIVATE), "{path}");
            }
        }
        let made = mara.post("/api/projects", json!({ "name": "x" })).await.expect(201);
        assert_eq!(made.header("cache-control"), Some(PRIVATE));
    }

    async fn errors_are_kept_by_nobody(site: Site) {
        let mara = site.admin().await;
        for answer in [
            mara.get("/api/nothing").await,
            mara.put("/api/projects", json!({})).await,
            mara.post("/api/projects", json!({})).await,
            site.stranger().get("/api/projects").await,
            site.stranger().get("/api/changelog/cunknown/entries").await,
            site.stranger().get("/api/changelog/cunknown/rss.xml").await,
        ] {
            assert!(answer.status >= 400);
            assert_eq!(answer.header("cache-control"), Some(PRIVATE), "{}", answer.status);
        }
    }

    async fn what_is_public_is_asked_about(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = crate::site::id(&mara.published(&project, json!({ "title": "One", "content": "x" }), None).await);
        for path in [
            format!("/api/changelog/{project}/entries"),
            format!("/api/changelog/{project}/entries/all"),
            format!("/api/changelog/entries/{entry}"),
        ] {
            let answer = site.stranger().get(&path).await.expect(200);
            assert_eq!(answer.header("cache-control"), Some(REVALIDATE), "{path}");
            let ask = |tags: String| site.stranger().call("GET", &path).header("if-none-match", &tags).send();
            let tag = answer.etag();
            for tags in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
                let known = ask(tags).await.empty(304);
                assert_eq!((known.etag(), known.header("cache-control")), (tag.clone(), Some(REVALIDATE)));
            }
            ask("\"other\"".to_owned()).await.expect(200);
        }
    }

    async fn a_change_is_seen_by_the_next_reader(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let path = format!("/api/changelog/{project}/entries");
        let entry = mara.published(&project, json!({ "title": "One", "content": "x", "tags": ["Fix"] }), None).await;
        let one = format!("/api/projects/{project}/changelog/{}", crate::site::id(&entry));
        let tag = format!("/api/projects/{project}/changelog/tags/{}", crate::site::id(&entry["tags"][0]));
        let mut known = site.stranger().get(&path).await.expect(200).etag();
        let settings = format!("/api/projects/{project}/settings");
        for (path_of_change, change) in [
            (&one, json!({ "title": "Two" })),
            (&settings, json!({ "name": "Renamed" })),
            (&tag, json!({ "name": "Repair" })),
            (&settings, json!({ "maintenanceMode": true })),
        ] {
            let method = if *path_of_change == one { "PUT" } else { "PATCH" };
            mara.call(method, path_of_change).json(&change).send().await.expect(200);
            let list = site.stranger().call("GET", &path).header("if-none-match", &known).send().await;
            known = list.expect(200).etag();
        }
    }
}
