//! Bodies that are files.

use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use model::Error;
use services::Services;
use services::caller::Caller;

use super::read_all;
use crate::problem::Problem;

/// The bytes of a file, as many as the instance takes.
#[derive(Debug)]
pub(crate) struct Upload(pub Vec<u8>);

/// What forms of other sites can send with a signed-in browser's cookies.
const FORMS: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

impl FromRequest<Services> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, cx: &Services) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        let by_cookie = head.extensions.get::<Caller>().is_some_and(Caller::is_by_cookie);
        let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
        let is_form =
            kind == "multipart/form-data" || (by_cookie && (kind.is_empty() || FORMS.contains(&kind.as_str())));
        let bytes = read_all(body, services::media::most_bytes(cx)).await?;
        if is_form {
            return Err(Error::UnsupportedMediaType.into());
        }
        Ok(Self(bytes))
    }
}
