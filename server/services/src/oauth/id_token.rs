//! ID tokens: who a provider says somebody is, signed (OpenID Connect Core 1.0, 3.1.3.7).
//!
//! The signature is checked by the crate that signs our own tokens. `openidconnect` and `oauth2` would bring a second
//! generation of hashes, curves and random numbers for the same few lines, and their own idea of HTTP.

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use model::time::Timestamp;
use serde_json::Value;

/// Signatures by keys that only the provider has. Those with a shared secret are not among them, nor "none".
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// By how many seconds the provider's clock may differ from ours.
const SKEW: i64 = 120;

/// What must stand in the token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: Timestamp,
}

/// What is wrong with a token, in words for an administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Flaw {
    #[error("The ID token is not a signed token.")]
    Malformed,
    #[error("The ID token is signed with an algorithm that is not accepted.")]
    Algorithm,
    #[error("The ID token is signed with a key that the provider does not publish.")]
    Key,
    #[error("The signature of the ID token is wrong.")]
    Signature,
    #[error("The ID token names another issuer.")]
    Issuer,
    #[error("The ID token is meant for another client.")]
    Audience,
    #[error("The ID token has expired. Check the clocks of both servers.")]
    Expired,
    #[error("The ID token is not good yet. Check the clocks of both servers.")]
    Early,
    #[error("The ID token belongs to another sign-in: its nonce is wrong.")]
    Nonce,
}

/// The name of the key a token says it is signed with; `None` inside where it names none.
pub(super) fn key_id(token: &str) -> Result<Option<String>, Flaw> {
    Ok(jsonwebtoken::decode_header(token).map_err(|_| Flaw::Malformed)?.kid)
}

/// The claims of a token that is what it must be.
pub(super) fn verify(token: &str, keys: &[Jwk], expected: &Expected<'_>) -> Result<Value, Flaw> {
    let claims = signed(token, keys)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let time = |name: &str| claims.get(name).and_then(Value::as_f64).map(|seconds| seconds as i64);
    if text("iss") != Some(expected.issuer) {
        return Err(Flaw::Issuer);
    }
    let (meant, several) = match claims.get("aud") {
        Some(Value::String(one)) => (one == expected.client_id, false),
        Some(Value::Array(all)) => (all.iter().any(|one| one == expected.client_id), all.len() > 1),
        _ => (false, false),
    };
    let party_fits = match claims.get("azp") {
        Some(party) => party == expected.client_id,
        None => !several,
    };
    if !meant || !party_fits {
        return Err(Flaw::Audience);
    }
    let now = expected.now.timestamp();
    if time("exp").is_none_or(|end| end + SKEW <= now) {
        return Err(Flaw::Expired);
    }
    if time("iat").is_none_or(|made| made > now + SKEW) || time("nbf").is_some_and(|from| from > now + SKEW) {
        return Err(Flaw::Early);
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(Flaw::Nonce);
    }
    Ok(claims)
}

/// The claims of a token whose signature is right.
fn signed(token: &str, keys: &[Jwk]) -> Result<Value, Flaw> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Flaw::Malformed)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Flaw::Algorithm);
    }
    // Times, issuer and audience are looked at above: the crate would read the system clock.
    let mut rules = Validation::new(header.alg);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules.validate_aud = false;
    let mut flaw = Flaw::Key;
    for key in keys.iter().filter(|key| suits(key, header.alg, header.kid.as_deref())) {
        let Ok(key) = DecodingKey::from_jwk(key) else { continue };
        match jsonwebtoken::decode::<Value>(token, &key, &rules) {
            Ok(data) if data.claims.is_object() => return Ok(data.claims),
            Ok(_) => flaw = Flaw::Malformed,
            Err(_) => flaw = Flaw::Signature,
        }
    }
    Err(flaw)
}

fn suits(key: &Jwk, algorithm: Algorithm, kid: Option<&str>) -> bool {
    let named = kid.is_none() || key.common.key_id.as_deref() == kid;
    let for_signatures = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    // The names of both enumerations are those of RFC 7518.
    let its_own = key.common.key_algorithm.is_none_or(|own| format!("{own:?}") == format!("{algorithm:?}"));
    let of_the_kind = matches!(
        (&key.algorithm, algorithm),
        (
            AlgorithmParameters::RSA(_),
            Algorithm::RS256
                | Algorithm::RS384
                | Algorithm::RS512
                | Algorithm::PS256
                | Algorithm::PS384
                | Algorithm::PS512,
        ) | (AlgorithmParameters::EllipticCurve(_), Algorithm::ES256 | Algorithm::ES384)
            | (AlgorithmParameters::OctetKeyPair(_), Algorithm::EdDSA)
    );
    named && for_signatures && its_own && of_the_kind
}

#[cfg(test)]
mod tests;
