//! The views of a revision: what it changed, as readers would see it, who wrote which line, and its Markdown.

use leptos::prelude::*;
use model::revisions::{Blame, RevisionSummary, Side};
use ui::{Button, Chip, Notice, Tone, Variant};

use super::list::{Lines, author, name};
use super::page::Asked;
use super::{Compared, MAX_ROWS};
use crate::dates::{Moment, day};
use crate::difference::{InOneColumn, SideBySide};

/// What a side of a comparison is called.
fn side(side: &Side) -> String {
    match side {
        Side::Nothing => "Nothing".to_owned(),
        Side::Now => "The entry now".to_owned(),
        Side::Kept(one) => format!("{}, {}", name(one), day(one.created_at)),
    }
}

/// A revision in the list of what to compare with.
fn choice(one: &RevisionSummary) -> String {
    format!("{} · {} · {}", name(one), author(one), day(one.created_at))
}

#[component]
pub(super) fn Differences(
    found: Compared,
    asked: Asked,
    path: String,
    this: RevisionSummary,
    others: Vec<RevisionSummary>,
) -> impl IntoView {
    let (left, right) = (side(&found.left), side(&found.right));
    let layout = |inline| Asked { inline, ..asked.clone() }.href(&path);
    let (beside, inline) = (layout(false), layout(true));
    let all_lines = Asked { whole: !asked.whole, ..asked.clone() }.href(&path);
    let is_equal = found.rows.iter().all(|row| !matches!(row, compare::Row::Changed { .. }));
    let hidden = |name: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value/> })
    };
    let others: Vec<(String, String)> =
        others.iter().filter(|one| one.id != this.id).map(|one| (one.id.to_string(), choice(one))).collect();
    let against = asked.against.clone();
    let is_inline = asked.inline;
    view! {
        <div class="history-bar">
            <form class="history-against" method="get" action=path>
                {hidden("q", asked.search.clone())}
                {hidden("after", asked.after.clone())}
                {hidden("layout", if asked.inline { "inline".to_owned() } else { String::new() })}
                {hidden("revision", this.id.to_string())}
                <label for="history-against">"Compare with"</label>
                <select id="history-against" name="against" class="input select">
                    <option value="" selected=against.is_empty()>"The version before"</option>
                    <option value="now" selected=against == "now">"The entry now"</option>
                    {others
                        .into_iter()
                        .map(|(id, text)| {
                            let selected = id == against;
                            view! { <option value=id selected=selected>{text}</option> }
                        })
                        .collect_view()}
                </select>
                <Button small=true variant=Variant::Quiet kind="submit">"Compare"</Button>
            </form>
            <nav class="cluster history-layout" aria-label="Layout">
                <Chip href=beside label="Side by side" current=!is_inline/>
                <Chip href=inline label="In one column" current=is_inline/>
                <Chip href=all_lines label="All lines" current=asked.whole/>
            </nav>
        </div>
        <p class="history-sum soft small">
            {format!("From “{left}” to “{right}”: ")}
            <Lines added=found.lines_added as i64 removed=found.lines_removed as i64/>
        </p>
        {match (is_equal, is_inline) {
            (true, _) => view! { <p class="soft">"Title, version, tags and text are the same."</p> }.into_any(),
            (false, true) => view! { <InOneColumn rows=found.rows/> }.into_any(),
            (false, false) => view! { <SideBySide rows=found.rows left=left right=right/> }.into_any(),
        }}
        {(found.cut > 0).then(|| view! {
            <Notice tone=Tone::Note title="Not everything is shown">
                {format!("The first {MAX_ROWS} lines of the comparison stand above; {} are left out. The Markdown has them all.", found.cut)}
            </Notice>
        })}
    }
}

#[component]
pub(super) fn Preview(content: String) -> impl IntoView {
    let options = markdown::Options { heading_offset: 2, ..markdown::Options::default() };
    let html = markdown::render(&content, &options);
    match content.trim().is_empty() {
        true => view! { <p class="soft">"There is no text."</p> }.into_any(),
        false => view! { <div class="prose history-prose" dir="auto" inner_html=html></div> }.into_any(),
    }
}

#[component]
pub(super) fn Raw(content: String) -> impl IntoView {
    view! { <pre class="history-raw" tabindex="0" role="region" aria-label="Markdown" dir="auto">{content}</pre> }
}

/// Every line with who wrote it; neighbours of one revision say so once.
#[component]
pub(super) fn WhoWrote(blame: Blame, asked: Asked, path: String) -> impl IntoView {
    let Blame { lines, revisions } = blame;
    let mut before = None;
    let rows = lines
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            let begins = before.as_ref() != Some(&line.revision);
            before = Some(line.revision.clone());
            let from = revisions.iter().find(|one| one.id == line.revision).filter(|_| begins).map(|one| {
                let href = Asked { revision: one.id.to_string(), against: String::new(), ..asked.clone() }.href(&path);
                view! {
                    <a href=href title=name(one)>
                        <span class="history-who" dir="auto">{author(one)}</span>
                        <Moment at=one.created_at/>
                    </a>
                }
            });
            view! {
                <tr data-begins=begins.then_some("true")>
                    <td class="history-from">{from}</td>
                    <td class="history-text" dir="auto" data-line=(at + 1).to_string()>{line.text}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="compare history-blame" tabindex="0" role="region" aria-label="Who wrote what">
            <table>
                <thead class="sr-only">
                    <tr>
                        <th scope="col">"From"</th>
                        <th scope="col">"Line"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
