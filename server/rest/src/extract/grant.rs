//! The caller, with the proof of what they may do.

use axum::extract::FromRequestParts;
use http::request::Parts;
use model::{Error, Result};
use services::access::{self, Capability, Publishing};
use services::caller::Caller;
use services::{Actor, Grant, InstanceGrant, Services};

use super::path::project_id;
use crate::problem::Problem;

/// Whoever presents a good credential.
#[derive(Debug)]
pub(crate) struct Known(pub Actor);

/// Proof that the caller may do `C` in `{projectId}`.
#[derive(Debug)]
pub(crate) struct May<C>(pub Grant<C>);

/// Proof that the caller may do `C` where no single project is concerned.
#[derive(Debug)]
pub(crate) struct MayInstance<C>(pub InstanceGrant<C>);

/// Proof that the caller may publish in `{projectId}`, or ask for it.
#[derive(Debug)]
pub(crate) struct MayPublish(pub Publishing);

fn actor(parts: &Parts) -> Result<Actor> {
    parts.extensions.get::<Caller>().ok_or(Error::SignedOut)?.actor().cloned()
}

impl FromRequestParts<Services> for Known {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        Ok(Self(actor(parts)?))
    }
}

impl<C: Capability> FromRequestParts<Services> for May<C> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, cx: &Services) -> Result<Self, Problem> {
        let actor = actor(parts)?;
        let project = project_id(parts).await?;
        Ok(Self(access::grant(cx, &actor, &project).await?))
    }
}

impl<C: Capability> FromRequestParts<Services> for MayInstance<C> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        Ok(Self(access::instance_grant(&actor(parts)?)?))
    }
}

impl FromRequestParts<Services> for MayPublish {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, cx: &Services) -> Result<Self, Problem> {
        let actor = actor(parts)?;
        let project = project_id(parts).await?;
        Ok(Self(access::grant_publishing(cx, &actor, &project).await?))
    }
}
