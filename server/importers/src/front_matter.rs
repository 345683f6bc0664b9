//! The front matter of a Markdown file: the lines between `---` and `---` at its start.
//!
//! As much YAML as such files use: `key: value` with plain, quoted and `[listed, values]`, lists of `- value` lines, and
//! comments. What is nested deeper is skipped, so that files of other tools can be read as well.

/// The keys and values of a front matter, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FrontMatter {
    pairs: Vec<(String, Value)>,
}

#[derive(Debug, PartialEq, Eq)]
enum Value {
    One(String),
    Many(Vec<String>),
}

impl FrontMatter {
    /// Splits a text into its front matter and what follows: one empty line between them belongs to neither. `None` for
    /// a text without one.
    pub(crate) fn split(text: &str) -> Option<(Self, &str)> {
        let inside = text.strip_prefix("---\n")?;
        let mut length = 0;
        for line in inside.split_inclusive('\n') {
            if line.trim_end() == "---" {
                let rest = inside.get(length + line.len()..)?;
                let pairs = pairs(inside.get(..length)?);
                return Some((Self { pairs }, rest.strip_prefix('\n').unwrap_or(rest)));
            }
            length += line.len();
        }
        None
    }

    /// The single value of the first of these keys that has one; blank is none.
    pub(crate) fn text(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|key| match self.value(key)? {
            Value::One(text) => Some(text.as_str()).filter(|text| !text.trim().is_empty()),
            Value::Many(_) => None,
        })
    }

    /// The values of a key; a single one counts as a list of one.
    pub(crate) fn list(&self, keys: &[&str]) -> Vec<String> {
        match keys.iter().find_map(|key| self.value(key)) {
            Some(Value::Many(values)) => values.clone(),
            Some(Value::One(value)) if !value.trim().is_empty() => vec![value.clone()],
            _ => Vec::new(),
        }
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }
}

fn pairs(block: &str) -> Vec<(String, Value)> {
    let mut pairs: Vec<(String, Value)> = Vec::new();
    for line in block.lines() {
        let words = line.trim();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        if let Some(item) = words.strip_prefix("- ") {
            if let Some((_, value)) = pairs.last_mut() {
                match value {
                    Value::Many(items) => items.push(scalar(item)),
                    Value::One(text) if text.is_empty() => *value = Value::Many(vec![scalar(item)]),
                    Value::One(_) => {}
                }
            }
            continue;
        }
        if line.starts_with([' ', '\t']) {
            continue;
        }
        if let Some((key, value)) = words.split_once(':')
            && (value.is_empty() || value.starts_with([' ', '\t']))
        {
            pairs.push((scalar(key), read(value.trim())));
        }
    }
    pairs
}

fn read(text: &str) -> Value {
    match text.strip_prefix('[') {
        Some(inside) => Value::Many(items(inside)),
        None => Value::One(scalar(text)),
    }
}

/// The values up to the closing bracket.
fn items(inside: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut rest = inside.trim_start();
    while !rest.is_empty() && !rest.starts_with(']') {
        let end = match quoted(rest) {
            Some((text, length)) => {
                items.push(text);
                length + rest.get(length..).and_then(|rest| rest.find([',', ']'])).unwrap_or(rest.len() - length)
            }
            None => {
                let end = rest.find([',', ']']).unwrap_or(rest.len());
                items.push(rest.get(..end).unwrap_or_default().trim().to_owned());
                end
            }
        };
        rest = rest.get(end..).unwrap_or_default();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    items.into_iter().filter(|item| !item.is_empty()).collect()
}

fn scalar(text: &str) -> String {
    let text = text.trim();
    if let Some((text, _)) = quoted(text) {
        return text;
    }
    let plain = text.find(" #").map_or(text, |comment| text.get(..comment).unwrap_or(text)).trim_end();
    if matches!(plain, "null" | "~" | "Null" | "NULL") { String::new() } else { plain.to_owned() }
}

/// A quoted value that starts here, and the bytes it takes.
fn quoted(text: &str) -> Option<(String, usize)> {
    let quote = text.chars().next().filter(|&quote| quote == '"' || quote == '\'')?;
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == quote {
            if quote == '\'' && characters.next_if(|(_, next)| *next == '\'').is_some() {
                value.push('\'');
                continue;
            }
            return Some((value, at + 1));
        }
        if character == '\\' && quote == '"' {
            let (_, escape) = characters.next()?;
            let width = match escape {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            if width == 0 {
                value.push(plain_escape(escape));
                continue;
            }
            let digits: String = (0..width).map_while(|_| characters.next().map(|(_, digit)| digit)).collect();
            let code = u32::from_str_radix(&digits, 16).ok()?;
            value.push(char::from_u32(code)?);
            continue;
        }
        value.push(character);
    }
    None
}

fn plain_escape(escape: char) -> char {
    match escape {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        'e' => '\u{1b}',
        'a' => '\u{7}',
        '0' => '\0',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::FrontMatter;

    #[test]
    fn values_are_read_as_other_tools_write_them() {
        let text = "---\n\
            # a comment\n\
            title: \"C: \\\"quoted\\\" \\u00e9\\n\\U0001F389\"\n\
            other: 'it''s'\n\
            plain: two words # and a comment\n\
            url: https://example.com/#x\n\
            nothing: null\n\
            tags: [\"a, b\", 'c]', d]\n\
            categories:\n  - One\n  - \"Two\"\n\
            nested:\n  deep: 1\n\
            ---\n\nText\n---\nmore";
        let (matter, rest) = FrontMatter::split(text).unwrap();
        assert_eq!(rest, "Text\n---\nmore");
        assert_eq!(matter.text(&["title"]), Some("C: \"quoted\" é\n🎉"));
        assert_eq!(matter.text(&["missing", "OTHER"]), Some("it's"));
        assert_eq!(matter.text(&["plain"]), Some("two words"));
        assert_eq!(matter.text(&["url"]), Some("https://example.com/#x"));
        assert_eq!((matter.text(&["nothing"]), matter.text(&["deep"])), (None, None));
        assert_eq!(matter.list(&["tags"]), ["a, b", "c]", "d"]);
        assert_eq!(matter.list(&["categories"]), ["One", "Two"]);
        assert_eq!(matter.list(&["plain"]), ["two words"]);
    }

    #[test]
    fn a_text_without_an_end_of_its_front_matter_has_none() {
        for text in ["", "Text", "---\ntitle: x\n", "---", " ---\na: b\n---\n"] {
            assert_eq!(FrontMatter::split(text), None, "{text:?}");
        }
        assert_eq!(FrontMatter::split("---\n---\n").map(|(_, rest)| rest), Some(""));
    }

    #[test]
    fn broken_values_end_where_the_text_does() {
        for value in ["\"", "\"\\", "\"\\u12", "\"\\ud800\"", "[", "[\"a", "[a, , ]", "'a", "- ", "[[a]]"] {
            let text = format!("---\ntitle: {value}\ntags: {value}\n---\n");
            let (matter, _) = FrontMatter::split(&text).unwrap();
            assert!(matter.list(&["tags"]).len() < 3, "{value}");
        }
    }
}
