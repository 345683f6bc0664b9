//! A provider with a key of its own, and all it might send. Its documents are written in canonical form, so that this
//! needs no canonical form of its own to sign them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration};
use model::time::Timestamp;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use saml::{Assertion, Certificate, Expected, Refusal, certificates};

pub const ISSUER: &str = "https://idp.example.com";
pub const AUDIENCE: &str = "https://news.example.com/api/auth/saml/metadata/acme";
pub const ACS: &str = "https://news.example.com/api/auth/saml/callback/acme";
pub const REQUEST: &str = "_req1";

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub const ECDSA: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";

pub fn now() -> Timestamp {
    at("2026-11-30T10:00:30Z")
}

pub fn at(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

pub fn expected() -> Expected<'static> {
    Expected {
        issuer: ISSUER,
        audience: AUDIENCE,
        acs_url: ACS,
        request: REQUEST,
        now: now(),
        skew: Duration::minutes(2),
    }
}

/// A provider's key, and the certificate that administrators paste.
pub struct Provider {
    key: EcdsaKeyPair,
    pub certificate: Vec<Certificate>,
}

impl Provider {
    pub fn new() -> Provider {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        let certificate = certificates(&certificate(key.public_key().as_ref())).unwrap();
        Provider { key, certificate }
    }

    pub fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.key.sign(&SystemRandom::new(), text.as_bytes()).unwrap())
    }

    /// A signature over `canonical`, which has this id.
    pub fn signature(&self, id: &str, canonical: &str) -> String {
        self.signature_of(&SignedInfo::over(id, canonical))
    }

    pub fn signature_of(&self, info: &SignedInfo) -> String {
        let info = info.canonical();
        let value = self.sign(&info);
        // In the document the namespace is declared further out.
        let info = info.replacen(r#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#""#, "", 1);
        format!(
            r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"#
        )
    }

    /// An answer whose assertion is signed.
    pub fn answer(&self, assertion: &Statement) -> String {
        response(&self.signed(assertion))
    }

    pub fn signed(&self, assertion: &Statement) -> String {
        let plain = assertion.canonical();
        with_signature(&plain, &self.signature(&assertion.id, &plain))
    }

    /// An answer that is signed as a whole.
    pub fn signed_answer(&self, assertion: &Statement) -> String {
        let plain = response(&assertion.canonical());
        with_signature(&plain, &self.signature("_response", &plain))
    }

    pub fn read(&self, answer: &str) -> Result<Assertion, Refusal> {
        read_with(answer, &self.certificate, &expected())
    }

    #[track_caller]
    pub fn believes(&self, answer: &str) -> Assertion {
        self.read(answer).unwrap()
    }

    /// The answer is refused, for this reason.
    #[track_caller]
    pub fn refuses(&self, answer: &str, code: &str) {
        let refusal = self.read(answer).expect_err("this answer must not be believed");
        assert_eq!(refusal.code(), code, "{refusal}");
    }
}

pub fn read_with(answer: &str, certificates: &[Certificate], expected: &Expected) -> Result<Assertion, Refusal> {
    saml::read(&STANDARD.encode(answer), certificates, expected)
}

/// What is signed, in each of its parts.
pub struct SignedInfo {
    pub canonical_form: String,
    pub method: String,
    pub uri: String,
    pub transforms: Vec<String>,
    pub digest_method: String,
    pub digest: String,
}

impl SignedInfo {
    pub fn over(id: &str, canonical: &str) -> SignedInfo {
        SignedInfo {
            canonical_form: EXCLUSIVE.to_owned(),
            method: ECDSA.to_owned(),
            uri: format!("#{id}"),
            transforms: vec![ENVELOPED.to_owned(), EXCLUSIVE.to_owned()],
            digest_method: "http://www.w3.org/2001/04/xmlenc#sha256".to_owned(),
            digest: STANDARD.encode(digest(&SHA256, canonical.as_bytes())),
        }
    }

