//! What somebody uploads: what it is by its content, and the form in which it is kept.
//!
//! Pictures are decoded and written anew, so that nothing of a file but its pixels is served: no place where a photo was
//! taken, no second file behind the first. Animated pictures keep their frames and lose everything else. SVG is read
//! and written from a list of what may be in it. Other files are kept as they are and served for download only.
//!
//! Pure functions that take time and memory: whoever calls them sees to it that few run at once.

mod animated;
mod kind;
mod raster;
mod svg;

use model::media::{LONGEST_SIDE, MediaKind, WIDTHS};

/// Pixels that a picture may have: a photo of a good camera.
pub const MOST_PIXELS: u64 = 50_000_000;
/// Memory that one decoded picture may take.
const MOST_MEMORY: u64 = 400 * 1024 * 1024;
/// The widest form that is kept.
const WIDEST: u32 = 2400;
/// What a smaller form should not exceed, so that a page with photos stays light.
const LIGHT: usize = 200 * 1000;

/// Why a file is not taken, in words for whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The file is empty.")]
    Empty,
    #[error("This kind of file cannot be uploaded. Allowed: {}.", MediaKind::NAMES)]
    Unknown,
    #[error("Pictures of the kind {0} cannot be read. Save it as JPEG or PNG.")]
    Unsupported(&'static str),
    #[error("The picture is damaged or incomplete.")]
    Damaged,
    #[error("The picture has {width} × {height} pixels; at most {} megapixels are allowed.", MOST_PIXELS / 1_000_000)]
    TooLarge { width: u32, height: u32 },
    #[error("The picture would take too much memory.")]
    TooHeavy,
    #[error("The animation is too long; at most {most} frames are allowed.")]
    TooLong { most: usize },
    #[error("The SVG file cannot be read: {0}")]
    Svg(&'static str),
}

/// A file as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    pub kind: MediaKind,
    pub bytes: Vec<u8>,
    /// Width and height of a picture, where it has them.
    pub size: Option<(u32, u32)>,
    /// Narrower forms of it, each with its width.
    pub smaller: Vec<(u32, Vec<u8>)>,
}

impl Ready {
    fn plain(kind: MediaKind, bytes: Vec<u8>, size: Option<(u32, u32)>) -> Self {
        Self { kind, bytes, size, smaller: Vec::new() }
    }
}

/// Makes of an uploaded file what is kept of it. The name only tells CSV from other text.
///
/// # Errors
/// [`Refusal`], for what cannot be kept.
pub fn prepare(bytes: Vec<u8>, name: &str) -> Result<Ready, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    let kind = kind::of(&bytes, name)?;
    match kind {
        MediaKind::Svg => {
            let (text, size) = svg::clean(&bytes)?;
            Ok(Ready::plain(kind, text.into_bytes(), size))
        }
        MediaKind::Gif if animated::is_animated_gif(&bytes) => {
            let (bytes, size) = animated::gif(&bytes)?;
            Ok(Ready::plain(kind, bytes, Some(size)))
        }
        MediaKind::Webp if animated::is_animated_webp(&bytes) => {
            let (bytes, size) = animated::webp(&bytes)?;
            Ok(Ready::plain(kind, bytes, Some(size)))
        }
        MediaKind::Gif | MediaKind::Webp | MediaKind::Png | MediaKind::Jpeg => raster::prepare(&bytes, kind),
        _ => Ok(Ready::plain(kind, bytes, None)),
    }
}

/// The widths in which a still picture is kept beside its widest form.
fn smaller_widths(width: u32) -> impl Iterator<Item = u32> {
    WIDTHS.into_iter().filter(move |smaller| *smaller < width)
}

/// Refuses what has too many pixels, or a side that no browser draws.
fn check_size(width: u32, height: u32) -> Result<(), Refusal> {
    if width == 0 || height == 0 {
        return Err(Refusal::Damaged);
    }
    if u64::from(width) * u64::from(height) > MOST_PIXELS || width.max(height) > LONGEST_SIDE {
        return Err(Refusal::TooLarge { width, height });
    }
    Ok(())
}
