//! Looking after tags. They belong to the whole instance; the project says where the reader stands and what is "here".

use model::tags::{Tag, TagUsage};
use model::{ProjectId, Result, TagId};

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::params::project_path;
#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::tags::{NewTag, TagPatch};
#[cfg(feature = "ssr")]
use services::access::{DeleteTags, ReadTags, WriteTags};

/// All tags in their order, with how often they are used.
#[server(prefix = "/rpc", endpoint = "tags/list")]
pub async fn list_tags(project: ProjectId) -> Result<Vec<TagUsage>> {
    act(async |cx| {
        let may = cx.grant::<ReadTags>(&project).await?;
        services::tags::list_with_usage(&cx.services, &may).await
    })
    .await
}

/// Creates a tag and goes to the list. A tag of that name that exists already is given back, with `false`.
#[server(prefix = "/rpc", endpoint = "tags/create")]
pub async fn create_tag(
    project: ProjectId,
    name: String,
    #[server(default)] color: String,
    #[server(default)] description: String,
) -> Result<(Tag, bool)> {
    act(async |cx| {
        let may = cx.grant::<WriteTags>(&project).await?;
        let new = NewTag { name, color: Some(color), description: Some(description) };
        let made = services::tags::create(&cx.services, &may, new).await?;
        leptos_axum::redirect(&project_path(&project, "/settings/tags"));
        Ok(made)
    })
    .await
}

/// Creates the tags an instance without any is offered.
#[server(prefix = "/rpc", endpoint = "tags/add-starters")]
pub async fn add_starter_tags(project: ProjectId) -> Result<Vec<Tag>> {
    act(async |cx| {
        let may = cx.grant::<WriteTags>(&project).await?;
        services::tags::add_starters(&cx.services, &may).await
    })
    .await
}

/// Renames, recolours or describes a tag and goes to the list.
#[server(prefix = "/rpc", endpoint = "tags/update")]
pub async fn update_tag(
    project: ProjectId,
    tag: TagId,
    name: String,
    #[server(default)] color: String,
    #[server(default)] description: String,
) -> Result<Tag> {
    act(async |cx| {
        let may = cx.grant::<WriteTags>(&project).await?;
        let patch = TagPatch { name: Some(name), color: Some(Some(color)), description: Some(Some(description)) };
        let tag = services::tags::update(&cx.services, &may, &tag, patch).await?;
        leptos_axum::redirect(&project_path(&project, "/settings/tags"));
        Ok(tag)
    })
    .await
}

/// Puts a tag at a position, counted from 1.
#[server(prefix = "/rpc", endpoint = "tags/move")]
pub async fn move_tag(project: ProjectId, tag: TagId, position: i64) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<WriteTags>(&project).await?;
        services::tags::move_to(&cx.services, &may, &tag, position).await
    })
    .await
}

/// Gives the entries of one tag another one, deletes the first, and goes to the list. Gives how many entries it had.
#[server(prefix = "/rpc", endpoint = "tags/merge")]
pub async fn merge_tag(project: ProjectId, tag: TagId, into: TagId) -> Result<i64> {
    act(async |cx| {
        let may = cx.grant::<DeleteTags>(&project).await?;
        let entries = services::tags::merge(&cx.services, &may, &tag, &into).await?;
        leptos_axum::redirect(&project_path(&project, "/settings/tags"));
        Ok(entries)
    })
    .await
}

/// Puts a tag into the trash, everywhere, and goes to the list. Gives how many entries lost it.
#[server(prefix = "/rpc", endpoint = "tags/delete")]
pub async fn delete_tag(project: ProjectId, tag: TagId) -> Result<i64> {
    act(async |cx| {
        let may = cx.grant::<DeleteTags>(&project).await?;
        let entries = services::tags::delete(&cx.services, &may, &tag).await?;
        let path = project_path(&project, "/settings/tags");
        leptos_axum::redirect(&crate::params::with_query(&path, &[("deleted", tag.as_str())]));
        Ok(entries)
    })
    .await
}
