//! The kit: components that know text and callbacks, and nothing of the product's data. No server function is called
//! here, and nothing reads a clock, the window or random numbers while it renders.
//!
//! Every component can be seen in each of its states in the [`Gallery`]. Texts are given as `&str` or `String`, changing
//! ones (`Signal<…>`) also as closure or signal. `error` is always `Signal<Option<String>>`; a slot takes a closure that
//! gives a view. Style classes for pages are listed at the top of `style/pages/*.css` and `style/kit/layout.css`.
//!
//! Buttons and links
//! - [`Button`]: `<Button busy=action.pending()>"Save changes"</Button>` submits and is primary;
//!   `<Button on_click=move |_| …>"Preview"</Button>` is quiet; `variant=Variant::Danger`, `small=true`,
//!   `glyph=Glyph::Plus`, `name="intent" value="publish"`, `form="entry-form"`, `opens="delete-dialog"`
//! - [`ButtonLink`]: `<ButtonLink href="/dashboard/projects/new" variant=Variant::Primary>"New project"</ButtonLink>`
//! - [`IconButton`]: `<IconButton glyph=Glyph::Close label="Dismiss" on_click=move |_| …/>`
//! - [`Icon`]: `<Icon glyph=Glyph::Search/>`, `size=20`, `label="opens in a new tab"` where no word is beside it
//!
//! Fields (id is `field-<name>` unless given; `bind=RwSignal` for two-way, `value=` for server-known text)
//! - [`Field`]: `<Field label="Name" name="name" value=name error=name_error required=true hint="Up to 60 characters"/>`,
//!   `kind="email"`, `mono=true`, `bind=signal`, `autocomplete="username"`, `hide_label=true`
//! - [`TextArea`]: `<TextArea label="Text" name="text" bind=text rows=12 mono=true node_ref=area/>`
//! - [`SearchField`]: `<form method="get" role="search"><SearchField label="Search entries" value=q shortcut="/"/></form>`
//! - [`Select`]: `<Select label="Sort" name="sort" value="newest" options=vec![Choice::new("newest", "Newest first")]/>`
//! - [`Radios`]: `<Radios legend="After import" name="mode" value="draft" options=vec![Choice::new("draft", "Keep as
//!   drafts").with_hint("Nobody sees them yet.")]/>`
//! - [`CheckGroup`]: `<CheckGroup legend="Entries" name="scopes[]" options=vec![Choice::new("tags:read", "tags:read")]
//!   ticked=vec!["tags:read".into()]/>`, several values under one name
//! - [`Checkbox`], [`Switch`]: `<Switch label="Public" name="public" checked=is_public hint="Anyone can read it."/>`
//! - [`ColorField`]: `<ColorField label="Colour" name="color" value=color swatches=vec![("#2b5fc2".into(), "Blue".into())]/>`
//! - [`TagPicker`]: `<TagPicker label="Tags" name="tags" bind=tags known=known on_create=move |(name, color)| …/>`, sends
//!   a comma list ([`split_tags`] reads one), completes from known tags and makes new ones with a colour of
//!   `palette=vec![("#c2452b".into(), "Red".into())]`
//! - [`Picks`]: the list under a field that completes: `<Picks id="versions" label="Versions" picks active on_pick=move
//!   |at| …/>`, with [`pick_key`] for the field's keys and [`pick_id`] for its `aria-activedescendant`
//! - [`FileDrop`]: `<FileDrop label="Changelog" name="text" bind=text accept=".md,text/markdown" on_file=move |file| …/>`
//!
//! - [`Toolbar`] of [`ToolButton`]s and [`ToolRule`]s: `<Toolbar label="Formatting"><ToolButton glyph=Glyph::Bold
//!   label="Bold" keys="Ctrl+B" on_click=move |()| …/></Toolbar>`
//!
//! Form messages
//! - [`FormError`]: `<FormError message=failure fields=field_errors reference=reference/>` takes focus when it appears
//! - [`Notice`]: `<Notice tone=Tone::Warn title="Careful">"This page is public."</Notice>`
//!
//! Dialogs and menus
//! - [`Dialog`]: `<Button opens="rename">"Rename"</Button> <Dialog id="rename" open=open title="Rename">…</Dialog>`
//!   (`open: RwSignal<bool>`; set it, or use `opens`), [`DialogActions`] for its last line (adds "Cancel")
//! - [`Confirm`]: in a `Dialog` and an `ActionForm`: `<Confirm verb="Delete project" phrase=name busy=pending
//!   error=confirm_error>"Its 134 entries are deleted too."</Confirm>`; sends the typed text as `confirm`
//! - [`ConfirmDialog`]: `<ConfirmDialog id="drop" open=open title="Delete entry" verb="Delete entry" on_confirm=move |()|
//!   …>"…"</ConfirmDialog>` without a form
//! - [`Menu`]: `<Menu label="Row actions" glyph=Glyph::More end=true><MenuLink href="…">"Edit"</MenuLink><MenuButton
//!   danger=true opens="drop">"Delete"</MenuButton><MenuRule/><MenuLine>"Signed in as Mia"</MenuLine></Menu>`
//! - [`Tabs`] with [`TabPanel`]: `<Tabs label="View" tabs=vec![("write".into(), "Write".into())] selected=selected/>
//!   <TabPanel id="write" selected=selected>…</TabPanel>`; [`TabNav`] with [`TabLink`] for tabs that are pages
//!
//! Lists
//! - [`Table`]: `<Table caption="Entries" head=|| view! { <th scope="col">"Title"</th> }><tr><td class="cell-mark">…</td>
//!   <td class="cell-main"><a href="…">"Title"</a></td><td>"2 Nov"</td><RowActions>…menu…</RowActions></tr></Table>`
//! - [`RowActions`]: `<RowActions quick=|| view! { … }><Menu …/></RowActions>`, [`BulkBar`], [`Scroll`]
//! - [`StateMark`]: `<StateMark mark=Mark::Draft/>` (`compact=true` hides the word), [`StatusMark`]: `<StatusMark
//!   tone=Tone::Good word="Active"/>` for anything but an entry, [`TagWord`]: `<TagWord name="fix"
//!   color=Some("#c2452b".to_owned())/>`, [`Chip`]: `<Chip href="?state=draft" label="Draft" count="3" current=is_draft/>`
//! - [`Pager`]: `<Pager newer=newer_href older=older_href/>` (both `Option<String>`)
//!
//! Page frame
//! - [`Shell`]: `<Shell nav=|| view! { <NavGroup><NavLink href="/dashboard" label="Home" glyph=Glyph::Home
//!   current=is_home/></NavGroup> } user=|| view! { <Menu …/> } theme=|| view! { <ThemeSwitch action="/theme"/> }>…</Shell>`
//! - [`PageHeader`]: `<PageHeader title="Entries" count="134" crumbs=vec![Crumb::link("Atuin", "/…"),
//!   Crumb::here("Entries")] middle=|| view! { <Chip …/> } action=|| view! { <ButtonLink …/> }/>`
//! - [`Section`]: `<Section title="Name" text="Shown on the public page.">…form…</Section>`, [`Breadcrumb`]
//! - [`ThemeSwitch`]: `<ThemeSwitch action="/theme" current=Theme::parse(&cookie)/>`; [`Logo`], [`LogoMark`]
//!
//! States
//! - [`EmptyState`]: `<EmptyState title="No entries yet" text="Write what changed.">…button…</EmptyState>`
//! - [`ErrorState`]: `<ErrorState title="The entries could not be loaded." reference=reference on_retry=move |()| …/>`
//! - [`ForbiddenState`]: `<ForbiddenState title="You cannot change this project." help="Ask an administrator."/>`
//! - [`SkeletonLines`]: `<SkeletonLines lines=4/>`, [`SkeletonRows`]: `<SkeletonRows rows=8/>`
//! - Toasts: [`provide_toasts`] and `<ToastRegion/>` once in the root; then `use_toasts().say("Entry published.")` or
//!   `.say_with_undo("Entry deleted.", move || …)`
//!
//! Small text
//! - [`Time`]: `<Time iso="2026-11-02T09:00:00Z" text="2 Nov" title="2 November 2026, 09:00 UTC"/>`
//! - [`Figures`] with [`Figure`]: `<Figures><Figure label="Published" value="130" note="12 this month"/></Figures>`
//! - [`Kbd`]: `<Kbd>"n"</Kbd>`, [`CodeBlock`]: `<CodeBlock label="Widget snippet" code=snippet/>`, [`ColorDot`]

