//! What a schema allows, in words.

use leptos::prelude::*;
use serde_json::Value;

use super::{example, words};

/// Shapes within shapes are shown so deep; named ones are links, so few go further.
const DEEPEST: usize = 4;

/// A shape that has a name.
pub(super) struct Schema {
    name: String,
    schema: Value,
}

impl Schema {
    pub fn new(name: &str, schema: &Value) -> Self {
        Self { name: name.to_owned(), schema: schema.clone() }
    }
}

/// The anchor of a named shape.
fn anchor(name: &str) -> String {
    format!("shape-{name}")
}

pub(super) fn section(schema: &Schema) -> impl IntoView + use<> {
    let Schema { name, schema } = schema;
    view! {
        <section class="docs-shape" id=anchor(name)>
            <h3><code>{name.clone()}</code></h3>
            {words(schema["description"].as_str().unwrap_or_default())}
            {members(schema)
                .unwrap_or_else(|| view! { <p class="docs-kind">{kind(schema)}</p> }.into_any())}
            {schema.get("example").map(|value| example("Example", value))}
        </section>
    }
}

/// What a shape is made of, if of anything.
pub(super) fn members(schema: &Value) -> Option<AnyView> {
    parts(schema, DEEPEST)
}

fn parts(schema: &Value, depth: usize) -> Option<AnyView> {
    let deeper = depth.checked_sub(1)?;
    if let Some(all) = schema["allOf"].as_array() {
        let part = |part: &Value| match name(part) {
            Some(_) => Some(view! { <p class="docs-kind">"All members of " {kind(part)} ", and:"</p> }.into_any()),
            None => parts(part, deeper),
        };
        return Some(all.iter().filter_map(part).collect_view().into_any());
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let choice = |choice: &Value| {
            view! {
                <li>
                    <p class="docs-kind">{kind(choice)}</p>
                    {words(choice["description"].as_str().unwrap_or_default())}
                    {parts(choice, deeper)}
                </li>
            }
        };
        return Some(view! { <ul class="docs-choices">{choices.iter().map(choice).collect_view()}</ul> }.into_any());
    }
    let properties = schema["properties"].as_object()?;
    let required = schema["required"].as_array();
    let member = |(member, part): (&String, &Value)| {
        let is_required = required.is_some_and(|names| names.iter().any(|one| one == member));
        view! {
            <li>
                {term(member, kind(part), is_required)}
                {words(part["description"].as_str().unwrap_or_default())}
                {limits(part)}
                {inner(part, deeper)}
            </li>
        }
    };
    Some(view! { <ul class="docs-members">{properties.iter().map(member).collect_view()}</ul> }.into_any())
}

/// Members of a shape without a name, or of the elements of a list of such.
fn inner(part: &Value, depth: usize) -> Option<AnyView> {
    if part.get("properties").is_some() {
        parts(part, depth)
    } else {
        part.get("items").and_then(|of| inner(of, depth))
    }
}

/// Name, kind, and whether it must be there.
pub(super) fn term(name: &str, kind: AnyView, is_required: bool) -> impl IntoView + use<> {
    view! {
        <p class="docs-term">
            <code>{name.to_owned()}</code>
            " "
            <span class="docs-kind">{kind}</span>
            {is_required.then(|| view! { " " <span class="docs-required">"required"</span> })}
        </p>
    }
}

/// The name of a shape that is referred to.
fn name(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// What a value is, in a few words.
pub(super) fn kind(schema: &Value) -> AnyView {
    if let Some(name) = name(schema) {
        return view! { <a href=format!("#{}", anchor(name))>{name.to_owned()}</a> }.into_any();
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let choice = |(position, choice): (usize, &Value)| {
            view! { {(position > 0).then_some(" or ")} {kind(choice)} }
        };
        // What may be missing is named last.
        let (nulls, others): (Vec<_>, Vec<_>) = choices.iter().partition(|choice| choice["type"] == "null");
        return others.into_iter().chain(nulls).enumerate().map(choice).collect_view().into_any();
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any"],
    };
    let is_null = kinds.contains(&"null").then_some(" or null");
    let of = kinds.into_iter().find(|kind| *kind != "null").unwrap_or("null");
    let name = match (of, schema["format"].as_str()) {
        ("array", _) => return view! { "list of " {kind(&schema["items"])} {is_null} }.into_any(),
        ("string", Some("date-time")) => "time",
        ("string", _) if schema.get("enum").is_some() => {
            return view! { {choices(&schema["enum"])} {is_null} }.into_any();
        }
        ("string", _) => "text",
        ("integer", _) => "whole number",
        ("boolean", _) => "true or false",
        (other, _) => other,
    };
    view! { {name.to_owned()} {is_null} }.into_any()
}

fn choices(values: &Value) -> impl IntoView + use<> {
    let one = |(position, value): (usize, &Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        view! { {(position > 0).then_some(", ")} <code>{text}</code> }
    };
    values.as_array().into_iter().flatten().enumerate().map(one).collect_view()
}

/// How long, how large, how many, and what counts where nothing is sent.
pub(super) fn limits(schema: &Value) -> Option<impl IntoView + use<>> {
    let range = |from: &str, to: &str, unit: &str| {
        let (from, to) = (schema[from].as_i64(), schema[to].as_i64());
        match (from, to) {
            (Some(from), Some(to)) => Some(format!("{} to {}{unit}", number(from), number(to))),
            (Some(from), None) => Some(format!("at least {}{unit}", number(from))),
            (None, Some(to)) => Some(format!("at most {}{unit}", number(to))),
            (None, None) => None,
        }
    };
    let facts = [
        range("minLength", "maxLength", " characters"),
        range("minimum", "maximum", ""),
        range("minItems", "maxItems", " elements"),
        schema["pattern"].as_str().map(|pattern| format!("matches {pattern}")),
        schema.get("default").map(|value| format!("default {value}")),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    (!facts.is_empty()).then(|| view! { <p class="docs-limits">{facts.join(", ")}</p> })
}

/// A number with a comma between thousands.
fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}
