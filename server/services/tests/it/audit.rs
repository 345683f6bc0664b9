use model::Scope;
use model::entries::{EntryPatch, NewEntry};
use services::access::{DeleteEntries, DeleteProjects, PublishEntries, RunImports, WriteEntries};
use services::{entries, imports, projects, setup, sign_in};
use testkit::{PASSWORD, TestApp, fixtures, on_both_databases};

use crate::help::{browser, in_order, log, may};

/// Longer than an id, and without the shape of a word: a key, a token, a hash.
fn looks_like_a_token(word: &str) -> bool {
    let has = |test: fn(char) -> bool| word.chars().any(test);
    let mixed = has(|c| c.is_ascii_digit()) && has(|c| c.is_ascii_alphabetic());
    // Of an API key the first twelve characters are shown everywhere.
    word.starts_with("eyJ") || (word.starts_with("chr_") && word.len() > 12) || (word.len() > 25 && mixed)
}

on_both_databases! {
    async fn the_audit_log_says_who_did_what_and_holds_no_secret(app: TestApp) {
        let mut app = app;
        app.services = in_order(&app.services);
        let cx = &app.services;
        let link = setup::issue_link(cx).await.unwrap().unwrap();
        let token = link.split_once("token=").unwrap().1;
        let client = browser("192.0.2.1");
        let owner = setup::complete(cx, token, "Owner", "owner@example.com", PASSWORD, &client).await.unwrap();
        let mara = app.admin("Mara").await;
        let _ = sign_in::with_password(cx, "mara@tidings.example", "wrong secret", &client).await;
        let key = app.key(&mara, Scope::ALL, None).await;

        let project = fixtures::public_project(cx, "Atuin").await;
        let write = may::<WriteEntries>(cx, &key, &project).await;
        let new = NewEntry { content: "A text of confidence".into(), ..fixtures::text("Dark mode") };
        let entry = entries::create(cx, &write, new).await.unwrap();
        let patch = EntryPatch { content: Some("Another text of confidence".into()), ..EntryPatch::default() };
        entries::update(cx, &write, &entry.id, patch).await.unwrap();
        let publish = may::<PublishEntries>(cx, &mara, &project).await;
        entries::publish(cx, &publish, &entry.id, None).await.unwrap();
        entries::unpublish(cx, &publish, &entry.id).await.unwrap();
        let import = may::<RunImports>(cx, &mara, &project).await;
        imports::run(cx, &import, "## 1.0.0\n\nText of confidence in a file\n", &Default::default(), Default::default()).await.unwrap();
        entries::delete(cx, &may::<DeleteEntries>(cx, &mara, &project).await, &entry.id).await.unwrap();
        projects::delete(cx, &may::<DeleteProjects>(cx, &mara, &project).await, "Atuin").await.unwrap();
        let renewed = sign_in::refresh(cx, &mara.signed_in().refresh_token, sign_in::Kind::Web, mara.client()).await.unwrap();
        sign_in::sign_out(cx, &renewed.refresh_token, &client).await.unwrap();

        let records = log(cx).await;
        let actions: Vec<_> = records.iter().map(|record| record.action.as_str()).collect();
        assert_eq!(
            actions,
            [
                "SETUP_COMPLETED",
                "LOGIN_SUCCESS",
                "LOGIN_SUCCESS",
                "LOGIN_FAILURE",
                "CREATE_API_KEY",
                "CREATE_PROJECT",
                "CREATE_CHANGELOG_ENTRY_SUCCESS",
                "UPDATE_CHANGELOG_ENTRY_SUCCESS",
                "CHANGELOG_ENTRY_PUBLISHED",
                "CHANGELOG_ENTRY_UNPUBLISHED",
                "CHANGELOG_IMPORT_STARTED",
                "CHANGELOG_IMPORT_SUCCESS",
                "DELETE_CHANGELOG_ENTRY_SUCCESS",
                "DELETE_PROJECT",
                "LOGOUT"
            ]
        );
        let created = &records[6];
        assert_eq!(created.user_id.as_ref(), Some(mara.id()));
        assert_eq!(created.api_key_id.as_ref(), key.actor().key().map(|key| &key.id));
        assert_eq!(created.project_id.as_ref(), Some(&project.id));
        assert_eq!(created.entity_id.as_deref(), Some(entry.id.as_str()));
        assert_eq!(created.ip, key.client().ip);
        assert_eq!(records[13].project_id.as_ref(), Some(&project.id), "the record outlives the project");

        let text = format!("{records:?}");
        let secrets = [
            PASSWORD,
            "wrong secret",
            token,
            key.secret(),
            &owner.access_token,
            &owner.refresh_token,
            &mara.signed_in().access_token,
            &mara.signed_in().refresh_token,
            &renewed.refresh_token,
            "of confidence",
            "argon2",
        ];
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} is in the audit log");
        }
        for record in &records {
            let details = record.details.to_string();
            let mut words = details.split(|c: char| !(c.is_ascii_alphanumeric() || "_-.+/=".contains(c)));
            let token = words.find(|word| looks_like_a_token(word));
            assert_eq!(token, None, "{}: {details}", record.action);
        }
    }

    async fn a_change_that_is_refused_leaves_no_record(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let mara = app.owner("Mara").await;
        let before = log(cx).await.len();
        let write = may::<WriteEntries>(cx, &mara, &project).await;
        assert!(entries::create(cx, &write, NewEntry::default()).await.is_err());
        let delete = may::<DeleteProjects>(cx, &mara, &project).await;
        assert!(projects::delete(cx, &delete, "atuin").await.is_err());
        assert_eq!(log(cx).await.len(), before);
    }
}
