//! Writing an entry: title, version, tags and Markdown with the page's own typography beside it.
//!
//! The whole editor is one form, so that saving works before and without scripts. With scripts the text is rendered as
//! it is typed, by the same code that renders the public page, and saved by itself ([`saving`]). What changes the text
//! are pure functions ([`text`], [`paste`]); [`area`] carries them out in the page.

mod area;
mod ask_schedule;
mod asking;
mod commands;
mod conflict;
mod draft;
mod find;
mod insert;
mod keys;
mod leave;
mod local;
mod media;
mod media_dialog;
mod notes;
mod outline;
mod paste;
mod planning;
mod presence;
mod preview;
mod publish;
mod reading;
mod recovery;
mod saving;
mod slash;
mod templates;
mod text;
mod tools;
mod top;
mod version;

use crate::title::Title;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::entries::{Entry, EntryState, MAX_TITLE};
use model::{Error, Permission, Result, Verdict, access};
use server_fn::ServerFn;
use ui::{Button, FormError, KnownTag, Notice, StateMark, Tabs, TagPicker, Tone, Variant, keep_in_step, use_toasts};

use super::{EntryToEdit, SaveEntry, TagToOffer, create_entry_tag};
use crate::account::Me;
use crate::failure::{failure_of, field_error, wrong_fields};
use crate::home::mark;
use area::Area;
use ask_schedule::AskToScheduleDialog;
use asking::{AskToDeleteDialog, NoticeForms, RequestNotices, Requests, deletion};
use commands::Command;
pub(crate) use conflict::Compare;
use conflict::Conflict;
use draft::Draft;
pub(crate) use draft::Snapshot;
use find::{FindBar, Finder, FoundMark};
use insert::{Form, InsertDialog};
use keys::KeysDialog;
pub use leave::watch_history;
use media::{PictureNotes, Pictures};
use media_dialog::PictureDialog;
use notes::{Notes, NotesDialog};
use outline::{Outline, OutlineMenu, OutlinePanel};
use planning::{PlanNotice, moment_of};
use preview::preview_of;
use publish::{PublishSheet, Sheet};
use recovery::Recovery;
use saving::{Saver, Then, Trouble};
use slash::{Slash, SlashMenu};
use templates::{TemplateDialog, TemplateOffer, Templates};
use tools::{Mode, Tools};
use top::{DeleteDialog, TopLine};
use version::VersionField;

const FORM: &str = "entry-form";

/// What is offered for the colour of a new tag; readable in both themes.
const PALETTE: [(&str, &str); 8] = [
    ("#2b5fc2", "Blue"),
    ("#1f7a4d", "Green"),
    ("#b3412f", "Red"),
    ("#9a6a00", "Amber"),
    ("#7b4bb8", "Purple"),
    ("#0e7c86", "Teal"),
    ("#b0357a", "Pink"),
    ("#5f6b7a", "Grey"),
];

/// What the tools work on.
#[derive(Clone, Copy)]
struct Desk {
    area: Area,
    slash: Slash,
    /// The form that [`InsertDialog`] shows, and whether it does.
    form: RwSignal<Form>,
    inserting: RwSignal<bool>,
    /// Whether the list of templates shows.
    choosing: RwSignal<bool>,
    finder: Finder,
    pictures: Pictures,
    /// Whether scripts run.
    ready: RwSignal<bool>,
}

impl Desk {
    fn run(self, command: Command) {
        if let Command::Insert(form) = command {
            self.form.set(form);
            self.inserting.set(true);
            return;
        }
        if command == Command::Template {
            self.choosing.set(true);
            return;
        }
        if command == Command::Picture {
            self.pictures.choosing.set(true);
            return;
        }
        let Some((content, at)) = self.area.read() else { return };
        if let Some(edit) = command.edit(&content, at) {
            self.area.apply(&edit);
        }
    }
}

/// The editor, or the rendered entry for who may not change it.
#[component]
pub fn Editor(me: Me, data: EntryToEdit, prefill: Snapshot) -> impl IntoView {
    let verdict = |permission| access::verdict(me.role, permission, Some(&data.project));
    let writes = verdict(Permission::WriteEntries);
    let publishes = verdict(Permission::PublishEntries);
    // What is public, or will be without being looked at again.
    let is_decided = data.entry.as_ref().is_some_and(|entry| entry.state() != EntryState::Draft);
    if writes == Verdict::Allowed && (!is_decided || publishes == Verdict::Allowed) {
        view! { <WritingDesk me data prefill publishes/> }.into_any()
    } else {
        view! { <reading::EntryReading me data why=reading::reason(writes)/> }.into_any()
    }
}

