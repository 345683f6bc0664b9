//! The frame around the pages of the dashboard: navigation, theme, the signed-in person.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use model::bookmarks::Bookmark;
use model::projects::Project;
use model::{Permission, ProjectId, Role, Verdict};
use ui::{
    Dialog, Glyph, Kbd, Menu, MenuButton, MenuLine, MenuLink, MenuRule, NavGroup, NavLink, Shell, Theme, ThemeSwitch,
};

use crate::account::{Me, RememberTheme, SignOut, get_me};
use crate::bookmarks::{BookmarksChanged, list_bookmarks};
use crate::failure::Failure;
use crate::params::project_path;
use crate::pending::{Pending, later};
use crate::projects::{ProjectSign, ProjectsChanged, get_project_head};
use crate::requests::{RequestsChanged, count_requests};
use crate::search::SearchLink;

/// The frame, and the signed-in person as context for pages that hide what the role does not allow.
///
/// The server knows who asks before it renders, so the pages do not wait for it.
#[component]
pub fn Frame() -> impl IntoView {
    match SharedValue::new(known).into_inner() {
        Some(me) => view! { <FrameFor me/> }.into_any(),
        None => view! { <FrameOnceKnown/> }.into_any(),
    }
}

/// Who asks, on the server; the browser reads the server's answer.
fn known() -> Option<Me> {
    #[cfg(feature = "ssr")]
    return crate::server::signed_in().as_ref().map(Me::from);
    #[cfg(not(feature = "ssr"))]
    return None;
}

/// After signing in without a new page from the server, the browser has to ask.
#[component]
fn FrameOnceKnown() -> impl IntoView {
    let me = Resource::new(|| (), |()| get_me());
    view! {
        <Pending>
            {move || later(async move {
                match me.await {
                    Ok(me) => {
                        crate::dates::remember(&me);
                        view! { <FrameFor me/> }.into_any()
                    }
                    Err(error) => {
                        view! { <main class="page"><Failure error what="The dashboard could not be opened."/></main> }.into_any()
                    }
                }
            })}
        </Pending>
    }
}

