//! Animated pictures: their frames are kept as they are, byte by byte, and everything else goes: comments, texts, and what
//! programs and cameras write beside them.

use crate::{Refusal, check_size};

/// Frames of an animation.
const MOST_FRAMES: usize = 2000;

/// A position in bytes that end where they end.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Refusal> {
        let end = self.at.checked_add(count).ok_or(Refusal::Damaged)?;
        let taken = self.bytes.get(self.at..end).ok_or(Refusal::Damaged)?;
        self.at = end;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Refusal> {
        self.take(1)?.first().copied().ok_or(Refusal::Damaged)
    }

    /// Blocks with their lengths, to the one of length nothing.
    fn blocks(&mut self) -> Result<&'a [u8], Refusal> {
        let start = self.at;
        loop {
            let length = usize::from(self.byte()?);
            if length == 0 {
                return self.bytes.get(start..self.at).ok_or(Refusal::Damaged);
            }
            self.take(length)?;
        }
    }
}

fn pair(bytes: &[u8], at: usize) -> u32 {
    let byte = |at: usize| bytes.get(at).copied().map_or(0, u32::from);
    byte(at) | byte(at + 1) << 8
}

/// Bytes of a table of colours, if the flags say that one follows.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Whether a GIF has more than one frame, as far as it can be read.
pub fn is_animated_gif(bytes: &[u8]) -> bool {
    walk_gif(bytes, &mut |_| {}).is_ok_and(|(frames, _)| frames > 1)
}

/// A GIF without what is not its picture.
pub fn gif(bytes: &[u8]) -> Result<(Vec<u8>, (u32, u32)), Refusal> {
    let mut out = Vec::with_capacity(bytes.len());
    let (_, size) = walk_gif(bytes, &mut |part| out.extend_from_slice(part))?;
    Ok((out, size))
}

fn walk_gif(bytes: &[u8], keep: &mut dyn FnMut(&[u8])) -> Result<(usize, (u32, u32)), Refusal> {
    let mut reader = Reader { bytes, at: 0 };
    let head = reader.take(13)?;
    let (width, height) = (pair(head, 6), pair(head, 8));
    check_size(width, height)?;
    keep(head);
    keep(reader.take(table(head[10]))?);
    let mut frames = 0_usize;
    loop {
        match reader.byte()? {
            0x3b => {
                if frames == 0 {
                    return Err(Refusal::Damaged);
                }
                keep(&[0x3b]);
                return Ok((frames, (width, height)));
            }
            0x21 => {
                let label = reader.byte()?;
                let blocks = reader.blocks()?;
                // How a frame is shown, and how often all are.
                let is_loop = blocks.starts_with(b"\x0bNETSCAPE2.0") || blocks.starts_with(b"\x0bANIMEXTS1.0");
                if label == 0xf9 || (label == 0xff && is_loop) {
                    keep(&[0x21, label]);
                    keep(blocks);
                }
            }
            0x2c => {
                let head = reader.take(9)?;
                let (left, top, wide, high) = (pair(head, 0), pair(head, 2), pair(head, 4), pair(head, 6));
                if left + wide > width || top + high > height {
                    return Err(Refusal::Damaged);
                }
                keep(&[0x2c]);
                keep(head);
                keep(reader.take(table(head[8]))?);
                keep(reader.take(1)?);
                keep(reader.blocks()?);
                frames += 1;
                if frames > MOST_FRAMES {
                    return Err(Refusal::TooLong { most: MOST_FRAMES });
                }
            }
            _ => return Err(Refusal::Damaged),
        }
    }
}

const HAS_ICC: u8 = 0x20;
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;
const IS_ANIMATED: u8 = 0x02;

pub fn is_animated_webp(bytes: &[u8]) -> bool {
    bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & IS_ANIMATED != 0)
}

/// A WebP animation without what is not its picture.
pub fn webp(bytes: &[u8]) -> Result<(Vec<u8>, (u32, u32)), Refusal> {
    let mut reader = Reader { bytes, at: 0 };
    reader.take(12)?;
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    let mut size = None;
    let mut frames = 0_usize;
    while reader.at < bytes.len() {
        let head = reader.take(8)?;
        let (name, length) = (&head[..4], (pair(head, 4) | pair(head, 6) << 16) as usize);
        let body = reader.take(length)?;
        if length % 2 == 1 && reader.at < bytes.len() {
            reader.take(1)?;
        }
        let mut body = body.to_vec();
        match name {
            b"VP8X" if size.is_none() && body.len() >= 10 => {
                let side = |at: usize| (pair(&body, at) | u32::from(body[at + 2]) << 16) + 1;
                let (width, height) = (side(4), side(7));
                check_size(width, height)?;
                size = Some((width, height));
                body[0] &= !(HAS_ICC | HAS_EXIF | HAS_XMP);
            }
            b"ANIM" if size.is_some() => {}
            b"ANMF" if size.is_some() => {
                frames += 1;
                if frames > MOST_FRAMES {
                    return Err(Refusal::TooLong { most: MOST_FRAMES });
                }
            }
            b"VP8X" => return Err(Refusal::Damaged),
            _ => continue,
        }
        out.extend_from_slice(head);
        out.extend_from_slice(&body);
        if length % 2 == 1 {
            out.push(0);
        }
    }
    let (Some(size), true) = (size, frames > 0) else { return Err(Refusal::Damaged) };
    let length = u32::try_from(out.len() - 8).map_err(|_| Refusal::TooHeavy)?;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    Ok((out, size))
}
