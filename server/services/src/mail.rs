//! Letters of the instance: an outbox that is written in the transaction of what a letter tells of, and one worker in
//! each process that hands letters to the mail server ([`deliver`]). Without a mail server a letter is noted as not sent,
//! without its text.

mod admin;
mod deliver;
pub mod letters;
mod message;
mod smtp;

use model::mail::{LetterKind, LetterState};
use model::{LetterId, Result};
use store::Conn;
use store::letters::NewLetter;

pub use admin::{Password, hurry, list, overview, remove, save, send_test};
pub use deliver::{deliver, purge, run};
pub use letters::Letter;

use crate::sealed::Purpose;
use crate::{Services, instance};
use message::{Instance, Text};

/// The name of the row with the sealed password of the mail server.
pub(crate) const PASSWORD: &str = "mailPassword";

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    Waiting,
    /// Nothing was sent, because no mail server is set.
    NotConfigured,
    /// Nothing was sent, because the notifications of the instance are off. Only notices end so.
    SwitchedOff,
}

/// Whether letters can be sent at present.
///
/// # Errors
/// When the settings cannot be read.
pub async fn is_configured(cx: &Services) -> Result<bool> {
    Ok(instance::shared(cx).await?.mail.is_complete())
}

/// Puts a letter into the outbox, inside the transaction of what it tells of.
///
/// # Errors
/// When the database cannot be written.
pub async fn queue(cx: &Services, mut conn: Conn<'_>, letter: Letter) -> Result<Queued> {
    let settings = instance::read(conn.again()).await?;
    if letter.kind == LetterKind::Notice && !settings.enable_notifications {
        return Ok(Queued::SwitchedOff);
    }
    if letter.kind == LetterKind::Notice && !settings.mail.is_complete() {
        // Nobody misses what they never asked for; the outbox is for what has to arrive.
        return Ok(Queued::NotConfigured);
    }
    let now = cx.clock.now();
    let here = Instance { name: &settings.instance_name, base_url: cx.base_url() };
    let id: LetterId = cx.random.id(now, LetterId::compose);
    let is_address = smtp::is_address(&letter.to);
    let (state, error, body) = match (settings.mail.is_complete(), is_address) {
        (false, _) => (LetterState::NotSent, None, None),
        (true, false) => (LetterState::Failed, Some("No mail can be sent to this address.".to_owned()), None),
        (true, true) => (LetterState::Queued, None, Some(seal(cx, &Text::of(&letter, here))?)),
    };
    let new = NewLetter {
        kind: letter.kind,
        subject: message::subject(&letter, here),
        body,
        message_id: message::message_id(id.as_str(), cx.base_url()),
        state,
        error,
        useful_until: letter.useful_for.map(|time| now + time),
        created_at: now,
        to: letter.to,
        id,
    };
    store::letters::insert(conn, &new).await?;
    let (id, kind) = (&new.id, new.kind.as_str());
    match state {
        LetterState::NotSent => {
            tracing::warn!(letter.id = %id, kind, "Letter {id} ({kind}) was not sent: no mail server is set");
            Ok(Queued::NotConfigured)
        }
        _ => Ok(Queued::Waiting),
    }
}

fn seal(cx: &Services, text: &Text) -> Result<String> {
    let json = serde_json::to_string(text).map_err(|error| {
        tracing::error!(%error, "A letter could not be written down");
        model::Error::Internal { reference: "letter".to_owned() }
    })?;
    cx.seal(Purpose::Letter, &json)
}
