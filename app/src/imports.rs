//! Importing a changelog: choose or paste, look at what would happen and decide, watch it happen, read the report.
//!
//! What is looked at stands in the address (`?job=`, and which of its rows), so that it survives a reload and works
//! without scripts.

mod mapping;
mod notes;
mod options;
mod preview;
mod progress;
mod report;
mod rows;
mod sources;
mod start;
mod tags;
mod undo;

use std::collections::BTreeMap;

use crate::title::Title;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::imports::{ImportJob, ImportState, ImportText, RowGroup, RowPage, UndoState};
use model::projects::Project;
use model::{Error, ImportId, Permission, ProjectId, Result, Verdict, access};
use serde::{Deserialize, Serialize};
use ui::{ButtonLink, Crumb, ForbiddenState, PageHeader, SkeletonRows};

use crate::account::Me;
use crate::failure::Failure;
use crate::params::{project_param, project_path, with_query};
use crate::pending::{Pending, later};
use crate::projects::get_project;
use preview::Preview;
use progress::Progress;
use report::Report;
use start::Start;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::imports::{
    CannyOptions, CannyStatus, Choice, DateHandling, DateOrder, FeedFormat, FromUrl, ImportFate, ImportOptions,
    MarkdownReading, OnConflict, Outcome, Part, Reading, RowFilter, Source, Strategy,
};
#[cfg(feature = "ssr")]
use services::access::RunImports;

/// How long starting waits for the end, so that a small import shows its report at once.
#[cfg(feature = "ssr")]
const WAIT: std::time::Duration = std::time::Duration::from_millis(1_500);

/// An import, and the tags of its rows while it can still be changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptImport {
    pub job: ImportJob,
    /// Name, how many rows have it, and what it could be called here.
    pub tags: Vec<(String, i64, Vec<String>)>,
}

/// Reads a text, keeps it, and goes to its preview.
#[server(prefix = "/rpc", endpoint = "imports/read")]
pub async fn read_import(
    project: ProjectId,
    text: String,
    /// A zip archive instead of a text, in base64url.
    #[server(default)]
    archive: String,
    #[server(default)] file_name: String,
    #[server(default)] source: String,
) -> Result<ImportId> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        let file_name: String = file_name.chars().filter(|c| !c.is_control()).take(200).collect();
        let is_archive = !archive.is_empty();
        let text = if is_archive { services::imports::unpack(&archive)? } else { text };
        let source = Source::parse(&source).filter(|_| !is_archive);
        let reading = Reading { source, file_name, ..Reading::default() };
        let job = services::imports::read(&cx.services, &may, &text, &reading).await?;
        leptos_axum::redirect(&project_path(&project, &format!("/import?job={}", job.id)));
        Ok(job.id)
    })
    .await
}

/// Fetches releases from an address, keeps them, and goes to their preview.
#[server(prefix = "/rpc", endpoint = "imports/read_url")]
pub async fn read_url_import(
    project: ProjectId,
    url: String,
    #[server(default)] format: String,
    #[server(default)] most: String,
    #[server(default)] token: String,
) -> Result<ImportId> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        let from = FromUrl {
            url,
            format: FeedFormat::parse(&format).unwrap_or(FeedFormat::Auto),
            most: wanted(&most),
            token: Some(token).filter(|token| !token.is_empty()),
        };
        let job = services::imports::read_url(&cx.services, &may, from).await?;
        leptos_axum::redirect(&project_path(&project, &format!("/import?job={}", job.id)));
        Ok(job.id)
    })
    .await
}

/// Fetches entries of Canny, keeps them, and goes to their preview.
#[server(prefix = "/rpc", endpoint = "imports/canny")]
pub async fn read_canny_import(
    project: ProjectId,
    key: String,
    #[server(default)] status: String,
    #[server(default)] most: String,
    #[server(default)] labels: bool,
    #[server(default)] post_tags: bool,
) -> Result<ImportId> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        let status = CannyStatus::parse(&status).unwrap_or(CannyStatus::Published);
        let options = CannyOptions { labels, post_tags, status, most: wanted(&most) };
        let job = services::imports::read_canny(&cx.services, &may, &key, &options).await?;
        leptos_axum::redirect(&project_path(&project, &format!("/import?job={}", job.id)));
        Ok(job.id)
    })
    .await
}

