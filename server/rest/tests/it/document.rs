use std::collections::BTreeSet;

use http::Method;
use model::Scope;
use serde_json::{Map, Value};
use testkit::on_both_databases;

use crate::app::App;

pub fn document() -> Value {
    serde_json::to_value(rest::openapi()).unwrap()
}

/// Method, path and description of every operation.
pub fn operations() -> Vec<(Method, String, Value)> {
    let document = document();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            found.push((method, path.clone(), operation.clone()));
        }
    }
    found
}

#[test]
fn the_document_is_as_it_was_reviewed() {
    insta::assert_json_snapshot!("openapi", document());
}

#[test]
fn the_document_is_openapi_3_1_and_complete() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["cookie", "key", "token"]);
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        let name = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{name} shares its id");
        for member in ["summary", "tags", "responses"] {
            assert!(operation.get(member).is_some(), "{name} has no {member}");
        }
        let scopes = operation.get("x-required-scopes").map(|scopes| scopes.as_array().unwrap());
        let mut security = operation.get("security").and_then(Value::as_array).into_iter().flatten();
        let takes_keys = security.any(|way| way.get("key").is_some());
        assert_eq!(scopes.is_some(), takes_keys, "{name}: scopes where keys are accepted");
        for scope in scopes.into_iter().flatten() {
            assert!(scope.as_str().unwrap().parse::<Scope>().is_ok(), "{name} wants {scope}");
        }
        let answers = operation["responses"].as_object().unwrap();
        if operation.get("security").is_some() {
            assert!(answers.contains_key("401"), "{name} does not say 401");
        }
        for answer in answers.values() {
            check_references(&document, answer);
        }
        check_references(&document, &operation);
    }
}

/// Every `$ref` leads somewhere.
fn check_references(document: &Value, value: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref") {
                let pointer = target.strip_prefix('#').unwrap();
                assert!(document.pointer(pointer).is_some(), "{target} is nowhere");
            }
            members.values().for_each(|member| check_references(document, member));
        }
        Value::Array(items) => items.iter().for_each(|item| check_references(document, item)),
        _ => {}
    }
}

#[test]
fn every_schema_refers_to_schemas_that_exist_and_examples_fit_their_members() {
    let document = document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        check_references(&document, schema);
        if let (Some(example), Some(properties)) = (schema.get("example"), schema.get("properties")) {
            let known: &Map<String, Value> = properties.as_object().unwrap();
            for member in example.as_object().unwrap().keys() {
                assert!(known.contains_key(member), "the example of {name} has {member}, which the schema lacks");
            }
            for member in schema["required"].as_array().into_iter().flatten() {
                let member = member.as_str().unwrap();
                assert!(example.get(member).is_some(), "the example of {name} lacks {member}");
            }
        }
    }
}

on_both_databases! {
    async fn every_documented_operation_is_served_and_every_route_is_documented(app: App) {
        let owner = app.owner("Mara").await;
        for (method, path, _) in operations() {
            let concrete = ["projectId", "entryId", "widgetId", "tagId", "md5", "keyId"].iter()
                .fold(path.clone(), |path, name| path.replace(&format!("{{{name}}}"), "unknown"));
            let answer = owner.call(method.clone(), &concrete).send().await;
            let is_missing_record = path.contains('{') && answer.status() == 404;
            assert!(answer.status() != 405 && (answer.status() != 404 || is_missing_record), "{method} {path}");
            // A path that only the catch-all knows would take any method.
            let other = owner.call(Method::TRACE, &concrete).send().await;
            assert_eq!(other.status(), 405, "{path} is not a route of its own");
            let allowed = other.header("allow").unwrap().split(',').filter(|method| *method != "HEAD");
            for allowed in allowed {
                let documented = operations().iter().any(|(method, other, _)| method == allowed && *other == path);
                assert!(documented, "{allowed} {path} is served without a description");
            }
        }
    }

    async fn the_document_is_served_at_both_addresses(app: App) {
        for path in ["/openapi.json", "/swagger.json"] {
            let answer = app.stranger().get(path).await.expect(200);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.json(), document());
            let again = app.stranger().call(Method::GET, path).header("if-none-match", answer.header("etag").unwrap());
            again.send().await.expect(304);
        }
    }
}
