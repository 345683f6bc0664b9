//! Still pictures: decoded within limits, turned upright, brought to the colours of the web, made smaller, written anew.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::{self, FilterType};
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader, Limits,
    RgbImage, RgbaImage,
};
use model::media::MediaKind;
use moxcms::{ColorProfile, Layout, TransformOptions};

use crate::{LIGHT, MOST_MEMORY, Ready, Refusal, WIDEST, check_size, smaller_widths};

/// The tallest form that is kept: a picture of a long page stays legible.
const TALLEST: u32 = 12_000;
/// A picture without transparency is kept as JPEG where PNG takes this many times as much: that is a photo.
const PHOTO: usize = 3;
/// How good the widest form of a photo is, 1 to 100.
const GOOD: u8 = 82;
/// How good a smaller form may be: the first that is light enough counts.
const QUALITIES: [u8; 6] = [80, 72, 64, 54, 42, 30];

/// A picture as it will be written.
enum Picture {
    Opaque(RgbImage),
    Clear(RgbaImage),
}

pub fn prepare(bytes: &[u8], kind: MediaKind) -> Result<Ready, Refusal> {
    let picture = decode(bytes, kind)?;
    let (width, height) = picture.size();
    let (width, height) = fit(width, height, WIDEST, TALLEST);
    let widest = picture.resized(width, height);
    drop(picture);
    let (kind, bytes) = match (&widest, kind) {
        (Picture::Opaque(pixels), MediaKind::Jpeg) => (MediaKind::Jpeg, jpeg(pixels, GOOD)?),
        (Picture::Opaque(pixels), _) => {
            let (as_png, as_jpeg) = (png(&widest)?, jpeg(pixels, GOOD)?);
            let is_photo = as_png.len() > as_jpeg.len().saturating_mul(PHOTO) && as_png.len() > LIGHT / 2;
            if is_photo { (MediaKind::Jpeg, as_jpeg) } else { (MediaKind::Png, as_png) }
        }
        (Picture::Clear(_), _) => (MediaKind::Png, png(&widest)?),
    };
    let mut smaller = Vec::new();
    for less in smaller_widths(width) {
        let (less, lower) = fit(width, height, less, TALLEST);
        let form = widest.resized(less, lower);
        let bytes = match (&form, kind) {
            (Picture::Opaque(pixels), MediaKind::Jpeg) => light_jpeg(pixels)?,
            _ => png(&form)?,
        };
        smaller.push((less, bytes));
    }
    Ok(Ready { kind, bytes, size: Some((width, height)), smaller })
}

fn decode(bytes: &[u8], kind: MediaKind) -> Result<Picture, Refusal> {
    let format = match kind {
        MediaKind::Png => ImageFormat::Png,
        MediaKind::Gif => ImageFormat::Gif,
        MediaKind::Webp => ImageFormat::WebP,
        _ => ImageFormat::Jpeg,
    };
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_MEMORY);
    limits.reserve(decoder.total_bytes()).map_err(refusal)?;
    decoder.set_limits(limits).map_err(refusal)?;
    // What is wrong with what is thrown away anyway is no reason to refuse a picture.
    let orientation = decoder.orientation().ok();
    let profile = decoder.icc_profile().ok().flatten();
    let mut decoded = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    if let Some(orientation) = orientation {
        decoded.apply_orientation(orientation);
    }
    let is_clear = decoded.color().has_alpha();
    let mut picture = if is_clear {
        let pixels = decoded.into_rgba8();
        if pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
            Picture::Opaque(DynamicImage::ImageRgba8(pixels).into_rgb8())
        } else {
            Picture::Clear(pixels)
        }
    } else {
        Picture::Opaque(decoded.into_rgb8())
    };
    if let Some(profile) = profile {
        picture.convert_to_web_colours(&profile);
    }
    Ok(picture)
}

fn refusal(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooHeavy,
        _ => Refusal::Damaged,
    }
}

