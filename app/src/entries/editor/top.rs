//! The line over the entry: the way back, and what can be done.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::entries::{Entry, EntryState};
use model::projects::Project;
use model::requests::RequestKind;
use model::{Error, ProjectId, Result, Verdict};
use ui::{
    Breadcrumb, Button, ButtonLink, Crumb, Dialog, DialogActions, FormError, Glyph, Icon, Menu, MenuButton, MenuRule,
    Variant, use_toasts,
};
use wasm_bindgen::JsCast;

use super::ask_schedule::DIALOG;
use super::draft::Draft;
use super::local;
use super::presence::Presence;
use super::publish::Sheet;
use super::saving::{Saver, Then};
use crate::bookmarks::set_bookmark;
use crate::entries::{DeleteEntry, duplicate_entry};
use crate::failure::{failure_of, form_error};
use crate::history::{count_revisions, history_path};
use crate::params::project_path;

pub(super) fn crumbs(project: &Project) -> Vec<Crumb> {
    vec![
        Crumb::link(project.name.clone(), project_path(&project.id, "")),
        Crumb::link("Entries", project_path(&project.id, "/changelog")),
    ]
}

/// The path at which readers find the entry, if they do.
pub(super) fn public_path(project: &Project, draft: Draft) -> Signal<Option<String>> {
    let (slug, is_public) = (project.slug.clone(), project.is_public);
    Signal::derive(move || {
        let stored = draft.stored.read();
        let entry = stored.as_ref().filter(|entry| is_public && entry.state() == EntryState::Published)?;
        Some(format!("/changelog/{slug}/{}", entry.slug))
    })
}

#[component]
pub(super) fn TopLine(
    project: Project,
    saver: Saver,
    sheet: Sheet,
    refused: RwSignal<Option<Error>>,
    publishes: Verdict,
    deletes: Memo<Verdict>,
    revisions: i64,
) -> impl IntoView {
    let draft = saver.draft;
    let state = Memo::new(move |_| draft.state());
    let public = public_path(&project, draft);
    let show = move |event: web_sys::MouseEvent| {
        // Without scripts the button sends the form.
        event.prevent_default();
        sheet.show(saver, refused);
    };
    view! {
        <div class="editor-top">
            <Breadcrumb crumbs=crumbs(&project)/>
            <Presence saver project=project.id.clone()/>
            <HistoryLink project=project.id.clone() saver revisions/>
            {move || public.get().map(|href| view! { <ButtonLink href=href external=true>"View"</ButtonLink> })}
            {move || match (state.get(), publishes) {
                (EntryState::Published, _) => view! {
                    <Button variant=Variant::Primary kind="submit" name="intent" value="">"Update"</Button>
                    <Button variant=Variant::Quiet kind="button" title="Date, address, unpublish (Ctrl+Enter)" on_click=show>"Publication"</Button>
                }
                .into_any(),
                (EntryState::Scheduled, Verdict::Allowed) => view! {
                    <Button variant=Variant::Quiet kind="submit" name="intent" value="" title="Ctrl+S">"Save"</Button>
                    <Button variant=Variant::Primary kind="button" title="Time, address, unschedule (Ctrl+Enter)" on_click=show>"Schedule"</Button>
                }
                .into_any(),
                (_, Verdict::Allowed) => view! {
                    <Button variant=Variant::Quiet kind="submit" name="intent" value="" title="Ctrl+S">"Save"</Button>
                    <Button variant=Variant::Primary kind="submit" name="intent" value="publish" title="Ctrl+Enter" on_click=show>"Publish"</Button>
                }
                .into_any(),
                (EntryState::Draft, Verdict::NeedsApproval) if !sheet.requests.is_open(RequestKind::AllowPublish) => view! {
                    <Button variant=Variant::Quiet kind="submit" name="intent" value="" title="Ctrl+S">"Save"</Button>
                    <Button variant=Variant::Primary kind="submit" name="intent" value="request" title="Ctrl+Enter" on_click=show>"Ask to publish"</Button>
                }
                .into_any(),
                _ => view! {
                    <Button variant=Variant::Quiet kind="submit" name="intent" value="" title="Ctrl+S">"Save"</Button>
                }
                .into_any(),
            }}
            <MoreMenu project saver sheet refused public publishes deletes/>
        </div>
    }
}

