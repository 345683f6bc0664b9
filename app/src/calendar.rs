//! What was, is and will be public in a project, by days: a month or a list. Everything is a link, so it works without
//! scripts.

use crate::title::Title;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::projects::Project;
use model::schedule::EventKind;
use model::{EntryId, ProjectId, Result, versions};
use serde::{Deserialize, Serialize};
use ui::{ButtonLink, Chip, Crumb, EmptyState, PageHeader, SkeletonRows, StatusMark, Tone, Variant};

use crate::failure::Failure;
use crate::params::{project_param, project_path, with_query};
use crate::pending::{Pending, later};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use chrono::{Datelike, NaiveDate};
#[cfg(feature = "ssr")]
use services::access::ReadEntries;
#[cfg(feature = "ssr")]
use services::zones::Zone;

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Something that happens to an entry on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarLine {
    pub kind: EventKind,
    /// Of the month.
    pub day: u32,
    /// `08:00`
    pub time: String,
    pub entry: EntryId,
    pub title: String,
    pub version: Option<String>,
}

/// A month of a project, by the clocks of the person who looks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalendarData {
    pub project: Project,
    /// The IANA name of the zone.
    pub zone: String,
    /// `March 2026`
    pub name: String,
    /// `2026-03`, and the months beside it.
    pub month: String,
    pub earlier: Option<String>,
    pub later: Option<String>,
    /// How many days the month has, and how many of its first week belong to the month before.
    pub days: u32,
    pub offset: u32,
    /// The day it is, in this month.
    pub today: Option<u32>,
    pub lines: Vec<CalendarLine>,
}

/// A month of a project, `2026-03`; the present one where none is named.
#[server(prefix = "/rpc", endpoint = "calendar")]
pub async fn get_calendar(project: ProjectId, #[server(default)] month: String) -> Result<CalendarData> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        let shown = services::own_settings::shown(&cx.services, &may.actor().user).await?;
        let zone = Zone::named(Some(&shown.zone));
        let now = zone.local(cx.services.clock.now()).date_naive();
        let wrong = || model::Error::field("month", "Name a month such as 2026-03.");
        let first = match month.trim() {
            "" => now.with_day(1).ok_or_else(wrong)?,
            text => NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").map_err(|_| wrong())?,
        };
        let beside = |months: i32| {
            let all = first.year() * 12 + first.month0() as i32 + months;
            let (year, month) = (all.div_euclid(12), all.rem_euclid(12) as u32 + 1);
            zone.start_of_month(year, month).map(|start| (start, format!("{year:04}-{month:02}")))
        };
        let (from, month) = beside(0).ok_or_else(wrong)?;
        let later = beside(1);
        let until = later.as_ref().map_or(model::time::MAX, |(start, _)| *start);
        let events = services::publication::calendar(&cx.services, &may, from, until).await?;
        let next = first.checked_add_months(chrono::Months::new(1)).ok_or_else(wrong)?;
        let lines = events
            .into_iter()
            .map(|event| {
                let local = zone.local(event.at);
                CalendarLine {
                    kind: event.kind,
                    day: local.day(),
                    time: local.format("%H:%M").to_string(),
                    entry: event.entry_id,
                    title: event.title,
                    version: event.version,
                }
            })
            .collect();
        Ok(CalendarData {
            project: may.project().clone(),
            zone: zone.name().to_owned(),
            name: first.format("%B %Y").to_string(),
            earlier: beside(-1).map(|(_, month)| month),
            later: later.map(|(_, month)| month),
            month,
            days: u32::try_from((next - first).num_days()).unwrap_or(31),
            offset: first.weekday().num_days_from_monday(),
            today: (now.year() == first.year() && now.month() == first.month()).then(|| now.day()),
            lines,
        })
    })
    .await
}

