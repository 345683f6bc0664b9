//! The inside of the embeddable widget, in a WebAssembly module of its own.
//!
//! `loader/frame.js` makes the frame (shadow root, styles, header, opening and closing), checks the server's answer and
//! words it for the reader; this crate draws what it is given. Size is the first concern: no JSON parser, no fetching, no
//! router, plain signals. `loader/plain.js` draws the same markup on pages that forbid WebAssembly; change both together.

mod panel;
mod state;

use leptos::{mount::UnmountHandle, prelude::*, tachys::view::any_view::AnyViewState, web_sys::HtmlElement};
use wasm_bindgen::prelude::*;

use panel::Panel;
use state::{State, Words, WordsObject};

#[wasm_bindgen]
extern "C" {
    /// A JavaScript function without arguments.
    #[wasm_bindgen(js_name = Function)]
    pub type Callback;

    #[wasm_bindgen(method)]
    pub fn call(this: &Callback);
}

/// One mounted panel. `free()` in JavaScript takes it off the page.
#[wasm_bindgen]
pub struct Handle {
    state: RwSignal<State>,
    _view: UnmountHandle<AnyViewState>,
}

/// Draws the panel into `root`, as loading. `retry` is called when the reader asks to try again.
#[wasm_bindgen]
pub fn mount(root: HtmlElement, words: &WordsObject, retry: Callback) -> Handle {
    let state = RwSignal::new(State::Loading);
    let words = Words::from(words);
    let view = leptos::mount::mount_to(root, move || view! { <Panel state words retry/> }.into_any());
    Handle { state, _view: view }
}

#[wasm_bindgen]
impl Handle {
    /// Shows a new state: `undefined` while loading, `null` after a failure, otherwise the object described at
    /// [`state::ListObject`].
    pub fn update(&self, state: JsValue) {
        self.state.set(State::from(state));
    }
}
