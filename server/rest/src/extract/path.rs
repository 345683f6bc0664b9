//! Ids in paths. A text that cannot be an id names nothing, so it is answered like an unknown one.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use model::{
    ApiKeyId, EntryId, EntryTemplateId, Error, InvitationId, MediaId, PasskeyId, ProjectId, ProviderId, QuickNoteId,
    RequestId, Result, RevisionId, TagId, TrashId, UserId, WidgetId,
};
use services::Services;

use crate::problem::Problem;

/// `{entryId}`
#[derive(Debug)]
pub(crate) struct EntryPath(pub EntryId);

/// `{keyId}`
#[derive(Debug)]
pub(crate) struct KeyPath(pub ApiKeyId);

/// `{revisionId}`
#[derive(Debug)]
pub(crate) struct RevisionPath(pub RevisionId);

/// `{providerId}`
#[derive(Debug)]
pub(crate) struct ProviderPath(pub ProviderId);

/// `{provider}`: what names a provider in an address.
#[derive(Debug)]
pub(crate) struct ProviderAddress(pub String);

/// `{noteId}`
#[derive(Debug)]
pub(crate) struct QuickNotePath(pub QuickNoteId);

/// `{templateId}`
#[derive(Debug)]
pub(crate) struct EntryTemplatePath(pub EntryTemplateId);

/// `{mediaId}`
#[derive(Debug)]
pub(crate) struct MediaPath(pub MediaId);

/// `{widgetId}`
#[derive(Debug)]
pub(crate) struct WidgetPath(pub WidgetId);

/// `{userId}`
#[derive(Debug)]
pub(crate) struct UserPath(pub UserId);

/// `{invitationId}`
#[derive(Debug)]
pub(crate) struct InvitationPath(pub InvitationId);

/// `{token}`: what a link holds that opens something.
#[derive(Debug)]
pub(crate) struct TokenPath(pub String);

/// `{tagId}`
#[derive(Debug)]
pub(crate) struct TagPath(pub TagId);

/// `{trashId}`
#[derive(Debug)]
pub(crate) struct TrashPath(pub TrashId);

/// `{requestId}`
#[derive(Debug)]
pub(crate) struct RequestPath(pub RequestId);

/// `{passkeyId}`
#[derive(Debug)]
pub(crate) struct PasskeyPath(pub PasskeyId);

/// `{md5}`: the 32 hexadecimal digits of a hash, in lower case.
#[derive(Debug)]
pub(crate) struct Md5Path(pub String);

/// The id or slug of a public project: the first part of the path that varies, whatever a route calls it.
#[derive(Debug)]
pub struct Address(pub String);

/// `{tag}`: a tag's name in lower case, or its id.
#[derive(Debug)]
pub(crate) struct TagAddress(pub String);

/// `{projectId}`, where the path has one.
pub(crate) async fn project_id(parts: &mut Parts) -> Result<Option<ProjectId>> {
    match find(parts, |name| name == "projectId").await? {
        Some(text) => text.parse().map(Some).map_err(|_| Error::NotFound),
        None => Ok(None),
    }
}

/// `{requestId}`, where the path has one.
pub(crate) async fn request_id(parts: &mut Parts) -> Result<Option<RequestId>> {
    match find(parts, |name| name == "requestId").await? {
        Some(text) => text.parse().map(Some).map_err(|_| Error::NotFound),
        None => Ok(None),
    }
}

impl FromRequestParts<Services> for RequestPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        Ok(Self(request_id(parts).await?.ok_or(Error::NotFound)?))
    }
}

impl FromRequestParts<Services> for EntryPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "entryId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for KeyPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "keyId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for RevisionPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "revisionId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for ProviderPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "providerId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for ProviderAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        Ok(Self(param(parts, |name| name == "provider").await?))
    }
}

impl FromRequestParts<Services> for QuickNotePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "noteId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for EntryTemplatePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "templateId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for WidgetPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "widgetId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for MediaPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "mediaId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for UserPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "userId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for InvitationPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "invitationId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for TokenPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        Ok(Self(param(parts, |name| name == "token").await?))
    }
}

impl FromRequestParts<Services> for TagPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "tagId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for TrashPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "trashId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for PasskeyPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |name| name == "passkeyId").await?;
        text.parse().map(Self).map_err(|_| Error::NotFound.into())
    }
}

impl FromRequestParts<Services> for Md5Path {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let refused = || Error::field("md5", "An avatar is named by the 32 hexadecimal digits of an MD5 hash.");
        let text = param(parts, |name| name == "md5").await.map_err(|_| refused())?;
        let is_hash = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if is_hash { Ok(Self(text.to_ascii_lowercase())) } else { Err(refused().into()) }
    }
}

impl FromRequestParts<Services> for Address {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let text = param(parts, |_| true).await?;
        // No slug has such characters, and PostgreSQL refuses to look for NUL.
        if text.chars().any(char::is_control) { Err(Error::NotFound.into()) } else { Ok(Self(text)) }
    }
}

impl FromRequestParts<Services> for TagAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        Ok(Self(param(parts, |name| name == "tag").await?))
    }
}

/// Percent-decoded; what is not UTF-8 names nothing.
async fn param(parts: &mut Parts, wanted: impl Fn(&str) -> bool) -> Result<String> {
    find(parts, wanted).await?.ok_or(Error::NotFound)
}

async fn find(parts: &mut Parts, wanted: impl Fn(&str) -> bool) -> Result<Option<String>> {
    let params = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| Error::NotFound)?;
    Ok(params.iter().find(|(name, _)| wanted(name)).map(|(_, value)| value.to_owned()))
}
