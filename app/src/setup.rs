//! Setting the instance up: the first administrator, and the steps behind.

mod guide;
mod start;
mod steps;

use crate::title::Title;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::Result;
use model::setup::{Check, Progress, Step};
use serde::{Deserialize, Serialize};
use ui::Logo;

use crate::failure::Failure;
use crate::pending::{Pending, later};
use crate::people::{ShownInvitation, carried_links};
use guide::GuideView;
use start::{LinkNeeded, SetupForm};

#[cfg(feature = "ssr")]
use crate::server::{act, act_public};
#[cfg(feature = "ssr")]
use model::Error;
#[cfg(feature = "ssr")]
use services::access::{ManageInstance, ManageUsers};
#[cfg(feature = "ssr")]
use services::{instance, setup, zones};

pub(crate) const PATH: &str = "/setup";

/// What the page of the set-up shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SetupView {
    /// Only the link of the server's log opens it.
    LinkNeeded,
    /// The first administrator, and what was found around.
    Start(Vec<Check>),
    /// The steps behind.
    Guide(Box<Guide>),
}

/// How far the set-up is, with what its steps need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    pub progress: Progress,
    pub settings: GuideSettings,
    pub time_zones: Vec<String>,
}

/// The settings that are asked for first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideSettings {
    pub default_invitation_expiry: u32,
    pub require_approval: bool,
    pub max_entries: i64,
    pub enable_analytics: bool,
    pub enable_notifications: bool,
    pub timezone: String,
}

/// What the page shows to whoever asks: a holder of the set-up link, or an administrator who has not finished.
#[server(prefix = "/rpc/public", endpoint = "account/check-setup")]
pub async fn get_setup(#[server(default)] token: String) -> Result<SetupView> {
    act_public(async |cx| {
        let services = &cx.services;
        if setup::accepts(services, &token).await? {
            return Ok(SetupView::Start(setup::checks(services).await?));
        }
        if !cx.is_signed_in() {
            return Ok(SetupView::LinkNeeded);
        }
        let may = cx.instance_grant::<ManageInstance>()?;
        let progress = setup::open_guide(services, &may).await?;
        let settings = instance::load(services).await?;
        Ok(SetupView::Guide(Box::new(Guide {
            progress,
            settings: GuideSettings {
                default_invitation_expiry: settings.default_invitation_expiry,
                require_approval: settings.require_approval_for_changelogs,
                max_entries: settings.max_changelog_entries_per_project,
                enable_analytics: settings.enable_analytics,
                enable_notifications: settings.enable_notifications,
                timezone: settings.timezone,
            },
            time_zones: zones::names().into_iter().map(str::to_owned).collect(),
        })))
    })
    .await
}

/// Keeps the first settings and goes on.
#[server(prefix = "/rpc", endpoint = "setup/settings")]
pub async fn save_setup_settings(
    #[server(default)] default_invitation_expiry: String,
    #[server(default)] require_approval: bool,
    #[server(default)] max_entries: String,
    #[server(default)] enable_analytics: bool,
    #[server(default)] enable_notifications: bool,
    #[server(default)] timezone: String,
) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        let days = default_invitation_expiry
            .trim()
            .parse()
            .map_err(|_| Error::field("defaultInvitationExpiry", "An invitation stands for 1 to 30 days."))?;
        let most = match max_entries.trim() {
            "" => -1,
            most => most.parse().map_err(|_| {
                Error::field("maxChangelogEntriesPerProject", "Enter a number, or nothing for no limit.")
            })?,
        };
        let settings = setup::Settings {
            default_invitation_expiry: Some(days),
            require_approval_for_changelogs: Some(require_approval),
            max_changelog_entries_per_project: Some(most),
            enable_analytics: Some(enable_analytics),
            enable_notifications: Some(enable_notifications),
            timezone: Some(timezone),
        };
        setup::save_settings(&cx.services, &may, settings).await?;
        leptos_axum::redirect(PATH);
        Ok(())
    })
    .await
}

/// Leaves a step out.
#[server(prefix = "/rpc", endpoint = "setup/skip")]
pub async fn skip_setup_step(#[server(default)] step: String) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        let step: Step = step.parse().map_err(|_| Error::bad_request("There is no such step."))?;
        setup::skip(&cx.services, &may, step).await?;
        leptos_axum::redirect(PATH);
        Ok(())
    })
    .await
}

/// Invites the team, a person on each line, and shows the links.
#[server(prefix = "/rpc", endpoint = "setup/team")]
pub async fn invite_team(#[server(default)] people: String) -> Result<Vec<ShownInvitation>> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        let all = model::invitations::parse_list(&people).map_err(|message| Error::field("people", message))?;
        if all.is_empty() {
            return Err(Error::field("people", "Enter an address, or leave this step out."));
        }
        let (made, _) = setup::invite(&cx.services, &may, all).await.map_err(|error| match error {
            // Each sentence names the address it is about.
            Error::Invalid { fields } => {
                let all: Vec<String> = fields.into_iter().map(|field| field.message).collect();
                Error::field("people", all.join(" "))
            }
            other => other,
        })?;
        Ok(crate::people::show(&cx, made, PATH))
    })
    .await
}

/// Ends the set-up and goes to what comes first.
#[server(prefix = "/rpc", endpoint = "setup/finish")]
pub async fn finish_setup(#[server(default)] next: String) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        setup::finish_guide(&cx.services, &may).await?;
        leptos_axum::redirect(if next == "project" { "/dashboard/projects/new" } else { "/dashboard" });
        Ok(())
    })
    .await
}

/// The steps of which each has an action.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    pub settings: ServerAction<SaveSetupSettings>,
    pub skip: ServerAction<SkipSetupStep>,
    pub team: ServerAction<InviteTeam>,
    pub finish: ServerAction<FinishSetup>,
    /// The links that a plain form was just answered with.
    pub carried: Resource<Result<Vec<ShownInvitation>>>,
}

#[component]
pub fn SetupPage() -> impl IntoView {
    let query = use_query_map();
    let token = Memo::new(move |_| query.with(|query| query.get("token").unwrap_or_default()));
    let asked = Memo::new(move |_| query.with(|query| query.get("step").and_then(|step| step.parse::<Step>().ok())));
    let actions = Actions {
        settings: ServerAction::new(),
        skip: ServerAction::new(),
        team: ServerAction::new(),
        finish: ServerAction::new(),
        carried: carried_links(),
    };
    let data = Resource::new_blocking(
        move || {
            let Actions { settings, skip, team, .. } = actions;
            (token.get(), settings.version().get(), skip.version().get(), team.version().get())
        },
        |(token, ..)| get_setup(token),
    );
    view! {
        <Title text="Set up · Tidings"/>
        <main class="sign-in set-up">
            <Logo/>
            <h1>"Set up Tidings"</h1>
            <Pending>
                {later(async move {
                    let first = data.await;
                    // The steps are read again after every answer; what is as it was stays, with what is being typed.
                    let shown = Memo::new(move |_| data.get().unwrap_or_else(|| first.clone()));
                    move || match shown.get() {
                        Ok(SetupView::Start(checks)) => view! { <SetupForm token checks/> }.into_any(),
                        Ok(SetupView::Guide(guide)) => view! { <GuideView guide=*guide asked actions/> }.into_any(),
                        Ok(SetupView::LinkNeeded) => view! { <LinkNeeded/> }.into_any(),
                        Err(error) => view! { <Failure error what="The set-up could not be opened."/> }.into_any(),
                    }
                })}
            </Pending>
        </main>
    }
}
