//! One provider: its callback address, a trial, its settings, and its end.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::ProviderId;
use model::sso::ProviderInput;
use ui::{Button, ButtonLink, CodeBlock, FormError, Section, SkeletonRows, Variant, use_toasts};

use super::fields::ProviderFields;
use super::shared::{DeleteQuestion, DeleteSection};
use super::trial::TrialSection;
use super::{DeleteProvider, OneProvider, PATH, UpdateProvider, get_provider};
use crate::admin::AdminArea;
use crate::failure::{Failure, failure_of, form_error, wrong_fields};
use crate::params::id_param;
use crate::pending::{Pending, later};

#[component]
pub fn ProviderPage() -> impl IntoView {
    view! {
        <AdminArea title="Sign-in provider">
            <ProviderBody/>
        </AdminArea>
    }
}

#[component]
fn ProviderBody() -> impl IntoView {
    let id = id_param::<ProviderId>("provider");
    let update = ServerAction::<UpdateProvider>::new();
    let saved = RwSignal::new(0_u32);
    let toasts = use_toasts();
    Effect::new(move || {
        if matches!(update.value().get(), Some(Ok(()))) {
            saved.update(|count| *count += 1);
            toasts.say("Provider saved.");
        }
    });
    let data = Resource::new(move || (id.get(), saved.get()), |(id, _)| async move { get_provider(id?).await });
    view! {
        <div class="page-narrow stack">
            <p><a href=PATH>"All providers"</a></p>
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
fn ProviderView(found: OneProvider, update: ServerAction<UpdateProvider>) -> impl IntoView {
    let OneProvider { provider, callback_url, trial, depending } = found;
    let failure = failure_of(update);
    let input = ProviderInput::from(&provider);
    let (id, name, path) = (provider.id.to_string(), provider.name.clone(), provider.authorize_path());
    let of_form = id.clone();
    let delete = ServerAction::<DeleteProvider>::new();
    let refused = failure_of(delete);
    view! {
        <h2 dir="auto">{name.clone()}</h2>
        <Section title="Callback address" text="Register exactly this at the provider. It stays when you rename the provider.">
            <CodeBlock label="Callback address" code=callback_url/>
        </Section>
        <TrialSection path trial/>
        <ActionForm action=update attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <input type="hidden" name="provider" value=of_form/>
            <ProviderFields failure input has_secret=provider.has_secret/>
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
