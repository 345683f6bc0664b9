//! HTML that somebody wrote by hand, such as the template of a feed: more elements than Markdown has, no less safe.

use ammonia::{Builder, Url, UrlRelative};

use crate::sanitize::with_breaks;

/// Passes HTML through an allow-list of text elements: no scripts, styles, forms or frames. Relative addresses become
/// absolute with `base`, and are dropped when it is no address.
pub fn clean_html(html: &str, base: &str) -> String {
    let relative = Url::parse(base).map_or(UrlRelative::Deny, UrlRelative::RewriteWithBase);
    let mut wall = Builder::default();
    wall.url_schemes(["http", "https", "mailto", "tel"].into_iter().collect()).url_relative(relative);
    wall.clean(&with_breaks(html)).to_string()
}
