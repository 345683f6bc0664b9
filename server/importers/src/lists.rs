//! Changelogs that are one list, with a version as each item and its changes nested below:
//!
//! ```text
//! - 1.2.0 - 2024-01-31
//!   - Faster search
//! ```

use crate::headings::{self, Class, Strength};

/// The text with such items as headings and their nested lines moved to the margin, line by line; `None` when the
/// text is not such a list.
pub(crate) fn as_headings(text: &str) -> Option<String> {
    let (mut items, mut releases, mut filled) = (0, 0, 0);
    let mut after_release = false;
    let mut indents = Vec::new();
    for line in text.split('\n') {
        if let Some(words) = item(line) {
            items += 1;
            after_release = is_release(words);
            if after_release {
                releases += 1;
                indents.push(usize::MAX);
            }
        } else if after_release && !line.trim().is_empty() {
            let indent = indent(line);
            if let Some(least) = indents.last_mut() {
                filled += usize::from(*least == usize::MAX && indent > 0);
                *least = indent.min(*least);
            }
        }
    }
    if releases < 2 || 2 * releases <= items || 2 * filled < releases {
        return None;
    }
    let mut converted = String::with_capacity(text.len() + 2 * releases);
    let mut indents = indents.into_iter();
    let mut strip = 0;
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            converted.push('\n');
        }
        match item(line) {
            Some(words) if is_release(words) => {
                converted.push_str("## ");
                converted.push_str(words.trim());
                strip = indents.next().unwrap_or(0);
            }
            Some(_) => {
                converted.push_str(line);
                strip = 0;
            }
            None => converted.push_str(line.get(strip.min(indent(line))..).unwrap_or_default()),
        }
    }
    Some(converted)
}

/// The text of a list item at the margin.
fn item(line: &str) -> Option<&str> {
    line.strip_prefix(['-', '*', '+'])?.strip_prefix(' ')
}

fn is_release(words: &str) -> bool {
    headings::read(words).is_some_and(|head| head.class == Class::Version && head.strength > Strength::Faint)
}

fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}
