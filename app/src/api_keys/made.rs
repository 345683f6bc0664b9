//! A key in clear, this once.

use leptos::{html, prelude::*};
use ui::{CodeBlock, Notice, Tone};

/// The key with a button to copy it, and lines that use it. Takes the focus, because what was clicked is gone.
#[component]
pub(super) fn Made(
    /// "Key created" or "Key replaced".
    #[prop(into)]
    title: String,
    /// What happened, in a sentence.
    #[prop(into)]
    text: String,
    secret: String,
    /// The address people use, without a trailing slash.
    base_url: String,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let Some(made) = node.get() {
            // It has a tabindex and is in the page, so focus cannot fail.
            let _ = made.focus();
        }
    });
    let curl = format!("curl -H 'Authorization: Bearer {secret}' \\\n  {base_url}/api/auth/me");
    let login = format!("printf %s '{secret}' |\n  tidings login --host {base_url} --api-key-stdin");
    view! {
        <div class="stack key-made" tabindex="-1" role="group" aria-label=title.clone() node_ref=node>
            <Notice tone=Tone::Good title=title.clone()>
                {text}
                <strong>" Copy it now: only a hash of it is kept, so it cannot be seen again."</strong>
            </Notice>
            <CodeBlock label="Key" code=secret/>
            <p class="soft small">"Try it. The answer has your name and what the key may do:"</p>
            <CodeBlock label="Request with curl" code=curl/>
            <p class="soft small">"Sign the command line in on another machine:"</p>
            <CodeBlock label="Sign-in of the command line" code=login/>
        </div>
    }
}
