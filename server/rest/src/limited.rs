//! How often one may ask. One layer around all routes counts, says where the caller stands, and refuses; handlers know
//! nothing of it. The fields are those of draft-ietf-httpapi-ratelimit-headers.

use axum::extract::{FromRequestParts, MatchedPath};
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use services::caller::Caller;
use services::limits::{self, Rule, Standing};
use services::{Services, Via};

use crate::extract::has_value;
use crate::identify::client_info;
use crate::problem::Problem;

pub(crate) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub(crate) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The limit of a route that is counted by address, whoever asks. Paths as the routes have them.
pub(crate) fn by_address(method: &Method, path: &str) -> Option<Rule> {
    match (method, path) {
        (&Method::POST, "/api/analytics/track") => Some(Rule::Views),
        (&Method::POST, "/api/auth/login") => Some(Rule::Login),
        (&Method::POST, "/api/auth/refresh") => Some(Rule::Refresh),
        (&Method::POST, "/api/auth/passkeys/authenticate/options" | "/api/auth/passkeys/authenticate/verify") => {
            Some(Rule::Passkey)
        }
        (&Method::POST, "/api/auth/register") => Some(Rule::Register),
        (&Method::GET | &Method::HEAD, "/api/auth/invitation/{token}") => Some(Rule::Invitation),
        (&Method::POST, "/api/auth/cli/token" | "/api/auth/cli/refresh") => Some(Rule::Cli),
        (&Method::POST, "/api/auth/forgot-password") => Some(Rule::ForgotPassword),
        (&Method::GET | &Method::HEAD, "/api/auth/reset-password/{token}") => Some(Rule::ResetCheck),
        (&Method::POST, "/api/auth/reset-password/{token}") => Some(Rule::Reset),
        (&Method::POST, "/api/setup/admin") => Some(Rule::Setup),
        (&Method::GET | &Method::HEAD, path) => searched_with(path).map(|_| Rule::Search),
        _ => None,
    }
}

/// The parameter that makes a list a search. Other lists come from memory and cost nothing.
fn searched_with(path: &str) -> Option<&'static str> {
    match path {
        "/api/changelog/{projectId}/entries" | "/api/changelog/{projectId}/entries/all" => Some("search"),
        "/changelog/{project}" => Some("q"),
        _ => None,
    }
}

/// Stands around every route of this crate, inside of what finds out who is calling.
pub(crate) async fn limit(State(cx): State<Services>, request: Request, next: Next) -> Response {
    limited(&cx, request, next, |error| Problem(error).into_response()).await
}

/// Counts a request, runs it if it is within its limit, and tells where the caller stands; `refuse` writes the answer to
/// one that is not. For readers' pages, whose refusals are pages.
pub async fn limited(
    cx: &Services,
    request: Request,
    next: Next,
    refuse: impl FnOnce(model::Error) -> Response,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some((rule, who)) = subject(cx, &mut parts).await else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    // Signing in and setting up count where they happen, because pages do it too; here is only said where one stands.
    let counts_itself = matches!(
        rule,
        Rule::Login
            | Rule::Passkey
            | Rule::Setup
            | Rule::Register
            | Rule::Invitation
            | Rule::ForgotPassword
            | Rule::ResetCheck
            | Rule::Reset
    );
    let mut standing = if counts_itself { None } else { limits::count(cx, rule, &who).await };
    let mut response = match standing.map_or(Ok(()), |standing| standing.check()) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => refuse(error),
    };
    if counts_itself {
        standing = limits::standing(cx, rule, &who);
    }
    if let Some(standing) = standing {
        tell(response.headers_mut(), standing);
    }
    response
}

/// What counts for a request, and for whom: a key and a person by name, everybody else by address where the route says so.
async fn subject(cx: &Services, parts: &mut Parts) -> Option<(Rule, String)> {
    if let Some(Caller::Known(actor) | Caller::Limited(actor)) = parts.extensions.get::<Caller>() {
        return match &actor.via {
            Via::Key(key) => Some((Rule::ApiKey, key.id.to_string())),
            Via::Cookie(_) | Via::Token(_) => Some((Rule::Person, actor.id().to_string())),
            Via::Console | Via::Job => None,
        };
    }
    let path = parts.extensions.get::<MatchedPath>()?.as_str().trim_end_matches('/');
    let (rule, searched_with) = (by_address(&parts.method, path)?, searched_with(path));
    let address = limits::client(client_info(cx, parts).ip.as_deref());
    if rule != Rule::Search {
        return Some((rule, address));
    }
    if !searched_with.is_some_and(|name| has_value(parts.uri.query().unwrap_or_default(), name)) {
        return None;
    }
    let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    let project = params.iter().next().map(|(_, value)| value.to_lowercase()).unwrap_or_default();
    Some((rule, format!("{address} {project}")))
}

fn tell(headers: &mut HeaderMap, standing: Standing) {
    let Standing { rule, allowed, remaining, seconds, .. } = standing;
    let name = rule.name();
    let policy = format!("\"{name}\";q={allowed};w={}", rule.window().num_seconds());
    let state = format!("\"{name}\";r={remaining};t={seconds}");
    for (header, text) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, state)] {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(header, value);
        }
    }
}
