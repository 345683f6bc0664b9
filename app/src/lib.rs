//! The pages of Tidings: server functions, routes and the document shell.
//!
//! The dashboard is a Leptos application that the server renders and the browser takes over. The public pages under
//! [`changelog`] are Leptos views that the server renders to text: readers need no script. Logic that could be a
//! function lives in `model`; anything with a rule lives in `services`; there is no SQL here.

// Nested views make types deeper than the compiler expects of anybody.
#![recursion_limit = "512"]

pub mod account;
pub mod admin;
#[cfg(feature = "ssr")]
pub mod api_docs;
pub mod api_keys;
pub mod bookmarks;
pub mod calendar;
pub mod catch_up;
#[cfg(feature = "ssr")]
pub mod changelog;
mod dates;
mod difference;
pub mod entries;
pub mod entry_templates;
pub mod exports;
pub mod failure;
mod form;
pub mod frame;
pub mod history;
pub mod home;
pub mod imports;
mod instance;
pub mod media;
mod params;
pub mod parts;
mod pending;
pub mod people;
pub mod projects;
pub mod providers;
pub mod quick_notes;
pub mod requests;
pub mod saml_providers;
pub mod search;
#[cfg(feature = "ssr")]
pub mod server;
pub mod setup;
#[cfg(feature = "ssr")]
mod shell;
pub mod tags;
mod title;
pub mod trash;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, path};

#[cfg(feature = "ssr")]
pub use instance::InstanceName;
#[cfg(feature = "ssr")]
pub use shell::shell;

use failure::NotFoundPage;
use frame::Frame;
use home::HomePage;
use projects::{ProjectListPage, ProjectOverviewPage};

