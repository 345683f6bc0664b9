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
#[cfg(feature = "ssr")]
pub mod changelog;
mod dates;
pub mod entries;
pub mod exports;
pub mod failure;
pub mod frame;
pub mod home;
pub mod imports;
mod params;
pub mod parts;
pub mod projects;
pub mod requests;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
mod shell;
pub mod tags;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, path};

#[cfg(feature = "ssr")]
pub use shell::shell;

use entries::EntryListPage;
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
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/setup") view={Lazy::<parts::Setup>::new()}/>
                <Route path=path!("/login") view={Lazy::<parts::Login>::new()}/>
                // The editor fills the screen, without the frame around it.
                <Route path=path!("/dashboard/projects/:project/changelog/new") view={Lazy::<parts::EntryNew>::new()}/>
                <Route path=path!("/dashboard/projects/:project/changelog/:entry") view={Lazy::<parts::EntryEdit>::new()}/>
                <ParentRoute path=path!("/dashboard") view=Frame>
                    <Route path=path!("") view=HomePage/>
                    <Route path=path!("api-keys") view={Lazy::<parts::KeyList>::new()}/>
                    <Route path=path!("api-keys/new") view={Lazy::<parts::KeyNew>::new()}/>
                    <Route path=path!("api-keys/:key") view={Lazy::<parts::Key>::new()}/>
                    <Route path=path!("gallery") view={Lazy::<parts::Gallery>::new()}/>
                    <Route path=path!("projects") view=ProjectListPage/>
                    <Route path=path!("projects/new") view={Lazy::<parts::ProjectNew>::new()}/>
                    <Route path=path!("projects/:project") view=ProjectOverviewPage/>
                    <Route path=path!("projects/:project/changelog") view=EntryListPage/>
                    <Route path=path!("projects/:project/api-keys") view={Lazy::<parts::KeyList>::new()}/>
                    <Route path=path!("projects/:project/api-keys/new") view={Lazy::<parts::KeyNew>::new()}/>
                    <Route path=path!("projects/:project/api-keys/:key") view={Lazy::<parts::Key>::new()}/>
                    <Route path=path!("projects/:project/feeds") view={Lazy::<parts::ProjectFeeds>::new()}/>
                    <Route path=path!("projects/:project/export") view={Lazy::<parts::Export>::new()}/>
                    <Route path=path!("projects/:project/import") view={Lazy::<parts::Import>::new()}/>
                    <Route path=path!("projects/:project/widgets") view={Lazy::<parts::WidgetList>::new()}/>
                    <Route path=path!("projects/:project/widgets/:widget") view={Lazy::<parts::WidgetEdit>::new()}/>
                    <Route path=path!("projects/:project/settings") view={Lazy::<parts::GeneralSettings>::new()}/>
                    <Route path=path!("projects/:project/settings/access") view={Lazy::<parts::AccessSettings>::new()}/>
                    <Route path=path!("projects/:project/settings/look") view={Lazy::<parts::LookSettings>::new()}/>
                    <Route path=path!("projects/:project/settings/tags") view={Lazy::<parts::TagSettings>::new()}/>
                    <Route path=path!("projects/:project/settings/danger") view={Lazy::<parts::DangerSettings>::new()}/>
                </ParentRoute>
            </Routes>
        </Router>
        <ui::ToastRegion/>
    }
}
