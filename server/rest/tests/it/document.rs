use std::collections::BTreeSet;
use std::path::Path;

use http::Method;
use model::{Permission, Scope};
use serde_json::{Map, Value};
use testkit::{fixtures, on_both_databases};

use crate::app::App;
use crate::walls::PUBLIC;

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

/// With its members in the order of their names, whatever order the JSON of this build keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            members.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[test]
fn the_document_is_as_it_was_reviewed() {
    let made = serde_json::to_string_pretty(&sorted(document())).unwrap() + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let reviewed = std::fs::read_to_string(file).unwrap();
    let first = made.lines().zip(reviewed.lines()).position(|(made, reviewed)| made != reviewed);
    assert!(
        made == reviewed,
        "openapi.json differs from line {:?} on. Make it anew with UPDATE_OPENAPI=1 and look at what changed.",
        first.map(|line| line + 1)
    );
}

#[test]
fn the_program_carries_the_reviewed_document_along() {
    let carried: Value = serde_json::from_slice(rest::openapi_json()).unwrap();
    assert!(carried == document(), "the packed document is another one");
    assert!(!rest::openapi_json().contains(&b'\n'), "without line breaks");
}

#[test]
fn every_operation_is_described_completely() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["cookie", "key", "token"]);
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut missing = Vec::new();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        let name = format!("{method} {path}");
        let mut want = |is_there: bool, what: &str| {
            if !is_there {
                missing.push(format!("{name}: {what}"));
            }
        };
        let id = operation["operationId"].as_str().unwrap_or_default();
        want(ids.insert(id.to_owned()), &format!("the operationId {id} is taken"));
        let is_snake = id.contains('_') && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        want(
            is_snake,
            &format!("the operationId {id} is not a verb and a noun in small letters, such as list_entries"),
        );
        let summary = operation["summary"].as_str().unwrap_or_default();
        want(summary.ends_with(['.', '?']), "no summary (the first line of the handler's comment)");
        let tag = operation["tags"][0].as_str().unwrap_or_default();
        want(tags.contains(tag), &format!("no tag that document.rs knows, but {tag:?}"));
        let is_private = operation.get("security").is_some();
        let is_public = PUBLIC.contains(&name.as_str());
        want(is_private != is_public, "neither `security(…)` nor on the list PUBLIC in walls.rs, or both");
        let scopes = operation.get("x-required-scopes");
        let takes_keys =
            operation["security"].as_array().is_some_and(|list| list.iter().any(|one| one.get("key").is_some()));
        want(takes_keys == scopes.is_some(), "`x-required-scopes` belongs exactly where keys are accepted");
        for scope in scopes.and_then(Value::as_array).into_iter().flatten() {
            want(scope.as_str().unwrap().parse::<Scope>().is_ok(), &format!("there is no scope {scope}"));
        }
        let needs = operation.get("x-permission");
        want(
            needs.is_some() == is_private,
            "`x-permission` belongs exactly where callers are looked at: the handler takes no argument that checks a permission",
        );
        let needs: Vec<Permission> =
            needs.map(|needs| serde_json::from_value(needs.clone()).unwrap()).unwrap_or_default();
        // None at all where one of them is for no key.
        let scopes_of = |one: &Permission| one.scopes();
        let is_for_keys = needs.iter().all(|one| !scopes_of(one).is_empty());
        let implied: BTreeSet<&str> = needs.iter().flat_map(scopes_of).map(Scope::as_str).collect();
        let named = scopes.and_then(Value::as_array).map(|list| list.iter().filter_map(Value::as_str).collect());
        want(
            !is_private || named == takes_keys.then_some(implied),
            "`x-required-scopes` are not the scopes of what the handler checks",
        );
        want(!takes_keys || is_for_keys, "keys are offered what they never may");
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in parameters.iter().filter(|parameter| parameter.get("$ref").is_none()) {
            let text = parameter["description"].as_str().unwrap_or_default();
            want(!text.is_empty(), &format!("the parameter {} has no description", parameter["name"]));
        }
        let answers = operation["responses"].as_object().unwrap();
        want(answers.keys().any(|status| is_good(status)), "no good answer");
        for (status, answer) in answers.iter().filter(|(status, _)| status.starts_with('2')) {
            let Some(body) = answer["content"].get("application/json") else { continue };
            if body.get("example").is_none() && body.get("examples").is_none() {
                let part = lacking(&document, &body["schema"], "the body").unwrap_or_default();
                want(false, &format!("no example of its answer {status}: {part} has none"));
            }
        }
        if let Some(body) = operation["requestBody"]["content"].get("application/json") {
            want(body.get("example").is_some() || body.get("examples").is_some(), "no example of its request body");
        }
        check_references(&document, &operation);
    }
    assert!(missing.is_empty(), "The document lacks:\n{}", missing.join("\n"));
}

