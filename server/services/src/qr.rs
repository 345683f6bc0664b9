//! QR codes as SVG: one path on white, so that a camera reads it in a dark theme too.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// The margin that readers need, in squares (ISO/IEC 18004, 9.1).
const MARGIN: usize = 4;

/// `None` for a text that is too long for any code.
pub(crate) fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (row, line) in colors.chunks(width).enumerate() {
        let mut column = 0;
        while column < width {
            let run = line[column..].iter().take_while(|color| **color == Color::Dark).count();
            if run > 0 {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", column + MARGIN, row + MARGIN);
            }
            column += run.max(1);
        }
    }
    let size = width + 2 * MARGIN;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\" \
         role=\"img\" aria-label=\"QR code with the secret\"><path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/>\
         <path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_path_with_a_margin() {
        let svg = svg("otpauth://totp/Tidings:mara%40tidings.example?secret=JBSWY3DPEHPK3PXP").unwrap();
        assert!(svg.contains("d=\"M4 4h7v1h-7z"), "the corner of a finder pattern: {svg}");
        assert!(svg.len() < 20_000);
    }

    #[test]
    fn what_is_too_long_gives_nothing() {
        assert_eq!(svg(&"x".repeat(4000)), None);
    }
}
