//! Figures for clients that draw a home page of their own.

use model::entries::EntryState;
use model::home::HomeEntry;
use model::projects::ProjectSummary;
use model::time::to_wire;
use serde::Serialize;
use services::home;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProjectPreview {
    id: String,
    name: String,
    #[schema(required = true)]
    color: Option<String>,
    #[schema(required = true)]
    icon: Option<String>,
    /// When the project was changed or an entry was begun in it.
    #[schema(format = DateTime)]
    last_updated: String,
    /// Entries, drafts included.
    changelog_count: i64,
}

impl From<ProjectSummary> for ProjectPreview {
    fn from(summary: ProjectSummary) -> Self {
        let changed = summary.project.updated_at;
        let begun = summary.latest.map_or(changed, |latest| latest.created_at);
        Self {
            id: summary.project.id.into(),
            name: summary.project.name,
            color: summary.project.color,
            icon: summary.project.icon,
            last_updated: to_wire(changed.max(begun)),
            changelog_count: summary.figures.entries,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RecentActivity {
    /// Of the entry.
    id: String,
    /// Always `CHANGELOG_ENTRY`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// State and title, for people.
    message: String,
    #[schema(format = DateTime)]
    timestamp: String,
    project_id: String,
    project_name: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<HomeEntry> for RecentActivity {
    fn from(entry: HomeEntry) -> Self {
        let state = match entry.state() {
            EntryState::Draft => "Draft",
            EntryState::Scheduled => "Scheduled",
            EntryState::Published => "Published",
        };
        let changed = to_wire(entry.updated_at);
        Self {
            message: format!("{state}: {}", entry.title),
            id: entry.id.into(),
            kind: "CHANGELOG_ENTRY",
            timestamp: changed.clone(),
            project_id: entry.project_id.into(),
            project_name: entry.project_name,
            updated_at: changed,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AdminStats {
    /// Entries whose writers wait for an administrator.
    pending_approvals: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DashboardStats, example = json!({
    "projectPreviews": [{
        "id": "cmk60kvj50ce9uvw53efr4edt", "name": "Orbit Mail", "color": "#4f46e5", "icon": "rocket",
        "lastUpdated": "2026-03-04T09:30:00.000Z", "changelogCount": 41
    }],
    "totalProjects": 1, "totalChangelogs": 41,
    "recentActivity": [{
        "id": "cmk9ri19r0wyojfljooa5lqsa", "type": "CHANGELOG_ENTRY", "message": "Published: Dark mode",
        "timestamp": "2026-03-04T09:30:00.000Z", "projectId": "cmk60kvj50ce9uvw53efr4edt", "projectName": "Orbit Mail",
        "updatedAt": "2026-03-04T09:30:00.000Z"
    }],
    "adminStats": { "pendingApprovals": 2 }
}))]
pub(crate) struct Stats {
    /// Six at most, that in which an entry was begun last first.
    project_previews: Vec<ProjectPreview>,
    total_projects: i64,
    /// Entries of all projects, drafts included.
    total_changelogs: i64,
    /// Ten entries at most, last changed first.
    recent_activity: Vec<RecentActivity>,
    /// Only for administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_stats: Option<AdminStats>,
}

impl From<home::Stats> for Stats {
    fn from(stats: home::Stats) -> Self {
        Self {
            project_previews: stats.projects.into_iter().map(ProjectPreview::from).collect(),
            total_projects: stats.total_projects,
            total_changelogs: stats.total_entries,
            recent_activity: stats.changed.into_iter().map(RecentActivity::from).collect(),
            admin_stats: stats.pending.map(|pending_approvals| AdminStats { pending_approvals }),
        }
    }
}
