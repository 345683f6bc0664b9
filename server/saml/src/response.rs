//! An answer: is it for us, of this moment, and from whom it says it is?

use std::collections::HashSet;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, Duration};
use model::time::Timestamp;
use roxmltree::{Document, Node};

use crate::refusal::quoted;
use crate::xml::{ASSERTION, PROTOCOL, SIGNATURE, at_most_one, attribute, elements, is, named, one, parse, trimmed};
use crate::{Certificate, Refusal, shape, signature};

/// The longest answer that is read, in bytes of XML. Thousands of groups fit.
pub const MAX_RESPONSE: usize = 256 * 1024;

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
/// Names under which different kinds of documents keep ids.
const IDS: [&str; 4] = ["ID", "Id", "id", "AssertionID"];

/// Some providers leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What an answer has to say to be believed.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The provider that was asked.
    pub issuer: &'a str,
    /// The entity id of this service.
    pub audience: &'a str,
    /// Where this service takes answers.
    pub acs_url: &'a str,
    /// The id of the request that this browser was sent away with.
    pub request: &'a str,
    pub now: Timestamp,
    /// By how much the clocks of both servers may differ.
    pub skew: Duration,
}

/// What a provider vouches for: everything in it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    pub id: String,
    /// The person's name at the provider.
    pub name_id: String,
    /// What kind of name that is, if the provider says so.
    pub name_id_format: Option<String>,
    pub session_index: Option<String>,
    /// Names and values, in their order. A name may be there more than once.
    pub attributes: Vec<Attribute>,
    /// From then on nobody accepts it; until then its id has to be remembered.
    pub expires_at: Timestamp,
}

/// Something a provider says about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub name: String,
    pub friendly_name: Option<String>,
    pub values: Vec<String>,
}

/// Reads an answer as a form has brought it.
///
/// # Errors
/// Says why it is not believed. Nothing of it may be used then.
pub fn read(encoded: &str, certificates: &[Certificate], expected: &Expected) -> Result<Assertion, Refusal> {
    let xml = decoded(encoded)?;
    shape::check(&xml)?;
    let document = parse(&xml)?;
    let response = response(&document)?;
    status(response)?;
    let assertion = only_assertion(&document, response)?;
    unique_ids(&document)?;

    // What is signed, as bytes; the document itself is not believed any further.
    let (of_response, of_assertion) = signatures(&document, response, assertion)?;
    let signed_response = of_response.map(|found| signature::verify(found, response, certificates)).transpose()?;
    let signed_assertion = of_assertion.map(|found| signature::verify(found, assertion, certificates)).transpose()?;
    match (signed_response, signed_assertion) {
        (Some(bytes), _) => {
            let document = parse(&bytes)?;
            let response = self::response(&document)?;
            let assertion = only_assertion(&document, response)?;
            envelope(response, expected, true)?;
            self::assertion(assertion, expected)
        }
        (None, Some(bytes)) => {
            // Not signed, so it can only be a reason to refuse.
            envelope(response, expected, false)?;
            let document = parse(&bytes)?;
            let root = document.root_element();
            if !is(root, ASSERTION, "Assertion") || document.descendants().filter(is_assertion).count() != 1 {
                return Err(Refusal::Structure("what is signed is no assertion"));
            }
            self::assertion(root, expected)
        }
        (None, None) => Err(Refusal::Unsigned),
    }
}

fn decoded(encoded: &str) -> Result<String, Refusal> {
    let too_long = Refusal::TooLong { limit: MAX_RESPONSE };
    // Base64 with its line breaks.
    if encoded.len() > MAX_RESPONSE * 3 / 2 {
        return Err(too_long);
    }
    let encoded: String = encoded.split_ascii_whitespace().collect();
    let bytes = BASE64.decode(encoded).map_err(|_| Refusal::Encoding)?;
    if bytes.len() > MAX_RESPONSE {
        return Err(too_long);
    }
    String::from_utf8(bytes).map_err(|_| Refusal::Encoding)
}

fn response<'a, 'i>(document: &'a Document<'i>) -> Result<Node<'a, 'i>, Refusal> {
    let root = document.root_element();
    if !is(root, PROTOCOL, "Response") || attribute(root, "Version") != Some("2.0") {
        return Err(Refusal::Structure("this is no answer of SAML 2.0"));
    }
    Ok(root)
}

