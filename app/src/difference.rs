//! What differs between two texts, as tables.

use compare::{Line, Row};
use leptos::prelude::*;

/// Which of the two texts a line is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Left,
    Right,
}

/// The words of a line; those that only this line has are marked.
fn words(line: &Line, of: Of) -> Vec<AnyView> {
    line.spans
        .iter()
        .map(|span| {
            let text = span.text.clone();
            match (span.changed, of) {
                (false, _) => text.into_any(),
                (true, Of::Left) => view! { <del>{text}</del> }.into_any(),
                (true, Of::Right) => view! { <ins>{text}</ins> }.into_any(),
            }
        })
        .collect()
}

/// The number is shown by the style sheet, so that nobody copies it along with the text.
fn number(number: usize) -> Option<String> {
    (number > 0).then(|| number.to_string())
}

fn skipped(count: usize) -> String {
    if count == 1 { "1 equal line".to_owned() } else { format!("{count} equal lines") }
}

/// Two texts beside each other, line by line.
#[component]
pub fn SideBySide(rows: Vec<Row>, #[prop(into)] left: String, #[prop(into)] right: String) -> impl IntoView {
    let cell = |line: Option<Line>, of: Of| match line {
        Some(line) => {
            let class = if of == Of::Left { "compare-removed" } else { "compare-added" };
            view! { <td class=class dir="auto" data-line=number(line.number)>{words(&line, of)}</td> }.into_any()
        }
        None => view! { <td class="compare-none"></td> }.into_any(),
    };
    view! {
        <div class="compare" tabindex="0" role="region" aria-label="What differs">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{left}</th>
                        <th scope="col">{right}</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|row| match row {
                            Row::Same { left, right, text } => view! {
                                <tr>
                                    <td class="compare-same" dir="auto" data-line=number(left)>{text.clone()}</td>
                                    <td class="compare-same" dir="auto" data-line=number(right)>{text}</td>
                                </tr>
                            }
                            .into_any(),
                            Row::Changed { left, right } => {
                                view! { <tr>{cell(left, Of::Left)}{cell(right, Of::Right)}</tr> }.into_any()
                            }
                            Row::Skipped(count) => view! {
                                <tr><td class="compare-skipped" colspan="2">{skipped(count)}</td></tr>
                            }
                            .into_any(),
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}

/// One text in the other: what was removed stands above what came in its place.
#[component]
pub fn InOneColumn(rows: Vec<Row>) -> impl IntoView {
    let line = |line: Line, of: Of| {
        let (class, sign, word) = match of {
            Of::Left => ("compare-removed", "−", "Removed: "),
            Of::Right => ("compare-added", "+", "Added: "),
        };
        view! {
            <tr>
                <td class=class dir="auto" data-line=number(line.number) data-sign=sign>
                    <span class="sr-only">{word}</span>
                    {words(&line, of)}
                </td>
            </tr>
        }
        .into_any()
    };
    let mut lines: Vec<AnyView> = Vec::new();
    let (mut removed, mut added): (Vec<Line>, Vec<Line>) = (Vec::new(), Vec::new());
    let settle = |lines: &mut Vec<AnyView>, removed: &mut Vec<Line>, added: &mut Vec<Line>| {
        lines.extend(removed.drain(..).map(|one| line(one, Of::Left)));
        lines.extend(added.drain(..).map(|one| line(one, Of::Right)));
    };
    for row in rows {
        match row {
            Row::Changed { left, right } => {
                removed.extend(left);
                added.extend(right);
            }
            Row::Same { right, text, .. } => {
                settle(&mut lines, &mut removed, &mut added);
                let same = view! {
                    <tr><td class="compare-same" dir="auto" data-line=number(right) data-sign="">{text}</td></tr>
                };
                lines.push(same.into_any());
            }
            Row::Skipped(count) => {
                settle(&mut lines, &mut removed, &mut added);
                lines.push(view! { <tr><td class="compare-skipped">{skipped(count)}</td></tr> }.into_any());
            }
        }
    }
    settle(&mut lines, &mut removed, &mut added);
    view! {
        <div class="compare" tabindex="0" role="region" aria-label="What differs">
            <table>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
}
