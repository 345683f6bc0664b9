//! What administrators do with mail: set the server, try it out, look into the outbox.

use model::instance::SystemMail;
use model::mail::{self, LetterLine, LetterState, MailOverview, MailServerForm};
use model::pages::{Cursor, Page};
use model::{Error, LetterId, Result, check};
use serde_json::{Value, json};
use store::Tx;
use store::letters::NewLetter;

use super::deliver::{PATIENCE, hand_over};
use super::message::{self, Head, Instance, Text};
use super::{PASSWORD, letters};
use crate::access::{InstanceGrant, ManageInstance};
use crate::audit::{self, Event};
use crate::sealed::Purpose;
use crate::{Services, instance};

/// What is to become of the stored password.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Password {
    #[default]
    Keep,
    Clear,
    Replace(String),
}

impl Password {
    /// As a form sends it: blank keeps.
    pub fn typed(text: &str) -> Self {
        if text.is_empty() { Self::Keep } else { Self::Replace(text.to_owned()) }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Password::Keep => "Keep",
            Password::Clear => "Clear",
            Password::Replace(_) => "Replace(***)",
        })
    }
}

/// The mail server without its password, and how letters fare.
pub async fn overview(cx: &Services, _may: &InstanceGrant<ManageInstance>) -> Result<MailOverview> {
    let settings = instance::load(cx).await?;
    let mut lease = cx.db.acquire().await?;
    Ok(MailOverview {
        pause: store::letters::pause(lease.conn(), cx.clock.now()).await?,
        counts: store::letters::count(lease.conn()).await?,
        server: settings.mail,
        enable_password_reset: settings.enable_password_reset,
    })
}