/// How many entries somebody asks for; what is no number is refused with the range.
#[cfg(feature = "ssr")]
fn wanted(most: &str) -> usize {
    if most.trim().is_empty() { model::imports::USUAL_FETCHED } else { most.trim().parse().unwrap_or(0) }
}

/// Whether an import can be taken back, or what came of it.
#[server(prefix = "/rpc", endpoint = "imports/undo_state")]
pub async fn get_import_undo(project: ProjectId, job: ImportId) -> Result<UndoState> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        services::imports::undo_state(&cx.services, &may, &job).await
    })
    .await
}

/// Takes an import back.
#[server(prefix = "/rpc", endpoint = "imports/undo")]
pub async fn undo_import(project: ProjectId, job: ImportId) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        services::imports::undo(&cx.services, &may, &job).await?;
        leptos_axum::redirect(&project_path(&project, &format!("/import?job={job}")));
        Ok(())
    })
    .await
}

/// Reads the text of a preview in another way.
#[server(prefix = "/rpc", endpoint = "imports/read_again")]
pub async fn read_import_again(
    project: ProjectId,
    job: ImportId,
    source: String,
    #[server(default)] delimiter: String,
    #[server(default)] header: bool,
    #[server(default)] columns: BTreeMap<String, String>,
    #[server(default)] tag_separator: String,
    #[server(default)] dates: String,
    /// Of headings, or `single`.
    #[server(default)]
    level: String,
) -> Result<ImportId> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        let now = services::imports::get(&cx.services, &may, &job).await?;
        let source = Source::parse(&source).unwrap_or(now.detected.source);
        let delimiter = delimiter.chars().next().filter(|_| source == Source::Csv);
        // Columns of another table mean nothing in this one.
        let same = source == now.detected.source
            && delimiter.is_none_or(|delimiter| Some(delimiter) == now.detected.delimiter)
            && (source != Source::Csv || header == now.detected.header);
        let columns = columns.into_iter().filter_map(|(part, name)| Some((Part::parse(&part)?, name)));
        let reading = Reading {
            source: Some(source),
            delimiter,
            header: (source == Source::Csv && now.detected.source == Source::Csv).then_some(header),
            columns: if same { columns.collect() } else { BTreeMap::new() },
            tag_separator: Some(tag_separator).filter(|text| !text.is_empty()),
            dates: DateOrder::parse(&dates),
            markdown: MarkdownReading {
                level: level.parse().ok().filter(|level| (1..=4).contains(level)),
                single: level == "single",
                strip: Vec::new(),
            },
            ..Reading::default()
        };
        services::imports::read_again(&cx.services, &may, &job, &reading).await?;
        leptos_axum::redirect(&project_path(&project, &format!("/import?job={job}")));
        Ok(job)
    })
    .await
}

#[server(prefix = "/rpc", endpoint = "imports/get")]
pub async fn get_import(project: ProjectId, job: ImportId) -> Result<KeptImport> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        let job = services::imports::get(&cx.services, &may, &job).await?;
        let tags = match job.state {
            ImportState::Parsed => services::imports::tags(&cx.services, &may, &job.id).await?,
            _ => Vec::new(),
        };
        Ok(KeptImport { job, tags })
    })
    .await
}

/// The imports of a project, newest first.
#[server(prefix = "/rpc", endpoint = "imports/list")]
pub async fn list_imports(project: ProjectId) -> Result<Vec<ImportJob>> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        services::imports::list(&cx.services, &may).await
    })
    .await
}

/// One page of rows. `show` is a fate before the import and an outcome after it; empty for all.
#[server(prefix = "/rpc", endpoint = "imports/rows")]
pub async fn list_import_rows(project: ProjectId, job: ImportId, show: String, page: i64) -> Result<RowPage> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        let fate = show.strip_prefix("is_").and_then(ImportFate::parse);
        let filter = RowFilter { fate, outcome: Outcome::parse(&show) };
        services::imports::rows(&cx.services, &may, &job, filter, page).await
    })
    .await
}

