//! Looking at requests, and talking about them. Administrators see all, everybody else what they asked for themselves.

use model::entries::{Entry, EntryState};
use model::requests::{
    Comment, EntryText, PAGE_SIZE, Proposal, RequestKind, RequestLine, RequestList, RequestTab, Review, checked_comment,
};
use model::{CommentId, EntryId, Error, ProjectId, RequestId, Result, Role, UserId};
use serde_json::json;
use store::change_requests::{self, Expanded, RequestFilter};
use store::{Tx, entries};

use super::decides;
use crate::Services;
use crate::access::{Actor, DecideRequests, Grant, InstanceGrant, ReadEntries, WriteEntries};
use crate::audit::{self, Event};
use crate::entries::author;

/// Which requests a list shows; `page` counts from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestQuery {
    pub tab: RequestTab,
    pub project: Option<ProjectId>,
    pub kind: Option<RequestKind>,
    pub oldest_first: bool,
    pub page: i64,
}

/// Whose requests a caller sees: `None` for all.
fn only(actor: &Actor) -> Option<UserId> {
    (!decides(actor)).then(|| actor.id().clone())
}

/// One page of requests. An administrator who looks gets a letter again when more is asked for.
pub async fn page(cx: &Services, may: &InstanceGrant<ReadEntries>, query: &RequestQuery) -> Result<RequestList> {
    let actor = may.actor();
    let filter = RequestFilter {
        tab: query.tab,
        asked_by: only(actor),
        project: actor.only_project().or(query.project.as_ref()).cloned(),
        kind: query.kind,
        oldest_first: query.oldest_first,
    };
    let offset = query.page.saturating_sub(1).saturating_mul(PAGE_SIZE).max(0);
    let mut lease = cx.db.acquire().await?;
    let list = RequestList {
        items: change_requests::lines(lease.conn(), &filter, PAGE_SIZE, offset).await?,
        total: change_requests::count(lease.conn(), &filter).await?,
        projects: change_requests::projects(lease.conn(), filter.asked_by.as_ref()).await?,
    };
    let has_letter = decides(actor) && change_requests::has_letter(lease.conn(), actor.id()).await?;
    drop(lease);
    if has_letter {
        let mut tx = cx.db.begin().await?;
        change_requests::forget_letters(tx.conn(), Some(actor.id())).await?;
        tx.commit().await?;
    }
    Ok(list)
}

/// How many requests wait for the caller: for who decides, those without an answer, for staff, those of theirs that an
/// administrator wants changed.
pub async fn count(cx: &Services, may: &InstanceGrant<ReadEntries>) -> Result<i64> {
    let actor = may.actor();
    let mut lease = cx.db.acquire().await?;
    Ok(match actor.user.role {
        Role::Admin => change_requests::count_pending(lease.conn(), actor.only_project()).await?,
        Role::Staff => change_requests::count_of(lease.conn(), actor.id()).await?,
        Role::Viewer => 0,
    })
}

/// One request with everything that it takes to decide it.
///
/// # Errors
/// `NotFound`, also for what somebody else asked for.
pub async fn review(cx: &Services, may: &InstanceGrant<ReadEntries>, id: &RequestId) -> Result<Review> {
    let actor = may.actor();
    let mut lease = cx.db.acquire().await?;
    let line = change_requests::line(lease.conn(), id).await?.ok_or(Error::NotFound)?;
    let is_seen = decides(actor) || line.staff_id.as_ref() == Some(actor.id());
    let is_in_reach = actor.only_project().is_none_or(|only| line.project_id.as_ref() == Some(only));
    if !is_seen || !is_in_reach {
        return Err(Error::NotFound);
    }
    let mut review = Review {
        comments: change_requests::comments(lease.conn(), id).await?,
        entry: None,
        before: None,
        proposal: None,
        is_stale: false,
        entries: 0,
        projects: 0,
        line,
    };
    if let Some(tag) = &review.line.tag_id {
        review.entries = store::tags::count_entries(lease.conn(), tag).await?;
        review.projects = store::tags::projects_with(lease.conn(), tag).await?.len() as i64;
    }
    let Some(project) = &review.line.project_id else { return Ok(review) };
    match &review.line.entry_id {
        Some(entry) => review.entry = entries::find(lease.conn(), project, entry).await?,
        None if review.line.tag_id.is_none() => {
            review.entries = entries::state_counts(lease.conn(), project).await?.total();
        }
        None => {}
    }
    if review.line.kind.proposes() {
        let request = change_requests::find(lease.conn(), project, id).await?.ok_or(Error::NotFound)?;
        let lock_version = review.entry.as_ref().map(|entry| entry.lock_version);
        review.is_stale = review.line.status.is_open() && request.entry_lock_version != lock_version;
        review.proposal = request.entry_text;
    } else if let Some(entry) = review.entry.as_ref().filter(|_| review.line.status.is_open()) {
        let request = change_requests::find(lease.conn(), project, id).await?.ok_or(Error::NotFound)?;
        review.before = request.entry_text.filter(|before| *before != EntryText::of(entry));
    }
    Ok(review)
}