#[component]
fn FrameFor(me: Me) -> impl IntoView {
    provide_context(me.clone());
    provide_context(RequestsChanged(RwSignal::new(0)));
    provide_context(BookmarksChanged(RwSignal::new(0)));
    let role = me.role;
    let path = use_location().pathname;
    let is = move |wanted: &'static str| Signal::derive(move || path.get().trim_end_matches('/') == wanted);
    let in_projects = Signal::derive(move || {
        matches!(path.get().trim_end_matches('/'), "/dashboard/projects" | "/dashboard/projects/new")
    });
    let in_keys = Signal::derive(move || {
        path.get().strip_prefix("/dashboard/api-keys").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let below = move |area: &'static str| {
        Signal::derive(move || {
            let path = path.get();
            let rest = path.strip_prefix("/dashboard/admin/").and_then(|rest| rest.strip_prefix(area));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    view! {
        <Shell
            nav=move || view! {
                <NavGroup>
                    <NavLink href="/dashboard" label="Home" glyph=Glyph::Home current=is("/dashboard")/>
                    <NavLink href="/dashboard/projects" label="Projects" glyph=Glyph::Folder current=in_projects/>
                    <SearchLink/>
                    <NavLink href="/dashboard/bookmarks" label="Bookmarks" glyph=Glyph::Star current=is("/dashboard/bookmarks")/>
                    {(role != Role::Viewer).then(|| view! {
                        <RequestsLink/>
                        <NavLink href="/dashboard/trash" label="Trash" glyph=Glyph::Trash current=is("/dashboard/trash")/>
                    })}
                </NavGroup>
                <ProjectNav role/>
                {(role == Role::Admin).then(|| view! {
                    <NavGroup title="Administration">
                        <NavLink href="/dashboard/admin" label="Overview" glyph=Glyph::List current=is("/dashboard/admin")/>
                        <NavLink href="/dashboard/admin/people" label="People" glyph=Glyph::Users current=below("people")/>
                        <NavLink href="/dashboard/admin/sign-in" label="Sign-in" glyph=Glyph::Lock current=below("sign-in")/>
                        <NavLink href="/dashboard/api-keys" label="API keys" glyph=Glyph::Key current=in_keys/>
                        <NavLink href="/dashboard/admin/settings" label="Settings" glyph=Glyph::Settings current=below("settings")/>
                        <NavLink href="/dashboard/admin/mail" label="Mail" glyph=Glyph::Inbox current=below("mail")/>
                        <NavLink href="/dashboard/admin/jobs" label="Jobs" glyph=Glyph::Clock current=below("jobs")/>
                        <NavLink href="/dashboard/admin/audit" label="Audit log" glyph=Glyph::History current=below("audit")/>
                    </NavGroup>
                })}
            }
            user=move || view! { <UserMenu me=me.clone()/> }
            theme=move || view! { <ThemeChoice/> }
        >
            <Outlet/>
        </Shell>
        <Shortcuts/>
    }
}

/// Requests, with how many wait for the signed-in person.
#[component]
fn RequestsLink() -> impl IntoView {
    let path = use_location().pathname;
    let RequestsChanged(changed) = expect_context::<RequestsChanged>();
    let count = Resource::new(move || changed.get(), |_| count_requests());
    let current = Signal::derive(move || path.get().starts_with("/dashboard/requests"));
    view! {
        <Pending>
            {move || later(async move {
                let count = count.await.ok().filter(|count| *count > 0).map(|count| count.to_string());
                view! { <NavLink href="/dashboard/requests" label="Requests" glyph=Glyph::Check current count/> }
            })}
        </Pending>
    }
}

/// The keys of the dashboard, shown on `?`.
#[component]
fn Shortcuts() -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move || {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            let is_typing = document().active_element().is_some_and(|element| {
                matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
                    || element.has_attribute("contenteditable")
            });
            if event.key() == "?" && !event.ctrl_key() && !event.meta_key() && !event.alt_key() && !is_typing {
                event.prevent_default();
                open.set(true);
            }
        });
        on_cleanup(move || handle.remove());
    });
    let line = |key: &'static str, what: &'static str| {
        view! { <div class="key-line"><dt><Kbd>{key}</Kbd></dt><dd>{what}</dd></div> }
    };
    view! {
        <Dialog id="shortcuts" open=open title="Keyboard shortcuts">
            <div class="stack">
                <h3>"In the list of entries"</h3>
                <dl class="keys">
                    {line("n", "New entry")}
                    {line("j", "Next entry")}
                    {line("k", "Entry before")}
                    {line("Enter", "Open the entry")}
                </dl>
                <h3>"Everywhere"</h3>
                <dl class="keys">
                    {line("Ctrl+K", "Search, and go anywhere")}
                    {line("/", "Search or filter the list")}
                    {line("?", "Show these keys")}
                    {line("Esc", "Close a dialog or menu")}
                </dl>
            </div>
        </Dialog>
    }
}

/// The links of the project the address names, under its name.
#[component]
fn ProjectNav(role: Role) -> impl IntoView {
    let path = use_location().pathname;
    let changed = RwSignal::new(0_u32);
    provide_context(ProjectsChanged(changed));
    let project = Memo::new(move |_| {
        let path = path.get();
        let id = path.strip_prefix("/dashboard/projects/")?.split('/').next()?;
        (id != "new").then(|| id.parse::<ProjectId>().ok()).flatten()
    });
    let head = Resource::new(
        move || (project.get(), changed.get()),
        |(project, _)| async move {
            match project {
                Some(project) => get_project_head(project).await.ok(),
                None => None,
            }
        },
    );
    view! {
        <Pending>
            {move || later(async move { head.await.map(|project| view! { <ProjectLinks project role/> }) })}
        </Pending>
    }
}

