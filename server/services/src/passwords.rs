//! Password hashes: Argon2id, well above the least that OWASP's Password Storage Cheat Sheet asks for (19 MiB and two
//! passes). Hashes of bcrypt, which imported accounts bring along, are good until their owner signs in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use model::{Error, Result};
use tokio::sync::{Semaphore, oneshot};

use crate::Random;

/// What a password costs whoever tries one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// What is wrong is answered no sooner than this after work on it began, so that hashes of another kind than
    /// today's, which take another time, tell nothing about whose account exists.
    pub refusal_takes: Duration,
}

impl PasswordCost {
    /// The least that is accepted for an instance that people use.
    pub const LEAST: Self = Self { memory_kib: 19 * 1024, passes: 2, refusal_takes: Duration::ZERO };
}

/// 32 MiB and ten passes take about 160 ms of one core of a server of today. An imported hash, bcrypt with a cost of 12,
/// takes about 230 ms.
impl Default for PasswordCost {
    fn default() -> Self {
        Self { memory_kib: 32 * 1024, passes: 10, refusal_takes: Duration::from_millis(300) }
    }
}

/// What a password was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, and its hash is weaker than those that are made today.
    RightButWeak,
}

/// The highest cost of bcrypt that is tried: 15 takes about two seconds, and each more doubles that.
const MAX_BCRYPT_COST: u32 = 15;

/// Hashes and verifies on threads of their own. Only so many at once as leave cores for reading pages, whatever
/// number of people sign in.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    random: Random,
    cost: PasswordCost,
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub fn new(random: Random, cost: PasswordCost) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { random, cost, turns: Arc::new(Semaphore::new((cores / 2).max(1))) }
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let salt: [u8; 16] = self.random.bytes();
        let (password, cost) = (password.to_owned(), self.cost);
        let (hash, _) = self
            .run(move || {
                hasher(cost).ok()?.hash_password_with_salt(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
            })
            .await?;
        hash.ok_or_else(internal)
    }

    /// Whether the password is right. Without a hash the same work is done, so that the time taken tells nothing
    /// about whether the account exists.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        Ok(self.judge(password, hash).await? != Verdict::Wrong)
    }

    /// As [`Passwords::verify`], and whether the hash is as strong as those of today.
    pub async fn judge(&self, password: &str, hash: Option<&str>) -> Result<Verdict> {
        let (password, cost) = (password.to_owned(), self.cost);
        let hash = hash.map(str::to_owned);
        let (verdict, took) = self.run(move || verify(cost, &password, hash.as_deref())).await?;
        if verdict == Verdict::Wrong {
            let left = self.cost.refusal_takes.saturating_sub(took);
            if !left.is_zero() {
                tokio::time::sleep(left).await;
            }
        }
        Ok(verdict)
    }

    /// What the work gives, and how long it took once its turn had come.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<(T, Duration)> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| internal())?;
        let began = Instant::now();
        let (tell, told) = oneshot::channel();
        // A thread that ends gives its part of the heap to the next one. On the runtime's threads, of which there are
        // many, the allocator would keep the memory of a hash for each of them.
        let thread = std::thread::Builder::new().name("password".to_owned()).spawn(move || {
            stand_back();
            // Whoever asked may be gone.
            let _ = tell.send(work());
            drop(turn);
        });
        thread.map_err(|_| internal())?;
        let done = told.await.map_err(|_| internal())?;
        Ok((done, began.elapsed()))
    }
}

