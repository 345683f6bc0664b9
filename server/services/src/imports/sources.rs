//! Releases that the server fetches: from an address, from the API of GitHub, from Canny. What comes becomes a text that
//! is read, looked at and imported like any file, so that nothing here decides about entries.
//!
//! Everything goes through [`crate::outgoing`]. A token or a key stays in memory for as long as the question takes, goes
//! to the host it is for, and is neither kept nor logged.

use std::time::Duration;

use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use model::imports::{CannyOptions, CannyStatus, FeedFormat, FromUrl, ImportJob, Reading, Source};
use model::{Error, Result};
use serde_json::{Value, json};
use url::Url;

use super::jobs;
use crate::Services;
use crate::access::{Grant, Proof, RunImports};
use crate::outgoing::{Answer, Call, Trouble};

/// The API of GitHub, unless the configuration names another one.
pub const GITHUB_URL: &str = "https://api.github.com";
/// The API of Canny, unless the configuration names another one.
pub const CANNY_URL: &str = "https://canny.io";

/// For one answer, redirects included.
const PATIENCE: Duration = Duration::from_secs(15);
/// For all answers of one import.
const PATIENCE_IN_ALL: Duration = Duration::from_secs(60);
const LARGEST: usize = 5 * 1024 * 1024;
/// What GitHub and Canny give at once.
const GITHUB_PAGE: usize = 100;
const CANNY_PAGE: usize = 50;

/// Whom imports ask, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    pub github: String,
    pub canny: String,
}

impl Default for Sources {
    fn default() -> Self {
        Self { github: GITHUB_URL.to_owned(), canny: CANNY_URL.to_owned() }
    }
}

/// A text that was fetched, and how it is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    pub text: String,
    pub reading: Reading,
}

/// Fetches releases from an address.
///
/// # Errors
/// `Invalid` naming `url`, `maxEntries` or `githubToken`: the address cannot be reached, lies in a private network, gives
/// too much, or no releases.
pub async fn fetch_url(cx: &Services, _may: &impl Proof<RunImports>, from: FromUrl) -> Result<Fetched> {
    let from = from.checked()?;
    let repository = repository(&from, &cx.settings.import_sources.github)?;
    let work = async {
        match repository {
            Some(repository) => of_github(cx, &repository, &from).await,
            None => of_address(cx, &from).await,
        }
    };
    within(work, "url").await
}

/// Fetches releases from an address, and keeps them as a preview.
///
/// # Errors
/// As [`fetch_url`] and [`super::read`].
pub async fn read_url(cx: &Services, may: &Grant<RunImports>, from: FromUrl) -> Result<ImportJob> {
    let Fetched { text, reading } = fetch_url(cx, may, from).await?;
    jobs::read(cx, may, &text, &reading).await.map_err(|error| named("url", error))
}

/// An entry of Canny, ready to be imported, with what is known about it beside.
#[derive(Debug, Clone, PartialEq)]
pub struct CannyEntry {
    pub entry: super::CheckedEntry,
    pub metadata: Value,
}

/// Whether Canny takes a key.
///
/// # Errors
/// `Invalid` naming `apiKey` when it is empty or no key at all; naming `canny` when Canny cannot be asked.
pub async fn canny_takes(cx: &Services, _may: &impl Proof<RunImports>, key: &str) -> Result<bool> {
    let key = CannyOptions::default().checked(key)?;
    let answer = ask_canny(cx, &key, 0, 1).await?;
    Ok(answer.is_some())
}

/// Fetches entries of Canny, newest first, checked but not kept.
///
/// # Errors
/// `Invalid` naming `apiKey`, `maxEntries` or `canny`.
pub async fn fetch_canny(
    cx: &Services,
    may: &impl Proof<RunImports>,
    key: &str,
    options: &CannyOptions,
) -> Result<Vec<CannyEntry>> {
    let raw = canny_entries(cx, may, key, options).await?;
    let reading = Reading { source: Some(Source::Json), ..Reading::default() };
    let parsed = super::parse(&importers::canny::to_json(&raw, options), &reading).await;
    let parsed = parsed.map_err(|error| named("canny", error))?;
    let entries = super::check(&parsed).into_iter().zip(&raw);
    Ok(entries.map(|(entry, raw)| CannyEntry { entry, metadata: importers::canny::metadata(raw) }).collect())
}

