//! Pixels as numbers of a palette: a card has one background and few inks, so a byte per pixel is enough and the PNG
//! stays small.

use crate::color::Rgb;

pub const PAPER: Rgb = Rgb([0xfd, 0xfc, 0xfa]);
pub const TEXT: Rgb = Rgb([0x1b, 0x1f, 0x27]);
pub const SOFT: Rgb = Rgb([0x56, 0x5b, 0x66]);
const LINE: Rgb = Rgb([0xe0, 0xde, 0xd9]);

/// Steps between paper and ink at the edges of letters.
const STEPS: u8 = 63;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Text,
    Soft,
    Accent,
    Line,
}

impl Ink {
    /// The number of full coverage; those of less lie below.
    fn full(self) -> u8 {
        match self {
            Ink::Text => STEPS,
            Ink::Soft => 2 * STEPS,
            Ink::Accent => 2 * STEPS + 1,
            Ink::Line => 2 * STEPS + 2,
        }
    }
}

pub struct Canvas {
    width: usize,
    height: usize,
    /// 0 is paper.
    pixels: Vec<u8>,
}

impl Canvas {
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![0; width * height] }
    }

    pub fn fill(&mut self, left: usize, top: usize, width: usize, height: usize, ink: Ink) {
        for row in self.pixels.chunks_exact_mut(self.width).skip(top).take(height) {
            for pixel in row.iter_mut().skip(left).take(width) {
                *pixel = ink.full();
            }
        }
    }

    /// Covers a pixel with text, 0 to 1. What lies outside is not there.
    pub fn cover(&mut self, x: i32, y: i32, coverage: f32, ink: Ink) {
        let step = (coverage.clamp(0.0, 1.0) * f32::from(STEPS)).round() as u8;
        let inside = |value: i32, end: usize| usize::try_from(value).ok().filter(|&value| value < end);
        if let (Some(x), Some(y), true) = (inside(x, self.width), inside(y, self.height), step > 0) {
            let pixel = &mut self.pixels[y * self.width + x];
            *pixel = (*pixel).max(ink.full() - STEPS + step);
        }
    }

    pub fn to_png(&self, accent: Rgb) -> Result<Vec<u8>, png::EncodingError> {
        let ramp = |ink: Rgb| (1..=STEPS).map(move |step| PAPER.mix(ink, f32::from(step) / f32::from(STEPS)));
        let colors = std::iter::once(PAPER).chain(ramp(TEXT)).chain(ramp(SOFT));
        let palette: Vec<u8> = colors.chain([accent.visible_on(PAPER), LINE]).flat_map(|color| color.0).collect();
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette);
        encoder.set_compression(png::Compression::Balanced);
        // Numbers of a palette are no amounts: the filters that subtract them make the file larger.
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::{PAPER, SOFT, TEXT};
    use crate::Rgb;

    #[test]
    fn text_can_be_read_on_the_paper_and_every_bar_can_be_seen() {
        assert!(TEXT.contrast(PAPER) >= 7.0);
        assert!(SOFT.contrast(PAPER) >= 4.5);
        for color in ["#ffffff", "#ffff00", "#000000", "#2b5fc2"] {
            let color = Rgb::parse(color).unwrap();
            assert!(color.visible_on(PAPER).contrast(PAPER) >= 1.6, "{color:?}");
        }
    }
}
