//! The headings of the text: where they stand, and where a level was left out.

use leptos::prelude::*;
use ui::{Glyph, Icon, Menu, MenuButton};

use super::Desk;
use super::draft::Draft;
use super::text::Fences;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Heading {
    level: usize,
    words: String,
    /// Where its line begins, in bytes.
    at: usize,
    /// Whether it stands two or more levels below the heading before: people who jump from heading to heading lose the
    /// thread there. The title of the entry is over them all.
    skips: bool,
}

/// The level and words of a line that is a heading.
fn heading_of(line: &str) -> Option<(usize, &str)> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let body = &line[indent..];
    let level = body.bytes().take_while(|&b| b == b'#').count();
    let rest = &body[level..];
    if indent > 3 || !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let words = rest.trim();
    // Closing marks belong to no words.
    let bare = words.trim_end_matches('#');
    let is_closed = bare.is_empty() || bare.ends_with([' ', '\t']);
    Some((level, if is_closed { bare.trim_end() } else { words }))
}

fn headings(text: &str) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    let (mut at, mut fences) = (0, Fences::default());
    for line in text.split('\n') {
        if !fences.pass(line)
            && let Some((level, words)) = heading_of(line)
        {
            let above = found.last().map_or(1, |heading| heading.level);
            let words = words.chars().filter(|c| !matches!(c, '*' | '`' | '~')).collect();
            found.push(Heading { level, words, at, skips: level > above + 1 });
        }
        at += line.len() + 1;
    }
    found
}

/// What is shown for a heading, and what is wrong with its level.
fn told(heading: &Heading) -> (String, Option<String>) {
    let words = if heading.words.is_empty() { "(empty)".to_owned() } else { heading.words.clone() };
    let warning =
        heading.skips.then(|| format!("Heading {} without a heading {} above it", heading.level, heading.level - 1));
    (words, warning)
}

/// Panel and menu read the same list; style sheets show the one that has the room.
#[derive(Clone, Copy)]
pub(super) struct Outline(Memo<Vec<Heading>>);

impl Outline {
    pub fn new(draft: Draft) -> Self {
        Self(Memo::new(move |_| draft.content.with(|text| headings(text))))
    }
}

/// At the side of the text, on wide screens.
#[component]
pub(super) fn OutlinePanel(desk: Desk, outline: Outline) -> impl IntoView {
    let Outline(found) = outline;
    move || {
        (!found.read().is_empty()).then(|| {
            view! {
                <nav class="editor-outline" aria-label="Outline">
                    <ol>
                        {found
                            .get()
                            .into_iter()
                            .map(|heading| {
                                let (words, warning) = told(&heading);
                                let (at, tip) = (heading.at, warning.clone());
                                view! {
                                    <li data-level=heading.level>
                                        <button type="button" dir="auto" title=tip on:click=move |_| desk.area.go_to(desk.slash.mirror(), at)>
                                            {words}
                                            {warning.map(|warning| view! {
                                                <span class="editor-outline-warning"><Icon glyph=Glyph::Alert size=14/><span class="sr-only">{warning}</span></span>
                                            })}
                                        </button>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ol>
                </nav>
            }
        })
    }
}

/// In the line of tools, where there is no room beside the text.
#[component]
pub(super) fn OutlineMenu(desk: Desk, outline: Outline) -> impl IntoView {
    let Outline(found) = outline;
    let some = Memo::new(move |_| !found.read().is_empty());
    view! {
        <Show when=move || some.get()>
            <span class="editor-outline-menu">
                <Menu label="Outline" glyph=Glyph::ListNumbered small=true end=true>
                    {move || found
                        .get()
                        .into_iter()
                        .map(|heading| {
                            let (words, warning) = told(&heading);
                            let words = format!("{}{words}", "\u{2003}".repeat(heading.level.saturating_sub(1)));
                            let words = match warning {
                                Some(warning) => format!("{words} ({warning})"),
                                None => words,
                            };
                            let at = heading.at;
                            view! { <MenuButton on_click=move |_| desk.area.go_to(desk.slash.mirror(), at)>{words}</MenuButton> }
                        })
                        .collect_view()}
                </Menu>
            </span>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_found_outside_of_code_and_skipped_levels_are_told() {
        let text = "# One\n\nText # no\n\n```\n# code\n```\n   ### *Three* `x` ###\n#no\n####### seven\n\n## Two#\n##\n#### Four";
        let found: Vec<(usize, String, bool)> =
            headings(text).into_iter().map(|heading| (heading.level, heading.words, heading.skips)).collect();
        let expected = [(1, "One", false), (3, "Three x", true), (2, "Two#", false), (2, "", false), (4, "Four", true)];
        assert_eq!(found, expected.map(|(level, words, skips)| (level, words.to_owned(), skips)));
        for heading in headings(text) {
            assert!(text[heading.at..].trim_start().starts_with('#'), "{heading:?}");
        }
        assert!(headings("").is_empty());
        assert!(!headings("## Starts with two").first().is_some_and(|heading| heading.skips));
        assert!(headings("### Starts with three").first().is_some_and(|heading| heading.skips));
    }
}
