//! Where a changelog can come from beside a file: an address, and Canny.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::ProjectId;
use model::imports::{CannyStatus, FeedFormat, MAX_FETCHED, USUAL_FETCHED};
use ui::{Button, Checkbox, Choice, Field, FormError, Select, TabLink, TabNav};

use super::{Arrived, ReadCannyImport, ReadUrlImport};
use crate::failure::{failure_of, field_error, form_error, wrong_fields};
use crate::params::{project_path, with_query};

/// A file or text, an address, or Canny.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    File,
    Address,
    Canny,
}

impl From {
    const ALL: [Self; 3] = [Self::File, Self::Address, Self::Canny];

    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|from| from.as_str() == text).unwrap_or(Self::File)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::File => "",
            Self::Address => "url",
            Self::Canny => "canny",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::File => "File or text",
            Self::Address => "Address",
            Self::Canny => "Canny",
        }
    }
}

/// The ways to bring releases here. Each is a page, so that it works without scripts.
#[component]
pub(super) fn Ways(project: ProjectId, #[prop(into)] from: Signal<From>) -> impl IntoView {
    let way = move |way: From| {
        let href = with_query(&project_path(&project, "/import"), &[("from", way.as_str())]);
        view! { <TabLink href=href current=Signal::derive(move || from.get() == way)>{way.label()}</TabLink> }
    };
    view! { <TabNav label="Where it comes from">{From::ALL.into_iter().map(way).collect_view()}</TabNav> }
}

/// Somebody who presses the button goes on in the preview.
fn arrive(pending: impl Fn() -> bool + Send + Sync + 'static) {
    let Arrived(arrived) = expect_context();
    Effect::new(move |_| {
        if pending() {
            arrived.set(true);
        }
    });
}

fn most_hint() -> String {
    format!("1 to {MAX_FETCHED}, the newest first.")
}

#[component]
pub(super) fn FromAddress(project: ProjectId) -> impl IntoView {
    let read = ServerAction::<ReadUrlImport>::new();
    let failure = failure_of(read);
    let pending = read.pending();
    arrive(move || pending.get());
    let formats = FeedFormat::ALL.iter().map(|format| Choice::new(format.as_str(), format.label())).collect::<Vec<_>>();
    view! {
        <ActionForm action=read attr:class="stack import-source">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <input type="hidden" name="project" value=project.to_string()/>
            <Field
                label="Address"
                name="url"
                kind="url"
                required=true
                placeholder="https://example.com/changelog.xml"
                hint="A feed (RSS, Atom, JSON Feed) or a page that names one, JSON, a Markdown file, a table, or a repository at GitHub."
                error=field_error(failure, "url")
            />
            <div class="import-options">
                <Select label="Format" name="format" options=formats/>
                <Field
                    label="At most"
                    name="most"
                    kind="number"
                    required=true
                    inputmode="numeric"
                    value=USUAL_FETCHED.to_string()
                    hint=most_hint()
                    error=field_error(failure, "maxEntries")
                />
            </div>
            <Field
                label="Token of GitHub"
                name="token"
                kind="password"
                autocomplete="off"
                hint="For private repositories. It goes to the API of GitHub only and is not kept."
                error=field_error(failure, "githubToken")
            />
            <Send pending/>
        </ActionForm>
    }
}

#[component]
pub(super) fn FromCanny(project: ProjectId) -> impl IntoView {
    let read = ServerAction::<ReadCannyImport>::new();
    let failure = failure_of(read);
    let pending = read.pending();
    arrive(move || pending.get());
    let states = CannyStatus::ALL.iter().map(|status| Choice::new(status.as_str(), status.label())).collect::<Vec<_>>();
    view! {
        <ActionForm action=read attr:class="stack import-source">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <input type="hidden" name="project" value=project.to_string()/>
            <Field
                label="Key of Canny"
                name="key"
                kind="password"
                autocomplete="off"
                required=true
                hint="Canny shows it in its settings, under “API and webhooks”. It goes to Canny only and is not kept."
                error=field_error(failure, "apiKey")
            />
            <div class="import-options">
                <Select label="Entries" name="status" value=CannyStatus::Published.as_str().to_owned() options=states/>
                <Field
                    label="At most"
                    name="most"
                    kind="number"
                    required=true
                    inputmode="numeric"
                    value=USUAL_FETCHED.to_string()
                    hint=most_hint()
                    error=field_error(failure, "maxEntries")
                />
            </div>
            <Checkbox label="Labels become tags" name="labels" checked=true/>
            <Checkbox label="Tags of posts become tags" name="post_tags"/>
            <Send pending/>
        </ActionForm>
    }
}

#[component]
fn Send(#[prop(into)] pending: Signal<bool>) -> impl IntoView {
    view! {
        <div class="cluster">
            <Button kind="submit" busy=pending>"Preview"</Button>
            <span class="soft small">"Nothing is imported yet."</span>
        </div>
    }
}
