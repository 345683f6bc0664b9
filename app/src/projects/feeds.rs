//! The feeds of a project: their addresses, what they contain, and how that looks in a reader.

mod form;
mod preview;

use crate::title::Title;
use leptos::prelude::*;
use model::feeds::{FeedDraft, FeedPreview};
use model::projects::Project;
use model::tags::Tag;
use model::{Permission, ProjectId, Result, Verdict, access};
use serde::{Deserialize, Serialize};
use ui::{CodeBlock, Crumb, Notice, PageHeader, Section, SkeletonRows, Tone};

use crate::account::Me;
use crate::failure::Failure;
use crate::params::{project_param, project_path};
use crate::pending::{Pending, later};
use form::{Draft, FeedForm, ResetFeeds};
use preview::Preview;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::feeds::FeedConfig;
#[cfg(feature = "ssr")]
use model::projects::ProjectPatch;
#[cfg(feature = "ssr")]
use services::access::{EditProjects, ReadEntries, ReadProjects, ReadTags};

/// What the page needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feeds {
    pub project: Project,
    /// The tags to filter by: those used in the project, and those that are filtered by already.
    pub tags: Vec<Tag>,
    /// The address people use, without a trailing slash.
    pub base_url: String,
}

/// The settings of a project's feeds.
#[server(prefix = "/rpc", endpoint = "feeds/get")]
pub async fn get_feeds(project: ProjectId) -> Result<Feeds> {
    act(async |cx| {
        let may = cx.grant::<ReadProjects>(&project).await?;
        let may_tags = cx.grant::<ReadTags>(&project).await?;
        let project = services::projects::overview(&cx.services, &may).await?.project;
        let tags = services::feeds::tags_to_offer(&cx.services, &may_tags, &project).await?;
        Ok(Feeds { project, tags, base_url: cx.services.base_url().to_owned() })
    })
    .await
}

/// The first items as they would be with settings that are not saved.
#[server(prefix = "/rpc", endpoint = "feeds/preview")]
pub async fn preview_feed(project: ProjectId, draft: FeedDraft) -> Result<FeedPreview> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        services::feeds::preview(&cx.services, &may, draft).await
    })
    .await
}

/// Saves what feeds contain, and whether there are any.
#[server(prefix = "/rpc", endpoint = "feeds/save")]
pub async fn save_feeds(
    project: ProjectId,
    #[server(default)] enable_rss: bool,
    #[server(default)] rss_item_limit: String,
    /// `full` or `excerpt`.
    #[server(default)]
    text: String,
    #[server(default)] feed_title: String,
    #[server(default)] feed_description: String,
    #[server(default)] include_version: bool,
    #[server(default)] include_tags: bool,
    #[server(default)] tag_filter: Vec<String>,
    #[server(default)] item_template: String,
) -> Result<Project> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let config = FeedConfig {
            feed_title: Some(feed_title),
            feed_description: Some(feed_description),
            include_tags,
            include_version,
            tag_filter: tag_filter.iter().filter_map(|id| id.parse().ok()).collect(),
            item_template: Some(item_template),
        };
        let patch = ProjectPatch {
            enable_rss: Some(enable_rss),
            // What is no number is outside the bounds, too.
            rss_item_limit: Some(rss_item_limit.trim().parse().unwrap_or(0)),
            rss_full_content: Some(text != "excerpt"),
            rss_feed_config: Some(Some(config)),
            ..ProjectPatch::default()
        };
        services::projects::update(&cx.services, &may, patch).await
    })
    .await
}

/// Gives feeds their default form. They stay on or off.
#[server(prefix = "/rpc", endpoint = "feeds/reset")]
pub async fn reset_feeds(project: ProjectId) -> Result<Project> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let patch = ProjectPatch {
            rss_item_limit: Some(model::feeds::DEFAULT_ITEMS),
            rss_full_content: Some(true),
            rss_feed_config: Some(None),
            ..ProjectPatch::default()
        };
        services::projects::update(&cx.services, &may, patch).await
    })
    .await
}

#[component]
pub fn ProjectFeedsPage() -> impl IntoView {
    let project = project_param();
    let data = Resource::new(move || project.get(), |project| async move { get_feeds(project?).await });
    view! {
        <div class="page">
            <Pending fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || later(async move {
                    match data.await {
                        Ok(feeds) => view! { <FeedsView feeds/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The feeds could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn FeedsView(feeds: Feeds) -> impl IntoView {
    let Feeds { project, tags, base_url } = feeds;
    let role = expect_context::<Me>().role;
    let edits = access::verdict(role, Permission::SetProjectAccess, Some(&project)) == Verdict::Allowed;
    let crumbs = vec![
        Crumb::link("Projects", "/dashboard/projects"),
        Crumb::link(project.name.clone(), project_path(&project.id, "")),
        Crumb::here("Feeds"),
    ];
    let draft = Draft::of(&project);
    let page = format!("{base_url}/changelog/{}", project.slug);
    let saved = RwSignal::new(project.clone());
    let answers =
        Signal::derive(move || saved.with(|project| (project.is_public, project.enable_rss, project.maintenance_mode)));
    let notice = move || {
        let text = match answers.get() {
            (false, _, _) => "The project is private. Its feeds answer as if they did not exist until it is public.",
            (_, false, _) => "The feeds are switched off. They answer as if they did not exist.",
            (_, _, true) => "The project is in maintenance. Feed readers are asked to come back later.",
            _ => return None,
        };
        Some(view! { <Notice tone=Tone::Warn title="Nobody can read the feeds now">{text}</Notice> })
    };
    let addresses = [("RSS", "rss.xml"), ("Atom", "atom.xml"), ("JSON Feed", "feed.json")];
    view! {
        <Title text=format!("Feeds · {} · Tidings", project.name)/>
        <PageHeader
            title="Feeds"
            crumbs=crumbs
            lead="Readers who subscribe get every new entry in their feed reader, without an account.".to_owned()
        />
        <div class="stack">{notice}</div>
        <div class="split feeds">
            <div>
                <For
                    each=move || [draft.number()]
                    key=|number| *number
                    children=move |_| view! { <FeedForm draft saved tags=tags.clone() edits/> }
                />
                {edits.then(|| view! { <ResetFeeds draft saved/> })}
            </div>
            <div class="feeds-side">
                <Section title="Addresses" text="The same entries in three formats; every feed reader knows one of them.">
                    <div class="stack">
                        {addresses
                            .map(|(name, file)| {
                                let address = format!("{page}/{file}");
                                view! {
                                    <div class="feed-address">
                                        <div class="row">
                                            <span class="field-label">{name}</span>
                                            {move || (answers.get() == (true, true, false)).then(|| view! {
                                                <a class="push small" href=address.clone() rel="external" target="_blank">
                                                    {format!("Open {name}")}
                                                </a>
                                            })}
                                        </div>
                                        <CodeBlock label=format!("{name} address") code=format!("{page}/{file}")/>
                                    </div>
                                }
                            })
                            .collect_view()}
                        <p class="soft small">
                            "Each tag has feeds of its own. They lie below the page of the tag and have all of its entries."
                        </p>
                    </div>
                </Section>
                <Preview project=project.id.clone() draft/>
            </div>
        </div>
    }
}
