use axum::body::to_bytes;
use http::Request;
use tower::ServiceExt;

use super::*;

fn site() -> &'static [Asset] {
    static SITE: OnceLock<Vec<Asset>> = OnceLock::new();
    SITE.get_or_init(|| {
        vec![
            Asset {
                logical: "app.css",
                file: "app-0123.css",
                url: "/assets/app-0123.css",
                content_type: "text/css; charset=utf-8",
                identity: None,
                brotli: Some(PACKED),
                unpacked: OnceLock::new(),
                gzip: OnceLock::new(),
            },
            Asset {
                logical: "favicon.svg",
                file: "favicon-4567.svg",
                url: "/assets/favicon-4567.svg",
                content_type: "image/svg+xml",
                identity: Some(b"<svg/>"),
                brotli: None,
                unpacked: OnceLock::new(),
                gzip: OnceLock::new(),
            },
        ]
    })
}

/// The word "plain" in Brotli (RFC 7932), in one block that is not compressed.
const PACKED: &[u8] = &[0x0b, 0x02, 0x80, b'p', b'l', b'a', b'i', b'n', 0x03];

/// What the client has once it unpacked the body.
fn unpacked(headers: &HeaderMap, body: &[u8]) -> String {
    let mut plain = Vec::new();
    match headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        Some(b"br") => brotli::BrotliDecompress(&mut &body[..], &mut plain).unwrap(),
        Some(b"gzip") => std::io::copy(&mut flate2::read::GzDecoder::new(body), &mut plain).map(|_| ()).unwrap(),
        _ => plain.extend_from_slice(body),
    }
    String::from_utf8(plain).unwrap()
}

async fn ask(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let router: Router = serving(site());
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1000).await.unwrap();
    let body = unpacked(&parts.headers, &body);
    (parts.status, parts.headers, body)
}

#[tokio::test]
async fn a_browser_gets_the_smallest_form_it_understands() {
    for (accepted, encoding) in [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip, deflate", Some("gzip")),
        ("GZIP;q=0.5", Some("gzip")),
        ("br;q=0, gzip", Some("gzip")),
        ("br;q=0, *", Some("gzip")),
        ("*", Some("br")),
        ("*;q=0", None),
        ("identity", None),
        ("", None),
    ] {
        let (status, headers, body) = ask("/assets/app-0123.css", &[("accept-encoding", accepted)]).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "plain"), "{accepted}");
        assert_eq!(headers.get(CONTENT_ENCODING).map(|value| value.to_str().unwrap()), encoding, "{accepted}");
    }
}

#[tokio::test]
async fn a_hashed_file_is_kept_for_ever_and_may_be_loaded_by_any_page() {
    let (_, headers, _) = ask("/assets/app-0123.css", &[]).await;
    for (name, value) in [
        ("cache-control", "public, max-age=31536000, immutable"),
        ("content-type", "text/css; charset=utf-8"),
        ("vary", "accept-encoding"),
        ("x-content-type-options", "nosniff"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
}

#[tokio::test]
async fn a_browser_that_has_the_file_is_told_so_for_the_form_it_has() {
    let (_, headers, _) = ask("/assets/app-0123.css", &[("accept-encoding", "br")]).await;
    let tag = headers[ETAG].to_str().unwrap().to_owned();
    let known = format!("\"other\", W/{tag}");

    let same = [("accept-encoding", "br"), ("if-none-match", known.as_str())];
    let (status, headers, body) = ask("/assets/app-0123.css", &same).await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(headers[ETAG], tag.as_str());
    assert_eq!(headers[VARY], "accept-encoding");

    let other = [("accept-encoding", "gzip"), ("if-none-match", known.as_str())];
    assert_eq!(ask("/assets/app-0123.css", &other).await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_file_is_not_found() {
    assert_eq!(ask("/assets/app-old.css", &[]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask("/assets/app.css", &[]).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_icon_has_a_fixed_address_and_changes_within_a_day() {
    let (status, headers, body) = ask("/favicon.svg", &[("accept-encoding", "br")]).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "<svg/>"));
    assert_eq!(headers[CACHE_CONTROL], "public, max-age=86400");
    assert_eq!(ask("/favicon.ico", &[]).await.0, StatusCode::NOT_FOUND);
}

#[test]
fn a_name_that_is_not_embedded_still_gives_an_address() {
    assert_eq!(url("no-such-file.css"), "/assets/not-in-this-build");
    assert_eq!(find("no-such-file.css"), None);
}
