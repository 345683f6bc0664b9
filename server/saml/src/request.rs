use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use model::time::{self, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::canonical::{text, value};
use crate::xml::{ASSERTION, PROTOCOL};

/// All that may stand unescaped in a value of a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Asks a provider who somebody is. The person's browser carries it there in an address, and the answer back in a form.
#[derive(Debug, Clone, Copy)]
pub struct AuthnRequest<'a> {
    /// Unguessable, and no digit first: it is an XML id.
    pub id: &'a str,
    pub issued_at: Timestamp,
    /// Where the provider takes requests.
    pub sso_url: &'a str,
    /// Who asks: the entity id of this service.
    pub entity_id: &'a str,
    /// Where the answer is to go.
    pub acs_url: &'a str,
    /// How people are to be named; empty leaves that to the provider.
    pub name_id_format: &'a str,
}

impl AuthnRequest<'_> {
    /// The address to send the browser to (HTTP-Redirect binding). `relay_state` comes back with the answer.
    pub fn address(&self, relay_state: &str) -> String {
        let request = STANDARD.encode(deflated(&self.xml()));
        let request = utf8_percent_encode(&request, QUERY);
        let relay_state = utf8_percent_encode(relay_state, QUERY);
        let (base, fragment) = match self.sso_url.split_once('#') {
            Some((base, fragment)) => (base, format!("#{fragment}")),
            None => (self.sso_url, String::new()),
        };
        let joint = if base.contains('?') { '&' } else { '?' };
        format!("{base}{joint}SAMLRequest={request}&RelayState={relay_state}{fragment}")
    }

    fn xml(&self) -> String {
        let mut xml =
            format!(r#"<samlp:AuthnRequest xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" Version="2.0" ID"#);
        value(self.id, &mut xml);
        xml.push_str(" IssueInstant");
        value(&time::to_wire(self.issued_at), &mut xml);
        xml.push_str(" Destination");
        value(self.sso_url, &mut xml);
        xml.push_str(
            r#" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" AssertionConsumerServiceURL"#,
        );
        value(self.acs_url, &mut xml);
        xml.push_str("><saml:Issuer>");
        text(self.entity_id, &mut xml);
        xml.push_str("</saml:Issuer>");
        if !self.name_id_format.is_empty() {
            xml.push_str("<samlp:NameIDPolicy Format");
            value(self.name_id_format, &mut xml);
            xml.push_str(r#" AllowCreate="true"/>"#);
        }
        xml.push_str("</samlp:AuthnRequest>");
        xml
    }
}

fn deflated(text: &str) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(text.as_bytes());
    encoder.finish().unwrap_or_default()
}
