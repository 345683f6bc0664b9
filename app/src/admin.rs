//! The pages for administrators.

pub mod audit;
mod jobs;
mod mail;
mod overview;
mod settings;
mod templates;

use crate::title::Title;
use leptos::prelude::*;
use model::Role;
use ui::{Crumb, ForbiddenState, PageHeader};

pub use jobs::AdminJobsPage;
pub use mail::AdminMailPage;
pub use settings::AdminSettingsPage;

use crate::account::Me;

pub use overview::AdminOverviewPage;

/// Title and heading around a page for administrators; others read that they are not meant. What the page shows is
/// guarded by its server functions.
#[component]
pub fn AdminArea(#[prop(into)] title: String, children: ChildrenFn) -> impl IntoView {
    let is_admin = expect_context::<Me>().role == Role::Admin;
    view! {
        <Title text=format!("{title} · Tidings")/>
        <div class="page">
            <PageHeader title=title.clone() crumbs=vec![Crumb::here(title)]/>
            {if is_admin {
                children().into_any()
            } else {
                view! {
                    <ForbiddenState
                        title="This page is for administrators."
                        help="Ask an administrator of this instance for the role Administrator."
                    />
                }
                .into_any()
            }}
        </div>
    }
}
