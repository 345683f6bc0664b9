//! API keys: those of a project, and those of the instance.
//!
//! Every function takes the project whose keys are meant; without one it is about the keys of the instance.

mod fields;
mod list;
mod made;
mod new;
mod one;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::api_keys::{ListedKey, State};
use model::projects::Project;
use model::{ApiKeyId, Error, Permission, ProjectId, Result, Role, Verdict, access};
use serde::{Deserialize, Serialize};
use ui::{Crumb, ForbiddenState};

pub use list::KeyListPage;
pub use new::KeyNewPage;
pub use one::KeyPage;

use crate::params::project_path;

#[cfg(feature = "ssr")]
use crate::server::{Cx, act, set_cookies};
#[cfg(feature = "ssr")]
use model::Scope;
#[cfg(feature = "ssr")]
use model::api_keys::{KeyPatch, NewKey, Preset, parse_expiry, parse_scopes};
#[cfg(feature = "ssr")]
use model::time::Timestamp;
#[cfg(feature = "ssr")]
use services::Always;
#[cfg(feature = "ssr")]
use services::api_keys::{CreatedKey, Keyring};
#[cfg(feature = "ssr")]
use services::caller;

/// A key, and whether it works now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLine {
    pub listed: ListedKey,
    pub state: State,
}

/// The keys that somebody sees, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Keys {
    pub project: Option<Project>,
    pub keys: Vec<KeyLine>,
    /// Whether the reader may make others.
    pub may_create: bool,
}

/// One key with what its page needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneKey {
    pub project: Option<Project>,
    pub line: KeyLine,
    /// The address people use, without a trailing slash.
    pub base_url: String,
}

/// A key in clear, on its way to the only page that shows it.
#[derive(Clone, Serialize, Deserialize)]
pub struct ShownKey {
    pub secret: String,
    pub listed: ListedKey,
    pub base_url: String,
}

/// The keys that the caller sees.
#[server(prefix = "/rpc", endpoint = "api-keys/list")]
pub async fn list_api_keys(#[server(default)] project: Option<ProjectId>) -> Result<Keys> {
    act(async |cx| {
        let ring = ring(&cx, project.as_ref()).await?;
        let keys = services::api_keys::list(&cx.services, &ring, None).await?;
        let may_create = services::api_keys::may_create(&cx.services, cx.actor()?.user.role).await?;
        let keys = keys.into_iter().map(|listed| line(&cx, listed)).collect();
        Ok(Keys { project: project_of(&ring), keys, may_create })
    })
    .await
}

/// One key.
#[server(prefix = "/rpc", endpoint = "api-keys/get")]
pub async fn get_api_key(#[server(default)] project: Option<ProjectId>, key: ApiKeyId) -> Result<OneKey> {
    act(async |cx| {
        let ring = ring(&cx, project.as_ref()).await?;
        let listed = services::api_keys::get(&cx.services, &ring, &key).await?;
        let base_url = cx.services.base_url().to_owned();
        Ok(OneKey { project: project_of(&ring), line: line(&cx, listed), base_url })
    })
    .await
}

/// Makes a key and shows it. `project` is an id, or empty for all projects. `scopes` count where no preset is chosen.
#[server(prefix = "/rpc", endpoint = "api-keys/create")]
pub async fn create_api_key(
    #[server(default)] project: String,
    name: String,
    #[server(default)] preset: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] expiry: String,
    #[server(default)] expires_on: String,
    #[server(default)] is_global: bool,
) -> Result<ShownKey> {
    act(async |cx| {
        let project = match project.as_str() {
            "" => None,
            id => Some(id.parse::<ProjectId>().map_err(|_| Error::NotFound)?),
        };
        let ring = ring(&cx, project.as_ref()).await?;
        let new = NewKey {
            name,
            scopes: chosen_scopes(&preset, &scopes)?,
            expires_at: chosen_end(&expiry, &expires_on, cx.services.clock.now())?.flatten(),
            is_global,
        };
        let made = services::api_keys::create(&cx.services, &ring, new).await?;
        Ok(show(&cx, &ring, made))
    })
    .await
}