#[component]
pub fn CalendarPage() -> impl IntoView {
    let project = project_param();
    let query = use_query_map();
    let month = Memo::new(move |_| query.with(|query| query.get("month").unwrap_or_default()));
    let is_list = Memo::new(move |_| query.with(|query| query.get("view").is_some_and(|view| view == "list")));
    let data = Resource::new(
        move || (project.get(), month.get()),
        |(project, month)| async move { get_calendar(project?, month).await },
    );
    view! {
        <div class="page">
            <Pending fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || later(async move {
                    match data.await {
                        Ok(data) => view! { <Calendar data is_list/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The calendar could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn Calendar(data: CalendarData, is_list: Memo<bool>) -> impl IntoView {
    let project = data.project.clone();
    let path = project_path(&project.id, "/calendar");
    let title = format!("Calendar · {} · Tidings", project.name);
    let crumbs = vec![Crumb::link(project.name.clone(), project_path(&project.id, "")), Crumb::here("Calendar")];
    let at = {
        let path = path.clone();
        move |month: &str, list: bool| with_query(&path, &[("month", month), ("view", if list { "list" } else { "" })])
    };
    let (name, zone, month) = (data.name.clone(), data.zone.clone(), data.month.clone());
    let (earlier, later) = (data.earlier.clone(), data.later.clone());
    let is_empty = data.lines.is_empty();
    let data = StoredValue::new(data);
    let steps = move || {
        let list = is_list.get();
        let step = |month: &Option<String>, words: &'static str| {
            month
                .as_ref()
                .map(|month| view! { <ButtonLink href=at(month, list) variant=Variant::Quiet>{words}</ButtonLink> })
        };
        view! {
            {step(&earlier, "Month before")}
            <ButtonLink href=at("", list) variant=Variant::Quiet>"This month"</ButtonLink>
            {step(&later, "Month after")}
            <span class="push cluster" role="group" aria-label="View">
                <Chip href=at(&month, false) label="Month" current=!list/>
                <Chip href=at(&month, true) label="List" current=list/>
            </span>
        }
    };
    view! {
        <Title text=title/>
        <PageHeader title="Calendar" crumbs/>
        <div class="calendar-page">
            <h2 id="calendar-month">{name}</h2>
            <nav class="cluster" aria-label="Months">{steps}</nav>
            {is_empty.then(|| view! {
                <EmptyState
                    title="Nothing in this month"
                    text="What was published, is scheduled or expires in this month is shown here."
                >
                    <ButtonLink href=project_path(&project.id, "/changelog")>"Show the entries"</ButtonLink>
                </EmptyState>
            })}
            {move || match (is_empty, is_list.get()) {
                (true, _) => ().into_any(),
                (false, true) => view! { <Days data=data.get_value()/> }.into_any(),
                (false, false) => view! { <Month data=data.get_value()/> }.into_any(),
            }}
            <p class="small soft">{format!("Times are those of clocks in {zone}.")}</p>
        </div>
    }
}

/// One line of the calendar: what happens, when, to which entry.
#[component]
fn EventLine(project: ProjectId, line: CalendarLine) -> impl IntoView {
    let tone = match line.kind {
        EventKind::Published => Tone::Good,
        EventKind::Scheduled => Tone::Note,
        EventKind::Expires => Tone::Warn,
    };
    let href = project_path(&project, &format!("/changelog/{}", line.entry));
    view! {
        <li class="calendar-event">
            <span class="calendar-when">
                <StatusMark tone word=line.kind.label()/>
                <span class="nums small soft">{line.time}</span>
            </span>
            <a href=href dir="auto">{line.title}</a>
            {line.version.as_deref().map(|version| view! { <span class="mono small soft">{versions::label(version)}</span> })}
        </li>
    }
}

/// The month as weeks.
#[component]
fn Month(data: CalendarData) -> impl IntoView {
    let CalendarData { project, days, offset, today, lines, name, .. } = data;
    let weeks = (offset + days).div_ceil(7);
    let cell = |place: u32| {
        let day = (place + 1).checked_sub(offset).filter(|day| (1..=days).contains(day));
        let Some(day) = day else { return view! { <td class="calendar-none"></td> }.into_any() };
        let events: Vec<_> = lines.iter().filter(|line| line.day == day).cloned().collect();
        let weekday = WEEKDAYS.get((place % 7) as usize).copied().unwrap_or_default();
        let (is_today, is_empty) = (today == Some(day), events.is_empty());
        view! {
            <td data-empty=is_empty.then_some("true") data-today=is_today.then_some("true")>
                <span class="calendar-day">
                    <span class="calendar-weekday">{weekday} " "</span>
                    {day}
                    {is_today.then(|| view! { <span class="small soft">" today"</span> })}
                </span>
                {(!is_empty).then(|| view! {
                    <ul>
                        {events
                            .into_iter()
                            .map(|line| view! { <EventLine project=project.id.clone() line/> })
                            .collect_view()}
                    </ul>
                })}
            </td>
        }
        .into_any()
    };
    view! {
        <table class="calendar">
            <caption class="sr-only">{name}</caption>
            <thead>
                <tr>{WEEKDAYS.map(|day| view! { <th scope="col"><abbr title=day>{&day[..3]}</abbr></th> }).collect_view()}</tr>
            </thead>
            <tbody>
                {(0..weeks)
                    .map(|week| view! { <tr>{(0..7).map(|day| cell(week * 7 + day)).collect_view()}</tr> })
                    .collect_view()}
            </tbody>
        </table>
    }
}

/// The month as a list of those days on which something happens.
#[component]
fn Days(data: CalendarData) -> impl IntoView {
    let CalendarData { project, offset, today, lines, .. } = data;
    let mut days: Vec<u32> = lines.iter().map(|line| line.day).collect();
    days.dedup();
    view! {
        <div class="calendar-days">
            {days
                .into_iter()
                .map(|day| {
                    let weekday = WEEKDAYS.get(((offset + day + 6) % 7) as usize).copied().unwrap_or_default();
                    let events: Vec<_> = lines.iter().filter(|line| line.day == day).cloned().collect();
                    view! {
                        <section>
                            <h3>{format!("{weekday} {day}")} {(today == Some(day)).then_some(" · today")}</h3>
                            <ul>
                                {events
                                    .into_iter()
                                    .map(|line| view! { <EventLine project=project.id.clone() line/> })
                                    .collect_view()}
                            </ul>
                        </section>
                    }
                })
                .collect_view()}
        </div>
    }
}
