//! The caller, with the proof of what they may do.

use axum::extract::FromRequestParts;
use http::request::Parts;
use model::{Error, ProjectId, Result};
use services::access::{self, Capability, Way};
use services::caller::Caller;
use services::{Actor, Grant, InstanceGrant, Services};

use super::path::{EntryPath, project_id};
use crate::problem::Problem;

/// Whoever presents a good credential.
#[derive(Debug)]
pub(crate) struct Known(pub Actor);

/// Proof that the caller may do `C` in `{projectId}`, or in the project of `{entryId}` where the path names no project.
#[derive(Debug)]
pub(crate) struct May<C>(pub Grant<C>);

/// Proof that the caller may do `C` where no single project is concerned.
#[derive(Debug)]
pub(crate) struct MayInstance<C>(pub InstanceGrant<C>);

/// As [`May`], or proof that the caller may ask an administrator to do it.
#[derive(Debug)]
pub(crate) struct MayOrAsk<C>(pub Way<C>);

fn actor(parts: &Parts) -> Result<Actor> {
    parts.extensions.get::<Caller>().ok_or(Error::SignedOut)?.actor().cloned()
}

async fn project(parts: &mut Parts, cx: &Services, actor: &Actor) -> Result<ProjectId> {
    if let Some(project) = project_id(parts).await? {
        return Ok(project);
    }
    let EntryPath(entry) = EntryPath::from_request_parts(parts, cx).await.map_err(|Problem(error)| error)?;
    access::project_of_entry(cx, actor, &entry).await
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
        let project = project(parts, cx, &actor).await?;
        Ok(Self(access::grant(cx, &actor, &project).await?))
    }
}

impl<C: Capability> FromRequestParts<Services> for MayInstance<C> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        Ok(Self(access::instance_grant(&actor(parts)?)?))
    }
}

impl<C: Capability> FromRequestParts<Services> for MayOrAsk<C> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, cx: &Services) -> Result<Self, Problem> {
        let actor = actor(parts)?;
        let project = project(parts, cx, &actor).await?;
        Ok(Self(access::grant_or_ask(cx, &actor, &project).await?))
    }
}
