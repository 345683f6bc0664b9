//! Recovery codes: for the day when the device is gone.

use leptos::form::ActionForm;
use leptos::{html, prelude::*};
use model::second_factor::Mode;
use ui::{Button, CodeBlock, Confirm, Dialog, FormError, Notice, Section, Tone, Variant};

use super::{Changes, Security};
use crate::failure::{failure_of, form_error};

#[component]
pub(super) fn RecoverySection(security: Security, changes: Changes) -> impl IntoView {
    let Security { factors, is_confirmed, .. } = security;
    let failure = failure_of(changes.codes);
    let open = RwSignal::new(false);
    let left = factors.recovery_codes;
    let applies = factors.totp || factors.mode != Mode::None;
    let state = match left {
        _ if !applies => "They stand in for a second step. You get ten when you set one up.".to_owned(),
        0 => "You have none left.".to_owned(),
        1 => "One is left.".to_owned(),
        left => format!("{left} are left."),
    };
    view! {
        <Section
            title="Recovery codes"
            text="When your telephone or key is gone, each of them gets you through the second step once."
        >
            <FormError message=form_error(failure)/>
            {if applies && left < 3 {
                view! { <Notice tone=Tone::Warn title="Few codes">{state}</Notice> }.into_any()
            } else {
                view! { <p>{state}</p> }.into_any()
            }}
            {(applies && is_confirmed).then(|| view! {
                <div><Button opens="new-codes" variant=Variant::Quiet>"Make new codes"</Button></div>
                <Dialog id="new-codes" open=open title="Make new recovery codes">
                    <ActionForm action=changes.codes>
                        <Confirm verb="Make new codes" busy=changes.codes.pending()>
                            "You get ten new codes. Those you have kept until now stop working."
                        </Confirm>
                    </ActionForm>
                </Dialog>
            })}
        </Section>
    }
}

/// The codes in clear, this once. Takes the focus, because what was clicked may be gone.
#[component]
pub(super) fn ShownCodes(shown: RwSignal<Option<Vec<String>>>) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if shown.read().is_some()
            && let Some(box_) = node.get()
        {
            // It has a tabindex and is in the page, so focus cannot fail.
            let _ = box_.focus();
        }
    });
    move || {
        shown.get().map(|codes| {
            let text = codes.join("\n");
            let file = format!("Recovery codes for Tidings. Each works once.\n\n{text}\n");
            let encoded = percent_encoding::utf8_percent_encode(&file, percent_encoding::NON_ALPHANUMERIC);
            let href = format!("data:text/plain;charset=utf-8,{encoded}");
            view! {
                <div class="stack recovery-codes" tabindex="-1" role="group" aria-label="Recovery codes" node_ref=node>
                    <Notice tone=Tone::Good title="Your recovery codes">
                        "Each gets you through the second step once, when your telephone or key is gone. "
                        <strong>"Keep them now: only hashes of them are stored, so they cannot be seen again."</strong>
                    </Notice>
                    <CodeBlock label="Recovery codes" code=text/>
                    <div class="cluster">
                        <a class="button button-quiet" href=href download="tidings-recovery-codes.txt">
                            <span class="button-label">"Download"</span>
                        </a>
                        <span class="needs-script">
                            <Button variant=Variant::Bare on_click=move |_| shown.set(None)>"I have kept them"</Button>
                        </span>
                    </div>
                </div>
            }
        })
    }
}
