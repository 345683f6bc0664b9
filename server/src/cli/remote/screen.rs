//! What is printed for people: clean texts, tables as wide as the terminal, colours where they are wanted.

use std::io::IsTerminal;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Where answers go.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Columns of the terminal; `None` for a file or a pipe, which gets everything in full.
    pub width: Option<usize>,
    pub colours: bool,
}

impl Screen {
    pub fn of_process(plain: bool) -> Self {
        let out = std::io::stdout();
        if !out.is_terminal() {
            return Self { width: None, colours: false };
        }
        let width = terminal_size::terminal_size_of(&out).map(|(terminal_size::Width(width), _)| usize::from(width));
        Self { width, colours: !plain }
    }

    pub fn is_terminal(self) -> bool {
        self.width.is_some()
    }

    pub fn paint(self, colour: Colour, text: &str) -> String {
        let code = match colour {
            Colour::None => return text.to_owned(),
            Colour::Bold => "1",
            Colour::Dim => "2",
            Colour::Green => "32",
            Colour::Yellow => "33",
            Colour::Cyan => "36",
        };
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    None,
    Bold,
    Dim,
    Green,
    Yellow,
    Cyan,
}

pub fn of_status(status: &str) -> Colour {
    match status {
        "published" => Colour::Green,
        "scheduled" => Colour::Cyan,
        "draft" => Colour::Yellow,
        _ => Colour::None,
    }
}

/// What must not reach a terminal: control characters, which can rewrite the screen, and marks that turn the direction
/// of what follows.
fn is_foul(char: char) -> bool {
    char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One line.
pub fn clean(text: &str) -> String {
    text.trim()
        .chars()
        .map(|char| {
            if char.is_whitespace() {
                ' '
            } else if is_foul(char) {
                '\u{fffd}'
            } else {
                char
            }
        })
        .collect()
}

/// Several lines.
pub fn clean_text(text: &str) -> String {
    let keep = |char: char| matches!(char, '\n' | '\t') || !is_foul(char);
    text.chars().filter(|char| *char != '\r').map(|char| if keep(char) { char } else { '\u{fffd}' }).collect()
}

/// A column. One with a least width gives way when the terminal is too narrow, the last such one first.
pub struct Column {
    pub head: &'static str,
    pub least: Option<usize>,
}

pub const fn column(head: &'static str) -> Column {
    Column { head, least: None }
}

pub const fn yielding(head: &'static str, least: usize) -> Column {
    Column { head, least: Some(least) }
}

/// One that people can do without.
pub const fn spare(head: &'static str) -> Column {
    yielding(head, 0)
}

pub type Cell = (String, Colour);

const GAP: usize = 2;
/// A spare column narrower than this tells nothing and is left out.
const NARROWEST: usize = 6;

/// Aligned rows below their heads.
pub fn table(screen: Screen, columns: &[Column], rows: &[Vec<Cell>]) -> String {
    let widths = widths(screen, columns, rows);
    let head = columns.iter().map(|column| (column.head.to_owned(), Colour::Dim)).collect();
    let mut out = String::new();
    for row in std::iter::once(&head).chain(rows) {
        let mut blanks = 0;
        for ((text, colour), width) in row.iter().zip(&widths) {
            let Some(width) = *width else { continue };
            let text = cut(text, width);
            if !text.is_empty() {
                out.extend(std::iter::repeat_n(' ', blanks));
                out.push_str(&screen.paint(*colour, &text));
                blanks = 0;
            }
            blanks += width.saturating_sub(text.width()) + GAP;
        }
        out.push('\n');
    }
    out
}

/// The width of each column, and `None` for one that is left out.
fn widths(screen: Screen, columns: &[Column], rows: &[Vec<Cell>]) -> Vec<Option<usize>> {
    let widest = |index: usize| rows.iter().map(|row| row.get(index).map_or(0, |(text, _)| text.width())).max();
    let natural: Vec<usize> =
        columns.iter().enumerate().map(|(index, column)| column.head.width().max(widest(index).unwrap_or(0))).collect();
    let total = natural.iter().sum::<usize>() + GAP * columns.len().saturating_sub(1);
    let mut over = screen.width.map_or(0, |width| total.saturating_sub(width));
    let mut widths: Vec<Option<usize>> = natural.into_iter().map(Some).collect();
    for (place, column) in widths.iter_mut().zip(columns).rev() {
        let (Some(width), Some(least)) = (*place, column.least) else { continue };
        let less = width.saturating_sub(least).min(over);
        if least == 0 && less > 0 && width - less < NARROWEST {
            *place = None;
            over = over.saturating_sub(width + GAP);
        } else {
            *place = Some(width - less);
            over -= less;
        }
    }
    widths
}

/// At most so many columns; what is missing shows as `…`.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let kept = text.chars().take_while(|char| {
        let columns = char.width().unwrap_or(0);
        let fits = columns <= left;
        left = left.saturating_sub(columns);
        fits
    });
    let mut kept: String = kept.collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// Names and values, aligned; what has no value is left out.
