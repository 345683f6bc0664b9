//! An import that runs: how far it is, and the way to stop it.

use std::time::Duration;

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::ProjectId;
use model::imports::{ImportJob, ImportState};
use ui::{Button, FormError, Variant};

use super::{CancelImport, address, get_import, grouped};
use crate::failure::{failure_of, form_error};

/// Between two looks.
const TICK: Duration = Duration::from_millis(600);

#[component]
pub(super) fn Progress(project: ProjectId, job: ImportJob, changed: RwSignal<u32>) -> impl IntoView {
    let cancel = ServerAction::<CancelImport>::new();
    let failure = failure_of(cancel);
    let (total, id) = (job.total, job.id.clone());
    let (in_project, in_job, again) = (project.to_string(), id.to_string(), address(&project, &id, "", 1, None));
    let handled = RwSignal::new(job.handled);
    let stopping = RwSignal::new(job.cancelling);
    let lost = RwSignal::new(false);
    {
        let (project, id) = (project.clone(), id.clone());
        Effect::new(move |_| {
            let busy = StoredValue::new(false);
            let (project, id) = (project.clone(), id.clone());
            let look = move || {
                if busy.get_value() {
                    return;
                }
                busy.set_value(true);
                let (project, id) = (project.clone(), id.clone());
                spawn_local(async move {
                    let now = get_import(project, id).await;
                    // The page may have been left meanwhile.
                    let _ = busy.try_set_value(false);
                    let _ = lost.try_set(now.is_err());
                    let Ok(now) = now else { return };
                    if now.job.state != ImportState::Running {
                        let _ = changed.try_update(|count| *count += 1);
                        return;
                    }
                    let _ = handled.try_set(now.job.handled);
                    let _ = stopping.try_update(|stopping| *stopping |= now.job.cancelling);
                });
            };
            // Without a timer the page shows what it had when it was loaded.
            if let Ok(timer) = set_interval_with_handle(look, TICK) {
                on_cleanup(move || timer.clear());
            }
        });
    }
    Effect::new(move |_| {
        if cancel.value().with(|value| matches!(value, Some(Ok(())))) {
            stopping.set(true);
        }
    });
    let said = move || match (stopping.get(), handled.get()) {
        (true, _) => "Stopping …".to_owned(),
        (false, all) if all >= total => format!("Writing {} releases …", grouped(total)),
        (false, some) => format!("Decided about {} of {} releases.", grouped(some), grouped(total)),
    };
    view! {
        <section class="stack import-running">
            <h2>"Importing"</h2>
            <FormError message=form_error(failure)/>
            <progress
                class="import-progress"
                aria-label="How far the import is"
                max=total
                value=move || handled.get()
            ></progress>
            <p role="status">{said}</p>
            {move || lost.get().then(|| view! {
                <p class="soft">"The server does not answer at the moment. The import goes on without this page."</p>
            })}
            <p class="soft small">
                "Nothing of it can be seen before all of it is there. You can leave this page; the import goes on."
            </p>
            <div class="cluster">
                <ActionForm action=cancel>
                    <input type="hidden" name="project" value=in_project/>
                    <input type="hidden" name="job" value=in_job/>
                    <Button kind="submit" variant=Variant::Quiet busy=cancel.pending() disabled=stopping>"Stop the import"</Button>
                </ActionForm>
                <a class="import-again" href=again rel="external">"Look again"</a>
            </div>
        </section>
    }
}
