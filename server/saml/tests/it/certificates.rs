use saml::{CertificateError, certificates};

use crate::forge::at;

const RSA: &str = include_str!("../fixtures/certificates/rsa.pem");
const CURVE: &str = include_str!("../fixtures/certificates/ec.pem");

fn bare(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_certificate_tells_whose_it_is_and_until_when() {
    let found = certificates(RSA).unwrap();
    assert_eq!(found[0].subject, "CN=login.example.com, O=Example Ltd, C=DE");
    assert_eq!(found[0].not_after, at("2036-11-27T10:43:33Z"));
    assert_eq!(
        found[0].fingerprint,
        "FA:B7:10:2C:DE:F2:9F:8C:A5:13:39:B0:4A:01:8C:7A:24:5B:93:C1:D0:C7:F6:CF:A7:07:ED:10:BA:8C:0B:C9"
    );
}

#[test]
fn blocks_and_bare_text_are_read_alike() {
    let framed = certificates(RSA).unwrap();
    assert_eq!(certificates(&bare(RSA)).unwrap(), framed);
    assert_eq!(certificates(&bare(RSA).replace('\n', "")).unwrap(), framed);
    assert_eq!(certificates(&framed[0].to_pem()).unwrap(), framed);
    assert_eq!(certificates(&format!("subject=x\n{RSA}\nissuer=y\n{CURVE}")).unwrap().len(), 2);
    assert_eq!(certificates(&format!("{}\r\n\r\n{}\r\n", bare(RSA), bare(CURVE))).unwrap().len(), 2);
    // The same one twice is one.
    assert_eq!(certificates(&format!("{RSA}{RSA}")).unwrap().len(), 1);
}

#[test]
fn what_is_no_usable_certificate_is_explained() {
    assert_eq!(certificates(""), Err(CertificateError::Missing));
    assert_eq!(certificates(" \n \n"), Err(CertificateError::Missing));
    assert_eq!(certificates("https://idp.example.com/metadata"), Err(CertificateError::Damaged));
    assert_eq!(certificates(&bare(RSA)[..200]), Err(CertificateError::Damaged));
    assert_eq!(certificates(&RSA[..500]), Err(CertificateError::Damaged));
    assert_eq!(certificates(include_str!("../fixtures/certificates/weak.pem")), Err(CertificateError::Key));
}
