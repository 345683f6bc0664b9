//! The audit log: who did what. Everything that is asked for stands in the address, so that it survives a reload, can be
//! handed on, and works without scripts.

mod chain;
mod filters;
mod list;
mod one;

use leptos::prelude::*;
use model::audit::{ActionCount, AuditEntry, ChainReport, ChainState};
use model::{AuditId, ProjectId, Result};
use serde::{Deserialize, Serialize};

pub use list::AuditListPage;
pub use one::AuditRecordPage;

use crate::params::with_query;

#[cfg(feature = "ssr")]
use crate::server::{Cx, act};
#[cfg(feature = "ssr")]
use model::audit::{AuditFilter, Outcome};
#[cfg(feature = "ssr")]
use model::check::Checker;
#[cfg(feature = "ssr")]
use model::time::{Timestamp, to_wire};
#[cfg(feature = "ssr")]
use services::access::ReadAuditLog;
#[cfg(feature = "ssr")]
use services::audit::{log, verify};
#[cfg(feature = "ssr")]
use services::zones::Zone;

pub(crate) const PATH: &str = "/dashboard/admin/audit";
/// Records of a page.
#[cfg(feature = "ssr")]
const PAGE: usize = 50;

/// What the address asks for, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    #[serde(default)]
    pub action: String,
    #[serde(default)]
    pub outcome: String,
    /// An id or an e-mail address.
    #[serde(default)]
    pub actor: String,
    /// An id or an e-mail address.
    #[serde(default)]
    pub target: String,
    #[serde(default)]
    pub project: String,
    /// Days in the person's zone.
    #[serde(default)]
    pub from: String,
    #[serde(default)]
    pub to: String,
    #[serde(default)]
    pub q: String,
    /// The last record of the page before.
    #[serde(default)]
    pub after: String,
}

impl Asked {
    fn is_narrowed(&self) -> bool {
        Self { after: String::new(), ..self.clone() } != Self::default()
    }

    fn pairs(&self) -> [(&str, &str); 9] {
        [
            ("action", &self.action),
            ("outcome", &self.outcome),
            ("actor", &self.actor),
            ("target", &self.target),
            ("project", &self.project),
            ("from", &self.from),
            ("to", &self.to),
            ("q", &self.q),
            ("after", &self.after),
        ]
    }

    /// The address of a page of the log with these filters.
    fn href(&self, path: &str) -> String {
        with_query(path, &self.pairs())
    }

    /// The address of the same list from another position on.
    fn after(&self, after: &str) -> String {
        Self { after: after.to_owned(), ..self.clone() }.href(PATH)
    }
}

/// A record, and its moment as clocks of the reader show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditLine {
    pub entry: AuditEntry,
    pub when: String,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditPage {
    pub lines: Vec<AuditLine>,
    pub next: Option<String>,
    /// The zone of all moments and days.
    pub zone: String,
    /// The query that exports what the filters let through.
    pub export: Vec<(String, String)>,
}

/// What filters can be set to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditChoices {
    pub actions: Vec<ActionCount>,
    pub projects: Vec<(ProjectId, String)>,
    /// Names and addresses, for completing what is typed.
    pub people: Vec<(String, String)>,
}

/// The chain, and its moments as clocks of the reader show them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChainView {
    pub state: ChainState,
    pub checked_at: Option<String>,
    pub began_at: Option<String>,
}

/// One page of records.
#[server(prefix = "/rpc", endpoint = "audit/list")]
pub async fn list_audit_records(#[server(default)] asked: Asked) -> Result<AuditPage> {
    act(async |cx| {
        let may = cx.instance_grant::<ReadAuditLog>()?;
        let zone = log::zone(&cx.services, &may).await?;
        let filter = filter(&cx, &asked, &zone).await?;
        let after = asked.after.parse().ok();
        let page = log::page(&cx.services, &may, &filter, after.as_ref(), PAGE).await?;
        let line = |entry: AuditEntry| AuditLine { when: when(&zone, entry.created_at), entry };
        Ok(AuditPage {
            next: page.next.map(|next| next.to_string()),
            lines: page.items.into_iter().map(line).collect(),
            zone: zone.name().to_owned(),
            export: export_query(&filter),
        })
    })
    .await
}

/// One record.
#[server(prefix = "/rpc", endpoint = "audit/get")]
pub async fn get_audit_record(record: AuditId) -> Result<AuditLine> {
    act(async |cx| {
        let may = cx.instance_grant::<ReadAuditLog>()?;
        let zone = log::zone(&cx.services, &may).await?;
        let entry = log::get(&cx.services, &may, &record).await?;
        Ok(AuditLine { when: format!("{} ({})", when(&zone, entry.created_at), zone.name()), entry })
    })
    .await
}

