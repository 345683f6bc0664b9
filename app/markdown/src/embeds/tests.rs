use super::*;

#[track_caller]
fn html(provider: &str, address: &str, options: &str) -> String {
    let mut out = String::new();
    push(&mut out, provider, address, Braces::at_start(options));
    out
}

/// The frame's address as a browser would read it.
#[track_caller]
fn frame(provider: &str, address: &str, options: &str) -> String {
    let html = html(provider, address, options);
    let rest = html.split_once("data-embed=\"").unwrap_or_else(|| panic!("no frame for {address}: {html}")).1;
    rest.split_once('"').unwrap().0.replace("&amp;", "&")
}

#[test]
fn pages_of_each_provider_become_its_frames() {
    const FILM: &str = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0&autoplay=1";
    for address in [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "http://YouTube.com/watch?list=x&v=dQw4w9WgXcQ#t",
        "https://youtu.be/dQw4w9WgXcQ?si=abc",
        "https://www.youtube.com/embed/dQw4w9WgXcQ",
        "https://m.youtube.com/shorts/dQw4w9WgXcQ",
    ] {
        assert_eq!(frame("YouTube", address, ""), FILM, "{address}");
    }
    for (provider, address, source) in [
        ("vimeo", "https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1"),
        (
            "vimeo",
            "https://vimeo.com/76979871/0a1b2c3d4e",
            "https://player.vimeo.com/video/76979871?dnt=1&h=0a1b2c3d4e&autoplay=1",
        ),
        ("vimeo", "https://vimeo.com/channels/staffpicks/1", "https://player.vimeo.com/video/1?dnt=1&autoplay=1"),
        (
            "codepen",
            "https://codepen.io/team/codepen/pen/PNaGbb",
            "https://codepen.io/team/codepen/embed/PNaGbb?default-tab=result&theme-id=dark",
        ),
        (
            "codepen",
            "https://codepen.io/ada/pen/PNaGbb?editors=1",
            "https://codepen.io/ada/embed/PNaGbb?default-tab=result&theme-id=dark",
        ),
        ("codesandbox", "https://codesandbox.io/s/react-new", "https://codesandbox.io/embed/react-new?view=preview"),
        (
            "codesandbox",
            "https://codesandbox.io/p/sandbox/react-new?file=x",
            "https://codesandbox.io/embed/react-new?view=preview",
        ),
        (
            "figma",
            "https://www.figma.com/file/nrPSsILSYjesyc5UHjYYa4/Name?node-id=1-2",
            "https://embed.figma.com/design/nrPSsILSYjesyc5UHjYYa4?embed-host=tidings&node-id=1-2",
        ),
        (
            "spotify",
            "https://open.spotify.com/intl-de/track/4cOdK2wGLETKBW3PvgPWqT?si=1",
            "https://open.spotify.com/embed/track/4cOdK2wGLETKBW3PvgPWqT",
        ),
    ] {
        assert_eq!(frame(provider, address, ""), source, "{address}");
    }
}

