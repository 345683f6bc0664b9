//! Everything in the database, to see that nothing has changed.

use std::collections::BTreeMap;

use store::Db;

/// Tables that count and remember calls, whoever makes them, and where the audit log stands.
const COUNTING: [&str; 3] = ["rate_limits", "idempotency_keys", "audit_chain"];
/// That somebody was refused may be in the audit log, and nothing else.
const OF_REFUSALS: &str =
    "'UNAUTHORIZED_ACCESS_ATTEMPT', 'CHANGELOG_ENTRY_PERMISSION_DENIED', 'CHANGELOG_VERSION_CONFLICT'";
/// Columns that tell of use, which also a refused call is.
const OF_USE: [&str; 2] = ["last_used_at", "last_used_ip"];

/// The rows of every table, as text.
pub async fn rows(db: &Db) -> BTreeMap<String, Vec<String>> {
    let tables = match db {
        Db::Sqlite { .. } => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx%' \
             AND name NOT LIKE 'entry!_words%' ESCAPE '!'"
        }
        Db::Postgres { .. } => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\\_sqlx%'"
        }
    };
    let mut found = BTreeMap::new();
    for table in testkit::texts(db, tables).await {
        if COUNTING.contains(&table.as_str()) {
            continue;
        }
        let columns = match db {
            Db::Sqlite { .. } => format!("SELECT name FROM pragma_table_info('{table}')"),
            Db::Postgres { .. } => format!(
                "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = '{table}'"
            ),
        };
        let mut columns = testkit::texts(db, &columns).await;
        columns.retain(|column| !OF_USE.contains(&column.as_str()));
        columns.sort();
        let columns: Vec<String> =
            columns.iter().map(|column| format!("COALESCE(CAST(\"{column}\" AS TEXT), '')")).collect();
        let of_something_else = match table.as_str() {
            "audit_logs" => format!(" WHERE action NOT IN ({OF_REFUSALS})"),
            _ => String::new(),
        };
        let sql = format!("SELECT {} FROM \"{table}\"{of_something_else}", columns.join(" || '|' || "));
        let mut rows = testkit::texts(db, &sql).await;
        rows.sort();
        found.insert(table, rows);
    }
    found
}

/// Fails with the tables that differ and the calls that may have done it.
#[track_caller]
pub fn assert_same(before: &BTreeMap<String, Vec<String>>, after: &BTreeMap<String, Vec<String>>, calls: &str) {
    let differ = |table: &&String| before.get(*table) != after.get(*table);
    let changed: Vec<&String> = after.keys().filter(differ).collect();
    let new: Vec<&String> =
        changed.iter().flat_map(|table| after[*table].iter().filter(|row| !before[*table].contains(row))).collect();
    assert!(changed.is_empty(), "refused calls ({calls}) changed {changed:?}: {new:#?}");
}