/// Fetches entries of Canny, and keeps them as a preview.
///
/// # Errors
/// As [`fetch_canny`] and [`super::read`].
pub async fn read_canny(
    cx: &Services,
    may: &Grant<RunImports>,
    key: &str,
    options: &CannyOptions,
) -> Result<ImportJob> {
    let raw = canny_entries(cx, may, key, options).await?;
    if raw.is_empty() {
        return Err(Error::field("canny", "Canny has no entries in this state."));
    }
    let reading = Reading { source: Some(Source::Json), origin: "Canny".to_owned(), ..Reading::default() };
    let text = importers::canny::to_json(&raw, options);
    jobs::read(cx, may, &text, &reading).await.map_err(|error| named("canny", error))
}

/// Nobody typed the text of these, so what is wrong with it is wrong with where it came from.
fn named(field: &'static str, error: Error) -> Error {
    match error {
        Error::Invalid { mut fields } => {
            for wrong in fields.iter_mut().filter(|wrong| matches!(wrong.field.as_str(), "text" | "columns")) {
                wrong.field = field.to_owned();
            }
            Error::Invalid { fields }
        }
        error => error,
    }
}

async fn within<T>(work: impl Future<Output = Result<T>>, field: &'static str) -> Result<T> {
    let slow = |_| Error::field(field, "The answers took more than a minute in all. Ask for fewer entries.");
    tokio::time::timeout(PATIENCE_IN_ALL, work).await.map_err(slow)?
}

fn ask(url: &str) -> Call {
    Call::get(url).patience(PATIENCE).largest(LARGEST)
}

/// What went wrong, as somebody who named an address understands it.
fn trouble(field: &'static str, trouble: &Trouble) -> Error {
    let message = match trouble {
        Trouble::TooLong { host } => format!("{host} gave more than 5 MB, which is the most that is fetched."),
        Trouble::Address => "Give a whole address that begins with https:// or http:// and names a host.".to_owned(),
        other => other.to_string(),
    };
    Error::field(field, message)
}

// From an address.

async fn of_address(cx: &Services, from: &FromUrl) -> Result<Fetched> {
    let mut answer = get(cx, &from.url).await?;
    let mut text = text(&answer)?;
    if is_page(&answer, &text) {
        let Some(feed) = importers::markup::named_feed(&text) else { return Err(no_feed(&answer)) };
        let feed = answer.url().join(&feed).map_err(|_| no_feed(&answer))?;
        answer = get(cx, feed.as_str()).await?;
        text = self::text(&answer)?;
    }
    let source = source(&answer, &text, from.format)?;
    let reading = Reading {
        source: Some(source),
        file_name: answer.url().path().rsplit('/').next().unwrap_or_default().chars().take(200).collect(),
        most: Some(from.most),
        origin: answer.host().to_owned(),
        ..Reading::default()
    };
    Ok(Fetched { text, reading })
}

async fn get(cx: &Services, url: &str) -> Result<Answer> {
    const ACCEPT: HeaderValue = HeaderValue::from_static(
        "application/rss+xml, application/atom+xml, application/feed+json, application/json;q=0.9, text/markdown;q=0.8, \
         text/csv;q=0.8, application/xml;q=0.7, text/html;q=0.5, */*;q=0.1",
    );
    let call = ask(url).plain().with(header::ACCEPT, ACCEPT);
    let answer = cx.outgoing.send(call).await.map_err(|error| trouble("url", &error))?;
    match answer.status {
        status if status.is_success() => Ok(answer),
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            Err(Error::field("url", format!("{} has nothing at this address.", answer.host())))
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Err(Error::field("url", format!("{} does not give this to everybody.", answer.host())))
        }
        status => Err(Error::field("url", format!("{} answered with an error ({}).", answer.host(), status.as_u16()))),
    }
}

