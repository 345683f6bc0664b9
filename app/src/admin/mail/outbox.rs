//! The letters, without their texts: what became of each.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::mail::{LetterLine, LetterState};
use ui::{
    Button, ButtonLink, Chip, EmptyState, FormError, Notice, Pager, Section, SkeletonRows, StatusMark, Table, Tone,
    Variant, use_toasts,
};

use super::{HurryLetter, LettersData, list_letters};
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, form_error};
use crate::params::with_query;
use crate::pending::{Pending, later};

const PATH: &str = "/dashboard/admin/mail";

fn href(state: Option<LetterState>, after: &str) -> String {
    with_query(PATH, &[("state", state.map_or("", LetterState::as_str)), ("after", after)])
}

/// The outbox, and a word when it does not move.
#[component]
pub(super) fn Outbox(is_set: Memo<bool>, changed: RwSignal<u32>, on_change: Callback<()>) -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let state = query.get("state").and_then(|state| LetterState::parse(&state));
            (state, query.get("after").unwrap_or_default())
        })
    });
    let data = Resource::new(
        move || (asked.get(), changed.get()),
        |((state, after), _)| async move { list_letters(state, after.parse().ok()).await },
    );
    let hurry = ServerAction::<HurryLetter>::new();
    let failure = failure_of(hurry);
    let toasts = use_toasts();
    Effect::new(move |_| match hurry.value().get() {
        Some(Ok(())) => {
            toasts.say("The letter is tried now.");
            on_change.run(());
        }
        Some(Err(_)) => on_change.run(()),
        None => {}
    });
    view! {
        <Section
            id="letters"
            title="Letters"
            text="Kept for 90 days, without their texts. The text of a letter is deleted as soon as it was sent or given up."
        >
            <FormError message=form_error(failure)/>
            <Pending fallback=|| view! { <SkeletonRows rows=5/> }>
                {move || later(async move {
                    match data.await {
                        Ok(found) => {
                            let (state, after) = asked.get_untracked();
                            let is_set = is_set.get_untracked();
                            view! { <Letters found state is_first=after.is_empty() is_set hurry/> }.into_any()
                        }
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The letters could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </Section>
    }
}

#[component]
fn Letters(
    found: LettersData,
    state: Option<LetterState>,
    is_first: bool,
    is_set: bool,
    hurry: ServerAction<HurryLetter>,
) -> impl IntoView {
    let LettersData { letters, counts, pause } = found;
    let chip = move |of: Option<LetterState>, label: &'static str, count: i64| {
        view! { <Chip href=href(of, "") label=label count=Some(count.to_string()) current=state == of/> }
    };
    let older = letters.next.as_ref().map(|next| href(state, &next.to_string()));
    let newest = (!is_first).then(|| href(state, ""));
    let is_empty = letters.items.is_empty();
    view! {
        {pause.filter(|_| is_set).map(|pause| view! {
            <Notice tone=Tone::Bad title="Sending is paused">
                {format!(
                    "{} Letters wait until {} UTC, or until you save the mail server or a test letter arrives.",
                    pause.reason,
                    pause.until.format("%H:%M"),
                )}
            </Notice>
        })}
        {(counts.total() > 0).then(|| view! {
            <nav class="cluster" aria-label="State">
                {chip(None, "All", counts.total())}
                {LetterState::ALL
                    .into_iter()
                    .filter(|of| counts.of(*of) > 0 || state == Some(*of))
                    .map(|of| chip(Some(of), of.label(), counts.of(of)))
                    .collect_view()}
            </nav>
        })}
        {if is_empty && counts.total() == 0 {
            view! { <EmptyState title="No letters yet" text="What this instance sends, or would send, is listed here."/> }.into_any()
        } else if is_empty {
            view! {
                <EmptyState title="Nothing here" text="No letter is in this state.">
                    <ButtonLink href=PATH>"Show all letters"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <Table
                    caption="Letters"
                    head=|| view! {
                        <th scope="col">"Letter"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Written"</th>
                        <th scope="col"><span class="sr-only">"Actions"</span></th>
                    }
                >
                    {letters.items.into_iter().map(|line| view! { <Line line hurry is_set/> }).collect_view()}
                </Table>
                <Pager newer=newest older=older label="Pages of letters"/>
            }
            .into_any()
        }}
    }
}

#[component]
fn Line(line: LetterLine, hurry: ServerAction<HurryLetter>, is_set: bool) -> impl IntoView {
    let tone = match line.state {
        LetterState::Queued => Tone::Note,
        LetterState::Sent => Tone::Good,
        LetterState::Failed => Tone::Bad,
        LetterState::NotSent => Tone::Warn,
    };
    let waits = line.state == LetterState::Queued;
    let why = match (line.state, line.error) {
        (LetterState::NotSent, None) => Some("No mail server was set.".to_owned()),
        (_, error) => error,
    };
    let tries = (line.attempts > 1).then(|| format!("{} attempts", line.attempts));
    let whose = format!(" the letter to {}", line.to);
    view! {
        <tr>
            <td class="cell-main">
                <span dir="auto" title=line.subject.clone()>{line.subject.clone()}</span>
                <span class="soft small block" dir="ltr">{line.to}</span>
                {why.map(|why| view! { <span class="small block letter-why">{why}</span> })}
            </td>
            <td>
                <StatusMark tone word=line.state.label()/>
                {tries.map(|tries| view! { <span class="soft small block">{tries}</span> })}
                {line.next_attempt_at.filter(|_| waits && line.attempts > 0).map(|next| view! {
                    <span class="soft small block">{format!("again at {} UTC", next.format("%-d %b, %H:%M"))}</span>
                })}
            </td>
            <td class="nums"><Moment at=line.created_at/></td>
            <td>
                {(waits && is_set).then(|| view! {
                    <ActionForm action=hurry>
                        <input type="hidden" name="letter" value=line.id.to_string()/>
                        <Button small=true variant=Variant::Quiet kind="submit">
                            "Try now" <span class="sr-only">{whose}</span>
                        </Button>
                    </ActionForm>
                })}
            </td>
        </tr>
    }
}
