//! Reading HTML strictly: is this exactly what a browser, too, would understand it to be?
//!
//! The reader knows no error recovery. Whatever a browser might read in more than one way is refused: an attribute
//! without quotes, a character that should have been escaped, an end tag that does not match, a block within a
//! paragraph, a link within a link. Every byte is looked at a constant number of times.

use super::rules::{self, Content, Element, Place, Values};

/// More open elements than the emitter ever needs; browsers stop at 512.
const MAX_DEPTH: usize = 250;

/// True if the HTML holds only what is on the list, in the only form that every parser reads alike.
pub fn is_canonical(html: &str) -> bool {
    Reader { open: Vec::with_capacity(16), links: 0 }.read(html).is_some()
}

struct Reader {
    open: Vec<&'static Element>,
    /// Open links: they do not nest, not even with something between them.
    links: usize,
}

impl Reader {
    fn read(mut self, html: &str) -> Option<()> {
        let mut rest = html;
        loop {
            let end = rest.bytes().position(|b| b == b'<').unwrap_or(rest.len());
            let (text, tag) = rest.split_at(end);
            self.text(text)?;
            let Some(tag) = tag.strip_prefix('<') else {
                return self.open.is_empty().then_some(());
            };
            rest = match tag.strip_prefix('/') {
                Some(name) => self.end(name)?,
                None => self.start(tag)?,
            };
        }
    }

    fn text(&self, text: &str) -> Option<()> {
        if text.is_empty() {
            return Some(());
        }
        let content = self.open.last().map_or(Content::Blocks, |element| element.content);
        match content {
            Content::Blocks | Content::Inline | Content::Text | Content::Figure => {
                is_escaped(text, false).then_some(())
            }
            Content::Items => text.bytes().all(|b| b == b'\n').then_some(()),
            // Between the parts of a table text would be moved out of it, line feeds aside.
            Content::Groups | Content::Rows | Content::Cells => text.bytes().all(|b| b == b'\n').then_some(()),
            Content::Code | Content::Void => None,
        }
    }

    fn end<'h>(&mut self, html: &'h str) -> Option<&'h str> {
        let element = self.open.pop()?;
        if element.name == "a" {
            self.links -= 1;
        }
        html.strip_prefix(element.name)?.strip_prefix('>')
    }

    fn start<'h>(&mut self, html: &'h str) -> Option<&'h str> {
        let end = html.bytes().position(|b| !b.is_ascii_lowercase() && !b.is_ascii_digit())?;
        let (name, mut rest) = html.split_at(end);
        let element = rules::find(name)?;
        self.may_stand(element)?;
        let mut seen = 0_u32;
        while let Some(attribute) = rest.strip_prefix(' ') {
            rest = read_attribute(element, attribute, &mut seen)?;
        }
        rest = rest.strip_prefix('>')?;
        if element.content != Content::Void {
            if self.open.len() >= MAX_DEPTH {
                return None;
            }
            self.links += usize::from(element.name == "a");
            self.open.push(element);
        }
        Some(rest)
    }

    fn may_stand(&self, element: &Element) -> Option<()> {
        let content = self.open.last().map_or(Content::Blocks, |parent| parent.content);
        let fits = match content {
            Content::Blocks => matches!(element.place, Place::Block | Place::Inline),
            Content::Figure => matches!(element.place, Place::Block | Place::Inline | Place::Caption),
            Content::Inline => element.place == Place::Inline,
            Content::Code => element.name == "code",
            Content::Items => element.place == Place::Item,
            Content::Groups => element.place == Place::Group,
            Content::Rows => element.place == Place::Row,
            Content::Cells => element.place == Place::Cell,
            Content::Text | Content::Void => false,
        };
        // Neither a link nor a button may be anywhere within a link.
        let nests = self.links > 0 && matches!(element.name, "a" | "button");
        (fits && !nests).then_some(())
    }
}