/// The dashboard with its routes. What most visits begin with comes at once, the rest when it is opened ([`parts`]).
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    ui::provide_toasts();
    entries::watch_history();
    // Pages call themselves "… · Tidings"; the instance may have another name.
    let name = instance::instance_name();
    let titled = move |title: String| match title.strip_suffix("Tidings") {
        Some(page) => format!("{page}{name}"),
        None => title,
    };
    view! {
        <Title formatter=titled/>
        <Router>
            <search::PaletteKeys/>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/setup") view={Lazy::<parts::Setup>::new()}/>
                <Route path=path!("/login") view={Lazy::<parts::Login>::new()}/>
                <Route path=path!("/register/:token") view={Lazy::<parts::Register>::new()}/>
                <Route path=path!("/cli/auth") view={Lazy::<parts::CliLogin>::new()}/>
                <Route path=path!("/forgot-password") view={Lazy::<parts::ForgotPassword>::new()}/>
                <Route path=path!("/reset-password/:token") view={Lazy::<parts::ResetPassword>::new()}/>
                <Route path=path!("/two-factor") view={Lazy::<parts::TwoFactor>::new()}/>
                <Route path=path!("/two-factor/set-up") view={Lazy::<parts::SetUpFactor>::new()}/>
                <Route path=path!("/confirm") view={Lazy::<parts::Confirm>::new()}/>
                // The editor fills the screen, without the frame around it.
                <Route path=path!("/dashboard/projects/:project/changelog/new") view={Lazy::<parts::EntryNew>::new()}/>
                <Route path=path!("/dashboard/projects/:project/changelog/:entry") view={Lazy::<parts::EntryEdit>::new()}/>
                <ParentRoute path=path!("/dashboard") view=Frame>
                    <Route path=path!("") view=HomePage/>
                    <Route path=path!("admin/mail") view={Lazy::<parts::AdminMail>::new()}/>
                    <Route path=path!("admin/jobs") view={Lazy::<parts::AdminJobs>::new()}/>
                    <Route path=path!("admin/settings") view={Lazy::<parts::AdminSettings>::new()}/>
                    <Route path=path!("admin") view={Lazy::<parts::AdminOverview>::new()}/>
                    <Route path=path!("admin/people") view={Lazy::<parts::PeopleList>::new()}/>
                    <Route path=path!("admin/people/invitations") view={Lazy::<parts::InvitationList>::new()}/>
                    <Route path=path!("admin/people/invite") view={Lazy::<parts::Invite>::new()}/>
                    <Route path=path!("admin/people/:user") view={Lazy::<parts::Person>::new()}/>
                    <Route path=path!("account/linked") view={Lazy::<parts::LinkedAccounts>::new()}/>
                    <Route path=path!("admin/sign-in") view={Lazy::<parts::ProviderList>::new()}/>
                    <Route path=path!("admin/sign-in/new") view={Lazy::<parts::ProviderNew>::new()}/>
                    <Route path=path!("admin/sign-in/saml") view={Lazy::<parts::SamlProviderList>::new()}/>
                    <Route path=path!("admin/sign-in/saml/new") view={Lazy::<parts::SamlProviderNew>::new()}/>
                    <Route path=path!("admin/sign-in/saml/:provider") view={Lazy::<parts::SamlProvider>::new()}/>
                    <Route path=path!("admin/sign-in/:provider") view={Lazy::<parts::Provider>::new()}/>
                    <Route path=path!("requests") view={Lazy::<parts::RequestList>::new()}/>
                    <Route path=path!("requests/:request") view={Lazy::<parts::Request>::new()}/>
                    <Route path=path!("account") view={Lazy::<parts::Profile>::new()}/>
                    <Route path=path!("account/devices") view={Lazy::<parts::Devices>::new()}/>
                    <Route path=path!("account/password") view={Lazy::<parts::Password>::new()}/>
                    <Route path=path!("account/security") view={Lazy::<parts::Security>::new()}/>
                    <Route path=path!("admin/audit") view={Lazy::<parts::AuditList>::new()}/>
                    <Route path=path!("admin/audit/:record") view={Lazy::<parts::AuditRecord>::new()}/>
                    <Route path=path!("api-keys") view={Lazy::<parts::KeyList>::new()}/>
                    <Route path=path!("api-keys/new") view={Lazy::<parts::KeyNew>::new()}/>
                    <Route path=path!("api-keys/:key") view={Lazy::<parts::Key>::new()}/>
                    <Route path=path!("bookmarks") view={Lazy::<parts::Bookmarks>::new()}/>
                    <Route path=path!("trash") view={Lazy::<parts::Trash>::new()}/>
                    <Route path=path!("gallery") view={Lazy::<parts::Gallery>::new()}/>
                    <Route path=path!("projects") view=ProjectListPage/>
                    <Route path=path!("projects/new") view={Lazy::<parts::ProjectNew>::new()}/>
                    <Route path=path!("projects/:project") view=ProjectOverviewPage/>
                    <Route path=path!("search") view={Lazy::<parts::Search>::new()}/>
                    <Route path=path!("projects/:project/changelog") view={Lazy::<parts::EntryList>::new()}/>
                    <Route path=path!("projects/:project/calendar") view={Lazy::<parts::Calendar>::new()}/>
                    <Route path=path!("projects/:project/changelog/:entry/history") view={Lazy::<parts::EntryHistory>::new()}/>
                    <Route path=path!("projects/:project/changelog/:entry/propose") view={Lazy::<parts::Propose>::new()}/>
                    <Route path=path!("projects/:project/catch-up") view={Lazy::<parts::CatchUp>::new()}/>
                    <Route path=path!("projects/:project/api-keys") view={Lazy::<parts::KeyList>::new()}/>
                    <Route path=path!("projects/:project/api-keys/new") view={Lazy::<parts::KeyNew>::new()}/>
                    <Route path=path!("projects/:project/api-keys/:key") view={Lazy::<parts::Key>::new()}/>
                    <Route path=path!("projects/:project/feeds") view={Lazy::<parts::ProjectFeeds>::new()}/>
                    <Route path=path!("projects/:project/export") view={Lazy::<parts::Export>::new()}/>
                    <Route path=path!("projects/:project/import") view={Lazy::<parts::Import>::new()}/>
                    <Route path=path!("projects/:project/media") view={Lazy::<parts::Media>::new()}/>
                    <Route path=path!("projects/:project/widgets") view={Lazy::<parts::WidgetList>::new()}/>
                    <Route path=path!("projects/:project/widgets/:widget") view={Lazy::<parts::WidgetEdit>::new()}/>
                    <Route path=path!("projects/:project/settings") view={Lazy::<parts::GeneralSettings>::new()}/>
                    <Route path=path!("projects/:project/settings/access") view={Lazy::<parts::AccessSettings>::new()}/>
                    <Route path=path!("projects/:project/settings/look") view={Lazy::<parts::LookSettings>::new()}/>
                    <Route path=path!("projects/:project/settings/tags") view={Lazy::<parts::TagSettings>::new()}/>
                    <Route path=path!("projects/:project/settings/templates") view={Lazy::<parts::TemplateSettings>::new()}/>
                    <Route path=path!("projects/:project/settings/danger") view={Lazy::<parts::DangerSettings>::new()}/>
                </ParentRoute>
            </Routes>
        </Router>
        <ui::ToastRegion/>
    }
}
