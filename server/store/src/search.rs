//! Searching the entries of all projects. Every word of a query is looked for in the lower-cased text of each entry, so
//! a search reads all texts that it may find: its cost grows with them.

use model::search;
use model::tags::Tag;
use model::time::Timestamp;
use model::{EntryId, ProjectId, TagId, versions};
use sqlx::AssertSqlSafe;

use crate::db::{Conn, on};
use crate::entries::like;
use crate::error::Result;
use crate::tags;

/// What is searched for, and where.
#[derive(Debug, Clone, Default)]
pub struct SearchFilter {
    /// Every word of it must occur in title, version or text, ignoring case. Blank finds nothing.
    pub query: String,
    /// Only these projects; `None` for all, an empty list for none.
    pub projects: Option<Vec<ProjectId>>,
    /// Entries with any of these tags; `None` for all, an empty list for none.
    pub tags: Option<Vec<TagId>>,
    /// Bounds of the date of publication, or of creation for what is not published; both inclusive.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// Only entries with a version, or only those without.
    pub has_version: Option<bool>,
}

/// An entry that was found.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Hit {
    pub id: EntryId,
    pub project_id: ProjectId,
    pub project_name: String,
    pub title: String,
    pub content: String,
    pub version: Option<String>,
    pub published_at: Option<Timestamp>,
    #[sqlx(skip)]
    pub tags: Vec<Tag>,
}

#[derive(sqlx::FromRow)]
struct HitRow {
    total: i64,
    #[sqlx(flatten)]
    hit: Hit,
}

/// A condition that grows with the filter: its text, made of constants and numbered places, and what stands there.
#[derive(Default)]
struct Condition {
    sql: String,
    values: Vec<Value>,
    in_title: String,
    in_version: String,
}

enum Value {
    Text(String),
    Time(Timestamp),
}

impl Condition {
    fn place(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    fn and(&mut self, condition: &str) {
        if !self.sql.is_empty() {
            self.sql.push_str(" AND ");
        }
        self.sql.push_str(condition);
    }

    fn within<'a>(&mut self, column: &str, ids: impl Iterator<Item = &'a str>) -> String {
        let places: Vec<String> = ids.map(|id| self.place(Value::Text(id.to_owned()))).collect();
        // Neither engine has an empty list.
        if places.is_empty() { "1 = 0".to_owned() } else { format!("{column} IN ({})", places.join(", ")) }
    }

    fn new(filter: &SearchFilter) -> Self {
        let mut condition = Self::default();
        for word in search::words(&filter.query) {
            let text = condition.place(Value::Text(like(&word)));
            let key = versions::key(&word);
            let version = if key == word { text.clone() } else { condition.place(Value::Text(like(&key))) };
            let in_version = format!("e.version_key LIKE {version} ESCAPE '\\'");
            // `v2.4` finds version 2.4, which no text has in that form.
            condition.and(&if version == text {
                format!("e.search LIKE {text} ESCAPE '\\'")
            } else {
                format!("(e.search LIKE {text} ESCAPE '\\' OR {in_version})")
            });
            // The title is the beginning of the text searched.
            let in_title = format!("substr(e.search, 1, length(e.title)) LIKE {text} ESCAPE '\\'");
            condition.in_title.push_str(&format!(" + CASE WHEN {in_title} THEN 1 ELSE 0 END"));
            condition.in_version.push_str(&format!(" + CASE WHEN {in_version} THEN 1 ELSE 0 END"));
        }
        if condition.values.is_empty() {
            condition.and("1 = 0");
        }
        if let Some(projects) = &filter.projects {
            let within = condition.within("e.project_id", projects.iter().map(ProjectId::as_str));
            condition.and(&within);
        }
        if let Some(tags) = &filter.tags {
            let within = condition.within("et.tag_id", tags.iter().map(TagId::as_str));
            let tagged = format!("EXISTS (SELECT 1 FROM entry_tags et WHERE et.entry_id = e.id AND {within})");
            condition.and(&tagged);
        }
        for (bound, comparison) in [(filter.from, ">="), (filter.to, "<=")] {
            if let Some(bound) = bound {
                let place = condition.place(Value::Time(bound));
                condition.and(&format!("COALESCE(e.published_at, e.created_at) {comparison} {place}"));
            }
        }
        match filter.has_version {
            Some(true) => condition.and("e.version IS NOT NULL"),
            Some(false) => condition.and("e.version IS NULL"),
            None => {}
        }
        condition
    }
}

macro_rules! bind {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Text(text) => query.bind(text.as_str()),
                Value::Time(time) => query.bind(*time),
            };
        }
        query
    }};
}

/// One part of what was found, and how much there is: most words in the title first, then most in the version, then by
/// date, newest first.
pub async fn find(mut conn: Conn<'_>, filter: &SearchFilter, limit: i64, offset: i64) -> Result<(Vec<Hit>, i64)> {
    let condition = Condition::new(filter);
    let Condition { sql, values, in_title, in_version } = &condition;
    let (last, skip) = (values.len() + 1, values.len() + 2);
    // Found and ordered by what is small; texts are fetched for the part that is shown.
    let page = format!(
        "SELECT h.total, e.id, e.project_id, p.name AS project_name, e.title, e.content, e.version, e.published_at \
         FROM (SELECT e.id, (0{in_title}) AS in_title, (0{in_version}) AS in_version, \
             COALESCE(e.published_at, e.created_at) AS moment, COUNT(*) OVER () AS total FROM entries e WHERE {sql} \
             ORDER BY in_title DESC, in_version DESC, moment DESC, e.id DESC LIMIT ${last} OFFSET ${skip}) h \
         JOIN entries e ON e.id = h.id JOIN projects p ON p.id = e.project_id \
         ORDER BY h.in_title DESC, h.in_version DESC, h.moment DESC, h.id DESC"
    );
    let rows: Vec<HitRow> = on!(conn.again(), |c| {
        // Made of constants and numbers.
        bind!(sqlx::query_as(AssertSqlSafe(page)), values).bind(limit).bind(offset).fetch_all(c).await
    })?;
    let total = match rows.first() {
        Some(row) => row.total,
        None if offset == 0 => 0,
        None => {
            let count = format!("SELECT COUNT(*) FROM entries e WHERE {sql}");
            on!(conn.again(), |c| bind!(sqlx::query_scalar(AssertSqlSafe(count)), values).fetch_one(c).await)?
        }
    };
    let mut hits: Vec<Hit> = rows.into_iter().map(|row| row.hit).collect();
    let mut tags = tags::of_entries(conn, &hits.iter().map(|hit| &hit.id).collect::<Vec<_>>()).await?;
    for hit in &mut hits {
        hit.tags = tags.remove(&hit.id).unwrap_or_default();
    }
    Ok((hits, total))
}
