//! A new provider.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::sso::SamlInput;
use ui::{Button, ButtonLink, FormError, Notice, Variant};

use super::fields::SamlFields;
use super::{CreateSamlProvider, PATH};
use crate::admin::AdminArea;
use crate::failure::{failure_of, form_error, wrong_fields};

#[component]
pub fn SamlProviderNewPage() -> impl IntoView {
    view! {
        <AdminArea title="Add a SAML provider">
            <NewBody/>
        </AdminArea>
    }
}

#[component]
fn NewBody() -> impl IntoView {
    let create = ServerAction::<CreateSamlProvider>::new();
    let failure = failure_of(create);
    // Nobody signs in through a provider before it was tried.
    let input = SamlInput { enabled: false, ..SamlInput::default() };
    view! {
        <div class="page-narrow stack">
            <Notice title="What the provider needs from here">
                <p>"Its addresses for this instance are made from the name, and shown once the provider is saved. It may be saved switched off, and tried."</p>
            </Notice>
            <ActionForm action=create attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <SamlFields failure input/>
                <div class="cluster">
                    <Button variant=Variant::Primary busy=create.pending()>"Add provider"</Button>
                    <ButtonLink href=PATH>"Cancel"</ButtonLink>
                </div>
            </ActionForm>
        </div>
    }
}
