//! The part of the publish sheet that asks for times: when an entry goes live, when it is taken back, until when it comes
//! first; and what is planned, said in words.

use chrono::NaiveDateTime;
use leptos::prelude::*;
use model::Error;
use model::entries::EntryState;
use ui::{Checkbox, Choice, Field, Notice, Radios, Select, Tone};

use super::draft::Draft;
use crate::entries::PlanTold;

/// When an entry is to be public.
pub(super) const NOW: &str = "now";
pub(super) const SINCE: &str = "since";
pub(super) const AT: &str = "at";

/// What is planned, and what is being chosen.
#[derive(Clone, Copy)]
pub(super) struct Planning {
    pub plan: RwSignal<PlanTold>,
    /// Only of what is not public yet.
    pub when: RwSignal<String>,
    pub at: RwSignal<String>,
    pub zone: RwSignal<String>,
    has_expiry: RwSignal<bool>,
    expires: RwSignal<String>,
    has_pin: RwSignal<bool>,
    pinned: RwSignal<String>,
}

impl Planning {
    pub fn new(plan: PlanTold) -> Self {
        let planning = Self {
            plan: RwSignal::new(plan),
            when: RwSignal::new(NOW.to_owned()),
            at: RwSignal::new(String::new()),
            zone: RwSignal::new(String::new()),
            has_expiry: RwSignal::new(false),
            expires: RwSignal::new(String::new()),
            has_pin: RwSignal::new(false),
            pinned: RwSignal::new(String::new()),
        };
        planning.fill();
        planning
    }

    /// Puts what is planned into the fields.
    pub fn fill(self) {
        let plan = self.plan.get_untracked();
        let or_suggested = |local: &str| if local.is_empty() { plan.suggested.clone() } else { local.to_owned() };
        self.when.set(if plan.scheduled.local.is_empty() { NOW } else { AT }.to_owned());
        self.at.set(or_suggested(&plan.scheduled.local));
        self.has_expiry.set(!plan.expires.local.is_empty());
        self.expires.set(or_suggested(&plan.expires.local));
        self.has_pin.set(!plan.pinned.local.is_empty());
        self.pinned.set(or_suggested(&plan.pinned.local));
        self.zone.set(plan.zone);
    }

    /// Nothing is planned any more.
    pub fn forget(self) {
        // The page may be gone by now.
        let _ = self.plan.try_update(|plan| {
            *plan = PlanTold {
                zone: std::mem::take(&mut plan.zone),
                suggested: std::mem::take(&mut plan.suggested),
                ..PlanTold::default()
            };
        });
    }

    /// The end of the time in public that was chosen; empty for none.
    pub fn expires(self) -> String {
        if self.has_expiry.get_untracked() { self.expires.get_untracked() } else { String::new() }
    }

    /// The end of the time at the top that was chosen; empty for none.
    pub fn pinned(self) -> String {
        if self.has_pin.get_untracked() { self.pinned.get_untracked() } else { String::new() }
    }

    /// Whether a time has to be read by the clocks of a zone.
    fn has_times(self) -> bool {
        self.when.read().as_str() == AT || self.has_expiry.get() || self.has_pin.get()
    }

    /// What will happen beside the publication itself, in sentences.
    pub fn sentence(self) -> String {
        let mut text = String::new();
        if self.has_expiry.get()
            && let Some(at) = words(&self.expires.read())
        {
            text.push_str(&format!(" On {at} it becomes a draft again, and readers see it no longer."));
        }
        if self.has_pin.get()
            && let Some(at) = words(&self.pinned.read())
        {
            text.push_str(&format!(" Until {at} it comes first in the list."));
        }
        text
    }
}

/// What a date field holds, for people: `10 March 2026, 08:00`.
pub(super) fn words(local: &str) -> Option<String> {
    let at = NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M:%S"))
        .ok()?;
    Some(at.format("%-d %B %Y, %H:%M").to_string())
}

