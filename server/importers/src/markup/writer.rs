//! Takes HTML tag by tag and writes Markdown block by block.

use html5ever::tokenizer::{Tag, TagKind, Token};
use url::Url;

use super::{attribute, is_block};

/// Quotes, lists and items are nested no deeper; what is deeper belongs to the last of them.
const DEEPEST: usize = 12;
/// Columns of a table; further cells fall away.
const MOST_COLUMNS: usize = 50;

/// Around blocks.
#[derive(Debug)]
enum Frame {
    Quote {
        begun: bool,
    },
    /// The number of the next item; `None` for points.
    List {
        next: Option<u64>,
        begun: bool,
    },
    Item {
        marker: String,
        begun: bool,
    },
}

/// Around words.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Strong,
    Emphasis,
    Struck,
    Code,
    Link(String),
}

#[derive(Debug)]
struct Mark {
    kind: Kind,
    /// Where its text begins in the line.
    start: usize,
}

#[derive(Debug, Default)]
struct Grid {
    rows: Vec<Vec<String>>,
    /// Tables within this one, which only give their text.
    inner: usize,
}

/// Code, as it is written.
#[derive(Debug, Default)]
struct Verbatim {
    language: String,
    text: String,
}

pub(super) struct Writer {
    base: Option<Url>,
    out: String,
    frames: Vec<Frame>,
    /// Text that is not looked at yet.
    pieces: String,
    /// The paragraph that is being read.
    line: String,
    marks: Vec<Mark>,
    /// The level of the heading that is being read.
    heading: Option<usize>,
    /// Where headings begin in the result, and their levels.
    headings: Vec<(usize, usize)>,
    verbatim: Option<Verbatim>,
    grid: Option<Grid>,
    /// The element whose text is left out, and how many of its kind are open.
    skipped: Option<(String, usize)>,
}

impl Writer {
    pub fn new(base: Option<Url>) -> Self {
        Self {
            base,
            out: String::new(),
            frames: Vec::new(),
            pieces: String::new(),
            line: String::new(),
            marks: Vec::new(),
            heading: None,
            headings: Vec::new(),
            verbatim: None,
            grid: None,
            skipped: None,
        }
    }

