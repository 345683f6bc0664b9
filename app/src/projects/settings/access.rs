//! Who reads a project, and who publishes in it.

use leptos::prelude::*;
use ui::{Notice, Section, Switch, Tone};

use super::form::SectionForm;
use super::{SetProjectAccess, Settings, SettingsFrame};

#[component]
pub fn AccessSettingsPage() -> impl IntoView {
    view! { <SettingsFrame page="/access" content=|settings| view! { <Access settings/> }.into_any()/> }
}

#[component]
fn Access(settings: Settings) -> impl IntoView {
    let set_access = ServerAction::<SetProjectAccess>::new();
    let project = settings.project.get_untracked();
    let (public, indexed) = (RwSignal::new(project.is_public), RwSignal::new(project.allow_indexing));
    let (approval, waived) = (RwSignal::new(project.require_approval), RwSignal::new(project.allow_auto_publish));
    let closed = !settings.sets_access;
    view! {
        {closed.then(|| view! {
            <Notice tone=Tone::Note title="You can look, not change">
                "Only an administrator changes who reads and who publishes. Ask one of them."
            </Notice>
        })}
        <SectionForm settings action=set_access verb="Save access" done="Access saved." editable=settings.sets_access>
            <Section title="Readers" text="Who sees what is published. Drafts are never shown.">
                <Switch
                    label="Public"
                    name="is_public"
                    bind=public
                    disabled=closed
                    hint="Anyone with the address reads the page, the feeds, the widget and the public part of the API."
                />
                <Switch
                    label="Listed by search engines"
                    name="allow_indexing"
                    bind=indexed
                    disabled=closed
                    hint="Off, every page and feed asks not to be indexed, and the sitemap leaves them out."
                />
                <p class="outcome" aria-live="polite">{move || readers(public.get(), indexed.get())}</p>
            </Section>
            <Section title="Publishing" text="What happens between a draft and the public page. Administrators always publish.">
                <Switch
                    label="An administrator approves each publication"
                    name="require_approval"
                    bind=approval
                    disabled=closed
                    hint="Staff write drafts and ask for publication."
                />
                <Switch
                    label="Let staff publish without approval"
                    name="allow_auto_publish"
                    bind=waived
                    disabled=closed
                    hint="Waives the approval for staff, although the switch above is on. It never publishes anything by itself."
                />
                <p class="outcome" aria-live="polite">{move || writers(approval.get(), waived.get())}</p>
            </Section>
        </SectionForm>
    }
}

fn readers(public: bool, indexed: bool) -> &'static str {
    match (public, indexed) {
        (true, true) => "Everybody can read it, and search engines lead people to it.",
        (true, false) => "Everybody who has the address can read it; search engines are asked to leave it out.",
        (false, _) => "Nobody outside sees it. Its pages, feeds and widget answer as if the project did not exist.",
    }
}

fn writers(approval: bool, waived: bool) -> &'static str {
    match (approval, waived) {
        (true, false) => "Staff write and ask; an administrator looks at each entry and publishes it.",
        (true, true) => "Staff publish their entries themselves, because the approval is waived for them.",
        (false, _) => "Staff publish their entries themselves.",
    }
}
