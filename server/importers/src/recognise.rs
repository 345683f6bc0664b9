//! What a text is written in: Markdown, JSON, a table or a feed.

use model::imports::{Reading, Source};

use crate::{feed, table};

/// As `reading` says; else as the text looks, and where that is no help, as the file is named.
pub(crate) fn source(text: &str, reading: &Reading) -> Source {
    if let Some(source) = reading.source {
        return source;
    }
    let ending = reading.file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("json") => return Source::Json,
        Some("csv" | "tsv") => return Source::Csv,
        Some("rss" | "atom" | "xml") if feed::looks_like_one(text.trim_start_matches('\u{feff}')) => {
            return Source::Feed;
        }
        Some("md" | "markdown") => return Source::Markdown,
        _ => {}
    }
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if looks_like_json(text) {
        Source::Json
    } else if feed::looks_like_one(text) {
        Source::Feed
    } else if table::looks_like_one(text) {
        Source::Csv
    } else {
        Source::Markdown
    }
}

/// `{ "…`, `[ {`, `[ "` and the empty ones. A link or a version in brackets looks otherwise.
fn looks_like_json(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['{', '[']) else { return false };
    let rest = rest.trim_start();
    match text.starts_with('{') {
        true => rest.starts_with(['"', '}']),
        false => {
            rest.starts_with(['{', '"'])
                || rest.starts_with(']') && rest.get(1..).is_some_and(|rest| rest.trim().is_empty())
        }
    }
}