    pub fn take(&mut self, token: Token) {
        match token {
            // A text comes in pieces, and what follows a character decides what it means.
            Token::CharacterTokens(text) => self.pieces.push_str(&text),
            Token::TagToken(tag) => {
                self.end_text();
                match tag.kind {
                    TagKind::StartTag => self.start(&tag),
                    TagKind::EndTag => self.end(&tag.name),
                }
            }
            _ => {}
        }
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.pieces);
        self.text(&text);
    }

    pub fn finish(mut self) -> String {
        self.end_text();
        self.end_code();
        self.end_grid();
        self.flush();
        let top = self.headings.iter().map(|(_, level)| *level).min().unwrap_or(2);
        let mut whole = String::with_capacity(self.out.len() + 3 * self.headings.len());
        let mut done = 0;
        for (at, level) in &self.headings {
            whole.push_str(self.out.get(done..*at).unwrap_or_default());
            whole.extend(std::iter::repeat_n('#', (level + 2 - top).min(6)));
            done = *at;
        }
        whole.push_str(self.out.get(done..).unwrap_or_default());
        whole.truncate(whole.trim_end().len());
        whole
    }

    fn text(&mut self, text: &str) {
        if self.skipped.is_some() {
            return;
        }
        if let Some(code) = &mut self.verbatim {
            code.text.push_str(text);
            return;
        }
        let is_code = self.marks.iter().any(|mark| mark.kind == Kind::Code);
        let mut before = self.line.chars().next_back();
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            if char.is_whitespace() || char == '\u{feff}' {
                if before.is_some_and(|before| !before.is_whitespace()) {
                    self.line.push(' ');
                    before = Some(' ');
                }
                continue;
            }
            if char.is_control() {
                continue;
            }
            if !is_code && needs_escape(char, before, chars.peek().copied()) {
                self.line.push('\\');
            }
            self.line.push(char);
            before = Some(char);
        }
    }

    fn start(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        if let Some((skipped, open)) = &mut self.skipped {
            *open += usize::from(*skipped == *name);
            return;
        }
        match name {
            "script" | "style" | "head" | "template" | "svg" | "math" | "select" | "textarea" | "title"
                if !tag.self_closing =>
            {
                self.skipped = Some((name.to_owned(), 1));
            }
            "iframe" => {
                self.embedded(tag);
                self.skipped = (!tag.self_closing).then(|| (name.to_owned(), 1));
            }
            _ if self.verbatim.is_some() => self.start_in_code(tag),
            "br" => self.line_break(),
            "img" => self.picture(tag),
            "input" => self.tick(tag),
            "strong" | "b" => self.open(Kind::Strong),
            "em" | "i" | "cite" | "dfn" => self.open(Kind::Emphasis),
            "del" | "s" | "strike" => self.open(Kind::Struck),
            "code" | "kbd" | "samp" | "tt" => self.open(Kind::Code),
            "a" => {
                self.close(|kind| matches!(kind, Kind::Link(_)));
                if let Some(address) = attribute(tag, "href").and_then(|href| self.address(&href, true)) {
                    self.open(Kind::Link(address));
                }
            }
            "table" => match &mut self.grid {
                Some(grid) => grid.inner += 1,
                None => {
                    self.flush();
                    self.grid = Some(Grid::default());
                }
            },
            _ if self.grid.is_some() => self.start_in_grid(name),
            "pre" => {
                self.flush();
                let language = language(tag);
                self.verbatim = Some(Verbatim { language, text: String::new() });
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.heading = name.get(1..).and_then(|level| level.parse().ok());
            }
            "hr" => {
                self.flush();
                self.block("---");
            }
            "blockquote" => {
                self.flush();
                if self.frames.len() < DEEPEST {
                    self.frames.push(Frame::Quote { begun: false });
                }
            }
            "ul" | "ol" | "menu" | "dir" => {
                self.flush();
                let first = attribute(tag, "start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
                if self.frames.len() < DEEPEST {
                    self.frames.push(Frame::List { next: (name == "ol").then_some(first), begun: false });
                }
            }
            "li" => self.item(),
            "summary" => {
                self.flush();
                self.open(Kind::Strong);
            }
            name if is_block(name) => self.flush(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((skipped, open)) = &mut self.skipped {
            if *skipped == *name {
                *open -= 1;
                if *open == 0 {
                    self.skipped = None;
                }
            }
            return;
        }
        if self.verbatim.is_some() {
            if name == "pre" {
                self.end_code();
            }
            return;
        }
        match name {
            "strong" | "b" => self.close(|kind| *kind == Kind::Strong),
            "em" | "i" | "cite" | "dfn" => self.close(|kind| *kind == Kind::Emphasis),
            "del" | "s" | "strike" => self.close(|kind| *kind == Kind::Struck),
            "code" | "kbd" | "samp" | "tt" => self.close(|kind| *kind == Kind::Code),
            "a" => self.close(|kind| matches!(kind, Kind::Link(_))),
            "table" => match &mut self.grid {
                Some(grid) if grid.inner > 0 => grid.inner -= 1,
                _ => self.end_grid(),
            },
            _ if self.grid.is_some() => {}
            "blockquote" => self.leave(|frame| matches!(frame, Frame::Quote { .. })),
            "ul" | "ol" | "menu" | "dir" => self.leave(|frame| matches!(frame, Frame::List { .. })),
            "li" => self.end_item(),
            "summary" => {
                self.close(|kind| *kind == Kind::Strong);
                self.flush();
            }
            name if is_block(name) => self.flush(),
            _ => {}
        }
    }

    fn start_in_code(&mut self, tag: &Tag) {
        let Some(code) = &mut self.verbatim else { return };
        match &*tag.name {
            "br" => code.text.push('\n'),
            "code" if code.language.is_empty() => code.language = language(tag),
            _ => {}
        }
    }

    fn start_in_grid(&mut self, name: &str) {
        let Some(grid) = &mut self.grid else { return };
        if grid.inner > 0 || !matches!(name, "tr" | "td" | "th") {
            if is_block(name) {
                self.text(" ");
            }
            return;
        }
        self.end_cell();
        let Some(grid) = &mut self.grid else { return };
        match name {
            "tr" => grid.rows.push(Vec::new()),
            _ => {
                if grid.rows.is_empty() {
                    grid.rows.push(Vec::new());
                }
                if let Some(row) = grid.rows.last_mut().filter(|row| row.len() < MOST_COLUMNS) {
                    row.push(String::new());
                }
            }
        }
    }

    /// Puts what was read into the last cell. What stands before all cells stands before the table.
    fn end_cell(&mut self) {
        self.close_all();
        let line = std::mem::take(&mut self.line);
        let text = line.trim();
        let Some(grid) = &mut self.grid else { return };
        if let Some(cell) = grid.rows.last_mut().and_then(|row| row.last_mut()) {
            // Code shows these as they are, but a row ends its cells at them.
            cell.push_str(&text.replace("\\|", "|").replace('|', "\\|"));
        } else if grid.rows.is_empty() && !text.is_empty() {
            self.block(&escape_start(text));
        }
    }

    fn end_grid(&mut self) {
        if self.grid.is_none() {
            return;
        }
        self.end_cell();
        let Some(grid) = self.grid.take() else { return };
        let rows: Vec<Vec<String>> =
            grid.rows.into_iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        if columns < 2 {
            // A table of one column was made for its looks.
            for cell in rows.into_iter().flatten() {
                self.block(&escape_start(&cell));
            }
            return;
        }
        let line = |cells: &[String]| {
            let cells = (0..columns).map(|at| cells.get(at).map_or("", String::as_str));
            format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
        };
        let mut lines: Vec<String> = rows.iter().map(|row| line(row)).collect();
        lines.insert(1, format!("|{}", " --- |".repeat(columns)));
        self.block(&lines.join("\n"));
    }

    fn end_code(&mut self) {
        let Some(Verbatim { language, text }) = self.verbatim.take() else { return };
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.strip_prefix('\n').unwrap_or(&text).trim_end();
        if text.trim().is_empty() {
            return;
        }
        let fence = "`".repeat(longest_run(text).max(2) + 1);
        self.block(&format!("{fence}{language}\n{text}\n{fence}"));
    }

    fn line_break(&mut self) {
        if self.heading.is_some() || self.grid.is_some() {
            return self.text(" ");
        }
        let length = self.line.trim_end_matches(' ').len();
        self.line.truncate(length);
        if self.line.ends_with('\n') {
            // Two of them are the end of a paragraph.
            self.flush();
        } else if !self.line.is_empty() {
            self.line.push('\n');
        }
    }

    fn picture(&mut self, tag: &Tag) {
        let size = |name| attribute(tag, name).and_then(|size| size.trim().parse::<u32>().ok());
        // Pictures of one point count readers.
        if size("width").is_some_and(|width| width <= 1) || size("height").is_some_and(|height| height <= 1) {
            return;
        }
        let Some(address) = attribute(tag, "src").and_then(|src| self.address(&src, false)) else { return };
        let alt = crate::plain::squeeze(&attribute(tag, "alt").unwrap_or_default()).into_owned();
        let mut text = String::new();
        let mut before = None;
        let mut chars = alt.chars().filter(|char| !char.is_control()).peekable();
        while let Some(char) = chars.next() {
            if needs_escape(char, before, chars.peek().copied()) {
                text.push('\\');
            }
            text.push(char);
            before = Some(char);
        }
        self.line.push_str(&format!("![{text}]({})", target(&address)));
    }

    fn embedded(&mut self, tag: &Tag) {
        let Some(address) = attribute(tag, "src").and_then(|src| self.address(&src, false)) else { return };
        self.line.push_str(&format!("<{address}>"));
    }

    /// A box to tick at the beginning of an item.
    fn tick(&mut self, tag: &Tag) {
        let is_box = attribute(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox"));
        let begins =
            self.line.trim().is_empty() && matches!(self.frames.last(), Some(Frame::Item { begun: false, .. }));
        if is_box && begins && self.marks.is_empty() {
            self.line = if attribute(tag, "checked").is_some() { "[x] " } else { "[ ] " }.to_owned();
        }
    }

    /// A whole address of http or https; links may also go to letters and telephones.
    fn address(&self, written: &str, is_link: bool) -> Option<String> {
        let written = written.trim();
        let url = match Url::parse(written) {
            Ok(url) => url,
            Err(url::ParseError::RelativeUrlWithoutBase) if !written.starts_with('#') && !written.is_empty() => {
                self.base.as_ref()?.join(written).ok()?
            }
            Err(_) => return None,
        };
        let fits = matches!(url.scheme(), "http" | "https") || is_link && matches!(url.scheme(), "mailto" | "tel");
        (fits && url.username().is_empty() && url.password().is_none()).then(|| url.to_string())
    }

    fn open(&mut self, kind: Kind) {
        // Code holds nothing but text, and nothing is marked twice.
        if self.marks.iter().any(|mark| mark.kind == Kind::Code || mark.kind == kind) {
            return;
        }
        let start = self.line.len();
        self.marks.push(Mark { kind, start });
    }

    /// Ends the last mark of a kind; those that began within it end, and go on after it.
    fn close(&mut self, is: impl Fn(&Kind) -> bool) {
        let Some(at) = self.marks.iter().rposition(|mark| is(&mark.kind)) else { return };
        let reopened: Vec<Kind> = self.marks.iter().skip(at + 1).map(|mark| mark.kind.clone()).collect();
        while self.marks.len() > at {
            self.close_last();
        }
        for kind in reopened {
            self.open(kind);
        }
    }

    fn close_all(&mut self) {
        while !self.marks.is_empty() {
            self.close_last();
        }
    }

    fn close_last(&mut self) {
        let Some(Mark { kind, start }) = self.marks.pop() else { return };
        let start = start.min(self.line.len());
        let text = self.line.split_off(start);
        let inside = text.trim();
        // Blanks at the edges of what is marked belong to the text around it.
        let blank = |blanks: &str| match blanks {
            "" => "",
            some if some.contains('\n') => "\n",
            _ => " ",
        };
        let lead = blank(text.get(..text.len() - text.trim_start().len()).unwrap_or_default());
        if !self.line.is_empty() && !self.line.ends_with(char::is_whitespace) {
            self.line.push_str(lead);
        }
        if inside.is_empty() {
            return;
        }
        match kind {
            Kind::Strong => self.line.push_str(&format!("**{inside}**")),
            Kind::Emphasis => self.line.push_str(&format!("*{inside}*")),
            Kind::Struck => self.line.push_str(&format!("~~{inside}~~")),
            Kind::Link(address) => self.line.push_str(&format!("[{inside}]({})", target(&address))),
            Kind::Code => {
                let inside = inside.replace('\n', " ");
                let fence = "`".repeat(longest_run(&inside) + 1);
                let pad = if inside.starts_with('`') || inside.ends_with('`') { " " } else { "" };
                self.line.push_str(&format!("{fence}{pad}{inside}{pad}{fence}"));
            }
        }
        self.line.push_str(blank(text.get(text.trim_end().len()..).unwrap_or_default()));
    }

    fn item(&mut self) {
        self.flush();
        self.end_item();
        if !matches!(self.frames.last(), Some(Frame::List { .. })) {
            if self.frames.len() + 1 >= DEEPEST {
                return;
            }
            self.frames.push(Frame::List { next: None, begun: false });
        }
        if self.frames.len() >= DEEPEST {
            return;
        }
        let marker = match self.frames.last_mut() {
            Some(Frame::List { next: Some(number), .. }) => {
                // Markdown takes up to nine digits.
                let marker = format!("{}. ", (*number).min(999_999_999));
                *number = number.saturating_add(1);
                marker
            }
            _ => "- ".to_owned(),
        };
        self.frames.push(Frame::Item { marker, begun: false });
    }

    /// Ends the item of the innermost list.
    fn end_item(&mut self) {
        self.flush();
        let list = self.frames.iter().rposition(|frame| matches!(frame, Frame::List { .. }));
        let item = self.frames.iter().rposition(|frame| matches!(frame, Frame::Item { .. }));
        if let Some(item) = item
            && list.is_none_or(|list| list < item)
        {
            self.frames.truncate(item);
        }
    }

    fn leave(&mut self, is: impl Fn(&Frame) -> bool) {
        self.flush();
        if let Some(at) = self.frames.iter().rposition(is) {
            self.frames.truncate(at);
        }
    }

    /// Ends the paragraph that is being read. What was marked goes on in the next one.
    fn flush(&mut self) {
        if self.grid.is_some() {
            return;
        }
        let goes_on: Vec<Kind> = self.marks.iter().map(|mark| mark.kind.clone()).collect();
        self.close_all();
        let line = std::mem::take(&mut self.line);
        let heading = self.heading.take();
        let text = line.trim();
        match heading {
            _ if text.is_empty() => {}
            Some(level) => self.title(level, &text.replace('\n', " ")),
            None => {
                let lines: Vec<String> = text.lines().map(|line| escape_start(line.trim())).collect();
                self.block(&lines.join("\\\n"));
            }
        }
        for kind in goes_on {
            self.open(kind);
        }
    }

    fn title(&mut self, level: usize, text: &str) {
        self.begin_block();
        // Its marks are put before it at the end, when the top level is known.
        self.headings.push((self.out.len(), level));
        self.out.push(' ');
        self.out.push_str(text.trim_end_matches('#').trim_end());
        self.out.push('\n');
    }

    /// Writes lines, each behind what marks the quotes and items around it.
    fn block(&mut self, text: &str) {
        for (at, line) in text.lines().enumerate() {
            if at == 0 {
                self.begin_block();
            } else {
                let prefix = prefix(&self.frames);
                self.out.push_str(if line.is_empty() { prefix.trim_end() } else { &prefix });
            }
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// A blank line, except between the items of a list, and what stands before the first line of a block.
    fn begin_block(&mut self) {
        let new = self.frames.iter().position(|frame| frame.is_new());
        let (begun, fresh) = self.frames.split_at(new.unwrap_or(self.frames.len()));
        let within_item = || matches!(begun.last(), Some(Frame::Item { .. }));
        let is_tight = match (begun.last(), fresh.first()) {
            (Some(Frame::List { .. }), Some(Frame::Item { .. })) => true,
            (_, Some(Frame::List { .. })) => within_item(),
            _ => false,
        };
        if !self.out.is_empty() && !is_tight {
            let blank = prefix(begun);
            self.out.push_str(blank.trim_end());
            self.out.push('\n');
        }
        for frame in &mut self.frames {
            match frame {
                Frame::Quote { begun } => {
                    self.out.push_str("> ");
                    *begun = true;
                }
                Frame::List { begun, .. } => *begun = true,
                Frame::Item { marker, begun: true } => self.out.extend(std::iter::repeat_n(' ', marker.len())),
                Frame::Item { marker, begun } => {
                    self.out.push_str(marker);
                    *begun = true;
                }
            }
        }
    }
}

impl Frame {
    /// Whether nothing of it was written yet.
    fn is_new(&self) -> bool {
        matches!(self, Self::Quote { begun: false } | Self::List { begun: false, .. } | Self::Item { begun: false, .. })
    }
}

/// What stands before each further line within these frames.
fn prefix(frames: &[Frame]) -> String {
    let mut prefix = String::new();
    for frame in frames {
        match frame {
            Frame::Quote { .. } => prefix.push_str("> "),
            Frame::List { .. } => {}
            Frame::Item { marker, .. } => prefix.extend(std::iter::repeat_n(' ', marker.len())),
        }
    }
    prefix
}

/// The language of code, where its classes name one.
fn language(tag: &Tag) -> String {
    let named = attribute(tag, "lang").into_iter().chain(attribute(tag, "class").into_iter().flat_map(|classes| {
        let of = |class: &str| {
            let known = ["language-", "lang-", "highlight-source-"];
            known.iter().find_map(|start| class.strip_prefix(start)).map(str::to_owned)
        };
        classes.split_ascii_whitespace().filter_map(of).collect::<Vec<_>>()
    }));
    let is_name = |name: &String| {
        (1..=30).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '#' | '_'))
    };
    named.into_iter().find(is_name).unwrap_or_default()
}

/// An address within the brackets of a link.
fn target(address: &str) -> String {
    let is_plain = !address.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '\\'));
    if is_plain { address.to_owned() } else { format!("<{}>", address.replace(['<', '>'], "").replace('\\', "%5C")) }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Whether a character would mean something in Markdown where it stands.
fn needs_escape(char: char, before: Option<char>, after: Option<char>) -> bool {
    match char {
        '\\' | '`' | '*' | '[' | ']' | '|' | '~' => true,
        '_' => {
            let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            !(is_word(before) && is_word(after))
        }
        '<' => after.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
        '&' => after.is_some_and(|c| c.is_ascii_alphabetic() || c == '#'),
        _ => false,
    }
}

/// A line that begins like a heading, an item, a quote or a rule, made to begin like text.
fn escape_start(line: &str) -> String {
    let rest = |marks: &str| line.trim_start_matches(|c| marks.contains(c));
    let ends = |text: &str| text.is_empty() || text.starts_with(' ');
    let is_only = |mark: char| !line.is_empty() && line.chars().all(|c| c == mark || c == ' ');
    let is_marked = match line.chars().next() {
        Some('#') => line.len() - rest("#").len() <= 6 && ends(rest("#")),
        Some('-') => line.get(1..).is_some_and(|rest| ends(rest) || rest.starts_with("# ")) || is_only('-'),
        Some('+') => line.get(1..).is_some_and(ends),
        Some('=') => is_only('='),
        Some('>') => true,
        Some(':') => line.starts_with(":::"),
        _ => false,
    };
    if is_marked {
        return format!("\\{line}");
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = line.get(digits..).unwrap_or_default();
    if (1..=9).contains(&digits) && after.strip_prefix(['.', ')']).is_some_and(ends) {
        return format!("{}\\{after}", line.get(..digits).unwrap_or_default());
    }
    line.to_owned()
}
