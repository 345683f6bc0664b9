use chrono::Duration;
use model::api_keys::{KeyPatch, ListedKey, NewKey, State};
use model::projects::Project;
use model::{ApiKeyId, Error, Permission, ProjectId, Role, Scope};
use services::api_keys::{CreatedKey, Keyring, MOST, authenticate, create, create_for, get, list, rotate};
use services::{ClientInfo, Services};
use testkit::{Person, TestApp, execute, fixtures, on_both_databases, start, texts};

use crate::help::{browser, in_order, log, told};

async fn works(cx: &Services, key: &Person) -> bool {
    match authenticate(cx, key.secret(), &ClientInfo::default()).await {
        Ok(_) => true,
        Err(Error::SignedOut) => false,
        Err(other) => panic!("{other:?}"),
    }
}

/// The keys of a project, or of the instance, as a person sees them.
async fn ring(cx: &Services, person: &Person, project: Option<&Project>) -> Result<Keyring, Error> {
    Keyring::open(cx, &person.actor(), project.map(|project| &project.id)).await
}

fn new(name: &str, scopes: &[Scope]) -> NewKey {
    NewKey { name: name.to_owned(), scopes: scopes.to_vec(), ..NewKey::default() }
}

async fn make(cx: &Services, person: &Person, project: Option<&Project>, name: &str) -> CreatedKey {
    let ring = ring(cx, person, project).await.unwrap();
    create(cx, &ring, new(name, &[Scope::ChangelogRead])).await.unwrap()
}

fn names(keys: &[ListedKey]) -> Vec<&str> {
    keys.iter().map(|listed| listed.key.name.as_str()).collect()
}

async fn update(cx: &Services, ring: &Keyring, id: &ApiKeyId, patch: KeyPatch) -> Result<ListedKey, Error> {
    services::api_keys::update(cx, ring, id, patch, &services::Always).await
}

async fn delete(cx: &Services, ring: &Keyring, id: &ApiKeyId) -> Result<(), Error> {
    services::api_keys::delete(cx, ring, id, &services::Always).await
}

