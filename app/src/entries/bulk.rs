//! One change to many entries of a list. The boxes of the rows and the buttons are parts of one form, which works without
//! scripts, too; with scripts the buttons show when something is chosen, without them they stand under the list.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::bulk::{BulkAction, BulkOutcome, MOST, sentence};
use model::projects::Project;
use model::{EntryId, ProjectId, Result, Role, Verdict};
use ui::{Button, FormError, Glyph, Notice, Tone, Variant};
use wasm_bindgen::JsCast;

use crate::failure::{failure_of, form_error, wrong_fields};
use crate::trash::RestoreTrashed;

#[cfg(feature = "ssr")]
use crate::params::{project_path, with_query};
#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::Error;
#[cfg(feature = "ssr")]
use services::access::WriteEntries;
#[cfg(feature = "ssr")]
use services::entries::BulkWork;

/// The form that the boxes belong to.
pub(super) const FORM: &str = "bulk";

/// Changes entries. `action` is "publish", "schedule", "unpublish", "add-tag", "remove-tag" or "delete"; `at` is a time of
/// the project's zone as a date field writes it. Without scripts, goes back to the list with a summary.
#[server(prefix = "/rpc", endpoint = "entries/bulk")]
pub async fn bulk_entries(
    project: ProjectId,
    #[server(default)] action: String,
    #[server(default)] tag: String,
    #[server(default)] at: String,
    #[server(default)] entries: Vec<EntryId>,
) -> Result<BulkOutcome> {
    act(async |cx| {
        let action = BulkAction::parse(&action)
            .ok_or_else(|| Error::field("action", format!("Choose {}.", BulkAction::NAMES)))?;
        let at = match action {
            BulkAction::Schedule => {
                let may = cx.grant::<WriteEntries>(&project).await?;
                let zone = services::zones::of(&cx.services, may.project()).await?;
                Some(zone.read_wall("scheduledAt", at.trim())?)
            }
            _ => None,
        };
        let work = BulkWork::of(&cx.services, cx.actor()?, &project, action, &tag, at).await?;
        let outcome = services::entries::bulk(&cx.services, &work, &entries).await?;
        if cx.is_plain_form() {
            let BulkOutcome { done, requested, failed, .. } = &outcome;
            let counts = format!("{}.{}.{}.{}", action.as_str(), done.len(), requested.len(), failed.len());
            let path = project_path(&project, "/changelog");
            leptos_axum::redirect(&with_query(&path, &[("done", &counts)]));
        }
        Ok(outcome)
    })
    .await
}

/// The summary that a plain form is led back with.
fn summary(text: &str) -> Option<String> {
    let mut parts = text.split('.');
    let action = BulkAction::parse(parts.next()?)?;
    let mut number = || parts.next()?.parse::<usize>().ok();
    Some(sentence(action, number()?, number()?, number()?))
}

