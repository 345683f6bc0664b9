use crate::search::{Part, SNIPPET, parts, pieces, runs_on, snippet, tolerance, vocabulary, words};

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

#[test]
fn a_text_is_taken_apart_where_the_index_does() {
    assert_eq!(pieces("v1.2.3-rc.1, foo_bar's").collect::<Vec<_>>(), ["v1", "2", "3", "rc", "1", "foo", "bar", "s"]);
    assert_eq!(pieces("i\u{307}stanbul 数据库。ok").collect::<Vec<_>>(), ["i\u{307}stanbul", "数据库", "ok"]);
    assert_eq!(pieces(" -- ").count(), 0);
    assert_eq!(vocabulary("a theme, the theme 2026 4f2a").into_iter().collect::<Vec<_>>(), ["4f2a", "the", "theme"]);
    assert!(vocabulary(&"x".repeat(65)).is_empty());
    assert!(runs_on("数据") && runs_on("ไทย") && !runs_on("ärger") && !runs_on("дом"));
    assert_eq!(["fix", "dark", "notify", "settings"].map(tolerance), [0, 1, 1, 2]);
}

#[test]
fn what_was_found_is_marked_and_nothing_is_lost() {
    let shown = |text: &str, words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let parts = parts(text, &words);
        assert_eq!(parts.iter().map(|part| part.text.as_str()).collect::<String>(), text);
        parts
            .into_iter()
            .map(|Part { text, is_hit }| if is_hit { format!("[{text}]") } else { text })
            .collect::<String>()
    };
    assert_eq!(shown("A Dark theme, darker", &["dark"]), "A [Dark] theme, [dark]er");
    assert_eq!(shown("darkest", &["dark", "kest"]), "[darkest]");
    assert_eq!(shown("ÄRGER <b>", &["ärger", ""]), "[ÄRGER] <b>");
    assert_eq!(shown("", &["x"]), "");
    assert_eq!(shown("nothing", &[]), "nothing");
}
