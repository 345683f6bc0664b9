//! Examples of whole answers, put together from those of their parts: a handler whose shapes have examples needs none of
//! its own.

use serde_json::{Map, Value};
use utoipa::openapi::content::Content;
use utoipa::openapi::{OpenApi as Document, RefOr};

/// Shapes that contain themselves end here.
const DEEPEST: usize = 12;

/// Gives every JSON body of a good answer and of a request an example, where the parts allow it.
pub(super) fn fill(document: &mut Document) {
    // A document is made of strings, numbers and maps with text keys, which always have a JSON form.
    let shapes = serde_json::to_value(&document.components).unwrap_or_default();
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                body.content.iter_mut().for_each(|(kind, content)| complete(&shapes, kind, content));
            }
            for (status, answer) in &mut operation.responses.responses {
                if let (true, RefOr::T(answer)) = (status.starts_with('2'), answer) {
                    answer.content.iter_mut().for_each(|(kind, content)| complete(&shapes, kind, content));
                }
            }
        }
    }
}

fn complete(shapes: &Value, kind: &str, content: &mut RefOr<Content>) {
    let RefOr::T(content) = content else { return };
    if !kind.ends_with("json") || content.example.is_some() || !content.examples.is_empty() {
        return;
    }
    let schema = content.schema.as_ref().and_then(|schema| serde_json::to_value(schema).ok());
    content.example = schema.and_then(|schema| compose(shapes, &schema, DEEPEST));
}

/// An example of a shape; `None` where a part that must be there has none.
fn compose(shapes: &Value, schema: &Value, depth: usize) -> Option<Value> {
    let deeper = depth.checked_sub(1)?;
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next()?;
        return compose(shapes, shapes["schemas"].get(name)?, deeper);
    }
    let own = schema.get("example").or_else(|| schema["examples"].get(0));
    if let Some(example) = own.or_else(|| schema.get("const")).or_else(|| schema["enum"].get(0)) {
        return Some(example.clone());
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            let Value::Object(members) = compose(shapes, part, deeper)? else { return None };
            whole.extend(members);
        }
        return Some(whole.into());
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(parts) = schema[choice].as_array() {
            let is_null = |part: &&Value| part["type"] == "null";
            let good = parts.iter().filter(|part| !is_null(part)).find_map(|part| compose(shapes, part, deeper));
            return good.or_else(|| parts.iter().find(is_null).map(|_| Value::Null));
        }
    }
    let is = |name: &str| match &schema["type"] {
        Value::String(kind) => kind == name,
        Value::Array(kinds) => kinds.iter().any(|kind| kind == name),
        _ => false,
    };
    if let Some(properties) = schema["properties"].as_object() {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let mut whole = Map::new();
        for (name, property) in properties {
            let is_required = required.iter().any(|one| one == name);
            if !is_required && property["type"] == "boolean" && property.get("example").is_none() {
                continue;
            }
            match compose(shapes, property, deeper) {
                Some(value) => whole.insert(name.clone(), value),
                None if is_required => return None,
                None => None,
            };
        }
        return Some(whole.into());
    }
    if is("array") {
        return Some(vec![compose(shapes, &schema["items"], deeper)?].into());
    }
    match schema["format"].as_str() {
        Some("date-time") => return Some("2026-03-04T09:30:00.000Z".into()),
        _ if is("boolean") => return Some(true.into()),
        _ => {}
    }
    is("null").then_some(Value::Null)
}
