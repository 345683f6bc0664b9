//! The one error as an answer. One body serves every client: `error` and `details` for programs that know only those,
//! and the members of RFC 9457 beside them.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use model::{Error, FieldError};
use serde::Serialize;
use utoipa::ToSchema;

/// An error on its way out.
#[derive(Debug, Clone)]
pub struct Problem(pub Error);

/// Marks an answer as a problem, so that the outer layer can name the media type the caller asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IsProblem;

/// Why a known caller was not let, for the outer layer that records it.
#[derive(Debug, Clone)]
pub(crate) struct NotLet(pub Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Self(error.into())
    }
}

/// The body of every answer from 400 upwards.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem, example = json!({
    "error": "The title is missing.",
    "details": [{ "path": "title", "message": "The title is missing.", "code": "invalid" }],
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "detail": "The title is missing.",
    "code": "invalid",
    "fields": [{ "field": "title", "message": "The title is missing." }]
}))]
pub(crate) struct ProblemBody {
    /// What went wrong, for people.
    error: String,
    /// One element for each wrong field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<Detail>,
    /// Always `about:blank`: the status says what kind of problem it is, `code` says which one.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The name of the status.
    title: &'static str,
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// The same text as `error`.
    detail: String,
    /// A stable name for programs, such as `not_found` or `version_taken`.
    code: &'static str,
    /// The same as `details`, in the words of the dashboard.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
    /// Joins what you see to what the server logged. Quote it when you ask for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemDetail)]
struct Detail {
    /// The member, with dots between levels: `tags.2.name`.
    path: String,
    message: String,
    code: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemField)]
struct Field {
    field: String,
    message: String,
}

impl ProblemBody {
    fn new(error: &Error, status: StatusCode) -> Self {
        let fields = match error {
            Error::Invalid { fields } => fields.clone(),
            Error::VersionTaken { .. } => vec![FieldError::new("version", error.to_string())],
            _ => Vec::new(),
        };
        // Many clients show only this text, so it names the causes as long as a person would read them.
        let summary = match fields.as_slice() {
            [_] | [_, _] | [_, _, _] => fields.iter().map(|field| field.message.as_str()).collect::<Vec<_>>().join(" "),
            _ => error.to_string(),
        };
        let reference = match error {
            Error::Internal { reference } | Error::Unavailable { reference } => Some(reference.clone()),
            _ => None,
        };
        let detail = |field: &FieldError| Detail {
            path: field.field.clone(),
            message: field.message.clone(),
            code: error.code(),
        };
        Self {
            error: summary.clone(),
            details: fields.iter().map(detail).collect(),
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: summary,
            code: error.code(),
            fields: fields.into_iter().map(|FieldError { field, message }| Field { field, message }).collect(),
            reference,
        }
    }
}

/// A problem that exists on this surface only.
pub(crate) fn answer(status: StatusCode, code: &'static str, text: &str) -> Response {
    with_body(status, &body(status, code, text))
}

/// The body of a problem that exists on this surface only.
pub(crate) fn body(status: StatusCode, code: &'static str, text: &str) -> ProblemBody {
    ProblemBody {
        error: text.to_owned(),
        details: Vec::new(),
        kind: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: text.to_owned(),
        code,
        fields: Vec::new(),
        reference: None,
    }
}

/// A problem whose body may say more than others.
pub(crate) fn with_body(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    response.extensions_mut().insert(IsProblem);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = with_body(status, &ProblemBody::new(&self.0, status));
        match self.0 {
            Error::SlowDown { seconds } => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            // RFC 9110, 15.5.2: an answer 401 names a way to authenticate.
            Error::SignedOut | Error::WrongCredentials => {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            error @ (Error::Forbidden { .. }
            | Error::MissingScope { .. }
            | Error::NoKeys
            | Error::OtherProject
            | Error::VersionTaken { .. }) => {
                response.extensions_mut().insert(NotLet(error));
            }
            _ => {}
        }
        response
    }
}
