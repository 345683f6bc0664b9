use testkit::on_both_databases;

use super::{Place, place};

const CHANGELOG: &str = "# Changelog\n\n\
    ## [Unreleased]\n\n- A thing in the making\n\n\
    ## [1.1.0] - 2024-06-10\n\n### Fixed\n\n- A crash\n\n\
    ## [1.0.0] - 2024-01-31\n\n### Added\n\n- Everything\n";

fn with_project(place: &Place) {
    place.write("CHANGELOG.md", CHANGELOG);
    place.run(&["import", "--new-project", "Orbit Mail", "--public", "--publish", "CHANGELOG.md"]).succeeded();
}

on_both_databases! {
    async fn a_changelog_comes_out_on_standard_output(place: Place) {
        with_project(&place);
        let answer = place.run(&["export", "--project", "orbit-mail"]).succeeded();
        assert!(answer.out.starts_with("# Changelog\n") && answer.err.is_empty(), "{} {}", answer.out, answer.err);
        assert!(answer.out.contains("\n## [1.1.0] - 2024-06-10\n\n### Fixed\n\n- A crash\n"), "{}", answer.out);
        assert!(!answer.out.contains("in the making"), "drafts stay here");
        assert!(!answer.out.contains("http://"), "no links to an address that nobody set");
    }

    async fn what_was_exported_can_be_imported_into_another_project(place: Place) {
        with_project(&place);
        for (format, file) in [("markdown", "out.md"), ("zip", "out.zip")] {
            let export = ["export", "--project", "orbit-mail", "--format", format, "--status", "all", "--output", file];
            place.run(&export).succeeded().says("Orbit Mail: ").says(file);
            assert!(!place.path(&format!("{file}.part")).exists());
            let import = ["import", "--new-project", format, "--publish", file];
            place.run(&import).succeeded().says("3 created, 0 already there");
        }
        let export = |project: &str| place.run(&["export", "--project", project, "--format", "csv"]).succeeded().out;
        let columns = |csv: String| csv.lines().map(|line| line.split(",published,").next().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(columns(export("zip")), columns(export("orbit-mail")), "to the millisecond");
        assert_eq!(export("markdown").lines().count(), export("orbit-mail").lines().count());
    }

    async fn entries_are_narrowed_by_day_and_tag(place: Place) {
        with_project(&place);
        let titles = |args: &[&str]| {
            let args = [&["export", "--project", "orbit-mail", "--format", "json"], args].concat();
            let json: serde_json::Value = serde_json::from_str(&place.run(&args).succeeded().out).unwrap();
            json["entries"].as_array().unwrap().iter().map(|entry| entry["version"].to_string()).collect::<Vec<_>>()
        };
        assert_eq!(titles(&["--from", "2024-06-10"]), ["\"1.1.0\""]);
        assert_eq!(titles(&["--to", "2024-06-09"]), ["\"1.0.0\""]);
        assert_eq!(titles(&["--tag", "added", "--tag", "Fixed"]).len(), 2);
    }
}

#[test]
fn with_an_address_the_versions_are_links() {
    let place = place().variable("TIDINGS__SERVER__BASE_URL", "https://log.example.com");
    with_project(&place);
    let answer = place.run(&["export", "--project", "orbit-mail"]).succeeded();
    assert!(answer.out.contains("\n[1.1.0]: https://log.example.com/changelog/orbit-mail/1-1-0\n"), "{}", answer.out);
}

#[test]
fn what_cannot_be_exported_is_said_by_its_flag() {
    let place = place();
    with_project(&place);
    place.run(&["export", "--project", "nowhere"]).failed(1).says("--project").says("nowhere");
    place.run(&["export"]).failed(2).says("--project");
    place.run(&["export", "--project", "x", "--format", "pdf"]).failed(2).says("markdown, json, csv or zip");
    place.run(&["export", "--project", "x", "--from", "yesterday"]).failed(2).says("--from").says("2026-03-04");
    let there = place.path("there.md");
    std::fs::write(&there, "before").unwrap();
    place
        .run(&["export", "--project", "orbit-mail", "--output", "no/such/dir/x.md"])
        .failed(1)
        .says("no/such/dir/x.md");
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "before");
}