pub fn facts(screen: Screen, facts: &[(&str, Option<String>)]) -> String {
    let known = facts.iter().map(|(name, value)| (*name, clean(value.as_deref().unwrap_or_default())));
    let known: Vec<_> = known.filter(|(_, value)| !value.is_empty()).collect();
    let widest = known.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, value): &(&str, String)| {
        format!("{}  {value}\n", screen.paint(Colour::Dim, &format!("{name:widest$}")))
    };
    known.iter().map(line).collect()
}

/// `2026-03-04` of a time on the wire.
pub fn day(time: &str) -> String {
    clean(time).chars().take(10).collect()
}

/// `2026-03-04 09:30 UTC` of a time on the wire; what is none stays as it is.
pub fn moment(time: &str) -> String {
    match chrono::DateTime::parse_from_rfc3339(time) {
        Ok(time) => time.to_utc().format("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => clean(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 4] = [column("STATUS"), yielding("TITLE", 10), spare("TAGS"), column("ID")];

    fn rows() -> Vec<Vec<Cell>> {
        let row = |cells: [&str; 4]| cells.map(|cell| (cell.to_owned(), of_status(cell))).to_vec();
        vec![
            row(["published", "A title that is much too long for a narrow terminal", "Added, Fixed", "c1"]),
            row(["draft", "暗いテーマ", "", "c2"]),
        ]
    }

    fn drawn(width: Option<usize>) -> String {
        table(Screen { width, colours: false }, &COLUMNS, &rows())
    }

    #[test]
    fn a_pipe_gets_everything_in_full() {
        let drawn = drawn(None);
        let lines: Vec<Vec<&str>> = drawn.lines().map(|line| line.split("  ").collect()).collect();
        let cells = |line: usize| lines[line].iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        assert_eq!(cells(0).collect::<Vec<_>>(), ["STATUS", "TITLE", "TAGS", "ID"]);
        let long = "A title that is much too long for a narrow terminal";
        assert_eq!(cells(1).collect::<Vec<_>>(), ["published", long, "Added, Fixed", "c1"]);
        assert_eq!(cells(2).collect::<Vec<_>>(), ["draft", "暗いテーマ", "c2"]);
    }

    #[test]
    fn a_table_is_no_wider_than_the_terminal_and_its_columns_stay_aligned() {
        for width in [25, 34, 40, 60, 79] {
            let drawn = drawn(Some(width));
            let ids: Vec<usize> = drawn.lines().map(|line| line.width() - 2).collect();
            assert!(drawn.lines().all(|line| line.width() <= width), "{width}:\n{drawn}");
            assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{width}:\n{drawn}");
            assert!(drawn.contains('…'), "{width}:\n{drawn}");
        }
        assert!(!drawn(Some(200)).contains('…'));
        assert!(drawn(Some(34)).contains("TITLE") && !drawn(Some(34)).contains("TAGS"));
    }

    #[test]
    fn colours_do_not_move_columns() {
        let coloured = table(Screen { width: Some(60), colours: true }, &COLUMNS, &rows());
        assert!(coloured.contains("\u{1b}[32mpublished\u{1b}[0m"));
        let mut plain = coloured;
        for code in ["0", "2", "32", "33"] {
            plain = plain.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(plain, drawn(Some(60)));
    }

    #[test]
    fn what_could_rewrite_the_screen_is_shown_and_not_obeyed() {
        assert_eq!(clean("a\u{1b}[2Jb\nc\u{202e}d"), "a\u{fffd}[2Jb c\u{fffd}d");
        assert_eq!(clean_text("a\r\n\tb\u{7}"), "a\n\tb\u{fffd}");
    }
}