#[test]
fn options_are_compared_with_what_may_stand_there() {
    const FILM: &str = "https://youtu.be/dQw4w9WgXcQ?t=1m30s";
    let film =
        |options| frame("youtube", FILM, options).replace("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "");
    assert_eq!(film("{autoplay:0}"), "?rel=0&start=90");
    assert_eq!(film("{autoplay:0,start:5}"), "?rel=0&start=5");
    assert_eq!(
        film("{mute:1,loop:1,controls:0,start:0}"),
        "?rel=0&autoplay=1&mute=1&loop=1&playlist=dQw4w9WgXcQ&controls=0"
    );
    assert_eq!(film("{autoplay:yes,start:-1,mute:2,x:y}"), "?rel=0&autoplay=1&start=90");
    let pen = |options| html("codepen", "https://codepen.io/ada/pen/PNaGbb", options);
    assert!(
        pen("{height:600,theme:light,tab:css}").contains("default-tab=css&amp;theme-id=light\" data-height=\"600\"")
    );
    for options in ["", "{height:0}", "{height:99999}", "{height:1e3}", "{theme:red,tab:x}"] {
        assert!(pen(options).contains("default-tab=result&amp;theme-id=dark\" data-height=\"400\""), "{options}");
    }
}

#[test]
fn every_frame_belongs_to_a_listed_origin() {
    for (provider, address) in [
        ("youtube", "https://youtu.be/dQw4w9WgXcQ"),
        ("vimeo", "https://vimeo.com/1"),
        ("codepen", "https://codepen.io/ada/pen/PNaGbb"),
        ("codesandbox", "https://codesandbox.io/s/react-new"),
        ("figma", "https://www.figma.com/board/nrPSsILSYjesyc5UHjYYa4"),
        ("spotify", "https://open.spotify.com/show/4cOdK2wGLETKBW3PvgPWqT"),
    ] {
        let source = frame(provider, address, "");
        assert!(EMBED_ORIGINS.iter().any(|origin| source.starts_with(&format!("{origin}/"))), "{source}");
    }
}

#[test]
fn hosts_are_compared_whole_and_identifiers_letter_by_letter() {
    for (provider, address) in [
        ("youtube", "https://www.youtube.com.evil.example/watch?v=dQw4w9WgXcQ"),
        ("youtube", "https://evil.example/www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("youtube", "https://notyoutube.com/watch?v=dQw4w9WgXcQ"),
        ("youtube", "https://youtube.com@evil.example/watch?v=dQw4w9WgXcQ"),
        ("youtube", "https://youtube.com:8443/watch?v=dQw4w9WgXcQ"),
        ("youtube", "https://www.youtube.com./watch?v=dQw4w9WgXcQ"),
        ("youtube", "//www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("youtube", "javascript://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("youtube", "ftp://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("youtube", "https://www.youtube.com/watch?v=dQw4w9WgXc\""),
        ("youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ%22"),
        ("youtube", "https://www.youtube.com/watch?v=short"),
        ("youtube", "https://www.youtube.com/redirect?q=https://evil.example"),
        ("youtube", "https://vimeo.com/1"),
        ("vimeo", "https://vimeo.com/staffpicks"),
        ("vimeo", "https://vimeo.com/1/<script>"),
        ("vimeo", "https://vimeo.com/1?h=../../x"),
        ("codepen", "https://codepen.io/ada/pen/../../x"),
        ("codepen", "https://codepen.io/ada/PNaGbb"),
        ("codesandbox", "https://codesandbox.io/dashboard"),
        ("codesandbox", "https://codesandbox.io/s/a%2f..%2fb"),
        ("figma", "https://www.figma.com/community/file/1"),
        ("figma", "https://www.figma.com/design/short"),
        ("spotify", "https://spotify.com/track/4cOdK2wGLETKBW3PvgPWqT"),
        ("spotify", "https://open.spotify.com/track/4cOdK2wGLETKBW3PvgPWqT/../x?u=1&<"),
        ("spotify", "https://open.spotify.com/user/4cOdK2wGLETKBW3PvgPWqT"),
        ("tweet", "https://x.com.evil.example/a/status/1"),
        ("github", "https://gist.github.com/ada/1"),
        ("github", "ada/repo/../../x"),
        ("generic", "javascript:alert(1)"),
        ("generic", "/relative"),
        ("generic", "mailto:a@example.com"),
        ("whatever", "data:text/html,x"),
    ] {
        let html = html(provider, address, "");
        if html.contains("data-embed") {
            // A path that goes on behind the identifier is cut off, never taken over.
            assert_eq!(frame(provider, address, ""), "https://open.spotify.com/embed/track/4cOdK2wGLETKBW3PvgPWqT");
        } else {
            assert!(html.contains("md-embed-invalid") && !html.contains("href="), "{address}: {html}");
        }
    }
}

#[test]
fn posts_repositories_and_other_pages_are_cards() {
    for (provider, address, page, label, host) in [
        ("tweet", "https://x.com/ada/status/20", "https://x.com/ada/status/20", "Post by @ada", "x.com"),
        ("twitter", "https://twitter.com/ada", "https://twitter.com/ada", "@ada", "twitter.com"),
        (
            "github",
            "https://github.com/ada/engine/issues/1",
            "https://github.com/ada/engine/issues/1",
            "ada/engine",
            "github.com",
        ),
        ("github", "ada/engine.rs", "https://github.com/ada/engine.rs", "ada/engine.rs", "github.com"),
        (
            "generic",
            "https://www.example.com/a?b&c",
            "https://www.example.com/a?b&amp;c",
            "example.com",
            "www.example.com",
        ),
        ("mastodon", "https://example.social/@a", "https://example.social/@a", "example.social", "example.social"),
    ] {
        assert_eq!(
            html(provider, address, "{x:1}"),
            format!(
                "<div class=\"md-embed md-embed-card\">\n<p><a href=\"{page}\" target=\"_blank\" rel=\"noopener noreferrer \
                 nofollow\">{label}</a></p>\n<p class=\"md-embed-note\">{host}</p>\n</div>\n"
            )
        );
    }
}
