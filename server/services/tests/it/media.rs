use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::Duration;
use model::entries::{EntryPatch, NewEntry};
use model::media::{MediaKind, NewAlt};
use model::{Error, Role};
use services::access::{DeleteEntries, DeleteForGood, DeleteProjects, ReadEntries, WriteEntries};
use services::media::{self, Bucket, MediaFilter, MediaSettings, Place};
use services::{Services, Settings};
use testkit::{TestApp, fixtures, on_both_databases, services_with, settings};

use crate::help::{ask, may, times, told};

fn alt(text: &str) -> NewAlt {
    NewAlt { alt: text.to_owned(), is_decorative: false }
}

fn kept_in(place: Place, db: store::Db) -> Services {
    services_with(db, Settings { media: MediaSettings { place, ..MediaSettings::default() }, ..settings() })
}

/// Names of the files below a folder.
fn files(folder: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path.display().to_string()) }
        }
    }
    found
}

/// What a stranger gets at an address.
async fn served(cx: &Services, path: &str) -> model::Result<Vec<u8>> {
    let (project, file) = path.trim_start_matches("/media/").split_once('/').unwrap();
    let shown = media::find(cx, None, project, file).await?;
    Ok(shown.read(cx).await?.to_vec())
}

on_both_databases! {
    async fn a_picture_is_kept_described_listed_and_found_by_its_address(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let mara = app.admin("Mara").await;
        let write = may::<WriteEntries>(cx, &mara, &project).await;
        let first = media::upload(cx, &write, "../a b.png", fixtures::picture(800, 600, 1), alt(" A  red\nfield ")).await.unwrap();
        let medium = first.medium;
        assert!(!first.is_known);
        assert_eq!((medium.kind, medium.width, medium.height), (MediaKind::Png, Some(800), Some(600)));
        assert_eq!((medium.name.as_str(), medium.alt.as_str()), ("a b.png", "A red field"));
        assert_eq!(medium.created_by_name.as_deref(), Some("Mara"));
        let again = media::upload(cx, &write, "other.png", fixtures::picture(800, 600, 1), NewAlt::default()).await.unwrap();
        assert_eq!((again.is_known, &again.medium.id), (true, &medium.id));
        assert_eq!(told(cx, "MEDIA_UPLOADED").await.entity_id.as_deref(), Some(medium.id.as_str()));

        for path in [medium.path(), medium.path_at(600), medium.path().replace(".png", ".w600.png")] {
            assert!(served(cx, &path).await.unwrap().starts_with(b"\x89PNG"), "{path}");
        }
        for path in [
            medium.path().replace(".png", ".w1200.png"),
            medium.path().replace("800x600", "801x600"),
            format!("/media/{}/nothing.png", project.id),
            format!("/media/cnothing/{}", medium.file),
            format!("/media/{}/\0.png", project.id),
        ] {
            assert_eq!(served(cx, &path).await, Err(Error::NotFound), "{path:?}");
        }

        let read = may::<ReadEntries>(cx, &mara, &project).await;
        app.advance(Duration::seconds(1));
        let text = media::upload(cx, &write, "notes.txt", b"plain words".to_vec(), NewAlt::default()).await.unwrap().medium;
        let names = async |search: &str, pictures: bool| {
            let filter = MediaFilter { search: search.to_owned(), pictures };
            let (found, total) = media::list(cx, &read, &filter, 1, 10).await.unwrap();
            assert_eq!(usize::try_from(total).unwrap(), found.len());
            found.into_iter().map(|one| one.medium.name).collect::<Vec<_>>()
        };
        assert_eq!(names("", false).await, ["notes.txt", "a b.png"]);
        assert_eq!(names("", true).await, ["a b.png"]);
        assert_eq!(names("RED", false).await, ["a b.png"]);
        assert_eq!(names("%", false).await, Vec::<String>::new());

        let described = media::describe(cx, &write, &medium.id, NewAlt { alt: String::new(), is_decorative: true }).await.unwrap();
        assert!(described.is_decorative && !described.lacks_alt() && !text.lacks_alt());
        assert_eq!(names("red", false).await, Vec::<String>::new());
        for wrong in [alt(&"x".repeat(501)), NewAlt { alt: "x".to_owned(), is_decorative: true }, alt("\0")] {
            let refused = media::describe(cx, &write, &medium.id, wrong).await.unwrap_err();
            assert!(refused.for_field("alt").is_some());
        }
    }

    async fn what_stands_in_entries_is_told_and_deleted_by_force_only(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let other = fixtures::project(cx, "Other").await;
        let mara = app.admin("Mara").await;
        let (read, write) = (may::<ReadEntries>(cx, &mara, &project).await, may::<WriteEntries>(cx, &mara, &project).await);
        let (used, unused) = (fixtures::medium(cx, &project, 1).await, fixtures::medium(cx, &project, 2).await);
        let text = |content: String| NewEntry { content, ..fixtures::text("Cranes") };
        let entry = fixtures::entry_with(cx, &project, text(used.markdown())).await;
        let trashed = fixtures::entry_with(cx, &project, text(used.path_at(600))).await;
        // The same words in another project are no use of it there.
        fixtures::entry_with(cx, &other, text(used.markdown())).await;
        services::entries::delete(cx, &may::<DeleteEntries>(cx, &mara, &project).await, &trashed.id).await.unwrap();

        let uses = media::get(cx, &read, &used.id).await.unwrap().uses;
        let mut found: Vec<_> = uses.iter().map(|one| (one.entry_id.clone(), one.is_trashed)).collect();
        found.sort();
        let mut expected = vec![(entry.id.clone(), false), (trashed.id.clone(), true)];
        expected.sort();
        assert_eq!(found, expected);
        let (list, _) = media::list(cx, &read, &MediaFilter::default(), 1, 10).await.unwrap();
        let counts: BTreeMap<_, _> = list.iter().map(|one| (one.medium.id.clone(), one.uses.len())).collect();
        assert_eq!((counts[&used.id], counts[&unused.id]), (2, 0));

        media::delete(cx, &write, &unused.id, false).await.unwrap();
        let refused = media::delete(cx, &write, &used.id, false).await.unwrap_err();
        assert!(matches!(&refused, Error::Conflict { message } if message.contains("2 entries: “Cranes”, “Cranes”")), "{refused:?}");
        assert!(served(cx, &used.path()).await.is_ok());

        // Saying something else frees it, whoever writes.
        let patch = EntryPatch { content: Some("Nothing".to_owned()), ..EntryPatch::default() };
        services::entries::update(cx, &write, &entry.id, patch).await.unwrap();
        assert_eq!(media::get(cx, &read, &used.id).await.unwrap().uses.len(), 1);
        media::delete(cx, &write, &used.id, true).await.unwrap();
        assert_eq!(served(cx, &used.path()).await, Err(Error::NotFound));
        assert_eq!(media::delete(cx, &write, &used.id, true).await, Err(Error::NotFound));
        assert_eq!(times(cx, "MEDIA_DELETED").await, 2);
        // It can come back at the same address.
        assert_eq!(fixtures::medium(cx, &project, 1).await.path(), used.path());
        assert!(served(cx, &used.path()).await.is_ok());
    }

    async fn a_private_project_shows_its_media_to_its_people_only(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Secret").await;
        let open = fixtures::project(cx, "Other").await;
        let medium = fixtures::medium(cx, &project, 1).await;
        let owner = app.owner("Mara").await;
        let (id, file) = (project.id.as_str(), medium.file.as_str());
        assert!(matches!(media::find(cx, None, id, file).await, Err(Error::NotFound)));
        for role in Role::ALL {
            let person = app.person(&format!("P {role:?}"), role).await;
            let shown = media::find(cx, Some(&person.actor()), id, file).await.unwrap();
            assert!(!shown.is_public);
        }
        let key = app.key(&owner, &[model::Scope::ProjectRead], Some(&open.id)).await;
        assert!(matches!(media::find(cx, Some(&key.actor()), id, file).await, Err(Error::NotFound)));
        // What lies in the trash is not there for anybody.
        let may = may::<DeleteProjects>(cx, &owner, &project).await;
        services::projects::delete_unasked(cx, &may).await.unwrap();
        assert!(matches!(media::find(cx, Some(&owner.actor()), id, file).await, Err(Error::NotFound)));
    }

    async fn who_may_not_write_uploads_nothing(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let vera = app.viewer("Vera").await;
        assert!(matches!(ask::<WriteEntries>(cx, &vera, &project).await, Err(Error::Forbidden { .. })));
        assert!(ask::<ReadEntries>(cx, &vera, &project).await.is_ok());
    }

    async fn what_is_refused_leaves_no_file_and_no_row(db: store::Db) {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().join("media"));
        let limits = MediaSettings { place, max_bytes: 50_000, project_max_bytes: 20_000 };
        let cx = &services_with(db, Settings { media: limits, ..settings() });
        let project = fixtures::project(cx, "Atuin").await;
        let write = fixtures::may::<WriteEntries>(cx, &project).await;
        let upload = async |bytes: Vec<u8>| media::upload(cx, &write, "x.png", bytes, NewAlt::default()).await;
        assert!(matches!(upload(vec![b'a'; 50_001]).await, Err(Error::TooLarge { limit_bytes: 50_000 })));
        for (bytes, part) in [
            (Vec::new(), "empty"),
            (b"MZ\x90\0".to_vec(), "Allowed: PNG"),
            (fixtures::picture(20, 20, 1)[..60].to_vec(), "damaged"),
        ] {
            let refused = upload(bytes).await.unwrap_err();
            assert!(refused.for_field("file").unwrap().contains(part), "{refused:?}");
        }
        assert!(files(folder.path()).is_empty());
        upload(vec![b'a'; 15_000]).await.unwrap();
        assert!(matches!(upload(vec![b'b'; 15_000]).await, Err(Error::Conflict { .. })));
        assert_eq!(testkit::count(&cx.db, "media").await, 1);
    }

    async fn files_go_after_what_they_belonged_to_however_it_went(db: store::Db) {
        let folder = tempfile::tempdir().unwrap();
        let cx = &kept_in(Place::Folder(folder.path().join("media")), db);
        let (project, other) = (fixtures::project(cx, "Atuin").await, fixtures::project(cx, "Other").await);
        let one = fixtures::medium(cx, &project, 1).await;
        fixtures::medium(cx, &project, 2).await;
        fixtures::medium(cx, &other, 1).await;
        assert_eq!(files(folder.path()).len(), 6, "each has its widest form and one of 600 pixels");
        let later = || cx.clock.advance(Duration::hours(2));
        later();
        assert_eq!(media::sweep(cx).await.unwrap(), 0, "what belongs to something stays");
        media::delete(cx, &fixtures::may(cx, &project).await, &one.id, false).await.unwrap();
        assert_eq!(media::sweep(cx).await.unwrap(), 1);
        assert_eq!(files(folder.path()).len(), 4);
        let may = fixtures::may::<DeleteProjects>(cx, &project).await;
        services::projects::delete_unasked(cx, &may).await.unwrap();
        assert_eq!(media::sweep(cx).await.unwrap(), 0, "from the trash it may come back");
        let id = project.id.as_str().parse().unwrap();
        services::trash::delete_for_good(cx, &fixtures::may_everywhere::<DeleteForGood>(cx), &id, None).await.unwrap();
        assert_eq!(media::sweep(cx).await.unwrap(), 1);
        assert_eq!(files(folder.path()).len(), 2);
        assert_eq!(testkit::count(&cx.db, "media_leftovers").await, 0);
    }
}

