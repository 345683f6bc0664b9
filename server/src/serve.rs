//! Running the server: listening, and finishing what is in flight when it is told to stop.

use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::pin::Pin;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::config::{Config, Switch};
use crate::open::OpenError;
use crate::{open, web};

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("The address {listen} cannot be listened on: {source}. Choose another with --listen.")]
    Listen { listen: SocketAddr, source: std::io::Error },
    #[error("The set-up link could not be made: {0}")]
    SetUp(model::Error),
    #[error("The server stopped: {0}.")]
    Stopped(std::io::Error),
}

/// Serves until `shutdown` ends; then requests in flight finish and the database is closed.
pub async fn serve(config: Config, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
    let services = open::services(&config).await?;
    let listen = config.server.listen;
    let listener = TcpListener::bind(listen).await.map_err(|source| ServeError::Listen { listen, source })?;
    // Answers are small and written whole; waiting for more to send only adds delay.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
    });
    let engine = services.db.engine().name();
    tracing::info!(address = %services.base_url(), database = engine, "Tidings runs at {} on {engine}", services.base_url());
    if let Some(link) = services::setup::issue_link(&services).await.map_err(ServeError::SetUp)? {
        // On standard output, not in the log: whoever reads it becomes the administrator.
        // Where nobody reads it there is nothing to do about it: the next start prints a new link.
        let _ = writeln!(std::io::stdout(), "\nSet up this instance here (the link works once):\n\n    {link}\n");
    }
    // Before the first request: nothing is served from memory until changes of other processes are heard.
    let listening = tokio::spawn(store::changes::listen(services.db.clone()));
    let counting =
        Task::start(|stopped| services::views::run(services.clone(), stopped), "The last views were not counted");
    let importing =
        Task::start(|stopped| services::imports::upkeep(services.clone(), stopped), "Imports were not left in order");
    let tidying =
        Task::start(|stopped| services::trash::upkeep(services.clone(), stopped), "The trash was not left in order");
    let sweeping =
        Task::start(|stopped| services::media::upkeep(services.clone(), stopped), "Files were not left in order");
    let mailing =
        Task::start(|stopped| services::mail::run(services.clone(), stopped), "Letters were not left in order");
    // No job is taken once the server is told to stop; those at hand end while requests in flight are answered.
    let (told, is_told) = oneshot::channel::<()>();
    let shutdown = async move {
        shutdown.await;
        drop(told);
    };
    let stopped = async move {
        let _ = is_told.await;
    };
    let working =
        (config.jobs.runner == Switch::On).then(|| tokio::spawn(services::jobs::run(services.clone(), stopped)));
    let sealing = Task::start(
        |stopped| services::audit::seal::run(services.clone(), stopped),
        "The last audit records were not sealed; the next start does it",
    );
    let router = web::router(services.clone()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await.map_err(ServeError::Stopped)?;
    listening.abort();
    // Before the database closes: whoever works on an import leaves it to the next start.
    importing.stop().await;
    if let Some(working) = working
        && let Err(error) = working.await
    {
        tracing::error!(%error, "Jobs were not left in order");
    }
    mailing.stop().await;
    tidying.stop().await;
    sweeping.stop().await;
    counting.stop().await;
    // The last one: what the others wrote is sealed before the database closes.
    sealing.stop().await;
    services.db.close().await;
    tracing::info!("Stopped");
    Ok(())
}

/// What runs beside the requests until the server stops.
struct Task {
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
    /// What the log says when it did not end well.
    trouble: &'static str,
}

impl Task {
    /// `run` makes the task out of the future that ends when it is to stop.
    fn start<F, R>(run: F, trouble: &'static str) -> Self
    where
        F: FnOnce(Pin<Box<dyn Future<Output = ()> + Send>>) -> R,
        R: Future<Output = ()> + Send + 'static,
    {
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(run(Box::pin(async {
            let _ = stopped.await;
        })));
        Self { stop, running, trouble }
    }

    /// Tells it to stop and waits until it has.
    async fn stop(self) {
        drop(self.stop);
        if let Err(error) = self.running.await {
            tracing::error!(%error, "{}", self.trouble);
        }
    }
}
