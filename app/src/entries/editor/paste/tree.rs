//! HTML as a tree: tags, attributes and text. Scripts, styles, comments and what a page does not show are left out.

/// Deeper elements become part of the one above; no writing is nested like that.
const MAX_DEPTH: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Text(String),
    Element(Element),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub tag: String,
    attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
    holds_block: bool,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A property of the style attribute, in lower case.
    pub fn style(&self, name: &str) -> Option<String> {
        let declarations = self.attribute("style")?.split(';').filter_map(|part| part.split_once(':'));
        let mut found = declarations.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        found.next_back().map(|(_, value)| value.trim().to_ascii_lowercase())
    }

    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Whether it is a block or has one in it: word processors wrap whole documents in inline elements.
    pub fn holds_block(&self) -> bool {
        self.holds_block
    }

    pub fn has_style_below(&self, name: &str, value: &str) -> bool {
        self.style(name).is_some_and(|style| style == value)
            || self.elements().any(|child| child.has_style_below(name, value))
    }

    /// Its text as it is written, for code.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.collect_text(&mut text);
        text
    }

    fn collect_text(&self, text: &mut String) {
        for child in &self.children {
            match child {
                Node::Text(part) => text.push_str(part),
                Node::Element(element) if element.tag == "br" => text.push('\n'),
                Node::Element(element) => {
                    // A line of code may be a block of its own.
                    if super::is_block(&element.tag) && !text.is_empty() && !text.ends_with('\n') {
                        text.push('\n');
                    }
                    element.collect_text(text);
                }
            }
        }
    }

    /// Whether a list item is a task, and done.
    pub fn checked(&self) -> Option<bool> {
        if self.attribute("role") == Some("checkbox") {
            return Some(self.attribute("aria-checked") == Some("true"));
        }
        if let Some(done) = self.attribute("data-checked") {
            return Some(done == "true");
        }
        self.find_checkbox().map(|input| input.attribute("checked").is_some())
    }

    fn find_checkbox(&self) -> Option<&Element> {
        self.elements().find_map(|child| match child.tag.as_str() {
            "input" if child.attribute("type") == Some("checkbox") => Some(child),
            "p" | "label" | "span" | "div" => child.find_checkbox(),
            _ => None,
        })
    }

    /// The one element in this one, where there is nothing else.
    pub fn only(&self) -> Option<&Element> {
        match self.children.as_slice() {
            [Node::Element(only)] => Some(only),
            _ => None,
        }
    }

    /// The language of code, as highlighters note it in classes.
    pub fn language(&self) -> Option<String> {
        let of_class = |class: &str| {
            class.split_whitespace().find_map(|name| {
                ["language-", "lang-", "highlight-source-"]
                    .iter()
                    .find_map(|start| name.strip_prefix(start))
                    .map(str::to_owned)
            })
        };
        let named = self.attribute("data-language").or_else(|| self.attribute("lang")).map(str::to_ascii_lowercase);
        let language = named
            .or_else(|| self.attribute("class").and_then(of_class))
            .or_else(|| self.elements().filter(|child| child.tag == "code").find_map(Element::language))?;
        let is_name = language.len() <= 20 && language.chars().all(|c| c.is_ascii_alphanumeric() || "+-#.".contains(c));
        (is_name && !language.is_empty() && language != "plaintext").then_some(language)
    }
}

fn is_void(tag: &str) -> bool {
    matches!(tag, "br" | "col" | "hr" | "img" | "input" | "link" | "meta" | "wbr" | "area" | "base" | "source")
}

/// Elements of which nothing is shown as text.
fn is_hidden(tag: &str) -> bool {
    matches!(
        tag,
        "script" | "style" | "title" | "template" | "svg" | "xml" | "noscript" | "object" | "iframe" | "select"
    )
}

/// Reads HTML of any shape.
pub(super) fn read(html: &str) -> Vec<Node> {
    // A clipboard marks what was copied; the rest is the page around it.
    let html = match (html.find("<!--StartFragment-->"), html.rfind("<!--EndFragment-->")) {
        (Some(start), Some(end)) if start < end => &html[start..end],
        _ => html,
    };
    let mut reader = Reader { open: vec![Element::default()] };
    let mut rest = html;
    while !rest.is_empty() {
        let Some(at) = rest.find('<') else {
            reader.text(rest);
            break;
        };
        reader.text(&rest[..at]);
        rest = reader.markup(&rest[at..]);
    }
    while reader.open.len() > 1 {
        reader.close_last();
    }
    let children = reader.open.pop().map(|root| root.children).unwrap_or_default();
    // Spreadsheets mark the rows as what was copied, and the table as the page around it.
    if children.iter().any(|node| matches!(node, Node::Element(element) if element.tag == "tr")) {
        return vec![Node::Element(Element {
            tag: "table".to_owned(),
            children,
            holds_block: true,
            ..Element::default()
        })];
    }
    children
}