/// A change of an entry to propose: what it says, and what was proposed before, if that is open and the caller's or they
/// decide.
///
/// # Errors
/// `NotFound`; `Conflict` for a draft, which nobody has to be asked about.
pub async fn proposal(cx: &Services, may: &Grant<WriteEntries>, id: &EntryId) -> Result<Proposal> {
    let mut lease = cx.db.acquire().await?;
    let entry = entries::find(lease.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    if entry.state() == EntryState::Draft {
        return Err(Error::conflict("This entry is a draft. Change it yourself; nobody has to agree."));
    }
    let now = EntryText::of(&entry);
    let open = change_requests::find_open(lease.conn(), RequestKind::PublishEdit, id.as_str()).await?;
    let is_seen = |request: &change_requests::ChangeRequest| {
        decides(may.actor()) || request.staff_id == author(may.actor()) && request.staff_id.is_some()
    };
    let text = open.filter(is_seen).and_then(|request| request.entry_text).unwrap_or_else(|| now.clone());
    let requests = change_requests::list_open(lease.conn(), may.project_id(), id).await?;
    let request = requests.into_iter().find(|request| request.kind.proposes());
    Ok(Proposal { now, text, lock_version: entry.lock_version, request })
}

/// Says something about a request: who asked, or an administrator.
///
/// # Errors
/// `NotFound`, also for what somebody else asked for; `Invalid` naming `body`.
pub async fn comment(cx: &Services, may: &Grant<WriteEntries>, id: &RequestId, body: &str) -> Result<()> {
    let Some(body) = checked_comment("body", body)? else {
        return Err(Error::field("body", "Write something."));
    };
    let actor = may.actor();
    let mut tx = cx.db.begin().await?;
    let request = change_requests::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    if !decides(actor) && request.staff_id.as_ref() != Some(actor.id()) {
        return Err(Error::NotFound);
    }
    say(cx, &mut tx, actor, id, &body).await?;
    let event = Event {
        action: "REQUEST_COMMENTED",
        target: request.staff_id.as_ref().filter(|staff| *staff != actor.id()),
        project: Some(may.project_id()),
        entity: Some(&request.target_id),
        details: json!({ "title": request.target_name, "type": request.kind, "requestId": id }),
        ..Event::default()
    };
    audit::record(cx, tx.conn(), actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Adds a checked text to what is said about a request.
pub(super) async fn say(cx: &Services, tx: &mut Tx, actor: &Actor, id: &RequestId, body: &str) -> Result<()> {
    let now = cx.clock.now();
    let comment = Comment {
        id: cx.random.id(now, CommentId::compose),
        author_id: author(actor),
        author: None,
        body: body.to_owned(),
        created_at: now,
    };
    change_requests::add_comment(tx.conn(), id, &comment).await?;
    Ok(())
}

/// What a request is about.
pub(super) async fn name(cx: &Services, id: &RequestId) -> Result<Option<String>> {
    let mut lease = cx.db.acquire().await?;
    Ok(change_requests::line(lease.conn(), id).await?.map(|line| line.target_name))
}

/// Whether a request is about everything in a project.
pub(super) async fn is_about_project(cx: &Services, id: &RequestId) -> Result<bool> {
    let mut lease = cx.db.acquire().await?;
    Ok(change_requests::line(lease.conn(), id).await?.is_some_and(|line| line.kind.is_about_project()))
}

/// The open requests about a project as a whole, the newest first. Everybody who writes sees whose they are, so that
/// nobody asks twice.
pub async fn about_project(cx: &Services, may: &Grant<ReadEntries>) -> Result<Vec<RequestLine>> {
    let filter =
        RequestFilter { tab: RequestTab::All, project: Some(may.project_id().clone()), ..RequestFilter::default() };
    let mut lease = cx.db.acquire().await?;
    let mut open = Vec::new();
    for kind in RequestKind::ALL.iter().copied().filter(|kind| kind.is_about_project()) {
        let filter = RequestFilter { kind: Some(kind), ..filter.clone() };
        let newest = change_requests::lines(lease.conn(), &filter, 1, 0).await?;
        open.extend(newest.into_iter().filter(|line| line.status.is_open()));
    }
    Ok(open)
}

/// The most requests that one answer of the API carries.
const MOST: i64 = 1_000;

/// Requests with the records around them, the newest first: those that wait for an administrator, whose they may be
/// (`is_own` narrows to the caller's own, in every state).
pub async fn expanded(
    cx: &Services,
    may: &InstanceGrant<ReadEntries>,
    project: Option<&ProjectId>,
    is_own: bool,
) -> Result<Vec<Expanded>> {
    let actor = may.actor();
    if let (Some(only), Some(wanted)) = (actor.only_project(), project)
        && only != wanted
    {
        return Err(Error::OtherProject);
    }
    let filter = RequestFilter {
        tab: if is_own { RequestTab::All } else { RequestTab::Pending },
        asked_by: if is_own { Some(actor.id().clone()) } else { only(actor) },
        project: actor.only_project().or(project).cloned(),
        ..RequestFilter::default()
    };
    let mut lease = cx.db.acquire().await?;
    Ok(change_requests::expanded(lease.conn(), &filter, MOST).await?)
}

/// Every request about an entry, the newest first.
///
/// # Errors
/// `NotFound` when the entry is not there.
pub async fn expanded_of_entry(cx: &Services, may: &Grant<ReadEntries>, entry: &EntryId) -> Result<Vec<Expanded>> {
    let mut lease = cx.db.acquire().await?;
    let found: Option<Entry> = entries::find(lease.conn(), may.project_id(), entry).await?;
    if found.is_none() {
        return Err(Error::NotFound);
    }
    Ok(change_requests::expanded_of_entry(lease.conn(), may.project_id(), entry).await?)
}

/// A request that was just answered, whatever became of its project.
pub async fn decided(cx: &Services, _may: &Grant<DecideRequests>, id: &RequestId) -> Result<Expanded> {
    let mut lease = cx.db.acquire().await?;
    change_requests::expanded_one(lease.conn(), id).await?.ok_or(Error::NotFound)
}