/// Changes name, scopes, end, and who sees a key.
#[server(prefix = "/rpc", endpoint = "api-keys/update")]
pub async fn update_api_key(
    #[server(default)] project: Option<ProjectId>,
    key: ApiKeyId,
    name: String,
    #[server(default)] preset: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] expiry: String,
    #[server(default)] expires_on: String,
    #[server(default)] is_global: bool,
) -> Result<ListedKey> {
    act(async |cx| {
        let ring = ring(&cx, project.as_ref()).await?;
        let patch = KeyPatch {
            name: Some(name),
            scopes: Some(chosen_scopes(&preset, &scopes)?),
            expires_at: chosen_end(&expiry, &expires_on, cx.services.clock.now())?,
            is_global: Some(is_global),
            is_revoked: None,
        };
        services::api_keys::update(&cx.services, &ring, &key, patch, &Always).await
    })
    .await
}

/// Changes the name alone, which is all that can be changed of a revoked key.
#[server(prefix = "/rpc", endpoint = "api-keys/rename")]
pub async fn rename_api_key(
    #[server(default)] project: Option<ProjectId>,
    key: ApiKeyId,
    name: String,
) -> Result<ListedKey> {
    act(async |cx| {
        let ring = ring(&cx, project.as_ref()).await?;
        let patch = KeyPatch { name: Some(name), ..KeyPatch::default() };
        services::api_keys::update(&cx.services, &ring, &key, patch, &Always).await
    })
    .await
}

/// Puts a new secret in the place of the old one, and shows it.
#[server(prefix = "/rpc", endpoint = "api-keys/rotate")]
pub async fn rotate_api_key(#[server(default)] project: Option<ProjectId>, key: ApiKeyId) -> Result<ShownKey> {
    act(async |cx| {
        let ring = ring(&cx, project.as_ref()).await?;
        let made = services::api_keys::rotate(&cx.services, &ring, &key).await?;
        Ok(show(&cx, &ring, made))
    })
    .await
}

/// Ends a key for good.
#[server(prefix = "/rpc", endpoint = "api-keys/revoke")]
pub async fn revoke_api_key(#[server(default)] project: Option<ProjectId>, key: ApiKeyId) -> Result<ListedKey> {
    act(async |cx| {
        let ring = ring(&cx, project.as_ref()).await?;
        let patch = KeyPatch { is_revoked: Some(true), ..KeyPatch::default() };
        services::api_keys::update(&cx.services, &ring, &key, patch, &Always).await
    })
    .await
}

/// Deletes a key and goes to the list.
#[server(prefix = "/rpc", endpoint = "api-keys/delete")]
pub async fn delete_api_key(#[server(default)] project: Option<ProjectId>, key: ApiKeyId) -> Result<()> {
    act(async |cx| {
        let ring = ring(&cx, project.as_ref()).await?;
        services::api_keys::delete(&cx.services, &ring, &key, &Always).await?;
        leptos_axum::redirect(&keys_path(project.as_ref(), ""));
        Ok(())
    })
    .await
}

#[cfg(feature = "ssr")]
async fn ring(cx: &Cx, project: Option<&ProjectId>) -> Result<Keyring> {
    Keyring::open(&cx.services, cx.actor()?, project).await
}

#[cfg(feature = "ssr")]
fn project_of(ring: &Keyring) -> Option<Project> {
    match ring {
        Keyring::Project(may) => Some(Project { custom_css: None, ..may.project().clone() }),
        Keyring::Instance(_) => None,
    }
}

#[cfg(feature = "ssr")]
fn line(cx: &Cx, listed: ListedKey) -> KeyLine {
    KeyLine { state: listed.state(cx.services.clock.now()), listed }
}

#[cfg(feature = "ssr")]
fn chosen_scopes(preset: &str, scopes: &[String]) -> Result<Vec<Scope>> {
    match Preset::parse(preset) {
        Some(preset) => Ok(preset.scopes()),
        None => parse_scopes(scopes),
    }
}

