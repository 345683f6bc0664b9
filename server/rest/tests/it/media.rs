use axum::http::Method;
use model::Scope;
use model::entries::NewEntry;
use serde_json::json;
use testkit::{Answer, Person, fixtures, on_both_databases};

use crate::app::App;

async fn upload(person: &Person, path: &str, bytes: impl Into<axum::body::Body>) -> Answer {
    person.call(Method::POST, path).header("content-type", "application/octet-stream").body(bytes).send().await
}

on_both_databases! {
    async fn a_picture_is_uploaded_described_listed_and_deleted(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let base = format!("/api/projects/{}/media", project.id);
        let answer = upload(&owner, &format!("{base}?name=a.png&alt=A%20field"), fixtures::picture(800, 600, 1)).await.expect(201);
        let made = answer.json()["medium"].clone();
        let id = made["id"].as_str().unwrap();
        assert_eq!(answer.header("location"), Some(format!("{base}/{id}").as_str()));
        let url = made["url"].as_str().unwrap();
        let path = url.strip_prefix("http://tidings.example").unwrap();
        assert!(path.starts_with(&format!("/media/{}/", project.id)) && path.ends_with("-800x600.png"), "{path}");
        assert_eq!(
            (&made["kind"], &made["contentType"], &made["width"], &made["height"], &made["alt"], &made["isDecorative"]),
            (&json!("png"), &json!("image/png"), &json!(800), &json!(600), &json!("A field"), &json!(false))
        );
        assert_eq!(made["markdown"], format!("![A field]({path})"));
        assert_eq!(made["createdBy"], json!({ "id": owner.id(), "name": "Mara" }));
        let again = upload(&owner, &format!("{base}?name=b.png"), fixtures::picture(800, 600, 1)).await.expect(200);
        assert_eq!(again.json()["medium"], made);

        let content = made["markdown"].as_str().unwrap().to_owned();
        let new = NewEntry { content, ..fixtures::text("Cranes") };
        let entry = fixtures::entry_with(&app.services, &project, new).await;
        let one = owner.get(&format!("{base}/{id}")).await.expect(200);
        let used = json!([{ "entryId": entry.id, "title": "Cranes", "isTrashed": false }]);
        assert_eq!(one.json()["medium"]["usedIn"], used);
        let list = owner.get(&format!("{base}?search=FIELD&pictures=true&limit=5")).await.expect(200).json();
        assert_eq!((list["media"][0]["usedIn"].clone(), list["pagination"]["total"].clone()), (used, json!(1)));
        assert_eq!(owner.get(&format!("{base}?search=nothing")).await.expect(200).json()["media"], json!([]));
        owner.get(&format!("{base}?pictures=perhaps")).await.expect(400);

        let patch = |tag: &str, body: serde_json::Value| {
            owner.call(Method::PATCH, &format!("{base}/{id}")).header("if-match", tag).json(&body).send()
        };
        let tag = one.header("etag").unwrap().to_owned();
        let changed = patch(&tag, json!({ "alt": "Two fields" })).await.expect(200);
        assert_eq!(changed.json()["medium"]["alt"], "Two fields");
        let outdated = patch(&tag, json!({ "isDecorative": true })).await.expect(412);
        assert_eq!(outdated.json()["medium"]["alt"], "Two fields");
        let wrong = patch("*", json!({ "alt": "x", "isDecorative": true })).await.expect(400).json();
        assert_eq!(wrong["fields"][0]["field"], "alt");

        let refused = owner.delete(&format!("{base}/{id}")).await.expect(409).json();
        assert!(refused["detail"].as_str().unwrap().contains("“Cranes”"), "{refused}");
        owner.delete(&format!("{base}/{id}?force=true")).await.expect(204);
        owner.get(&format!("{base}/{id}")).await.expect(404);
    }

    async fn what_cannot_be_taken_says_what_can(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = format!("/api/projects/{}/media?name=a.png", project.id);
        for (bytes, part) in [(&b""[..], "empty"), (b"MZ\x90\0", "Allowed: PNG"), (b"\x89PNG\r\n\x1a\n", "damaged")] {
            let refused = upload(&owner, &path, bytes).await.expect(400).json();
            assert_eq!(refused["fields"][0]["field"], "file");
            assert!(refused["fields"][0]["message"].as_str().unwrap().contains(part), "{refused}");
        }
        let most = services::media::most_bytes(&app.services);
        upload(&owner, &path, vec![b'a'; most + 1]).await.expect(413);
        let form = owner.call(Method::POST, &path).header("content-type", "multipart/form-data; boundary=x");
        form.body("--x--").send().await.expect(415);
        // What a form of another site could send.
        let browser = owner.by_cookie();
        let plain = browser.call(Method::POST, &path).header("content-type", "text/plain").body("words");
        assert!(matches!(plain.send().await.status(), 403 | 415));
    }

    async fn keys_upload_what_their_scopes_allow(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = format!("/api/projects/{}/media", project.id);
        for (scope, status) in [(Scope::ChangelogWrite, 201), (Scope::ChangelogRead, 403)] {
            let key = app.key(&owner, &[scope], Some(&project.id)).await;
            upload(&key, &path, format!("words for {scope}")).await.expect(status);
        }
    }
}
