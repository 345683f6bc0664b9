//! One function per provider: from a page's address to the address of its frame, or `None` if it is not such a page.

use std::fmt::Write;

use super::Options;
use super::address::{self, Address, is_id, is_number};

pub(super) struct Frame {
    pub(super) source: String,
    pub(super) page: String,
}

/// The click that loads the frame is the wish to see the film, so it plays unless the writer says otherwise.
fn autoplay(options: &Options<'_>) -> bool {
    options.flag("autoplay").unwrap_or(true)
}

pub(super) fn youtube(address: &Address<'_>, options: &Options<'_>) -> Option<Frame> {
    const HOSTS: [&str; 6] = [
        "www.youtube.com",
        "youtube.com",
        "m.youtube.com",
        "music.youtube.com",
        "www.youtube-nocookie.com",
        "youtube-nocookie.com",
    ];
    let [first, second] = address.parts();
    let id = if address.is_at(&["youtu.be"]) {
        first
    } else if address.is_at(&HOSTS) {
        match first {
            "watch" => address.parameter("v")?,
            "embed" | "shorts" | "live" | "v" => second,
            _ => return None,
        }
    } else {
        return None;
    };
    if !is_id(id, 11..=11) {
        return None;
    }
    let in_address = || address.parameter("start").or_else(|| address.parameter("t")).and_then(address::seconds);
    let start = options.seconds("start").or_else(in_address).filter(|&seconds| seconds > 0);
    let mut source = format!("https://www.youtube-nocookie.com/embed/{id}?rel=0");
    let mut page = format!("https://www.youtube.com/watch?v={id}");
    if autoplay(options) {
        source.push_str("&autoplay=1");
    }
    if options.flag("mute") == Some(true) {
        source.push_str("&mute=1");
    }
    if options.flag("loop") == Some(true) {
        // The player repeats lists only, so the film becomes a list of one.
        let _ = write!(source, "&loop=1&playlist={id}");
    }
    if options.flag("controls") == Some(false) {
        source.push_str("&controls=0");
    }
    if let Some(start) = start {
        let _ = write!(source, "&start={start}");
        let _ = write!(page, "&t={start}s");
    }
    Some(Frame { source, page })
}

pub(super) fn vimeo(address: &Address<'_>, options: &Options<'_>) -> Option<Frame> {
    if !address.is_at(&["vimeo.com", "www.vimeo.com", "player.vimeo.com"]) {
        return None;
    }
    let (id, in_path) = match address.parts() {
        ["video", id, key, _] | [id, key, "", _] if is_number(id) => (id, key),
        ["channels", _, id, _] | ["groups", _, "videos", id] if is_number(id) => (id, ""),
        _ => return None,
    };
    // Unlisted films have a key beside their number.
    let key = Some(in_path).filter(|key| !key.is_empty()).or_else(|| address.parameter("h"));
    let mut source = format!("https://player.vimeo.com/video/{id}?dnt=1");
    let mut page = format!("https://vimeo.com/{id}");
    if let Some(key) = key {
        if !(6..=20).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let _ = write!(source, "&h={key}");
        let _ = write!(page, "/{key}");
    }
    for (wanted, parameter) in [
        (autoplay(options), "&autoplay=1"),
        (options.flag("mute") == Some(true), "&muted=1"),
        (options.flag("loop") == Some(true), "&loop=1"),
    ] {
        if wanted {
            source.push_str(parameter);
        }
    }
    Some(Frame { source, page })
}

pub(super) fn codepen(address: &Address<'_>, options: &Options<'_>) -> Option<Frame> {
    if !address.is_at(&["codepen.io", "www.codepen.io"]) {
        return None;
    }
    let (user, id) = match address.parts() {
        ["team", user, "pen" | "embed", id] if is_id(user, 1..=60) => (format!("team/{user}"), id),
        [user, "pen" | "embed" | "full" | "details", id, _] if is_id(user, 1..=60) => {
            let id = if id == "preview" { address.parts::<4>()[3] } else { id };
            (user.to_owned(), id)
        }
        _ => return None,
    };
    if !is_id(id, 4..=40) {
        return None;
    }
    let tab = options.one_of("tab", &["result", "html", "css", "js"]);
    let theme = options.one_of("theme", &["dark", "light"]);
    Some(Frame {
        source: format!("https://codepen.io/{user}/embed/{id}?default-tab={tab}&theme-id={theme}"),
        page: format!("https://codepen.io/{user}/pen/{id}"),
    })
}

