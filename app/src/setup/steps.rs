//! What each step asks for.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::setup::Step;
use ui::{Button, ButtonLink, Choice, Field, FormError, Select, Switch, TextArea, Variant};

use super::{Actions, FinishSetup, GuideSettings, InviteTeam, SaveSetupSettings, SkipSetupStep};
use crate::failure::{failure_of, field_error, form_error, wrong_fields};
use crate::pending::{Pending, later};
use crate::people::Links;

#[component]
pub fn SettingsStep(
    settings: GuideSettings,
    time_zones: Vec<String>,
    /// Whether nobody has saved yet: then the time zone is that of the browser.
    is_new: bool,
    save: ServerAction<SaveSetupSettings>,
) -> impl IntoView {
    let failure = failure_of(save);
    let zone = RwSignal::new(settings.timezone.clone());
    let known = time_zones.clone();
    Effect::new(move || {
        if is_new
            && zone.get_untracked() == "UTC"
            && let Some(own) = browser_zone().filter(|own| known.contains(own))
        {
            zone.set(own);
        }
    });
    let zones: Vec<Choice> = time_zones.into_iter().map(|zone| Choice::new(&zone, &zone)).collect();
    let most = if settings.max_entries < 0 { String::new() } else { settings.max_entries.to_string() };
    view! {
        <p class="soft">"They can stay as they are, and be changed later under Administration, Settings."</p>
        <ActionForm action=save attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <Select
                id="field-timezone"
                label="Time zone"
                name="timezone"
                bind=zone
                options=zones
                hint="For dates of projects and people who choose none."
                error=field_error(failure, "timezone")
            />
            <Switch
                label="New projects need approval to publish"
                name="require_approval"
                checked=settings.require_approval
                hint="Staff write, an administrator publishes. Each project can be set otherwise."
            />
            <Switch
                label="Count views"
                name="enable_analytics"
                checked=settings.enable_analytics
                hint="Without cookies, and without anything that recognises a reader on another day."
            />
            <Switch label="Send notices by mail" name="enable_notifications" checked=settings.enable_notifications/>
            <Field
                id="field-defaultInvitationExpiry"
                label="Days an invitation stands"
                name="default_invitation_expiry"
                kind="number"
                inputmode="numeric"
                required=true
                value=settings.default_invitation_expiry.to_string()
                hint="1 to 30."
                error=field_error(failure, "defaultInvitationExpiry")
            />
            <Field
                id="field-maxChangelogEntriesPerProject"
                label="Most entries of a project"
                name="max_entries"
                kind="number"
                inputmode="numeric"
                value=most
                hint="10 to 999999. Empty is no limit."
                error=field_error(failure, "maxChangelogEntriesPerProject")
            />
            <Button variant=Variant::Primary busy=save.pending()>"Save and go on"</Button>
        </ActionForm>
    }
}

/// The zone that the browser is in.
fn browser_zone() -> Option<String> {
    let options = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new()).resolved_options();
    js_sys::Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

#[component]
pub fn OauthStep(skip: ServerAction<SkipSetupStep>) -> impl IntoView {
    let failure = failure_of(skip);
    view! {
        <p class="soft">
            "People can sign in with an account they have elsewhere: an OpenID Connect provider, GitHub, Google and "
            "others. It works without, too."
        </p>
        <div>
            <ButtonLink href="/dashboard/admin/sign-in">"Add a provider"</ButtonLink>
        </div>
        <FormError message=form_error(failure)/>
        <ActionForm action=skip>
            <input type="hidden" name="step" value=Step::Oauth.as_str()/>
            <Button variant=Variant::Primary kind="submit" busy=skip.pending()>"Go on"</Button>
        </ActionForm>
    }
}

#[component]
pub fn TeamStep(team: ServerAction<InviteTeam>, skip: ServerAction<SkipSetupStep>) -> impl IntoView {
    let failure = failure_of(team);
    view! {
        <p class="soft">"Whom do you work with? Each person gets a link to make an account with."</p>
        <ActionForm action=team attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <TextArea
                label="People"
                name="people"
                rows=6
                mono=true
                required=true
                placeholder="ada@example.com\nole@example.com, viewer, Ole Berg"
                hint="A person on each line: the address, and if you like a role (administrator, staff or viewer) and a name, \
                    separated by commas. Who has no role becomes staff."
                error=field_error(failure, "people")
            />
            <Button variant=Variant::Primary busy=team.pending()>"Invite"</Button>
        </ActionForm>
        <ActionForm action=skip>
            <input type="hidden" name="step" value=Step::Team.as_str()/>
            <Button variant=Variant::Quiet kind="submit" busy=skip.pending()>"Nobody for now"</Button>
        </ActionForm>
    }
}

#[component]
pub fn CompleteStep(actions: Actions) -> impl IntoView {
    let Actions { team, finish, carried, .. } = actions;
    let failure = failure_of(finish);
    let told = team.value();
    let made = move || told.try_get().flatten().and_then(Result::ok);
    view! {
        {move || made().map(|made| view! { <Links made/> })}
        <Pending>
            {move || later(async move {
                carried.await.ok().filter(|made| !made.is_empty()).map(|made| view! { <Links made/> })
            })}
        </Pending>
        <p class="soft">
            "Tidings is ready. A project is one changelog: its entries, its page, its feeds. You can begin with an empty "
            "one, or import a changelog you have."
        </p>
        <FormError message=form_error(failure)/>
        <FinishForm finish/>
    }
}

#[component]
fn FinishForm(finish: ServerAction<FinishSetup>) -> impl IntoView {
    view! {
        <ActionForm action=finish attr:class="stack">
            <Button variant=Variant::Primary kind="submit" name="next" value="project" busy=finish.pending()>
                "Create the first project"
            </Button>
            <Button variant=Variant::Quiet kind="submit" name="next" value="dashboard" busy=finish.pending()>
                "Go to the dashboard"
            </Button>
        </ActionForm>
    }
}
