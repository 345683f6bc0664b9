use http::Method;
use model::projects::Project;
use serde_json::{Value, json};
use testkit::{Answer, Person, fixtures, on_both_databases};

use crate::app::{App, set_up};

fn path(project: &Project, rest: &str) -> String {
    format!("/api/integrations/widget/{}{rest}", project.id)
}

async fn create(person: &Person, project: &Project, body: Value) -> Value {
    person.call(Method::POST, &path(project, "")).json(&body).send().await.expect(201).json()["widget"].clone()
}

async fn script(app: &App, project: &Project, id: &str) -> Answer {
    app.stranger().call(Method::GET, &path(project, &format!("/{id}"))).header("accept", "*/*").send().await
}

on_both_databases! {
    async fn a_widget_is_made_listed_changed_and_deleted(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let sam = app.staff("Sam").await;
        let body = json!({
            "name": "Home page", "variant": "floating", "settings": { "position": "top-left", "maxEntries": "7", "own": [1] },
            "allowedOrigins": ["https://Shop.example/"]
        });
        let answer = sam.call(Method::POST, &path(&project, "")).json(&body).send().await.expect(201);
        let widget = answer.json()["widget"].clone();
        let id = widget["id"].as_str().unwrap();
        assert_eq!(answer.header("location").unwrap(), path(&project, &format!("/{id}")));
        assert_eq!(widget["settings"], json!({ "position": "top-left", "maxEntries": 7, "own": [1] }));
        assert_eq!(widget["allowedOrigins"], json!(["https://shop.example"]));
        assert_eq!((&widget["customCSS"], &widget["isActive"]), (&Value::Null, &json!(true)));

        // Dashboards of before send something more in the path.
        let other = json!({ "name": "Second", "variant": "classic" });
        let old = sam.call(Method::POST, &path(&project, &format!("/{}", project.id))).json(&other).send().await;
        old.expect(201);
        let list = sam.get(&path(&project, "/list")).await.expect(200).json();
        let names: Vec<&str> = list["widgets"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names.len(), 2);
        assert!(names.contains(&"Home page") && names.contains(&"Second"));

        let one = path(&project, &format!("/{id}"));
        let change = json!({ "isActive": false, "customCSS": ".changerawr-entry { color: red }", "variant": "floating" });
        let changed = sam.call(Method::PUT, &one).json(&change).send().await.expect(200).json()["widget"].clone();
        assert_eq!((&changed["isActive"], &changed["name"]), (&json!(false), &json!("Home page")));
        assert_eq!(changed["settings"], widget["settings"]);
        let cleared = sam.call(Method::PUT, &one).json(&json!({ "customCSS": null })).send().await.expect(200);
        assert_eq!(cleared.json()["widget"]["customCSS"], Value::Null);
        let refused = sam.call(Method::PUT, &one).json(&json!({ "variant": "classic" })).send().await.expect(400);
        assert_eq!(refused.json()["fields"][0]["field"], "variant");

        let record = sam.call(Method::GET, &one).header("accept", "application/json").send().await.expect(200);
        assert_eq!(record.json()["widget"]["id"], id);
        assert!(record.header("vary").unwrap().contains("accept"));
        assert_eq!(sam.call(Method::DELETE, &one).send().await.expect(200).json(), json!({ "success": true }));
        sam.call(Method::DELETE, &one).send().await.expect(404);
        sam.call(Method::GET, &one).header("accept", "application/json").send().await.expect(404);
    }

    async fn wrong_options_are_named_one_by_one(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let sam = app.staff("Sam").await;
        let body = json!({ "name": "", "variant": "classic", "settings": { "theme": "sepia", "maxEntries": 0 }, "allowedOrigins": ["shop"] });
        let answer = sam.call(Method::POST, &path(&project, "")).json(&body).send().await.expect(400).json();
        let mut fields: Vec<&str> = answer["fields"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["allowedOrigins", "name", "settings.maxEntries", "settings.theme"]);
        let unknown = json!({ "name": "x", "variant": "carousel" });
        sam.call(Method::POST, &path(&project, "")).json(&unknown).send().await.expect(400);
    }

    async fn the_widget_of_another_project_is_not_there(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let other = fixtures::public_project(&app.services, "Other").await;
        let widget = create(&owner, &project, json!({ "name": "Home", "variant": "classic" })).await;
        let foreign = path(&other, &format!("/{}", widget["id"].as_str().unwrap()));
        owner.call(Method::GET, &foreign).header("accept", "application/json").send().await.expect(404);
        owner.call(Method::PUT, &foreign).json(&json!({ "name": "Mine" })).send().await.expect(404);
        owner.call(Method::DELETE, &foreign).send().await.expect(404);
        assert_eq!(script(&app, &other, widget["id"].as_str().unwrap()).await.status(), 404);
    }

    async fn the_script_of_a_kept_widget_brings_all_its_options(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let body = json!({
            "name": "Home", "variant": "floating", "customCSS": "</script><b>", "allowedOrigins": ["https://shop.example"],
            "settings": { "theme": "dark", "own": "kept" }
        });
        let widget = create(&owner, &project, body).await;
        let id = widget["id"].as_str().unwrap();
        let answer = script(&app, &project, id).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"));
        assert!(answer.header("etag").is_some());
        let text = answer.text();
        for part in [
            "\"variant\":\"floating\"", "\"theme\":\"dark\"", "\"own\":\"kept\"", "\"origins\":[\"https://shop.example\"]",
            "\\u003c/script>\\u003cb>", &format!("\"widget\":\"{id}\""),
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let from = |origin: &'static str| {
            let call = app.stranger().call(Method::GET, &path(&project, &format!("/{id}"))).header("accept", "*/*");
            call.header("referer", origin).send()
        };
        from("https://shop.example/cart").await.expect(200);
        let refused = from("https://other.example/").await.expect(403);
        assert!(refused.text().starts_with("console.warn("));

        // What is shown changes with the next request.
        let off = json!({ "isActive": false });
        owner.call(Method::PUT, &path(&project, &format!("/{id}"))).json(&off).send().await.expect(200);
        let refused = script(&app, &project, id).await.expect(403);
        assert_eq!((refused.text().lines().count(), refused.header("cache-control")), (1, Some("private, no-store")));
        set_up(&app, &project, |project| project.maintenance_mode = true).await;
        let paused = app.stranger().get(&path(&project, "")).await.expect(200);
        assert!(paused.text().starts_with("console.warn("));
    }

    async fn what_is_new_is_counted_from_a_date_or_an_entry(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let now = app.services.clock.now();
        let day = chrono::Duration::days(1);
        let old = fixtures::published_at(&app.services, &project, "Old", now - day * 3).await;
        let seen = fixtures::published_at(&app.services, &project, "Seen", now - day * 2).await;
        let new = fixtures::published_at(&app.services, &project, "New", now - day).await;
        // Published just now, with a date of the past.
        fixtures::published_at(&app.services, &project, "Late", now - day * 4).await;
        fixtures::entry(&app.services, &project, "Draft").await;
        let ask = async |query: String| {
            app.stranger().get(&format!("/api/changelog/{}/unread{query}", project.id)).await
        };
        let date = model::time::to_wire(seen.published_at.unwrap());
        for (query, count) in [
            (String::new(), 4), (format!("?since={date}"), 1), (format!("?since={}", seen.id), 1),
            (format!("?since={}", new.id), 0), (format!("?since={}", old.id), 2), ("?since=2000-01-01".to_owned(), 4),
        ] {
            let answer = ask(query.clone()).await.expect(200);
            assert_eq!(answer.json()["count"], count, "{query}");
            assert_eq!(answer.json()["latest"]["id"], new.id.as_str());
            assert!(answer.text().len() < 2048 && answer.header("etag").is_some());
        }
        let recent = ask(String::new()).await.json()["recent"].clone();
        let keys: Vec<String> = recent.as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect();
        assert!(keys.is_sorted_by(|a, b| a > b), "as text, keys sort as entries do: {keys:?}");
        ask("?since=yesterday%21".to_owned()).await.expect(400);
        ask("?since=unknown".to_owned()).await.expect(400);
        set_up(&app, &project, |project| project.maintenance_mode = true).await;
        assert_eq!(ask(String::new()).await.json(), json!({ "count": 0, "latest": null, "recent": [], "maintenanceMode": true }));
    }

    async fn an_entry_as_html_is_safe_and_public_only(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let now = app.services.clock.now();
        let new = model::entries::NewEntry { content: "<script>x</script>\n\n**bold** [a](/b)".into(), ..fixtures::text("One") };
        let entry = fixtures::published_with(&app.services, &project, new, now).await;
        let draft = fixtures::entry(&app.services, &project, "Draft").await;
        let ask = async |id: String| {
            app.stranger().get(&format!("/api/changelog/{}/panel/{id}", project.id)).await
        };
        let answer = ask(entry.id.to_string()).await.expect(200);
        assert!(answer.text().contains("<strong>bold</strong>") && !answer.text().contains("<script"), "{}", answer.text());
        assert!(answer.text().contains("href=\"http://tidings.example/b\""), "{}", answer.text());
        assert!(answer.header("content-security-policy").unwrap().contains("sandbox"));
        ask(draft.id.to_string()).await.expect(404);
        ask("unknown".to_owned()).await.expect(404);
    }

    async fn a_list_without_content_is_small(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        fixtures::published(&app.services, &project, "One").await;
        let path = format!("/api/changelog/{}/entries", project.id);
        let whole = app.stranger().get(&path).await.expect(200).json();
        assert_eq!(whole["items"][0]["content"], "All about **One**.");
        let small = app.stranger().get(&format!("{path}?content=false")).await.expect(200).json();
        assert_eq!((small["items"][0].get("content"), &small["items"][0]["excerpt"]), (None, &json!("All about One.")));
    }

    async fn the_old_files_are_where_pages_look_for_them(app: App) {
        for (name, kind) in [("bundle", "bundle"), ("classic", "classic"), ("floating", "floating"), ("modal", "modal"), ("announcement", "announcement")] {
            let answer = app.stranger().get(&format!("/widget-{name}.js")).await.expect(200);
            assert!(answer.text().contains(&format!("\"bundle\":\"{kind}\"")) && answer.text().contains("ChangerawrWidget"));
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("cross-origin"));
        }
        for name in ["variables", "reset", "common", "floating", "modal", "announcement"] {
            let answer = app.stranger().get(&format!("/widgets/core/styles/{name}.css")).await.expect(200);
            assert_eq!(answer.header("content-type"), Some("text/css; charset=utf-8"));
        }
    }
}
