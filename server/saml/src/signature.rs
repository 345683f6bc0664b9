//! One profile of XML signatures (<https://www.w3.org/TR/xmldsig-core1/>): enveloped, exclusive canonical form, one
//! reference, to the element the signature stands in.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::digest::{self, SHA256, SHA384, SHA512};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};
use roxmltree::Node;

use crate::certificate::{Certificate, Key};
use crate::refusal::quoted;
use crate::xml::{SIGNATURE, attribute, elements, is, named, one, parse, text};
use crate::{Refusal, canonical};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const EXCLUSIVE_WITH_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// More than any list of prefixes needs.
const MAX_PREFIXES: usize = 32;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Checks the signature that stands in `signed`, and gives the bytes it covers: `signed` in canonical form, without the
/// signature.
///
/// The key that counts is one of the provider's certificates, never what the signature says about keys.
pub(crate) fn verify(signature: Node, signed: Node, certificates: &[Certificate]) -> Result<String, Refusal> {
    let mut parts = elements(signature);
    let info = parts.next().filter(|part| is(*part, SIGNATURE, "SignedInfo"));
    let value = parts.next().filter(|part| is(*part, SIGNATURE, "SignatureValue"));
    let (Some(info), Some(value)) = (info, value) else {
        return Err(Refusal::Structure("a signature does not begin with what it signs and its value"));
    };
    // Beside a hint about the key nothing may follow: objects are where wrapped signatures hide what they cover.
    if parts.next().is_some_and(|part| !is(part, SIGNATURE, "KeyInfo")) || parts.next().is_some() {
        return Err(Refusal::Structure("a signature contains more than what it signs, its value and its key"));
    }

    let method = one(info, SIGNATURE, "CanonicalizationMethod", "a signature does not name its canonical form")?;
    let info = canonical::write(info, None, &form(method)?);
    // From here on only what is signed is read.
    let document = parse(&info)?;
    let info = document.root_element();
    let method = one(info, SIGNATURE, "SignatureMethod", "a signature does not name its method")?;
    if elements(method).next().is_some() {
        return Err(Refusal::Structure("the method of a signature has parameters"));
    }
    let method = Method::named(attribute(method, "Algorithm").unwrap_or_default())?;
    let value = decoded(value)?;
    if !certificates.iter().any(|certificate| method.verify(certificate.key(), document.input_text(), &value)) {
        return Err(Refusal::Signature);
    }

    let reference = Reference::read(info, signed)?;
    let bytes = canonical::write(signed, Some(signature), &reference.prefixes);
    if digest::digest(reference.algorithm, bytes.as_bytes()).as_ref() != reference.digest {
        return Err(Refusal::Digest);
    }
    Ok(bytes)
}

/// What a signature says about the element it covers.
struct Reference {
    prefixes: Vec<String>,
    algorithm: &'static digest::Algorithm,
    digest: Vec<u8>,
}

impl Reference {
    fn read(info: Node, signed: Node) -> Result<Reference, Refusal> {
        if elements(info).count() != 3 {
            return Err(Refusal::Structure("a signature has not exactly one reference"));
        }
        let reference = one(info, SIGNATURE, "Reference", "a signature has no reference")?;
        let id = attribute(signed, "ID").filter(|id| !id.is_empty());
        let target = attribute(reference, "URI").and_then(|uri| uri.strip_prefix('#'));
        if id.is_none() || id != target {
            return Err(Refusal::Structure("a signature does not refer to the element it stands in"));
        }
        if elements(reference).count() != 3 {
            return Err(Refusal::Structure("a reference has parts that are not known"));
        }
        let transforms = one(reference, SIGNATURE, "Transforms", "a reference has no transforms")?;
        let mut steps = elements(transforms);
        let (first, second) = (steps.next(), steps.next());
        let (Some(first), Some(second), None) = (first, second, steps.next()) else {
            return Err(Refusal::Structure("a reference has not exactly the two transforms of SAML"));
        };
        if !is(first, SIGNATURE, "Transform") || !is(second, SIGNATURE, "Transform") {
            return Err(Refusal::Structure("a reference has not exactly the two transforms of SAML"));
        }
        let enveloped = attribute(first, "Algorithm").unwrap_or_default();
        if enveloped != ENVELOPED || elements(first).next().is_some() {
            return Err(Refusal::Algorithm(quoted(enveloped)));
        }
        let digest = one(reference, SIGNATURE, "DigestValue", "a reference has no digest")?;
        let method = one(reference, SIGNATURE, "DigestMethod", "a reference does not name its digest")?;
        Ok(Reference {
            prefixes: form(second)?,
            algorithm: digest_named(attribute(method, "Algorithm").unwrap_or_default())?,
            digest: decoded(digest)?,
        })
    }
}

