//! What is planned for an entry: going live, expiring, being pinned, at times that people choose by their clocks.

use leptos::prelude::*;
use model::entries::Entry;
use model::{EntryId, ProjectId, Result};
use serde::{Deserialize, Serialize};

use super::Publication;

#[cfg(feature = "ssr")]
use crate::server::{Cx, act};
#[cfg(feature = "ssr")]
use model::time::Timestamp;
#[cfg(feature = "ssr")]
use services::access::{Grant, PublishEntries, ReadEntries, WriteEntries};
#[cfg(feature = "ssr")]
use services::publication::{self, When, Wish};
#[cfg(feature = "ssr")]
use services::zones::{Wall, Zone};

/// A moment as people read it, and as a date field holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// `10 March 2026, 08:00 CET`; empty where there is none.
    pub moment: String,
    /// `2026-03-10T08:00`, in the same zone.
    pub local: String,
}

/// The plan of an entry, by the clocks of the person who looks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTold {
    /// The IANA name of that zone.
    pub zone: String,
    /// Since when it is public.
    pub since: Told,
    pub scheduled: Told,
    pub expires: Told,
    pub pinned: Told,
    /// The name of who scheduled it, while they have an account.
    pub by: Option<String>,
    /// What kept it from going live.
    pub failure: Option<String>,
    /// What a date field for a time ahead begins with: tomorrow morning.
    pub suggested: String,
    /// What somebody who has just chosen a time should know about it.
    pub note: Option<String>,
}

#[cfg(feature = "ssr")]
impl PlanTold {
    /// The plan of an entry; an empty one for an entry that is not saved yet.
    pub(super) async fn load(cx: &Cx, may: &Grant<ReadEntries>, entry: Option<&Entry>) -> Result<Self> {
        let shown = services::own_settings::shown(&cx.services, &may.actor().user).await?;
        let zone = Zone::named(Some(&shown.zone));
        let plan = match entry {
            Some(entry) => publication::plan_of(&cx.services, may, &entry.id).await?,
            None => model::schedule::Plan::default(),
        };
        let told = |at: Option<Timestamp>| Told {
            moment: at.map(|at| zone.moment(at)).unwrap_or_default(),
            local: at.map(|at| zone.to_local(at)).unwrap_or_default(),
        };
        let tomorrow = zone.local(cx.services.clock.now() + chrono::Duration::days(1));
        Ok(Self {
            since: told(entry.and_then(|entry| entry.published_at)),
            scheduled: told(plan.scheduled_at),
            expires: told(plan.expires_at),
            pinned: told(plan.pinned_until),
            by: plan.scheduled_by,
            failure: plan.failure,
            suggested: tomorrow.format("%Y-%m-%dT09:00").to_string(),
            note: None,
            zone: zone.name().to_owned(),
        })
    }
}

/// A time that a form names by the clocks of a zone; nothing for an empty field.
#[cfg(feature = "ssr")]
fn read(zone: &Zone, field: &str, text: &str) -> Result<Option<Timestamp>> {
    if text.trim().is_empty() { Ok(None) } else { zone.read_wall(field, text).map(Some) }
}

/// Publishes or schedules a saved entry, and plans until when it stays public and comes first. `when` is "now", "since"
/// (with `at`, which has passed), "at" (with `at`, which lies ahead), or empty to keep the state. Times are those of
/// clocks of `zone`. With `ends`, an empty `expires` or `pinned` takes away what was planned; without, both stay. `slug`
/// is the readable part of the address; empty keeps it.
#[server(prefix = "/rpc", endpoint = "entries/arrange")]
pub async fn arrange_entry(
    project: ProjectId,
    entry: EntryId,
    #[server(default)] when: String,
    #[server(default)] at: String,
    #[server(default)] zone: String,
    #[server(default)] ends: bool,
    #[server(default)] expires: String,
    #[server(default)] pinned: String,
    #[server(default)] slug: String,
) -> Result<(Entry, Publication, PlanTold)> {
    act(async |cx| {
        let may = cx.grant::<PublishEntries>(&project).await?;
        if !services::zones::is_known(&zone) {
            return Err(model::Error::field("zone", "Choose a time zone from the list."));
        }
        let zone = Zone::named(Some(&zone));
        let missing = |field: &str| model::Error::field(field, "Give a date and a time.");
        let when = match when.as_str() {
            "" => When::Keep,
            "now" => When::Now,
            "since" => {
                // Of a time that has passed, the same is meant as everywhere else.
                When::Since(zone.at_local(&at).ok_or_else(|| missing("publishedAt"))?)
            }
            "at" => When::At(read(&zone, "scheduledAt", &at)?.ok_or_else(|| missing("scheduledAt"))?),
            _ => return Err(model::Error::field("when", "Choose now, an earlier date or a time ahead.")),
        };
        let wish = Wish {
            when,
            expires_at: ends.then(|| read(&zone, "expiresAt", &expires)).transpose()?,
            pinned_until: ends.then(|| read(&zone, "pinnedUntil", &pinned)).transpose()?,
        };
        if !slug.trim().is_empty() {
            let may = cx.grant::<WriteEntries>(&project).await?;
            services::entries::set_address(&cx.services, &may, &entry, &slug).await?;
        }
        let done = publication::arrange(&cx.services, &may, &entry, wish).await?;
        let reads = cx.grant::<ReadEntries>(&project).await?;
        let mut plan = PlanTold::load(&cx, &reads, Some(&done)).await?;
        let chosen = [(matches!(when, When::At(_)), &at), (ends, &expires), (ends, &pinned)];
        if chosen.into_iter().any(|(counts, text)| counts && matches!(zone.wall(text), Some(Wall::Twice(_)))) {
            plan.note = Some("Clocks show a time you chose twice that day; the earlier one counts.".to_owned());
        }
        let publication = Publication::of(&services::zones::of(&cx.services, may.project()).await?, Some(&done));
        Ok((done, publication, plan))
    })
    .await
}

/// Takes the schedule away from an entry; it is a draft again.
#[server(prefix = "/rpc", endpoint = "entries/unschedule")]
pub async fn unschedule_entry(project: ProjectId, entry: EntryId) -> Result<(Entry, PlanTold)> {
    act(async |cx| {
        let may = cx.grant::<PublishEntries>(&project).await?;
        let done = publication::unschedule(&cx.services, &may, &entry).await?;
        let reads = cx.grant::<ReadEntries>(&project).await?;
        let plan = PlanTold::load(&cx, &reads, Some(&done)).await?;
        Ok((done, plan))
    })
    .await
}
