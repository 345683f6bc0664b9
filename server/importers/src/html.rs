//! The little HTML that changelogs hide between their lines.

/// The inside of a comment that starts the text, and the bytes the comment takes; `None` if it has no end.
pub(crate) fn comment(text: &str) -> Option<(&str, usize)> {
    let inside = text.strip_prefix("<!--")?;
    let length = inside.find("-->")?;
    Some((inside.get(..length)?.trim(), length + 7))
}

/// Whether the text is nothing but link targets: `<a name="1.2.3"></a>`, `<a id="x">`, `</a>`.
pub(crate) fn is_anchor(text: &str) -> bool {
    let mut rest = text.trim();
    if !rest.starts_with("<a") {
        return false;
    }
    while !rest.is_empty() {
        let Some(tag) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) else { return false };
        let name = tag.0.trim_end_matches('/').trim();
        let target = name.strip_prefix("a ").is_some_and(|attributes| {
            let attributes = attributes.trim_start().to_ascii_lowercase();
            (attributes.starts_with("name") || attributes.starts_with("id")) && !attributes.contains("href")
        });
        if !(target || name == "/a") {
            return false;
        }
        rest = tag.1.trim_start();
    }
    true
}

/// Whether an HTML block that starts like this may hold anything but Markdown (code, script, comment).
pub(crate) fn is_verbatim(block: &str) -> bool {
    let start: String = block.trim_start().chars().take(10).collect::<String>().to_ascii_lowercase();
    ["<pre", "<script", "<style", "<textarea", "<!", "<?"].iter().any(|tag| start.starts_with(tag))
}