/// Checks that an element asks for the exclusive canonical form, and gives the prefixes it lists.
fn form(method: Node) -> Result<Vec<String>, Refusal> {
    let algorithm = attribute(method, "Algorithm").unwrap_or_default();
    if algorithm != EXCLUSIVE && algorithm != EXCLUSIVE_WITH_COMMENTS {
        return Err(Refusal::Algorithm(quoted(algorithm)));
    }
    let mut lists = named(method, EXCLUSIVE, "InclusiveNamespaces");
    let list = lists.next();
    if lists.next().is_some() || elements(method).count() > usize::from(list.is_some()) {
        return Err(Refusal::Structure("a canonical form has parameters that are not known"));
    }
    let list = list.and_then(|list| attribute(list, "PrefixList")).unwrap_or_default();
    let prefixes: Vec<String> = list.split_ascii_whitespace().map(str::to_owned).collect();
    if prefixes.len() > MAX_PREFIXES {
        return Err(Refusal::Shape("too many prefixes"));
    }
    Ok(prefixes)
}

/// A method of signing, and the kind of key that goes with it.
enum Method {
    Rsa(&'static dyn VerificationAlgorithm),
    P256,
    P384,
}

impl Method {
    /// HMAC is not here: the "key" would be a certificate that everybody has. Neither is SHA-1, for which collisions can
    /// be made.
    fn named(uri: &str) -> Result<Method, Refusal> {
        match uri {
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Ok(Method::Rsa(&RSA_PKCS1_2048_8192_SHA256)),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Ok(Method::Rsa(&RSA_PKCS1_2048_8192_SHA384)),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Ok(Method::Rsa(&RSA_PKCS1_2048_8192_SHA512)),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => Ok(Method::P256),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => Ok(Method::P384),
            other => Err(Refusal::Algorithm(quoted(other))),
        }
    }

    fn verify(&self, key: &Key, message: &str, value: &[u8]) -> bool {
        let (algorithm, key): (&'static dyn VerificationAlgorithm, &[u8]) = match (self, key) {
            (Method::Rsa(algorithm), Key::Rsa(key)) => (*algorithm, key),
            (Method::P256, Key::P256(key)) => (&ECDSA_P256_SHA256_FIXED, key),
            (Method::P384, Key::P384(key)) => (&ECDSA_P384_SHA384_FIXED, key),
            _ => return false,
        };
        UnparsedPublicKey::new(algorithm, key).verify(message.as_bytes(), value).is_ok()
    }
}

fn digest_named(uri: &str) -> Result<&'static digest::Algorithm, Refusal> {
    match uri {
        "http://www.w3.org/2001/04/xmlenc#sha256" => Ok(&SHA256),
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Ok(&SHA384),
        "http://www.w3.org/2001/04/xmlenc#sha512" => Ok(&SHA512),
        other => Err(Refusal::Algorithm(quoted(other))),
    }
}

/// The bytes in an element. Base64 in XML is often broken into lines.
fn decoded(node: Node) -> Result<Vec<u8>, Refusal> {
    let text: String = text(node)?.split_ascii_whitespace().collect();
    BASE64.decode(text).map_err(|_| Refusal::Structure("a value of a signature is no Base64"))
}
