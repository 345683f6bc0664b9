//! The authenticator app.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::second_factor::Mode;
use ui::{Button, CodeBlock, Confirm, Dialog, Field, FormError, Section, StatusMark, Tone, Variant};

use super::{AppOffer, Changes, Security};
use crate::failure::{failure_of, field_error, form_error, wrong_fields};

#[component]
pub(super) fn AppSection(security: Security, changes: Changes) -> impl IntoView {
    let Security { factors, is_confirmed, offer, .. } = security;
    let failure = failure_of(changes.offer);
    let removal = failure_of(changes.remove_app);
    let removing = RwSignal::new(false);
    view! {
        <Section
            title="Authenticator app"
            text="An app on your telephone, or a password manager, that shows six digits which change every half minute."
        >
            <FormError message=form_error(failure)/>
            <FormError message=form_error(removal)/>
            {match (factors.totp, offer) {
                (true, _) => view! {
                    <p>
                        <StatusMark tone=Tone::Good word="Set up"/>
                        {(factors.mode != Mode::None).then_some(
                            " It is not asked for while a passkey is asked for after the password.",
                        )}
                    </p>
                    {is_confirmed.then(|| view! {
                        <div><Button opens="remove-app" variant=Variant::Quiet>"Remove authenticator app"</Button></div>
                        <Dialog id="remove-app" open=removing title="Remove authenticator app">
                            <ActionForm action=changes.remove_app>
                                <Confirm verb="Remove authenticator app" busy=changes.remove_app.pending()>
                                    "No sign-in asks for its codes any more, and all other sign-ins of yours end."
                                </Confirm>
                            </ActionForm>
                        </Dialog>
                    })}
                }
                .into_any(),
                (false, Some(offer)) => view! { <Offered offer changes/> }.into_any(),
                (false, None) => view! {
                    <p><StatusMark tone=Tone::Note word="Not set up"/></p>
                    {is_confirmed.then(|| view! {
                        <ActionForm action=changes.offer>
                            <Button variant=Variant::Quiet busy=changes.offer.pending()>"Set up an authenticator app"</Button>
                        </ActionForm>
                    })}
                }
                .into_any(),
            }}
        </Section>
    }
}

/// The secret, as a picture and as text, and a field for the first code.
#[component]
fn Offered(offer: AppOffer, changes: Changes) -> impl IntoView {
    let failure = failure_of(changes.confirm);
    let AppOffer { secret, address, qr } = offer;
    view! {
        <div class="totp-offer">
            // Made by the server, out of squares.
            <div class="totp-qr" inner_html=qr></div>
            <div class="stack">
                <p>
                    "Scan this with the app. On the same device, "
                    <a href=address rel="external">"open it in the app"</a>
                    ", or type the secret:"
                </p>
                <CodeBlock label="Secret" code=secret/>
            </div>
        </div>
        <ActionForm action=changes.confirm attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <Field
                label="Code that the app shows"
                name="code"
                inputmode="numeric"
                autocomplete="one-time-code"
                maxlength=9
                mono=true
                required=true
                error=field_error(failure, "code")
            />
            <p class="soft small">"From then on a code is asked for after your password. All other sign-ins of yours end."</p>
            <div class="cluster">
                <Button busy=changes.confirm.pending()>"Finish set-up"</Button>
                <Button form="cancel-app" variant=Variant::Bare kind="submit">"Cancel"</Button>
            </div>
        </ActionForm>
        <ActionForm action=changes.remove_app attr:id="cancel-app">""</ActionForm>
    }
}
