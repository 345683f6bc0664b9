//! What one's sign-ins take besides the first factor.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::second_factor::Mode;
use ui::{Button, Choice, FormError, Radios, Section};

use super::{Changes, Security};
use crate::failure::{failure_of, field_error, form_error};

fn choice(mode: Mode, totp: bool) -> Choice {
    let (label, hint) = match mode {
        Mode::None if totp => ("No passkey", "After your password you are asked for a code of your authenticator app."),
        Mode::None => ("No second step", "Your password is enough, and so is a passkey."),
        Mode::PasswordPlusPasskey => {
            ("A passkey after the password", "A passkey alone is enough: it proves your device and you.")
        }
        Mode::PasskeyPlusPassword => ("Always both", "A passkey and your password, whichever you begin with."),
    };
    Choice::new(mode.as_str(), label).with_hint(hint)
}

#[component]
pub(super) fn ModeSection(security: Security, changes: Changes) -> impl IntoView {
    let Security { factors, support, is_required, is_confirmed, .. } = security;
    let failure = failure_of(changes.mode);
    let modes: Vec<Choice> = Mode::ALL.into_iter().map(|mode| choice(mode, factors.totp)).collect();
    let current = choice(factors.mode, factors.totp);
    let missing = if support.hindrance().is_some() {
        Some("Without passkeys there is nothing to choose here. An authenticator app works everywhere; see below.")
    } else if factors.passkeys == 0 && !factors.has_password {
        Some("You sign in through a provider. Its own second factor protects you.")
    } else if factors.passkeys == 0 {
        Some("Add a passkey to ask for one after your password.")
    } else if !factors.has_password {
        Some("You have no password, so there is no second step to ask for: a passkey proves your device and you.")
    } else {
        None
    };
    let offers = missing.is_none() || factors.mode != Mode::None;
    view! {
        <Section title="Second step" text="What a sign-in takes besides the first proof.">
            {is_required.then(|| view! {
                <p class="outcome">"This instance needs a second factor of everybody."</p>
            })}
            {missing.map(|text| view! { <p class="soft">{text}</p> })}
            {if is_confirmed && offers {
                view! {
                    <ActionForm action=changes.mode attr:class="stack">
                        <FormError message=form_error(failure)/>
                        <Radios
                            legend="After the first proof"
                            name="two_factor_mode"
                            value=factors.mode.as_str().to_owned()
                            options=modes
                            error=field_error(failure, "twoFactorMode")
                        />
                        <p class="soft small">"All other sign-ins of yours end when you change this."</p>
                        <div><Button busy=changes.mode.pending()>"Save second step"</Button></div>
                    </ActionForm>
                }
                .into_any()
            } else {
                view! {
                    <dl class="facts">
                        <div><dt>"Now"</dt><dd>{current.label}" – "{current.hint}</dd></div>
                    </dl>
                }
                .into_any()
            }}
        </Section>
    }
}
