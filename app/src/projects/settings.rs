//! The settings of a project: one page for each concern, each section saved by itself.

mod access;
mod danger;
mod form;
mod general;
mod look;
mod tags;
mod templates;

use crate::title::Title;
use leptos::prelude::*;
use model::projects::{Project, ProjectSummary};
use model::{Permission, ProjectId, Result, Verdict};
use serde::{Deserialize, Serialize};
use ui::{Crumb, ForbiddenState, PageHeader, SkeletonRows, TabLink, TabNav};

use crate::account::Me;
use crate::failure::Failure;
use crate::params::{project_param, project_path};
use crate::pending::{Pending, later};
use crate::projects::{ProjectsChanged, get_project};

pub use access::AccessSettingsPage;
pub use danger::DangerSettingsPage;
pub use general::GeneralSettingsPage;
pub use look::LookSettingsPage;
pub use tags::TagSettingsPage;
pub use templates::TemplateSettingsPage;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::projects::{Layout, ProjectPatch};
#[cfg(feature = "ssr")]
use services::access::{DeleteAllEntries, DeleteAllHistory, DeleteProjects, EditProjects, ReadProjects};

/// What the general page needs beside the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The address people use, without a trailing slash.
    pub base_url: String,
    pub time_zones: Vec<String>,
    /// The zone of the instance, for projects without one of their own.
    pub time_zone: String,
}

/// Where the instance is, and the time zones to choose from.
#[server(prefix = "/rpc", endpoint = "projects/choices")]
pub async fn get_choices(project: ProjectId) -> Result<Choices> {
    act(async |cx| {
        cx.grant::<ReadProjects>(&project).await?;
        Ok(Choices {
            base_url: cx.services.base_url().to_owned(),
            time_zones: services::zones::names().into_iter().map(str::to_owned).collect(),
            time_zone: services::instance::shared(&cx.services).await?.timezone.clone(),
        })
    })
    .await
}

/// Changes what a project is called, and where.
#[server(prefix = "/rpc", endpoint = "projects/update")]
pub async fn update_project(
    project: ProjectId,
    name: String,
    #[server(default)] slug: Option<String>,
    #[server(default)] description: String,
    #[server(default)] icon: String,
    #[server(default)] timezone: String,
) -> Result<Project> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let patch = ProjectPatch {
            name: Some(name),
            slug,
            description: Some(Some(description)),
            icon: Some(Some(icon)),
            timezone: Some(Some(timezone)),
            ..ProjectPatch::default()
        };
        services::projects::update(&cx.services, &may, patch).await
    })
    .await
}

/// Changes who sees a project and who publishes in it.
#[server(prefix = "/rpc", endpoint = "projects/set-access")]
pub async fn set_project_access(
    project: ProjectId,
    #[server(default)] is_public: bool,
    #[server(default)] allow_indexing: bool,
    #[server(default)] require_approval: bool,
    #[server(default)] allow_auto_publish: bool,
) -> Result<Project> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let patch = ProjectPatch {
            is_public: Some(is_public),
            allow_indexing: Some(allow_indexing),
            require_approval: Some(require_approval),
            allow_auto_publish: Some(allow_auto_publish),
            ..ProjectPatch::default()
        };
        services::projects::update(&cx.services, &may, patch).await
    })
    .await
}

/// Changes colour, layout and pictures of the public pages.
#[server(prefix = "/rpc", endpoint = "projects/set-look")]
pub async fn set_project_look(
    project: ProjectId,
    #[server(default)] color: String,
    #[server(default)] layout: String,
    #[server(default)] logo_url: String,
    #[server(default)] favicon_url: String,
    #[server(default)] social_image_url: String,
) -> Result<Project> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let patch = ProjectPatch {
            color: Some(Some(color)),
            layout: Layout::parse(&layout),
            logo_url: Some(Some(logo_url)),
            favicon_url: Some(Some(favicon_url)),
            social_image_url: Some(Some(social_image_url)),
            ..ProjectPatch::default()
        };
        services::projects::update(&cx.services, &may, patch).await
    })
    .await
}

/// Changes the style rules of the public pages.
#[server(prefix = "/rpc", endpoint = "projects/set-style")]
pub async fn set_project_style(project: ProjectId, #[server(default)] custom_css: String) -> Result<Project> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let patch = ProjectPatch { custom_css: Some(Some(custom_css)), ..ProjectPatch::default() };
        services::projects::update(&cx.services, &may, patch).await
    })
    .await
}

/// Puts a notice in the place of the public pages, or takes it away.
#[server(prefix = "/rpc", endpoint = "projects/set-maintenance")]
pub async fn set_project_maintenance(
    project: ProjectId,
    #[server(default)] maintenance_mode: bool,
    #[server(default)] maintenance_message: String,
) -> Result<Project> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let patch = ProjectPatch {
            maintenance_mode: Some(maintenance_mode),
            maintenance_message: Some(Some(maintenance_message)),
            ..ProjectPatch::default()
        };
        services::projects::update(&cx.services, &may, patch).await
    })
    .await
}