/// What a form says about the end: nothing, never, or a moment.
#[cfg(feature = "ssr")]
fn chosen_end(expiry: &str, on: &str, now: Timestamp) -> Result<Option<Option<Timestamp>>> {
    let end = match expiry {
        "" | "keep" => return Ok(None),
        "never" => return Ok(Some(None)),
        "date" => parse_expiry(on, now),
        days => parse_expiry(&format!("{days}d"), now),
    };
    end.map(|end| Some(Some(end))).map_err(|message| Error::field("expiresAt", message))
}

/// The cookie that carries a key over to the page that shows it, where there are no scripts.
#[cfg(feature = "ssr")]
const SHOWN: &str = "shownKey";

/// Sends a key in clear to its page. Scripts get it with the answer; a plain form is led on to the key's page, and what
/// it shows there travels in a cookie that lives for a minute and is cleared when it was shown.
#[cfg(feature = "ssr")]
fn show(cx: &Cx, ring: &Keyring, made: CreatedKey) -> ShownKey {
    let CreatedKey { secret, key: listed } = made;
    if cx.is_plain_form() {
        let id = &listed.key.id;
        set_cookies(vec![caller::set_cookie(&cx.services, SHOWN, &format!("{id}.{secret}"), 60)]);
        leptos_axum::redirect(&keys_path(ring.project(), &format!("/{id}")));
    }
    ShownKey { secret, listed, base_url: cx.services.base_url().to_owned() }
}

/// The key in clear that a plain form was just answered with, if it is this one.
#[cfg(feature = "ssr")]
fn carried_over(key: &ApiKeyId) -> Option<String> {
    let cx = Cx::from_context().ok()?;
    let value = caller::cookie(&cx.services, &cx.parts.headers, SHOWN)?;
    let (id, secret) = value.split_once('.')?;
    if id != key.as_str() {
        return None;
    }
    set_cookies(vec![caller::set_cookie(&cx.services, SHOWN, "", 0)]);
    Some(secret.to_owned())
}

/// The page of the keys of a project or of the instance, with something behind it.
fn keys_path(project: Option<&ProjectId>, rest: &str) -> String {
    match project {
        Some(project) => project_path(project, &format!("/api-keys{rest}")),
        None => format!("/dashboard/api-keys{rest}"),
    }
}

/// Whose keys the address of a page is about.
fn ring_param() -> Memo<Result<Option<ProjectId>>> {
    let params = use_params_map();
    Memo::new(move |_| match params.with(|params| params.get("project")) {
        None => Ok(None),
        Some(id) => id.parse().map(Some).map_err(|_| Error::NotFound),
    })
}

/// The way to a page about keys; `here` is the page itself, where it is not the list.
fn crumbs(project: Option<&Project>, here: Option<String>) -> Vec<Crumb> {
    let mut crumbs = match project {
        Some(project) => vec![
            Crumb::link("Projects", "/dashboard/projects"),
            Crumb::link(project.name.clone(), project_path(&project.id, "")),
        ],
        None => vec![Crumb::link("Home", "/dashboard")],
    };
    match here {
        None => crumbs.push(Crumb::here("API keys")),
        Some(here) => {
            crumbs.push(Crumb::link("API keys", keys_path(project.map(|project| &project.id), "")));
            crumbs.push(Crumb::here(here));
        }
    }
    crumbs
}

/// The title of a document, with the place it is about.
fn document_title(page: &str, project: Option<&Project>) -> String {
    match project {
        Some(project) => format!("{page} · {} · Tidings", project.name),
        None => format!("{page} · Tidings"),
    }
}

/// Whether somebody may look after the keys of a project, or of the instance.
fn manages(role: Role, of_project: bool) -> bool {
    let permission = if of_project { Permission::ManageApiKeys } else { Permission::ManageAllApiKeys };
    access::verdict(role, permission, None) == Verdict::Allowed
}

/// What those see who may not.
#[component]
fn NotForYou(of_project: bool) -> impl IntoView {
    if of_project {
        view! {
            <ForbiddenState
                title="You cannot have API keys."
                help="A key writes and reads as its owner. Ask an administrator for the role Staff."
            />
        }
    } else {
        view! {
            <ForbiddenState
                title="You cannot see the API keys of the instance."
                help="Only an administrator can. Your own keys are on the pages of their projects."
            />
        }
    }
}
