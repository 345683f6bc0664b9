//! Texts to start an entry from: a project's own forms for what it writes again and again.

use serde::{Deserialize, Serialize};

use crate::check::{self, Checker};
use crate::entries::MAX_TITLE;
use crate::error::Result;
use crate::ids::{EntryTemplateId, ProjectId};
use crate::tags;
use crate::time::Timestamp;
use crate::versions;

pub const MAX_NAME: usize = 60;
/// In characters.
pub const MAX_CONTENT: usize = 50_000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct EntryTemplate {
    pub id: EntryTemplateId,
    pub project_id: ProjectId,
    pub name: String,
    /// The title of the entry, with the tokens of [`versions::fill`].
    pub title: String,
    /// Markdown; the same tokens.
    pub content: String,
    /// Names of tags.
    #[cfg_attr(feature = "sql", sqlx(json))]
    pub tags: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a new entry starts with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    pub title: String,
    pub content: String,
    pub tags: Vec<String>,
}

impl EntryTemplate {
    /// The entry to start, with dates of `now` and the versions that are `used` filled in.
    pub fn start(self, now: Timestamp, used: &[&str]) -> Start {
        let title = versions::fill(&self.title, now, used).chars().take(MAX_TITLE).collect();
        Start { title, content: versions::fill(&self.content, now, used), tags: self.tags }
    }
}

/// A template as a list to choose from shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct TemplateName {
    pub id: EntryTemplateId,
    pub name: String,
}

/// A template to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEntryTemplate {
    pub name: String,
    pub title: String,
    pub content: String,
    pub tags: Vec<String>,
}

impl NewEntryTemplate {
    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        let checked = Self {
            name: form.take("name", check::line(&self.name, "The name", 1, MAX_NAME)),
            title: form.take("title", check::line(&self.title, "The title", 0, MAX_TITLE)),
            content: form.take("content", content(&self.content)),
            tags: form.take("tags", tag_names(&self.tags)),
        };
        if checked.title.is_empty() && checked.content.is_empty() && !form.has("title") && !form.has("content") {
            form.fail("content", "A template needs a title or a text.");
        }
        form.finish()?;
        Ok(checked)
    }
}

/// Changes of a template; `None` keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryTemplatePatch {
    pub name: Option<String>,
    pub title: Option<String>,
    pub content: Option<String>,
    pub tags: Option<Vec<String>>,
}

impl EntryTemplatePatch {
    /// The template with the changes applied; times are the caller's business.
    pub fn apply(self, template: EntryTemplate) -> Result<EntryTemplate> {
        let new = NewEntryTemplate {
            name: self.name.unwrap_or(template.name),
            title: self.title.unwrap_or(template.title),
            content: self.content.unwrap_or(template.content),
            tags: self.tags.unwrap_or(template.tags),
        };
        let NewEntryTemplate { name, title, content, tags } = new.checked()?;
        Ok(EntryTemplate { name, title, content, tags, ..template })
    }
}

/// By what names are alike.
pub fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

fn content(text: &str) -> std::result::Result<String, String> {
    let text = text.replace("\r\n", "\n");
    let length = text.chars().count();
    if length > MAX_CONTENT {
        return Err(format!("The text has {length} characters; at most {MAX_CONTENT} are allowed."));
    }
    if text.contains('\0') {
        return Err("The text contains a NUL character.".to_owned());
    }
    Ok(if text.trim().is_empty() { String::new() } else { text })
}

/// Names of tags, each once.
fn tag_names(names: &[String]) -> std::result::Result<Vec<String>, String> {
    let mut checked: Vec<String> = Vec::new();
    for name in names.iter().filter(|name| !name.trim().is_empty()) {
        let name = tags::name(name)?;
        if checked.iter().all(|other| tags::key(other) != tags::key(&name)) {
            checked.push(name);
        }
    }
    if checked.len() > tags::MAX_PER_ENTRY {
        return Err(format!("An entry has at most {} tags.", tags::MAX_PER_ENTRY));
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::time::from_wire;

    fn new(name: &str, title: &str, content: &str, tags: &[&str]) -> NewEntryTemplate {
        let of = str::to_owned;
        NewEntryTemplate {
            name: of(name),
            title: of(title),
            content: of(content),
            tags: tags.iter().map(|tag| of(tag)).collect(),
        }
    }

    #[test]
    fn a_template_says_what_is_wrong_with_it() {
        let long = "x".repeat(MAX_TITLE + 1);
        let much = "x".repeat(MAX_CONTENT + 1);
        for (given, fields) in [
            (new(" Release ", "", "## New\r\n", &["Fix", "fix", " "]), &[][..]),
            (new("Release", "{YYYY}", "", &[]), &[]),
            (new("", "T", "", &[]), &["name"]),
            (new("Release", " ", " \n", &[]), &["content"]),
            (new("Release", &long, "", &[]), &["title"]),
            (new("Release", "a\nb", &much, &[]), &["title", "content"]),
            (new(&"n".repeat(61), "T", "a\0b", &[&"t".repeat(51)]), &["name", "content", "tags"]),
        ] {
            let wrong: Vec<String> = match given.clone().checked() {
                Ok(_) => Vec::new(),
                Err(Error::Invalid { fields }) => fields.into_iter().map(|field| field.field).collect(),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(wrong, fields, "{given:?}");
        }
        let tidy = new(" Release ", "", "## New\r\n", &["Fix", "fix", " "]).checked().unwrap();
        assert_eq!(tidy, new("Release", "", "## New\n", &["Fix"]));
    }

    #[test]
    fn starting_fills_in_dates_and_versions() {
        let now = from_wire("2026-11-02T08:00:00.000Z").unwrap();
        let template = EntryTemplate {
            id: "c1".parse().unwrap(),
            project_id: "c2".parse().unwrap(),
            name: "Release".to_owned(),
            title: "Release {NEXT_MINOR}".to_owned(),
            content: "Of {YYYY}-{MM}-{DD}, by {name}.".to_owned(),
            tags: vec!["Fix".to_owned()],
            created_at: now,
            updated_at: now,
        };
        let start = template.start(now, &["1.2.3"]);
        assert_eq!(start.title, "Release 1.3.0");
        assert_eq!(start.content, "Of 2026-11-02, by {name}.");
        assert_eq!(start.tags, ["Fix"]);
    }
}
