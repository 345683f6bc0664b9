//! What a picture's source says beyond Markdown: `![alt](src "caption"){width=640 height=360 align=left}`.

use crate::braces::Braces;

/// Largest width and height in CSS pixels.
const MAX_PIXELS: u16 = 4096;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Attributes {
    pub(crate) width: Option<u16>,
    pub(crate) height: Option<u16>,
    pub(crate) align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Align {
    Left,
    #[default]
    Center,
    Right,
}

impl Attributes {
    /// Reads the options; what is no sensible size or side is ignored.
    pub(crate) fn new(options: Option<Braces<'_>>) -> Self {
        let Some(options) = options else {
            return Self::default();
        };
        let align = match options.value("align", '=') {
            Some("left") => Align::Left,
            Some("right") => Align::Right,
            _ => Align::Center,
        };
        Self { width: pixels(options.value("width", '=')), height: pixels(options.value("height", '=')), align }
    }
}

/// A size as `640` or `640px`.
fn pixels(value: Option<&str>) -> Option<u16> {
    let value = value?;
    let digits = value.strip_suffix("px").unwrap_or(value);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|pixels| (1..=MAX_PIXELS).contains(pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_pixels_and_sides_are_three() {
        let read = |text| Attributes::new(Braces::attributes(text));
        assert_eq!(
            read("{width=640 height=360px align=left}"),
            Attributes { width: Some(640), height: Some(360), align: Align::Left }
        );
        for text in ["{width=0}", "{width=50%}", "{width=-5}", "{width=5000}", "{width=1e3}", "{align=top}", "{x=y}"] {
            assert_eq!(read(text), Attributes::default(), "{text}");
        }
    }
}
