//! One request: what it is about, what was said, and the decision.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use model::requests::{Comment, EntryText, MAX_COMMENT, RequestKind, RequestLine, RequestStatus, Review};
use model::{Error, ProjectId, RequestId, versions};
use ui::{
    Button, ButtonLink, Confirm, Crumb, Dialog, FormError, Notice, PageHeader, Section, SkeletonRows, TagWord,
    TextArea, Tone, Variant, use_toasts,
};

use super::list::State;
use super::{AnswerRequest, ApproveRequest, Names, RequestsChanged, ReviewView, get_request, may_decide};
use crate::account::Me;
use crate::dates::Moment;
use crate::entries::{Compare, Snapshot};
use crate::failure::{Failure, failure_of, field_error, form_error};
use crate::params::{id_param, project_path};
use crate::pending::{Pending, later};

/// What can be done on this page. The actions outlive what they change.
#[derive(Clone, Copy)]
struct Deeds {
    answer: ServerAction<AnswerRequest>,
    approve: ServerAction<ApproveRequest>,
    /// What is typed, which goes with whichever button is pressed.
    feedback: RwSignal<String>,
    /// What went wrong last.
    failure: RwSignal<Option<Error>>,
}

impl Deeds {
    fn new(refetch: impl Fn() + Copy + 'static) -> Self {
        let this = Self {
            answer: ServerAction::new(),
            approve: ServerAction::new(),
            feedback: RwSignal::new(String::new()),
            failure: RwSignal::new(None),
        };
        let toasts = use_toasts();
        let changed = use_context::<RequestsChanged>();
        let done = move |words: &str| {
            this.failure.set(None);
            this.feedback.set(String::new());
            toasts.say(words);
            if let Some(RequestsChanged(changed)) = changed {
                changed.update(|count| *count += 1);
            }
            refetch();
        };
        Effect::new(move || match this.answer.value().get() {
            Some(Ok(verb)) => done(match verb.as_str() {
                "approve" => "Approved.",
                "reject" => "Rejected. Everything stays as it is.",
                "request_changes" => "Changes requested.",
                "withdraw" => "The request is taken back.",
                "ask_again" => "An administrator has been asked again.",
                _ => "Comment added.",
            }),
            Some(Err(error)) => this.failure.set(Some(error)),
            None => {}
        });
        Effect::new(move || match this.approve.value().get() {
            Some(Ok(_)) => done("Approved."),
            Some(Err(error)) => this.failure.set(Some(error)),
            None => {}
        });
        this
    }

    /// Also what a plain form came back with.
    fn told(self) -> Signal<Option<Error>> {
        let (answer, approve) = (failure_of(self.answer), failure_of(self.approve));
        Signal::derive(move || self.failure.get().or_else(|| answer.get()).or_else(|| approve.get()))
    }
}

