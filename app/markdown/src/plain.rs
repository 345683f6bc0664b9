//! Markdown without its markup: excerpts for lists, words for search.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::braces::Braces;
use crate::emitter::{is_comment, without_leading_comments};
use crate::source::{self, dialect};

/// Most characters (Unicode scalar values) of an excerpt, the dots at its end included.
pub const EXCERPT_CHARACTERS: usize = 300;

const DOTS: &str = "...";

/// The beginning of a text for lists: one line of plain text of at most [`EXCERPT_CHARACTERS`].
///
/// Code blocks, pictures, footnotes, HTML tags, alert markers and embeds are left out; button labels stay. A longer text
/// is cut at its last space if that lies in the last fifth, else between two characters, and ends in `...`.
pub fn excerpt(source: &str) -> String {
    let mut words = Words::new(Purpose::Excerpt);
    words.read(source);
    let text = words.out;
    if words.characters <= EXCERPT_CHARACTERS {
        return text;
    }
    let room = EXCERPT_CHARACTERS - DOTS.len();
    let byte = |characters| text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    let full = &text[..byte(room)];
    let cut = match full.rfind(' ') {
        Some(space) if space > byte(EXCERPT_CHARACTERS * 4 / 5) => &full[..space],
        _ => whole_characters(full, &text[full.len()..]),
    };
    let cut = cut.trim_end();
    format!("{cut}{DOTS}")
}

/// The words of a text for search: one line with everything a reader sees, code and picture descriptions included.
pub fn plain_text(source: &str) -> String {
    let mut words = Words::new(Purpose::Search);
    words.read(source);
    words.out
}

/// Shortens `head` so that no accent, emoji variant or joined emoji is parted from what it belongs to.
fn whole_characters<'t>(head: &'t str, tail: &str) -> &'t str {
    const JOINER: char = '\u{200D}';
    let attaches = |c: char| {
        matches!(c, '\u{300}'..='\u{36F}' | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}') || c == JOINER
    };
    let mut end = head.len();
    let mut next = tail.chars().next();
    for (at, c) in head.char_indices().rev() {
        if !next.is_some_and(attaches) && c != JOINER {
            return &head[..end];
        }
        (end, next) = (at, Some(c));
    }
    // A whole text of attachments has no better place to cut.
    head
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Excerpt,
    Search,
}

/// Which options may come next.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Options {
    #[default]
    None,
    /// Of a button or an embed.
    Words,
    /// Of a picture.
    Attributes,
}

struct Words {
    purpose: Purpose,
    out: String,
    characters: usize,
    /// White space was read since the last character.
    gap: bool,
    /// Depth inside a part that is left out.
    skipped: usize,
    /// The rest of an alert marker's line is left out.
    skip_line: bool,
    line_start: bool,
    /// A link was just opened: its text may name a button or an embed.
    link_start: bool,
    /// What just ended, if options in braces may follow it.
    options: Options,
    /// The link being read is a button or an embed.
    is_extension: bool,
    /// The captions of the pictures being read.
    captions: Vec<String>,
    html: String,
}

