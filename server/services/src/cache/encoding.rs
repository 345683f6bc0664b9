//! Which form of a body a client takes, and making it.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, header::ACCEPT_ENCODING};

/// Twice as fast as the next level and within a few hundredths of its size.
const BROTLI_QUALITY: i32 = 5;
/// A window of 256 KB: pages are smaller, and a larger one only costs memory while compressing.
const BROTLI_WINDOW: i32 = 18;
const GZIP_LEVEL: u32 = 6;

/// A body in one form. Works for a millisecond or more, so it belongs on a thread of its own.
pub fn compress(body: &[u8], encoding: Encoding) -> Bytes {
    let written = match encoding {
        Encoding::Identity => return Bytes::copy_from_slice(body),
        Encoding::Brotli => {
            let params = brotli::enc::BrotliEncoderParams {
                quality: BROTLI_QUALITY,
                lgwin: BROTLI_WINDOW,
                size_hint: body.len(),
                ..Default::default()
            };
            let mut made = Vec::with_capacity(body.len() / 4);
            brotli::BrotliCompress(&mut &body[..], &mut made, &params).map(|_| made)
        }
        Encoding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::new(GZIP_LEVEL));
            encoder.write_all(body).and_then(|()| encoder.finish())
        }
    };
    // Writing to memory cannot fail.
    written.map(Bytes::from).unwrap_or_default()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// The smallest form that exists and that the request allows. All compressed forms are smaller than the plain one,
    /// so preferences above zero do not matter. The plain form is the last resort even for a request that excludes it:
    /// RFC 9110, 12.5.3 lets a server send it rather than nothing.
    pub fn choose(request: &HeaderMap, has_brotli: bool, has_gzip: bool) -> Self {
        if has_brotli && accepts(request, "br") {
            Self::Brotli
        } else if has_gzip && (accepts(request, "gzip") || accepts(request, "x-gzip")) {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// The `Content-Encoding`, if the answer needs one.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// What tells the entity tags of one file apart.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => "-br",
            Self::Gzip => "-gz",
            Self::Identity => "",
        }
    }
}

/// Whether `Accept-Encoding` allows a coding: by its name, or by `*` when it is not named. Weight zero forbids.
fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let mut by_star = false;
    for value in request.get_all(ACCEPT_ENCODING) {
        for item in value.to_str().unwrap_or_default().split(',') {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let is_allowed = !parts.any(is_weight_zero);
            if name.eq_ignore_ascii_case(coding) {
                return is_allowed;
            }
            by_star |= name == "*" && is_allowed;
        }
    }
    by_star
}

/// `q=0`, `q=0.0` and so on.
fn is_weight_zero(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    name.trim().eq_ignore_ascii_case("q") && value.trim().parse::<f32>() == Ok(0.0)
}
