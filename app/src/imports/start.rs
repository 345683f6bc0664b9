//! The beginning: a file, a text or another source, and the imports that were made before.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::imports::{ImportJob, ImportState, Source};
use model::{ProjectId, Result};
use ui::{Button, Choice, FileDrop, FormError, PickedFile, Section, Select, SkeletonRows, Table};

use super::sources::{From, FromAddress, FromCanny, Ways};
use super::{Arrived, ReadImport, address, counted, list_imports};
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::pending::{Pending, later};

const ACCEPT: &str = ".md,.markdown,.txt,.csv,.tsv,.json,.xml,.rss,.atom,.zip,text/markdown,text/plain,text/csv,\
    text/tab-separated-values,application/json,application/xml,application/zip";

#[component]
pub(super) fn Start(project: ProjectId) -> impl IntoView {
    let query = use_query_map();
    let from = Memo::new(move |_| From::parse(&query.with(|query| query.get("from")).unwrap_or_default()));
    let (ways, history) = (project.clone(), project.clone());
    view! {
        <div class="stack stack-wide">
            <Ways project=ways from/>
            {move || {
                let project = project.clone();
                match from.get() {
                    From::File => view! { <FromFile project/> }.into_any(),
                    From::Address => view! { <FromAddress project/> }.into_any(),
                    From::Canny => view! { <FromCanny project/> }.into_any(),
                }
            }}
            <History project=history/>
        </div>
    }
}

#[component]
fn FromFile(project: ProjectId) -> impl IntoView {
    let read = ServerAction::<ReadImport>::new();
    let failure = failure_of(read);
    let in_project = project.to_string();
    let Arrived(arrived) = expect_context();
    Effect::new(move |_| {
        if read.pending().get() {
            arrived.set(true);
        }
    });
    let text = RwSignal::new(String::new());
    let picked = RwSignal::new(None::<PickedFile>);
    // The name says something about the text only as long as it is the text of that file.
    let file_name = Memo::new(move |_| {
        picked.with(|file| match file {
            Some(file) if text.with(|text| *text == file.text) => file.name.clone(),
            _ => String::new(),
        })
    });
    let formats = std::iter::once(Choice::new("", "Recognise it"))
        .chain(Source::ALL.iter().map(|source| Choice::new(source.as_str(), source.label())))
        .collect::<Vec<_>>();
    let archive = RwSignal::new(String::new());
    let reading = RwSignal::new(false);
    let busy = Signal::derive(move || reading.get() || read.pending().get());
    view! {
            <ActionForm action=read attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="project" value=in_project/>
                <input type="hidden" name="file_name" value=move || file_name.get()/>
                <input type="hidden" name="archive" value=move || archive.get()/>
                <FileDrop
                    label="Changelog"
                    name="text"
                    bind=text
                    accept=ACCEPT
                    max_bytes=10 * 1024 * 1024
                    rows=12
                    placeholder="# Changelog\n\n## 1.2.0 - 2026-03-04\n\n### Added\n\n- …"
                    hint="Markdown, a table (CSV), JSON or a feed: also an export of Tidings (zip as well), of Changerawr, or the releases of GitHub. Up to 10 MiB and 5,000 releases."
                    error=field_error(failure, "text")
                    on_file=move |file| picked.set(Some(file))
                    archive=archive
                    reading=reading
                />
                <div class="import-format">
                    <Select label="Format" name="source" options=formats/>
                </div>
                <div class="cluster">
                    <Button kind="submit" busy=busy>"Preview"</Button>
                    <span class="soft small">"Nothing is imported yet."</span>
                </div>
            </ActionForm>
    }
}

#[component]
fn History(project: ProjectId) -> impl IntoView {
    let id = project.clone();
    let list: Resource<Result<Vec<ImportJob>>> = Resource::new(|| (), move |()| list_imports(id.clone()));
    view! {
        <Section title="Imports so far">
            <Pending fallback=|| view! { <SkeletonRows rows=2/> }>
                {move || {
                    let project = project.clone();
                    later(async move {
                        match list.await {
                            Ok(jobs) if jobs.is_empty() => {
                                view! { <p class="soft">"None. What you import here is listed with its report."</p> }.into_any()
                            }
                            Ok(jobs) => view! { <HistoryTable project jobs/> }.into_any(),
                            Err(error) => {
                                let retry = move |()| list.refetch();
                                view! { <Failure error what="The imports could not be loaded." on_retry=retry/> }.into_any()
                            }
                        }
                    })
                }}
            </Pending>
        </Section>
    }
}

#[component]
fn HistoryTable(project: ProjectId, jobs: Vec<ImportJob>) -> impl IntoView {
    let row = move |job: ImportJob| {
        let back = job.undoable.then(|| address(&project, &job.id, "", 1, None) + "#undo");
        let result = match job.state {
            ImportState::Done if job.undone_at.is_some() => "Taken back".to_owned(),
            ImportState::Done if job.deleted > 0 => {
                format!("{}, {} deleted", counted(job.written, "entry", "entries"), job.deleted)
            }
            ImportState::Done => counted(job.written, "entry", "entries"),
            ImportState::Running => "Running".to_owned(),
            ImportState::Cancelled => "Stopped".to_owned(),
            ImportState::Failed | ImportState::Parsed => "Failed".to_owned(),
        };
        let name = job.name().unwrap_or_else(|| "Pasted or sent text".to_owned());
        view! {
            <tr>
                <td class="cell-main">
                    <a href=address(&project, &job.id, "", 1, None) dir="auto" title=name.clone()>{name.clone()}</a>
                </td>
                <td>{job.detected.label}</td>
                <td class="nums">{result}</td>
                <td class="soft">{job.author}</td>
                <td class="nums"><Moment at=job.created_at/></td>
                <td class="cell-end">{back.map(|back| view! { <a href=back>"Take back"</a> })}</td>
            </tr>
        }
    };
    view! {
        <Table
            caption="Imports so far"
            head=|| view! {
                <th scope="col">"File"</th>
                <th scope="col">"Format"</th>
                <th scope="col">"Result"</th>
                <th scope="col">"By"</th>
                <th scope="col">"Date"</th>
                <th scope="col"><span class="sr-only">"The way back"</span></th>
            }
        >
            {jobs.into_iter().map(row).collect_view()}
        </Table>
    }
}
