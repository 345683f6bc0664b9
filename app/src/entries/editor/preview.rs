//! The text as readers will see it, beside the writing.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use super::draft::Draft;

/// Texts longer than this, in bytes, are rendered when the typing pauses.
const LONG_TEXT: usize = 20_000;

/// The rendered text: with every letter while it is short, when the typing pauses once it is long.
pub(super) fn preview_of(draft: Draft) -> RwSignal<String> {
    fn render(text: &str) -> String {
        markdown::render(text, &markdown::Options { heading_offset: 1, ..markdown::Options::default() })
    }
    let preview = RwSignal::new(draft.content.with_untracked(|text| render(text)));
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop);
    Effect::new(move |earlier: Option<()>| {
        draft.content.track();
        // The server drew what was loaded; only what was typed before scripts arrived is new.
        if earlier.is_none() && !untrack(move || draft.is_changed()) {
            return;
        }
        stop();
        let draw = move || {
            // The page may be gone when the timer fires.
            if let Some(html) = draft.content.try_with_untracked(|text| render(text)) {
                let _ = preview.try_set(html);
            }
        };
        if draft.content.read_untracked().len() <= LONG_TEXT {
            draw();
        } else {
            timer.set_value(set_timeout_with_handle(draw, Duration::from_millis(200)).ok());
        }
    });
    preview
}
