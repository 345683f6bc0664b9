use crate::canonical::{text, value};
use crate::xml::PROTOCOL;

/// What a provider needs to know about this service, in the form that providers import.
pub fn metadata(entity_id: &str, acs_url: &str, name_id_format: &str) -> String {
    let mut xml = String::from(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    xml.push_str("\n<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID");
    value(entity_id, &mut xml);
    xml.push_str(">\n  <md:SPSSODescriptor AuthnRequestsSigned=\"false\" WantAssertionsSigned=\"true\" protocolSupportEnumeration");
    value(PROTOCOL, &mut xml);
    xml.push('>');
    if !name_id_format.is_empty() {
        xml.push_str("\n    <md:NameIDFormat>");
        text(name_id_format, &mut xml);
        xml.push_str("</md:NameIDFormat>");
    }
    xml.push_str(
        "\n    <md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location",
    );
    value(acs_url, &mut xml);
    xml.push_str(" index=\"0\" isDefault=\"true\"/>\n  </md:SPSSODescriptor>\n</md:EntityDescriptor>\n");
    xml
}
