//! SQLite: a migrated file is kept in memory and written out for each test.

use std::fs;
use std::sync::OnceLock;

use store::Db;
use tempfile::TempDir;

use super::{CONNECTIONS, runtime};

/// A file that goes with this value.
pub struct Database {
    folder: TempDir,
}

impl Database {
    pub fn copy() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("tidings.db"), template()).expect("a copy of the template");
        Self { folder }
    }

    pub async fn open(&self) -> Db {
        Db::open_file(&self.folder.path().join("tidings.db"), CONNECTIONS).await.expect("the copy opens")
    }
}

/// The bytes of an empty, migrated database.
fn template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("template.db");
        runtime().block_on(async {
            let db = Db::open_file(&path, 1).await.expect("a new file");
            store::migrate(&db).await.expect("the migrations apply to an empty file");
            // The last connection to close moves the write-ahead log into the file.
            db.close().await;
        });
        assert!(!folder.path().join("template.db-wal").exists(), "the template is more than one file");
        fs::read(&path).expect("the template")
    })
}
