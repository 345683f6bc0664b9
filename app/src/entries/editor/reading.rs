//! The entry for who may read it here and not change it: rendered, and no form.

use crate::title::Title;
use leptos::prelude::*;
use model::entries::EntryState;
use model::requests::RequestKind;
use model::{Permission, Verdict, access, versions};
use ui::{Breadcrumb, Button, ButtonLink, Notice, StateMark, TagWord, Tone};

use super::asking::{AskToDeleteDialog, NoticeForms, RequestNotices, Requests, deletion};
use super::top::crumbs;
use crate::account::Me;
use crate::bookmarks::{BookmarkForms, Marks, Star};
use crate::entries::EntryToEdit;
use crate::history::history_path;
use crate::home::mark;
use crate::requests::propose_path;

/// Why the entry cannot be changed, in words.
pub(super) fn reason(writes: Verdict) -> &'static str {
    if writes == Verdict::Allowed {
        "In this project, administrators change what is published or scheduled. You can propose a change."
    } else {
        "Your role may read this entry, not change it."
    }
}

#[component]
pub(super) fn EntryReading(me: Me, data: EntryToEdit, why: &'static str) -> impl IntoView {
    let EntryToEdit { project, entry, requests, was_published, revisions, is_bookmarked, .. } = data;
    let crumbs = crumbs(&project);
    let Some(entry) = entry else {
        return view! {
            <main class="page">
                <Breadcrumb crumbs/>
                <Notice tone=Tone::Note title="Read only">"Your role may read entries, not write them."</Notice>
            </main>
        }
        .into_any();
    };
    let requests = Requests::new(requests);
    let decisions = requests.decisions();
    let stored = RwSignal::new(Some(entry.clone()));
    let deletes = deletion(&me, &project, stored, was_published);
    let marks = Marks::new();
    marks.load(is_bookmarked.then(|| entry.id.clone()).into_iter().collect());
    let asks = deletes.get_untracked() == Verdict::NeedsApproval;
    let options = markdown::Options { heading_offset: 1, ..markdown::Options::default() };
    let html = markdown::render(&entry.content, &options);
    let state = entry.state();
    let history = history_path(&project.id, &entry.id);
    let propose = propose_path(&project.id, &entry.id);
    let proposes = access::verdict(me.role, Permission::PublishEntries, Some(&project)) == Verdict::NeedsApproval
        && state != EntryState::Draft;
    let href = (project.is_public && entry.published_at.is_some())
        .then(|| format!("/changelog/{}/{}", project.slug, entry.slug));
    view! {
        <Title text=format!("{} · Tidings", entry.title)/>
        <main class="page entry-reading">
            <div class="editor-top">
                <Breadcrumb crumbs/>
                <BookmarkForms project=project.id.clone() marks/>
                <Star entry=entry.id.clone() title=entry.title.clone() marks/>
                <ButtonLink href=history>{format!("History {revisions}")}</ButtonLink>
                {href.map(|href| view! { <ButtonLink href=href external=true>"View"</ButtonLink> })}
                {proposes.then(|| view! { <ButtonLink href=propose>"Propose a change"</ButtonLink> })}
                {move || (asks && !requests.is_open(RequestKind::DeleteEntry)).then(|| view! {
                    <Button kind="button" opens="ask-to-delete">"Ask to delete"</Button>
                })}
            </div>
            <RequestNotices requests me=me.clone() decisions/>
            <Notice tone=Tone::Note title="Read only">{why}</Notice>
            <h1 class="entry-reading-title" dir="auto">{entry.title}</h1>
            <p class="cluster">
                {entry.version.map(|version| view! { <span class="mono">{versions::label(&version)}</span> })}
                {entry
                    .tags
                    .into_iter()
                    .map(|tag| view! { <TagWord name=tag.name color=tag.color/> })
                    .collect_view()}
                <StateMark mark=mark(state)/>
            </p>
            <div class="prose" dir="auto" inner_html=html></div>
            {asks.then(|| view! { <AskToDeleteDialog project=project.id.clone() stored requests/> })}
            <NoticeForms requests me decisions project=project.id/>
        </main>
    }
    .into_any()
}
