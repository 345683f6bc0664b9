//! Signature wrapping, in the eight forms that testers know as XSW1 to XSW8, and their relatives: the signature is a
//! real one, and next to what it covers stands what the attacker wants to be read.

use crate::forge::{Provider, Statement, response, response_to, with_signature};

const MALLORY: &str = "admin@example.com";

fn parts(provider: &Provider) -> (String, String, Statement, Statement) {
    let honest = Statement::of("mallory@example.com");
    let evil = Statement { id: "_evil".to_owned(), ..Statement::of(MALLORY) };
    let plain = honest.canonical();
    let signature = provider.signature(&honest.id, &plain);
    (plain, signature, honest, evil)
}

/// Puts something between two marks of a text.
fn inside(text: &str, end: &str, what: &str) -> String {
    let at = text.rfind(end).unwrap();
    format!("{}{what}{}", &text[..at], &text[at..])
}

#[test]
fn what_the_provider_signs_is_believed() {
    let provider = Provider::new();
    let honest = Statement::of("ada@example.com");
    assert_eq!(provider.believes(&provider.answer(&honest)).name_id, "ada@example.com");
    let whole = provider.believes(&provider.signed_answer(&honest));
    assert_eq!((whole.id.as_str(), whole.session_index.as_deref()), ("_assertion", Some("_s")));
    assert_eq!(whole.attributes[0].values, ["ada@example.com"]);
    // Both signed, the assertion first.
    let inner = response(&provider.signed(&honest));
    let both = with_signature(&inner, &provider.signature("_response", &inner));
    provider.believes(&both);
}

#[test]
fn xsw1_the_signed_answer_hides_in_the_signature_of_another() {
    let provider = Provider::new();
    let honest = response(&Statement::of("mallory@example.com").canonical());
    let signature = inside(&provider.signature("_response", &honest), "</ds:Signature>", &honest);
    let evil =
        response_to("_evil_response", crate::forge::ACS, crate::forge::REQUEST, &Statement::of(MALLORY).canonical());
    provider.refuses(&with_signature(&evil, &signature), "STRUCTURE");
}

#[test]
fn xsw2_the_signed_answer_stands_before_a_detached_signature() {
    let provider = Provider::new();
    let honest = response(&Statement::of("mallory@example.com").canonical());
    let signature = provider.signature("_response", &honest);
    let evil =
        response_to("_evil_response", crate::forge::ACS, crate::forge::REQUEST, &Statement::of(MALLORY).canonical());
    provider.refuses(&with_signature(&evil, &format!("{honest}{signature}")), "STRUCTURE");
}

#[test]
fn xsw3_another_assertion_stands_before_the_signed_one() {
    let provider = Provider::new();
    let (plain, signature, _, evil) = parts(&provider);
    let signed = with_signature(&plain, &signature);
    provider.refuses(&response(&format!("{}{signed}", evil.canonical())), "STRUCTURE");
    // Or behind it.
    provider.refuses(&response(&format!("{signed}{}", evil.canonical())), "STRUCTURE");
}

#[test]
fn xsw4_the_signed_assertion_is_a_child_of_another() {
    let provider = Provider::new();
    let (plain, signature, _, evil) = parts(&provider);
    let signed = with_signature(&plain, &signature);
    provider.refuses(&response(&inside(&evil.canonical(), "</saml:Assertion>", &signed)), "STRUCTURE");
}

#[test]
fn xsw5_the_signature_stands_in_another_assertion_and_what_it_covers_at_the_end() {
    let provider = Provider::new();
    let (plain, signature, _, evil) = parts(&provider);
    let evil = with_signature(&evil.canonical(), &signature);
    provider.refuses(&response(&format!("{evil}{plain}")), "STRUCTURE");
}

#[test]
fn xsw6_what_is_signed_hides_in_the_signature_of_another_assertion() {
    let provider = Provider::new();
    let (plain, signature, _, evil) = parts(&provider);
    let signature = inside(&signature, "</ds:Signature>", &plain);
    provider.refuses(&response(&with_signature(&evil.canonical(), &signature)), "STRUCTURE");
}

#[test]
fn xsw7_another_assertion_hides_in_extensions() {
    let provider = Provider::new();
    let (plain, signature, _, evil) = parts(&provider);
    let signed = with_signature(&plain, &signature);
    let extensions = format!("<samlp:Extensions>{}</samlp:Extensions>", evil.canonical());
    provider.refuses(&response(&format!("{extensions}{signed}")), "STRUCTURE");
    // And the other way round: the signed one in there, the other at its place.
    let extensions = format!("<samlp:Extensions>{signed}</samlp:Extensions>");
    provider.refuses(&response(&format!("{extensions}{}", evil.canonical())), "STRUCTURE");
}