#[component]
fn WritingDesk(me: Me, data: EntryToEdit, prefill: Snapshot, publishes: Verdict) -> impl IntoView {
    let EntryToEdit {
        project,
        entry,
        requests,
        was_published,
        tags,
        publication,
        plan,
        revisions,
        is_bookmarked,
        templates,
        start,
    } = data;
    let templates = Templates::new(project.id.clone(), templates);
    provide_context(top::Starred(RwSignal::new(is_bookmarked)));
    let draft = Draft::new(&project, entry, templates::began(prefill, start));
    let guard = leave::guard(move || draft.is_changed());
    let saver = Saver::new(draft, guard, project.id.clone(), me.id.to_string());
    saver.watch();
    let requests = Requests::new(requests);
    let decisions = requests.decisions();
    let deletes = deletion(&me, &project, draft.stored, was_published);
    let sheet = Sheet::new(publication, plan, requests);
    let toasts = use_toasts();

    // What a save that somebody asked for met; what happens by itself is told in the bottom line.
    let refused = RwSignal::new(None::<Error>);
    let plain = failure_of(ServerAction::<SaveEntry>::new());
    let is_saved = move || saver.saved_at.read().is_some();
    let told = Signal::derive(move || refused.get().or_else(|| plain.get().filter(|_| !is_saved())));
    let trouble = saver.failure();
    let failure = Signal::derive(move || trouble.get().or_else(|| told.get()));
    Effect::new(move |_| {
        if saver.trouble.read().is_none() {
            refused.set(None);
        }
    });
    let save = move || {
        refused.set(None);
        let was_published = untrack(move || draft.state()) == EntryState::Published;
        saver.run(Some(Then::new(move |answer: Result<Entry>| match answer {
            Ok(_) if was_published => toasts.say("Saved. Readers see the change now."),
            Ok(_) => toasts.say("Saved."),
            Err(error) => refused.set(Some(error)),
        })));
    };

    let (title, text_node) = (NodeRef::new(), NodeRef::new());
    keep_in_step::<html::Input>(title, Some(draft.title));
    keep_in_step::<html::Textarea>(text_node, Some(draft.content));
    let desk = Desk {
        area: Area(text_node),
        slash: Slash::new(),
        form: RwSignal::new(Form::Table),
        inserting: RwSignal::new(false),
        choosing: RwSignal::new(false),
        finder: Finder::new(),
        pictures: Pictures::new(&project.id),
        ready: RwSignal::new(false),
    };
    let mode = RwSignal::new(Mode::Split);
    Effect::new(move |_| {
        desk.ready.set(true);
        if let Some(remembered) = Mode::remembered() {
            mode.set(remembered);
        }
    });
    let keys_open = RwSignal::new(false);
    let notes = Notes::new(project.id.clone());
    keys::listen(save, move || sheet.show(saver, refused), keys_open, notes.open);

    let known = RwSignal::new(tags);
    let project_id = StoredValue::new(project.id.clone());
    let create_tag = move |(name, color): (String, Option<String>)| {
        // Shown at once; if the server is away, the tag is made without a colour when the entry is saved.
        known.update(|known| known.push(TagToOffer { name: name.clone(), color: color.clone() }));
        spawn_local(async move {
            let color = color.unwrap_or_default();
            if let Ok(made) = create_entry_tag(project_id.get_value(), name.clone(), color).await {
                let _ = known.try_update(|known| {
                    if let Some(place) = known.iter_mut().find(|tag| tag.name == name) {
                        *place = made;
                    }
                });
            }
        });
    };
    let offered = Signal::derive(move || {
        let known = known.read();
        known.iter().map(|tag| KnownTag { name: tag.name.clone(), color: tag.color.clone() }).collect::<Vec<_>>()
    });

    let state = Memo::new(move |_| draft.state());
    let hidden = |get: fn(&Entry) -> String, none: &'static str| {
        move || draft.stored.read().as_ref().map_or_else(|| none.to_owned(), get)
    };
    let name =
        move || draft.stored.with(|entry| entry.as_ref().map_or("New entry".to_owned(), |entry| entry.title.clone()));
    let (top, dialog, publishing) = (project.clone(), project.clone(), project.clone());
    let submitted = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        save();
    };
    view! {
        <Title text=move || format!("{} · Tidings", name())/>
        <main on:click=leave::ask_on_links(move || draft.is_changed())>
            <h1 class="sr-only">{move || if draft.stored.read().is_some() { "Edit entry" } else { "New entry" }}</h1>
            <form class="editor" id=FORM method="post" action=SaveEntry::url() on:submit=submitted>
                <TopLine project=top saver sheet refused publishes deletes revisions/>
                <div class="editor-head">
                    <input type="hidden" name="project" value=project.id.to_string()/>
                    <input type="hidden" name="entry" value=hidden(|entry| entry.id.to_string(), "")/>
                    // Whoever sends the form pressed a button.
                    <input type="hidden" name="manual" value="true"/>
                    <input type="hidden" name="lock_version" value=hidden(|entry| entry.lock_version.to_string(), "0")/>
                    <FormError message=worth_telling(told) fields=wrong_fields(told)/>
                    <SignedOut saver/>
                    <Conflict saver/>
                    <Recovery saver/>
                    <PlanNotice planning=sheet.planning draft/>
                    <RequestNotices requests me=me.clone() decisions/>
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
                        aria-invalid=move || field_error(failure, "title").get().map(|_| "true")
                        node_ref=title
                        value=draft.title.get_untracked()
                        on:input=move |event| draft.title.set(event_target_value(&event))
                        on:keydown=move |event| {
                            // Enter goes on to the text; the form has its own button.
                            if event.key() == "Enter" && !event.ctrl_key() && !event.meta_key() && !event.is_composing() {
                                event.prevent_default();
                                desk.area.focus();
                            }
                        }
                    />
                    <div class="editor-meta">
                        <VersionField saver project=project.id.clone() error=field_error(failure, "version")/>
                        <TagPicker
                            label="Tags"
                            name="tags"
                            bind=draft.tags
                            known=offered
                            on_create=create_tag
                            palette=PALETTE.map(|(hex, name)| (hex.to_owned(), name.to_owned())).to_vec()
                            error=field_error(failure, "tags")
                        />
                        <StateMark mark=Signal::derive(move || mark(state.get()))/>
                        <span class="editor-moment">{move || moment_of(draft, sheet.publication.read().moment.clone(), &sheet.planning.plan.read())}</span>
                    </div>
                    <TemplateOffer desk draft templates/>
                    <PictureNotes desk/>
                </div>
                <Sheets desk draft mode invalid=Signal::derive(move || field_error(failure, "content").get().is_some())/>
                <StatusLine saver/>
            </form>
            <PublishSheet sheet saver notes project=publishing publishes/>
            <InsertDialog desk/>
            <TemplateDialog desk draft templates/>
            <NotesDialog notes saver/>
            <PictureDialog desk/>
            <KeysDialog open=keys_open/>
            <DeleteDialog project=dialog saver/>
            <AskToDeleteDialog project=project.id.clone() stored=draft.stored requests/>
            {(publishes == Verdict::NeedsApproval).then(|| view! {
                <AskToScheduleDialog
                    project=project.id.clone()
                    stored=draft.stored
                    requests
                    zone=Signal::derive(move || sheet.publication.read().zone.clone())
                />
            })}
            <NoticeForms requests me decisions project=project.id/>
        </main>
    }
}