    pub fn canonical(&self) -> String {
        let transforms: String = self
            .transforms
            .iter()
            .map(|transform| format!(r#"<ds:Transform Algorithm="{transform}"></ds:Transform>"#))
            .collect();
        format!(
            r#"<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:CanonicalizationMethod Algorithm="{}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="{}"></ds:SignatureMethod><ds:Reference URI="{}"><ds:Transforms>{transforms}</ds:Transforms><ds:DigestMethod Algorithm="{}"></ds:DigestMethod><ds:DigestValue>{}</ds:DigestValue></ds:Reference></ds:SignedInfo>"#,
            self.canonical_form, self.method, self.uri, self.digest_method, self.digest
        )
    }
}

/// An assertion; each part can be changed.
#[derive(Clone)]
pub struct Statement {
    pub id: String,
    pub issuer: String,
    pub name_id: String,
    pub email: String,
    pub confirmation: String,
    pub conditions: String,
    pub authn: String,
}

impl Default for Statement {
    fn default() -> Self {
        Statement {
            id: "_assertion".to_owned(),
            issuer: ISSUER.to_owned(),
            name_id: "ada@example.com".to_owned(),
            email: "ada@example.com".to_owned(),
            confirmation: confirmation(REQUEST, ACS, "2026-11-30T10:05:00Z"),
            conditions: conditions("2026-11-30T10:00:00Z", "2026-11-30T10:05:00Z", &audience(AUDIENCE)),
            authn:
                r#"<saml:AuthnStatement AuthnInstant="2026-11-30T10:00:00Z" SessionIndex="_s"></saml:AuthnStatement>"#
                    .to_owned(),
        }
    }
}

impl Statement {
    pub fn of(email: &str) -> Statement {
        Statement { name_id: email.to_owned(), email: email.to_owned(), ..Statement::default() }
    }

    pub fn canonical(&self) -> String {
        format!(
            r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{}" Version="2.0"><saml:Issuer>{}</saml:Issuer><saml:Subject><saml:NameID>{}</saml:NameID>{}</saml:Subject>{}{}<saml:AttributeStatement><saml:Attribute Name="email"><saml:AttributeValue>{}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"#,
            self.id, self.issuer, self.name_id, self.confirmation, self.conditions, self.authn, self.email
        )
    }
}

pub fn confirmation(request: &str, recipient: &str, end: &str) -> String {
    format!(
        r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="{request}" NotOnOrAfter="{end}" Recipient="{recipient}"></saml:SubjectConfirmationData></saml:SubjectConfirmation>"#
    )
}

pub fn conditions(start: &str, end: &str, inside: &str) -> String {
    format!(r#"<saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}">{inside}</saml:Conditions>"#)
}

pub fn audience(name: &str) -> String {
    format!("<saml:AudienceRestriction><saml:Audience>{name}</saml:Audience></saml:AudienceRestriction>")
}

pub fn response(inside: &str) -> String {
    response_to("_response", ACS, REQUEST, inside)
}

pub fn response_to(id: &str, destination: &str, request: &str, inside: &str) -> String {
    format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="{destination}" ID="{id}" InResponseTo="{request}" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{ISSUER}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>{inside}</samlp:Response>"#
    )
}

/// Puts a signature to its place, behind the first issuer.
pub fn with_signature(element: &str, signature: &str) -> String {
    element.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1)
}

/// A certificate that nobody has signed: only its key counts.
fn certificate(key: &[u8]) -> String {
    let algorithm = der(0x30, &[&[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]]);
    let common_name = der(0x30, &[&[0x06, 3, 0x55, 4, 3], &der(0x0c, &[b"idp.example.com"])]);
    let name = der(0x30, &[&der(0x31, &[&common_name])]);
    let validity = der(0x30, &[&der(0x17, &[b"260101000000Z"]), &der(0x17, &[b"360101000000Z"])]);
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
