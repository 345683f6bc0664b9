//! Sending what waits in the outbox.
//!
//! A worker holds a letter for as long as its lease, and nobody else takes it in that time, so that several instances
//! never send a letter twice. One whose worker died is tried again when the lease has run out; if the mail server had
//! taken it by then, it comes a second time under the same `Message-ID`, by which receivers know a copy.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration as StdDuration;

use chrono::Duration;
use model::Result;
use model::instance::InstanceSettings;
use model::mail::MailPause;
use store::letters::{self, ClaimedLetter};

use super::message::{Head, Text, compose};
use super::smtp::{self, Refusal, Target, Why};
use super::{PASSWORD, Services};
use crate::instance;
use crate::sealed::Purpose;

/// Between two looks into the outbox.
const EVERY: StdDuration = StdDuration::from_secs(1);
/// At most ten letters in a second, which every mail server stands.
const BETWEEN: StdDuration = StdDuration::from_millis(100);
/// For one letter.
pub(super) const PATIENCE: StdDuration = StdDuration::from_secs(30);
/// Who is told to stop finishes the letter at hand, but not for longer than this.
const LAST_WORDS: StdDuration = StdDuration::from_secs(15);
/// Longer than any conversation, so that whoever took a letter over is the only one with it.
const LEASE: Duration = Duration::minutes(2);
/// How long to wait after each attempt but the last: five attempts, the last after a day.
const WAITS: [Duration; 4] = [Duration::minutes(1), Duration::minutes(9), Duration::minutes(60), Duration::hours(23)];
/// A letter that could not even be tried for so long is given up.
const PATIENT_FOR: Duration = Duration::hours(24);
/// How long nothing is sent after the mail server refused user name or password.
const PAUSE: Duration = Duration::minutes(15);
/// Letters that ended are kept so long.
const KEPT: Duration = Duration::days(90);

/// Sends letters until `stop` ends. Runs beside, as a task.
pub async fn run(cx: Services, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut tidied = None;
    let is_stopping = AtomicBool::new(false);
    loop {
        tokio::select! {
            () = &mut stop => break,
            _ = ticks.tick() => {}
        }
        let mut sending = std::pin::pin!(send_all(&cx, &is_stopping, PATIENCE, BETWEEN));
        tokio::select! {
            sent = &mut sending => report(sent.map(|_| ())),
            () = &mut stop => {
                is_stopping.store(true, Ordering::SeqCst);
                if let Ok(sent) = tokio::time::timeout(LAST_WORDS, sending).await {
                    report(sent.map(|_| ()));
                }
                break;
            }
        }
        let today = cx.clock.now().date_naive();
        if tidied != Some(today) {
            match purge(&cx).await {
                Ok(_) => tidied = Some(today),
                Err(error) => tracing::warn!(%error, "Old letters could not be deleted; it is tried again"),
            }
        }
    }
}

fn report(outcome: Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "The outbox could not be looked into; it is tried again");
    }
}

/// Sends what is due now, with so much patience for each; gives how many letters were tried.
///
/// # Errors
/// When the database cannot be reached.
pub async fn deliver(cx: &Services, patience: StdDuration) -> Result<usize> {
    send_all(cx, &AtomicBool::new(false), patience, StdDuration::ZERO).await
}

/// Forgets letters that ended 90 days ago, and with them to whom they went; gives how many.
///
/// # Errors
/// When the database cannot be reached.
pub async fn purge(cx: &Services) -> Result<u64> {
    let mut tx = cx.db.begin().await?;
    let gone = letters::purge(tx.conn(), cx.clock.now() - KEPT).await?;
    tx.commit().await?;
    Ok(gone)
}

async fn send_all(
    cx: &Services,
    is_stopping: &AtomicBool,
    patience: StdDuration,
    between: StdDuration,
) -> Result<usize> {
    let worker = cx.random.token(20);
    let mut tried = 0;
    while !is_stopping.load(Ordering::SeqCst) {
        let Some(letter) = take(cx, &worker).await? else { break };
        tried += 1;
        send(cx, &worker, letter, patience).await?;
        if !between.is_zero() {
            tokio::time::sleep(between).await;
        }
    }
    Ok(tried)
}

/// The next letter, for this worker alone.
async fn take(cx: &Services, worker: &str) -> Result<Option<ClaimedLetter>> {
    let now = cx.clock.now();
    {
        // Most looks find nothing, and reading disturbs nobody.
        let mut lease = cx.db.acquire().await?;
        if !letters::is_any_due(lease.conn(), now).await? || letters::pause(lease.conn(), now).await?.is_some() {
            return Ok(None);
        }
    }
    let mut tx = cx.db.begin().await?;
    let letter = letters::claim(tx.conn(), worker, now + LEASE, now).await?;
    tx.commit().await?;
    Ok(letter)
}

/// How it went.
enum Outcome {
    Sent,
    GivenUp(String),
    Later(String),
    Paused(String),
}

