//! One provider: what it needs from here, its certificates, a trial, its settings, and its end.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::ProviderId;
use model::sso::{Expiry, ListedSamlProvider, SamlCertificate, SamlInput};
use model::time::short_date;
use ui::{
    Button, ButtonLink, CodeBlock, FormError, Notice, Section, SkeletonRows, StatusMark, Table, Tone, Variant,
    use_toasts,
};

use super::fields::SamlFields;
use super::{DeleteSamlProvider, OneSamlProvider, PATH, UpdateSamlProvider, get_saml_provider};
use crate::admin::AdminArea;
use crate::failure::{Failure, failure_of, form_error, wrong_fields};
use crate::params::id_param;
use crate::pending::{Pending, later};
use crate::providers::{DeleteQuestion, DeleteSection, TrialSection};

#[component]
pub fn SamlProviderPage() -> impl IntoView {
    view! {
        <AdminArea title="SAML provider">
            <ProviderBody/>
        </AdminArea>
    }
}

#[component]
fn ProviderBody() -> impl IntoView {
    let id = id_param::<ProviderId>("provider");
    let update = ServerAction::<UpdateSamlProvider>::new();
    let saved = RwSignal::new(0_u32);
    let toasts = use_toasts();
    Effect::new(move || {
        if matches!(update.value().get(), Some(Ok(()))) {
            saved.update(|count| *count += 1);
            toasts.say("Provider saved.");
        }
    });
    let data = Resource::new(move || (id.get(), saved.get()), |(id, _)| async move { get_saml_provider(id?).await });
    view! {
        <div class="page-narrow stack">
            <p><a href=PATH>"All SAML providers"</a></p>
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match data.await {
                        Ok(found) => view! { <ProviderView found update/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The provider could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn ProviderView(found: OneSamlProvider, update: ServerAction<UpdateSamlProvider>) -> impl IntoView {
    let OneSamlProvider { listed, trial, depending } = found;
    let failure = failure_of(update);
    let input = SamlInput::from(&listed.provider);
    let (id, name) = (listed.provider.id.to_string(), listed.provider.name.clone());
    let which = id.clone();
    let authorize = listed.provider.authorize_path();
    let certificates = listed.certificates.clone();
    let delete = ServerAction::<DeleteSamlProvider>::new();
    let refused = failure_of(delete);
    view! {
        <h2 dir="auto">{name.clone()}</h2>
        <Expiring expiry=listed.expiry()/>
        <Ours listed/>
        <Certificates certificates/>
        <TrialSection path=authorize trial/>
        <ActionForm action=update attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <input type="hidden" name="provider" value=which/>
            <SamlFields failure input/>
            <div class="cluster">
                <Button variant=Variant::Primary busy=update.pending()>"Save"</Button>
                <ButtonLink href=PATH>"Cancel"</ButtonLink>
            </div>
        </ActionForm>
        <DeleteSection failure=refused depending>
            <ActionForm action=delete>
                <DeleteQuestion id name failure=refused busy=delete.pending()/>
            </ActionForm>
        </DeleteSection>
    }
}

/// Says so when no certificate is good for long.
#[component]
fn Expiring(expiry: Expiry) -> impl IntoView {
    let (tone, title, text) = match expiry {
        Expiry::Fine => return ().into_any(),
        Expiry::Soon => (
            Tone::Warn,
            "The certificate ends soon",
            "Ask the provider for the one that follows, and paste it below the one that is there.",
        ),
        Expiry::Over => (
            Tone::Bad,
            "The certificate has ended",
            "Answers that are signed with it are still accepted. Providers mostly change their certificate before; then nobody can sign in until the new one is here.",
        ),
    };
    view! { <Notice tone title><p>{text}</p></Notice> }.into_any()
}

/// What is entered at the provider.
#[component]
fn Ours(listed: ListedSamlProvider) -> impl IntoView {
    let ListedSamlProvider { entity_id, callback_url, metadata_url, provider, .. } = listed;
    view! {
        <Section
            title="For the provider"
            text="Enter these at the provider. They stay when you rename it here. Have it sign its answers or assertions with SHA-256, and leave encryption of assertions off."
        >
            <div class="stack">
                <CodeBlock label="Answers go to (ACS URL, reply URL)" code=callback_url/>
                <CodeBlock label="Entity id of this instance (audience)" code=entity_id/>
                <CodeBlock label="Metadata, if the provider imports it" code=metadata_url/>
                {(!provider.enabled).then(|| view! {
                    <p class="soft small">"The metadata can be read once the provider is enabled."</p>
                })}
            </div>
        </Section>
    }
}

#[component]
fn Certificates(certificates: Vec<SamlCertificate>) -> impl IntoView {
    view! {
        <Section title="Certificates" text="Answers are checked with these. Compare the fingerprint with what the provider shows.">
            <Table
                caption="Certificates"
                head=|| view! {
                    <th scope="col">"Subject"</th>
                    <th scope="col">"State"</th>
                }
            >
                {certificates
                    .into_iter()
                    .map(|certificate| {
                        let end = short_date(certificate.not_after);
                        let (tone, word) = match certificate.expiry {
                            Expiry::Fine => (Tone::Good, format!("Good until {end}")),
                            Expiry::Soon => (Tone::Warn, format!("Ends {end}")),
                            Expiry::Over => (Tone::Bad, format!("Ended {end}")),
                        };
                        view! {
                            <tr>
                                <td class="cell-main">
                                    <span dir="auto">{certificate.subject}</span>
                                    <span class="soft small block">
                                        "SHA-256 " <code dir="ltr">{certificate.fingerprint}</code>
                                    </span>
                                </td>
                                <td><StatusMark tone word/></td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </Table>
        </Section>
    }
}
