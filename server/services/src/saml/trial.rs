//! Trying a provider: a whole sign-in whose end is shown to the administrator who began it and signs nobody in.

use chrono::Duration;
use model::sso::{SamlProvider, Trial};
use model::{Error, ProviderId, Result};

use crate::access::{InstanceGrant, ManageProviders};
use crate::oauth::{self, Broken};
use crate::sealed::Purpose;
use crate::sso::Asserted;
use crate::{Actor, Services};

/// How long the end of a trial is shown.
const LIFE: Duration = Duration::minutes(10);

/// What would have happened.
pub(super) async fn judge(cx: &Services, provider: &SamlProvider, said: Result<Asserted, Broken>) -> Result<Trial> {
    oauth::judge(cx, &provider.into(), said).await
}

/// Keeps the end of a trial for the administrator who began it.
pub(super) async fn keep(cx: &Services, provider: &ProviderId, actor: &Actor, trial: &Trial) -> Result<()> {
    let text = serde_json::to_string(trial).map_err(|_| Error::Internal { reference: "trial".to_owned() })?;
    let sealed = cx.seal(Purpose::Flow, &text)?;
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    store::saml_flows::purge_trials(tx.conn(), now - LIFE).await?;
    store::saml_flows::keep_trial(tx.conn(), provider, actor.id(), &sealed, now).await?;
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
    let Some(sealed) = store::saml_flows::trial(lease.conn(), provider, may.actor().id(), since).await? else {
        return Ok(None);
    };
    Ok(serde_json::from_str(&cx.unseal(Purpose::Flow, &sealed)?).ok())
}
