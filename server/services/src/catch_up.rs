//! What happened in a project since somebody last looked.

use model::catch_up::{CatchUp, Category, Since, USUAL, category};
use model::entries::Entry;
use model::time::{Timestamp, from_wire};
use model::{Result, TagId};
use store::Conn;
use store::entries::{self, PublicFilter, catch_up};

use crate::Services;
use crate::access::{Grant, ReadEntries};

/// What was published since then, and what was begun and is not published yet; at most `limit` entries, the newest.
/// What cannot be understood means the last seven days.
pub async fn catch_up(cx: &Services, may: &Grant<ReadEntries>, since: &str, limit: usize) -> Result<CatchUp> {
    let now = cx.clock.now();
    let project = may.project_id();
    let mut lease = cx.db.acquire().await?;
    let from = beginning(lease.conn(), may, &Since::parse(since), now).await?;
    let of_kind = |tags: &[model::tags::Tag], kind| -> Vec<TagId> {
        tags.iter().filter(|tag| category(&tag.name) == kind).map(|tag| tag.id.clone()).collect()
    };
    let tags = store::tags::list(lease.conn()).await?;
    let (features, fixes) = (of_kind(&tags, Category::Features), of_kind(&tags, Category::Fixes));
    let summary = catch_up::summary(lease.conn(), project, from, now, &features, &fixes).await?;
    let published = PublicFilter { from: Some(from), ..PublicFilter::default() };
    let published = entries::list_public(lease.conn(), project, &published, now, None, limit).await?;
    let mut entries: Vec<Entry> = published.items;
    let room = limit.saturating_sub(entries.len());
    if room > 0 {
        let room = i64::try_from(room).unwrap_or(i64::MAX);
        entries.extend(catch_up::unpublished_since(lease.conn(), project, from, room).await?);
    }
    Ok(CatchUp {
        from,
        from_version: catch_up::version_at(lease.conn(), project, from.min(now)).await?,
        to_version: catch_up::version_at(lease.conn(), project, now).await?,
        summary,
        entries,
    })
}

/// The moment that a caller means.
async fn beginning(mut conn: Conn<'_>, may: &Grant<ReadEntries>, since: &Since, now: Timestamp) -> Result<Timestamp> {
    let known = match since {
        Since::Ago(time) => return Ok(Since::before(now, *time)),
        Since::LastVisit => store::users::previous_login(conn, may.actor().id()).await?,
        // A version may look like a date, and then the version is meant.
        Since::Label(label) => {
            let released = match label.contains('\0') {
                true => None,
                false => catch_up::version_date(conn.again(), may.project_id(), label).await?,
            };
            released.or_else(|| from_wire(label))
        }
    };
    Ok(known.unwrap_or_else(|| Since::before(now, USUAL)))
}
