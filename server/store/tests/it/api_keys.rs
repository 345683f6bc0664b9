use model::Scope;
use model::api_keys::ApiKey;
use store::api_keys::{KeyFilter, Viewpoint};
use store::{Db, Error, api_keys};
use testkit::{execute, on_both_databases};

use crate::values::{api_key, at, project, stored_project, stored_user};

on_both_databases! {
    async fn a_key_comes_back_with_its_owner(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let acme = stored_project(&db, "acme").await;
        let full = ApiKey {
            project_id: Some(acme.id),
            scopes: Scope::ALL.to_vec(),
            is_global: true,
            last_used_at: Some(at(1)),
            last_used_ip: Some("2001:db8::1".to_owned()),
            expires_at: Some(at(2)),
            revoked_at: Some(at(3)),
            ..api_key(&mara, "Full")
        };
        let bare = ApiKey { scopes: Vec::new(), ..api_key(&mara, "Bare") };
        for (key, hash) in [(full, "a"), (bare, "b")] {
            write!(db, api_keys::insert, &key, hash).unwrap();
            assert_eq!(read!(db, api_keys::find, hash), Some((key, mara.clone())));
        }
        assert_eq!(read!(db, api_keys::find, "c"), None);
        let again = write!(db, api_keys::insert, &api_key(&mara, "Again"), "a");
        assert!(matches!(again, Err(Error::Duplicate)), "{again:?}");
        let stray = ApiKey { project_id: Some(project("unknown").id), ..api_key(&mara, "Stray") };
        let stray = write!(db, api_keys::insert, &stray, "d");
        assert!(matches!(stray, Err(Error::Dangling)), "{stray:?}");
    }

    async fn a_list_shows_what_was_asked_for_newest_first(db: Db) {
        let (mara, sam) = (stored_user(&db, "mara").await, stored_user(&db, "sam").await);
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let keys = [
            ("Mara everywhere", &mara, None, false),
            ("Mara in Acme", &mara, Some(&acme), false),
            ("Sam in Acme", &sam, Some(&acme), false),
            ("Sam in Acme, shown", &sam, Some(&acme), true),
            ("Sam in Other, shown", &sam, Some(&other), true),
        ];
        for (number, (name, owner, project, is_global)) in keys.into_iter().enumerate() {
            // Three of one moment: the id decides.
            let created_at = at(number as i64 / 3);
            let project_id = project.map(|project| project.id.clone());
            let key = ApiKey { created_at, project_id, is_global, ..api_key(owner, name) };
            write!(db, api_keys::insert, &key, name).unwrap();
        }
        let names = async |filter: KeyFilter<'_>| {
            let keys = read!(db, api_keys::list, filter);
            keys.into_iter().map(|listed| listed.key.name).collect::<Vec<_>>()
        };
        let all = KeyFilter::default();
        let mut expected = keys.map(|(name, ..)| name);
        expected.reverse();
        assert_eq!(names(all).await, expected);
        assert_eq!(names(KeyFilter { owner: Some(&mara.id), ..all }).await, ["Mara in Acme", "Mara everywhere"]);
        let seen_by = |person, is_admin| {
            KeyFilter { project: Some(&acme.id), seen_by: Some(Viewpoint { person, is_admin }), ..all }
        };
        assert_eq!(names(seen_by(&mara.id, false)).await, ["Mara in Acme"]);
        assert_eq!(names(seen_by(&mara.id, true)).await, ["Sam in Acme, shown", "Mara in Acme"]);
        assert_eq!(names(seen_by(&sam.id, false)).await, ["Sam in Acme, shown", "Sam in Acme"]);
        let others = KeyFilter { owner: Some(&sam.id), ..seen_by(&mara.id, true) };
        assert_eq!(names(others).await, ["Sam in Acme, shown"]);
        assert_eq!(read!(db, api_keys::count, &sam.id), 3);
    }

    async fn a_key_is_listed_with_the_names_of_what_it_refers_to(db: Db) {
        let (mara, sam) = (stored_user(&db, "mara").await, stored_user(&db, "sam").await);
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let key = ApiKey { created_by_id: Some(sam.id.clone()), project_id: Some(acme.id.clone()), ..api_key(&mara, "CI") };
        write!(db, api_keys::insert, &key, "a").unwrap();
        let found = read!(db, api_keys::find_listed, Some(&acme.id), &key.id).unwrap();
        assert_eq!((found.owner_email.as_str(), found.owner_role), (mara.email.as_str(), mara.role));
        assert_eq!((found.project_name.as_deref(), found.creator), (Some("acme"), sam.name.clone()));
        assert_eq!(found.key, key);
        assert_eq!(read!(db, api_keys::find_listed, None, &key.id).unwrap().key, key);
        assert_eq!(read!(db, api_keys::find_listed, Some(&other.id), &key.id), None);
        execute(&db, &format!("DELETE FROM users WHERE id = '{}'", sam.id)).await;
        let found = read!(db, api_keys::find_listed, None, &key.id).unwrap();
        assert_eq!((found.key.created_by_id, found.creator), (None, None), "the key outlives its maker");
    }

    async fn a_key_is_changed_replaced_and_deleted(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let acme = stored_project(&db, "acme").await;
        let key = ApiKey { project_id: Some(acme.id), ..api_key(&mara, "CI") };
        let bystander = api_key(&mara, "Bystander");
        write!(db, api_keys::insert, &key, "a").unwrap();
        write!(db, api_keys::insert, &bystander, "b").unwrap();
        write!(db, api_keys::note_use, "a", Some("192.0.2.7"), at(0), at(1)).unwrap();
        let changed = ApiKey {
            name: "Renamed".to_owned(),
            scopes: vec![Scope::EmailSend],
            is_global: true,
            expires_at: Some(at(5)),
            revoked_at: Some(at(4)),
            last_used_at: Some(at(1)),
            last_used_ip: Some("192.0.2.7".to_owned()),
            ..key.clone()
        };
        write!(db, api_keys::update, &changed).unwrap();
        assert_eq!(read!(db, api_keys::find, "a").unwrap().0, changed);
        write!(db, api_keys::replace_secret, &key.id, "chr_new45678", "c").unwrap();
        assert_eq!(read!(db, api_keys::find, "a"), None);
        let replaced = ApiKey { prefix: "chr_new45678".to_owned(), last_used_at: None, last_used_ip: None, ..changed };
        assert_eq!(read!(db, api_keys::find, "c").unwrap().0, replaced);
        write!(db, api_keys::delete, &key.id).unwrap();
        assert_eq!(read!(db, api_keys::find, "c"), None);
        assert_eq!(read!(db, api_keys::find, "b").unwrap().0, bystander);
    }

    async fn a_use_is_noted_on_one_key_with_its_address(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let (used, idle) = (api_key(&mara, "Used"), api_key(&mara, "Idle"));
        write!(db, api_keys::insert, &used, "a").unwrap();
        write!(db, api_keys::insert, &idle, "b").unwrap();
        write!(db, api_keys::note_use, "a", Some("192.0.2.7"), at(6), at(7)).unwrap();
        write!(db, api_keys::note_use, "a", Some("192.0.2.8"), at(6), at(8)).unwrap();
        let found = read!(db, api_keys::find, "a").unwrap().0;
        assert_eq!((found.last_used_at, found.last_used_ip.as_deref()), (Some(at(7)), Some("192.0.2.7")));
        assert_eq!(read!(db, api_keys::find, "b").unwrap().0.last_used_at, None);
    }

    async fn keys_go_with_their_owner(db: Db) {
        let mara = stored_user(&db, "mara").await;
        write!(db, api_keys::insert, &api_key(&mara, "Key"), "a").unwrap();
        execute(&db, "DELETE FROM users WHERE id <> 'system'").await;
        assert_eq!(read!(db, api_keys::find, "a"), None);
    }
}
