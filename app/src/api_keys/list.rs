//! The keys of a project, or of the instance.

use crate::title::Title;
use leptos::prelude::*;
use model::api_keys::{ApiKey, State, summary};
use ui::{ButtonLink, EmptyState, Glyph, Notice, PageHeader, SkeletonRows, StatusMark, Table, Tone, Variant};

use super::{KeyLine, Keys, NotForYou, crumbs, document_title, keys_path, list_api_keys, manages, ring_param};
use crate::account::Me;
use crate::dates::{Moment, day};
use crate::failure::Failure;
use crate::pending::{Pending, later};

#[component]
pub fn KeyListPage() -> impl IntoView {
    let ring = ring_param();
    let role = expect_context::<Me>().role;
    let of_project = !matches!(ring.get_untracked(), Ok(None));
    if !manages(role, of_project) {
        return view! {
            <Title text=document_title("API keys", None)/>
            <div class="page">
                <PageHeader title="API keys"/>
                <NotForYou of_project/>
            </div>
        }
        .into_any();
    }
    let data = Resource::new(move || ring.get(), |ring| async move { list_api_keys(ring?).await });
    view! {
        <div class="page">
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match data.await {
                        Ok(keys) => view! { <KeyListView keys/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The API keys could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
    .into_any()
}

#[component]
fn KeyListView(keys: Keys) -> impl IntoView {
    let Keys { project, mut keys, may_create } = keys;
    // What works comes first; within, the order stays.
    keys.sort_by_key(|line| line.state != State::Active);
    let id = project.as_ref().map(|project| project.id.clone());
    let is_admin = manages(expect_context::<Me>().role, false);
    let new_href = keys_path(id.as_ref(), "/new");
    let lead = match (&project, is_admin) {
        (Some(_), true) => {
            view! {
                "Keys for scripts, build servers and clients. Each acts as its owner, in this project alone. \
                 You see yours, and those of others that are shown to administrators. "
                <a href=keys_path(None, "")>"All keys of the instance"</a>
            }
            .into_any()
        }
        (Some(_), false) => {
            "Your keys for scripts, build servers and clients. Each acts as you, in this project alone.".into_any()
        }
        (None, _) => "Every key of the instance: those for all projects, and those of single ones. A key acts as its owner, with the role they have.".into_any(),
    };
    let count = (!keys.is_empty()).then(|| keys.len().to_string());
    let everywhere = project.is_none();
    let header_href = new_href.clone();
    let is_empty = keys.is_empty();
    view! {
        <Title text=document_title("API keys", project.as_ref())/>
        <PageHeader
            title="API keys"
            crumbs=crumbs(project.as_ref(), None)
            count=Signal::stored(count)
            action=move || (!is_empty && may_create).then(|| view! {
                <ButtonLink href=header_href variant=Variant::Primary glyph=Glyph::Plus>"New API key"</ButtonLink>
            })
        />
        <p class="key-lead">{lead}</p>
        {(!may_create).then(|| view! {
            <Notice tone=Tone::Note title="Only administrators make API keys here">
                "Ask one of them for a key. Keys that you have go on working."
            </Notice>
        })}
        {if is_empty {
            view! {
                <EmptyState
                    title="No API keys yet"
                    text="With a key, a script or a build server writes here in your name, as far as its scopes go."
                >
                    {may_create.then(|| view! {
                        <ButtonLink href=new_href variant=Variant::Primary glyph=Glyph::Plus>"New API key"</ButtonLink>
                    })}
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <Table
                    caption="API keys"
                    head=move || view! {
                        <th scope="col">"Name"</th>
                        <th scope="col">"Owner"</th>
                        {everywhere.then(|| view! { <th scope="col">"Project"</th> })}
                        <th scope="col">"May do"</th>
                        <th scope="col">"Last used"</th>
                        <th scope="col">"State"</th>
                    }
                >
                    {keys
                        .into_iter()
                        .map(|line| {
                            let href = keys_path(id.as_ref(), &format!("/{}", line.listed.key.id));
                            view! { <KeyRow line href everywhere/> }
                        })
                        .collect_view()}
                </Table>
            }
            .into_any()
        }}
    }
}

#[component]
fn KeyRow(line: KeyLine, href: String, everywhere: bool) -> impl IntoView {
    let KeyLine { listed, state } = line;
    let own = expect_context::<Me>().id == listed.key.user_id;
    let owner = if own { "You".to_owned() } else { listed.owner().to_owned() };
    let key = listed.key;
    let scopes = key.scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let class = if state == State::Active { "key-row" } else { "key-row key-ended" };
    let state = state_mark(&key, state);
    view! {
        <tr class=class>
            <td class="cell-main">
                <a href=href data-row-link="" dir="auto" title=key.name.clone()>{key.name.clone()}</a>
                <span class="soft small block">
                    <code dir="ltr">{key.shown()}</code> " \u{b7} created " <Moment at=key.created_at/>
                </span>
            </td>
            <td title=listed.owner_email>{owner}</td>
            {everywhere.then(|| view! {
                <td class="key-project" dir="auto">{listed.project_name.unwrap_or_else(|| "All projects".to_owned())}</td>
            })}
            <td class="key-may" title=scopes>{summary(&key.scopes)}</td>
            <td>
                {match key.last_used_at {
                    Some(at) => view! { <span class="narrow-only">"Used "</span> <Moment at/> }.into_any(),
                    None => "Never used".into_any(),
                }}
            </td>
            <td>{state}</td>
        </tr>
    }
}

/// Whether a key works, in words.
pub(super) fn state_mark(key: &ApiKey, state: State) -> impl IntoView + use<> {
    let (tone, words) = match (state, key.expires_at, key.revoked_at) {
        (State::Active, None, _) => (Tone::Good, "Active, no end".to_owned()),
        (State::Active, Some(end), _) => (Tone::Good, format!("Active until {}", day(end))),
        (State::Expired, Some(end), _) => (Tone::Warn, format!("Expired {}", day(end))),
        (State::Revoked, _, Some(at)) => (Tone::Bad, format!("Revoked {}", day(at))),
        (State::OwnerDisabled, ..) => (Tone::Note, "Stopped, its owner is disabled".to_owned()),
        (State::Expired, ..) => (Tone::Warn, "Expired".to_owned()),
        (State::Revoked, ..) => (Tone::Bad, "Revoked".to_owned()),
    };
    view! { <StatusMark tone word=words/> }
}
