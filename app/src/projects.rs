//! Projects: the list, a new one, the overview and the settings.

mod create;
mod list;
mod overview;
mod settings;

use leptos::prelude::*;
use model::projects::{Project, ProjectSummary};
use model::{Cursor, Page, ProjectId, Result};

pub use create::ProjectNewPage;
pub use list::{ProjectLines, ProjectListPage};
pub use overview::ProjectOverviewPage;
pub use settings::ProjectSettingsPage;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::projects::{NewProject, ProjectPatch};
#[cfg(feature = "ssr")]
use services::access::{CreateProjects, DeleteProjects, EditProjects, ReadProjects};

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

/// Projects, newest first, 50 at a time.
#[server(prefix = "/rpc", endpoint = "projects/list")]
pub async fn list_projects(
    #[server(default)] search: String,
    #[server(default)] after: Option<Cursor>,
) -> Result<Page<ProjectSummary>> {
    act(async |cx| {
        let may = cx.instance_grant::<ReadProjects>()?;
        services::projects::list(&cx.services, &may, &search, after.as_ref(), 50).await
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

/// Creates a project and goes to it.
#[server(prefix = "/rpc", endpoint = "projects/create")]
pub async fn create_project(
    name: String,
    #[server(default)] description: String,
    #[server(default)] color: String,
    #[server(default)] is_public: bool,
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
        leptos_axum::redirect(&crate::params::project_path(&project.id, ""));
        Ok(project)
    })
    .await
}

/// Changes name, description and colour.
#[server(prefix = "/rpc", endpoint = "projects/update")]
pub async fn update_project(
    project: ProjectId,
    name: String,
    #[server(default)] description: String,
    #[server(default)] color: String,
) -> Result<Project> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let patch = ProjectPatch {
            name: Some(name),
            description: Some(Some(description)),
            color: Some(Some(color)),
            ..ProjectPatch::default()
        };
        services::projects::update(&cx.services, &may, patch).await
    })
    .await
}

/// Changes who sees a project and whether staff publish without asking.
#[server(prefix = "/rpc", endpoint = "projects/set-access")]
pub async fn set_project_access(
    project: ProjectId,
    #[server(default)] is_public: bool,
    #[server(default)] require_approval: bool,
) -> Result<Project> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let patch = ProjectPatch {
            is_public: Some(is_public),
            require_approval: Some(require_approval),
            // Its only meaning is to waive the approval that was just switched on.
            allow_auto_publish: require_approval.then_some(false),
            ..ProjectPatch::default()
        };
        services::projects::update(&cx.services, &may, patch).await
    })
    .await
}

/// Deletes a project with everything it owns; `confirm` must be its name. Goes to the list of projects.
#[server(prefix = "/rpc", endpoint = "projects/delete")]
pub async fn delete_project(project: ProjectId, #[server(default)] confirm: String) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<DeleteProjects>(&project).await?;
        services::projects::delete(&cx.services, &may, &confirm).await?;
        leptos_axum::redirect("/dashboard/projects");
        Ok(())
    })
    .await
}
