//! Projects: the list, a new one, the overview and the settings.

mod create;
mod feeds;
mod icon;
mod list;
mod overview;
mod settings;
mod widgets;

use leptos::prelude::*;
use model::projects::{Project, ProjectList, ProjectSort, ProjectSummary};
use model::{ProjectId, Result};

pub use create::ProjectNewPage;
pub use feeds::ProjectFeedsPage;
pub use icon::ProjectSign;
pub use list::{ProjectLines, ProjectListPage};
pub use overview::ProjectOverviewPage;
pub use settings::{
    AccessSettingsPage, DangerSettingsPage, GeneralSettingsPage, LookSettingsPage, TagSettingsPage,
    TemplateSettingsPage,
};
pub use widgets::{WidgetEditPage, WidgetListPage};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::projects::NewProject;
#[cfg(feature = "ssr")]
use services::access::{CreateProjects, ReadProjects};

/// Colours offered for a project: hex value and name.
const SWATCHES: [(&str, &str); 8] = [
    ("#2b5fc2", "Blue"),
    ("#0f766e", "Teal"),
    ("#2f7d32", "Green"),
    ("#a16207", "Ochre"),
    ("#c2452b", "Vermilion"),
    ("#b0306a", "Rose"),
    ("#7347b8", "Violet"),
    ("#4a5568", "Slate"),
];

fn swatches() -> Vec<(String, String)> {
    SWATCHES.iter().map(|(hex, name)| ((*hex).to_owned(), (*name).to_owned())).collect()
}

/// How many projects a list begins with, and how many more it shows when asked.
pub const LIST_STEP: i64 = 50;

/// Counts up when the name or sign of a project changed, for those who show it beside other things. Provided by the
/// frame.
#[derive(Clone, Copy)]
pub struct ProjectsChanged(pub RwSignal<u32>);

/// The first projects of a list; `limit` of them, 500 at most.
#[server(prefix = "/rpc", endpoint = "projects/list")]
pub async fn list_projects(
    #[server(default)] search: String,
    #[server(default)] sort: ProjectSort,
    limit: i64,
) -> Result<ProjectList> {
    act(async |cx| {
        let may = cx.instance_grant::<ReadProjects>()?;
        services::projects::list(&cx.services, &may, &search, sort, limit.clamp(1, 500)).await
    })
    .await
}

/// A project, as the sidebar shows it.
#[server(prefix = "/rpc", endpoint = "projects/head")]
pub async fn get_project_head(project: ProjectId) -> Result<Project> {
    act(async |cx| {
        let may = cx.grant::<ReadProjects>(&project).await?;
        Ok(Project { custom_css: None, ..may.project().clone() })
    })
    .await
}

/// One project with its figures.
#[server(prefix = "/rpc", endpoint = "projects/get")]
pub async fn get_project(project: ProjectId) -> Result<ProjectSummary> {
    act(async |cx| {
        let may = cx.grant::<ReadProjects>(&project).await?;
        services::projects::overview(&cx.services, &may).await
    })
    .await
}

/// Creates a project and goes to it, or with `next=import` to its import page.
#[server(prefix = "/rpc", endpoint = "projects/create")]
pub async fn create_project(
    name: String,
    #[server(default)] description: String,
    #[server(default)] color: String,
    #[server(default)] is_public: bool,
    #[server(default)] next: String,
) -> Result<Project> {
    act(async |cx| {
        let may = cx.instance_grant::<CreateProjects>()?;
        let new = NewProject {
            name,
            description: Some(description),
            color: Some(color),
            is_public: Some(is_public),
            ..NewProject::default()
        };
        let project = services::projects::create(&cx.services, &may, new).await?;
        let page = if next == "import" { "/import" } else { "" };
        leptos_axum::redirect(&crate::params::project_path(&project.id, page));
        Ok(project)
    })
    .await
}
