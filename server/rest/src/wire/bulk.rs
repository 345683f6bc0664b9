//! One change of many entries, and the order of a list of them.

use model::EntryId;
use model::bulk::{BulkAction, BulkFailure, BulkOutcome};
use model::entries::EntrySort;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody};

/// The order of a list of entries. `date` is another name of `newest`.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "the description of what `Sort::parse` reads")]
pub(crate) enum Sort {
    Newest,
    Date,
    Oldest,
    Updated,
    Version,
    Title,
}

impl Sort {
    pub const NAMES: &'static str = "newest, date, oldest, updated, version or title";

    pub fn parse(text: &str) -> Option<EntrySort> {
        match text {
            "date" => Some(EntrySort::Newest),
            text => EntrySort::known(text),
        }
    }
}

/// What is done to each entry.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "the description of what `Bulk` reads")]
enum BulkVerb {
    Publish,
    Schedule,
    Unpublish,
    AddTag,
    RemoveTag,
    Delete,
}

/// What `POST …/changelog/bulk` takes.
#[derive(ToSchema)]
#[schema(as = BulkChange, rename_all = "camelCase", example = json!({
    "action": "add-tag", "entries": ["cmk9ri19r0wyojfljooa5lqsa"], "tag": "Feature"
}))]
#[expect(dead_code, reason = "the description of what `Bulk` reads")]
pub(crate) struct BulkBody {
    #[schema(inline)]
    action: BulkVerb,
    /// Ids of entries of the project. One that is named twice is changed once.
    #[schema(min_items = 1, max_items = 500)]
    entries: Vec<String>,
    /// The name of the tag, for `add-tag` and `remove-tag`.
    #[schema(max_length = 50)]
    tag: Option<String>,
    /// When the entries go live, for `schedule`: at least a minute ahead.
    #[schema(format = DateTime)]
    scheduled_at: Option<String>,
}

pub(crate) struct Bulk {
    pub action: Option<BulkAction>,
    pub entries: Vec<EntryId>,
    pub tag: String,
    pub at: Option<Timestamp>,
}

impl FromBody for Bulk {
    fn read(fields: &mut Fields) -> Self {
        let named = fields.text("action");
        let action = named.as_deref().and_then(BulkAction::parse);
        if named.is_some() && action.is_none() {
            fields.fail("action", format!("Choose {}.", BulkAction::NAMES));
        } else if action.is_none() {
            fields.fail_missing("action", &format!("Choose {}.", BulkAction::NAMES));
        }
        let chosen = fields.texts("entries");
        if chosen.is_none() {
            fields.fail_missing("entries", "Name at least one entry.");
        }
        let mut entries = Vec::new();
        for id in chosen.unwrap_or_default() {
            match id.parse() {
                Ok(id) => entries.push(id),
                Err(_) => {
                    fields.fail("entries", "One of these cannot be an id.");
                    break;
                }
            }
        }
        let tag = fields.text("tag").unwrap_or_default();
        Self { action, entries, tag, at: fields.time("scheduledAt") }
    }
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BulkStatus {
    /// It is as was asked for, also if it was before.
    Done,
    /// An administrator has been asked.
    Requested,
    /// It is as it was; `error` says why.
    Failed,
}

/// One entry of a change of many.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "id": "cmk9ri19r0wyojfljooa5lqsa", "status": "done", "error": null }))]
pub(crate) struct BulkItem {
    id: String,
    #[schema(inline)]
    status: BulkStatus,
    #[schema(required = true)]
    error: Option<String>,
}

/// What became of many entries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "success": true, "done": 1, "requested": 0, "failed": 0,
    "results": [{ "id": "cmk9ri19r0wyojfljooa5lqsa", "status": "done", "error": null }]
}))]
pub(crate) struct BulkResult {
    /// Whether none failed.
    success: bool,
    done: usize,
    requested: usize,
    failed: usize,
    results: Vec<BulkItem>,
}

impl From<BulkOutcome> for BulkResult {
    fn from(outcome: BulkOutcome) -> Self {
        let BulkOutcome { done, requested, failed, .. } = outcome;
        let item = |id: EntryId, status| BulkItem { id: id.to_string(), status, error: None };
        Self {
            success: failed.is_empty(),
            done: done.len(),
            requested: requested.len(),
            failed: failed.len(),
            results: done
                .into_iter()
                .map(|id| item(id, BulkStatus::Done))
                .chain(requested.into_iter().map(|id| item(id, BulkStatus::Requested)))
                .chain(failed.into_iter().map(|BulkFailure { entry, reason, .. }| BulkItem {
                    error: Some(reason),
                    ..item(entry, BulkStatus::Failed)
                }))
                .collect(),
        }
    }
}
