//! All words of all entries, to find parts of words and mistyped ones. Words stay when the last entry that had them goes;
//! they find nothing then.

use std::collections::BTreeSet;

use model::{ImportId, search};
use sqlx::types::Json;

use crate::db::{Conn, on};
use crate::entries::like;
use crate::error::Result;

/// How many words one statement adds.
const BATCH: usize = 5_000;
/// How many texts of an import are read at once.
const ROWS: i64 = 500;
/// How many words may stand for one that was mistyped.
const CLOSE: usize = 8;

/// Notes the words of a lower-case text.
pub(crate) async fn note(conn: Conn<'_>, text: &str) -> Result<()> {
    add(conn, search::vocabulary(text)).await
}

/// Notes the words of the entries that a job makes or overwrites.
pub(crate) async fn note_job(mut conn: Conn<'_>, job: &ImportId) -> Result<()> {
    const SQL: &str = "SELECT position, search FROM import_rows WHERE job_id = $1 AND position > $2 \
        AND outcome IN ('created', 'overwritten') AND search IS NOT NULL ORDER BY position LIMIT $3";
    let mut words = BTreeSet::new();
    let mut last = -1_i64;
    loop {
        let rows: Vec<(i64, String)> =
            on!(conn.again(), |c| sqlx::query_as(SQL).bind(job).bind(last).bind(ROWS).fetch_all(c).await)?;
        let Some((position, _)) = rows.last() else { break };
        last = *position;
        for (_, text) in &rows {
            words.extend(search::vocabulary(text).into_iter().map(str::to_owned));
        }
    }
    add(conn, words).await
}

async fn add(mut conn: Conn<'_>, words: impl IntoIterator<Item = impl AsRef<str>>) -> Result<()> {
    const SQLITE: &str = "INSERT OR IGNORE INTO search_words (word) SELECT value FROM json_each($1)";
    const POSTGRES: &str = "INSERT INTO search_words (word) SELECT n.value \
        FROM jsonb_array_elements_text(CAST($1 AS JSONB)) n(value) \
        WHERE NOT EXISTS (SELECT 1 FROM search_words w WHERE w.word = n.value)";
    let words: Vec<String> = words.into_iter().map(|word| word.as_ref().to_owned()).collect();
    for batch in words.chunks(BATCH) {
        match conn.again() {
            Conn::Sqlite(c) => sqlx::query(SQLITE).bind(Json(batch)).execute(c).await.map(|_| ())?,
            Conn::Postgres(c) => sqlx::query(POSTGRES).bind(Json(batch)).execute(c).await.map(|_| ())?,
        }
    }
    Ok(())
}

/// Whether some word begins so.
pub(super) async fn begin(conn: Conn<'_>, word: &str) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM search_words WHERE word LIKE $1 ESCAPE '\\' LIMIT 1) found";
    let begins = like(word).trim_start_matches('%').to_owned();
    let found: i64 = on!(conn, |c| sqlx::query_scalar(SQL).bind(begins).fetch_one(c).await)?;
    Ok(found > 0)
}

/// Words that have this within them, the shortest first.
pub(super) async fn containing(conn: Conn<'_>, word: &str, limit: usize) -> Result<Vec<String>> {
    const SQL: &str = "SELECT DISTINCT word, length(word) FROM search_words WHERE word LIKE $1 ESCAPE '\\' \
        ORDER BY 2, 1 LIMIT $2";
    let rows: Vec<(String, i64)> = match conn {
        Conn::Sqlite(c) => sqlx::query_as(SQL).bind(like(word)).bind(limit as i64).fetch_all(c).await?,
        Conn::Postgres(c) => {
            let rows: Vec<(String, i32)> = sqlx::query_as(SQL).bind(like(word)).bind(limit as i64).fetch_all(c).await?;
            rows.into_iter().map(|(word, length)| (word, length.into())).collect()
        }
    };
    Ok(rows.into_iter().map(|(word, _)| word).collect())
}

/// Words that are spelt nearly so, as near as there are any. Their first letter is the first or the second one given, so
/// that not every word has to be compared.
pub(super) async fn close(conn: Conn<'_>, word: &str) -> Result<Vec<String>> {
    const SQL: &str = "SELECT DISTINCT word FROM search_words WHERE (substr(word, 1, 1) = $1 OR substr(word, 1, 1) = $2) \
        AND length(word) >= $3 AND length(word) <= $4";
    let tolerance = search::tolerance(word);
    let mut letters = word.chars();
    let (Some(first), Some(second)) = (letters.next(), letters.next()) else { return Ok(Vec::new()) };
    if tolerance == 0 {
        return Ok(Vec::new());
    }
    let length = word.chars().count();
    let (shortest, longest) = ((length - tolerance) as i64, (length + tolerance) as i64);
    let candidates: Vec<String> = on!(conn, |c| {
        sqlx::query_scalar(SQL)
            .bind(first.to_string())
            .bind(second.to_string())
            .bind(shortest)
            .bind(longest)
            .fetch_all(c)
            .await
    })?;
    let near = candidates.into_iter().map(|candidate| (strsim::osa_distance(word, &candidate), candidate));
    let mut near: Vec<(usize, String)> = near.filter(|(distance, _)| *distance <= tolerance).collect();
    near.sort();
    let Some(least) = near.first().map(|(distance, _)| *distance) else { return Ok(Vec::new()) };
    Ok(near.into_iter().take_while(|(distance, _)| *distance == least).take(CLOSE).map(|(_, word)| word).collect())
}
