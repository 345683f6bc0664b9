//! The pages around the editor: a new entry, and an existing one.

use crate::title::Title;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{EntryId, EntryTemplateId};
use ui::SkeletonLines;

use super::editor::{Editor, Snapshot};
use super::get_entry;
use crate::account::get_me;
use crate::failure::Failure;
use crate::params::{id_param, project_param};
use crate::pending::{Pending, later};

#[component]
pub fn EntryNewPage() -> impl IntoView {
    view! {
        <Title text="New entry · Tidings"/>
        <EditorPage entry=None/>
    }
}

#[component]
pub fn EntryEditPage() -> impl IntoView {
    let entry = id_param::<EntryId>("entry");
    // Another entry is another editor, with its own unsaved text.
    move || view! { <EditorPage entry=Some(entry.get())/> }
}

/// What the address brings along for a new entry: `title`, `content`, `version`, `tags` as a comma list.
fn prefill() -> Snapshot {
    use_query_map().with_untracked(|query| {
        let text = |name: &str| query.get(name).unwrap_or_default();
        Snapshot {
            title: text("title"),
            version: text("version"),
            tags: model::tags::parse_list(&text("tags")),
            content: text("content"),
        }
    })
}

#[component]
fn EditorPage(entry: Option<model::Result<EntryId>>) -> impl IntoView {
    let project = project_param();
    // A template that the address names fills a new entry; another address is another page.
    let template = match entry {
        None => use_query_map().with_untracked(|query| query.get("template")).and_then(|id| id.parse().ok()),
        Some(_) => None,
    };
    let prefill = if entry.is_none() { prefill() } else { Snapshot::default() };
    let data = Resource::new(
        move || (project.get(), entry.clone(), template.clone()),
        |(project, entry, template): (_, _, Option<EntryTemplateId>)| async move {
            let me = get_me().await?;
            Ok::<_, model::Error>((me, get_entry(project?, entry.transpose()?, template).await?))
        },
    );
    let prefill = StoredValue::new(prefill);
    view! {
        <Pending fallback=|| view! { <main class="page"><SkeletonLines lines=12/></main> }>
            {move || later(async move {
                match data.await {
                    Ok((me, data)) => view! { <Editor me data prefill=prefill.get_value()/> }.into_any(),
                    Err(error) => {
                        let retry = move |()| data.refetch();
                        view! {
                            <main class="page"><Failure error what="The entry could not be loaded." on_retry=retry/></main>
                        }
                        .into_any()
                    }
                }
            })}
        </Pending>
    }
}