#[component]
fn ProjectLinks(project: Project, role: Role) -> impl IntoView {
    let path = use_location().pathname;
    let base = project_path(&project.id, "");
    let may = |permission| model::access::verdict(role, permission, Some(&project)) == Verdict::Allowed;
    let (writes, edits) = (may(Permission::WriteEntries), may(Permission::EditProjects));
    let keys = may(Permission::ManageApiKeys);
    let link = |suffix: &'static str, label: &'static str, glyph: Glyph| {
        let href = format!("{base}{suffix}");
        let wanted = href.clone();
        let current = Signal::derive(move || {
            let path = path.get();
            let path = path.trim_end_matches('/');
            // Pages below a list belong to it; every page is below the overview.
            path == wanted
                || (!suffix.is_empty() && path.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('/')))
        });
        view! { <NavLink href=href label=label glyph=glyph current=current/> }
    };
    view! {
        <div class="nav-group">
            <a class="nav-project" href=base.clone() title=project.name.clone()>
                <ProjectSign name=project.name.clone() icon=project.icon.clone() color=project.color.clone()/>
                <span class="nav-label" dir="auto">{project.name.clone()}</span>
            </a>
            <ul>
                {link("", "Overview", Glyph::Info)}
                {link("/changelog", "Entries", Glyph::Pencil)}
                {link("/calendar", "Calendar", Glyph::Calendar)}
                {link("/catch-up", "Catch up", Glyph::History)}
                {link("/media", "Media", Glyph::Image)}
                {writes.then(|| link("/import", "Import", Glyph::Upload))}
                {link("/export", "Export", Glyph::Download)}
                {link("/widgets", "Widgets", Glyph::Widget)}
                {edits.then(|| link("/feeds", "Feeds", Glyph::Rss))}
                {keys.then(|| link("/api-keys", "API keys", Glyph::Key))}
                {edits.then(|| link("/settings", "Settings", Glyph::Settings))}
                {project.is_public.then(|| view! {
                    <NavLink href=format!("/changelog/{}", project.slug) label="Public page" glyph=Glyph::Globe external=true/>
                })}
                <ProjectStars project=project.id.clone()/>
            </ul>
        </div>
    }
}

/// The entries of a project that the person marked last. They are asked for once scripts run: a resource that is made
/// while another is awaited gets its number in another order here than on the server, and with it another's data.
#[component]
fn ProjectStars(project: ProjectId) -> impl IntoView {
    let BookmarksChanged(changed) = use_context().unwrap_or_else(|| BookmarksChanged(RwSignal::new(0)));
    let path = use_location().pathname;
    let stars = RwSignal::new(Vec::<Bookmark>::new());
    let id = project.to_string();
    Effect::new(move |_| {
        changed.track();
        let id = id.clone();
        spawn_local(async move {
            if let Ok(found) = list_bookmarks(String::new(), id, String::new()).await {
                // The page may be gone by now.
                let _ = stars.try_set(found);
            }
        });
    });
    let line = move |star: Bookmark| {
        let href = project_path(&star.project_id, &format!("/changelog/{}", star.entry_id));
        let wanted = href.clone();
        let current = Signal::derive(move || path.get() == wanted);
        view! { <NavLink href=href label=star.title glyph=Glyph::Star current=current/> }
    };
    view! {
        <For each=move || stars.get().into_iter().take(5) key=|star| (star.entry_id.clone(), star.title.clone()) children=line/>
    }
}

#[component]
fn UserMenu(me: Me) -> impl IntoView {
    let sign_out = ServerAction::<SignOut>::new();
    let name = me.name.clone();
    view! {
        <Menu label=name end=true>
            <MenuLine>{me.email.clone()}</MenuLine>
            <MenuLine>{Role::label(me.role)}</MenuLine>
            <MenuRule/>
            <MenuLink href="/dashboard/account">"Your account"</MenuLink>
            <MenuButton opens="shortcuts">"Keyboard shortcuts"</MenuButton>
            <li>
                <ActionForm action=sign_out>
                    <button type="submit" class="menu-item">"Sign out"</button>
                </ActionForm>
            </li>
        </Menu>
    }
}

#[component]
fn ThemeChoice() -> impl IntoView {
    let current = chosen_theme();
    let remember = ServerAction::<RememberTheme>::new();
    let tell = move |theme: Theme| {
        remember.dispatch(RememberTheme { theme: theme.as_str().to_owned() });
    };
    view! { <ThemeSwitch action="/theme" current=Signal::stored(current) on_choose=tell/> }
}

/// What the document says.
fn chosen_theme() -> Theme {
    #[cfg(feature = "ssr")]
    return crate::server::page_theme();
    #[cfg(not(feature = "ssr"))]
    return document()
        .document_element()
        .and_then(|root| root.get_attribute("data-theme"))
        .map(|theme| Theme::parse(&theme))
        .unwrap_or_default();
}
