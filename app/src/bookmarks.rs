//! Entries that people mark for themselves: the star beside an entry, and the page that lists them.

use std::collections::HashSet;

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::bookmarks::{Bookmark, BookmarkSort, BookmarksRead};
use model::{EntryId, ProjectId, Result, versions};
use ui::{
    Button, ButtonLink, Choice, EmptyState, FormError, Glyph, Icon, PageHeader, SearchField, Section, Select,
    SkeletonRows, StateMark, Table, TextArea, Variant, use_toasts,
};

use crate::dates::Moment;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::home::mark;
use crate::params::{project_path, with_query};
use crate::pending::{Pending, later};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::access::ReadEntries;

const PATH: &str = "/dashboard/bookmarks";
/// The forms that the buttons of a list belong to.
const MARK: &str = "bookmark-set";
const UNMARK: &str = "bookmark-clear";

/// The caller's bookmarks, in an order of choice: "recent", "title" or "project".
#[server(prefix = "/rpc", endpoint = "bookmarks/list")]
pub async fn list_bookmarks(
    #[server(default)] search: String,
    #[server(default)] project: String,
    #[server(default)] sort: String,
) -> Result<Vec<Bookmark>> {
    act(async |cx| {
        let may = cx.instance_grant::<ReadEntries>()?;
        let project = project.parse::<ProjectId>().ok();
        services::bookmarks::list(&cx.services, &may, &search, project, BookmarkSort::parse(&sort)).await
    })
    .await
}

/// Marks an entry, or takes the mark away. Says which entry it was, and how it is now.
#[server(prefix = "/rpc", endpoint = "bookmarks/set")]
pub async fn set_bookmark(
    project: ProjectId,
    entry: EntryId,
    #[server(default)] marked: bool,
) -> Result<(EntryId, bool)> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        services::bookmarks::set(&cx.services, &may, &entry, marked).await?;
        Ok((entry, marked))
    })
    .await
}

/// Adds the bookmarks of a file.
#[server(prefix = "/rpc", endpoint = "bookmarks/import")]
pub async fn import_bookmarks(#[server(default)] file: String) -> Result<BookmarksRead> {
    act(async |cx| {
        let may = cx.instance_grant::<ReadEntries>()?;
        services::bookmarks::import(&cx.services, &may, &file).await
    })
    .await
}

/// Counts up when the person marks an entry or takes a mark away, for who shows the marks.
#[derive(Clone, Copy)]
pub(crate) struct BookmarksChanged(pub RwSignal<u32>);

/// Tells who shows the marks.
fn tell() {
    if let Some(BookmarksChanged(changed)) = use_context() {
        changed.update(|count| *count += 1);
    }
}

/// The marks of the entries in a list. The forms that change them stand outside the list ([`BookmarkForms`]), because
/// rows can be part of other forms.
#[derive(Clone, Copy)]
pub struct Marks {
    marked: RwSignal<HashSet<EntryId>>,
    set: ServerAction<SetBookmark>,
}

impl Marks {
    /// Follows what is done in this page.
    #[expect(clippy::new_without_default, reason = "it starts to follow, which no default value does")]
    pub fn new() -> Self {
        let marks = Self { marked: RwSignal::new(HashSet::new()), set: ServerAction::new() };
        Effect::new(move || {
            if let Some(Ok((entry, is_marked))) = marks.set.value().get() {
                marks.marked.update(|marked| {
                    if is_marked {
                        marked.insert(entry)
                    } else {
                        marked.remove(&entry)
                    };
                });
                tell();
            }
        });
        marks
    }

    /// What changes them, for whoever shows that it failed.
    pub fn action(self) -> ServerAction<SetBookmark> {
        self.set
    }

    /// Takes what the server knows.
    pub fn load(self, marked: Vec<EntryId>) {
        self.marked.set(marked.into_iter().collect());
    }
}

/// The forms behind the stars of a project's entries.
#[component]
pub(crate) fn BookmarkForms(project: ProjectId, marks: Marks) -> impl IntoView {
    let (here, also) = (project.to_string(), project.to_string());
    view! {
        <ActionForm action=marks.set attr:id=MARK>
            <input type="hidden" name="project" value=here/>
            <input type="hidden" name="marked" value="true"/>
        </ActionForm>
        <ActionForm action=marks.set attr:id=UNMARK>
            <input type="hidden" name="project" value=also/>
            <input type="hidden" name="marked" value="false"/>
        </ActionForm>
    }
}