/// The choice of when, for what is not public yet.
#[component]
pub(super) fn WhenFields(planning: Planning, failure: RwSignal<Option<Error>>) -> impl IntoView {
    let Planning { when, at, .. } = planning;
    let error = move |name: &'static str| {
        Signal::derive(move || failure.read().as_ref().and_then(|error| error.for_field(name)))
    };
    view! {
        <Radios
            legend="When"
            name="when"
            options=vec![
                Choice::new(NOW, "Now"),
                Choice::new(AT, "At a time ahead").with_hint("It goes live by itself."),
                Choice::new(SINCE, "With an earlier date"),
            ]
            value=when
            on_change=move |chosen: String| when.set(chosen)
        />
        {move || (when.read().as_str() == AT).then(|| view! {
            <Field
                label="Goes live"
                name="scheduledAt"
                id="publish-at"
                kind="datetime-local"
                bind=at
                required=true
                hint="At least one minute ahead."
                error=error("scheduledAt")
            />
        })}
    }
}

/// Until when it is public, until when it comes first, and by which clocks all times are meant.
#[component]
pub(super) fn EndFields(
    planning: Planning,
    /// The zone that readers see.
    readers_zone: String,
    /// Whether a date that has passed is asked for.
    dated: Memo<bool>,
    failure: RwSignal<Option<Error>>,
) -> impl IntoView {
    let Planning { has_expiry, expires, has_pin, pinned, zone, plan, .. } = planning;
    let error = move |name: &'static str| {
        Signal::derive(move || failure.read().as_ref().and_then(|error| error.for_field(name)))
    };
    let own_zone = plan.read_untracked().zone.clone();
    let mut zones: Vec<String> = Vec::new();
    for name in [own_zone, readers_zone, "UTC".to_owned()] {
        if !zones.contains(&name) {
            zones.push(name);
        }
    }
    let zones: Vec<Choice> = zones.into_iter().map(|name| Choice::new(name.clone(), name)).collect();
    view! {
        <Checkbox label="Take it back at a time" name="has_expiry" id="publish-has-expiry" bind=has_expiry/>
        {move || has_expiry.get().then(|| view! {
            <Field
                label="Expires"
                name="expiresAt"
                id="publish-expires"
                kind="datetime-local"
                bind=expires
                required=true
                error=error("expiresAt")
            />
        })}
        <Checkbox label="Pin it to the top until a time" name="has_pin" id="publish-has-pin" bind=has_pin/>
        {move || has_pin.get().then(|| view! {
            <Field
                label="Pinned until"
                name="pinnedUntil"
                id="publish-pinned"
                kind="datetime-local"
                bind=pinned
                required=true
                error=error("pinnedUntil")
            />
        })}
        <div hidden=move || !planning.has_times() && !dated.get()>
            <Select label="Clocks of" name="zone" id="publish-zone" options=zones bind=zone error=error("zone")/>
        </div>
    }
}

/// The moment beside the state of the entry: since when it is public, or when it will be.
pub(super) fn moment_of(draft: Draft, since: String, plan: &PlanTold) -> String {
    match draft.state() {
        EntryState::Scheduled => format!("for {}", plan.scheduled.moment),
        EntryState::Published if !plan.expires.moment.is_empty() => format!("{since}, until {}", plan.expires.moment),
        EntryState::Published => since,
        EntryState::Draft => String::new(),
    }
}

/// Says above the entry that it could not go live.
#[component]
pub(super) fn PlanNotice(planning: Planning, draft: Draft) -> impl IntoView {
    let failure = Memo::new(move |_| {
        let failure = planning.plan.read().failure.clone();
        failure.filter(|_| draft.state() == EntryState::Scheduled)
    });
    view! {
        {move || failure.get().map(|failure| view! {
            <Notice tone=Tone::Bad title="This entry could not go live">
                {format!("{failure} Mend that, then publish it or choose another time.")}
            </Notice>
        })}
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_date_field_is_read_aloud() {
        assert_eq!(words("2026-03-10T08:00").as_deref(), Some("10 March 2026, 08:00"));
        assert_eq!(words("2026-03-10T08:00:30").as_deref(), Some("10 March 2026, 08:00"));
        assert_eq!((words(""), words("soon")), (None, None));
    }
}
