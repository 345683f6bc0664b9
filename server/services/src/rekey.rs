//! Replacing the key of the instance: what the one before protected is put under the one of today.

use model::Result;
use model::audit::ChainReport;
use serde_json::{Value, json};
use store::sealed::Place;

use crate::access::Actor;
use crate::audit::{Event, record, seal, verify};
use crate::sealed::{Purpose, is_current};
use crate::{Services, mail};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rekeyed {
    /// Secrets that were sealed anew.
    pub secrets: usize,
    /// Secrets that neither key opens, and that were left as they are: what they are for, and the id of their row.
    pub lost: Vec<String>,
    /// How the chain of the audit log was under the former key, before it was begun again; `None` when it did not end
    /// under that one.
    pub chain: Option<ChainReport>,
}

/// Seals all stored secrets under the key of today, and begins the chain of the audit log again if it ends under the
/// former one. Once this has been done, nothing needs the former key. Doing it twice does nothing the second time.
///
/// # Errors
/// When the database cannot be read or written. The secrets are changed together or not at all; the chain after them.
pub async fn rekey(cx: &Services, actor: &Actor) -> Result<Rekeyed> {
    let chain = verify::check_previous(cx).await?;
    let mut done = Rekeyed { secrets: 0, lost: Vec::new(), chain };
    let mut tx = cx.db.begin().await?;
    for place in Place::ALL {
        let purpose = purpose(place);
        for (row, old) in store::sealed::list(tx.conn(), place).await? {
            if let Some(new) = anew(cx, purpose, &row, &old, &mut done)? {
                store::sealed::replace(tx.conn(), place, &row, &old, &new).await?;
            }
        }
    }
    if let Some(Value::String(old)) = store::instance_settings::find(tx.conn(), mail::PASSWORD).await?
        && let Some(new) = anew(cx, Purpose::MailPassword, "", &old, &mut done)?
    {
        crate::instance::set(cx, &mut tx, mail::PASSWORD, &Value::String(new)).await?;
    }
    if done.secrets > 0 {
        let details = json!({ "secrets": done.secrets, "lost": done.lost.len() });
        record(cx, tx.conn(), actor, Event { action: "SECRETS_REKEYED", details, ..Event::default() }).await?;
    }
    tx.commit().await?;
    if let Some(report) = &done.chain {
        let reason = match report.broken {
            0 => "The signing key was replaced. Under the former one the log was whole.".to_owned(),
            1 => "The signing key was replaced. Under the former one the log was damaged at 1 place.".to_owned(),
            places => {
                format!("The signing key was replaced. Under the former one the log was damaged at {places} places.")
            }
        };
        seal::begin_again(cx, actor, &reason).await?;
    }
    Ok(done)
}

fn purpose(place: Place) -> Purpose {
    match place {
        Place::ClientSecrets => Purpose::ClientSecret,
        Place::TotpSecrets => Purpose::Totp,
        Place::Letters => Purpose::Letter,
    }
}

/// The secret under the key of today; `None` when it is, or cannot be opened.
fn anew(cx: &Services, purpose: Purpose, row: &str, old: &str, done: &mut Rekeyed) -> Result<Option<String>> {
    if is_current(cx, old) {
        return Ok(None);
    }
    let Ok(plain) = cx.unseal(purpose, old) else {
        done.lost.push(format!("{} {row}", purpose.label()).trim_end().to_owned());
        return Ok(None);
    };
    done.secrets += 1;
    cx.seal(purpose, &plain).map(Some)
}
