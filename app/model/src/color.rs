//! How well colours can be told apart (WCAG 2.2, relative luminance and contrast ratio).

/// The page in light and in dark, as `#rrggbb`.
pub const LIGHT_PAPER: &str = "#fdfcf9";
pub const DARK_PAPER: &str = "#101216";
/// What text needs (WCAG 2.2, 1.4.3).
pub const ENOUGH: f64 = 4.5;

/// The contrast of two colours `#rrggbb`, from 1 to 21; `None` when either is something else.
pub fn contrast(one: &str, other: &str) -> Option<f64> {
    let (one, other) = (luminance(one)?, luminance(other)?);
    Some((one.max(other) + 0.05) / (one.min(other) + 0.05))
}

fn luminance(color: &str) -> Option<f64> {
    let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).ok()?) / 255.0;
        Some(if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
    };
    Some(0.2126 * channel(0)? + 0.7152 * channel(2)? + 0.0722 * channel(4)?)
}
