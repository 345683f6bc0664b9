//! What publishing will do, said before it happens: to whom, where, when; and for what is published, the ways to change
//! its date and address or to take it back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::entries::{Entry, EntryState};
use model::projects::Project;
use model::requests::RequestKind;
use model::{Error, Result, Verdict};
use ui::{Button, Checkbox, Dialog, DialogActions, Field, FormError, Notice, Tone, Variant, use_toasts};

use super::asking::Requests;
use super::notes::{Notes, WaitingNotes};
use super::planning::{AT, EndFields, Planning, SINCE, WhenFields, words};
use super::saving::{Saver, Then};
use crate::entries::{PlanTold, Publication, arrange_entry, request_publication, unpublish_entry, unschedule_entry};

/// The sheet, and what it knows.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    pub open: RwSignal<bool>,
    pub publication: RwSignal<Publication>,
    pub planning: Planning,
    pub requests: Requests,
    failure: RwSignal<Option<Error>>,
    busy: RwSignal<bool>,
    date: RwSignal<String>,
    has_date: RwSignal<bool>,
    slug: RwSignal<String>,
}

impl Sheet {
    pub fn new(publication: Publication, plan: PlanTold, requests: Requests) -> Self {
        Self {
            planning: Planning::new(plan),
            open: RwSignal::new(false),
            requests,
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            date: RwSignal::new(String::new()),
            has_date: RwSignal::new(false),
            slug: RwSignal::new(String::new()),
            publication: RwSignal::new(publication),
        }
    }

    /// Opens the sheet. A draft is saved first, so that its address is known and what is shown is what will be public.
    pub fn show(self, saver: Saver, refused: RwSignal<Option<Error>>) {
        let fill = move |entry: &Entry| {
            self.failure.set(None);
            self.has_date.set(false);
            self.date.set(self.planning.plan.read_untracked().since.local.clone());
            self.planning.fill();
            self.slug.set(entry.slug.clone());
            self.open.set(true);
        };
        refused.set(None);
        let stored = saver.draft.stored.get_untracked();
        match stored.filter(|entry| entry.state() == EntryState::Published) {
            Some(entry) => fill(&entry),
            None => saver.run(Some(Then::new(move |answer: Result<Entry>| match answer {
                Ok(entry) => fill(&entry),
                Err(error) => refused.set(Some(error)),
            }))),
        }
    }
}

/// The host that the page was loaded from, for the address that is shown; empty on the server.
fn origin() -> String {
    #[cfg(feature = "hydrate")]
    return window().location().origin().unwrap_or_default();
    #[cfg(not(feature = "hydrate"))]
    return String::new();
}

/// What was done, for the reader of a toast.
fn said(entry: &Entry, was_published: bool, plan: &PlanTold) -> String {
    let mut text = match entry.state() {
        EntryState::Scheduled => format!("Scheduled for {}.", plan.scheduled.moment),
        _ if was_published => "Saved. Readers see the change now.".to_owned(),
        _ => "Published.".to_owned(),
    };
    if let Some(note) = &plan.note {
        text.push(' ');
        text.push_str(note);
    }
    text
}

