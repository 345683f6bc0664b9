//! What pages ask of the server about requests.

use leptos::prelude::*;
use model::projects::Project;
use model::requests::{Outcome, Proposal, RequestLine, RequestList, Review};
use model::{EntryId, ProjectId, RequestId, Result};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::Error;
#[cfg(feature = "ssr")]
use model::entries::EntryPatch;
#[cfg(feature = "ssr")]
use model::requests::{RequestKind, RequestTab, Verb, checked_comment};
#[cfg(feature = "ssr")]
use model::tags::TagRef;
#[cfg(feature = "ssr")]
use services::access::{DecideRequests as MayDecide, ReadEntries, WriteEntries};
#[cfg(feature = "ssr")]
use services::requests::{self, NewRequest, RequestQuery, Seen};

/// A request to look at, with its text as readers would see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewView {
    pub review: Review,
    /// The rendered text of the entry, or the one that is proposed; empty where there is none.
    pub html: String,
    /// When the entry would go live, in the zone of its readers.
    pub goes_live: Option<String>,
}

/// Requests, 50 at a time: for administrators those of everybody. `tab` is a name of `RequestTab`.
#[server(prefix = "/rpc", endpoint = "requests/list")]
pub async fn list_requests(
    #[server(default)] tab: String,
    #[server(default)] project: String,
    #[server(default)] kind: String,
    #[server(default)] oldest: bool,
    #[server(default)] page: i64,
) -> Result<RequestList> {
    act(async |cx| {
        let may = cx.instance_grant::<ReadEntries>()?;
        let query = RequestQuery {
            tab: RequestTab::parse(&tab).unwrap_or_default(),
            project: project.parse().ok(),
            kind: RequestKind::try_from(kind).ok(),
            oldest_first: oldest,
            page,
        };
        requests::page(&cx.services, &may, &query).await
    })
    .await
}

/// How many requests wait for the caller.
#[server(prefix = "/rpc", endpoint = "requests/count")]
pub async fn count_requests() -> Result<i64> {
    act(async |cx| {
        let may = cx.instance_grant::<ReadEntries>()?;
        requests::count(&cx.services, &may).await
    })
    .await
}

/// One request with everything that it takes to decide it.
#[server(prefix = "/rpc", endpoint = "requests/get")]
pub async fn get_request(request: RequestId) -> Result<ReviewView> {
    act(async |cx| {
        let may = cx.instance_grant::<ReadEntries>()?;
        let review = requests::review(&cx.services, &may, &request).await?;
        let options = markdown::Options { heading_offset: 2, ..markdown::Options::default() };
        let content = match (&review.proposal, &review.entry) {
            (Some(text), _) => Some(&text.content),
            (None, entry) => entry.as_ref().map(|entry| &entry.content),
        };
        let html = content.map(|content| markdown::render(content, &options)).unwrap_or_default();
        let goes_live = match (&review.line.project_id, review.line.scheduled_at.or(review.line.publish_at)) {
            (Some(project), Some(at)) => {
                let may = cx.grant::<ReadEntries>(project).await?;
                Some(services::zones::of(&cx.services, may.project()).await?.moment(at))
            }
            _ => None,
        };
        Ok(ReviewView { review, html, goes_live })
    })
    .await
}

/// The open requests about a project as a whole.
#[server(prefix = "/rpc", endpoint = "requests/of-project")]
pub async fn list_project_requests(project: ProjectId) -> Result<Vec<RequestLine>> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        requests::about_project(&cx.services, &may).await
    })
    .await
}

/// Asks an administrator about the project itself, or about a tag.
#[server(prefix = "/rpc", endpoint = "requests/create")]
pub async fn create_request(project: ProjectId, kind: String, #[server(default)] tag: String) -> Result<RequestId> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        let kind = RequestKind::try_from(kind).map_err(|error| Error::field("kind", error.to_string()))?;
        if kind.is_about_entry() {
            return Err(Error::field("kind", "Ask about an entry where the entry is."));
        }
        let new = NewRequest { tag: tag.parse().ok(), ..NewRequest::new(kind) };
        Ok(requests::create(&cx.services, &may, new).await?.id)
    })
    .await
}

/// A change of a published entry to propose, and the project it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposalView {
    pub project: Project,
    pub proposal: Proposal,
}

/// What an entry says, and how somebody proposed to change it.
#[server(prefix = "/rpc", endpoint = "requests/proposal")]
pub async fn get_proposal(project: ProjectId, entry: EntryId) -> Result<ProposalView> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        let proposal = requests::proposal(&cx.services, &may, &entry).await?;
        Ok(ProposalView { project: may.project().clone(), proposal })
    })
    .await
}

