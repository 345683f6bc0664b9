//! From a configuration to a database and to services, the same way for the server and for every command.

use services::{Clock, PasswordCost, Random, Services, Settings, SigningKey};
use store::Db;

use crate::config::{Config, Storage};
use crate::secrets::{SecretsError, create_data_dir, create_private, previous_signing_key, signing_key};

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error("The database ({storage}) cannot be opened: {source}.")]
    Database { storage: String, source: store::Error },
    #[error("The database ({storage}) cannot be brought to the schema of this version: {source}.")]
    Migration { storage: String, source: store::Error },
    #[error("`media.store` is s3, but `{key}` is missing. `tidings config reference` describes it.")]
    Media { key: &'static str },
}

/// Opens the database; the embedded one is created when it is missing. Does not migrate.
pub async fn database(config: &Config) -> Result<Db, OpenError> {
    let connections = config.database.max_connections.get();
    let storage = config.storage();
    let opened = match &storage {
        Storage::Embedded { file } => {
            create_data_dir(&config.data.dir)?;
            create_private(file)?;
            Db::open_file(file, connections).await
        }
        Storage::Postgres { url } => Db::open(url.expose(), connections).await,
    };
    opened.map_err(|source| OpenError::Database { storage: storage.to_string(), source })
}

/// Applies missing migrations and gives their names.
pub async fn migrate(config: &Config, db: &Db) -> Result<Vec<String>, OpenError> {
    let applied = store::migrate(db).await;
    let applied = applied.map_err(|source| OpenError::Migration { storage: config.storage().to_string(), source })?;
    for name in &applied {
        tracing::info!(migration = %name, "Applied migration {name}");
    }
    Ok(applied)
}

/// Keys, database, migrations, services: everything but the network.
pub async fn services(config: &Config) -> Result<Services, OpenError> {
    let key = signing_key(config)?;
    let signing_key = SigningKey::new(key.expose()).ok_or(SecretsError::Missing)?;
    let previous_signing_key = previous_signing_key(config)?.and_then(|key| SigningKey::new(key.expose()));
    let db = database(config).await?;
    migrate(config, &db).await?;
    let settings = Settings {
        base_url: config.base_url().to_string(),
        signing_key,
        previous_signing_key,
        limits: (&config.limits).into(),
        cli_callback_schemes: config.server.cli_callback_schemes.iter().map(ToString::to_string).collect(),
        trusted_proxies: config.trusted_proxies(),
        cache_max_bytes: config.cache.max_bytes,
        reachable: config.reachable(),
        breach_check_url: config.breach_check.url.to_string(),
        import_sources: services::imports::Sources {
            github: config.import.github_url.to_string(),
            canny: config.import.canny_url.to_string(),
        },
        password_cost: PasswordCost::default(),
        media: config.media().map_err(|key| OpenError::Media { key })?,
    };
    Ok(Services::new(db, Clock::System, Random::System, settings))
}
