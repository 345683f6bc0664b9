//! Certificates of a provider: the keys that its answers are checked with. They are trusted because an administrator
//! entered them; nobody's signature on them is looked at, and neither is their end, which administrators are warned of.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::time::Timestamp;
use ring::digest;
use x509_cert::der::asn1::{Ia5StringRef, ObjectIdentifier, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use x509_cert::der::{Any, Decode};
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::Time;

/// Certificates that one provider may have: those in use, and those that follow.
pub const MAX_CERTIFICATES: usize = 10;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ELLIPTIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// A certificate, and what people need to know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Such as `CN=login.example.com, O=Example`.
    pub subject: String,
    /// SHA-256, as administrators compare it: `AB:CD:…`.
    pub fingerprint: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    der: Vec<u8>,
    key: Key,
}

/// A public key, as signatures are checked with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    Rsa(Vec<u8>),
    P256(Vec<u8>),
    P384(Vec<u8>),
}

/// Why a text holds no certificates that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error(
        "Paste the certificate that the provider signs with: a block that begins with {BEGIN}, or its Base64 text."
    )]
    Missing,
    #[error("A certificate is cut off or damaged. Copy it again, from {BEGIN} to {END}.")]
    Damaged,
    #[error(
        "A certificate has a key that is not accepted. RSA with at least 2048 bits, and the curves P-256 and P-384, are."
    )]
    Key,
    #[error("At most {MAX_CERTIFICATES} certificates can be kept.")]
    TooMany,
}

/// Reads the certificates in a text: blocks in PEM, or Base64 without its frame, where an empty line parts several.
///
/// # Errors
/// Says for administrators what is wrong.
pub fn certificates(text: &str) -> Result<Vec<Certificate>, CertificateError> {
    let bodies = if text.contains(BEGIN) { framed(text)? } else { bare(text) };
    let mut found: Vec<Certificate> = Vec::new();
    for body in bodies {
        let certificate = Certificate::read(&body)?;
        if !found.contains(&certificate) {
            found.push(certificate);
        }
    }
    match found.len() {
        0 => Err(CertificateError::Missing),
        1..=MAX_CERTIFICATES => Ok(found),
        _ => Err(CertificateError::TooMany),
    }
}

fn framed(text: &str) -> Result<Vec<String>, CertificateError> {
    let mut blocks = text.split(BEGIN);
    // What programs write before a block.
    blocks.next();
    blocks.map(|block| block.split_once(END).map(|(body, _)| joined(body)).ok_or(CertificateError::Damaged)).collect()
}

fn bare(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.split(|line| line.is_empty()).map(|block| joined(&block.concat())).filter(|body| !body.is_empty()).collect()
}

fn joined(text: &str) -> String {
    text.split_whitespace().collect()
}

impl Certificate {
    fn read(body: &str) -> Result<Certificate, CertificateError> {
        let der = STANDARD.decode(body).map_err(|_| CertificateError::Damaged)?;
        let read = x509_cert::Certificate::from_der(&der).map_err(|_| CertificateError::Damaged)?;
        let tbs = read.tbs_certificate;
        let digest = digest::digest(&digest::SHA256, &der);
        let fingerprint: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        Ok(Certificate {
            subject: shown(&tbs.subject),
            fingerprint: fingerprint.join(":"),
            not_before: moment(tbs.validity.not_before)?,
            not_after: moment(tbs.validity.not_after)?,
            key: key(&tbs.subject_public_key_info)?,
            der,
        })
    }

    /// As a block in PEM.
    pub fn to_pem(&self) -> String {
        let text = STANDARD.encode(&self.der);
        let mut pem = format!("{BEGIN}\n");
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem.push_str(END);
        pem.push('\n');
        pem
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }
}

fn key(info: &SubjectPublicKeyInfoOwned) -> Result<Key, CertificateError> {
    let bytes = info.subject_public_key.as_bytes().ok_or(CertificateError::Damaged)?.to_vec();
    let algorithm = &info.algorithm;
    if algorithm.oid == RSA {
        return if rsa_bits(&bytes)? < 2048 { Err(CertificateError::Key) } else { Ok(Key::Rsa(bytes)) };
    }
    let curve = algorithm.parameters.as_ref().and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
    match curve {
        Some(curve) if algorithm.oid == ELLIPTIC && curve == P256 => Ok(Key::P256(bytes)),
        Some(curve) if algorithm.oid == ELLIPTIC && curve == P384 => Ok(Key::P384(bytes)),
        _ => Err(CertificateError::Key),
    }
}

/// The length of the modulus, with which an RSA key begins.
fn rsa_bits(key: &[u8]) -> Result<usize, CertificateError> {
    let parts = Vec::<Any>::from_der(key).map_err(|_| CertificateError::Damaged)?;
    let modulus = parts.first().map(Any::value).unwrap_or_default();
    let significant = modulus.iter().skip_while(|byte| **byte == 0).count();
    let leading = modulus.iter().find(|byte| **byte != 0).map_or(8, |byte| byte.leading_zeros());
    Ok((significant * 8).saturating_sub(leading as usize))
}

fn moment(time: Time) -> Result<Timestamp, CertificateError> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).map_err(|_| CertificateError::Damaged)?;
    Timestamp::from_timestamp(seconds, 0).ok_or(CertificateError::Damaged)
}

/// A name for people, its most telling part first.
fn shown(name: &Name) -> String {
    let mut parts: Vec<String> = Vec::new();
    for attribute in name.0.iter().rev().flat_map(|set| set.0.iter()) {
        let label = match attribute.oid.to_string().as_str() {
            "2.5.4.3" => "CN".to_owned(),
            "2.5.4.6" => "C".to_owned(),
            "2.5.4.7" => "L".to_owned(),
            "2.5.4.8" => "ST".to_owned(),
            "2.5.4.10" => "O".to_owned(),
            "2.5.4.11" => "OU".to_owned(),
            "0.9.2342.19200300.100.1.25" => "DC".to_owned(),
            "1.2.840.113549.1.9.1" => "emailAddress".to_owned(),
            other => other.to_owned(),
        };
        if let Some(value) = plain(&attribute.value) {
            parts.push(format!("{label}={value}"));
        }
    }
    if parts.is_empty() { "(no name)".to_owned() } else { parts.join(", ").chars().take(300).collect() }
}

fn plain(value: &Any) -> Option<String> {
    let text = value
        .decode_as::<Utf8StringRef>()
        .map(|text| text.as_str().to_owned())
        .or_else(|_| value.decode_as::<PrintableStringRef>().map(|text| text.as_str().to_owned()))
        .or_else(|_| value.decode_as::<Ia5StringRef>().map(|text| text.as_str().to_owned()))
        .or_else(|_| value.decode_as::<TeletexStringRef>().map(|text| text.as_str().to_owned()))
        .ok()?;
    Some(text.chars().filter(|c| !c.is_control()).collect())
}
