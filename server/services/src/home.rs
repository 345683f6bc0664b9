//! What a person sees first.

use chrono::Datelike;
use model::home::{Home, HomeEntry};
use model::projects::{ProjectSort, ProjectSummary};
use model::{Error, Permission, Result, Role, Verdict};
use store::projects::ProjectFilter;

use crate::Services;
use crate::access::{InstanceGrant, ReadProjects};

/// Figures, recent projects, drafts to finish, requests that wait, what was done last. Who decides sees
/// all requests, everybody else their own.
///
/// # Errors
/// `OtherProject` for a key that is bound to a project: much of this is not that project's.
pub async fn overview(cx: &Services, may: &InstanceGrant<ReadProjects>) -> Result<Home> {
    if may.actor().only_project().is_some() {
        return Err(Error::OtherProject);
    }
    let now = cx.clock.now();
    let month = now.date_naive().with_day(1).and_then(|day| day.and_hms_opt(0, 0, 0)).map_or(now, |day| day.and_utc());
    let person = &may.actor().user;
    let decides = model::access::verdict(person.role, Permission::DecideRequests, None) == Verdict::Allowed;
    let asked_by = (!decides).then_some(&person.id);
    let mut lease = cx.db.acquire().await?;
    let all = ProjectFilter::default();
    let (entries, published_this_month) = store::home::figures(lease.conn(), month, now).await?;
    Ok(Home {
        projects: store::projects::count(lease.conn(), &all).await?,
        entries,
        published_this_month,
        recent_projects: store::projects::list(lease.conn(), &all, ProjectSort::Recent, 6).await?,
        drafts: store::home::drafts(lease.conn(), 10).await?,
        scheduled: store::home::scheduled(lease.conn(), 10).await?,
        waiting: store::home::waiting(lease.conn(), asked_by, 10).await?,
        activity: store::home::activity(lease.conn(), 10).await?,
    })
}

/// Figures for clients that draw a home page of their own. A key that is bound to a project sees that one.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// Six at most, that in which an entry was begun last first.
    pub projects: Vec<ProjectSummary>,
    pub total_projects: i64,
    pub total_entries: i64,
    /// Ten entries at most, last changed first.
    pub changed: Vec<HomeEntry>,
    /// How many entries wait for an administrator; for administrators.
    pub pending: Option<i64>,
}

pub async fn stats(cx: &Services, may: &InstanceGrant<ReadProjects>) -> Result<Stats> {
    let only = may.actor().only_project();
    let seen = ProjectFilter { only: only.cloned(), ..ProjectFilter::default() };
    let mut lease = cx.db.acquire().await?;
    let pending = match may.actor().user.role {
        Role::Admin => Some(store::change_requests::count_pending(lease.conn(), only).await?),
        Role::Staff | Role::Viewer => None,
    };
    Ok(Stats {
        projects: store::projects::list(lease.conn(), &seen, ProjectSort::Recent, 6).await?,
        total_projects: store::projects::count(lease.conn(), &seen).await?,
        total_entries: store::home::count_entries(lease.conn(), only).await?,
        changed: store::home::changed(lease.conn(), only, 10).await?,
        pending,
    })
}
