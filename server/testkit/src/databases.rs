//! Databases: one template for each engine, copied for each test.

mod postgres;
mod sqlite;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use services::Services;
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

/// Runs a case on a SQLite file of its own.
pub fn run_on_sqlite<A: FromDb, F: Future<Output = ()>>(case: impl FnOnce(A) -> F) {
    let database = sqlite::Database::copy();
    run(|| database.open(), case);
}

/// Runs a case on a PostgreSQL database of its own, or says that there is none.
pub fn run_on_postgres<A: FromDb, F: Future<Output = ()>>(case: impl FnOnce(A) -> F) {
    let Some(server) = postgres::Server::find() else { return };
    let database = server.copy();
    run(|| database.open(), case);
}

/// Whether tests can use PostgreSQL. Says so on standard error when they cannot.
///
/// # Panics
/// Without PostgreSQL where it is required.
pub fn postgres_is_there() -> bool {
    postgres::Server::find().is_some()
}

/// Runs one case and closes its database, also when the case panics.
fn run<A: FromDb, F: Future<Output = ()>, O: Future<Output = Db>>(open: impl FnOnce() -> O, case: impl FnOnce(A) -> F) {
    let runtime = runtime();
    let db = runtime.block_on(open());
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async { case(A::from_db(db.clone()).await).await });
    }));
    runtime.block_on(db.close());
    drop(runtime);
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}