mod button;
mod color;
mod dialog;
mod field;
mod file_drop;
mod gallery;
mod header;
mod icon;
mod logo;
mod mark;
mod menu;
mod notice;
mod picks;
mod shell;
mod state;
mod table;
mod tabs;
mod tag_picker;
mod tags;
mod text;
mod theme;
mod toast;
mod toolbar;

pub use button::{Button, ButtonLink, IconButton, Variant};
pub use color::{ColorDot, ColorField};
pub use dialog::{Confirm, ConfirmDialog, Dialog, DialogActions};
pub use field::{
    CheckGroup, Checkbox, Choice, Field, Radios, SearchField, Select, Switch, TextArea, TextControl, keep_in_step,
};
pub use file_drop::{FileDrop, PickedFile};
pub use gallery::Gallery;
pub use header::{Breadcrumb, Crumb, PageHeader, Pager, Section};
pub use icon::{Glyph, Icon};
pub use logo::{Logo, LogoMark};
pub use mark::{Chip, Mark, StateMark, StatusMark, TagWord};
pub use menu::{Menu, MenuButton, MenuLine, MenuLink, MenuRule};
pub use notice::{FormError, Notice, Tone};
pub use picks::{Pick, PickKey, Picks, pick_id, pick_key};
pub use shell::{NavGroup, NavLink, Shell};
pub use state::{EmptyState, ErrorState, ForbiddenState, SkeletonLines, SkeletonRows};
pub use table::{BulkBar, RowActions, Scroll, Table};
pub use tabs::{TabLink, TabNav, TabPanel, Tabs};
pub use tag_picker::{KnownTag, TagPicker};
pub use tags::split_tags;
pub use text::{CodeBlock, Figure, Figures, Kbd, Time};
pub use theme::{Theme, ThemeSwitch, apply_theme};
pub use toast::{ToastRegion, Toasts, provide_toasts, use_toasts};
pub use toolbar::{ToolButton, ToolRule, Toolbar};
