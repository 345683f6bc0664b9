//! Password hashes: Argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet).

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use model::{Error, Result};
use tokio::sync::{Semaphore, oneshot};

use crate::Random;

/// Hashes and verifies on threads of their own. Only so many at once as leave cores for reading pages, whatever
/// number of people sign in.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    random: Random,
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub fn new(random: Random) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { random, turns: Arc::new(Semaphore::new((cores / 2).max(1))) }
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let salt: [u8; 16] = self.random.bytes();
        let password = password.to_owned();
        self.run(move || {
            hasher().ok()?.hash_password_with_salt(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
        })
        .await?
        .ok_or_else(internal)
    }

    /// Whether the password is right. Without a hash the same work is done, so that the time taken tells nothing
    /// about whether the account exists.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let password = password.to_owned();
        let hash = hash.map(str::to_owned);
        self.run(move || match hash.as_deref().map(PasswordHash::new) {
            Some(Ok(hash)) => hasher().is_ok_and(|hasher| hasher.verify_password(password.as_bytes(), &hash).is_ok()),
            Some(Err(_)) => false,
            None => {
                let _ = hasher().map(|hasher| hasher.hash_password_with_salt(password.as_bytes(), &[0; 16]));
                false
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| internal())?;
        let (tell, told) = oneshot::channel();
        // A thread that ends gives its part of the heap to the next one. On the runtime's threads, of which there are
        // many, the allocator would keep 19 MiB for each of them.
        let thread = std::thread::Builder::new().name("password".to_owned()).spawn(move || {
            stand_back();
            // Whoever asked may be gone.
            let _ = tell.send(work());
            drop(turn);
        });
        thread.map_err(|_| internal())?;
        told.await.map_err(|_| internal())
    }
}

/// Lets the threads that serve pages go first: this one gets about a tenth of a core they want, and all of it when they
/// are idle. Only Linux knows a priority for one thread; a system that refuses shares equally, as before.
fn stand_back() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, 10);
}

fn hasher() -> argon2::Result<Argon2<'static>> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None)?))
}

fn internal() -> Error {
    tracing::error!("A password could not be hashed");
    Error::Internal { reference: "password".to_owned() }
}
