//! Searching everything: the palette that Ctrl+K opens, and the page that serves the same without scripts.
//!
//! What every page loads is [`PaletteKeys`] and [`SearchLink`]: one key, one link. The rest comes when it is wanted.

mod offers;
mod page;
mod palette;

use std::sync::Mutex;

use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use model::Result;
use model::search::{Everything, RecentEntry};
use ui::{Glyph, Icon, Kbd};

pub use page::SearchPage;
pub use palette::Palette;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::search::{SearchQuery, Searcher, everything};

/// The page that serves the same without scripts.
const PATH: &str = "/dashboard/search";
/// Entries on one page of the search page.
const PAGE: usize = 20;
/// Entries that the palette shows.
#[cfg(feature = "ssr")]
const IN_PALETTE: usize = 8;

/// What the words are found in, as far as the caller sees it. With a tag, entries that have it; `page` counts from 1, and
/// 0 is the palette.
#[server(prefix = "/rpc", endpoint = "search/everything")]
pub async fn search_everything(
    #[server(default)] words: String,
    #[server(default)] tag: String,
    #[server(default)] page: usize,
) -> Result<Everything> {
    act(async |cx| {
        let may_read = cx.instance_grant()?;
        let may_see = cx.instance_grant()?;
        // Whoever may not see people finds none.
        let may_people = cx.instance_grant().ok();
        let may = Searcher { entries: &may_read, projects: &may_see, people: may_people.as_ref() };
        let tags = if tag.is_empty() { Vec::new() } else { vec![tag] };
        let query = SearchQuery { text: words, tags, ..SearchQuery::default() };
        let (limit, skip) = if page == 0 { (IN_PALETTE, 0) } else { (PAGE, (page - 1).saturating_mul(PAGE)) };
        let (limit, skip) = (i64::try_from(limit).unwrap_or(i64::MAX), i64::try_from(skip).unwrap_or(i64::MAX));
        everything(&cx.services, may, &query, limit, skip).await
    })
    .await
}

/// The entries that the caller wrote on last.
#[server(prefix = "/rpc", endpoint = "search/recent")]
pub async fn recent_entries() -> Result<Vec<RecentEntry>> {
    act(async |cx| {
        let may = cx.instance_grant()?;
        services::search::recent(&cx.services, &may).await
    })
    .await
}

/// Whether the palette is open. Provided for the whole dashboard.
#[derive(Clone, Copy)]
pub struct PaletteOpen(RwSignal<bool>);

/// Opens the palette on Ctrl+K or ⌘K, also while somebody types. Where the editor uses the key for links, the event comes
/// here already answered.
#[component]
pub fn PaletteKeys() -> impl IntoView {
    let open = RwSignal::new(false);
    provide_context(PaletteOpen(open));
    let path = use_location().pathname;
    Effect::new(move || {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            let is_key = event.key().eq_ignore_ascii_case("k") && (event.ctrl_key() || event.meta_key());
            let is_ours = is_key && !event.alt_key() && !event.shift_key() && !event.default_prevented();
            if is_ours && path.get_untracked().starts_with("/dashboard") {
                event.prevent_default();
                open.update(|open| *open = !*open);
            }
        });
        on_cleanup(move || handle.remove());
    });
    // Loaded once, when it is wanted first. Not under a `Suspense`: that would take the dialog out of the page, and so close
    // it, whenever something in it is loaded.
    let owner = Owner::current();
    // A view may go to another thread, not be looked at by two; and the server ends a page on whichever thread it likes.
    let palette = StoredValue::new(Mutex::new(None::<AnyView>));
    let is_there = RwSignal::new(false);
    let is_asked = StoredValue::new(false);
    Effect::new(move || {
        if !open.get() || is_asked.get_value() {
            return;
        }
        is_asked.set_value(true);
        let load = async move {
            match crate::parts::palette(open).await {
                Some(view) => {
                    palette.set_value(Mutex::new(Some(view)));
                    is_there.set(true);
                }
                None => {
                    // The page does the same. Fails only in documents that are being torn down.
                    let _ = window().location().set_href(PATH);
                }
            }
        };
        // What the palette keeps belongs to the page: what belongs to this effect goes when it runs again.
        if let Some(owner) = &owner {
            owner.with(|| spawn_local(ScopedFuture::new(load)));
        }
    });
    move || is_there.get().then(|| palette.try_update_value(|view| view.get_mut().ok()?.take()).flatten())
}

/// The way to the search in the navigation: opens the palette, or leads to the page where there are no scripts.
#[component]
pub fn SearchLink() -> impl IntoView {
    let open = use_context::<PaletteOpen>();
    let show = move |event: web_sys::MouseEvent| {
        if let Some(PaletteOpen(open)) = open
            && !event.ctrl_key()
            && !event.meta_key()
        {
            event.prevent_default();
            open.set(true);
        }
    };
    view! {
        <li>
            <a class="nav-link" href=PATH aria-keyshortcuts="Control+K Meta+K" on:click=show>
                <Icon glyph=Glyph::Search/>
                <span class="nav-label">"Search"</span>
                <Kbd>"Ctrl K"</Kbd>
            </a>
        </li>
    }
}
