//! One font: which characters it has, how wide they are, how they are drawn.

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use ttf_parser::gpos::{PairAdjustment, PositioningSubtable};
use ttf_parser::{GlyphId, OutlineBuilder, Tag};

use crate::Error;

pub const SERIF: &[u8] = include_bytes!("../fonts/vollkorn-semibold.ttf");
pub const SANS: &[u8] = include_bytes!("../fonts/inter-medium.otf");

pub struct Face<'a> {
    font: ttf_parser::Face<'a>,
    kerning: Vec<PairAdjustment<'a>>,
    units: f32,
}

impl<'a> Face<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let font = ttf_parser::Face::parse(bytes, 0).map_err(|_| Error::Font)?;
        let units = f32::from(font.units_per_em());
        let kerning = kerning(&font);
        Ok(Self { font, kerning, units })
    }

    pub fn has(&self, c: char) -> bool {
        self.font.glyph_index(c).is_some()
    }

    /// The height of `H`, in pixels.
    pub fn cap_height(&self, size: f32) -> f32 {
        f32::from(self.font.capital_height().unwrap_or(0)) * size / self.units
    }

    /// The width of a line, in pixels.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        self.places(text).last().map_or(0.0, |(_, start, advance)| (start + advance) * size / self.units)
    }

    /// Draws a line from `left` on and returns where it ends. `cover` is given pixels with their coverage, 0 to 1.
    pub fn draw(&self, text: &str, size: f32, left: f32, baseline: f32, mut cover: impl FnMut(i32, i32, f32)) -> f32 {
        let scale = size / self.units;
        let mut end = left;
        for (glyph, start, advance) in self.places(text) {
            let x = left + start * scale;
            end = x + advance * scale;
            let Some(bounds) = self.font.glyph_bounding_box(glyph) else { continue };
            let (first_x, first_y) =
                ((x + f32::from(bounds.x_min) * scale).floor(), (baseline - f32::from(bounds.y_max) * scale).floor());
            let width = (x + f32::from(bounds.x_max) * scale).ceil() - first_x;
            let height = (baseline - f32::from(bounds.y_min) * scale).ceil() - first_y;
            let mut pen = Pen {
                rasterizer: Rasterizer::new(width as usize + 1, height as usize + 1),
                scale,
                origin: point(x - first_x, baseline - first_y),
                start: point(0.0, 0.0),
                here: point(0.0, 0.0),
            };
            self.font.outline_glyph(glyph, &mut pen);
            pen.rasterizer.for_each_pixel_2d(|column, row, coverage| {
                cover(first_x as i32 + column as i32, first_y as i32 + row as i32, coverage);
            });
        }
        end
    }

    /// Each glyph of a line with its start and its advance, in units of the font.
    fn places(&self, text: &str) -> impl Iterator<Item = (GlyphId, f32, f32)> {
        let mut before: Option<GlyphId> = None;
        let mut start = 0.0;
        text.chars().filter_map(|c| self.font.glyph_index(c)).map(move |glyph| {
            if let Some(before) = before.replace(glyph) {
                start += self.kern(before, glyph);
            }
            let advance = f32::from(self.font.glyph_hor_advance(glyph).unwrap_or(0));
            let place = (glyph, start, advance);
            start += advance;
            place
        })
    }

    /// How much closer two glyphs stand (negative), in units of the font.
    fn kern(&self, left: GlyphId, right: GlyphId) -> f32 {
        let adjustment = self.kerning.iter().find_map(|pairs| match pairs {
            PairAdjustment::Format1 { coverage, sets } => sets.get(coverage.get(left)?)?.get(right),
            PairAdjustment::Format2 { coverage, classes, matrix } => {
                coverage.get(left)?;
                matrix.get((classes.0.get(left), classes.1.get(right)))
            }
        });
        adjustment.map_or(0.0, |(first, _)| f32::from(first.x_advance))
    }
}

/// The pairs of the feature `kern`, in the order in which they are looked up (OpenType, GPOS lookup type 2).
fn kerning<'a>(font: &ttf_parser::Face<'a>) -> Vec<PairAdjustment<'a>> {
    let Some(table) = font.tables().gpos else { return Vec::new() };
    let features = table.features.into_iter().filter(|feature| feature.tag == Tag::from_bytes(b"kern"));
    let mut lookups: Vec<u16> = features.flat_map(|feature| feature.lookup_indices).collect();
    lookups.sort_unstable();
    lookups.dedup();
    let lookups = lookups.into_iter().filter_map(|index| table.lookups.get(index));
    let subtables = lookups.flat_map(|lookup| lookup.subtables.into_iter::<PositioningSubtable<'a>>());
    subtables
        .filter_map(|subtable| match subtable {
            PositioningSubtable::Pair(pairs) => Some(pairs),
            _ => None,
        })
        .collect()
}

/// Turns outlines in units of the font, with y upwards, into pixels, with y downwards.
struct Pen {
    rasterizer: Rasterizer,
    scale: f32,
    origin: Point,
    start: Point,
    here: Point,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> Point {
        point(self.origin.x + x * self.scale, self.origin.y - y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.here = self.at(x, y);
        self.start = self.here;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.rasterizer.draw_line(self.here, to);
        self.here = to;
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (control, to) = (self.at(x1, y1), self.at(x, y));
        self.rasterizer.draw_quad(self.here, control, to);
        self.here = to;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (first, second, to) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.rasterizer.draw_cubic(self.here, first, second, to);
        self.here = to;
    }

    fn close(&mut self) {
        if self.here != self.start {
            self.rasterizer.draw_line(self.here, self.start);
        }
        self.here = self.start;
    }
}
