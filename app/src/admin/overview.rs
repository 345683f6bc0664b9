//! The first page of the administration.

use leptos::prelude::*;
use model::Result;
use model::people::Overview;
use ui::{ButtonLink, Figure, Figures, Glyph, SkeletonRows, Variant};

use super::AdminArea;
use crate::failure::Failure;
use crate::pending::{Pending, later};
use crate::people::{INVITATIONS, PATH};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::access::ManageUsers;

/// Figures of the instance.
#[server(prefix = "/rpc", endpoint = "admin/overview")]
pub async fn get_overview() -> Result<Overview> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        services::users::overview(&cx.services, &may).await
    })
    .await
}

#[component]
pub fn AdminOverviewPage() -> impl IntoView {
    view! { <AdminArea title="Administration">{|| view! { <Shown/> }}</AdminArea> }
}

#[component]
fn Shown() -> impl IntoView {
    let data = Resource::new(|| (), |()| async { get_overview().await });
    view! {
        <Pending fallback=|| view! { <SkeletonRows rows=3/> }>
            {move || later(async move {
                match data.await {
                    Ok(overview) => view! { <Figured overview/> }.into_any(),
                    Err(error) => {
                        let retry = move |()| data.refetch();
                        view! { <Failure error what="The figures could not be loaded." on_retry=retry/> }.into_any()
                    }
                }
            })}
        </Pending>
    }
}

#[component]
fn Figured(overview: Overview) -> impl IntoView {
    let of = |role: &str| format!("{PATH}?role={role}");
    let disabled = (overview.disabled > 0).then(|| format!("{} disabled", overview.disabled));
    view! {
        <div class="admin-overview">
            <h2>"People"</h2>
            <Figures>
                <Figure label="People" value=overview.people().to_string() note=disabled href=PATH.to_owned()/>
                <Figure label="Administrators" value=overview.admins.to_string() href=of("ADMIN")/>
                <Figure label="Staff" value=overview.staff.to_string() href=of("STAFF")/>
                <Figure label="Viewers" value=overview.viewers.to_string() href=of("VIEWER")/>
                <Figure
                    label="Open invitations"
                    value=overview.open_invitations.to_string()
                    note=Some(format!("{} ever made", overview.invitations))
                    href=INVITATIONS.to_owned()
                />
            </Figures>
            <h2>"Entries"</h2>
            <Figures>
                <Figure label="Entries" value=overview.entries.to_string()/>
                <Figure label="This month" value=overview.entries_this_month.to_string() note=Some("by creation, in UTC".to_owned())/>
                <Figure label="Waiting for an administrator" value=overview.waiting_requests.to_string() href="/dashboard".to_owned()/>
            </Figures>
            <div class="cluster">
                <ButtonLink href=format!("{PATH}/invite") variant=Variant::Primary glyph=Glyph::Plus>"Invite somebody"</ButtonLink>
            </div>
        </div>
    }
}