/// A conflict and the end of the session have their own places; every other error is told above the title.
fn worth_telling(told: Signal<Option<Error>>) -> Signal<Option<String>> {
    Signal::derive(move || {
        told.with(|error| match error {
            None | Some(Error::EditedElsewhere { .. } | Error::SignedOut) => None,
            Some(error) => Some(error.to_string()),
        })
    })
}

/// The session ended in the middle of the writing.
#[component]
fn SignedOut(saver: Saver) -> impl IntoView {
    let is_out = Memo::new(move |_| *saver.trouble.read() == Some(Trouble::SignedOut));
    view! {
        <Show when=move || is_out.get()>
            <div role="alert">
                <Notice tone=Tone::Warn title="You are signed out">
                    <p>"Your text is kept here. Sign in in another tab and come back: it is saved then."</p>
                    <div class="cluster">
                        <a class="button button-primary" href="/login" target="_blank" rel="noopener">
                            <span class="button-label">"Sign in"</span>
                        </a>
                        <Button kind="button" variant=Variant::Quiet on_click=move |_| saver.run(None)>"Save now"</Button>
                    </div>
                </Notice>
            </div>
        </Show>
    }
}

/// Tools, text and preview.
#[component]
fn Sheets(desk: Desk, draft: Draft, mode: RwSignal<Mode>, invalid: Signal<bool>) -> impl IntoView {
    let tab = RwSignal::new("editor-write".to_owned());
    let preview = preview_of(draft);
    let outline = Outline::new(draft);
    let shown = NodeRef::<html::Div>::new();
    // The side under the pointer or with the focus leads the scrolling; the other follows.
    let leads = RwSignal::new(Mode::Write);
    let follow_text = move |_| {
        desk.slash.follow(desk);
        desk.finder.follow(desk);
        if leads.get_untracked() != Mode::Write {
            return;
        }
        if let (Some(part), Some(shown)) = (desk.area.scrolled(), shown.get_untracked()) {
            area::set_scroll(&shown, part * f64::from(shown.scroll_height() - shown.client_height()));
        }
    };
    let follow_preview = move |_| {
        if leads.get_untracked() != Mode::Preview {
            return;
        }
        if let Some(shown) = shown.get_untracked() {
            let room = f64::from(shown.scroll_height() - shown.client_height());
            if room > 0.0 {
                desk.area.scroll_to(f64::from(shown.scroll_top()) / room);
            }
        }
    };
    view! {
        <div class="editor-tabs">
            <Tabs
                label="View"
                tabs=vec![("editor-write".to_owned(), "Write".to_owned()), ("editor-preview".to_owned(), "Preview".to_owned())]
                selected=tab
            />
        </div>
        <div class="editor-bars">
            <Tools desk mode menu=move || view! { <OutlineMenu desk outline/> }/>
            <FindBar desk content=draft.content/>
        </div>
        <div
            class="editor-body"
            // Without scripts there is nothing to switch, and both columns show.
            data-tab=move || desk.ready.get().then(|| if tab.read().ends_with("preview") { "preview" } else { "write" })
            data-mode=move || desk.ready.get().then(|| mode.get().as_str())
        >
            <OutlinePanel desk outline/>
            <div class="editor-write" id="editor-write">
                <label class="sr-only" for="field-content">"Text, in Markdown"</label>
                <textarea
                    id="field-content"
                    class="editor-text"
                    name="content"
                    dir="auto"
                    placeholder="What changed, in Markdown. Type / for blocks."
                    aria-invalid=move || invalid.get().then_some("true")
                    aria-autocomplete="list"
                    aria-haspopup="listbox"
                    aria-controls=move || desk.slash.list_id()
                    aria-activedescendant=move || desk.slash.active_id()
                    node_ref=desk.area.0
                    on:input=move |event| {
                        draft.content.set(event_target_value(&event));
                        desk.slash.look(desk);
                    }
                    on:keydown=move |event| tools::key_in_text(desk, &event)
                    on:paste=move |event| tools::pasted(desk, &event)
                    on:dragover=move |event| media::dragged(&event)
                    on:drop=move |event| media::dropped(desk, &event)
                    on:click=move |_| desk.slash.look(desk)
                    on:focus=move |_| leads.set(Mode::Write)
                    on:mouseenter=move |_| leads.set(Mode::Write)
                    on:blur=move |_| desk.slash.close()
                    on:scroll=follow_text
                >
                    {draft.content.get_untracked()}
                </textarea>
                <SlashMenu desk/>
                <FoundMark desk content=draft.content/>
            </div>
            <div
                class="editor-preview"
                id="editor-preview"
                role="region"
                aria-label="Preview"
                tabindex="0"
                node_ref=shown
                on:focus=move |_| leads.set(Mode::Preview)
                on:mouseenter=move |_| leads.set(Mode::Preview)
                on:scroll=follow_preview
            >
                <div class="prose" dir="auto" inner_html=move || preview.get()></div>
            </div>
        </div>
    }
}

