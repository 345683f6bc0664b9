//! One picture or file with everything that can be done about it.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::ProjectId;
use model::media::{MAX_ALT, MediaUse, Medium};
use ui::{Button, ButtonLink, Checkbox, CodeBlock, Field, FormError, Glyph, Notice, Section, Tone, Variant};

use super::{DeleteMedium, DescribeMedium, UsedMedium, about, library_path};
use crate::dates::Moment;
use crate::failure::{failure_of, field_error, form_error, wrong_fields};
use crate::params::project_path;

#[component]
pub(super) fn OnePanel(
    project: ProjectId,
    one: UsedMedium,
    writes: bool,
    describe: ServerAction<DescribeMedium>,
    remove: ServerAction<DeleteMedium>,
) -> impl IntoView {
    let UsedMedium { medium, uses } = one;
    let path = medium.path();
    let picture = medium.kind.is_picture().then(|| {
        let (small, alt) = (medium.path_at(1200), medium.alt.clone());
        view! {
            <a class="media-large" href=path.clone() target="_blank" rel="noopener">
                <img src=small alt=alt width=medium.width height=medium.height/>
                <span class="sr-only">"Open the picture in a new tab"</span>
            </a>
        }
    });
    let by = medium.created_by_name.clone().map(|name| format!(" by {name}")).unwrap_or_default();
    let describing = writes && medium.kind.is_picture();
    let told = (!writes && !medium.alt.is_empty()).then(|| view! { <p dir="auto">{medium.alt.clone()}</p> });
    let download = (!medium.kind.is_picture()).then(|| view! { <ButtonLink href=path>"Download"</ButtonLink> });
    let deleting = writes.then(|| {
        let (project, id, uses) = (project.clone(), medium.id.to_string(), uses.clone());
        view! { <DeleteForm project id uses remove/> }
    });
    view! {
        <Section title=medium.name.clone()>
            {picture}
            <p class="soft">{about(&medium)} ". Uploaded " <Moment at=medium.created_at/> {by} "."</p>
            {told}
            {describing.then(|| view! { <Description project=project.clone() medium=medium.clone() describe/> })}
            <CodeBlock label="Text for an entry" code=medium.markdown()/>
            <Uses project=project.clone() uses/>
            <div class="cluster">
                <ButtonLink href=library_path(&project)>"Close"</ButtonLink>
                {download}
            </div>
            {deleting}
        </Section>
    }
}

/// What a picture shows.
#[component]
fn Description(project: ProjectId, medium: Medium, describe: ServerAction<DescribeMedium>) -> impl IntoView {
    let refused = failure_of(describe);
    view! {
        <ActionForm action=describe attr:class="stack">
            <FormError message=form_error(refused) fields=wrong_fields(refused)/>
            <input type="hidden" name="project" value=project.to_string()/>
            <input type="hidden" name="medium" value=medium.id.to_string()/>
            <Field
                label="Description"
                name="alt"
                id="field-alt-one"
                value=medium.alt
                maxlength=MAX_ALT as u32
                hint="What it shows, for people who do not see it. Entries that have it already keep what they say."
                error=field_error(refused, "alt")
            />
            <Checkbox
                label="Decorative: it shows nothing that has to be said"
                name="decorative"
                id="field-decorative-one"
                checked=medium.is_decorative
            />
            <div class="cluster">
                <Button variant=Variant::Primary busy=describe.pending()>"Save description"</Button>
            </div>
        </ActionForm>
    }
}

/// Where it stands.
#[component]
fn Uses(project: ProjectId, uses: Vec<MediaUse>) -> impl IntoView {
    let lines = uses
        .into_iter()
        .map(|one| {
            let title = view! { <bdi>{one.title}</bdi> };
            if one.is_trashed {
                view! { <li>{title} <span class="soft">" (in the trash)"</span></li> }.into_any()
            } else {
                let href = project_path(&project, &format!("/changelog/{}", one.entry_id));
                view! { <li><a href=href>{title}</a></li> }.into_any()
            }
        })
        .collect_view();
    let none = lines.is_empty();
    view! {
        <div class="stack">
            <h3>"Used in"</h3>
            {if none {
                view! { <p class="soft">"No entry of this project has it in its text."</p> }.into_any()
            } else {
                view! { <ul class="media-uses">{lines}</ul> }.into_any()
            }}
        </div>
    }
}

#[component]
fn DeleteForm(
    project: ProjectId,
    id: String,
    uses: Vec<MediaUse>,
    remove: ServerAction<DeleteMedium>,
) -> impl IntoView {
    let refused = failure_of(remove);
    let count = uses.len();
    let warning = (count > 0).then(|| {
        let text = if count == 1 {
            "An entry has it in its text. Readers of that entry would see a gap.".to_owned()
        } else {
            format!("{count} entries have it in their texts. Their readers would see a gap.")
        };
        view! {
            <Notice tone=Tone::Warn title="It is used">{text}</Notice>
            <Checkbox label="Delete it although it is used" name="force"/>
        }
    });
    view! {
        <ActionForm action=remove attr:class="stack">
            <FormError message=form_error(refused) fields=wrong_fields(refused)/>
            <input type="hidden" name="project" value=project.to_string()/>
            <input type="hidden" name="medium" value=id/>
            {warning}
            <div class="cluster">
                <Button variant=Variant::Danger kind="submit" glyph=Glyph::Trash busy=remove.pending()>"Delete file"</Button>
            </div>
        </ActionForm>
    }
}
