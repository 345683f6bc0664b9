//! CSV as RFC 4180 has it. Cells that a spreadsheet would take for formulas get an apostrophe before them, which
//! `importers::cells` takes back.

use importers::cells::is_formula;
use model::time::to_wire;

use crate::Item;

pub(crate) fn header(out: &mut Vec<u8>) {
    out.extend_from_slice(b"title,version,date,content,tags,status,slug,created_at,updated_at,external_id\r\n");
}

pub(crate) fn push(item: &Item, out: &mut Vec<u8>) {
    let entry = &item.entry;
    let tags: Vec<String> = entry.tags.iter().map(|tag| tag.name.replace('\\', r"\\").replace(';', r"\;")).collect();
    let cells = [
        entry.title.as_str(),
        entry.version.as_deref().unwrap_or_default(),
        &entry.published_at.map(to_wire).unwrap_or_default(),
        &entry.content,
        &tags.join(";"),
        entry.state().as_str(),
        &entry.slug,
        &to_wire(entry.created_at),
        &to_wire(entry.updated_at),
        item.entry.external_id.as_deref().unwrap_or_default(),
    ];
    push_row(&cells, out);
}

/// One line of cells.
pub fn push_row(cells: &[&str], out: &mut Vec<u8>) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        push_cell(cell, out);
    }
    out.extend_from_slice(b"\r\n");
}

fn push_cell(text: &str, out: &mut Vec<u8>) {
    let apostrophe = if is_formula(text) { "'" } else { "" };
    // Blanks at the edges are quoted as well: some readers trim what is not.
    if text.contains(['"', ',', ';', '\r', '\n']) || text.trim() != text {
        out.extend_from_slice(format!("\"{apostrophe}{}\"", text.replace('"', "\"\"")).as_bytes());
    } else {
        out.extend_from_slice(apostrophe.as_bytes());
        out.extend_from_slice(text.as_bytes());
    }
}
