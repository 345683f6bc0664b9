//! Pasted HTML as Markdown: headings, lists, links, marks, code, tables, quotes and pictures, without the wrappers of the
//! word processors they come from.
//!
//! The HTML is read by [`tree`], a small reader of our own: what a clipboard holds is well-formed or nearly so, and a
//! whole HTML parser would weigh more than the rest of the editor.

mod inline;
mod table;
mod tree;

use tree::{Element, Node};

/// The Markdown for a piece of HTML; `None` when it has nothing but plain text, which is better pasted as it is.
pub(super) fn to_markdown(html: &str) -> Option<String> {
    let nodes = tree::read(html);
    let mut page = Page::default();
    page.blocks(&nodes);
    page.is_rich.then(|| page.finish()).filter(|text| !text.is_empty())
}

/// The blocks written so far.
#[derive(Default)]
struct Page {
    blocks: Vec<String>,
    /// Whether there was anything that plain text does not have.
    is_rich: bool,
    /// Whether the last block is a list that another one in the word processor's form continues.
    in_office_list: bool,
    /// What the inline elements around the present block give its words.
    style: inline::Style,
}

fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "html"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

impl Page {
    fn finish(self) -> String {
        self.blocks.join("\n\n")
    }

    fn push(&mut self, block: String) {
        if !block.trim().is_empty() {
            self.in_office_list = false;
            self.blocks.push(block);
        }
    }

    /// Writes nodes as blocks; inline nodes between blocks become paragraphs.
    fn blocks(&mut self, nodes: &[Node]) {
        let mut from = 0;
        for (at, node) in nodes.iter().enumerate() {
            let Node::Element(element) = node else { continue };
            if !element.holds_block() {
                continue;
            }
            self.paragraph(&nodes[from..at]);
            self.element(element);
            from = at + 1;
        }
        self.paragraph(&nodes[from..]);
    }

    fn paragraph(&mut self, nodes: &[Node]) {
        let text = self.inline(nodes);
        for part in text.split("\n\n") {
            self.push(part.trim_matches('\n').to_owned());
        }
    }

    fn inline(&mut self, nodes: &[Node]) -> String {
        let (text, is_rich) = inline::write(nodes, self.style.clone());
        self.is_rich |= is_rich;
        text
    }

