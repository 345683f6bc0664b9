//! The pages about one's own account: tabs over each.

use crate::title::Title;
use leptos::prelude::*;
use ui::{Crumb, PageHeader, TabLink, TabNav};

/// The pages, as their tabs show them: path below `/dashboard/account`, and name.
const PAGES: [(&str, &str); 5] = [
    ("", "Profile"),
    ("/password", "Password"),
    ("/security", "Security"),
    ("/devices", "Devices"),
    ("/linked", "Linked accounts"),
];

/// Title, heading and tabs around a page of the account.
#[component]
pub fn AccountArea(
    /// The path of [`PAGES`].
    page: &'static str,
    children: Children,
) -> impl IntoView {
    let label = PAGES.iter().find(|(path, _)| *path == page).map_or("Your account", |(_, label)| *label);
    view! {
        <Title text=format!("{label} · Your account · Tidings")/>
        <div class="page page-narrow">
            <PageHeader title="Your account" crumbs=vec![Crumb::here("Your account")]/>
            <TabNav label="Your account">
                {PAGES
                    .iter()
                    .map(|(path, label)| view! {
                        <TabLink href=format!("/dashboard/account{path}") current=*path == page>{*label}</TabLink>
                    })
                    .collect_view()}
            </TabNav>
            {children()}
        </div>
    }
}