/// Words, characters, reading time, and whether everything is on the server.
#[component]
fn StatusLine(saver: Saver) -> impl IntoView {
    let content = saver.draft.content;
    let words = Memo::new(move |_| content.with(|text| text.split_whitespace().count()));
    let characters = Memo::new(move |_| content.with(|text| text.chars().count()));
    let counted = |count: usize, one: &str, many: &str| {
        if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
    };
    let state = Memo::new(move |_| saver.words());
    let time = move || saver.saved_at.get().filter(|_| state.read().0 == "Saved").map(local::time_of);
    view! {
        <div class="editor-status">
            <span>{move || counted(words.get(), "word", "words")}</span>
            <span>{move || counted(characters.get(), "character", "characters")}</span>
            // 200 words a minute, the usual figure for reading on a screen.
            <span class="editor-minutes">{move || format!("{} min to read", words.get().div_ceil(200).max(1))}</span>
            <span class="editor-saved push" data-warn=move || state.read().1.then_some("true")>
                <span>{move || state.get().0}</span>
                {move || time().map(|time| view! { <span class="editor-time">{time}</span> })}
            </span>
            // Only trouble is read aloud: every other change would interrupt the writing.
            <span class="sr-only" role="status">{move || state.get().1.then(|| state.get().0)}</span>
        </div>
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