/// The star of an entry. Its form is one of [`BookmarkForms`].
#[component]
pub(crate) fn Star(entry: EntryId, title: String, marks: Marks) -> impl IntoView {
    let id = entry.to_string();
    let is_marked = Memo::new(move |_| marks.marked.with(|marked| marked.contains(&entry)));
    let label = move || match is_marked.get() {
        true => format!("Remove the bookmark of \u{201c}{title}\u{201d}"),
        false => format!("Bookmark \u{201c}{title}\u{201d}"),
    };
    view! {
        <button
            type="submit"
            class="button button-bare button-small button-icon star"
            form=move || if is_marked.get() { UNMARK } else { MARK }
            name="entry"
            value=id
            aria-pressed=move || is_marked.get().to_string()
            aria-label=label.clone()
            title=label
        >
            <Icon glyph=Glyph::Star/>
        </button>
    }
}

#[component]
pub fn BookmarksPage() -> impl IntoView {
    let query = use_query_map();
    let text = move |name: &'static str| Memo::new(move |_| query.with(|query| query.get(name).unwrap_or_default()));
    let (search, project, sort) = (text("q"), text("project"), text("sort"));
    let remove = ServerAction::<SetBookmark>::new();
    let import = ServerAction::<ImportBookmarks>::new();
    let toasts = use_toasts();
    let done = RwSignal::new(0_u32);
    Effect::new(move || {
        if matches!(remove.value().get(), Some(Ok(_))) {
            toasts.say("Bookmark removed.");
            tell();
            done.update(|count| *count += 1);
        }
    });
    Effect::new(move || {
        if let Some(Ok(read)) = import.value().get() {
            toasts.say(brought(read));
            done.update(|count| *count += 1);
        }
    });
    let list = Resource::new(
        move || (search.get(), project.get(), sort.get(), done.get()),
        |(search, project, sort, _)| list_bookmarks(search, project, sort),
    );
    view! {
        <Title text="Bookmarks · Tidings"/>
        <div class="page">
            <PageHeader
                title="Bookmarks"
                lead=Some("Entries you have marked with a star. Nobody else sees them.".to_owned())
            />
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match list.await {
                        Ok(list) => {
                            let narrowed = untrack(move || !search.get().is_empty() || !project.get().is_empty());
                            view! {
                                <BookmarkList
                                    list
                                    search=search.get_untracked()
                                    project=project.get_untracked()
                                    sort=sort.get_untracked()
                                    narrowed
                                    remove
                                />
                            }
                            .into_any()
                        }
                        Err(error) => {
                            let retry = move |()| list.refetch();
                            view! { <Failure error what="The bookmarks could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
            <Exchange import/>
        </div>
    }
}

/// What a file brought, in one sentence.
fn brought(read: BookmarksRead) -> String {
    let mut parts = vec![format!("{} added", read.added)];
    if read.known > 0 {
        parts.push(format!("{} were there already", read.known));
    }
    if read.missing > 0 {
        parts.push(format!("{} of entries that are not here", read.missing));
    }
    format!("{}.", parts.join(", "))
}

#[component]
fn BookmarkList(
    list: Vec<Bookmark>,
    search: String,
    project: String,
    sort: String,
    narrowed: bool,
    remove: ServerAction<SetBookmark>,
) -> impl IntoView {
    if list.is_empty() && !narrowed {
        return view! {
            <EmptyState title="No bookmarks yet" text="Mark an entry with the star in the list of a project's entries, or in the editor.">
                <ButtonLink href="/dashboard/projects">"Projects"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let sorts: Vec<Choice> =
        BookmarkSort::ALL.into_iter().map(|sort| Choice::new(sort.as_str(), sort.label())).collect();
    let of_one = list.first().filter(|_| !project.is_empty()).map(|first| first.project_name.clone());
    let everywhere = with_query(PATH, &[("q", &search), ("sort", &sort)]);
    let groups = BookmarkSort::parse(&sort) == BookmarkSort::Project;
    view! {
        <form class="list-bar" method="get" action=PATH role="search">
            <input type="hidden" name="project" value=project.clone()/>
            <SearchField label="Search bookmarks" name="q" value=search shortcut="/"/>
            <Select label="Order" name="sort" value=sort options=sorts hide_label=true/>
            <Button kind="submit" variant=Variant::Quiet>"Show"</Button>
        </form>
        {(!project.is_empty()).then(|| view! {
            <p class="soft small">
                {of_one.map(|name| view! { "Of " <bdi>{name}</bdi> ". " })}
                <a href=everywhere>"Show those of every project"</a>
            </p>
        })}
        {if list.is_empty() {
            view! {
                <EmptyState title="Nothing found" text="No bookmark matches.">
                    <ButtonLink href=PATH>"Show all bookmarks"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <FormError message=form_error(failure_of(remove))/>
                <Table
                    caption="Bookmarks"
                    head=|| view! {
                        <th scope="col">"State"</th>
                        <th scope="col">"Title"</th>
                        <th scope="col">"Version"</th>
                        <th scope="col">"Project"</th>
                        <th scope="col">"Marked"</th>
                        <th scope="col"><span class="sr-only">"Actions"</span></th>
                    }
                >
                    {rows(list, groups, remove)}
                </Table>
            }
            .into_any()
        }}
    }
    .into_any()
}

/// The rows; with `groups`, under a line for each project.
fn rows(list: Vec<Bookmark>, groups: bool, remove: ServerAction<SetBookmark>) -> impl IntoView {
    let mut last = None;
    list.into_iter()
        .map(|bookmark| {
            let is_first = groups && last.replace(bookmark.project_id.clone()).as_ref() != Some(&bookmark.project_id);
            let heading = is_first.then(|| {
                let (href, name) = (project_path(&bookmark.project_id, ""), bookmark.project_name.clone());
                view! { <tr class="row-group"><th colspan="6" scope="colgroup"><a href=href dir="auto">{name}</a></th></tr> }
            });
            view! { {heading} <BookmarkRow bookmark remove/> }
        })
        .collect_view()
}

#[component]
fn BookmarkRow(bookmark: Bookmark, remove: ServerAction<SetBookmark>) -> impl IntoView {
    let href = project_path(&bookmark.project_id, &format!("/changelog/{}", bookmark.entry_id));
    let project = project_path(&bookmark.project_id, "/changelog");
    let state = bookmark.state();
    view! {
        <tr>
            <td class="cell-mark"><StateMark mark=mark(state) compact=true/></td>
            <td class="cell-main">
                <a href=href data-row-link="" dir="auto" title=bookmark.title.clone()>{bookmark.title.clone()}</a>
            </td>
            <td class="mono">{bookmark.version.as_deref().map(versions::label)}</td>
            <td><a href=project dir="auto">{bookmark.project_name}</a></td>
            <td><Moment at=bookmark.bookmarked_at/></td>
            <td class="cell-end">
                <ActionForm action=remove>
                    <input type="hidden" name="project" value=bookmark.project_id.to_string()/>
                    <input type="hidden" name="entry" value=bookmark.entry_id.to_string()/>
                    <input type="hidden" name="marked" value="false"/>
                    <Button variant=Variant::Bare kind="submit" small=true>
                        "Remove" <span class="sr-only">{format!(" the bookmark of \u{201c}{}\u{201d}", bookmark.title)}</span>
                    </Button>
                </ActionForm>
            </td>
        </tr>
    }
}

/// Taking bookmarks along, and bringing some.
#[component]
fn Exchange(import: ServerAction<ImportBookmarks>) -> impl IntoView {
    let failure = failure_of(import);
    view! {
        <Section title="Take them along" text="Bookmarks travel as a JSON file, also those that Changerawr kept in the browser.">
            <p><a href="/api/bookmarks" download="bookmarks.json" rel="external">"Download bookmarks.json"</a></p>
            <ActionForm action=import attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <TextArea
                    label="Text of a file"
                    name="file"
                    rows=4
                    mono=true
                    hint="What is marked already stays. Entries that are not here are left out."
                    error=field_error(failure, "file")
                />
                <div class="cluster"><Button variant=Variant::Quiet kind="submit" busy=import.pending()>"Add bookmarks"</Button></div>
            </ActionForm>
        </Section>
    }
}
