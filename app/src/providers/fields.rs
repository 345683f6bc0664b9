//! What a new provider and a changed one are asked alike.

use leptos::prelude::*;
use model::Error;
use model::sso::{AuthMethod, ProviderInput};
use ui::{Choice, Field, Section, Select};

use super::shared::{Kind, OnSignInPage, Rules};
use crate::failure::field_error;

/// All fields. `has_secret` says that an empty secret keeps the one that is there.
#[component]
pub(super) fn ProviderFields(
    failure: Signal<Option<Error>>,
    input: ProviderInput,
    #[prop(optional)] has_secret: bool,
) -> impl IntoView {
    let ProviderInput { name, icon_key, client_id, auth_method, scopes, enabled, is_default, .. } = input.clone();
    let secret_hint =
        if has_secret { "A secret is set. Leave this empty to keep it." } else { "As the provider shows it." };
    let methods = vec![
        Choice::new(AuthMethod::Post.as_str(), "In the form (client_secret_post)"),
        Choice::new(AuthMethod::Basic.as_str(), "In a header (client_secret_basic)"),
    ];
    view! {
        <input type="hidden" name="form[icon_key]" value=icon_key.unwrap_or_default()/>
        <Section title="Client" text="What the provider gave you when you registered this instance there.">
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
                    label="Client id"
                    name="form[client_id]"
                    id="field-clientId"
                    value=client_id
                    mono=true
                    required=true
                    autocomplete="off"
                    error=field_error(failure, "clientId")
                />
                <Field
                    label="Client secret"
                    name="form[client_secret]"
                    id="field-clientSecret"
                    kind="password"
                    mono=true
                    required=!has_secret
                    autocomplete="new-password"
                    hint=secret_hint
                    error=field_error(failure, "clientSecret")
                />
                <Select
                    label="How the secret is sent"
                    name="form[auth_method]"
                    id="field-authMethod"
                    value=auth_method.as_str()
                    options=methods
                    error=field_error(failure, "authMethod")
                />
                <Field
                    label="Scopes"
                    name="form[scopes]"
                    id="field-scopes"
                    value=scopes.join(" ")
                    mono=true
                    required=true
                    hint="Separated by spaces."
                    error=field_error(failure, "scopes")
                />
            </div>
        </Section>
        <Addresses failure input=input.clone()/>
        <Rules failure rules=input.rules kind=Kind::OAuth/>
        <OnSignInPage enabled is_default/>
    }
}

/// Where the provider is.
#[component]
fn Addresses(failure: Signal<Option<Error>>, input: ProviderInput) -> impl IntoView {
    let ProviderInput { issuer_url, authorization_url, token_url, user_info_url, emails_url, .. } = input;
    let knows_issuer = !issuer_url.is_empty();
    view! {
        <Section
            title="Addresses"
            text="With an issuer, the other addresses are read from the provider when you save, and what it says about people is verified by its signature."
        >
            <div class="stack">
                <Address failure label="Issuer" name="form[issuer_url]" field="issuerUrl" value=issuer_url hint="For OpenID Connect. Leave it empty for plain OAuth 2.0."/>
                <details open=!knows_issuer>
                    <summary>"Single addresses"</summary>
                    <div class="stack">
                        <Address failure label="Authorisation" name="form[authorization_url]" field="authorizationUrl" value=authorization_url hint="Where people are sent to sign in."/>
                        <Address failure label="Token" name="form[token_url]" field="tokenUrl" value=token_url hint="Where the server exchanges the code."/>
                        <Address failure label="User info" name="form[user_info_url]" field="userInfoUrl" value=user_info_url hint="Says who it is: sub or id, email, name."/>
                        <Address failure label="List of e-mails" name="form[emails_url]" field="emailsUrl" value=emails_url hint="Only for GitHub and those like it."/>
                    </div>
                </details>
            </div>
        </Section>
    }
}

#[component]
fn Address(
    failure: Signal<Option<Error>>,
    label: &'static str,
    name: &'static str,
    /// As it is called on the wire.
    field: &'static str,
    value: String,
    hint: &'static str,
) -> impl IntoView {
    let id = format!("field-{field}");
    view! { <Field label name id kind="url" value mono=true hint error=field_error(failure, field)/> }
}
