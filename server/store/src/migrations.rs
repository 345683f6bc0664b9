//! Bringing a database to the schema of this version. The files are part of the binary; an applied file is never
//! edited, and a database from a newer version is refused.

use sqlx::migrate::{Migrate, Migrator};

use crate::db::{Db, Tx};
use crate::error::Result;

/// Where sqlx keeps what it applied.
const TABLE: &str = "_sqlx_migrations";

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Applies what is missing; gives the names of the applied files. Safe when several instances start at once:
/// PostgreSQL is locked by the migrator, SQLite by the single writer connection.
pub async fn migrate(db: &Db) -> Result<Vec<String>> {
    let missing = pending(db).await?;
    match db {
        Db::Sqlite { writer, .. } => SQLITE.run(writer).await?,
        Db::Postgres(pool) => POSTGRES.run(pool).await?,
    }
    Ok(missing)
}

/// The names of the files that [`migrate`] would apply.
pub async fn pending(db: &Db) -> Result<Vec<String>> {
    let migrator = if matches!(db, Db::Sqlite { .. }) { &SQLITE } else { &POSTGRES };
    let applied = match db.begin().await? {
        Tx::Sqlite(mut tx) => {
            tx.ensure_migrations_table(TABLE).await?;
            tx.list_applied_migrations(TABLE).await?
        }
        Tx::Postgres(mut tx) => {
            tx.ensure_migrations_table(TABLE).await?;
            tx.list_applied_migrations(TABLE).await?
        }
    };
    Ok(migrator
        .iter()
        .filter(|file| !applied.iter().any(|done| done.version == file.version))
        .map(|file| format!("{:04} {}", file.version, file.description))
        .collect())
}
