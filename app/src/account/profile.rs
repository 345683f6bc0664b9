//! One's own name and what one prefers.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::Result;
use model::own_settings::{OwnSettings, initials};
use serde::{Deserialize, Serialize};
use ui::{Button, Choice, Field, FormError, Radios, Section, Select, SkeletonLines, Switch, Variant, use_toasts};

use super::{AccountArea, Me};
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::pending::{Pending, later};
#[cfg(feature = "ssr")]
use crate::server::{act, set_cookies, theme_cookie};
#[cfg(feature = "ssr")]
use model::Error;
#[cfg(feature = "ssr")]
use model::own_settings::{OwnSettingsPatch, ThemeChoice};
#[cfg(feature = "ssr")]
use services::access::ManageOwnAccount;
#[cfg(feature = "ssr")]
use services::own_settings;

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    pub email: String,
    pub settings: OwnSettings,
    /// The zone of the instance, which holds for whoever chose none.
    pub instance_zone: String,
    /// Whether people may have a zone of their own.
    pub may_choose_zone: bool,
    /// Whether the instance sends letters about events at all.
    pub sends_notices: bool,
    pub zones: Vec<String>,
}

#[server(prefix = "/rpc", endpoint = "account/profile/get")]
pub async fn get_profile() -> Result<Profile> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageOwnAccount>()?;
        let settings = own_settings::get(&cx.services, &may).await?;
        let instance = services::instance::shared(&cx.services).await?;
        let user = &may.actor().user;
        Ok(Profile {
            name: user.name.clone().unwrap_or_default(),
            email: user.email.clone(),
            settings,
            instance_zone: instance.timezone.clone(),
            may_choose_zone: instance.allow_user_timezone,
            sends_notices: instance.enable_notifications,
            zones: services::zones::names().into_iter().map(str::to_owned).collect(),
        })
    })
    .await
}

/// Changes one's own name.
#[server(prefix = "/rpc", endpoint = "account/profile/rename")]
pub async fn rename_oneself(name: String) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageOwnAccount>()?;
        let patch = OwnSettingsPatch { name: Some(name), ..OwnSettingsPatch::default() };
        own_settings::update(&cx.services, &may, patch).await?;
        Ok(())
    })
    .await
}

/// Changes theme, time zone and letters. `has_zone` says whether the form offered a zone.
#[server(prefix = "/rpc", endpoint = "account/profile/prefer")]
pub async fn save_preferences(
    #[server(default)] theme: String,
    #[server(default)] has_zone: bool,
    #[server(default)] timezone: String,
    #[server(default)] enable_notifications: bool,
) -> Result<Me> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageOwnAccount>()?;
        let patch = OwnSettingsPatch {
            theme: Some(theme),
            enable_notifications: Some(enable_notifications),
            timezone: has_zone.then_some(Some(timezone)),
            ..OwnSettingsPatch::default()
        };
        let settings = own_settings::update(&cx.services, &may, patch).await?;
        let theme = ui::Theme::parse(settings.theme.unwrap_or_default().as_str());
        set_cookies(vec![theme_cookie(&cx.services, theme)]);
        let shown = own_settings::shown(&cx.services, &may.actor().user).await?;
        Ok(Me { zone: shown.zone, theme: shown.theme, ..Me::from(&may.actor().user) })
    })
    .await
}

/// Keeps the theme that was chosen with the switch on every page.
#[server(prefix = "/rpc", endpoint = "account/profile/theme")]
pub async fn remember_theme(theme: String) -> Result<()> {
    act(async |cx| {
        let may = cx.own_account()?;
        let theme = ThemeChoice::parse(&theme).ok_or_else(|| Error::field("theme", "Choose light, dark or system."))?;
        own_settings::remember_theme(&cx.services, &may, theme).await
    })
    .await
}

