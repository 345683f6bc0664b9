//! The OpenAPI document, as far as the page shows it. What a member lacks is left out; nothing here can fail.

use std::collections::BTreeMap;

use serde_json::Value;

use super::shape::Schema;

pub(super) struct Document {
    pub title: String,
    pub description: String,
    pub schemes: Vec<Scheme>,
    pub groups: Vec<Group>,
    pub schemas: Vec<Schema>,
}

/// A way to say who is calling.
pub(super) struct Scheme {
    name: String,
    kind: String,
    pub description: String,
}

/// The operations under one tag.
pub(super) struct Group {
    pub name: String,
    pub anchor: String,
    pub description: String,
    pub operations: Vec<Operation>,
}

pub(super) struct Operation {
    pub id: String,
    pub method: &'static str,
    pub path: String,
    pub summary: String,
    pub description: String,
    /// Whether a credential is needed.
    pub is_private: bool,
    /// What an API key needs; `None` where keys are of no use.
    pub scopes: Option<Vec<String>>,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    pub answers: Vec<Answer>,
}

pub(super) struct Parameter {
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    pub is_required: bool,
    pub description: String,
    pub schema: Value,
    pub example: Option<Value>,
}

pub(super) struct Body {
    pub media_type: String,
    pub schema: Value,
    /// The schema, or what it refers to.
    pub shape: Value,
    pub example: Option<Value>,
    pub is_required: bool,
}

pub(super) struct Answer {
    pub status: String,
    pub description: String,
    pub bodies: Vec<Body>,
    pub headers: Vec<String>,
}

const METHODS: [(&str, &str); 5] =
    [("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE")];

impl Document {
    pub fn read(openapi: &Value) -> Self {
        let mut by_tag: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
        for (path, item) in members(&openapi["paths"]) {
            for (member, method) in METHODS {
                if let Some(operation) = item.get(member) {
                    let tag = text(&operation["tags"][0]);
                    by_tag.entry(tag).or_default().push(Operation::read(openapi, method, path, operation));
                }
            }
        }
        let declared = openapi["tags"].as_array().into_iter().flatten();
        let mut groups: Vec<Group> = declared
            .filter_map(|tag| {
                let name = text(&tag["name"]);
                by_tag.remove(&name).map(|operations| Group::new(name, text(&tag["description"]), operations))
            })
            .collect();
        // A tag that nobody described is no reason to hide its operations.
        groups.extend(by_tag.into_iter().map(|(name, operations)| Group::new(name, String::new(), operations)));
        let components = &openapi["components"];
        let schemes = members(&components["securitySchemes"]).map(|(name, scheme)| Scheme {
            name: name.clone(),
            kind: text(&scheme["type"]),
            description: text(&scheme["description"]),
        });
        let mut schemes: Vec<Scheme> = schemes.collect();
        schemes.sort_by_key(Scheme::order);
        Self {
            title: text(&openapi["info"]["title"]),
            description: text(&openapi["info"]["description"]),
            schemes,
            groups,
            schemas: members(&components["schemas"]).map(|(name, schema)| Schema::new(name, schema)).collect(),
        }
    }
}

impl Scheme {
    /// What scripts use comes first.
    fn order(&self) -> usize {
        ["key", "token", "cookie"].iter().position(|name| *name == self.name).unwrap_or(usize::MAX)
    }

    pub fn label(&self) -> String {
        match (self.name.as_str(), self.kind.as_str()) {
            ("key", _) => "With an API key".to_owned(),
            ("token", _) => "With the token of a sign-in".to_owned(),
            ("cookie", _) => "With the cookie of a browser".to_owned(),
            (name, kind) => format!("{name} ({kind})"),
        }
    }
}

impl Group {
    fn new(name: String, description: String, operations: Vec<Operation>) -> Self {
        let anchor = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        Self { anchor: format!("tag-{}", anchor.collect::<String>()), name, description, operations }
    }
}

impl Operation {
    fn read(openapi: &Value, method: &'static str, path: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let body = operation.get("requestBody").map(|body| resolve(openapi, body));
        let scopes = operation["x-required-scopes"].as_array();
        Self {
            id: text(&operation["operationId"]),
            method,
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            description: text(&operation["description"]),
            is_private: operation.get("security").is_some(),
            scopes: scopes.map(|scopes| scopes.iter().map(text).collect()),
            parameters: parameters.map(|one| Parameter::read(resolve(openapi, one))).collect(),
            body: body.and_then(|body| Body::list(openapi, body).into_iter().next()),
            answers: members(&operation["responses"])
                .map(|(status, answer)| Answer::read(openapi, status, resolve(openapi, answer)))
                .collect(),
        }
    }
}

impl Parameter {
    fn read(parameter: &Value) -> Self {
        let own = parameter.get("example").or_else(|| parameter["schema"].get("example"));
        Self {
            name: text(&parameter["name"]),
            place: text(&parameter["in"]),
            is_required: parameter["required"] == true,
            description: text(&parameter["description"]),
            schema: parameter["schema"].clone(),
            example: own.cloned(),
        }
    }
}

impl Body {
    /// The forms of a body, of which problems have two that differ in their name only.
    fn list(openapi: &Value, holder: &Value) -> Vec<Self> {
        let forms = members(&holder["content"]).filter(|(media_type, _)| *media_type != "application/problem+json");
        forms
            .map(|(media_type, content)| Self {
                media_type: media_type.clone(),
                schema: content["schema"].clone(),
                shape: resolve(openapi, &content["schema"]).clone(),
                example: content.get("example").cloned(),
                is_required: holder["required"] == true,
            })
            .collect()
    }
}

impl Answer {
    fn read(openapi: &Value, status: &str, answer: &Value) -> Self {
        // What every answer has is said once, at the top of the page.
        let common = ["X-Request-Id", "RateLimit", "RateLimit-Policy"];
        let headers = members(&answer["headers"]).map(|(name, _)| name.clone());
        Self {
            status: status.to_owned(),
            description: text(&answer["description"]),
            bodies: Body::list(openapi, answer),
            headers: headers.filter(|name| !common.contains(&name.as_str())).collect(),
        }
    }

    pub fn is_good(&self) -> bool {
        self.status.starts_with('2')
    }
}

/// What a reference leads to, or the value itself.
fn resolve<'a>(openapi: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
    target.and_then(|target| openapi.pointer(target)).unwrap_or(value)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
