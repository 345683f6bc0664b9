//! The one door from a page to the server: who is calling, may they, and how an error leaves.

use std::ops::AsyncFnOnce;

use http::header::{ACCEPT, COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use model::{Error, ProjectId, Result};
use services::access::{self, Capability, ClientInfo, ManageOwnAccount};
use services::audit::{self, Refused};
use services::caller::Caller;
use services::{Actor, Grant, InstanceGrant, Services};
use ui::Theme;

/// Addresses of the files a page loads. Provided as context by the server, which knows their hashes.
#[derive(Debug, Clone, Copy)]
pub struct PageAssets {
    pub style: &'static str,
    pub script: &'static str,
    pub wasm: &'static str,
    /// What readers' pages do with embeds, code and pictures; the editor's preview shows the same.
    pub reader: &'static str,
    pub favicon: &'static str,
    /// A script that reloads the page after a rebuild; development only.
    pub reload: Option<&'static str>,
}

/// The widget's script as a file, and the hash that a page may pin it with. Provided as context by the server.
#[derive(Debug, Clone, Copy)]
pub struct PinnedLoader {
    pub url: &'static str,
    /// As in an `integrity` attribute.
    pub integrity: &'static str,
}

/// Who is calling, and the use cases they may ask for.
#[derive(Clone)]
pub struct Cx {
    pub services: Services,
    pub client: ClientInfo,
    pub parts: Parts,
    caller: Caller,
}

impl Cx {
    pub(crate) fn from_context() -> Result<Self> {
        // Missing only when a server function runs outside a request, which is a mistake of ours.
        let lost = || Error::Internal { reference: "context".to_owned() };
        let services = use_context::<Services>().ok_or_else(lost)?;
        let parts = use_context::<Parts>().ok_or_else(lost)?;
        let caller = parts.extensions.get::<Caller>().cloned().unwrap_or_default();
        let client = parts.extensions.get::<ClientInfo>().cloned().unwrap_or_default();
        Ok(Self { services, client, parts, caller })
    }

    /// The signed-in person, or `SignedOut`.
    pub fn actor(&self) -> Result<&Actor> {
        self.caller.actor()
    }

    /// Whether a plain form was sent, or a page is being rendered: no script reads the answer of a server function.
    pub fn is_plain_form(&self) -> bool {
        self.parts.headers.get(ACCEPT).is_some_and(|value| contains(value, "text/html"))
    }

    /// Whether somebody is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.caller.is_known()
    }

    /// The right to look after one's own account, which somebody who has to set a second factor up has, too.
    pub fn own_account(&self) -> Result<InstanceGrant<ManageOwnAccount>> {
        access::instance_grant(self.caller.own_account()?)
    }

    /// Leads a plain form that failed back to a page of this site with its error. Needed where the browser does not say
    /// which page the form stood on, because the address of that page is a secret.
    pub fn come_back(&self, page: &str, function: &str, error: &Error) {
        if !self.is_plain_form() {
            return;
        }
        let page = format!("{}{page}", self.services.base_url());
        if let Ok(url) = server_fn::error::ServerFnUrlError::new(function, error.clone()).to_url(&page) {
            leptos_axum::redirect(&format!("{}?{}", url.path(), url.query().unwrap_or_default()));
        }
    }

    pub async fn grant<C: Capability>(&self, project: &ProjectId) -> Result<Grant<C>> {
        access::grant(&self.services, self.actor()?, project).await
    }

    pub fn instance_grant<C: Capability>(&self) -> Result<InstanceGrant<C>> {
        access::instance_grant(self.actor()?)
    }
}

/// The signed-in person of the request that is being answered.
pub fn signed_in() -> Option<model::users::User> {
    let cx = Cx::from_context().ok()?;
    cx.caller.own_account().ok().map(|actor| actor.user.clone())
}

/// Runs a server function, and records when somebody known was not let. An error sets the status of a fetch call; on a plain form the redirect that carries the
/// error keeps its own, and while a page renders the page decides.
pub async fn act<T, F>(run: F) -> Result<T>
where
    F: AsyncFnOnce(Cx) -> Result<T>,
{
    let cx = Cx::from_context()?;
    let accepts_html = cx.is_plain_form();
    let result = run(cx.clone()).await;
    if let Err(error) = &result {
        if !accepts_html {
            set_status(error.status());
        }
        if let Ok(actor) = cx.actor() {
            let at = cx.parts.uri.path();
            audit::refused(&cx.services, Refused { actor, error, project: actor.only_project(), at }).await;
        }
    }
    result
}

/// As [`act`], for functions that anybody may call. They live under `/rpc/public`.
pub async fn act_public<T, F>(run: F) -> Result<T>
where
    F: AsyncFnOnce(Cx) -> Result<T>,
{
    act(run).await
}

/// Sets the status of the answer.
pub fn set_status(status: u16) {
    if let (Some(answer), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        answer.set_status(status);
    }
}

/// Adds cookies to the answer.
pub fn set_cookies(cookies: Vec<String>) {
    let Some(answer) = use_context::<ResponseOptions>() else { return };
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            answer.append_header(SET_COOKIE, value);
        }
    }
}

/// The theme of the page that is being rendered: what the signed-in person chose, else what the cookie says.
pub fn page_theme() -> Theme {
    let chosen = use_context::<services::own_settings::Shown>().and_then(|shown| shown.theme);
    match chosen {
        Some(theme) => Theme::parse(theme.as_str()),
        None => use_context::<Parts>().map(|parts| theme(&parts.headers)).unwrap_or_default(),
    }
}

/// The cookie that keeps a theme in a browser. Scripts of the page read and write it, too.
pub fn theme_cookie(services: &Services, theme: Theme) -> String {
    let secure = if services.is_https() { "; Secure" } else { "" };
    format!("theme={}; Path=/; Max-Age=31536000; SameSite=Lax{secure}", theme.as_str())
}

/// The theme a person chose, from the cookie that the theme form sets.
pub fn theme(headers: &HeaderMap) -> Theme {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == "theme")
        .map(|(_, value)| Theme::parse(value))
        .unwrap_or_default()
}

fn contains(value: &HeaderValue, text: &str) -> bool {
    value.to_str().is_ok_and(|value| value.contains(text))
}
