//! The text field of the page: reads its text and selection, and carries edits out so that the browser's own undo takes
//! them back.

use std::ops::Range;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventInit, HtmlDocument, HtmlTextAreaElement};

use super::text::{Edit, from_utf16, to_utf16};

/// Where a character is drawn, in CSS pixels from the top left of the field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub left: i32,
    pub top: i32,
    pub bottom: i32,
    /// Of the whole field.
    pub height: i32,
}

/// What a part of the text covers, in CSS pixels from the top left of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
}

#[derive(Clone, Copy)]
pub(super) struct Area(pub NodeRef<html::Textarea>);

impl Area {
    fn element(self) -> Option<HtmlTextAreaElement> {
        self.0.try_get_untracked().flatten()
    }

    /// The text and the selected bytes.
    pub fn read(self) -> Option<(String, Range<usize>)> {
        let area = self.element()?;
        let text = area.value();
        let place = |units: Result<Option<u32>, JsValue>| {
            let units = units.ok().flatten().and_then(|units| usize::try_from(units).ok());
            units.map_or(text.len(), |units| from_utf16(&text, units))
        };
        let start = place(area.selection_start());
        let end = place(area.selection_end()).max(start);
        Some((text, start..end))
    }

    /// Carries an edit out. `input` fires as if it had been typed.
    pub fn apply(self, edit: &Edit) {
        let (Some(area), Some((text, _))) = (self.element(), self.read()) else { return };
        // It is in the page, so focus cannot fail.
        let _ = area.focus();
        select(&area, &text, &edit.range);
        let is_done = match (edit.insert.is_empty(), edit.range.is_empty()) {
            (true, true) => true,
            (true, false) => command("delete", ""),
            (false, _) => command("insertText", &edit.insert),
        };
        let mut new = text;
        new.replace_range(edit.range.clone(), &edit.insert);
        if !is_done || area.value() != new {
            // A browser that does not edit for scripts: the text counts more than its undo.
            area.set_value(&new);
            let bubbles = EventInit::new();
            bubbles.set_bubbles(true);
            if let Ok(event) = Event::new_with_event_init_dict("input", &bubbles) {
                let _ = area.dispatch_event(&event);
            }
        }
        select(&area, &new, &edit.select);
    }

    /// Takes the last edit back, or does it again.
    pub fn history(self, redo: bool) {
        if let Some(area) = self.element() {
            let _ = area.focus();
            command(if redo { "redo" } else { "undo" }, "");
        }
    }

    pub fn focus(self) {
        if let Some(area) = self.element() {
            let _ = area.focus();
        }
    }

    /// Where the character at `at` is drawn within the field: a copy of the text up to there is laid out in `mirror`,
    /// which has the field's type and width.
    pub fn place_of(self, mirror: NodeRef<html::Div>, at: usize) -> Option<Place> {
        let (area, mirror) = (self.element()?, mirror.get_untracked()?);
        let text = area.value();
        mirror.set_text_content(text.get(..at));
        let mark = document().create_element("span").ok()?;
        mark.set_text_content(Some("/"));
        mirror.append_child(&mark).ok()?;
        let mark = mark.dyn_into::<web_sys::HtmlElement>().ok()?;
        let top = mark.offset_top() - area.scroll_top();
        let place =
            Place { left: mark.offset_left(), top, bottom: top + mark.offset_height(), height: area.client_height() };
        mirror.set_text_content(None);
        Some(place)
    }

    /// Where a part of the text is drawn, as [`Self::place_of`], measured from the start of the text and not from what
    /// the field shows of it.
    pub fn box_of(self, mirror: NodeRef<html::Div>, range: &Range<usize>) -> Option<Frame> {
        let (area, mirror) = (self.element()?, mirror.get_untracked()?);
        let text = area.value();
        mirror.set_text_content(text.get(..range.start));
        let mark = document().create_element("span").ok()?;
        mark.set_text_content(text.get(range.clone()));
        mirror.append_child(&mark).ok()?;
        // What follows in the line decides where it breaks.
        let rest = text.get(range.end..)?;
        let rest = &rest[..rest.find([' ', '\n']).unwrap_or(rest.len())];
        mirror.append_child(&document().create_text_node(rest)).ok()?;
        let mark = mark.dyn_into::<web_sys::HtmlElement>().ok()?;
        let (left, top) = (mark.offset_left(), mark.offset_top());
        let found = Frame { left, top, width: mark.offset_width(), height: mark.offset_height() };
        mirror.set_text_content(None);
        Some(found)
    }

    /// Selects a part of the text and brings it into view. The focus stays where it is.
    pub fn show(self, mirror: NodeRef<html::Div>, range: &Range<usize>) {
        let Some(area) = self.element() else { return };
        select(&area, &area.value(), range);
        let Some(place) = self.box_of(mirror, range) else { return };
        let (top, height) = (area.scroll_top(), area.client_height());
        if place.top < top || place.top + place.height > top + height {
            area.set_scroll_top((place.top - height / 3).max(0));
        }
        if area.scroll_height() <= height {
            // The field is as high as its text, and the page scrolls.
            let Some(page) = window().inner_height().ok().and_then(|height| height.as_f64()) else { return };
            let shown = area.get_bounding_client_rect().top() + f64::from(place.top);
            if shown < 0.0 || shown > page * 0.9 {
                window().scroll_by_with_x_and_y(0.0, shown - page / 3.0);
            }
        }
    }

    /// Puts the caret at a place and goes on there.
    pub fn go_to(self, mirror: NodeRef<html::Div>, at: usize) {
        self.focus();
        self.show(mirror, &(at..at));
    }

    /// How far the field is scrolled, in CSS pixels.
    pub fn scroll_top(self) -> i32 {
        self.element().map_or(0, |area| area.scroll_top())
    }

    /// How far the field is scrolled, 0 to 1.
    pub fn scrolled(self) -> Option<f64> {
        let area = self.element()?;
        let room = area.scroll_height() - area.client_height();
        (room > 0).then(|| f64::from(area.scroll_top()) / f64::from(room))
    }

    pub fn scroll_to(self, part: f64) {
        if let Some(area) = self.element() {
            let room = f64::from(area.scroll_height() - area.client_height());
            set_scroll(&area, part * room);
        }
    }
}

/// Sets how far an element is scrolled, in CSS pixels.
pub(super) fn set_scroll(element: &web_sys::Element, pixels: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a page, rounded")]
    element.set_scroll_top(pixels.round() as i32);
}

fn select(area: &HtmlTextAreaElement, text: &str, range: &Range<usize>) {
    let units = |at: usize| u32::try_from(to_utf16(text, at)).unwrap_or(u32::MAX);
    // Fails only for inputs without a selection.
    let _ = area.set_selection_range(units(range.start), units(range.end));
}

fn command(name: &str, value: &str) -> bool {
    let document = document().dyn_into::<HtmlDocument>();
    document.is_ok_and(|document| document.exec_command_with_show_ui_and_value(name, false, value).unwrap_or(false))
}
