//! Who is calling, read from the headers of a request: bearer token or key first, then cookies. An expired access
//! cookie with a good refresh cookie is renewed on the way, so that nobody sees the sign-in page for it.

mod cookies;
mod origin;
mod peer;

use http::{HeaderMap, Method, header};
use model::api_keys;
use model::{Error, Result};

pub use cookies::{cookie, refresh_cookie, set_cookie, sign_in_cookies, sign_out_cookies};
pub use origin::{check_own_link, check_own_page, check_same_origin};
pub use peer::TrustedProxies;

use crate::access::{Actor, ClientInfo, Via};
use crate::sign_in::{self, Kind};
use crate::{Services, second_factor};

/// What is known about the caller. Put into the request's extensions once, by the identifying layer.
#[derive(Debug, Clone, Default)]
pub enum Caller {
    #[default]
    Anonymous,
    Known(Box<Actor>),
    /// Somebody who has to set a second factor up first, and can do nothing else until then.
    Limited(Box<Actor>),
    /// A credential was presented and is not good, or it could not be checked.
    Rejected(Error),
}

impl Caller {
    /// The actor, or why there is none.
    pub fn actor(&self) -> Result<&Actor> {
        match self {
            Caller::Known(actor) => Ok(actor),
            Caller::Limited(_) => Err(Error::SecondFactorNeeded),
            Caller::Anonymous => Err(Error::SignedOut),
            Caller::Rejected(error) => Err(error.clone()),
        }
    }

    pub fn is_known(&self) -> bool {
        matches!(self, Caller::Known(_))
    }

    pub fn is_limited(&self) -> bool {
        matches!(self, Caller::Limited(_))
    }

    /// Whoever it is, for what protects their own account and nothing else: somebody who has to set a second factor up
    /// may do that.
    ///
    /// # Errors
    /// As [`Caller::actor`].
    pub fn own_account(&self) -> Result<&Actor> {
        match self {
            Caller::Limited(actor) => Ok(actor),
            other => other.actor(),
        }
    }

    /// Whether nothing but a cookie vouches for the caller.
    pub fn is_by_cookie(&self) -> bool {
        self.own_account().is_ok_and(|actor| matches!(actor.via, Via::Cookie(_)))
    }
}

/// A caller, and the `Set-Cookie` values that renewed the sign-in, if it had to be.
#[derive(Debug, Clone, Default)]
pub struct Identified {
    pub caller: Caller,
    pub set_cookies: Vec<String>,
}

/// Finds out who is calling. A bearer credential alone decides; other `Authorization` schemes are ignored.
pub async fn identify(cx: &Services, headers: &HeaderMap, client: &ClientInfo) -> Identified {
    if let Some(credential) = bearer(headers) {
        let found = if credential.starts_with(api_keys::PREFIX) {
            crate::api_keys::authenticate(cx, credential, client).await
        } else {
            sign_in::authenticate(cx, credential, client, Via::Token).await
        };
        return Identified { caller: known(cx, found).await, set_cookies: Vec::new() };
    }
    let access = cookie(cx, headers, cookies::ACCESS);
    if let Some(token) = &access {
        match sign_in::authenticate(cx, token, client, Via::Cookie).await {
            Ok(actor) => return Identified { caller: known(cx, Ok(actor)).await, set_cookies: Vec::new() },
            Err(Error::SignedOut) => {}
            Err(error) => return Identified { caller: Caller::Rejected(error), set_cookies: Vec::new() },
        }
    }
    let Some(refresh) = cookie(cx, headers, cookies::REFRESH) else { return Identified::default() };
    match sign_in::refresh(cx, &refresh, Kind::Web, client).await {
        Ok(signed_in) => Identified {
            set_cookies: sign_in_cookies(cx, &signed_in),
            caller: known(cx, Ok(signed_in.actor(client))).await,
        },
        Err(Error::SignedOut) => Identified { caller: Caller::Anonymous, set_cookies: sign_out_cookies(cx) },
        Err(error) => Identified { caller: Caller::Rejected(error), set_cookies: Vec::new() },
    }
}

async fn known(cx: &Services, found: Result<Actor>) -> Caller {
    let limited = match &found {
        // Keys are given out one by one; what their owner signs in with does not concern them.
        Ok(actor) if actor.session().is_some() => second_factor::must_set_up(cx, actor).await,
        _ => Ok(false),
    };
    match (found, limited) {
        (Ok(actor), Ok(false)) => Caller::Known(Box::new(actor)),
        (Ok(actor), Ok(true)) => Caller::Limited(Box::new(actor)),
        (Err(error), _) | (Ok(_), Err(error)) => Caller::Rejected(error),
    }
}

/// The credential of `Authorization: Bearer`; the scheme ignores case (RFC 9110, 11.1). One that cannot be read, is
/// missing, or is one of several is empty, which is never good: it must not leave the decision to a cookie.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut found = headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| {
        let value = value.as_bytes().trim_ascii();
        let (scheme, credential) =
            value.split_at(value.iter().position(u8::is_ascii_whitespace).unwrap_or(value.len()));
        scheme.eq_ignore_ascii_case(b"bearer").then(|| credential.trim_ascii())
    });
    let credential = found.next()?;
    let only = if found.next().is_none() { std::str::from_utf8(credential).ok() } else { None };
    Some(only.unwrap_or_default())
}

/// Whether a method may change something.
pub fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}
