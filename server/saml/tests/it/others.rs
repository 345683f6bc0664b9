//! Answers of programs that are not ours.

use chrono::Duration;
use saml::{Assertion, Certificate, Refusal, certificates};

use crate::forge::{at, expected, read_with};

fn certificate(text: &str) -> Vec<Certificate> {
    certificates(text).unwrap()
}

fn rsa() -> Vec<Certificate> {
    certificate(include_str!("../fixtures/certificates/rsa.pem"))
}

fn read(answer: &str, certificates: &[Certificate]) -> Result<Assertion, Refusal> {
    read_with(answer, certificates, &expected())
}

#[track_caller]
fn values<'a>(assertion: &'a Assertion, name: &str) -> &'a [String] {
    &assertion.attributes.iter().find(|attribute| attribute.name == name).unwrap().values
}

#[test]
fn a_provider_of_node_is_understood_whatever_it_signs() {
    for answer in [
        include_str!("../fixtures/samlp/assertion.xml"),
        include_str!("../fixtures/samlp/both.xml"),
        include_str!("../fixtures/samlp/prefix.xml"),
    ] {
        let assertion = read(answer, &rsa()).unwrap();
        assert_eq!((assertion.name_id.as_str(), assertion.session_index.as_deref()), ("u-1", Some("_s1")));
        let claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
        assert_eq!(values(&assertion, &format!("{claims}/emailaddress")), ["ada@example.com"]);
        assert_eq!(values(&assertion, &format!("{claims}/name")), ["Ada \"The Countess\" <Lovelace> & Söhne"]);
    }
}

#[test]
fn libxmlsec_is_understood_with_each_key_and_each_form() {
    let curve = certificate(include_str!("../fixtures/certificates/ec.pem"));
    let longer = certificate(include_str!("../fixtures/certificates/ec384.pem"));
    for (answer, certificates) in [
        (include_str!("../fixtures/xmlsec/rsa-sha256-assertion.xml"), &rsa()),
        (include_str!("../fixtures/xmlsec/rsa-sha384-response.xml"), &rsa()),
        (include_str!("../fixtures/xmlsec/rsa-sha512-both.xml"), &rsa()),
        (include_str!("../fixtures/xmlsec/rsa-default.xml"), &rsa()),
        (include_str!("../fixtures/xmlsec/rsa-comments.xml"), &rsa()),
        (include_str!("../fixtures/xmlsec/ec-sha256-response.xml"), &curve),
        (include_str!("../fixtures/xmlsec/ec384-sha384-assertion.xml"), &longer),
    ] {
        let assertion = read(answer, certificates).unwrap();
        assert_eq!(assertion.name_id, "zoë@example.com");
        assert_eq!(assertion.name_id_format.as_deref(), Some(saml::EMAIL_ADDRESS));
        assert_eq!(values(&assertion, "groups"), ["staff & <friends>", "a\rb\tc"]);
        assert_eq!(assertion.attributes[0].friendly_name.as_deref(), Some("Groups\nof \"people\""));
        assert_eq!(assertion.expires_at, at("2026-11-30T10:05:10Z") + Duration::minutes(2));
        // Only with its own key.
        let other = if certificates == &curve { &longer } else { &curve };
        assert_eq!(read(answer, other), Err(Refusal::Signature));
    }
}

#[test]
fn a_changed_letter_in_their_answers_is_noticed() {
    let answer = include_str!("../fixtures/samlp/both.xml");
    assert_eq!(read(&answer.replace("ada@example.com", "eve@example.com"), &rsa()), Err(Refusal::Digest));
    let answer = include_str!("../fixtures/xmlsec/ec-sha256-response.xml");
    let curve = certificate(include_str!("../fixtures/certificates/ec.pem"));
    assert_eq!(read(&answer.replace("zo\u{eb}@", "zoe@"), &curve), Err(Refusal::Digest));
}

#[test]
fn what_they_send_unsigned_encrypted_or_with_weak_algorithms_is_refused_by_name() {
    assert_eq!(read(include_str!("../fixtures/samlp/unsigned.xml"), &rsa()), Err(Refusal::Unsigned));
    assert_eq!(read(include_str!("../fixtures/samlp/encrypted.xml"), &rsa()), Err(Refusal::Encrypted));
    let algorithm = |uri: &str| Err(Refusal::Algorithm(uri.to_owned()));
    let sha1 = algorithm("http://www.w3.org/2000/09/xmldsig#rsa-sha1");
    assert_eq!(read(include_str!("../fixtures/samlp/sha1.xml"), &rsa()), sha1);
    assert_eq!(read(include_str!("../fixtures/xmlsec/rsa-sha1.xml"), &rsa()), sha1);
    let inclusive = algorithm("http://www.w3.org/TR/2001/REC-xml-c14n-20010315");
    assert_eq!(read(include_str!("../fixtures/xmlsec/rsa-inclusive.xml"), &rsa()), inclusive);
}
