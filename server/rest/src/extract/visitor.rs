//! Somebody who is about to sign in or out.

use axum::extract::FromRequestParts;
use http::request::Parts;
use model::api_keys::PREFIX;
use model::{Error, Result};
use services::caller::{bearer, check_same_origin};
use services::{ClientInfo, Services};

use crate::identify::client_info;
use crate::problem::Problem;

/// A caller without regard to credentials, for operations that set cookies: no API key, and no page of another site,
/// which could otherwise sign a person in as somebody else.
#[derive(Debug)]
pub(crate) struct Visitor(pub ClientInfo);

impl FromRequestParts<Services> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, cx: &Services) -> Result<Self, Problem> {
        if bearer(&parts.headers).is_some_and(|credential| credential.starts_with(PREFIX)) {
            return Err(Error::NoKeys.into());
        }
        check_same_origin(cx, &parts.headers)?;
        Ok(Self(client_info(cx, parts)))
    }
}
