//! One revision: what it is, its views, and the way back to it.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::entries::EntryState;
use model::revisions::Revision;
use model::{Error, Permission, Verdict, access, versions};
use ui::{Button, Checkbox, Dialog, DialogActions, FormError, Notice, TabLink, TabNav, TagWord, Tone, Variant};

use super::changes::{Differences, Preview, Raw, WhoWrote};
use super::list::{Lines, author, name};
use super::mark::MarkForm;
use super::page::{Asked, Changes};
use super::{OneRevision, RestoreRevision, Shown, View};
use crate::account::Me;
use crate::dates::Moment;
use crate::failure::failure_of;

#[component]
pub(super) fn RevisionPanel(found: OneRevision, asked: Asked, path: String, changes: Changes) -> impl IntoView {
    let OneRevision { project, entry, revision, shown, others, is_current } = found;
    let role = expect_context::<Me>().role;
    let allowed = |permission| access::verdict(role, permission, Some(&project)) == Verdict::Allowed;
    let writes = allowed(Permission::WriteEntries);
    let is_public = entry.state == EntryState::Published;
    let restores = writes && (!is_public || allowed(Permission::PublishEntries));
    let one = revision.summary.clone();
    let tab = |view: View| {
        let href = Asked { view, revision: one.id.to_string(), ..asked.clone() }.href(&path);
        view! { <TabLink href=href current=asked.view == view>{view.label()}</TabLink> }
    };
    let view = match shown {
        Shown::Changes(found) => {
            let (asked, path, this) = (asked.clone(), path.clone(), one.clone());
            view! { <Differences found=*found asked path this others/> }.into_any()
        }
        Shown::Text if asked.view == View::Raw => view! { <Raw content=revision.content.clone()/> }.into_any(),
        Shown::Text => view! { <Preview content=revision.content.clone()/> }.into_any(),
        Shown::Lines(blame) => {
            let (asked, path) = (asked.clone(), path.clone());
            view! { <WhoWrote blame=*blame asked path/> }.into_any()
        }
        Shown::Refused(why) => view! { <Notice tone=Tone::Note title="Too long">{why}</Notice> }.into_any(),
    };
    let tabs = View::ALL.map(tab).collect_view();
    let source = one.restored_from.clone();
    let tags = revision.tags.clone();
    let why = match (is_current, restores, writes) {
        (true, _, _) => Some("The entry says this now."),
        (false, false, true) => Some("In this project, administrators change what is published."),
        _ => None,
    };
    view! {
        <header class="history-head">
            <div class="history-title-line">
                <h2 dir="auto">{one.title.clone()}</h2>
                {(restores && !is_current).then(|| view! {
                    <Button kind="button" variant=Variant::Primary opens="restore-revision">"Restore"</Button>
                })}
            </div>
            <p class="history-about soft small">
                {name(&one)} " · " <span dir="auto">{author(&one)}</span> " · " <Moment at=one.created_at/> " · "
                <Lines added=one.lines_added removed=one.lines_removed/>
                {one.version.as_ref().map(|version| view! { " · " <span class="mono">{versions::label(version)}</span> })}
            </p>
            {source.map(|source| {
                let what = source.marker.label.unwrap_or_else(|| source.reason.label().to_owned());
                view! {
                    <p class="soft small">
                        "Taken up again from " <span dir="auto">{format!("“{what}”")}</span> ", " <Moment at=source.created_at/> "."
                    </p>
                }
            })}
            {(!tags.is_empty()).then(|| view! {
                <p class="cluster">
                    {tags.into_iter().map(|tag| view! { <TagWord name=tag.name/> }).collect_view()}
                </p>
            })}
            {why.map(|why| view! { <p class="soft small">{why}</p> })}
        </header>
        {(restores && !is_current).then(|| view! {
            <RestoreDialog
                project=project.id.to_string()
                present=entry.version.clone()
                lock_version=entry.lock_version
                is_public
                revision=revision.clone()
                action=changes.restore
            />
        })}
        {writes.then(|| view! { <MarkForm project=project.id.clone() one=one.clone() action=changes.mark/> })}
        <TabNav label="View">{tabs}</TabNav>
        {view}
    }
}

#[component]
fn RestoreDialog(
    project: String,
    present: Option<String>,
    lock_version: i64,
    is_public: bool,
    revision: Revision,
    action: ServerAction<RestoreRevision>,
) -> impl IntoView {
    let failure = failure_of(action);
    let open = RwSignal::new(false);
    // A plain form comes back with the error; the dialog that shows it must be open then.
    Effect::new(move |_| {
        if failure.with(Option::is_some) {
            open.set(true);
        }
    });
    let message = Signal::derive(move || {
        failure.with(|error| match error {
            Some(Error::EditedElsewhere { .. }) => Some(
                "Somebody changed the entry meanwhile. Load the page again and look at what it says now.".to_owned(),
            ),
            Some(error @ Error::VersionTaken { .. }) => {
                Some(format!("{error} Keep the version that the entry has now, or give the other entry another one."))
            }
            Some(error) => Some(error.to_string()),
            None => None,
        })
    });
    let one = revision.summary;
    let shown = |version: &Option<String>| version.as_deref().map_or("no version".to_owned(), versions::label);
    let differs = one.version != present;
    let (then, now) = (shown(&one.version), shown(&present));
    view! {
        // Where no script opens the dialog, and where it was closed again.
        {move || message.get().filter(|_| !open.get()).map(|text| view! {
            <Notice tone=Tone::Warn title="Nothing was restored">{text}</Notice>
        })}
        <Dialog id="restore-revision" open=open title="Restore this version?">
            <ActionForm action=action attr:class="stack">
                <FormError message=message/>
                <input type="hidden" name="project" value=project/>
                <input type="hidden" name="entry" value=one.entry_id.to_string()/>
                <input type="hidden" name="revision" value=one.id.to_string()/>
                <input type="hidden" name="lock_version" value=lock_version.to_string()/>
                <p>
                    "The entry gets title, text and tags of “" <span dir="auto">{one.title.clone()}</span> "”"
                    {differs.then(|| format!(", and {then} instead of {now}"))} ". Tags that were deleted since stay away."
                </p>
                <p>
                    {if is_public { "Readers see it at once. " } else { "Readers see nothing of it yet. " }}
                    "What the entry says now stays in the history."
                </p>
                {differs.then(|| view! {
                    <Checkbox label=format!("Keep the present version ({now})") name="without_version"/>
                })}
                <DialogActions>
                    <Button variant=Variant::Primary kind="submit" busy=action.pending()>"Restore"</Button>
                </DialogActions>
            </ActionForm>
        </Dialog>
    }
}
