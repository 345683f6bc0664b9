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

/// A file as it was read.
struct Content {
    picked: PickedFile,
    /// A zip archive in base64url, where one may be picked.
    archive: String,
}

/// Reads `file` as UTF-8, or as an archive. The error is a sentence for the reader.
async fn read(file: web_sys::File, max_bytes: u32, takes_archives: bool) -> Result<Content, String> {
    let name = file.name();
    if file.size() > f64::from(max_bytes) {
        return Err(format!("{name} is larger than {}. Nothing was changed.", size_text(max_bytes)));
    }
    let bytes = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| format!("{name} could not be read. Nothing was changed."))?;
    let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
    if takes_archives && bytes.starts_with(b"PK\x03\x04") {
        return Ok(Content { archive: base64url(&bytes), picked: PickedFile { name, text: String::new() } });
    }
    match String::from_utf8(bytes) {
        Ok(text) => {
            let text = text.trim_start_matches('\u{feff}').to_owned();
            Ok(Content { archive: String::new(), picked: PickedFile { name, text } })
        }
        Err(_) => Err(format!("{name} is not text in UTF-8. Save it as UTF-8 and try again; nothing was changed.")),
    }
}

/// Without padding, so that a form sends it as it is.
fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let of = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = of(0) << 16 | of(1) << 8 | of(2);
        for digit in 0..=group.len() {
            text.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
        }
    }
    text
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
    /// Where a zip archive goes, in base64url; without it only text is taken.
    #[prop(optional)]
    archive: Option<RwSignal<String>>,
    /// Set while a file is being read: the form waits for it.
    #[prop(optional)]
    reading: Option<RwSignal<bool>>,
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
        let told = move |is_reading: bool| {
            if let Some(reading) = reading {
                // Nobody waits any longer when the form is gone.
                let _ = reading.try_set(is_reading);
            }
        };
        told(true);
        spawn_local(async move {
            let content = read(file, max_bytes, archive.is_some()).await;
            told(false);
            match content {
                Ok(Content { picked, archive: packed }) => {
                    refused.set(None);
                    if let Some(archive) = archive {
                        archive.set(packed);
                    }
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
                        if let Some(archive) = archive {
                            archive.set(String::new());
                        }
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
    use super::{base64url, size_text};

    #[test]
    fn bytes_become_digits_without_padding() {
        for (bytes, text) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("\u{3ff}>?", "z78-Pw")]
        {
            assert_eq!(base64url(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn sizes_are_named_in_the_unit_people_know() {
        assert_eq!(size_text(2 * 1024 * 1024), "2 MiB");
        assert_eq!(size_text(1536 * 1024), "1536 KiB");
        assert_eq!(size_text(512), "512 bytes");
    }
}