/// The size within `widest` and `tallest` of the same shape, never larger than it is.
fn fit(width: u32, height: u32, widest: u32, tallest: u32) -> (u32, u32) {
    let scaled = |side: u32, to: u32, from: u32| {
        let exact = (u64::from(side) * u64::from(to) + u64::from(from) / 2) / u64::from(from.max(1));
        u32::try_from(exact).unwrap_or(u32::MAX).max(1)
    };
    let (width, height) = if width > widest { (widest, scaled(height, widest, width)) } else { (width, height) };
    if height > tallest { (scaled(width, tallest, height), tallest) } else { (width, height) }
}

impl Picture {
    fn size(&self) -> (u32, u32) {
        match self {
            Picture::Opaque(pixels) => pixels.dimensions(),
            Picture::Clear(pixels) => pixels.dimensions(),
        }
    }

    fn resized(&self, width: u32, height: u32) -> Self {
        // Averages first, by whole pixels and without a picture of floats between, then the fine filter.
        macro_rules! resize {
            ($pixels:expr) => {{
                let (have, _) = $pixels.dimensions();
                if have == width {
                    $pixels.clone()
                } else if have > width.saturating_mul(3) {
                    let between = imageops::thumbnail($pixels, width * 2, height * 2);
                    imageops::resize(&between, width, height, FilterType::CatmullRom)
                } else {
                    imageops::resize($pixels, width, height, FilterType::CatmullRom)
                }
            }};
        }
        match self {
            Picture::Opaque(pixels) => Picture::Opaque(resize!(pixels)),
            Picture::Clear(pixels) => Picture::Clear(resize!(pixels)),
        }
    }

    /// A profile that cannot be used is left out, as browsers do.
    fn convert_to_web_colours(&mut self, profile: &[u8]) {
        let Ok(own) = ColorProfile::new_from_slice(profile) else { return };
        let web = ColorProfile::new_srgb();
        let (wide, _) = self.size();
        let (layout, pixels, width): (_, &mut [u8], _) = match self {
            Picture::Opaque(pixels) => (Layout::Rgb, pixels, pixels_wide(wide, 3)),
            Picture::Clear(pixels) => (Layout::Rgba, pixels, pixels_wide(wide, 4)),
        };
        let Ok(transform) = own.create_transform_8bit(layout, &web, layout, TransformOptions::default()) else {
            return;
        };
        let mut line = vec![0; width];
        for row in pixels.chunks_exact_mut(width) {
            if transform.transform(row, &mut line).is_ok() {
                row.copy_from_slice(&line);
            }
        }
    }
}

/// Bytes of a row.
fn pixels_wide(width: u32, bytes: usize) -> usize {
    (width as usize).max(1) * bytes
}

fn png(picture: &Picture) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Default, PngFilter::Adaptive);
    let written = match picture {
        Picture::Opaque(pixels) => {
            encoder.write_image(pixels, pixels.width(), pixels.height(), ExtendedColorType::Rgb8)
        }
        Picture::Clear(pixels) => {
            encoder.write_image(pixels, pixels.width(), pixels.height(), ExtendedColorType::Rgba8)
        }
    };
    written.map_err(|_| Refusal::TooHeavy)?;
    Ok(out)
}

fn jpeg(pixels: &RgbImage, quality: u8) -> Result<Vec<u8>, Refusal> {
    let side = |side: u32| u16::try_from(side).map_err(|_| Refusal::TooHeavy);
    let (width, height) = (side(pixels.width())?, side(pixels.height())?);
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, quality);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    encoder.set_optimized_huffman_tables(true);
    encoder.set_progressive(true);
    encoder.encode(pixels, width, height, jpeg_encoder::ColorType::Rgb).map_err(|_| Refusal::TooHeavy)?;
    Ok(out)
}

/// As good as it gets while it is light.
fn light_jpeg(pixels: &RgbImage) -> Result<Vec<u8>, Refusal> {
    let mut last = Vec::new();
    for quality in QUALITIES {
        last = jpeg(pixels, quality)?;
        if last.len() <= LIGHT {
            break;
        }
    }
    Ok(last)
}
