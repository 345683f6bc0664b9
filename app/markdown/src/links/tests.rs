use super::*;

fn external(address: &str) -> Option<Target> {
    Some(Target::External(address.to_owned()))
}

fn local(address: &str) -> Option<Target> {
    Some(Target::Local(address.to_owned()))
}

#[test]
fn usual_addresses_stay_as_written() {
    for address in [
        "https://example.com",
        "http://example.com:8080/a/b?c=d&e=f#g",
        "HTTPS://Example.COM/",
        "https://[::1]:3000/x",
        "http://127.0.0.1/",
        "http://localhost:3000",
        "https://münchen.de/",
        "https://example.com/compare/v1.0...v1.1",
        "https://example.com/%C3%BC?q=a%20b",
    ] {
        assert_eq!(link(address, None), external(address), "{address}");
    }
    for address in ["/a/b", "a/b", "../up", "?q=1", "#part", "mailto:a@example.com", "tel:+49-30-1", "./a:b"] {
        assert_eq!(link(address, None), local(address), "{address}");
    }
}

#[test]
fn characters_that_break_out_are_percent_encoded() {
    assert_eq!(link("/a \"b\"<c>\\d", None), local("/a%20%22b%22%3Cc%3E%5Cd"));
    assert_eq!(link("https://example.com/ü", None), external("https://example.com/%C3%BC"));
    assert_eq!(link("/\\evil.example", None), local("/%5Cevil.example"));
    assert_eq!(link("\\\\evil.example", None), local("%5C%5Cevil.example"));
}

#[test]
fn an_address_without_scheme_but_with_host_gets_https() {
    assert_eq!(link("//example.com/x", None), external("https://example.com/x"));
    assert_eq!(link("///example.com/x", None), None);
}

#[test]
fn other_schemes_and_broken_hosts_are_refused() {
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\u{1}javascript:alert(1)",
        "java script:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "blob:https://example.com/x",
        "ftp://example.com",
        "about:blank",
        ":x",
        "1:x",
        "http:example.com",
        "http:/example.com",
        "https://",
        "https:///x",
        "https://user@example.com",
        "https://good.example\\@evil.example",
        "https://a b.example",
        "https://exa%6dple.com",
        "https://example.com:99999",
        "https://example.com:x",
        "http://256.1.1.1",
        "http://1.2.3.4.5",
        "http://0x7f.1",
        "http://[::g]",
        "http://[::1",
        "http://a..b",
        "mailto:",
        "mailto://x",
        "tel:",
        "",
        "  ",
    ] {
        assert_eq!(link(address, None), None, "{address:?}");
    }
}

#[test]
fn pictures_may_be_small_raster_data_and_nothing_else_unusual() {
    assert!(image("data:image/png;base64,iVBORw0KGgo=", None).is_some());
    assert!(image("DATA:image/WEBP;base64,AAAA", None).is_some());
    assert!(image("shots/one.png", None).is_some());
    for address in [
        "data:image/svg+xml;base64,AAAA",
        "data:image/png,<svg>",
        "data:image/png;base64,",
        "data:image/png;base64,AA AA",
        "data:image/png;charset=x;base64,AAAA",
        "data:text/html;base64,AAAA",
        "mailto:a@example.com",
        "javascript:alert(1)",
        "#part",
    ] {
        assert_eq!(image(address, None), None, "{address}");
    }
    let largest = format!("data:image/gif;base64,{}", "A".repeat(DATA_IMAGE_BYTES));
    assert_eq!(image(&largest, None), Some(largest.clone()));
    assert_eq!(image(&format!("{largest}A"), None), None);
}

#[test]
fn an_endless_address_is_refused() {
    let longest = format!("/{}", "a".repeat(ADDRESS_BYTES - 1));
    assert_eq!(link(&longest, None), local(&longest));
    assert_eq!(link(&format!("{longest}a"), None), None);
    assert_eq!(image(&format!("{longest}a"), None), None);
}

#[test]
fn relative_addresses_become_absolute_against_a_base() {
    let base = Some("https://example.com/changelog/acme/v1?x=1#old");
    for (address, expected) in [
        ("#part", "https://example.com/changelog/acme/v1?x=1#part"),
        ("?page=2", "https://example.com/changelog/acme/v1?page=2"),
        ("v2", "https://example.com/changelog/acme/v2"),
        ("./v2/?a#b", "https://example.com/changelog/acme/v2/?a#b"),
        ("../", "https://example.com/changelog/"),
        ("../../../../up", "https://example.com/up"),
        ("/docs/a.md", "https://example.com/docs/a.md"),
        ("/", "https://example.com/"),
    ] {
        assert_eq!(link(address, base), local(expected), "{address}");
    }
    assert_eq!(link("x", Some("https://example.com")), local("https://example.com/x"));
    assert_eq!(image("i.png", base).as_deref(), Some("https://example.com/changelog/acme/i.png"));
}

#[test]
fn only_a_web_address_is_a_base() {
    assert_eq!(usable_base("https://example.com/a"), Some("https://example.com/a"));
    for base in ["", "/a", "ftp://example.com", "javascript:x", "https://", "https://a\n.example"] {
        assert_eq!(usable_base(base), None, "{base:?}");
    }
}
