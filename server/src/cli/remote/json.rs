//! Laying out JSON for people without changing it: order of members and forms of numbers stay as the server wrote them.

/// Indents a valid JSON text by two blanks a level. Ends with a line end.
pub fn indent(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 5 / 4);
    let mut depth = 0usize;
    let mut in_text = false;
    let mut chars = json.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(char) = chars.next() {
        match char {
            _ if in_text => {
                out.push(char);
                match char {
                    '\\' => out.extend(chars.next()),
                    '"' => in_text = false,
                    _ => {}
                }
            }
            '"' => {
                in_text = true;
                out.push(char);
            }
            '{' | '[' => {
                out.push(char);
                while chars.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                match chars.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => out.push(end),
                    None => {
                        depth += 1;
                        line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(char);
            }
            ',' => {
                out.push(char);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            char if char.is_ascii_whitespace() => {}
            char => out.push(char),
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_texts_keep_every_character() {
        let json = r#"{"b":1.50,"a":[],"c":{},"d":["x, {y}: \"z\" \\",null ,true],"e":{"f": "g"}}"#;
        let expected = "{\n  \"b\": 1.50,\n  \"a\": [],\n  \"c\": {},\n  \"d\": [\n    \"x, {y}: \\\"z\\\" \\\\\",\n    null,\n    true\n  ],\n  \
                        \"e\": {\n    \"f\": \"g\"\n  }\n}\n";
        assert_eq!(indent(json), expected);
        assert_eq!(indent(expected), expected);
    }
}
