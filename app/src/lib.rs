//! The pages of Tidings: server functions, routes and the document shell.
//!
//! The dashboard is a Leptos application that the server renders and the browser takes over. The public pages under
//! [`changelog`] are Leptos views that the server renders to text: readers get no script. Logic that could be a
//! function lives in `model`; anything with a rule lives in `services`; there is no SQL here.

// Nested views make types deeper than the compiler expects of anybody.
#![recursion_limit = "512"]

pub mod account;
#[cfg(feature = "ssr")]
pub mod changelog;
mod dates;
pub mod entries;
pub mod failure;
pub mod frame;
pub mod home;
pub mod imports;
mod params;
pub mod projects;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
mod shell;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

#[cfg(feature = "ssr")]
pub use shell::shell;

use account::{LoginPage, SetupPage};
use entries::{EntryEditPage, EntryListPage, EntryNewPage};
use failure::NotFoundPage;
use frame::Frame;
use home::HomePage;
use imports::ImportPage;
use projects::{ProjectListPage, ProjectNewPage, ProjectOverviewPage, ProjectSettingsPage};

#[component]
fn GalleryPage() -> impl IntoView {
    view! {
        <Title text="Gallery · Tidings"/>
        <ui::Gallery/>
    }
}

/// The dashboard with its routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    ui::provide_toasts();
    entries::watch_history();
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/setup") view=SetupPage/>
                <Route path=path!("/login") view=LoginPage/>
                // The editor fills the screen, without the frame around it.
                <Route path=path!("/dashboard/projects/:project/changelog/new") view=EntryNewPage/>
                <Route path=path!("/dashboard/projects/:project/changelog/:entry") view=EntryEditPage/>
                <ParentRoute path=path!("/dashboard") view=Frame>
                    <Route path=path!("") view=HomePage/>
                    <Route path=path!("gallery") view=GalleryPage/>
                    <Route path=path!("projects") view=ProjectListPage/>
                    <Route path=path!("projects/new") view=ProjectNewPage/>
                    <Route path=path!("projects/:project") view=ProjectOverviewPage/>
                    <Route path=path!("projects/:project/changelog") view=EntryListPage/>
                    <Route path=path!("projects/:project/import") view=ImportPage/>
                    <Route path=path!("projects/:project/settings") view=ProjectSettingsPage/>
                </ParentRoute>
            </Routes>
        </Router>
        <ui::ToastRegion/>
    }
}
