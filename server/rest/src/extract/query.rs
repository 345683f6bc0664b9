//! Queries: `+` and `%20` are both a space, unknown parameters are ignored.

use axum::extract::FromRequestParts;
use http::request::Parts;
use model::Result;
use model::check::Checker;
use model::time::{Timestamp, from_wire};
use services::Services;

use crate::problem::Problem;

/// The parameters of a query.
#[derive(Debug)]
pub(crate) struct Query<T>(pub T);

/// What can be read from a query.
pub(crate) trait FromQuery: Sized {
    fn read(params: &mut Params) -> Self;
}

impl<T: FromQuery> FromRequestParts<Services> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let mut params = Params::parse(parts.uri.query().unwrap_or_default());
        let value = T::read(&mut params);
        params.form.finish()?;
        Ok(Self(value))
    }
}

/// Whether a query gives a parameter a value.
pub(crate) fn has_value(query: &str, name: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(key, value)| key == name && !value.is_empty())
}

/// Names and values as they were sent, and what is wrong with them.
#[derive(Debug)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    form: Checker,
}

impl Params {
    fn parse(query: &str) -> Self {
        // NUL matches nothing, and PostgreSQL refuses to look for it.
        let clean = |text: &str| text.replace('\0', "");
        let pairs = form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (clean(&name), clean(&value)));
        Self { pairs: pairs.collect(), form: Checker::new() }
    }

    pub fn fail(&mut self, name: &str, message: impl Into<String>) {
        self.form.fail(name, message);
    }

    /// The first value of a parameter; empty is absent.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter that may come several times.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Whether a parameter is there at all.
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, _)| key == name)
    }

    /// A whole number within bounds; `default` for anything that is no number.
    pub fn number(&self, name: &str, default: i64, min: i64, max: i64) -> i64 {
        let number = self.text(name).and_then(|text| text.trim().parse::<i128>().ok());
        let clamped = number.map(|number| number.clamp(min.into(), max.into()));
        clamped.and_then(|number| i64::try_from(number).ok()).unwrap_or(default)
    }

    pub fn time(&mut self, name: &str) -> Option<Timestamp> {
        let time = from_wire(self.text(name)?);
        if time.is_none() {
            self.form.fail(name, format!("{name} must be a date such as 2026-03-04 or 2026-03-04T09:30:00.000Z."));
        }
        time
    }

    pub fn one_of<T>(&mut self, name: &str, allowed: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = parse(self.text(name)?);
        if value.is_none() {
            self.form.fail(name, format!("{name} must be {allowed}."));
        }
        value
    }
}