/// The way to the history, with how many states there are. It grows with the saves of this page.
#[component]
fn HistoryLink(project: ProjectId, saver: Saver, revisions: i64) -> impl IntoView {
    let draft = saver.draft;
    let count = RwSignal::new(revisions);
    let project = StoredValue::new(project);
    Effect::new(move |earlier: Option<()>| {
        saver.saved_at.track();
        if earlier.is_none() {
            return;
        }
        let Some(id) = untrack(move || draft.id()) else { return };
        spawn_local(async move {
            if let Ok(found) = count_revisions(project.get_value(), id).await {
                // The page may be gone by now.
                let _ = count.try_set(found);
            }
        });
    });
    let href = Memo::new(move |_| draft.id().map(|id| project.with_value(|project| history_path(project, &id))));
    move || {
        href.get().map(|href| {
            view! {
                <a class="button button-quiet history-link" href=href title="Versions of this entry">
                    <Icon glyph=Glyph::History/>
                    <span class="button-label">"History"</span>
                    <span class="count">{move || count.get()}</span>
                </a>
            }
        })
    }
}
/// Whether the person has marked the entry.
#[derive(Clone, Copy)]
pub(super) struct Starred(pub RwSignal<bool>);

#[component]
fn MoreMenu(
    project: Project,
    saver: Saver,
    sheet: Sheet,
    refused: RwSignal<Option<Error>>,
    public: Signal<Option<String>>,
    publishes: Verdict,
    deletes: Memo<Verdict>,
) -> impl IntoView {
    let draft = saver.draft;
    let asks_to_schedule = move || {
        let is_draft = draft.state() == EntryState::Draft;
        publishes == Verdict::NeedsApproval && is_draft && !sheet.requests.is_open(RequestKind::AllowSchedule)
    };
    let toasts = use_toasts();
    let project = StoredValue::new(project.id);
    let is_new = Signal::derive(move || draft.stored.read().is_none());
    let duplicate = move |_| {
        saver.run(Some(Then::new(move |answer: Result<Entry>| match answer {
            Ok(entry) => spawn_local(async move {
                // The answer leads to the copy.
                if let Err(error) = duplicate_entry(project.get_value(), entry.id).await {
                    let _ = refused.try_set(Some(error));
                }
            }),
            Err(error) => refused.set(Some(error)),
        })));
    };
    let Starred(starred) = use_context().unwrap_or_else(|| Starred(RwSignal::new(false)));
    let star = move |_| {
        let Some(entry) = untrack(move || draft.stored.read().as_ref().map(|entry| entry.id.clone())) else { return };
        let marked = !starred.get_untracked();
        spawn_local(async move {
            match set_bookmark(project.get_value(), entry, marked).await {
                Ok(_) => {
                    let _ = starred.try_set(marked);
                    toasts.say(if marked { "Bookmarked." } else { "Bookmark removed." });
                }
                Err(error) => {
                    let _ = refused.try_set(Some(error));
                }
            }
        });
    };
    let copy_link = move |_| {
        let path = public.get_untracked().or_else(|| {
            let id = untrack(move || draft.id())?;
            Some(project_path(&project.get_value(), &format!("/changelog/{id}")))
        });
        let (Some(path), Ok(origin)) = (path, window().location().origin()) else { return };
        let copied = window().navigator().clipboard().write_text(&format!("{origin}{path}"));
        spawn_local(async move {
            match wasm_bindgen_futures::JsFuture::from(copied).await {
                Ok(_) => toasts.say("Link copied."),
                Err(_) => toasts.say("The browser did not allow copying the link."),
            }
        });
    };
    view! {
        <Menu label="More" glyph=Glyph::More end=true>
            {move || {
                let label = if starred.get() { "Remove bookmark" } else { "Bookmark" };
                view! { <MenuButton glyph=Glyph::Star disabled=is_new on_click=star>{label}</MenuButton> }
            }}
            <MenuButton glyph=Glyph::Copy disabled=is_new on_click=duplicate>"Duplicate"</MenuButton>
            <MenuButton glyph=Glyph::Link disabled=is_new on_click=copy_link>"Copy link"</MenuButton>
            <MenuButton glyph=Glyph::ListTasks opens="editor-notes">"Quick notes"</MenuButton>
            <MenuButton glyph=Glyph::Download on_click=move |_| export(draft)>"Export .md"</MenuButton>
            {move || asks_to_schedule().then(|| view! {
                <MenuButton glyph=Glyph::Clock disabled=is_new opens=DIALOG>"Ask to schedule"</MenuButton>
            })}
            <MenuRule/>
            {move || match (deletes.get(), sheet.requests.is_open(RequestKind::DeleteEntry)) {
                (Verdict::Allowed, _) => view! {
                    <MenuButton glyph=Glyph::Trash danger=true disabled=is_new opens="delete-entry">"Delete entry"</MenuButton>
                }
                .into_any(),
                (_, false) => view! {
                    <MenuButton glyph=Glyph::Trash opens="ask-to-delete">"Ask to delete"</MenuButton>
                }
                .into_any(),
                (_, true) => view! {
                    <MenuButton glyph=Glyph::Trash disabled=true opens="ask-to-delete">"Deletion requested"</MenuButton>
                }
                .into_any(),
            }}
        </Menu>
    }
}

