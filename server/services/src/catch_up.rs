//! What happened in a project since somebody last looked.

use chrono::TimeDelta;
use model::catch_up::{Basis, CatchUp, Category, Since, USUAL, category};
use model::time::{Timestamp, from_wire};
use model::{Error, Result, TagId};
use store::Conn;
use store::entries::{self, PublicFilter, catch_up};

use crate::Services;
use crate::access::{Grant, ReadEntries};

/// What was published since then, and what was begun and is not published yet; together at most `limit` entries, the
/// newest.
///
/// # Errors
/// `UnknownVersion` for what is neither a version of the project nor anything else that can be understood.
pub async fn catch_up(cx: &Services, may: &Grant<ReadEntries>, since: &str, limit: usize) -> Result<CatchUp> {
    let now = cx.clock.now();
    let project = may.project_id();
    let mut lease = cx.db.acquire().await?;
    let (from, basis) = beginning(lease.conn(), may, &Since::parse(since), now).await?;
    let of_kind = |tags: &[model::tags::Tag], kind| -> Vec<TagId> {
        tags.iter().filter(|tag| category(&tag.name) == kind).map(|tag| tag.id.clone()).collect()
    };
    let tags = store::tags::list(lease.conn()).await?;
    let (features, fixes) = (of_kind(&tags, Category::Features), of_kind(&tags, Category::Fixes));
    let summary = catch_up::summary(lease.conn(), project, from, now, &features, &fixes).await?;
    let published = PublicFilter { from: Some(from), ..PublicFilter::default() };
    let published = entries::list_public(lease.conn(), project, &published, now, None, limit).await?;
    let room = i64::try_from(limit.saturating_sub(published.items.len())).unwrap_or(i64::MAX);
    let drafts = match room {
        0 => Vec::new(),
        room => catch_up::unpublished_since(lease.conn(), project, from, room).await?,
    };
    Ok(CatchUp {
        from,
        basis,
        until: now,
        from_version: catch_up::version_at(lease.conn(), project, from.min(now)).await?,
        to_version: catch_up::version_at(lease.conn(), project, now).await?,
        summary,
        entries: published.items,
        drafts,
    })
}

/// The moment that a caller means, and why.
async fn beginning(
    mut conn: Conn<'_>,
    may: &Grant<ReadEntries>,
    since: &Since,
    now: Timestamp,
) -> Result<(Timestamp, Basis)> {
    match since {
        Since::Ago(time) => Ok((Since::before(now, *time), Basis::Asked)),
        Since::LastVisit => {
            let user = may.actor().id();
            if let Some(mark) = catch_up::mark(conn.again(), user, may.project_id()).await? {
                // What was published at that moment has been read. Times are whole milliseconds.
                return Ok((mark.checked_add_signed(TimeDelta::milliseconds(1)).unwrap_or(mark), Basis::Mark));
            }
            let visit = store::users::previous_login(conn, user).await?;
            Ok(visit.map_or_else(|| (Since::before(now, USUAL), Basis::Usual), |visit| (visit, Basis::LastVisit)))
        }
        // A version may look like a date, and then the version is meant.
        Since::Label(label) => {
            let released = match label.contains('\0') {
                true => None,
                false => catch_up::version_date(conn.again(), may.project_id(), label).await?,
            };
            let known = released.or_else(|| from_wire(label));
            let unknown = || Error::UnknownVersion { version: label.chars().take(64).collect() };
            Ok((known.ok_or_else(unknown)?, Basis::Asked))
        }
    }
}

/// Notes that the caller has read what happened until `seen`, the end of the view that they looked at: what came after it
/// is still new. The mark never goes back, and never into the future.
pub async fn mark_as_read(cx: &Services, may: &Grant<ReadEntries>, seen: Timestamp) -> Result<()> {
    let seen = seen.min(cx.clock.now());
    let mut tx = cx.db.begin_in(may.project_id()).await?.ok_or(Error::NotFound)?;
    catch_up::set_mark(tx.conn(), may.actor().id(), may.project_id(), seen).await?;
    Ok(tx.commit().await?)
}
