//! What no repository offers, because only tests need it.

use sqlx::AssertSqlSafe;
use store::Db;

/// Runs a statement that both engines understand, outside of any transaction; gives the number of rows it changed.
pub async fn execute(db: &Db, sql: &str) -> u64 {
    let sql = AssertSqlSafe(sql.to_owned());
    match db {
        Db::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.map(|done| done.rows_affected()),
        Db::Postgres { pool, .. } => sqlx::query(sql).execute(pool).await.map(|done| done.rows_affected()),
    }
    .expect("the statement runs")
}

/// How many rows `from` has: a table, with or without a condition.
pub async fn count(db: &Db, from: &str) -> i64 {
    let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {from}"));
    match db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await,
        Db::Postgres { pool, .. } => sqlx::query_scalar(sql).fetch_one(pool).await,
    }
    .expect("the query runs")
}

/// The values of one text column, in no particular order.
pub async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let sql = AssertSqlSafe(sql.to_owned());
    match db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_all(readers).await,
        Db::Postgres { pool, .. } => sqlx::query_scalar(sql).fetch_all(pool).await,
    }
    .expect("the query runs")
}
