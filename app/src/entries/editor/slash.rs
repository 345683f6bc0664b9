//! The menu that a slash at the start of a line opens.

use leptos::html;
use leptos::prelude::*;
use ui::{Pick, PickKey, Picks, pick_id, pick_key};

use super::Desk;
use super::area::Place;
use super::commands::{Command, matching};
use super::text::{self, Edit};

const LIST: &str = "editor-slash";
/// The height of the whole menu, in CSS pixels.
const ROOM: i32 = 292;

#[derive(Clone, Copy)]
pub(super) struct Slash {
    /// Where the slash stands in the text, and what is typed behind it.
    word: RwSignal<Option<(usize, String)>>,
    active: RwSignal<Option<usize>>,
    place: RwSignal<Place>,
    /// The slash that was dismissed with Escape.
    dismissed: RwSignal<Option<usize>>,
    mirror: NodeRef<html::Div>,
}

impl Slash {
    pub fn new() -> Self {
        Self {
            word: RwSignal::new(None),
            active: RwSignal::new(None),
            place: RwSignal::new(Place::default()),
            dismissed: RwSignal::new(None),
            mirror: NodeRef::new(),
        }
    }

    /// Lays text out as the field does.
    pub fn mirror(self) -> NodeRef<html::Div> {
        self.mirror
    }

    fn found(self) -> Vec<Command> {
        self.word.read().as_ref().map(|(_, word)| matching(word)).unwrap_or_default()
    }

    /// Looks at the text again, after typing or moving the caret.
    pub fn look(self, desk: Desk) {
        let found = desk.area.read().filter(|(_, at)| at.is_empty()).and_then(|(content, at)| {
            let (slash, word) = text::slash_word(&content, at.start)?;
            (!matching(word).is_empty()).then(|| (slash, word.to_owned()))
        });
        if found.is_none() {
            self.dismissed.set(None);
        }
        let found = found.filter(|(slash, _)| self.dismissed.get_untracked() != Some(*slash));
        if let Some((slash, _)) = &found
            && let Some(place) = desk.area.place_of(self.mirror, *slash)
        {
            self.place.set(place);
        }
        if *self.word.read_untracked() != found {
            self.active.set(found.is_some().then_some(0));
            self.word.set(found);
        }
    }

    /// Follows the text when the field is scrolled.
    pub fn follow(self, desk: Desk) {
        if let Some((slash, _)) = self.word.get_untracked()
            && let Some(place) = desk.area.place_of(self.mirror, slash)
        {
            self.place.set(place);
        }
    }

    pub fn close(self) {
        if self.word.read_untracked().is_some() {
            self.word.set(None);
            self.active.set(None);
        }
    }

    /// Whether the menu took the key.
    pub fn key(self, desk: Desk, event: &web_sys::KeyboardEvent) -> bool {
        let Some((slash, _)) = self.word.get_untracked() else { return false };
        let count = untrack(move || self.found().len());
        let key = if event.key() == "Tab" { "Enter".to_owned() } else { event.key() };
        match pick_key(&key, self.active.get_untracked(), count) {
            PickKey::Move(at) => self.active.set(Some(at)),
            PickKey::Choose => self.choose(desk, self.active.get_untracked().unwrap_or(0)),
            PickKey::Close => {
                self.dismissed.set(Some(slash));
                self.close();
            }
            PickKey::Other => return false,
        }
        event.prevent_default();
        true
    }

    /// Takes the word away and does what was chosen in its place.
    fn choose(self, desk: Desk, at: usize) {
        let Some((slash, word)) = self.word.get_untracked() else { return };
        let Some(command) = untrack(move || self.found().get(at).copied()) else { return };
        self.close();
        desk.area.apply(&Edit { range: slash..slash + 1 + word.len(), insert: String::new(), select: slash..slash });
        desk.run(command);
    }

    /// The id of the marked line, for the field.
    pub fn active_id(self) -> Option<String> {
        self.word.read().as_ref().and_then(|_| self.active.get()).map(|at| pick_id(LIST, at))
    }

    pub fn list_id(self) -> Option<&'static str> {
        self.word.read().is_some().then_some(LIST)
    }
}

#[component]
pub(super) fn SlashMenu(desk: Desk) -> impl IntoView {
    let slash = desk.slash;
    let picks = Signal::derive(move || {
        let line = |command: Command| Pick {
            label: command.label().to_owned(),
            note: command.keys().unwrap_or_default(),
            glyph: Some(command.glyph()),
            ..Pick::default()
        };
        slash.found().into_iter().map(line).collect::<Vec<_>>()
    });
    // Above the line where there is no room below it.
    let style = move || {
        let Place { left, top, bottom, height } = slash.place.get();
        if bottom + ROOM > height && top > ROOM {
            format!("inset-inline-start: {left}px; inset-block-end: calc(100% - {top}px)")
        } else {
            format!("inset-inline-start: {left}px; inset-block-start: {bottom}px")
        }
    };
    view! {
        <div class="editor-mirror" aria-hidden="true" node_ref=slash.mirror></div>
        <Show when=move || slash.word.read().is_some()>
            <div class="popover slash-menu" style=style>
                <Picks id=LIST label="Blocks" picks active=slash.active on_pick=move |at| slash.choose(desk, at)/>
            </div>
        </Show>
    }
}