fn status(response: Node) -> Result<(), Refusal> {
    let status = one(response, PROTOCOL, "Status", "the answer has no status")?;
    let code = one(status, PROTOCOL, "StatusCode", "the answer has no status")?;
    match attribute(code, "Value").unwrap_or_default() {
        SUCCESS => Ok(()),
        other => {
            // The inner one is the one that tells.
            let inner = at_most_one(code, PROTOCOL, "StatusCode")?.and_then(|inner| attribute(inner, "Value"));
            Err(Refusal::Status(quoted(inner.unwrap_or(other))))
        }
    }
}

/// The one assertion of an answer: a child of it, and the only one at any depth.
fn only_assertion<'a, 'i>(document: &'a Document<'i>, response: Node<'a, 'i>) -> Result<Node<'a, 'i>, Refusal> {
    let inside = |name: &'static str| document.descendants().filter(move |node| is(*node, ASSERTION, name)).count();
    if inside("EncryptedAssertion") + inside("EncryptedID") + inside("EncryptedAttribute") > 0 {
        return Err(Refusal::Encrypted);
    }
    let responses = document.descendants().filter(|node| is(*node, PROTOCOL, "Response")).count();
    if inside("Assertion") != 1 || responses != 1 {
        return Err(Refusal::Structure("the answer has not exactly one assertion"));
    }
    one(response, ASSERTION, "Assertion", "the assertion does not stand at its place")
}

fn is_assertion(node: &Node) -> bool {
    is(*node, ASSERTION, "Assertion")
}

fn unique_ids(document: &Document) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for attribute in document.descendants().flat_map(|node| node.attributes()) {
        if IDS.contains(&attribute.name()) && !seen.insert(attribute.value()) {
            return Err(Refusal::Structure("two elements have the same id"));
        }
    }
    Ok(())
}

/// The signatures of answer and assertion. Anywhere else a signature can only be there to mislead.
fn signatures<'a, 'i>(
    document: &'a Document<'i>,
    response: Node<'a, 'i>,
    assertion: Node<'a, 'i>,
) -> Result<(Option<Node<'a, 'i>>, Option<Node<'a, 'i>>), Refusal> {
    let of_response = at_most_one(response, SIGNATURE, "Signature")?;
    let of_assertion = at_most_one(assertion, SIGNATURE, "Signature")?;
    let known = usize::from(of_response.is_some()) + usize::from(of_assertion.is_some());
    if document.descendants().filter(|node| is(*node, SIGNATURE, "Signature")).count() != known {
        return Err(Refusal::Structure("a signature stands where none belongs"));
    }
    Ok((of_response, of_assertion))
}

/// What the answer says outside the assertion.
fn envelope(response: Node, expected: &Expected, signed: bool) -> Result<(), Refusal> {
    match attribute(response, "Destination") {
        Some(destination) if destination == expected.acs_url => {}
        Some(destination) => return Err(Refusal::Destination(quoted(destination))),
        None if signed => return Err(Refusal::Structure("the answer does not say where it is to go")),
        None => {}
    }
    if attribute(response, "InResponseTo") != Some(expected.request) {
        return Err(Refusal::Request);
    }
    match at_most_one(response, ASSERTION, "Issuer")? {
        Some(issuer) => issued_by(issuer, expected),
        None => Ok(()),
    }
}

fn issued_by(issuer: Node, expected: &Expected) -> Result<(), Refusal> {
    let name = trimmed(issuer)?;
    if name == expected.issuer { Ok(()) } else { Err(Refusal::Issuer(quoted(&name))) }
}

fn assertion(assertion: Node, expected: &Expected) -> Result<Assertion, Refusal> {
    let id = attribute(assertion, "ID").filter(|id| !id.is_empty() && id.len() <= 256);
    let id = id.ok_or(Refusal::Structure("the assertion has no id, or a very long one"))?;
    if attribute(assertion, "Version") != Some("2.0") {
        return Err(Refusal::Structure("this is no assertion of SAML 2.0"));
    }
    issued_by(one(assertion, ASSERTION, "Issuer", "the assertion does not say who made it")?, expected)?;
    let subject = one(assertion, ASSERTION, "Subject", "the assertion names nobody")?;
    let named_as = one(subject, ASSERTION, "NameID", "the assertion names nobody")?;
    let name_id = trimmed(named_as)?;
    if name_id.is_empty() || name_id.len() > 512 {
        return Err(Refusal::Structure("the assertion names nobody, or very long"));
    }
    let confirmed_until = confirmed(subject, expected)?;
    let valid_until = conditions(assertion, expected)?;
    let statement = named(assertion, ASSERTION, "AuthnStatement").next();
    let statement = statement.ok_or(Refusal::Structure("the assertion does not say that anybody signed in"))?;
    if let Some(end) = moment(statement, "SessionNotOnOrAfter")? {
        before(end, expected)?;
    }
    Ok(Assertion {
        id: id.to_owned(),
        name_id,
        name_id_format: attribute(named_as, "Format").map(str::to_owned),
        session_index: attribute(statement, "SessionIndex").map(|index| index.chars().take(512).collect()),
        attributes: attributes(assertion)?,
        expires_at: valid_until.map_or(confirmed_until, |end| end.min(confirmed_until)) + expected.skew,
    })
}

