//! Databases: one template for each engine, copied for each test.

mod postgres;
mod sqlite;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use services::Services;
use sqlx::ConnectOptions;
use store::Db;
use tokio::runtime::{Builder, Runtime};

/// Connections of one test: enough for a few things at the same time.
const CONNECTIONS: u32 = 4;

/// What a case takes: something made from an empty, migrated database.
pub trait FromDb: Sized {
    fn from_db(db: Db) -> impl Future<Output = Self>;
}

impl FromDb for Db {
    async fn from_db(db: Db) -> Self {
        db
    }
}

impl FromDb for Services {
    async fn from_db(db: Db) -> Self {
        crate::services(db)
    }
}

/// One database, opened twice, as by two processes. Nothing is shared but what is stored.
pub struct Twin {
    pub db: Db,
    pub other: Db,
}

impl FromDb for Twin {
    async fn from_db(db: Db) -> Self {
        let other = match &db {
            Db::Sqlite { writer, .. } => {
                Db::open_file(writer.connect_options().get_filename(), CONNECTIONS).await.expect("the file opens again")
            }
            Db::Postgres { pool, .. } => {
                let url = pool.connect_options().to_url_lossy().to_string();
                Db::open(&url, CONNECTIONS).await.expect("the database opens again")
            }
        };
        Self { db, other }
    }
}

/// Runs a case on a SQLite file of its own; gives what the case gives.
pub fn run_on_sqlite<A: FromDb, F: Future>(case: impl FnOnce(A) -> F) -> F::Output {
    let database = sqlite::Database::copy();
    run(|| database.open(), case)
}

/// Runs a case on a PostgreSQL database of its own; says so and gives `None` when there is no server.
///
/// # Panics
/// Without PostgreSQL where it is required.
pub fn run_on_postgres<A: FromDb, F: Future>(case: impl FnOnce(A) -> F) -> Option<F::Output> {
    let database = postgres::Server::find()?.copy();
    Some(run(|| database.open(), case))
}

/// Runs one case and closes its database, also when the case panics.
fn run<A: FromDb, F: Future, O: Future<Output = Db>>(open: impl FnOnce() -> O, case: impl FnOnce(A) -> F) -> F::Output {
    let runtime = runtime();
    let db = runtime.block_on(open());
    let outcome =
        catch_unwind(AssertUnwindSafe(|| runtime.block_on(async { case(A::from_db(db.clone()).await).await })));
    runtime.block_on(db.close());
    drop(runtime);
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}
