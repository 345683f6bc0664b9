//! All providers of SAML.

use leptos::prelude::*;
use model::sso::{Expiry, ListedSamlProvider};
use model::time::short_date;
use ui::{ButtonLink, EmptyState, Glyph, Section, SkeletonRows, StatusMark, Table, Tone, Variant};

use super::{PATH, list_saml_providers};
use crate::admin::AdminArea;
use crate::failure::Failure;
use crate::pending::{Pending, later};
use crate::providers::ProviderTabs;

#[component]
pub fn SamlProviderListPage() -> impl IntoView {
    view! {
        <AdminArea title="Sign-in">
            <ProviderTabs saml=true/>
            <ListBody/>
        </AdminArea>
    }
}

#[component]
fn ListBody() -> impl IntoView {
    let data = Resource::new(|| (), |()| list_saml_providers());
    view! {
        <Pending fallback=|| view! { <SkeletonRows rows=4/> }>
            {move || later(async move {
                match data.await {
                    Ok(listed) => view! { <List listed/> }.into_any(),
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
fn List(listed: Vec<ListedSamlProvider>) -> impl IntoView {
    let new = format!("{PATH}/new");
    let list = if listed.is_empty() {
        view! {
            <EmptyState
                title="No SAML providers yet"
                text="With SAML, people sign in here with the account of their organisation: Entra, Okta, Google Workspace, Keycloak, ADFS and others."
            >
                <ButtonLink href=new variant=Variant::Primary glyph=Glyph::Plus>"Add a provider"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <div class="stack">
                <Table
                    caption="SAML providers"
                    head=|| view! {
                        <th scope="col">"Name"</th>
                        <th scope="col">"Certificate"</th>
                        <th scope="col">"People"</th>
                        <th scope="col">"State"</th>
                    }
                >
                    {listed.into_iter().map(|listed| view! { <Row listed/> }).collect_view()}
                </Table>
                <div><ButtonLink href=new variant=Variant::Primary glyph=Glyph::Plus>"Add a provider"</ButtonLink></div>
            </div>
        }
        .into_any()
    };
    view! {
        <Section title="SAML 2.0" text="Providers whose signed answers open accounts here.">{list}</Section>
    }
}

#[component]
fn Row(listed: ListedSamlProvider) -> impl IntoView {
    let expiry = listed.expiry();
    let ends = listed.certificates.iter().map(|certificate| certificate.not_after).max();
    let end = ends.map(short_date).unwrap_or_default();
    let (tone, word) = match expiry {
        Expiry::Fine => (Tone::Good, format!("Good until {end}")),
        Expiry::Soon => (Tone::Warn, format!("Ends {end}")),
        Expiry::Over => (Tone::Bad, format!("Ended {end}")),
    };
    let provider = listed.provider;
    let (state_tone, state) = match (provider.enabled, provider.is_default) {
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
            <td><StatusMark tone word/></td>
            <td>{listed.people}<span class="narrow-only">" people"</span></td>
            <td><StatusMark tone=state_tone word=state/></td>
        </tr>
    }
}
