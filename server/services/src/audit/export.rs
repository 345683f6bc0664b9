//! Taking the log along: the records of a filter as CSV or JSON Lines, handed over while they are read.

use bytes::Bytes;
use model::audit::{AuditEntry, AuditFilter, LogFormat, Person};
use model::time::to_wire;
use model::{Cursor, Result};
use serde_json::{Value, json};
use std::io;
use store::audit::{Wanted, page};
use tokio::sync::mpsc::{self, Sender};
use tokio::time::timeout;

use super::{Event, log, record};
use crate::Services;
use crate::access::{InstanceGrant, ReadAuditLog};
use crate::exports::{AHEAD, Download, LONGEST, Stopped, send};
use crate::zones::Zone;

/// Records that are read at a time.
const PAGE: usize = 500;
/// The columns that existing clients know.
const COLUMNS: [&str; 9] = [
    "timestamp",
    "action",
    "performer",
    "performer_email",
    "performer_deleted",
    "target",
    "target_email",
    "target_deleted",
    "details",
];

/// The name of the file: `audit-logs-2026-03-04.csv`.
pub fn file_name(cx: &Services, format: LogFormat) -> String {
    let day = Zone::named(None).local(cx.clock.now()).format("%Y-%m-%d").to_string();
    format!("audit-logs-{day}.{}", format.as_str())
}

/// Begins an export, newest record first, and records it. What is written from now on is not part of it.
///
/// # Errors
/// `SlowDown` while others export; `Invalid` as [`log::page`].
pub async fn start(
    cx: &Services,
    may: &InstanceGrant<ReadAuditLog>,
    filter: &AuditFilter,
    format: LogFormat,
) -> Result<Download> {
    let turn = cx.exports.take().await?;
    let mut tx = cx.db.begin().await?;
    let mut wanted = log::wanted(tx.conn(), filter).await?;
    let details = json!({ "format": format.as_str(), "filter": recorded(filter) });
    record(cx, tx.conn(), may.actor(), Event { action: "AUDIT_EXPORTED", details, ..Event::default() }).await?;
    tx.commit().await?;
    // So that the export tells of itself.
    let end = cx.clock.now() + chrono::Duration::milliseconds(1);
    wanted.filter.until = Some(wanted.filter.until.map_or(end, |until| until.min(end)));

    let (pieces, received) = mpsc::channel(AHEAD);
    let services = cx.clone();
    tokio::spawn(async move {
        let _turn = turn;
        let done = timeout(LONGEST, write(&services, &wanted, format, &pieces)).await;
        match done.unwrap_or(Err(Stopped::TooSlow)) {
            Ok(()) => {}
            Err(Stopped::ReaderGone) => tracing::debug!("An export of the audit log ended because nobody reads it"),
            Err(stopped) => {
                tracing::warn!(cause = %stopped, "An export of the audit log was cut off");
                // Somebody who still reads learns that the file is not whole; nobody else is there to be told.
                let _ = pieces.try_send(Err(io::Error::other(stopped.to_string())));
            }
        }
    });
    Ok(Download::new(file_name(cx, format), received))
}

/// The parts of a filter that are there.
fn recorded(filter: &AuditFilter) -> Value {
    match serde_json::to_value(filter) {
        Ok(Value::Object(members)) => members.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => json!({}),
    }
}

async fn write(
    cx: &Services,
    wanted: &Wanted,
    format: LogFormat,
    pieces: &Sender<io::Result<Bytes>>,
) -> Result<(), Stopped> {
    let mut piece = Vec::new();
    if format == LogFormat::Csv {
        exporters::push_csv_row(&COLUMNS, &mut piece);
    }
    let mut after: Option<Cursor> = None;
    loop {
        // No connection is kept while the reader takes its time.
        let mut lease = cx.db.acquire().await?;
        let read = page(lease.conn(), wanted, after.as_ref(), PAGE).await?;
        drop(lease);
        for entry in &read.items {
            match format {
                LogFormat::Csv => push_csv(entry, &mut piece),
                LogFormat::Jsonl => push_line(entry, &mut piece),
            }
        }
        send(pieces, std::mem::take(&mut piece)).await?;
        match read.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

fn push_csv(entry: &AuditEntry, out: &mut Vec<u8>) {
    let name = |person: &Option<Person>| person.as_ref().map_or("", Person::label).to_owned();
    let email = |person: &Option<Person>| person.as_ref().and_then(|person| person.email.clone()).unwrap_or_default();
    let deleted = |person: &Option<Person>| person.as_ref().map_or("", |p| if p.is_deleted { "true" } else { "false" });
    exporters::push_csv_row(
        &[
            &to_wire(entry.created_at),
            &entry.action,
            &name(&entry.performer),
            &email(&entry.performer),
            deleted(&entry.performer),
            &name(&entry.target),
            &email(&entry.target),
            deleted(&entry.target),
            &entry.details.to_string(),
        ],
        out,
    );
}

/// All there is of a record, as one line.
fn push_line(entry: &AuditEntry, out: &mut Vec<u8>) {
    let person = |person: &Option<Person>| {
        person.as_ref().map(|person| {
            json!({ "id": person.id, "name": person.name, "email": person.email, "isDeleted": person.is_deleted })
        })
    };
    let line = json!({
        "id": entry.id,
        "number": entry.number,
        "createdAt": to_wire(entry.created_at),
        "action": entry.action,
        "outcome": entry.outcome,
        "performer": person(&entry.performer),
        "target": person(&entry.target),
        "projectId": entry.project_id,
        "entityType": entry.entity_type,
        "entityId": entry.entity_id,
        "apiKeyId": entry.api_key_id,
        "ip": entry.ip,
        "userAgent": entry.user_agent,
        "requestId": entry.request_id,
        "details": entry.details,
    });
    out.extend_from_slice(line.to_string().as_bytes());
    out.push(b'\n');
}
