//! The form that says what feeds contain.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::TagId;
use model::feeds::{FeedConfig, FeedDraft, MAX_DESCRIPTION, MAX_TEMPLATE, MAX_TITLE, PLACES};
use model::projects::Project;
use model::tags::Tag;
use ui::{
    Button, Checkbox, Choice, Dialog, DialogActions, Field, FormError, Notice, Radios, Section, Switch, TextArea, Tone,
    Variant, use_toasts,
};

use super::{ResetFeeds as Reset, SaveFeeds};
use crate::failure::{failure_of, field_error, form_error, wrong_fields};

/// The form as it stands, saved or not.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    enabled: RwSignal<bool>,
    limit: RwSignal<String>,
    full: RwSignal<bool>,
    title: RwSignal<String>,
    description: RwSignal<String>,
    versions: RwSignal<bool>,
    tags: RwSignal<bool>,
    filter: RwSignal<Vec<TagId>>,
    template: RwSignal<String>,
    /// Counts what replaced the whole form. It is drawn anew then: boxes that a person has ticked no longer follow.
    replaced: RwSignal<u32>,
}

impl Draft {
    pub(super) fn of(project: &Project) -> Self {
        let draft = Self {
            enabled: RwSignal::default(),
            limit: RwSignal::default(),
            full: RwSignal::default(),
            title: RwSignal::default(),
            description: RwSignal::default(),
            versions: RwSignal::default(),
            tags: RwSignal::default(),
            filter: RwSignal::default(),
            template: RwSignal::default(),
            replaced: RwSignal::default(),
        };
        draft.take(project);
        draft
    }

    fn take(self, project: &Project) {
        let config = project.rss_feed_config.clone().unwrap_or_default();
        self.enabled.set(project.enable_rss);
        self.limit.set(project.rss_item_limit.to_string());
        self.full.set(project.rss_full_content);
        self.title.set(config.feed_title.unwrap_or_default());
        self.description.set(config.feed_description.unwrap_or_default());
        self.versions.set(config.include_version);
        self.tags.set(config.include_tags);
        self.filter.set(config.tag_filter);
        self.template.set(config.item_template.unwrap_or_default());
    }

    /// Takes a project whose settings this form did not send.
    fn replace(self, project: &Project) {
        self.take(project);
        self.replaced.update(|count| *count += 1);
    }

    /// The form that is shown: with another number comes another form.
    pub(super) fn number(self) -> u32 {
        self.replaced.get()
    }

    /// What a preview is made of. Tracks every field of it.
    pub(super) fn feed(self) -> FeedDraft {
        FeedDraft {
            config: FeedConfig {
                feed_title: Some(self.title.get()),
                feed_description: Some(self.description.get()),
                include_tags: self.tags.get(),
                include_version: self.versions.get(),
                tag_filter: self.filter.get(),
                item_template: Some(self.template.get()),
            },
            full_content: self.full.get(),
        }
    }

    /// Whether only entries with certain tags are wanted.
    pub(super) fn is_narrowed(self) -> bool {
        !self.filter.read().is_empty()
    }
}

