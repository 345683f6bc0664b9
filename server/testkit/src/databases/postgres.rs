//! PostgreSQL: a template database, made once for each state of the migrations, and copied by the server.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::str::FromStr;
use std::sync::OnceLock;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use store::Db;

use super::{CONNECTIONS, runtime};

/// Held while the template is made, so that test processes that start together make it once.
const LOCK: i64 = 0x7469_6469_6e67_7301;

/// A server that may create databases, with the template in it.
pub struct Server {
    options: PgConnectOptions,
    template: String,
}

impl Server {
    /// The server that the environment names; made ready at the first call.
    ///
    /// # Panics
    /// When there is none where one is required, or when it cannot be used.
    pub fn find() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        let server = SERVER.get_or_init(|| {
            let url = variable("TIDINGS_TEST_POSTGRES_URL")?;
            let options = PgConnectOptions::from_str(&url).expect("TIDINGS_TEST_POSTGRES_URL is an address");
            let server = Server { options, template: format!("tidings_template_{:016x}", fingerprint()) };
            runtime().block_on(server.make_template());
            Some(server)
        });
        if server.is_none() {
            let required = variable("CI").is_some() || variable("TIDINGS_REQUIRE_POSTGRES").is_some();
            assert!(!required, "TIDINGS_TEST_POSTGRES_URL is not set, and PostgreSQL is required here");
            eprintln!("skipped: TIDINGS_TEST_POSTGRES_URL is not set, so nothing was tested on PostgreSQL");
        }
        server.as_ref()
    }

    /// A database of one test.
    pub fn copy(&'static self) -> Database {
        let name = format!("tidings_test_{:016x}", RandomState::new().build_hasher().finish());
        let sql = format!("CREATE DATABASE {name} TEMPLATE {}", self.template);
        runtime().block_on(async { self.execute(&mut self.connect().await, sql).await });
        Database { server: self, name }
    }

    async fn connect(&self) -> PgConnection {
        self.options.connect().await.expect("the PostgreSQL server of the tests answers")
    }

    async fn execute(&self, connection: &mut PgConnection, sql: String) {
        let done = sqlx::query(AssertSqlSafe(sql.as_str())).execute(connection).await;
        assert!(done.is_ok(), "{sql}: {done:?}");
    }

    fn url(&self, database: &str) -> String {
        self.options.clone().database(database).to_url_lossy().to_string()
    }

    /// Makes the template under another name first, so that one that was interrupted is never taken for whole.
    async fn make_template(&self) {
        let mut admin = self.connect().await;
        self.execute(&mut admin, format!("SELECT pg_advisory_lock({LOCK})")).await;
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pg_database WHERE datname = $1")
            .bind(&self.template)
            .fetch_one(&mut admin)
            .await
            .expect("the list of databases");
        if count == 0 {
            let unfinished = format!("{}_unfinished", self.template);
            self.execute(&mut admin, format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")).await;
            self.execute(&mut admin, format!("CREATE DATABASE {unfinished}")).await;
            let db = Db::open(&self.url(&unfinished), 1).await.expect("the new database opens");
            store::migrate(&db).await.expect("the migrations apply to an empty database");
            db.close().await;
            self.execute(&mut admin, format!("ALTER DATABASE {unfinished} RENAME TO {}", self.template)).await;
        }
        // Closing the connection gives up the lock.
        admin.close().await.expect("a clean end");
    }
}

/// A database that goes with this value.
pub struct Database {
    server: &'static Server,
    name: String,
}

impl Database {
    pub async fn open(&self) -> Db {
        Db::open(&self.server.url(&self.name), CONNECTIONS).await.expect("the copy opens")
    }
}

impl Drop for Database {
    /// A database that cannot be dropped is left behind; that must not hide why a test failed.
    fn drop(&mut self) {
        runtime().block_on(async {
            let Ok(mut admin) = self.server.options.connect().await else { return };
            let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            if let Err(error) = sqlx::query(AssertSqlSafe(sql)).execute(&mut admin).await {
                eprintln!("the database {} is left behind: {error}", self.name);
            }
        });
    }
}

/// Changes whenever a migration does.
fn fingerprint() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/postgres");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the migrations").map(|file| file.expect("a migration").path()).collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.file_name().hash(&mut hasher);
        fs::read(file).expect("a migration").hash(&mut hasher);
    }
    hasher.finish()
}

#[expect(clippy::disallowed_methods, reason = "tests are told about their surroundings by the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty() && value != "0" && value != "false")
}
