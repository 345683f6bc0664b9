//! What a version picker offers, and whose version is whose.

use model::versions::{self, UsedVersion, VersionHelp};
use model::{EntryId, Result};
use store::entries;

use crate::access::{Grant, ReadEntries};
use crate::{Services, instance, zones};

/// How many of the versions given last are shown.
const RECENT: i64 = 20;

/// What to offer as the version of an entry: the next numbers, today's date in the project's zone by the templates of
/// the instance, and the versions
/// given last.
pub async fn version_help(cx: &Services, may: &Grant<ReadEntries>) -> Result<VersionHelp> {
    let mut lease = cx.db.acquire().await?;
    let used = entries::used_versions(lease.conn(), may.project_id()).await?;
    let used: Vec<&str> = used.iter().map(String::as_str).collect();
    let recent = entries::recent_versions(lease.conn(), may.project_id(), RECENT).await?;
    let now = zones::of(cx, may.project()).await?.local(cx.clock.now());
    let now = now.naive_local().and_utc();
    let settings = instance::shared(cx).await?;
    let dates = versions::date_versions(settings.custom_date_templates.as_deref(), now, &used);
    Ok(VersionHelp { next: versions::next_versions(&used), dates, recent })
}

/// The entry that has a version, other than `except`.
pub async fn version_owner(
    cx: &Services,
    may: &Grant<ReadEntries>,
    version: &str,
    except: Option<&EntryId>,
) -> Result<Option<UsedVersion>> {
    if version.trim().is_empty() {
        return Ok(None);
    }
    let mut lease = cx.db.acquire().await?;
    let owner = entries::version_owner(lease.conn(), may.project_id(), version, except).await?;
    Ok(owner.map(|(entry, title)| UsedVersion { version: version.trim().to_owned(), entry, title }))
}
