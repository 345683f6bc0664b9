//! Reading the log. It takes the right to do so, which of all keys only one with every scope has.

use model::audit::{ActionCount, AuditEntry, AuditFilter, ChainState, MAX_SEARCH, Person};
use model::{AuditId, Cursor, Error, Page, ProjectId, Result, UserId};
use store::Conn;
use store::audit::chain::{self, Head};
use store::audit::{self, Match, Wanted};

use super::keys::Key;
use super::seal;
use crate::Services;
use crate::access::{InstanceGrant, ReadAuditLog};
use crate::zones::Zone;

/// People that are looked through for a name.
const PEOPLE: i64 = 20_000;
/// People that a searched text may find.
const MOST_PEOPLE: usize = 100;

/// The records after a position, newest first.
///
/// # Errors
/// `Invalid` naming `search` when more people match than can be looked for.
pub async fn page(
    cx: &Services,
    _may: &InstanceGrant<ReadAuditLog>,
    filter: &AuditFilter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<AuditEntry>> {
    let mut lease = cx.db.acquire().await?;
    let wanted = wanted(lease.conn(), filter).await?;
    Ok(audit::page(lease.conn(), &wanted, after, limit).await?)
}

/// At most `limit` records after the first `skipped`, newest first.
///
/// # Errors
/// As [`page`].
pub async fn list_at(
    cx: &Services,
    _may: &InstanceGrant<ReadAuditLog>,
    filter: &AuditFilter,
    skipped: usize,
    limit: usize,
) -> Result<Vec<AuditEntry>> {
    let mut lease = cx.db.acquire().await?;
    let wanted = wanted(lease.conn(), filter).await?;
    Ok(audit::list_at(lease.conn(), &wanted, skipped, limit).await?)
}

/// How many records there are. Looks at each of them, so not for every page.
///
/// # Errors
/// As [`page`].
pub async fn count(cx: &Services, _may: &InstanceGrant<ReadAuditLog>, filter: &AuditFilter) -> Result<i64> {
    let mut lease = cx.db.acquire().await?;
    let wanted = wanted(lease.conn(), filter).await?;
    Ok(audit::count(lease.conn(), &wanted).await?)
}

/// One record.
///
/// # Errors
/// `NotFound`.
pub async fn get(cx: &Services, _may: &InstanceGrant<ReadAuditLog>, id: &AuditId) -> Result<AuditEntry> {
    let mut lease = cx.db.acquire().await?;
    audit::find(lease.conn(), id).await?.ok_or(Error::NotFound)
}

/// The actions that the log has, in alphabetical order, with how often.
pub async fn actions(cx: &Services, _may: &InstanceGrant<ReadAuditLog>) -> Result<Vec<ActionCount>> {
    let mut lease = cx.db.acquire().await?;
    Ok(audit::actions(lease.conn()).await?)
}

/// Everybody the log may name, deleted people among them, by name.
pub async fn people(cx: &Services, _may: &InstanceGrant<ReadAuditLog>) -> Result<Vec<Person>> {
    let mut lease = cx.db.acquire().await?;
    let mut people = audit::people_like(lease.conn(), PEOPLE).await?;
    people.sort_by_cached_key(|person| (person.is_deleted, person.label().to_lowercase()));
    Ok(people)
}

/// Somebody by id or by e-mail address, deleted people among them.
pub async fn find_person(cx: &Services, may: &InstanceGrant<ReadAuditLog>, text: &str) -> Result<Option<UserId>> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Ok(None);
    }
    let is_meant =
        |person: &Person| person.email.as_deref() == Some(&text) || person.id.as_str().to_lowercase() == text;
    Ok(people(cx, may).await?.into_iter().find(is_meant).map(|person| person.id))
}

/// The projects there are, by name.
pub async fn projects(cx: &Services, _may: &InstanceGrant<ReadAuditLog>) -> Result<Vec<(ProjectId, String)>> {
    let mut lease = cx.db.acquire().await?;
    Ok(audit::projects(lease.conn()).await?)
}

/// The zone that moments and days of the log are shown in.
pub async fn zone(cx: &Services, may: &InstanceGrant<ReadAuditLog>) -> Result<Zone> {
    Ok(Zone::named(Some(&crate::own_settings::shown(cx, &may.actor().user).await?.zone)))
}

/// Where the chain ends, whether that is as Tidings left it, and how the last check of the whole ended.
pub async fn state(cx: &Services, _may: &InstanceGrant<ReadAuditLog>) -> Result<ChainState> {
    let before = cx.sealer.known_end();
    let mut lease = cx.db.acquire().await?;
    let head = chain::head(lease.conn()).await?;
    let checked = chain::last_check(lease.conn()).await?;
    let known = head.clone().unwrap_or_default();
    let is_intact = head.is_some_and(|head| head == Head::default() || Key::of(cx).head(&head) == head.mac);
    Ok(ChainState {
        head: seal::shown(&known),
        is_intact: is_intact && !before.is_after(&known),
        // What an older version kept may have another form; then nothing is known of a check.
        checked: checked.and_then(|report| serde_json::from_value(report).ok()),
    })
}

/// Looks up what a searched text can mean: parts of the names of actions, and people.
pub(super) async fn wanted(mut conn: Conn<'_>, filter: &AuditFilter) -> Result<Wanted> {
    let text: String =
        filter.search.as_deref().unwrap_or_default().trim().chars().filter(|c| *c != '\0').take(MAX_SEARCH).collect();
    if text.is_empty() {
        return Ok(Wanted { filter: filter.clone(), any_of: None });
    }
    let text = text.to_lowercase();
    let actions = audit::action_names(conn.again()).await?;
    // A name is found with its words apart, too: "login success".
    let (whole, joined) = (text.as_str(), text.replace(' ', "_"));
    let mut found: Vec<Match> = actions
        .into_iter()
        .filter(|action| {
            let action = action.to_lowercase();
            action.contains(whole) || action.contains(&joined)
        })
        .map(Match::Action)
        .collect();
    let mut people: Vec<_> = audit::people_like(conn, PEOPLE)
        .await?
        .into_iter()
        .filter(|person| {
            let has = |part: &Option<String>| part.as_ref().is_some_and(|part| part.to_lowercase().contains(whole));
            has(&person.name) || has(&person.email) || person.id.as_str() == whole
        })
        .map(|person| person.id)
        .collect();
    people.sort_unstable();
    people.dedup();
    if people.len() > MOST_PEOPLE {
        let count = people.len();
        return Err(Error::field("search", format!("{count} people match. Write more of the name or the address.")));
    }
    found.extend(people.into_iter().map(Match::Person));
    Ok(Wanted { filter: filter.clone(), any_of: Some(found) })
}
