//! Words with their marks.

use super::tree::{Element, Node};
use percent_encoding::percent_decode_str;

/// How a piece of text looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Style {
    link: Option<String>,
    bold: bool,
    italic: bool,
    strike: bool,
    code: bool,
    /// Headings are bold by themselves.
    is_heading: bool,
}

/// One mark; a link holds its address.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Link(String),
    Sign(&'static str),
}

impl Style {
    pub fn heading() -> Self {
        Self { is_heading: true, ..Self::default() }
    }

    /// From the outside in.
    fn marks(&self) -> Vec<Mark> {
        let signs = [(self.bold, "**"), (self.italic, "*"), (self.strike, "~~"), (self.code, "`")];
        let link = self.link.clone().map(Mark::Link);
        link.into_iter().chain(signs.into_iter().filter(|(on, _)| *on).map(|(_, sign)| Mark::Sign(sign))).collect()
    }

    /// The style of what stands in `element`.
    pub fn within(&self, element: &Element) -> Self {
        let mut style = self.clone();
        match element.tag.as_str() {
            "b" | "strong" => style.bold = true,
            "i" | "em" | "cite" => style.italic = true,
            "s" | "del" | "strike" => style.strike = true,
            "code" | "kbd" | "samp" | "tt" => style.code = true,
            "a" => style.link = element.attribute("href").and_then(address).or(style.link),
            _ => {}
        }
        match element.style("font-weight").as_deref() {
            Some("bold" | "bolder") => style.bold = true,
            Some("normal" | "lighter") => style.bold = false,
            Some(weight) => {
                if let Ok(weight) = weight.parse::<u32>() {
                    style.bold = weight >= 600;
                }
            }
            None => {}
        }
        match element.style("font-style").as_deref() {
            Some("italic" | "oblique") => style.italic = true,
            Some("normal") => style.italic = false,
            _ => {}
        }
        let line = element.style("text-decoration").or_else(|| element.style("text-decoration-line"));
        style.strike |= line.is_some_and(|line| line.contains("line-through"));
        if style.is_heading {
            style.bold = false;
        }
        style
    }
}

/// An address that may stand in a text, without the redirects that word processors put around it.
fn address(href: &str) -> Option<String> {
    let href = href.trim();
    if let Some((_, query)) = href.split_once("google.com/url?")
        && let Some(target) = query.split('&').find_map(|pair| pair.strip_prefix("q="))
    {
        return address(&percent_decode_str(target).decode_utf8_lossy());
    }
    let is_known = ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| {
        href.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) && href.len() > scheme.len()
    });
    (is_known && !href.contains(['\n', '\r'])).then(|| href.to_owned())
}

/// As it stands in `](…)`.
fn written(address: &str) -> String {
    if address.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>')) {
        format!("<{}>", address.replace('<', "%3C").replace('>', "%3E"))
    } else {
        address.to_owned()
    }
}

/// A piece of text in one style, ready to be written; pictures and line breaks are pieces of their own.
struct Piece {
    text: String,
    style: Style,
}

/// The Markdown of inline nodes, and whether it has anything that plain text has not.
pub(super) fn write(nodes: &[Node], style: Style) -> (String, bool) {
    let mut pieces = Vec::new();
    collect(nodes, &style, &mut pieces);
    let pieces = tidy(pieces);
    let is_rich = pieces.iter().any(|piece| !piece.style.marks().is_empty() || piece.text.starts_with("!["));
    (join(&pieces), is_rich)
}

fn collect(nodes: &[Node], style: &Style, pieces: &mut Vec<Piece>) {
    for node in nodes {
        match node {
            Node::Text(text) => pieces.push(Piece { text: text.clone(), style: style.clone() }),
            Node::Element(element) => match element.tag.as_str() {
                "br" => pieces.push(Piece { text: "\n".to_owned(), style: Style::default() }),
                "img" => {
                    if let Some(source) = element.attribute("src").and_then(address) {
                        let alt = element.attribute("alt").unwrap_or_default().replace(['[', ']', '\n'], " ");
                        let text = format!("![{}]({})", alt.trim(), written(&source));
                        pieces.push(Piece { text, style: Style { link: style.link.clone(), ..Style::default() } });
                    }
                }
                "input" => {}
                _ => collect(&element.children, &style.within(element), pieces),
            },
        }
    }
}