struct Reader {
    /// The elements around the present place; the first is the root and always there.
    open: Vec<Element>,
}

impl Reader {
    fn top(&mut self) -> Option<&mut Element> {
        self.open.last_mut()
    }

    fn text(&mut self, raw: &str) {
        if raw.is_empty() {
            return;
        }
        let text = unescape(raw);
        if let Some(top) = self.top() {
            top.children.push(Node::Text(text));
        }
    }

    /// Reads one tag, comment or declaration at the start of `rest`, and gives what follows.
    fn markup<'a>(&mut self, rest: &'a str) -> &'a str {
        let after = |end: &str| rest.find(end).map_or("", |at| &rest[at + end.len()..]);
        if rest.starts_with("<!--") {
            return after("-->");
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            return after(">");
        }
        let is_end = rest.starts_with("</");
        let name_at = if is_end { 2 } else { 1 };
        if !rest[name_at..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.text("<");
            return &rest[1..];
        }
        let name_end = rest[name_at..]
            .find(|c: char| c.is_whitespace() || c == '>' || c == '/')
            .map_or(rest.len(), |at| name_at + at);
        let tag = rest[name_at..name_end].to_ascii_lowercase();
        let (attributes, rest) = attributes(&rest[name_end..]);
        if is_end {
            self.end(&tag);
        } else if is_hidden(&tag) {
            return skip(rest, &tag);
        } else {
            self.start(tag, attributes);
        }
        rest
    }

    fn start(&mut self, tag: String, attributes: Vec<(String, String)>) {
        self.close_implied(&tag);
        let holds_block = super::is_block(&tag);
        let is_void = is_void(&tag);
        self.open.push(Element { tag, attributes, children: Vec::new(), holds_block });
        if is_void || self.open.len() > MAX_DEPTH {
            self.close_last();
        }
    }

    /// Ends what this tag may not stand in: an item in an item, a paragraph in a paragraph.
    fn close_implied(&mut self, tag: &str) {
        let (ends, within): (&[&str], &[&str]) = match tag {
            "li" => (&["li"], &["ul", "ol"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr"], &["table"]),
            _ if super::is_block(tag) => (&["p"], &["td", "th", "li", "blockquote", "div"]),
            _ => return,
        };
        let found = self.open.iter().rposition(|open| ends.contains(&open.tag.as_str()));
        let barrier = self.open.iter().rposition(|open| within.contains(&open.tag.as_str()));
        if let Some(at) = found
            && barrier.is_none_or(|barrier| barrier < at)
        {
            while self.open.len() > at.max(1) {
                self.close_last();
            }
        }
    }

    fn end(&mut self, tag: &str) {
        if let Some(at) = self.open.iter().rposition(|open| open.tag == tag).filter(|&at| at > 0) {
            while self.open.len() > at {
                self.close_last();
            }
        }
    }

    fn close_last(&mut self) {
        if self.open.len() < 2 {
            return;
        }
        if let Some(done) = self.open.pop()
            && let Some(top) = self.open.last_mut()
        {
            top.holds_block |= done.holds_block;
            top.children.push(Node::Element(done));
        }
    }
}

/// What follows the end tag of an element whose content is not read.
fn skip<'a>(rest: &'a str, tag: &str) -> &'a str {
    let end = format!("</{tag}");
    let Some(at) = rest.to_ascii_lowercase().find(&end) else { return "" };
    rest[at..].find('>').map_or("", |close| &rest[at + close + 1..])
}

/// Reads attributes up to the end of the tag, and gives what follows it.
fn attributes(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (found, after);
        }
        if rest.is_empty() {
            return (found, rest);
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(rest.len());
        // A stray sign is passed over, so that every step gets on.
        let end = if end == 0 { rest.chars().next().map_or(1, char::len_utf8) } else { end };
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let (raw, left) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                _ => after.split_at(after.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(after.len())),
            };
            value = unescape(raw);
            rest = left;
        }
        found.push((name, value));
    }
}

/// Character references that clipboards hold.
fn unescape(raw: &str) -> String {
    if !raw.contains('&') {
        return raw.to_owned();
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|&end| end <= 10);
        match end.and_then(|end| Some((reference(&rest[1..end])?, end))) {
            Some((character, end)) => {
                text.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                text.push('&');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    text
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|&c| c != '\0');
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "bull" => '•',
        "middot" => '·',
        "copy" => '©',
        "euro" => '€',
        _ => return None,
    })
}