on_both_databases! {
    async fn a_key_acts_as_its_owner_with_the_owners_role(app: TestApp) {
        let sam = app.staff("Sam").await;
        let key = app.key(&sam, &[Scope::TagsRead, Scope::ChangelogWrite, Scope::TagsRead], None).await;
        let actor = authenticate(&app.services, key.secret(), &ClientInfo::default()).await.unwrap();
        assert_eq!((actor.id(), actor.user.role), (sam.id(), Role::Staff));
        assert_eq!(actor.key().unwrap().scopes, [Scope::ChangelogWrite, Scope::TagsRead]);
        execute(app.db(), "UPDATE users SET role = 'VIEWER' WHERE id <> 'system'").await;
        let actor = authenticate(&app.services, key.secret(), &ClientInfo::default()).await.unwrap();
        assert_eq!(actor.user.role, Role::Viewer);
    }

    async fn a_key_is_shown_once_and_stored_as_a_hash(app: TestApp) {
        let mara = app.owner("Mara").await;
        let key = app.key(&mara, &[], None).await;
        let secret = key.secret();
        assert!(secret.starts_with("chr_") && secret.len() == 36, "{}", secret.len());
        let kept = texts(app.db(), "SELECT key_hash || ' ' || prefix || ' ' || name FROM api_keys").await;
        assert!(!kept[0].contains(secret), "the key itself is in the database");
        assert!(kept[0].contains(&secret[..12]), "the beginning is kept to recognise it by");
    }

    async fn unknown_revoked_and_expired_keys_are_refused_alike(app: TestApp) {
        let mara = app.owner("Mara").await;
        let key = app.key(&mara, &[], None).await;
        assert!(works(&app.services, &key).await);
        for made_up in ["chr_", "chr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let refused = authenticate(&app.services, made_up, &ClientInfo::default()).await;
            assert_eq!(refused, Err(Error::SignedOut));
        }
        execute(app.db(), "UPDATE api_keys SET expires_at = '2026-03-04T10:00:00+00:00'").await;
        assert!(works(&app.services, &key).await);
        app.advance(Duration::minutes(30));
        assert!(!works(&app.services, &key).await, "expired");
        execute(app.db(), "UPDATE api_keys SET expires_at = NULL").await;
        assert!(works(&app.services, &key).await);
        execute(app.db(), "UPDATE api_keys SET revoked_at = '2026-03-04T09:00:00+00:00'").await;
        assert!(!works(&app.services, &key).await, "revoked");
    }

    async fn the_key_of_a_disabled_owner_is_refused(app: TestApp) {
        let mara = app.owner("Mara").await;
        let key = app.key(&mara, &[], None).await;
        execute(app.db(), "UPDATE users SET disabled_at = '2026-03-04T09:00:00+00:00' WHERE id <> 'system'").await;
        assert!(!works(&app.services, &key).await);
    }

    async fn the_last_use_is_noted_once_a_minute_with_its_address(app: TestApp) {
        let mara = app.owner("Mara").await;
        let key = app.key(&mara, &[], None).await;
        let steps = [(0, "192.0.2.1", 0, "192.0.2.1"), (30, "192.0.2.2", 0, "192.0.2.1"), (31, "192.0.2.3", 61, "192.0.2.3")];
        for (seconds, from, noted, address) in steps {
            app.advance(Duration::seconds(seconds));
            authenticate(&app.services, key.secret(), &browser(from)).await.unwrap();
            let ring = ring(&app.services, &mara, None).await.unwrap();
            let seen = async || {
                let key = list(&app.services, &ring, None).await.unwrap().remove(0).key;
                (key.last_used_at, key.last_used_ip)
            };
            let expected = (Some(start() + Duration::seconds(noted)), Some(address.to_owned()));
            // It is noted beside the request.
            let noted = async {
                while seen().await != expected {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(std::time::Duration::from_secs(10), noted).await.expect("the use is noted");
        }
    }

    async fn a_key_for_somebody_else_is_refused_when_it_could_not_work(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let unknown: ProjectId = "nothing".parse().unwrap();
        let may = fixtures::may_everywhere(cx);
        let refused = create_for(cx, &may, mara.user(), Some(unknown), new("Build", &[Scope::TagsRead])).await;
        assert!(refused.map(|_| ()).unwrap_err().for_field("project").is_some());
        let refused = create_for(cx, &may, mara.user(), None, new(" ", &[])).await.map(|_| ()).unwrap_err();
        assert!(refused.for_field("name").is_some() && refused.for_field("permissions").is_some());
        let mut disabled = mara.user().clone();
        disabled.disabled_at = Some(start());
        let refused = create_for(cx, &may, &disabled, None, new("Build", &[Scope::TagsRead])).await;
        assert!(refused.map(|_| ()).unwrap_err().for_field("user").is_some());
        assert_eq!(testkit::count(app.db(), "api_keys").await, 0);
    }

    async fn everybody_sees_their_own_keys_and_administrators_those_that_are_shown(app: TestApp) {
        let cx = &in_order(&app.services);
        let project = fixtures::project(cx, "Atuin").await;
        let other = fixtures::project(cx, "Other").await;
        let (mara, sam, grace) = (app.owner("Mara").await, app.staff("Sam").await, app.staff("Grace").await);
        make(cx, &sam, Some(&project), "Sam hidden").await;
        let of_sam = ring(cx, &sam, Some(&project)).await.unwrap();
        let shown = NewKey { is_global: true, ..new("Sam shown", &[Scope::TagsRead]) };
        let shown = create(cx, &of_sam, shown).await.unwrap().key.key;
        make(cx, &mara, Some(&project), "Mara").await;
        make(cx, &mara, None, "Mara everywhere").await;
        let see = async |person: &Person, project: Option<&Project>| {
            let ring = ring(cx, person, project).await.unwrap();
            list(cx, &ring, None).await.unwrap()
        };
        assert_eq!(names(&see(&sam, Some(&project)).await), ["Sam shown", "Sam hidden"]);
        assert_eq!(names(&see(&mara, Some(&project)).await), ["Mara", "Sam shown"]);
        assert_eq!(names(&see(&grace, Some(&project)).await), [""; 0]);
        assert_eq!(names(&see(&mara, Some(&other)).await), [""; 0]);
        assert_eq!(names(&see(&mara, None).await), ["Mara everywhere", "Mara", "Sam shown", "Sam hidden"]);

        // What one does not see is not there, whatever is tried.
        let hidden = see(&sam, Some(&project)).await[1].key.id.clone();
        for (person, project, id) in
            [(&grace, &project, &shown.id), (&mara, &project, &hidden), (&sam, &other, &shown.id), (&mara, &other, &shown.id)]
        {
            let ring = ring(cx, person, Some(project)).await.unwrap();
            assert_eq!(get(cx, &ring, id).await, Err(Error::NotFound));
            let rename = KeyPatch { name: Some("Mine".into()), ..KeyPatch::default() };
            assert_eq!(update(cx, &ring, id, rename).await, Err(Error::NotFound));
            assert_eq!(rotate(cx, &ring, id).await.map(|_| ()), Err(Error::NotFound));
            assert_eq!(delete(cx, &ring, id).await, Err(Error::NotFound));
        }
        assert_eq!(testkit::count(app.db(), "api_keys").await, 4);
    }

    async fn viewers_and_keys_manage_no_keys_and_staff_none_of_the_instance(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let other = fixtures::project(cx, "Other").await;
        let (mara, sam, vera) = (app.owner("Mara").await, app.staff("Sam").await, app.viewer("Vera").await);
        let refused = ring(cx, &vera, Some(&project)).await.map(|_| ());
        assert_eq!(refused, Err(Error::Forbidden { needs: Permission::ManageApiKeys }));
        for person in [&vera, &sam] {
            let refused = ring(cx, person, None).await.map(|_| ());
            assert_eq!(refused, Err(Error::Forbidden { needs: Permission::ManageAllApiKeys }));
        }
        for bound in [None, Some(&project.id), Some(&other.id)] {
            let key = app.key(&mara, &[], bound).await;
            for project in [Some(&project), None] {
                assert_eq!(ring(cx, &key, project).await.map(|_| ()), Err(Error::NoKeys), "{bound:?}");
            }
        }
    }

    async fn a_revoked_key_is_out_at_once_and_for_good(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let (mara, sam) = (app.owner("Mara").await, app.staff("Sam").await);
        let made = make(cx, &sam, Some(&project), "CI").await;
        let key = app.behind(&sam, made.clone());
        assert!(works(cx, &key).await);
        // An administrator may stop any key, also one that is not shown in the project.
        let all = ring(cx, &mara, None).await.unwrap();
        let revoke = KeyPatch { is_revoked: Some(true), ..KeyPatch::default() };
        let revoked = update(cx, &all, &made.key.key.id, revoke).await.unwrap();
        assert_eq!((revoked.key.revoked_at, revoked.state(start())), (Some(start()), State::Revoked));
        assert!(!works(cx, &key).await);
        let own = ring(cx, &sam, Some(&project)).await.unwrap();
        let back = KeyPatch { is_revoked: Some(false), ..KeyPatch::default() };
        assert!(update(cx, &own, &made.key.key.id, back).await.unwrap_err().for_field("isRevoked").is_some());
        assert!(matches!(rotate(cx, &own, &made.key.key.id).await.map(|_| ()), Err(Error::BadRequest { .. })));
        assert!(!works(cx, &key).await);
    }

    async fn a_revocation_survives_a_rename_at_the_same_moment(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let all = ring(cx, &mara, None).await.unwrap();
        let id = make(cx, &mara, None, "CI").await.key.key.id;
        let revoke = update(cx, &all, &id, KeyPatch { is_revoked: Some(true), ..KeyPatch::default() });
        let rename = update(cx, &all, &id, KeyPatch { name: Some("Build".into()), ..KeyPatch::default() });
        let (revoked, renamed) = tokio::join!(revoke, rename);
        revoked.unwrap();
        renamed.unwrap();
        let key = get(cx, &all, &id).await.unwrap().key;
        assert!(key.revoked_at.is_some() && key.name == "Build", "{key:?}");
    }

    async fn a_new_secret_takes_the_place_of_the_old_one_at_once(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let (mara, sam) = (app.owner("Mara").await, app.staff("Sam").await);
        let own = ring(cx, &sam, Some(&project)).await.unwrap();
        let made = create(cx, &own, NewKey { is_global: true, ..new("CI", &[Scope::TagsRead]) }).await.unwrap();
        let id = &made.key.key.id;
        let replaced = rotate(cx, &own, id).await.unwrap();
        assert!(!works(cx, &app.behind(&sam, made.clone())).await, "the old secret");
        assert!(works(cx, &app.behind(&sam, replaced.clone())).await, "the new one");
        assert_eq!(replaced.key.key.prefix, replaced.secret[..12]);
        let stored = get(cx, &own, id).await.unwrap();
        assert_eq!((&stored.key.id, stored.key.prefix.as_str(), &stored.key.scopes), (id, &replaced.secret[..12], &vec![Scope::TagsRead]));
        // Who has the secret acts as the owner, so nobody else gets it.
        for ring in [ring(cx, &mara, Some(&project)).await.unwrap(), ring(cx, &mara, None).await.unwrap()] {
            assert!(matches!(rotate(cx, &ring, id).await.map(|_| ()), Err(Error::BadRequest { .. })));
        }
        let ends = KeyPatch { expires_at: Some(Some(start() + Duration::hours(1))), ..KeyPatch::default() };
        update(cx, &own, id, ends).await.unwrap();
        app.advance(Duration::hours(1));
        assert!(matches!(rotate(cx, &own, id).await.map(|_| ()), Err(Error::BadRequest { .. })), "expired");
    }

    async fn a_changed_end_and_changed_scopes_hold_at_once(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let all = ring(cx, &mara, None).await.unwrap();
        let made = make(cx, &mara, None, "CI").await;
        let key = app.behind(&mara, made.clone());
        let change = async |patch: KeyPatch| update(cx, &all, &made.key.key.id, patch).await.unwrap();
        change(KeyPatch { expires_at: Some(Some(start() + Duration::hours(1))), ..KeyPatch::default() }).await;
        app.advance(Duration::hours(1));
        assert!(!works(cx, &key).await, "expired");
        change(KeyPatch { expires_at: Some(None), scopes: Some(vec![Scope::EmailSend]), ..KeyPatch::default() }).await;
        let actor = authenticate(cx, key.secret(), &ClientInfo::default()).await.unwrap();
        assert_eq!(actor.key().unwrap().scopes, [Scope::EmailSend]);
    }

    async fn a_projects_key_is_deleted_at_once_and_among_all_keys_only_a_revoked_one(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let (mara, sam) = (app.owner("Mara").await, app.staff("Sam").await);
        let made = make(cx, &sam, Some(&project), "CI").await;
        delete(cx, &ring(cx, &sam, Some(&project)).await.unwrap(), &made.key.key.id).await.unwrap();
        assert!(!works(cx, &app.behind(&sam, made)).await);

        let all = ring(cx, &mara, None).await.unwrap();
        for project in [None, Some(&project)] {
            let id = make(cx, &mara, project, "CI").await.key.key.id;
            assert!(matches!(delete(cx, &all, &id).await, Err(Error::BadRequest { .. })));
            update(cx, &all, &id, KeyPatch { is_revoked: Some(true), ..KeyPatch::default() }).await.unwrap();
            delete(cx, &all, &id).await.unwrap();
        }
        let unknown: ApiKeyId = "nothing".parse().unwrap();
        assert_eq!(delete(cx, &all, &unknown).await, Err(Error::NotFound));
        assert_eq!(testkit::count(app.db(), "api_keys").await, 0);
    }

    async fn one_person_cannot_fill_the_list(app: TestApp) {
        let cx = &app.services;
        let (mara, sam) = (app.owner("Mara").await, app.staff("Sam").await);
        let project = fixtures::project(cx, "Atuin").await;
        let key = make(cx, &mara, None, "First").await.key.key;
        let mut tx = app.db().begin().await.unwrap();
        for number in 1..MOST {
            let id = format!("ckey{number}").parse().unwrap();
            let key = model::api_keys::ApiKey { id, ..key.clone() };
            store::api_keys::insert(tx.conn(), &key, &number.to_string()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let own = ring(cx, &mara, Some(&project)).await.unwrap();
        let refused = create(cx, &own, new("One more", &[Scope::TagsRead])).await.map(|_| ());
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        make(cx, &sam, Some(&project), "Somebody else").await;
    }

    async fn the_log_tells_who_did_what_with_which_key_and_no_secret(app: TestApp) {
        let cx = &in_order(&app.services);
        let project = fixtures::project(cx, "Atuin").await;
        let mara = app.owner("Mara").await;
        let mut secrets = Vec::new();
        for project in [Some(&project), None] {
            let ring = ring(cx, &mara, project).await.unwrap();
            let made = create(cx, &ring, new("CI", &[Scope::TagsRead])).await.unwrap();
            let id = &made.key.key.id;
            let change = async |patch: KeyPatch| update(cx, &ring, id, patch).await.unwrap();
            change(KeyPatch { name: Some("Build".into()), ..KeyPatch::default() }).await;
            change(KeyPatch { scopes: Some(vec![Scope::TagsWrite]), ..KeyPatch::default() }).await;
            // Nothing changes, so there is nothing to tell.
            change(KeyPatch { name: Some("Build".into()), ..KeyPatch::default() }).await;
            let replaced = rotate(cx, &ring, id).await.unwrap();
            change(KeyPatch { is_revoked: Some(true), ..KeyPatch::default() }).await;
            delete(cx, &ring, id).await.unwrap();
            secrets.extend([made.secret, replaced.secret]);
        }
        let records = log(cx).await;
        let told_of: Vec<_> = records.iter().filter(|record| record.action.ends_with("API_KEY")).collect();
        let actions: Vec<_> = told_of.iter().map(|record| record.action.as_str()).collect();
        let of_project = ["CREATE", "UPDATE", "UPDATE", "UPDATE", "UPDATE", "DELETE"].map(|verb| format!("{verb}_PROJECT_API_KEY"));
        let of_instance = ["CREATE", "RENAME", "UPDATE", "UPDATE", "REVOKE", "DELETE"].map(|verb| format!("{verb}_API_KEY"));
        assert_eq!(actions, [of_project, of_instance].concat());
        assert!(told_of.iter().all(|record| record.user_id.as_ref() == Some(mara.id()) && record.ip == mara.client().ip));
        assert!(told_of[..6].iter().all(|record| record.project_id.as_ref() == Some(&project.id)));
        assert_eq!(told(cx, "RENAME_API_KEY").await.details["name"]["to"], "Build");
        assert_eq!(told(cx, "REVOKE_API_KEY").await.details["isRevoked"]["to"], true);
        assert_eq!(told(cx, "CREATE_API_KEY").await.details["scopes"][0], "tags:read");
        let text = format!("{records:?}");
        let kept = texts(app.db(), "SELECT CAST(details AS TEXT) FROM audit_logs WHERE action LIKE '%API_KEY'").await;
        for secret in secrets {
            // Nor its beginning, which lists show.
            let beginning = &secret[..12];
            assert!(!text.contains(beginning) && !kept.concat().contains(beginning), "a secret is in the log");
        }
    }

    async fn a_key_carried_over_as_a_hash_keeps_working(app: TestApp) {
        let mara = app.owner("Mara").await;
        let made = make(&app.services, &mara, None, "Carried over").await;
        let old = CreatedKey { secret: "chr_Ox9gy1CJdObOIRpFqaDZeV7G5IfQHeVV".to_owned(), ..made.clone() };
        // The SHA-256 of the old key, as an import stores it.
        let hash = "55bd56d20ffcae451141ecb2ad816f2e91650b425a975be5e2f83c79d62784cf";
        execute(app.db(), &format!("UPDATE api_keys SET key_hash = '{hash}'")).await;
        assert!(works(&app.services, &app.behind(&mara, old)).await);
        assert!(!works(&app.services, &app.behind(&mara, made)).await);
    }
}
