//! Keyed hashes of records, of links and of the end of the chain (HMAC-SHA256, RFC 2104).
//!
//! The key is derived from the secret of the instance, which is not in the database: whoever can write the database, or
//! restores parts of a backup, cannot make hashes that fit.

use chrono::DateTime;
use model::time::Timestamp;
use ring::hmac;
use serde_json::{Number, Value};
use store::audit::AuditRecord;
use store::audit::chain::{Head, Stored};

use crate::{Services, SigningKey};

/// The key of the chain.
pub(super) struct Key(hmac::Key);

impl Key {
    pub fn of(cx: &Services) -> Self {
        Self::from_secret(&cx.settings.signing_key)
    }

    /// That of the secret that the instance had before.
    pub fn previous(cx: &Services) -> Option<Self> {
        cx.settings.previous_signing_key.as_ref().map(Self::from_secret)
    }

    fn from_secret(secret: &SigningKey) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &secret.mac(&["audit log"])))
    }

    /// The hash that is written with a record.
    pub fn record(&self, record: &AuditRecord) -> String {
        let outcome = record.outcome.0.as_str();
        self.of_parts(&Parts {
            texts: [
                Some(record.id.as_str()),
                Some(&record.action),
                record.user_id.as_ref().map(|id| id.as_str()),
                record.target_user_id.as_ref().map(|id| id.as_str()),
                record.api_key_id.as_ref().map(|id| id.as_str()),
                record.project_id.as_ref().map(|id| id.as_str()),
                record.entity_type.as_deref(),
                record.entity_id.as_deref(),
                Some(outcome),
                record.ip.as_deref(),
                record.user_agent.as_deref(),
                record.request_id.as_deref(),
            ],
            time: micros(record.created_at),
            details: canonical(&record.details),
        })
    }

    /// The hash that a stored record should have. What cannot be understood is hashed as it is, and then fits no hash
    /// that was ever written.
    pub fn stored(&self, record: &Stored) -> String {
        let time = DateTime::parse_from_rfc3339(&record.created_at).map(|time| micros(time.to_utc()));
        let details = serde_json::from_str::<Value>(&record.details).map(|details| canonical(&details));
        self.of_parts(&Parts {
            texts: [
                Some(&record.id),
                Some(&record.action),
                record.user_id.as_deref(),
                record.target_user_id.as_deref(),
                record.api_key_id.as_deref(),
                record.project_id.as_deref(),
                record.entity_type.as_deref(),
                record.entity_id.as_deref(),
                Some(&record.outcome),
                record.ip.as_deref(),
                record.user_agent.as_deref(),
                record.request_id.as_deref(),
            ],
            time: time.unwrap_or_else(|_| record.created_at.clone()),
            details: details.unwrap_or_else(|_| record.details.clone()),
        })
    }

    /// The link of a record: of the link before, its number and its own hash.
    pub fn link(&self, before: &str, number: i64, mac: Option<&str>) -> String {
        self.sign("link", &[Some(before), Some(&number.to_string()), mac])
    }

    /// The hash of the end of the chain.
    pub fn head(&self, head: &Head) -> String {
        let began = head.began_at.map(micros);
        self.sign(
            "head",
            &[
                Some(&head.number.to_string()),
                Some(&head.link),
                began.as_deref(),
                Some(&head.adopted.to_string()),
                Some(if head.is_adopting { "adopting" } else { "" }),
                Some(&head.anchor_number.to_string()),
                Some(&head.anchor_link),
            ],
        )
    }

    fn of_parts(&self, parts: &Parts<'_>) -> String {
        let mut all = parts.texts.to_vec();
        all.push(Some(&parts.time));
        all.push(Some(&parts.details));
        self.sign("record", &all)
    }

    /// Each part counts with whether it is there and with its length, so that no two lists have the same hash.
    fn sign(&self, kind: &str, parts: &[Option<&str>]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        for part in std::iter::once(&Some(kind)).chain(parts) {
            match part {
                None => context.update(&[0]),
                Some(text) => {
                    context.update(&[1]);
                    context.update(&(text.len() as u64).to_be_bytes());
                    context.update(text.as_bytes());
                }
            }
        }
        let mut hex = String::with_capacity(64);
        for byte in context.sign().as_ref() {
            for half in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        hex
    }
}

struct Parts<'a> {
    texts: [Option<&'a str>; 12],
    time: String,
    details: String,
}

fn micros(time: Timestamp) -> String {
    time.timestamp_micros().to_string()
}

/// A JSON value as one text, whatever a database made of its order, its blanks and the writing of its numbers.
fn canonical(value: &Value) -> String {
    let mut out = String::new();
    push(value, &mut out);
    out
}

fn push(value: &Value, out: &mut String) {
    match value {
        Value::Number(number) => out.push_str(&plain(number)),
        Value::Array(items) => {
            out.push('[');
            for item in items {
                push(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (name, value) in members {
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                push(value, out);
                out.push(',');
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// PostgreSQL writes `1e16` as an integer, and JSON knows only one kind of number.
fn plain(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if !number.is_i64() && !number.is_u64() => {
            if float.fract() == 0.0 && float.abs() < 1e18 {
                #[expect(clippy::cast_possible_truncation, reason = "a whole number below 10^18")]
                let whole = float as i64;
                whole.to_string()
            } else {
                format!("{float:e}")
            }
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;
    use serde_json::{Value, json};

    #[test]
    fn what_a_database_does_to_a_value_changes_nothing() {
        for (written, read) in [
            (r#"{"b":1,"a":[1,2]}"#, r#"{ "a": [1, 2], "b": 1 }"#),
            ("1e16", "10000000000000000"),
            ("2.0", "2"),
            ("-2.5", "-2.50"),
            (
                "1e300",
                "1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
            ),
        ] {
            let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            assert_eq!(canonical(&value(written)), canonical(&value(read)), "{written}");
        }
        assert_ne!(canonical(&json!({ "a": "1" })), canonical(&json!({ "a": 1 })));
        assert_ne!(canonical(&json!([["a"], "b"])), canonical(&json!([["a", "b"]])));
    }
}
