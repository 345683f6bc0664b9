//! Searching the entries of all projects, in the index that triggers keep (`migrations/*/0020_search.sql`).
//!
//! A word finds what begins with it. Where that finds nothing, it finds what has it within a word, and then what is spelt
//! nearly like it: [`terms`] decides that, [`words`] knows all words. Both engines get the same terms; what differs is
//! how an index is asked.

mod terms;
pub(crate) mod words;

use model::search::{Instead, RecentEntry};
use model::tags::Tag;
use model::time::Timestamp;
use model::{EntryId, ProjectId, TagId, UserId};
use sqlx::AssertSqlSafe;

use crate::db::{Conn, Engine, on};
use crate::entries::like;
use crate::error::Result;
use crate::tags;
use terms::Term;

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
/// What is searched for, and where.
#[derive(Debug, Clone, Default)]
pub struct SearchFilter {
    /// Every word of it must occur in title, version or text, ignoring case. Blank finds nothing, or all entries with
    /// the tags that are given.
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

impl SearchFilter {
    fn narrows(&self) -> bool {
        let Self { query: _, projects, tags, from, to, has_version } = self;
        projects.is_some() || tags.is_some() || from.is_some() || to.is_some() || has_version.is_some()
    }
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

/// One part of what was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// How much there is on all parts.
    pub total: i64,
    /// What to mark in the texts, in lower case.
    pub words: Vec<String>,
    /// Words that nothing has, and what was looked for in their place.
    pub instead: Vec<Instead>,
}

/// One part of what was found, and how much there is: most words in the title first, then most in the version, then by
/// date, newest first.
pub async fn find(mut conn: Conn<'_>, filter: &SearchFilter, limit: i64, offset: i64) -> Result<Found> {
    let mut query = terms::of(conn.again(), &filter.query).await?;
    if query.is_empty() && filter.tags.is_none() {
        return Ok(Found::default());
    }
    let mut total = count(conn.again(), &query, filter).await?;
    let mut instead = Vec::new();
    if total == 0 {
        let widened = terms::widen(conn.again(), query).await?;
        query = widened.terms;
        instead = widened.instead;
        if widened.is_new {
            total = count(conn.again(), &query, filter).await?;
        }
    }
    let words = query.iter().flat_map(Term::marks).collect();
    if total == 0 {
        return Ok(Found { words, ..Found::default() });
    }
    let hits = page(conn, &query, filter, limit, offset).await?;
    Ok(Found { hits, total, words, instead })
}

/// The entries somebody wrote on last, among those that anybody wrote on lately.
pub async fn recent(conn: Conn<'_>, user: &UserId, limit: i64) -> Result<Vec<RecentEntry>> {
    const SQL: &str = "SELECT e.id, e.project_id, p.name AS project_name, e.title FROM \
        (SELECT id, project_id, title, updated_at, COALESCE(updated_by_id, created_by_id) AS by_id FROM entries \
            ORDER BY updated_at DESC, id DESC LIMIT 500) e JOIN projects p ON p.id = e.project_id \
        WHERE e.by_id = $1 ORDER BY e.updated_at DESC, e.id DESC LIMIT $2";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(user).bind(limit).fetch_all(c).await)?)
}

async fn count(conn: Conn<'_>, query: &[Term], filter: &SearchFilter) -> Result<i64> {
    let condition = Condition::new(engine(&conn), query, filter);
    let sql = match &conn {
        // The index alone knows how much it has.
        Conn::Sqlite(_) if !filter.narrows() && !condition.reads_texts && condition.values.len() == 1 => {
            "SELECT COUNT(*) FROM entry_words WHERE entry_words MATCH $1".to_owned()
        }
        _ => format!("SELECT COUNT(*) FROM {} WHERE {}", condition.tables(), condition.sql),
    };
    // Made of constants and numbers.
    Ok(on!(conn, |c| bind!(sqlx::query_scalar(AssertSqlSafe(sql)), &condition.values).fetch_one(c).await)?)
}

