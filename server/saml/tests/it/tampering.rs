//! What was changed, left out, or signed with something else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use crate::forge::{EXCLUSIVE, Provider, SignedInfo, Statement, response, with_signature};

#[test]
fn a_changed_attribute_is_noticed() {
    let provider = Provider::new();
    let answer = provider.answer(&Statement::of("mallory@example.com"));
    provider.refuses(&answer.replace("mallory@example.com", "admin@example.com"), "DIGEST");
    let answer = provider.signed_answer(&Statement::of("mallory@example.com"));
    provider.refuses(&answer.replace("mallory@example.com", "admin@example.com"), "DIGEST");
    // So is an added one.
    let answer = provider.answer(&Statement::default());
    let more = r#"<saml:Attribute Name="groups"><saml:AttributeValue>admins</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"#;
    provider.refuses(&answer.replace("</saml:AttributeStatement>", more), "DIGEST");
}

#[test]
fn a_removed_signature_is_missed() {
    let provider = Provider::new();
    provider.refuses(&response(&Statement::default().canonical()), "UNSIGNED");
}

#[test]
fn a_comment_cannot_cut_a_name_short() {
    let provider = Provider::new();
    // Signed as one name; without comments the canonical form is the same. Parsers that read the text up to the comment
    // take it for somebody else's.
    let answer = provider.answer(&Statement::of("admin@example.com.evil.example"));
    provider.believes(&answer);
    for hidden in ["<!---->", "<!-- x -->", "<?x?>", "<![CDATA[]]>"] {
        let cut = answer.replace("admin@example.com.evil.example", &format!("admin@example.com{hidden}.evil.example"));
        provider.refuses(&cut, "SHAPE");
    }
    // Elements inside a name are none.
    let split = provider.answer(&Statement::of("admin@example.com<x></x>.evil.example"));
    provider.refuses(&split, "STRUCTURE");
}

#[test]
fn the_key_of_somebody_else_is_no_key() {
    let provider = Provider::new();
    let stranger = Provider::new();
    provider.refuses(&stranger.answer(&Statement::default()), "SIGNATURE");
    provider.refuses(&stranger.signed_answer(&Statement::default()), "SIGNATURE");
    // Not even when it brings its certificate along.
    let honest = Statement::default();
    let pem = stranger.certificate[0].to_pem();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let key = format!(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    );
    let signature = stranger.signature(&honest.id, &honest.canonical()).replace("</ds:Signature>", &key);
    let answer = response(&with_signature(&honest.canonical(), &signature));
    provider.refuses(&answer, "SIGNATURE");
    stranger.believes(&answer);
}

#[test]
fn a_new_certificate_is_accepted_beside_the_old_one() {
    let old = Provider::new();
    let new = Provider::new();
    let both = [old.certificate.clone(), new.certificate.clone()].concat();
    for provider in [&old, &new] {
        let answer = provider.answer(&Statement::default());
        crate::forge::read_with(&answer, &both, &crate::forge::expected()).unwrap();
    }
}

#[test]
fn a_public_certificate_is_no_secret_to_sign_with() {
    let provider = Provider::new();
    let honest = Statement::of("admin@example.com");
    let pem = provider.certificate[0].to_pem();
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(der).unwrap();
    let mut info = SignedInfo::over(&honest.id, &honest.canonical());
    info.method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256".to_owned();
    for secret in [pem.as_bytes(), &der] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let value = STANDARD.encode(hmac::sign(&key, info.canonical().as_bytes()));
        let signature = format!(
            r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"#,
            info.canonical()
        );
        provider.refuses(&response(&with_signature(&honest.canonical(), &signature)), "ALGORITHM");
    }
}

#[test]
fn weak_and_unknown_algorithms_are_refused_by_name() {
    let provider = Provider::new();
    let honest = Statement::default();
    let changes: [fn(&mut SignedInfo); 9] = [
        |info| info.method = "http://www.w3.org/2000/09/xmldsig#rsa-sha1".to_owned(),
        |info| info.method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1".to_owned(),
        |info| info.method = "none".to_owned(),
        |info| info.method = String::new(),
        |info| info.digest_method = "http://www.w3.org/2000/09/xmldsig#sha1".to_owned(),
        |info| info.digest_method = "http://www.w3.org/2001/04/xmldsig-more#md5".to_owned(),
        |info| info.canonical_form = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315".to_owned(),
        |info| info.transforms[1] = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315".to_owned(),
        |info| info.transforms[0] = "http://www.w3.org/TR/1999/REC-xpath-19991116".to_owned(),
    ];
    for change in changes {
        let mut info = SignedInfo::over(&honest.id, &honest.canonical());
        change(&mut info);
        let signature = provider.signature_of(&info);
        provider.refuses(&response(&with_signature(&honest.canonical(), &signature)), "ALGORITHM");
    }
}

