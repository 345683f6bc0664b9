//! The dashboard in the browser: takes over the page that the server rendered, and nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    // The page that was asked for may be in a part that has to arrive first.
    leptos::mount::hydrate_lazy(app::App);
}
