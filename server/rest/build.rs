//! Packs the reviewed description of the surface, so that the program carries it along instead of what makes it.

use std::error::Error;
use std::fs::File;
use std::path::PathBuf;
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=openapi.json");
    let document: &serde_json::value::RawValue = &serde_json::from_str::<Box<_>>(&fs::read_to_string("openapi.json")?)?;
    let output = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?).join("openapi.json.gz");
    let mut packed = GzEncoder::new(File::create(output)?, Compression::best());
    compact(document.get(), &mut packed)?;
    packed.finish()?;
    Ok(())
}

/// The same JSON without blanks between its parts; members keep their order.
fn compact(text: &str, out: &mut impl std::io::Write) -> std::io::Result<()> {
    let (mut in_string, mut is_escaped) = (false, false);
    for byte in text.bytes() {
        if in_string {
            in_string = byte != b'"' || is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
        } else {
            in_string = byte == b'"';
        }
        if in_string || !byte.is_ascii_whitespace() {
            out.write_all(&[byte])?;
        }
    }
    Ok(())
}
