use std::net::IpAddr;

use chrono::Duration;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use model::Error;
use services::caller::{
    Caller, TrustedProxies, check_same_origin, cookie, identify, is_unsafe, refresh_cookie, sign_in_cookies,
    sign_out_cookies,
};
use services::sign_in::SignedIn;
use services::{Actor, ClientInfo, Services, Settings, Via};
use testkit::{TestApp, execute, on_both_databases};

use crate::help::browser;

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    }
    headers
}

/// The cookies of a sign-in as a browser sends them back.
fn jar(cx: &Services, signed_in: &SignedIn) -> String {
    let cookies = sign_in_cookies(cx, signed_in);
    cookies.iter().map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

fn known(caller: &Caller) -> &Actor {
    caller.actor().unwrap_or_else(|error| panic!("{error:?}"))
}

fn at(cx: &Services, base_url: &str) -> Services {
    testkit::services_with(cx.db.clone(), Settings { base_url: base_url.into(), ..testkit::settings() })
}

fn is_cross_site(cx: &Services, pairs: &[(&str, &str)]) -> bool {
    match check_same_origin(cx, &headers(pairs)) {
        Ok(()) => false,
        Err(Error::CrossSite) => true,
        Err(other) => panic!("{other:?}"),
    }
}

on_both_databases! {
    async fn a_bearer_credential_beats_the_cookies(app: TestApp) {
        let (cx, client) = (&app.services, browser("192.0.2.1"));
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        let key = app.key(&sam, &[], None).await;
        let jar = jar(cx, mara.signed_in());
        let with = |credential: String| headers(&[("cookie", &jar), ("authorization", &credential)]);

        let found = identify(cx, &with(format!("Bearer {}", key.secret())), &client).await;
        assert_eq!(known(&found.caller).id(), sam.id());
        assert!(matches!(known(&found.caller).via, Via::Key(_)));
        let found = identify(cx, &with(format!("bearer   {} ", sam.signed_in().access_token)), &client).await;
        assert!(matches!(known(&found.caller).via, Via::Token(_)));
        for bad in ["Bearer nonsense", "Bearer chr_nonsense", "Bearer  \t x y"] {
            let found = identify(cx, &with(bad.into()), &client).await;
            assert_eq!(found.caller.actor(), Err(Error::SignedOut), "{bad}");
            assert!(found.set_cookies.is_empty());
        }
        let mut two = with(format!("Bearer {}", key.secret()));
        two.append("authorization", HeaderValue::from_static("Bearer second"));
        assert_eq!(identify(cx, &two, &client).await.caller.actor(), Err(Error::SignedOut), "which one is meant?");
        let mut unreadable = with(String::new());
        unreadable.insert("authorization", HeaderValue::from_bytes(b"Bearer \xff").unwrap());
        assert_eq!(identify(cx, &unreadable, &client).await.caller.actor(), Err(Error::SignedOut));
        let basic = identify(cx, &with("Basic bWFyYTpzZWNyZXQ=".into()), &client).await;
        assert_eq!(known(&basic.caller).id(), mara.id(), "a scheme that is not ours is nothing to us");
        assert!(matches!(known(&basic.caller).via, Via::Cookie(_)));
    }

    async fn an_expired_access_cookie_is_renewed_on_the_way(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let old = jar(cx, mara.signed_in());
        app.advance(Duration::minutes(20));
        let found = identify(cx, &headers(&[("cookie", &old)]), mara.client()).await;
        assert_eq!(known(&found.caller).id(), mara.id());
        let renewed: Vec<_> = found.set_cookies.iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
        let again = identify(cx, &headers(&[("cookie", &renewed.join("; "))]), mara.client()).await;
        assert_eq!(known(&again.caller).id(), mara.id());
        assert!(again.set_cookies.is_empty(), "nothing to renew");

        let refresh_only = renewed.iter().find(|cookie| cookie.starts_with("refreshToken=")).unwrap();
        let found = identify(cx, &headers(&[("cookie", refresh_only)]), mara.client()).await;
        assert!(found.caller.is_known() && found.set_cookies.len() == 2, "the browser dropped the expired cookie");
    }

    async fn cookies_that_are_worth_nothing_are_taken_back(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let jar = jar(cx, mara.signed_in());
        app.advance(Duration::days(8));
        let found = identify(cx, &headers(&[("cookie", &jar)]), mara.client()).await;
        assert!(matches!(found.caller, Caller::Anonymous));
        assert_eq!(found.set_cookies, sign_out_cookies(cx));
        let nobody = identify(cx, &headers(&[("cookie", "theme=dark")]), &ClientInfo::default()).await;
        assert!(matches!(nobody.caller, Caller::Anonymous) && nobody.set_cookies.is_empty());
    }

    async fn a_disabled_person_is_nobody(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        execute(app.db(), "UPDATE users SET disabled_at = '2026-03-04T09:30:00+00:00'").await;
        let found = identify(cx, &headers(&[("cookie", &jar(cx, mara.signed_in()))]), mara.client()).await;
        assert!(matches!(found.caller, Caller::Anonymous));
    }

    async fn who_cannot_be_identified_for_want_of_a_database_is_not_signed_out(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let (jar, token) = (jar(cx, mara.signed_in()), format!("Bearer {}", mara.signed_in().access_token));
        app.db().close().await;
        for pairs in [[("cookie", jar.as_str())], [("authorization", token.as_str())]] {
            let found = identify(cx, &headers(&pairs), mara.client()).await;
            assert!(matches!(found.caller.actor(), Err(Error::Unavailable { .. })), "{:?}", found.caller);
            assert!(found.set_cookies.is_empty(), "the cookies are still good");
        }
    }

    async fn cookies_are_protected_as_the_address_allows(app: TestApp) {
        let mara = app.owner("Mara").await;
        let signed_in = mara.signed_in();
        let (access, refresh) = (&signed_in.access_token, &signed_in.refresh_token);
        assert_eq!(
            sign_in_cookies(&app.services, signed_in),
            [
                format!("accessToken={access}; Path=/; HttpOnly; SameSite=Lax; Max-Age=900"),
                format!("refreshToken={refresh}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800"),
            ]
        );
        let https = at(&app.services, "https://tidings.example");
        assert_eq!(
            sign_in_cookies(&https, signed_in),
            [
                format!("__Host-accessToken={access}; Path=/; HttpOnly; SameSite=Lax; Max-Age=900; Secure"),
                format!("__Host-refreshToken={refresh}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure"),
            ]
        );
        assert_eq!(
            sign_out_cookies(&https),
            ["access", "refresh"]
                .map(|name| format!("__Host-{name}Token=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure"))
        );
        let planted = headers(&[("cookie", &jar(&app.services, signed_in))]);
        let found = identify(&https, &planted, mara.client()).await;
        assert!(matches!(found.caller, Caller::Anonymous), "a cookie without the prefix may be another host's");
        let found = identify(&https, &headers(&[("cookie", &jar(&https, signed_in))]), mara.client()).await;
        assert_eq!(known(&found.caller).id(), mara.id());
    }

    async fn cookies_are_found_however_the_browser_sends_them(cx: Services) {
        for (pairs, expected) in [
            (&[("cookie", "refreshToken=abc")][..], Some("abc")),
            (&[("cookie", "a=b;refreshToken=abc;c=d")], Some("abc")),
            (&[("cookie", "a=b"), ("cookie", " refreshToken=abc ")], Some("abc")),
            (&[("cookie", "refreshToken=a=b=")], Some("a=b=")),
            (&[("cookie", "refreshToken=; refreshToken=abc")], Some("abc")),
            (&[("cookie", "refreshToken=")], None),
            (&[("cookie", "refreshToken")], None),
            (&[("cookie", "xrefreshToken=abc; refreshTokenx=abc; RefreshToken=abc")], None),
            (&[("cookie", "__Host-refreshToken=abc")], None),
            (&[("cookie", "\"refreshToken=abc\"")], None),
            (&[], None),
        ] {
            assert_eq!(refresh_cookie(&cx, &headers(pairs)).as_deref(), expected, "{pairs:?}");
        }
        let mut odd = headers(&[("cookie", "accessToken=abc")]);
        odd.append("cookie", HeaderValue::from_bytes(b"\xff\xfe=1").unwrap());
        assert_eq!(cookie(&cx, &odd, "accessToken").as_deref(), Some("abc"));
    }

    async fn a_request_that_another_site_caused_is_refused(cx: Services) {
        let host = ("host", "tidings.example");
        for (pairs, refused) in [
            (&[][..], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://tidings.example"), host], true),
            (&[("origin", "http://tidings.example")], false),
            (&[("origin", "HTTP://Tidings.Example")], false),
            (&[("origin", "http://tidings.example"), host], false),
            (&[("origin", "http://10.0.0.7:3000"), ("host", "10.0.0.7:3000")], false),
            (&[("origin", "http://10.0.0.7:3001"), ("host", "10.0.0.7:3000")], true),
            (&[("origin", "http://evil.example"), host], true),
            (&[("origin", "http://tidings.example.evil.example"), host], true),
            (&[("origin", "http://evil.example/tidings.example"), host], true),
            (&[("origin", "null"), host], true),
            (&[("origin", ""), host], true),
            (&[("origin", "http://evil.example")], true),
        ] {
            assert_eq!(is_cross_site(&cx, pairs), refused, "{pairs:?}");
        }
        let below = at(&cx, "https://example.com/changes");
        assert!(!is_cross_site(&below, &[("origin", "https://example.com")]), "an instance below a path");
        assert!(is_cross_site(&below, &[("origin", "https://other.example.com")]));
    }
}

#[test]
fn only_methods_that_may_change_something_need_the_check() {
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE] {
        assert!(!is_unsafe(&method), "{method}");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE", "CONNECT", "PURGE", "get"] {
        assert!(is_unsafe(&Method::from_bytes(method.as_bytes()).unwrap()), "{method}");
    }
}

#[test]
fn forwarding_headers_count_only_behind_trusted_proxies() {
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    let proxies = TrustedProxies::new(vec![(ip("10.0.0.0"), 8), (ip("192.0.2.7"), 32), (ip("2001:db8:1::"), 48)]);
    for (peer, forwarded, client) in [
        // Not from a proxy: the header is somebody's claim.
        ("203.0.113.5", &["1.1.1.1"][..], "203.0.113.5"),
        ("192.0.2.8", &["1.1.1.1"], "192.0.2.8"),
        ("11.0.0.1", &["1.1.1.1"], "11.0.0.1"),
        ("2001:db8:2::1", &["1.1.1.1"], "2001:db8:2::1"),
        // From a proxy: the last address that is not a proxy.
        ("10.1.2.3", &["1.1.1.1"], "1.1.1.1"),
        ("192.0.2.7", &["9.9.9.9, 1.1.1.1"], "1.1.1.1"),
        ("10.1.2.3", &["9.9.9.9, 1.1.1.1, 10.9.9.9"], "1.1.1.1"),
        ("10.1.2.3", &["9.9.9.9", "1.1.1.1, 192.0.2.7", "10.0.0.1"], "1.1.1.1"),
        ("2001:db8:1:ff::9", &["2001:db8:5::1"], "2001:db8:5::1"),
        ("10.1.2.3", &["10.0.0.4, 10.0.0.5"], "10.0.0.4"),
        ("10.1.2.3", &[], "10.1.2.3"),
        ("10.1.2.3", &[""], "10.1.2.3"),
        // One machine, two ways to write it.
        ("::ffff:10.1.2.3", &["::ffff:1.1.1.1"], "1.1.1.1"),
        // As some proxies write it, with a port.
        ("10.1.2.3", &["1.1.1.1:4711"], "1.1.1.1"),
        ("10.1.2.3", &["[2001:db8:5::1]:4711"], "2001:db8:5::1"),
        // What stands before something unreadable may be made up.
        ("10.1.2.3", &["9.9.9.9, unknown"], "10.1.2.3"),
        ("10.1.2.3", &["9.9.9.9, unknown, 10.0.0.5"], "10.0.0.5"),
    ] {
        let pairs: Vec<_> = forwarded.iter().map(|value| ("x-forwarded-for", *value)).collect();
        assert_eq!(proxies.client(ip(peer), &headers(&pairs)), ip(client), "{peer} {forwarded:?}");
    }
    let everybody = TrustedProxies::new(vec![(ip("0.0.0.0"), 0), (ip("::"), 0)]);
    assert!(everybody.contains(ip("203.0.113.5")) && everybody.contains(ip("2001:db8::1")));
    assert!(!TrustedProxies::default().contains(ip("127.0.0.1")));
}
