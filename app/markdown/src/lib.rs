//! Markdown in, safe HTML out; the same bytes on the server and in the browser's preview.
//!
//! The dialect is CommonMark with GitHub's tables, task lists, strikethrough, footnotes, alerts (`> [!NOTE]`) and bare
//! web addresses, plus alert blocks between `:::type Title` and `:::`, buttons, embeds, figures with captions and
//! small print; `docs/markdown.md` describes it for writers. Raw HTML is shown as text; HTML comments are left out,
//! because changelog tools leave them in files as notes to themselves.
//!
//! Safety rests on two walls:
//!
//! 1. [`render`] walks the syntax tree and writes elements from a fixed list. Text and attributes are escaped in one
//!    place (`escape`), addresses pass one check (`links`), and every closing tag comes from the emitter's own stack.
//! 2. `to_safe_html` (feature `sanitizer`, server only) reads that HTML again with an independent allow-list. It
//!    always runs, and it changes no byte of what the first wall lets through, so preview and page agree. One exception
//!    is known: a link to an internationalised host name that is invalid for reasons only its full tables tell.
//!
//! With feature `highlight` (server only) `to_safe_html` also colours code. The browser's preview has the same HTML
//! without the colours: tables for sixty languages are too much to load for it.
//!
//! All functions take any input without panicking and do work in proportion to its length. Nesting deeper than a
//! reader could follow is flattened, so that no browser, feed reader or sanitiser meets a tower of elements.
//!
//! What must not live here: I/O, clocks, project settings, and anything that needs a regular expression.

mod alerts;
mod anchors;
mod autolinks;
mod braces;
mod buttons;
mod embeds;
mod emitter;
mod escape;
mod footnotes;
#[cfg(feature = "sanitizer")]
mod foreign;
#[cfg(feature = "highlight")]
mod highlight;
mod languages;
mod links;
mod media;
mod pictures;
mod plain;
#[cfg(feature = "sanitizer")]
mod sanitize;
mod source;
mod tables;

pub use embeds::EMBED_ORIGINS;
#[cfg(feature = "sanitizer")]
pub use foreign::clean_html;
pub use plain::{EXCERPT_CHARACTERS, excerpt, plain_text};
#[cfg(feature = "sanitizer")]
pub use sanitize::{is_canonical, sanitize, to_safe_html};

/// Where the HTML will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options<'a> {
    /// The deepest heading level that the surrounding page already uses, 0 to 5.
    ///
    /// With 0, levels stay as written. Otherwise the text's outline starts one level below, without gaps: under a
    /// page title (`1`) both `## Fixed` and `### Fixed` become `h2`, and what stands below them `h3`. From 2 on the
    /// text is one of many on the page, and headings get no links to themselves: such a page soon shows other texts.
    pub heading_offset: u8,
    /// Start of every `id`, so that several texts fit on one page and none can hide a name that a script looks up.
    ///
    /// ASCII letters, digits, `-` and `_`, starting with a letter; a missing `-` at the end is added. Unusable values
    /// become the default, `md-`.
    pub id_prefix: &'a str,
    /// The absolute `http` or `https` address of the page, for feeds and mails: relative addresses and jumps within the
    /// text become absolute, and what needs our scripts and style sheets (colours of code, the button that copies it,
    /// links of headings to themselves) is left out. `None` leaves addresses relative; so does a value that is not such
    /// an address.
    pub absolute_base: Option<&'a str>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { heading_offset: 0, id_prefix: anchors::DEFAULT_PREFIX, absolute_base: None }
    }
}

/// Renders Markdown as HTML with default [`Options`].
pub fn to_html(source: &str) -> String {
    render(source, &Options::default())
}

/// Renders Markdown as HTML. On the server use `to_safe_html`, which adds the second wall.
pub fn render(source: &str, options: &Options<'_>) -> String {
    render_with(source, options, 0)
}

/// Renders, with up to `highlight` bytes of code in colour.
fn render_with(source: &str, options: &Options<'_>, highlight: usize) -> String {
    let source = source::normalize(source);
    if let Some(document) = alerts::presume(&source) {
        let (html, markers) = emitter::emit(&document, options, highlight);
        if markers == document.markers() {
            return html;
        }
    }
    emitter::emit(&alerts::prepare(&source), options, highlight).0
}
