//! Answers that everybody gets, kept in memory: pages, feeds, public JSON, scripts.
//!
//! What is kept knows what it was made from and the moment before it was read ([`store::changes`]). A request compares
//! two numbers, without a lock or a query, and a change is seen by the next request after its commit. What may be told
//! to some callers only must never come here.
//!
//! There are three parts within one bound of bytes: answers, answers to rare questions (searches, later pages), so that
//! nobody can push out the first with the second, and fragments: Markdown that was rendered once, which need no moment
//! because the same text always gives the same HTML.

mod encoding;
mod page;

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::{Cache as Map, EntryAction, EntryResult};
use quick_cache::{OptionsBuilder, Weighter};
use sha2::{Digest, Sha256};
use store::changes::{Changes, Source};

pub use encoding::{Encoding, compress};
use page::From;
pub use page::{Page, Rendered};

/// How long a request waits for another one that makes the same answer, before it makes one itself.
const PATIENCE: Duration = Duration::from_secs(2);

/// Parts of the whole, in eighths.
const COMMON: u64 = 5;
const RARE: u64 = 1;
const FRAGMENTS: u64 = 2;

/// Which answer is meant, among all there are: a kind of page, and everything it depends on besides the stored data.
///
/// Give it what was understood of a request, not the request: an address with a parameter that changes nothing is the
/// same variant as the address without it.
///
/// ```ignore
/// let variant = Variant::new("list", &address).with(theme.as_str());
/// let variant = if search.is_empty() { variant } else { variant.with(&search).rare() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    key: String,
    rare: bool,
}

impl Variant {
    /// `kind` tells surfaces apart, `address` names the project as the request did.
    pub fn new(kind: &'static str, address: &str) -> Self {
        let mut variant = Self { key: String::with_capacity(kind.len() + address.len() + 32), rare: false };
        variant.push(kind);
        variant.push(address);
        variant
    }

    /// Adds something the answer depends on. The order counts.
    #[must_use]
    pub fn with(mut self, part: &str) -> Self {
        self.push(part);
        self
    }

    /// For answers of which there are more than anybody could keep: searches, later pages.
    #[must_use]
    pub fn rare(mut self) -> Self {
        self.rare = true;
        self
    }

    /// Each part with its length, so that no two lists of parts make the same key.
    fn push(&mut self, part: &str) {
        let mut length = part.len();
        loop {
            // Seven bits a character, the last one marked; lengths below 64 take one.
            let low = u8::try_from(length & 63).unwrap_or_default();
            length >>= 6;
            self.key.push(char::from(if length == 0 { low | 64 } else { low }));
            if length == 0 {
                break;
            }
        }
        self.key.push_str(part);
    }
}

/// Everything that is kept. Cheap to clone; clones share what is kept.
#[derive(Debug, Clone)]
pub struct Cache {
    changes: Changes,
    /// Nothing is kept without it.
    parts: Option<Arc<Parts>>,
}

#[derive(Debug)]
struct Parts {
    common: Map<String, Arc<Page>, Weigh>,
    rare: Map<String, Arc<Page>, Weigh>,
    fragments: Map<[u8; 16], Arc<str>, Weigh>,
}

/// Weighs in bytes, with what the map itself needs for an entry.
#[derive(Debug, Clone, Copy)]
struct Weigh;

const ENTRY: u64 = 128;

impl Weighter<String, Arc<Page>> for Weigh {
    fn weight(&self, key: &String, page: &Arc<Page>) -> u64 {
        ENTRY + key.len() as u64 + page.weight()
    }
}

impl Weighter<[u8; 16], Arc<str>> for Weigh {
    fn weight(&self, _: &[u8; 16], html: &Arc<str>) -> u64 {
        ENTRY + html.len() as u64
    }
}

impl Cache {
    /// A cache of at most `max_bytes` bytes; with 0 nothing is kept.
    pub fn new(changes: Changes, max_bytes: u64) -> Self {
        let parts = (max_bytes > 0).then(|| {
            let part = |eighths: u64| max_bytes / 8 * eighths;
            Arc::new(Parts { common: map(part(COMMON)), rare: map(part(RARE)), fragments: map(part(FRAGMENTS)) })
        });
        Self { changes, parts }
    }

