//! Feeds: what they say, whatever the format. The formats themselves are the business of `rest`.

mod item;

use model::entries::Entry;
use model::feeds::{FeedConfig, FeedDraft, FeedPreview, FeedPreviewItem};
use model::projects::Project;
use model::tags::{self, Tag};
use model::time::Timestamp;
use model::{Error, Result, TagId};
use store::Conn;
use store::entries::PublicFilter;

use crate::access::{Grant, ReadEntries, ReadTags};
use crate::cache::Cache;
use crate::public::PublicQuery;
use crate::{Services, public};

pub use item::{Item, Picture};

/// Items that a preview shows.
const PREVIEW_ITEMS: usize = 3;
/// The level of the headings that items of a preview stand under.
const PREVIEW_HEADINGS: u8 = 3;

/// What a feed is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub project: Project,
    /// Only the entries of this tag.
    pub tag: Option<Tag>,
    /// Newest first.
    pub entries: Vec<Entry>,
}

/// A feed, ready to be written in any format. Texts are plain; only [`Item::html`] is HTML.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// Names the feed for ever: made from ids, never from names or addresses.
    pub key: String,
    pub title: String,
    pub description: String,
    /// Who speaks: the name of the project.
    pub author: String,
    /// The absolute address of the page that the feed follows. The files of the feed lie right below it.
    pub page: String,
    /// When anything in the feed last changed; never the present, which would make every reading look like news.
    pub changed: Timestamp,
    pub items: Vec<Item>,
}

/// The public project at `address` and, with `tag`, the tag in it, if they have feeds.
///
/// # Errors
/// `NotFound` for what is unknown, private or without feeds: all three look the same.
pub async fn find(cx: &Services, address: &str, tag: Option<&str>) -> Result<(Project, Option<Tag>)> {
    let project = public::project(cx, address).await?.into_inner();
    if !project.enable_rss {
        return Err(Error::NotFound);
    }
    let tag = match tag {
        None => None,
        Some(address) => {
            let figures = public::figures_with_tags(cx, &project).await?;
            let found = figures.tag(address).ok_or(Error::NotFound)?.into_inner();
            Some(found.0.clone())
        }
    };
    Ok((project, tag))
}

/// Loads the entries of a feed. A tag's feed has all entries of the tag; the project's own is narrowed by its settings.
/// Either may be narrowed to what changed `since` and `until` a version or a date.
///
/// # Errors
/// `UnknownVersion` for what is neither.
pub async fn load(
    cx: &Services,
    project: Project,
    tag: Option<Tag>,
    since: Option<String>,
    until: Option<String>,
) -> Result<Source> {
    let filter = match (&tag, &project.rss_feed_config) {
        (Some(tag), _) => std::slice::from_ref(&tag.id),
        (None, Some(config)) => config.tag_filter.as_slice(),
        (None, None) => &[],
    };
    let limit = usize::try_from(project.rss_item_limit.clamp(1, model::projects::MAX_RSS_ITEMS)).unwrap_or(1);
    let query =
        PublicQuery { tags: filter.iter().map(TagId::to_string).collect(), since, until, ..PublicQuery::default() };
    let entries = if query.is_between() {
        public::list(cx, &project, &query, limit).await?.items
    } else {
        let mut lease = cx.db.acquire().await?;
        entries(cx, lease.conn(), &project, filter, limit).await?
    };
    Ok(Source { project, tag, entries })
}

async fn entries(cx: &Services, conn: Conn<'_>, project: &Project, tags: &[TagId], limit: usize) -> Result<Vec<Entry>> {
    let filter = PublicFilter { tags: (!tags.is_empty()).then(|| tags.to_vec()), ..PublicFilter::default() };
    Ok(store::entries::list_public(conn, &project.id, &filter, cx.clock.now(), None, limit).await?.items)
}

/// Makes the feed. Renders every entry it has not rendered before, so keep it off the threads that serve requests.
///
/// `base` is the address of the instance, without a trailing slash.
pub fn compose(cache: &Cache, base: &str, source: &Source) -> Feed {
    compose_below(cache, base, source, 0)
}

