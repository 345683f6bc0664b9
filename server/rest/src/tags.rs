//! Tags. They belong to the whole instance; a project shows those it uses and those nobody does.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use model::tags::Tag;
use model::{Error, TagId};
use services::access::{DeleteTags, DeletingTags, ReadTags, WriteTags};
use services::tags::TagDeletion;
use services::{Services, tags};
use utoipa::IntoParams;

use crate::conditional::{self, IfMatch, PRIVATE, Refusal};
use crate::extract::{Body, FromQuery, May, MayInstance, MayOrAsk, Params, Query, TagPath};
use crate::problem::Problem;
use crate::projects::created;
use crate::wire;

/// Which tags to list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `Listing` reads")]
pub(crate) struct ListParams {
    /// Counts from 1.
    #[param(minimum = 1)]
    page: Option<i64>,
    /// Tags on a page. Default: 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Part of the name, ignoring case.
    search: Option<String>,
    /// Whether each tag tells how many entries of the project have it. Default: false.
    include_usage: Option<bool>,
}

pub(crate) struct Listing {
    paging: wire::Paging,
    search: String,
    usage: bool,
}

impl FromQuery for Listing {
    fn read(params: &mut Params) -> Self {
        Self {
            paging: wire::Paging::read(params, 20, 100),
            search: params.text("search").unwrap_or_default().to_owned(),
            usage: matches!(params.text("includeUsage"), Some("true" | "1")),
        }
    }
}

/// List the tags of a project.
///
/// Those that its entries have and those that no entry of the instance has, by name.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/changelog/tags",
    tag = "Tags",
    params(("projectId" = String, Path, description = "Id of the project."), ListParams),
    responses((status = 200, description = "One page of tags.", body = wire::TagList)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:read"])))
)]
pub(crate) async fn list_tags(
    State(cx): State<Services>,
    May(may): May<ReadTags>,
    Query(Listing { paging, search, usage }): Query<Listing>,
) -> Result<Json<wire::TagList>, Problem> {
    let (page, total) = tags::list_page(&cx, &may, &search, paging.page, paging.limit).await?;
    let counts = match usage {
        true => Some(tags::count_here(&cx, &may, &page.iter().map(|tag| &tag.id).collect::<Vec<_>>()).await?),
        false => None,
    };
    let page = page.into_iter().map(|tag| wire::CountedTag::new(tag, counts.as_ref())).collect();
    Ok(Json(wire::TagList::new(page, wire::Pagination::new(paging, total))))
}

/// Create a tag.
///
/// Takes staff. A tag that has the name already, ignoring case, is answered as it is.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/changelog/tags",
    tag = "Tags",
    params(("projectId" = String, Path, description = "Id of the project.")),
    request_body = wire::NewTag,
    responses(
        (status = 200, description = "The tag that has the name already.", body = wire::Tag),
        (
            status = 201,
            description = "The new tag.",
            body = wire::Tag,
            headers(("Location" = String, description = "Where the tag is."))
        )
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:write"])))
)]
pub(crate) async fn create_tag(
    State(cx): State<Services>,
    May(may): May<WriteTags>,
    Body(new): Body<wire::NewTag>,
) -> Result<Response, Problem> {
    let (tag, is_new) = tags::create(&cx, &may, new.into()).await?;
    let location = format!("/api/projects/{}/changelog/tags/{}", may.project_id(), tag.id);
    match is_new {
        true => created(&location, &wire::Tag::from(tag)),
        false => answered(tag),
    }
}

/// A tag as every answer shows it.
fn shown(tag: &Tag) -> wire::Tag {
    wire::Tag::from(tag.clone())
}

fn answered(tag: Tag) -> Result<Response, Problem> {
    conditional::json(&HeaderMap::new(), PRIVATE, &wire::Tag::from(tag))
}

/// Read a tag.
///
/// With the number of entries of the project that have it.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/changelog/tags/{tagId}",
    tag = "Tags",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("tagId" = String, Path, description = "Id of the tag.")
    ),
    responses((status = 200, description = "The tag.", body = wire::CountedTag)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:read"])))
)]
pub(crate) async fn get_tag(
    State(cx): State<Services>,
    May(may): May<ReadTags>,
    TagPath(id): TagPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let tag = tags::get(&cx, &may, &id).await?;
    let counts = tags::count_here(&cx, &may, &[&id]).await?;
    // Changing the tag may depend on this answer, and not on what becomes of its entries meanwhile.
    let inner = shown(&tag);
    conditional::json_around(&headers, PRIVATE, &wire::CountedTag::new(tag, Some(&counts)), &inner)
}

