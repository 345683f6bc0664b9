//! Where releases can be fetched from.

use serde::{Deserialize, Serialize};

use super::options::names;
use crate::check::Checker;
use crate::error::Result;

/// The most releases that are fetched at once, and how many it is unless somebody says otherwise.
pub const MAX_FETCHED: usize = 500;
pub const USUAL_FETCHED: usize = 50;
/// The longest address, and the longest key or token.
const MAX_ADDRESS: usize = 2_000;
const MAX_SECRET: usize = 500;

names! {
    /// What an address gives.
    FeedFormat {
        /// As its answer says.
        Auto = "auto",
        Rss = "rss",
        Atom = "atom",
        /// The releases of a repository at GitHub.
        GithubApi = "github_api",
        Json = "json",
    }

    /// Which entries of Canny are fetched.
    CannyStatus {
        All = "all",
        Published = "published",
        Draft = "draft",
    }
}

impl FeedFormat {
    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Auto => "Find out",
            Self::Rss => "RSS",
            Self::Atom => "Atom",
            Self::GithubApi => "Releases of a GitHub repository",
            Self::Json => "JSON, or JSON Feed",
        }
    }
}

impl CannyStatus {
    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All entries",
            Self::Published => "Published entries",
            Self::Draft => "Drafts",
        }
    }
}

/// An address to fetch releases from. It prints no token.
#[derive(Clone, PartialEq, Eq)]
pub struct FromUrl {
    pub url: String,
    pub format: FeedFormat,
    pub most: usize,
    /// For GitHub alone.
    pub token: Option<String>,
}

impl std::fmt::Debug for FromUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FromUrl")
            .field("url", &self.url)
            .field("format", &self.format)
            .field("most", &self.most)
            .finish()
    }
}

impl FromUrl {
    /// Checks every field.
    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        let url = self.url.trim().to_owned();
        let is_web = ["http://", "https://"].iter().any(|start| {
            url.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)) && url.len() > start.len()
        });
        if !is_web || url.len() > MAX_ADDRESS || url.chars().any(char::is_control) {
            let message = format!(
                "Give a whole address that begins with https:// or http://, of at most {MAX_ADDRESS} characters."
            );
            form.fail("url", message);
        }
        check_most(&mut form, self.most);
        let token = self.token.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty());
        if token.as_ref().is_some_and(|token| !is_secret(token)) {
            form.fail("githubToken", "This is no token of GitHub.");
        }
        form.finish()?;
        Ok(Self { url, token, ..self })
    }
}

/// What is fetched from Canny.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannyOptions {
    /// Labels of an entry become tags.
    pub labels: bool,
    /// Tags of its posts become tags, too.
    pub post_tags: bool,
    pub status: CannyStatus,
    pub most: usize,
}

impl Default for CannyOptions {
    fn default() -> Self {
        Self { labels: true, post_tags: false, status: CannyStatus::Published, most: USUAL_FETCHED }
    }
}

impl CannyOptions {
    /// Checks every field, and the key that comes with them, which is given back without blanks at its edges.
    pub fn checked(&self, key: &str) -> Result<String> {
        let mut form = Checker::new();
        let key = key.trim();
        if key.is_empty() {
            form.fail("apiKey", "Give the key that Canny shows in its settings, under “API and webhooks”.");
        } else if !is_secret(key) {
            form.fail("apiKey", "This is no key of Canny.");
        }
        check_most(&mut form, self.most);
        form.finish()?;
        Ok(key.to_owned())
    }
}

fn check_most(form: &mut Checker, most: usize) {
    if !(1..=MAX_FETCHED).contains(&most) {
        form.fail("maxEntries", format!("Between 1 and {MAX_FETCHED} entries can be fetched at once."));
    }
}

fn is_secret(text: &str) -> bool {
    text.len() <= MAX_SECRET && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(url: &str) -> FromUrl {
        FromUrl { url: url.to_owned(), format: FeedFormat::Auto, most: USUAL_FETCHED, token: None }
    }

    #[test]
    fn only_whole_addresses_of_the_web_are_taken() {
        for good in
            ["https://example.com/feed", "http://example.com", "HTTPS://example.com/a?b=c", " https://x.example "]
        {
            assert!(url(good).checked().is_ok(), "{good}");
        }
        for bad in ["", "example.com", "https://", "file:///etc/passwd", "ftp://x", "javascript:1", "https://a\u{0}b"] {
            assert!(url(bad).checked().unwrap_err().for_field("url").is_some(), "{bad}");
        }
    }

    #[test]
    fn more_than_500_are_refused_and_the_limit_is_named() {
        for most in [0, 501] {
            let error = FromUrl { most, ..url("https://example.com") }.checked().unwrap_err();
            assert!(error.for_field("maxEntries").is_some_and(|message| message.contains("500")), "{most}");
            let options = CannyOptions { most, ..CannyOptions::default() };
            assert!(options.checked("key").unwrap_err().for_field("maxEntries").is_some());
        }
    }

    #[test]
    fn a_token_is_never_printed() {
        let from = FromUrl { token: Some("ghp_secret".to_owned()), ..url("https://example.com") };
        assert!(!format!("{from:?}").contains("ghp_secret"));
        assert!(CannyOptions::default().checked("a b").unwrap_err().for_field("apiKey").is_some());
    }
}
