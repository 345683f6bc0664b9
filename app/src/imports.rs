//! Importing a changelog: pick or paste, look at what would happen, do it, read the report.

mod report;

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use model::imports::{ImportFate, ImportReport};
use model::projects::Project;
use model::{Permission, ProjectId, Result, Verdict, access};
use ui::{Button, ButtonLink, Crumb, FileDrop, ForbiddenState, FormError, PageHeader, SkeletonRows, Switch, Variant};

use crate::account::Me;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::params::{project_param, project_path};
use crate::projects::get_project;
use report::Report;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::access::{PublishEntries, RunImports};

/// Previews an import, or runs it when `intent` is "import".
#[server(prefix = "/rpc", endpoint = "imports/run")]
pub async fn run_import(
    project: ProjectId,
    text: String,
    #[server(default)] publish: bool,
    #[server(default)] intent: String,
) -> Result<ImportReport> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        let may_publish = if publish { Some(cx.grant::<PublishEntries>(&project).await?) } else { None };
        if intent == "import" {
            services::imports::run(&cx.services, &may, may_publish.as_ref(), &text).await
        } else {
            services::imports::preview(&cx.services, &may, &text, publish).await
        }
    })
    .await
}

#[component]
pub fn ImportPage() -> impl IntoView {
    let project = project_param();
    let data = Resource::new(move || project.get(), |project| async move { get_project(project?).await });
    view! {
        <div class="page">
            <Transition fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || Suspend::new(async move {
                    match data.await {
                        Ok(summary) => view! { <ImportView project=summary.project/> }.into_any(),
                        Err(error) => view! { <Failure error what="The project could not be loaded."/> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn ImportView(project: Project) -> impl IntoView {
    let role = expect_context::<Me>().role;
    let may = |permission| access::verdict(role, permission, Some(&project)) == Verdict::Allowed;
    let (imports, publishes) = (may(Permission::RunImports), may(Permission::PublishEntries));
    let crumbs = vec![
        Crumb::link("Projects", "/dashboard/projects"),
        Crumb::link(project.name.clone(), project_path(&project.id, "")),
        Crumb::here("Import"),
    ];
    view! {
        <Title text=format!("Import · {} · Tidings", project.name)/>
        <PageHeader
            title="Import a changelog"
            crumbs=crumbs
            lead="Every release becomes one entry, with its version, date, tags and text. Importing the same file again adds nothing.".to_owned()
        />
        {if imports {
            view! { <ImportForm project publishes/> }.into_any()
        } else {
            view! { <ForbiddenState title="You cannot import." help="Ask somebody with the role Staff or Administrator."/> }
                .into_any()
        }}
    }
}

#[component]
fn ImportForm(project: Project, publishes: bool) -> impl IntoView {
    let run = ServerAction::<RunImport>::new();
    let failure = failure_of(run);
    let text = RwSignal::new(String::new());
    let publish = RwSignal::new(publishes);
    let report = Signal::derive(move || run.value().get().and_then(Result::ok));
    // A preview of another text, or with another choice, says nothing about this one.
    let previewed = RwSignal::new(None::<(String, bool)>);
    Effect::new(move |_| {
        if report.with(|report| report.as_ref().is_some_and(|report| !report.done)) {
            previewed.set(Some((text.get_untracked(), publish.get_untracked())));
        }
    });
    let is_current = Signal::derive(move || {
        previewed
            .with(|seen| seen.as_ref().is_some_and(|(seen, choice)| *seen == *text.read() && *choice == publish.get()))
    });
    let creates = Signal::derive(move || report.with(|r| r.as_ref().map_or(0, |r| r.count(ImportFate::Create))));
    let done = Signal::derive(move || report.with(|report| report.as_ref().is_some_and(|report| report.done)));
    let id = project.id.clone();
    let entries = project_path(&project.id, "/changelog");
    view! {
        <div class="stack stack-wide">
            <ActionForm action=run attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="project" value=project.id.to_string()/>
                <FileDrop
                    label="Changelog"
                    name="text"
                    bind=text
                    accept=".md,.markdown,.txt,text/markdown,text/plain"
                    max_bytes=10 * 1024 * 1024
                    rows=12
                    placeholder="# Changelog\n\n## 1.2.0 - 2026-03-04\n\n### Added\n\n- …"
                    hint="Markdown: Keep a Changelog, git-cliff, an export of Changerawr, or plain headings. Up to 10 MiB."
                    error=field_error(failure, "text")
                />
                {if publishes {
                    view! {
                        <Switch
                            label="Publish the releases at once"
                            name="publish"
                            bind=publish
                            hint="With the dates of the file. Off, everything is imported as drafts. Unreleased changes are always a draft."
                        />
                    }
                    .into_any()
                } else {
                    view! { <p class="soft small">"Everything is imported as drafts; an administrator publishes them."</p> }.into_any()
                }}
                <div class="cluster">
                    {move || {
                        let ready = is_current.get() && !done.get() && creates.get() > 0;
                        // One primary action at a time: first looking, then doing.
                        let preview = if ready { Variant::Quiet } else { Variant::Primary };
                        view! {
                            <Button kind="submit" variant=preview name="intent" value="preview" busy=run.pending()>"Preview"</Button>
                            {ready.then(|| view! {
                                <Button kind="submit" variant=Variant::Primary name="intent" value="import" busy=run.pending()>
                                    {match creates.get() { 1 => "Import 1 entry".to_owned(), n => format!("Import {n} entries") }}
                                </Button>
                            })}
                        }
                    }}
                </div>
            </ActionForm>
            {move || report.get().filter(|report| report.done || is_current.get()).map(|report| {
                let done = report.done;
                let entries = entries.clone();
                view! {
                    <Report project=id.clone() report/>
                    {done.then(|| view! { <p><ButtonLink href=entries variant=Variant::Primary>"See the entries"</ButtonLink></p> })}
                }
            })}
        </div>
    }
}
