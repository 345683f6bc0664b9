//! What an import would do, and everything that can still be decided about it.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::ProjectId;
use model::imports::{ImportFate, ImportJob};
use ui::{Button, Figure, Figures, Variant};

use super::mapping::Recognised;
use super::notes::Notes;
use super::options::{Chosen, Options};
use super::rows::Rows;
use super::tags::Tags;
use super::{Arrived, DiscardImport, Rights, grouped};
use crate::params::project_path;

#[component]
pub(super) fn Preview(
    project: ProjectId,
    job: ImportJob,
    tags: Vec<(String, i64, Vec<String>)>,
    rights: Rights,
    changed: RwSignal<u32>,
) -> impl IntoView {
    let discard = ServerAction::<DiscardImport>::new();
    let heading = NodeRef::<leptos::html::H2>::new();
    let Arrived(arrived) = expect_context();
    // Whoever came here by the button goes on from here; a page that was loaded begins at its top.
    Effect::new(move |_| {
        if let Some(heading) = heading.get()
            && arrived.get_untracked()
        {
            arrived.set(false);
            // The page is put in its place after this; only then can anything in it have the focus.
            request_animation_frame(move || {
                // Focusing fails only for elements that are gone.
                let _ = heading.focus();
            });
        }
    });
    let groups = RwSignal::new(job.groups.clone());
    let chosen = Chosen::new(&job.options, rights);
    let of = |fate| grouped(job.of_fate(fate));
    let (new, there) = (of(ImportFate::Create), of(ImportFate::Unchanged));
    let (in_project, in_job) = (project.to_string(), job.id.to_string());
    let (differs, refused) = (job.of_fate(ImportFate::Differs), job.of_fate(ImportFate::Refused));
    let name = job.name().unwrap_or_else(|| "The text".to_owned());
    let (place, notes) = (job.detected.place, job.notes.clone());
    view! {
        <div class="stack stack-wide import-preview">
            <section class="stack">
                <div class="row">
                    <h2 node_ref=heading tabindex="-1">"What would happen"</h2>
                    <span class="push">
                        <ActionForm action=discard>
                            <input type="hidden" name="project" value=in_project/>
                            <input type="hidden" name="job" value=in_job/>
                            <Button kind="submit" variant=Variant::Bare small=true busy=discard.pending()>"Choose another file"</Button>
                        </ActionForm>
                    </span>
                </div>
                <Figures>
                    <Figure label="New" value=new/>
                    <Figure label="Already there" value=there/>
                    {(differs > 0).then(|| view! { <Figure label="There, but different" value=grouped(differs)/> })}
                    {(refused > 0).then(|| view! { <Figure label="Cannot be imported" value=grouped(refused)/> })}
                </Figures>
            </section>
            <Recognised project=project.clone() job=job.clone() name changed/>
            <Tags project=project.clone() job=job.id.clone() tags names=job.options.tag_names.clone()/>
            <Options project=project.clone() job=job.id.clone() rights chosen groups changed/>
            <Rows project=project.clone() job=job.id.clone() place chosen=Some(chosen) groups/>
            <Notes place notes/>
            <p class="soft small">
                "Nothing is imported yet. "<a href=project_path(&project, "/changelog")>"See the entries"</a>
            </p>
        </div>
    }
}
