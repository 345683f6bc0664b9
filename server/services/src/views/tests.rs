use super::*;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

#[test]
fn a_user_agent_is_reduced_to_a_device_and_a_browser() {
    let check = |agent: &str, expected| assert_eq!(agent::read(agent), expected, "{agent}");
    check(FIREFOX, Some(("desktop", "Firefox")));
    let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Version/19.0 Mobile/15E148 Safari/604.1";
    check(iphone, Some(("mobile", "Safari")));
    let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
        Safari/537.36 Edg/140.0.0.0";
    check(edge, Some(("desktop", "Edge")));
    let galaxy_tablet = "Mozilla/5.0 (Linux; Android 15; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) \
        SamsungBrowser/28.0 Chrome/130.0.0.0 Safari/537.36";
    check(galaxy_tablet, Some(("tablet", "Samsung Internet")));
    for bot in
        ["", "curl/8.5.0", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Feedly/1.0"]
    {
        check(bot, None);
    }
}

#[test]
fn who_asks_not_to_be_counted_or_is_one_of_us_leaves_no_note() {
    let address = "192.0.2.7".parse().unwrap();
    let visit = |name: &'static str, value: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, HeaderValue::from_static(FIREFOX));
        headers.insert(name, HeaderValue::from_static(value));
        Visit::of(address, &headers).is_some()
    };
    assert!(visit("accept", "text/html") && visit("dnt", "0") && visit("cookie", "theme=dark"));
    for (name, value) in [
        ("dnt", "1"),
        ("sec-gpc", "1"),
        ("sec-purpose", "prefetch;prerender"),
        ("cookie", "theme=dark; __Host-accessToken=x"),
        ("cookie", "refreshToken=x"),
    ] {
        assert!(!visit(name, value), "{name}: {value}");
    }
    assert!(Visit::of(address, &HeaderMap::new()).is_none(), "a browser says what it is");
}

#[test]
fn a_visitor_is_somebody_else_on_another_day_in_another_project_and_at_another_address() {
    let (acme, other) = ("acme".parse().unwrap(), "other".parse().unwrap());
    let (here, there) = ("192.0.2.7".parse().unwrap(), "192.0.2.8".parse().unwrap());
    let who = [
        visitor("monday", &acme, here, FIREFOX),
        visitor("tuesday", &acme, here, FIREFOX),
        visitor("monday", &other, here, FIREFOX),
        visitor("monday", &acme, there, FIREFOX),
        visitor("monday", &acme, here, "Mozilla/5.0 Safari/1"),
    ];
    assert_eq!(visitor("monday", &acme, here, FIREFOX), who[0]);
    assert_eq!(who.iter().collect::<std::collections::HashSet<_>>().len(), who.len());
    assert!(who[0].as_deref().is_some_and(|who| who.len() == 22));
}

#[test]
fn of_a_referrer_only_a_foreign_host_is_kept() {
    let check = |referrer: &str, expected: &str| {
        assert_eq!(referrer_host(referrer, "news.example:3000"), expected, "{referrer}");
    };
    check("https://www.Search.example/find?q=my+disease", "search.example");
    check("https://news.example:3000/changelog/acme", "");
    check("https://user:secret@evil.example/", "evil.example");
    for nothing in ["", "about:client", "not an address"] {
        check(nothing, "");
    }
}