async fn page(mut conn: Conn<'_>, query: &[Term], filter: &SearchFilter, limit: i64, offset: i64) -> Result<Vec<Hit>> {
    let mut condition = Condition::new(engine(&conn), query, filter);
    let (in_title, in_version) = condition.places(query);
    let (last, skip) = (condition.values.len() + 1, condition.values.len() + 2);
    // Found and ordered by what is small; texts are fetched for the part that is shown.
    let sql = format!(
        "SELECT e.id, e.project_id, p.name AS project_name, e.title, e.content, e.version, e.published_at \
         FROM (SELECT s.entry_id, (0{in_title}) AS in_title, (0{in_version}) AS in_version, s.moment \
             FROM {} WHERE {} ORDER BY 2 DESC, 3 DESC, 4 DESC, 1 DESC LIMIT ${last} OFFSET ${skip}) h \
         JOIN entries e ON e.id = h.entry_id JOIN projects p ON p.id = e.project_id \
         ORDER BY h.in_title DESC, h.in_version DESC, h.moment DESC, h.entry_id DESC",
        condition.tables(),
        condition.sql
    );
    let mut hits: Vec<Hit> = on!(conn.again(), |c| {
        // Made of constants and numbers.
        let query = bind!(sqlx::query_as(AssertSqlSafe(sql)), &condition.values);
        query.bind(limit).bind(offset).fetch_all(c).await
    })?;
    let mut tags = tags::of_entries(conn, &hits.iter().map(|hit| &hit.id).collect::<Vec<_>>()).await?;
    for hit in &mut hits {
        hit.tags = tags.remove(&hit.id).unwrap_or_default();
    }
    Ok(hits)
}

/// A condition that grows with the filter: its text, made of constants and numbered places, and what stands there.
struct Condition {
    sql: String,
    values: Vec<Value>,
    /// Whether texts are compared, not only looked up in the index.
    reads_texts: bool,
}

enum Value {
    Text(String),
    Time(Timestamp),
}

fn engine(conn: &Conn<'_>) -> Engine {
    match conn {
        Conn::Sqlite(_) => Engine::Sqlite,
        Conn::Postgres(_) => Engine::Postgres,
    }
}

impl Condition {
    fn new(engine: Engine, query: &[Term], filter: &SearchFilter) -> Self {
        let mut condition = Self { sql: String::new(), values: Vec::new(), reads_texts: false };
        let looked_up: Vec<String> = query.iter().filter_map(|term| term.in_index(engine)).collect();
        if !looked_up.is_empty() {
            let (both, matches): (_, fn(&str) -> String) = match engine {
                Engine::Sqlite => (" AND ", |place| {
                    format!("s.number IN (SELECT rowid FROM entry_words WHERE entry_words MATCH {place})")
                }),
                Engine::Postgres => (" & ", |place| format!("s.words @@ to_tsquery('simple', {place})")),
            };
            let place = condition.place(Value::Text(looked_up.join(both)));
            condition.and(&matches(&place));
        }
        for written in query.iter().filter_map(|term| term.written.as_deref()) {
            condition.reads_texts = true;
            let text = condition.place(Value::Text(like(written)));
            let key = condition.place(Value::Text(like(&model::versions::key(written))));
            condition.and(&format!(
                "(e.search LIKE {text} ESCAPE '\\' OR COALESCE(s.version_key, '') LIKE {key} ESCAPE '\\')"
            ));
        }
        condition.narrow(filter);
        condition
    }

    fn narrow(&mut self, filter: &SearchFilter) {
        if let Some(projects) = &filter.projects {
            let within = self.within("s.project_id", projects.iter().map(ProjectId::as_str));
            self.and(&within);
        }
        if let Some(tags) = &filter.tags {
            let within = self.within("et.tag_id", tags.iter().map(TagId::as_str));
            self.and(&format!("EXISTS (SELECT 1 FROM entry_tags et WHERE et.entry_id = s.entry_id AND {within})"));
        }
        for (bound, comparison) in [(filter.from, ">="), (filter.to, "<=")] {
            if let Some(bound) = bound {
                let place = self.place(Value::Time(bound));
                self.and(&format!("s.moment {comparison} {place}"));
            }
        }
        match filter.has_version {
            Some(true) => self.and("s.version_key IS NOT NULL"),
            Some(false) => self.and("s.version_key IS NULL"),
            None => {}
        }
    }

    /// How many words stand in the title, and how many in the version.
    fn places(&mut self, query: &[Term]) -> (String, String) {
        let (mut in_title, mut in_version) = (String::new(), String::new());
        for term in query {
            let counted = |places: Vec<String>| format!(" + CASE WHEN {} THEN 1 ELSE 0 END", places.join(" OR "));
            let marks: Vec<String> = term.marks().collect();
            let titles = marks.iter().map(|mark| {
                let place = self.place(Value::Text(like(mark)));
                format!("s.title LIKE {place} ESCAPE '\\'")
            });
            in_title.push_str(&counted(titles.collect()));
            let versions = marks.iter().map(|mark| {
                let place = self.place(Value::Text(like(&model::versions::key(mark))));
                format!("COALESCE(s.version_key, '') LIKE {place} ESCAPE '\\'")
            });
            in_version.push_str(&counted(versions.collect()));
        }
        (in_title, in_version)
    }

    fn tables(&self) -> &'static str {
        // An entry that is no more is not found, whatever the index says of it.
        if self.reads_texts { "entry_search s JOIN entries e ON e.id = s.entry_id" } else { "entry_search s" }
    }

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
}
