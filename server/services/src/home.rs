//! What a person sees first.

use chrono::Datelike;
use model::Result;
use model::home::Home;
use model::projects::ProjectSort;
use store::projects::ProjectFilter;

use crate::Services;
use crate::access::{InstanceGrant, ReadProjects};

/// Figures, recent projects, drafts to finish, entries waiting for approval, what was done last.
pub async fn overview(cx: &Services, _may: &InstanceGrant<ReadProjects>) -> Result<Home> {
    let now = cx.clock.now();
    let month = now.date_naive().with_day(1).and_then(|day| day.and_hms_opt(0, 0, 0)).map_or(now, |day| day.and_utc());
    let mut lease = cx.db.acquire().await?;
    let all = ProjectFilter::default();
    let (entries, published_this_month) = store::home::figures(lease.conn(), month, now).await?;
    Ok(Home {
        projects: store::projects::count(lease.conn(), &all).await?,
        entries,
        published_this_month,
        recent_projects: store::projects::list(lease.conn(), &all, ProjectSort::Recent, 6).await?,
        drafts: store::home::drafts(lease.conn(), 10).await?,
        waiting: store::home::waiting(lease.conn(), 10).await?,
        activity: store::home::activity(lease.conn(), 10).await?,
    })
}
