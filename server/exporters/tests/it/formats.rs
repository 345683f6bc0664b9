//! JSON, CSV and zip: what they hold, and what programs that read them must not trip over.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use exporters::Item;
use importers::zip::{MAX_BYTES, ZipRefused, read};
use model::exports::Format;

use crate::help::{Seen, With, export, item, read_csv, read_json, rows};

fn two() -> Vec<Item> {
    let mut draft = item("Ideas", "").draft().slug("ideas");
    draft.entry.external_id = Some("jira-7".to_owned());
    vec![draft, item("Search", "## Added\n\n- \"x\", y\n").version("1.2.0").tagged(&["Added", "a;b\\"])]
}

fn text(format: Format, items: &[Item]) -> String {
    String::from_utf8(export(format, items)).unwrap()
}

fn members(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let name = archive.name_for_index(index).unwrap().unwrap().into_owned();
            let mut text = String::new();
            archive.by_index(index).unwrap().read_to_string(&mut text).unwrap();
            (name, text)
        })
        .collect()
}

/// An archive with these members.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn json_says_everything_about_an_entry() {
    let json: serde_json::Value = serde_json::from_str(&text(Format::Json, &two())).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "format": "tidings",
            "version": 1,
            "exportedAt": "2026-03-04T09:30:00.000Z",
            "project": {
                "id": "cm3k8x2p0000008l4f5g7h9jk",
                "name": "Orbit Mail",
                "slug": "orbit-mail",
                "description": "Mail that stays in orbit",
                "color": "#2b5fc2",
                "icon": null,
                "isPublic": true,
                "timezone": "Europe/Berlin",
                "defaultTags": ["Fixed"],
                "createdAt": "2026-01-01T08:00:00.000Z",
                "updatedAt": "2026-03-01T08:00:00.000Z"
            },
            "tags": [
                { "name": "Added", "color": "#a16207", "description": null },
                { "name": "Fixed", "color": "#a16207", "description": null }
            ],
            "entries": [
                {
                    "id": "cm3k8x2p0000008l4f5g7h9jm",
                    "externalId": "jira-7",
                    "title": "Ideas",
                    "content": "",
                    "version": null,
                    "slug": "ideas",
                    "status": "draft",
                    "publishedAt": null,
                    "scheduledAt": null,
                    "createdAt": "2026-02-27T07:00:00.001Z",
                    "updatedAt": "2026-03-05T10:00:00.000Z",
                    "tags": []
                },
                {
                    "id": "cm3k8x2p0000008l4f5g7h9jm",
                    "externalId": null,
                    "title": "Search",
                    "content": "## Added\n\n- \"x\", y\n",
                    "version": "1.2.0",
                    "slug": "faster-search",
                    "status": "published",
                    "publishedAt": "2026-03-04T12:30:45.678Z",
                    "scheduledAt": null,
                    "createdAt": "2026-02-27T07:00:00.001Z",
                    "updatedAt": "2026-03-05T10:00:00.000Z",
                    "tags": ["Added", "a;b\\"]
                }
            ]
        })
    );
    assert_eq!(text(Format::Json, &two()).lines().count(), 4, "an entry a line");
    assert_eq!(text(Format::Json, &[]).lines().count(), 2);
}

#[test]
fn csv_is_a_table_that_every_reader_reads_alike() {
    let csv = text(Format::Csv, &two());
    assert_eq!(
        csv,
        "title,version,date,content,tags,status,slug,created_at,updated_at,external_id\r\n\
         Ideas,,,,,draft,ideas,2026-02-27T07:00:00.001Z,2026-03-05T10:00:00.000Z,jira-7\r\n\
         Search,1.2.0,2026-03-04T12:30:45.678Z,\"## Added\n\n- \"\"x\"\", y\n\",\"Added;a\\;b\\\\\",published,faster-search,\
         2026-02-27T07:00:00.001Z,2026-03-05T10:00:00.000Z,\r\n"
    );
    assert_eq!(read_csv(&csv), two().iter().map(Seen::of).collect::<Vec<_>>());
}

#[test]
fn no_cell_of_a_csv_file_begins_a_formula() {
    let starts = ["=1+1", "+1", "-1", "@x", "\tx", "'=1", "''+1", "- item", "'tis", "'"];
    let items: Vec<Item> = starts
        .iter()
        .flat_map(|text| [item(text.trim(), text), item("x", "y").version(text.trim()).tagged(&[text.trim(), "z"])])
        .collect();
    let csv = text(Format::Csv, &items);
    for row in rows(&csv) {
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        }
    }
    assert_eq!(read_csv(&csv), items.iter().map(Seen::of).collect::<Vec<_>>());
}

#[test]
fn the_archive_explains_itself_and_has_a_file_for_each_entry() {
    let members = members(&export(Format::Zip, &two()));
    let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["README.md", "project.json", "entries/drafts/2026-02-ideas.md", "entries/2026/03-faster-search.md"]
    );
    assert!(members[0].1.starts_with("# Changelog of Orbit Mail\n"));
    let about: serde_json::Value = serde_json::from_str(&members[1].1).unwrap();
    assert_eq!((&about["project"]["slug"], &about["tags"][1]["name"]), (&"orbit-mail".into(), &"Fixed".into()));
    assert_eq!(
        members[3].1,
        "---\n\
         title: \"Search\"\n\
         version: \"1.2.0\"\n\
         date: 2026-03-04T12:30:45.678Z\n\
         tags: [\"Added\", \"a;b\\\\\"]\n\
         status: published\n\
         slug: \"faster-search\"\n\
         id: \"cm3k8x2p0000008l4f5g7h9jm\"\n\
         created: 2026-02-27T07:00:00.001Z\n\
         updated: 2026-03-05T10:00:00.000Z\n\
         ---\n\n\
         ## Added\n\n- \"x\", y\n\n"
    );
}

