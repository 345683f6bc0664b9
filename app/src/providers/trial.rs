//! Trying a provider, and what it said.

use leptos::prelude::*;
use model::sso::{Trial, TrialEnd};
use ui::{Notice, Section, Table, Tone};

use crate::dates::Moment;

#[component]
pub(crate) fn TrialSection(
    /// Where the way to the provider begins.
    path: String,
    trial: Option<Trial>,
) -> impl IntoView {
    view! {
        <Section
            id="trial"
            title="Try it"
            text="Goes the whole way to the provider and back with your account there. Nobody is signed in; you see what it says."
        >
            <div class="stack">
                <div>
                    // Not a page of the dashboard: the browser has to go there itself.
                    <a class="button button-quiet" rel="external" href=format!("{path}?intent=test")>
                        <span class="button-label">"Try the provider"</span>
                    </a>
                </div>
                {trial.map(|trial| view! { <TrialView trial/> })}
            </div>
        </Section>
    }
}

#[component]
fn TrialView(trial: Trial) -> impl IntoView {
    let (tone, title, text) = match &trial.end {
        TrialEnd::Broken { detail, .. } => (Tone::Bad, "It did not work", detail.clone()),
        TrialEnd::Refused { problem } => (Tone::Warn, "It works, and this account would be refused", problem.text()),
        TrialEnd::SignsIn { account } => (Tone::Good, "It works", format!("{account} would be signed in.")),
        TrialEnd::Links { account } => {
            (Tone::Good, "It works", format!("{account} would be signed in, and this account linked with theirs."))
        }
        TrialEnd::Creates { account, role } => {
            (Tone::Good, "It works", format!("{account} would get an account with the role {}.", role.label()))
        }
    };
    let confirmed = match trial.email_verified {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not said",
    };
    let said = !matches!(trial.end, TrialEnd::Broken { .. });
    view! {
        <Notice tone title>
            <p dir="auto">{text}</p>
            <p class="soft small">"Tried " <Moment at=trial.at/> ". Shown to you alone, for ten minutes."</p>
        </Notice>
        {said.then(|| view! {
            <p>
                "Account " <code dir="ltr">{trial.external_id}</code> ", address confirmed: " {confirmed} "."
            </p>
            <Table
                caption="What the provider said"
                head=|| view! {
                    <th scope="col">"Claim"</th>
                    <th scope="col">"Value"</th>
                }
            >
                {trial
                    .claims
                    .into_iter()
                    .map(|(name, value)| view! {
                        <tr>
                            <td><code dir="ltr">{name}</code></td>
                            <td class="cell-main" dir="auto">{value}</td>
                        </tr>
                    })
                    .collect_view()}
            </Table>
        })}
    }
}
