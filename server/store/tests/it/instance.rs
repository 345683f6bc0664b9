use store::{Db, Error, instance};
use testkit::{execute, on_both_databases};

use crate::values::{at, stored_user};

on_both_databases! {
    async fn an_instance_is_set_up_once(db: Db) {
        let (mara, eve) = (stored_user(&db, "mara").await, stored_user(&db, "eve").await);
        assert!(!read!(db, instance::is_set_up));
        let complete = |user| {
            let db = &db;
            async move { write!(db, instance::complete, user, at(1)) }
        };
        let (a, b) = tokio::join!(complete(&mara.id), complete(&eve.id));
        assert_eq!([&a, &b].into_iter().filter(|done| done.is_ok()).count(), 1);
        assert!([&a, &b].into_iter().any(|done| matches!(done, Err(Error::Duplicate))), "{a:?} {b:?}");
        assert!(read!(db, instance::is_set_up));
        execute(&db, "DELETE FROM users WHERE id <> 'system'").await;
        assert!(read!(db, instance::is_set_up), "whoever set it up may go");
    }

    async fn every_token_is_good_until_all_are_forgotten(db: Db) {
        for hash in ["a", "b"] {
            assert!(!read!(db, instance::has_token, hash));
            write!(db, instance::insert_token, hash, at(0)).unwrap();
        }
        assert!(read!(db, instance::has_token, "a") && read!(db, instance::has_token, "b"));
        write!(db, instance::delete_tokens).unwrap();
        assert!(!read!(db, instance::has_token, "a") && !read!(db, instance::has_token, "b"));
    }
}
