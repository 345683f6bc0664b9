//! The description of the surface: what every operation has in common, added to what the handlers say about themselves.

use std::io::Read;
use std::sync::LazyLock;

use axum::response::Response;
use flate2::read::GzDecoder;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::json;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, ObjectBuilder, OpenApi as Document, Ref, RefOr, Required, Response as Answer, ResponseBuilder, Type,
};
use utoipa::{Modify, OpenApi};

use crate::conditional::{self, REVALIDATE};
use crate::problem::ProblemBody;
use crate::{idempotent, limited};

mod examples;

/// The start of the document; operations come from the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tidings REST API",
        version = "1",
        description = "Read and write changelogs.\n\n\
            **Requests.** Bodies are JSON, whatever their content type says; members that are not known are ignored, \
            and `[]` stands for an empty object. Times are UTC in ISO 8601 with milliseconds; any offset and plain \
            dates are taken as well. A slash at the end of a path changes nothing.\n\n\
            **Who is calling.** Send an API key or the access token of a sign-in as `Authorization: Bearer …`. A bearer \
            credential alone decides, also when a cookie comes along.\n\n\
            **Errors** have one shape: a text for people in `error`, a stable name in `code`, and in `details` what is \
            wrong with which member. Ask for `application/problem+json` to get it under that media type (RFC 9457). \
            Every answer has an `X-Request-Id`.\n\n\
            **Limits.** `RateLimit-Policy` and `RateLimit` say what is allowed and what is left. Beyond that the answer \
            is 429 with `Retry-After`.\n\n\
            **Repeating.** Send an `Idempotency-Key` with POST or PATCH, and a request that is sent twice is done once. \
            `ETag` with `If-None-Match` reads only what is new."
    ),
    tags(
        (name = "Public", description = "What readers and embeds use. No credential, open to every origin."),
        (name = "Projects", description = "Projects and their settings."),
        (name = "Entries", description = "Writing and publishing."),
        (name = "Requests", description = "What staff ask administrators for, and the answers."),
        (name = "API keys", description = "Looking after keys. Keys themselves are refused here."),
        (name = "Tags", description = "Tags, which belong to the whole instance."),
        (name = "Media", description = "Pictures and files of a project."),
        (name = "Trash", description = "What was deleted, for 30 days."),
        (name = "Search", description = "Across all projects."),
        (name = "Import", description = "Entries out of files, in two steps: read, then import."),
        (name = "Widgets", description = "Widgets that are kept. Their scripts are public."),
        (name = "Sign-in", description = "Tokens, cookies, and who one is. Not open to other origins."),
        (name = "Account", description = "What protects one's own account. Keys are refused here."),
        (name = "Administration", description = "People, sign-in and what happened here. For administrators."),
        (name = "People", description = "Accounts and invitations, for administrators. Keys are refused here."),
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
const STANDARD: [(&str, &str, &str); 11] = [
    ("NotModified", "304", "The caller has this already: `If-None-Match` names its `ETag`."),
    ("BadRequest", "400", "Body or query is not acceptable; `fields` and `details` name what is wrong."),
    ("SignedOut", "401", "The credential is missing or no longer good."),
    ("Forbidden", "403", "The caller is known and may not do this: role, scope of the key, or project of the key."),
    ("NotFound", "404", "There is no such thing, or the caller may not know that there is."),
    ("Conflict", "409", "The `Idempotency-Key` names a request that is still running, or one with another body."),
    ("TooLarge", "413", "The body is too large."),
    ("UnsupportedMediaType", "415", "A browser's cookie came with a body that is not `application/json`."),
    ("SlowDown", "429", "More requests than the limit allows. `Retry-After` says when to come back."),
    ("Internal", "500", "Our fault. Quote `reference` when you report it."),
    ("Unavailable", "503", "The database cannot be reached or written right now. Try again."),
];

/// Headers that answers have in common: name, text, example.
const HEADERS: [(&str, &str, &str); 6] = [
    ("X-Request-Id", "Names the request in the server's log.", "mXw8uOSVm_3cIuqRkhhL"),
    ("RateLimit-Policy", "The limit that counts here: `q` requests in `w` seconds.", "\"key\";q=600;w=60"),
    (
        "RateLimit",
        "Where the caller stands: `r` requests are left until the window ends in `t` seconds.",
        "\"key\";r=599;t=42",
    ),
    ("Retry-After", "Seconds to wait.", "42"),
    (
        "ETag",
        "Changes with the content. Send it as `If-None-Match` to read only what is new.",
        "\"Zk1dAIsYQmqWrQJfJ0rhXg\"",
    ),
    ("Idempotent-Replayed", "`true` where the request was done before and this is its first answer.", "true"),
];

/// Adds what every operation has in common and does not say of itself: standard answers, headers, parameters, examples.
pub(crate) fn complete(document: &mut Document) {
    // The macro writes an empty one where the crate names none.
    document.info.license = None;
    let components = document.components.get_or_insert_default();
    for (name, text, example) in HEADERS {
        let header = HeaderBuilder::new().description(Some(text)).example(Some(json!(example)));
        let schema = ObjectBuilder::new().schema_type(Type::String);
        components.headers.insert(name.to_owned(), RefOr::T(header.schema(Some(schema)).build()));
    }
    for (name, status, text) in STANDARD {
        components.responses.insert(name.to_owned(), RefOr::T(standard(name, status, text)));
    }
    components.parameters.insert("Idempotency-Key".to_owned(), RefOr::T(idempotency_key()));
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (Method::GET, &mut item.get),
            (Method::POST, &mut item.post),
            (Method::PUT, &mut item.put),
            (Method::PATCH, &mut item.patch),
            (Method::DELETE, &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                Kind::of(&method, path, operation).complete(operation);
            }
        }
    }
    examples::fill(document);
}