/// Saves what is in the editor as a Markdown file.
fn export(draft: Draft) {
    let Some(text) = draft.now() else { return };
    let name: String = text.title.trim().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).take(60).collect();
    let name = if name.is_empty() { "entry".to_owned() } else { name };
    let parts = js_sys::Array::of1(&format!("# {}\n\n{}\n", text.title.trim(), text.content.trim_end()).into());
    let kind = web_sys::BlobPropertyBag::new();
    kind.set_type("text/markdown");
    let address = web_sys::Blob::new_with_str_sequence_and_options(&parts, &kind)
        .and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob));
    let (Ok(address), Ok(link)) = (address, document().create_element("a")) else { return };
    // A link with a name for the file is how browsers are told to save something.
    let is_set =
        link.set_attribute("href", &address).and_then(|()| link.set_attribute("download", &format!("{name}.md")));
    if let (Ok(()), Some(link)) = (is_set, link.dyn_ref::<web_sys::HtmlElement>()) {
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&address);
}

#[component]
pub(super) fn DeleteDialog(project: Project, saver: Saver) -> impl IntoView {
    let draft = saver.draft;
    let delete = ServerAction::<DeleteEntry>::new();
    let failure = failure_of(delete);
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if delete.pending().get() {
            // A save that begins later finds nothing to save to.
            saver.stop();
        } else if failure.with(Option::is_some) {
            saver.run(None);
        }
    });
    let id = move || draft.stored.read().as_ref().map(|entry| entry.id.to_string()).unwrap_or_default();
    let title = move || draft.stored.read().as_ref().map(|entry| entry.title.clone()).unwrap_or_default();
    Effect::new(move |_| {
        if delete.value().with(|value| matches!(value, Some(Ok(())))) {
            // What is gone cannot be unsaved.
            saver.guard.forget();
            if let Some(key) = saver.key() {
                local::remove(&key);
            }
        }
    });
    view! {
        <Dialog id="delete-entry" open=open title="Delete the entry?">
            <ActionForm action=delete attr:class="stack">
                <FormError message=form_error(failure)/>
                <input type="hidden" name="project" value=project.id.to_string()/>
                <input type="hidden" name="entry" value=id/>
                <p>"“"{title}"” goes to the trash, with its text. It can be restored for 30 days."</p>
                <DialogActions>
                    <Button variant=Variant::Danger kind="submit" busy=delete.pending()>"Delete entry"</Button>
                </DialogActions>
            </ActionForm>
        </Dialog>
    }
}
