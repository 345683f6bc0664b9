//! What a new provider and a changed one are asked alike.

use leptos::prelude::*;
use model::Error;
use model::sso::{NAME_ID_FORMATS, SamlInput};
use ui::{Choice, Field, Section, Select, TextArea};

use crate::failure::field_error;
use crate::providers::{Kind, OnSignInPage, Rules};

#[component]
pub(super) fn SamlFields(failure: Signal<Option<Error>>, input: SamlInput) -> impl IntoView {
    let SamlInput { enabled, is_default, rules, .. } = input.clone();
    view! {
        <Provider failure input=input.clone()/>
        <People failure input/>
        <Rules failure rules kind=Kind::Saml/>
        <OnSignInPage enabled is_default/>
    }
}

/// What the provider says about itself.
#[component]
fn Provider(failure: Signal<Option<Error>>, input: SamlInput) -> impl IntoView {
    let SamlInput { name, entity_id, sso_url, certificate, .. } = input;
    view! {
        <Section title="Provider" text="What the provider shows about itself, often as “IdP metadata”.">
            <div class="stack">
                <Field
                    label="Name"
                    name="form[name]"
                    id="field-name"
                    value=name
                    required=true
                    maxlength=60
                    hint="Stands on the button of the sign-in page."
                    error=field_error(failure, "name")
                />
                <Field
                    label="Entity id of the provider"
                    name="form[entity_id]"
                    id="field-entityId"
                    value=entity_id
                    mono=true
                    required=true
                    autocomplete="off"
                    hint="Also called issuer. Compared letter by letter."
                    error=field_error(failure, "entityId")
                />
                <Field
                    label="Sign-in address"
                    name="form[sso_url]"
                    id="field-ssoUrl"
                    kind="url"
                    value=sso_url
                    mono=true
                    required=true
                    hint="Where people are sent (HTTP-Redirect binding)."
                    error=field_error(failure, "ssoUrl")
                />
                <TextArea
                    label="Certificates"
                    name="form[certificate]"
                    id="field-certificate"
                    value=certificate
                    rows=8
                    mono=true
                    required=true
                    placeholder="-----BEGIN CERTIFICATE-----"
                    hint="What the provider signs with: PEM, or its Base64 text. Before it changes its certificate, paste the new one below the old one; both are accepted then."
                    error=field_error(failure, "certificate")
                />
            </div>
        </Section>
    }
}

/// How people are named, and this instance.
#[component]
fn People(failure: Signal<Option<Error>>, input: SamlInput) -> impl IntoView {
    let SamlInput { sp_entity_id, name_id_format, email_attribute, name_attribute, .. } = input;
    let formats: Vec<Choice> = NAME_ID_FORMATS.into_iter().map(|(format, label)| Choice::new(format, label)).collect();
    view! {
        <Section title="Names" text="What the provider calls people and this instance. The defaults fit most providers.">
            <div class="stack">
                <Select
                    label="How people are named (NameID)"
                    name="form[name_id_format]"
                    id="field-nameIdFormat"
                    value=name_id_format
                    options=formats
                    hint="The name has to stay the same for ever. A persistent id outlives a change of the address."
                    error=field_error(failure, "nameIdFormat")
                />
                <Field
                    label="Attribute with the e-mail address"
                    name="form[email_attribute]"
                    id="field-emailAttribute"
                    value=email_attribute
                    mono=true
                    maxlength=200
                    hint="If it is missing, email, the usual long name, and the NameID are looked at."
                    error=field_error(failure, "emailAttribute")
                />
                <Field
                    label="Attribute with the name"
                    name="form[name_attribute]"
                    id="field-nameAttribute"
                    value=name_attribute
                    mono=true
                    maxlength=200
                    error=field_error(failure, "nameAttribute")
                />
                <Field
                    label="Entity id of this instance"
                    name="form[sp_entity_id]"
                    id="field-spEntityId"
                    value=sp_entity_id
                    mono=true
                    autocomplete="off"
                    hint="Only if the provider asks for a certain one. Empty, it is the address of the metadata."
                    error=field_error(failure, "spEntityId")
                />
            </div>
        </Section>
    }
}
