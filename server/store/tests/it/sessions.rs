use model::users::User;
use store::sessions::{self, RefreshToken};
use store::{Db, Error};
use testkit::on_both_databases;

use crate::values::{at, refresh_token, stored_user, until_somebody_waits, user};

async fn rotate(db: &Db, hash: &str) -> bool {
    write!(db, sessions::rotate, hash, at(5)).unwrap()
}

on_both_databases! {
    async fn a_refresh_token_comes_back_as_stored(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let whole = RefreshToken { rotated_at: Some(at(7)), revoked_at: Some(at(8)), ..refresh_token(&mara, "a") };
        let bare = RefreshToken { user_agent: None, ip: None, label: None, ..refresh_token(&mara, "b") };
        for token in [whole, bare] {
            write!(db, sessions::insert, &token).unwrap();
            assert_eq!(read!(db, sessions::find, &token.token_hash), Some(token.clone()));
            assert_eq!(write!(db, sessions::find_locked, &token.token_hash).unwrap(), Some(token.clone()));
            let again = write!(db, sessions::insert, &token);
            assert!(matches!(again, Err(Error::Duplicate)), "{again:?}");
        }
        assert_eq!(read!(db, sessions::find, "c"), None);
        let stray = write!(db, sessions::insert, &refresh_token(&user("unknown"), "d"));
        assert!(matches!(stray, Err(Error::Dangling)), "{stray:?}");
    }

    async fn of_many_exchanges_of_one_token_exactly_one_wins(db: Db) {
        let mara = stored_user(&db, "mara").await;
        write!(db, sessions::insert, &refresh_token(&mara, "a")).unwrap();
        let (a, b, c, d) = tokio::join!(rotate(&db, "a"), rotate(&db, "a"), rotate(&db, "a"), rotate(&db, "a"));
        assert_eq!([a, b, c, d].into_iter().filter(|won| *won).count(), 1);
        assert!(!rotate(&db, "a").await);
        assert_eq!(read!(db, sessions::find, "a").unwrap().rotated_at, Some(at(5)));
        assert!(!rotate(&db, "unknown").await);
    }

    async fn revoking_ends_the_family_and_no_other(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let first = refresh_token(&mara, "a");
        let second = RefreshToken { token_hash: "b".into(), ..first.clone() };
        let other = refresh_token(&mara, "c");
        for token in [&first, &second, &other] {
            write!(db, sessions::insert, token).unwrap();
        }
        write!(db, sessions::revoke, &first.session_id, at(6)).unwrap();
        write!(db, sessions::revoke, &first.session_id, at(7)).unwrap();
        for hash in ["a", "b"] {
            assert_eq!(read!(db, sessions::find, hash).unwrap().revoked_at, Some(at(6)));
            assert!(!rotate(&db, hash).await, "a revoked token is not exchanged");
        }
        assert_eq!(read!(db, sessions::find, "c").unwrap().revoked_at, None);
    }

    async fn an_exchange_under_way_does_not_escape_a_revocation(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let first = refresh_token(&mara, "a");
        write!(db, sessions::insert, &first).unwrap();
        let mut exchange = db.begin().await.unwrap();
        sessions::find_locked(exchange.conn(), "a").await.unwrap().unwrap();
        let revoke = async { write!(db, sessions::revoke, &first.session_id, at(6)).unwrap() };
        let finish = async {
            until_somebody_waits(&db).await;
            let second = RefreshToken { token_hash: "b".into(), ..first.clone() };
            sessions::insert(exchange.conn(), &second).await.unwrap();
            exchange.commit().await.unwrap();
        };
        tokio::join!(revoke, finish);
        for hash in ["a", "b"] {
            assert_eq!(read!(db, sessions::find, hash).unwrap().revoked_at, Some(at(6)), "{hash}");
        }
    }

    async fn a_person_is_found_by_a_sign_in_that_is_neither_revoked_nor_expired(db: Db) {
        let mara: User = stored_user(&db, "mara").await;
        let sam = stored_user(&db, "sam").await;
        let token = refresh_token(&mara, "a");
        let session = &token.session_id;
        write!(db, sessions::insert, &token).unwrap();
        let found = read!(db, sessions::find_user, session, &mara.id, at(999)).unwrap();
        assert_eq!((found.user, found.last_used_at), (mara.clone(), Some(at(0))));
        assert!(read!(db, sessions::find_user, session, &mara.id, at(1000)).is_none(), "expired");
        assert!(read!(db, sessions::find_user, session, &sam.id, at(1)).is_none(), "the sign-in of somebody else");
        write!(db, sessions::rotate, "a", at(5)).unwrap();
        assert!(read!(db, sessions::find_user, session, &mara.id, at(6)).is_some(), "an exchange ends nothing");
        write!(db, sessions::revoke, session, at(6)).unwrap();
        assert!(read!(db, sessions::find_user, session, &mara.id, at(7)).is_none(), "revoked");
    }

    async fn what_is_open_is_listed_by_its_newest_token_and_its_last_use(db: Db) {
        let (mara, sam) = (stored_user(&db, "mara").await, stored_user(&db, "sam").await);
        let first = RefreshToken { rotated_at: Some(at(5)), ..refresh_token(&mara, "a") };
        let second = RefreshToken { token_hash: "b".into(), rotated_at: None, last_used_at: Some(at(5)), ..first.clone() };
        let phone = RefreshToken { last_used_at: Some(at(9)), ..refresh_token(&mara, "c") };
        let revoked = RefreshToken { revoked_at: Some(at(4)), ..refresh_token(&mara, "d") };
        let expired = RefreshToken { expires_at: at(10), ..refresh_token(&mara, "e") };
        for token in [&first, &second, &phone, &revoked, &expired, &refresh_token(&sam, "f")] {
            write!(db, sessions::insert, token).unwrap();
        }
        assert_eq!(read!(db, sessions::list_open, &mara.id, at(10)), [phone.clone(), second.clone()]);
        write!(db, sessions::note_use, &second.session_id, Some("192.0.2.7"), at(11)).unwrap();
        write!(db, sessions::note_use, &phone.session_id, None, at(10)).unwrap();
        let open = read!(db, sessions::list_open, &mara.id, at(12));
        assert_eq!((open[0].token_hash.as_str(), open[0].ip.as_deref()), ("b", Some("192.0.2.7")));
        assert_eq!((open[1].last_used_at, open[1].ip.as_deref()), (Some(at(10)), Some("192.0.2.1")));
        assert_eq!(read!(db, sessions::find, "a").unwrap().last_used_at, Some(at(0)), "the newest token knows");
    }

    async fn only_what_expired_before_is_forgotten(db: Db) {
        let mara = stored_user(&db, "mara").await;
        for (hash, expires) in [("a", 10), ("b", 20), ("c", 30)] {
            let token = RefreshToken { expires_at: at(expires), ..refresh_token(&mara, hash) };
            write!(db, sessions::insert, &token).unwrap();
        }
        assert_eq!(write!(db, sessions::purge, at(20)).unwrap(), 1);
        assert!(read!(db, sessions::find, "a").is_none() && read!(db, sessions::find, "b").is_some());
    }
}
