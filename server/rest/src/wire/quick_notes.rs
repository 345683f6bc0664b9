//! Small things that wait for an entry.

use model::quick_notes;
use model::time::to_wire;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk794g9dpmrcg629be2u66mt", "projectId": "cmk60kvj50ce9uvw53efr4edt", "text": "Typo in the menu",
    "author": "Ada Lovelace", "createdAt": "2026-01-12T08:05:00.000Z"
}))]
pub(crate) struct QuickNote {
    id: String,
    project_id: String,
    /// One line of Markdown.
    text: String,
    /// The name of who wrote it, where that is known.
    #[schema(required = true)]
    author: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<quick_notes::QuickNote> for QuickNote {
    fn from(note: quick_notes::QuickNote) -> Self {
        Self {
            id: note.id.into(),
            project_id: note.project_id.into(),
            text: note.text,
            author: note.author,
            created_at: to_wire(note.created_at),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneQuickNote {
    pub note: QuickNote,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuickNoteList {
    pub notes: Vec<QuickNote>,
}

#[derive(Debug, ToSchema)]
#[schema(as = NewQuickNote, example = json!({ "text": "Typo in the menu" }))]
#[expect(dead_code, reason = "the description of what `NewQuickNote` reads")]
pub(crate) struct NewQuickNoteBody {
    /// One line of Markdown.
    #[schema(min_length = 1, max_length = 300)]
    text: String,
}

pub(crate) struct NewQuickNote(pub String);

impl FromBody for NewQuickNote {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.text("text").unwrap_or_default())
    }
}
