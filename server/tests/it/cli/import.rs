use testkit::on_both_databases;

use super::{Place, place};

const CHANGELOG: &str = "# Changelog\n\n\
    ## [Unreleased]\n\n### Added\n\n- A thing in the making\n\n\
    ## [1.1.0] - 2024-06-10\n\n### Fixed\n\n- A crash\n\n\
    ## [1.0.0] - 2024-01-31\n\n### Added\n\n- Everything\n";

fn with_changelog() -> Place {
    let place = place();
    place.write("CHANGELOG.md", CHANGELOG);
    place
}

/// The id of the project that a report names.
fn project_of(report: &str) -> String {
    let line = report.lines().find(|line| line.starts_with("Project: ")).unwrap();
    line.rsplit_once('(').unwrap().1.trim_end_matches(')').to_owned()
}

on_both_databases! {
    async fn every_release_is_created_and_reported_with_its_line_and_date(place: Place) {
        place.write("CHANGELOG.md", CHANGELOG);
        let answer = place.run(&["import", "--new-project", "Atuin", "--publish", "CHANGELOG.md"]).succeeded();
        answer
            .says("Keep a Changelog")
            .says("Project: Atuin (")
            .says("1.1.0")
            .says("2024-06-10")
            .says("line 9")
            .says("3 created, 0 already there");
    }

    async fn importing_the_same_file_again_changes_nothing(place: Place) {
        place.write("CHANGELOG.md", CHANGELOG);
        let first = place.run(&["import", "--new-project", "Atuin", "CHANGELOG.md"]).succeeded();
        let project = project_of(&first.out);
        for _ in 0..2 {
            place.run(&["import", "--project", &project, "CHANGELOG.md"]).succeeded().says("0 created, 3 already there");
        }
    }

    async fn a_dry_run_reports_the_same_and_changes_nothing(place: Place) {
        place.write("CHANGELOG.md", CHANGELOG);
        place
            .run(&["import", "--new-project", "Atuin", "--dry-run", "CHANGELOG.md"])
            .succeeded()
            .says("3 would be created")
            .says("Nothing was changed");

        let first = place.run(&["import", "--new-project", "Atuin", "CHANGELOG.md"]).succeeded();
        let project = project_of(&first.out);
        place.write("more.md", format!("{CHANGELOG}\n## [0.9.0] - 2023-12-01\n\n- Early\n"));
        for _ in 0..2 {
            place
                .run(&["import", "--project", &project, "--dry-run", "more.md"])
                .succeeded()
                .says("1 would be created, 3 already there");
        }
    }
}

const TABLE: &str = "Summary;Nr;Released;What;Kind\n\
    Dark mode;2.0.0;2026-02-20;\"- Dark\n- Darker\";Feature, UI\n\
    Broken;1.9.0;2026-02-31;Text;\n\
    Small fix;1.8.0;03/04/2025;Text;Fix\n";

