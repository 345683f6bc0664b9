//! Lists of things: real tables on wide screens, two-line rows on narrow ones (`.list-table`).

use leptos::prelude::*;

use crate::button::{IconButton, Variant};
use crate::icon::Glyph;

/// A list as a table. `head` holds the `<th scope="col">`s, `children` the `<tr>`s.
///
/// Mark the cells, so that narrow screens can fold a row into two lines: `cell-main` (the link, first line),
/// `cell-mark` (state, before it), `cell-end` (row actions, at the end), `cell-wide` (left out below 1000 px; mark its
/// head too), `cell-version`. Other cells become the second line.
#[component]
pub fn Table(
    /// Spoken name of the table.
    #[prop(into)]
    caption: String,
    #[prop(into)] head: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    view! {
        <table class="list-table">
            <caption class="sr-only">{caption}</caption>
            <thead>
                <tr>{head.run()}</tr>
            </thead>
            <tbody>{children()}</tbody>
        </table>
    }
}

/// The last cell of a row: its actions. Quick ones fade in on hover and focus; a menu is always there.
#[component]
pub fn RowActions(
    /// Buttons that only show on hover and focus; each must be in the menu too.
    #[prop(optional, into)]
    quick: ViewFnOnce,
    /// The menu.
    children: Children,
) -> impl IntoView {
    view! {
        <td class="cell-end">
            <div class="row-actions">
                <span class="row-quick">{quick.run()}</span>
                {children()}
            </div>
        </td>
    }
}

/// Lets a wide table or picture scroll by itself instead of the page.
#[component]
pub fn Scroll(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=label>
            {children()}
        </div>
    }
}

/// What can be done with the selected rows. Slides in at the bottom while `count` is above zero.
#[component]
pub fn BulkBar(
    #[prop(into)] count: Signal<usize>,
    /// Clears the selection.
    #[prop(into)]
    on_clear: Callback<()>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="bulk-bar" role="region" aria-label="Selected rows" hidden=move || count.get() == 0>
            <span class="bulk-count" aria-live="polite">{move || format!("{} selected", count.get())}</span>
            <span class="cluster">{children()}</span>
            <IconButton
                glyph=Glyph::Close
                label="Clear selection"
                small=true
                variant=Variant::Bare
                on_click=move |_| on_clear.run(())
            />
        </div>
    }
}
