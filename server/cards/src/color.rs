//! Colours, and what keeps them apart (WCAG 2.2, relative luminance and contrast ratio).

/// Red, green and blue, sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    fn luminance(self) -> f32 {
        let linear = self.0.map(|channel| {
            let value = f32::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    /// 1 to 21.
    pub fn contrast(self, other: Self) -> f32 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// `part` of `other`, the rest of this one.
    pub(crate) fn mix(self, other: Self, part: f32) -> Self {
        let mut mixed = self.0;
        for (own, theirs) in mixed.iter_mut().zip(other.0) {
            *own = (f32::from(*own) + (f32::from(theirs) - f32::from(*own)) * part).round() as u8;
        }
        Self(mixed)
    }

    /// This colour, darkened until it can be told from `ground`.
    pub(crate) fn visible_on(self, ground: Self) -> Self {
        const LEAST: f32 = 1.6;
        let darker = (0..20).map(|step| self.mix(Self([0; 3]), step as f32 / 20.0));
        darker.into_iter().find(|color| color.contrast(ground) >= LEAST).unwrap_or(Self([0; 3]))
    }
}
