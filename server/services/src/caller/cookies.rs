//! Cookies: the two of a sign-in, and others that only the server reads. Over https they carry the `__Host-` prefix, so that neither another host nor plain
//! http can set them (RFC 6265bis, 4.1.3.2).

use http::{HeaderMap, header};

use crate::Services;
use crate::sign_in::{Kind, SignedIn};

pub(super) const ACCESS: &str = "accessToken";
pub(super) const REFRESH: &str = "refreshToken";

fn name(cx: &Services, base: &str) -> String {
    if cx.is_https() { format!("__Host-{base}") } else { base.to_owned() }
}

/// The value of one of our cookies.
pub fn cookie(cx: &Services, headers: &HeaderMap, base: &str) -> Option<String> {
    let wanted = name(cx, base);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == wanted && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

/// A `Set-Cookie` value that only this host and no script reads; an age of 0 clears the cookie.
pub fn set_cookie(cx: &Services, base: &str, value: &str, max_age_seconds: i64) -> String {
    let secure = if cx.is_https() { "; Secure" } else { "" };
    let name = name(cx, base);
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}{secure}")
}

/// The `Set-Cookie` values of a fresh sign-in.
pub fn sign_in_cookies(cx: &Services, signed_in: &SignedIn) -> Vec<String> {
    vec![
        set_cookie(cx, ACCESS, &signed_in.access_token, Kind::Web.access_life().num_seconds()),
        set_cookie(cx, REFRESH, &signed_in.refresh_token, Kind::Web.refresh_life().num_seconds()),
    ]
}

/// The `Set-Cookie` values that end a sign-in.
pub fn sign_out_cookies(cx: &Services) -> Vec<String> {
    vec![set_cookie(cx, ACCESS, "", 0), set_cookie(cx, REFRESH, "", 0)]
}

/// The refresh token of a request.
pub fn refresh_cookie(cx: &Services, headers: &HeaderMap) -> Option<String> {
    cookie(cx, headers, REFRESH)
}
