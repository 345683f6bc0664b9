//! The keys that providers sign with, kept for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::Duration;
use jsonwebtoken::jwk::Jwk;
use model::sso::Problem;
use model::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::Broken;
use crate::Services;
use crate::outgoing::Call;

/// How long keys are used without asking again.
const LIFE: Duration = Duration::hours(1);
/// How long after asking nobody asks again, however many strange answers come.
const PAUSE: Duration = Duration::seconds(10);
/// Few instances have more providers.
const MOST: usize = 100;

/// The keys of one provider.
#[derive(Debug, Clone)]
pub(super) struct KeySet {
    pub keys: Arc<Vec<Jwk>>,
    at: Timestamp,
}

impl KeySet {
    fn has(&self, kid: Option<&str>) -> bool {
        kid.is_none() || self.keys.iter().any(|key| key.common.key_id.as_deref() == kid)
    }
}

/// By the address they were read from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys(Arc<Mutex<HashMap<String, KeySet>>>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl Keys {
    /// The keys at `url`. A key that is not among those that are kept makes it ask again: providers change keys.
    pub(super) async fn get(cx: &Services, url: &str, kid: Option<&str>) -> Result<KeySet, Broken> {
        let now = cx.clock.now();
        let kept = cx.keys.lock().get(url).cloned();
        if let Some(kept) = kept {
            let age = now - kept.at;
            if (kept.has(kid) && age < LIFE) || age < PAUSE {
                return Ok(kept);
            }
        }
        let answer = cx.outgoing.send(Call::get(url).accept_json()).await?;
        let strange =
            || Broken { problem: Problem::Misconfigured, detail: "The provider's keys could not be read.".to_owned() };
        if !answer.is_success() {
            return Err(strange());
        }
        let document: Document = answer.json().map_err(|_| strange())?;
        // One of a kind that we do not know must not hide the others.
        let keys = document.keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok()).collect();
        let set = KeySet { keys: Arc::new(keys), at: now };
        let mut all = cx.keys.lock();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(url.to_owned(), set.clone());
        Ok(set)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, KeySet>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
