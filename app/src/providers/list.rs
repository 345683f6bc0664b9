//! All providers, and what they mean for passwords.

use leptos::form::ActionForm;
use leptos::prelude::*;
use ui::{
    Button, ButtonLink, EmptyState, FormError, Glyph, Section, SkeletonRows, StatusMark, Switch, Table, Tone, Variant,
    use_toasts,
};

use super::{PATH, ProviderLine, ProviderTabs, Providers, SaveSignInSettings, list_providers};
use crate::admin::AdminArea;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::pending::{Pending, later};

#[component]
pub fn ProviderListPage() -> impl IntoView {
    view! {
        <AdminArea title="Sign-in">
            <ProviderTabs saml=false/>
            <ProviderListBody/>
        </AdminArea>
    }
}

#[component]
fn ProviderListBody() -> impl IntoView {
    let data = Resource::new(|| (), |()| list_providers());
    view! {
        <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
            {move || later(async move {
                match data.await {
                    Ok(found) => view! { <ProviderListView found/> }.into_any(),
                    Err(error) => {
                        let retry = move |()| data.refetch();
                        view! { <Failure error what="The providers could not be loaded." on_retry=retry/> }.into_any()
                    }
                }
            })}
        </Pending>
    }
}

#[component]
fn ProviderListView(found: Providers) -> impl IntoView {
    let Providers { lines, sso_only, sso_second_factor } = found;
    let new = format!("{PATH}/new");
    let list = if lines.is_empty() {
        view! {
            <EmptyState
                title="No providers yet"
                text="With a provider, people sign in here with the account they have at Google, GitHub or your own directory."
            >
                <ButtonLink href=new variant=Variant::Primary glyph=Glyph::Plus>"Add a provider"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <div class="stack">
                <Table
                    caption="Providers"
                    head=|| view! {
                        <th scope="col">"Name"</th>
                        <th scope="col">"Kind"</th>
                        <th scope="col">"People"</th>
                        <th scope="col">"State"</th>
                    }
                >
                    {lines.into_iter().map(|line| view! { <ProviderRow line/> }).collect_view()}
                </Table>
                <div><ButtonLink href=new variant=Variant::Primary glyph=Glyph::Plus>"Add a provider"</ButtonLink></div>
            </div>
        }
        .into_any()
    };
    view! {
        <Section title="OAuth and OpenID Connect" text="Providers whose accounts open accounts here.">{list}</Section>
        <Passwords sso_only sso_second_factor/>
    }
}

#[component]
fn ProviderRow(line: ProviderLine) -> impl IntoView {
    let ProviderLine { provider, people } = line;
    let kind = if provider.issuer_url.is_some() { "OpenID Connect" } else { "OAuth 2.0" };
    let (tone, word) = match (provider.enabled, provider.is_default) {
        (true, true) => (Tone::Good, "Enabled, default"),
        (true, false) => (Tone::Good, "Enabled"),
        (false, _) => (Tone::Note, "Off"),
    };
    view! {
        <tr>
            <td class="cell-main">
                <a href=format!("{PATH}/{}", provider.id) data-row-link="" dir="auto">{provider.name}</a>
                <span class="soft small block"><code dir="ltr">{provider.slug}</code></span>
            </td>
            <td>{kind}</td>
            <td>{people}</td>
            <td><StatusMark tone word/></td>
        </tr>
    }
}

/// What providers mean for passwords and second steps.
#[component]
fn Passwords(sso_only: bool, sso_second_factor: bool) -> impl IntoView {
    let save = ServerAction::<SaveSignInSettings>::new();
    let failure = failure_of(save);
    let toasts = use_toasts();
    Effect::new(move || {
        if matches!(save.value().get(), Some(Ok(()))) {
            toasts.say("Settings saved.");
        }
    });
    view! {
        <Section title="Passwords and second steps">
            <ActionForm action=save attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <Switch
                    label="Sign in through providers only"
                    name="sso_only"
                    id="field-ssoOnly"
                    checked=sso_only
                    hint="Hides the form for passwords and refuses them, except those of administrators: they keep this way in for the day when a provider is down."
                    error=field_error(failure, "ssoOnly")
                />
                <Switch
                    label="Ask for the second factor after a provider"
                    name="sso_second_factor"
                    checked=sso_second_factor
                    hint="Off, a provider's own second factor counts: signing in through it does not ask for the one that is kept here."
                />
                <div><Button busy=save.pending()>"Save"</Button></div>
            </ActionForm>
        </Section>
    }
}
