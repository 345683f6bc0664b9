//! The line over a list: how much there is, in which order, and the form that narrows it by tags.

use leptos::prelude::*;
use model::projects::Project;
use model::tags;

use super::dates::Dates;
use super::list::ListPageData;
use super::list_path;
use super::listed::dot;

/// "134 updates", "1 update".
pub(super) fn updates(count: i64) -> String {
    if count == 1 { "1 update".to_owned() } else { format!("{} updates", grouped(count)) }
}

/// A number with a thin space between thousands.
fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// What the list holds, and the ways to narrow or turn it.
pub(super) fn bar(data: &ListPageData, dates: &Dates) -> impl IntoView + use<> {
    let summary = if data.is_narrowed() { narrowed(data).into_any() } else { whole(data, dates).into_any() };
    let turned = data.turned();
    let words = if data.query.oldest_first { "Newest first" } else { "Oldest first" };
    view! {
        <div class="changelog-bar">
            {summary}
            <div class="changelog-tools">
                {data.is_worth_turning().then(|| view! { <a href=turned>{words}</a> })}
                {super::since::form(data)}
                {(data.is_all() && !data.figures.tags.is_empty()).then(|| tag_form(data))}
            </div>
        </div>
    }
}

fn whole(data: &ListPageData, dates: &Dates) -> impl IntoView + use<> {
    let count = updates(data.scope_count());
    let newest = data.is_all().then_some(data.figures.newest).flatten();
    view! {
        <p class="changelog-count">
            {count}
            {newest.map(|at| (", the last on ", dates.time(at, "")))}
        </p>
    }
}

/// What the list is narrowed to, and the way back.
fn narrowed(data: &ListPageData) -> impl IntoView + use<> {
    let mut words = data.found.map_or_else(|| "Updates".to_owned(), updates);
    let search = data.query.search.clone();
    if !search.is_empty() {
        words.push_str(" with ");
    }
    let quoted = (!search.is_empty()).then(|| view! { <q><bdi>{search}</bdi></q> });
    let tags = data.tag_names();
    let joint = match (tags.is_empty(), data.query.search.is_empty()) {
        (true, _) => "",
        (false, true) => " tagged ",
        (false, false) => ", tagged ",
    };
    view! {
        <p class="changelog-count">
            {words} {quoted} {joint} <bdi>{tags.join(" or ")}</bdi>
            {(data.found != Some(0)).then(|| {
                (" · ", view! { <a href=list_path(&data.project)>"Show all"</a> })
            })}
        </p>
    }
}

/// A plain form; the panel opens without any script.
fn tag_form(data: &ListPageData) -> impl IntoView + use<> {
    let chosen = data.chosen_keys();
    let project: &Project = &data.project;
    let count = chosen.len();
    let boxes: Vec<_> = data
        .figures
        .tags
        .iter()
        .map(|(tag, entries)| {
            let key = tags::key(&tag.name);
            let checked = chosen.contains(&key);
            view! {
                <li>
                    <label>
                        <input type="checkbox" name="tag" value=key checked=checked/>
                        {dot(tag)}
                        <bdi>{tag.name.clone()}</bdi>
                        <span class="count">{grouped(*entries)}</span>
                    </label>
                </li>
            }
        })
        .collect();
    let search = data.query.search.clone();
    let ends = [("since", data.query.since.clone()), ("until", data.query.until.clone())]
        .map(|(name, version)| version.map(|version| view! { <input type="hidden" name=name value=version/> }));
    view! {
        <details class="pop" name="pop">
            <summary>
                "Filter by tag" {(count > 0).then(|| view! { <span class="count">{count}</span> })}
            </summary>
            <form class="pop-panel tag-form" method="get" action=list_path(project)>
                {(!search.is_empty()).then(|| view! { <input type="hidden" name="q" value=search/> })}
                {data.query.oldest_first.then(|| view! { <input type="hidden" name="sort" value="oldest"/> })}
                {ends.into_iter().collect::<Vec<_>>()}
                <fieldset>
                    <legend>"With any of these tags"</legend>
                    <ul>{boxes}</ul>
                </fieldset>
                <button type="submit" class="plain-button">"Show updates"</button>
            </form>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::updates;

    #[test]
    fn counts_are_words_people_read() {
        for (count, words) in [
            (0, "0 updates"),
            (1, "1 update"),
            (999, "999 updates"),
            (1_000, "1\u{202f}000 updates"),
            (1_234_567, "1\u{202f}234\u{202f}567 updates"),
        ] {
            assert_eq!(updates(count), words);
        }
    }
}
