//! JSON: one object, with one entry a line, so that a file can be compared line by line and read piece by piece.

use model::time::{Timestamp, to_wire};
use serde::{Serialize, Serializer};

use crate::{Head, Item, Result};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About<'a> {
    format: &'static str,
    version: u32,
    #[serde(serialize_with = "wire")]
    exported_at: Timestamp,
    project: Project<'a>,
    tags: Vec<Tag<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Project<'a> {
    id: &'a str,
    name: &'a str,
    slug: &'a str,
    description: Option<&'a str>,
    color: Option<&'a str>,
    icon: Option<&'a str>,
    is_public: bool,
    timezone: Option<&'a str>,
    default_tags: &'a [String],
    #[serde(serialize_with = "wire")]
    created_at: Timestamp,
    #[serde(serialize_with = "wire")]
    updated_at: Timestamp,
}

#[derive(Serialize)]
struct Tag<'a> {
    name: &'a str,
    color: Option<&'a str>,
    description: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    id: &'a str,
    external_id: Option<&'a str>,
    title: &'a str,
    content: &'a str,
    version: Option<&'a str>,
    slug: &'a str,
    status: &'static str,
    #[serde(serialize_with = "optional_wire")]
    published_at: Option<Timestamp>,
    #[serde(serialize_with = "optional_wire")]
    scheduled_at: Option<Timestamp>,
    #[serde(serialize_with = "wire")]
    created_at: Timestamp,
    #[serde(serialize_with = "wire")]
    updated_at: Timestamp,
    tags: Vec<&'a str>,
}

fn wire<S: Serializer>(time: &Timestamp, to: S) -> std::result::Result<S::Ok, S::Error> {
    to.serialize_str(&to_wire(*time))
}

fn optional_wire<S: Serializer>(time: &Option<Timestamp>, to: S) -> std::result::Result<S::Ok, S::Error> {
    match time {
        Some(time) => wire(time, to),
        None => to.serialize_none(),
    }
}

impl<'a> About<'a> {
    pub(crate) fn of(head: &'a Head) -> Self {
        let project = &head.project;
        Self {
            format: "tidings",
            version: 1,
            exported_at: head.exported_at,
            project: Project {
                id: project.id.as_str(),
                name: &project.name,
                slug: &project.slug,
                description: project.description.as_deref(),
                color: project.color.as_deref(),
                icon: project.icon.as_deref(),
                is_public: project.is_public,
                timezone: project.timezone.as_deref(),
                default_tags: &project.default_tags,
                created_at: project.created_at,
                updated_at: project.updated_at,
            },
            tags: head
                .tags
                .iter()
                .map(|tag| Tag {
                    name: &tag.name,
                    color: tag.color.as_deref(),
                    description: tag.description.as_deref(),
                })
                .collect(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Writer {
    is_first: bool,
}

impl Writer {
    pub(crate) fn new(head: &Head, out: &mut Vec<u8>) -> Result<Self> {
        let about = serde_json::to_vec(&About::of(head))?;
        // The object stays open for its last member.
        out.extend_from_slice(about.strip_suffix(b"}").unwrap_or(&about));
        out.extend_from_slice(b",\"entries\":[");
        Ok(Self { is_first: true })
    }

    pub(crate) fn push(&mut self, item: &Item, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(if std::mem::take(&mut self.is_first) { b"\n" } else { b",\n" });
        let entry = &item.entry;
        let entry = Entry {
            id: entry.id.as_str(),
            external_id: item.entry.external_id.as_deref(),
            title: &entry.title,
            content: &entry.content,
            version: entry.version.as_deref(),
            slug: &entry.slug,
            status: entry.state().as_str(),
            published_at: entry.published_at,
            scheduled_at: entry.scheduled_at,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
            tags: entry.tags.iter().map(|tag| tag.name.as_str()).collect(),
        };
        serde_json::to_writer(out, &entry)?;
        Ok(())
    }
}

pub(crate) fn finish(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\n]}\n");
}
