//! What is in the trash, and what comes back.

use model::time::{Timestamp, to_wire};
use model::trash;
use serde::Serialize;
use services::trash::RestoreChoice;
use utoipa::ToSchema;

use super::pagination::Pagination;
use crate::extract::{Fields, FromBody};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk9ri19r0wyojfljooa5lqsa", "kind": "entry", "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "title": "Faster search", "version": "2.4.0", "entries": 1,
    "deletedBy": { "id": "cmk2sywb3wkh5dnsipzz5fk2z", "name": "Mara" },
    "deletedAt": "2026-03-04T09:30:00.000Z", "expiresAt": "2026-04-03T09:30:00.000Z", "daysLeft": 30
}))]
pub(crate) struct Trashed {
    /// The id that it had and gets again.
    id: String,
    /// `entry`, `project` or `tag`.
    kind: &'static str,
    /// The project of an entry, or the project itself.
    #[schema(required = true)]
    project_id: Option<String>,
    /// The title of an entry, the name of a project or tag.
    title: String,
    #[schema(required = true)]
    version: Option<String>,
    /// How many entries a project or tag had; 1 for an entry.
    entries: i64,
    deleted_by: DeletedBy,
    #[schema(format = DateTime)]
    deleted_at: String,
    /// When it goes for good.
    #[schema(format = DateTime)]
    expires_at: String,
    days_left: i64,
}

/// Who deleted something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletedBy {
    /// `null` when the account is gone.
    #[schema(required = true)]
    id: Option<String>,
    /// The name that the person had then.
    #[schema(required = true)]
    name: Option<String>,
}

impl Trashed {
    pub fn new(item: trash::Trashed, now: Timestamp) -> Self {
        Self {
            expires_at: to_wire(item.expires_at()),
            days_left: item.days_left(now),
            id: item.id.into(),
            kind: item.kind.as_str(),
            project_id: item.project_id.map(String::from),
            title: item.title,
            version: item.version,
            entries: item.entries,
            deleted_by: DeletedBy { id: item.deleted_by_id.map(String::from), name: item.deleted_by_name },
            deleted_at: to_wire(item.deleted_at),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrashList {
    /// What was deleted last comes first.
    items: Vec<Trashed>,
    pagination: Pagination,
}

impl TrashList {
    pub fn new(items: Vec<Trashed>, pagination: Pagination) -> Self {
        Self { items, pagination }
    }
}

/// What to do where the place is taken; may be empty.
#[derive(Debug, ToSchema)]
#[schema(as = RestoreChoice, rename_all = "camelCase", example = json!({ "withoutVersion": true }))]
#[expect(dead_code, reason = "the description of what `Restoring` reads")]
pub(crate) struct RestoringBody {
    /// Whether an entry comes back without its version if another one has it now. Default: false.
    without_version: Option<bool>,
    /// The name that a tag comes back under.
    name: Option<String>,
}

pub(crate) struct Restoring(pub RestoreChoice);

impl FromBody for Restoring {
    fn read(fields: &mut Fields) -> Self {
        Self(RestoreChoice {
            without_version: fields.flag("withoutVersion").unwrap_or_default(),
            name: fields.text("name"),
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk9ri19r0wyojfljooa5lqsa", "kind": "entry", "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "title": "Faster search", "notes": []
}))]
pub(crate) struct Restored {
    id: String,
    /// `entry`, `project` or `tag`.
    kind: &'static str,
    #[schema(required = true)]
    project_id: Option<String>,
    title: String,
    /// What is not as it was, one sentence each.
    notes: Vec<String>,
}

impl From<trash::Restored> for Restored {
    fn from(restored: trash::Restored) -> Self {
        Self {
            id: restored.id.into(),
            kind: restored.kind.as_str(),
            project_id: restored.project_id.map(String::from),
            title: restored.title,
            notes: restored.notes,
        }
    }
}
