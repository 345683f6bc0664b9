//! What becomes of files that people upload, harmless and other.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use model::media::MediaKind;
use uploads::{Ready, Refusal, prepare};

/// A number that looks random and is the same each time.
fn noise(x: u32, y: u32) -> u32 {
    let mut n = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77);
    n ^= n >> 15;
    n = n.wrapping_mul(0x2c1b_3c6d);
    n ^ (n >> 12)
}

/// Colours that change slowly, with the grain of a sensor.
fn photo(width: u32, height: u32, grain: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let base = |step: u32| (x / step + y / (step + 3)) % 200;
        let n = noise(x, y) % grain.max(1);
        Rgb([(base(17) + n) as u8, (base(29) + n) as u8, (base(41) + n) as u8])
    })
}

fn written(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// A photo as cameras write them: upright by a note only, and with the place where it was taken.
fn camera(pixels: &RgbImage, quality: u8) -> Vec<u8> {
    // One directory: orientation 6, and a directory of the place with the latitude's letter.
    let mut exif = b"MM\0*\0\0\0\x08\0\x02".to_vec();
    exif.extend_from_slice(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    exif.extend_from_slice(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0");
    exif.extend_from_slice(b"\0\x01\0\x01\0\x02\0\0\0\x02N\0\0\0\0\0\0\0GPS 52.5163 13.3777");
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, quality);
    encoder.add_exif_metadata(&exif).unwrap();
    let (width, height) = (pixels.width() as u16, pixels.height() as u16);
    encoder.encode(pixels, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    out
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn sizes(ready: &Ready) -> Vec<(u32, u32)> {
    ready
        .smaller
        .iter()
        .map(|(_, bytes)| image::load_from_memory(bytes).unwrap())
        .map(|one| (one.width(), one.height()))
        .collect()
}

#[test]
fn a_photo_of_12_megabytes_becomes_light_upright_and_tells_no_place() {
    let bytes = camera(&photo(4600, 3400, 80), 97);
    assert!(bytes.len() > 12_000_000, "the sample has {} bytes", bytes.len());
    assert!(has(&bytes, b"GPS 52.5163"));
    let ready = prepare(bytes, "IMG_1.JPG").unwrap();
    assert_eq!((ready.kind, ready.size), (MediaKind::Jpeg, Some((2400, 3247))));
    assert_eq!(sizes(&ready), [(1200, 1624), (600, 812)]);
    for (width, bytes) in &ready.smaller {
        assert!(bytes.len() <= 200_000, "{width}: {} bytes", bytes.len());
    }
    for bytes in ready.smaller.iter().map(|(_, bytes)| bytes).chain([&ready.bytes]) {
        assert!(!has(bytes, b"GPS") && !has(bytes, b"Exif"));
    }
}

#[test]
fn what_a_picture_is_decides_how_it_is_kept() {
    let flat = || RgbImage::from_pixel(900, 30, Rgb([20, 120, 220]));
    let clear = || RgbaImage::from_fn(40, 30, |x, _| Rgba([200, 0, 0, if x < 20 { 0 } else { 255 }]));
    let full = || RgbaImage::from_pixel(40, 30, Rgba([200, 0, 0, 255]));
    for (what, bytes, kind, size, smaller) in [
        ("a screenshot", written(flat(), ImageFormat::Png), MediaKind::Png, (900, 30), vec![600]),
        ("a clear PNG", written(clear(), ImageFormat::Png), MediaKind::Png, (40, 30), vec![]),
        ("a clear WebP", written(clear(), ImageFormat::WebP), MediaKind::Png, (40, 30), vec![]),
        ("a PNG whose transparency is not used", written(full(), ImageFormat::Png), MediaKind::Png, (40, 30), vec![]),
        ("a still GIF", written(full(), ImageFormat::Gif), MediaKind::Png, (40, 30), vec![]),
        ("a small JPEG", written(flat(), ImageFormat::Jpeg), MediaKind::Jpeg, (900, 30), vec![600]),
        ("a photo as PNG", written(photo(800, 600, 40), ImageFormat::Png), MediaKind::Jpeg, (800, 600), vec![600]),
    ] {
        // The name is not believed.
        let ready = prepare(bytes, "x.pdf").unwrap();
        let widths: Vec<u32> = ready.smaller.iter().map(|(width, _)| *width).collect();
        assert_eq!((ready.kind, ready.size, widths), (kind, Some(size), smaller), "{what}");
    }
}

#[test]
fn a_file_is_what_its_content_says() {
    for (bytes, name, expected) in [
        (&b"%PDF-1.7 x"[..], "a.png", Ok(MediaKind::Pdf)),
        (b"PK\x03\x04rest", "a.txt", Ok(MediaKind::Zip)),
        (b"\0\0\0\x18ftypisom....", "a.mp4", Ok(MediaKind::Mp4)),
        (b"\x1a\x45\xdf\xa3....", "a.webm", Ok(MediaKind::Webm)),
        (b"a,b\n1,2\n", "a.CSV", Ok(MediaKind::Csv)),
        (b"a,b\n1,2\n", "a.exe", Ok(MediaKind::Text)),
        (b"<html><script>alert(1)</script></html>", "a.html", Ok(MediaKind::Text)),
        (b"", "a.png", Err(Refusal::Empty)),
        (b"\x7fELF\x02\x01\x01\0", "a.png", Err(Refusal::Unknown)),
        (b"MZ\x90\0\x03", "a.png", Err(Refusal::Unknown)),
        (b"\0\0\0\x18ftypheic....", "a.jpg", Err(Refusal::Unsupported("HEIC"))),
        (b"\0\0\0\x18ftypavif....", "a.png", Err(Refusal::Unsupported("AVIF"))),
        (b"\x89PNG\r\n\x1a\n", "a.png", Err(Refusal::Damaged)),
        (b"\xff\xd8\xff\xe0 nothing", "a.jpg", Err(Refusal::Damaged)),
        (b"GIF89a", "a.gif", Err(Refusal::Damaged)),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a.webp", Err(Refusal::Damaged)),
    ] {
        assert_eq!(prepare(bytes.to_vec(), name).map(|ready| ready.kind), expected, "{name} {bytes:?}");
    }
}

/// The head of a PNG that claims a size.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut png = written(RgbImage::from_pixel(1, 1, Rgb([0, 0, 0])), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = u32::MAX;
    for byte in &png[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    png[29..33].copy_from_slice(&(!crc).to_be_bytes());
    png
}

#[test]
fn pictures_that_claim_to_be_huge_are_refused_before_they_are_decoded() {
    for (width, height) in [(60_000, 60_000), (10_000, 5_001), (30_001, 1)] {
        assert_eq!(prepare(claiming(width, height), "x.png"), Err(Refusal::TooLarge { width, height }));
    }
    // Small enough to be tried, and then not there.
    assert_eq!(prepare(claiming(7000, 7000), "x.png"), Err(Refusal::Damaged));
}

#[test]
fn what_ends_early_is_refused_and_nothing_panics_wherever_it_ends() {
    let pixels = photo(64, 48, 30);
    for format in [ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Jpeg] {
        let whole = written(pixels.clone(), format);
        for end in (16..whole.len()).step_by(whole.len() / 60 + 1) {
            let got = prepare(whole[..end].to_vec(), "x");
            // Decoders of JPEG show what there is, as browsers do.
            assert!(got.is_err() || format == ImageFormat::Jpeg || end > whole.len() * 9 / 10, "{format:?} at {end}");
        }
        for at in (0..whole.len()).step_by(7) {
            let mut broken = whole.clone();
            broken[at] ^= 0xa5;
            let _ = prepare(broken, "x");
        }
    }
}

/// Two frames of one pixel, with a comment and a text of a program.
fn animation() -> Vec<u8> {
    let mut gif = b"GIF89a\x01\0\x01\0\x80\0\0\xff\0\0\0\xff\0".to_vec();
    gif.extend_from_slice(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0");
    gif.extend_from_slice(b"\x21\xfe\x08GPS 52.5\0");
    gif.extend_from_slice(b"\x21\xff\x0bXMP DataXMP\x04abcd\0");
    for _ in 0..2 {
        gif.extend_from_slice(b"\x21\xf9\x04\0\x0a\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0");
    }
    gif.extend_from_slice(b"\x3b and a second file");
    gif
}

#[test]
fn an_animation_keeps_its_frames_and_nothing_else() {
    let ready = prepare(animation(), "x.gif").unwrap();
    assert_eq!((ready.kind, ready.size), (MediaKind::Gif, Some((1, 1))));
    assert!(has(&ready.bytes, b"NETSCAPE2.0"));
    for gone in [&b"GPS"[..], b"XMP", b"second"] {
        assert!(!has(&ready.bytes, gone));
    }
    assert_eq!(prepare(ready.bytes.clone(), "x.gif").unwrap().bytes, ready.bytes);
    let mut endless = b"GIF89a\x01\0\x01\0\0\0\0".to_vec();
    for _ in 0..2100 {
        endless.extend_from_slice(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0");
    }
    endless.push(0x3b);
    assert!(prepare(endless, "x.gif").is_err());
}

#[test]
fn an_animated_webp_loses_what_stands_beside_its_frames() {
    let chunk = |name: &[u8], body: &[u8]| {
        let mut chunk = name.to_vec();
        chunk.extend_from_slice(&(body.len() as u32).to_le_bytes());
        chunk.extend_from_slice(body);
        if body.len() % 2 == 1 {
            chunk.push(0);
        }
        chunk
    };
    let parts = [
        chunk(b"VP8X", b"\x0e\0\0\0\x07\0\0\x05\0\0"),
        chunk(b"ANIM", b"\0\0\0\0\0\0"),
        chunk(b"ANMF", b"a frame, as it is"),
        chunk(b"EXIF", b"GPS 52.5163"),
        chunk(b"XMP ", b"<x/>"),
    ];
    let body = parts.concat();
    let mut webp = b"RIFF".to_vec();
    webp.extend_from_slice(&(body.len() as u32 + 4).to_le_bytes());
    webp.extend_from_slice(b"WEBP");
    webp.extend_from_slice(&body);
    let ready = prepare(webp, "x.webp").unwrap();
    assert_eq!((ready.kind, ready.size), (MediaKind::Webp, Some((8, 6))));
    assert!(!has(&ready.bytes, b"GPS") && !has(&ready.bytes, b"XMP") && has(&ready.bytes, b"a frame, as it is"));
    assert_eq!(ready.bytes[20], 2, "the flags tell of nothing that is gone");
}

fn svg(inner: &str) -> String {
    let text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"8\" height=\"6\">{inner}</svg>"
    );
    String::from_utf8(prepare(text.into_bytes(), "x.svg").unwrap().bytes).unwrap()
}

#[test]
fn a_drawing_keeps_what_draws_and_loses_what_runs_or_asks() {
    const START: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"6\">";
    for (given, expected) in [
        ("<path d=\"M0 0h8\" fill=\"red\"/>", "<path d=\"M0 0h8\" fill=\"red\"/>"),
        ("<script>alert(1)</script>", ""),
        ("<script href=\"https://evil.example/x.js\"/>", ""),
        ("<g onclick=\"alert(1)\" onload=\"alert(2)\"><path d=\"M0 0\"/></g>", "<g><path d=\"M0 0\"/></g>"),
        ("<foreignObject><body xmlns=\"http://www.w3.org/1999/xhtml\"><script>1</script></body></foreignObject>", ""),
        (
            "<a href=\"javascript:alert(1)\"><rect width=\"1\" height=\"1\"/></a>",
            "<g><rect width=\"1\" height=\"1\"/></g>",
        ),
        ("<image href=\"https://evil.example/pixel.png\"/>", "<image/>"),
        ("<image xlink:href=\"data:image/png;base64,AAAA\"/>", "<image href=\"data:image/png;base64,AAAA\"/>"),
        ("<image href=\"data:image/svg+xml;base64,AAAA\"/>", "<image/>"),
        ("<use href=\"https://evil.example/x.svg#a\"/>", ""),
        ("<rect id=\"a\"/><use xlink:href=\"#a\"/>", "<rect id=\"a\"/><use href=\"#a\"/>"),
        ("<rect fill=\"url(#g)\" stroke=\"url(https://evil.example/)\"/>", "<rect fill=\"url(#g)\"/>"),
        ("<rect style=\"fill: u\\72l(https://evil.example/)\"/>", "<rect/>"),
        ("<style>@import 'https://evil.example/a.css';</style>", ""),
        ("<style>rect { fill: url(\"//evil.example/\") }</style>", ""),
        ("<style>.a &gt; b { fill: red }</style>", "<style>.a &gt; b { fill: red }</style>"),
        ("<style><![CDATA[a { fill: url('#b') }]]></style>", "<style>a { fill: url('#b') }</style>"),
        ("<animate attributeName=\"href\" to=\"javascript:alert(1)\"/><set attributeName=\"onload\" to=\"x\"/>", ""),
        ("<iframe src=\"https://evil.example\"/><html:p xmlns:html=\"http://www.w3.org/1999/xhtml\">x</html:p>", ""),
        (
            "<text title=\"&quot;&gt;&lt;script&gt;\" id=\"&quot;&gt;&lt;script&gt;\">&lt;script&gt;</text>",
            "<text id=\"&quot;&gt;&lt;script&gt;\">&lt;script&gt;</text>",
        ),
        ("<!-- <script>1</script> --><?xml-stylesheet href=\"https://evil.example/\"?>", ""),
        // A copy of what copies draws again and again.
        ("<g id=\"a\"><use href=\"#b\"/></g><use href=\"#a\"/>", "<g id=\"a\"><use href=\"#b\"/></g>"),
    ] {
        let expected = expected.to_owned();
        let got = svg(given);
        let inner = got.strip_prefix(START).and_then(|rest| rest.strip_suffix("</svg>"));
        assert_eq!(inner.or(got.strip_suffix("/>").map(|_| "")), Some(expected.as_str()), "{given}\n{got}");
    }
}

#[test]
fn drawings_that_cannot_be_read_safely_are_refused() {
    let deep = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{}{}</svg>", "<g>".repeat(300), "</g>".repeat(300));
    let wide = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{}</svg>", "<g/>".repeat(70_000));
    for text in [
        "<!DOCTYPE svg [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><svg xmlns=\"http://www.w3.org/2000/svg\">&b;</svg>",
        "<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><svg>&x;</svg>",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><g></svg>",
        "<svg xmlns=\"http://www.w3.org/1999/xhtml\"/>",
        "<svg",
        &deep,
        &wide,
    ] {
        let got = prepare(text.as_bytes().to_vec(), "x.svg");
        assert!(matches!(got, Err(Refusal::Svg(_))), "{:.80} {got:?}", text);
    }
}

#[test]
fn a_drawing_says_its_size_in_several_ways() {
    for (head, size) in [
        ("width=\"80\" height=\"60\"", Some((80, 60))),
        ("width=\"80px\" height=\"59.6px\"", Some((80, 60))),
        ("width=\"100%\" height=\"100%\" viewBox=\"0 0 24 12\"", Some((24, 12))),
        ("viewBox=\"0,0,24,12\"", Some((24, 12))),
        ("width=\"1e99\" height=\"1\"", None),
        ("viewBox=\"0 0 -1 NaN\"", None),
        ("", None),
    ] {
        let text = format!(
            "<?xml version=\"1.0\"?>\n<!-- made -->\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x\">\n<svg xmlns=\"http://www.w3.org/2000/svg\" {head}><g/></svg>"
        );
        assert_eq!(prepare(text.into_bytes(), "x").unwrap().size, size, "{head}");
    }
}
