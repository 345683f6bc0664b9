//! The pages around the editor: a new entry, and an existing one.

use leptos::prelude::*;
use leptos_meta::Title;
use model::EntryId;
use ui::SkeletonLines;

use super::editor::Editor;
use super::get_entry;
use crate::account::get_me;
use crate::failure::Failure;
use crate::params::{id_param, project_param};

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

#[component]
fn EditorPage(entry: Option<model::Result<EntryId>>) -> impl IntoView {
    let project = project_param();
    let data = Resource::new(
        move || (project.get(), entry.clone()),
        |(project, entry)| async move {
            let me = get_me().await?;
            Ok::<_, model::Error>((me, get_entry(project?, entry.transpose()?).await?))
        },
    );
    view! {
        <Suspense fallback=|| view! { <main class="page"><SkeletonLines lines=12/></main> }>
            {move || Suspend::new(async move {
                match data.await {
                    Ok((me, data)) => view! { <Editor role=me.role data/> }.into_any(),
                    Err(error) => {
                        let retry = move |()| data.refetch();
                        view! {
                            <main class="page"><Failure error what="The entry could not be loaded." on_retry=retry/></main>
                        }
                        .into_any()
                    }
                }
            })}
        </Suspense>
    }
}
