//! What a new provider and a changed one are asked alike.

use leptos::prelude::*;
use model::sso::{NAME_ID_FORMATS, SamlInput, SignInRules, claim_lines};
use model::{Error, Role};
use ui::{Choice, Field, Section, Select, Switch, TextArea};

use crate::failure::field_error;

#[component]
pub(super) fn SamlFields(failure: Signal<Option<Error>>, input: SamlInput) -> impl IntoView {
    let SamlInput { enabled, is_default, rules, .. } = input.clone();
    view! {
        <Provider failure input=input.clone()/>
        <People failure input/>
        <Rules failure rules/>
        <Section title="On the sign-in page">
            <div class="stack">
                <Switch label="Enabled" name="form[enabled]" checked=enabled hint="Off, nobody signs in this way. Accounts and links stay."/>
                <Switch label="Default" name="form[is_default]" checked=is_default hint="Its button comes first and is emphasised. Only one provider is the default, of whatever kind."/>
            </div>
        </Section>
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

/// Who gets in.
#[component]
fn Rules(failure: Signal<Option<Error>>, rules: SignInRules) -> impl IntoView {
    let roles: Vec<Choice> = Role::ALL.into_iter().map(|role| Choice::new(role.as_str(), role.label())).collect();
    view! {
        <Section title="Who gets in" text="Asked at every sign-in, also of people who came this way before.">
            <div class="stack">
                <TextArea
                    label="Allowed e-mail domains"
                    name="form[domains]"
                    id="field-allowedEmailDomains"
                    value=rules.allowed_email_domains.join("\n")
                    rows=2
                    mono=true
                    hint="One a line, compared exactly. Empty allows every domain. What the provider signs counts as confirmed: whoever can set an address there can sign in to the account here that has it."
                    error=field_error(failure, "allowedEmailDomains")
                />
                <TextArea
                    label="Required attributes"
                    name="form[claims]"
                    id="field-requiredClaims"
                    value=claim_lines(&rules.required_claims)
                    rows=2
                    mono=true
                    hint="One a line: groups = admins | editors."
                    error=field_error(failure, "requiredClaims")
                />
                <Switch
                    label="Make accounts for new people"
                    name="form[allow_signup]"
                    checked=rules.allow_signup
                    hint="Off, only people who have an account here can sign in."
                />
                <Select
                    label="Role of new accounts"
                    name="form[role]"
                    id="field-defaultRole"
                    value=rules.default_role.as_str()
                    options=roles
                    error=field_error(failure, "defaultRole")
                />
                <Switch
                    label="New people only"
                    name="form[block_existing_users]"
                    checked=rules.block_existing_users
                    hint="Refuses people who have an account here already and did not come through this provider."
                />
            </div>
        </Section>
    }
}
