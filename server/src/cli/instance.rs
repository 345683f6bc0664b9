//! `tidings serve` and `tidings migrate`.

use std::future::Future;
use std::io;

use crate::config::Config;
use crate::open;
use crate::serve::{self, ServeError};

use super::{Failure, Result, output};

pub async fn serve(config: Config) -> Result {
    serve::serve(config, stop_signal()?).await.map_err(|error| match error {
        ServeError::Open(error) => error.into(),
        error => Failure::new(error.to_string()),
    })
}

pub async fn migrate(config: &Config) -> Result {
    let db = open::database(config).await?;
    let applied = open::migrate(config, &db).await?;
    db.close().await;
    let mut answer: String = applied.iter().map(|name| format!("applied {name}\n")).collect();
    if answer.is_empty() {
        answer.push_str("The database has the schema of this version already.\n");
    }
    output::print(&answer)
}

/// Listens to SIGINT and SIGTERM from now on; the future ends at the first. One that comes while the database is still
/// being opened waits until that is done. A second one ends the process at once, for a request that never finishes.
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static> {
    let mut signals =
        Signals::listen().map_err(|error| Failure::new(format!("Signals cannot be listened to: {error}.")))?;
    Ok(async move {
        signals.next().await;
        tracing::info!("Stopping: requests in flight finish, new ones are not accepted");
        tokio::spawn(async move {
            signals.next().await;
            tracing::warn!("Stopped at the second signal; requests in flight were cut off");
            std::process::exit(1);
        });
    })
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
