//! Version labels: free text up to 64 characters.

/// The longest version label, in characters.
pub const MAX_LENGTH: usize = 64;

/// The form two versions are compared by: trimmed, lower case, without the `v` of `v1.2.3`.
pub fn key(version: &str) -> String {
    strip_v(version.trim()).to_lowercase()
}

/// The label as readers see it: exactly one `v` before a number, other labels as they are.
pub fn label(version: &str) -> String {
    let bare = strip_v(version.trim());
    if bare.starts_with(|c: char| c.is_ascii_digit()) { format!("v{bare}") } else { bare.to_owned() }
}

/// Removes every leading `v` that stands before a digit, so that `vv1.0` becomes `1.0` and `vanilla` stays.
fn strip_v(version: &str) -> &str {
    let bare = version.trim_start_matches(['v', 'V']);
    if bare.starts_with(|c: char| c.is_ascii_digit()) { bare } else { version }
}
