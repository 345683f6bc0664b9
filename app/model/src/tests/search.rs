use crate::search::{SNIPPET, snippet, words};

#[test]
fn a_query_is_its_words_each_once() {
    assert_eq!(words("  Dark  mode dark\tÄRGER "), ["dark", "mode", "ärger"]);
    assert!(words(" \n ").is_empty());
}

#[test]
fn a_snippet_shows_where_the_query_was_found() {
    let before = "word ".repeat(200);
    let text = format!("{before}Here is DARK mode. {before}");
    for query in ["dark mode", "mode", "light dark"] {
        let shown = snippet(&text, query);
        assert!(shown.chars().count() <= SNIPPET, "{shown}");
        assert!(shown.to_lowercase().contains("dark mode"), "{query}: {shown}");
        assert!(shown.starts_with("…word") && shown.ends_with('…'), "{shown}");
    }
    assert_eq!(snippet("Short text", "dark"), "Short text");
    // At the end and at the beginning all of the room is used.
    let end = snippet(&format!("{before}the very end"), "very end");
    assert!(end.ends_with("the very end") && end.chars().count() > 100, "{end}");
    let start = snippet(&before, "nothing of it");
    assert!(start.starts_with("word") && start.ends_with('…'), "{start}");
}

#[test]
fn a_snippet_of_anything_has_its_length() {
    for text in [
        "ß".repeat(500),
        "İ".repeat(500),
        format!("{}dark", "a".repeat(400)),
        "👩‍👩‍👧 ".repeat(100),
        format!("dark{}", "b".repeat(900)),
    ] {
        for query in ["dark", "ss", "İ", "i\u{307}", "b", "👩", ""] {
            let shown = snippet(&text, query);
            assert!(!shown.is_empty() && shown.chars().count() <= SNIPPET, "{query} in {text}: {shown}");
        }
    }
}
