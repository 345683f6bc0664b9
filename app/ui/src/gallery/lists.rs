//! Rows, the signs in them, and what stands there when there are none.

use leptos::prelude::*;

use super::{Case, LONG, RTL, Specimen};
use crate::{
    BulkBar, Button, ButtonLink, Chip, EmptyState, ErrorState, ForbiddenState, Glyph, IconButton, Mark, Menu,
    MenuButton, MenuLink, RowActions, Scroll, SkeletonLines, SkeletonRows, StateMark, StatusMark, Table, TagWord, Time,
    Tone, Variant, use_toasts,
};

struct Row {
    mark: Mark,
    version: &'static str,
    title: &'static str,
    tags: &'static [(&'static str, &'static str)],
    date: &'static str,
}

const ROWS: [Row; 5] = [
    Row {
        mark: Mark::Published,
        version: "18.19.0",
        title: "Faster search, fewer surprises",
        tags: &[("fix", "#b3541e"), ("search", "#2b5fc2")],
        date: "2 Nov",
    },
    Row {
        mark: Mark::Draft,
        version: "18.20.0",
        title: "Key rotation",
        tags: &[("security", "#a8325a")],
        date: "Today",
    },
    Row { mark: Mark::Scheduled, version: "18.20.1", title: "Windows paths", tags: &[], date: "Mon 09:00" },
    Row {
        mark: Mark::Draft,
        version: "19.0.0-beta.1+build.20261102",
        title: LONG,
        tags: &[("breaking", "#6b4fb3")],
        date: "3 Nov",
    },
    Row {
        mark: Mark::Published, version: "18.18.2", title: RTL, tags: &[("إصلاح", "#1f7a4d")], date: "14 Oct 2025"
    },
];

#[component]
pub(super) fn Rows() -> impl IntoView {
    let selected = RwSignal::new(2_usize);
    view! {
        <Specimen name="Table">
            <Case note="Row actions appear on hover and focus; the menu is always there. The second row is selected.">
                <Table
                    caption="Entries"
                    head=|| {
                        view! {
                            <th scope="col">"State"</th>
                            <th scope="col">"Version"</th>
                            <th scope="col">"Title"</th>
                            <th scope="col">"Tags"</th>
                            <th scope="col">"Date"</th>
                            <th scope="col"><span class="sr-only">"Actions"</span></th>
                        }
                    }
                >
                    {ROWS
                        .iter()
                        .enumerate()
                        .map(|(at, row)| {
                            view! {
                                <tr class=if at == 1 { "row-selected" } else { "" }>
                                    <td class="cell-mark"><StateMark mark=row.mark compact=true/></td>
                                    <td class="cell-version mono" title=row.version>{row.version}</td>
                                    <td class="cell-main">
                                        <a href="#" dir="auto" title=row.title>{row.title}</a>
                                    </td>
                                    <td class="cell-tags">
                                        {row.tags
                                            .iter()
                                            .map(|(name, color)| view! { <TagWord name=*name color=Some((*color).to_owned())/> })
                                            .collect_view()}
                                    </td>
                                    <td><Time iso="2026-11-02T09:00:00Z" text=row.date title="2 November 2026, 09:00 UTC"/></td>
                                    <RowActions quick=|| {
                                        view! { <IconButton small=true glyph=Glyph::Pencil label="Edit" kind="button"/> }
                                    }>
                                        <Menu label="Row actions" glyph=Glyph::More small=true end=true>
                                            <MenuLink href="#" glyph=Glyph::Pencil>"Edit"</MenuLink>
                                            <MenuButton glyph=Glyph::Trash danger=true>"Delete entry"</MenuButton>
                                        </Menu>
                                    </RowActions>
                                </tr>
                            }
                        })
                        .collect_view()}
                </Table>
            </Case>
            <Case note="Too wide to fold: scrolls by itself">
                <Scroll label="Figures by month">
                    <table class="list-table">
                        <tbody>
                            <tr>
                                {(1..=24).map(|month| view! { <td class="cell-num">{format!("{month:02}")}</td> }).collect_view()}
                            </tr>
                        </tbody>
                    </table>
                </Scroll>
            </Case>
        </Specimen>
        <Specimen name="BulkBar">
            <div class="specimen-frame">
                <BulkBar count=selected on_clear=move |()| selected.set(0)>
                    <Button small=true variant=Variant::Quiet>"Publish"</Button>
                    <Button small=true variant=Variant::Danger>"Delete entries"</Button>
                </BulkBar>
            </div>
        </Specimen>
    }
}

