use model::Scope;
use model::api_keys::ApiKey;
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
            last_used_at: Some(at(1)),
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

    async fn a_list_shows_the_keys_of_one_person(db: Db) {
        let (mara, sam) = (stored_user(&db, "mara").await, stored_user(&db, "sam").await);
        let acme = stored_project(&db, "acme").await;
        let mut expected = Vec::new();
        for (number, owner) in [&mara, &sam, &mara, &mara].into_iter().enumerate() {
            let mut key = api_key(owner, &format!("Key {number}"));
            key.created_at = at(number as i64 / 3);
            key.project_id = (number == 2).then(|| acme.id.clone());
            write!(db, api_keys::insert, &key, &number.to_string()).unwrap();
            if owner == &mara {
                expected.insert(0, key);
            }
        }
        assert_eq!(read!(db, api_keys::list, &mara.id, None), expected, "newest first");
        assert_eq!(read!(db, api_keys::list, &mara.id, Some(&acme.id)), expected[1..2]);
        assert_eq!(read!(db, api_keys::list, &sam.id, Some(&acme.id)), []);
    }

    async fn a_use_is_noted_on_one_key(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let (used, idle) = (api_key(&mara, "Used"), api_key(&mara, "Idle"));
        write!(db, api_keys::insert, &used, "a").unwrap();
        write!(db, api_keys::insert, &idle, "b").unwrap();
        write!(db, api_keys::note_use, &used.id, at(6), at(7)).unwrap();
        write!(db, api_keys::note_use, &used.id, at(6), at(8)).unwrap();
        assert_eq!(read!(db, api_keys::find, "a").unwrap().0.last_used_at, Some(at(7)));
        assert_eq!(read!(db, api_keys::find, "b").unwrap().0.last_used_at, None);
    }

    async fn keys_go_with_their_owner(db: Db) {
        let mara = stored_user(&db, "mara").await;
        write!(db, api_keys::insert, &api_key(&mara, "Key"), "a").unwrap();
        execute(&db, "DELETE FROM users WHERE id <> 'system'").await;
        assert_eq!(read!(db, api_keys::find, "a"), None);
    }
}
