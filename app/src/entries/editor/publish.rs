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
use super::saving::{Saver, Then};
use crate::entries::{Publication, publish_entry, request_publication, unpublish_entry};

/// The sheet, and what it knows.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    pub open: RwSignal<bool>,
    pub publication: RwSignal<Publication>,
    pub requests: Requests,
    failure: RwSignal<Option<Error>>,
    busy: RwSignal<bool>,
    date: RwSignal<String>,
    has_date: RwSignal<bool>,
    slug: RwSignal<String>,
}

impl Sheet {
    pub fn new(publication: Publication, requests: Requests) -> Self {
        Self {
            open: RwSignal::new(false),
            requests,
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            date: RwSignal::new(publication.local.clone()),
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
            self.date.set(self.publication.read_untracked().local.clone());
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

#[component]
pub(super) fn PublishSheet(sheet: Sheet, saver: Saver, project: Project, publishes: Verdict) -> impl IntoView {
    let Sheet { open, publication, requests, failure, busy, date, has_date, slug } = sheet;
    let toasts = use_toasts();
    let draft = saver.draft;
    let is_public = project.is_public;
    let project_id = StoredValue::new(project.id.clone());
    let project_slug = StoredValue::new(project.slug.clone());
    let is_published = Memo::new(move |_| draft.state() == EntryState::Published);
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
            let date = if has_date.get_untracked() { date.get_untracked() } else { String::new() };
            let chosen = slug.get_untracked();
            let chosen = if chosen.trim() == entry.slug { String::new() } else { chosen };
            let was_published = entry.state() == EntryState::Published;
            spawn_local(async move {
                let answer = publish_entry(project_id.get_value(), entry.id, date, chosen).await;
                let answer = answer.map(|(entry, told)| {
                    let _ = publication.try_set(told);
                    requests.close(RequestKind::AllowPublish);
                    entry
                });
                done(answer, if was_published { "Saved. Readers see the change now." } else { "Published." });
            });
        }));
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
                let _ = publication.try_update(|told| {
                    told.moment.clear();
                    told.local.clear();
                });
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
            (false, false, true) => {
                format!("“{title}” becomes public now: on the page, in the feeds and in the widget.")
            }
            (false, false, false) => format!(
                "“{title}” is published, but this project is private: nobody sees it before an administrator makes the project public."
            ),
        }
    };
    view! {
        <Dialog id="publish-sheet" open title>
            <form class="stack publish-sheet" on:submit=submitted>
                <FormError message/>
                <p>{what}</p>
                {move || (is_public && !asks || is_published.get()).then(|| view! {
                    <p class="publish-address">
                        <span class="field-hint">"Address "</span>
                        {move || match is_published.get() && is_public && !moves.get() {
                            true => view! { <a class="mono" href=address target="_blank" rel="noopener">{address}</a> }.into_any(),
                            false => view! { <span class="mono">{address}</span> }.into_any(),
                        }}
                    </p>
                })}
                {move || (!has_version()).then(|| view! {
                    <Notice tone=Tone::Note title="No version">"Readers see the date alone. You can add a version before or after publishing."</Notice>
                })}
                {(!asks).then(|| view! {
                    <Checkbox label=if is_published.get_untracked() { "Change the date" } else { "Use an earlier date" } name="has_date" bind=has_date/>
                    {move || has_date.get().then(|| view! {
                        <Field
                            label=format!("Date and time ({})", publication.read().zone)
                            name="publishedAt"
                            id="publish-date"
                            kind="datetime-local"
                            bind=date
                            required=true
                            hint="Not in the future."
                            error=error("publishedAt")
                        />
                    })}
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
                    <Button variant=Variant::Primary busy=busy>
                        {move || match (is_published.get(), asks) {
                            (true, _) => "Update",
                            (false, true) => "Ask to publish",
                            (false, false) => "Publish now",
                        }}
                    </Button>
                </DialogActions>
            </form>
        </Dialog>
    }
}