/// White space collapsed and moved out of marks, so that each mark stands at a word; equal neighbours joined.
fn tidy(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut split: Vec<Piece> = Vec::new();
    for piece in pieces {
        if piece.text == "\n" {
            split.push(piece);
            continue;
        }
        let text: String = piece.text.chars().map(|c| if c == '\u{a0}' { ' ' } else { c }).collect();
        let is_space = |c: char| matches!(c, ' ' | '\n' | '\t' | '\r');
        let words = text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let space = || Piece { text: " ".to_owned(), style: Style::default() };
        if text.starts_with(is_space) {
            split.push(space());
        }
        if words.is_empty() {
            continue;
        }
        split.push(Piece { text: words, style: piece.style });
        if text.ends_with(is_space) {
            split.push(space());
        }
    }
    let mut tidied: Vec<Piece> = Vec::new();
    for at in 0..split.len() {
        let Some(piece) = split.get(at) else { continue };
        let before = tidied.last();
        if piece.text == " " {
            let at_edge = before.is_none_or(|before| before.text.ends_with([' ', '\n']));
            let next = split[at + 1..].iter().find(|next| next.text != " ");
            if at_edge || next.is_none_or(|next| next.text == "\n") {
                continue;
            }
            // A space between two pieces has what both have.
            let style = match (before, next) {
                (Some(before), Some(next)) if before.style == next.style => before.style.clone(),
                (Some(before), Some(next)) => Style {
                    link: before.style.link.clone().filter(|link| Some(link) == next.style.link.as_ref()),
                    bold: before.style.bold && next.style.bold,
                    italic: before.style.italic && next.style.italic,
                    strike: before.style.strike && next.style.strike,
                    code: false,
                    is_heading: false,
                },
                _ => Style::default(),
            };
            tidied.push(Piece { text: " ".to_owned(), style });
        } else {
            tidied.push(Piece { text: piece.text.clone(), style: piece.style.clone() });
        }
    }
    let mut joined: Vec<Piece> = Vec::new();
    for piece in tidied {
        match joined.last_mut() {
            Some(last) if last.style == piece.style && piece.text != "\n" && last.text != "\n" => {
                last.text.push_str(&piece.text);
            }
            _ => joined.push(piece),
        }
    }
    // Breaks at the ends break nothing.
    while joined.last().is_some_and(|piece| piece.text == "\n") {
        joined.pop();
    }
    let first = joined.iter().position(|piece| piece.text != "\n").unwrap_or(joined.len());
    joined.drain(..first);
    joined
}

fn join(pieces: &[Piece]) -> String {
    let mut text = String::new();
    let mut open: Vec<Mark> = Vec::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        at += 1;
        if piece.text == "\n" {
            let count = 1 + pieces[at..].iter().take_while(|next| next.text == "\n").count();
            at += count - 1;
            close(&mut text, &mut open, 0);
            // Two breaks in a row are how some editors write a new paragraph.
            text.push_str(if count > 1 { "\n\n" } else { "\\\n" });
            continue;
        }
        let wanted = piece.style.marks();
        let same = open.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
        close(&mut text, &mut open, same);
        // A link whose text is its address needs no brackets.
        if let [Mark::Link(address)] = &wanted[same..]
            && (*address == piece.text || *address == format!("mailto:{}", piece.text))
        {
            text.push_str(&piece.text);
            continue;
        }
        for mark in &wanted[same..] {
            match mark {
                Mark::Link(_) => text.push('['),
                Mark::Sign("`") => text.push_str(code_sign(&piece.text)),
                Mark::Sign(sign) => text.push_str(sign),
            }
            open.push(mark.clone());
        }
        if piece.style.code {
            let sign = code_sign(&piece.text);
            let pad = if sign.len() > 1 { " " } else { "" };
            text.push_str(pad);
            text.push_str(&piece.text);
            text.push_str(pad);
            // Code is closed with the same number of signs, whatever follows.
            text.push_str(sign);
            open.pop();
        } else if piece.text.starts_with("![") && piece.style.link.is_none() {
            text.push_str(&piece.text);
        } else {
            let at_start = text.is_empty() || text.ends_with('\n');
            text.push_str(&escape(&piece.text, at_start));
        }
    }
    close(&mut text, &mut open, 0);
    text
}

fn code_sign(code: &str) -> &'static str {
    if code.contains('`') { "``" } else { "`" }
}

fn close(text: &mut String, open: &mut Vec<Mark>, keep: usize) {
    while open.len() > keep {
        match open.pop() {
            Some(Mark::Link(address)) => {
                text.push_str("](");
                text.push_str(&written(&address));
                text.push(')');
            }
            Some(Mark::Sign(sign)) => text.push_str(sign),
            None => {}
        }
    }
}

/// Text whose signs would otherwise be read as Markdown; no more than that, because people go on writing in it.
pub(super) fn escape(text: &str, at_start: bool) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut rest = text;
    if at_start {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let marks = ["# ", "## ", "### ", "#### ", "- ", "+ ", "> ", "-# ", ":::", "---", "==="];
        if marks.iter().any(|mark| text.starts_with(mark)) {
            escaped.push('\\');
            let first = text.chars().next().map_or(0, char::len_utf8);
            escaped.push_str(&text[..first]);
            rest = &text[first..];
        } else if (1..=9).contains(&digits) && (text[digits..].starts_with(". ") || text[digits..].starts_with(") ")) {
            escaped.push_str(&text[..digits]);
            escaped.push('\\');
            escaped.push_str(&text[digits..digits + 1]);
            rest = &text[digits + 1..];
        }
    }
    let mut before = escaped.chars().next_back();
    let mut characters = rest.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        let needs = match character {
            '*' | '`' => true,
            '\\' => next.is_some_and(|next| next.is_ascii_punctuation()),
            // Inside a word an underscore is only itself.
            '_' => !(before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric)),
            '~' => next == Some('~'),
            ']' => matches!(next, Some('(' | '[')),
            _ => false,
        };
        if needs {
            escaped.push('\\');
        }
        escaped.push(character);
        before = Some(character);
    }
    escaped
}
