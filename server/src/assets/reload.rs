//! Reloads the browser while somebody develops: pages ask once a second whether the server is still the one that
//! rendered them. Compiled only by `cargo xtask dev`.

use std::sync::LazyLock;

use axum::{Router, response::IntoResponse, routing::get};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// Differs from one start of the server to the next.
static START: LazyLock<String> = LazyLock::new(|| format!("{}", std::process::id()));

const SCRIPT: &str = "\
let seen;
const ask = async () => {
  try {
    const start = await (await fetch('/dev/reload', { cache: 'no-store' })).text();
    if (seen !== undefined && seen !== start) location.reload();
    seen = start;
  } catch {
    // The server is being rebuilt.
  }
  setTimeout(ask, 1000);
};
ask();
";

pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let answer = |kind: &'static str, text: &'static str| {
        ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")], text).into_response()
    };
    Router::new()
        .route("/dev/reload", get(move || async move { answer("text/plain", START.as_str()) }))
        .route("/dev/reload.js", get(move || async move { answer("text/javascript", SCRIPT) }))
}
