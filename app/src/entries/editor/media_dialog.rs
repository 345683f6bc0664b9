//! The dialog behind "Picture": a file of this machine, or one that the project has already.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::Result;
use model::media::{MAX_ALT, MediaKind, Medium};
use ui::{Button, Checkbox, Dialog, DialogActions, Field, FormError, Variant};

use super::Desk;
use super::media::picked;
use crate::media::{MediaView, list_media};

#[component]
pub(super) fn PictureDialog(desk: Desk) -> impl IntoView {
    let open = desk.pictures.choosing;
    // As in the other dialogs of the editor: each time it begins anew.
    let times = Memo::new(move |before: Option<&u32>| before.copied().unwrap_or(0) + u32::from(open.get()));
    view! {
        <Dialog id="editor-picture" open title="Insert picture or file">
            <For each=move || Some(times.get()).filter(|times| *times > 0) key=|times| *times let:_>
                <FromMachine desk/>
                <FromLibrary desk/>
            </For>
        </Dialog>
    }
}

/// Closes the dialog, which keeps every edit to itself while it is open, and goes on then.
fn after_closing(desk: Desk, then: impl FnOnce() + 'static) {
    desk.pictures.choosing.set(false);
    spawn_local(async move {
        leptos::task::tick().await;
        then();
    });
}

#[component]
fn FromMachine(desk: Desk) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let (alt, is_decorative) = (RwSignal::new(String::new()), RwSignal::new(false));
    let wrong = RwSignal::new(None::<String>);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(input) = input.get_untracked() else { return };
        let files = picked(&input);
        let said = alt.get_untracked().trim().to_owned();
        let is_picture = files.iter().any(|file| file.type_().starts_with("image/"));
        if is_picture && said.is_empty() && !is_decorative.get_untracked() {
            wrong.set(Some("Say what it shows, or tick that it is decorative.".to_owned()));
            return;
        }
        let decorative = is_decorative.get_untracked() && said.is_empty();
        after_closing(desk, move || desk.take(files, &said, decorative));
    };
    view! {
        <form class="stack" on:submit=submit>
            <div class="field">
                <label class="field-label" for="picture-file">"File"</label>
                <input id="picture-file" class="media-file" type="file" required=true accept=MediaKind::ACCEPT node_ref=input/>
            </div>
            <Field
                label="Description"
                name="picture_alt"
                bind=alt
                maxlength=MAX_ALT as u32
                hint="What it shows, for people who do not see it."
                error=wrong
            />
            <Checkbox label="Decorative: it shows nothing that has to be said" name="picture_decorative" bind=is_decorative/>
            <DialogActions>
                <Button variant=Variant::Primary>"Upload and insert"</Button>
            </DialogActions>
        </form>
    }
}

#[component]
fn FromLibrary(desk: Desk) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Result<MediaView>>);
    let asked = RwSignal::new(0_u32);
    let look = move || {
        asked.update(|count| *count += 1);
        let mine = asked.get_untracked();
        spawn_local(async move {
            let answer = list_media(desk.pictures.project(), search.get_untracked(), false, 1).await;
            // An older answer may come later.
            if asked.try_get_untracked() == Some(mine) {
                let _ = found.try_set(Some(answer));
            }
        });
    };
    look();
    let insert = move |medium: &Medium| {
        let made = medium.markdown();
        after_closing(desk, move || desk.place(&made));
    };
    let results = move || {
        match found.get() {
        None => view! { <p class="field-hint" role="status">"Loading the library\u{2026}"</p> }.into_any(),
        Some(Err(error)) => view! { <FormError message=Signal::stored(Some(error.to_string()))/> }.into_any(),
        Some(Ok(view)) if view.media.is_empty() => {
            let text = if search.get_untracked().trim().is_empty() {
                "Nothing has been uploaded to this project yet."
            } else {
                "Nothing is called or described so."
            };
            view! { <p class="field-hint" role="status">{text}</p> }.into_any()
        }
        Some(Ok(view)) => view! {
            <ul class="media-grid media-picks" aria-label="From the library">
                {view
                    .media
                    .into_iter()
                    .map(|one| {
                        let medium = one.medium;
                        let name = if medium.alt.is_empty() { medium.name.clone() } else { medium.alt.clone() };
                        let thumb = medium.kind.is_picture().then(|| view! { <img src=medium.path_at(400) alt="" loading="lazy"/> });
                        view! {
                            <li>
                                <button type="button" class="media-pick" title=name.clone() on:click=move |_| insert(&medium)>
                                    <span class="media-thumb">{thumb}</span>
                                    <span class="media-name" dir="auto">{name.clone()}</span>
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        }
        .into_any(),
    }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        look();
    };
    view! {
        <section class="stack media-library" aria-labelledby="picture-library">
            <h3 id="picture-library">"From the library"</h3>
            <form class="cluster" role="search" on:submit=submit>
                <Field label="Search the library" name="picture_search" bind=search hide_label=true placeholder="Search"/>
                <Button variant=Variant::Quiet>"Search"</Button>
            </form>
            {results}
        </section>
    }
}