/// A browser that is led on has got what it asked for.
fn is_good(status: &str) -> bool {
    status.starts_with('2') || matches!(status, "302" | "303")
}

/// The first part of a shape that needs an example and has none.
fn lacking(document: &Value, schema: &Value, name: &str) -> Option<String> {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap();
        return lacking(document, document.pointer(&target[1..]).unwrap(), name);
    }
    if schema.get("example").is_some() || schema.get("enum").is_some() || schema["type"] == "boolean" {
        return None;
    }
    let parts = schema["allOf"].as_array().or_else(|| schema["oneOf"].as_array());
    if let Some(parts) = parts {
        return parts.iter().find_map(|part| lacking(document, part, name));
    }
    if let Some(properties) = schema["properties"].as_object() {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let needed = properties.iter().filter(|(name, _)| required.iter().any(|one| one == name.as_str()));
        return needed.into_iter().find_map(|(member, part)| lacking(document, part, &format!("{name}.{member}")));
    }
    if schema["type"] == "array" {
        return lacking(document, &schema["items"], &format!("{name}[]"));
    }
    let is_known = schema["format"] == "date-time" || schema["type"].to_string().contains("null");
    (!is_known).then(|| name.to_owned())
}

#[test]
fn standard_answers_headers_and_parameters_are_where_they_belong() {
    let document = document();
    for (method, path, operation) in operations() {
        let name = format!("{method} {path}");
        let answers = operation["responses"].as_object().unwrap();
        let is_private = operation.get("security").is_some();
        let good = answers.iter().find(|(status, _)| is_good(status)).unwrap().1;
        let has = |header: &str| good["headers"].get(header).is_some();
        assert!(has("X-Request-Id"), "{name}");
        let is_limited = answers.contains_key("429");
        assert_eq!((has("RateLimit"), has("RateLimit-Policy")), (is_limited, is_limited), "{name}");
        assert!(is_limited || !is_private, "{name} is not limited");
        let repeats = is_private && (method == Method::POST || method == Method::PATCH);
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let takes_key = parameters.iter().any(|one| one["$ref"] == "#/components/parameters/Idempotency-Key");
        assert_eq!((takes_key, has("Idempotent-Replayed")), (repeats, repeats), "{name}");
        assert!(!repeats || answers.contains_key("409"), "{name}");
        for status in ["401", "403"] {
            assert!(!is_private || answers.contains_key(status), "{name} does not say {status}");
        }
    }
    assert!(document["info"].get("license").is_none(), "nobody has chosen one");
    let slow = &document["components"]["responses"]["SlowDown"]["headers"];
    for header in ["Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-Id"] {
        assert!(slow.get(header).is_some(), "{header}");
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
    async fn a_tag_is_sent_where_the_document_says_so(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "First").await;
        for (method, path, operation) in operations() {
            let concrete = path.replace("{projectId}", project.id.as_str()).replace("{entryId}", entry.id.as_str());
            // How far the set-up is, is told until it is complete.
            if method != Method::GET || concrete.contains('{') || matches!(&*path, "/api/setup" | "/api/setup/invitations") {
                continue;
            }
            let query = match path.as_str() {
                "/api/search" => "?q=first".to_owned(),
                "/api/projects/import/process" => format!("?projectId={}", project.id),
                _ => String::new(),
            };
            let answer = owner.get(&format!("{concrete}{query}")).await.expect(200);
            let is_said = operation["responses"]["200"]["headers"].get("ETag").is_some();
            assert_eq!(answer.header("etag").is_some(), is_said, "{path}");
            assert_eq!(operation["responses"].get("304").is_some(), is_said, "{path}");
            if let Some(tag) = answer.header("etag") {
                assert!(tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag} is not strong");
                owner.call(Method::GET, &concrete).header("if-none-match", tag).send().await.expect(304);
            }
        }
    }

    async fn every_documented_operation_is_served_and_every_route_is_documented(app: App) {
        let owner = app.owner("Mara").await;
        for (method, path, _) in operations() {
            let names = [
                "projectId", "entryId", "widgetId", "templateId", "noteId", "tagId", "md5", "keyId", "passkeyId", "providerId", "provider",
                "userId", "invitationId", "token",
            ];
            let named = |path: String, name: &&str| path.replace(&format!("{{{name}}}"), "unknown");
            let concrete = names.iter().fold(path.clone(), named);
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
