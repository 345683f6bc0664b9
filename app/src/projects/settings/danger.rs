//! Maintenance, and deleting what readers see.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::projects::MAX_MAINTENANCE_MESSAGE;
use ui::{Button, Confirm, Dialog, Notice, Section, Switch, TextArea, Tone, Variant, use_toasts};

use super::form::SectionForm;
use super::{
    DeleteProject, DeleteProjectEntries, DeleteProjectHistory, SetProjectMaintenance, Settings, SettingsFrame,
};
use crate::exports::ExportFirst;
use crate::failure::{failure_of, field_error};
use crate::requests::AskAboutProject;

#[component]
pub fn DangerSettingsPage() -> impl IntoView {
    view! { <SettingsFrame page="/danger" content=|settings| view! { <Danger settings/> }.into_any()/> }
}

#[component]
fn Danger(settings: Settings) -> impl IntoView {
    let maintain = ServerAction::<SetProjectMaintenance>::new();
    let failure = failure_of(maintain);
    let project = settings.project.get_untracked();
    let project_id = project.id.clone();
    let closed = !settings.sets_access;
    let is_down = Signal::derive(move || settings.project.with(|project| project.maintenance_mode));
    view! {
        {closed.then(|| view! {
            <Notice tone=Tone::Note title="You can look, not change">
                "Only an administrator starts maintenance or deletes. You can ask for a deletion below."
            </Notice>
        })}
        {move || is_down.get().then(|| view! {
            <Notice tone=Tone::Warn title="Readers see the maintenance notice">
                "Pages, feeds and widget are closed until maintenance is switched off."
            </Notice>
        })}
        <Section
            title="Maintenance"
            text="A notice stands in the place of the public pages and feeds, with a status that asks readers to come back. The dashboard stays open."
        >
            <SectionForm settings action=maintain verb="Save maintenance" done="Maintenance saved." editable=settings.sets_access>
                <Switch label="Maintenance" name="maintenance_mode" checked=project.maintenance_mode disabled=closed/>
                <TextArea
                    label="Message"
                    name="maintenance_message"
                    value=project.maintenance_message.unwrap_or_default()
                    rows=3
                    disabled=closed
                    maxlength=MAX_MAINTENANCE_MESSAGE as u32
                    hint="Plain text. Without one, readers are told that the changelog is away for maintenance."
                    error=field_error(failure, "maintenanceMessage")
                />
            </SectionForm>
        </Section>
        <AskAboutProject project=project_id asks=!settings.deletes/>
        {settings.deletes.then(|| view! { <Deletion settings/> })}
    }
}

#[component]
fn Deletion(settings: Settings) -> impl IntoView {
    let name = Signal::derive(move || settings.project.with(|project| project.name.clone()));
    let empty = ServerAction::<DeleteProjectEntries>::new();
    let entries = RwSignal::new(settings.entries);
    let emptying = RwSignal::new(false);
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(count)) = empty.value().get() {
            entries.set(0);
            emptying.set(false);
            toasts.say(format!("{} deleted.", counted(count)));
        }
    });
    let forget = ServerAction::<DeleteProjectHistory>::new();
    let forgetting = RwSignal::new(false);
    Effect::new(move || {
        if let Some(Ok(_)) = forget.value().get() {
            forgetting.set(false);
            toasts.say("History deleted.");
        }
    });
    let delete = ServerAction::<DeleteProject>::new();
    let deleting = RwSignal::new(false);
    view! {
        <Section title="Delete all entries" text="The project stays, with its address, settings and widgets.">
            {move || (entries.get() > 0).then(|| view! { <ExportFirst project=settings.project.with(|project| project.id.clone())/> })}
            {move || match entries.get() {
                0 => view! { <p class="soft">"There are no entries."</p> }.into_any(),
                count => view! {
                    <Destroy
                        id="delete-entries"
                        settings
                        name=name.get()
                        open=emptying
                        action=empty
                        title="Delete all entries?"
                        verb="Delete all entries"
                        what=format!("{}, drafts included, go to the trash. Each can be restored for 30 days.", counted(count))
                    />
                }
                .into_any(),
            }}
        </Section>
        <Section title="Delete all history" text="Every kept state of every entry. The entries stay as they are.">
            {move || view! {
                <Destroy
                    id="delete-history"
                    settings
                    name=name.get()
                    open=forgetting
                    action=forget
                    title="Delete all history?"
                    verb="Delete all history"
                    what="Every kept state of every entry is deleted, pinned ones included. This cannot be undone.".to_owned()
                />
            }}
        </Section>
        <Section title="Delete the project" text="It goes to the trash and can be restored for 30 days.">
            {move || {
                let what = match entries.get() {
                    0 => "Its page, its feeds and its widgets are gone at once, until it is restored.".to_owned(),
                    count => format!("{}, its page, its feeds and its widgets are gone at once, until it is restored.", counted(count)),
                };
                view! {
                    <Destroy id="delete-project" settings name=name.get() open=deleting action=delete title="Delete the project?" verb="Delete project" what/>
                }
            }}
        </Section>
    }
}

fn counted(entries: i64) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
}

/// A button and the dialog behind it, which asks for the project's name.
#[component]
fn Destroy<A, O>(
    id: &'static str,
    settings: Settings,
    name: String,
    open: RwSignal<bool>,
    action: ServerAction<A>,
    title: &'static str,
    verb: &'static str,
    what: String,
) -> impl IntoView
where
    A: server_fn::ServerFn<Error = model::Error, Protocol = server_fn::Http<server_fn::codec::PostUrl, O>>
        + serde::de::DeserializeOwned
        + Clone
        + Send
        + Sync
        + 'static,
    A::Output: Clone + Send + Sync + 'static,
    A::Client: server_fn::client::Client<model::Error>,
    <<A::Client as server_fn::client::Client<model::Error>>::Request as server_fn::request::ClientReq<model::Error>>::FormData:
        From<web_sys::FormData>,
    O: 'static,
{
    let failure = failure_of(action);
    // A plain form comes back with the error; the dialog that shows it must be open then.
    Effect::new(move |_| {
        if failure.with(Option::is_some) {
            open.set(true);
        }
    });
    view! {
        <div><Button variant=Variant::Danger kind="button" opens=id>{verb}</Button></div>
        <Dialog id=id open=open title=title>
            <ActionForm action=action>
                <input type="hidden" name="project" value=settings.id()/>
                <Confirm verb=verb phrase=name busy=action.pending() error=field_error(failure, "confirmation")>
                    <p>{what}</p>
                </Confirm>
            </ActionForm>
        </Dialog>
    }
}
