//! `tidings entry schedule`.

use chrono::{DateTime, SecondsFormat};

use super::entries::called;
use super::screen::moment;
use super::session::Session;
use super::{Failure, Result, naming};

/// Publishes an entry at a moment to come, or calls that off where none is given.
pub async fn run(session: &Session, name: &str, at: Option<&str>) -> Result {
    let at = at.map(utc).transpose()?;
    let project = naming::project(session).await?;
    let entry = naming::entry(session, &project, name).await?.value;
    let answer = session.client.schedule_entry(&project, &entry.id, at.as_deref(), &session.once()).await?;
    let said = match answer.value.entry.scheduled_at.as_deref() {
        Some(at) => format!("{} will be published at {}.", called(&entry), moment(at)),
        None => format!("{} is not scheduled any more.", called(&entry)),
    };
    session.answer(&answer, &entry.id, &said)
}

/// A moment names its zone, so that it is the same one wherever the command runs.
fn utc(text: &str) -> Result<String> {
    let moment = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| {
        Failure::misunderstood(
            "--at: Give a moment with its zone, such as 2026-12-01T09:00:00Z or 2026-12-01T09:00:00+01:00.",
        )
    })?;
    Ok(moment.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
}