    /// The answer named by `variant`: the one that is kept, if nothing it was made from has changed since, else what
    /// `render` makes. While it is being made, others who ask for it wait for it. An error is given back and not kept.
    pub async fn get<E>(
        &self,
        variant: Variant,
        render: impl AsyncFnOnce() -> Result<Rendered, E>,
    ) -> Result<Arc<Page>, E> {
        let Some(parts) = &self.parts else { return self.make(render).await };
        let map = if variant.rare { &parts.rare } else { &parts.common };
        let key = variant.key.as_str();
        if let Some(page) = map.get(key)
            && self.is_current(&page)
        {
            return Ok(page);
        }
        // Good enough is also what others begin to make after this moment, even if it has changed again since.
        let arrival = self.changes.now();
        let usable = |page: &Page| self.is_current(page) || page.moment >= arrival;
        let look = map.entry_async(key, |_: &String, page: &mut Arc<Page>| {
            if usable(page) { EntryAction::Retain(page.clone()) } else { EntryAction::ReplaceWithGuard }
        });
        match tokio::time::timeout(PATIENCE, look).await {
            Ok(EntryResult::Retained(page)) => Ok(page),
            Ok(EntryResult::Vacant(turn) | EntryResult::Replaced(turn, _)) => {
                let page = self.make(render).await?;
                // Refused when it is larger than the part it belongs to.
                let _ = turn.insert(page.clone());
                Ok(page)
            }
            Ok(EntryResult::Removed(..) | EntryResult::Timeout) | Err(_) => self.make(render).await,
        }
    }

    /// The safe HTML of a Markdown text, rendered at most once while it is kept.
    pub fn html(&self, content: &str, options: &markdown::Options<'_>) -> Arc<str> {
        let render = || Arc::<str>::from(markdown::to_safe_html(content, options));
        let Some(parts) = &self.parts else { return render() };
        let key = fragment_key(content, options);
        if let Some(html) = parts.fragments.get(&key) {
            return html;
        }
        let html = render();
        parts.fragments.insert(key, html.clone());
        html
    }

    /// How many bytes are kept at present, as far as they are counted.
    pub fn weight(&self) -> u64 {
        self.parts.as_ref().map_or(0, |parts| parts.common.weight() + parts.rare.weight() + parts.fragments.weight())
    }

    async fn make<E>(&self, render: impl AsyncFnOnce() -> Result<Rendered, E>) -> Result<Arc<Page>, E> {
        let moment = self.changes.now();
        let rendered = render().await?;
        let source = match &rendered.from {
            From::Project(project) => self.changes.project(project),
            From::Everything => self.changes.everything(),
            From::Program => Source::nothing(),
        };
        Ok(Arc::new(Page::new(rendered, source, moment)))
    }

    fn is_current(&self, page: &Page) -> bool {
        self.changes.is_current(&page.source, page.moment)
    }
}

fn map<K, V>(bytes: u64) -> Map<K, V, Weigh>
where
    K: Eq + std::hash::Hash,
    V: Clone,
    Weigh: Weighter<K, V>,
{
    // Few shards, so that each has room for large answers.
    let items = usize::try_from(bytes / 8192).unwrap_or(usize::MAX).clamp(16, 1 << 16);
    let options = OptionsBuilder::new().estimated_items_capacity(items).weight_capacity(bytes).shards(4).build();
    match options {
        Ok(options) => Map::with_options(options, Weigh, Default::default(), Default::default()),
        Err(_) => Map::with_weighter(items, bytes, Weigh),
    }
}

/// Names text and options by a hash that nobody can find another text for, so that one entry cannot stand in for
/// another.
fn fragment_key(content: &str, options: &markdown::Options<'_>) -> [u8; 16] {
    let mut hash = Sha256::new();
    let options = format!("{options:?}");
    hash.update((options.len() as u64).to_le_bytes());
    hash.update(options);
    hash.update(content);
    let mut key = [0; 16];
    key.copy_from_slice(&hash.finalize()[..16]);
    key
}

#[cfg(test)]
mod tests;
