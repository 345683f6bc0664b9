//! Comparing JSON with what it should look like.
//!
//! An expected value is JSON of its own in which a text of the form `<…>` stands for a kind of value; several kinds are
//! separated by `|`, and quoted ones are literal texts:
//!
//! - `<id>`, `<time>` (three fractional digits and `Z`), `<text>` (not empty), `<string>`, `<integer>`, `<number>`,
//!   `<bool>`, `<null>`, `<object>`, `<list>`, `<any>`
//! - `<null|time>`, `<'draft'|'published'>`
//! - `<absent>`: the member must not be there; `<absent|text>`: it may be
//!
//! `{ "<each>": shape }` stands for a list whose elements all have that shape; a list stands for exactly its elements.
//! Members beside the expected ones are allowed, since clients ignore them and the contract lets them be added.

use serde_json::{Map, Value, json};

/// Fails unless `got` looks like `expected`, with every difference: path, expected, got.
#[track_caller]
pub fn check(name: &str, expected: &Value, got: &Value) {
    let differences = differences(expected, got);
    assert!(differences.is_empty(), "{name}:\n{}\nin {got:#}", differences.join("\n"));
}

pub fn differences(expected: &Value, got: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("$", expected, Some(got), &mut found);
    found
}

/// A list of any length whose elements have this shape.
pub fn each(shape: Value) -> Value {
    json!({ "<each>": shape })
}

/// A shape with other members, or with members of another kind.
pub fn with(shape: Value, members: Value) -> Value {
    let (Value::Object(mut shape), Value::Object(members)) = (shape, members) else { panic!("two objects") };
    shape.extend(members);
    Value::Object(shape)
}

fn compare(path: &str, expected: &Value, got: Option<&Value>, found: &mut Vec<String>) {
    let difference = |found: &mut Vec<String>| {
        let got = got.map_or_else(|| "nothing".to_owned(), Value::to_string);
        found.push(format!("  {path}: expected {expected}, got {got}"));
    };
    match (expected, got) {
        (Value::String(text), got) if text.starts_with('<') && text.ends_with('>') => {
            if !text[1..text.len() - 1].split('|').any(|kind| is(kind, got)) {
                difference(found);
            }
        }
        (Value::Object(members), Some(Value::Array(items))) if members.contains_key("<each>") => {
            for (position, item) in items.iter().enumerate() {
                compare(&format!("{path}[{position}]"), &members["<each>"], Some(item), found);
            }
        }
        (Value::Object(members), Some(Value::Object(got))) if !members.contains_key("<each>") => {
            compare_members(path, members, got, found);
        }
        (Value::Array(items), Some(Value::Array(got))) => {
            if items.len() != got.len() {
                found.push(format!("  {path}: expected {} elements, got {}", items.len(), got.len()));
            }
            for (position, (item, got)) in items.iter().zip(got).enumerate() {
                compare(&format!("{path}[{position}]"), item, Some(got), found);
            }
        }
        (Value::Number(_), Some(Value::Number(_))) if expected.as_f64() == got.and_then(Value::as_f64) => {}
        (expected, Some(got)) if expected == got => {}
        _ => difference(found),
    }
}

fn compare_members(path: &str, members: &Map<String, Value>, got: &Map<String, Value>, found: &mut Vec<String>) {
    for (name, expected) in members {
        compare(&format!("{path}.{name}"), expected, got.get(name), found);
    }
}

fn is(kind: &str, got: Option<&Value>) -> bool {
    let Some(got) = got else { return kind == "absent" };
    let text = got.as_str();
    match kind {
        "absent" => false,
        "any" => true,
        "null" => got.is_null(),
        "bool" => got.is_boolean(),
        "integer" => got.is_i64() || got.is_u64(),
        "number" => got.is_number(),
        "object" => got.is_object(),
        "list" => got.is_array(),
        "string" => text.is_some(),
        "text" => text.is_some_and(|text| !text.trim().is_empty()),
        "id" => text.is_some_and(is_id),
        "time" => text.is_some_and(is_time),
        quoted => {
            let literal = quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            text == Some(literal.unwrap_or_else(|| panic!("<{kind}> is no kind of value")))
        }
    }
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// `2026-03-04T09:30:00.000Z`, and nothing else.
pub fn is_time(text: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00.000Z";
    text.len() == FORM.len()
        && text.bytes().zip(FORM).all(|(byte, form)| if *form == b'0' { byte.is_ascii_digit() } else { byte == *form })
        && chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

#[test]
fn a_difference_names_path_expected_and_got() {
    let expected =
        json!({ "id": "<id>", "at": "<null|time>", "tags": each(json!({ "name": "<text>" })), "gone": "<absent>" });
    let good = json!({ "id": "c1", "at": null, "tags": [{ "name": "a", "more": 1 }], "more": true });
    assert_eq!(differences(&expected, &good), Vec::<String>::new());
    let bad =
        json!({ "id": "a.b", "at": "2026-03-04T09:30:00Z", "tags": [{ "name": "a" }, { "name": 1 }], "gone": null });
    assert_eq!(
        differences(&expected, &bad),
        [
            r#"  $.at: expected "<null|time>", got "2026-03-04T09:30:00Z""#,
            r#"  $.gone: expected "<absent>", got null"#,
            r#"  $.id: expected "<id>", got "a.b""#,
            r#"  $.tags[1].name: expected "<text>", got 1"#,
        ]
    );
}

#[test]
fn a_missing_member_and_a_wrong_length_are_differences() {
    assert_eq!(differences(&json!({ "a": "<any>" }), &json!({})), [r#"  $.a: expected "<any>", got nothing"#]);
    assert_eq!(differences(&json!([1, 2]), &json!([1])), ["  $: expected 2 elements, got 1"]);
    assert_eq!(differences(&json!("<'a'|'b'>"), &json!("c")), [r#"  $: expected "<'a'|'b'>", got "c""#]);
    assert_eq!(differences(&json!({ "a": "<absent|text>" }), &json!({ "a": "x" })), Vec::<String>::new());
}
