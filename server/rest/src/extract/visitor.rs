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

/// A program that is about to sign in. No API key; where the request comes from does not matter, because no cookie is
/// read or set.
#[derive(Debug)]
pub(crate) struct Program(pub ClientInfo);

fn refuse_keys(parts: &Parts) -> Result<()> {
    let is_key = bearer(&parts.headers).is_some_and(|credential| credential.starts_with(PREFIX));
    if is_key { Err(Error::NoKeys) } else { Ok(()) }
}

impl FromRequestParts<Services> for Program {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, cx: &Services) -> Result<Self, Problem> {
        refuse_keys(parts)?;
        Ok(Self(client_info(cx, parts)))
    }
}

impl FromRequestParts<Services> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, cx: &Services) -> Result<Self, Problem> {
        refuse_keys(parts)?;
        check_same_origin(cx, &parts.headers)?;
        Ok(Self(client_info(cx, parts)))
    }
}