#[test]
fn other_transforms_than_the_two_are_refused() {
    let provider = Provider::new();
    let honest = Statement::default();
    let enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    let lists: [&[&str]; 5] = [
        &[],
        &[enveloped],
        &[EXCLUSIVE],
        &[enveloped, EXCLUSIVE, EXCLUSIVE],
        &[enveloped, "http://www.w3.org/TR/1999/REC-xslt-19991116", EXCLUSIVE],
    ];
    for list in lists {
        let mut info = SignedInfo::over(&honest.id, &honest.canonical());
        info.transforms = list.iter().map(|uri| (*uri).to_owned()).collect();
        let signature = provider.signature_of(&info);
        provider.refuses(&response(&with_signature(&honest.canonical(), &signature)), "STRUCTURE");
    }
}

#[test]
fn a_second_reference_or_a_second_digest_is_refused() {
    let provider = Provider::new();
    let honest = Statement::default();
    let plain = honest.canonical();
    let whole = SignedInfo::over(&honest.id, &plain).canonical();
    let start = whole.find("<ds:Reference").unwrap();
    let reference = whole[start..].replace("</ds:SignedInfo>", "");
    let digest = "<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>";
    for info in [
        whole.replace("</ds:SignedInfo>", &format!("{reference}</ds:SignedInfo>")),
        whole.replace("</ds:Reference>", digest),
        whole.replace(&reference, ""),
        whole.replace(
            r#"ecdsa-sha256"></ds:SignatureMethod>"#,
            r#"ecdsa-sha256"><ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>"#,
        ),
    ] {
        let signature = format!(
            r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{info}<ds:SignatureValue>{}</ds:SignatureValue></ds:Signature>"#,
            provider.sign(&info)
        );
        provider.refuses(&response(&with_signature(&plain, &signature)), "STRUCTURE");
    }
}

#[test]
fn a_changed_reference_no_longer_fits_the_signature() {
    let provider = Provider::new();
    let honest = Statement::of("mallory@example.com");
    let evil = Statement::of("admin@example.com");
    let signature = provider.signature(&honest.id, &honest.canonical());
    let wanted = SignedInfo::over(&evil.id, &evil.canonical()).digest;
    let had = SignedInfo::over(&honest.id, &honest.canonical()).digest;
    // The digest of the other assertion, written into the signature.
    let changed = signature.replace(&had, &wanted);
    provider.refuses(&response(&with_signature(&evil.canonical(), &changed)), "SIGNATURE");
    // Or beside the one that was signed, where a careless reader finds it first (CVE-2024-45409).
    let beside =
        signature.replacen("<ds:SignedInfo", &format!("<ds:DigestValue>{wanted}</ds:DigestValue><ds:SignedInfo"), 1);
    provider.refuses(&response(&with_signature(&evil.canonical(), &beside)), "STRUCTURE");
    // Two of what is signed, the false one first or last.
    let false_info = SignedInfo::over(&evil.id, &evil.canonical()).canonical();
    let first = signature.replacen("<ds:SignedInfo", &format!("{false_info}<ds:SignedInfo"), 1);
    provider.refuses(&response(&with_signature(&evil.canonical(), &first)), "STRUCTURE");
    let last = signature.replacen("<ds:SignatureValue", &format!("{false_info}<ds:SignatureValue"), 1);
    provider.refuses(&response(&with_signature(&evil.canonical(), &last)), "STRUCTURE");
}

#[test]
fn a_damaged_signature_is_no_signature() {
    let provider = Provider::new();
    let answer = provider.answer(&Statement::default());
    let (before, rest) = answer.split_once("<ds:SignatureValue>").unwrap();
    let (value, after) = rest.split_once("</ds:SignatureValue>").unwrap();
    let put = |value: &str| format!("{before}<ds:SignatureValue>{value}</ds:SignatureValue>{after}");
    provider.refuses(&put(""), "SIGNATURE");
    provider.refuses(&put("AAAA"), "SIGNATURE");
    provider.refuses(&put("no base64!"), "STRUCTURE");
    provider.refuses(&put(&STANDARD.encode([0; 64])), "SIGNATURE");
    // Line breaks are none of its business.
    let lines = format!("\n  {}\n  {}\n", &value[..40], &value[40..]);
    provider.believes(&put(&lines));
}

#[test]
fn the_order_of_attributes_and_the_way_of_writing_do_not_matter() {
    let provider = Provider::new();
    let answer = provider.answer(&Statement::of("ada@example.com"));
    let other = answer
        .replace(r#"ID="_assertion" Version="2.0""#, "Version = '2.0'\n  ID=\"_assertion\"")
        .replace("ada@example.com</saml:NameID>", "&#97;da&#x40;example.com</saml:NameID >");
    assert_ne!(answer, other);
    assert_eq!(provider.believes(&other).name_id, "ada@example.com");
}
