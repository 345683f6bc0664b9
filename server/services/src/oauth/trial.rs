//! Trying a provider: a whole sign-in whose end is shown to the administrator who began it and signs nobody in.

use chrono::Duration;
use model::sso::{Trial, TrialEnd};
use model::{Error, ProviderId, Result};
use serde_json::Value;

use super::Broken;
use crate::access::{InstanceGrant, ManageProviders};
use crate::sealed::Purpose;
use crate::sso::{self, Asserted, Decision, Stop};
use crate::{Actor, Services};

/// How long the end of a trial is shown.
const LIFE: Duration = Duration::minutes(10);

/// Claims that belong to the exchange and tell nothing about the person.
const OF_THE_EXCHANGE: [&str; 6] = ["nonce", "at_hash", "c_hash", "s_hash", "sid", "jti"];

/// What would have happened.
pub(crate) async fn judge(
    cx: &Services,
    provider: &sso::Provider<'_>,
    said: Result<Asserted, Broken>,
) -> Result<Trial> {
    let at = cx.clock.now();
    let asserted = match said {
        Ok(asserted) => asserted,
        Err(Broken { problem, detail }) => return Ok(Trial::broken(at, problem, detail)),
    };
    let mut lease = cx.db.acquire().await?;
    let end = match sso::decide(lease.conn(), provider, &asserted).await {
        Ok(Decision::Known(user)) => TrialEnd::SignsIn { account: user.email },
        Ok(Decision::Link(user)) => TrialEnd::Links { account: user.email },
        Ok(Decision::Create { email }) => TrialEnd::Creates { account: email, role: provider.rules.default_role },
        Err(Stop::Said(problem)) => TrialEnd::Refused { problem },
        Err(Stop::Again) => return Err(Error::conflict("Please try again.")),
    };
    let claims = match asserted.claims {
        Value::Object(claims) => claims
            .into_iter()
            .filter(|(name, _)| !OF_THE_EXCHANGE.contains(&name.as_str()))
            .map(|(name, value)| (name, shown(&value)))
            .collect(),
        _ => Vec::new(),
    };
    Ok(Trial {
        at,
        end,
        external_id: asserted.external_id,
        email: asserted.email,
        email_verified: asserted.email_verified,
        name: asserted.name,
        claims,
    })
}

/// A value on one line that fits on a page.
fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.chars().count() > 500 { text.chars().take(500).chain(['…']).collect() } else { text }
}

/// Keeps the end of a trial for the administrator who began it.
pub(super) async fn keep(cx: &Services, provider: &ProviderId, actor: &Actor, trial: &Trial) -> Result<()> {
    let text = serde_json::to_string(trial).map_err(|_| Error::Internal { reference: "trial".to_owned() })?;
    let sealed = cx.seal(Purpose::Flow, &text)?;
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    store::oauth_flows::purge_trials(tx.conn(), now - LIFE).await?;
    store::oauth_flows::keep_trial(tx.conn(), provider, actor.id(), &sealed, now).await?;
    tx.commit().await?;
    Ok(())
}

/// The end of the caller's last trial of a provider, for ten minutes.
pub async fn last_trial(
    cx: &Services,
    may: &InstanceGrant<ManageProviders>,
    provider: &ProviderId,
) -> Result<Option<Trial>> {
    let mut lease = cx.db.acquire().await?;
    let since = cx.clock.now() - LIFE;
    let Some(sealed) = store::oauth_flows::trial(lease.conn(), provider, may.actor().id(), since).await? else {
        return Ok(None);
    };
    Ok(serde_json::from_str(&cx.unseal(Purpose::Flow, &sealed)?).ok())
}
