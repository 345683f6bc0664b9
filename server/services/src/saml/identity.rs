//! From an answer to what it says about a person.

use ::saml::{Assertion, Expected, Refusal};
use chrono::Duration;
use model::sso::{Problem, SamlProvider};
use serde_json::{Map, Value};

use crate::Services;
use crate::oauth::Broken;
use crate::sso::Asserted;

/// By how much the clocks of both servers may differ.
const SKEW: Duration = Duration::minutes(2);

/// Where providers put an address, and a name, whatever is set.
const EMAILS: [&str; 2] = ["email", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"];
const NAMES: [&str; 3] = ["name", "displayName", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"];
/// A name that is another one at every sign-in.
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";

/// Believes an answer to `request`, or says why not.
pub(super) fn read(cx: &Services, provider: &SamlProvider, request: &str, answer: &str) -> Result<Assertion, Broken> {
    let certificates = ::saml::certificates(&provider.certificates)
        .map_err(|error| Broken { problem: Problem::Misconfigured, detail: error.to_string() })?;
    let expected = Expected {
        issuer: &provider.entity_id,
        audience: &super::entity_id(cx, provider),
        acs_url: &super::callback_url(cx, provider),
        request,
        now: cx.clock.now(),
        skew: SKEW,
    };
    ::saml::read(answer, &certificates, &expected).map_err(broken)
}

fn broken(refusal: Refusal) -> Broken {
    let problem = match refusal {
        Refusal::Status(_) => Problem::Declined,
        // What an administrator can set right.
        Refusal::Encrypted
        | Refusal::Unsigned
        | Refusal::Algorithm(_)
        | Refusal::Issuer(_)
        | Refusal::Audience
        | Refusal::Destination(_) => Problem::Misconfigured,
        _ => Problem::Untrusted,
    };
    Broken { problem, detail: format!("Not believed: {refusal}.") }
}

/// What an assertion says about the person.
pub(super) fn asserted(provider: &SamlProvider, assertion: &Assertion) -> Result<Asserted, Broken> {
    if assertion.name_id_format.as_deref() == Some(TRANSIENT) {
        let detail = "The provider gives people another name at every sign-in (transient). Choose a lasting one there.";
        return Err(Broken { problem: Problem::Misconfigured, detail: detail.to_owned() });
    }
    let first = |names: &[&str]| {
        let named = names.iter().filter(|name| !name.is_empty()).find_map(|name| value(assertion, name));
        named.map(str::to_owned)
    };
    let own = provider.email_attribute.as_str();
    let email = first(&[own, EMAILS[0], EMAILS[1]]).unwrap_or_else(|| assertion.name_id.clone());
    let own = provider.name_attribute.as_str();
    Ok(Asserted {
        external_id: assertion.name_id.clone(),
        email,
        // The provider has signed it.
        email_verified: Some(true),
        name: first(&[own, NAMES[0], NAMES[1], NAMES[2]]),
        claims: Value::Object(claims(assertion)),
    })
}

/// The first value of an attribute, by its name, else by the name it has for people.
fn value<'a>(assertion: &'a Assertion, name: &str) -> Option<&'a str> {
    let by_name = assertion.attributes.iter().find(|attribute| attribute.name == name);
    let found = by_name
        .or_else(|| assertion.attributes.iter().find(|attribute| attribute.friendly_name.as_deref() == Some(name)))?;
    found.values.iter().map(String::as_str).find(|value| !value.is_empty())
}

/// Attributes as the rules about claims see them: one value is a text, several are a list. An attribute that is there
/// twice has the values of both.
fn claims(assertion: &Assertion) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut add = |name: &str, values: &[String]| {
        for value in values {
            let value = Value::String(value.clone());
            match claims.get_mut(name) {
                None => drop(claims.insert(name.to_owned(), value)),
                Some(Value::Array(list)) => list.push(value),
                Some(one) => *one = Value::Array(vec![one.take(), value]),
            }
        }
    };
    for attribute in &assertion.attributes {
        add(&attribute.name, &attribute.values);
    }
    // A name for people never adds to an attribute that is really called so.
    for attribute in &assertion.attributes {
        if let Some(name) = &attribute.friendly_name
            && assertion.attributes.iter().all(|other| other.name != *name)
        {
            add(name, &attribute.values);
        }
    }
    claims
}
