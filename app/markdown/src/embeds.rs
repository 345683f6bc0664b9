//! Content of other sites: `[embed:provider](address){option:value}` alone on its line.
//!
//! Nothing is loaded from there before the reader asks for it. What is written is a box with an ordinary link, and for
//! players the address of the frame that a script may put in its place. That address is never the writer's: it is put
//! together here from a fixed template and parts that were checked character by character. Hosts are compared whole.

use std::borrow::Cow;
use std::fmt::Write;

use crate::braces::Braces;
use crate::escape;
use crate::links::{self, Target};

mod address;
mod providers;

use address::Address;

/// What a link's source begins with when it is an embed.
pub(crate) const MARK: &str = "[embed:";

/// The origins of all frames that an embed can ask for, for a page's content security policy (`frame-src`).
pub const EMBED_ORIGINS: [&str; 6] = [
    "https://www.youtube-nocookie.com",
    "https://player.vimeo.com",
    "https://codepen.io",
    "https://codesandbox.io",
    "https://embed.figma.com",
    "https://open.spotify.com",
];

/// An embed as it will be shown.
enum Embed {
    /// A frame after a click.
    Frame {
        source: String,
        /// The page at the provider.
        page: String,
        name: &'static str,
        shape: Shape,
    },
    /// A link with what it leads to.
    Card { page: String, label: String, host: String },
}

#[derive(Clone, Copy)]
enum Shape {
    /// As wide as the text, in the proportions of a film.
    Film,
    /// As wide as the text, this high in CSS pixels.
    Height(u16),
}

/// Writes the box for `provider` and `address`, both as the writer gave them.
pub(crate) fn push(out: &mut String, provider: &str, address: &str, options: Option<Braces<'_>>) {
    match read(provider, address, options) {
        Some(Embed::Frame { source, page, name, shape }) => {
            out.push_str("<div class=\"md-embed");
            match shape {
                Shape::Film => out.push_str(" md-embed-film"),
                Shape::Height(_) => {}
            }
            out.push_str("\" data-embed=\"");
            escape::push_attribute(out, &source);
            if let Shape::Height(height) = shape {
                let _ = write!(out, "\" data-height=\"{height}");
            }
            out.push_str("\">\n<p>");
            push_link(out, &page, name);
            let _ = writeln!(
                out,
                "</p>\n<p class=\"md-embed-note\">Loads from {} when you choose it</p>\n</div>",
                host_of(&source)
            );
        }
        Some(Embed::Card { page, label, host }) => {
            out.push_str("<div class=\"md-embed md-embed-card\">\n<p>");
            push_link(out, &page, &label);
            out.push_str("</p>\n<p class=\"md-embed-note\">");
            escape::push_text(out, &host);
            out.push_str("</p>\n</div>\n");
        }
        None => {
            out.push_str(
                "<div class=\"md-embed md-embed-invalid\">\n<p>Invalid embed</p>\n<p class=\"md-embed-note\">",
            );
            escape::push_text(out, shortened(address));
            out.push_str("</p>\n</div>\n");
        }
    }
}

fn push_link(out: &mut String, page: &str, label: &str) {
    out.push_str("<a href=\"");
    escape::push_attribute(out, page);
    let _ = write!(out, "\" target=\"_blank\" rel=\"{}\">", links::EXTERNAL_REL);
    escape::push_text(out, label);
    out.push_str("</a>");
}

fn read(provider: &str, address: &str, options: Option<Braces<'_>>) -> Option<Embed> {
    let options = Options(options);
    let provider = provider.trim().to_ascii_lowercase();
    let frame = |source: Option<providers::Frame>, name, shape| {
        source.map(|providers::Frame { source, page }| Embed::Frame { source, page, name, shape })
    };
    if provider == "github"
        && let Some(repository) = providers::repository(address)
    {
        return Some(Embed::Card {
            page: format!("https://github.com/{repository}"),
            label: repository.to_owned(),
            host: "github.com".to_owned(),
        });
    }
    let parsed = Address::new(address)?;
    match provider.as_str() {
        "youtube" => frame(providers::youtube(&parsed, &options), "YouTube video", Shape::Film),
        "vimeo" => frame(providers::vimeo(&parsed, &options), "Vimeo video", Shape::Film),
        "codepen" => frame(providers::codepen(&parsed, &options), "CodePen", options.height(400)),
        "codesandbox" => frame(providers::codesandbox(&parsed, &options), "CodeSandbox", options.height(500)),
        "figma" => frame(providers::figma(&parsed), "Figma file", options.height(450)),
        "spotify" => frame(providers::spotify(&parsed), "Spotify", options.height(380)),
        "twitter" | "tweet" => {
            let label = providers::post(&parsed)?;
            card(address, label, &parsed)
        }
        "github" => {
            let label = providers::github(&parsed)?;
            card(address, label, &parsed)
        }
        _ => {
            let host = parsed.host.strip_prefix("www.").unwrap_or(&parsed.host).to_owned();
            card(address, host, &parsed)
        }
    }
}

/// A link card; the address passes the check of every other link.
fn card(address: &str, label: String, parsed: &Address<'_>) -> Option<Embed> {
    match links::link(address, None)? {
        Target::External(page) => Some(Embed::Card { page, label, host: parsed.host.clone().into_owned() }),
        Target::Local(_) => None,
    }
}

fn host_of(address: &str) -> &str {
    let rest = address.strip_prefix("https://").unwrap_or(address);
    rest.split('/').next().unwrap_or_default()
}

/// Enough of a refused address to find the mistake.
fn shortened(address: &str) -> &str {
    address.char_indices().nth(200).map_or(address, |(at, _)| &address[..at])
}

/// The options of one embed. Each value is compared with what may stand there; anything else counts as not given.
struct Options<'t>(Option<Braces<'t>>);

impl<'t> Options<'t> {
    fn value(&self, name: &str) -> Option<&'t str> {
        self.0?.value(name, ':')
    }

    /// `1` or `0`, also as words.
    fn flag(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        }
    }

    fn one_of(&self, name: &str, allowed: &[&'static str]) -> &'static str {
        let given = self.value(name).unwrap_or_default();
        allowed.iter().find(|value| value.eq_ignore_ascii_case(given)).or(allowed.first()).copied().unwrap_or_default()
    }

    fn seconds(&self, name: &str) -> Option<u32> {
        address::seconds(self.value(name)?)
    }

    fn height(&self, usual: u16) -> Shape {
        let given = self.value("height").map(|value| value.strip_suffix("px").unwrap_or(value));
        let height =
            given.filter(|value| value.bytes().all(|b| b.is_ascii_digit())).and_then(|value| value.parse().ok());
        Shape::Height(height.filter(|height| (80..=1200).contains(height)).unwrap_or(usual))
    }
}

/// The provider's name in `[embed:name](…)`, given the source from the bracket on.
pub(crate) fn provider(source: &str) -> Option<&str> {
    let rest = source.strip_prefix(MARK)?;
    let end = rest.bytes().take(40).position(|b| b == b']')?;
    let name = &rest[..end];
    let is_name =
        !name.trim().is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b' '));
    is_name.then_some(name)
}

/// A host in lower case.
type Host<'a> = Cow<'a, str>;

#[cfg(test)]
mod tests;
