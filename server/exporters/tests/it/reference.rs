//! The reference for people who use the files says the truth: its examples are read as it says, and written as they stand.

use exporters::{Export, Item};
use importers::Release;
use model::exports::Format;

use crate::help::{Seen, With, head, item, read_csv, read_json, rows};

const REFERENCE: &str = include_str!("../../../../docs/export-formats.md");

/// The first example in this language.
fn example(language: &str) -> &'static str {
    let (_, rest) = REFERENCE.split_once(&format!("\n```{language}\n")).unwrap();
    rest.split_once("```\n").unwrap().0
}

fn faster_search() -> Item {
    let mut item = item("Faster search", "Twice as fast.").version("1.1.0").published("2026-02-01T12:30:45.678Z");
    item.entry.created_at = crate::help::at("2026-01-27T07:00:00.001Z");
    item.entry.updated_at = crate::help::at("2026-02-03T10:00:00.000Z");
    item
}

#[test]
fn the_changelog_is_written_as_it_stands() {
    let url = |slug: &str| format!("https://changelog.example.com/changelog/orbit-mail/{slug}");
    let items = [
        item("Threads", "Replies stand below what they answer.").version("1.3.0").tagged(&["Beta"]).draft(),
        item("1.2.0", "## Added\n\n- Search in all folders\n\n## Fixed\n\n- The clock")
            .version("1.2.0")
            .tagged(&["Added", "Fixed"])
            .url(&url("1-2-0")),
        faster_search().tagged(&["Changed"]).url(&url("faster-search")),
        item("A word to all", "Thank you.").published("2026-01-01T10:00:00.000Z"),
    ];
    assert_eq!(crate::help::markdown(&items), example("markdown"));
}

#[test]
fn every_remark_of_the_changelog_is_explained() {
    for remark in ["changelog 1", "section", "untagged", "closed", "indented", "h1", "links"] {
        assert!(REFERENCE.contains(&format!("`<!-- tidings:{remark} -->`")), "{remark}");
    }
}

#[test]
fn the_json_example_is_read_and_written_as_it_stands() {
    let seen = read_json(example("json"));
    assert_eq!(seen, [Seen::of(&faster_search().tagged(&["Changed"]))]);
    let mut head = head();
    head.project.description = None;
    head.project.default_tags.clear();
    head.tags = vec![crate::help::tag("Changed")];
    head.tags[0].color = Some("#2b5fc2".to_owned());
    let mut export = Export::new(Format::Json, &head).unwrap();
    export.push(&faster_search().tagged(&["Changed"])).unwrap();
    assert_eq!(String::from_utf8(export.finish().unwrap()).unwrap(), example("json"));
}

#[test]
fn the_csv_example_is_read_as_it_says() {
    let csv = example("csv").replace('\n', "\r\n");
    let header = String::from_utf8(crate::help::export(Format::Csv, &[])).unwrap();
    assert_eq!(rows(&csv)[0], rows(&header)[0]);
    let seen = read_csv(&csv);
    assert_eq!(seen[0], Seen::of(&faster_search().tagged(&["Changed", "Search"])));
    assert_eq!(seen[1].content, "- Search");
}

#[test]
fn the_front_matter_example_is_written_as_it_stands() {
    let bytes = crate::help::export(Format::Zip, &[faster_search().tagged(&["Changed", "Search"])]);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let name = "entries/2026/02-faster-search.md";
    assert!(REFERENCE.contains(name));
    let written = std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    assert_eq!(written, example("yaml"));
    let releases: Vec<Release> = importers::zip::read(&bytes).unwrap().releases;
    assert_eq!(Seen::release(&releases[0]), Seen::of(&faster_search().tagged(&["Changed", "Search"])));
}
