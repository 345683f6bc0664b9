//! Writing an entry: title, version, tags and Markdown with the page's own typography beside it.
//!
//! The whole editor is one form, so that saving works before and without scripts. With scripts the text is rendered as
//! it is typed, by the same code that renders the public page, and a save that meets somebody else's change shows both
//! texts instead of overwriting one.

mod conflict;
mod leave;

use leptos::form::ActionForm;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use model::entries::{Entry, EntryState, MAX_TITLE};
use model::projects::Project;
use model::{Error, Permission, Role, Verdict, access, versions};
use ui::{
    Breadcrumb, Button, ButtonLink, Crumb, Dialog, DialogActions, Field, FormError, Glyph, Notice, StateMark, Tabs,
    TagEditor, Tone, Variant, keep_in_step, use_toasts,
};

use super::{DeleteEntry, EntryToEdit, SaveEntry};
use crate::failure::{failure_of, field_error, form_error, wrong_fields};
use crate::home::mark;
use crate::params::project_path;
use conflict::Conflict;
pub use leave::watch_history;

const FORM: &str = "entry-form";

/// What the writer has in front of them.
#[derive(Clone, Copy)]
struct Draft {
    title: RwSignal<String>,
    version: RwSignal<String>,
    tags: RwSignal<Vec<String>>,
    content: RwSignal<String>,
    /// As the server has it; `None` before the first save.
    stored: RwSignal<Option<Entry>>,
}

impl Draft {
    fn new(project: &Project, entry: Option<Entry>) -> Self {
        let field = |get: fn(&Entry) -> String| entry.as_ref().map(get).unwrap_or_default();
        let tags = match &entry {
            Some(entry) => tag_names(entry),
            None => project.default_tags.clone(),
        };
        Self {
            title: RwSignal::new(field(|entry| entry.title.clone())),
            version: RwSignal::new(field(|entry| entry.version.clone().unwrap_or_default())),
            tags: RwSignal::new(tags),
            content: RwSignal::new(field(|entry| entry.content.clone())),
            stored: RwSignal::new(entry),
        }
    }

    /// Whether something here is not on the server.
    fn is_changed(&self) -> bool {
        let (title, version, content) = (self.title.read(), self.version.read(), self.content.read());
        match &*self.stored.read() {
            None => !(title.is_empty() && version.is_empty() && content.is_empty()),
            Some(entry) => {
                *title != entry.title
                    || version.trim() != entry.version.as_deref().unwrap_or_default()
                    || *content != entry.content
                    || *self.tags.read() != tag_names(entry)
            }
        }
    }

    /// Takes over a stored entry, text and all.
    fn take(&self, entry: Entry) {
        self.title.set(entry.title.clone());
        self.version.set(entry.version.clone().unwrap_or_default());
        self.tags.set(tag_names(&entry));
        self.content.set(entry.content.clone());
        self.stored.set(Some(entry));
    }
}

fn tag_names(entry: &Entry) -> Vec<String> {
    entry.tags.iter().map(|tag| tag.name.clone()).collect()
}

