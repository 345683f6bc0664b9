//! Taking in a text file: pick, drop or paste.

use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::{
    field::{FieldNotes, control_id, described_by, follow, keep_in_step},
    icon::{Glyph, Icon},
};

/// A file that was read completely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickedFile {
    pub name: String,
    pub text: String,
}

/// Reads `file` as UTF-8. The error is a sentence for the reader.
async fn read(file: web_sys::File, max_bytes: u32) -> Result<PickedFile, String> {
    let name = file.name();
    if file.size() > f64::from(max_bytes) {
        return Err(format!("{name} is larger than {}. Nothing was changed.", size_text(max_bytes)));
    }
    let bytes = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| format!("{name} could not be read. Nothing was changed."))?;
    match String::from_utf8(js_sys::Uint8Array::new(&bytes).to_vec()) {
        Ok(text) => Ok(PickedFile { name, text: text.trim_start_matches('\u{feff}').to_owned() }),
        Err(_) => Err(format!("{name} is not text in UTF-8. Save it as UTF-8 and try again; nothing was changed.")),
    }
}

/// `512 bytes`, `1 KiB`, `2 MiB`.
fn size_text(bytes: u32) -> String {
    const MIB: u32 = 1024 * 1024;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MiB", bytes / MIB)
    } else if bytes >= 1024 {
        format!("{} KiB", bytes / 1024)
    } else {
        format!("{bytes} bytes")
    }
}

/// A text area that a file can be picked or dropped into. The form sends the text under `name`; without scripts the
/// text is pasted.
#[component]
pub fn FileDrop(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// The text, whichever way it came.
    bind: RwSignal<String>,
    /// As in the attribute `accept`: ".md,.markdown,text/markdown".
    #[prop(optional, into)]
    accept: Option<String>,
    /// Larger files are refused with a sentence.
    #[prop(default = 2 * 1024 * 1024)]
    max_bytes: u32,
    #[prop(default = 12)] rows: u32,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] on_file: Option<Callback<PickedFile>>,
) -> impl IntoView {
    let id = control_id(None, &name);
    let area = NodeRef::<html::Textarea>::new();
    keep_in_step(area, Some(bind));
    let at_first = bind.get_untracked();
    let refused = RwSignal::new(None::<String>);
    let file_name = RwSignal::new(None::<String>);
    let over = RwSignal::new(false);
    let shown = Signal::derive(move || refused.get().or_else(|| error.get()));
    let described = described_by(&id, hint.is_some(), shown);

    let take = move |files: Option<web_sys::FileList>| {
        let Some(file) = files.and_then(|files| files.get(0)) else { return };
        spawn_local(async move {
            match read(file, max_bytes).await {
                Ok(picked) => {
                    refused.set(None);
                    file_name.set(Some(picked.name.clone()));
                    bind.set(picked.text.clone());
                    if let Some(callback) = on_file {
                        callback.run(picked);
                    }
                }
                Err(sentence) => refused.set(Some(sentence)),
            }
        });
    };
    let picked = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(input) = input {
            take(input.files());
            // The same file can be picked again after it was edited.
            input.set_value("");
        }
    };
    let dropped = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    };
    let dragged = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let typed = follow(Some(bind), None);
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label}</label>
            <div
                class="file-drop"
                class:file-over=move || over.get()
                on:drop=dropped
                on:dragover=dragged
                on:dragleave=move |_| over.set(false)
            >
                <div class="file-pick needs-script">
                    <label class="button button-quiet">
                        <Icon glyph=Glyph::Upload/>
                        <span class="button-label">"Choose file"</span>
                        <input class="sr-only" type="file" accept=accept on:change=picked/>
                    </label>
                    <span class="file-name" aria-live="polite">
                        {move || file_name.get().unwrap_or_else(|| "or drop it here, or paste below".to_owned())}
                    </span>
                </div>
                <textarea
                    node_ref=area
                    class="input textarea mono"
                    id=id.clone()
                    name=name
                    rows=rows
                    placeholder=placeholder
                    spellcheck="false"
                    dir="auto"
                    aria-invalid=move || shown.read().is_some().then_some("true")
                    aria-describedby=described
                    on:input=move |event| {
                        refused.set(None);
                        typed(event);
                    }
                >
                    {at_first}
                </textarea>
            </div>
            <FieldNotes id hint error=shown/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::size_text;

    #[test]
    fn sizes_are_named_in_the_unit_people_know() {
        assert_eq!(size_text(2 * 1024 * 1024), "2 MiB");
        assert_eq!(size_text(1536 * 1024), "1536 KiB");
        assert_eq!(size_text(512), "512 bytes");
    }
}