#[component]
pub fn RequestPage() -> impl IntoView {
    let id = id_param::<RequestId>("request");
    let data = Resource::new(move || id.get(), |id| async move { get_request(id?).await });
    let deeds = Deeds::new(move || data.refetch());
    let told = deeds.told();
    view! {
        <div class="page page-narrow">
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match data.await {
                        Ok(shown) => view! { <RequestView shown deeds told/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The request could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn RequestView(shown: ReviewView, deeds: Deeds, told: Signal<Option<Error>>) -> impl IntoView {
    let me = expect_context::<Me>();
    let ReviewView { review, html, goes_live } = shown;
    let Review { line, comments, entry, before, proposal, is_stale, entries, projects } = review;
    let title = format!("{}: {}", line.kind.label(), line.target_name);
    let crumbs = vec![Crumb::link("Requests", "/dashboard/requests"), Crumb::here(title.clone())];
    let lock_version = before.as_ref().and(entry.as_ref()).map(|entry| entry.lock_version);
    let now = entry.as_ref().map(EntryText::of);
    let decides = may_decide(&me) && line.status.is_waiting();
    let is_mine = line.staff_id.as_ref() == Some(&me.id);
    let talks = may_decide(&me) || is_mine;
    let heading = title.clone();
    let wanted = line.feedback.clone().filter(|_| line.status == RequestStatus::ChangesRequested);
    view! {
        <Title text=format!("{title} · Tidings")/>
        <PageHeader title=heading crumbs/>
        <div class="stack stack-wide request-page">
            <FormError message=form_error(told)/>
            <Facts line=line.clone() goes_live/>
            {wanted.map(|feedback| view! {
                <Notice tone=Tone::Warn title="Changes requested">
                    <p class="request-words" dir="auto">{feedback}</p>
                </Notice>
            })}
            {line.kind.deletes().then(|| view! { <Consequences line=line.clone() entries projects/> })}
            {is_stale.then(|| view! { <Stale is_mine/> })}
            {before.clone().zip(now.clone()).map(|(before, now)| view! { <Changes before now/> })}
            {proposal.clone().zip(now.clone()).filter(|_| line.status.is_open()).map(|(proposed, now)| view! {
                <Proposed now proposed/>
            })}
            {match proposal {
                Some(proposed) => Some(view! { <Preview line=line.clone() now=proposed html/> }),
                None => now.filter(|_| line.status.is_open()).map(|now| view! { <Preview line=line.clone() now html/> }),
            }}
            <Talk comments me=me.clone()/>
            {line.project_id.clone().filter(|_| talks).map(|project| view! {
                <Answers line=line.clone() project deeds told decides is_mine lock_version/>
            })}
        </div>
    }
}

#[component]
fn Facts(line: RequestLine, goes_live: Option<String>) -> impl IntoView {
    let moment = match line.kind {
        RequestKind::AllowSchedule => "Goes live",
        _ => "Date",
    };
    view! {
        <dl class="request-facts">
            <div><dt>"State"</dt><dd><State status=line.status/></dd></div>
            <div>
                <dt>"Asked by"</dt>
                <dd><bdi>{line.asked_by.clone().unwrap_or_else(|| "Somebody who is gone".to_owned())}</bdi> ", " <Moment at=line.asked_at()/></dd>
            </div>
            <div><dt>"Project"</dt><dd><bdi>{line.project_name.clone()}</bdi></dd></div>
            {goes_live.map(|at| view! { <div><dt>{moment}</dt><dd>{at}</dd></div> })}
            {line.reviewed_at.zip(line.decided_by.clone()).map(|(at, by)| view! {
                <div><dt>"Answered by"</dt><dd><bdi>{by}</bdi> ", " <Moment at/></dd></div>
            })}
        </dl>
    }
}

/// What approving takes away.
#[component]
fn Consequences(line: RequestLine, entries: i64, projects: i64) -> impl IntoView {
    let counted = |count: i64, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    let entries = counted(entries, "entry", "entries");
    let text = match line.kind {
        RequestKind::DeleteTag => {
            format!("{entries} in {} would lose the tag.", counted(projects, "project", "projects"))
        }
        RequestKind::DeleteProject => {
            format!("The project would be deleted with {entries}, its page, feeds and widgets.")
        }
        RequestKind::DeleteAllEntries => format!("{entries} would be deleted, drafts included. The project stays."),
        RequestKind::DeleteAllHistory => {
            "Every kept state of every entry would be deleted. The entries stay.".to_owned()
        }
        _ => "The entry and its text would be deleted.".to_owned(),
    };
    line.status.is_open().then(|| view! { <p>{text}</p> })
}

fn snapshot(text: EntryText) -> Snapshot {
    let EntryText { title, version, tags, content } = text;
    Snapshot { title, version, tags, content }
}

/// What is another text now than the one that somebody asked about.
#[component]
fn Changes(before: EntryText, now: EntryText) -> impl IntoView {
    view! {
        <Section title="Changed since it was asked for" text="Approving publishes the text on the right.">
            <Compare left=snapshot(before) right=snapshot(now) left_name="As asked" right_name="Now"/>
        </Section>
    }
}

/// Why what is proposed cannot be approved.
#[component]
fn Stale(is_mine: bool) -> impl IntoView {
    let text = match is_mine {
        true => "The entry has changed since you proposed this. Propose it again for the text as it is now.",
        false => "The entry has changed since this was proposed. Request changes, so that it is proposed again.",
    };
    view! { <Notice tone=Tone::Warn title="Out of date">{text}</Notice> }
}

/// What the entry says, and what it would say.
#[component]
fn Proposed(now: EntryText, proposed: EntryText) -> impl IntoView {
    view! {
        <Section title="Proposed change" text="Approving gives the entry the text on the right.">
            <Compare left=snapshot(now) right=snapshot(proposed) left_name="Now" right_name="Proposed"/>
        </Section>
    }
}

#[component]
fn Preview(line: RequestLine, now: EntryText, html: String) -> impl IntoView {
    let href = line.project_id.as_ref().zip(line.entry_id.as_ref());
    let href = href.map(|(project, entry)| project_path(project, &format!("/changelog/{entry}")));
    view! {
        <Section title="The entry" text="As readers will see it.">
            <article class="request-preview">
                <h3 dir="auto">{now.title}</h3>
                <p class="cluster">
                    {(!now.version.is_empty()).then(|| view! { <span class="mono">{versions::label(&now.version)}</span> })}
                    {now.tags.into_iter().map(|name| view! { <TagWord name color=None/> }).collect_view()}
                </p>
                <div class="prose" dir="auto" inner_html=html></div>
            </article>
            {href.map(|href| view! { <p><ButtonLink href=href>"Open in the editor"</ButtonLink></p> })}
        </Section>
    }
}

#[component]
fn Talk(comments: Vec<Comment>, me: Me) -> impl IntoView {
    (!comments.is_empty()).then(|| {
        view! {
            <Section title="Comments">
                <ol class="request-talk">
                    {comments
                        .into_iter()
                        .map(|comment| {
                            let by = match (&comment.author_id, comment.author) {
                                (Some(id), _) if *id == me.id => "You".to_owned(),
                                (_, Some(author)) => author,
                                (_, None) => "Somebody who is gone".to_owned(),
                            };
                            view! {
                                <li>
                                    <p class="small soft"><bdi>{by}</bdi> ", " <Moment at=comment.created_at/></p>
                                    <p class="request-words" dir="auto">{comment.body}</p>
                                </li>
                            }
                        })
                        .collect_view()}
                </ol>
            </Section>
        }
    })
}

/// The form. What is typed goes with whichever button is pressed.
#[component]
fn Answers(
    line: RequestLine,
    project: ProjectId,
    deeds: Deeds,
    told: Signal<Option<Error>>,
    decides: bool,
    is_mine: bool,
    /// Of the text that was shown, where it is another one than was asked about.
    lock_version: Option<i64>,
) -> impl IntoView {
    let Deeds { answer, approve, feedback, .. } = deeds;
    let asks_again = is_mine && line.status == RequestStatus::ChangesRequested;
    let withdraws = is_mine && line.status.is_open();
    let (id, kind, name) = (line.id.clone(), line.kind, line.target_name.clone());
    let verb = approve_verb(kind, lock_version.is_some());
    let (title, hint) = match decides {
        true => ("Your answer", "Required to request changes."),
        false => ("Comment", "Whoever asked and the administrators read it."),
    };
    let fix = asks_again.then(|| line.entry_id.clone()).flatten();
    let fix = fix.map(|entry| match kind.proposes() {
        true => super::propose_path(&project, &entry),
        false => project_path(&project, &format!("/changelog/{entry}")),
    });
    let busy = answer.pending();
    let quiet = move |value: &'static str, label: &'static str| {
        view! { <Button variant=Variant::Quiet kind="submit" name="verb" value=value busy=busy>{label}</Button> }
    };
    let primary = move |value: &'static str, label: &'static str| {
        view! { <Button variant=Variant::Primary kind="submit" name="verb" value=value busy=busy>{label}</Button> }
    };
    let (to_project, to_request) = (project.clone(), id.clone());
    view! {
        <Section title=title>
            <ActionForm action=answer attr:class="stack">
                <Names project=to_project request=to_request/>
                {lock_version.map(|version| view! { <input type="hidden" name="lock_version" value=version.to_string()/> })}
                <TextArea
                    label=title
                    hide_label=true
                    name="feedback"
                    bind=feedback
                    rows=3
                    maxlength=MAX_COMMENT as u32
                    hint=hint
                    error=field_error(told, "feedback")
                />
                <div class="cluster">
                    {(decides && !kind.deletes()).then(|| primary("approve", verb))}
                    {(decides && kind.deletes()).then(|| view! {
                        <Button variant=Variant::Danger kind="button" opens="approve-deletion">{verb}</Button>
                    })}
                    {decides.then(|| quiet("request_changes", "Request changes"))}
                    {decides.then(|| quiet("reject", "Reject"))}
                    {asks_again.then(|| primary("ask_again", "Ask again"))}
                    {quiet("comment", "Comment only")}
                    {withdraws.then(|| quiet("withdraw", "Withdraw"))}
                    {fix.map(|href| view! {
                        <ButtonLink href=href>{if kind.proposes() { "Change the proposal" } else { "Change the entry" }}</ButtonLink>
                    })}
                </div>
            </ActionForm>
        </Section>
        {(decides && kind.deletes()).then(|| view! {
            <Dialog id="approve-deletion" open=RwSignal::new(false) title=format!("{verb}?")>
                <ActionForm action=approve>
                    <FormError message=form_error(told)/>
                    <Names project request=id/>
                    <input type="hidden" name="feedback" prop:value=move || feedback.get()/>
                    <Confirm
                        verb=verb
                        phrase=if kind.is_about_project() { name.clone() } else { String::new() }
                        busy=approve.pending()
                        error=field_error(told, "confirmation")
                    >
                        <p>{format!("This is what was asked for: {}.", kind.about(&name))}</p>
                    </Confirm>
                </ActionForm>
            </Dialog>
        })}
    }
}

fn approve_verb(kind: RequestKind, is_changed: bool) -> &'static str {
    match kind {
        RequestKind::AllowPublish if is_changed => "Publish it as it is now",
        RequestKind::AllowPublish => "Approve and publish",
        RequestKind::AllowSchedule if is_changed => "Schedule it as it is now",
        RequestKind::AllowSchedule => "Approve and schedule",
        RequestKind::PublishEdit => "Approve the change",
        RequestKind::DeleteEntry => "Delete entry",
        RequestKind::DeleteTag => "Delete tag",
        RequestKind::DeleteProject => "Delete project",
        RequestKind::DeleteAllEntries => "Delete all entries",
        RequestKind::DeleteAllHistory => "Delete all history",
    }
}
