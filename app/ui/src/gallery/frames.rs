//! What stands around content: dialogs, menus, tabs, headers, the sidebar.

use leptos::prelude::*;

use super::{Case, LONG, RTL, Specimen};
use crate::{
    Breadcrumb, Button, ButtonLink, Chip, Confirm, ConfirmDialog, Crumb, Dialog, DialogActions, Field, Glyph, Menu,
    MenuButton, MenuLine, MenuLink, MenuRule, NavGroup, NavLink, PageHeader, Pager, Section, TabLink, TabNav, TabPanel,
    Tabs, Theme, ThemeSwitch, Variant, use_toasts,
};

#[component]
pub(super) fn Dialogs() -> impl IntoView {
    let rename = RwSignal::new(false);
    let delete = RwSignal::new(false);
    let drop_entry = RwSignal::new(false);
    let toasts = use_toasts();
    view! {
        <Specimen name="Dialog">
            <Case note="With a form, with a typed confirmation, by callback">
                <div class="cluster">
                    <Button opens="g-rename">"Rename"</Button>
                    <Button opens="g-delete" variant=Variant::Danger>"Delete project"</Button>
                    <Button opens="g-drop">"Delete entry"</Button>
                </div>
            </Case>
            <Case note="The inside of a confirmation, busy">
                <div class="specimen-frame">
                    <div class="dialog-body">
                        <Confirm verb="Delete project" phrase="Atuin" busy=true error="Type the name as it is written.">
                            <p>"134 entries, their files and 214 subscriptions are deleted. This cannot be undone."</p>
                        </Confirm>
                    </div>
                </div>
            </Case>
            <Dialog id="g-rename" open=rename title="Rename project">
                <form method="dialog" class="stack">
                    <Field label="Name" name="g-new-name" value="Atuin" required=true/>
                    <DialogActions>
                        <Button>"Rename"</Button>
                    </DialogActions>
                </form>
            </Dialog>
            <Dialog id="g-delete" open=delete title=format!("Delete {LONG}")>
                <form method="dialog">
                    <Confirm verb="Delete project" phrase="Atuin">
                        <p>"134 entries, their files and 214 subscriptions are deleted. This cannot be undone."</p>
                    </Confirm>
                </form>
            </Dialog>
            <ConfirmDialog
                id="g-drop"
                open=drop_entry
                title="Delete entry"
                verb="Delete entry"
                on_confirm=move |()| {
                    drop_entry.set(false);
                    toasts.say_with_undo("Entry deleted.", move || toasts.say("Entry restored."));
                }
            >
                <p>"Readers lose the page at once. You can undo this for ten seconds."</p>
            </ConfirmDialog>
        </Specimen>
    }
}

#[component]
pub(super) fn Menus() -> impl IntoView {
    view! {
        <Specimen name="Menu">
            <Case note="With a word, with a glyph, with a face. Arrow keys move, Escape closes.">
                <div class="cluster">
                    <Menu label="Sort">
                        <MenuLink href="#" current=true>"Newest first"</MenuLink>
                        <MenuLink href="#">"Oldest first"</MenuLink>
                        <MenuLink href="#">{LONG}</MenuLink>
                    </Menu>
                    <Menu label="Row actions" glyph=Glyph::More>
                        <MenuLink href="#" glyph=Glyph::Pencil>"Edit"</MenuLink>
                        <MenuLink href="#" glyph=Glyph::Globe external=true>"Open public page"</MenuLink>
                        <MenuButton glyph=Glyph::Clock disabled=true>"Schedule"</MenuButton>
                        <MenuRule/>
                        <MenuButton glyph=Glyph::Trash danger=true opens="g-drop">"Delete entry"</MenuButton>
                    </Menu>
                    <Menu label="Account" face=|| view! { <span class="avatar">"M"</span> }>
                        <MenuLine>"Signed in as Mia Okafor"</MenuLine>
                        <MenuRule/>
                        <MenuLink href="#" glyph=Glyph::User>"Account"</MenuLink>
                        <MenuButton glyph=Glyph::LogOut>"Sign out"</MenuButton>
                    </Menu>
                </div>
            </Case>
        </Specimen>
    }
}

