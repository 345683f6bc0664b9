use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::time::from_wire;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::json;

use super::*;

enum Signer {
    Es(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Signer {
    fn es() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self::Es(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap())
    }

    fn ed() -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Ed(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap())
    }

    fn jwk(&self, kid: &str) -> Jwk {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let key = match self {
            Self::Es(key) => {
                let point = key.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256",
                    "x": part(&point[1..33]), "y": part(&point[33..]) })
            }
            Self::Ed(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": part(key.public_key().as_ref()) })
            }
        };
        serde_json::from_value(key).unwrap()
    }

    fn sign(&self, header: Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let signature = match self {
            Self::Es(key) => key.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Ed(key) => key.sign(message.as_bytes()).as_ref().to_vec(),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn token(&self, kid: &str, claims: &Value) -> String {
        let alg = if matches!(self, Self::Es(_)) { "ES256" } else { "EdDSA" };
        self.sign(json!({ "alg": alg, "kid": kid }), claims)
    }
}

const EXPECTED: Expected<'static> = Expected {
    issuer: "https://sso.example",
    client_id: "tidings",
    nonce: "n-1",
    now: chrono::DateTime::<chrono::Utc>::UNIX_EPOCH,
};

fn expected() -> Expected<'static> {
    Expected { now: from_wire("2026-03-04T09:30:00.000Z").unwrap(), ..EXPECTED }
}

fn claims() -> Value {
    let now = expected().now.timestamp();
    json!({ "iss": "https://sso.example", "aud": "tidings", "sub": "u1", "nonce": "n-1", "iat": now, "exp": now + 300 })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    claims
}

#[test]
fn a_token_of_the_provider_for_this_sign_in_is_accepted() {
    for signer in [Signer::es(), Signer::ed()] {
        let keys = [Signer::es().jwk("old"), signer.jwk("new")];
        let found = verify(&signer.token("new", &claims()), &keys, &expected()).unwrap();
        assert_eq!(found["sub"], "u1");
        // A provider with one key may leave its name out.
        let alg = if matches!(signer, Signer::Es(_)) { "ES256" } else { "EdDSA" };
        assert!(verify(&signer.sign(json!({ "alg": alg }), &claims()), &keys, &expected()).is_ok());
    }
}

#[test]
fn a_token_of_somebody_else_is_refused_whatever_it_says() {
    let (own, foreign) = (Signer::es(), Signer::es());
    let keys = [own.jwk("a")];
    let check = |token: &str, flaw| assert_eq!(verify(token, &keys, &expected()).unwrap_err(), flaw, "{token}");
    check(&foreign.token("a", &claims()), Flaw::Signature);
    check(&foreign.token("b", &claims()), Flaw::Key);
    check("", Flaw::Malformed);
    check("a.b.c", Flaw::Malformed);
    // Nothing that a public key could be taken as the secret of, and nothing unsigned.
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    check(&format!("{}.{}.", part(json!({ "alg": "none" })), part(claims())), Flaw::Malformed);
    let hs = format!("{}.{}", part(json!({ "alg": "HS256", "kid": "a" })), part(claims()));
    let point = serde_json::to_value(own.jwk("a")).unwrap()["x"].as_str().unwrap().to_owned();
    let mac = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, point.as_bytes()), hs.as_bytes());
    check(&format!("{hs}.{}", URL_SAFE_NO_PAD.encode(mac)), Flaw::Algorithm);
    // Changed after it was signed.
    let good = own.token("a", &claims());
    let (head, tail) = good.split_at(good.find('.').unwrap() + 1);
    let (_, signature) = tail.split_once('.').unwrap();
    check(&format!("{head}{}.{signature}", part(with("sub", json!("admin")))), Flaw::Signature);
}

#[test]
fn a_key_is_used_for_what_it_is_for_only() {
    let signer = Signer::es();
    let mut encryption = serde_json::to_value(signer.jwk("a")).unwrap();
    encryption["use"] = json!("enc");
    let mut shared = json!({ "kty": "oct", "kid": "a", "k": "c2VjcmV0" });
    shared["alg"] = json!("HS256");
    for key in [encryption, shared] {
        let keys = [serde_json::from_value(key).unwrap()];
        assert_eq!(verify(&signer.token("a", &claims()), &keys, &expected()).unwrap_err(), Flaw::Key);
    }
}

