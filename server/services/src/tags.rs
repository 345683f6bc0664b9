//! Tags: named by writers, who create what is unknown, and looked after by hand ([`admin`]).

mod admin;
mod lookup;

use std::collections::HashMap;

use model::tags::{self, Tag, TagRef};
use model::{Error, Result, TagId};
use store::Conn;

use crate::Services;
use crate::access::{Grant, ReadEntries, ReadTags};

pub use admin::{
    TagDeletion, add_starters, create, delete, delete_if, delete_or_ask, list_with_usage, merge, move_to, update,
    update_if,
};
pub(crate) use admin::{hold, remove_in};
pub use lookup::{count_here, find_like, get, list_page};

/// The tags used in a project, by name.
pub async fn list_used(cx: &Services, may: &Grant<ReadTags>) -> Result<Vec<Tag>> {
    let mut lease = cx.db.acquire().await?;
    Ok(store::tags::list_used(lease.conn(), may.project_id()).await?)
}

/// The tags used in a project, for a list of its entries, which shows them anyway.
pub async fn list_of_entries(cx: &Services, may: &Grant<ReadEntries>) -> Result<Vec<Tag>> {
    let mut lease = cx.db.acquire().await?;
    Ok(store::tags::list_used(lease.conn(), may.project_id()).await?)
}

/// All tags of the instance, by name: what a tag field offers.
pub async fn list_all(cx: &Services, _may: &Grant<ReadTags>) -> Result<Vec<Tag>> {
    let mut lease = cx.db.acquire().await?;
    Ok(store::tags::list(lease.conn()).await?)
}

/// Remembers tags between the entries of one import.
pub(crate) type Known = HashMap<String, Tag>;

/// Finds the tags that `refs` name and creates those that do not exist. Repetitions merge; order stays.
pub(crate) async fn resolve(cx: &Services, mut conn: Conn<'_>, refs: &[TagRef], known: &mut Known) -> Result<Vec<Tag>> {
    let mut found: Vec<Tag> = Vec::with_capacity(refs.len());
    for tag in refs {
        let tag = match tag {
            TagRef::Id(id) => store::tags::find(conn.again(), id)
                .await?
                .ok_or_else(|| Error::field("tags", format!("There is no tag with the id {id}.")))?,
            TagRef::Name(name) => by_name(cx, conn.again(), name, known).await?,
            TagRef::Either(text) => match text.parse::<TagId>() {
                Ok(id) => match store::tags::find(conn.again(), &id).await? {
                    Some(tag) => tag,
                    None => by_name(cx, conn.again(), text, known).await?,
                },
                Err(_) => by_name(cx, conn.again(), text, known).await?,
            },
            TagRef::Whole { id, name } => match store::tags::find(conn.again(), id).await? {
                Some(tag) => tag,
                None => by_name(cx, conn.again(), name, known).await?,
            },
        };
        if found.iter().all(|other| other.id != tag.id) {
            found.push(tag);
        }
    }
    Ok(found)
}

async fn by_name(cx: &Services, mut conn: Conn<'_>, name: &str, known: &mut Known) -> Result<Tag> {
    let key = tags::key(name);
    if let Some(tag) = known.get(&key) {
        return Ok(tag.clone());
    }
    let tag = match store::tags::find_by_name(conn.again(), name).await? {
        Some(tag) => tag,
        None => {
            let now = cx.clock.now();
            let id = cx.random.id(now, TagId::compose);
            let tag = Tag {
                id,
                name: name.trim().to_owned(),
                color: None,
                description: None,
                position: store::tags::next_position(conn.again()).await?,
                created_at: now,
                updated_at: now,
            };
            if store::tags::insert(conn.again(), &tag).await? {
                tag
            } else {
                // Somebody else added it since it was looked for.
                store::tags::find_by_name(conn, name).await?.ok_or(Error::NotFound)?
            }
        }
    };
    known.insert(key, tag.clone());
    Ok(tag)
}

/// The ids that a reader's filter names, by id or name; unknown ones match nothing.
pub(crate) async fn ids(mut conn: Conn<'_>, texts: &[String]) -> Result<Option<Vec<TagId>>> {
    if texts.is_empty() {
        return Ok(None);
    }
    let mut found = Vec::new();
    for text in texts {
        // By what the text is: reading which tags a project uses would go through all its entries.
        let by_id = match text.parse::<TagId>() {
            Ok(id) => store::tags::find(conn.again(), &id).await?,
            Err(_) => None,
        };
        let by_name = match text.contains('\0') {
            true => None,
            false => store::tags::find_by_name(conn.again(), text).await?,
        };
        found.extend([by_id, by_name].into_iter().flatten().map(|tag| tag.id));
    }
    Ok(Some(found))
}
