//! What is to happen with all rows, and the button that makes it happen.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::imports::{Action, DateHandling, ImportOptions, OnConflict, RowGroup, Strategy, action};
use model::{ImportId, ProjectId};
use ui::{Button, Checkbox, Choice, Field, FormError, Select, Switch, Variant};

use super::{Rights, StartImport, counted};
use crate::failure::{failure_of, field_error, form_error, wrong_fields};

/// What is chosen for the whole import, as the form has it.
#[derive(Clone, Copy)]
pub(super) struct Chosen {
    publish: RwSignal<bool>,
    on_conflict: RwSignal<String>,
    strategy: RwSignal<String>,
    delete_others: RwSignal<bool>,
    dates: RwSignal<String>,
    auto_versions: RwSignal<bool>,
    default_tags: RwSignal<String>,
}

impl Chosen {
    pub fn new(options: &ImportOptions, rights: Rights) -> Self {
        Self {
            publish: RwSignal::new(rights.publishes),
            on_conflict: RwSignal::new(options.on_conflict.as_str().to_owned()),
            strategy: RwSignal::new(options.strategy.as_str().to_owned()),
            delete_others: RwSignal::new(!options.preserve_existing),
            dates: RwSignal::new(options.dates.as_str().to_owned()),
            auto_versions: RwSignal::new(options.auto_versions),
            default_tags: RwSignal::new(options.default_tags.join(", ")),
        }
    }

    /// As much as decides what happens to rows.
    pub fn options(self) -> ImportOptions {
        ImportOptions {
            strategy: Strategy::parse(&self.strategy.read()).unwrap_or(Strategy::Merge),
            on_conflict: OnConflict::parse(&self.on_conflict.read()).unwrap_or(OnConflict::Skip),
            ..ImportOptions::default()
        }
    }
}

/// How many rows something happens to.
fn rows(groups: &[RowGroup], options: &ImportOptions, wanted: impl Fn(Action) -> bool) -> i64 {
    let is_wanted = |group: &&RowGroup| wanted(action(group.fate, group.by_version, group.choice, options));
    groups.iter().filter(is_wanted).map(|group| group.rows).sum()
}

#[component]
pub(super) fn Options(
    project: ProjectId,
    job: ImportId,
    rights: Rights,
    chosen: Chosen,
    groups: RwSignal<Vec<RowGroup>>,
    changed: RwSignal<u32>,
) -> impl IntoView {
    let start = ServerAction::<StartImport>::new();
    let failure = failure_of(start);
    Effect::new(move |_| {
        if start.value().with(|value| matches!(value, Some(Ok(_)))) {
            changed.update(|count| *count += 1);
        }
    });
    let count = move |wanted: fn(Action) -> bool| groups.with(|groups| rows(groups, &chosen.options(), wanted));
    let writes = Memo::new(move |_| count(Action::writes));
    let asks = Memo::new(move |_| count(|action| action == Action::Ask));
    let replaces = Memo::new(move |_| *chosen.strategy.read() == Strategy::Replace.as_str());
    let mut strategies = vec![
        Choice::new(Strategy::Merge.as_str(), "Add what is new"),
        Choice::new(Strategy::Append.as_str(), "Add everything, without versions that are taken"),
    ];
    if rights.deletes {
        strategies.push(Choice::new(Strategy::Replace.as_str(), "Replace all entries of the project"));
    }
    let conflicts = vec![
        Choice::new(OnConflict::Skip.as_str(), "Leave the entry alone"),
        Choice::new(OnConflict::Overwrite.as_str(), "Overwrite the entry; it keeps its address"),
        Choice::new(OnConflict::Prompt.as_str(), "Decide for each row below"),
    ];
    let dates = vec![
        Choice::new(DateHandling::Preserve.as_str(), "Those of the file"),
        Choice::new(DateHandling::Current.as_str(), "Now"),
        Choice::new(DateHandling::Sequence.as_str(), "Now, a minute apart"),
    ];
    let (in_project, in_job) = (project.to_string(), job.to_string());
    view! {
        <section class="stack">
            <h2>"How to import"</h2>
            <ActionForm action=start attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="project" value=in_project/>
                <input type="hidden" name="job" value=in_job/>
                {if rights.publishes {
                    view! {
                        <Switch
                            label="Publish the releases at once"
                            name="publish"
                            bind=chosen.publish
                            hint="With the dates of the file. Off, everything is imported as drafts. Unreleased changes are always a draft."
                        />
                    }
                    .into_any()
                } else {
                    view! { <p class="soft small">"Everything is imported as drafts; an administrator publishes them."</p> }.into_any()
                }}
                <div class="import-options">
                    <Select
                        label="When an entry exists and says something else"
                        name="on_conflict"
                        id="field-choices"
                        bind=chosen.on_conflict
                        options=conflicts
                        error=field_error(failure, "choices")
                    />
                </div>
                <details class="import-more">
                    <summary>"More options"</summary>
                    <div class="import-options">
                        <Select label="Dates" name="dates" bind=chosen.dates options=dates/>
                        <Select label="What comes together" name="strategy" bind=chosen.strategy options=strategies/>
                        <Field
                            label="Tags for every entry"
                            name="default_tags"
                            id="field-defaultTags"
                            bind=chosen.default_tags
                            hint="Separated by commas."
                            error=field_error(failure, "defaultTags")
                        />
                        <Checkbox
                            label="Give releases without a version the next number"
                            name="auto_versions"
                            bind=chosen.auto_versions
                            hint="The oldest first."
                        />
                        {rights.deletes.then(|| view! {
                            <div hidden=move || !replaces.get()>
                                <Checkbox
                                    label="Delete the entries that are not in the file"
                                    name="delete_others"
                                    id="field-preserveExistingEntries"
                                    bind=chosen.delete_others
                                    error=field_error(failure, "preserveExistingEntries")
                                    hint="Entries that are in the file keep their address; text, dates and state become those of the file."
                                />
                            </div>
                        })}
                    </div>
                </details>
                <div class="cluster" aria-live="polite">
                    {move || match (asks.get(), writes.get()) {
                        (0, 0) => view! { <p class="soft">"Nothing would be imported."</p> }.into_any(),
                        (0, count) => {
                            let label = format!("Import {}", counted(count, "entry", "entries"));
                            let variant = if replaces.get() { Variant::Danger } else { Variant::Primary };
                            view! { <Button kind="submit" variant=variant busy=start.pending()>{label}</Button> }.into_any()
                        }
                        (open, _) => {
                            let text = format!("{} still to be decided below.", counted(open, "row is", "rows are"));
                            view! { <p class="soft">{text}</p> }.into_any()
                        }
                    }}
                </div>
            </ActionForm>
        </section>
    }
}