#[test]
fn every_claim_must_be_what_this_sign_in_waits_for() {
    let signer = Signer::es();
    let keys = [signer.jwk("a")];
    let now = expected().now.timestamp();
    let check = |claims: Value, flaw: Option<Flaw>| {
        let found = verify(&signer.token("a", &claims), &keys, &expected()).err();
        assert_eq!(found, flaw, "{claims}");
    };
    check(with("iss", json!("https://other.example")), Some(Flaw::Issuer));
    check(with("iss", json!("https://sso.example/")), Some(Flaw::Issuer));
    check(with("iss", Value::Null), Some(Flaw::Issuer));
    check(with("aud", json!("other")), Some(Flaw::Audience));
    check(with("aud", json!([])), Some(Flaw::Audience));
    check(with("aud", Value::Null), Some(Flaw::Audience));
    check(with("aud", json!(["tidings"])), None);
    check(with("aud", json!(["tidings", "other"])), Some(Flaw::Audience));
    check(with("azp", json!("other")), Some(Flaw::Audience));
    let mut several = with("aud", json!(["tidings", "other"]));
    several["azp"] = json!("tidings");
    check(several, None);
    check(with("exp", json!(now - 60)), None);
    check(with("exp", json!(now - 121)), Some(Flaw::Expired));
    check(with("exp", Value::Null), Some(Flaw::Expired));
    check(with("exp", json!("soon")), Some(Flaw::Expired));
    check(with("iat", json!(now + 60)), None);
    check(with("iat", json!(now + 121)), Some(Flaw::Early));
    check(with("iat", Value::Null), Some(Flaw::Early));
    check(with("nbf", json!(now + 121)), Some(Flaw::Early));
    check(with("nonce", json!("n-2")), Some(Flaw::Nonce));
    check(with("nonce", Value::Null), Some(Flaw::Nonce));
}

/// A key and a signature that OpenSSL made.
#[test]
fn rsa_signatures_are_checked() {
    let n = "kFU93ACShY4Tn1INX6bK6d3pfSgFB9-VHUTrZya4VyRr6sMtzJtamDO57wJJQrllXEcOUgZ3Pqg-AS0f37DpYwJoqB\
              l_d8QKdXXNwmeE9B2K1QMlXo6f2XG7gaFinJYUlgLMD1G5ce2s-jHnGPk9fdX3Rtvj2FMxxezQBEYOhdjIG9xO8jxp\
              7z-pOfnODaoMM-bH-ca0fIbon_HzbhF8-wGkkkhQ_vYV4Hl6TXY8mW68c3_kpVQrUH2F6KljogREaTGMkbFOcHpkWo\
              -i9IGfssCuOoPTktP4lfIMZQZ6HfNZXsP1YMBTLvy_hIMC7z6sxnlSinZm04e2ZfcadaO0HQ";
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UifQ.FZo5w060ry2NISUXyoFDYj7nZRgdAPAN6OBSuY1w48836pwd-c\
                  h5S7BsX9Wlhdh0jHu04EUCwcXkx32ZUw7uP5zs-JPp_Lem8JtNgdh4MriCywkWazxEyYLPhA3WyrgTvkIrrynhca1T\
                  LBSrDIMSxdcwhh1XZ9paqljvRiH1fxRc9ouR-m3N3x-CqkdF72weuXGmqtZsKN-o-vy18YFlR1mgBdGKjGSHGrwT4y\
                  j5XcZx_-ysIcTgfjBFHCmDuq_7SaZcc7n6LZ60GqvEOk6c8Y3Jr-Yh1ENFzIl1f84SY9HfXHTNRxmKB-W8LnBCDoWD\
                  bOAwNIKnl5kl8-Sf_9_CJg";
    let keys = [serde_json::from_value(json!({ "kty": "RSA", "n": n, "e": "AQAB" })).unwrap()];
    assert_eq!(signed(token, &keys).unwrap()["iss"], "joe");
    let (message, signature) = token.rsplit_once('.').unwrap();
    let changed = format!("{message}.A{}", &signature[1..]);
    assert_eq!(signed(&changed, &keys).unwrap_err(), Flaw::Signature);
}
