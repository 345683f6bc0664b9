use model::entries::NewEntry;
use model::projects::ProjectPatch;
use model::time::to_wire;
use serde_json::{Value, json};
use services::access::{DeleteEntries, EditProjects};
use testkit::{fixtures, on_both_databases, start};

use crate::app::{App, column, ids, set_up, twenty_five};

/// Walks a list to its end and gives the ids it delivered.
async fn walk(app: &App, path: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut next = path.to_owned();
    loop {
        let page = app.stranger().get(&next).await.expect(200).json();
        seen.extend(column(&page["items"], "id"));
        match page.get("nextCursor") {
            Some(cursor) => next = format!("{path}&cursor={}", cursor.as_str().unwrap()),
            None => return seen,
        }
    }
}

on_both_databases! {
    async fn a_published_entry_has_every_member_that_clients_read(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let new = NewEntry {
            title: "Dark mode".to_owned(),
            content: "## New\n\nA dark theme for **every** page.".to_owned(),
            version: Some("2.4.0".to_owned()),
            tags: fixtures::tags(&["Feature"]),
            ..NewEntry::default()
        };
        let entry = fixtures::published_with(&app.services, &project, new, start()).await;
        let answer = app.stranger().get(&format!("/api/changelog/{}/entries", project.id)).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.json(), json!({
            "project": {
                "id": project.id, "name": "Orbit Mail", "slug": "orbit-mail", "maintenanceMode": false,
                "maintenanceMessage": null, "allowIndexing": true, "enableRss": true,
                "emailNotificationsEnabled": false,
            },
            "items": [{
                "id": entry.id, "title": "Dark mode", "content": "## New\n\nA dark theme for **every** page.",
                "excerpt": "New A dark theme for every page.", "version": "2.4.0", "slug": "dark-mode",
                "publishedAt": "2026-03-04T09:30:00.000Z", "createdAt": "2026-03-04T09:30:00.000Z",
                "updatedAt": "2026-03-04T09:30:00.000Z",
                "tags": [{ "id": entry.tags[0].id, "name": "Feature", "color": null }],
            }],
        }));
        let all = app.stranger().get(&format!("/api/changelog/{}/entries/all", project.id)).await.expect(200);
        assert_eq!(all.json(), answer.json());
    }

    async fn the_slug_and_an_old_slug_lead_to_the_same_list(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        fixtures::published(&app.services, &project, "First").await;
        let may = fixtures::may::<EditProjects>(&app.services, &project).await;
        let patch = ProjectPatch { name: Some("Apex".to_owned()), ..ProjectPatch::default() };
        services::projects::update(&app.services, &may, patch).await.unwrap();
        let by_id = app.stranger().get(&format!("/api/changelog/{}/entries", project.id)).await.expect(200);
        for address in ["apex", "orbit-mail"] {
            let by_slug = app.stranger().get(&format!("/api/changelog/{address}/entries")).await.expect(200);
            assert_eq!(by_slug.json(), by_id.json());
        }
    }

    async fn drafts_and_private_projects_are_invisible(app: App) {
        let public = fixtures::public_project(&app.services, "Public").await;
        fixtures::entry(&app.services, &public, "A draft").await;
        let answer = app.stranger().get(&format!("/api/changelog/{}/entries", public.id)).await.expect(200);
        assert_eq!(answer.json()["items"], json!([]));

        let private = fixtures::project(&app.services, "Private").await;
        fixtures::published(&app.services, &private, "Nobody's business").await;
        let hidden = app.stranger().get(&format!("/api/changelog/{}/entries", private.id)).await.expect(404);
        let unknown = app.stranger().get("/api/changelog/nothing-here/entries").await.expect(404);
        assert_eq!(hidden.json(), unknown.json());
        for odd in ["%00", "a%2Fb", "%FF", "über", "."] {
            app.stranger().get(&format!("/api/changelog/{odd}/entries")).await.expect(404);
        }
    }

    async fn no_entry_is_skipped_or_repeated_at_the_edge_of_a_page(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entries = twenty_five(&app, &project).await;
        for limit in [1, 4, 10, 11, 12, 24, 25, 26] {
            let path = format!("/api/changelog/{}/entries?limit={limit}", project.id);
            assert_eq!(walk(&app, &path).await, ids(&entries), "limit {limit}");
        }
        let mut oldest = ids(&entries);
        oldest.reverse();
        let path = format!("/api/changelog/{}/entries?limit=7&sort=oldest", project.id);
        assert_eq!(walk(&app, &path).await, oldest);
    }

    async fn filters_hold_on_every_page(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entries = twenty_five(&app, &project).await;
        let even: Vec<_> = entries.iter().filter(|entry| entry.tags[0].name == "Even").cloned().collect();
        let tag = &even[0].tags[0].id;
        for filter in [format!("tags={tag}"), "tags=even".to_owned(), "tags=nonsense%2CEVEN".to_owned()] {
            let path = format!("/api/changelog/{}/entries?limit=5&{filter}", project.id);
            assert_eq!(walk(&app, &path).await, ids(&even), "{filter}");
        }
        let ones: Vec<_> = entries.iter().filter(|entry| entry.title.starts_with("Release 1")).cloned().collect();
        for search in ["search=release+1", "search=RELEASE%201"] {
            let path = format!("/api/changelog/{}/entries?limit=3&{search}", project.id);
            assert_eq!(walk(&app, &path).await, ids(&ones), "{search}");
        }
        let path = format!("/api/changelog/{}/entries?limit=3&tags=odd&search=release+1", project.id);
        let both: Vec<_> = ones.iter().filter(|entry| entry.tags[0].name == "Odd").cloned().collect();
        assert_eq!(walk(&app, &path).await, ids(&both));
        for nothing in ["tags=unknown", "search=%25", "search=_elease", "search=%00%00nothing"] {
            let path = format!("/api/changelog/{}/entries?{nothing}", project.id);
            assert_eq!(app.stranger().get(&path).await.expect(200).json()["items"], json!([]), "{nothing}");
        }
    }

    async fn a_cursor_is_a_position_or_the_id_of_an_entry(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entries = twenty_five(&app, &project).await;
        let list = format!("/api/changelog/{}/entries?limit=11", project.id);
        let first = app.stranger().get(&list).await.expect(200).json();
        let after_id = app.stranger().get(&format!("{list}&cursor={}", entries[10].id)).await.expect(200).json();
        assert_eq!(column(&after_id["items"], "id"), ids(&entries[11..22]));

        // The position survives the entry it was made from.
        let may = fixtures::may::<DeleteEntries>(&app.services, &project).await;
        services::entries::delete(&app.services, &may, &entries[10].id).await.unwrap();
        let cursor = first["nextCursor"].as_str().unwrap();
        let second = app.stranger().get(&format!("{list}&cursor={cursor}")).await.expect(200).json();
        assert_eq!(column(&second["items"], "id"), ids(&entries[11..22]));

        let other = fixtures::public_project(&app.services, "Other").await;
        let foreign = fixtures::published(&app.services, &other, "Elsewhere").await;
        let draft = fixtures::entry(&app.services, &project, "A draft").await;
        for bad in [foreign.id.as_str(), draft.id.as_str(), "unknown", "99999999999999999.x", "-1.x", "1.ü"] {
            let answer = app.stranger().get(&format!("{list}&cursor={bad}")).await.expect(400);
            assert_eq!(answer.json()["code"], "bad_request", "{bad}");
        }
    }

    async fn a_limit_is_clamped_and_nonsense_is_the_default(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        twenty_five(&app, &project).await;
        for (limit, sent) in [("", 10), ("limit=", 10), ("limit=abc", 10), ("limit=0", 1), ("limit=-5", 1),
                              ("limit=3", 3), ("limit=100000000000000000000000000", 25), ("limit=2.5", 10)] {
            let path = format!("/api/changelog/{}/entries?{limit}", project.id);
            let items = app.stranger().get(&path).await.expect(200).json()["items"].as_array().unwrap().len();
            assert_eq!(items, sent, "{limit}");
        }
    }

    async fn in_maintenance_the_list_is_empty(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        fixtures::published(&app.services, &project, "First").await;
        set_up(&app, &project, |project| {
            project.maintenance_mode = true;
            project.maintenance_message = Some("Back at noon".to_owned());
        }).await;
        let answer = app.stranger().get(&format!("/api/changelog/{}/entries", project.id)).await.expect(200).json();
        assert_eq!(answer["items"], json!([]));
        assert_eq!(answer["project"]["maintenanceMode"], true);
        assert_eq!(answer["project"]["maintenanceMessage"], "Back at noon");
        assert_eq!(answer.get("nextCursor"), None);
    }

    async fn a_browser_asks_whether_its_copy_is_still_good(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        fixtures::published(&app.services, &project, "First").await;
        let path = format!("/api/changelog/{}/entries", project.id);
        let first = app.stranger().get(&path).await.expect(200);
        assert_eq!(first.header("cache-control"), Some("public, max-age=0, must-revalidate"));
        let tag = first.header("etag").unwrap();
        assert!(tag.starts_with('"'), "a strong tag: {tag}");
        for condition in [tag.to_owned(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = app.stranger().call(http::Method::GET, &path).header("if-none-match", &condition).send().await;
            let again = again.expect(304);
            assert_eq!(again.header("etag"), Some(tag));
            assert_eq!(again.bytes(), b"");
        }
        fixtures::published(&app.services, &project, "Second").await;
        let later = app.stranger().call(http::Method::GET, &path).header("if-none-match", tag).send().await.expect(200);
        assert_ne!(later.header("etag"), Some(tag));
    }

    async fn a_credential_changes_nothing_in_public(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let path = format!("/api/changelog/{}/entries", project.id);
        let public = app.stranger().get(&path).await.expect(200).json();
        let owner = app.owner("Mara").await;
        assert_eq!(owner.get(&path).await.expect(200).json(), public);
        let bad = app.stranger().call(http::Method::GET, &path).header("authorization", "Bearer chr_nonsense");
        let bad = bad.send().await.expect(200);
        assert_eq!(bad.json(), public);
        assert_eq!(bad.header("set-cookie"), None);
    }

    async fn a_date_is_written_with_three_digits_and_z(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        app.advance(chrono::Duration::milliseconds(7));
        let entry = fixtures::published(&app.services, &project, "First").await;
        let answer = app.stranger().get(&format!("/api/changelog/{}/entries", project.id)).await.expect(200).json();
        let item: &Value = &answer["items"][0];
        assert_eq!(item["publishedAt"], "2026-03-04T09:30:00.007Z");
        assert_eq!(item["createdAt"], to_wire(entry.created_at));
    }

    async fn one_published_entry_is_read_by_its_id_alone(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let new = NewEntry {
            content: "## New\n\nA dark theme.".to_owned(),
            version: Some("2.4.0".to_owned()),
            tags: fixtures::tags(&["Feature"]),
            external_id: Some("internal".to_owned()),
            ..fixtures::text("Dark mode")
        };
        let entry = fixtures::published_with(&app.services, &project, new, start()).await;
        let path = format!("/api/changelog/entries/{}", entry.id);
        let answer = app.stranger().get(&path).await.expect(200);
        assert_eq!(answer.json(), json!({
            "project": {
                "id": project.id, "name": "Orbit Mail", "slug": "orbit-mail", "maintenanceMode": false,
                "maintenanceMessage": null, "allowIndexing": true, "enableRss": true,
                "emailNotificationsEnabled": false,
            },
            "entry": {
                "id": entry.id, "title": "Dark mode", "content": "## New\n\nA dark theme.", "excerpt": "New A dark theme.",
                "version": "2.4.0", "slug": "dark-mode", "publishedAt": "2026-03-04T09:30:00.000Z",
                "createdAt": "2026-03-04T09:30:00.000Z", "updatedAt": "2026-03-04T09:30:00.000Z",
                "tags": [{ "id": entry.tags[0].id, "name": "Feature", "color": null }],
                "changelogId": project.changelog_id,
            },
        }));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=0, must-revalidate"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let tag = answer.header("etag").unwrap();
        let known = app.stranger().call(http::Method::GET, &path).header("if-none-match", tag).send().await;
        known.expect(304);
        let bad = app.stranger().call(http::Method::GET, &path).header("authorization", "Bearer chr_nonsense").send().await;
        assert_eq!(bad.expect(200).json(), answer.json(), "a credential changes nothing");

        // What an editor changes shows with the next request.
        let owner = app.owner("Mara").await;
        owner.put(&path, json!({ "title": "Light mode", "content": "x" })).await.expect(200);
        let later = app.stranger().call(http::Method::GET, &path).header("if-none-match", tag).send().await.expect(200);
        assert_eq!(later.json()["entry"]["title"], "Light mode");
    }

    async fn what_nobody_may_read_is_answered_like_what_is_not_there(app: App) {
        let public = fixtures::public_project(&app.services, "Public").await;
        let private = fixtures::project(&app.services, "Private").await;
        let draft = fixtures::entry(&app.services, &public, "A draft").await;
        let hidden = fixtures::published(&app.services, &private, "Nobody's business").await;
        let unknown = app.stranger().get("/api/changelog/entries/unknown").await.expect(404).json();
        let deleted = fixtures::published(&app.services, &public, "Deleted").await;
        let may = fixtures::may::<DeleteEntries>(&app.services, &public).await;
        services::entries::delete(&app.services, &may, &deleted.id).await.unwrap();
        let check = async || {
            for id in [draft.id.as_str(), hidden.id.as_str(), deleted.id.as_str(), "a.b", "%00", "%F0%9F", "entries"] {
                let answer = app.stranger().get(&format!("/api/changelog/entries/{id}")).await.expect(404);
                assert_eq!(answer.json(), unknown, "{id}");
            }
        };
        check().await;
        set_up(&app, &public, |project| project.maintenance_mode = true).await;
        set_up(&app, &private, |project| project.maintenance_mode = true).await;
        check().await;
    }

    async fn in_maintenance_a_single_entry_is_left_out(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "First").await;
        let path = format!("/api/changelog/entries/{}", entry.id);
        app.stranger().get(&path).await.expect(200);
        set_up(&app, &project, |project| {
            project.maintenance_mode = true;
            project.maintenance_message = Some("Back at noon".to_owned());
        }).await;
        let answer = app.stranger().get(&path).await.expect(200).json();
        assert_eq!(answer.get("entry"), None);
        assert_eq!(answer["project"]["id"], project.id.as_str());
        assert_eq!(answer["project"]["name"], "Orbit Mail");
        assert_eq!(answer["project"]["maintenanceMode"], true);
        assert_eq!(answer["project"]["maintenanceMessage"], "Back at noon");
    }
}
