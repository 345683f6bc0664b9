//! A SAML provider with a key of its own. Its answers are written in canonical form, so that it needs no canonical form
//! of ours to sign them.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use flate2::read::DeflateDecoder;
use model::time::{self, Timestamp};
use percent_encoding::percent_decode_str;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

/// A provider.
pub struct IdentityProvider {
    key: EcdsaKeyPair,
    /// What administrators paste.
    pub certificate: String,
}

/// What a browser was sent to the provider with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub id: String,
    /// Who asks.
    pub issuer: String,
    /// Where the answer is to go.
    pub acs_url: String,
    pub relay_state: String,
}

/// What the provider says about somebody.
#[derive(Debug, Clone)]
pub struct Says<'a> {
    /// Of the assertion; a provider never uses one twice.
    pub id: &'a str,
    pub name_id: &'a str,
    pub format: &'a str,
    pub attributes: &'a [(&'a str, &'a [&'a str])],
    pub now: Timestamp,
    /// Whom it is for; whoever asked, if nothing else is said.
    pub audience: Option<&'a str>,
}

impl<'a> Says<'a> {
    /// Somebody who is known by their address.
    pub fn about(email: &'a str, now: Timestamp) -> Says<'a> {
        let format = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
        Says { id: "_assertion", name_id: email, format, attributes: &[], now, audience: None }
    }
}

impl Asked {
    /// Reads the address that a browser is sent to.
    pub fn read(location: &str) -> Asked {
        let query = location.split_once('?').expect("an address with a query").1;
        let part = |name: &str| {
            let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            percent_decode_str(found.expect("the parameter")).decode_utf8().expect("UTF-8").into_owned()
        };
        let request = STANDARD.decode(part("SAMLRequest")).expect("Base64");
        let mut xml = String::new();
        DeflateDecoder::new(&request[..]).read_to_string(&mut xml).expect("deflate");
        let between = |start: &str, end: char| {
            let rest = xml.split_once(start).unwrap_or_else(|| panic!("{start} in {xml}")).1;
            rest.split(end).next().unwrap_or_default().to_owned()
        };
        Asked {
            id: between(" ID=\"", '"'),
            issuer: between("<saml:Issuer>", '<'),
            acs_url: between("AssertionConsumerServiceURL=\"", '"'),
            relay_state: part("RelayState"),
        }
    }
}

impl IdentityProvider {
    /// What it calls itself.
    pub const ENTITY_ID: &str = "https://idp.example.com";

    #[expect(clippy::new_without_default, reason = "a new key each time is no default")]
    pub fn new() -> IdentityProvider {
        Self::with_certificate_until("360101000000Z")
    }

    /// With a certificate that ends then, as certificates write it: `260101000000Z`.
    pub fn with_certificate_until(end: &str) -> IdentityProvider {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("a key");
        let certificate = certificate(key.public_key().as_ref(), end);
        IdentityProvider { key, certificate }
    }

    /// An answer as the form brings it, with a signed assertion.
    pub fn answer(&self, asked: &Asked, says: &Says<'_>) -> String {
        STANDARD.encode(self.xml(asked, says))
    }

    /// The same before it is packed.
    pub fn xml(&self, asked: &Asked, says: &Says<'_>) -> String {
        let assertion = assertion(asked, says);
        let digest = STANDARD.encode(digest(&SHA256, assertion.as_bytes()));
        let inside = format!(
            r##"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></ds:SignatureMethod><ds:Reference URI="#{}"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"##,
            says.id
        );
        let namespace = r#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#""#;
        let signed = format!("<ds:SignedInfo{namespace}>{inside}");
        let value = STANDARD.encode(self.key.sign(&SystemRandom::new(), signed.as_bytes()).expect("a signature"));
        let signature = format!(
            "<ds:Signature{namespace}><ds:SignedInfo>{inside}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
        );
        let assertion = assertion.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1);
        format!(
            r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_response" Version="2.0" Destination="{}" InResponseTo="{}"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{assertion}</samlp:Response>"#,
            asked.acs_url, asked.id
        )
    }
}

fn assertion(asked: &Asked, says: &Says<'_>) -> String {
    let (start, end) = (time::to_wire(says.now), time::to_wire(says.now + Duration::minutes(5)));
    let attributes: String = says
        .attributes
        .iter()
        .map(|(name, values)| {
            let values: String =
                values.iter().map(|value| format!("<saml:AttributeValue>{value}</saml:AttributeValue>")).collect();
            format!(r#"<saml:Attribute Name="{name}">{values}</saml:Attribute>"#)
        })
        .collect();
    format!(
        r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{}" Version="2.0"><saml:Issuer>{}</saml:Issuer><saml:Subject><saml:NameID Format="{}">{}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="{}" NotOnOrAfter="{end}" Recipient="{}"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}"><saml:AudienceRestriction><saml:Audience>{}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{start}"></saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"#,
        says.id,
        IdentityProvider::ENTITY_ID,
        says.format,
        says.name_id,
        asked.id,
        asked.acs_url,
        says.audience.unwrap_or(&asked.issuer),
    )
}

/// A certificate that nobody has signed: only its key counts.
fn certificate(key: &[u8], end: &str) -> String {
    let algorithm = der(0x30, &[&[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]]);
    let common_name = der(0x30, &[&[0x06, 3, 0x55, 4, 3], &der(0x0c, &[b"idp.example.com"])]);
    let name = der(0x30, &[&der(0x31, &[&common_name])]);
    let validity = der(0x30, &[&der(0x17, &[b"250101000000Z"]), &der(0x17, &[end.as_bytes()])]);
    let curve: &[u8] = &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    let kind = der(0x30, &[&[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], curve]);
    let key = der(0x30, &[&kind, &der(0x03, &[&[0], key])]);
    let version = der(0xa0, &[&[0x02, 1, 2]]);
    let inner = der(0x30, &[&version, &[0x02, 1, 1], &algorithm, &name, &validity, &name, &key]);
    STANDARD.encode(der(0x30, &[&inner, &algorithm, &der(0x03, &[&[0, 0]])]))
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut out = vec![tag];
    match body.len() {
        length @ 0..0x80 => out.push(length as u8),
        length @ 0x80..0x100 => out.extend([0x81, length as u8]),
        length => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(body);
    out
}