#[component]
pub fn Editor(role: Role, data: EntryToEdit) -> impl IntoView {
    let EntryToEdit { project, entry, requested, tags } = data;
    let may = {
        let project = project.clone();
        move |permission| access::verdict(role, permission, Some(&project))
    };
    let writes = may(Permission::WriteEntries) == Verdict::Allowed;
    let publishes = may(Permission::PublishEntries);
    let draft = Draft::new(&project, entry);
    let requested = RwSignal::new(requested);
    let save = ServerAction::<SaveEntry>::new();
    let failure = failure_of(save);
    let intent = RwSignal::new(String::new());
    let toasts = use_toasts();
    Effect::new(move |_| {
        let Some(Ok(saved)) = save.value().get() else { return };
        let before = draft.stored.get_untracked();
        let (was, is) = (before.as_ref().map(Entry::state), saved.state());
        toasts.say(match (was, is) {
            _ if intent.get_untracked() == "request" => "Saved. An administrator has been asked to publish it.",
            (Some(EntryState::Published), EntryState::Published) => "Saved. Readers see the change now.",
            (_, EntryState::Published) => "Published.",
            (Some(EntryState::Published), _) => "Taken back to a draft.",
            _ => "Saved.",
        });
        requested.set((requested.get_untracked() || intent.get_untracked() == "request") && is == EntryState::Draft);
        draft.stored.set(Some(saved));
    });
    leave::guard(move || draft.is_changed());
    leave::save_on_shortcut(FORM);

    let (title, text) = (NodeRef::new(), NodeRef::new());
    keep_in_step::<html::Input>(title, Some(draft.title));
    keep_in_step::<html::Textarea>(text, Some(draft.content));

    let view = RwSignal::new("editor-write".to_owned());
    // Without scripts there is nothing to switch, and both columns show.
    let switchable = RwSignal::new(None::<()>);
    Effect::new(move |_| switchable.set(Some(())));
    let preview = Memo::new(move |_| {
        let options = markdown::Options { heading_offset: 1, ..markdown::Options::default() };
        draft.content.with(|text| markdown::render(text, &options))
    });
    let state = Signal::derive(move || draft.stored.read().as_ref().map_or(EntryState::Draft, Entry::state));
    let project_id = project.id.to_string();
    let project_top = project.clone();
    view! {
        <Title text=move || format!("{} · Tidings", draft.stored.read().as_ref().map_or("New entry".to_owned(), |e| e.title.clone()))/>
        <main on:click=leave::ask_on_links(move || draft.is_changed())>
            <h1 class="sr-only">{move || if draft.stored.read().is_some() { "Edit entry" } else { "New entry" }}</h1>
            <ActionForm action=save attr:class="editor" attr:id=FORM>
                <TopLine project=project_top draft save intent writes publishes requested state/>
                <div class="editor-head">
                    <input type="hidden" name="project" value=project_id/>
                    <input type="hidden" name="entry" value=move || draft.stored.read().as_ref().map(|e| e.id.to_string()).unwrap_or_default()/>
                    <input type="hidden" name="lock_version" value=move || draft.stored.read().as_ref().map_or(0, |e| e.lock_version).to_string()/>
                    <FormError message=visible_failure(failure) fields=wrong_fields(failure)/>
                    <Conflict failure draft/>
                    {(!writes).then(|| view! {
                        <Notice tone=Tone::Note title="Read only">"Your role may read this entry, not change it."</Notice>
                    })}
                    {move || (requested.get() && state.get() == EntryState::Draft).then(|| view! {
                        <Notice tone=Tone::Note title="Waiting for approval">
                            "An administrator has been asked to publish this entry."
                        </Notice>
                    })}
                    <label class="sr-only" for="field-title">"Title"</label>
                    <input
                        id="field-title"
                        class="editor-title"
                        name="title"
                        dir="auto"
                        maxlength=MAX_TITLE
                        placeholder="Title"
                        required=true
                        autocomplete="off"
                        readonly=!writes
                        aria-invalid=move || field_error(failure, "title").get().map(|_| "true")
                        node_ref=title
                        value=draft.title.get_untracked()
                        on:input=move |event| draft.title.set(event_target_value(&event))
                    />
                    <div class="editor-meta">
                        <Field
                            label="Version"
                            name="version"
                            bind=draft.version
                            mono=true
                            readonly=!writes
                            maxlength=versions::MAX_LENGTH as u32
                            placeholder="1.2.3"
                            autocomplete="off"
                            error=field_error(failure, "version")
                        />
                        <TagEditor label="Tags" name="tags" bind=draft.tags suggestions=Signal::stored(tags) readonly=!writes error=field_error(failure, "tags")/>
                        <StateMark mark=Signal::derive(move || mark(state.get()))/>
                    </div>
                </div>
                <div class="editor-tabs">
                    <Tabs
                        label="View"
                        tabs=vec![("editor-write".to_owned(), "Write".to_owned()), ("editor-preview".to_owned(), "Preview".to_owned())]
                        selected=view
                    />
                </div>
                <div
                    class="editor-body"
                    data-view=move || switchable.get().map(|()| if view.read().ends_with("preview") { "preview" } else { "write" })
                >
                    <div class="editor-write" id="editor-write">
                        <label class="sr-only" for="field-content">"Text, in Markdown"</label>
                        <textarea
                            id="field-content"
                            class="editor-text"
                            name="content"
                            dir="auto"
                            readonly=!writes
                            placeholder="What changed, in Markdown"
                            aria-invalid=move || field_error(failure, "content").get().map(|_| "true")
                            node_ref=text
                            on:input=move |event| draft.content.set(event_target_value(&event))
                        >
                            {draft.content.get_untracked()}
                        </textarea>
                    </div>
                    <div class="editor-preview" id="editor-preview" role="region" aria-label="Preview" tabindex="0">
                        <div class="prose" dir="auto" inner_html=move || preview.get()></div>
                    </div>
                </div>
                <StatusLine draft save/>
            </ActionForm>
            <DeleteDialog project draft/>
        </main>
    }
}

/// A conflict has its own place; every other error is told above the title.
fn visible_failure(failure: Signal<Option<Error>>) -> Signal<Option<String>> {
    let text = form_error(failure);
    Signal::derive(move || {
        let conflict = failure.with(|error| matches!(error, Some(Error::EditedElsewhere { .. })));
        if conflict { None } else { text.get() }
    })
}

