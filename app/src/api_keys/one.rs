//! One key: what it is, and what can be done with it.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use model::api_keys::{ApiKey, ListedKey, MAX_NAME, State, summary};
use model::{ApiKeyId, Error, ProjectId, Role};
use ui::{
    Button, ButtonLink, Dialog, DialogActions, Field, FormError, PageHeader, Section, SkeletonRows, Variant, use_toasts,
};

use super::fields::{KeyFields, ShownToAdministrators};
use super::list::state_mark;
use super::made::Made;
use super::{
    DeleteApiKey, KeyLine, NotForYou, OneKey, RenameApiKey, RevokeApiKey, RotateApiKey, ShownKey, UpdateApiKey, crumbs,
    document_title, get_api_key, keys_path, manages, ring_param,
};
use crate::account::Me;
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::params::id_param;
use crate::pending::{Pending, later};

/// What can be done here.
#[derive(Clone, Copy)]
struct Changes {
    update: ServerAction<UpdateApiKey>,
    rename: ServerAction<RenameApiKey>,
    rotate: ServerAction<RotateApiKey>,
    revoke: ServerAction<RevokeApiKey>,
    delete: ServerAction<DeleteApiKey>,
}

#[component]
pub fn KeyPage() -> impl IntoView {
    let ring = ring_param();
    let key = id_param::<ApiKeyId>("key");
    let role = expect_context::<Me>().role;
    let of_project = !matches!(ring.get_untracked(), Ok(None));
    if !manages(role, of_project) {
        return view! {
            <Title text=document_title("API key", None)/>
            <div class="page page-narrow">
                <PageHeader title="API key"/>
                <NotForYou of_project/>
            </div>
        }
        .into_any();
    }
    let changes = Changes {
        update: ServerAction::new(),
        rename: ServerAction::new(),
        rotate: ServerAction::new(),
        revoke: ServerAction::new(),
        delete: ServerAction::new(),
    };
    let done = report(changes);
    let carried = carried_over(key);
    let data = Resource::new(
        move || (ring.get(), key.get(), done.get()),
        |(ring, key, _)| async move { get_api_key(ring?, key?).await },
    );
    view! {
        <div class="page page-narrow">
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || {
                    let carried = carried.clone();
                    later(async move {
                        match data.await {
                            Ok(found) => view! { <KeyView found changes carried/> }.into_any(),
                            Err(error) => {
                                let retry = move |()| data.refetch();
                                let back = keys_path(ring.get_untracked().ok().flatten().as_ref(), "");
                                view! {
                                    <Failure error what="The API key could not be loaded." on_retry=retry/>
                                    <p><ButtonLink href=back>"All keys"</ButtonLink></p>
                                }
                                .into_any()
                            }
                        }
                    })
                }}
            </Pending>
        </div>
    }
    .into_any()
}

/// Says what was done, and counts it: a form that failed keeps what was typed.
fn report(changes: Changes) -> RwSignal<u32> {
    let Changes { update, rename, rotate, revoke, delete: _ } = changes;
    let done = RwSignal::new(0_u32);
    let toasts = use_toasts();
    let count = move |text: Option<&'static str>| {
        done.update(|count| *count += 1);
        if let Some(text) = text {
            toasts.say(text);
        }
    };
    Effect::new(move || {
        if matches!(update.value().get(), Some(Ok(_))) {
            count(Some("Key saved."));
        }
    });
    Effect::new(move || {
        if matches!(rename.value().get(), Some(Ok(_))) {
            count(Some("Name saved."));
        }
    });
    Effect::new(move || {
        if matches!(revoke.value().get(), Some(Ok(_))) {
            count(Some("Key revoked."));
        }
    });
    Effect::new(move || {
        if rotate.value().with(|value| matches!(value, Some(Ok(_)))) {
            count(None);
        }
    });
    done
}

/// The key in clear that a plain form was just answered with; with scripts there is none.
fn carried_over(key: Memo<model::Result<ApiKeyId>>) -> Option<String> {
    SharedValue::new(move || {
        #[cfg(feature = "ssr")]
        return key.get_untracked().ok().and_then(|key| super::carried_over(&key));
        #[cfg(not(feature = "ssr"))]
        {
            let _ = key;
            None::<String>
        }
    })
    .into_inner()
}

/// The hidden fields that every form here sends.
#[component]
fn Which(project: Option<ProjectId>, key: ApiKeyId) -> impl IntoView {
    view! {
        {project.map(|project| view! { <input type="hidden" name="project" value=project.to_string()/> })}
        <input type="hidden" name="key" value=key.to_string()/>
    }
}