on_both_databases! {
    async fn a_table_is_imported_by_its_columns_and_a_mistake_is_told_by_its_row(place: Place) {
        place.write("notes.csv", TABLE);
        let map = ["--map", "title=Summary", "--map", "version=Nr", "--map", "date=released", "--map", "content=4", "--map", "tags=Kind"];
        let args = [&["import", "--new-project", "Atuin", "--delimiter", ";", "--day-first"][..], &map[..], &["notes.csv"][..]].concat();
        let answer = place.run(&args).failed(1);
        answer
            .says("Format: Table (CSV)")
            .says("created, row 2: Dark mode (version 2.0.0; 2026-02-20; Feature, UI)")
            .says("refused, row 3: Broken (version 1.9.0) – \"2026-02-31\" is not a date.")
            .says("created, row 4: Small fix (version 1.8.0; 2025-04-03; Fix)")
            .says("2 created, 0 already there, 1 refused.")
            .says("1 release could not be imported");
    }

    async fn json_is_imported_and_reported_as_json(place: Place) {
        place.write("releases.json", r#"[{"tag_name":"v1.1.0","name":"Second","body":"Text","published_at":"2026-02-20T10:00:00Z"},
            {"tag_name":"v1.0.0","name":"","body":"First","published_at":"2026-01-20T10:00:00Z"}]"#);
        let answer = place.run(&["import", "--new-project", "Atuin", "--json", "releases.json"]).succeeded();
        let report: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
        assert_eq!((&report["created"], &report["dryRun"], &report["places"]), (&2.into(), &false.into(), &"entry".into()));
        assert_eq!(report["releases"][1]["title"], "Version 1.0.0");
        let project = report["project"]["id"].as_str().unwrap();
        place.write("changed.json", r#"[{"tag_name":"v1.1.0","name":"Second","body":"Other text","published_at":"2026-02-20T10:00:00Z"}]"#);
        let import = |more: &[&str]| place.run(&[&["import", "--project", project][..], more, &["changed.json"][..]].concat());
        import(&["--dry-run"]).succeeded().says("left alone, entry 1: Second").says("Nothing was changed");
        import(&[]).succeeded().says("0 created, 0 already there, 1 left alone.");
        import(&["--on-conflict", "overwrite"]).succeeded().says("overwritten, entry 1: Second").says("1 overwritten.");
        import(&["--on-conflict", "overwrite"]).succeeded().says("0 created, 1 already there.");
    }
}

#[test]
fn a_format_or_column_that_is_not_there_is_refused_before_a_project_is_made() {
    let place = place();
    place.write("notes.csv", TABLE);
    let import =
        |args: &[&str]| place.run(&[&["import", "--new-project", "Atuin"][..], args, &["notes.csv"][..]].concat());
    import(&["--format", "xml"]).failed(2).says("--format").says("auto, markdown, csv, json or feed");
    import(&["--map", "name"]).failed(2).says("PART=NAME");
    import(&["--map", "colour=Nr"]).failed(2).says("externalId");
    import(&["--delimiter", "ab"]).failed(2).says("tab");
    import(&["--on-conflict", "prompt"]).failed(2).says("skip or overwrite");
    import(&["--map", "title=Titel"]).failed(1).says("--map").says("Titel").says("Summary");
    import(&["--format", "json"]).failed(1).says("not valid JSON: line 1");
    assert!(!place.path("data").exists());
    import(&["--format", "auto", "--map", "title=Summary", "--dry-run"])
        .succeeded()
        .says("would be created, row 2: Dark mode");
}

#[test]
fn standard_input_is_read_for_a_dash() {
    let place = place();
    let args = ["import", "--new-project", "Atuin", "-"];
    place.run_with(&args, CHANGELOG.as_bytes()).succeeded().says("3 created");
}

#[test]
fn what_cannot_be_read_as_a_changelog_is_refused_before_a_project_is_made() {
    let place = place();
    place.write("latin1.md", b"# Changelog\n\n## 1.0.0\n\n- Caf\xe9 au lait\n");
    place.write("empty.md", "");
    std::fs::create_dir(place.path("folder")).unwrap();
    let import = |file: &str| place.run(&["import", "--new-project", "Atuin", file]).failed(1);
    import("nowhere.md").says("nowhere.md");
    import("folder").says("folder");
    import("latin1.md").says("UTF-8").says("line 5");
    import("empty.md");
    assert!(!place.path("data").exists());
}

#[test]
fn a_target_is_needed_and_must_exist() {
    let place = with_changelog();
    place.run(&["import", "CHANGELOG.md"]).failed(2).says("--new-project");
    place.run(&["import", "--project", "a", "--new-project", "b", "CHANGELOG.md"]).failed(2);
    place.run(&["import", "--project", "cnobody", "CHANGELOG.md"]).failed(1).says("--project").says("cnobody");
    place.run(&["import", "--project", "c1", "--public", "CHANGELOG.md"]).failed(2).says("--public");
}