/// A service that speaks as much of S3 as is needed here.
#[derive(Clone, Default)]
struct Shelf {
    kept: Arc<Mutex<BTreeMap<String, Bytes>>>,
}

async fn answer(
    State(shelf): State<Shelf>,
    Path(name): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let signed = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !signed.starts_with("AWS4-HMAC-SHA256 Credential=key/") || !signed.contains("/eu-central-1/s3/aws4_request") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut kept = shelf.kept.lock().unwrap();
    match method {
        Method::PUT => {
            kept.insert(name, body);
            [("etag", "\"1\"")].into_response()
        }
        Method::GET => match kept.get(&name) {
            Some(body) => {
                let modified = "Wed, 04 Mar 2026 09:30:00 GMT";
                ([("etag", "\"1\""), ("last-modified", modified)], body.clone()).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => {
            kept.remove(&name);
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

on_both_databases! {
    async fn a_bucket_keeps_what_a_folder_does(db: store::Db) {
        let shelf = Shelf::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/{*name}", axum::routing::any(answer)).with_state(shelf.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await });
        let bucket = Bucket {
            name: "shelf".to_owned(),
            endpoint: Some(endpoint),
            region: "eu-central-1".to_owned(),
            access_key: "key".to_owned(),
            secret_key: "very secret".to_owned(),
            path_style: true,
        };
        assert!(!format!("{bucket:?}").contains("secret"), "no log tells it");
        let cx = &kept_in(Place::S3(bucket), db);
        let project = fixtures::public_project(cx, "Atuin").await;
        let medium = fixtures::medium(cx, &project, 1).await;
        let names: Vec<String> = shelf.kept.lock().unwrap().keys().cloned().collect();
        assert_eq!(names.len(), 2);
        assert!(names.iter().all(|name| name.starts_with(&format!("shelf/{}/", project.id))), "{names:?}");
        assert!(served(cx, &medium.path()).await.unwrap().starts_with(b"\x89PNG"));
        media::delete(cx, &fixtures::may(cx, &project).await, &medium.id, false).await.unwrap();
        cx.clock.advance(Duration::hours(2));
        assert_eq!(media::sweep(cx).await.unwrap(), 1);
        assert!(shelf.kept.lock().unwrap().is_empty());
        serving.abort();
    }
}
