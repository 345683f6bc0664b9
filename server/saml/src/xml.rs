//! Reading a document strictly: who asks for one child gets one, and never the first of several.

use roxmltree::{Document, Node, ParsingOptions};

use crate::Refusal;

pub(crate) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(crate) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(crate) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// More than [`crate::shape`] lets through: a text before and after each tag.
const MAX_NODES: u32 = 50_000;

pub(crate) fn parse(text: &str) -> Result<Document<'_>, Refusal> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|_| Refusal::Malformed)
}

pub(crate) fn is(node: Node, namespace: &str, name: &str) -> bool {
    node.is_element() && node.tag_name().namespace() == Some(namespace) && node.tag_name().name() == name
}

pub(crate) fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

pub(crate) fn named<'a, 'i>(node: Node<'a, 'i>, namespace: &str, name: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    elements(node).filter(move |child| is(*child, namespace, name))
}

/// The child with this name, if there is one; an error if there are more.
pub(crate) fn at_most_one<'a, 'i>(
    node: Node<'a, 'i>,
    namespace: &str,
    name: &str,
) -> Result<Option<Node<'a, 'i>>, Refusal> {
    let mut found = named(node, namespace, name);
    let first = found.next();
    match found.next() {
        None => Ok(first),
        Some(_) => Err(Refusal::Structure("an element that may be there once is there twice")),
    }
}

/// The child with this name.
pub(crate) fn one<'a, 'i>(
    node: Node<'a, 'i>,
    namespace: &str,
    name: &str,
    missing: &'static str,
) -> Result<Node<'a, 'i>, Refusal> {
    at_most_one(node, namespace, name)?.ok_or(Refusal::Structure(missing))
}

/// An attribute without a namespace, as all attributes of SAML and of signatures are.
pub(crate) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.namespace().is_none() && attribute.name() == name).map(|a| a.value())
}

/// The text of an element that has nothing but text: all of it, in one piece.
pub(crate) fn text(node: Node) -> Result<String, Refusal> {
    let mut whole = String::new();
    for child in node.children() {
        if !child.is_text() {
            return Err(Refusal::Structure("an element stands where only text may stand"));
        }
        whole.push_str(child.text().unwrap_or_default());
    }
    Ok(whole)
}

/// As [`text`], without white space around it.
pub(crate) fn trimmed(node: Node) -> Result<String, Refusal> {
    Ok(text(node)?.trim().to_owned())
}