/// One row and the entry it meets.
#[server(prefix = "/rpc", endpoint = "imports/text")]
pub async fn get_import_text(project: ProjectId, job: ImportId, position: i64) -> Result<ImportText> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        services::imports::text(&cx.services, &may, &job, position).await
    })
    .await
}

/// Decides about one row, or about all of a fate, or about all; an empty choice takes decisions back. Gives the rows in
/// groups as they are then.
#[server(prefix = "/rpc", endpoint = "imports/choose")]
pub async fn choose_import_rows(
    project: ProjectId,
    job: ImportId,
    #[server(default)] position: Option<i64>,
    #[server(default)] fate: String,
    #[server(default)] choice: String,
) -> Result<Vec<RowGroup>> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        let (fate, choice) = (ImportFate::parse(&fate), Choice::parse(&choice));
        services::imports::choose(&cx.services, &may, &job, position, fate, choice).await?;
        Ok(services::imports::get(&cx.services, &may, &job).await?.groups)
    })
    .await
}

/// Says what a tag of the file is called here: the same for its own name, left out for an empty one.
#[server(prefix = "/rpc", endpoint = "imports/rename_tag")]
pub async fn rename_import_tag(
    project: ProjectId,
    job: ImportId,
    tag: String,
    #[server(default)] name: String,
) -> Result<BTreeMap<String, String>> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        let mut options = services::imports::get(&cx.services, &may, &job).await?.options;
        let key = model::tags::key(&tag);
        if model::tags::key(&name) == key {
            options.tag_names.remove(&key);
        } else {
            options.tag_names.insert(key, name);
        }
        services::imports::set_options(&cx.services, &may, &job, options.clone()).await?;
        Ok(options.tag_names)
    })
    .await
}

/// Begins an import, and waits a moment for its end.
#[server(prefix = "/rpc", endpoint = "imports/start")]
pub async fn start_import(
    project: ProjectId,
    job: ImportId,
    #[server(default)] publish: bool,
    #[server(default)] on_conflict: String,
    #[server(default)] strategy: String,
    #[server(default)] delete_others: bool,
    #[server(default)] dates: String,
    #[server(default)] auto_versions: bool,
    #[server(default)] default_tags: String,
) -> Result<ImportId> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        let kept = services::imports::get(&cx.services, &may, &job).await?;
        let options = ImportOptions {
            strategy: Strategy::parse(&strategy).unwrap_or(Strategy::Merge),
            on_conflict: OnConflict::parse(&on_conflict).unwrap_or(OnConflict::Skip),
            preserve_existing: !delete_others,
            auto_versions,
            default_tags: model::tags::parse_list(&default_tags),
            publish,
            dates: DateHandling::parse(&dates).unwrap_or(DateHandling::Preserve),
            tag_names: kept.options.tag_names,
        };
        let mut running = services::imports::start(&cx.services, &may, &job, options).await?;
        running.done_within(WAIT).await;
        leptos_axum::redirect(&project_path(&project, &format!("/import?job={job}")));
        Ok(job)
    })
    .await
}

#[server(prefix = "/rpc", endpoint = "imports/cancel")]
pub async fn cancel_import(project: ProjectId, job: ImportId) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        services::imports::cancel(&cx.services, &may, &job).await?;
        leptos_axum::redirect(&project_path(&project, &format!("/import?job={job}")));
        Ok(())
    })
    .await
}

/// Forgets a preview and goes back to the beginning.
#[server(prefix = "/rpc", endpoint = "imports/discard")]
pub async fn discard_import(project: ProjectId, job: ImportId) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<RunImports>(&project).await?;
        services::imports::discard(&cx.services, &may, &job).await?;
        leptos_axum::redirect(&project_path(&project, "/import"));
        Ok(())
    })
    .await
}