/// What became of the chosen entries, until something else is done.
#[component]
pub(super) fn BulkReport(bulk: ServerAction<BulkEntries>, restore: ServerAction<RestoreTrashed>) -> impl IntoView {
    let outcome =
        Signal::derive(move || bulk.value().with(|value| value.as_ref().and_then(|value| value.clone().ok())));
    let query = use_query_map();
    let led_back = move || query.with(|query| query.get("done")).and_then(|text| summary(&text));
    let is_back = move || restore.value().with(|value| matches!(value, Some(Ok(_))));
    // Only what was deleted can be had back from here.
    let deleted = move || {
        let outcome = outcome.get()?;
        let ids: Vec<String> = outcome.done.iter().map(EntryId::to_string).collect();
        (outcome.action == BulkAction::Delete && !ids.is_empty()).then_some(ids)
    };
    view! {
        <FormError message=form_error(failure_of(bulk)) fields=wrong_fields(failure_of(bulk))/>
        <FormError message=form_error(failure_of(restore))/>
        {move || match outcome.get() {
            None => led_back().map(|text| view! { <Notice title="Done">{text}</Notice> }.into_any()),
            Some(outcome) => {
                let tone = if outcome.failed.is_empty() { Tone::default() } else { Tone::Warn };
                let text = outcome.sentence();
                Some(view! {
                    <Notice tone=tone title="Done">
                        <p role="status">{text}</p>
                        {(!outcome.failed.is_empty()).then(|| view! {
                            <ul class="small">
                                {outcome
                                    .failed
                                    .into_iter()
                                    .map(|failure| {
                                        let title = if failure.title.is_empty() { failure.entry.to_string() } else { failure.title };
                                        view! { <li><bdi>{title}</bdi> ": " {failure.reason}</li> }
                                    })
                                    .collect_view()}
                            </ul>
                        })}
                    </Notice>
                }
                .into_any())
            }
        }}
        <div hidden=move || is_back() || deleted().is_none()>
            <ActionForm action=restore attr:class="cluster">
                {move || {
                    deleted()
                        .unwrap_or_default()
                        .into_iter()
                        .map(|id| view! { <input type="hidden" name="ids[]" value=id/> })
                        .collect_view()
                }}
                <Button variant=Variant::Quiet kind="submit" small=true glyph=Glyph::Undo busy=restore.pending()>"Undo"</Button>
            </ActionForm>
        </div>
    }
}

/// The boxes of the list.
fn boxes() -> Vec<web_sys::HtmlInputElement> {
    let Ok(list) = document().query_selector_all("input[name=\"entries[]\"][data-row-box]") else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.get(at)?.dyn_into().ok()).collect()
}

/// What is chosen in the list.
#[derive(Clone, Copy)]
pub(super) struct Choosing {
    count: RwSignal<usize>,
    /// Whether every entry of the page is.
    all: RwSignal<bool>,
    /// The box that was clicked last, from which a click with Shift reaches.
    last: StoredValue<Option<usize>>,
}

impl Choosing {
    pub fn new() -> Self {
        Self { count: RwSignal::new(0), all: RwSignal::new(false), last: StoredValue::new(None) }
    }

    /// The list was loaded again. Rows that are still there keep their boxes as they are.
    pub fn reload(self) {
        self.last.set_value(None);
        #[cfg(not(feature = "ssr"))]
        request_animation_frame(move || self.look());
    }

    fn look(self) {
        let boxes = boxes();
        let count = boxes.iter().filter(|one| one.checked()).count();
        // The page may be gone by now.
        let _ = self.count.try_set(count);
        let _ = self.all.try_set(count > 0 && count == boxes.len());
    }

    fn set_all(self, checked: bool) {
        for one in boxes() {
            one.set_checked(checked);
        }
        self.last.set_value(None);
        self.look();
    }

    fn clicked(self, event: &leptos::ev::MouseEvent) {
        let all = boxes();
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(at) = target.as_ref().and_then(|target| all.iter().position(|one| one == target)) else { return };
        if event.shift_key()
            && let Some(from) = self.last.get_value().filter(|from| *from < all.len())
        {
            let checked = all[at].checked();
            for one in &all[from.min(at)..=from.max(at)] {
                one.set_checked(checked);
            }
        }
        self.last.set_value(Some(at));
        self.look();
    }
}

/// The box of a row.
#[component]
pub(super) fn RowBox(entry: EntryId, title: String, choosing: Choosing) -> impl IntoView {
    view! {
        <input
            type="checkbox"
            name="entries[]"
            value=entry.to_string()
            form=FORM
            data-row-box=""
            aria-label=format!("Choose \u{201c}{title}\u{201d}")
            on:click=move |event| choosing.clicked(&event)
        />
    }
}

/// The box that chooses all entries of the page.
#[component]
pub(super) fn AllBox(choosing: Choosing) -> impl IntoView {
    view! {
        <input
            type="checkbox"
            class="needs-script"
            aria-label="Choose all on this page"
            prop:checked=move || choosing.all.get()
            on:change=move |event| choosing.set_all(event_target_checked(&event))
        />
    }
}

