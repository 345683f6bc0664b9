//! The description of the surface: what every operation has in common, added to what the handlers say about themselves.

use std::sync::Arc;

use axum::Extension;
use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, RefOr, Response as Answer, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use crate::conditional::{self, REVALIDATE};
use crate::problem::ProblemBody;

/// The start of the document; operations come from the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tidings REST API",
        version = "1",
        description = "Read and write changelogs. Times are UTC in ISO 8601 with milliseconds. Bodies are JSON; unknown \
            members are ignored. Every error has the same shape, with a text for people in `error` and a stable name in \
            `code`; ask for `application/problem+json` to get it under that media type.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    ),
    tags(
        (name = "Public", description = "What readers and embeds use. No credential, open to every origin."),
        (name = "Projects", description = "Projects and their settings."),
        (name = "Entries", description = "Writing and publishing."),
        (name = "API keys", description = "Looking after keys. Keys themselves are refused here."),
        (name = "Tags", description = "Tags, which belong to the whole instance."),
        (name = "Search", description = "Across all projects."),
        (name = "Widgets", description = "Widgets that are kept. Their scripts are public."),
        (name = "Sign-in", description = "Tokens, cookies, and who one is. Not open to other origins."),
        (name = "Instance", description = "The instance itself.")
    ),
    components(schemas(ProblemBody)),
    modifiers(&Credentials)
)]
pub(crate) struct Start;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let bearer = |description: &str, format: &str| {
            let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format);
            SecurityScheme::Http(scheme.description(Some(description)).build())
        };
        let key = bearer(
            "An API key, `chr_` and 32 characters. It acts as its owner, narrowed by its scopes and perhaps to one \
             project. `x-required-scopes` names the scopes an operation needs; `x:write` includes `x:read`, and \
             `changelog:publish` and `changelog:delete` include `changelog:read`.",
            "API key",
        );
        let token = bearer("The `accessToken` of a sign-in, good for 15 minutes.", "JWT");
        let cookie = ApiKeyValue::with_description(
            "accessToken",
            "The cookie of a sign-in. Over https it is named `__Host-accessToken`. Operations that change something \
             must come from a page of the instance and send `Content-Type: application/json`.",
        );
        components.add_security_scheme("key", key);
        components.add_security_scheme("token", token);
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// Answers that follow from the kind of an operation: name, status, text.
const STANDARD: [(&str, &str, &str); 8] = [
    ("BadRequest", "400", "Body or query is not acceptable; `fields` and `details` name what is wrong."),
    ("SignedOut", "401", "The credential is missing or no longer good."),
    ("Forbidden", "403", "The caller is known and may not do this: role, scope of the key, or project of the key."),
    ("NotFound", "404", "There is no such thing, or the caller may not know that there is."),
    ("TooLarge", "413", "The body is too large."),
    ("UnsupportedMediaType", "415", "A browser's cookie came with a body that is not `application/json`."),
    ("Internal", "500", "Our fault. Quote `reference` when you report it."),
    ("Unavailable", "503", "The database cannot be reached or written right now. Try again."),
];

/// Adds the standard answers to every operation that can give them and does not describe them itself.
pub(crate) fn complete(document: &mut Document) {
    let components = document.components.get_or_insert_default();
    for (name, _, text) in STANDARD {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let answer: Answer = ResponseBuilder::new()
            .description(text)
            .content("application/json", problem.clone())
            .content("application/problem+json", problem)
            .build();
        components.responses.insert(name.to_owned(), RefOr::T(answer));
    }
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            add_standard(path, operation);
        }
    }
}

fn add_standard(path: &str, operation: &mut Operation) {
    let needs_credential = operation.security.is_some();
    let has_body = operation.request_body.is_some();
    let is_query = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query);
    let has_query = operation.parameters.iter().flatten().any(is_query);
    let is_static = path.ends_with(".json");
    for (name, status, _) in STANDARD {
        let applies = match name {
            "BadRequest" => has_body || has_query,
            "SignedOut" | "Forbidden" => needs_credential,
            "NotFound" => path.contains('{'),
            "TooLarge" => has_body,
            "UnsupportedMediaType" => has_body && needs_credential,
            _ => !is_static,
        };
        if applies {
            let answers = &mut operation.responses.responses;
            answers.entry(status.to_owned()).or_insert_with(|| RefOr::Ref(Ref::from_response_name(name)));
        }
    }
}

/// The finished document, written once.
#[derive(Debug, Clone)]
pub(crate) struct Written(Arc<[u8]>);

impl Written {
    pub fn new(document: &Document) -> Self {
        // A document is made of strings, numbers and maps with text keys, which always have a JSON form.
        Self(serde_json::to_vec(document).unwrap_or_default().into())
    }
}

/// Describe this API.
///
/// This document, in OpenAPI 3.1.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "Instance",
    responses((status = 200, description = "The document.", body = Object))
)]
pub(crate) async fn read_openapi(Extension(document): Extension<Written>, headers: HeaderMap) -> Response {
    send(&document, &headers)
}

/// Describe this API, old address.
#[utoipa::path(
    get,
    path = "/swagger.json",
    tag = "Instance",
    responses((status = 200, description = "The same as `/openapi.json`.", body = Object))
)]
pub(crate) async fn read_swagger(Extension(document): Extension<Written>, headers: HeaderMap) -> Response {
    send(&document, &headers)
}

fn send(document: &Written, headers: &HeaderMap) -> Response {
    conditional::answer(headers, HeaderValue::from_static("application/json"), REVALIDATE, document.0.to_vec())
}