#[component]
pub(super) fn FeedForm(draft: Draft, saved: RwSignal<Project>, tags: Vec<Tag>, edits: bool) -> impl IntoView {
    let save = ServerAction::<SaveFeeds>::new();
    let failure = failure_of(save);
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(project)) = save.value().get() {
            draft.take(&project);
            saved.set(project);
            toasts.say("Feeds saved.");
        }
    });
    let project = saved.get_untracked();
    let name = project.name.clone();
    let about = project.description.clone().unwrap_or_else(|| format!("The latest updates of {name}"));
    view! {
        <Section title="What the feeds contain">
            {(!edits).then(|| view! {
                <Notice tone=Tone::Note title="You can look, not change">"Only an administrator changes feeds."</Notice>
            })}
            <ActionForm action=save attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="project" value=project.id.to_string()/>
                <Switch
                    label="Offer feeds"
                    name="enable_rss"
                    bind=draft.enabled
                    disabled=!edits
                    hint="Off, all feeds answer as if they did not exist."
                />
                <Field
                    label="Title"
                    name="feed_title"
                    id="field-rssFeedConfig.feedTitle"
                    bind=draft.title
                    placeholder=format!("{name} Changelog")
                    maxlength=MAX_TITLE as u32
                    disabled=!edits
                    error=field_error(failure, "rssFeedConfig.feedTitle")
                />
                <Field
                    label="Description"
                    name="feed_description"
                    id="field-rssFeedConfig.feedDescription"
                    bind=draft.description
                    placeholder=about
                    maxlength=MAX_DESCRIPTION as u32
                    disabled=!edits
                    error=field_error(failure, "rssFeedConfig.feedDescription")
                />
                <Field
                    label="Number of entries"
                    name="rss_item_limit"
                    id="field-rssItemLimit"
                    kind="number"
                    inputmode="numeric"
                    bind=draft.limit
                    required=true
                    disabled=!edits
                    hint="The newest 1 to 100. Readers keep what they have seen."
                    error=field_error(failure, "rssItemLimit")
                />
                // A group of controls has no state of its own to switch off, so its frame has.
                <fieldset class="feeds-plain" disabled=!edits>
                    <Radios
                        legend="Each item carries"
                        name="text"
                        value=Signal::derive(move || if draft.full.get() { "full".to_owned() } else { "excerpt".to_owned() })
                        options=vec![
                            Choice::new("full", "The whole text").with_hint("People read without leaving their reader."),
                            Choice::new("excerpt", "The excerpt").with_hint("The first sentences, and a link to the page."),
                        ]
                        on_change=move |choice: String| draft.full.set(choice == "full")
                    />
                </fieldset>
                <Checkbox label="Name the version" name="include_version" bind=draft.versions disabled=!edits/>
                <Checkbox label="Name the tags as categories" name="include_tags" bind=draft.tags disabled=!edits/>
                <TagFilter draft tags edits/>
                <TextArea
                    label="Item template"
                    name="item_template"
                    id="field-rssFeedConfig.itemTemplate"
                    bind=draft.template
                    rows=5
                    mono=true
                    maxlength=MAX_TEMPLATE as u32
                    disabled=!edits
                    placeholder="<p><b>{{version}}</b> {{excerpt}}</p>"
                    hint="HTML in place of the text above. Leave it empty to send the text itself."
                    error=field_error(failure, "rssFeedConfig.itemTemplate")
                />
                <details class="feeds-places">
                    <summary>"What a template can name"</summary>
                    <dl>
                        {PLACES
                            .into_iter()
                            .map(|(name, meaning)| view! {
                                <div>
                                    <dt><code>{format!("{{{{{name}}}}}")}</code></dt>
                                    <dd>{meaning}</dd>
                                </div>
                            })
                            .collect_view()}
                    </dl>
                </details>
                {edits.then(|| view! {
                    <div><Button variant=Variant::Primary busy=save.pending()>"Save feeds"</Button></div>
                })}
            </ActionForm>
        </Section>
    }
}

/// The tags of the project, to tick.
#[component]
fn TagFilter(draft: Draft, tags: Vec<Tag>, edits: bool) -> impl IntoView {
    let toggle = move |id: TagId, on: bool| {
        draft.filter.update(|filter| {
            filter.retain(|other| *other != id);
            if on {
                filter.push(id);
            }
        });
    };
    (!tags.is_empty()).then(|| {
        view! {
            <fieldset class="field feeds-plain" disabled=!edits>
                <legend class="field-label">"Only entries with any of these tags"</legend>
                <div class="feeds-tags">
                    {tags
                        .into_iter()
                        .map(|tag| {
                            let (id, own) = (tag.id.clone(), tag.id.clone());
                            view! {
                                <Checkbox
                                    label=tag.name
                                    name="tag_filter[]"
                                    id=format!("filter-{}", tag.id)
                                    value=tag.id.to_string()
                                    checked=Signal::derive(move || draft.filter.read().contains(&own))
                                    on_change=move |on| toggle(id.clone(), on)
                                />
                            }
                        })
                        .collect_view()}
                </div>
                <p class="field-hint">"None ticked means all entries."</p>
            </fieldset>
        }
    })
}

/// Back to what feeds are without settings.
#[component]
pub(super) fn ResetFeeds(draft: Draft, saved: RwSignal<Project>) -> impl IntoView {
    let reset = ServerAction::<Reset>::new();
    let failure = failure_of(reset);
    let open = RwSignal::new(false);
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(project)) = reset.value().get() {
            draft.replace(&project);
            saved.set(project);
            open.set(false);
            toasts.say("Feeds have their default form again.");
        }
    });
    let id = saved.with_untracked(|project| project.id.to_string());
    view! {
        <Section title="Default form" text="The newest ten entries with their whole text, under the project's name.">
            <div><Button kind="button" opens="reset-feeds">"Reset feeds"</Button></div>
            <Dialog id="reset-feeds" open=open title="Reset the feeds?">
                <ActionForm action=reset attr:class="stack">
                    <FormError message=form_error(failure)/>
                    <input type="hidden" name="project" value=id/>
                    <p>"Title, description, number, filter and template are forgotten. Whether there are feeds stays as it is."</p>
                    <DialogActions>
                        <Button variant=Variant::Primary busy=reset.pending()>"Reset feeds"</Button>
                    </DialogActions>
                </ActionForm>
            </Dialog>
        </Section>
    }
}