pub(super) fn codesandbox(address: &Address<'_>, options: &Options<'_>) -> Option<Frame> {
    if !address.is_at(&["codesandbox.io", "www.codesandbox.io"]) {
        return None;
    }
    let (id, page) = match address.parts() {
        ["s" | "embed", id, ""] => (id, format!("s/{id}")),
        ["p", kind @ ("sandbox" | "devbox"), id] => (id, format!("p/{kind}/{id}")),
        ["p", id, ""] => (id, format!("p/{id}")),
        _ => return None,
    };
    if !is_id(id, 4..=100) {
        return None;
    }
    let view = options.one_of("view", &["preview", "editor", "split"]);
    Some(Frame {
        source: format!("https://codesandbox.io/embed/{id}?view={view}"),
        page: format!("https://codesandbox.io/{page}"),
    })
}

pub(super) fn figma(address: &Address<'_>) -> Option<Frame> {
    if !address.is_at(&["figma.com", "www.figma.com", "embed.figma.com"]) {
        return None;
    }
    let [kind, key] = address.parts();
    let kind = match kind {
        // The name that design files had before.
        "file" | "design" => "design",
        "proto" => "proto",
        "board" => "board",
        "slides" => "slides",
        "deck" => "deck",
        _ => return None,
    };
    if !is_id(key, 16..=128) {
        return None;
    }
    let mut source = format!("https://embed.figma.com/{kind}/{key}?embed-host=tidings");
    let mut page = format!("https://www.figma.com/{kind}/{key}");
    let is_node = |node: &&str| node.len() <= 40 && node.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if let Some(node) = address.parameter("node-id").filter(is_node) {
        let _ = write!(source, "&node-id={node}");
        let _ = write!(page, "?node-id={node}");
    }
    Some(Frame { source, page })
}

pub(super) fn spotify(address: &Address<'_>) -> Option<Frame> {
    if !address.is_at(&["open.spotify.com"]) {
        return None;
    }
    let [mut kind, mut id, third] = address.parts();
    if kind == "embed" || kind.starts_with("intl-") {
        (kind, id) = (id, third);
    }
    let kind = ["track", "album", "playlist", "artist", "episode", "show"].into_iter().find(|known| *known == kind)?;
    if id.len() != 22 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    Some(Frame {
        source: format!("https://open.spotify.com/embed/{kind}/{id}"),
        page: format!("https://open.spotify.com/{kind}/{id}"),
    })
}

/// What a card for a post on X says.
pub(super) fn post(address: &Address<'_>) -> Option<String> {
    if !address.is_at(&["twitter.com", "www.twitter.com", "mobile.twitter.com", "x.com", "www.x.com"]) {
        return None;
    }
    Some(match address.parts() {
        [user, "status", id] if is_id(user, 1..=15) && is_number(id) => format!("Post by @{user}"),
        [user, "", ""] if is_id(user, 1..=15) => format!("@{user}"),
        _ => "Post on X".to_owned(),
    })
}

/// What a card for a page on GitHub says: owner and repository.
pub(super) fn github(address: &Address<'_>) -> Option<String> {
    if !address.is_at(&["github.com", "www.github.com"]) {
        return None;
    }
    let [owner, name] = address.parts();
    is_repository(owner, name).then(|| format!("{owner}/{name}"))
}

/// `owner/repo` without anything around it.
pub(super) fn repository(text: &str) -> Option<&str> {
    let (owner, name) = text.split_once('/')?;
    is_repository(owner, name).then_some(text)
}

fn is_repository(owner: &str, name: &str) -> bool {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    is_id(owner, 1..=39) && (1..=100).contains(&name.len()) && name.bytes().all(is_name) && !matches!(name, "." | "..")
}
