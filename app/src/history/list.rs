//! The list of revisions.

use leptos::prelude::*;
use model::revisions::RevisionSummary;
use model::versions;
use ui::{EmptyState, Glyph, Icon, Pager, SearchField};

use super::HistoryList;
use super::mark::glyph;
use super::page::Asked;
use crate::dates::Moment;

/// Who made a revision, in a word.
pub(super) fn author(one: &RevisionSummary) -> String {
    match &one.created_by {
        Some(author) if author.id.is_none() => format!("{} (deleted)", author.name),
        Some(author) => author.name.clone(),
        None => "Command line".to_owned(),
    }
}

/// What a revision is called: its label, or why it was kept.
pub(super) fn name(one: &RevisionSummary) -> String {
    one.marker.label.clone().unwrap_or_else(|| one.reason.label().to_owned())
}

/// Added and removed lines; a screen reader hears words.
#[component]
pub(super) fn Lines(added: i64, removed: i64) -> impl IntoView {
    let spoken = match (added, removed) {
        (0, 0) => "no line changed".to_owned(),
        _ => format!("{added} added, {removed} removed"),
    };
    view! {
        <span class="history-lines">
            <span class="sr-only">{spoken}</span>
            <span aria-hidden="true" class="history-added">{format!("+{added}")}</span>
            " "
            <span aria-hidden="true" class="history-removed">{format!("−{removed}")}</span>
        </span>
    }
}

#[component]
pub(super) fn RevisionItems(list: HistoryList, asked: Memo<Asked>, path: Memo<String>) -> impl IntoView {
    let HistoryList { page, count, .. } = list;
    let (search, after) = asked.with_untracked(|asked| (asked.search.clone(), asked.after.clone()));
    let from = |after: &str| Asked { search: search.clone(), after: after.to_owned(), ..Asked::default() };
    let older = page.next.map(|next| from(&next.to_string()).href(&path.read_untracked()));
    let newer = (!after.is_empty()).then(|| from("").href(&path.read_untracked()));
    // Without a choice the newest is shown.
    let newest = page.items.iter().map(|one| one.number).max();
    let is_first_page = after.is_empty() && search.is_empty();
    let is_narrowed = !search.is_empty();
    let is_empty = page.items.is_empty();
    let all = from("");
    view! {
        {(count > 1 || is_narrowed).then(|| view! {
            <form method="get" action=path.get_untracked() role="search">
                <SearchField label="Search versions" name="q" value=search.clone() placeholder="Title, label, version" shortcut="/"/>
            </form>
        })}
        {match (is_empty, is_narrowed) {
            (true, true) => view! {
                <EmptyState title="Nothing found" text=format!("No version has “{search}” in title, label or version.")>
                    <a href=Asked { search: String::new(), ..all }.href(&path.read_untracked())>"Show all versions"</a>
                </EmptyState>
            }
            .into_any(),
            (true, false) => view! {
                <EmptyState title="No versions yet" text="The next save keeps what the entry says now, and what it says then."/>
            }
            .into_any(),
            (false, _) => view! {
                <ol class="history-items">
                    {page
                        .items
                        .into_iter()
                        .map(|one| {
                            let is_newest = is_first_page && Some(one.number) == newest;
                            view! { <RevisionItem one asked path is_newest/> }
                        })
                        .collect_view()}
                </ol>
            }
            .into_any(),
        }}
        <Pager newer older names=("Newest", "Older") label="Pages of versions"/>
    }
}

#[component]
fn RevisionItem(one: RevisionSummary, asked: Memo<Asked>, path: Memo<String>, is_newest: bool) -> impl IntoView {
    let id = one.id.to_string();
    let href = {
        let id = id.clone();
        move || {
            asked.with(|asked| {
                let next = Asked { revision: id.clone(), against: String::new(), ..asked.clone() };
                next.href(&path.read())
            })
        }
    };
    let is_chosen =
        move || asked.with(|asked| if asked.revision.is_empty() { is_newest } else { asked.revision == id });
    let marker = one.marker.clone();
    let style = marker.color.as_ref().map(|color| format!("--mark: {color}"));
    let author = author(&one);
    let reason = one.reason.label();
    let name = name(&one);
    let is_labelled = marker.label.is_some();
    view! {
        <li style=style data-marked=marker.color.is_some().then_some("true")>
            <a class="history-item" href=href aria-current=move || is_chosen().then_some("true")>
                <span class="history-item-name" dir="auto">
                    {marker.icon.as_deref().and_then(glyph).map(|glyph| view! { <Icon glyph/> })}
                    {name}
                </span>
                <Lines added=one.lines_added removed=one.lines_removed/>
                <span class="history-item-about">
                    {marker.pinned.then(|| view! { <span class="history-pin"><Icon glyph=Glyph::Lock/> "Pinned"</span> " · " })}
                    {is_labelled.then(|| format!("{reason} · "))}
                    <span dir="auto">{author}</span>
                    " · "
                    <Moment at=one.created_at/>
                    {one.version.map(|version| view! { " · " <span class="mono">{versions::label(&version)}</span> })}
                </span>
            </a>
        </li>
    }
}
