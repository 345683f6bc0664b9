//! One person: who they are, and what can be done about them.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use model::people::{Person, Preserved};
use model::users::User;
use model::{Error, Role, UserId};
use ui::{
    Button, ButtonLink, Confirm, Crumb, Dialog, DialogActions, Field, ForbiddenState, FormError, Notice, PageHeader,
    Radios, Section, SkeletonRows, Tone, Variant, use_toasts,
};

use super::list::{places, second_factor, state_mark, ways};
use super::{
    DeletePerson, DisablePerson, EnablePerson, EndPersonSessions, OnePerson, PATH, ResetSecondFactor,
    SendPasswordReset, UpdatePerson, get_person, roles,
};
use crate::account::Me;
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::params::id_param;
use crate::pending::{Pending, later};

/// What can be done here.
#[derive(Clone, Copy)]
struct Changes {
    update: ServerAction<UpdatePerson>,
    disable: ServerAction<DisablePerson>,
    enable: ServerAction<EnablePerson>,
    end: ServerAction<EndPersonSessions>,
    factor: ServerAction<ResetSecondFactor>,
    letter: ServerAction<SendPasswordReset>,
    delete: ServerAction<DeletePerson>,
}

#[component]
pub fn PersonPage() -> impl IntoView {
    let user = id_param::<UserId>("user");
    if expect_context::<Me>().role != Role::Admin {
        return view! {
            <Title text="People · Tidings"/>
            <div class="page page-narrow">
                <PageHeader title="People"/>
                <ForbiddenState
                    title="This page is for administrators."
                    help="Ask an administrator of this instance for the role Administrator."
                />
            </div>
        }
        .into_any();
    }
    let changes = Changes {
        update: ServerAction::new(),
        disable: ServerAction::new(),
        enable: ServerAction::new(),
        end: ServerAction::new(),
        factor: ServerAction::new(),
        letter: ServerAction::new(),
        delete: ServerAction::new(),
    };
    let done = report(changes);
    let data = Resource::new(move || (user.get(), done.get()), |(user, _)| async move { get_person(user?).await });
    view! {
        <div class="page page-narrow">
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match data.await {
                        Ok(found) => view! { <PersonView found changes/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! {
                                <Failure error what="The person could not be loaded." on_retry=retry/>
                                <p><ButtonLink href=PATH>"All people"</ButtonLink></p>
                            }
                            .into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
    .into_any()
}

/// Says what was done, and counts it: a form that failed keeps what was typed.
fn report(changes: Changes) -> RwSignal<u32> {
    let Changes { update, disable, enable, end, factor, letter, delete: _ } = changes;
    let done = RwSignal::new(0_u32);
    let toasts = use_toasts();
    let follow = move |value: Signal<Option<bool>>, text: &'static str| {
        Effect::new(move || {
            if value.get() == Some(true) {
                done.update(|count| *count += 1);
                toasts.say(text);
            }
        });
    };
    follow(succeeded(update.value()), "Saved.");
    follow(succeeded(disable.value()), "Account disabled.");
    follow(succeeded(enable.value()), "Account enabled.");
    follow(succeeded(end.value()), "Sign-ins ended.");
    follow(succeeded(factor.value()), "Second factor taken away.");
    follow(succeeded(letter.value()), "Letter on its way.");
    done
}

/// Whether the last run of an action went well; a signal that changes with every run.
fn succeeded(value: impl Get<Value = Option<model::Result<()>>> + Send + Sync + 'static) -> Signal<Option<bool>> {
    Signal::derive(move || value.get().map(|result| result.is_ok()))
}

#[component]
fn PersonView(found: OnePerson, changes: Changes) -> impl IntoView {
    let OnePerson { person, traces, resets } = found;
    let is_me = expect_context::<Me>().id == person.user.id;
    let name = person.user.display_name().to_owned();
    let user = person.user.clone();
    let crumbs =
        vec![Crumb::link("Administration", "/dashboard/admin"), Crumb::link("People", PATH), Crumb::here(name.clone())];
    view! {
        <Title text=format!("{name} · People · Tidings")/>
        <PageHeader title=name crumbs=crumbs/>
        <Facts person=person.clone()/>
        {is_me.then(|| view! {
            <Notice tone=Tone::Note title="This is you">
                "Your role and your account are changed by another administrator. Name, password and devices are in "
                <a href="/dashboard/account">"your account"</a> "."
            </Notice>
        })}
        <EditForm user=user.clone() is_me update=changes.update/>
        <Sessions person=person.clone() is_me end=changes.end/>
        {(!is_me && person.has_factors()).then(|| view! { <Factors person=person.clone() reset=changes.factor/> })}
        {(!is_me && resets && user.disabled_at.is_none()).then(|| view! {
            <Letter person=person.clone() send=changes.letter/>
        })}
        {(!is_me).then(|| view! {
            <Access user=user.clone() disable=changes.disable enable=changes.enable/>
            <Deletion user traces delete=changes.delete/>
        })}
    }
}

/// Who the person is, in a few lines.
#[component]
fn Facts(person: Person) -> impl IntoView {
    let (ways, second) = (ways(&person), second_factor(&person));
    let Person { user, open_sessions, .. } = person;
    let mark = state_mark(user.disabled_at.is_some());
    view! {
        <dl class="facts">
            <div><dt>"State"</dt><dd>{mark}</dd></div>
            <div><dt>"E-mail"</dt><dd dir="ltr">{user.email}</dd></div>
            <div><dt>"Role"</dt><dd>{user.role.label()}</dd></div>
            <div><dt>"Account"</dt><dd>"since " <Moment at=user.created_at/></dd></div>
            <div>
                <dt>"Last sign-in"</dt>
                <dd>
                    {match user.last_login_at {
                        Some(at) => view! { <Moment at/> }.into_any(),
                        None => "never".into_any(),
                    }}
                </dd>
            </div>
            <div><dt>"Sign-in by"</dt><dd>{ways}</dd></div>
            <div><dt>"Second step"</dt><dd>{second}</dd></div>
            <div><dt>"Signed in"</dt><dd>{places(open_sessions)}</dd></div>
        </dl>
    }
}

#[component]
fn EditForm(user: User, is_me: bool, update: ServerAction<UpdatePerson>) -> impl IntoView {
    let failure = failure_of(update);
    view! {
        <Section title="Name and role" text="Another role ends the person's sign-ins, so that it counts everywhere at once.">
            <ActionForm action=update attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="user" value=user.id.to_string()/>
                <Field
                    label="Name"
                    name="name"
                    value=user.name.unwrap_or_default()
                    required=true
                    minlength=2
                    maxlength=100
                    autocomplete="off"
                    error=field_error(failure, "name")
                />
                {(!is_me).then(|| view! {
                    <Radios
                        legend="Role"
                        name="role"
                        value=user.role.as_str().to_owned()
                        options=roles()
                        error=field_error(failure, "role")
                    />
                })}
                <div><Button variant=Variant::Primary busy=update.pending()>"Save"</Button></div>
            </ActionForm>
        </Section>
    }
}

/// The hidden field that every form here sends.
#[component]
fn Who(id: UserId) -> impl IntoView {
    view! { <input type="hidden" name="user" value=id.to_string()/> }
}

/// A dialog that is open while something went wrong with its form, and closes when it went well.
fn follow_failure(
    failure: Signal<Option<Error>>,
    done: impl Get<Value = Option<model::Result<()>>> + Send + Sync + 'static,
) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move || {
        if failure.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move || {
        if matches!(done.get(), Some(Ok(()))) {
            open.set(false);
        }
    });
    open
}

#[component]
fn Sessions(person: Person, is_me: bool, end: ServerAction<EndPersonSessions>) -> impl IntoView {
    let failure = failure_of(end);
    let open = follow_failure(failure, end.value());
    let name = person.user.display_name().to_owned();
    let what = if is_me {
        "You are signed out everywhere but here."
    } else {
        "The person is signed out everywhere at once, in browsers and on command lines. They can sign in again."
    };
    let text = format!("At present {}.", places(person.open_sessions));
    view! {
        <Section title="Sign-ins" text=text>
            {(person.open_sessions > 0).then(|| view! {
                <div><Button kind="button" variant=Variant::Quiet opens="end-sessions">"End sign-ins"</Button></div>
                <Dialog id="end-sessions" open=open title=format!("End the sign-ins of {name}?")>
                    <ActionForm action=end attr:class="stack">
                        <FormError message=form_error(failure)/>
                        <Who id=person.user.id/>
                        <p>{what}</p>
                        <DialogActions>
                            <Button variant=Variant::Danger kind="submit" busy=end.pending()>"End sign-ins"</Button>
                        </DialogActions>
                    </ActionForm>
                </Dialog>
            })}
        </Section>
    }
}

/// For somebody who lost the device they confirm their sign-ins with.
#[component]
fn Factors(person: Person, reset: ServerAction<ResetSecondFactor>) -> impl IntoView {
    let failure = failure_of(reset);
    let open = follow_failure(failure, reset.value());
    let name = person.user.display_name().to_owned();
    let left = match (person.has_password, person.connections > 0) {
        (true, _) => "They can sign in with their password alone, until they set up a second factor again.",
        (false, true) => "They can sign in with their provider, until they set up a second factor again.",
        (false, false) => "They have no password: they cannot sign in until they have set one by mail.",
    };
    view! {
        <Section title="Second factor" text="For somebody who lost their device and cannot get in.">
            <div><Button kind="button" variant=Variant::Danger opens="reset-factor">"Reset second factor"</Button></div>
            <Dialog id="reset-factor" open=open title=format!("Reset the second factor of {name}?")>
                <ActionForm action=reset attr:class="stack">
                    <FormError message=form_error(failure)/>
                    <Who id=person.user.id/>
                    <p>
                        "All their passkeys, their authenticator app and their recovery codes are taken away, and they are \
                         signed out everywhere. "
                        {left}
                    </p>
                    <p>"Make sure that it is them who asks: whoever knows the password gets in afterwards."</p>
                    <DialogActions>
                        <Button variant=Variant::Danger kind="submit" busy=reset.pending()>"Reset second factor"</Button>
                    </DialogActions>
                </ActionForm>
            </Dialog>
        </Section>
    }
}

/// For somebody who forgot the password.
#[component]
fn Letter(person: Person, send: ServerAction<SendPasswordReset>) -> impl IntoView {
    let failure = failure_of(send);
    let text = if person.has_password {
        "Mails the person a link to a new password. It works once, for 60 minutes."
    } else {
        "The person has no password. The letter tells how they sign in."
    };
    view! {
        <Section title="Password" text=text.to_owned()>
            <FormError message=form_error(failure)/>
            <ActionForm action=send>
                <Who id=person.user.id/>
                <Button variant=Variant::Quiet kind="submit" busy=send.pending()>"Send letter"</Button>
            </ActionForm>
        </Section>
    }
}

#[component]
fn Access(user: User, disable: ServerAction<DisablePerson>, enable: ServerAction<EnablePerson>) -> impl IntoView {
    let (failure, back_failure) = (failure_of(disable), failure_of(enable));
    let open = follow_failure(failure, disable.value());
    let name = user.display_name().to_owned();
    if user.disabled_at.is_some() {
        return view! {
            <Section title="Disabled" text="The person cannot sign in, and their API keys do not work.">
                <FormError message=form_error(back_failure)/>
                <ActionForm action=enable>
                    <Who id=user.id/>
                    <Button variant=Variant::Primary kind="submit" busy=enable.pending()>"Enable account"</Button>
                </ActionForm>
            </Section>
        }
        .into_any();
    }
    view! {
        <Section title="Disable" text="Locks the person out and keeps everything, for as long as you like.">
            <div><Button kind="button" variant=Variant::Danger opens="disable-person">"Disable account"</Button></div>
            <Dialog id="disable-person" open=open title=format!("Disable the account of {name}?")>
                <ActionForm action=disable attr:class="stack">
                    <FormError message=form_error(failure)/>
                    <Who id=user.id/>
                    <p>"They are signed out at once, cannot sign in, and their API keys stop working. Nothing is deleted."</p>
                    <DialogActions>
                        <Button variant=Variant::Danger kind="submit" busy=disable.pending()>"Disable account"</Button>
                    </DialogActions>
                </ActionForm>
            </Dialog>
        </Section>
    }
    .into_any()
}

#[component]
fn Deletion(user: User, traces: Preserved, delete: ServerAction<DeletePerson>) -> impl IntoView {
    let failure = failure_of(delete);
    let open = RwSignal::new(false);
    Effect::new(move || {
        if failure.with(Option::is_some) {
            open.set(true);
        }
    });
    let general = Signal::derive(move || {
        failure.get().filter(|error| !matches!(error, Error::Invalid { .. })).map(|error| error.to_string())
    });
    let (ends, stays) = consequences(&traces);
    view! {
        <Section title="Delete" text="The account goes for good. What the person did stays, with their name.">
            <div><Button kind="button" variant=Variant::Danger opens="delete-person">"Delete account"</Button></div>
            <Dialog id="delete-person" open=open title=format!("Delete the account of {}?", user.display_name())>
                <ActionForm action=delete>
                    <FormError message=general/>
                    <Who id=user.id/>
                    <Confirm
                        verb="Delete account"
                        phrase=user.email
                        busy=delete.pending()
                        error=field_error(failure, "confirmation")
                    >
                        <p>{ends}</p>
                        <p>{stays}</p>
                        <p>"This cannot be undone. To lock somebody out for a while, disable the account instead."</p>
                    </Confirm>
                </ActionForm>
            </Dialog>
        </Section>
    }
}

/// What a deletion ends, and what it keeps, in a sentence each.
fn consequences(traces: &Preserved) -> (String, String) {
    let counted = |count: i64, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    let mut ends = "They are signed out at once.".to_owned();
    if traces.api_keys > 0 {
        ends += &format!(" {} stop working.", counted(traces.api_keys, "API key of theirs", "API keys of theirs"));
    }
    if traces.invitations > 0 {
        let what = counted(traces.invitations, "open invitation of theirs", "open invitations of theirs");
        ends += &format!(" {what} will be withdrawn.");
    }
    let entries = counted(traces.entries, "entry", "entries");
    let requests = counted(traces.change_requests, "request", "requests");
    let records = counted(traces.audit_logs, "record of the audit log", "records of the audit log");
    (ends, format!("{entries}, {requests} and {records} stay and still name the person."))
}

#[cfg(test)]
mod tests {
    use model::people::Preserved;

    use super::consequences;

    #[test]
    fn a_deletion_says_what_ends_and_what_stays() {
        let (ends, stays) = consequences(&Preserved::default());
        assert_eq!(ends, "They are signed out at once.");
        assert_eq!(stays, "0 entries, 0 requests and 0 records of the audit log stay and still name the person.");
        let traces = Preserved { audit_logs: 1, change_requests: 1, api_keys: 2, invitations: 1, entries: 1 };
        let (ends, stays) = consequences(&traces);
        assert!(ends.contains("2 API keys of theirs stop working") && ends.contains("1 open invitation of theirs"));
        assert!(stays.starts_with("1 entry, 1 request and 1 record of the audit log"));
    }
}
