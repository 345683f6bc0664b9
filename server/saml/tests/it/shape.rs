//! What would cost a parser more than its length.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use saml::{MAX_RESPONSE, Refusal};

use crate::forge::{Provider, Statement, expected, response};

#[test]
fn document_types_and_entities_are_refused_before_they_are_read() {
    let provider = Provider::new();
    let answer = provider.answer(&Statement::default());
    let bomb: String = (1..10).map(|n| format!(r#"<!ENTITY x{n} "&x{};&x{};">"#, n - 1, n - 1)).collect();
    for doctype in [
        "<!DOCTYPE x>".to_owned(),
        r#"<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>"#.to_owned(),
        format!(r#"<!DOCTYPE x [<!ENTITY x0 "xxxxxxxxxx">{bomb}]>"#),
        r#"<!DOCTYPE x SYSTEM "https://evil.example/x.dtd">"#.to_owned(),
        "<?xml-stylesheet href='x'?>".to_owned(),
    ] {
        provider.refuses(&format!("{doctype}{answer}"), "SHAPE");
        provider.refuses(&format!(r#"<?xml version="1.0"?>{doctype}{answer}"#), "SHAPE");
    }
    provider.refuses(&answer.replace("ada@example.com", "&e;"), "MALFORMED");
    provider.believes(&format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{answer}"));
}

#[test]
fn what_is_too_deep_too_wide_or_too_long_is_refused() {
    let provider = Provider::new();
    provider.refuses(&response(&format!("{}{}", "<a>".repeat(40), "</a>".repeat(40))), "SHAPE");
    provider.refuses(&"<a>".repeat(80_000), "SHAPE");
    provider.refuses(&response(&"<a/>".repeat(30_000)), "SHAPE");
    let crowd: String = (0..100).map(|n| format!(r#" a{n}="1""#)).collect();
    provider.refuses(&response(&format!("<a{crowd}/>")), "SHAPE");
    let namespaces: String = (0..100).map(|n| format!(r#" xmlns:a{n}="urn:{n}""#)).collect();
    provider.refuses(&response(&format!("<a{namespaces}/>")), "SHAPE");
    // Many prefixes in scope of many elements: half a minute for a parser.
    let declared = |depth: usize| -> String { (0..31).map(|n| format!(r#" xmlns:p{depth}-{n}="urn:{n}""#)).collect() };
    let nested: String = (0..30).map(|depth| format!("<a{}>", declared(depth))).collect();
    let crowd = format!("{nested}{}{}", r#"<b xmlns:q="z"/>"#.repeat(12_000), "</a>".repeat(30));
    provider.refuses(&response(&crowd), "SHAPE");
    provider.refuses(&response(&"x".repeat(MAX_RESPONSE)), "TOO_LONG");
    provider.refuses(&" ".repeat(2 * MAX_RESPONSE), "TOO_LONG");
}

#[test]
fn what_is_no_xml_is_refused() {
    let provider = Provider::new();
    for text in ["", "x", "<", "<a", "<a b='", "<a></b>", "\u{feff}", "<samlp:Response/>", "<a b='1' b='2'/>"] {
        provider.refuses(text, "MALFORMED");
    }
    provider.refuses("<a/>", "STRUCTURE");
    for text in ["%%%", "PGEv=Pg", "-_-_"] {
        assert_eq!(saml::read(text, &provider.certificate, &expected()), Err(Refusal::Encoding), "{text}");
    }
    let latin = STANDARD.encode([b'<', 0xe4, b'/', b'>']);
    assert_eq!(saml::read(&latin, &provider.certificate, &expected()), Err(Refusal::Encoding));
}

/// Whatever one byte is changed to, and wherever the answer is cut: it says no, or what was signed.
#[test]
fn no_change_of_a_byte_brings_another_name_in() {
    let provider = Provider::new();
    let answer = provider.answer(&Statement::of("ada@example.com"));
    for at in 0..answer.len() {
        for byte in [b'<', b'>', b'"', b'&', b'x', b' ', 0, answer.as_bytes()[at] ^ 1] {
            let mut changed = answer.clone().into_bytes();
            changed[at] = byte;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            if let Ok(found) = provider.read(&changed) {
                assert_eq!((found.name_id.as_str(), found.id.as_str()), ("ada@example.com", "_assertion"), "{changed}");
                assert_eq!(found.attributes[0].values, ["ada@example.com"]);
            }
        }
        assert!(provider.read(&answer[..at]).is_err());
    }
}
