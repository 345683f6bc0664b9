//! Card images: what a link to an entry or a project looks like where it is shared.
//!
//! 1200 × 630 pixels, as link previews expect. One pure function makes a PNG from a few texts. The texts are drawn as
//! they are: nothing here knows HTML, Markdown, addresses or projects. The embedded fonts have Latin, Greek and
//! Cyrillic letters; text of other scripts is left out, and the card then shows what is left.

mod canvas;
mod color;
mod face;
mod words;

use canvas::{Canvas, Ink};
use face::{Face, SANS, SERIF};

pub use color::Rgb;

pub const WIDTH: usize = 1200;
pub const HEIGHT: usize = 630;

/// The space between text and the edges at the left and right.
pub const MARGIN: usize = 88;

const MEASURE: f32 = (WIDTH - 2 * MARGIN) as f32;
/// The bar in the project's colour.
const BAR: usize = 14;
const NAME_SIZE: f32 = 36.0;
const NAME_BASELINE: f32 = 128.0;
const DETAIL_SIZE: f32 = 32.0;
const DETAIL_BASELINE: f32 = 566.0;
const RULE: usize = 506;
/// Sizes tried for the title, each with the lines it may have.
const TITLE_SIZES: [(f32, usize); 4] = [(92.0, 2), (78.0, 3), (68.0, 3), (58.0, 4)];
const TITLE_LEADING: f32 = 1.2;
/// The title stands in the middle between these two.
const TITLE_TOP: f32 = 160.0;
const TITLE_BOTTOM: f32 = 492.0;

/// What a card says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card<'a> {
    pub project: &'a str,
    /// The entry's title; without one the project's name takes its place.
    pub title: Option<&'a str>,
    pub version: Option<&'a str>,
    /// A date, written out.
    pub date: Option<&'a str>,
    pub accent: Rgb,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("an embedded font cannot be read")]
    Font,
    #[error("the image could not be written: {0}")]
    Write(#[from] png::EncodingError),
}

/// Draws a card as a PNG.
///
/// Takes some milliseconds of computing: call it where nobody waits in line.
pub fn card(card: &Card<'_>) -> Result<Vec<u8>, Error> {
    let (serif, sans) = (Face::read(SERIF)?, Face::read(SANS)?);
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    canvas.fill(0, 0, WIDTH, BAR, Ink::Accent);

    let name = words::readable(card.project, |c| serif.has(c) && sans.has(c));
    let title = card.title.and_then(|title| words::readable(title, |c| serif.has(c)));
    let version = card.version.and_then(|version| words::readable(version, |c| serif.has(c) && sans.has(c)));
    let date = card.date.and_then(|date| words::readable(date, |c| sans.has(c)));

    // What stands large: the title, or the best there is.
    let (small, large, version) = match (title, name, version) {
        (Some(title), name, version) => (name, Some(title), version),
        (None, name, Some(version)) if card.title.is_some() => (name, Some(version), None),
        (None, name, version) => (None, name, version),
    };
    if let Some(name) = small {
        let name = words::cut(&name, MEASURE, |text| sans.width(text, NAME_SIZE));
        write(&mut canvas, &sans, &name, NAME_SIZE, MARGIN as f32, NAME_BASELINE, Ink::Soft);
    }
    if let Some(large) = large {
        write_title(&mut canvas, &serif, &large);
    }
    if version.is_some() || date.is_some() {
        canvas.fill(MARGIN, RULE, WIDTH - 2 * MARGIN, 2, Ink::Line);
        let mut left = MARGIN as f32;
        if let Some(version) = version {
            let version = words::cut(&version, MEASURE * 0.6, |text| sans.width(text, DETAIL_SIZE));
            left = write(&mut canvas, &sans, &version, DETAIL_SIZE, left, DETAIL_BASELINE, Ink::Text) + DETAIL_SIZE;
        }
        if let Some(date) = date {
            let date = words::cut(&date, (WIDTH - MARGIN) as f32 - left, |text| sans.width(text, DETAIL_SIZE));
            write(&mut canvas, &sans, &date, DETAIL_SIZE, left, DETAIL_BASELINE, Ink::Soft);
        }
    }
    Ok(canvas.to_png(card.accent)?)
}

/// Sets the title in the largest size that it fits in, in lines of about equal length.
fn write_title(canvas: &mut Canvas, face: &Face<'_>, title: &str) {
    let mut set = (TITLE_SIZES[0].0, Vec::new());
    for (size, most) in TITLE_SIZES {
        let width = |text: &str| face.width(text, size);
        let lines = words::wrap(title, MEASURE, width);
        if lines.len() <= most {
            set = (size, words::balance(title, lines, MEASURE, width));
            break;
        }
        set = (size, words::shorten(lines, most, MEASURE, width));
    }
    let (size, lines) = set;
    let leading = size * TITLE_LEADING;
    let height = leading * (lines.len() as f32 - 1.0) + face.cap_height(size);
    let mut baseline = (TITLE_TOP + TITLE_BOTTOM - height) / 2.0 + face.cap_height(size);
    for line in &lines {
        write(canvas, face, line, size, MARGIN as f32, baseline, Ink::Text);
        baseline += leading;
    }
}

/// Writes one line and returns where it ends.
fn write(canvas: &mut Canvas, face: &Face<'_>, text: &str, size: f32, left: f32, baseline: f32, ink: Ink) -> f32 {
    face.draw(text, size, left, baseline, |x, y, coverage| canvas.cover(x, y, coverage, ink))
}
