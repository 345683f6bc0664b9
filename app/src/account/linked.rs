//! One's own accounts at providers.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::sso::{Connection, Linked, Problem, ProviderKind, Way};
use model::{ConnectionId, Result};
use serde::{Deserialize, Serialize};
use ui::{Button, EmptyState, FormError, Notice, Section, SkeletonRows, StatusMark, Table, Tone, use_toasts};

use super::AccountArea;
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, form_error};
use crate::pending::{Pending, later};
#[cfg(feature = "ssr")]
use crate::server::act;

/// Where this page is.
const PATH: &str = "/dashboard/account/linked";

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedView {
    pub linked: Linked,
    /// Whether the person proved a moment ago who they are, as linking takes.
    pub is_fresh: bool,
}

/// One's own accounts at providers.
#[server(prefix = "/rpc", endpoint = "account/linked")]
pub async fn get_linked() -> Result<LinkedView> {
    act(async |cx| {
        let may = cx.own_account()?;
        let linked = services::sso::linked(&cx.services, &may).await?;
        Ok(LinkedView { linked, is_fresh: services::confirmation::is_fresh(&cx.services, may.actor()).await? })
    })
    .await
}

/// Gives up an account at a provider.
#[server(prefix = "/rpc", endpoint = "account/unlink")]
pub async fn unlink_account(connection: ConnectionId) -> Result<()> {
    act(async |cx| {
        let may = cx.own_account()?;
        services::sso::unlink(&cx.services, &may, &connection).await
    })
    .await
}

#[component]
pub fn LinkedPage() -> impl IntoView {
    let unlink = ServerAction::<UnlinkAccount>::new();
    let failure = failure_of(unlink);
    let toasts = use_toasts();
    Effect::new(move || {
        if matches!(unlink.value().get(), Some(Ok(()))) {
            toasts.say("Account unlinked.");
        }
    });
    let data = Resource::new(move || unlink.version().get(), |_| get_linked());
    let query = use_query_map();
    let told = move || {
        query.with(|query| {
            let problem = Problem::read(&query.get("error").unwrap_or_default(), query.get("domain").as_deref());
            (problem.map(|problem| problem.text()), query.get("linked").is_some())
        })
    };
    view! {
        <AccountArea page="/linked">
            {move || match told() {
                (Some(text), _) => view! {
                    <div role="alert"><Notice tone=Tone::Bad title="Not linked"><p>{text}</p></Notice></div>
                }
                .into_any(),
                (None, true) => view! {
                    <Notice tone=Tone::Good title="Linked"><p>"You can sign in with that account from now on."</p></Notice>
                }
                .into_any(),
                (None, false) => ().into_any(),
            }}
            <FormError message=form_error(failure)/>
            <Pending fallback=|| view! { <SkeletonRows rows=4/> }>
                {move || later(async move {
                    match data.await {
                        Ok(found) => view! { <Accounts found unlink/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The linked accounts could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </AccountArea>
    }
}

#[component]
fn Accounts(found: LinkedView, unlink: ServerAction<UnlinkAccount>) -> impl IntoView {
    let LinkedView { linked, is_fresh } = found;
    let may_unlink = linked.may_unlink();
    let rows: Vec<(Connection, Option<Way>)> =
        linked.connections.iter().map(|connection| (connection.clone(), linked.way(connection).cloned())).collect();
    let list = if rows.is_empty() {
        view! { <EmptyState title="No linked accounts" text="Link an account, and you can sign in with it."/> }
            .into_any()
    } else {
        view! {
            <Table
                caption="Linked accounts"
                head=|| view! {
                    <th scope="col">"Provider"</th>
                    <th scope="col">"Last used"</th>
                    <th scope="col">"State"</th>
                    <th scope="col"><span class="sr-only">"Actions"</span></th>
                }
            >
                {rows.into_iter().map(|(connection, way)| view! { <AccountRow connection way may_unlink unlink/> }).collect_view()}
            </Table>
        }
        .into_any()
    };
    let used: Vec<Way> =
        linked.connections.iter().filter_map(|one| linked.way(one).filter(|way| way.enabled).cloned()).collect();
    let free: Vec<Way> = linked.free().cloned().collect();
    view! {
        <Section title="Linked accounts" text="Accounts at providers that open yours.">
            {list}
            {(!may_unlink && !linked.connections.is_empty()).then(|| view! {
                <p class="soft">"This is your only way to sign in. Set a password or add a passkey before you unlink it."</p>
            })}
        </Section>
        {(!free.is_empty()).then(|| view! { <Free free used is_fresh/> })}
    }
}

#[component]
fn AccountRow(
    connection: Connection,
    way: Option<Way>,
    may_unlink: bool,
    unlink: ServerAction<UnlinkAccount>,
) -> impl IntoView {
    let (tone, word) = match &way {
        Some(way) if way.enabled => (Tone::Good, "Connected"),
        _ => (Tone::Warn, "Provider is off"),
    };
    let name = way.map_or_else(|| "Unknown provider".to_owned(), |way| way.name);
    let label = format!("Unlink {name}");
    view! {
        <tr>
            <td class="cell-main">
                <span dir="auto">{name}</span>
                <span class="soft small block">
                    <code dir="ltr">{connection.external_id}</code> " \u{b7} linked " <Moment at=connection.created_at/>
                </span>
            </td>
            <td>
                {match connection.last_used_at {
                    Some(at) => view! { <span class="narrow-only">"Used "</span><Moment at/> }.into_any(),
                    None => view! { "Never" <span class="narrow-only">" used"</span> }.into_any(),
                }}
            </td>
            <td><StatusMark tone word/></td>
            <td>
                {may_unlink.then(|| view! {
                    <ActionForm action=unlink>
                        <input type="hidden" name="connection" value=connection.id.to_string()/>
                        <Button small=true busy=unlink.pending()>{label}</Button>
                    </ActionForm>
                })}
            </td>
        </tr>
    }
}

/// The providers that can be linked; when the sign-in is old, the ways to prove again who one is.
#[component]
fn Free(free: Vec<Way>, used: Vec<Way>, is_fresh: bool) -> impl IntoView {
    if is_fresh {
        return view! {
            <Section title="Link another account" text="You go to the provider and come back here.">
                <div class="cluster">
                    {free
                        .into_iter()
                        .map(|way| view! {
                            <Outward href=format!("{}?intent=link", authorize(&way)) text=format!("Link {}", way.name)/>
                        })
                        .collect_view()}
                </div>
            </Section>
        }
        .into_any();
    }
    view! {
        <Section
            title="Link another account"
            text="You signed in more than five minutes ago. A linked account opens yours, so confirm first that it is you."
        >
            <div class="cluster">
                <Outward href=format!("/confirm?redirectTo={PATH}") text="Confirm that it is you"/>
                {used
                    .into_iter()
                    .map(|way| view! {
                        <Outward href=format!("{}?redirect={PATH}", authorize(&way)) text=format!("Confirm with {}", way.name)/>
                    })
                    .collect_view()}
            </div>
        </Section>
    }
    .into_any()
}

/// Where the way to a provider begins.
fn authorize(way: &Way) -> String {
    let kind = match way.kind {
        ProviderKind::OAuth => "oauth",
        ProviderKind::Saml => "saml",
    };
    format!("/api/auth/{kind}/authorize/{}", way.slug)
}

/// A link that the browser follows itself: it leaves the dashboard.
#[component]
fn Outward(#[prop(into)] href: String, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <a class="button button-quiet" rel="external" href=href><span class="button-label" dir="auto">{text}</span></a>
    }
}
