//! Our document against itself: every example fits the schema it stands in.

use serde_json::{Value, json};

/// The document that the server serves.
pub fn document() -> Value {
    serde_json::to_value(rest::openapi()).expect("JSON")
}

/// The operation at a path, whatever its parameters are called.
pub fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<&'a Value> {
    let plain = |path: &str| -> Vec<String> {
        path.split('/').map(|part| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() }).collect()
    };
    let paths = document["paths"].as_object()?;
    let (_, item) = paths.iter().find(|(known, _)| plain(known) == plain(path))?;
    item.get(method.to_lowercase())
}

/// What a reference leads to.
pub fn resolve<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    match node.get("$ref").and_then(Value::as_str) {
        Some(target) => {
            document.pointer(target.trim_start_matches('#')).unwrap_or_else(|| panic!("{target} is nowhere"))
        }
        None => node,
    }
}

/// What of a value does not fit a schema of the document, or is a member that no schema knows.
pub fn misfits(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    // References point into the components, so they come along.
    let whole = json!({ "components": document["components"], "allOf": [schema] });
    let validator = jsonschema::draft202012::new(&whole).unwrap_or_else(|error| panic!("no schema: {error}"));
    let mut found: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    unknown_members(document, &[schema], value, "", &mut found);
    found
}

/// A schema allows members that it does not know, and a misspelt one would go unnoticed.
fn unknown_members(document: &Value, schemas: &[&Value], value: &Value, path: &str, found: &mut Vec<String>) {
    let mut flat = Vec::new();
    for schema in schemas {
        flatten(document, schema, &mut flat);
    }
    match value {
        Value::Object(members) => {
            let describes = flat.iter().any(|schema| schema.get("properties").is_some());
            let open = flat
                .iter()
                .any(|schema| matches!(schema.get("additionalProperties"), Some(Value::Bool(true) | Value::Object(_))));
            for (name, value) in members {
                let inner: Vec<&Value> = flat.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect();
                let path = format!("{path}/{name}");
                if inner.is_empty() && describes && !open {
                    found.push(format!("{path}: no schema knows this member"));
                }
                unknown_members(document, &inner, value, &path, found);
            }
        }
        Value::Array(items) => {
            let inner: Vec<&Value> = flat.iter().filter_map(|schema| schema.get("items")).collect();
            for (position, item) in items.iter().enumerate() {
                unknown_members(document, &inner, item, &format!("{path}/{position}"), found);
            }
        }
        _ => {}
    }
}

fn flatten<'a>(document: &'a Value, schema: &'a Value, flat: &mut Vec<&'a Value>) {
    let schema = resolve(document, schema);
    flat.push(schema);
    for combined in ["allOf", "anyOf", "oneOf"] {
        for one in schema.get(combined).and_then(Value::as_array).into_iter().flatten() {
            flatten(document, one, flat);
        }
    }
}

/// Every schema and media type with an example, wherever it stands: where, schema, example.
fn examples<'a>(node: &'a Value, place: &str, found: &mut Vec<(String, &'a Value, &'a Value)>) {
    match node {
        Value::Object(members) => {
            // A media type or a parameter has its schema beside the example; a schema is it.
            let schema = members.get("schema").unwrap_or(node);
            if let Some(example) = members.get("example") {
                found.push((place.to_owned(), schema, example));
            }
            match members.get("examples") {
                Some(Value::Array(list)) => found.extend(list.iter().map(|one| (place.to_owned(), schema, one))),
                Some(Value::Object(named)) => {
                    for (name, one) in named {
                        found.extend(one.get("value").map(|value| (format!("{place}/{name}"), schema, value)));
                    }
                }
                _ => {}
            }
            for (name, inner) in members {
                // What is inside an example is no schema, and a property may be called "example".
                if !matches!(name.as_str(), "example" | "examples") || place.ends_with("/properties") {
                    examples(inner, &format!("{place}/{name}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                examples(item, &format!("{place}/{position}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_example_of_the_document_fits_its_schema() {
    let document = document();
    let mut found = Vec::new();
    examples(&document, "", &mut found);
    assert!(found.len() > 10, "only {} examples", found.len());
    let mut wrong = Vec::new();
    for (place, schema, example) in found {
        wrong.extend(misfits(&document, schema, example).into_iter().map(|misfit| format!("{place}: {misfit}")));
    }
    assert!(wrong.is_empty(), "{} misfits:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_wrong_example_is_found() {
    let document = json!({ "components": { "schemas": {
        "Tag": { "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } } },
        "Used": { "allOf": [
            { "$ref": "#/components/schemas/Tag" },
            { "type": "object", "properties": { "count": { "type": "integer" } } },
        ] },
    } } });
    let schema = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Used" } });
    assert_eq!(misfits(&document, &schema, &json!([{ "id": "a", "count": 1 }])), Vec::<String>::new());
    let wrong = misfits(&document, &schema, &json!([{ "id": 5, "cuont": 1 }]));
    assert!(wrong.iter().any(|misfit| misfit.starts_with("/0/id")), "{wrong:?}");
    assert!(wrong.contains(&"/0/cuont: no schema knows this member".to_owned()), "{wrong:?}");
}
