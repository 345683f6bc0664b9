use chrono::Duration;
use model::{Error, ProjectId, Role, Scope};
use services::api_keys::{authenticate, create};
use services::{ClientInfo, Services};
use testkit::{Person, TestApp, execute, fixtures, on_both_databases, start, texts};

async fn works(cx: &Services, key: &Person) -> bool {
    match authenticate(cx, key.secret(), &ClientInfo::default()).await {
        Ok(_) => true,
        Err(Error::SignedOut) => false,
        Err(other) => panic!("{other:?}"),
    }
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

    async fn the_last_use_is_noted_once_a_minute(app: TestApp) {
        let mara = app.owner("Mara").await;
        let key = app.key(&mara, &[], None).await;
        for (seconds, noted) in [(0, 0), (30, 0), (31, 61), (1, 61)] {
            app.advance(Duration::seconds(seconds));
            assert!(works(&app.services, &key).await);
            let seen = async || {
                let mut lease = app.db().acquire().await.unwrap();
                store::api_keys::list(lease.conn(), mara.id(), None).await.unwrap()[0].last_used_at
            };
            let expected = Some(start() + Duration::seconds(noted));
            // It is noted beside the request.
            let noted = async {
                while seen().await != expected {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(std::time::Duration::from_secs(10), noted).await.expect("the use is noted");
        }
    }

    async fn a_key_for_an_unknown_project_is_not_made(app: TestApp) {
        let mara = app.owner("Mara").await;
        let unknown: ProjectId = "nothing".parse().unwrap();
        let may = fixtures::may_everywhere(&app.services);
        let refused = create(&app.services, &may, mara.user(), "Build", Some(unknown), &[]).await.map(|_| ());
        assert!(refused.unwrap_err().for_field("project").is_some());
        let refused = create(&app.services, &may, mara.user(), " ", None, &[]).await.map(|_| ());
        assert!(refused.unwrap_err().for_field("name").is_some());
        assert_eq!(testkit::count(app.db(), "api_keys").await, 0);
    }
}
