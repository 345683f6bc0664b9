//! What the toolbar, the slash menu and the keys offer: one list for all three.

use std::ops::Range;

use ui::Glyph;

use super::insert::Form;
use super::text::{self, Edit, Mark, Prefix};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Bold,
    Italic,
    Strike,
    /// Level 1 to 4; 0 is a plain line.
    Heading(usize),
    Bullet,
    Numbered,
    Task,
    Quote,
    Code,
    CodeBlock,
    Rule,
    /// Opens the dialog for a picture or file.
    Picture,
    /// Opens a small form.
    Insert(Form),
    /// Opens the list of the project's templates.
    Template,
}

/// What the slash menu offers, in its order. Marks are not among it: there is nothing selected at the start of a line.
pub(super) const BLOCKS: [Command; 17] = [
    Command::Heading(1),
    Command::Heading(2),
    Command::Heading(3),
    Command::Bullet,
    Command::Numbered,
    Command::Task,
    Command::Quote,
    Command::CodeBlock,
    Command::Picture,
    Command::Insert(Form::Table),
    Command::Insert(Form::Image),
    Command::Insert(Form::Alert),
    Command::Insert(Form::Button),
    Command::Insert(Form::Embed),
    Command::Insert(Form::Link),
    Command::Template,
    Command::Rule,
];

impl Command {
    pub fn label(self) -> &'static str {
        match self {
            Command::Bold => "Bold",
            Command::Italic => "Italic",
            Command::Strike => "Strikethrough",
            Command::Heading(0) => "Plain text",
            Command::Heading(1) => "Heading 1",
            Command::Heading(2) => "Heading 2",
            Command::Heading(3) => "Heading 3",
            Command::Heading(_) => "Heading 4",
            Command::Bullet => "Bulleted list",
            Command::Numbered => "Numbered list",
            Command::Task => "Task list",
            Command::Quote => "Quote",
            Command::Code => "Code",
            Command::CodeBlock => "Code block",
            Command::Rule => "Line",
            Command::Picture => "Picture",
            Command::Insert(form) => form.label(),
            Command::Template => "Template",
        }
    }

    pub fn glyph(self) -> Glyph {
        match self {
            Command::Bold => Glyph::Bold,
            Command::Italic => Glyph::Italic,
            Command::Strike => Glyph::Strike,
            Command::Heading(_) => Glyph::Heading,
            Command::Bullet => Glyph::List,
            Command::Numbered => Glyph::ListNumbered,
            Command::Task => Glyph::ListTasks,
            Command::Quote => Glyph::Quote,
            Command::Code => Glyph::Code,
            Command::CodeBlock => Glyph::CodeBlock,
            Command::Rule => Glyph::Columns,
            Command::Picture => Glyph::Image,
            Command::Insert(form) => form.glyph(),
            Command::Template => Glyph::Copy,
        }
    }

    /// The key that does it, together with Ctrl or ⌘.
    pub fn key(self) -> Option<char> {
        Some(match self {
            Command::Bold => 'b',
            Command::Italic => 'i',
            Command::Insert(Form::Link) => 'k',
            Command::Heading(1) => '1',
            Command::Heading(2) => '2',
            Command::Heading(3) => '3',
            _ => return None,
        })
    }

    /// The shortcut for people.
    pub fn keys(self) -> Option<String> {
        self.key().map(|key| format!("Ctrl+{}", key.to_ascii_uppercase()))
    }

    /// Words beside the label that find it in the slash menu.
    fn also(self) -> &'static str {
        match self {
            Command::Heading(_) => "title section",
            Command::Bullet => "unordered points",
            Command::Numbered => "ordered",
            Command::Task => "todo checkbox",
            Command::Quote => "citation",
            Command::CodeBlock => "snippet fence",
            Command::Rule => "divider separator hr",
            Command::Insert(Form::Link) => "url address",
            Command::Template => "form pattern prefill",
            Command::Picture => "image photo screenshot upload file media",
            Command::Insert(Form::Alert) => "callout warning note tip info",
            Command::Insert(Form::Button) => "action",
            Command::Insert(Form::Embed) => "video youtube vimeo figma codepen",
            Command::Insert(Form::Image) => "picture photo screenshot",
            Command::Insert(Form::Table) => "grid columns",
            _ => "",
        }
    }

    /// Whether `word` finds it: as the beginning of a word of its label or of what else it is called.
    pub fn answers_to(self, word: &str) -> bool {
        let word = word.trim().to_lowercase();
        let label = self.label().to_lowercase();
        label.starts_with(&word)
            || label.replace(' ', "").starts_with(&word)
            || label.split(' ').chain(self.also().split(' ')).any(|own| own.starts_with(&word))
    }

    /// The change it makes; `None` where a form has to be filled in first.
    pub fn edit(self, content: &str, at: Range<usize>) -> Option<Edit> {
        Some(match self {
            Command::Bold => text::toggle_mark(content, at, Mark::Bold),
            Command::Italic => text::toggle_mark(content, at, Mark::Italic),
            Command::Strike => text::toggle_mark(content, at, Mark::Strike),
            Command::Code => text::toggle_mark(content, at, Mark::Code),
            Command::Heading(level) => text::heading(content, at, level),
            Command::Bullet => text::toggle_prefix(content, at, Prefix::Bullet),
            Command::Numbered => text::toggle_prefix(content, at, Prefix::Numbered),
            Command::Task => text::toggle_prefix(content, at, Prefix::Task),
            Command::Quote => text::toggle_prefix(content, at, Prefix::Quote),
            Command::CodeBlock => text::code_block(content, at),
            Command::Rule => text::insert_block(content, at, "---"),
            Command::Insert(_) | Command::Template | Command::Picture => return None,
        })
    }
}

/// What the slash menu offers for a word.
pub(super) fn matching(word: &str) -> Vec<Command> {
    let mut found: Vec<Command> = BLOCKS.into_iter().filter(|command| command.answers_to(word)).collect();
    let word = word.trim().to_lowercase();
    // What is called so comes before what is also called so.
    found.sort_by_key(|command| !command.label().to_lowercase().starts_with(&word));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slash_menu_finds_by_label_and_by_other_names() {
        let first = |word| matching(word).first().map(|command| command.label());
        for (word, label) in [
            ("", Some("Heading 1")),
            ("h", Some("Heading 1")),
            ("heading2", Some("Heading 2")),
            ("code", Some("Code block")),
            ("todo", Some("Task list")),
            ("Call", Some("Alert")),
            ("video", Some("Embed")),
            ("b", Some("Bulleted list")),
            ("zzz", None),
        ] {
            assert_eq!(first(word), label, "{word}");
        }
        assert_eq!(matching("").len(), BLOCKS.len());
    }

    #[test]
    fn no_two_commands_share_a_key() {
        let all = [Command::Bold, Command::Italic].into_iter().chain(BLOCKS);
        let mut keys: Vec<char> = all.filter_map(Command::key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}
