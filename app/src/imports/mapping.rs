//! What the text was recognised as, and how to read it otherwise.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::ProjectId;
use model::imports::{Column, DateOrder, Detected, ImportJob, Part, Source};
use ui::{Button, Checkbox, Choice, FormError, Notice, Scroll, Select, Tone, Variant};

use super::{ReadImportAgain, counted};
use crate::failure::{failure_of, field_error, form_error, wrong_fields};

#[component]
pub(super) fn Recognised(project: ProjectId, job: ImportJob, name: String, changed: RwSignal<u32>) -> impl IntoView {
    let again = ServerAction::<ReadImportAgain>::new();
    let failure = failure_of(again);
    Effect::new(move |_| {
        if again.value().with(|value| matches!(value, Some(Ok(_)))) {
            changed.update(|count| *count += 1);
        }
    });
    let Detected { label, confidence, signs, hints, .. } = job.detected.clone();
    let detected = job.detected.clone();
    let source = RwSignal::new(detected.source.as_str().to_owned());
    let (in_project, in_job) = (project.to_string(), job.id.to_string());
    let formats = Source::ALL.iter().map(|source| Choice::new(source.as_str(), source.label())).collect::<Vec<_>>();
    let is = move |wanted: Source| move || *source.read() == wanted.as_str();
    // Where the reading is a guess, the way to correct it is open.
    let open = confidence < 60 || detected.ambiguous_dates > 0;
    let ambiguous = detected.ambiguous_dates;
    view! {
        <section class="stack">
            <p>
                <span dir="auto">{name}</span>
                " was read as "
                <strong>{label}</strong>
                <span class="soft">{format!(", {confidence} % sure: {}.", signs.join(", "))}</span>
            </p>
            {hints.into_iter().map(|hint| view! { <Notice tone=Tone::Note title=hint>""</Notice> }).collect_view()}
            <details class="import-more" open=open>
                <summary>"Read it in another way"</summary>
                <ActionForm action=again attr:class="stack">
                    <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                    <input type="hidden" name="project" value=in_project/>
                    <input type="hidden" name="job" value=in_job/>
                    <div class="import-options">
                        <Select label="Format" name="source" bind=source options=formats/>
                        {(ambiguous > 0).then(|| view! { <DateChoice detected=detected.clone()/> })}
                    </div>
                    <div hidden=move || !is(Source::Markdown)()>
                        <Headings level=job.reading.markdown.level single=job.reading.markdown.single/>
                    </div>
                    {(detected.source == Source::Csv).then(|| {
                        let detected = detected.clone();
                        view! { <div class="stack" hidden=move || !is(Source::Csv)()><TableShape detected/></div> }
                    })}
                    {(detected.source != Source::Markdown).then(|| {
                        let own = detected.source;
                        let error = field_error(failure, "columns");
                        view! {
                            <div class="stack" hidden=move || !is(own)()>
                                <Columns detected=detected.clone() error/>
                            </div>
                        }
                    })}
                    <div class="cluster">
                        <Button kind="submit" variant=Variant::Quiet busy=again.pending()>"Read again"</Button>
                        <span class="soft small">"Decisions about single rows are forgotten."</span>
                    </div>
                </ActionForm>
            </details>
        </section>
    }
}

#[component]
fn DateChoice(detected: Detected) -> impl IntoView {
    let label = format!("In {}, what comes first", counted(detected.ambiguous_dates as i64, "date", "dates"));
    let orders = vec![
        Choice::new(DateOrder::DayFirst.as_str(), "The day: 03/04 is 3 April"),
        Choice::new(DateOrder::MonthFirst.as_str(), "The month: 03/04 is 4 March"),
    ];
    view! { <Select label=label name="dates" value=detected.dates.as_str().to_owned() options=orders/> }
}

#[component]
fn Headings(level: Option<u8>, single: bool) -> impl IntoView {
    let mut levels = vec![Choice::new("", "Find out which headings are releases")];
    levels.extend((1..=4).map(|level| {
        let marks = "#".repeat(level);
        Choice::new(level.to_string(), format!("Every heading with {marks} is a release"))
    }));
    levels.push(Choice::new("single", "The whole text is one entry"));
    let now = if single { "single".to_owned() } else { level.map(|level| level.to_string()).unwrap_or_default() };
    view! {
        <div class="import-options">
            <Select label="Releases" name="level" value=now options=levels/>
        </div>
    }
}

#[component]
fn TableShape(detected: Detected) -> impl IntoView {
    let delimiters = [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Vertical line")];
    let delimiters = delimiters.map(|(value, label)| Choice::new(value, label)).to_vec();
    let delimiter = detected.delimiter.map(String::from).unwrap_or_default();
    let header = RwSignal::new(detected.header);
    view! {
        <div class="import-options">
            <Select label="Between columns" name="delimiter" value=delimiter options=delimiters/>
            <Checkbox label="The first row names the columns" name="header" bind=header/>
        </div>
    }
}

#[component]
fn Columns(detected: Detected, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    let Detected { columns, used, source, .. } = detected;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).filter(|name| !name.is_empty()).collect();
    let parts = Part::ALL.iter().map(|part| {
        let mut options = vec![Choice::new("", "Nothing")];
        options.extend(names.iter().map(|name| Choice::new(name.clone(), name.clone())));
        let now = used.get(part).cloned().unwrap_or_default();
        let name = format!("columns[{}]", part.as_str());
        let error = if *part == Part::Title { error } else { Signal::stored(None) };
        let id =
            if *part == Part::Title { "field-columns".to_owned() } else { format!("field-column-{}", part.as_str()) };
        view! { <Select label=part.label() name=name id=id value=now options=options error=error/> }
    });
    let parts = parts.collect_view();
    let what = if source == Source::Csv { "Which column holds what" } else { "Which member holds what" };
    view! {
        <fieldset class="stack import-columns">
            <legend class="field-label">{what}</legend>
            <Sample columns/>
            <div class="import-options import-parts">{parts}</div>
        </fieldset>
    }
}

/// The first values of each column, so that one sees what it holds.
#[component]
fn Sample(columns: Vec<Column>) -> impl IntoView {
    let rows = columns.iter().map(|column| column.sample.len()).max().unwrap_or(0).min(3);
    let names =
        columns.iter().map(|column| view! { <th scope="col" dir="auto">{column.name.clone()}</th> }).collect_view();
    let line = |at: usize| {
        let cells = columns.iter().map(|column| {
            let value = column.sample.get(at).cloned().unwrap_or_default();
            view! { <td dir="auto" title=value.clone()>{value.clone()}</td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    };
    let lines = (0..rows).map(line).collect_view();
    (rows > 0).then(|| {
        view! {
            <Scroll label="First values of each column">
                <table class="import-sample">
                    <thead><tr>{names}</tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </Scroll>
        }
    })
}