/// What the answer says about itself, without its parameters.
fn kind(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn charset(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let named = kind.split(';').skip(1).find_map(|part| part.trim().strip_prefix("charset="))?;
    Some(named.trim_matches('"').to_owned())
}

fn text(answer: &Answer) -> Result<String> {
    let decoded = importers::decode_named(&answer.body, charset(&answer.headers).as_deref());
    decoded.map_err(|error| Error::field("url", format!("What {} gave is not text: {error}", answer.host())))
}

fn is_page(answer: &Answer, text: &str) -> bool {
    let begin: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(15).collect();
    let begin = begin.to_ascii_lowercase();
    begin.starts_with("<!doctype html") || begin.starts_with("<html") || kind(&answer.headers) == "text/html"
}

fn no_feed(answer: &Answer) -> Error {
    let message = format!(
        "{} gave a page that names no feed. Give the address of a feed (RSS, Atom or JSON Feed), of JSON, of a Markdown \
         file or of a table (CSV).",
        answer.host()
    );
    Error::field("url", message)
}

/// How the answer is read: as somebody says, else as it looks; Markdown and tables only where it says that it is one.
fn source(answer: &Answer, text: &str, format: FeedFormat) -> Result<Source> {
    let seen = importers::looks_like(text);
    let kind = kind(&answer.headers);
    let path = answer.url().path().to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
    let wrong = |wanted: &str| Error::field("url", format!("What {} gave is not {wanted}.", answer.host()));
    match (format, seen) {
        (FeedFormat::Auto, Source::Json | Source::Feed) => Ok(seen),
        (FeedFormat::Rss | FeedFormat::Atom, Source::Feed) | (FeedFormat::Json, Source::Json) => Ok(seen),
        (FeedFormat::Rss | FeedFormat::Atom, _) => Err(wrong("a feed (RSS or Atom)")),
        (FeedFormat::Json, _) => Err(wrong("JSON")),
        (FeedFormat::Auto | FeedFormat::GithubApi, _) => {
            if kind == "text/csv" || kind == "text/tab-separated-values" || ends(&[".csv", ".tsv"]) {
                Ok(Source::Csv)
            } else if kind == "text/markdown" || ends(&[".md", ".markdown"]) {
                Ok(Source::Markdown)
            } else {
                Err(wrong("a feed (RSS, Atom or JSON Feed), JSON, Markdown or a table (CSV)"))
            }
        }
    }
}

// From GitHub.

/// `owner/name` of the repository whose releases are meant. Pages of github.com stand for what its API says.
fn repository(from: &FromUrl, api: &str) -> Result<Option<String>> {
    let url = Url::parse(&from.url);
    let url = url.map_err(|_| Error::field("url", "Give a whole address that begins with https:// or http://."))?;
    let asked = matches!(from.format, FeedFormat::GithubApi);
    if !asked && from.format != FeedFormat::Auto {
        return Ok(None);
    }
    let api = Url::parse(api).ok();
    let of_api = api.filter(|api| api.origin() == url.origin()).and_then(|api| {
        let rest = url.path().strip_prefix(api.path().trim_end_matches('/'))?;
        rest.strip_prefix("/repos/").map(str::to_owned)
    });
    let of_page = matches!(url.host_str(), Some("github.com" | "www.github.com"))
        .then(|| url.path().trim_start_matches('/').to_owned());
    let parts = of_api.or(of_page).unwrap_or_default();
    let parts: Vec<&str> = parts.trim_end_matches('/').split('/').collect();
    let is_name = |name: &str| {
        !name.is_empty()
            && name != "."
            && name != ".."
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let found = match parts.as_slice() {
        [owner, name] | [owner, name, "releases" | "tags"] if is_name(owner) && is_name(name) => {
            Some(format!("{owner}/{}", name.trim_end_matches(".git")))
        }
        [owner, name, ..] if asked && is_name(owner) && is_name(name) => Some(format!("{owner}/{name}")),
        _ => None,
    };
    if asked && found.is_none() {
        let message = "Give the address of a repository at GitHub, such as https://github.com/owner/name.";
        return Err(Error::field("url", message));
    }
    Ok(found)
}

async fn of_github(cx: &Services, repository: &str, from: &FromUrl) -> Result<Fetched> {
    let base = &cx.settings.import_sources.github;
    let mut releases: Vec<Value> = Vec::new();
    for page in 1.. {
        let size = GITHUB_PAGE.min(from.most);
        let url = format!("{base}/repos/{repository}/releases?per_page={size}&page={page}");
        let mut call = ask(&url)
            .with(header::ACCEPT, HeaderValue::from_static("application/vnd.github+json"))
            .with(HeaderName::from_static("x-github-api-version"), HeaderValue::from_static("2022-11-28"));
        if let Some(token) = &from.token {
            call = call.bearer(token);
        }
        let answer = cx.outgoing.send(call).await.map_err(|error| trouble("url", &error))?;
        refuse_github(&answer, repository, from)?;
        let some: Vec<Value> = answer.json().map_err(|error| trouble("url", &error))?;
        let is_last = some.len() < size;
        releases.extend(some.iter().map(slim));
        if is_last || releases.len() >= from.most {
            break;
        }
    }
    releases.truncate(from.most);
    let reading =
        Reading { source: Some(Source::Json), origin: format!("github.com/{repository}"), ..Reading::default() };
    Ok(Fetched { text: Value::Array(releases).to_string(), reading })
}

/// What an import reads of a release.
fn slim(release: &Value) -> Value {
    let of = |name: &str| release.get(name).cloned().unwrap_or_default();
    json!({
        "tag_name": of("tag_name"), "name": of("name"), "body": of("body"), "published_at": of("published_at"),
        "created_at": of("created_at"), "draft": of("draft"), "prerelease": of("prerelease"),
    })
}

fn refuse_github(answer: &Answer, repository: &str, from: &FromUrl) -> Result<()> {
    let (field, message) = match answer.status {
        status if status.is_success() => return Ok(()),
        StatusCode::UNAUTHORIZED => ("githubToken", "GitHub does not take this token.".to_owned()),
        StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS if from.token.is_none() => (
            "githubToken",
            "GitHub answers no more questions without a token for now. Give one, or try later.".to_owned(),
        ),
        StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => {
            ("githubToken", "GitHub answers no more questions with this token for now. Try later.".to_owned())
        }
        StatusCode::NOT_FOUND if from.token.is_none() => {
            ("url", format!("GitHub has no repository {repository}, or shows it only to those with a token."))
        }
        StatusCode::NOT_FOUND => ("url", format!("GitHub has no repository {repository} that this token sees.")),
        status => ("url", format!("GitHub answered with an error ({}).", status.as_u16())),
    };
    Err(Error::field(field, message))
}

// From Canny.

async fn canny_entries(
    cx: &Services,
    _may: &impl Proof<RunImports>,
    key: &str,
    options: &CannyOptions,
) -> Result<Vec<Value>> {
    let key = options.checked(key)?;
    let work = async {
        let mut entries: Vec<Value> = Vec::new();
        let mut skip = 0;
        while entries.len() < options.most {
            let Some(page) = ask_canny(cx, &key, skip, CANNY_PAGE).await? else {
                return Err(Error::field("apiKey", "Canny does not take this key."));
            };
            let (some, has_more) = page;
            skip += some.len();
            let is_last = !has_more || some.is_empty();
            entries.extend(some.into_iter().filter(|entry| is_wanted(entry, options.status)));
            if is_last {
                break;
            }
        }
        entries.truncate(options.most);
        Ok(entries)
    };
    within(work, "canny").await
}

fn is_wanted(entry: &Value, wanted: CannyStatus) -> bool {
    let status = entry.get("status").and_then(Value::as_str).unwrap_or_default();
    wanted == CannyStatus::All || status == wanted.as_str()
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    entries: Vec<Value>,
    #[serde(default)]
    has_more: bool,
}

/// One page, and whether more follow; nothing where the key is not taken.
async fn ask_canny(cx: &Services, key: &str, skip: usize, limit: usize) -> Result<Option<(Vec<Value>, bool)>> {
    let url = format!("{}/api/v1/entries/list", cx.settings.import_sources.canny);
    let (skip, limit) = (skip.to_string(), limit.to_string());
    let fields = [("apiKey", key), ("sort", "created"), ("skip", skip.as_str()), ("limit", limit.as_str())];
    let call = Call::post_form(&url, &fields).accept_json().patience(PATIENCE).largest(LARGEST);
    let answer = cx.outgoing.send(call).await.map_err(|error| trouble("canny", &error))?;
    match answer.status {
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Ok(None),
        status if !status.is_success() => {
            return Err(Error::field("canny", format!("Canny answered with an error ({}).", status.as_u16())));
        }
        _ => {}
    }
    let body: Value = answer.json().map_err(|error| trouble("canny", &error))?;
    if body.get("error").is_some() {
        return Ok(None);
    }
    let page: Page = serde_json::from_value(body)
        .map_err(|_| Error::field("canny", "Canny gave an answer that could not be understood."))?;
    Ok(Some((page.entries, page.has_more)))
}
