//! Messages on the page: remarks, and what is wrong with a form.

use leptos::{html, prelude::*};

use crate::icon::{Glyph, Icon};

/// What a message is about; shown by icon and word, never by colour alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Note,
    Good,
    Warn,
    Bad,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Note => "notice notice-note",
            Tone::Good => "notice notice-good",
            Tone::Warn => "notice notice-warn",
            Tone::Bad => "notice notice-bad",
        }
    }

    fn glyph(self) -> Glyph {
        match self {
            Tone::Note => Glyph::Info,
            Tone::Good => Glyph::Check,
            Tone::Warn | Tone::Bad => Glyph::Alert,
        }
    }
}

/// A remark in the page.
#[component]
pub fn Notice(
    #[prop(optional)] tone: Tone,
    /// The word that carries the tone: "Note", "Saved", "Careful", "Failed".
    #[prop(into)]
    title: String,
    children: Children,
) -> impl IntoView {
    view! {
        <div class=tone.class() role="note">
            <Icon glyph=tone.glyph()/>
            <div class="notice-text">
                <strong class="notice-title">{title}</strong>
                {children()}
            </div>
        </div>
    }
}

/// What is wrong with a form, as a whole. Takes focus when it appears. Empty while `message` is.
#[component]
pub fn FormError(
    /// The sentence: what failed and what was kept.
    #[prop(into)]
    message: Signal<Option<String>>,
    /// Pairs of control id (`field-<name>`) and text; each becomes a link to its field.
    #[prop(optional, into)]
    fields: Signal<Vec<(String, String)>>,
    /// To quote to whoever runs the server.
    #[prop(optional, into)]
    reference: Signal<Option<String>>,
    /// Off only where several stand on one page, as in the gallery.
    #[prop(default = true)]
    takes_focus: bool,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if takes_focus
            && message.read().is_some()
            && let Some(summary) = node.get()
        {
            // It has a tabindex and is in the page, so focus cannot fail.
            let _ = summary.focus();
        }
    });
    move || {
        message.get().map(|message| {
            view! {
                <div class="notice notice-bad form-error" role="alert" tabindex="-1" node_ref=node>
                    <Icon glyph=Glyph::Alert/>
                    <div class="notice-text">
                        <p>{message}</p>
                        {move || {
                            let fields = fields.get();
                            (!fields.is_empty())
                                .then(|| {
                                    view! {
                                        // The browser moves the focus; a router would only scroll.
                                        <ul>
                                            {fields
                                                .into_iter()
                                                .map(|(id, text)| {
                                                    view! { <li><a href=format!("#{id}") rel="external">{text}</a></li> }
                                                })
                                                .collect_view()}
                                        </ul>
                                    }
                                })
                        }}
                        {move || {
                            reference
                                .get()
                                .map(|reference| view! { <p>"Reference " <code dir="ltr">{reference}</code></p> })
                        }}
                    </div>
                </div>
            }
        })
    }
}
