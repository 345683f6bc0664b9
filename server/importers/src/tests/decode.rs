use crate::{DecodeError, decode, decode_named};

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn utf8_and_marked_utf16_are_text() {
    let text = "## 1.2.3\r\nGrüße 🎉\n";
    assert_eq!(decode(text.as_bytes()).as_deref(), Ok(text));
    assert_eq!(decode(format!("\u{feff}{text}").as_bytes()).as_deref(), Ok(text));
    assert_eq!(decode(&utf16(text, false)).as_deref(), Ok(text));
    assert_eq!(decode(&utf16(text, true)).as_deref(), Ok(text));
    assert_eq!(decode(b"").as_deref(), Ok(""));
}

#[test]
fn other_bytes_are_refused_with_their_place() {
    let mut cut = utf16("ab\ncd", false);
    cut.pop();
    let lone_surrogate = [0xFF, 0xFE, b'a', 0, b'\n', 0, 0x00, 0xD8, b'b', 0];
    let table: [(&[u8], DecodeError); 6] = [
        (b"ab\nGr\xFC\xDFe", DecodeError::NotUtf8 { offset: 5, line: 2, byte: 0xFC }),
        (b"\xEF\xBB\xBFa\xFF", DecodeError::NotUtf8 { offset: 4, line: 1, byte: 0xFF }),
        (b"cut \xE2\x82", DecodeError::NotUtf8 { offset: 4, line: 1, byte: 0xE2 }),
        (b"a\n\nPK\0", DecodeError::ZeroByte { offset: 5, line: 3 }),
        (&cut, DecodeError::NotUtf16 { offset: 10, line: 2 }),
        (&lone_surrogate, DecodeError::NotUtf16 { offset: 6, line: 2 }),
    ];
    for (bytes, expected) in table {
        assert_eq!(decode(bytes), Err(expected), "{bytes:?}");
    }
}

#[test]
fn the_refusal_says_where_and_what_to_do() {
    let message = decode(b"ab\nGr\xFC\xDFe").unwrap_err().to_string();
    assert_eq!(
        message,
        "The file is not UTF-8: byte 0xFC at offset 5 (line 2) is not part of a character. Save it as UTF-8 and try again."
    );
}

#[test]
fn feeds_in_older_tables_are_read_as_they_say() {
    let xml = b"<?xml version='1.0' encoding=\"ISO-8859-1\"?><rss>caf\xe9 \x93x\x94</rss>";
    assert!(decode_named(xml, None).unwrap().ends_with("<rss>café “x”</rss>"));
    assert_eq!(decode_named(b"\xa4", Some("iso-8859-15")).unwrap(), "€");
    assert_eq!(decode_named("é".as_bytes(), Some("iso-8859-1")).unwrap(), "é", "text that is UTF-8 is UTF-8");
    assert!(decode_named(b"\xe9", None).is_err());
    assert!(decode_named(b"\xe9", Some("koi8-r")).is_err());
}
