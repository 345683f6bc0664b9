//! The drawing. Parts that come and go are hidden, not removed: it needs far less code than conditional views.

use leptos::prelude::*;

use crate::{
    Callback,
    state::{Item, List, State, Words},
};

#[component]
pub fn Panel(state: RwSignal<State>, words: Words, retry: Callback) -> impl IntoView {
    let Words { fresh, more, all, feed, failed, retry: again } = words;

    let is_failed = move || state.with(|state| matches!(state, State::Failed));
    let from_list = move |read: fn(&List) -> String| {
        state.with(|state| match state {
            State::Listed(list) => read(list),
            State::Loading | State::Failed => String::new(),
        })
    };
    let note = move || if is_failed() { failed.clone() } else { from_list(|list| list.note.clone()) };
    let has_note = move || is_failed() || !from_list(|list| list.note.clone()).is_empty();
    let page = move || from_list(|list| list.page.clone());
    let feed_url = move || from_list(|list| list.feed.clone());
    let items = move || {
        let items = state.with(|state| match state {
            State::Listed(list) => list.items.clone(),
            State::Loading | State::Failed => Vec::new(),
        });
        items.into_iter().map(|item| entry(item, &fresh, &more)).collect_view()
    };

    view! {
        <div class="changerawr-loading" hidden=move || state.with(|state| !matches!(state, State::Loading))></div>
        <div class="changerawr-empty note" role="status" hidden=move || !has_note()>
            <p>{note}</p>
            <button class="changerawr-retry" type="button" hidden=move || !is_failed() on:click=move |_| retry.call()>
                {again}
            </button>
        </div>
        <ol class="changerawr-entries" hidden=move || has_note() || page().is_empty()>{items}</ol>
        <footer class="changerawr-footer" hidden=move || page().is_empty()>
            <a href=page target="_blank" rel="noopener">{all}</a>
            <a href=feed_url target="_blank" rel="noopener" hidden=move || feed_url().is_empty()>{feed}</a>
        </footer>
    }
}

fn entry(item: Item, fresh: &str, more: &str) -> impl IntoView + use<> {
    let about = format!("{more}: {}", item.title);
    let tags = item.tags.into_iter().map(|tag| {
        view! { <span class="changerawr-tag" style:--tag=tag.color>{tag.name}</span> }
    });
    view! {
        <li class="changerawr-entry">
            <p class="changerawr-entry-meta">
                <span class="fresh" role="img" aria-label=fresh.to_owned() hidden=!item.is_fresh></span>
                <span class="version" hidden=item.version.is_empty()>{item.version.clone()}</span>
                <time class="changerawr-entry-date" datetime=item.at title=item.date_title>{item.date}</time>
                {tags.collect_view()}
            </p>
            <h3 class="changerawr-entry-title">{item.title}</h3>
            <p class="changerawr-entry-content">{item.text}</p>
            <a class="changerawr-read-more" href=item.url target="_blank" rel="noopener" aria-label=about>{more.to_owned()}</a>
        </li>
    }
}
