//! The search as a page: a form and links, with the same results as the palette.

use crate::title::Title;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::search::{Everything, FoundEntry, Instead, MIN_QUERY, Part, words};
use model::{Error, versions};
use ui::{
    Button, ButtonLink, EmptyState, FormError, Mark, PageHeader, Pager, SearchField, SkeletonRows, StateMark, TagWord,
    Variant,
};

use super::offers::{Deed, pages};
use super::{PAGE, PATH, search_everything};
use crate::account::Me;
use crate::dates::Moment;
use crate::failure::Failure;
use crate::params::{project_path, with_query};
use crate::pending::{Pending, later};
use crate::projects::ProjectSign;

#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query_map();
    let named = move |name: &'static str| Memo::new(move |_| query.with(|query| query.get(name).unwrap_or_default()));
    let (typed, tag) = (named("q"), named("tag"));
    let page = Memo::new(move |_| {
        let page = query.with(|query| query.get("page").and_then(|page| page.parse::<usize>().ok()));
        page.unwrap_or(1).max(1)
    });
    let found = Resource::new(
        move || (typed.get(), tag.get(), page.get()),
        |(words, tag, page)| search_everything(words, tag, page),
    );
    view! {
        <Title text="Search · Tidings"/>
        <div class="page">
            <PageHeader title="Search"/>
            <form class="list-bar" method="get" action=PATH role="search">
                <SearchField label="Search entries, projects and pages" value=typed/>
                {move || (!tag.read().is_empty()).then(|| view! { <input type="hidden" name="tag" value=tag.get()/> })}
                <Button kind="submit">"Search"</Button>
            </form>
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    let (typed, tag) = (typed.get_untracked(), tag.get_untracked());
                    match found.await {
                        Ok(all) => view! { <Found all typed tag page=page.get_untracked()/> }.into_any(),
                        Err(error @ Error::Invalid { .. }) => {
                            let message = error.for_field("query").unwrap_or_else(|| error.to_string());
                            view! { <FormError message=Signal::stored(Some(message))/> }.into_any()
                        }
                        Err(error) => {
                            let retry = move |()| found.refetch();
                            view! { <Failure error what="The search failed." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn Found(all: Everything, typed: String, tag: String, page: usize) -> impl IntoView {
    let role = expect_context::<Me>().role;
    let typed = typed.trim().to_owned();
    if typed.chars().count() < MIN_QUERY && tag.is_empty() {
        return view! {
            <EmptyState
                title="What are you looking for?"
                text="Two characters or more: words of a title or text, a version, a project, a tag, a page."
            />
        }
        .into_any();
    }
    let Everything { entries, total, instead, projects, tags, people } = all;
    let words = words(&typed);
    let pages = if typed.is_empty() { Vec::new() } else { pages(role, None, &words) };
    let is_empty =
        entries.is_empty() && projects.is_empty() && tags.is_empty() && people.is_empty() && pages.is_empty();
    let narrowed = (!tag.is_empty()).then(|| {
        view! {
            <p class="soft small">
                "Entries tagged " <bdi>{tag.clone()}</bdi> ". "
                <a href=with_query(PATH, &[("q", &typed)])>"Search all entries"</a>
            </p>
        }
    });
    if is_empty {
        return view! {
            {narrowed}
            <EmptyState title="Nothing found" text="Try fewer or other words, or only the beginning of one.">
                <ButtonLink href=PATH variant=Variant::Quiet>"Search for something else"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let to = |page: usize| with_query(PATH, &[("q", &typed), ("tag", &tag), ("page", &page.to_string())]);
    let before = (page > 1).then(|| to(page - 1));
    let after = (page.saturating_mul(PAGE) < usize::try_from(total).unwrap_or(0)).then(|| to(page + 1));
    let counted = if total == 1 { "1 entry".to_owned() } else { format!("{total} entries") };
    let section = |title: &'static str, lines: Vec<AnyView>| {
        (!lines.is_empty()).then(|| {
            view! {
                <section class="section">
                    <div class="section-head"><h2>{title}</h2></div>
                    <ul class="found-names">{lines}</ul>
                </section>
            }
        })
    };
    let projects = projects.into_iter().map(|project| {
        let href = project_path(&project.id, "");
        view! {
            <li><a class="row" href=href>
                <ProjectSign name=project.name.clone() icon=project.icon color=project.color/>
                <bdi>{project.name}</bdi>
            </a></li>
        }
        .into_any()
    });
    let tags = tags.into_iter().map(|tag| {
        let href = with_query(PATH, &[("tag", &tag.name)]);
        view! { <li><a href=href><TagWord name=tag.name color=tag.color/></a></li> }.into_any()
    });
    let people = people.into_iter().map(|person| {
        let href = format!("{}/{}", crate::people::PATH, person.id);
        view! { <li><a href=href dir="auto">{person.name}</a> " " <span class="soft small">{person.email}</span></li> }
            .into_any()
    });
    let pages = pages.into_iter().filter_map(|page| match page.deed {
        Deed::Go(href) => Some(view! { <li><a href=href>{page.label}</a></li> }.into_any()),
        Deed::Theme(_) | Deed::SignOut => None,
    });
    view! {
        {narrowed}
        {instead.iter().map(|instead| view! { <p class="soft">{instead_of(instead)}</p> }).collect_view()}
        <p class="soft small" role="status">{counted}</p>
        <ol class="found">{entries.into_iter().map(|entry| view! { <FoundLine entry/> }).collect_view()}</ol>
        <Pager newer=before older=after names=("Back", "On") label="Pages of results"/>
        {section("Projects", projects.collect())}
        {section("Tags", tags.collect())}
        {section("People", people.collect())}
        {section("Pages", pages.collect())}
    }
    .into_any()
}

#[component]
fn FoundLine(entry: FoundEntry) -> impl IntoView {
    let href = project_path(&entry.project, &format!("/changelog/{}", entry.id));
    let mark = if entry.is_published { Mark::Published } else { Mark::Draft };
    let version = entry.version.as_deref().map(versions::label);
    view! {
        <li>
            <p class="found-head">
                <StateMark mark compact=true/>
                <a href=href dir="auto">{marked(entry.title)}</a>
                {version.map(|version| view! { <span class="mono small soft">{version}</span> })}
            </p>
            <p class="found-text" dir="auto">{marked(entry.snippet)}</p>
            <p class="soft small">
                <bdi>{entry.project_name}</bdi>
                {entry.published_at.map(|at| view! { " \u{b7} " <Moment at/> })}
            </p>
        </li>
    }
}

/// A text with what was looked for marked.
fn marked(parts: Vec<Part>) -> impl IntoView {
    let part = |Part { text, is_hit }| {
        if is_hit { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() }
    };
    parts.into_iter().map(part).collect_view()
}

/// Says that a word was read as another.
pub(super) fn instead_of(instead: &Instead) -> String {
    format!("Nothing has \u{201c}{}\u{201d}. This has: {}.", instead.word, instead.read_as.join(", "))
}
