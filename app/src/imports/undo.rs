//! The way back: an import that ended less than a day ago can be taken back, once.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::imports::{UndoState, Undone, UndoneCounts};
use model::time::Timestamp;
use model::{EntryId, ImportId, ProjectId};
use ui::{Button, FormError, Notice, Tone, Variant};

use super::{UndoImport, counted, get_import_undo};
use crate::dates::Moment;
use crate::failure::{failure_of, form_error};
use crate::params::project_path;
use crate::pending::{Pending, later};

#[component]
pub(super) fn TakeBack(project: ProjectId, job: ImportId) -> impl IntoView {
    let undo = ServerAction::<UndoImport>::new();
    let failure = failure_of(undo);
    let (of, id) = (project.clone(), job.clone());
    let state = Resource::new(move || undo.version().get(), move |_| get_import_undo(of.clone(), id.clone()));
    let (in_project, in_job) = (project.to_string(), job.to_string());
    view! {
        <section class="stack import-undo" id="undo" aria-live="polite">
            <FormError message=form_error(failure)/>
            <Pending>
                {move || {
                    let (project, in_project, in_job) = (project.clone(), in_project.clone(), in_job.clone());
                    later(async move {
                        match state.await {
                            Ok(UndoState::Open { until, counts }) => view! {
                                <Offer until counts/>
                                <ActionForm action=undo>
                                    <input type="hidden" name="project" value=in_project/>
                                    <input type="hidden" name="job" value=in_job/>
                                    <Button kind="submit" variant=Variant::Danger busy=undo.pending()>
                                        "Take this import back"
                                    </Button>
                                </ActionForm>
                            }
                            .into_any(),
                            Ok(UndoState::Done { at, outcomes, kept }) => {
                                view! { <TakenBack project at outcomes kept/> }.into_any()
                            }
                            _ => ().into_any(),
                        }
                    })
                }}
            </Pending>
        </section>
    }
}

/// What taking it back would do.
#[component]
fn Offer(until: Timestamp, counts: UndoneCounts) -> impl IntoView {
    let UndoneCounts { created, edited, public, overwritten, changed } = counts;
    let restored = overwritten - changed;
    let mut parts = Vec::new();
    if created > 0 {
        parts.push(format!("deletes {} that it created", counted(created, "entry", "entries")));
    }
    if restored > 0 {
        let overwritten = counted(restored, "overwritten entry", "overwritten entries");
        parts.push(format!("gives {overwritten} back the former text"));
    }
    let what = if parts.is_empty() { "changes no entry any more".to_owned() } else { parts.join(" and ") };
    // Each with the number it is about; nothing is said about none.
    let notes = [
        (edited, "Changed since, and deleted all the same"),
        (public, "Public, or were"),
        (changed, "Overwritten and changed since; they stay as they are"),
    ];
    let notes = notes.into_iter().filter(|(count, _)| *count > 0);
    let notes =
        notes.map(|(count, about)| view! { <li>{format!("{about}: {}.", counted(count, "entry", "entries"))}</li> });
    view! {
        <h3>"Take it back"</h3>
        <p>{format!("Taking it back {what}. ")}"It is possible until "<Moment at=until/>"."</p>
        <ul class="import-warnings">{notes.collect_view()}</ul>
    }
}

/// What came of it.
#[component]
fn TakenBack(
    project: ProjectId,
    at: Timestamp,
    outcomes: Vec<(Undone, i64)>,
    kept: Vec<(String, EntryId, Undone)>,
) -> impl IntoView {
    let of = |wanted| outcomes.iter().find(|(undone, _)| *undone == wanted).map_or(0, |(_, rows)| *rows);
    let said: Vec<String> =
        [(Undone::Deleted, "deleted"), (Undone::Restored, "restored"), (Undone::Gone, "gone already")]
            .into_iter()
            .filter(|(undone, _)| of(*undone) > 0)
            .map(|(undone, word)| format!("{} {word}", counted(of(undone), "entry", "entries")))
            .collect();
    let said = said.join(", ");
    let line = move |(title, entry, undone): (String, EntryId, Undone)| {
        let why = match undone {
            Undone::Taken => "another entry has its former version",
            _ => "somebody changed it after the import",
        };
        let href = project_path(&project, &format!("/changelog/{entry}"));
        view! { <li><a href=href dir="auto">{title}</a>{format!(" – {why}")}</li> }
    };
    let stay = if kept.len() == 1 { "One entry stays as it is" } else { "These entries stay as they are" };
    view! {
        <Notice tone=Tone::Note title="This import was taken back.">
            <p><Moment at=at/>{(!said.is_empty()).then(|| format!(": {said}."))}</p>
        </Notice>
        {(!kept.is_empty()).then(|| view! {
            <h3>{stay}</h3>
            <ul class="import-kept">{kept.into_iter().map(line).collect_view()}</ul>
        })}
    }
}
