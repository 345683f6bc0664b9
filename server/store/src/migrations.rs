//! Bringing a database to the schema of this version. The files are part of the binary; an applied file is never
//! edited, and a database from a newer version is refused.

use sqlx::migrate::{Migrate, Migrator};

use crate::db::{Db, Lease};
use crate::error::Result;

/// Where sqlx keeps what it applied.
const TABLE: &str = "_sqlx_migrations";

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Applies what is missing; gives the names of the applied files. Safe when several instances start at once:
/// PostgreSQL is locked by the migrator, SQLite by one transaction around all files.
pub async fn migrate(db: &Db) -> Result<Vec<String>> {
    let missing = pending(db).await?;
    match db {
        Db::Sqlite { writer, .. } => {
            let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
            SQLITE.run(&mut *tx).await?;
            tx.commit().await?;
        }
        Db::Postgres { pool, .. } => POSTGRES.run(pool).await?,
    }
    Ok(missing)
}

/// The names of the files that [`migrate`] would apply. Changes nothing.
pub async fn pending(db: &Db) -> Result<Vec<String>> {
    const SQLITE_HAS: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1";
    const POSTGRES_HAS: &str = "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass($1)";
    let mut applied = Vec::new();
    match db.acquire().await? {
        Lease::Sqlite(mut c) => {
            let tables: i64 = sqlx::query_scalar(SQLITE_HAS).bind(TABLE).fetch_one(&mut *c).await?;
            if tables > 0 {
                applied = c.list_applied_migrations(TABLE).await?;
            }
        }
        Lease::Postgres(mut c) => {
            let tables: i64 = sqlx::query_scalar(POSTGRES_HAS).bind(TABLE).fetch_one(&mut *c).await?;
            if tables > 0 {
                applied = c.list_applied_migrations(TABLE).await?;
            }
        }
    }
    let migrator = if matches!(db, Db::Sqlite { .. }) { &SQLITE } else { &POSTGRES };
    Ok(migrator
        .iter()
        .filter(|file| !applied.iter().any(|done| done.version == file.version))
        .map(|file| format!("{:04} {}", file.version, file.description))
        .collect())
}
