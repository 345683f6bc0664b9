//! Where the bytes of media lie: a folder, or a bucket of a service that speaks S3.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::sync::OnceCell;

use super::s3;

/// Where to keep files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine, or one that all instances share.
    Folder(PathBuf),
    S3(Bucket),
    /// Nowhere: what is written is gone with the process. For tests.
    Memory,
}

/// A bucket, and who may write to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Bucket {
    pub name: String,
    /// `https://s3.eu-central-1.amazonaws.com`; nothing for the one that Amazon has for the region.
    pub endpoint: Option<String>,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
    /// Whether the bucket is part of the path, rather than of the host.
    pub path_style: bool,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, endpoint, region, path_style, .. } = self;
        write!(f, "Bucket({name:?}, {endpoint:?}, {region:?}, {path_style})")
    }
}

/// The store, opened when it is first needed. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    place: Arc<Place>,
    store: Arc<OnceCell<Arc<dyn ObjectStore>>>,
}

/// Why a file could not be written or read, for the log.
pub(super) type Trouble = object_store::Error;

impl Files {
    pub fn new(place: Place) -> Self {
        Self { place: Arc::new(place), store: Arc::default() }
    }

    async fn store(&self) -> Result<&Arc<dyn ObjectStore>, Trouble> {
        let place = self.place.clone();
        self.store
            .get_or_try_init(|| async move {
                Ok(match &*place {
                    Place::Memory => Arc::new(InMemory::new()) as Arc<dyn ObjectStore>,
                    Place::S3(bucket) => s3::open(bucket)?,
                    Place::Folder(folder) => {
                        let made = tokio::fs::create_dir_all(folder).await;
                        made.map_err(|error| Trouble::Generic { store: "folder", source: Box::new(error) })?;
                        Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_automatic_cleanup(true))
                    }
                })
            })
            .await
    }

    pub(super) async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), Trouble> {
        self.store().await?.put(&Path::from(name), Bytes::from(bytes).into()).await.map(|_| ())
    }

    /// Nothing when there is no such file.
    pub(super) async fn read(&self, name: &str) -> Result<Option<Bytes>, Trouble> {
        match self.store().await?.get(&Path::from(name)).await {
            Ok(found) => found.bytes().await.map(Some),
            Err(Trouble::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// It is no mistake when there is no such file.
    pub(super) async fn remove(&self, name: &str) -> Result<(), Trouble> {
        match self.store().await?.delete(&Path::from(name)).await {
            Ok(()) | Err(Trouble::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
