//! The outbox: letters, and who sends them.

use model::LetterId;
use model::mail::{LetterCounts, LetterKind, LetterLine, LetterState, MailPause};
use model::pages::{Cursor, Page};
use model::time::Timestamp;

use crate::db::{Conn, on};
use crate::error::Result;

/// A letter as it is written.
#[derive(Debug, Clone)]
pub struct NewLetter {
    pub id: LetterId,
    pub kind: LetterKind,
    pub to: String,
    pub subject: String,
    /// Sealed; `None` for one that will not be sent.
    pub body: Option<String>,
    pub message_id: String,
    pub state: LetterState,
    pub error: Option<String>,
    pub useful_until: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// A letter whose turn it is, with its sealed text.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ClaimedLetter {
    pub id: LetterId,
    #[sqlx(rename = "recipient")]
    pub to: String,
    pub subject: String,
    pub body: Option<String>,
    pub message_id: String,
    /// With this one.
    pub attempts: i64,
    pub useful_until: Option<Timestamp>,
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: LetterId,
    kind: String,
    recipient: String,
    subject: String,
    state: String,
    attempts: i64,
    next_attempt_at: Option<Timestamp>,
    error: Option<String>,
    created_at: Timestamp,
    ended_at: Option<Timestamp>,
}

impl From<Row> for LetterLine {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            // A kind that a newer version wrote; only its name is unknown here.
            kind: LetterKind::parse(&row.kind).unwrap_or(LetterKind::Notice),
            to: row.recipient,
            subject: row.subject,
            // The column has a check.
            state: LetterState::parse(&row.state).unwrap_or(LetterState::Failed),
            attempts: row.attempts,
            next_attempt_at: row.next_attempt_at,
            error: row.error,
            created_at: row.created_at,
            ended_at: row.ended_at,
        }
    }
}

/// Adds a letter. One that is to be sent is due at once; any other has ended.
pub async fn insert(conn: Conn<'_>, letter: &NewLetter) -> Result<()> {
    const SQL: &str = "INSERT INTO letters (id, kind, recipient, subject, body, message_id, state, attempts, \
        next_attempt_at, useful_until, error, created_at, ended_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)";
    let waits = letter.state == LetterState::Queued;
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&letter.id)
            .bind(letter.kind.as_str())
            .bind(&letter.to)
            .bind(&letter.subject)
            .bind(&letter.body)
            .bind(&letter.message_id)
            .bind(letter.state.as_str())
            .bind(waits.then_some(letter.created_at))
            .bind(letter.useful_until)
            .bind(&letter.error)
            .bind(letter.created_at)
            .bind((!waits).then_some(letter.created_at))
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Whether a letter is due that nobody sends.
pub async fn is_any_due(conn: Conn<'_>, now: Timestamp) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM letters WHERE state = 'queued' AND next_attempt_at <= $1 \
        AND (leased_until IS NULL OR leased_until <= $1) LIMIT 1) AS due";
    let rows: i64 = on!(conn, |c| sqlx::query_scalar(SQL).bind(now).fetch_one(c).await)?;
    Ok(rows > 0)
}

/// Takes the letter that has been due the longest for `worker`, until `lease`. Of two who take at the same moment, one
/// may go empty-handed although there is another letter; it asks again.
pub async fn claim(conn: Conn<'_>, worker: &str, lease: Timestamp, now: Timestamp) -> Result<Option<ClaimedLetter>> {
    const SQL: &str = "UPDATE letters SET worker = $1, leased_until = $2, attempts = attempts + 1 \
        WHERE id = (SELECT id FROM letters WHERE state = 'queued' AND next_attempt_at <= $3 \
            AND (leased_until IS NULL OR leased_until <= $3) ORDER BY next_attempt_at, id LIMIT 1) \
        AND state = 'queued' AND (leased_until IS NULL OR leased_until <= $3) \
        RETURNING id, recipient, subject, body, message_id, attempts, useful_until, created_at";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(worker).bind(lease).bind(now).fetch_optional(c).await)?)
}

