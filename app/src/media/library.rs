//! The library: every picture and file of a project, with a form for more.

use crate::title::Title;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_navigate, use_query_map};
use model::media::{MAX_ALT, MediaKind};
use model::{Error, MediaId, ProjectId, Result};
use server_fn::error::ServerFnUrlError;
use ui::{
    Button, ButtonLink, Checkbox, EmptyState, Field, FormError, Glyph, Icon, PageHeader, Pager, SearchField, Section,
    SkeletonRows, StatusMark, Tone, Variant, use_toasts,
};
use wasm_bindgen::JsCast;

use super::one::OnePanel;
use super::{
    DeleteMedium, DescribeMedium, MediaView, UPLOAD, UsedMedium, about, get_medium, library_path, list_media, readable,
    send_form, used,
};
use crate::failure::{Failure, field_error, form_error, wrong_fields};
use crate::params::{project_param, with_query};
use crate::pending::{Pending, later};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Asked {
    search: String,
    page: i64,
}

/// Answers once for the list and once for the one that is open.
#[component]
pub fn MediaPage() -> impl IntoView {
    let project = project_param();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| Asked {
            search: query.get("q").unwrap_or_default(),
            page: query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1),
        })
    });
    let shown = Memo::new(move |_| query.with(|query| query.get("show")).and_then(|id| id.parse::<MediaId>().ok()));
    let changes = RwSignal::new(0_u32);
    let (describe, remove) = (ServerAction::<DescribeMedium>::new(), ServerAction::<DeleteMedium>::new());
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(_)) = describe.value().get() {
            toasts.say("The description is saved.");
            changes.update(|count| *count += 1);
        }
    });
    Effect::new(move || {
        if let Some(Ok(())) = remove.value().get() {
            toasts.say("The file is deleted.");
            changes.update(|count| *count += 1);
        }
    });
    let list = Resource::new(
        move || (project.get(), asked.get(), changes.get()),
        |(project, asked, _)| async move { list_media(project?, asked.search, false, asked.page).await },
    );
    let one = Resource::new(
        move || (project.get(), shown.get(), changes.get()),
        |(project, shown, _)| async move {
            match shown {
                Some(id) => get_medium(project?, id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    view! {
        <Title text="Media · Tidings"/>
        <div class="page">
            <PageHeader title="Media" lead=Some("Pictures and files of this project. Readers see those that stand in what is published.".to_owned())/>
            <Pending>
                {move || later(async move {
                    match (one.await, project.get_untracked()) {
                        (Ok(Some(one)), Ok(project)) => {
                            let writes = list.await.is_ok_and(|list| list.writes);
                            view! { <OnePanel project one writes describe remove/> }.into_any()
                        }
                        (Err(Error::NotFound), Ok(project)) => view! {
                            <EmptyState title="It is not here" text="It may have been deleted.">
                                <ButtonLink href=library_path(&project)>"Show the library"</ButtonLink>
                            </EmptyState>
                        }
                        .into_any(),
                        (Err(error), _) => view! { <Failure error what="It could not be loaded."/> }.into_any(),
                        _ => ().into_any(),
                    }
                })}
            </Pending>
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match (list.await, project.get_untracked()) {
                        (Ok(list), Ok(project)) => {
                            let asked = asked.get_untracked();
                            view! { <Library project list asked changes/> }.into_any()
                        }
                        (Err(error), _) | (_, Err(error)) => {
                            let retry = move |()| list.refetch();
                            view! { <Failure error what="The media could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn Library(project: ProjectId, list: MediaView, asked: Asked, changes: RwSignal<u32>) -> impl IntoView {
    let MediaView { media, total, page, pages, most_bytes, writes } = list;
    let path = library_path(&project);
    let search = asked.search;
    let href = |page: i64| {
        let page = if page > 1 { page.to_string() } else { String::new() };
        with_query(&library_path(&project), &[("q", &search), ("page", &page)])
    };
    let newer = (page > 1).then(|| href(page - 1));
    let older = (page < pages).then(|| href(page + 1));
    let is_empty = total == 0 && search.is_empty();
    let upload = writes.then(|| view! { <UploadForm project=project.clone() most_bytes changes/> });
    let content = if is_empty {
        view! {
            <EmptyState
                title="No pictures yet"
                text="Upload one here, or drag it onto the text of an entry."
            />
        }
        .into_any()
    } else {
        let bar = view! {
            <form class="list-bar" method="get" action=path.clone() role="search">
                <SearchField label="Search media" value=search.clone() shortcut="/"/>
            </form>
        };
        let found = if media.is_empty() {
            view! {
                <EmptyState title="Nothing found" text=format!("Nothing is called or described as \u{201c}{search}\u{201d}.")>
                    <ButtonLink href=path>"Show all"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <ul class="media-grid" aria-label="Media">
                    {media.into_iter().map(|one| view! { <Card project=project.clone() one/> }).collect_view()}
                </ul>
                <Pager newer=newer older=older names=("Newer", "Older") label="Pages of the library"/>
            }
            .into_any()
        };
        view! { {bar} {found} }.into_any()
    };
    view! { {upload} {content} }
}

/// One picture or file, as a link to what can be done about it.
#[component]
fn Card(project: ProjectId, one: UsedMedium) -> impl IntoView {
    let UsedMedium { medium, uses } = one;
    let href = with_query(&library_path(&project), &[("show", medium.id.as_str())]);
    let lacks = medium.lacks_alt();
    let picture = if medium.kind.is_picture() {
        // What it shows is told below.
        view! { <img src=medium.path_at(400) alt="" loading="lazy" decoding="async"/> }.into_any()
    } else {
        view! { <Icon glyph=Glyph::Download size=20/> }.into_any()
    };
    view! {
        <li class="media-card">
            <a href=href>
                <span class="media-thumb">{picture}</span>
                <span class="media-name" title=medium.name.clone() dir="auto">{medium.name.clone()}</span>
            </a>
            <span class="soft small">{about(&medium)}</span>
            <span class="soft small">{used(&uses)}</span>
            {lacks.then(|| view! { <StatusMark tone=Tone::Warn word="No description"/> })}
        </li>
    }
}

/// What a plain form was refused for, as its address says.
fn refused_form() -> Signal<Option<Error>> {
    let query = use_query_map();
    Signal::derive(move || {
        let (path, error) = query.with(|query| (query.get("__path"), query.get("__err")));
        (path.as_deref() == Some(UPLOAD)).then(|| error.map(|error| ServerFnUrlError::<Error>::decode_err(&error)))?
    })
}

/// A plain form, which scripts send without leaving the page.
#[component]
fn UploadForm(project: ProjectId, most_bytes: u64, changes: RwSignal<u32>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let sent = RwSignal::new(None::<Result<()>>);
    let plain = refused_form();
    let failure = Signal::derive(move || match sent.get() {
        Some(outcome) => outcome.err(),
        None => plain.get(),
    });
    let toasts = use_toasts();
    let go = use_navigate();
    let path = library_path(&project);
    let submit = move |event: web_sys::SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let Ok(data) = web_sys::FormData::new_with_form(&form) else { return };
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (go, path) = (go.clone(), path.clone());
        spawn_local(async move {
            let outcome = send_form(data).await;
            let _ = busy.try_set(false);
            match outcome {
                Ok(medium) => {
                    toasts.say(format!("\u{201c}{}\u{201d} is uploaded.", medium.name));
                    form.reset();
                    let _ = sent.try_set(Some(Ok(())));
                    go(&with_query(&path, &[("show", medium.id.as_str())]), Default::default());
                    let _ = changes.try_update(|count| *count += 1);
                }
                Err(error) => {
                    let _ = sent.try_set(Some(Err(error)));
                }
            }
        });
    };
    let hint = format!("{}. Up to {}.", MediaKind::NAMES, readable(i64::try_from(most_bytes).unwrap_or(i64::MAX)));
    let wrong = field_error(failure, "file");
    view! {
        <Section title="Upload" text="Pictures are made small enough for readers, and lose what cameras note in them, such as the place.">
            <form class="stack" method="post" action=UPLOAD enctype="multipart/form-data" on:submit=submit>
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="project" value=project.to_string()/>
                <div class="field">
                    <label class="field-label" for="field-file">"File"</label>
                    <input
                        id="field-file"
                        class="media-file"
                        type="file"
                        name="file"
                        accept=MediaKind::ACCEPT
                        required=true
                        aria-describedby="field-file-hint"
                        aria-invalid=move || wrong.get().map(|_| "true")
                    />
                    <p class="field-hint" id="field-file-hint">{hint}</p>
                    {move || wrong.get().map(|wrong| view! { <p class="field-error">{wrong}</p> })}
                </div>
                <Field
                    label="Description"
                    name="alt"
                    maxlength=MAX_ALT as u32
                    hint="What a picture shows, for people who do not see it."
                    error=field_error(failure, "alt")
                />
                <Checkbox label="Decorative: it shows nothing that has to be said" name="decorative"/>
                <div class="cluster">
                    <Button variant=Variant::Primary glyph=Glyph::Upload busy>"Upload"</Button>
                </div>
            </form>
        </Section>
    }
}