/// Everything the page begins with comes at once. What parts of it load later must not be inside of another part that
/// waits: the server would count such data in another order than the browser.
#[component]
pub fn ImportPage() -> impl IntoView {
    provide_context(Arrived(RwSignal::new(false)));
    let project = project_param();
    let query = use_query_map();
    let job = Memo::new(move |_| query.with(|query| query.get("job")).filter(|job| !job.is_empty()));
    let changed = RwSignal::new(0_u32);
    let data = Resource::new(
        move || (project.get(), job.get(), changed.get()),
        |(project, job, _)| async move {
            let project = project?;
            let summary = get_project(project.clone()).await?;
            let kept = match job.map(|job| job.parse::<ImportId>()) {
                None => None,
                Some(Ok(job)) => Some(get_import(project, job).await),
                Some(Err(_)) => Some(Err(Error::NotFound)),
            };
            Ok::<_, Error>((summary.project, kept))
        },
    );
    view! {
        <div class="page">
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match data.await {
                        Ok((project, kept)) => {
                            let retry = move |()| data.refetch();
                            view! { <ImportView project kept changed retry/> }.into_any()
                        }
                        Err(error) => view! { <Failure error what="The project could not be loaded."/> }.into_any(),
                    }
                })}
            </Pending>
        </div>
    }
}

/// What the person may do beside importing.
#[derive(Debug, Clone, Copy)]
struct Rights {
    publishes: bool,
    deletes: bool,
}

/// Whether the person came to a preview by the button for it.
#[derive(Clone, Copy)]
struct Arrived(RwSignal<bool>);

/// `kept`: the import that the address names.
#[component]
fn ImportView(
    project: Project,
    kept: Option<Result<KeptImport>>,
    changed: RwSignal<u32>,
    #[prop(into)] retry: Callback<()>,
) -> impl IntoView {
    let role = expect_context::<Me>().role;
    let may = |permission| access::verdict(role, permission, Some(&project)) == Verdict::Allowed;
    let rights = Rights { publishes: may(Permission::PublishEntries), deletes: may(Permission::DeleteEntries) };
    let imports = may(Permission::RunImports);
    let crumbs = vec![
        Crumb::link("Projects", "/dashboard/projects"),
        Crumb::link(project.name.clone(), project_path(&project.id, "")),
        Crumb::here("Import"),
    ];
    let id = project.id.clone();
    view! {
        <Title text=format!("Import · {} · Tidings", project.name)/>
        <PageHeader
            title="Import a changelog"
            crumbs=crumbs
            lead="Every release becomes one entry, with its version, date, tags and text. Importing the same file again adds nothing.".to_owned()
        />
        {match kept {
            _ if !imports => {
                view! { <ForbiddenState title="You cannot import." help="Ask somebody with the role Staff or Administrator."/> }
                    .into_any()
            }
            None => view! { <Start project=id/> }.into_any(),
            Some(kept) => view! { <Kept project=id kept rights changed retry/> }.into_any(),
        }}
    }
}

/// An import in whichever state it is.
#[component]
fn Kept(
    project: ProjectId,
    kept: Result<KeptImport>,
    rights: Rights,
    changed: RwSignal<u32>,
    retry: Callback<()>,
) -> impl IntoView {
    match kept {
        Ok(KeptImport { job, tags }) => match job.state {
            ImportState::Parsed => view! { <Preview project job tags rights changed/> }.into_any(),
            ImportState::Running => view! { <Progress project job changed/> }.into_any(),
            _ => view! { <Report project job/> }.into_any(),
        },
        Err(Error::NotFound) => view! {
            <ForbiddenState
                title="This import is not here any more."
                help="Previews that nobody imports are deleted after a while."
            >
                <ButtonLink href=project_path(&project, "/import")>"Choose a file"</ButtonLink>
            </ForbiddenState>
        }
        .into_any(),
        Err(error) => {
            let retry = move |()| retry.run(());
            view! { <Failure error what="The import could not be loaded." on_retry=retry/> }.into_any()
        }
    }
}

/// The address of an import, of some of its rows, of a page of them, and of one row that is looked at.
fn address(project: &ProjectId, job: &ImportId, show: &str, page: i64, row: Option<usize>) -> String {
    let page = if page > 1 { page.to_string() } else { String::new() };
    let row = row.map(|row| row.to_string()).unwrap_or_default();
    let path = project_path(project, "/import");
    with_query(&path, &[("job", job.as_str()), ("show", show), ("page", &page), ("row", &row)])
}

/// `1 entry`, `37 entries`, `1,200 rows`.
fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A number with its thousands apart.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digit.is_ascii_digit() {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (5_000, "5,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
