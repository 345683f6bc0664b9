//! What the client reads of answers, and what it sends. Only members that somebody uses.

use serde::{Deserialize, Serialize};

use crate::Credential;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    #[serde(default)]
    pub id: String,
    pub email: String,
    pub name: Option<String>,
    #[serde(default)]
    pub role: String,
    /// Only for a key.
    pub api_key: Option<PresentedKey>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PresentedKey {
    #[serde(default)]
    pub name: String,
    /// The only project the key works for.
    pub project_id: Option<String>,
    #[serde(default)]
    pub permissions: Vec<String>,
    pub expires_at: Option<String>,
}

/// What a program has of a sign-in.
#[derive(Debug, Clone, Deserialize)]
pub struct Tokens {
    pub access_token: Credential,
    pub refresh_token: Credential,
    /// For how many seconds the access token is good.
    pub expires_in: i64,
    /// For how many seconds the refresh token is good; older servers do not say.
    pub refresh_expires_in: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    pub id: String,
    pub name: String,
    pub slug: Option<String>,
    pub description: Option<String>,
    #[serde(default)]
    pub is_public: bool,
    #[serde(default)]
    pub require_approval: bool,
    #[serde(default)]
    pub default_tags: Vec<String>,
    pub entry_count: Option<u64>,
    pub created_at: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub id: String,
    pub title: String,
    /// Markdown.
    #[serde(default)]
    pub content: String,
    pub version: Option<String>,
    pub slug: Option<String>,
    pub status: Option<String>,
    pub external_id: Option<String>,
    pub published_at: Option<String>,
    pub scheduled_at: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

impl Entry {
    /// The state, which follows from the dates where a server does not say it.
    pub fn status(&self) -> &str {
        match (&self.status, &self.published_at, &self.scheduled_at) {
            (Some(status), _, _) => status,
            (None, Some(_), _) => "published",
            (None, None, Some(_)) => "scheduled",
            (None, None, None) => "draft",
        }
    }

    pub fn tag_names(&self) -> Vec<String> {
        self.tags.iter().map(|tag| tag.name.clone()).collect()
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct Tag {
    pub name: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct EntryPage {
    pub entries: Vec<Entry>,
    pub pagination: Pagination,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    pub page: u64,
    pub limit: u64,
    pub total: u64,
}

impl Pagination {
    /// Whether entries follow those of this page.
    pub fn has_more(&self) -> bool {
        self.page.saturating_mul(self.limit) < self.total
    }
}

/// What a search found.
#[derive(Debug, Clone, Deserialize)]
pub struct Found {
    pub results: Vec<FoundEntry>,
    /// All that fit.
    #[serde(default)]
    pub total: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundEntry {
    pub id: String,
    pub title: String,
    pub version: Option<String>,
    pub published_at: Option<String>,
    #[serde(default)]
    pub project_name: String,
    #[serde(default)]
    pub is_published: bool,
}

/// An entry that waits for its moment, or does so no longer.
#[derive(Debug, Clone, Deserialize)]
pub struct Scheduled {
    pub entry: Entry,
}

/// Sent instead of the thing done: an administrator was asked.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    pub message: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewEntry {
    pub title: String,
    pub content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

/// What is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryChanges {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// `Some(None)` takes the version away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// A person saved, so that the state before is kept as a revision.
    pub is_manual: bool,
}

impl EntryChanges {
    pub fn is_empty(&self) -> bool {
        *self == Self { is_manual: self.is_manual, ..Self::default() }
    }
}
