use crate::devices::describe;

#[test]
fn a_user_agent_is_told_in_plain_words() {
    const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";
    for (agent, words) in [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux"),
        (
            &format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Chrome/141.0 Safari/537.36"),
            "Chrome on macOS",
        ),
        (&format!("Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/141.0 Safari/537.36 Edg/141.0"), "Edge on Windows"),
        (&format!("Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/141.0 Safari/537.36"), "Chrome on Linux"),
        (
            &format!("Mozilla/5.0 (Linux; Android 14; Pixel 8) {WEBKIT} Chrome/141.0 Mobile Safari/537.36"),
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/18.0 Safari/605.1",
            "Safari on macOS",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) SomethingNew/1.0", "Browser on Windows"),
        ("Mozilla/5.0", "Unknown device"),
        ("curl/8.9.1", "curl"),
        ("tidings/0.4.0 (linux)", "tidings"),
        ("Firefox", "Firefox"),
        ("", "Unknown device"),
        ("  ", "Unknown device"),
        ("/////", "Unknown device"),
    ] {
        assert_eq!(describe(Some(agent)), words, "{agent}");
    }
    assert_eq!(describe(None), "Unknown device");
    assert_eq!(describe(Some(&"ü".repeat(300))).chars().count(), 40);
    assert_eq!(describe(Some("\u{202e}a\nb")), "\u{202e}ab");
}
