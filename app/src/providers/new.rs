//! A new provider: first which one, then where it is, then the rest.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::sso::{PRESETS, Preset};
use ui::{Button, ButtonLink, Field, FormError, Section, Variant};

use super::fields::ProviderFields;
use super::{CreateProvider, PATH};
use crate::admin::AdminArea;
use crate::failure::{failure_of, form_error, wrong_fields};

#[component]
pub fn ProviderNewPage() -> impl IntoView {
    view! {
        <AdminArea title="Add a provider">
            <ProviderNewBody/>
        </AdminArea>
    }
}

#[component]
fn ProviderNewBody() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| (query.get("preset").unwrap_or_default(), query.get("base"), query.get("by_hand").is_some()))
    });
    let create = ServerAction::<CreateProvider>::new();
    view! {
        <div class="page-narrow stack">
            {move || {
                let (key, base, by_hand) = asked.get();
                match Preset::find(&key) {
                    None => view! { <Presets/> }.into_any(),
                    Some(preset) if preset.base.is_some() && base.is_none() && !by_hand => {
                        view! { <Where preset=*preset/> }.into_any()
                    }
                    Some(preset) => view! { <NewForm preset=*preset base=base.unwrap_or_default() create/> }.into_any(),
                }
            }}
        </div>
    }
}

/// Which provider it is.
#[component]
fn Presets() -> impl IntoView {
    view! {
        <Section title="Which provider?" text="Much is filled in for those that are known. OpenID Connect fits every other one.">
            <ul class="stack plain-list">
                {PRESETS
                    .iter()
                    .map(|preset| view! {
                        <li>
                            <a href=format!("{PATH}/new?preset={}", preset.key)>{preset.name}</a>
                            <span class="soft small block">{preset.help}</span>
                        </li>
                    })
                    .collect_view()}
            </ul>
            <div><ButtonLink href=PATH>"Cancel"</ButtonLink></div>
        </Section>
    }
}

/// Where the provider is: the rest is made from it.
#[component]
fn Where(preset: Preset) -> impl IntoView {
    let (label, example) = preset.base.unwrap_or(("Address", ""));
    view! {
        <Section title=preset.name text=preset.help>
            <form method="get" action=format!("{PATH}/new") class="stack">
                <input type="hidden" name="preset" value=preset.key/>
                <Field label name="base" mono=true required=true autofocus=true hint=format!("For example {example}")/>
                <div class="cluster">
                    <Button variant=Variant::Primary>"Continue"</Button>
                    <ButtonLink href=format!("{PATH}/new?preset={}&by_hand=1", preset.key)>"Fill in by hand"</ButtonLink>
                </div>
            </form>
        </Section>
    }
}

#[component]
fn NewForm(preset: Preset, base: String, create: ServerAction<CreateProvider>) -> impl IntoView {
    let failure = failure_of(create);
    view! {
        <p class="soft">{preset.help}" You see the callback address to register there after saving; it is made from the name."</p>
        <ActionForm action=create attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <ProviderFields failure input=preset.fill(&base)/>
            <div class="cluster">
                <Button variant=Variant::Primary busy=create.pending()>"Add provider"</Button>
                <ButtonLink href=PATH>"Cancel"</ButtonLink>
            </div>
        </ActionForm>
    }
}
