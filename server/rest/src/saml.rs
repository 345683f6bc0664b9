//! Signing in through a provider of SAML 2.0. The provider's answer comes as a form from another site, without cookies;
//! it is checked and the browser led on, to where its cookies say whether it is the one that began.

use axum::extract::{Extension, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use services::caller::{Caller, cookie};
use services::oauth::BROWSER_COOKIE;
use services::saml::{self, Answer, Returned};
use services::{ClientInfo, Services};

use crate::conditional::{self, REVALIDATE};
use crate::extract::{ProviderAddress, Query, read_all};
use crate::identify::client_info;
use crate::oauth::{begun, ended, intent};
use crate::problem::Problem;
use crate::wire::{SamlTicket, SignInProviders, SignInTarget};

/// The longest form that is read. The longest answer fits, in Base64 and escaped.
const LONGEST_FORM: usize = 1024 * 1024;

/// List the SAML providers.
///
/// The enabled ones, the default one first.
#[utoipa::path(
    get,
    path = "/api/auth/saml/providers",
    tag = "Sign-in",
    responses((status = 200, description = "The providers.", body = SignInProviders))
)]
pub(crate) async fn list_saml_sign_in_providers(
    State(cx): State<Services>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    conditional::json(&headers, REVALIDATE, &SignInProviders::from(saml::buttons(&cx).await?))
}

/// Begin to sign in through a SAML provider.
///
/// Leads a browser to the provider with a request. `redirect` is a path of this site to go to afterwards. With
/// `intent=link` the account there is linked with the one of whoever is signed in, with `intent=test` an administrator
/// sees what the provider says; both must come from a page of the instance.
#[utoipa::path(
    get,
    path = "/api/auth/saml/authorize/{provider}",
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
pub(crate) async fn begin_saml_sign_in(
    State(cx): State<Services>,
    Extension(caller): Extension<Caller>,
    Extension(client): Extension<ClientInfo>,
    ProviderAddress(provider): ProviderAddress,
    Query(asked): Query<SignInTarget>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let intent = intent(&cx, &asked, &caller, &headers)?;
    let browser = cookie(&cx, &headers, BROWSER_COOKIE);
    begun(saml::begin(&cx, &provider, intent, asked.redirect.as_deref(), browser.as_deref(), &client).await)
}

/// Take the answer of a SAML provider.
///
/// The assertion consumer service: the address that is registered at the provider (HTTP-POST binding). An answer must be
/// signed, belong to a request of this instance and be new. The browser is then led to the same address with a ticket.
#[utoipa::path(
    post,
    path = "/api/auth/saml/callback/{provider}",
    tag = "Sign-in",
    params(("provider" = String, Path, description = "The provider's name in addresses, its name or its id.")),
    request_body(content_type = "application/x-www-form-urlencoded", content = crate::wire::SamlAnswerBody),
    responses(
        (status = 303, description = "To the end of the sign-in, or to a page that says what is wrong.",
            headers(("Location" = String, description = "Where to go."))),
        (status = 413, description = "The form is longer than 1 MiB.", body = crate::problem::ProblemBody)
    )
)]
pub(crate) async fn take_saml_answer(
    State(cx): State<Services>,
    ProviderAddress(provider): ProviderAddress,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let client = client_info(&cx, &parts);
    let form = read_all(body, LONGEST_FORM).await?;
    let member = |name: &str| {
        let mut members = form_urlencoded::parse(&form);
        members.find(|(member, _)| member == name).map(|(_, value)| value.into_owned())
    };
    let (response, relay_state) = (member("SAMLResponse"), member("RelayState"));
    let answer = Answer { provider: &provider, response: response.as_deref(), relay_state: relay_state.as_deref() };
    let location = match saml::receive(&cx, answer, &client).await {
        Ok(path) => path,
        Err(failed) => failed.location(),
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_str(&location).unwrap_or(HeaderValue::from_static("/login")));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

/// End a sign-in through a SAML provider.
///
/// Signs the browser in that began it, once, and leads it on; whatever does not fit leads to a page that says so.
#[utoipa::path(
    get,
    path = "/api/auth/saml/callback/{provider}",
    tag = "Sign-in",
    params(
        ("provider" = String, Path, description = "The provider's name in addresses, its name or its id."),
        ("ticket" = Option<String>, Query, description = "What the browser got for the provider's answer.")
    ),
    responses(
        (status = 302, description = "Signed in, or to a page that says what is wrong.",
            headers(("Location" = String, description = "Where to go.")))
    )
)]
pub(crate) async fn end_saml_sign_in(
    State(cx): State<Services>,
    Extension(caller): Extension<Caller>,
    Extension(client): Extension<ClientInfo>,
    ProviderAddress(provider): ProviderAddress,
    Query(SamlTicket(ticket)): Query<SamlTicket>,
    headers: HeaderMap,
) -> Response {
    let browser = cookie(&cx, &headers, BROWSER_COOKIE);
    let returned = Returned { provider: &provider, ticket: ticket.as_deref(), browser: browser.as_deref() };
    ended(&cx, saml::finish(&cx, returned, &caller, &client).await, "/dashboard/admin/sign-in/saml")
}

/// Read what a SAML provider has to know.
///
/// The metadata of this instance for one provider, as providers import it.
#[utoipa::path(
    get,
    path = "/api/auth/saml/metadata/{provider}",
    tag = "Sign-in",
    params(("provider" = String, Path, description = "The provider's name in addresses, its name or its id.")),
    responses(
        (status = 200, description = "Metadata of SAML 2.0.", body = String, content_type = "application/xml"),
        (status = 404, description = "There is no such provider, or it is not enabled.",
            body = crate::problem::ProblemBody)
    )
)]
pub(crate) async fn read_saml_metadata(
    State(cx): State<Services>,
    ProviderAddress(provider): ProviderAddress,
) -> Result<Response, Problem> {
    let xml = saml::metadata(&cx, &provider).await?;
    let headers = [(header::CONTENT_TYPE, "application/xml"), (header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, xml).into_response())
}
