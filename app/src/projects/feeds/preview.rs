//! The first items as a feed reader will show them.

use std::time::Duration;

use leptos::prelude::*;
use model::ProjectId;
use model::feeds::{FeedPreview, FeedPreviewItem};
use ui::{Section, SkeletonLines};

use super::form::Draft;
use super::preview_feed;
use crate::dates::Moment;
use crate::pending::{Pending, later};

/// How long the form must rest before the preview follows.
const REST: Duration = Duration::from_millis(400);

#[component]
pub(super) fn Preview(project: ProjectId, draft: Draft) -> impl IntoView {
    let wanted = Signal::derive(move || draft.feed());
    let shown = RwSignal::new(wanted.get_untracked());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move || {
        let wanted = wanted.get();
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        if wanted != *shown.read_untracked() {
            // The page may be gone by then.
            let follow = move || drop(shown.try_set(wanted));
            timer.set_value(set_timeout_with_handle(follow, REST).ok());
        }
    });
    let preview =
        Resource::new(move || (project.clone(), shown.get()), |(project, draft)| preview_feed(project, draft));
    view! {
        <Section title="Preview" text="The newest entries as a feed reader gets them with the settings on this page.">
            <Pending fallback=|| view! { <SkeletonLines lines=6/> }>
                {move || later(async move {
                    match preview.await {
                        Ok(preview) => view! { <Reader preview draft/> }.into_any(),
                        Err(error) => view! { <p class="soft" role="status">{error.to_string()}</p> }.into_any(),
                    }
                })}
            </Pending>
        </Section>
    }
}

#[component]
fn Reader(preview: FeedPreview, draft: Draft) -> impl IntoView {
    let FeedPreview { title, description, items } = preview;
    let nothing = items.is_empty().then(|| {
        let text = if draft.is_narrowed() {
            "No published entry has any of these tags."
        } else {
            "Nothing is published yet. What you publish first appears here."
        };
        view! { <p class="soft">{text}</p> }
    });
    view! {
        <div class="feed-reader">
            <p class="feed-reader-title" dir="auto">{title}</p>
            <p class="soft small" dir="auto">{description}</p>
            {nothing}
            {items.into_iter().map(|item| view! { <ReaderItem item/> }).collect_view()}
        </div>
    }
}

#[component]
fn ReaderItem(item: FeedPreviewItem) -> impl IntoView {
    let name = format!("Text of {}", item.title);
    view! {
        <article class="feed-item">
            <h3 dir="auto">{item.title}</h3>
            <p class="soft small cluster">
                <Moment at=item.published_at/>
                {item.version.map(|version| view! { <span class="mono">{version}</span> })}
                {(!item.tags.is_empty()).then(|| view! { <span dir="auto">{item.tags.join(", ")}</span> })}
            </p>
            <div class="feed-item-text prose" dir="auto" role="region" tabindex="0" aria-label=name inner_html=item.html></div>
        </article>
    }
}