fn standard(name: &str, status: &str, text: &str) -> Answer {
    let mut answer = ResponseBuilder::new().description(text).header_ref("X-Request-Id", header("X-Request-Id"));
    if name == "NotModified" {
        return answer.header_ref("ETag", header("ETag")).build();
    }
    if name != "SignedOut" {
        answer = limit_headers(answer);
    }
    if status == "429" {
        answer = answer.header_ref("Retry-After", header("Retry-After"));
    }
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    answer.content("application/json", problem.clone()).content("application/problem+json", problem).build()
}

fn limit_headers(answer: ResponseBuilder) -> ResponseBuilder {
    ["RateLimit", "RateLimit-Policy"].iter().fold(answer, |answer, name| answer.header_ref(*name, header(name)))
}

fn header(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

fn idempotency_key() -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255))
        .pattern(Some("^[!-~]+$"));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A name of your choice for this request, new for each one. When it is sent again within 24 hours with the \
             same body, it is not done again: the first answer comes again, with `Idempotent-Replayed: true`. While \
             the first one runs, and for another body, the answer is 409.",
        ))
        .schema(Some(schema))
        .example(Some(json!("8e03978e-40d5-43e8-bc93-6894a57f9324")))
        .build()
}

/// What follows from method, path and the handler's own description.
struct Kind {
    needs_credential: bool,
    has_body: bool,
    has_query: bool,
    has_id: bool,
    is_limited: bool,
    takes_key: bool,
    is_tagged: bool,
    is_get: bool,
    is_static: bool,
}