async fn send(cx: &Services, worker: &str, letter: ClaimedLetter, patience: StdDuration) -> Result<()> {
    let settings = instance::load(cx).await?;
    let outcome = attempt(cx, &settings, &letter, patience).await;
    let now = cx.clock.now();
    let id = &letter.id;
    let mut tx = cx.db.begin().await?;
    match outcome {
        Outcome::Sent => {
            letters::mark_sent(tx.conn(), id, worker, now).await?;
            tracing::info!(letter.id = %id, "Letter {id} was sent");
        }
        Outcome::GivenUp(reason) => {
            letters::mark_failed(tx.conn(), id, worker, &reason, now).await?;
            tracing::warn!(letter.id = %id, "Letter {id} could not be sent and was given up");
        }
        Outcome::Later(reason) => {
            let wait = usize::try_from(letter.attempts - 1).ok().and_then(|tried| WAITS.get(tried));
            let next = wait.map(|wait| now + *wait).filter(|next| letter.useful_until.is_none_or(|end| *next < end));
            match next {
                Some(next) => {
                    letters::put_off(tx.conn(), id, worker, &reason, next, true).await?;
                    tracing::info!(letter.id = %id, "Letter {id} could not be sent; it is tried again");
                }
                None => {
                    letters::mark_failed(tx.conn(), id, worker, &reason, now).await?;
                    tracing::warn!(letter.id = %id, "Letter {id} could not be sent and was given up");
                }
            }
        }
        Outcome::Paused(reason) => {
            letters::set_pause(tx.conn(), &MailPause { reason: reason.clone(), until: now + PAUSE }).await?;
            if now - letter.created_at > PATIENT_FOR {
                letters::mark_failed(tx.conn(), id, worker, &reason, now).await?;
            } else {
                letters::put_off(tx.conn(), id, worker, &reason, now, false).await?;
            }
            tracing::error!("The mail server refuses to let Tidings in; letters wait. {reason}");
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn attempt(cx: &Services, settings: &InstanceSettings, letter: &ClaimedLetter, patience: StdDuration) -> Outcome {
    if !settings.mail.is_complete() {
        return Outcome::GivenUp("The mail server was taken out of the settings before this was sent.".to_owned());
    }
    if letter.useful_until.is_some_and(|end| end <= cx.clock.now()) {
        return Outcome::GivenUp("It could not be sent while its link still worked.".to_owned());
    }
    if usize::try_from(letter.attempts).unwrap_or(usize::MAX) > WAITS.len() + 1 {
        return Outcome::GivenUp("The server stopped while it was sending this, again and again.".to_owned());
    }
    let unreadable = || Outcome::GivenUp("Its text was sealed under another secret and cannot be read.".to_owned());
    let opened = letter.body.as_deref().map(|body| cx.unseal(Purpose::Letter, body));
    let Some(Ok(json)) = opened else { return unreadable() };
    let Ok(text) = serde_json::from_str::<Text>(&json) else { return unreadable() };
    let head = Head {
        from: &settings.mail.sender,
        from_name: &settings.instance_name,
        to: &letter.to,
        subject: &letter.subject,
        message_id: &letter.message_id,
        date: letter.created_at,
    };
    match hand_over(cx, settings, &head, &text, patience).await {
        Ok(()) => Outcome::Sent,
        Err(Refusal { why: Why::Temporary, message, .. }) => Outcome::Later(message),
        Err(Refusal { why: Why::Permanent, message, .. }) => Outcome::GivenUp(message),
        Err(Refusal { why: Why::Credentials, message, .. }) => Outcome::Paused(message),
    }
}

/// Hands a letter to the mail server of the settings.
pub(super) async fn hand_over(
    cx: &Services,
    settings: &InstanceSettings,
    head: &Head<'_>,
    text: &Text,
    patience: StdDuration,
) -> Result<(), Refusal> {
    let refuse = |why, message: String| Refusal { why, message, code: None };
    let letter = compose(head, text).map_err(|message| refuse(Why::Permanent, message))?;
    let password = password(cx, settings).await.map_err(|error| {
        let message = match error {
            model::Error::Internal { .. } => "The password of the mail server cannot be read. Type it again.",
            _ => "The password of the mail server could not be looked up.",
        };
        refuse(Why::Credentials, message.to_owned())
    })?;
    let target = Target { server: &settings.mail, password: password.as_deref(), base_url: cx.base_url(), patience };
    smtp::send(&target, &letter).await
}

async fn password(cx: &Services, settings: &InstanceSettings) -> Result<Option<String>> {
    if !settings.mail.has_password {
        return Ok(None);
    }
    let mut lease = cx.db.acquire().await?;
    let sealed = store::instance_settings::find(lease.conn(), PASSWORD).await?;
    match sealed.as_ref().and_then(serde_json::Value::as_str) {
        Some(sealed) => cx.unseal(Purpose::MailPassword, sealed).map(Some),
        None => Ok(None),
    }
}