fn verify(cost: PasswordCost, password: &str, hash: Option<&str>) -> Verdict {
    let Some(hash) = hash else {
        let _ = hasher(cost).map(|hasher| hasher.hash_password_with_salt(password.as_bytes(), &[0; 16]));
        return Verdict::Wrong;
    };
    if hash.starts_with("$2") {
        let affordable =
            hash.get(4..6).and_then(|digits| digits.parse().ok()).is_some_and(|c: u32| c <= MAX_BCRYPT_COST);
        return match affordable.then(|| bcrypt::verify(password, hash)) {
            Some(Ok(true)) => Verdict::RightButWeak,
            _ => Verdict::Wrong,
        };
    }
    let Ok(hash) = PasswordHash::new(hash) else { return Verdict::Wrong };
    let right = hasher(cost).is_ok_and(|hasher| hasher.verify_password(password.as_bytes(), &hash).is_ok());
    let of_hash = Params::try_from(&hash).ok().map(|params| (params.m_cost(), params.t_cost()));
    let strong = of_hash.is_some_and(|(memory, passes)| memory >= cost.memory_kib && passes >= cost.passes);
    match (right, strong) {
        (false, _) => Verdict::Wrong,
        (true, true) => Verdict::Right,
        (true, false) => Verdict::RightButWeak,
    }
}

/// Lets the threads that serve pages go first: this one gets about a tenth of a core they want, and all of it when they
/// are idle. Only Linux knows a priority for one thread; a system that refuses shares equally, as before.
fn stand_back() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, 10);
}

fn hasher(cost: PasswordCost) -> argon2::Result<Argon2<'static>> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(cost.memory_kib, cost.passes, 1, None)?))
}

fn internal() -> Error {
    tracing::error!("A password could not be hashed");
    Error::Internal { reference: "password".to_owned() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{PasswordCost, Verdict, hasher, verify};
    use argon2::PasswordHasher;

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1, refusal_takes: Duration::ZERO };
    /// Of `correct horse`, as other programs write it: cost 4, to be quick.
    const BCRYPT: &str = "$2b$04$/uaF/uaF/uaF/uaF/uaF/u6TEgyYmJd3P9pjrLThYbp3Es11Sf7Pe";

    fn argon(cost: PasswordCost) -> String {
        hasher(cost).unwrap().hash_password_with_salt(b"correct horse", b"salt for a test.").unwrap().to_string()
    }

    #[test]
    fn hashes_are_stronger_than_the_least_and_refusals_take_longer_than_either_kind() {
        let (cost, least) = (PasswordCost::default(), PasswordCost::LEAST);
        assert!(cost.memory_kib >= least.memory_kib && cost.passes >= least.passes);
        assert!(cost.refusal_takes >= Duration::from_millis(250));
    }

    #[test]
    fn a_hash_of_bcrypt_is_good_and_weak() {
        for version in ["$2a$", "$2b$", "$2y$"] {
            let hash = BCRYPT.replace("$2b$", version);
            assert_eq!(verify(CHEAP, "correct horse", Some(&hash)), Verdict::RightButWeak, "{version}");
            assert_eq!(verify(CHEAP, "wrong horse", Some(&hash)), Verdict::Wrong);
        }
    }

    #[test]
    fn what_is_no_hash_or_would_take_for_ever_is_wrong() {
        let endless = BCRYPT.replace("$04$", "$31$");
        for bad in [endless.as_str(), "", "$2b$", "$2", "plain text", "$argon2id$v=19$m=1"] {
            assert_eq!(verify(CHEAP, "correct horse", Some(bad)), Verdict::Wrong, "{bad}");
        }
        assert_eq!(verify(CHEAP, "correct horse", None), Verdict::Wrong);
    }

    #[test]
    fn a_hash_below_todays_cost_is_weak() {
        let today = PasswordCost { passes: 2, ..CHEAP };
        assert_eq!(verify(today, "correct horse", Some(&argon(today))), Verdict::Right);
        assert_eq!(verify(today, "correct horse", Some(&argon(CHEAP))), Verdict::RightButWeak);
        assert_eq!(verify(CHEAP, "correct horse", Some(&argon(today))), Verdict::Right);
        assert_eq!(verify(today, "wrong horse", Some(&argon(CHEAP))), Verdict::Wrong);
    }
}