/// Change a tag.
///
/// Everywhere: the names that projects preselect follow. Takes staff. A key that is bound to a project changes only tags
/// that no other project uses.
#[utoipa::path(
    patch,
    path = "/api/projects/{projectId}/changelog/tags/{tagId}",
    tag = "Tags",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("tagId" = String, Path, description = "Id of the tag."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the tag still has this `ETag`.")
    ),
    request_body = wire::TagChanges,
    responses(
        (status = 200, description = "The tag as it is now.", body = wire::Tag),
        (status = 409, description = "Another tag has the name.", body = crate::problem::ProblemBody),
        (status = 412, description = "The tag has changed; this is how it is now.", body = wire::Tag)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:write"])))
)]
pub(crate) async fn update_tag(
    State(cx): State<Services>,
    May(may): May<WriteTags>,
    TagPath(id): TagPath,
    if_match: IfMatch,
    Body(changes): Body<wire::TagChanges>,
) -> Result<Response, Refusal> {
    let current = if_match.on(shown);
    let tag = current.settle(tags::update_if(&cx, &may, &id, changes.into(), &current).await)?;
    Ok(answered(tag)?)
}

/// Delete a tag.
///
/// All entries of all projects lose it, and so do the tags that projects preselect and the filters of feeds. It can be
/// restored for 30 days, to where it was. Staff get 202, and an administrator is asked. A key that is bound to a project
/// deletes only tags that no other project uses.
#[utoipa::path(
    delete,
    path = "/api/projects/{projectId}/changelog/tags/{tagId}",
    tag = "Tags",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("tagId" = String, Path, description = "Id of the tag."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the tag still has this `ETag`.")
    ),
    responses(
        (status = 200, description = "The tag is gone.", body = wire::DeletedTag),
        (status = 202, description = "An administrator has been asked.", body = wire::DeletionRequested),
        (status = 400, description = "An administrator has been asked already.", body = crate::problem::ProblemBody),
        (status = 412, description = "The tag has changed; this is how it is now.", body = wire::Tag)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:write"])))
)]
pub(crate) async fn delete_tag(
    State(cx): State<Services>,
    MayOrAsk(way): MayOrAsk<DeleteTags>,
    TagPath(id): TagPath,
    if_match: IfMatch,
) -> Result<Response, Refusal> {
    delete_or_ask(&cx, &way, &id, if_match).await
}

async fn delete_or_ask(cx: &Services, way: &DeletingTags, id: &TagId, if_match: IfMatch) -> Result<Response, Refusal> {
    let current = if_match.on(shown);
    Ok(match current.settle(tags::delete_or_ask(cx, way, id, &current).await)? {
        TagDeletion::Done(entries) => Json(wire::DeletedTag::new(entries)).into_response(),
        TagDeletion::Requested(request) => {
            (StatusCode::ACCEPTED, Json(wire::DeletionRequested::from(*request))).into_response()
        }
    })
}

/// Change a tag, old form.
///
/// The same as `PATCH /api/projects/{projectId}/changelog/tags/{tagId}`, with the tag's id in the body.
#[utoipa::path(
    patch,
    path = "/api/projects/{projectId}/changelog/tags",
    tag = "Tags",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the tag still has this `ETag`.")
    ),
    request_body = wire::NamedTagChanges,
    responses(
        (status = 200, description = "The tag as it is now.", body = wire::Tag),
        (status = 409, description = "Another tag has the name.", body = crate::problem::ProblemBody),
        (status = 412, description = "The tag has changed; this is how it is now.", body = wire::Tag)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:write"])))
)]
pub(crate) async fn update_named_tag(
    State(cx): State<Services>,
    May(may): May<WriteTags>,
    if_match: IfMatch,
    Body(changes): Body<wire::NamedTagChanges>,
) -> Result<Response, Refusal> {
    let (id, patch) = changes.split().ok_or(Error::NotFound)?;
    let current = if_match.on(shown);
    let tag = current.settle(tags::update_if(&cx, &may, &id, patch, &current).await)?;
    Ok(answered(tag)?)
}

/// Delete a tag, old form.
///
/// The same as `DELETE /api/projects/{projectId}/changelog/tags/{tagId}`, with the tag's id in the query.
#[utoipa::path(
    delete,
    path = "/api/projects/{projectId}/changelog/tags",
    tag = "Tags",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("tagId" = String, Query, description = "Id of the tag."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the tag still has this `ETag`.")
    ),
    responses(
        (status = 200, description = "The tag is gone.", body = wire::DeletedTag),
        (status = 202, description = "An administrator has been asked.", body = wire::DeletionRequested),
        (status = 400, description = "An administrator has been asked already.", body = crate::problem::ProblemBody),
        (status = 412, description = "The tag has changed; this is how it is now.", body = wire::Tag)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:write"])))
)]
pub(crate) async fn delete_named_tag(
    State(cx): State<Services>,
    MayOrAsk(way): MayOrAsk<DeleteTags>,
    if_match: IfMatch,
    Query(wire::TagQuery(id)): Query<wire::TagQuery>,
) -> Result<Response, Refusal> {
    let id: TagId = id.ok_or(Error::NotFound)?;
    delete_or_ask(&cx, &way, &id, if_match).await
}

