//! What the pages of OAuth providers and of SAML providers have in common.

use leptos::prelude::*;
use model::sso::{SignInRules, claim_lines};
use model::{Error, Role};
use ui::{Button, Choice, Confirm, Dialog, Section, Select, Switch, TextArea, Variant};

use crate::failure::field_error;

/// Of which kind the provider is, where that makes a difference in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    OAuth,
    Saml,
}

/// Who gets in.
#[component]
pub(crate) fn Rules(failure: Signal<Option<Error>>, rules: SignInRules, kind: Kind) -> impl IntoView {
    let roles: Vec<Choice> = Role::ALL.into_iter().map(|role| Choice::new(role.as_str(), role.label())).collect();
    let (domains, claims, claims_hint) = match kind {
        Kind::OAuth => (
            "One a line, compared exactly. Empty allows every domain.",
            "Required claims",
            "One a line: groups = admins | editors. Dots lead deeper: realm_access.roles = editor.",
        ),
        Kind::Saml => (
            "One a line, compared exactly. Empty allows every domain. What the provider signs counts as confirmed: whoever can set an address there can sign in to the account here that has it.",
            "Required attributes",
            "One a line: groups = admins | editors.",
        ),
    };
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
                    hint=domains
                    error=field_error(failure, "allowedEmailDomains")
                />
                <TextArea
                    label=claims
                    name="form[claims]"
                    id="field-requiredClaims"
                    value=claim_lines(&rules.required_claims)
                    rows=2
                    mono=true
                    hint=claims_hint
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
                // What SAML signs always counts as confirmed.
                {(kind == Kind::OAuth).then(|| view! {
                    <Switch
                        label="Trust its e-mail addresses"
                        name="form[trust_email]"
                        checked=rules.trust_email
                        hint="Counts every address as confirmed, even where the provider does not say so. Whoever can set an address there can then sign in to the account here that has it. Leave it off unless you run the provider."
                    />
                })}
            </div>
        </Section>
    }
}

/// Whether and how the provider stands on the sign-in page.
#[component]
pub(crate) fn OnSignInPage(enabled: bool, is_default: bool) -> impl IntoView {
    view! {
        <Section title="On the sign-in page">
            <div class="stack">
                <Switch label="Enabled" name="form[enabled]" checked=enabled hint="Off, nobody signs in this way. Accounts and links stay."/>
                <Switch label="Default" name="form[is_default]" checked=is_default hint="Its button comes first and is emphasised. Only one provider is the default, of whatever kind."/>
            </div>
        </Section>
    }
}

/// The end of a provider: `children` is the form around a [`DeleteQuestion`]. `depending` are the addresses of those who
/// have no other way in.
#[component]
pub(crate) fn DeleteSection(
    failure: Signal<Option<Error>>,
    depending: Vec<String>,
    children: Children,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if failure.with(Option::is_some) {
            open.set(true);
        }
    });
    let people = (!depending.is_empty()).then(|| {
        view! {
            <p>"These people have no other way to sign in, and will be locked out until they get one:"</p>
            <ul>{depending.into_iter().map(|email| view! { <li dir="auto">{email}</li> }).collect_view()}</ul>
        }
    });
    view! {
        <Section title="Delete the provider" text="Accounts of people stay; their links to this provider are deleted.">
            {people}
            <div><Button variant=Variant::Danger kind="button" opens="delete-provider">"Delete provider"</Button></div>
            <Dialog id="delete-provider" open=open title="Delete the provider?">{children()}</Dialog>
        </Section>
    }
}

/// What is asked before a provider is deleted.
#[component]
pub(crate) fn DeleteQuestion(
    id: String,
    name: String,
    failure: Signal<Option<Error>>,
    #[prop(into)] busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <input type="hidden" name="provider" value=id/>
        <Confirm verb="Delete provider" phrase=name busy error=field_error(failure, "confirm")>
            <p>"Nobody can sign in through it any more. This cannot be undone."</p>
        </Confirm>
    }
}
