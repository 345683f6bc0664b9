//! Asking an administrator to let the entry go live at a moment.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::ProjectId;
use model::entries::Entry;
use ui::{Button, Dialog, DialogActions, Field, FormError, Variant, use_toasts};

use super::asking::Requests;
use crate::entries::RequestSchedule;
use crate::failure::{failure_of, field_error, form_error};

/// The id, for the button that opens it.
pub(super) const DIALOG: &str = "ask-to-schedule";

#[component]
pub(super) fn AskToScheduleDialog(
    project: ProjectId,
    stored: RwSignal<Option<Entry>>,
    requests: Requests,
    /// The zone of the project's readers.
    #[prop(into)]
    zone: Signal<String>,
) -> impl IntoView {
    let ask = ServerAction::<RequestSchedule>::new();
    let failure = failure_of(ask);
    let open = RwSignal::new(false);
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(request)) = ask.value().get() {
            requests.add(request);
            open.set(false);
            toasts.say("An administrator has been asked to schedule the entry.");
        }
    });
    let id = move || stored.read().as_ref().map(|entry| entry.id.to_string()).unwrap_or_default();
    let label = format!("Date and time ({})", zone.get_untracked());
    view! {
        <Dialog id=DIALOG open=open title="Ask to schedule the entry?">
            <ActionForm action=ask attr:class="stack">
                <FormError message=form_error(failure)/>
                <input type="hidden" name="project" value=project.to_string()/>
                <input type="hidden" name="entry" value=id/>
                <p>"An administrator is asked to let what is saved go live at this time. Until they agree, it stays a draft."</p>
                <Field
                    label=label
                    name="at"
                    id="schedule-at"
                    kind="datetime-local"
                    required=true
                    hint="At least a minute ahead."
                    error=field_error(failure, "scheduledAt")
                />
                <DialogActions>
                    <Button variant=Variant::Primary kind="submit" busy=ask.pending()>"Ask to schedule"</Button>
                </DialogActions>
            </ActionForm>
        </Dialog>
    }
}