impl Kind {
    fn of(method: &Method, path: &str, operation: &Operation) -> Self {
        let is_query = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query);
        let needs_credential = operation.security.is_some();
        let is_get = *method == Method::GET;
        let creates = operation.responses.responses.contains_key("201");
        // Single records with a credential, and what is public; the state of the instance is no record.
        const OF_NO_RECORD: [&str; 10] = [
            "/api/health",
            "/api/config/",
            "/api/setup",
            "/api/auth/invitation/",
            "/api/auth/reset-password/",
            "/api/auth/oauth/authorize",
            "/api/auth/oauth/callback",
            "/api/auth/saml/authorize",
            "/api/auth/saml/callback",
            "/api/auth/saml/metadata",
        ];
        let is_state = OF_NO_RECORD.iter().any(|start| path.starts_with(start));
        // What administrators do with people depends on no earlier reading.
        let is_tagged = !path.starts_with("/api/admin/users")
            && match *method {
                Method::GET if needs_credential => path.ends_with('}') || path.ends_with("/settings"),
                Method::GET => !is_state,
                Method::POST => needs_credential && creates,
                Method::PUT | Method::PATCH => needs_credential,
                _ => false,
            };
        Self {
            needs_credential,
            has_body: operation.request_body.is_some(),
            has_query: operation.parameters.iter().flatten().any(is_query),
            // Imports name their project in the body or the query.
            has_id: path.contains('{') || path.starts_with("/api/projects/import/"),
            is_limited: needs_credential || limited::by_address(method, path).is_some(),
            takes_key: needs_credential && idempotent::takes_key(method),
            is_tagged,
            is_get,
            is_static: path.ends_with(".json"),
        }
    }

    fn can_answer(&self, name: &str) -> bool {
        match name {
            "NotModified" => self.is_get && self.is_tagged,
            "BadRequest" => self.has_body || self.has_query || self.takes_key,
            "SignedOut" | "Forbidden" => self.needs_credential,
            "NotFound" => self.has_id,
            "Conflict" => self.takes_key,
            "TooLarge" => self.has_body,
            "UnsupportedMediaType" => self.has_body && self.needs_credential,
            "SlowDown" => self.is_limited,
            _ => !self.is_static,
        }
    }

    fn complete(&self, operation: &mut Operation) {
        for (status, answer) in &mut operation.responses.responses {
            if let RefOr::T(answer) = answer {
                // To lead a browser on is a good answer, too.
                let is_good = status.starts_with('2') || matches!(status.as_str(), "302" | "303");
                let names = [
                    ("X-Request-Id", true),
                    ("RateLimit", self.is_limited),
                    ("RateLimit-Policy", self.is_limited),
                    ("ETag", is_good && self.is_tagged),
                    ("Idempotent-Replayed", is_good && self.takes_key),
                ];
                for (name, _) in names.iter().filter(|(_, applies)| *applies) {
                    answer.headers.entry((*name).to_owned()).or_insert_with(|| RefOr::Ref(header(name)));
                }
            }
        }
        for (name, status, _) in STANDARD.iter().filter(|(name, ..)| self.can_answer(name)) {
            let answers = &mut operation.responses.responses;
            answers.entry((*status).to_owned()).or_insert_with(|| RefOr::Ref(Ref::from_response_name(*name)));
        }
        if self.takes_key {
            let key = RefOr::Ref(Ref::new("#/components/parameters/Idempotency-Key"));
            operation.parameters.get_or_insert_default().push(key);
        }
    }
}

/// `openapi.json` without line breaks, packed by the build script.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

/// The finished document, unpacked when somebody first asks for it.
static WRITTEN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut text = Vec::new();
    // What the build script packed, in memory: it cannot fail.
    let _ = GzDecoder::new(PACKED).read_to_end(&mut text);
    text
});

/// The document of this surface as JSON.
pub fn written() -> &'static [u8] {
    &WRITTEN
}

/// Describe this API.
///
/// This document, in OpenAPI 3.1.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "Instance",
    responses((
        status = 200, description = "The document.", body = Object,
        example = json!({ "openapi": "3.1.0", "info": { "title": "Tidings REST API", "version": "1" }, "paths": {} })
    ))
)]
pub(crate) async fn read_openapi(headers: HeaderMap) -> Response {
    send(&headers)
}

/// Describe this API, old address.
#[utoipa::path(
    get,
    path = "/swagger.json",
    tag = "Instance",
    responses((
        status = 200, description = "The same as `/openapi.json`.", body = Object,
        example = json!({ "openapi": "3.1.0", "info": { "title": "Tidings REST API", "version": "1" }, "paths": {} })
    ))
)]
pub(crate) async fn read_swagger(headers: HeaderMap) -> Response {
    send(&headers)
}

fn send(headers: &HeaderMap) -> Response {
    conditional::answer(headers, HeaderValue::from_static("application/json"), REVALIDATE, written().to_vec())
}
