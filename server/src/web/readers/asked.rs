//! What the query of a readers' page asks for.

use axum::http::Uri;
use model::tags;
use services::cache::Variant;
use services::public::PublicQuery;

/// The most tags one page is narrowed to.
const MOST_TAGS: usize = 20;
/// The longest text searched for, in characters.
const LONGEST_SEARCH: usize = 200;

/// The longest version, in characters.
const LONGEST_VERSION: usize = model::versions::MAX_LENGTH;

/// A query as it was understood: what changes nothing is gone, and two ways to ask for the same are one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub query: PublicQuery,
}

impl Asked {
    /// Names it does not know are left alone: links carry marks of campaigns.
    pub fn read(query: Option<&str>) -> Self {
        let mut asked = PublicQuery::default();
        for (name, value) in pairs(query.unwrap_or_default()) {
            match name.as_str() {
                "q" => asked.search = value.trim().chars().take(LONGEST_SEARCH).collect(),
                "tag" => {
                    let tag = tags::key(&value);
                    if !tag.is_empty() && asked.tags.len() < MOST_TAGS && !asked.tags.contains(&tag) {
                        asked.tags.push(tag);
                    }
                }
                "sort" => asked.oldest_first = value == "oldest",
                "since" => asked.since = version(&value),
                "until" => asked.until = version(&value),
                "after" => asked.cursor = Some(value).filter(|cursor| !cursor.is_empty()),
                _ => {}
            }
        }
        Self { query: asked }
    }

    /// For pages that know neither search nor tags nor versions.
    pub fn unnarrowed(mut self) -> Self {
        self.query.search.clear();
        self.query.tags.clear();
        (self.query.since, self.query.until) = (None, None);
        self
    }

    /// The kept answer to this question.
    pub fn variant(&self, variant: Variant) -> Variant {
        let PublicQuery { search, tags, oldest_first, cursor, since, until } = &self.query;
        let is_plain = search.is_empty() && tags.is_empty() && cursor.is_none() && !self.query.is_between();
        let variant = variant.with(if *oldest_first { "oldest" } else { "" });
        if is_plain {
            return variant;
        }
        let texts = [cursor, since, until].map(|text| text.as_deref().unwrap_or_default());
        let variant = texts.into_iter().fold(variant.with(search), |variant, text| variant.with(text)).rare();
        tags.iter().fold(variant, |variant, tag| variant.with(tag))
    }

    /// A path that asks the same of another page which knows neither search nor tags.
    pub fn onto(&self, path: String) -> String {
        let cursor = self
            .query
            .cursor
            .as_deref()
            .filter(|cursor| cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.'));
        match (self.query.oldest_first, cursor) {
            (false, None) => path,
            (true, None) => format!("{path}?sort=oldest"),
            (false, Some(cursor)) => format!("{path}?after={cursor}"),
            (true, Some(cursor)) => format!("{path}?sort=oldest&after={cursor}"),
        }
    }
}

/// The name of a version or a date, as far as it is looked at.
fn version(text: &str) -> Option<String> {
    let text: String = text.trim().chars().filter(|&c| c != '\0').take(LONGEST_VERSION).collect();
    (!text.is_empty()).then_some(text)
}

/// The pairs of a query string.
fn pairs(query: &str) -> Vec<(String, String)> {
    let parsed: Result<axum::extract::Query<Vec<(String, String)>>, _> = format!("/?{query}")
        .parse::<Uri>()
        .map_err(drop)
        .and_then(|uri| axum::extract::Query::try_from_uri(&uri).map_err(drop));
    parsed.map(|pairs| pairs.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Asked;
    use services::cache::Variant;

    #[test]
    fn two_ways_to_ask_for_the_same_are_one() {
        let key = |query: &str| Asked::read(Some(query)).variant(Variant::new("list", "atuin"));
        for (one, other) in [
            ("", "utm_source=mail&fbclid=1"),
            ("q=dark", "q=%20dark+&sort=newest"),
            ("tag=Fix&tag=fix", "tag=FIX"),
            ("after=", "tag=&q=++"),
            ("since=1.0&until=", "since=+1.0"),
        ] {
            assert_eq!(key(one), key(other), "{one} and {other}");
        }
        for (one, other) in [
            ("since=1.0", ""),
            ("since=1.0", "until=1.0"),
            ("since=1&until=2", "since=2&until=1"),
            ("q=a", "q=b"),
            ("tag=a", "q=a"),
            ("sort=oldest", ""),
            ("after=1.a", ""),
            ("tag=a&tag=b", "tag=ab"),
        ] {
            assert_ne!(key(one), key(other), "{one} and {other}");
        }
    }
}