#[component]
pub(super) fn TabLines() -> impl IntoView {
    let selected = RwSignal::new("g-write".to_owned());
    view! {
        <Specimen name="Tabs">
            <Case note="Pages">
                <TabNav label="Project settings">
                    <TabLink href="#" current=true>"General"</TabLink>
                    <TabLink href="#" count="3">"Tags"</TabLink>
                    <TabLink href="#">"Access"</TabLink>
                </TabNav>
            </Case>
            <Case note="Panels">
                <Tabs
                    label="Entry"
                    tabs=vec![("g-write".to_owned(), "Write".to_owned()), ("g-preview".to_owned(), "Preview".to_owned())]
                    selected=selected
                />
                <TabPanel id="g-write" selected=selected>"The text."</TabPanel>
                <TabPanel id="g-preview" selected=selected>"The text as readers see it."</TabPanel>
            </Case>
        </Specimen>
    }
}

#[component]
pub(super) fn Headers() -> impl IntoView {
    view! {
        <Specimen name="PageHeader">
            <Case note="With count, filters and one action">
                <PageHeader
                    title="Entries"
                    count="134".to_owned()
                    middle=|| {
                        view! {
                            <Chip href="#" label="All" current=true/>
                            <Chip href="#" label="Draft" count="3"/>
                            <Chip href="#" label="Scheduled" count="1"/>
                            <Chip href="#" label="Published" count="130"/>
                        }
                    }
                    action=|| view! { <ButtonLink href="#" variant=Variant::Primary glyph=Glyph::Plus>"New entry"</ButtonLink> }
                />
            </Case>
            <Case note="Too long; right to left">
                <PageHeader title=LONG action=|| view! { <ButtonLink href="#">"Edit"</ButtonLink> }/>
                <PageHeader title=RTL lead="The sentence under it stays in the interface's language."/>
            </Case>
        </Specimen>
        <Specimen name="Section">
            <Section title="Visibility" text="Who can read the changelog of this project.">
                <div class="cluster">
                    <Button variant=Variant::Quiet>"Save visibility"</Button>
                </div>
            </Section>
        </Specimen>
        <Specimen name="Breadcrumb, Pager">
            <Case note="Way back, and through a list">
                <div class="specimen-frame">
                    <div class="dialog-body">
                        <Pager newer=Some("#newer".to_owned()) older=Some("#older".to_owned()) label="Pages, middle"/>
                        <Pager older=Some("#older".to_owned()) label="Pages, first"/>
                    </div>
                </div>
            </Case>
            <Case note="A long name gives way">
                <Breadcrumb label="Breadcrumb, long" crumbs=vec![
                    Crumb::link("Projects", "#"),
                    Crumb::link(LONG, "#"),
                    Crumb::here("Entries"),
                ]/>
            </Case>
        </Specimen>
        <Specimen name="ThemeSwitch">
            <ThemeSwitch action="/theme" current=Theme::System/>
        </Specimen>
    }
}

#[component]
pub(super) fn Sidebars() -> impl IntoView {
    view! {
        <Specimen name="NavGroup">
            <div class="specimen-frame">
                <div class="dialog-body stack">
                    <NavGroup>
                        <NavLink href="#" label="Home" glyph=Glyph::Home current=true/>
                        <NavLink href="#" label="Projects" glyph=Glyph::Folder/>
                        <NavLink href="#" label="Requests" glyph=Glyph::Inbox count="2".to_owned()/>
                        <NavLink href="#" label="Public page" glyph=Glyph::Globe external=true/>
                    </NavGroup>
                    <NavGroup title=LONG>
                        <NavLink href="#" label=LONG glyph=Glyph::List/>
                        <NavLink href="#" label=RTL glyph=Glyph::Settings/>
                    </NavGroup>
                </div>
            </div>
        </Specimen>
    }
}
