use model::entries::Entry;
use store::trash::{self, Which};
use store::{Db, Error, entries, projects};
use testkit::{count, execute, on_both_databases, run_on_sqlite};

use crate::values::{BY, entry, project, stored_entry, stored_project};

on_both_databases! {
    async fn no_view_shows_what_is_in_the_trash_and_no_write_reaches_it(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let gone = stored_entry(&db, entry(&acme, "Gone")).await;
        stored_entry(&db, entry(&acme, "Stays")).await;
        stored_entry(&db, entry(&other, "Elsewhere")).await;
        write!(db, trash::put_entries, &acme.id, Which::One(&gone.id), BY).unwrap();
        assert_eq!((count(&db, "entries").await, count(&db, "entry_rows").await), (2, 3));
        assert_eq!(read!(db, entries::project_of, &gone.id), None);
        assert!(!write!(db, entries::update, &Entry { title: "Changed".into(), ..gone.clone() }).unwrap());
        change!(db, trash::put_project, &acme, BY).unwrap();
        assert_eq!((count(&db, "entries").await, count(&db, "projects").await), (1, 1));
        assert!(!read!(db, projects::lock, &acme.id));
        assert!(!change!(db, trash::put_project, &acme, BY).is_ok_and(|put| put), "it is there already");
    }

    async fn a_place_that_is_taken_is_not_taken_twice(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let first = stored_entry(&db, Entry { version: Some("1.0".into()), ..entry(&acme, "First") }).await;
        write!(db, trash::put_entries, &acme.id, Which::All, BY).unwrap();
        let second = Entry { version: Some("V1.0".into()), ..entry(&acme, "Second") };
        stored_entry(&db, second).await;
        let mut tx = db.begin().await.unwrap();
        let refused = trash::restore_entry(tx.conn(), &first, None).await;
        assert!(matches!(refused, Err(Error::Duplicate)), "{refused:?}");
        drop(tx);
        let free = Entry { version: None, ..first };
        assert!(write!(db, trash::restore_entry, &free, None).unwrap());
        assert!(!write!(db, trash::restore_entry, &free, None).unwrap(), "it is back");
        assert_eq!((count(&db, "trash").await, count(&db, "entries").await), (0, 2));
    }

    async fn everything_but_another_project_can_go_at_once(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        for title in ["One", "Two"] {
            stored_entry(&db, entry(&acme, title)).await;
        }
        stored_entry(&db, entry(&other, "Three")).await;
        assert_eq!(write!(db, trash::put_entries, &acme.id, Which::All, BY).unwrap(), 2);
        assert_eq!(write!(db, trash::put_entries, &project("unknown").id, Which::All, BY).unwrap(), 0);
        execute(&db, "DELETE FROM trash").await;
        assert_eq!(count(&db, "entry_rows").await, 1, "what leaves the trash this way is gone");
    }
}

/// The plan of a query, as SQLite tells it.
async fn plan(db: &Db, sql: &str) -> String {
    let Db::Sqlite { writer, .. } = db else { return String::new() };
    let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql).fetch_all(writer).await.unwrap();
    rows.into_iter().map(|row| row.3).collect::<Vec<_>>().join("\n")
}

#[test]
fn sqlite_reads_through_the_views_by_the_same_indexes() {
    run_on_sqlite(async |db: Db| {
        for (sql, index) in [
            (
                "SELECT e.title FROM entries e WHERE e.project_id = 'a' AND e.published_at <= 'b' \
                 AND (e.published_at, e.id) < ('b', 'c') ORDER BY e.published_at DESC, e.id DESC LIMIT 10",
                "INDEX entries_published",
            ),
            (
                "SELECT COUNT(*) FROM entries e WHERE e.project_id = 'a' AND e.published_at IS NOT NULL",
                "COVERING INDEX entries_published",
            ),
            (
                "SELECT e.title FROM entries e WHERE e.project_id = 'a' ORDER BY e.created_at DESC, e.id DESC LIMIT 10",
                "INDEX entries_created",
            ),
            ("SELECT e.title FROM entries e ORDER BY e.updated_at DESC, e.id DESC LIMIT 10", "INDEX entries_updated"),
            ("SELECT id FROM entries WHERE project_id = 'a' AND version_key = 'b'", "(project_id=? AND version_key=?)"),
            ("SELECT id FROM projects WHERE slug = 'a'", "(slug=?)"),
            ("SELECT id FROM entry_rows WHERE trash_id = 'a'", "INDEX entry_rows_trash"),
        ] {
            let plan = plan(&db, sql).await;
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
        }
        let pinned = "SELECT e.title FROM entries e WHERE e.project_id = 'a' AND e.pinned_until > 'b' \
            AND COALESCE(e.published_at, e.pinned_until) <= 'b' \
            ORDER BY COALESCE(e.published_at, e.pinned_until) DESC, e.id DESC LIMIT 5";
        let plan = plan(&db, pinned).await;
        assert!(plan.contains("INDEX entries_pinned"), "few are sorted: {plan}");
    });
}
