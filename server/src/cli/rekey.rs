//! `tidings rekey`.

use services::{Services, rekey};

use super::accounts::console;
use super::{Failure, Result, output};
use crate::config::Config;
use crate::open;

pub async fn run(config: &Config) -> Result {
    if config.secrets.previous_signing_key.is_none() {
        let message =
            "The former key is missing: set `secrets.previous_signing_key`, or TIDINGS__SECRETS__PREVIOUS_SIGNING_KEY.";
        return Err(Failure::new(message));
    }
    let cx = open::services(config).await?;
    let done = under_the_new_key(&cx).await;
    cx.db.close().await;
    done
}

async fn under_the_new_key(cx: &Services) -> Result {
    let done = rekey::rekey(cx, &console(cx)?).await?;
    let secrets = match done.secrets {
        0 => "No secret was under the former key.".to_owned(),
        1 => "1 secret is under the new key now.".to_owned(),
        many => format!("{many} secrets are under the new key now."),
    };
    let chain = match &done.chain {
        None => "The chain of the audit log does not end under the former key, and was left as it is.".to_owned(),
        Some(report) if report.is_whole() => {
            format!("The audit log was whole ({} records); its chain begins anew under the new key.", report.records)
        }
        Some(report) => format!(
            "The audit log was damaged at {} places, which its new beginning records; its chain begins anew under the new key.",
            report.broken
        ),
    };
    output::print(&format!("{secrets}\n{chain}\n"))?;
    if done.lost.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} secrets are under neither key and stay as they are: {}. Enter them again in the dashboard.",
        done.lost.len(),
        done.lost.join(", ")
    )))
}
