//! The public address of an entry, chosen by hand, and copies of entries.

use model::entries::{Entry, MAX_TITLE, NewEntry};
use model::tags::TagRef;
use model::{EntryId, Error, Result};
use serde_json::json;
use store::entries;

use super::{create, may_publish, record, save};
use crate::access::{Grant, WriteEntries};
use crate::projects::begin;
use crate::{Services, slugs};

/// The longest address part, in characters.
const MAX_SLUG: usize = 100;

fn has_form(slug: &str) -> bool {
    !slug.is_empty()
        && slug.len() <= MAX_SLUG
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        && !slug.contains("--")
}

/// Whether an entry may have this address, if no other has it.
pub(crate) fn is_address(slug: &str) -> bool {
    has_form(slug) && !slugs::is_reserved_for_entries(slug)
}

/// Gives an entry an address of its own choice: lower-case letters, digits and single hyphens. What readers may know
/// redirects; the address then follows the title no longer.
///
/// # Errors
/// `Invalid` naming `slug` when it is none, reserved, or the address of another entry now or before.
pub async fn set_address(cx: &Services, may: &Grant<WriteEntries>, id: &EntryId, slug: &str) -> Result<Entry> {
    let slug = slug.trim();
    if !has_form(slug) {
        let rule = "An address has up to 100 lower-case letters, digits and single hyphens between them.";
        return Err(Error::field("slug", rule));
    }
    if slugs::is_reserved_for_entries(slug) {
        return Err(Error::field("slug", format!("“{slug}” is the address of a page that every project has.")));
    }
    let mut tx = begin(cx, may.project_id()).await?;
    let old = entries::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    if old.slug == slug {
        return Ok(old);
    }
    if old.published_at.is_some() {
        may_publish(may)?;
    }
    if entries::slug_taken(tx.conn(), may.project_id(), slug, Some(id)).await? {
        return Err(Error::field("slug", format!("“{slug}” is or was the address of another entry.")));
    }
    if entries::was_published(tx.conn(), may.project_id(), id).await? {
        entries::remember_slug(tx.conn(), may.project_id(), id, &old.slug).await?;
    }
    let details = json!({ "slug": { "from": old.slug, "to": slug } });
    let new = save(cx, &mut tx, may.actor(), Entry { slug: slug.to_owned(), ..old }).await?;
    record(cx, &mut tx, may.actor(), "UPDATE_CHANGELOG_ENTRY_SUCCESS", &new, details).await?;
    if new.published_at.is_some() {
        store::projects::touch(&mut tx, may.project_id()).await?;
    }
    tx.commit().await?;
    Ok(new)
}

/// Makes a draft with the text and tags of another entry. It has no version: that belongs to the other one.
pub async fn duplicate(cx: &Services, may: &Grant<WriteEntries>, id: &EntryId) -> Result<Entry> {
    let original = {
        let mut lease = cx.db.acquire().await?;
        entries::find(lease.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?
    };
    let title: String = format!("Copy of {}", original.title).chars().take(MAX_TITLE).collect();
    let tags = original.tags.into_iter().map(|tag| TagRef::Id(tag.id)).collect();
    create(cx, may, NewEntry { title, content: original.content, tags, ..NewEntry::default() }).await
}
