//! The defence against requests that a foreign page makes a signed-in browser send.

use http::{HeaderMap, header};
use model::{Error, Result};

use crate::Services;

/// Refuses a request that another site caused: `Origin` must be ours, or the browser must say that the request is its
/// own (`Sec-Fetch-Site`, W3C Fetch Metadata). A request with neither header does not come from a browser's page.
///
/// # Errors
/// `CrossSite`.
pub fn check_same_origin(cx: &Services, headers: &HeaderMap) -> Result<()> {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return if matches!(site, "same-origin" | "none") { Ok(()) } else { Err(Error::CrossSite) };
    }
    let Some(origin) = text(header::ORIGIN) else { return Ok(()) };
    let same_host = || {
        let host = text(header::HOST)?;
        let (_, authority) = origin.split_once("://")?;
        Some(authority.eq_ignore_ascii_case(host))
    };
    if origin.eq_ignore_ascii_case(origin_of(cx.base_url())) || same_host().unwrap_or(false) {
        Ok(())
    } else {
        Err(Error::CrossSite)
    }
}

/// As [`check_same_origin`], for requests that nothing but a cookie vouches for: one that does not say where it comes
/// from is refused too.
///
/// # Errors
/// `CrossSite`.
pub fn check_own_page(cx: &Services, headers: &HeaderMap) -> Result<()> {
    let says = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
    if says { check_same_origin(cx, headers) } else { Err(Error::CrossSite) }
}

/// As [`check_own_page`], for a link that begins something for whoever is signed in: the browser must say that a page of
/// ours has it. Browsers say so in `Sec-Fetch-Site`, and over plain http in `Referer`.
///
/// # Errors
/// `CrossSite`.
pub fn check_own_link(cx: &Services, headers: &HeaderMap) -> Result<()> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let own = match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text("referer").is_some_and(|from| origin_of(from).eq_ignore_ascii_case(origin_of(cx.base_url()))),
    };
    if own { Ok(()) } else { Err(Error::CrossSite) }
}

/// Scheme and authority of an address, without its path.
fn origin_of(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    url[start..].find('/').map_or(url, |end| &url[..start + end])
}
