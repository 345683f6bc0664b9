use model::SessionId;
use model::users::User;
use store::cli_codes::{self, CliCode};
use store::{Db, Error};
use testkit::on_both_databases;

use crate::values::{at, stored_user, user};

fn session(name: &str) -> SessionId {
    name.parse().unwrap()
}

fn code(of: &User, hash: &str) -> CliCode {
    CliCode {
        code_hash: hash.to_owned(),
        user_id: of.id.clone(),
        agreed_in: session("web"),
        callback_url: "http://127.0.0.1:4711/callback".to_owned(),
        client: "tidings".to_owned(),
        code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned()),
        created_at: at(0),
        expires_at: at(10),
        used_at: None,
        session_id: None,
    }
}

async fn use_up(db: &Db, hash: &str, into: &str) -> bool {
    write!(db, cli_codes::use_up, hash, &session(into), at(5)).unwrap()
}

on_both_databases! {
    async fn a_code_comes_back_as_stored(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let used = CliCode { used_at: Some(at(5)), session_id: Some(session("cli")), ..code(&mara, "a") };
        let bare = CliCode { code_challenge: None, ..code(&mara, "b") };
        for stored in [used, bare] {
            write!(db, cli_codes::insert, &stored).unwrap();
            assert_eq!(write!(db, cli_codes::find_locked, &stored.code_hash).unwrap(), Some(stored.clone()));
            let again = write!(db, cli_codes::insert, &stored);
            assert!(matches!(again, Err(Error::Duplicate)), "{again:?}");
        }
        assert_eq!(write!(db, cli_codes::find_locked, "c").unwrap(), None);
        let stray = write!(db, cli_codes::insert, &code(&user("unknown"), "d"));
        assert!(matches!(stray, Err(Error::Dangling)), "{stray:?}");
    }

    async fn of_many_exchanges_of_one_code_exactly_one_wins(db: Db) {
        let mara = stored_user(&db, "mara").await;
        write!(db, cli_codes::insert, &code(&mara, "a")).unwrap();
        let (a, b, c) = tokio::join!(use_up(&db, "a", "one"), use_up(&db, "a", "two"), use_up(&db, "a", "three"));
        assert_eq!([a, b, c].into_iter().filter(|won| *won).count(), 1);
        assert!(!use_up(&db, "a", "four").await);
        assert!(!use_up(&db, "unknown", "five").await);
    }

    async fn an_expired_code_is_not_used_and_forgotten_later(db: Db) {
        let mara = stored_user(&db, "mara").await;
        write!(db, cli_codes::insert, &CliCode { expires_at: at(5), ..code(&mara, "a") }).unwrap();
        write!(db, cli_codes::insert, &code(&mara, "b")).unwrap();
        assert!(!use_up(&db, "a", "one").await, "it ends at that moment");
        assert_eq!(write!(db, cli_codes::purge, at(6)).unwrap(), 1);
        assert_eq!(write!(db, cli_codes::find_locked, "a").unwrap(), None);
        assert!(use_up(&db, "b", "two").await);
    }
}
