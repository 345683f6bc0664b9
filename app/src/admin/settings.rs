//! Settings of the whole instance, each section saved by itself.

use leptos::prelude::*;
use model::Result;
use model::instance::{InstanceSettings, MAX_INSTANCE_NAME};
use serde::{Deserialize, Serialize};
use ui::{Choice, Field, Notice, Section, Select, SkeletonRows, Switch, TextArea, Tone};

use super::AdminArea;
use super::templates::VersionTemplates;
use crate::failure::{Failure, failure_of, field_error};
use crate::form::SavedForm;
use crate::pending::{Pending, later};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::Error;
#[cfg(feature = "ssr")]
use model::instance::InstancePatch;
#[cfg(feature = "ssr")]
use services::access::ManageInstance;
#[cfg(feature = "ssr")]
use services::instance;

/// What the page needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsData {
    pub settings: InstanceSettings,
    pub time_zones: Vec<String>,
    /// Where the reader comes from, as the server sees it.
    pub address: Option<String>,
}

/// The settings after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    pub settings: InstanceSettings,
    /// The reader's own address, if it was added to the list.
    pub added: Option<String>,
}

/// The settings, and what there is to choose from.
#[server(prefix = "/rpc", endpoint = "admin/settings")]
pub async fn get_instance_settings() -> Result<SettingsData> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        Ok(SettingsData {
            settings: InstanceSettings::clone(&*instance::get(&cx.services, &may).await?),
            time_zones: services::zones::names().into_iter().map(str::to_owned).collect(),
            address: cx.client.ip,
        })
    })
    .await
}

/// Changes name, invitations and time zone.
#[server(prefix = "/rpc", endpoint = "admin/set-general")]
pub async fn set_general(
    #[server(default)] instance_name: String,
    #[server(default)] default_invitation_expiry: String,
    #[server(default)] timezone: String,
    #[server(default)] allow_user_timezone: bool,
) -> Result<Saved> {
    change(async || {
        Ok(InstancePatch {
            instance_name: Some(instance_name),
            default_invitation_expiry: Some(number(&default_invitation_expiry).unwrap_or(0)),
            timezone: Some(timezone),
            allow_user_timezone: Some(allow_user_timezone),
            ..InstancePatch::default()
        })
    })
    .await
}

/// Changes what projects, keys, notifications and counting begin with.
#[server(prefix = "/rpc", endpoint = "admin/set-features")]
pub async fn set_features(
    #[server(default)] require_approval_for_changelogs: bool,
    #[server(default)] max_changelog_entries_per_project: String,
    #[server(default)] max_revisions_per_entry: Option<String>,
    #[server(default)] admin_only_api_key_creation: bool,
    #[server(default)] enable_notifications: bool,
    #[server(default)] enable_analytics: bool,
) -> Result<Saved> {
    change(async || {
        let most = match max_changelog_entries_per_project.trim() {
            "" => -1,
            text => number(text).filter(|most| *most >= -1).ok_or_else(|| {
                Error::field("maxChangelogEntriesPerProject", "Write a number, or nothing for any number of entries.")
            })?,
        };
        let kept = match max_revisions_per_entry.as_deref().map(str::trim) {
            None => None,
            Some("") => Some(-1),
            Some(text) => Some(number(text).filter(|most| *most >= -1).ok_or_else(|| {
                Error::field("maxRevisionsPerEntry", "Write a number, or nothing to keep every version.")
            })?),
        };
        Ok(InstancePatch {
            max_revisions_per_entry: kept,
            require_approval_for_changelogs: Some(require_approval_for_changelogs),
            max_changelog_entries_per_project: Some(most),
            admin_only_api_key_creation: Some(admin_only_api_key_creation),
            enable_notifications: Some(enable_notifications),
            enable_analytics: Some(enable_analytics),
            ..InstancePatch::default()
        })
    })
    .await
}

/// Changes how people sign in.
#[server(prefix = "/rpc", endpoint = "admin/set-security")]
pub async fn set_security(
    #[server(default)] breach_check_enabled: bool,
    #[server(default)] require_second_factor: bool,
    #[server(default)] enable_password_reset: bool,
) -> Result<Saved> {
    change(async || {
        Ok(InstancePatch {
            breach_check_enabled: Some(breach_check_enabled),
            require_second_factor: Some(require_second_factor),
            enable_password_reset: Some(enable_password_reset),
            ..InstancePatch::default()
        })
    })
    .await
}

/// Changes which addresses reach the dashboard. `panel_ip_whitelist` has one on each line.
#[server(prefix = "/rpc", endpoint = "admin/set-allow-list")]
pub async fn set_allow_list(
    #[server(default)] panel_ip_whitelist_enabled: bool,
    #[server(default)] panel_ip_whitelist: String,
) -> Result<Saved> {
    change(async || {
        Ok(InstancePatch {
            panel_ip_whitelist_enabled: Some(panel_ip_whitelist_enabled),
            panel_ip_whitelist: Some(panel_ip_whitelist.lines().map(str::to_owned).collect()),
            ..InstancePatch::default()
        })
    })
    .await
}

