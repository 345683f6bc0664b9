use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sqlx::ConnectOptions;
use store::{Db, Error, migrate, pending};
use testkit::{count, execute, on_both_databases, run_on_postgres, run_on_sqlite, texts};

use crate::values::stored_user;

/// The address of an empty database, made beside or out of the one that a test got.
async fn empty(db: &Db) -> String {
    match db {
        Db::Sqlite { writer, .. } => {
            format!("sqlite:{}", writer.connect_options().get_filename().with_file_name("empty.db").display())
        }
        Db::Postgres { pool, .. } => {
            execute(db, "DROP SCHEMA public CASCADE").await;
            execute(db, "CREATE SCHEMA public").await;
            pool.connect_options().to_url_lossy().to_string()
        }
    }
}

fn files(engine: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(engine);
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Runs the statements of a file.
async fn run_script(db: &Db, text: &str) {
    let text = sqlx::AssertSqlSafe(text.to_owned());
    match db {
        Db::Sqlite { writer, .. } => sqlx::raw_sql(text).execute(writer).await.map(|_| ()),
        Db::Postgres { pool, .. } => sqlx::raw_sql(text).execute(pool).await.map(|_| ()),
    }
    .unwrap();
}

#[test]
fn both_engines_have_the_same_files_in_order() {
    let names = files("sqlite");
    assert_eq!(names, files("postgres"));
    for (number, name) in (1..).zip(&names) {
        assert!(name.starts_with(&format!("{number:04}_")) && name.ends_with(".sql"), "{name}");
    }
}

on_both_databases! {
    async fn migrating_again_is_harmless(db: Db) {
        let fresh = Db::open(&empty(&db).await, 2).await.unwrap();
        let all: Vec<_> = files("sqlite")
            .into_iter()
            .map(|name| name.trim_end_matches(".sql").replace('_', " ").to_owned())
            .collect();
        assert_eq!(pending(&fresh).await.unwrap(), all, "looking changes nothing");
        assert_eq!(pending(&fresh).await.unwrap(), all);
        assert_eq!(migrate(&fresh).await.unwrap(), all);
        stored_user(&fresh, "mara").await;
        assert!(pending(&fresh).await.unwrap().is_empty());
        assert!(migrate(&fresh).await.unwrap().is_empty());
        assert_eq!(count(&fresh, "users WHERE id <> 'system'").await, 1);
        fresh.close().await;
    }

    async fn instances_that_start_together_all_succeed(db: Db) {
        let url = empty(&db).await;
        let (a, b, c) = (
            Db::open(&url, 2).await.unwrap(),
            Db::open(&url, 2).await.unwrap(),
            Db::open(&url, 2).await.unwrap(),
        );
        let (one, two, three) = tokio::join!(migrate(&a), migrate(&b), migrate(&c));
        for done in [one, two, three] {
            done.unwrap();
        }
        stored_user(&a, "mara").await;
        assert!(pending(&b).await.unwrap().is_empty());
        for db in [a, b, c] {
            db.close().await;
        }
    }

    async fn records_of_an_older_version_keep_what_they_say_and_get_what_was_missing(db: Db) {
        let fresh = Db::open(&empty(&db).await, 2).await.unwrap();
        let engine = if matches!(db, Db::Sqlite { .. }) { "sqlite" } else { "postgres" };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(engine);
        let mut later = Vec::new();
        for name in files("sqlite") {
            let text = fs::read_to_string(folder.join(&name)).unwrap();
            if name.as_str() < "0009" { run_script(&fresh, &text).await } else { later.push(text) }
        }
        let user = stored_user(&fresh, "mara").await;
        for (id, action, entity) in [
            ("a1", "USER_REGISTERED", user.id.as_str()),
            ("a2", "LOGIN_FAILURE", ""),
            ("a3", "CHANGELOG_ENTRY_PUBLISHED", "e1"),
        ] {
            execute(&fresh, &format!(
                "INSERT INTO audit_logs (id, action, user_id, entity_id, details, created_at) VALUES \
                 ('{id}', '{action}', 'mara', NULLIF('{entity}', ''), '{{\"a\":1}}', '2026-03-04T09:30:00+00:00')"
            ).replace("'mara'", &format!("'{}'", user.id))).await;
        }
        run_script(&fresh, &later[0]).await;
        let mut rows = texts(&fresh, "SELECT id || ' ' || outcome || ' ' || COALESCE(entity_type, '-') || ' ' || \
            COALESCE(target_user_id, '-') || ' ' || user_id FROM audit_logs").await;
        rows.sort();
        let id = &user.id;
        assert_eq!(
            rows,
            [format!("a1 success user {id} {id}"), format!("a2 denied - - {id}"), format!("a3 success entry - {id}")]
        );
        execute(&fresh, "DELETE FROM users WHERE id <> 'system'").await;
        assert_eq!(count(&fresh, &format!("audit_logs WHERE user_id = '{id}'")).await, 3, "records outlive people");
        fresh.close().await;
    }

    async fn requests_of_an_older_version_keep_what_was_said_about_them(db: Db) {
        let fresh = Db::open(&empty(&db).await, 2).await.unwrap();
        let engine = if matches!(db, Db::Sqlite { .. }) { "sqlite" } else { "postgres" };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(engine);
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let (before, after): (Vec<_>, Vec<_>) =
            files("sqlite").into_iter().partition(|name| !name.ends_with("_desk.sql") && name.as_str() < "0025");
        for name in &before {
            run_script(&fresh, &read(name)).await;
        }
        let insert = |id: &str, kind: &str| format!(
            "INSERT INTO change_requests (id, kind, status, project_name, target_id, target_name, feedback, created_at) \
             VALUES ('{id}', '{kind}', 'PENDING', 'Acme', 'e1', 'Rocket', 'Why?', '2026-03-04T09:30:00+00:00')"
        );
        execute(&fresh, &insert("r1", "DELETE_ENTRY")).await;
        execute(&fresh, "INSERT INTO request_comments (id, request_id, body, created_at) \
            VALUES ('c1', 'r1', 'Because.', '2026-03-04T09:30:00+00:00')").await;
        for name in &after {
            run_script(&fresh, &read(name)).await;
        }
        let rows = texts(&fresh, "SELECT r.id || r.kind || r.feedback || c.body FROM change_requests r \
            JOIN request_comments c ON c.request_id = r.id").await;
        assert_eq!(rows, ["r1DELETE_ENTRYWhy?Because."]);
        execute(&fresh, &insert("r2", "PUBLISH_EDIT")).await;
        execute(&fresh, "DELETE FROM change_requests WHERE id = 'r1'").await;
        assert_eq!(count(&fresh, "request_comments").await, 0);
        fresh.close().await;
    }

    async fn entries_of_an_older_version_are_found(db: Db) {
        let fresh = Db::open(&empty(&db).await, 2).await.unwrap();
        let engine = if matches!(db, Db::Sqlite { .. }) { "sqlite" } else { "postgres" };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(engine);
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        for name in files("sqlite").iter().filter(|name| name.as_str() < "0020") {
            run_script(&fresh, &read(name)).await;
        }
        execute(&fresh, "INSERT INTO projects (id, changelog_id, name, slug, is_public, allow_auto_publish, \
             require_approval, maintenance_mode, allow_indexing, enable_rss, rss_item_limit, rss_full_content, default_tags, \
             revision, search, created_at, updated_at) VALUES ('acme', 'acme-c', 'Acme', 'acme', TRUE, FALSE, FALSE, FALSE, \
             TRUE, TRUE, 10, TRUE, '[]', 0, 'acme', '2026-03-04T09:30:00+00:00', '2026-03-04T09:30:00+00:00')").await;
        execute(&fresh, &format!(
            "INSERT INTO entries (id, project_id, title, content, excerpt, version, version_key, slug, lock_version, \
             search, created_at, updated_at) VALUES ('e1', 'acme', 'Rocket', 'An engine', '', 'v2.4.0', '2.4.0', 'rocket', \
             0, 'rocket{}v2.4.0{}an engine', '2026-03-04T09:30:00+00:00', '2026-03-04T09:30:00+00:00')",
            '\n', '\n'
        )).await;
        for name in files("sqlite").iter().filter(|name| name.as_str() >= "0020") {
            run_script(&fresh, &read(name)).await;
        }
        let mut lease = fresh.acquire().await.unwrap();
        for query in ["rocket", "2.4", "v2.4.0", "ngine", "enginee"] {
            let filter = store::search::SearchFilter { query: query.into(), ..Default::default() };
            let found = store::search::find(lease.conn(), &filter, 9, 0).await.unwrap();
            assert_eq!((found.total, found.hits.len()), (1, 1), "{query}");
        }
        drop(lease);
        fresh.close().await;
    }

    async fn a_database_of_a_newer_version_is_refused(db: Db) {
        let newer = "UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1";
        execute(&db, newer).await;
        let refused = migrate(&db).await;
        assert!(matches!(refused, Err(Error::Migrate(_))), "{refused:?}");
    }

    async fn a_database_made_from_other_files_is_refused(db: Db) {
        let other = if matches!(db, Db::Sqlite { .. }) { "X'00'" } else { "'\\x00'::bytea" };
        execute(&db, &format!("UPDATE _sqlx_migrations SET checksum = {other}")).await;
        let refused = migrate(&db).await;
        assert!(matches!(refused, Err(Error::Migrate(_))), "{refused:?}");
    }
}

#[test]
fn the_schemas_of_both_engines_agree() {
    let sqlite = run_on_sqlite(sqlite_schema);
    let Some(postgres) = run_on_postgres(async |db: Db| postgres_schema(&db).await) else { return };
    // The index of full-text search is made of what an engine has for it.
    let differs = |line: &str| ["entry_search", "entry_words", "search_words"].iter().any(|name| line.contains(name));
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
        a.difference(b).filter(|line| !differs(line)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(only(&sqlite, &postgres), Vec::<String>::new(), "only in SQLite");
    assert_eq!(only(&postgres, &sqlite), Vec::<String>::new(), "only in PostgreSQL");
    assert!(sqlite.len() > 100, "the schema was not read: {sqlite:?}");
}

/// Columns with nullability, unique keys, indexes and references, each as one line of text.
async fn sqlite_schema(db: Db) -> BTreeSet<String> {
    let mut schema = BTreeSet::new();
    schema.extend(
        texts(
            &db,
            "SELECT 'column ' || m.name || '.' || c.name || CASE c.\"notnull\" WHEN 1 THEN ' not null' ELSE '' END \
             FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite%' AND m.name <> '_sqlx_migrations'",
        )
        .await,
    );
    // The key of a table whose key is the row number has no index.
    schema.extend(
        texts(
            &db,
            "SELECT 'unique ' || m.name || ' (' || group_concat(c.name, ', ' ORDER BY c.pk) || ')' \
             FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.pk > 0 \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> '_sqlx_migrations' GROUP BY m.name",
        )
        .await,
    );
    schema.extend(
        texts(
            &db,
            "SELECT CASE i.\"unique\" WHEN 1 THEN 'unique ' ELSE 'index ' END || m.name || ' (' || \
             (SELECT group_concat(c.name, ', ' ORDER BY c.seqno) FROM pragma_index_info(i.name) c) || ')' \
             FROM sqlite_master m JOIN pragma_index_list(m.name) i \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> '_sqlx_migrations'",
        )
        .await,
    );
    schema.extend(
        texts(
            &db,
            "SELECT 'reference ' || m.name || '.' || f.\"from\" || ' to ' || f.\"table\" || '.' || f.\"to\" || \
             ', on delete ' || lower(f.on_delete) FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' AND m.name <> '_sqlx_migrations'",
        )
        .await,
    );
    schema
}

async fn postgres_schema(db: &Db) -> BTreeSet<String> {
    let mut schema = BTreeSet::new();
    schema.extend(
        texts(
            db,
            "SELECT 'column ' || table_name || '.' || column_name || \
             CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
        )
        .await,
    );
    schema.extend(
        texts(
            db,
            "SELECT CASE WHEN i.indisunique THEN 'unique ' ELSE 'index ' END || t.relname || ' (' || \
             (SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest(i.indkey::smallint[]) \
             WITH ORDINALITY AS k (number, place) \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) || ')' \
             FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid \
             WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> '_sqlx_migrations'",
        )
        .await,
    );
    schema.extend(
        texts(
            db,
            "SELECT 'reference ' || t.relname || '.' || a.attname || ' to ' || r.relname || '.' || b.attname || \
             ', on delete ' || CASE c.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' \
             WHEN 'a' THEN 'no action' ELSE c.confdeltype::text END \
             FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1] \
             JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = c.confkey[1] WHERE c.contype = 'f'",
        )
        .await,
    );
    schema
}