/// The way back, and what can be done with the entry.
#[component]
fn TopLine(
    project: Project,
    draft: Draft,
    save: ServerAction<SaveEntry>,
    intent: RwSignal<String>,
    writes: bool,
    publishes: Verdict,
    requested: RwSignal<bool>,
    state: Signal<EntryState>,
) -> impl IntoView {
    let crumbs = vec![
        Crumb::link(project.name.clone(), project_path(&project.id, "")),
        Crumb::link("Entries", project_path(&project.id, "/changelog")),
    ];
    let public = {
        let slug = project.slug.clone();
        let is_public = project.is_public;
        Signal::derive(move || {
            let stored = draft.stored.read();
            let entry = stored.as_ref().filter(|entry| is_public && entry.state() == EntryState::Published)?;
            Some(format!("/changelog/{slug}/{}", entry.slug))
        })
    };
    let busy = save.pending();
    let submit = move |value: &'static str, label: &'static str, variant: Variant| {
        view! {
            <Button
                variant=variant
                kind="submit"
                name="intent"
                value=value
                busy=busy
                on_click=move |_| intent.set(value.to_owned())
            >
                {label}
            </Button>
        }
    };
    view! {
        <div class="editor-top">
            <Breadcrumb crumbs=crumbs/>
            {move || public.get().map(|href| view! { <ButtonLink href=href external=true>"View"</ButtonLink> })}
            {writes.then(|| view! {
                {move || (draft.stored.read().is_some()).then(|| view! {
                    <Button kind="button" variant=Variant::Quiet glyph=Glyph::Trash opens="delete-entry">"Delete"</Button>
                })}
                {submit("", "Save", Variant::Quiet)}
                {move || match (state.get(), publishes) {
                    (EntryState::Published, Verdict::Allowed) => submit("unpublish", "Unpublish", Variant::Quiet).into_any(),
                    (_, Verdict::Allowed) => submit("publish", "Publish", Variant::Primary).into_any(),
                    (EntryState::Draft, Verdict::NeedsApproval) if !requested.get() => {
                        submit("request", "Ask to publish", Variant::Primary).into_any()
                    }
                    _ => ().into_any(),
                }}
            })}
        </div>
    }
}

/// Words, reading time, and whether everything is on the server.
#[component]
fn StatusLine(draft: Draft, save: ServerAction<SaveEntry>) -> impl IntoView {
    let words = Memo::new(move |_| draft.content.with(|text| text.split_whitespace().count()));
    let saving = save.pending();
    let saved = move || match (saving.get(), draft.is_changed(), draft.stored.read().is_some()) {
        (true, _, _) => "Saving",
        (false, true, _) => "Not saved yet",
        (false, false, true) => "Saved",
        (false, false, false) => "Nothing to save yet",
    };
    view! {
        <div class="editor-status">
            <span>{move || match words.get() { 1 => "1 word".to_owned(), n => format!("{n} words") }}</span>
            // 200 words a minute, the usual figure for reading on a screen.
            <span>{move || format!("{} min to read", words.get().div_ceil(200).max(1))}</span>
            <span role="status" class="push">{saved}</span>
        </div>
    }
}

#[component]
fn DeleteDialog(project: Project, draft: Draft) -> impl IntoView {
    let delete = ServerAction::<DeleteEntry>::new();
    let failure = failure_of(delete);
    let open = RwSignal::new(false);
    let id = move || draft.stored.read().as_ref().map(|entry| entry.id.to_string()).unwrap_or_default();
    let title = move || draft.stored.read().as_ref().map(|entry| entry.title.clone()).unwrap_or_default();
    Effect::new(move |_| {
        if delete.value().with(|value| matches!(value, Some(Ok(())))) {
            // What is gone cannot be unsaved.
            leave::forget();
        }
    });
    view! {
        <Dialog id="delete-entry" open=open title="Delete the entry?">
            <ActionForm action=delete attr:class="stack">
                <FormError message=form_error(failure)/>
                <input type="hidden" name="project" value=project.id.to_string()/>
                <input type="hidden" name="entry" value=id/>
                <p>"“"{title}"” and its text are deleted. This cannot be undone."</p>
                <DialogActions>
                    <Button variant=Variant::Danger kind="submit" busy=delete.pending()>"Delete entry"</Button>
                </DialogActions>
            </ActionForm>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use ui::split_tags;

    #[test]
    fn the_kit_and_the_model_read_a_tag_list_alike() {
        for list in ["", "a", "a, b", " Fix ,UI,, fix", "ä,Ä"] {
            assert_eq!(split_tags(list), model::tags::parse_list(list), "{list}");
        }
    }
}