    fn element(&mut self, element: &Element) {
        match element.tag.as_str() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = usize::from(element.tag.as_bytes()[1] - b'0');
                let (text, _) = inline::write(&element.children, inline::Style::heading());
                let text = text.replace("\\\n", " ").replace('\n', " ");
                if !text.trim().is_empty() {
                    self.is_rich = true;
                    self.push(format!("{} {}", "#".repeat(level), text.trim()));
                }
            }
            "ul" | "ol" => {
                self.is_rich = true;
                let list = self.list(element);
                self.push(list);
            }
            // An item without its list.
            "li" => {
                self.is_rich = true;
                let item = self.item(element, "- ");
                self.push(item);
            }
            "pre" => {
                self.is_rich = true;
                self.push(code_block(element));
            }
            // Some note the language around the code.
            "div" if element.only().is_some_and(|only| only.tag == "pre") && element.language().is_some() => {
                self.is_rich = true;
                self.push(code_block(element));
            }
            "blockquote" => {
                let inside = self.inside(&element.children);
                if !inside.is_empty() {
                    self.is_rich = true;
                    let lines =
                        inside.lines().map(|line| if line.is_empty() { ">".to_owned() } else { format!("> {line}") });
                    self.push(lines.collect::<Vec<_>>().join("\n"));
                }
            }
            "table" => match table::write(element) {
                Some(table) => {
                    self.is_rich = true;
                    self.push(table);
                }
                // A table of one column only lays something out.
                None => self.blocks(&element.children),
            },
            "hr" => {
                self.is_rich = true;
                self.push("---".to_owned());
            }
            "p" | "div" if office_level(element).is_some() => self.office_item(element),
            _ => {
                let around = std::mem::take(&mut self.style);
                self.style = around.within(element);
                self.blocks(&element.children);
                self.style = around;
            }
        }
    }

    /// Blocks of their own, for what stands indented.
    fn inside(&mut self, nodes: &[Node]) -> String {
        let mut page = Page { style: self.style.clone(), ..Page::default() };
        page.blocks(nodes);
        self.is_rich |= page.is_rich;
        page.finish()
    }

    fn list(&mut self, list: &Element) -> String {
        let is_ordered = list.tag == "ol";
        let mut number: u64 = list.attribute("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
        let mut items: Vec<String> = Vec::new();
        let mut indent = 2;
        for child in list.elements() {
            match child.tag.as_str() {
                // Some editors put a nested list beside the item it belongs to.
                "ul" | "ol" => {
                    let nested = indented(&self.list(child), if items.is_empty() { 0 } else { indent });
                    match items.last_mut() {
                        Some(item) => {
                            item.push('\n');
                            item.push_str(&nested);
                        }
                        None => items.push(nested.trim_start().to_owned()),
                    }
                }
                "li" => {
                    let marker = if is_ordered { format!("{number}. ") } else { "- ".to_owned() };
                    number = number.saturating_add(1);
                    indent = marker.len();
                    let item = self.item(child, &marker);
                    if !item.trim_end().is_empty() {
                        items.push(item);
                    }
                }
                _ => {
                    let inside = self.inside(std::slice::from_ref(&Node::Element(child.clone())));
                    if !inside.is_empty() {
                        items.push(inside);
                    }
                }
            }
        }
        items.join("\n")
    }

    fn item(&mut self, item: &Element, marker: &str) -> String {
        let task = match item.checked() {
            Some(true) => "[x] ",
            Some(false) => "[ ] ",
            None => "",
        };
        let mut page = Page { style: self.style.within(item), ..Page::default() };
        page.blocks(&item.children);
        // A list directly below its item needs no blank line before it.
        let mut inside = String::new();
        for block in &page.blocks {
            if !inside.is_empty() {
                let is_list =
                    block.starts_with("- ") || block.split_once(". ").is_some_and(|(n, _)| n.parse::<u64>().is_ok());
                inside.push_str(if is_list { "\n" } else { "\n\n" });
            }
            inside.push_str(block);
        }
        let body = indented(&inside, marker.len());
        format!("{marker}{task}{}", body.trim_start())
    }

    /// A paragraph that a word processor shows as a list item.
    fn office_item(&mut self, element: &Element) {
        let level = office_level(element).unwrap_or(1).clamp(1, 9);
        let (marker, rest) = split_office_marker(&element.children);
        let is_numbered = marker.chars().next().is_some_and(char::is_alphanumeric) && marker.len() > 1;
        let text = self.inline(&rest);
        let text = text.trim().replace("\\\n", " ").replace('\n', " ");
        if text.is_empty() {
            return;
        }
        self.is_rich = true;
        let number: String = marker.chars().take_while(char::is_ascii_digit).collect();
        let sign = match (is_numbered, number.is_empty()) {
            (true, false) => format!("{number}. "),
            (true, true) => "1. ".to_owned(),
            (false, _) => "- ".to_owned(),
        };
        let line = format!("{}{sign}{text}", " ".repeat((level - 1) * 3));
        match self.blocks.last_mut() {
            Some(list) if self.in_office_list => {
                list.push('\n');
                list.push_str(&line);
            }
            _ => self.blocks.push(line),
        }
        self.in_office_list = true;
    }
}

/// Every line but blank ones moved in.
fn indented(text: &str, by: usize) -> String {
    let space = " ".repeat(by);
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!("{space}{line}") });
    lines.collect::<Vec<_>>().join("\n")
}

/// The level of a list item in the form of word processors: `style="mso-list:l0 level2 lfo1"`.
fn office_level(element: &Element) -> Option<usize> {
    let list = element.style("mso-list")?;
    let level = list.split_whitespace().find_map(|word| word.strip_prefix("level"))?;
    level.parse().ok()
}

/// The marker that such a paragraph begins with, and what follows it.
fn split_office_marker(nodes: &[Node]) -> (String, Vec<Node>) {
    let mut marker = String::new();
    let rest = nodes
        .iter()
        .filter(|node| match node {
            Node::Element(element) if element.has_style_below("mso-list", "ignore") => {
                marker.push_str(element.text().trim());
                false
            }
            _ => true,
        })
        .cloned()
        .collect();
    (marker, rest)
}

fn code_block(element: &Element) -> String {
    let text = element.text();
    let text = text.trim_matches('\n');
    let language = element.language().unwrap_or_default();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}{language}\n{text}\n{fence}")
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