/// As [`compose`], for a page whose headings reach down to level `heading_offset`.
fn compose_below(cache: &Cache, base: &str, source: &Source, heading_offset: u8) -> Feed {
    let Source { project, tag, entries } = source;
    let config = project.rss_feed_config.clone().unwrap_or_default();
    let home = format!("{base}/changelog/{}", project.slug);
    let setting = item::Setting::new(cache, &home, project, &config, heading_offset);
    let items: Vec<Item> = entries.iter().map(|entry| setting.item(entry)).collect();
    let (title, description) = (title(project, &config), description(project, &config));
    let changed = items.iter().map(|item| item.changed).fold(project.updated_at, Timestamp::max);
    match tag {
        None => Feed {
            key: project.id.to_string(),
            title,
            description,
            author: project.name.clone(),
            page: home,
            changed,
            items,
        },
        Some(tag) => Feed {
            key: format!("{}/{}", project.id, tag.id),
            title: format!("{title}: {}", tag.name),
            description: tag.description.clone().unwrap_or(description),
            author: project.name.clone(),
            page: format!("{home}/tags/{}", path_segment(&tags::key(&tag.name))),
            changed: changed.max(tag.updated_at),
            items,
        },
    }
}

fn title(project: &Project, config: &FeedConfig) -> String {
    config.feed_title.clone().unwrap_or_else(|| format!("{} Changelog", project.name))
}

fn description(project: &Project, config: &FeedConfig) -> String {
    let own = config.feed_description.clone().or_else(|| project.description.clone());
    own.unwrap_or_else(|| format!("The latest updates of {}", project.name))
}

/// One segment of a path: everything but unreserved characters is percent-encoded (RFC 3986, 2.3).
fn path_segment(text: &str) -> String {
    use std::fmt::Write;
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(segment, "%{byte:02X}");
        }
    }
    segment
}

/// The tags to narrow feeds by: those used in the project, and those its feeds are narrowed by already.
pub async fn tags_to_offer(cx: &Services, may: &Grant<ReadTags>, project: &Project) -> Result<Vec<Tag>> {
    let mut lease = cx.db.acquire().await?;
    let mut tags = store::tags::list_used(lease.conn(), may.project_id()).await?;
    let chosen = project.rss_feed_config.iter().flat_map(|config| &config.tag_filter);
    for id in chosen {
        if tags.iter().all(|tag| tag.id != *id)
            && let Some(tag) = store::tags::find(lease.conn(), id).await?
        {
            tags.push(tag);
        }
    }
    Ok(tags)
}

/// The first items of the project's feed as they would be with other settings. Works for private projects, too.
///
/// # Errors
/// `Invalid` naming the field.
pub async fn preview(cx: &Services, may: &Grant<ReadEntries>, draft: FeedDraft) -> Result<FeedPreview> {
    let config = draft.config.checked()?;
    let mut lease = cx.db.acquire().await?;
    let project = store::projects::find(lease.conn(), may.project_id()).await?.ok_or(Error::NotFound)?;
    let entries = entries(cx, lease.conn(), &project, &config.tag_filter, PREVIEW_ITEMS).await?;
    drop(lease);
    let project = Project { rss_full_content: draft.full_content, rss_feed_config: Some(config), ..project };
    let (cache, base) = (cx.cache.clone(), cx.base_url().to_owned());
    let source = Source { project, tag: None, entries };
    let composed = tokio::task::spawn_blocking(move || compose_below(&cache, &base, &source, PREVIEW_HEADINGS)).await;
    let feed = composed.map_err(|error| {
        let reference = cx.random.token(12);
        tracing::error!(%reference, %error, "A feed could not be composed");
        Error::Internal { reference }
    })?;
    let items = feed.items.into_iter().map(|item| FeedPreviewItem {
        id: item.id,
        title: item.title,
        html: item.html,
        version: item.version,
        tags: item.tags,
        published_at: item.published_at,
    });
    Ok(FeedPreview { title: feed.title, description: feed.description, items: items.collect() })
}
