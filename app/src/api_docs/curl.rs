//! The command that calls an operation.

use serde_json::Value;

use super::document::{Operation, Parameter};

/// A body that fits on a line stays on it.
const LINE: usize = 60;

/// `curl` with what the operation cannot do without.
pub(super) fn command(base_url: &str, operation: &Operation) -> String {
    let path: String = operation.path.split('/').map(segment).collect::<Vec<_>>().join("/");
    let required = operation.parameters.iter().filter(|one| one.is_required && one.place == "query").map(pair);
    let query = required.collect::<Vec<_>>().join("&");
    let question = if query.is_empty() { "" } else { "?" };
    let method = if operation.method == "GET" { String::new() } else { format!("-X {} ", operation.method) };
    let mut parts = vec![format!("curl {method}{}", quoted(&format!("{base_url}{path}{question}{query}")))];
    if operation.is_private {
        parts.push("-H \"Authorization: Bearer $TIDINGS_KEY\"".to_owned());
    }
    if let Some(body) = &operation.body {
        parts.push("-H 'Content-Type: application/json'".to_owned());
        parts.push(format!("-d {}", quoted(&written(body.example.as_ref().unwrap_or(&Value::Null)))));
    }
    parts.join(" \\\n  ")
}

/// `{projectId}` is `PROJECT_ID`, because a shell would take braces for its own.
fn segment(segment: &str) -> String {
    let Some(name) = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) else {
        return segment.to_owned();
    };
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

fn pair(parameter: &Parameter) -> String {
    let example = parameter.example.as_ref().and_then(Value::as_str).unwrap_or("VALUE");
    format!("{}={example}", parameter.name)
}

fn written(example: &Value) -> String {
    let line = if example.is_null() { "{}".to_owned() } else { example.to_string() };
    if line.len() <= LINE { line } else { serde_json::to_string_pretty(example).unwrap_or(line) }
}

/// As a shell takes it, whatever is in it.
fn quoted(text: &str) -> String {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/:._-".contains(&byte));
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
