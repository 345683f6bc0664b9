use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;
use saml::{AuthnRequest, EMAIL_ADDRESS, metadata};

use crate::forge::at;

fn request(sso_url: &'static str) -> AuthnRequest<'static> {
    AuthnRequest {
        id: "_request",
        issued_at: at("2026-11-30T10:00:00Z"),
        sso_url,
        entity_id: "https://news.example.com/?a=1&b=<2>",
        acs_url: "https://news.example.com/acs",
        name_id_format: EMAIL_ADDRESS,
    }
}

#[test]
fn a_request_travels_in_an_address() {
    let address = request("https://idp.example.com/sso").address("state/1+2");
    let (base, query) = address.split_once('?').unwrap();
    assert_eq!(base, "https://idp.example.com/sso");
    let (message, relay_state) = query.split_once("&RelayState=").unwrap();
    assert_eq!(relay_state, "state%2F1%2B2");
    let message = message.strip_prefix("SAMLRequest=").unwrap();
    let message = percent_encoding::percent_decode_str(message).decode_utf8().unwrap();
    let mut xml = String::new();
    DeflateDecoder::new(&STANDARD.decode(&*message).unwrap()[..]).read_to_string(&mut xml).unwrap();
    assert_eq!(
        xml,
        r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" ID="_request" IssueInstant="2026-11-30T10:00:00.000Z" Destination="https://idp.example.com/sso" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" AssertionConsumerServiceURL="https://news.example.com/acs"><saml:Issuer>https://news.example.com/?a=1&amp;b=&lt;2&gt;</saml:Issuer><samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" AllowCreate="true"/></samlp:AuthnRequest>"#
    );
}

#[test]
fn an_address_that_has_a_query_keeps_it() {
    let address = request("https://idp.example.com/sso?tenant=7#top").address("x");
    assert!(address.starts_with("https://idp.example.com/sso?tenant=7&SAMLRequest="), "{address}");
    assert!(address.ends_with("&RelayState=x#top"), "{address}");
}

#[test]
fn metadata_says_who_we_are_and_where_answers_go() {
    let xml = metadata("https://news.example.com/?a=1&b=2", "https://news.example.com/acs", EMAIL_ADDRESS);
    let document = roxmltree::Document::parse(&xml).unwrap();
    assert_eq!(document.root_element().attribute("entityID"), Some("https://news.example.com/?a=1&b=2"));
    let service = document.descendants().find(|node| node.has_tag_name("AssertionConsumerService"));
    let service = service.unwrap();
    assert_eq!(service.attribute("Location"), Some("https://news.example.com/acs"));
    assert_eq!(service.attribute("Binding"), Some("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"));
}