/// Letters, newest first, without their texts.
pub async fn list(
    cx: &Services,
    _may: &InstanceGrant<ManageInstance>,
    state: Option<LetterState>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<LetterLine>> {
    let mut lease = cx.db.acquire().await?;
    Ok(store::letters::list(lease.conn(), state, after, limit.clamp(1, 100)).await?)
}

/// Lets a letter that waits be tried now, whether or not sending is paused.
///
/// # Errors
/// `NotFound`; `Conflict` for a letter that does not wait.
pub async fn hurry(cx: &Services, _may: &InstanceGrant<ManageInstance>, id: &LetterId) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let line = store::letters::find(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    if !store::letters::hurry(tx.conn(), id, cx.clock.now()).await? {
        return Err(Error::conflict(match line.state {
            LetterState::Queued => "This letter is being sent right now.",
            LetterState::Sent => "This letter has been sent.",
            LetterState::Failed | LetterState::NotSent => {
                "The text of this letter is gone, so it cannot be sent. Have whatever caused it done again."
            }
        }));
    }
    store::letters::end_pause(tx.conn()).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets the mail server. A stored password is kept only for the host it was typed for.
///
/// # Errors
/// `Invalid`, with the names of the REST interface.
pub async fn save(
    cx: &Services,
    may: &InstanceGrant<ManageInstance>,
    form: &MailServerForm,
    password: Password,
) -> Result<SystemMail> {
    let mut server = form.check()?;
    let fresh = match &password {
        Password::Replace(text) => Some(mail::password(text).map_err(|message| Error::field("smtpPassword", message))?),
        Password::Keep | Password::Clear => None,
    };
    let mut tx = cx.db.begin().await?;
    let before = instance::read(tx.conn()).await?.mail;
    let keeps = password == Password::Keep && before.has_password && !server.user.is_empty();
    if keeps && before.host != server.host {
        let message = format!("Type the password again: it was given for {} and is not sent elsewhere.", before.host);
        return Err(Error::field("smtpPassword", message));
    }
    if fresh.is_some() && server.user.is_empty() {
        return Err(Error::field("smtpUser", "A password needs a user name."));
    }
    server.has_password = keeps || fresh.is_some();
    match &fresh {
        Some(text) => {
            let sealed = Value::String(cx.seal(Purpose::MailPassword, text)?);
            instance::set(cx, &mut tx, PASSWORD, &sealed).await?;
        }
        None if !server.has_password => store::instance_settings::delete(&mut tx, PASSWORD).await?,
        None => {}
    }
    write(cx, &mut tx, may, &before, &server, fresh.is_some()).await?;
    tx.commit().await?;
    Ok(server)
}

/// Forgets the mail server. What waits in the outbox is given up when its turn comes.
pub async fn remove(cx: &Services, may: &InstanceGrant<ManageInstance>) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let before = instance::read(tx.conn()).await?.mail;
    store::instance_settings::delete(&mut tx, PASSWORD).await?;
    write(cx, &mut tx, may, &before, &SystemMail::default(), false).await?;
    tx.commit().await?;
    Ok(())
}

async fn write(
    cx: &Services,
    tx: &mut Tx,
    may: &InstanceGrant<ManageInstance>,
    before: &SystemMail,
    after: &SystemMail,
    new_password: bool,
) -> Result<()> {
    let value = serde_json::to_value(after).unwrap_or(Value::Null);
    instance::set(cx, tx, "mail", &value).await?;
    // Whoever changes the settings has done something about what stopped the letters.
    store::letters::end_pause(tx.conn()).await?;
    let mut details = changes(before, after);
    if new_password {
        details.insert("smtpPassword".to_owned(), json!("changed"));
    } else if before.has_password && !after.has_password {
        details.insert("smtpPassword".to_owned(), json!("removed"));
    }
    let action = if before.is_complete() { "UPDATE_SYSTEM_EMAIL_CONFIG" } else { "CREATE_SYSTEM_EMAIL_CONFIG" };
    let event = Event { action, details: Value::Object(details), ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await
}

/// What differs, from and to.
fn changes(before: &SystemMail, after: &SystemMail) -> serde_json::Map<String, Value> {
    let fields = |mail: &SystemMail| {
        [
            ("smtpHost", json!(mail.host)),
            ("smtpPort", json!(mail.port)),
            ("smtpUser", json!(mail.user)),
            ("tlsMode", json!(mail.tls)),
            ("allowInvalidCert", json!(mail.allow_invalid_cert)),
            ("systemEmail", json!(mail.sender)),
        ]
    };
    let pairs = fields(before).into_iter().zip(fields(after));
    pairs
        .filter(|((_, from), (_, to))| from != to)
        .map(|((name, from), (_, to))| (name.to_owned(), json!({ "from": from, "to": to })))
        .collect()
}

/// Sends a letter to `to` at once, with the stored settings, and says how it went. It is noted in the outbox.
///
/// # Errors
/// `Invalid` for what is no address; `BadRequest` with what the mail server said.
pub async fn send_test(cx: &Services, may: &InstanceGrant<ManageInstance>, to: &str) -> Result<()> {
    let to = check::email(to).map_err(|message| Error::field("testEmail", message))?;
    let settings = instance::load(cx).await?;
    if !settings.mail.is_complete() {
        return Err(Error::bad_request("No mail server is set. Save one first."));
    }
    let user = &may.actor().user;
    let letter = letters::test(&to, user.name.as_deref().unwrap_or(&user.email));
    let here = Instance { name: &settings.instance_name, base_url: cx.base_url() };
    let now = cx.clock.now();
    let id: LetterId = cx.random.id(now, LetterId::compose);
    let subject = message::subject(&letter, here);
    let message_id = message::message_id(id.as_str(), cx.base_url());
    let head = Head {
        from: &settings.mail.sender,
        from_name: &settings.instance_name,
        to: &to,
        subject: &subject,
        message_id: &message_id,
        date: now,
    };
    let sent = hand_over(cx, &settings, &head, &Text::of(&letter, here), PATIENCE).await;
    let refusal = sent.as_ref().err();
    let mut tx = cx.db.begin().await?;
    let new = NewLetter {
        id,
        kind: letter.kind,
        to: to.clone(),
        subject,
        body: None,
        message_id,
        state: if sent.is_ok() { LetterState::Sent } else { LetterState::Failed },
        error: refusal.map(|refusal| refusal.message.clone()),
        useful_until: None,
        created_at: now,
    };
    store::letters::insert(tx.conn(), &new).await?;
    if sent.is_ok() {
        // It works again, so nothing has to wait.
        store::letters::end_pause(tx.conn()).await?;
    }
    let action = if sent.is_ok() { "SYSTEM_EMAIL_TEST_SUCCESS" } else { "SYSTEM_EMAIL_TEST_FAILURE" };
    let details = json!({ "code": refusal.and_then(|refusal| refusal.code) });
    audit::record(cx, tx.conn(), may.actor(), Event { action, details, ..Event::default() }).await?;
    tx.commit().await?;
    sent.map_err(|refusal| Error::bad_request(format!("The test letter was not sent. {}", refusal.message)))
}
