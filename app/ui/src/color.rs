//! Colours people choose: a field, and a dot to show one.

use leptos::prelude::*;

use crate::field::{FieldNotes, control_id, described_by, follow, initial, keep_in_step};

/// A filled dot. The colour is an SVG attribute, so no inline style is needed.
#[component]
pub fn ColorDot(
    /// Any CSS colour; stored ones are `#rrggbb`.
    #[prop(into)]
    color: Signal<String>,
    #[prop(default = 8)] size: u8,
) -> impl IntoView {
    view! {
        <svg
            class="color-dot"
            viewBox="0 0 8 8"
            width=size.to_string()
            height=size.to_string()
            aria-hidden="true"
            focusable="false"
        >
            <circle cx="4" cy="4" r="4" fill=move || color.get()></circle>
        </svg>
    }
}

/// True for `#rrggbb`, the only form the native colour input understands.
fn is_hex(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A colour as `#rrggbb`: typed, picked, or taken from `swatches`. Without scripts the text field alone is enough.
#[component]
pub fn ColorField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional)] bind: Option<RwSignal<String>>,
    /// Pairs of hex value and its name.
    #[prop(optional, into)]
    swatches: Vec<(String, String)>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let id = control_id(id, &name);
    let described = described_by(&id, hint.is_some(), error);
    let at_first = initial(value, bind);
    let bound = bind.unwrap_or_else(|| RwSignal::new(at_first.get_untracked()));
    let node = NodeRef::<leptos::html::Input>::new();
    keep_in_step(node, Some(bound));
    let for_picker = move || {
        let text = bound.get();
        if is_hex(&text) { text } else { "#808080".to_owned() }
    };
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label.clone()}</label>
            <div class="color-field">
                <input
                    class="color-pick"
                    type="color"
                    aria-label=format!("{label}: pick")
                    prop:value=for_picker
                    value=for_picker
                    disabled=move || disabled.get()
                    on:input=follow(Some(bound), None)
                />
                <input
                    node_ref=node
                    class="input mono"
                    id=id.clone()
                    type="text"
                    name=name
                    value=move || at_first.get()
                    placeholder="#2b5fc2"
                    maxlength="7"
                    pattern="#[0-9a-fA-F]{6}"
                    spellcheck="false"
                    autocomplete="off"
                    dir="ltr"
                    disabled=move || disabled.get()
                    aria-invalid=move || error.read().is_some().then_some("true")
                    aria-describedby=described
                    on:input=follow(Some(bound), None)
                />
                <span class="color-swatches">
                    {swatches
                        .into_iter()
                        .map(|(hex, name)| {
                            let own = hex.clone();
                            let chosen = hex.clone();
                            view! {
                                <button
                                    type="button"
                                    class="color-swatch"
                                    title=name.clone()
                                    aria-label=name
                                    disabled=move || disabled.get()
                                    aria-pressed=move || {
                                        if bound.read().eq_ignore_ascii_case(&own) { "true" } else { "false" }
                                    }
                                    on:click=move |_| bound.set(chosen.clone())
                                >
                                    <ColorDot color=hex size=16/>
                                </button>
                            }
                        })
                        .collect_view()}
                </span>
            </div>
            <FieldNotes id hint error/>
        </div>
    }
}
