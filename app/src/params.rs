//! What the address of a page names.

use std::str::FromStr;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{Error, ProjectId, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The id in the named part of the address; a text that is no id cannot exist.
pub fn id_param<T>(name: &'static str) -> Memo<Result<T>>
where
    T: FromStr + Clone + PartialEq + Send + Sync + 'static,
{
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name)).and_then(|text| text.parse().ok()).ok_or(Error::NotFound))
}

/// The project of the page.
pub fn project_param() -> Memo<Result<ProjectId>> {
    id_param("project")
}

/// The dashboard's path of a project, with something behind it.
pub fn project_path(project: &ProjectId, rest: &str) -> String {
    format!("/dashboard/projects/{project}{rest}")
}

/// Everything but unreserved characters (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes a value of a query.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The value that a query gives a name, decoded once. The map of the router decodes twice, which tears an address apart
/// that is itself a value.
pub fn queried(search: &str, name: &str) -> Option<String> {
    let pairs = search.trim_start_matches('?').split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    pairs.into_iter().find(|(key, _)| decode(key) == name).map(|(_, value)| decode(value))
}

/// A path with those pairs of a query whose values are not empty.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let query: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_inside_an_address_stays_whole() {
        let inner = "http://127.0.0.1:4711/?a=b%26c&d=e+f%20g#h";
        let outer = with_query("/cli/auth", &[("callback", inner), ("empty", ""), ("client", "a & b")]);
        let search = outer.strip_prefix("/cli/auth").unwrap();
        assert_eq!(queried(search, "callback").as_deref(), Some(inner));
        assert_eq!(queried(search, "client").as_deref(), Some("a & b"));
        assert_eq!(queried("?a=1+2&b", "a").as_deref(), Some("1 2"));
        assert_eq!((queried("?a=1&b", "b").as_deref(), queried("?a=1", "c")), (Some(""), None));
    }
}