#[test]
fn names_in_the_archive_are_safe_and_different() {
    let slugs = [
        "../../etc/passwd",
        "..",
        "",
        "CON",
        "a/b\\c",
        "a-b-c",
        "A-B-C",
        "über",
        "日本",
        &"x".repeat(300),
        &"x".repeat(301),
        "nul\0",
    ];
    let items: Vec<Item> =
        slugs.iter().flat_map(|slug| [item("x", "y").slug(slug), item("x", "y").slug(slug).draft()]).collect();
    let bytes = export(Format::Zip, &items);
    let mut seen = HashSet::new();
    for (name, _) in members(&bytes) {
        assert!(name.len() < 120 && seen.insert(name.to_lowercase()), "{name}");
        assert!(name.split('/').all(|part| !part.is_empty() && !part.starts_with('.')), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c)), "{name}");
    }
    assert_eq!(read(&bytes).unwrap().releases.len(), items.len());
}

#[test]
fn the_same_entries_give_the_same_bytes() {
    for format in Format::ALL {
        assert_eq!(export(format, &two()), export(format, &two()), "{format:?}");
    }
}

#[test]
fn files_of_other_tools_are_read_as_well() {
    let hugo = b"---\ntitle: 'It''s here'\ndate: 2026-02-03T10:00:00+01:00\ntags:\n  - One\n  - Two\ndraft: false\n---\nText\r\n" as &[u8];
    let bare = b"# A heading\n\nText\n" as &[u8];
    let files = [
        ("content/news/2026/here.md", hugo),
        ("bare.markdown", bare),
        ("picture.png", b"\x89PNG\0"),
        ("__MACOSX/._here.md", b"\0"),
        (".obsidian/x.md", b"x"),
        ("dated.md", b"---\ntitle: Dated\ndate: 2026-01-01\nstatus: draft\n---\n\nx\n"),
        ("wrong.md", b"---\ntitle: Wrong\ndate: soon\n---\n"),
    ];
    let parsed = read(&archive(&files)).unwrap();
    let titles: Vec<_> = parsed.releases.iter().map(|release| release.title.as_str()).collect();
    assert_eq!(titles, ["Dated", "It's here", "A heading", "Wrong"]);
    let here = &parsed.releases[1];
    assert_eq!(
        (here.content.as_str(), here.draft, &here.tags[..]),
        ("Text", false, &["One".to_owned(), "Two".to_owned()][..])
    );
    assert_eq!(here.published_at.unwrap().to_string(), "2026-02-03 09:00:00 UTC");
    assert_eq!(parsed.notes.len(), 2, "{:?}", parsed.notes);
}

#[test]
fn hostile_archives_are_refused_with_a_reason() {
    let refused = |bytes: &[u8]| read(bytes).unwrap_err();
    assert!(matches!(refused(b""), ZipRefused::Damaged { .. }));
    assert!(matches!(refused(b"PK\x03\x04 and no more"), ZipRefused::Damaged { .. }));
    assert!(matches!(refused(&vec![0; MAX_BYTES + 1]), ZipRefused::TooLarge { .. }));
    assert_eq!(refused(&archive(&[("a.txt", b"x")])), ZipRefused::NoEntries);
    assert!(matches!(refused(&archive(&[("a.md", b"\xff\xff\xff")])), ZipRefused::NotText { .. }));
    for name in ["../a.md", "/etc/a.md", "C:\\a.md", "x/../../a.md", "..\\a.md", "x\\..\\a.md"] {
        assert!(matches!(refused(&archive(&[(name, b"x")])), ZipRefused::UnsafeName { .. }), "{name}");
    }
    // 60 MiB of blanks pack to some kilobytes.
    let blanks = vec![b' '; 20 << 20];
    let bomb = archive(&[("a.md", &blanks), ("b.md", &blanks), ("c.md", &blanks)]);
    assert!(bomb.len() < 1 << 20);
    assert!(matches!(refused(&bomb), ZipRefused::UnpacksTooLarge { .. }));
    let names: Vec<String> = (0..5_001).map(|number| format!("{number}.md")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x" as &[u8])).collect();
    assert!(matches!(refused(&archive(&many)), ZipRefused::TooManyFiles { limit: 5_000, .. }));
    assert!(read(&archive(&many[..5_000])).is_ok());
    let records = [b"PK\x03\x04".to_vec(), b"PK\x01\x02".repeat(10_001)].concat();
    assert!(matches!(refused(&records), ZipRefused::TooManyFiles { limit: 10_000, .. }));

    // A damaged byte anywhere is an error or goes unnoticed, and never the end of the program.
    let good = export(Format::Zip, &two());
    for at in 0..good.len() {
        let mut broken = good.clone();
        broken[at] ^= 0xff;
        let _ = read(&broken);
        let _ = read(&good[..at]);
    }
}

#[test]
fn every_format_of_nothing_is_a_file() {
    assert_eq!(read_json(&text(Format::Json, &[])), []);
    assert_eq!(read_csv(&text(Format::Csv, &[])), []);
    assert_eq!(members(&export(Format::Zip, &[])).len(), 2);
    assert!(text(Format::Markdown, &[]).ends_with("<!-- tidings:changelog 1 -->\n"));
}
