//! Pictures of people, drawn here from the hash that names them. Nobody else is asked, so no other site learns who looks
//! at whom.

use std::fmt::Write;

use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use utoipa::IntoParams;

use crate::conditional;
use crate::extract::{FromQuery, Md5Path, Params, Query};

const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml");
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=86400, stale-while-revalidate=604800");
/// Squares in a row and in a column. An odd number, because the picture is the same on both sides.
const GRID: usize = 5;

/// How large a picture is.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the description of what `Size` reads")]
pub(crate) struct SizeParams {
    /// Width and height in pixels. Default: 80.
    #[param(minimum = 1, maximum = 2048)]
    s: Option<i64>,
}

pub(crate) struct Size(i64);

impl FromQuery for Size {
    fn read(params: &mut Params) -> Self {
        Self(params.number("s", 80, 1, 2048))
    }
}

/// Draw an avatar.
///
/// A pattern that is always the same for the same address, as SVG. The hash is the MD5 of the address in lower case;
/// whether anybody has that address does not matter.
#[utoipa::path(
    get,
    path = "/api/avatar/{md5}",
    tag = "Public",
    params(
        ("md5" = String, Path, description = "32 hexadecimal digits.", example = "0bc83cb571cd1c50ba6f3e8a78ef1346"),
        SizeParams
    ),
    responses(
        (status = 200, description = "The picture.", content((String = "image/svg+xml"))),
        (status = 400, description = "That is no MD5 hash.", body = crate::problem::ProblemBody)
    )
)]
pub(crate) async fn draw_avatar(Md5Path(md5): Md5Path, Query(Size(size)): Query<Size>, headers: HeaderMap) -> Response {
    conditional::answer(&headers, SVG, KEPT, draw(&md5, size).into_bytes())
}

/// The picture of a hash: a tinted square with squares in it, symmetrical as faces are.
fn draw(md5: &str, size: i64) -> String {
    let digits: Vec<u32> = md5.chars().filter_map(|digit| digit.to_digit(16)).collect();
    let digit = |at: usize| digits.get(at).copied().unwrap_or_default();
    let hue = (digit(29) * 256 + digit(30) * 16 + digit(31)) * 360 / 4096;
    // One square more on each side is the margin.
    let whole = GRID + 2;
    let mut squares = String::new();
    for row in 0..GRID {
        for column in 0..GRID {
            let mirrored = column.min(GRID - 1 - column);
            if digit(mirrored * GRID + row) % 2 == 0 {
                let (x, y) = (column + 1, row + 1);
                // A string takes whatever is written into it.
                let _ = write!(squares, "M{x} {y}h1v1h-1z");
            }
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\" height=\"{size}\" viewBox=\"0 0 {whole} {whole}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{whole}\" height=\"{whole}\" fill=\"hsl({hue},45%,92%)\"/>\
         <path d=\"{squares}\" fill=\"hsl({hue},55%,42%)\"/></svg>"
    )
}