/// Deletes every entry of a project; `confirm` must be its name. Gives how many there were.
#[server(prefix = "/rpc", endpoint = "projects/delete-entries")]
pub async fn delete_project_entries(project: ProjectId, #[server(default)] confirm: String) -> Result<i64> {
    act(async |cx| {
        let may = cx.grant::<DeleteAllEntries>(&project).await?;
        services::projects::delete_entries(&cx.services, &may, &confirm).await
    })
    .await
}

/// Forgets every kept state of every entry of a project; `confirm` must be its name. Gives how many there were.
#[server(prefix = "/rpc", endpoint = "projects/delete-history")]
pub async fn delete_project_history(project: ProjectId, #[server(default)] confirm: String) -> Result<i64> {
    act(async |cx| {
        let may = cx.grant::<DeleteAllHistory>(&project).await?;
        if confirm.trim() != may.project().name {
            let message = format!("Type the project's name exactly: {}", may.project().name);
            return Err(model::Error::field("confirmation", message));
        }
        services::history::delete_all(&cx.services, &may).await
    })
    .await
}

/// Puts a project into the trash with everything it owns; `confirm` must be its name. Goes to the trash.
#[server(prefix = "/rpc", endpoint = "projects/delete")]
pub async fn delete_project(project: ProjectId, #[server(default)] confirm: String) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<DeleteProjects>(&project).await?;
        services::projects::delete(&cx.services, &may, &confirm).await?;
        leptos_axum::redirect(&crate::params::with_query(crate::trash::PATH, &[("deleted", project.as_str())]));
        Ok(())
    })
    .await
}

/// What a settings page shows, and what the reader may do there.
#[derive(Clone, Copy)]
struct Settings {
    /// The project as it was saved last.
    project: RwSignal<Project>,
    entries: i64,
    edits: bool,
    sets_access: bool,
    deletes: bool,
}

impl Settings {
    fn new(summary: ProjectSummary) -> Self {
        let ProjectSummary { project, figures, .. } = summary;
        let role = expect_context::<Me>().role;
        let may = |permission| model::access::verdict(role, permission, Some(&project)) == Verdict::Allowed;
        let (edits, sets_access) = (may(Permission::EditProjects), may(Permission::SetProjectAccess));
        let deletes = may(Permission::DeleteProjects);
        Self { project: RwSignal::new(project), entries: figures.entries, edits, sets_access, deletes }
    }

    fn id(self) -> String {
        self.project.with_untracked(|project| project.id.to_string())
    }

    /// Takes what was saved. The sidebar shows name and sign, too.
    fn saved(self, project: Project) {
        self.project.set(project);
        if let Some(ProjectsChanged(changed)) = use_context::<ProjectsChanged>() {
            changed.update(|count| *count += 1);
        }
    }
}

/// The pages, as their tabs show them: path below the settings, and name.
const PAGES: [(&str, &str); 6] = [
    ("", "General"),
    ("/access", "Access"),
    ("/look", "Look"),
    ("/tags", "Tags"),
    ("/templates", "Templates"),
    ("/danger", "Maintenance and deletion"),
];

/// A settings page: loads the project, then shows header, tabs and `content`.
#[component]
fn SettingsFrame(
    /// The path of [`PAGES`].
    page: &'static str,
    content: fn(Settings) -> AnyView,
) -> impl IntoView {
    let project = project_param();
    let data = Resource::new(move || project.get(), |project| async move { get_project(project?).await });
    view! {
        <div class="page page-narrow">
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match data.await {
                        Ok(summary) => view! { <SettingsView settings=Settings::new(summary) page content/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The settings could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn SettingsView(settings: Settings, page: &'static str, content: fn(Settings) -> AnyView) -> impl IntoView {
    let project = settings.project;
    let at = move |rest: &str| project.with_untracked(|project| project_path(&project.id, rest));
    let home = at("");
    let base = at("/settings");
    let name = Signal::derive(move || project.with(|project| project.name.clone()));
    let crumbs = Signal::derive(move || {
        vec![
            Crumb::link("Projects", "/dashboard/projects"),
            Crumb::link(name.get(), home.clone()),
            Crumb::here("Settings"),
        ]
    });
    let label = PAGES.iter().find(|(path, _)| *path == page).map_or("Settings", |(_, label)| *label);
    view! {
        <Title text=move || format!("{label} · {} · Tidings", name.get())/>
        <PageHeader title="Settings" crumbs=crumbs/>
        {if settings.edits {
            view! {
                <TabNav label="Settings">
                    {PAGES
                        .iter()
                        .map(|(path, label)| view! {
                            <TabLink href=format!("{base}{path}") current=*path == page>{*label}</TabLink>
                        })
                        .collect_view()}
                </TabNav>
                {content(settings)}
            }
            .into_any()
        } else {
            view! {
                <ForbiddenState
                    title="You cannot see the settings of this project."
                    help="Your role is Viewer. Ask an administrator for the role Staff."
                />
            }
            .into_any()
        }}
    }
}
