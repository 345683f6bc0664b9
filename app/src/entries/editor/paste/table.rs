//! Tables: the first row is the head, and each cell is one line.

use super::inline::{self, Style};
use super::tree::{Element, Node};

/// The table as Markdown; `None` when it has a single column, and so no table.
pub(super) fn write(table: &Element) -> Option<String> {
    let mut rows = Vec::new();
    collect(table, &mut rows);
    let rows: Vec<Vec<String>> = rows.into_iter().map(cells).filter(|cells| !cells.is_empty()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    if columns < 2 {
        return None;
    }
    let line = |cells: &[String]| {
        let filled = (0..columns).map(|at| cells.get(at).map_or("", String::as_str));
        format!("| {} |", filled.collect::<Vec<_>>().join(" | "))
    };
    let mut lines = rows.iter().map(|cells| line(cells));
    let head = lines.next()?;
    let rule = format!("|{}", " --- |".repeat(columns));
    Some([head, rule].into_iter().chain(lines).collect::<Vec<_>>().join("\n"))
}

/// The rows of this table, not of one inside it.
fn collect<'a>(element: &'a Element, rows: &mut Vec<&'a Element>) {
    for child in element.elements() {
        match child.tag.as_str() {
            "tr" => rows.push(child),
            "thead" | "tbody" | "tfoot" => collect(child, rows),
            _ => {}
        }
    }
}

fn cells(row: &Element) -> Vec<String> {
    let mut cells = Vec::new();
    for cell in row.elements().filter(|child| matches!(child.tag.as_str(), "td" | "th")) {
        // The head of a table is bold by itself.
        let style = if cell.tag == "th" { Style::heading() } else { Style::default() };
        let text = line(&cell.children, &style);
        cells.push(text.replace('|', "\\|"));
        let span: usize = cell.attribute("colspan").and_then(|span| span.parse().ok()).unwrap_or(1);
        cells.extend(std::iter::repeat_n(String::new(), span.clamp(1, 50) - 1));
    }
    cells
}

/// The blocks of a cell on one line.
fn line(nodes: &[Node], style: &Style) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut from = 0;
    let flush = |nodes: &[Node], parts: &mut Vec<String>| {
        let (text, _) = inline::write(nodes, style.clone());
        let text = text.replace("\\\n", " ").replace('\n', " ");
        if !text.trim().is_empty() {
            parts.push(text.trim().to_owned());
        }
    };
    for (at, node) in nodes.iter().enumerate() {
        if let Node::Element(element) = node
            && element.holds_block()
        {
            flush(&nodes[from..at], &mut parts);
            parts.push(line(&element.children, style));
            from = at + 1;
        }
    }
    flush(&nodes[from..], &mut parts);
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}