#[component]
pub(super) fn PublishSheet(
    sheet: Sheet,
    saver: Saver,
    notes: Notes,
    project: Project,
    publishes: Verdict,
) -> impl IntoView {
    let Sheet { open, publication, planning, requests, failure, busy, date, has_date, slug } = sheet;
    let readers_zone = publication.read_untracked().zone.clone();
    let toasts = use_toasts();
    let draft = saver.draft;
    let is_public = project.is_public;
    let project_id = StoredValue::new(project.id.clone());
    let project_slug = StoredValue::new(project.slug.clone());
    let is_published = Memo::new(move |_| draft.state() == EntryState::Published);
    let is_scheduled = Memo::new(move |_| draft.state() == EntryState::Scheduled);
    let asks = publishes == Verdict::NeedsApproval;
    let title = Signal::derive(move || match (is_published.get(), asks) {
        (true, _) => "Publication".to_owned(),
        (false, true) => "Ask to publish".to_owned(),
        (false, false) => "Publish this entry".to_owned(),
    });

    // Every way out of the sheet begins with everything saved.
    let run = move |then: Callback<Entry>| {
        failure.set(None);
        busy.set(true);
        saver.run(Some(Then::new(move |answer: Result<Entry>| match answer {
            Ok(entry) => then.run(entry),
            Err(error) => {
                busy.set(false);
                failure.set(Some(error));
            }
        })));
    };
    let done = move |answer: Result<Entry>, words: &str| {
        // The page may be gone by now.
        if busy.try_set(false).is_some() {
            return;
        }
        match answer {
            Ok(entry) => {
                draft.stored.set(Some(entry));
                open.set(false);
                toasts.say(words);
            }
            Err(error) => failure.set(Some(error)),
        }
    };
    let publish = move || {
        run(Callback::new(move |entry: Entry| {
            let chosen = slug.get_untracked();
            let chosen = if chosen.trim() == entry.slug { String::new() } else { chosen };
            let was_published = entry.state() == EntryState::Published;
            // A published entry keeps its date unless another one is asked for; those are shown in the readers' zone.
            let (when, at, zone) = match (was_published, planning.when.get_untracked()) {
                (true, _) if has_date.get_untracked() => {
                    (SINCE.to_owned(), date.get_untracked(), planning.zone.get_untracked())
                }
                (true, _) => (String::new(), String::new(), planning.zone.get_untracked()),
                (false, when) if when == SINCE => (when, date.get_untracked(), planning.zone.get_untracked()),
                (false, when) => (when, planning.at.get_untracked(), planning.zone.get_untracked()),
            };
            let (expires, pinned) = (planning.expires(), planning.pinned());
            spawn_local(async move {
                let answer =
                    arrange_entry(project_id.get_value(), entry.id, when, at, zone, true, expires, pinned, chosen)
                        .await;
                let mut words = String::new();
                let answer = answer.map(|(entry, told, plan)| {
                    words = said(&entry, was_published, &plan);
                    let _ = publication.try_set(told);
                    let _ = planning.plan.try_set(plan);
                    if entry.state() == EntryState::Published {
                        requests.close(RequestKind::AllowPublish);
                    }
                    entry
                });
                done(answer, &words);
            });
        }));
    };
    let unschedule = move |_| {
        let Some(entry) = draft.stored.get_untracked() else { return };
        failure.set(None);
        busy.set(true);
        spawn_local(async move {
            let answer = unschedule_entry(project_id.get_value(), entry.id).await;
            let answer = answer.map(|(entry, plan)| {
                let _ = planning.plan.try_set(plan);
                entry
            });
            done(answer, "It is a draft again, and goes live only when somebody publishes it.");
        });
    };
    let request = move || {
        run(Callback::new(move |entry: Entry| {
            spawn_local(async move {
                let answer = request_publication(project_id.get_value(), entry.id).await;
                let answer = answer.map(|(entry, request)| {
                    requests.add(request);
                    entry
                });
                done(answer, "Saved. An administrator has been asked to publish it.");
            });
        }));
    };
    let unpublish = move |_| {
        // What is typed and not public yet stays in the editor, and belongs to the draft then.
        let Some(entry) = draft.stored.get_untracked() else { return };
        failure.set(None);
        busy.set(true);
        spawn_local(async move {
            let answer = unpublish_entry(project_id.get_value(), entry.id).await;
            if answer.is_ok() {
                planning.forget();
                let _ = publication.try_update(|told| told.moment.clear());
            }
            done(answer, "Taken back to a draft.");
        });
    };
    let submitted = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        if asks && !is_published.get_untracked() { request() } else { publish() }
    };
    let address = move || {
        let entry = draft.stored.read().as_ref().map(|entry| entry.slug.clone()).unwrap_or_default();
        let chosen = slug.get().trim().to_owned();
        let last = if chosen.is_empty() { entry } else { chosen };
        format!("{}/changelog/{}/{last}", origin(), project_slug.get_value())
    };
    let moves = Memo::new(move |_| {
        let chosen = slug.read().trim().to_owned();
        let is_known = !publication.read().moment.is_empty();
        is_known && !chosen.is_empty() && draft.stored.read().as_ref().is_some_and(|entry| entry.slug != chosen)
    });
    let asks_date = Memo::new(move |_| match is_published.get() {
        true => has_date.get(),
        false => planning.when.read().as_str() == SINCE,
    });
    let has_version = move || !draft.version.read().trim().is_empty();
    let message = Signal::derive(move || failure.read().as_ref().map(Error::to_string));
    let error = move |name: &'static str| {
        Signal::derive(move || failure.read().as_ref().and_then(|error| error.for_field(name)))
    };
    let what = move || {
        let title = draft.title.get();
        match (is_published.get(), asks, is_public) {
            (true, _, true) => format!("“{}” is public since {}.", title, publication.read().moment),
            (true, _, false) => {
                format!("“{}” is published since {}; this project is private.", title, publication.read().moment)
            }
            (false, true, _) => {
                format!("An administrator is asked to publish “{title}”. Until then, only members see it.")
            }
            (false, false, true) => match planning.when.read().as_str() {
                AT => match words(&planning.at.read()) {
                    Some(at) => format!(
                        "“{title}” goes live by itself on {at} ({}): on the page, in the feeds and in the widget.",
                        planning.zone.read()
                    ),
                    None => format!("“{title}” goes live by itself at the time you choose."),
                },
                SINCE => format!("“{title}” becomes public now, under an earlier date."),
                _ => format!("“{title}” becomes public now: on the page, in the feeds and in the widget."),
            },
            (false, false, false) => format!(
                "“{title}” is published, but this project is private: nobody sees it before an administrator makes the project public."
            ),
        }
    };
    view! {
        <Dialog id="publish-sheet" open title>
            <form class="stack publish-sheet" on:submit=submitted>
                <FormError message/>
                <p>{what}{move || if asks { String::new() } else { planning.sentence() }}</p>
                {move || (is_public && !asks || is_published.get()).then(|| view! {
                    <p class="publish-address">
                        <span class="field-hint">"Address "</span>
                        {move || match is_published.get() && is_public && !moves.get() {
                            true => view! { <a class="mono" href=address target="_blank" rel="noopener">{address}</a> }.into_any(),
                            false => view! { <span class="mono">{address}</span> }.into_any(),
                        }}
                    </p>
                })}
                <WaitingNotes notes saver sheet=open/>
                {move || (!has_version()).then(|| view! {
                    <Notice tone=Tone::Note title="No version">"Readers see the date alone. You can add a version before or after publishing."</Notice>
                })}
                {(!asks).then(|| view! {
                    {move || {
                        // Radios begin anew each time: what somebody chose and left is forgotten.
                        open.track();
                        if is_published.get() {
                            view! { <Checkbox label="Change the date" name="has_date" bind=has_date/> }.into_any()
                        } else {
                            view! { <WhenFields planning failure/> }.into_any()
                        }
                    }}
                    {move || asks_date.get().then(|| view! {
                        <Field
                            label="Date and time"
                            name="publishedAt"
                            id="publish-date"
                            kind="datetime-local"
                            bind=date
                            required=true
                            hint="Not in the future."
                            error=error("publishedAt")
                        />
                    })}
                    <EndFields planning readers_zone dated=asks_date failure/>
                    <Field
                        label="Address ending"
                        name="slug"
                        id="publish-slug"
                        bind=slug
                        mono=true
                        autocomplete="off"
                        maxlength=100
                        error=error("slug")
                        hint="Lower-case letters, digits and hyphens."
                    />
                    {move || moves.get().then(|| view! { <p class="field-hint">"The old address leads to the new one."</p> })}
                })}
                <DialogActions>
                    {move || (is_published.get() && !asks).then(|| view! {
                        <Button kind="button" variant=Variant::Danger busy=busy on_click=unpublish>"Unpublish"</Button>
                    })}
                    {move || (is_scheduled.get() && !asks).then(|| view! {
                        <Button kind="button" variant=Variant::Danger busy=busy on_click=unschedule>"Unschedule"</Button>
                    })}
                    <Button variant=Variant::Primary busy=busy>
                        {move || match (is_published.get(), asks, planning.when.read().as_str()) {
                            (true, ..) => "Update",
                            (false, true, _) => "Ask to publish",
                            (false, false, AT) => "Schedule",
                            (false, false, SINCE) => "Publish",
                            (false, false, _) => "Publish now",
                        }}
                    </Button>
                </DialogActions>
            </form>
        </Dialog>
    }
}