#[component]
fn KeyView(found: OneKey, changes: Changes, carried: Option<String>) -> impl IntoView {
    let OneKey { project, line: KeyLine { listed, state }, base_url } = found;
    let id = project.as_ref().map(|project| project.id.clone());
    let key = listed.key.clone();
    let own = expect_context::<Me>().id == key.user_id;
    let is_revoked = key.revoked_at.is_some();
    let rotates = own && state == State::Active;
    let deletes = project.is_some() || is_revoked;
    let title = key.name.clone();
    let name = key.name.clone();
    // Of the last answer with a key in clear: the one to a plain form, or the one to a click here.
    let shown = move || {
        let replaced = changes.rotate.value().get().and_then(Result::ok).map(|ShownKey { secret, .. }| secret);
        replaced.map(|secret| ("Key replaced", secret)).or_else(|| carried.clone().map(|secret| ("The key", secret)))
    };
    view! {
        <Title text=document_title(&title, project.as_ref())/>
        <PageHeader title=title crumbs=crumbs(project.as_ref(), Some(key.name.clone()))/>
        {move || shown().map(|(title, secret)| {
            let text = format!("\u{201c}{name}\u{201d} works from now on.");
            view! { <Made title text secret base_url=base_url.clone()/> }
        })}
        <Facts listed=listed.clone() state/>
        {if is_revoked {
            view! { <RenameForm key=key.clone() project=id.clone() rename=changes.rename/> }.into_any()
        } else {
            view! { <EditForm key=key.clone() project=id.clone() update=changes.update/> }.into_any()
        }}
        {rotates.then(|| view! { <Replace key=key.clone() project=id.clone() rotate=changes.rotate/> })}
        {(!is_revoked).then(|| view! { <Revoke listed=listed.clone() project=id.clone() revoke=changes.revoke/> })}
        {deletes.then(|| view! { <Delete key=key.clone() project=id.clone() delete=changes.delete is_active=state == State::Active/> })}
    }
}

/// What the key is, in a few lines.
#[component]
fn Facts(listed: ListedKey, state: State) -> impl IntoView {
    let own = expect_context::<Me>().id == listed.key.user_id;
    let owner = if own {
        format!("you ({})", Role::label(listed.owner_role))
    } else {
        format!("{}, {} ({})", listed.owner(), listed.owner_email, Role::label(listed.owner_role))
    };
    let key = listed.key;
    let made_by_other = key.created_by_id.as_ref().is_some_and(|creator| *creator != key.user_id);
    let creator = listed.creator.filter(|_| made_by_other);
    let mark = state_mark(&key, state);
    view! {
        <dl class="facts">
            <div><dt>"State"</dt><dd>{mark}</dd></div>
            <div><dt>"Key"</dt><dd><code dir="ltr">{key.shown()}</code></dd></div>
            <div><dt>"Acts as"</dt><dd>{owner}</dd></div>
            <div><dt>"Works in"</dt><dd dir="auto">{listed.project_name.unwrap_or_else(|| "all projects".to_owned())}</dd></div>
            <div><dt>"May do"</dt><dd>{summary(&key.scopes)}</dd></div>
            <div>
                <dt>"Created"</dt>
                <dd><Moment at=key.created_at/>{creator.map(|creator| format!(" by {creator}"))}</dd>
            </div>
            <div>
                <dt>"Last used"</dt>
                <dd>
                    {match key.last_used_at {
                        Some(at) => view! {
                            <Moment at/>
                            {key.last_used_ip.map(|ip| view! { " from " <code dir="ltr">{ip}</code> })}
                        }
                        .into_any(),
                        None => "never".into_any(),
                    }}
                </dd>
            </div>
        </dl>
    }
}

#[component]
fn EditForm(key: ApiKey, project: Option<ProjectId>, update: ServerAction<UpdateApiKey>) -> impl IntoView {
    let failure = failure_of(update);
    let of_project = key.project_id.is_some();
    let is_global = key.is_global;
    view! {
        <Section title="Name, scopes and end" text="Changes hold from the next request on.">
            <ActionForm action=update attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <Which project key=key.id.clone()/>
                <KeyFields failure key=key/>
                {of_project.then(|| view! { <ShownToAdministrators checked=is_global/> })}
                <div><Button variant=Variant::Primary busy=update.pending()>"Save key"</Button></div>
            </ActionForm>
        </Section>
    }
}

