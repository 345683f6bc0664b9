//! The line of tools over the text, and the switch between writing and preview.

use leptos::prelude::*;
use ui::{Glyph, Menu, MenuButton, ToolButton, ToolRule, Toolbar};
use wasm_bindgen::JsCast;

use super::Desk;
use super::commands::Command;
use super::insert::Form;
use super::local;

/// How text and preview share a wide window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Write,
    Split,
    Preview,
}

impl Mode {
    const ALL: [Mode; 3] = [Mode::Write, Mode::Split, Mode::Preview];

    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Write => "write",
            Mode::Split => "split",
            Mode::Preview => "preview",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Mode::Write => "Write only",
            Mode::Split => "Write and preview",
            Mode::Preview => "Preview only",
        }
    }

    fn glyph(self) -> Glyph {
        match self {
            Mode::Write => Glyph::Pencil,
            Mode::Split => Glyph::Columns,
            Mode::Preview => Glyph::Eye,
        }
    }

    /// What was chosen in this browser before.
    pub fn remembered() -> Option<Self> {
        let name = local::choice("view")?;
        Mode::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}

#[component]
pub(super) fn Tools(
    desk: Desk,
    mode: RwSignal<Mode>,
    /// Another menu, behind the others.
    #[prop(into)]
    menu: ViewFnOnce,
) -> impl IntoView {
    // Without scripts the tools do nothing, and say so.
    let ready = desk.ready;
    let disabled = Signal::derive(move || !ready.get());
    let tool = move |command: Command| {
        view! {
            <ToolButton
                glyph=command.glyph()
                label=command.label()
                keys=command.keys().unwrap_or_default()
                disabled=disabled
                on_click=move |()| desk.run(command)
            />
        }
    };
    let line = move |command: Command| {
        view! { <MenuButton glyph=command.glyph() on_click=move |_| desk.run(command)>{command.label()}</MenuButton> }
    };
    view! {
        <div class="editor-toolbar">
            <div class="editor-tools">
                <Toolbar label="Formatting">
                    <ToolButton glyph=Glyph::Undo label="Undo" keys="Ctrl+Z" disabled on_click=move |()| desk.area.history(false)/>
                    <ToolButton glyph=Glyph::Redo label="Redo" keys="Ctrl+Shift+Z" disabled on_click=move |()| desk.area.history(true)/>
                    <ToolRule/>
                    {tool(Command::Bold)}
                    {tool(Command::Italic)}
                    {tool(Command::Strike)}
                    {tool(Command::Insert(Form::Link))}
                    <ToolRule/>
                    {tool(Command::Bullet)}
                    {tool(Command::Numbered)}
                    {tool(Command::Task)}
                    {tool(Command::Quote)}
                    {tool(Command::Code)}
                    {tool(Command::CodeBlock)}
                    {tool(Command::Picture)}
                </Toolbar>
            </div>
            <Menu label="Heading" small=true>
                {[1, 2, 3, 4, 0].into_iter().map(|level| line(Command::Heading(level))).collect_view()}
            </Menu>
            <Menu label="Insert" small=true end=true>
                {line(Command::Picture)}
                {Form::BLOCKS.into_iter().map(|form| line(Command::Insert(form))).collect_view()}
                {line(Command::Rule)}
                {line(Command::Template)}
            </Menu>
            {menu.run()}
            <ToolButton
                glyph=Glyph::Search
                label="Find and replace"
                keys="Ctrl+F"
                disabled
                on_click=move |()| desk.finder.open(desk, false)
            />
            <span class="editor-modes">
                <Toolbar label="View">
                    {Mode::ALL
                        .into_iter()
                        .map(|own| view! {
                            <ToolButton
                                glyph=own.glyph()
                                label=own.label()
                                disabled=disabled
                                pressed=Signal::derive(move || Some(mode.get() == own))
                                on_click=move |()| {
                                    mode.set(own);
                                    local::remember("view", own.as_str());
                                }
                            />
                        })
                        .collect_view()}
                </Toolbar>
            </span>
            <ToolButton glyph=Glyph::Keyboard label="Keyboard shortcuts" keys="?" disabled opens="editor-keys"/>
        </div>
    }
}

/// The keys of the text field: commands, lists, and the slash menu's own.
pub(super) fn key_in_text(desk: Desk, event: &web_sys::KeyboardEvent) {
    if event.is_composing() {
        return;
    }
    if desk.slash.key(desk, event) {
        return;
    }
    let key = event.key();
    let with_ctrl = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
    let edit = match key.as_str() {
        "Enter" if !with_ctrl && !event.shift_key() => {
            desk.area.read().and_then(|(text, at)| super::text::enter(&text, at))
        }
        "Tab" if !with_ctrl && !event.alt_key() => {
            desk.area.read().and_then(|(text, at)| super::text::indent(&text, at, event.shift_key()))
        }
        "f" | "F" | "h" | "H" if with_ctrl && !event.shift_key() => {
            event.prevent_default();
            desk.finder.open(desk, key.eq_ignore_ascii_case("h"));
            return;
        }
        _ if with_ctrl && !event.shift_key() => {
            let command = [
                Command::Bold,
                Command::Italic,
                Command::Insert(Form::Link),
                Command::Heading(1),
                Command::Heading(2),
                Command::Heading(3),
            ]
            .into_iter()
            .find(|command| command.key().is_some_and(|own| key.eq_ignore_ascii_case(own.encode_utf8(&mut [0; 4]))));
            if let Some(command) = command {
                event.prevent_default();
                desk.run(command);
            }
            return;
        }
        _ => None,
    };
    if let Some(edit) = edit {
        event.prevent_default();
        desk.area.apply(&edit);
    }
}

/// What is pasted: an address over words becomes a link, formatted text becomes Markdown, and the rest stays plain.
pub(super) fn pasted(desk: Desk, event: &web_sys::Event) {
    let data = event.dyn_ref::<web_sys::ClipboardEvent>().and_then(web_sys::ClipboardEvent::clipboard_data);
    let Some(data) = data else { return };
    if super::media::pasted(desk, &data) {
        return event.prevent_default();
    }
    let Some((text, at)) = desk.area.read() else { return };
    let plain = data.get_data("text/plain").unwrap_or_default();
    let edit = super::text::paste_address(&text, at.clone(), &plain).or_else(|| {
        // Code is pasted as it is.
        if super::text::is_in_code(&text, at.start) {
            return None;
        }
        let html = data.get_data("text/html").ok().filter(|html| !html.is_empty())?;
        super::paste::to_markdown(&html).map(|markdown| super::text::Edit::replace(at, markdown))
    });
    if let Some(edit) = edit {
        event.prevent_default();
        desk.area.apply(&edit);
    }
}
