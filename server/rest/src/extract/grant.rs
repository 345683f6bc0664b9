//! The caller, with the proof of what they may do.

use std::convert::Infallible;
use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::request::Parts;
use model::{Error, Permission, ProjectId, Result};
use services::access::{self, Capability, ManageOwnAccount, Way};
use services::caller::Caller;
use services::{Actor, Grant, InstanceGrant, Services};

use super::path::{EntryPath, project_id, request_id};
use crate::problem::Problem;

/// Whoever presents a good credential.
#[derive(Debug)]
pub(crate) struct Known(pub Actor);

/// What was presented, good or not, for the operation that tells which.
#[derive(Debug)]
pub(crate) struct Presented(pub Caller);

/// Several that are needed together.
pub(crate) trait Capabilities {
    const ALL: &'static [Permission];
}

impl<A: Capability> Capabilities for (A,) {
    const ALL: &'static [Permission] = &[A::NEEDS];
}

impl<A: Capability, B: Capability> Capabilities for (A, B) {
    const ALL: &'static [Permission] = &[A::NEEDS, B::NEEDS];
}

/// Whoever presents a good credential, where the body or the query names the project. All a handler can do with it is to
/// ask for the grant.
#[derive(Debug)]
pub(crate) struct MayLater<C> {
    actor: Actor,
    capabilities: PhantomData<fn() -> C>,
}

impl<A: Capability> MayLater<(A,)> {
    /// Proof that the caller may do it in the project.
    pub async fn grant(&self, cx: &Services, project: &ProjectId) -> Result<Grant<A>> {
        access::grant(cx, &self.actor, project).await
    }
}

impl<A: Capability, B: Capability> MayLater<(A, B)> {
    /// Proof that the caller may do both in the project.
    pub async fn grant(&self, cx: &Services, project: &ProjectId) -> Result<Grant<B>> {
        access::grant::<A>(cx, &self.actor, project).await?;
        access::grant(cx, &self.actor, project).await
    }
}

/// Proof that the caller may do `C` in `{projectId}`, or in the project of `{requestId}` or `{entryId}` where the path
/// names no project.
#[derive(Debug)]
pub(crate) struct May<C>(pub Grant<C>);

/// Proof that the caller may do `C` where no single project is concerned.
#[derive(Debug)]
pub(crate) struct MayInstance<C>(pub InstanceGrant<C>);

/// Proof that the caller may do both where no single project is concerned.
#[derive(Debug)]
pub(crate) struct MayBoth<A, B> {
    pub grant: InstanceGrant<B>,
    first: PhantomData<fn() -> A>,
}

/// Proof that the caller may look after what protects their own account. Somebody who has to set a second factor up
/// before anything else may do that much.
#[derive(Debug)]
pub(crate) struct MayOwn(pub InstanceGrant<ManageOwnAccount>);

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
    if let Some(request) = request_id(parts).await? {
        return access::project_of_request(cx, actor, &request).await;
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

impl FromRequestParts<Services> for Presented {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> std::result::Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Caller>().cloned().unwrap_or_default()))
    }
}

impl<C: Capabilities> FromRequestParts<Services> for MayLater<C> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        Ok(Self { actor: actor(parts)?, capabilities: PhantomData })
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

impl<A: Capability, B: Capability> FromRequestParts<Services> for MayBoth<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let actor = actor(parts)?;
        access::instance_grant::<A>(&actor)?;
        Ok(Self { grant: access::instance_grant(&actor)?, first: PhantomData })
    }
}

impl FromRequestParts<Services> for MayOwn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().ok_or(Error::SignedOut)?;
        Ok(Self(access::instance_grant(caller.own_account()?)?))
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