/// Whoever holds the assertion is the person, at this address, in answer to this request, for now: one confirmation has
/// to say all of that.
fn confirmed(subject: Node, expected: &Expected) -> Result<Timestamp, Refusal> {
    let mut refusal = Refusal::Structure("the assertion is not for whoever brings it");
    for confirmation in named(subject, ASSERTION, "SubjectConfirmation") {
        if attribute(confirmation, "Method") != Some(BEARER) {
            continue;
        }
        match bearer(confirmation, expected) {
            Ok(end) => return Ok(end),
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

fn bearer(confirmation: Node, expected: &Expected) -> Result<Timestamp, Refusal> {
    let data = one(confirmation, ASSERTION, "SubjectConfirmationData", "the assertion does not say whom it is for")?;
    let recipient = attribute(data, "Recipient").unwrap_or_default();
    if recipient != expected.acs_url {
        return Err(Refusal::Destination(quoted(recipient)));
    }
    if attribute(data, "InResponseTo") != Some(expected.request) {
        return Err(Refusal::Request);
    }
    if let Some(start) = moment(data, "NotBefore")? {
        after(start, expected)?;
    }
    let end = moment(data, "NotOnOrAfter")?.ok_or(Refusal::Structure("the assertion has no end"))?;
    before(end, expected)?;
    Ok(end)
}

fn conditions(assertion: Node, expected: &Expected) -> Result<Option<Timestamp>, Refusal> {
    let conditions = one(assertion, ASSERTION, "Conditions", "the assertion does not say for whom it is")?;
    if let Some(start) = moment(conditions, "NotBefore")? {
        after(start, expected)?;
    }
    let end = moment(conditions, "NotOnOrAfter")?;
    if let Some(end) = end {
        before(end, expected)?;
    }
    let mut audiences = 0;
    for condition in elements(conditions) {
        if is(condition, ASSERTION, "AudienceRestriction") {
            audiences += 1;
            let mut meant = false;
            for audience in named(condition, ASSERTION, "Audience") {
                meant |= trimmed(audience)? == expected.audience;
            }
            if !meant {
                return Err(Refusal::Audience);
            }
        } else if !is(condition, ASSERTION, "OneTimeUse") && !is(condition, ASSERTION, "ProxyRestriction") {
            // Whoever does not understand a condition cannot say that it is met.
            return Err(Refusal::Structure("the assertion has a condition that is not known"));
        }
    }
    if audiences == 0 { Err(Refusal::Audience) } else { Ok(end) }
}

fn attributes(assertion: Node) -> Result<Vec<Attribute>, Refusal> {
    let mut found = Vec::new();
    for statement in named(assertion, ASSERTION, "AttributeStatement") {
        for node in named(statement, ASSERTION, "Attribute") {
            let mut values = Vec::new();
            for value in named(node, ASSERTION, "AttributeValue") {
                // Some providers put whole elements into a value; such a one says nothing to us.
                if let Ok(value) = trimmed(value) {
                    values.push(value);
                }
            }
            found.push(Attribute {
                name: attribute(node, "Name").unwrap_or_default().to_owned(),
                friendly_name: attribute(node, "FriendlyName").map(str::to_owned),
                values,
            });
        }
    }
    Ok(found)
}

fn moment(node: Node, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let unreadable = || Refusal::Structure("a time in the assertion cannot be read");
    attribute(node, name)
        .map(|text| DateTime::parse_from_rfc3339(text.trim()).map(|time| time.to_utc()).map_err(|_| unreadable()))
        .transpose()
}

fn after(start: Timestamp, expected: &Expected) -> Result<(), Refusal> {
    if expected.now + expected.skew < start { Err(Refusal::TooEarly) } else { Ok(()) }
}

fn before(end: Timestamp, expected: &Expected) -> Result<(), Refusal> {
    if expected.now - expected.skew >= end { Err(Refusal::TooLate) } else { Ok(()) }
}
