//! Secrets that have to be used again and so cannot be hashed: encrypted and authenticated (ChaCha20-Poly1305,
//! RFC 8439) under a key for each purpose, derived from the secret of the instance. The name of the key stands in the
//! text, so that one that another key has sealed is recognised.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Error, Result};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::{Services, SigningKey};

/// What a secret is for. A text that was sealed for one purpose opens for no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The password of the mail server.
    MailPassword,
    /// Letters that wait in the outbox.
    Letter,
    /// The client secret at a sign-in provider.
    ClientSecret,
    /// The shared secret of an authenticator app.
    Totp,
    /// State of a ceremony or a flow that ends within minutes.
    Flow,
}

impl Purpose {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Purpose::MailPassword => "mail password",
            Purpose::Letter => "letter",
            Purpose::ClientSecret => "client secret",
            Purpose::Totp => "totp",
            Purpose::Flow => "flow",
        }
    }
}

impl Services {
    /// Seals a secret for the database.
    pub fn seal(&self, purpose: Purpose, plain: &str) -> Result<String> {
        let signing = &self.settings.signing_key;
        let nonce: [u8; NONCE_LEN] = self.random.bytes();
        let mut text = plain.as_bytes().to_vec();
        key(signing, purpose)
            .and_then(|key| {
                let aad = Aad::from(purpose.label());
                key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut text).ok()
            })
            .ok_or_else(internal)?;
        let mut whole = nonce.to_vec();
        whole.append(&mut text);
        Ok(format!("v1:{}:{}", key_name(signing), URL_SAFE_NO_PAD.encode(whole)))
    }

    /// Opens what [`Services::seal`] made for the same purpose, under this key or the one before.
    ///
    /// # Errors
    /// `Internal` when another key has sealed it or it was changed; the log says which.
    pub fn unseal(&self, purpose: Purpose, sealed: &str) -> Result<String> {
        let mut parts = sealed.splitn(3, ':');
        let (version, name, text) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
        let keys = std::iter::once(&self.settings.signing_key).chain(&self.settings.previous_signing_key);
        let signing = keys.filter(|_| version == Some("v1")).find(|key| name == Some(key_name(key).as_str()));
        let Some(signing) = signing else {
            tracing::error!(purpose = purpose.label(), "A secret was sealed under another key");
            return Err(internal());
        };
        open(signing, purpose, text).ok_or_else(|| {
            tracing::error!(purpose = purpose.label(), "A sealed secret was changed");
            internal()
        })
    }
}

/// Whether the key of today has sealed a text.
pub(crate) fn is_current(cx: &Services, sealed: &str) -> bool {
    sealed.starts_with(&format!("v1:{}:", key_name(&cx.settings.signing_key)))
}

fn open(signing: &SigningKey, purpose: Purpose, text: &str) -> Option<String> {
    let mut whole = URL_SAFE_NO_PAD.decode(text).ok()?;
    let nonce: [u8; NONCE_LEN] = whole.get(..NONCE_LEN)?.try_into().ok()?;
    let mut rest = whole.split_off(NONCE_LEN);
    let aad = Aad::from(purpose.label());
    let plain = key(signing, purpose)?.open_in_place(Nonce::assume_unique_for_key(nonce), aad, &mut rest).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

fn key(signing: &SigningKey, purpose: Purpose) -> Option<LessSafeKey> {
    let bytes = signing.mac(&["seal", purpose.label()]);
    UnboundKey::new(&CHACHA20_POLY1305, &bytes).ok().map(LessSafeKey::new)
}

/// Tells keys apart without telling anything about them.
fn key_name(signing: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(&signing.mac(&["name of the key"])[..6])
}

fn internal() -> Error {
    Error::Internal { reference: "sealed".to_owned() }
}
