//! Whether the log is whole: where its chain ends, and how the last check ended.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::audit::ChainReport;
use ui::{Button, FormError, Notice, SkeletonLines, StatusMark, Tone, Variant};

use super::{ChainView, CheckAuditChain, get_audit_chain};
use crate::failure::{Failure, failure_of, form_error};
use crate::pending::{Pending, later};

/// Broken places that are told here; the command line tells more.
const TOLD: usize = 5;

/// The state of the chain, and a button that checks it.
#[component]
pub(super) fn Chain() -> impl IntoView {
    let check = ServerAction::<CheckAuditChain>::new();
    let chain = Resource::new(move || check.version().get(), |_| get_audit_chain());
    let failure = failure_of(check);
    view! {
        <section class="audit-chain" aria-label="State of the log">
            <Pending fallback=|| view! { <SkeletonLines lines=1/> }>
                {move || later(async move {
                    match chain.await {
                        Ok(chain) => view! { <State chain/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| chain.refetch();
                            view! { <Failure error what="The state of the log could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
            <ActionForm action=check>
                <Button kind="submit" variant=Variant::Quiet small=true busy=check.pending()>"Check now"</Button>
            </ActionForm>
            <FormError message=form_error(failure)/>
        </section>
    }
}

#[component]
fn State(chain: ChainView) -> impl IntoView {
    let ChainView { state, checked_at, began_at } = chain;
    if !state.is_intact {
        return view! {
            <Notice tone=Tone::Bad title="Not as it was left">
                "The end of the log's chain is not as Tidings left it, so no record is added to it any more. Somebody changed \
                 the database, or the signing key was replaced. Run "<code>"tidings audit verify"</code>" on the server."
            </Notice>
        }
        .into_any();
    }
    let sealed = state.head.number;
    let at = checked_at.unwrap_or_default();
    match state.checked {
        Some(report) if !report.is_whole() => view! { <Damaged report at/> }.into_any(),
        Some(report) => {
            let older = (report.adopted > 0).then(|| {
                let began = began_at.unwrap_or_default();
                format!("Records up to {} are older than the chain, which began on {began}. ", report.adopted)
            });
            let pruned = (report.pruned > 0)
                .then(|| format!("Records up to {} were deleted because of their age. ", report.pruned));
            let newer = (sealed > report.head.number).then(|| format!("Sealed since then: up to record {sealed}. "));
            view! {
                <p>
                    <StatusMark tone=Tone::Good word=format!("Complete up to record {}", report.head.number)/>
                    <span class="soft small block">{format!("Checked on {at}. ")} {newer} {older} {pruned}</span>
                </p>
            }
            .into_any()
        }
        None => view! {
            <p>
                <StatusMark tone=Tone::Note word=format!("Sealed up to record {sealed}")/>
                <span class="soft small block">"Not checked yet."</span>
            </p>
        }
        .into_any(),
    }
}

#[component]
fn Damaged(report: ChainReport, at: String) -> impl IntoView {
    let places = if report.broken == 1 { "one place".to_owned() } else { format!("{} places", report.broken) };
    let untold = usize::try_from(report.broken).unwrap_or(usize::MAX) > TOLD.min(report.places.len());
    view! {
        <Notice tone=Tone::Bad title="Damaged">
            <p>{format!("The check on {at} found the log damaged at {places}.")}</p>
            <ul>
                {report.places.into_iter().take(TOLD).map(|place| view! { <li>{place.to_string()}</li> }).collect_view()}
            </ul>
            {untold.then(|| view! { <p>"Run "<code>"tidings audit verify"</code>" on the server for the others."</p> })}
        </Notice>
    }
}