impl Words {
    fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            out: String::new(),
            characters: 0,
            gap: false,
            skipped: 0,
            skip_line: false,
            line_start: true,
            link_start: false,
            options: Options::None,
            is_extension: false,
            captions: Vec::new(),
            html: String::new(),
        }
    }

    fn read(&mut self, source: &str) {
        let source = source::normalize(source);
        for event in Parser::new_ext(&source, dialect()) {
            self.event(event);
            if self.purpose == Purpose::Excerpt && self.characters > EXCERPT_CHARACTERS {
                return;
            }
        }
    }

    fn event(&mut self, event: Event<'_>) {
        if self.skipped > 0 {
            match event {
                Event::Start(_) => self.skipped += 1,
                Event::End(end) => {
                    self.skipped -= 1;
                    self.options = match end {
                        _ if self.skipped > 0 => Options::None,
                        TagEnd::Image => Options::Attributes,
                        _ => Options::Words,
                    };
                }
                _ => {}
            }
            return;
        }
        let was_link_start = std::mem::take(&mut self.link_start);
        let was_options = std::mem::take(&mut self.options);
        match event {
            Event::Text(text) => self.text(&text, was_link_start, was_options),
            Event::Code(code) => self.inline(&code),
            Event::InlineHtml(html) if self.purpose == Purpose::Search && !is_comment(&html) => self.inline(&html),
            Event::Html(html) => self.html.push_str(&html),
            Event::Start(Tag::CodeBlock(_) | Tag::Image { .. } | Tag::FootnoteDefinition(_))
                if self.purpose == Purpose::Excerpt =>
            {
                self.gap = true;
                self.skipped = 1;
            }
            Event::Start(Tag::Image { title, .. }) => self.captions.push(title.into_string()),
            Event::Start(Tag::Link { .. }) => {
                self.link_start = true;
                self.is_extension = false;
            }
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => {}
            Event::End(TagEnd::Image) => {
                self.options = Options::Attributes;
                if let Some(caption) = self.captions.pop().filter(|caption| !caption.is_empty()) {
                    self.gap = true;
                    self.inline(&plain_text(&caption));
                    self.gap = true;
                }
            }
            Event::End(end) if is_inline(end) => {
                self.options = if self.is_extension { Options::Words } else { Options::None };
                self.is_extension = false;
            }
            Event::End(TagEnd::HtmlBlock) => self.html_block(),
            Event::Start(_) | Event::End(_) | Event::SoftBreak | Event::HardBreak | Event::Rule => self.new_line(),
            _ => {}
        }
    }

    fn new_line(&mut self) {
        self.gap = true;
        self.line_start = true;
        self.skip_line = false;
    }

    fn text(&mut self, text: &str, link_start: bool, options: Options) {
        let mut text = text;
        if link_start && let Some(label) = text.strip_prefix("button:") {
            self.is_extension = true;
            text = label;
        } else if link_start && text.starts_with("embed:") {
            self.skipped = 1;
            return;
        }
        let braces = match options {
            Options::None => None,
            Options::Words => Braces::at_start(text),
            Options::Attributes => Braces::attributes(text),
        };
        if let Some(braces) = braces {
            text = &text[braces.len()..];
        }
        if self.line_start && text.starts_with(":::") {
            match self.purpose {
                Purpose::Excerpt => self.skip_line = true,
                Purpose::Search => text = text.trim_start_matches(':'),
            }
        } else if self.line_start
            && let Some(subtext) = text.strip_prefix("-# ")
        {
            text = subtext;
        }
        self.inline(text);
    }

    fn inline(&mut self, text: &str) {
        self.line_start = false;
        if self.skip_line {
            return;
        }
        for c in text.chars() {
            if c.is_whitespace() {
                self.gap = true;
            } else if !source::is_forbidden(c) {
                if std::mem::take(&mut self.gap) && !self.out.is_empty() {
                    self.out.push(' ');
                    self.characters += 1;
                }
                self.out.push(c);
                self.characters += 1;
            }
        }
    }

    fn html_block(&mut self) {
        self.new_line();
        let html = std::mem::take(&mut self.html);
        let html = without_leading_comments(html.trim());
        match self.purpose {
            Purpose::Search => self.inline(html),
            Purpose::Excerpt => self.without_tags(html),
        }
        self.new_line();
    }

    /// Adds the text between HTML tags and comments.
    fn without_tags(&mut self, mut html: &str) {
        while let Some((before, tag)) = html.split_once('<') {
            self.inline(before);
            self.gap = true;
            let end = if tag.starts_with("!--") { "-->" } else { ">" };
            let Some((_, after)) = tag.split_once(end) else {
                return;
            };
            html = after;
        }
        self.inline(html);
    }
}

fn is_inline(end: TagEnd) -> bool {
    matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link)
}
