//! Where readers get pictures and files, and where pages of the dashboard send them.

use axum::http::Method;
use model::media::Medium;
use store::Db;
use testkit::{Answer, Person, TestApp, fixtures, on_both_databases};

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

/// A form as browsers send it; a file has a name.
fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, value) in parts {
        body.extend_from_slice(format!("--limit\r\ncontent-disposition: form-data; name=\"{name}\"").as_bytes());
        if let Some(file) = file {
            body.extend_from_slice(format!("; filename=\"{file}\"").as_bytes());
        }
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--limit--\r\n");
    body
}

async fn send(person: &Person, accept: &str, body: Vec<u8>) -> Answer {
    person
        .call(Method::POST, "/rpc/media/upload")
        .header("accept", accept)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=limit")
        .body(body)
        .send()
        .await
}

on_both_databases! {
    async fn a_public_picture_may_be_kept_for_ever_and_runs_nothing(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let medium = fixtures::medium(&app.services, &project, 1).await;
        let reader = app.stranger();
        for path in [medium.path(), medium.path_at(600)] {
            let answer = reader.get(&path).await.expect(200);
            assert!(answer.bytes().starts_with(b"\x89PNG"));
            for (name, value) in [
                ("content-type", "image/png"),
                ("cache-control", "public, max-age=31536000, immutable"),
                ("x-content-type-options", "nosniff"),
                ("content-security-policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'"),
                ("content-disposition", "inline; filename*=UTF-8''shade%2Epng"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{path}: {name}");
            }
            let tag = answer.header("etag").unwrap().to_owned();
            let known = reader.call(Method::GET, &path).header("if-none-match", &tag).send().await.expect(304);
            assert!(known.bytes().is_empty());
        }
        let file = services::media::upload(
            &app.services,
            &fixtures::may(&app.services, &project).await,
            "notes.html",
            b"<html><script>alert(1)</script>".to_vec(),
            Default::default(),
        )
        .await
        .unwrap()
        .medium;
        let answer = reader.get(&file.path()).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(answer.header("content-disposition"), Some("attachment; filename*=UTF-8''notes%2Ehtml"));
        reader.get(&medium.path().replace("800x600", "1x1")).await.expect(404);
    }

    async fn a_private_picture_is_answered_to_strangers_like_an_unknown_one(db: Db) {
        let app = app(db);
        let project = fixtures::project(&app.services, "Secret").await;
        let medium = fixtures::medium(&app.services, &project, 1).await;
        let stranger = app.stranger();
        let refused = stranger.get(&medium.path()).await.expect(404);
        let unknown = stranger.get(&format!("/media/cnothing/{}", medium.file)).await.expect(404);
        assert_eq!(refused.text(), unknown.text());
        assert_eq!(refused.header("cache-control"), unknown.header("cache-control"));
        let vera = app.viewer("Vera").await;
        for person in [vera.by_cookie(), vera] {
            let answer = person.get(&medium.path()).await.expect(200);
            assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
        }
        // Made public, everybody may have it; made private again, nobody else.
        let owner = app.owner("Mara").await;
        let path = format!("/api/projects/{}/settings", project.id);
        for (public, status) in [(true, 200), (false, 404)] {
            owner.patch(&path, serde_json::json!({ "isPublic": public })).await.expect(200);
            stranger.get(&medium.path()).await.expect(status);
        }
    }

    async fn a_form_uploads_with_and_without_scripts(db: Db) {
        let app = app(db);
        let project = fixtures::project(&app.services, "Atuin").await;
        let id = project.id.as_str();
        let mara = app.owner("Mara").await.by_cookie();
        let picture = fixtures::picture(40, 30, 1);
        let body = form(&[("project", None, id.as_bytes()), ("alt", None, b"A field"), ("file", Some("a.png"), &picture)]);
        let answer = send(&mara, "application/json", body.clone()).await.expect(200);
        let medium: Medium = serde_json::from_slice(answer.bytes()).unwrap();
        assert_eq!((medium.alt.as_str(), medium.name.as_str()), ("A field", "a.png"));
        let plain = send(&mara, "text/html", body.clone()).await.expect(303);
        assert_eq!(plain.header("location"), Some(format!("/dashboard/projects/{id}/media?show={}", medium.id).as_str()));
        let page = mara.get(plain.header("location").unwrap()).await.expect(200);
        assert!(page.text().contains("A field") && page.text().contains(&medium.path()));

        let wrong = form(&[("project", None, id.as_bytes()), ("file", Some("a.png"), b"MZ\x90\0")]);
        let refused = send(&mara, "application/json", wrong.clone()).await.expect(400);
        assert!(refused.text().contains("Allowed: PNG"));
        let back = send(&mara, "text/html", wrong).await.expect(303);
        let page = mara.get(back.header("location").unwrap()).await.expect(200);
        assert!(page.text().contains("Allowed: PNG"), "the page tells what was wrong");

        for (parts, field) in [
            (form(&[("project", None, id.as_bytes()), ("file", Some(""), b"")]), "file"),
            (form(&[("file", Some("a.png"), &picture)]), "project"),
            (form(&[]), "project"),
        ] {
            let refused = send(&mara, "application/json", parts).await.expect(400);
            assert!(refused.text().contains(&format!("\"{field}\"")), "{}", refused.text());
        }
        let (vera, stranger) = (app.viewer("Vera").await.by_cookie(), app.stranger());
        send(&vera, "application/json", body.clone()).await.expect(403);
        send(&stranger, "application/json", body.clone()).await.expect(401);
        let foreign = mara.call(Method::POST, "/rpc/media/upload").header("sec-fetch-site", "cross-site").header("origin", "https://evil.example");
        let foreign = foreign.header("content-type", "multipart/form-data; boundary=limit").body(body).send().await;
        assert_eq!(foreign.status(), 403);
        assert_eq!(testkit::count(app.db(), "media").await, 1);
    }

    async fn readers_get_the_picture_with_its_size_and_widths(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let medium = fixtures::medium(&app.services, &project, 1).await;
        let new = model::entries::NewEntry { content: medium.markdown(), ..fixtures::text("Cranes") };
        let entry = fixtures::published_with(&app.services, &project, new, app.services.clock.now()).await;
        let reader = app.stranger();
        let page = reader.get(&format!("/changelog/{}/{}", project.slug, entry.slug)).await.expect(200);
        let small = medium.path().replace(".png", ".w600.png");
        assert!(page.text().contains(&format!("src=\"{}\"", medium.path())), "{}", page.text());
        assert!(page.text().contains(&format!("srcset=\"{small} 600w, {} 800w\"", medium.path())));
        assert!(page.text().contains("width=\"800\" height=\"600\" loading=\"lazy\""));
    }
}
