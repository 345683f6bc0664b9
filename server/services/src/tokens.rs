//! Tokens: signed access tokens (RFC 7519, HS256) and hashes of opaque ones.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use model::time::Timestamp;
use model::{Error, Result, SessionId, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::sign_in::Kind;

const ISSUER: &str = "tidings";

/// The secret that signs access tokens: at least 32 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(Vec<u8>);

impl SigningKey {
    /// `None` when the key is shorter than 32 bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        (bytes.len() >= 32).then_some(Self(bytes))
    }

    /// A keyed hash (HMAC-SHA256, RFC 2104) of several texts. The first one says what it is for; each counts with its
    /// length, so that no two lists have the same hash.
    pub(crate) fn mac<T: AsRef<[u8]>>(&self, parts: &[T]) -> [u8; 32] {
        let mut context = ring::hmac::Context::with_key(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &self.0));
        for part in parts {
            let part = part.as_ref();
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut mac = [0; 32];
        mac.copy_from_slice(context.sign().as_ref());
        mac
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Claims {
    pub user_id: UserId,
    pub sid: SessionId,
    pub iss: String,
    /// `cli` for the command line; absent for browsers.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    pub iat: i64,
    pub exp: i64,
}

pub(crate) fn sign(key: &SigningKey, user: &UserId, session: &SessionId, kind: Kind, now: Timestamp) -> Result<String> {
    let claims = Claims {
        user_id: user.clone(),
        sid: session.clone(),
        iss: ISSUER.to_owned(),
        kind: (kind == Kind::Cli).then(|| kind.as_str().to_owned()),
        iat: now.timestamp(),
        exp: (now + kind.access_life()).timestamp(),
    };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(&key.0)).map_err(|error| {
        tracing::error!(%error, "An access token could not be signed");
        Error::Internal { reference: "token".to_owned() }
    })
}

/// The claims of a token that we signed and that has not expired at `now`.
pub(crate) fn verify(key: &SigningKey, token: &str, now: Timestamp) -> Option<Claims> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&[ISSUER]);
    // The crate would read the system clock.
    rules.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(&key.0), &rules).ok()?.claims;
    (claims.exp > now.timestamp()).then_some(claims)
}

/// What is stored of an opaque token or key: SHA-256 in hexadecimal. They have 190 random bits and more, so a slow
/// hash would add nothing.
pub(crate) fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
