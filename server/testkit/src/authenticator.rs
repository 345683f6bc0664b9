//! A passkey in software: it answers the options of a ceremony as a browser with an authenticator would (WebAuthn,
//! level 3), and in wrong ways where a test asks for them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const HAS_KEY: u8 = 1 << 6;

/// An authenticator with its passkeys, and the browser in front of it. A clone is a copy of the device.
#[derive(Clone)]
pub struct Authenticator {
    /// Where the browser says it is.
    pub origin: String,
    /// Whether it verifies the person, by a fingerprint or a PIN.
    pub verifies: bool,
    /// How often it was used; stays 0 when `counts` is not set.
    pub counter: u32,
    pub counts: bool,
    /// Whether it says whose the passkey is.
    pub names_owner: bool,
    keys: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    id: Vec<u8>,
    pkcs8: Vec<u8>,
    rp: String,
    owner: Vec<u8>,
}

impl Authenticator {
    /// One without passkeys, at the address of an instance.
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            verifies: true,
            counter: 0,
            counts: true,
            names_owner: true,
            keys: Vec::new(),
        }
    }

    /// Makes a passkey; the answer is the `RegistrationResponseJSON`.
    ///
    /// # Panics
    /// When the options exclude a passkey it has.
    #[track_caller]
    pub fn create(&mut self, options: &Value) -> Value {
        let excluded = options["excludeCredentials"].as_array().cloned().unwrap_or_default();
        for id in &excluded {
            let id = unbase64(&id["id"]);
            assert!(self.keys.iter().all(|key| key.id != id), "the authenticator has this passkey already");
        }
        self.create_again(options)
    }

    /// As [`Authenticator::create`], without regard to what is excluded.
    pub fn create_again(&mut self, options: &Value) -> Value {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).expect("a key");
        let key = Key {
            id: random(32),
            pkcs8: pkcs8.as_ref().to_vec(),
            rp: options["rp"]["id"].as_str().expect("a relying party").to_owned(),
            owner: unbase64(&options["user"]["id"]),
        };
        let point = pair(&key).public_key().as_ref().to_vec();
        let mut data = self.data(&key.rp, HAS_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(key.id.len()).expect("a short id").to_be_bytes());
        data.extend(&key.id);
        // COSE: an elliptic curve key for ES256 on P-256 (RFC 9053, 7.1.1).
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x59");
        object.extend(u16::try_from(data.len()).expect("short data").to_be_bytes());
        object.extend(&data);
        let response = json!({
            "id": base64(&key.id), "rawId": base64(&key.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64(&self.client_data("webauthn.create", options)),
                "attestationObject": base64(&object), "transports": ["internal", "hybrid"],
            },
        });
        self.keys.push(key);
        response
    }

    /// Signs with the newest passkey that the options allow; the answer is the `AuthenticationResponseJSON`.
    ///
    /// # Panics
    /// When it has none that they allow.
    #[track_caller]
    pub fn get(&mut self, options: &Value) -> Value {
        let allowed: Vec<Vec<u8>> =
            options["allowCredentials"].as_array().into_iter().flatten().map(|id| unbase64(&id["id"])).collect();
        let rp = options["rpId"].as_str().expect("a relying party");
        let fits = |key: &&Key| key.rp == rp && (allowed.is_empty() || allowed.contains(&key.id));
        let key = self.keys.iter().rev().find(fits).expect("a passkey that is allowed").clone();
        self.sign(&key, options)
    }

    /// Signs with its newest passkey, allowed or not.
    #[track_caller]
    pub fn get_anyway(&mut self, options: &Value) -> Value {
        let key = self.keys.last().expect("a passkey").clone();
        self.sign(&key, options)
    }

    fn sign(&mut self, key: &Key, options: &Value) -> Value {
        if self.counts {
            self.counter += 1;
        }
        let data = self.data(&key.rp, 0);
        let client_data = self.client_data("webauthn.get", options);
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, &client_data).as_ref());
        let signature = pair(key).sign(&SystemRandom::new(), &signed).expect("a signature");
        json!({
            "id": base64(&key.id), "rawId": base64(&key.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64(&client_data), "authenticatorData": base64(&data),
                "signature": base64(signature.as_ref()),
                "userHandle": self.names_owner.then(|| base64(&key.owner)),
            },
        })
    }

    /// The authenticator's own part of what is signed (WebAuthn, 6.1).
    fn data(&self, rp: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = digest(&SHA256, rp.as_bytes()).as_ref().to_vec();
        data.push(flags | PRESENT | verified);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }
}

fn pair(key: &Key) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key.pkcs8, &SystemRandom::new()).expect("a key pair")
}

fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SystemRandom::new().fill(&mut bytes).expect("random bytes");
    bytes
}

fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[track_caller]
fn unbase64(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().expect("base64url")).expect("base64url")
}

/// The code that an authenticator app shows (RFC 6238), from the secret as people type it.
pub fn totp_code(secret: &str, seconds: i64) -> String {
    const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<u8> = secret
        .bytes()
        .filter_map(|byte| BASE32.iter().position(|known| *known == byte))
        .flat_map(|value| (0..5).rev().map(move |bit| (value >> bit & 1) as u8))
        .collect();
    let key: Vec<u8> = bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |value, bit| value << 1 | bit)).collect();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = ring::hmac::sign(&key, &seconds.div_euclid(30).to_be_bytes());
    let hash = tag.as_ref();
    let offset = usize::from(hash[19] & 15);
    let value = u32::from_be_bytes(hash[offset..offset + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
    format!("{:06}", value % 1_000_000)
}
