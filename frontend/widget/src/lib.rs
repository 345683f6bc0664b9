//! widget
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub fn mount(root: leptos::web_sys::HtmlElement) {
    let n = RwSignal::new(String::new());
    leptos::mount::mount_to(root, move || view! { <p>{move || n.get()}</p> }).forget();
}