/// What filters can be set to.
#[server(prefix = "/rpc", endpoint = "audit/choices")]
pub async fn get_audit_choices() -> Result<AuditChoices> {
    act(async |cx| {
        let may = cx.instance_grant::<ReadAuditLog>()?;
        let people = log::people(&cx.services, &may).await?;
        let named = people.into_iter().filter_map(|person| {
            let label = person.label().to_owned();
            Some((label, person.email?))
        });
        Ok(AuditChoices {
            actions: log::actions(&cx.services, &may).await?,
            projects: log::projects(&cx.services, &may).await?,
            people: named.take(200).collect(),
        })
    })
    .await
}

/// Where the chain stands.
#[server(prefix = "/rpc", endpoint = "audit/chain")]
pub async fn get_audit_chain() -> Result<ChainView> {
    act(async |cx| {
        let may = cx.instance_grant::<ReadAuditLog>()?;
        let zone = log::zone(&cx.services, &may).await?;
        let state = log::state(&cx.services, &may).await?;
        let checked = state.checked.as_ref();
        Ok(ChainView {
            checked_at: checked.map(|report| zone.moment(report.checked_at)),
            began_at: checked.and_then(|report| report.began_at).map(|at| zone.moment(at)),
            state,
        })
    })
    .await
}

/// Checks every record now, and goes back to the page.
#[server(prefix = "/rpc", endpoint = "audit/check")]
pub async fn check_audit_chain() -> Result<ChainReport> {
    act(async |cx| {
        cx.instance_grant::<ReadAuditLog>()?;
        let report = verify::check(&cx.services, None).await?;
        leptos_axum::redirect(PATH);
        Ok(report)
    })
    .await
}

#[cfg(feature = "ssr")]
fn when(zone: &Zone, at: Timestamp) -> String {
    zone.local(at).format("%-d %b %Y, %H:%M:%S").to_string()
}

/// What was typed, read and looked up.
#[cfg(feature = "ssr")]
async fn filter(cx: &Cx, asked: &Asked, zone: &Zone) -> Result<AuditFilter> {
    let may = cx.instance_grant::<ReadAuditLog>()?;
    let mut form = Checker::new();
    let person = async |name: &'static str, text: &str, form: &mut Checker| {
        let found = log::find_person(&cx.services, &may, text).await?;
        if found.is_none() && !text.trim().is_empty() {
            form.fail(name, format!("Nobody here has the address {}.", text.trim()));
        }
        Ok::<_, model::Error>(found)
    };
    let actor = person("actor", &asked.actor, &mut form).await?;
    let target = person("target", &asked.target, &mut form).await?;
    let day = |name: &'static str, text: &str, days: u64, form: &mut Checker| {
        if text.trim().is_empty() {
            return None;
        }
        let date = chrono::NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
        let date = date.and_then(|date| date.checked_add_days(chrono::Days::new(days)));
        let at = date.and_then(|date| zone.at_local(&date.format("%Y-%m-%dT00:00").to_string()));
        let at = at.filter(|at| (model::time::MIN..=model::time::MAX).contains(at));
        if at.is_none() {
            form.fail(name, "Give a day such as 2026-03-04.");
        }
        at
    };
    let (from, until) = (day("from", &asked.from, 0, &mut form), day("to", &asked.to, 1, &mut form));
    form.finish()?;
    let text = |text: &str| Some(text.trim().replace('\0', "")).filter(|text| !text.is_empty());
    Ok(AuditFilter {
        action: text(&asked.action),
        outcome: Outcome::parse(&asked.outcome),
        actor,
        target,
        project: asked.project.parse().ok(),
        from,
        until,
        search: text(&asked.q),
    })
}

/// The filters as the REST surface takes them.
#[cfg(feature = "ssr")]
fn export_query(filter: &AuditFilter) -> Vec<(String, String)> {
    let until = filter.until.map(|until| to_wire(until - chrono::TimeDelta::milliseconds(1)));
    [
        ("action", filter.action.clone()),
        ("outcome", filter.outcome.map(|outcome| outcome.as_str().to_owned())),
        ("userId", filter.actor.as_ref().map(ToString::to_string)),
        ("targetId", filter.target.as_ref().map(ToString::to_string)),
        ("projectId", filter.project.as_ref().map(ToString::to_string)),
        ("from", filter.from.map(to_wire)),
        ("to", until),
        ("search", filter.search.clone()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}
