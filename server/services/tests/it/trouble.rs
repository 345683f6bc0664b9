//! A database that is locked, full, read-only or gone: a clear error, and nothing changed.

use model::Error;
use model::entries::NewEntry;
use services::access::{ReadEntries, WriteEntries};
use services::entries::{self, ListQuery};
use services::{Services, imports};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, PgConnection, SqlitePool};
use store::Db;
use testkit::{count, execute, fixtures, run_on_postgres, run_on_sqlite};

/// The pool with the single connection that writes.
fn writer(db: &Db) -> SqlitePool {
    match db {
        Db::Sqlite { writer, .. } => writer.clone(),
        Db::Postgres { .. } => panic!("not SQLite"),
    }
}

fn is_unavailable<T: std::fmt::Debug>(result: &model::Result<T>) -> bool {
    matches!(result, Err(Error::Unavailable { reference }) if reference.len() == 12)
}

#[test]
fn while_another_process_holds_the_write_lock_reading_works_and_writing_says_try_again() {
    run_on_sqlite(async |cx: Services| {
        let project = fixtures::project(&cx, "Atuin").await;
        let write = fixtures::may::<WriteEntries>(&cx, &project).await;
        let read = fixtures::may::<ReadEntries>(&cx, &project).await;
        let pool = writer(&cx.db);
        execute(&cx.db, "PRAGMA busy_timeout = 20").await;
        let mut other = SqliteConnection::connect_with(&pool.connect_options()).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

        let refused = entries::create(&cx, &write, fixtures::text("Locked out")).await;
        assert!(is_unavailable(&refused), "{refused:?}");
        let list = entries::list(&cx, &read, &ListQuery::default(), None, 10).await.unwrap();
        assert!(list.items.is_empty(), "readers never wait");

        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
        entries::create(&cx, &write, fixtures::text("Locked out")).await.unwrap();
    });
}

#[test]
fn on_a_full_disk_nothing_is_half_written_and_reading_goes_on() {
    run_on_sqlite(async |cx: Services| {
        let project = fixtures::project(&cx, "Atuin").await;
        let entry = fixtures::entry(&cx, &project, "Before").await;
        let write = fixtures::may::<WriteEntries>(&cx, &project).await;
        // The file may not grow: what SQLite says then is what it says when the disk is full.
        execute(&cx.db, "PRAGMA max_page_count = 1").await;
        let long = NewEntry { content: "x".repeat(200_000), ..fixtures::text("Too much") };
        let refused = entries::create(&cx, &write, long.clone()).await;
        assert!(is_unavailable(&refused), "{refused:?}");

        // One failure must not break what follows, so the disk is full once more.
        execute(&cx.db, "PRAGMA max_page_count = 1").await;
        let file: String = (0..200).map(|number| format!("## 1.0.{number}\n\n{}\n\n", "text ".repeat(500))).collect();
        let refused =
            imports::run(&cx, &fixtures::may(&cx, &project).await, &file, &Default::default(), Default::default())
                .await;
        assert!(is_unavailable(&refused), "{refused:?}");
        assert_eq!(count(&cx.db, "entries").await, 1);
        let read = fixtures::may::<ReadEntries>(&cx, &project).await;
        assert_eq!(entries::get(&cx, &read, &entry.id).await, Ok(entry));

        // There is room again.
        execute(&cx.db, "PRAGMA max_page_count = 1000000").await;
        entries::create(&cx, &write, long).await.unwrap();
    });
}

/// A connection beside those of the instance.
async fn apart(db: &Db) -> PgConnection {
    let Db::Postgres { pool, .. } = db else { panic!("not PostgreSQL") };
    PgConnection::connect_with(&pool.connect_options()).await.unwrap()
}

/// Ends every connection of the instance, as a restart of the server does.
async fn end_connections(other: &mut PgConnection) {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sqlx::query(sql).execute(other).await.unwrap();
}

#[test]
fn a_server_that_only_reads_says_try_again() {
    run_on_postgres(async |cx: Services| {
        let project = fixtures::project(&cx, "Atuin").await;
        let write = fixtures::may::<WriteEntries>(&cx, &project).await;
        let mut other = apart(&cx.db).await;
        let name: String = sqlx::query_scalar("SELECT current_database()").fetch_one(&mut other).await.unwrap();
        execute(&cx.db, &format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
        end_connections(&mut other).await;

        let refused = entries::create(&cx, &write, fixtures::text("Refused")).await;
        assert!(is_unavailable(&refused), "{refused:?}");
        assert_eq!(count(&cx.db, "entries").await, 0);
    });
}

#[test]
fn connections_that_the_server_ended_are_made_again() {
    run_on_postgres(async |cx: Services| {
        let project = fixtures::project(&cx, "Atuin").await;
        end_connections(&mut apart(&cx.db).await).await;
        let write = fixtures::may::<WriteEntries>(&cx, &project).await;
        entries::create(&cx, &write, fixtures::text("After a restart")).await.unwrap();
    });
}

#[test]
fn without_a_database_every_answer_is_try_again() {
    async fn case(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let write = fixtures::may::<WriteEntries>(&cx, &project).await;
        let read = fixtures::may::<ReadEntries>(&cx, &project).await;
        cx.db.close().await;
        assert!(is_unavailable(&entries::create(&cx, &write, fixtures::text("Gone")).await));
        assert!(is_unavailable(&entries::list(&cx, &read, &ListQuery::default(), None, 10).await));
    }
    run_on_sqlite(case);
    run_on_postgres(case);
}
