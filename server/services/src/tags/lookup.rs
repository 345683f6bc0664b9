//! Finding tags: numbered pages, one, and by a part of the name.

use std::collections::HashMap;

use model::tags::Tag;
use model::{Error, Result, TagId};

use crate::Services;
use crate::access::{Grant, InstanceGrant, ReadTags};

/// One numbered page of the tags that the project uses or nobody does, by name, and how many there are. `page` counts
/// from 1; `search` is a part of the name.
pub async fn list_page(
    cx: &Services,
    may: &Grant<ReadTags>,
    search: &str,
    page: i64,
    limit: i64,
) -> Result<(Vec<Tag>, i64)> {
    let offset = page.saturating_sub(1).saturating_mul(limit).max(0);
    let mut lease = cx.db.acquire().await?;
    Ok(store::tags::list_numbered(lease.conn(), may.project_id(), search, limit, offset).await?)
}

/// How many entries of the project have each of these tags; a tag that none has is missing.
pub async fn count_here(cx: &Services, may: &Grant<ReadTags>, tags: &[&TagId]) -> Result<HashMap<TagId, i64>> {
    let mut lease = cx.db.acquire().await?;
    Ok(store::tags::count_here(lease.conn(), may.project_id(), tags).await?)
}

/// A tag, of whichever project.
///
/// # Errors
/// `NotFound`.
pub async fn get(cx: &Services, _may: &Grant<ReadTags>, id: &TagId) -> Result<Tag> {
    let mut lease = cx.db.acquire().await?;
    store::tags::find(lease.conn(), id).await?.ok_or(Error::NotFound)
}

/// The first tags with `part` in their name, those that begin with it first. A key that is bound to a project meets
/// those that the project uses or nobody does.
pub async fn find_like(cx: &Services, may: &InstanceGrant<ReadTags>, part: &str, limit: i64) -> Result<Vec<Tag>> {
    let mut lease = cx.db.acquire().await?;
    Ok(store::tags::find_like(lease.conn(), may.actor().only_project(), part, limit).await?)
}
