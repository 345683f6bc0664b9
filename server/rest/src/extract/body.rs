//! Bodies. Existing clients send JSON under any content type, `[]` for an empty object, and whole records back, so a
//! body is read member by member: unknown ones are ignored, and everything that is wrong is reported at once.

use axum::extract::{FromRequest, Request};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use model::check::Checker;
use model::time::{Timestamp, from_wire};
use model::{Error, Result};
use serde_json::{Map, Value};
use services::Services;
use services::caller::Caller;

use crate::problem::Problem;

const KIBIBYTE: usize = 1024;

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Body<T>(pub T);

/// What can be read from the members of a JSON object.
pub(crate) trait FromBody: Sized {
    /// The largest body accepted, in bytes.
    const LIMIT: usize = KIBIBYTE * KIBIBYTE;

    /// Takes the members it knows. What has the wrong type is noted in `fields`, and then the result is not used.
    fn read(fields: &mut Fields) -> Self;
}

impl<T: FromBody> FromRequest<Services> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _cx: &Services) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        let by_cookie = head.extensions.get::<Caller>().is_some_and(Caller::is_by_cookie);
        let bytes = read_all(body, T::LIMIT).await?;
        // A form of another site can send any text with a signed-in browser's cookies, but never under this type.
        if by_cookie && !bytes.is_empty() && !is_json(&head.headers) {
            return Err(Error::UnsupportedMediaType.into());
        }
        let mut fields = Fields::parse(&bytes)?;
        let value = T::read(&mut fields);
        fields.form.finish()?;
        Ok(Self(value))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The whole body. A body that is too long is read on for a while and forgotten, because a client that is still sending
/// would otherwise see a broken connection instead of the answer.
pub(crate) async fn read_all(mut body: axum::body::Body, limit: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Error::bad_request("The body could not be read to its end."))?;
        let Ok(data) = frame.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= limit {
            bytes.extend_from_slice(&data);
        } else {
            bytes = Vec::new();
            if length > limit.saturating_mul(8) {
                break;
            }
        }
    }
    if length > limit { Err(Error::TooLarge { limit_bytes: limit as u64 }) } else { Ok(bytes) }
}

/// The members of a JSON object, and what is wrong with them.
#[derive(Debug)]
pub(crate) struct Fields {
    members: Map<String, Value>,
    form: Checker,
}

impl Fields {
    /// No body at all, `null` and `[]` are the empty object.
    fn parse(bytes: &[u8]) -> Result<Self> {
        let members = if bytes.iter().all(u8::is_ascii_whitespace) {
            Map::new()
        } else {
            match serde_json::from_slice(bytes) {
                Ok(Value::Object(members)) => members,
                Ok(Value::Null) => Map::new(),
                Ok(Value::Array(items)) if items.is_empty() => Map::new(),
                Ok(_) => return Err(Error::bad_request("The body must be a JSON object.")),
                Err(error) => {
                    let (line, column) = (error.line(), error.column());
                    let message = format!("The body is not valid JSON; see line {line}, column {column}.");
                    return Err(Error::bad_request(message));
                }
            }
        };
        Ok(Self { members, form: Checker::new() })
    }

    pub fn fail(&mut self, name: impl AsRef<str>, message: impl Into<String>) {
        self.form.fail(name.as_ref(), message);
    }

    /// Notes that a member is missing, unless something else is wrong with it already.
    pub fn fail_missing(&mut self, name: &str, message: &str) {
        if !self.form.has(name) {
            self.form.fail(name, message);
        }
    }

    /// Takes a member; absent and `null` are the same.
    pub fn value(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// A member whose `null` means something: `Some(None)` for `null`, `None` where it is absent or wrong.
    fn nullable<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.members.get(name) {
            None => None,
            Some(Value::Null) => Some(None),
            Some(_) => read(self).map(Some),
        }
    }

    /// Text, or `null`.
    pub fn nullable_text(&mut self, name: &str) -> Option<Option<String>> {
        self.nullable(name, |fields| fields.text(name))
    }

    /// A moment, or `null`.
    pub fn nullable_time(&mut self, name: &str) -> Option<Option<Timestamp>> {
        self.nullable(name, |fields| fields.time(name))
    }

    /// Text, a number as its text, or `null`.
    pub fn nullable_text_or_number(&mut self, name: &str) -> Option<Option<String>> {
        self.nullable(name, |fields| fields.text_or_number(name))
    }

    /// The value of a member, which stays for who takes it.
    pub fn peek(&self, name: &str) -> Option<Value> {
        self.members.get(name).cloned()
    }

    /// An element of a list that has to be an object. What is wrong inside is named below `name`.
    pub fn object_of<T>(&mut self, name: &str, element: Value, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.members.insert(name.to_owned(), element);
        let found = self.nullable_object(name, read).flatten();
        let inside = format!("{name}.");
        if found.is_none() && !self.form.has_below(&inside) {
            self.fail_missing(name, "Every element must be an object.");
        }
        found
    }

    /// An object whose members `read` takes, or `null`; `[]` is an empty one. What is wrong inside is named below `name`.
    pub fn nullable_object<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> Option<Option<T>> {
        self.nullable(name, |fields| {
            let members = fields.typed(name, "an object", |value| match value {
                Value::Object(members) => Some(members),
                Value::Array(items) if items.is_empty() => Some(Map::new()),
                _ => None,
            })?;
            let mut inner = Self { members, form: Checker::new() };
            let value = read(&mut inner);
            let Err(Error::Invalid { fields: wrong }) = inner.form.finish() else { return Some(value) };
            for one in wrong {
                fields.fail(format!("{name}.{}", one.field), one.message);
            }
            None
        })
    }

    pub fn integer(&mut self, name: &str) -> Option<i64> {
        self.typed(name, "a whole number", |value| value.as_i64())
    }

    fn typed<T>(&mut self, name: &str, expected: &str, read: impl FnOnce(Value) -> Option<T>) -> Option<T> {
        let value = read(self.value(name)?);
        if value.is_none() {
            self.fail(name, format!("{name} must be {expected}."));
        }
        value
    }

    pub fn text(&mut self, name: &str) -> Option<String> {
        self.typed(name, "text", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    /// Text, or a number as its text.
    pub fn text_or_number(&mut self, name: &str) -> Option<String> {
        self.typed(name, "text", |value| match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    pub fn flag(&mut self, name: &str) -> Option<bool> {
        self.typed(name, "true or false", |value| value.as_bool())
    }

    pub fn time(&mut self, name: &str) -> Option<Timestamp> {
        self.typed(name, "a date such as 2026-03-04T09:30:00.000Z", |value| from_wire(value.as_str()?))
    }

    pub fn list(&mut self, name: &str) -> Option<Vec<Value>> {
        self.typed(name, "a list", |value| match value {
            Value::Array(items) => Some(items),
            _ => None,
        })
    }

    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let items = self.list(name)?;
        let mut texts = Vec::with_capacity(items.len());
        for (position, item) in items.into_iter().enumerate() {
            match item {
                Value::String(text) => texts.push(text),
                _ => self.fail(format!("{name}.{position}"), format!("Every element of {name} must be text.")),
            }
        }
        Some(texts)
    }
}
