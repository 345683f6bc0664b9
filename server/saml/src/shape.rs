//! What an answer may look like before it is parsed. Every parser has inputs that cost it much more than their length;
//! they need nesting, attributes, or names in numbers that no identity provider sends.

use crate::Refusal;

/// Deeper than any answer: a signature nests eight elements.
const MAX_DEPTH: usize = 32;
const MAX_ATTRIBUTES: usize = 32;
const MAX_TAGS: usize = 20_000;
/// Prefixes that stand for something at one place: parsers compare each with each, for every element.
const MAX_NAMESPACES: usize = 32;

/// Refuses what no answer needs.
pub(crate) fn check(xml: &str) -> Result<(), Refusal> {
    let mut rest = xml.trim_start_matches('\u{feff}');
    // The declaration may stand at the very beginning only.
    if rest.strip_prefix("<?xml").is_some_and(|after| after.starts_with(|c: char| c.is_ascii_whitespace())) {
        rest = rest.split_once("?>").ok_or(Refusal::Malformed)?.1;
    }
    let mut tags = 0;
    // Of each open element, how many namespaces it declares.
    let mut open: Vec<usize> = Vec::new();
    // In well-formed XML a `<` stands nowhere but at the beginning of markup.
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        tags += 1;
        if tags > MAX_TAGS {
            return Err(Refusal::Shape("too many elements"));
        }
        match rest.as_bytes().first() {
            // Comments, CDATA, document types with their entities.
            Some(b'!') => return Err(Refusal::Shape("a comment, a CDATA section or a document type")),
            Some(b'?') => return Err(Refusal::Shape("a processing instruction")),
            Some(b'/') => drop(open.pop()),
            _ => {
                let tag = Tag::read(rest)?;
                if tag.attributes > MAX_ATTRIBUTES {
                    return Err(Refusal::Shape("too many attributes"));
                }
                if open.iter().sum::<usize>() + tag.namespaces > MAX_NAMESPACES {
                    return Err(Refusal::Shape("too many namespaces"));
                }
                if !tag.empty {
                    open.push(tag.namespaces);
                }
                if open.len() > MAX_DEPTH {
                    return Err(Refusal::Shape("too deeply nested elements"));
                }
                rest = &rest[tag.length..];
            }
        }
    }
    Ok(())
}

/// What stands between `<` and `>`.
struct Tag {
    length: usize,
    attributes: usize,
    namespaces: usize,
    empty: bool,
}

impl Tag {
    fn read(text: &str) -> Result<Tag, Refusal> {
        let (mut quote, mut attributes, mut namespaces, mut last) = (None, 0, 0, b' ');
        for (length, &byte) in text.as_bytes().iter().enumerate() {
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'=') => attributes += 1,
                (None, b'x') if last.is_ascii_whitespace() && text[length..].starts_with("xmlns") => namespaces += 1,
                (None, b'>') => return Ok(Tag { length, attributes, namespaces, empty: last == b'/' }),
                (None, _) => {}
            }
            last = byte;
        }
        Err(Refusal::Malformed)
    }
}