/// What can be done with the chosen entries.
#[component]
pub(super) fn BulkBar(
    project: Project,
    role: Role,
    tags: Vec<String>,
    bulk: ServerAction<BulkEntries>,
    choosing: Choosing,
) -> impl IntoView {
    use model::Permission::{DeleteEntries, PublishEntries};
    let may = |permission| model::access::verdict(role, permission, Some(&project));
    let (publishes, deletes) = (may(PublishEntries), may(DeleteEntries));
    let pending = bulk.pending();
    let act = move |action: BulkAction, label: &'static str, variant: Variant| {
        view! {
            <Button kind="submit" small=true variant=variant name="action" value=action.as_str() busy=pending>{label}</Button>
        }
    };
    let choices = tags.into_iter().map(|name| view! { <option value=name></option> }).collect_view();
    view! {
        <ActionForm action=bulk attr:id=FORM>
            <div
                class="bulk-bar"
                role="region"
                aria-label="Chosen entries"
                hidden=move || choosing.count.get() == 0
            >
                <span class="bulk-count" aria-live="polite">
                    {move || match choosing.count.get() {
                        0 => "With the chosen entries".to_owned(),
                        1 => "1 chosen".to_owned(),
                        count if count > MOST => format!("{count} chosen; {MOST} at most"),
                        count => format!("{count} chosen"),
                    }}
                </span>
                <input type="hidden" name="project" value=project.id.to_string()/>
                <span class="cluster">
                    {match publishes {
                        Verdict::Allowed => Some(act(BulkAction::Publish, "Publish", Variant::Quiet)),
                        Verdict::NeedsApproval => Some(act(BulkAction::Publish, "Ask to publish", Variant::Quiet)),
                        Verdict::Refused => None,
                    }}
                    {(publishes != Verdict::Refused).then(|| view! {
                        <label class="sr-only" for="bulk-at">"Time to publish at, by the clocks of the project"</label>
                        <input id="bulk-at" name="at" type="datetime-local" class="input"/>
                        {act(
                            BulkAction::Schedule,
                            if publishes == Verdict::Allowed { "Schedule" } else { "Ask to schedule" },
                            Variant::Quiet,
                        )}
                    })}
                    {(publishes == Verdict::Allowed).then(|| act(BulkAction::Unpublish, "Unpublish", Variant::Quiet))}
                    <label class="sr-only" for="bulk-tag">"Tag to add or remove"</label>
                    <input id="bulk-tag" name="tag" class="input" list="bulk-tags" maxlength="50" placeholder="Tag" autocomplete="off"/>
                    <datalist id="bulk-tags">{choices}</datalist>
                    {act(BulkAction::AddTag, "Add tag", Variant::Quiet)}
                    {act(BulkAction::RemoveTag, "Remove tag", Variant::Quiet)}
                    {match deletes {
                        Verdict::Allowed => Some(act(BulkAction::Delete, "Delete", Variant::Danger)),
                        Verdict::NeedsApproval => Some(act(BulkAction::Delete, "Ask to delete", Variant::Quiet)),
                        Verdict::Refused => None,
                    }}
                    <span class="needs-script">
                        <Button variant=Variant::Bare small=true on_click=move |_| choosing.set_all(false)>"Clear"</Button>
                    </span>
                </span>
            </div>
        </ActionForm>
    }
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_summary_of_a_plain_form_is_a_sentence() {
        assert_eq!(summary("delete.12.0.1").as_deref(), Some("12 deleted, 1 was not."));
        assert_eq!(summary("add-tag.1.0.0").as_deref(), Some("1 tagged."));
        for wrong in ["", "delete", "delete.1.0", "delete.x.0.0", "explode.1.0.0"] {
            assert_eq!(summary(wrong), None, "{wrong}");
        }
    }
}
