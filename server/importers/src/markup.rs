//! HTML as feeds and web pages have it, made into Markdown. What Markdown has no form for falls away and its text stays.
//!
//! The text is read tag by tag, as browsers do, and never nested deeper than a few levels, whatever it says. Nothing of
//! the HTML itself gets into the result: it is Markdown, which is made safe where it is shown.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use url::Url;

mod writer;

use writer::Writer;

/// Markdown of a piece of HTML, with its top headings at level 2. `base` completes relative addresses; without it they
/// lose their link.
pub(crate) fn to_markdown(html: &str, base: Option<&Url>) -> String {
    let writer = RefCell::new(Writer::new(base.cloned()));
    read(html, |token| writer.borrow_mut().take(token));
    writer.into_inner().finish()
}

/// Whether there is a tag in the text.
pub(crate) fn has_tags(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let rest = text.get(at + 1..).unwrap_or_default();
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!')
    })
}

/// The text of a piece of HTML without its tags, in one line.
pub(crate) fn to_line(html: &str) -> String {
    let line = RefCell::new(String::new());
    read(html, |token| match token {
        Token::CharacterTokens(text) => line.borrow_mut().push_str(&text),
        Token::TagToken(tag) if is_block(&tag.name) => line.borrow_mut().push(' '),
        _ => {}
    });
    crate::plain::squeeze(&line.into_inner()).into_owned()
}

/// A text without tags, with its character references (`&amp;`) resolved.
pub(crate) fn to_text(html: &str) -> String {
    let text = RefCell::new(String::new());
    read(html, |token| {
        if let Token::CharacterTokens(some) = token {
            text.borrow_mut().push_str(&some);
        }
    });
    text.into_inner()
}

/// The feed that a web page names in its head: the first one, as it is written there.
pub fn named_feed(page: &str) -> Option<String> {
    let found = RefCell::new(None);
    read(page, |token| {
        let Token::TagToken(tag) = token else { return };
        if tag.kind != TagKind::StartTag || &*tag.name != "link" || found.borrow().is_some() {
            return;
        }
        let is_other = attribute(&tag, "rel")
            .is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("alternate")));
        let is_feed = attribute(&tag, "type").is_some_and(|kind| {
            let kind = kind.trim().to_ascii_lowercase();
            matches!(kind.as_str(), "application/rss+xml" | "application/atom+xml" | "application/feed+json")
        });
        if is_other && is_feed {
            *found.borrow_mut() = attribute(&tag, "href").filter(|href| !href.trim().is_empty());
        }
    });
    found.into_inner()
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| attribute.value.to_string())
}

/// Whether an element stands on lines of its own.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "br"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "html"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

struct Sink<F>(RefCell<F>);

impl<F: FnMut(Token)> TokenSink for Sink<F> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let raw = match &token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag && !tag.self_closing => match &*tag.name {
                "script" => Some(RawKind::ScriptData),
                "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
                "title" | "textarea" => Some(RawKind::Rcdata),
                _ => None,
            },
            _ => None,
        };
        (self.0.borrow_mut())(token);
        raw.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }
}

fn read(html: &str, take: impl FnMut(Token)) {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Sink(RefCell::new(take)), TokenizerOpts::default());
    // A sink without scripts never makes it stop before the end.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
}
