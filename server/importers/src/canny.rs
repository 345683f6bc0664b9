//! Changelogs of Canny, as its API gives them, made into the list of entries they stand for.

use model::imports::CannyOptions;
use serde_json::{Value, json};

/// The JSON of a list that [`crate::read`] recognises, of entries as Canny's API gives them.
pub fn to_json(entries: &[Value], options: &CannyOptions) -> String {
    let entries: Vec<Value> = entries.iter().map(|entry| of_entry(entry, options)).collect();
    json!({ "format": "canny", "entries": entries }).to_string()
}

/// What is kept about an entry beside its text.
pub fn metadata(entry: &Value) -> Value {
    let posts = entry.get("posts").and_then(Value::as_array).map_or(0, Vec::len);
    let likes = entry.pointer("/reactions/like").or_else(|| entry.get("likeCount")).cloned();
    json!({
        "cannyId": entry.get("id"),
        "url": entry.get("url"),
        "likes": likes.unwrap_or_else(|| json!(0)),
        "postCount": posts,
        "status": entry.get("status"),
    })
}

fn of_entry(entry: &Value, options: &CannyOptions) -> Value {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let first = |names: &[&'static str]| names.iter().map(|name| text(name)).find(|text| !text.trim().is_empty());
    let mut content = first(&["markdownDetails", "plaintextDetails"]).unwrap_or_default().trim_end().to_owned();
    let posts = entry.get("posts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let lines: Vec<String> = posts.iter().filter_map(related).collect();
    if !lines.is_empty() {
        if !content.is_empty() {
            content.push_str("\n\n");
        }
        content.push_str("## Related posts\n\n");
        content.push_str(&lines.join("\n"));
    }
    let id = text("id");
    json!({
        "title": text("title"),
        "content": content,
        "date": first(&["publishedAt", "created"]),
        "tags": tags(entry, posts, options),
        "status": entry.get("status"),
        "externalId": if id.is_empty() { String::new() } else { format!("canny:{id}") },
        "metadata": metadata(entry),
    })
}

fn related(post: &Value) -> Option<String> {
    let title = post.get("title").and_then(Value::as_str)?;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ").replace(['[', ']', '\\'], "");
    let url = post.get("url").and_then(Value::as_str).filter(|url| url.starts_with("https://"));
    Some(match url {
        Some(url) => format!("- [{title}](<{}>)", url.replace(['<', '>', '\n'], "")),
        None => format!("- {title}"),
    })
}

/// Types, labels and the tags of posts: in small letters, each once.
fn tags(entry: &Value, posts: &[Value], options: &CannyOptions) -> Vec<String> {
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let name = |value: &Value| match value {
        Value::String(name) => Some(name.clone()),
        other => other.get("name").and_then(Value::as_str).map(str::to_owned),
    };
    let mut found: Vec<Value> = list(entry, "types");
    if options.labels {
        found.extend(list(entry, "labels"));
    }
    if options.post_tags {
        found.extend(posts.iter().flat_map(|post| list(post, "tags")));
    }
    let mut tags: Vec<String> = Vec::new();
    for tag in found.iter().filter_map(name).map(|name| name.trim().to_lowercase()) {
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}
