//! The files for browsers that are embedded in the binary: scripts, WebAssembly, style sheets, images.
//!
//! Each is served as `/assets/<name>-<hash>.<ending>`, compressed ahead of time with Brotli; gzip and the plain form are
//! made when somebody first asks for them. The hash of the content is part of the name, so a browser keeps a file for ever
//! and still gets the new one after an upgrade. Pages and templates know only logical names such as `app.css` and ask
//! [`url`] for the address.

mod parts;
#[cfg(dev_reload)]
mod reload;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION,
        VARY, X_CONTENT_TYPE_OPTIONS,
    },
};

pub use parts::parts;
use services::cache::{Encoding, compress};

/// One embedded file.
#[derive(Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its name in the sources, such as `app.css` or `icons/mark.svg`.
    pub logical: &'static str,
    /// Its name in addresses, with the hash of the content.
    file: &'static str,
    /// `/assets/<file>`
    pub url: &'static str,
    pub content_type: &'static str,
    /// The plain content; absent where it is unpacked from `brotli`.
    identity: Option<&'static [u8]>,
    /// The same content, compressed; absent where that would not make it smaller.
    brotli: Option<&'static [u8]>,
    unpacked: OnceLock<Vec<u8>>,
    /// For browsers on connections without TLS, which do not take Brotli.
    gzip: OnceLock<Bytes>,
}

impl Asset {
    /// The plain content. The first call for a file that is embedded compressed unpacks it.
    pub fn bytes(&'static self) -> &'static [u8] {
        self.identity.unwrap_or_else(|| self.unpacked.get_or_init(|| unpack(self.file, self.brotli)))
    }

    /// The content in this form. What is not embedded is made by the first who asks, on a thread of its own.
    async fn form(&'static self, encoding: Encoding) -> Bytes {
        let known = match encoding {
            Encoding::Brotli => self.brotli.map(Bytes::from_static),
            Encoding::Gzip => self.gzip.get().cloned(),
            Encoding::Identity => {
                self.identity.or_else(|| Some(self.unpacked.get()?.as_slice())).map(Bytes::from_static)
            }
        };
        if let Some(known) = known {
            return known;
        }
        let made = tokio::task::spawn_blocking(move || match encoding {
            Encoding::Gzip => self.gzip.get_or_init(|| compress(self.bytes(), encoding)).clone(),
            Encoding::Brotli | Encoding::Identity => Bytes::from_static(self.bytes()),
        });
        // Only a runtime that is going down refuses.
        made.await.unwrap_or_default()
    }

    /// The content when it is text.
    pub fn text(&'static self) -> Option<&'static str> {
        std::str::from_utf8(self.bytes()).ok()
    }
}

fn unpack(file: &str, brotli: Option<&'static [u8]>) -> Vec<u8> {
    let mut content = Vec::new();
    if let Err(error) = brotli::BrotliDecompress(&mut brotli.unwrap_or_default(), &mut content) {
        // Only a binary that was damaged after it was built comes here.
        tracing::error!(file, %error, "The embedded file {file} cannot be unpacked. Install this version again.");
    }
    content
}

// `ASSETS`: all embedded files by logical name; empty in a build without the site, such as `cargo test`.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Where pages point when a file is not embedded. It answers 404, and the word shows in the browser's console.
const MISSING: &str = "/assets/not-in-this-build";

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For addresses without a hash: a new icon arrives within a day.
const FOR_A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Files that browsers ask for at fixed addresses.
const WELL_KNOWN: [(&str, &str); 2] = [("/favicon.ico", "favicon.ico"), ("/favicon.svg", "favicon.svg")];

/// Script that pages include while somebody develops: it loads the page again when the server was rebuilt. Nothing in
/// every other build.
pub const DEV_RELOAD: Option<&str> = if cfg!(dev_reload) { Some("/dev/reload.js") } else { None };

/// The address of a file by its logical name: `url("app.css")` is `/assets/app-0123456789abcdef.css`.
///
/// A name that is not embedded gives an address that answers 404: the page without its style is better than no page.
pub fn url(logical: &str) -> &'static str {
    find(logical).map_or(MISSING, |asset| asset.url)
}

/// An embedded file by its logical name.
pub fn find(logical: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.logical == logical)
}

/// `GET /assets/{file}`, the icons at their fixed addresses, and in a development build `GET /dev/reload`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    serving(&ASSETS)
}

fn serving<S: Clone + Send + Sync + 'static>(assets: &'static [Asset]) -> Router<S> {
    let hashed = move |Path(file): Path<String>, headers: HeaderMap| async move {
        match assets.iter().find(|asset| asset.file == file) {
            Some(asset) => answer(asset, &headers, FOR_EVER).await,
            None => match successor(assets, &file) {
                Some(asset) => moved_to(asset),
                None => StatusCode::NOT_FOUND.into_response(),
            },
        }
    };
    let mut router = Router::new().route("/assets/{file}", get(hashed));
    for (path, logical) in WELL_KNOWN {
        if let Some(asset) = assets.iter().find(|asset| asset.logical == logical) {
            let icon = move |headers: HeaderMap| async move { answer(asset, &headers, FOR_A_DAY).await };
            router = router.route(path, get(icon));
        }
    }
    #[cfg(dev_reload)]
    let router = router.merge(reload::router());
    router
}

/// What became of a file of the widget that this version does not have any more, or that a page names without its hash.
/// Pages of customers keep scripts for a while, and what those fetch later has to be there.
fn successor(assets: &'static [Asset], file: &str) -> Option<&'static Asset> {
    let (stem, ending) = file.strip_prefix("widget-")?.rsplit_once('.')?;
    let (name, _) = stem.rsplit_once('-')?;
    assets.iter().find(|asset| {
        asset.logical.strip_prefix("widget-").and_then(|rest| rest.rsplit_once('.')) == Some((name, ending))
    })
}

fn moved_to(asset: &'static Asset) -> Response {
    let headers = [
        (LOCATION, HeaderValue::from_static(asset.url)),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
        (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin")),
    ];
    (StatusCode::TEMPORARY_REDIRECT, headers).into_response()
}

/// Pages of other origins load the widget's files.
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

async fn answer(asset: &'static Asset, request: &HeaderMap, cache: HeaderValue) -> Response {
    // What Brotli makes smaller, gzip does.
    let encoding = Encoding::choose(request, asset.brotli.is_some(), asset.brotli.is_some());
    // The encodings are different representations, and a strong tag must tell them apart (RFC 9110, 8.8.3).
    let tag = format!("\"{}{}\"", asset.file, encoding.suffix());
    let is_known = request.get_all(IF_NONE_MATCH).iter().any(|value| names(value, &tag));

    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(asset.form(encoding).await))
    };
    let headers = response.headers_mut();
    if !is_known {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
        if let Some(name) = encoding.name() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, cache);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // The widget's files are loaded by pages of other origins.
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    response
}

/// Whether an `If-None-Match` value names a tag; compared weakly, as RFC 9110, 13.1.2 asks.
fn names(value: &HeaderValue, tag: &str) -> bool {
    let text = value.to_str().unwrap_or_default();
    text.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}
