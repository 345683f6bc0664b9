//! Exclusive XML Canonicalization 1.0 (<https://www.w3.org/TR/xml-exc-c14n/>) of an element with all it holds, but one
//! child. [`crate::shape`] has refused comments and processing instructions, so both variants of the form are the same
//! here.
//!
//! Nothing rests on this being right but that honest answers are accepted: the bytes count only if their digest was
//! signed, and whoever believes them reads them, not the document.

use std::collections::BTreeMap;

use roxmltree::{Attribute, Document, Node};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// How a list of prefixes calls the namespace that has none.
const DEFAULT: &str = "#default";

/// Namespaces by prefix, as an ancestor has written them. The default namespace has the empty prefix.
type Written<'a> = BTreeMap<&'a str, &'a str>;

/// Writes `apex` without its child `omitted`. Namespaces of `inclusive` are written even where nothing visible uses
/// them.
pub(crate) fn write(apex: Node, omitted: Option<Node>, inclusive: &[String]) -> String {
    let mut out = String::with_capacity(apex.range().len());
    Writer { document: apex.document(), omitted, inclusive }.element(apex, &Written::new(), &mut out);
    out
}

struct Writer<'a, 'i> {
    document: &'a Document<'i>,
    omitted: Option<Node<'a, 'i>>,
    inclusive: &'a [String],
}

impl<'a> Writer<'a, '_> {
    fn element(&self, node: Node<'a, '_>, outside: &Written<'a>, out: &mut String) {
        let name = self.name(node);
        let mut attributes: Vec<Attribute> = node.attributes().collect();
        attributes.sort_by_key(|attribute| (attribute.namespace().unwrap_or_default(), attribute.name()));

        let mut wanted: Vec<&str> = vec![prefix(name)];
        for attribute in &attributes {
            // An attribute without prefix has no namespace, whatever the default is.
            match prefix(self.qualified(attribute)) {
                "" => {}
                prefix => wanted.push(prefix),
            }
        }
        for listed in self.inclusive {
            let listed = if listed == DEFAULT { "" } else { listed.as_str() };
            if listed.is_empty() || in_scope(node, listed).is_some() {
                wanted.push(listed);
            }
        }
        wanted.sort_unstable();
        wanted.dedup();

        let mut inside = outside.clone();
        out.push('<');
        out.push_str(name);
        for prefix in wanted.into_iter().filter(|&prefix| prefix != "xml") {
            let uri = in_scope(node, prefix).unwrap_or_default();
            if inside.get(prefix).copied().unwrap_or_default() == uri {
                continue;
            }
            inside.insert(prefix, uri);
            out.push_str(" xmlns");
            if !prefix.is_empty() {
                out.push(':');
                out.push_str(prefix);
            }
            value(uri, out);
        }
        for attribute in &attributes {
            out.push(' ');
            out.push_str(self.qualified(attribute));
            value(attribute.value(), out);
        }
        out.push('>');
        for child in node.children() {
            if Some(child) == self.omitted {
                continue;
            }
            if child.is_element() {
                self.element(child, &inside, out);
            } else if child.is_text() {
                text(child.text().unwrap_or_default(), out);
            }
        }
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }

    /// The name as it was written, with its prefix: the tree keeps only what the prefix stands for.
    fn name(&self, node: Node<'a, '_>) -> &'a str {
        let written = self.source().get(node.range()).unwrap_or_default();
        let written = written.strip_prefix('<').unwrap_or(written);
        written.split(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').next().unwrap_or_default()
    }

    fn qualified(&self, attribute: &Attribute) -> &'a str {
        self.source().get(attribute.range_qname()).unwrap_or_default()
    }

    fn source(&self) -> &'a str {
        self.document.input_text()
    }
}

fn prefix(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

/// What a prefix stands for at this place; the empty prefix is the default namespace.
fn in_scope<'a>(node: Node<'a, '_>, prefix: &str) -> Option<&'a str> {
    if prefix == "xml" {
        return Some(XML);
    }
    let prefix = if prefix.is_empty() { None } else { Some(prefix) };
    node.lookup_namespace_uri(prefix)
}

pub(crate) fn value(text: &str, out: &mut String) {
    out.push_str("=\"");
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
    out.push('"');
}

pub(crate) fn text(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
}