#[component]
pub fn ProfilePage() -> impl IntoView {
    let data = Resource::new(|| (), |()| get_profile());
    view! {
        <AccountArea page="">
            <Pending fallback=|| view! { <SkeletonLines lines=8/> }>
                {move || later(async move {
                    match data.await {
                        Ok(profile) => view! { <ProfileForms profile/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="Your profile could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </AccountArea>
    }
}

#[component]
fn ProfileForms(profile: Profile) -> impl IntoView {
    let Profile { name, email, settings, instance_zone, may_choose_zone, sends_notices, zones } = profile;
    view! {
        <NameForm name email/>
        <Preferences settings instance_zone may_choose_zone sends_notices zones/>
    }
}

#[component]
fn NameForm(name: String, email: String) -> impl IntoView {
    let rename = ServerAction::<RenameOneself>::new();
    let failure = failure_of(rename);
    let typed = RwSignal::new(name);
    let shown = email.clone();
    let drawn = Signal::derive(move || {
        let name = typed.get();
        initials(if name.trim().is_empty() { &shown } else { &name })
    });
    let toasts = use_toasts();
    Effect::new(move || {
        if rename.value().with(|value| matches!(value, Some(Ok(())))) {
            toasts.say("Name saved.".to_owned());
        }
    });
    view! {
        <Section title="Profile" text="What others see of you: in lists, beside entries and in the audit log.">
            <div class="profile-head">
                <span class="avatar" aria-hidden="true">{move || drawn.get()}</span>
                <p><bdi>{email}</bdi> <span class="soft small block">"Your address. An administrator can change it."</span></p>
            </div>
            <ActionForm action=rename attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <Field
                    label="Name"
                    name="name"
                    bind=typed
                    autocomplete="name"
                    required=true
                    minlength=2
                    maxlength=100
                    error=field_error(failure, "name")
                />
                <div class="cluster"><Button variant=Variant::Primary busy=rename.pending()>"Save name"</Button></div>
            </ActionForm>
        </Section>
    }
}

#[component]
fn Preferences(
    settings: OwnSettings,
    instance_zone: String,
    may_choose_zone: bool,
    sends_notices: bool,
    zones: Vec<String>,
) -> impl IntoView {
    let save = ServerAction::<SavePreferences>::new();
    let failure = failure_of(save);
    let theme = RwSignal::new(settings.theme.unwrap_or_default().as_str().to_owned());
    let themes =
        vec![Choice::new("system", "As the system"), Choice::new("light", "Light"), Choice::new("dark", "Dark")];
    let mut choices = vec![Choice::new("", format!("As the instance: {instance_zone}"))];
    let known = zones.iter().any(|zone| Some(zone) == settings.timezone.as_ref());
    // An older name of a zone stays what it is until somebody chooses another.
    choices.extend(settings.timezone.iter().filter(|_| !known).map(|zone| Choice::new(zone, zone)));
    choices.extend(zones.into_iter().map(|zone| Choice::new(&zone, &zone)));
    let toasts = use_toasts();
    Effect::new(move || {
        let saved = save.value().with(|value| value.as_ref().and_then(|result| result.as_ref().ok().cloned()));
        if let Some(me) = saved {
            crate::dates::remember(&me);
            toasts.say("Preferences saved.".to_owned());
        }
    });
    view! {
        <Section title="Preferences" text="They hold wherever you sign in.">
            <ActionForm action=save attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <Radios legend="Theme" name="theme" value=theme options=themes error=field_error(failure, "theme")/>
                {if may_choose_zone {
                    view! {
                        <input type="hidden" name="has_zone" value="true"/>
                        <Select
                            label="Time zone"
                            name="timezone"
                            value=settings.timezone.unwrap_or_default()
                            options=choices
                            hint="Dates of the dashboard are shown in it. Public pages have a zone of their own."
                            error=field_error(failure, "timezone")
                        />
                    }
                    .into_any()
                } else {
                    view! {
                        <p class="soft small">"Dates are shown in the time zone of the instance: " {instance_zone} "."</p>
                    }
                    .into_any()
                }}
                <Switch
                    label="Letters about my requests"
                    name="enable_notifications"
                    checked=settings.enable_notifications
                    hint=if sends_notices {
                        "When an administrator decides about a request of yours."
                    } else {
                        "An administrator has switched such letters off for everybody."
                    }
                />
                <div class="cluster">
                    <Button variant=Variant::Primary busy=save.pending()>"Save preferences"</Button>
                </div>
            </ActionForm>
        </Section>
    }
}
