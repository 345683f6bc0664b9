use store::{Db, Engine, Error, users};
use testkit::{on_both_databases, run_on_sqlite};

use crate::values::{stored_user, user};

on_both_databases! {
    async fn the_version_of_the_engine_is_a_number(db: Db) {
        let version = db.version().await.unwrap();
        assert!(version.split('.').all(|part| part.parse::<u32>().is_ok()), "{version}");
    }

    async fn a_transaction_that_is_dropped_never_was(db: Db) {
        let mara = user("mara");
        let mut tx = db.begin().await.unwrap();
        users::insert(tx.conn(), &mara, None).await.unwrap();
        assert!(users::find(tx.conn(), &mara.id).await.unwrap().is_some(), "it sees its own changes");
        assert_eq!(read!(db, users::find, &mara.id), None, "and nobody else does");
        drop(tx);
        assert_eq!(read!(db, users::find, &mara.id), None);
        stored_user(&db, "mara").await;
    }

    async fn a_failed_statement_leaves_the_connection_usable(db: Db) {
        stored_user(&db, "mara").await;
        for _ in 0..20 {
            let mut tx = db.begin().await.unwrap();
            let refused = users::insert(tx.conn(), &user("mara"), None).await;
            assert!(matches!(refused, Err(Error::Duplicate)), "{refused:?}");
        }
        stored_user(&db, "sam").await;
    }

    async fn a_closed_database_is_unavailable(db: Db) {
        db.ping().await.unwrap();
        db.close().await;
        let answer = db.ping().await;
        assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
        assert!(matches!(db.begin().await.map(|_| ()), Err(Error::Unavailable(_))));
    }

    async fn many_writers_take_turns(db: Db) {
        let add = |name: &'static str| {
            let db = &db;
            async move { stored_user(db, name).await }
        };
        tokio::join!(add("a"), add("b"), add("c"), add("d"), add("e"), add("f"), add("g"), add("h"));
        assert_eq!(read!(db, users::count), 8);
    }
}

#[test]
fn a_new_file_is_made_and_readers_do_not_wait_for_writers() {
    run_on_sqlite(async |db: Db| {
        let Db::Sqlite { writer, .. } = &db else { panic!("not SQLite") };
        let path = writer.connect_options().get_filename().with_file_name("new.db");
        let db = Db::open(&format!("sqlite:{}", path.display()), 2).await.unwrap();
        assert_eq!(db.engine(), Engine::Sqlite);
        assert!(path.exists());
        store::migrate(&db).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        users::insert(tx.conn(), &user("mara"), None).await.unwrap();
        assert_eq!(read!(db, users::count), 0);
        tx.commit().await.unwrap();
        assert_eq!(read!(db, users::count), 1);
        db.close().await;
    });
}

#[test]
fn an_address_of_another_kind_is_refused_with_the_ones_that_work() {
    run_on_sqlite(async |_: Db| {
        for url in ["mysql://root@localhost/tidings", "tidings.db", "", "/var/lib/tidings.db"] {
            let error = Db::open(url, 1).await.map(|_| ()).unwrap_err();
            assert!(matches!(error, Error::UnknownScheme(_)), "{url}: {error:?}");
            let text = error.to_string();
            assert!(text.contains("sqlite:") && text.contains("postgres:"), "{text}");
        }
    });
}

#[test]
fn a_password_in_a_database_address_is_not_repeated_in_errors() {
    run_on_sqlite(async |_: Db| {
        for url in ["mysql://root:secret@localhost/tidings", "postgres://root:secret@localhost:1/tidings"] {
            let error = Db::open(url, 1).await.map(|_| ()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
    });
}
