//! From a code to who somebody is at the provider.

use model::sso::{AuthMethod, OAuthProvider, Problem};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::id_token::{self, Expected, Flaw};
use super::{Broken, Keys};
use crate::Services;
use crate::outgoing::{Answer, Call};
use crate::sso::Asserted;

/// What a provider gave, and what it was asked with.
pub(super) struct Exchange<'a> {
    pub code: &'a str,
    pub verifier: &'a str,
    pub nonce: &'a str,
    pub redirect_uri: &'a str,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: Option<String>,
    id_token: Option<String>,
    /// GitHub answers 200 with an error in it.
    error: Option<String>,
}

#[derive(Deserialize)]
struct ListedEmail {
    email: String,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    verified: bool,
}

fn misconfigured(detail: impl Into<String>) -> Broken {
    Broken { problem: Problem::Misconfigured, detail: detail.into() }
}

fn untrusted(flaw: Flaw) -> Broken {
    Broken { problem: Problem::Untrusted, detail: flaw.to_string() }
}

/// Exchanges the code and reads who it is.
pub(super) async fn identify(
    cx: &Services,
    provider: &OAuthProvider,
    secret: &str,
    exchange: &Exchange<'_>,
) -> Result<Asserted, Broken> {
    let tokens = tokens(cx, provider, secret, exchange).await?;
    let signed = match &provider.issuer_url {
        Some(issuer) => Some(signed(cx, provider, issuer, exchange.nonce, tokens.id_token.as_deref()).await?),
        None => None,
    };
    let mut claims = signed.clone().unwrap_or_else(|| Value::Object(Map::new()));
    let says_all = claims.get("email").is_some_and(Value::is_string) && provider.rules.has_claims(&claims);
    if (signed.is_none() || !says_all) && !provider.user_info_url.is_empty() {
        let token =
            tokens.access_token.as_deref().ok_or_else(|| misconfigured("The provider gave no access token."))?;
        let told = told(cx, provider, token).await?;
        if let Some(signed) = &signed
            && told.get("sub") != signed.get("sub")
        {
            // OpenID Connect Core 1.0, 5.3.4.
            return Err(Broken {
                problem: Problem::Untrusted,
                detail: "The user info is about somebody else than the ID token.".to_owned(),
            });
        }
        // What is signed goes first.
        if let (Value::Object(claims), Value::Object(told)) = (&mut claims, told) {
            for (name, value) in told {
                claims.entry(name).or_insert(value);
            }
        }
    }
    let external_id = account(&claims).ok_or_else(|| Broken {
        problem: Problem::Untrusted,
        detail: "The provider names no account: neither sub nor id is there.".to_owned(),
    })?;
    let (email, email_verified) = email(cx, provider, &claims, tokens.access_token.as_deref()).await?;
    let name = claims.get("name").and_then(Value::as_str).map(str::to_owned);
    Ok(Asserted { external_id, email, email_verified, name, claims })
}

async fn tokens(
    cx: &Services,
    provider: &OAuthProvider,
    secret: &str,
    exchange: &Exchange<'_>,
) -> Result<Tokens, Broken> {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", exchange.code),
        ("redirect_uri", exchange.redirect_uri),
        ("code_verifier", exchange.verifier),
    ];
    if provider.auth_method == AuthMethod::Post {
        fields.extend([("client_id", provider.client_id.as_str()), ("client_secret", secret)]);
    }
    let mut call = Call::post_form(&provider.token_url, &fields).accept_json();
    if provider.auth_method == AuthMethod::Basic {
        // RFC 6749, 2.3.1: both are encoded as in a form first.
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        call = call.basic(&encode(&provider.client_id), &encode(secret));
    }
    let answer = cx.outgoing.send(call).await?;
    let refused = |code: Option<&str>| {
        let code = code.filter(|code| code.len() <= 60 && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        let hint = match code {
            Some("invalid_client") => " Check client id, client secret and how the client proves itself.",
            Some("redirect_uri_mismatch" | "invalid_request") => " Check the callback address at the provider.",
            _ => "",
        };
        let code = code.map_or(String::new(), |code| format!(" ({code})"));
        misconfigured(format!("The provider refused the code with the status {}{code}.{hint}", answer.status.as_u16()))
    };
    let tokens: Tokens = answer.json().map_err(|_| refused(None))?;
    if !answer.is_success() || tokens.error.is_some() {
        return Err(refused(tokens.error.as_deref()));
    }
    Ok(tokens)
}

/// The claims of the ID token. With an issuer there must be one: only it proves that the answer belongs to this sign-in.
async fn signed(
    cx: &Services,
    provider: &OAuthProvider,
    issuer: &str,
    nonce: &str,
    token: Option<&str>,
) -> Result<Value, Broken> {
    let token = token.ok_or_else(|| misconfigured("The provider gave no ID token. Ask for the scope openid."))?;
    let url = provider.jwks_url.as_deref().ok_or_else(|| misconfigured("The provider's keys are not known."))?;
    let kid = id_token::key_id(token).map_err(untrusted)?;
    let set = Keys::get(cx, url, kid.as_deref()).await?;
    let expected = Expected { issuer, client_id: &provider.client_id, nonce, now: cx.clock.now() };
    id_token::verify(token, &set.keys, &expected).map_err(untrusted)
}

/// The claims that the provider tells to the owner of an access token.
async fn told(cx: &Services, provider: &OAuthProvider, token: &str) -> Result<Value, Broken> {
    let answer = cx.outgoing.send(Call::get(&provider.user_info_url).accept_json().bearer(token)).await?;
    let told: Value = object(&answer)?;
    if told.is_object() { Ok(told) } else { Err(misconfigured("The user info is no JSON object.")) }
}

fn object(answer: &Answer) -> Result<Value, Broken> {
    if !answer.is_success() {
        return Err(misconfigured(format!("The user info could not be read: status {}.", answer.status.as_u16())));
    }
    answer.json().map_err(|_| misconfigured("The user info is no JSON."))
}

/// What the provider calls the account: `sub`, else `id`, which may be a number.
fn account(claims: &Value) -> Option<String> {
    let of = |name: &str| match claims.get(name)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) if number.is_u64() || number.is_i64() => Some(number.to_string()),
        _ => None,
    };
    of("sub").or_else(|| of("id"))
}

/// The address, and whether the provider says that it is confirmed.
async fn email(
    cx: &Services,
    provider: &OAuthProvider,
    claims: &Value,
    token: Option<&str>,
) -> Result<(String, Option<bool>), Broken> {
    if let (Some(url), Some(token)) = (&provider.emails_url, token) {
        let answer = cx.outgoing.send(Call::get(url).accept_json().bearer(token)).await?;
        if !answer.is_success() {
            return Err(misconfigured(format!("The e-mails could not be read: status {}.", answer.status.as_u16())));
        }
        let listed: Vec<ListedEmail> = answer.json().map_err(|_| misconfigured("The e-mails are no list."))?;
        let primary = listed.into_iter().find(|one| one.primary);
        return Ok(primary.map_or((String::new(), None), |one| (one.email, Some(one.verified))));
    }
    let verified = match claims.get("email_verified") {
        Some(Value::Bool(flag)) => Some(*flag),
        // Some providers write it as text.
        Some(Value::String(text)) => Some(text.eq_ignore_ascii_case("true")),
        Some(Value::Null) | None => None,
        Some(_) => Some(false),
    };
    Ok((claims.get("email").and_then(Value::as_str).unwrap_or_default().to_owned(), verified))
}