#[component]
fn RenameForm(key: ApiKey, project: Option<ProjectId>, rename: ServerAction<RenameApiKey>) -> impl IntoView {
    let failure = failure_of(rename);
    view! {
        <Section title="Name" text="The key is revoked for good; nothing else of it can be changed.">
            <ActionForm action=rename attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <Which project key=key.id/>
                <Field
                    label="Name"
                    name="name"
                    value=key.name
                    required=true
                    maxlength=MAX_NAME as u32
                    error=field_error(failure, "name")
                />
                <div><Button variant=Variant::Primary busy=rename.pending()>"Save name"</Button></div>
            </ActionForm>
        </Section>
    }
}

/// A dialog that is open while the form in it failed, and closed once it was done.
fn dialog_of(failure: Signal<Option<Error>>, done: impl Fn() -> bool + Send + Sync + 'static) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move || {
        if failure.with(Option::is_some) {
            open.set(true);
        } else if done() {
            open.set(false);
        }
    });
    open
}

#[component]
fn Replace(key: ApiKey, project: Option<ProjectId>, rotate: ServerAction<RotateApiKey>) -> impl IntoView {
    let failure = failure_of(rotate);
    let open = dialog_of(failure, move || rotate.value().with(|value| matches!(value, Some(Ok(_)))));
    view! {
        <Section title="Replace the key" text="A new key with the same name, scopes and end. The old one stops at once.">
            <div><Button kind="button" opens="replace-key">"Replace key"</Button></div>
            <Dialog id="replace-key" open=open title=format!("Replace \u{201c}{}\u{201d}?", key.name)>
                <ActionForm action=rotate attr:class="stack">
                    <FormError message=form_error(failure)/>
                    <Which project key=key.id.clone()/>
                    <p>"Whatever uses " <code dir="ltr">{key.shown()}</code> " is refused from this moment on, until it has the new key."</p>
                    <DialogActions>
                        <Button variant=Variant::Primary kind="submit" busy=rotate.pending()>"Replace key"</Button>
                    </DialogActions>
                </ActionForm>
            </Dialog>
        </Section>
    }
}

#[component]
fn Revoke(listed: ListedKey, project: Option<ProjectId>, revoke: ServerAction<RevokeApiKey>) -> impl IntoView {
    let failure = failure_of(revoke);
    let open = dialog_of(failure, move || matches!(revoke.value().get(), Some(Ok(_))));
    let owner = listed.owner().to_owned();
    let key = listed.key;
    view! {
        <Section title="Revoke" text="Ends the key at once and for good. Its record stays, so that you can see when it was used.">
            <div><Button variant=Variant::Danger kind="button" opens="revoke-key">"Revoke key"</Button></div>
            <Dialog id="revoke-key" open=open title=format!("Revoke \u{201c}{}\u{201d}?", key.name)>
                <ActionForm action=revoke attr:class="stack">
                    <FormError message=form_error(failure)/>
                    <Which project key=key.id.clone()/>
                    <p>
                        "Whatever uses " <code dir="ltr">{key.shown()}</code> " in the name of " <bdi>{owner}</bdi>
                        " is refused from this moment on. This cannot be undone."
                    </p>
                    <DialogActions>
                        <Button variant=Variant::Danger kind="submit" busy=revoke.pending()>"Revoke key"</Button>
                    </DialogActions>
                </ActionForm>
            </Dialog>
        </Section>
    }
}

#[component]
fn Delete(
    key: ApiKey,
    project: Option<ProjectId>,
    delete: ServerAction<DeleteApiKey>,
    is_active: bool,
) -> impl IntoView {
    let failure = failure_of(delete);
    let open = dialog_of(failure, || false);
    let what = if is_active {
        "It stops working at once, and its record goes, too. This cannot be undone."
    } else {
        "It does not work any more; its record goes, too. This cannot be undone."
    };
    view! {
        <Section title="Delete" text="Takes the key off the list. What it did stays in the audit log.">
            <div><Button variant=Variant::Danger kind="button" opens="delete-key">"Delete key"</Button></div>
            <Dialog id="delete-key" open=open title=format!("Delete \u{201c}{}\u{201d}?", key.name)>
                <ActionForm action=delete attr:class="stack">
                    <FormError message=form_error(failure)/>
                    <Which project key=key.id/>
                    <p>{what}</p>
                    <DialogActions>
                        <Button variant=Variant::Danger kind="submit" busy=delete.pending()>"Delete key"</Button>
                    </DialogActions>
                </ActionForm>
            </Dialog>
        </Section>
    }
}
