//! The frame around the pages of the dashboard: navigation, theme, the signed-in person.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use model::Role;
use ui::{Glyph, Menu, MenuLine, NavGroup, NavLink, Shell, Theme, ThemeSwitch};

use crate::account::{Me, SignOut, get_me};
use crate::failure::Failure;

/// The frame, and the signed-in person as context for pages that hide what the role does not allow.
///
/// The server knows who asks before it renders. Inside a `Suspense` the pages would be built more than once, and so
/// would ask for their data more than once.
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
        <Suspense>
            {move || Suspend::new(async move {
                match me.await {
                    Ok(me) => view! { <FrameFor me/> }.into_any(),
                    Err(error) => {
                        view! { <main class="page"><Failure error what="The dashboard could not be opened."/></main> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn FrameFor(me: Me) -> impl IntoView {
    provide_context(me.clone());
    let path = use_location().pathname;
    let is = move |wanted: &'static str| Signal::derive(move || path.get().trim_end_matches('/') == wanted);
    let in_projects = Signal::derive(move || {
        matches!(path.get().trim_end_matches('/'), "/dashboard/projects" | "/dashboard/projects/new")
    });
    view! {
        <Shell
            nav=move || view! {
                <NavGroup>
                    <NavLink href="/dashboard" label="Home" glyph=Glyph::Home current=is("/dashboard")/>
                    <NavLink href="/dashboard/projects" label="Projects" glyph=Glyph::Folder current=in_projects/>
                </NavGroup>
                <ProjectNav/>
            }
            user=move || view! { <UserMenu me=me.clone()/> }
            theme=move || view! { <ThemeChoice/> }
        >
            <Outlet/>
        </Shell>
    }
}

/// The links of the project the address names.
#[component]
fn ProjectNav() -> impl IntoView {
    let path = use_location().pathname;
    let project = Memo::new(move |_| {
        let path = path.get();
        let id = path.strip_prefix("/dashboard/projects/")?.split('/').next()?;
        (!id.is_empty() && id != "new").then(|| id.to_owned())
    });
    move || {
        project.get().map(|id| {
            let base = format!("/dashboard/projects/{id}");
            let link = move |suffix: &'static str, label: &'static str, glyph: Glyph| {
                let href = format!("{base}{suffix}");
                let wanted = href.clone();
                let current = Signal::derive(move || path.get().trim_end_matches('/') == wanted);
                view! { <NavLink href=href label=label glyph=glyph current=current/> }
            };
            view! {
                <NavGroup title="Project">
                    {link("", "Overview", Glyph::Info)}
                    {link("/changelog", "Entries", Glyph::Pencil)}
                    {link("/import", "Import", Glyph::Upload)}
                    {link("/settings", "Settings", Glyph::Settings)}
                </NavGroup>
            }
        })
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
            <ActionForm action=sign_out>
                <button type="submit" class="menu-item" role="menuitem">"Sign out"</button>
            </ActionForm>
        </Menu>
    }
}

#[component]
fn ThemeChoice() -> impl IntoView {
    let current = chosen_theme();
    view! { <ThemeSwitch action="/theme" current=Signal::stored(current)/> }
}

/// What the document says, which on the server comes from the cookie.
fn chosen_theme() -> Theme {
    #[cfg(feature = "ssr")]
    return use_context::<http::request::Parts>().map(|parts| crate::server::theme(&parts.headers)).unwrap_or_default();
    #[cfg(not(feature = "ssr"))]
    return document()
        .document_element()
        .and_then(|root| root.get_attribute("data-theme"))
        .map(|theme| Theme::parse(&theme))
        .unwrap_or_default();
}