/// Asks an administrator to change an entry that is published or scheduled, and goes to the request. `tags` has names,
/// divided by commas; `lock_version` is that of the entry the change was written for.
#[server(prefix = "/rpc", endpoint = "requests/propose")]
pub async fn propose_change(
    project: ProjectId,
    entry: EntryId,
    lock_version: i64,
    title: String,
    #[server(default)] content: String,
    #[server(default)] version: String,
    #[server(default)] tags: String,
) -> Result<RequestId> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        let change = EntryPatch {
            title: Some(title),
            content: Some(content),
            version: Some(Some(version)),
            tags: Some(model::tags::parse_list(&tags).into_iter().map(TagRef::Name).collect()),
            lock_version: Some(lock_version),
            is_manual: true,
        };
        let new = NewRequest { change: Some(change), ..NewRequest::about_entry(RequestKind::PublishEdit, entry) };
        let id = requests::create(&cx.services, &may, new).await?.id;
        leptos_axum::redirect(&format!("/dashboard/requests/{id}"));
        Ok(id)
    })
    .await
}

/// Does what was asked for. `lock_version` is that of the text the caller has looked at, where it is not the one that was
/// asked about; `confirm` is the name of the project where one was asked for.
#[server(prefix = "/rpc", endpoint = "requests/approve")]
pub async fn approve_request(
    project: ProjectId,
    request: RequestId,
    #[server(default)] lock_version: Option<i64>,
    #[server(default)] feedback: String,
    #[server(default)] confirm: Option<String>,
) -> Result<RequestId> {
    act(async |cx| {
        let may = cx.grant::<MayDecide>(&project).await?;
        if confirm.is_some_and(|typed| typed.trim() != may.project().name) {
            let message = format!("Type the project's name exactly: {}", may.project().name);
            return Err(Error::field("confirmation", message));
        }
        let seen = lock_version.map_or(Seen::AsAsked, Seen::At);
        requests::approve_with(&cx.services, &may, &request, seen, &feedback).await?;
        Ok(request)
    })
    .await
}

/// Leaves everything as it is.
#[server(prefix = "/rpc", endpoint = "requests/reject")]
pub async fn reject_request(
    project: ProjectId,
    request: RequestId,
    #[server(default)] feedback: String,
) -> Result<RequestId> {
    act(async |cx| {
        let may = cx.grant::<MayDecide>(&project).await?;
        requests::reject_with(&cx.services, &may, &request, &feedback).await?;
        Ok(request)
    })
    .await
}

/// Answers several requests, each by itself; `verb` is a name of `Verb`.
#[server(prefix = "/rpc", endpoint = "requests/decide")]
pub async fn decide_requests(
    #[server(default)] requests: Vec<RequestId>,
    verb: String,
    #[server(default)] feedback: String,
) -> Result<Vec<Outcome>> {
    act(async |cx| {
        let may = cx.instance_grant::<MayDecide>()?;
        let verb = Verb::parse(&verb).ok_or_else(|| Error::field("verb", "Approve, reject or request changes."))?;
        services::requests::decide_many(&cx.services, &may, &requests, verb, &feedback).await
    })
    .await
}

/// Takes back what the caller asked for.
#[server(prefix = "/rpc", endpoint = "requests/withdraw")]
pub async fn withdraw_request(project: ProjectId, request: RequestId) -> Result<RequestId> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        requests::withdraw(&cx.services, &may, &request).await?;
        Ok(request)
    })
    .await
}

/// Answers a request or says something about it, and gives `verb` back: a name of `Verb`, or "withdraw", "ask_again",
/// "comment". `lock_version` is that of the text the caller has looked at, as for an approval.
#[server(prefix = "/rpc", endpoint = "requests/answer")]
pub async fn answer_request(
    project: ProjectId,
    request: RequestId,
    verb: String,
    #[server(default)] feedback: String,
    #[server(default)] lock_version: Option<i64>,
) -> Result<String> {
    act(async |cx| {
        let writes = cx.grant::<WriteEntries>(&project).await?;
        if let Some(decision) = Verb::parse(&verb) {
            let may = cx.grant::<MayDecide>(&project).await?;
            let seen = lock_version.map_or(Seen::AsAsked, Seen::At);
            match decision {
                Verb::Approve => requests::approve_with(&cx.services, &may, &request, seen, &feedback).await?,
                Verb::Reject => requests::reject_with(&cx.services, &may, &request, &feedback).await?,
                Verb::RequestChanges => requests::request_changes(&cx.services, &may, &request, &feedback).await?,
            }
            return Ok(verb);
        }
        let said = checked_comment("feedback", &feedback)?;
        match (verb.as_str(), said) {
            ("comment", None) => return Err(Error::field("feedback", "Write something.")),
            ("comment" | "ask_again", Some(said)) => {
                requests::comment(&cx.services, &writes, &request, &said).await?;
            }
            _ => {}
        }
        match verb.as_str() {
            "comment" => {}
            "withdraw" => requests::withdraw(&cx.services, &writes, &request).await?,
            "ask_again" => requests::ask_again(&cx.services, &writes, &request).await.map(|_| ())?,
            _ => return Err(Error::field("verb", "Approve, reject, request changes, withdraw, ask again or comment.")),
        }
        Ok(verb)
    })
    .await
}
