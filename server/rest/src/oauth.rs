//! Signing in through a provider of OAuth or OpenID Connect, and the accounts there that belong to oneself. The two
//! addresses that a browser is led to answer with another address, never with a page.

use axum::Json;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use model::Error;
use model::sso::Problem as Told;
use services::caller::{Caller, check_own_link, cookie, set_cookie, sign_in_cookies};
use services::oauth::{self, BROWSER_COOKIE, Begun, Failed, Intent, Outcome, Returned};
use services::second_factor::PENDING_COOKIE;
use services::sign_in::Progress;
use services::{ClientInfo, Services, sso};

use crate::conditional::{self, REVALIDATE};
use crate::extract::{MayOwn, ProviderAddress, Query};
use crate::identify::append_cookies;
use crate::problem::Problem;
use crate::wire::{Connections, ProviderAnswer, SignInProviders, SignInTarget};

/// List the sign-in providers.
///
/// The enabled ones, the default one first.
#[utoipa::path(
    get,
    path = "/api/auth/oauth/providers",
    tag = "Sign-in",
    responses((status = 200, description = "The providers.", body = SignInProviders))
)]
pub(crate) async fn list_sign_in_providers(
    State(cx): State<Services>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    conditional::json(&headers, REVALIDATE, &SignInProviders::from(oauth::buttons(&cx).await?))
}

/// Begin to sign in through a provider.
///
/// Leads a browser to the provider. `redirect` is a path of this site to go to afterwards. With `intent=link` the account
/// there is linked with the one of whoever is signed in, with `intent=test` an administrator sees what the provider says;
/// both must come from a page of the instance.
#[utoipa::path(
    get,
    path = "/api/auth/oauth/authorize/{provider}",
    tag = "Sign-in",
    params(
        ("provider" = String, Path, description = "The provider's name in addresses, or its name."),
        ("redirect" = Option<String>, Query, description = "Where to go afterwards: a path of this site."),
        ("intent" = Option<String>, Query, description = "`link` or `test`; signs in otherwise.")
    ),
    responses(
        (status = 302, description = "To the provider, or back to a page that says what is wrong.",
            headers(("Location" = String, description = "Where to go."))),
        (status = 404, description = "There is no such provider.", body = crate::problem::ProblemBody)
    )
)]
pub(crate) async fn begin_sign_in(
    State(cx): State<Services>,
    Extension(caller): Extension<Caller>,
    Extension(client): Extension<ClientInfo>,
    ProviderAddress(provider): ProviderAddress,
    Query(asked): Query<SignInTarget>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let intent = intent(&cx, &asked, &caller, &headers)?;
    let browser = cookie(&cx, &headers, BROWSER_COOKIE);
    begun(oauth::begin(&cx, &provider, intent, asked.redirect.as_deref(), browser.as_deref(), &client).await)
}

/// What a way to a provider is for. What concerns whoever is signed in must come from a page of ours.
pub(crate) fn intent(
    cx: &Services,
    asked: &SignInTarget,
    caller: &Caller,
    headers: &HeaderMap,
) -> Result<Intent, Problem> {
    let intent = match asked.intent.as_deref() {
        Some("link") => Intent::Link,
        Some("test") => Intent::Test,
        _ => return Ok(Intent::SignIn),
    };
    check_own_link(cx, headers)?;
    Ok(intent(caller.actor()?.clone()))
}

/// Leads a browser to the provider, or to a page that says why not.
pub(crate) fn begun(begun: model::Result<Begun>) -> Result<Response, Problem> {
    match begun {
        Ok(begun) => Ok(to(&begun.location, &[begun.set_cookie])),
        Err(Error::SlowDown { .. }) => Ok(to(&format!("/login?{}", Told::SlowDown.query()), &[])),
        Err(Error::NotConfirmed) => Ok(to("/confirm?redirectTo=/dashboard/account/linked", &[])),
        Err(error) => Err(error.into()),
    }
}

/// End a sign-in through a provider.
///
/// The address that is registered at the provider. Signs the browser in that began it, once, and leads it on; whatever
/// does not fit leads to a page that says so.
#[utoipa::path(
    get,
    path = "/api/auth/oauth/callback/{provider}",
    tag = "Sign-in",
    params(
        ("provider" = String, Path, description = "The provider's name in addresses, its name or its id."),
        ("code" = Option<String>, Query, description = "The provider's code."),
        ("state" = Option<String>, Query, description = "What this instance gave the provider to bring back."),
        ("error" = Option<String>, Query, description = "Instead of a code. What it says is not looked at."),
        ("iss" = Option<String>, Query, description = "The issuer, where the provider names it (RFC 9207).")
    ),
    responses(
        (status = 302, description = "Signed in, or to a page that says what is wrong.",
            headers(("Location" = String, description = "Where to go.")))
    )
)]
pub(crate) async fn end_sign_in(
    State(cx): State<Services>,
    Extension(caller): Extension<Caller>,
    Extension(client): Extension<ClientInfo>,
    ProviderAddress(provider): ProviderAddress,
    Query(answer): Query<ProviderAnswer>,
    headers: HeaderMap,
) -> Response {
    let browser = cookie(&cx, &headers, BROWSER_COOKIE);
    let returned = Returned {
        provider: &provider,
        code: answer.code.as_deref(),
        state: answer.state.as_deref(),
        is_error: answer.is_error,
        issuer: answer.issuer.as_deref(),
        browser: browser.as_deref(),
    };
    ended(&cx, oauth::finish(&cx, returned, &caller, &client).await, "/dashboard/admin/sign-in")
}

/// Leads a browser on from the end of its way; `pages` are those of the kind of provider.
pub(crate) fn ended(cx: &Services, ended: Result<Outcome, Failed>, pages: &str) -> Response {
    match ended {
        Ok(Outcome::SignedIn { progress, target }) => match progress {
            Progress::Complete(signed_in) => to(&target, &sign_in_cookies(cx, &signed_in)),
            Progress::SecondFactor(pending) => {
                let target: String = form_urlencoded::byte_serialize(target.as_bytes()).collect();
                let cookies = [set_cookie(cx, PENDING_COOKIE, &pending.token, 600)];
                to(&format!("/two-factor?redirectTo={target}"), &cookies)
            }
        },
        Ok(Outcome::Linked) => to("/dashboard/account/linked?linked=1", &[]),
        Ok(Outcome::Tried(id)) => to(&format!("{pages}/{id}#trial"), &[]),
        Err(failed) => to(&failed.location(), &[]),
    }
}

/// List one's linked accounts.
///
/// The accounts at providers that belong to the caller, and the providers there are.
#[utoipa::path(
    get,
    path = "/api/auth/connections",
    tag = "Sign-in",
    responses((status = 200, description = "The accounts.", body = Connections)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn list_connections(
    State(cx): State<Services>,
    MayOwn(may): MayOwn,
) -> Result<Json<Connections>, Problem> {
    Ok(Json(sso::linked(&cx, &may).await?.into()))
}

/// Sends a browser on. The address is nobody else's business: it may hold a state or a target.
fn to(location: &str, cookies: &[String]) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    // What is no header is no address either; the first page is as good as any then.
    let location = HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static("/"));
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    append_cookies(headers, cookies);
    response
}