#[test]
fn xsw8_what_is_signed_hides_in_an_object_of_the_signature() {
    let provider = Provider::new();
    let (plain, signature, _, evil) = parts(&provider);
    let object = format!("<ds:Object>{plain}</ds:Object>");
    let signature = inside(&signature, "</ds:Signature>", &object);
    provider.refuses(&response(&with_signature(&evil.canonical(), &signature)), "STRUCTURE");
    // An object is refused whatever is in it.
    let honest = Statement::default();
    let signature = provider.signature(&honest.id, &honest.canonical());
    let signature = inside(&signature, "</ds:Signature>", "<ds:Object>x</ds:Object>");
    provider.refuses(&response(&with_signature(&honest.canonical(), &signature)), "STRUCTURE");
}

#[test]
fn the_id_of_what_is_signed_is_of_no_use_to_another_element() {
    let provider = Provider::new();
    let (plain, signature, honest, evil) = parts(&provider);
    // The same id twice: which element is meant would be up to the parser.
    let twin = Statement { id: honest.id.clone(), ..evil.clone() };
    let twin = with_signature(&twin.canonical(), &signature);
    provider.refuses(&response(&format!("{twin}<samlp:Extensions>{plain}</samlp:Extensions>")), "STRUCTURE");
    // Or an element that is no assertion has it.
    let holder = r#"<samlp:Extensions><x Id="_assertion"/></samlp:Extensions>"#;
    let signed = with_signature(&plain, &signature);
    provider.refuses(&response(&format!("{holder}{signed}")), "STRUCTURE");
    // The signature moved to another assertion, and what it covers is gone.
    provider.refuses(&response(&with_signature(&evil.canonical(), &signature)), "STRUCTURE");
    provider.refuses(&response(&twin), "DIGEST");
}

#[test]
fn a_signature_over_another_element_covers_nothing_here() {
    let provider = Provider::new();
    let honest = Statement::of(MALLORY);
    // Of the subject only.
    let subject = r##"<saml:Subject xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_subject"></saml:Subject>"##;
    let signature = provider.signature("_subject", subject);
    provider.refuses(&response(&with_signature(&honest.canonical(), &signature)), "STRUCTURE");
    // Of the whole document, whatever it is.
    for uri in ["", "#", "#xpointer(/)", "#xpointer(id('_assertion'))", "https://evil.example/assertion.xml"] {
        let mut info = crate::forge::SignedInfo::over("_assertion", &honest.canonical());
        info.uri = uri.to_owned();
        let signature = provider.signature_of(&info);
        provider.refuses(&response(&with_signature(&honest.canonical(), &signature)), "STRUCTURE");
    }
}

#[test]
fn a_signature_of_the_assertion_at_the_answer_signs_nothing() {
    let provider = Provider::new();
    let (plain, signature, ..) = parts(&provider);
    provider.refuses(&with_signature(&response(&plain), &signature), "STRUCTURE");
}

#[test]
fn a_valid_signature_does_not_excuse_an_invalid_one_beside_it() {
    let provider = Provider::new();
    let stranger = Provider::new();
    let honest = Statement::default();
    // The answer is signed by a stranger, the assertion by the provider, and the other way round.
    let inner = response(&provider.signed(&honest));
    provider.refuses(&with_signature(&inner, &stranger.signature("_response", &inner)), "SIGNATURE");
    let inner = response(&stranger.signed(&honest));
    provider.refuses(&with_signature(&inner, &provider.signature("_response", &inner)), "SIGNATURE");
    // Two at one place.
    let signed = provider.signed(&honest);
    let signature = provider.signature(&honest.id, &honest.canonical());
    provider.refuses(&response(&with_signature(&signed, &signature)), "STRUCTURE");
}

#[test]
fn other_documents_that_the_provider_signs_are_no_answers() {
    let provider = Provider::new();
    let logout = r#"<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_l" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.example.com</saml:Issuer></samlp:LogoutResponse>"#;
    provider.refuses(&with_signature(logout, &provider.signature("_l", logout)), "STRUCTURE");
    // Not even around an assertion of somebody else's making.
    let nested = response("").replace("</samlp:Response>", &format!("{logout}</samlp:Response>"));
    provider.refuses(&nested, "STRUCTURE");
}