#[component]
pub(super) fn Marks() -> impl IntoView {
    view! {
        <Specimen name="StateMark">
            <div class="cluster">
                <StateMark mark=Mark::Draft/>
                <StateMark mark=Mark::Scheduled/>
                <StateMark mark=Mark::Published/>
                <StateMark mark=Mark::Draft compact=true/>
                <StateMark mark=Mark::Scheduled compact=true/>
                <StateMark mark=Mark::Published compact=true/>
            </div>
        </Specimen>
        <Specimen name="StatusMark">
            <div class="cluster">
                <StatusMark tone=Tone::Good word="Active until 2 Nov 2027"/>
                <StatusMark tone=Tone::Warn word="Expired 2 Nov 2026"/>
                <StatusMark tone=Tone::Bad word="Revoked 2 Nov 2026"/>
                <StatusMark tone=Tone::Note word="Stopped"/>
            </div>
        </Specimen>
        <Specimen name="TagWord">
            <div>
                <TagWord name="fix" color=Some("#b3541e".to_owned())/>
                <TagWord name="search" href=Some("#".to_owned())/>
                <TagWord name="أمان"/>
            </div>
        </Specimen>
        <Specimen name="Chip">
            <div class="cluster">
                <Chip href="#" label="All" current=true/>
                <Chip href="#" label="Draft" count="3"/>
                <Chip href="#" label="Published" count="130"/>
            </div>
        </Specimen>
    }
}

#[component]
pub(super) fn States() -> impl IntoView {
    view! {
        <Specimen name="EmptyState">
            <Case note="First use">
                <EmptyState title="No entries yet" text="An entry says what changed in one release. Write one, or bring your changelog.">
                    <ButtonLink href="#" variant=Variant::Primary>"New entry"</ButtonLink>
                    <ButtonLink href="#">"Import a changelog"</ButtonLink>
                </EmptyState>
            </Case>
            <Case note="Nothing found">
                <EmptyState title="Nothing found for \u{201c}kubernets\u{201d}">
                    <ButtonLink href="#">"Show all entries"</ButtonLink>
                </EmptyState>
            </Case>
        </Specimen>
        <Specimen name="ErrorState">
            <ErrorState
                title="The entries could not be loaded."
                text="Nothing was changed. Try again; if it fails again, give the reference to whoever runs this server."
                reference="7f3k-92qd"
                retry_href="#"
            />
        </Specimen>
        <Specimen name="ForbiddenState">
            <ForbiddenState title="You cannot change this project." help="Ask an administrator to give you access.">
                <ButtonLink href="#">"Back to projects"</ButtonLink>
            </ForbiddenState>
        </Specimen>
        <Specimen name="Skeleton">
            <Case note="A text and a list on their way; seen after 150 ms">
                <SkeletonLines lines=3/>
                <SkeletonRows rows=3/>
            </Case>
        </Specimen>
    }
}

#[component]
pub(super) fn ToastLines() -> impl IntoView {
    let page = use_toasts();
    view! {
        <Specimen name="Toast">
            <Case note="Says what is done and how to undo it; stays while it is pointed at">
                <div class="cluster">
                    <Button variant=Variant::Quiet on_click=move |_| page.say("Entry published.")>"Show one"</Button>
                    <Button
                        variant=Variant::Quiet
                        on_click=move |_| page.say_with_undo("Entry deleted.", move || page.say("Entry restored."))
                    >
                        "Show one with undo"
                    </Button>
                </div>
            </Case>
        </Specimen>
    }
}