/// The letter was sent; its text is forgotten. False when somebody else has it by now.
pub async fn mark_sent(conn: Conn<'_>, id: &LetterId, worker: &str, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE letters SET state = 'sent', body = NULL, error = NULL, worker = NULL, leased_until = NULL, \
        next_attempt_at = NULL, ended_at = $3 WHERE id = $1 AND worker = $2 AND state = 'queued'";
    let done =
        on!(conn, |c| sqlx::query(SQL).bind(id).bind(worker).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(done > 0)
}

/// The letter is given up; its text is forgotten. False when somebody else has it by now.
pub async fn mark_failed(conn: Conn<'_>, id: &LetterId, worker: &str, error: &str, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE letters SET state = 'failed', body = NULL, error = $3, worker = NULL, leased_until = NULL, \
        next_attempt_at = NULL, ended_at = $4 WHERE id = $1 AND worker = $2 AND state = 'queued'";
    let done = on!(conn, |c| {
        sqlx::query(SQL).bind(id).bind(worker).bind(error).bind(now).execute(c).await.map(|r| r.rows_affected())
    })?;
    Ok(done > 0)
}

/// The letter is tried again at `next`. `counts` is false for an attempt that was no fault of the letter's.
pub async fn put_off(
    conn: Conn<'_>,
    id: &LetterId,
    worker: &str,
    error: &str,
    next: Timestamp,
    counts: bool,
) -> Result<bool> {
    const SQL: &str = "UPDATE letters SET error = $3, next_attempt_at = $4, attempts = attempts - $5, worker = NULL, \
        leased_until = NULL WHERE id = $1 AND worker = $2 AND state = 'queued'";
    let back = i64::from(!counts);
    let done = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(id)
            .bind(worker)
            .bind(error)
            .bind(next)
            .bind(back)
            .execute(c)
            .await
            .map(|r| r.rows_affected())
    })?;
    Ok(done > 0)
}

/// Makes a letter that waits due now. False when it does not wait, or is being sent.
pub async fn hurry(conn: Conn<'_>, id: &LetterId, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE letters SET next_attempt_at = $2 WHERE id = $1 AND state = 'queued' \
        AND (leased_until IS NULL OR leased_until <= $2)";
    let done = on!(conn, |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(done > 0)
}

/// One letter, without its text.
pub async fn find(conn: Conn<'_>, id: &LetterId) -> Result<Option<LetterLine>> {
    const SQL: &str = "SELECT id, kind, recipient, subject, state, attempts, next_attempt_at, error, created_at, ended_at \
        FROM letters WHERE id = $1";
    let row: Option<Row> = on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?;
    Ok(row.map(LetterLine::from))
}

/// Letters, newest first, after a position.
pub async fn list(
    conn: Conn<'_>,
    state: Option<LetterState>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<LetterLine>> {
    const SQL: &str = "SELECT id, kind, recipient, subject, state, attempts, next_attempt_at, error, created_at, ended_at \
        FROM letters WHERE ($1 = '' OR state = $1) AND (NOT $2 OR (created_at, id) < ($3, $4)) \
        ORDER BY created_at DESC, id DESC LIMIT $5";
    let state = state.map_or("", LetterState::as_str);
    let (time, id) = after.map_or((model::time::MIN, ""), |cursor| (cursor.time, cursor.id.as_str()));
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let rows: Vec<Row> = on!(conn, |c| {
        sqlx::query_as(SQL).bind(state).bind(after.is_some()).bind(time).bind(id).bind(one_more).fetch_all(c).await
    })?;
    let lines = rows.into_iter().map(LetterLine::from).collect();
    Ok(Page::cut(lines, limit, |line: &LetterLine| Cursor { time: line.created_at, id: line.id.to_string() }))
}

/// How many there are in each state.
pub async fn count(conn: Conn<'_>) -> Result<LetterCounts> {
    const SQL: &str = "SELECT state, COUNT(*) FROM letters GROUP BY state";
    let rows: Vec<(String, i64)> = on!(conn, |c| sqlx::query_as(SQL).fetch_all(c).await)?;
    let of = |state: LetterState| rows.iter().find(|(name, _)| name == state.as_str()).map_or(0, |(_, count)| *count);
    Ok(LetterCounts {
        queued: of(LetterState::Queued),
        sent: of(LetterState::Sent),
        failed: of(LetterState::Failed),
        not_sent: of(LetterState::NotSent),
    })
}

/// Forgets letters that ended before a moment, and with them who got them.
pub async fn purge(conn: Conn<'_>, before: Timestamp) -> Result<u64> {
    const SQL: &str = "DELETE FROM letters WHERE state <> 'queued' AND ended_at < $1";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(before).execute(c).await.map(|r| r.rows_affected()))?)
}

/// The pause that holds now.
pub async fn pause(conn: Conn<'_>, now: Timestamp) -> Result<Option<MailPause>> {
    const SQL: &str = "SELECT reason, until_at FROM mail_pause WHERE id = 1 AND until_at > $1";
    let row: Option<(String, Timestamp)> = on!(conn, |c| sqlx::query_as(SQL).bind(now).fetch_optional(c).await)?;
    Ok(row.map(|(reason, until)| MailPause { reason, until }))
}

/// Sends nothing until a moment.
pub async fn set_pause(conn: Conn<'_>, pause: &MailPause) -> Result<()> {
    const SQL: &str = "INSERT INTO mail_pause (id, reason, until_at) VALUES (1, $1, $2) \
        ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, until_at = excluded.until_at";
    on!(conn, |c| sqlx::query(SQL).bind(&pause.reason).bind(pause.until).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Goes on sending.
pub async fn end_pause(conn: Conn<'_>) -> Result<()> {
    on!(conn, |c| sqlx::query("DELETE FROM mail_pause").execute(c).await.map(|_| ()))?;
    Ok(())
}