/// List the tags that a project uses.
///
/// Those that at least one of its entries has, in their order.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/tags/used",
    tag = "Tags",
    params(("projectId" = String, Path, description = "Id of the project.")),
    responses((status = 200, description = "The tags.", body = Vec<wire::Tag>)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:read"])))
)]
pub(crate) async fn list_used_tags(
    State(cx): State<Services>,
    May(may): May<ReadTags>,
) -> Result<Json<Vec<wire::Tag>>, Problem> {
    Ok(Json(tags::list_used(&cx, &may).await?.into_iter().map(wire::Tag::from).collect()))
}

/// Create a tag without naming a project.
///
/// Takes staff. A tag that has the name already, ignoring case, is answered as it is.
#[utoipa::path(
    post,
    path = "/api/changelog/tags",
    tag = "Tags",
    request_body = wire::NewTag,
    responses(
        (status = 200, description = "The tag that has the name already.", body = wire::Tag),
        (status = 201, description = "The new tag.", body = wire::Tag)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:write"])))
)]
pub(crate) async fn create_shared_tag(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<WriteTags>,
    Body(new): Body<wire::NewTag>,
) -> Result<Response, Problem> {
    let (tag, is_new) = tags::create(&cx, &may, new.into()).await?;
    let mut response = answered(tag)?;
    if is_new {
        *response.status_mut() = StatusCode::CREATED;
    }
    Ok(response)
}

/// Change a tag without naming a project.
///
/// The same as `PATCH /api/projects/{projectId}/changelog/tags/{tagId}`.
#[utoipa::path(
    patch,
    path = "/api/changelog/tags/{tagId}",
    tag = "Tags",
    params(
        ("tagId" = String, Path, description = "Id of the tag."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the tag still has this `ETag`.")
    ),
    request_body = wire::TagChanges,
    responses(
        (status = 200, description = "The tag as it is now.", body = wire::Tag),
        (status = 409, description = "Another tag has the name.", body = crate::problem::ProblemBody),
        (status = 412, description = "The tag has changed; this is how it is now.", body = wire::Tag)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:write"])))
)]
pub(crate) async fn update_shared_tag(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<WriteTags>,
    TagPath(id): TagPath,
    if_match: IfMatch,
    Body(changes): Body<wire::TagChanges>,
) -> Result<Response, Refusal> {
    let current = if_match.on(shown);
    let tag = current.settle(tags::update_if(&cx, &may, &id, changes.into(), &current).await)?;
    Ok(answered(tag)?)
}

/// Delete a tag without naming a project.
///
/// As `DELETE /api/projects/{projectId}/changelog/tags/{tagId}`, answered without a body. Takes an administrator: staff
/// ask at the address that names a project.
#[utoipa::path(
    delete,
    path = "/api/changelog/tags/{tagId}",
    tag = "Tags",
    params(
        ("tagId" = String, Path, description = "Id of the tag."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the tag still has this `ETag`.")
    ),
    responses(
        (status = 204, description = "The tag is gone."),
        (status = 412, description = "The tag has changed; this is how it is now.", body = wire::Tag)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:write"])))
)]
pub(crate) async fn delete_shared_tag(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<DeleteTags>,
    TagPath(id): TagPath,
    if_match: IfMatch,
) -> Result<Response, Refusal> {
    let current = if_match.on(shown);
    current.settle(tags::delete_if(&cx, &may, &id, &current).await)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Which tags to find.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the description of what `Finding` reads")]
pub(crate) struct FindParams {
    /// Part of the name, ignoring case. Without it, the first tags by name are found.
    query: Option<String>,
    /// How many tags to send. Default: 10.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

pub(crate) struct Finding {
    query: String,
    limit: i64,
}

impl FromQuery for Finding {
    fn read(params: &mut Params) -> Self {
        Self { query: params.text("query").unwrap_or_default().to_owned(), limit: params.number("limit", 10, 1, 100) }
    }
}

/// Find tags by name.
///
/// Tags of the whole instance, those that begin with the query first. A key that is bound to a project finds those that
/// the project uses or nobody does.
#[utoipa::path(
    get,
    path = "/api/changelog/tags/search",
    tag = "Tags",
    params(FindParams),
    responses((status = 200, description = "The tags.", body = Vec<wire::Tag>)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["tags:read"])))
)]
pub(crate) async fn search_tags(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ReadTags>,
    Query(Finding { query, limit }): Query<Finding>,
) -> Result<Json<Vec<wire::Tag>>, Problem> {
    let found = tags::find_like(&cx, &may, &query, limit).await?;
    Ok(Json(found.into_iter().map(wire::Tag::from).collect()))
}
