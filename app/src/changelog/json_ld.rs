//! The same facts for machines, in the words of schema.org.

use serde_json::{Value, json};

/// One step on the way to a page.
pub(super) struct Crumb {
    pub name: String,
    /// A path of this site.
    pub href: String,
}

/// `BreadcrumbList`: from the changelog to this page.
pub(super) fn breadcrumbs(base_url: &str, crumbs: &[Crumb]) -> Value {
    let items: Vec<Value> = (1..)
        .zip(crumbs)
        .map(|(position, crumb)| {
            let item = format!("{base_url}{}", crumb.href);
            json!({ "@type": "ListItem", "position": position, "name": crumb.name, "item": item })
        })
        .collect();
    json!({ "@type": "BreadcrumbList", "itemListElement": items })
}

/// Several things in one block.
pub(super) fn graph(things: Vec<Value>) -> Value {
    json!({ "@context": "https://schema.org", "@graph": things })
}

/// Text for a `script` element: nothing in it can end the element or open a comment, and it is still the same JSON.
pub(super) fn text(value: &Value) -> String {
    let json = value.to_string();
    let mut safe = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        match character {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::text;
    use serde_json::{Value, json};

    #[test]
    fn no_text_ends_the_element_and_the_json_stays_the_same() {
        let value = json!({ "headline": "</script><!-- <script>alert(1)</script> & \u{2028} \"quoted\" \\" });
        let safe = text(&value);
        assert!(!safe.contains(['<', '>', '&']), "{safe}");
        assert_eq!(serde_json::from_str::<Value>(&safe).unwrap(), value);
    }
}
