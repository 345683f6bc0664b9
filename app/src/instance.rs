//! What the instance is called. The server tells the document, and the browser reads it there.

use leptos::prelude::*;

/// The name, as context for rendering.
#[derive(Debug, Clone)]
pub struct InstanceName(pub String);

/// What the instance is called.
pub fn instance_name() -> String {
    use_context::<InstanceName>()
        .map(|InstanceName(name)| name)
        .or_else(of_document)
        .unwrap_or_else(|| "Tidings".to_owned())
}

fn of_document() -> Option<String> {
    #[cfg(feature = "ssr")]
    return None;
    #[cfg(not(feature = "ssr"))]
    return document()
        .query_selector("meta[name=application-name]")
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"))
        .filter(|name| !name.is_empty());
}
