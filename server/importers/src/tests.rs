//! Tests by what a person would notice: formats, headings, dates, contents, bad input.

mod content;
mod dates;
mod decode;
mod feed;
mod formats;
mod headings;
mod json;
mod markup;
mod overrides;
mod recognise;
mod robustness;
mod sections;
mod table;

use crate::{NoteKind, Parsed, Release, parse_markdown};

/// Parses and checks that no line of text got lost on the way.
fn parse(text: &str) -> Parsed {
    let parsed = parse_markdown(text);
    assert_eq!(lost_lines(text, &parsed), Vec::<String>::new(), "lost lines of:\n{text}\n{parsed:#?}");
    parsed
}

/// Lines that are in no content, no preamble and no note. Headings, comments, rules and link definitions are no text.
fn lost_lines(text: &str, parsed: &Parsed) -> Vec<String> {
    let mut kept: String = parsed.releases.iter().map(|release| format!("{}\n", release.content)).collect();
    kept.push_str(parsed.preamble.as_deref().unwrap_or_default());
    kept.extend(parsed.notes.iter().map(|note| note.message.as_str()));
    kept.extend(parsed.releases.iter().map(|release| release.title.as_str()));
    let lines: Vec<&str> =
        text.lines().map(|line| line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')).collect();
    let is_text = |at: usize, line: &str| {
        let underlined = lines.get(at + 1).is_some_and(|next| is_rule(next));
        let definition = line.starts_with('[') && !line.starts_with("[^") && line.contains("]:");
        !(line.is_empty()
            || line.starts_with('#')
            || line.starts_with("<!--")
            || line.starts_with("<a ")
            || is_rule(line)
            || underlined
            || definition)
    };
    let lost = lines.iter().enumerate().filter(|(at, line)| is_text(*at, line) && !kept.contains(exported(line)));
    lost.map(|(_, line)| (*line).to_owned()).collect()
}

/// The content of a line of the Changerawr export.
fn exported(line: &str) -> &str {
    line.strip_prefix("- **Version").and_then(|rest| rest.split_once("**: ")).map_or(line, |(_, content)| content)
}

fn is_rule(line: &str) -> bool {
    line.len() >= 3 && line.chars().all(|c| c == '-' || c == '=')
}

/// `version | date | title`, with `-` for nothing.
fn summary(release: &Release) -> String {
    let date = release.date.map(|date| date.to_string());
    format!("{} | {} | {}", release.version.as_deref().unwrap_or("-"), date.as_deref().unwrap_or("-"), release.title)
}

fn summaries(parsed: &Parsed) -> Vec<String> {
    parsed.releases.iter().map(summary).collect()
}

/// Line and kind of each note.
fn notes(parsed: &Parsed) -> Vec<(usize, NoteKind)> {
    parsed.notes.iter().map(|note| (note.line, note.kind)).collect()
}

/// The content of a text's only release.
fn only_content(text: &str) -> String {
    let parsed = parse(text);
    assert_eq!(parsed.releases.len(), 1, "{parsed:#?}");
    parsed.releases[0].content.clone()
}