/// Reads `name="value"` and returns what follows. `seen` has a bit for each attribute of the element.
fn read_attribute<'h>(element: &Element, html: &'h str, seen: &mut u32) -> Option<&'h str> {
    let (name, rest) = html.split_once("=\"")?;
    let index = element.attributes.iter().position(|(known, _)| *known == name)?;
    if *seen & (1 << index) != 0 {
        return None;
    }
    *seen |= 1 << index;
    let end = rest.bytes().position(|b| b == b'"')?;
    let (value, rest) = rest.split_at(end);
    let allowed = match &element.attributes[index].1 {
        Values::Of(values) => values.contains(&value),
        Values::Free => match name {
            "href" | "src" => is_address(value) && rules::allows(element.name, name, value),
            // Its only special character.
            "data-embed" => rules::allows(element.name, name, &value.replace("&amp;", "&")),
            _ => is_escaped(value, true) && rules::allows(element.name, name, value),
        },
    };
    if allowed { rest.strip_prefix('"') } else { None }
}

/// True if every special character is escaped as the HTML standard's serialiser does it, and nothing else is.
fn is_escaped(text: &str, quotes: bool) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(skipped) = bytes[at..].iter().position(|&b| SPECIAL[usize::from(b)]) {
        at += skipped;
        let rest = &bytes[at..];
        let reference = |names: &[&str]| names.iter().find(|name| rest.starts_with(name.as_bytes())).map(|n| n.len());
        at += match rest[0] {
            b'&' => match reference(&["&amp;", "&lt;", "&gt;", "&nbsp;"])
                .or_else(|| reference(&["&quot;"]).filter(|_| quotes))
            {
                Some(length) => length,
                None => return false,
            },
            b'"' if !quotes => 1,
            // A no-break space is C2 A0 and must be a reference; C2 80 to C2 9F are control characters.
            0xC2 if rest.get(1).is_some_and(|&next| next > 0xA0) => 2,
            // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
            0xEF if !matches!(rest.get(1..3), Some([0xBF, 0xBE | 0xBF])) => 3,
            _ => return false,
        };
    }
    true
}

/// Bytes that `is_escaped` has to look at.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 32 {
        table[byte] = true;
        byte += 1;
    }
    table[b'\t' as usize] = false;
    table[b'\n' as usize] = false;
    table[0x7F] = true;
    table[b'&' as usize] = true;
    table[b'<' as usize] = true;
    table[b'>' as usize] = true;
    table[b'"' as usize] = true;
    table[0xC2] = true;
    table[0xEF] = true;
    table
};

/// True for a jump within the page, or an address that needs no decoding beyond `&amp;`, and whose host, if it has one, is plain ASCII.
fn is_address(value: &str) -> bool {
    if let Some(id) = value.strip_prefix('#')
        && id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    {
        return true;
    }
    if !value
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'`' | b'{' | b'}' | b'|' | b'^'))
    {
        return false;
    }
    // `&` stands for itself in no other way, so nothing else can be hidden by a reference.
    if value.match_indices('&').any(|(at, _)| !value[at..].starts_with("&amp;")) {
        return false;
    }
    let Some(at) = value.find([':', '/', '?', '#']).filter(|&at| value.as_bytes()[at] == b':') else {
        return !value.starts_with("//");
    };
    let (scheme, rest) = (&value[..at], &value[at + 1..]);
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    if is("mailto") || is("tel") || is("data") {
        return !rest.starts_with('/');
    }
    (is("http") || is("https")) && rest.strip_prefix("//").is_some_and(has_plain_host)
}

/// True if a host name follows that no URL parser could understand as anything else.
fn has_plain_host(rest: &str) -> bool {
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let is_label = |label: &str| {
        // An `xn--` label would be decoded and checked.
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && label.as_bytes().get(2..4).is_none_or(|marker| marker != b"--")
    };
    let last_has_letter =
        host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()));
    host.split('.').all(is_label)
        && last_has_letter
        && (port.is_empty() || (port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()))
}