#[cfg(feature = "ssr")]
pub(super) async fn change(patch: impl AsyncFnOnce() -> Result<InstancePatch>) -> Result<Saved> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        let updated = instance::update(&cx.services, &may, patch().await?).await?;
        Ok(Saved { settings: updated.settings, added: updated.added })
    })
    .await
}

#[cfg(feature = "ssr")]
fn number(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

#[component]
pub fn AdminSettingsPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| get_instance_settings());
    view! {
        <AdminArea title="Settings">
            <Pending fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || later(async move {
                    match data.await {
                        Ok(data) => view! { <Loaded data/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The settings could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </AdminArea>
    }
}

#[component]
fn Loaded(data: SettingsData) -> impl IntoView {
    let SettingsData { settings, time_zones, address } = data;
    view! {
        <div class="admin-settings">
            <General settings=settings.clone() time_zones/>
            <Features settings=settings.clone()/>
            <VersionTemplates settings=settings.clone()/>
            <Security settings=settings.clone()/>
            <AllowList settings address/>
        </div>
    }
}

/// What was saved is in the fields already.
pub(super) fn nothing_to_do() -> Callback<Saved> {
    Callback::new(|_| {})
}

#[component]
fn General(settings: InstanceSettings, time_zones: Vec<String>) -> impl IntoView {
    let save = ServerAction::<SetGeneral>::new();
    let failure = failure_of(save);
    let mut zones = vec![Choice::new("UTC", "UTC")];
    let is_listed = settings.timezone == "UTC" || time_zones.contains(&settings.timezone);
    // An older name of a zone stays what it is until somebody chooses another.
    zones.extend((!is_listed).then(|| Choice::new(&settings.timezone, &settings.timezone)));
    zones.extend(time_zones.into_iter().filter(|zone| zone != "UTC").map(|zone| Choice::new(&zone, &zone)));
    view! {
        <Section title="General" text="What this instance is called, and what holds where nobody has chosen otherwise.">
            <SavedForm action=save verb="Save general settings" done="General settings saved." on_saved=nothing_to_do()>
                <Field
                    label="Name"
                    name="instance_name"
                    id="field-instanceName"
                    value=settings.instance_name
                    required=true
                    maxlength=MAX_INSTANCE_NAME as u32
                    hint="In the titles of the dashboard, on the sign-in page and in letters."
                    error=field_error(failure, "instanceName")
                />
                <Field
                    label="Days an invitation is good for"
                    name="default_invitation_expiry"
                    id="field-defaultInvitationExpiry"
                    kind="number"
                    inputmode="numeric"
                    value=settings.default_invitation_expiry.to_string()
                    required=true
                    hint="1 to 30. Who invites can choose another number."
                    error=field_error(failure, "defaultInvitationExpiry")
                />
                <Select
                    label="Time zone"
                    name="timezone"
                    id="field-timezone"
                    value=settings.timezone
                    options=zones
                    hint="For dates of projects and people without a zone of their own."
                    error=field_error(failure, "timezone")
                />
                <Switch
                    label="People choose their own time zone"
                    name="allow_user_timezone"
                    checked=settings.allow_user_timezone
                    hint="Off, everybody sees dates in the zone above."
                />
            </SavedForm>
        </Section>
    }
}

#[component]
fn Features(settings: InstanceSettings) -> impl IntoView {
    let save = ServerAction::<SetFeatures>::new();
    let failure = failure_of(save);
    let most = settings.most_entries().map(|most| most.to_string()).unwrap_or_default();
    let kept = settings.most_revisions().map(|most| most.to_string()).unwrap_or_default();
    view! {
        <Section title="Features" text="What projects begin with, and what they may use.">
            <SavedForm action=save verb="Save features" done="Features saved." on_saved=nothing_to_do()>
                <Switch
                    label="New projects begin with approval"
                    name="require_approval_for_changelogs"
                    checked=settings.require_approval_for_changelogs
                    hint="Staff ask before they publish. Projects that exist keep what they have; each can be changed in its settings."
                />
                <Field
                    label="Entries a project may have"
                    name="max_changelog_entries_per_project"
                    id="field-maxChangelogEntriesPerProject"
                    kind="number"
                    inputmode="numeric"
                    value=most
                    hint="10 to 999999, or nothing for any number. What is there already stays."
                    error=field_error(failure, "maxChangelogEntriesPerProject")
                />
                <Field
                    label="Versions kept of an entry"
                    name="max_revisions_per_entry"
                    id="field-maxRevisionsPerEntry"
                    kind="number"
                    inputmode="numeric"
                    value=kept
                    hint="5 to 10000, or nothing for all. The oldest go with the next save; what is pinned or labelled stays."
                    error=field_error(failure, "maxRevisionsPerEntry")
                />
                <Switch
                    label="Only administrators make API keys"
                    name="admin_only_api_key_creation"
                    checked=settings.admin_only_api_key_creation
                    hint="Keys that exist go on working."
                />
                <Switch
                    label="Letters about what concerns people"
                    name="enable_notifications"
                    checked=settings.enable_notifications
                    hint="Such as what was decided about a request. Letters somebody asked for, and those about passwords, are always sent."
                />
                <Switch
                    label="Count views of public pages"
                    name="enable_analytics"
                    checked=settings.enable_analytics
                    hint="Without cookies and without keeping addresses. Off, nothing is counted."
                />
            </SavedForm>
        </Section>
    }
}

#[component]
fn Security(settings: InstanceSettings) -> impl IntoView {
    let save = ServerAction::<SetSecurity>::new();
    let failure = failure_of(save);
    let has_mail = settings.mail.is_complete();
    view! {
        <Section title="Signing in" text="What people need to get in. Providers, and whether passwords are left to administrators, are set under Sign-in.">
            <SavedForm action=save verb="Save sign-in" done="Sign-in saved." on_saved=nothing_to_do()>
                <Switch
                    label="Look passwords up among those known from breaches"
                    name="breach_check_enabled"
                    checked=settings.breach_check_enabled
                    hint="Asks haveibeenpwned.com, or the address in the configuration, with the first five characters of a hash. The password never leaves the server."
                />
                <Switch
                    label="Everybody needs a second factor"
                    name="require_second_factor"
                    checked=settings.require_second_factor
                    hint="Who has none is led to set one up after the next sign-in."
                />
                <Switch
                    label="Send links to set a new password"
                    name="enable_password_reset"
                    id="field-enablePasswordReset"
                    checked=settings.enable_password_reset
                    hint="To whoever says that they forgot theirs."
                    error=field_error(failure, "enablePasswordReset")
                />
                <p class="small soft">
                    "What single sign-on means for passwords and second factors stands with its "
                    <a href="/dashboard/admin/sign-in">"providers"</a> "."
                </p>
                {(!has_mail).then(|| view! {
                    <p class="small soft">
                        "These links go by mail, and no mail server is set. " <a href="/dashboard/admin/mail">"Set one"</a>
                    </p>
                })}
            </SavedForm>
        </Section>
    }
}

#[component]
fn AllowList(settings: InstanceSettings, address: Option<String>) -> impl IntoView {
    let save = ServerAction::<SetAllowList>::new();
    let failure = failure_of(save);
    let list = RwSignal::new(settings.panel_ip_whitelist.join("\n"));
    let added = RwSignal::new(None::<String>);
    let take = Callback::new(move |saved: Saved| {
        list.set(saved.settings.panel_ip_whitelist.join("\n"));
        added.set(saved.added);
    });
    view! {
        <Section
            id="addresses"
            title="Who may reach the dashboard"
            text="A list of addresses for the dashboard, its sign-in and the private API. Public pages, feeds and widgets stay open to everybody."
        >
            <SavedForm action=save verb="Save addresses" done="Addresses saved." on_saved=take>
                <Switch
                    label="Only the addresses below"
                    name="panel_ip_whitelist_enabled"
                    checked=settings.panel_ip_whitelist_enabled
                    hint="Counts from the next request on. Scripts with API keys need to be on the list as well."
                />
                <TextArea
                    label="Addresses and networks"
                    name="panel_ip_whitelist"
                    id="field-panelIpWhitelist"
                    bind=list
                    rows=4
                    mono=true
                    placeholder="203.0.113.7\n198.51.100.0/24\n2001:db8::/48"
                    hint="One on each line, IPv4 or IPv6, networks as 198.51.100.0/24."
                    error=field_error(failure, "panelIpWhitelist")
                />
                {move || added.get().map(|address| view! {
                    <Notice title="Your address was added">
                        {format!("{address} was not on the list. It is now, so that you do not lock yourself out.")}
                    </Notice>
                })}
                <p class="small soft">
                    {match address {
                        Some(address) => view! {
                            "Your address is " <code dir="ltr">{address}</code> ". It is added to the list if it is missing. "
                        }
                        .into_any(),
                        None => "Your address is not known. ".into_any(),
                    }}
                    "Whoever is locked out runs " <code dir="ltr">"tidings ip-allowlist off"</code> " on the server."
                </p>
            </SavedForm>
            {(settings.panel_ip_whitelist_enabled && settings.panel_ip_whitelist.is_empty()).then(|| view! {
                <Notice tone=Tone::Warn title="Nobody is on the list">"Add an address, or switch the list off."</Notice>
            })}
        </Section>
    }
}
