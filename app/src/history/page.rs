//! The page: the list beside the revision that was chosen.

use crate::title::Title;
use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::EntryId;
use model::revisions::Place;
use ui::{ButtonLink, Crumb, Glyph, Icon, PageHeader, SkeletonLines, SkeletonRows, use_toasts};
use wasm_bindgen::JsCast;

use super::list::RevisionItems;
use super::restore::RevisionPanel;
use super::{MarkRevision, RestoreRevision, View, get_revision, history_path, list_revisions};
use crate::failure::Failure;
use crate::params::{id_param, project_param, project_path, with_query};
use crate::pending::{Pending, later};

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub search: String,
    pub after: String,
    pub revision: String,
    pub view: View,
    pub against: String,
    /// Changes one in the other instead of side by side.
    pub inline: bool,
    /// Without leaving equal lines out.
    pub whole: bool,
}

impl Asked {
    pub fn href(&self, path: &str) -> String {
        with_query(
            path,
            &[
                ("q", self.search.as_str()),
                ("after", self.after.as_str()),
                ("revision", self.revision.as_str()),
                ("view", self.view.as_str()),
                ("against", self.against.as_str()),
                ("layout", if self.inline { "inline" } else { "" }),
                ("lines", if self.whole { "all" } else { "" }),
            ],
        )
    }
}

/// What can be done here.
#[derive(Clone, Copy)]
pub(super) struct Changes {
    pub mark: ServerAction<MarkRevision>,
    pub restore: ServerAction<RestoreRevision>,
}

#[component]
pub fn HistoryPage() -> impl IntoView {
    let project = project_param();
    let entry = id_param::<EntryId>("entry");
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let text = |name| query.get(name).unwrap_or_default();
            Asked {
                search: text("q"),
                after: text("after"),
                revision: text("revision"),
                view: View::parse(&text("view")),
                against: text("against"),
                inline: text("layout") == "inline",
                whole: text("lines") == "all",
            }
        })
    });
    let changes = Changes { mark: ServerAction::new(), restore: ServerAction::new() };
    let done = report(changes);
    let listed = Memo::new(move |_| asked.with(|asked| (asked.search.clone(), asked.after.clone())));
    let list = Resource::new(
        move || (project.get(), entry.get(), listed.get(), done.get()),
        |(project, entry, (search, after), _)| async move {
            list_revisions(project?, entry?, search, after.parse::<Place>().ok()).await
        },
    );
    let shown = Memo::new(move |_| {
        asked.with(|asked| (asked.revision.clone(), asked.view, asked.against.clone(), asked.whole))
    });
    let one = Resource::new(
        move || (project.get(), entry.get(), shown.get(), done.get()),
        |(project, entry, (revision, view, against, whole), _)| async move {
            get_revision(project?, entry?, revision, Some(view), against, whole).await
        },
    );
    let path = Memo::new(move |_| match (project.get(), entry.get()) {
        (Ok(project), Ok(entry)) => history_path(&project, &entry),
        _ => String::new(),
    });
    keys();
    view! {
        <div class="page">
            <Pending fallback=|| view! { <SkeletonRows rows=1/> }>
                {move || later(async move {
                    list.await.ok().map(|list| {
                        let back = project_path(&list.project.id, &format!("/changelog/{}", entry.get_untracked().map(String::from).unwrap_or_default()));
                        let crumbs = vec![
                            Crumb::link(list.project.name.clone(), project_path(&list.project.id, "")),
                            Crumb::link("Entries", project_path(&list.project.id, "/changelog")),
                            Crumb::link(list.entry.title.clone(), back.clone()),
                            Crumb::here("History"),
                        ];
                        view! {
                            <Title text=format!("History · {} · Tidings", list.entry.title)/>
                            <PageHeader
                                title="History"
                                count=Some(list.count.to_string())
                                crumbs=crumbs
                                action=move || view! { <ButtonLink href=back>"Back to the entry"</ButtonLink> }
                            />
                        }
                    })
                })}
            </Pending>
            <div class="history" data-open=move || asked.with(|asked| !asked.revision.is_empty()).then_some("true")>
                <section class="history-list" aria-label="Versions">
                    <Pending fallback=|| view! { <SkeletonRows rows=8/> }>
                        {move || later(async move {
                            match list.await {
                                Ok(list) => view! { <RevisionItems list asked path/> }.into_any(),
                                Err(error) => {
                                    let retry = move |()| list.refetch();
                                    view! { <Failure error what="The history could not be loaded." on_retry=retry/> }.into_any()
                                }
                            }
                        })}
                    </Pending>
                </section>
                <section class="history-one" aria-label="Version">
                    <p class="history-back">
                        <a href=move || asked.with(|asked| Asked { search: asked.search.clone(), after: asked.after.clone(), ..Asked::default() }.href(&path.read()))>
                            <Icon glyph=Glyph::ChevronLeft/>
                            "All versions"
                        </a>
                    </p>
                    <Pending fallback=|| view! { <SkeletonLines lines=12/> }>
                        {move || {
                            // The layout changes what is shown without anything to load.
                            let asked = asked.get();
                            later(async move {
                                match one.await {
                                    Ok(Some(found)) => {
                                        view! { <RevisionPanel found asked path=path.get_untracked() changes/> }.into_any()
                                    }
                                    Ok(None) => ().into_any(),
                                    Err(error) => {
                                        let retry = move |()| one.refetch();
                                        view! { <Failure error what="The version could not be loaded." on_retry=retry/> }.into_any()
                                    }
                                }
                            })
                        }}
                    </Pending>
                </section>
            </div>
        </div>
    }
}

/// Says what was done, and counts it, so that what is shown is loaded again.
fn report(changes: Changes) -> RwSignal<u32> {
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
    let (mark, restore) = (changes.mark.value(), changes.restore.value());
    follow(Signal::derive(move || mark.get().map(|result| result.is_ok())), "Marked.");
    follow(
        Signal::derive(move || restore.get().map(|result| result.is_ok())),
        "Restored. What the entry said before is kept.",
    );
    done
}

/// `j` and `k` go through the list, as in other lists; Enter opens.
fn keys() {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            let step = match event.key().as_str() {
                "j" => 1,
                "k" => -1,
                _ => return,
            };
            let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
            if is_plain && !is_typing() {
                event.prevent_default();
                move_focus(step);
            }
        });
        on_cleanup(move || handle.remove());
    });
}

fn is_typing() -> bool {
    let active = document().active_element();
    active.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

fn move_focus(step: i64) {
    let Ok(links) = document().query_selector_all(".history-item") else { return };
    let active = document().active_element();
    let count = i64::from(links.length());
    let link = |at: i64| links.item(u32::try_from(at).ok()?)?.dyn_into::<web_sys::HtmlElement>().ok();
    let focused = (0..count)
        .find(|at| link(*at).is_some_and(|link| active.as_ref().is_some_and(|active| link.is_same_node(Some(active)))));
    let current =
        focused.or_else(|| (0..count).find(|at| link(*at).is_some_and(|link| link.has_attribute("aria-current"))));
    let next = current.map_or(0, |at| (at + step).clamp(0, count - 1));
    if let Some(link) = link(next) {
        // Fails only for what is not in the page any more.
        let _ = link.focus();
    }
}
