use chrono::{TimeZone, Utc};

use crate::time::Timestamp;
use crate::versions::{
    DateTemplate, Kind, checked_templates, compare, date_versions, fill, highest, kind, next_versions,
};

fn now() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 3, 7, 9, 5, 2).single().unwrap()
}

fn next(used: &[&str]) -> Vec<String> {
    next_versions(used).into_iter().map(|suggestion| suggestion.version).collect()
}

#[test]
fn the_next_versions_follow_the_highest_and_not_the_latest() {
    for (used, expected) in [
        (vec![], vec!["v1.0.0"]),
        (vec!["spring", "2026"], vec!["v1.0.0"]),
        (vec!["v1.2.3", "v1.10.0", "v1.9.9"], vec!["v1.10.1", "v1.11.0", "v2.0.0"]),
        (vec!["1.2.3"], vec!["1.2.4", "1.3.0", "2.0.0"]),
        (vec!["v2.0.0-rc.1", "v1.9.0"], vec!["v2.0.0", "v2.1.0", "v3.0.0"]),
        (vec!["v1.0.0+build.7"], vec!["v1.0.1", "v1.1.0", "v2.0.0"]),
    ] {
        assert_eq!(next(&used), expected, "{used:?}");
    }
}

#[test]
fn taken_numbers_are_skipped_and_after_ten_tries_left_out() {
    // A pre-release is lower than its release, and 1.0.1 is a label of another entry in other spelling.
    assert_eq!(next(&["1.0.0-rc.1", "v1.0.0 "]), ["v1.0.1", "v1.1.0", "v2.0.0"]);
    let many: Vec<String> = (0..20).map(|n| format!("v1.0.{n}-x")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).chain(["v1.0.19"]).collect();
    assert_eq!(next(&many)[0], "v1.0.20");
}

#[test]
fn pre_releases_are_ordered_as_semantic_versioning_has_it() {
    let ordered =
        ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"];
    for pair in ordered.windows(2) {
        assert_eq!(highest(pair.iter().copied()), Some(pair[1]), "{pair:?}");
        assert_eq!(highest(pair.iter().rev().copied()), Some(pair[1]), "{pair:?}");
    }
    assert_eq!(highest(["1.2", "v1", "1.2.3.4", "1.2.x", "99999999999999999999.0.0", ""]), None);
}

#[test]
fn a_version_says_what_kind_of_release_it_is() {
    for (version, expected) in [
        ("v2.0.0", Kind::Major),
        ("2.1.0", Kind::Minor),
        ("V2.1.3", Kind::Patch),
        ("2.0.0-rc.1", Kind::Major),
        ("2026.03", Kind::Custom),
        ("spring", Kind::Custom),
    ] {
        assert_eq!(kind(version), expected, "{version}");
    }
}

#[test]
fn templates_know_the_date_the_highest_version_and_a_free_number() {
    let used = ["v1.4.2", "v2026.03.07.1", "V2026.03.07.2"];
    // Three numeric parts make a semantic version; a date with a number has four.
    for (template, expected) in [
        ("v{YYYY}.{MM}.{DD}", "v2026.03.07"),
        ("{YY}{MM}{DD}-{hh}{mm}{ss}", "260307-090502"),
        ("v{YYYY}.{MM}.{DD}.{N}", "v2026.03.07.3"),
        ("{MAJOR}/{MINOR}/{PATCH}/{VERSION}", "1/4/2/1.4.2"),
        ("{NEXT_PATCH} {NEXT_MINOR} {NEXT_MAJOR}", "1.4.3 1.5.0 2.0.0"),
        ("week {N}", "week 1"),
        ("{unknown} {YYYY", "{unknown} {YYYY"),
        ("", ""),
    ] {
        assert_eq!(fill(template, now(), &used), expected, "{template}");
    }
    assert_eq!(fill("{VERSION}-{NEXT_PATCH}", now(), &[]), "0.0.0-0.0.1");
}

#[test]
fn a_date_that_is_taken_is_not_offered_but_its_next_number_is() {
    let offered = date_versions(None, now(), &["v2026.03.07", "2026.03.07.1"]);
    let versions: Vec<&str> = offered.iter().map(|suggestion| suggestion.version.as_str()).collect();
    assert_eq!(versions, ["v2026.03.07.2", "v20260307"]);
}

#[test]
fn patches_follow_each_other_and_leave_out_what_is_taken() {
    let next = |used: &[&str]| crate::versions::patches(used).take(3).collect::<Vec<_>>();
    assert_eq!(next(&["1.2.3", "1.2.5", "0.9.0"]), ["1.2.6", "1.2.7", "1.2.8"]);
    assert_eq!(
        next(&["v1.2.3", "1.2.4-rc.1"]),
        ["1.2.4", "1.2.5", "1.2.6"],
        "a pre-release is followed by its release"
    );
    assert_eq!(next(&["v1.2.3"]), ["v1.2.4", "v1.2.5", "v1.2.6"]);
    assert_eq!(next(&["2026-01-01"]), ["1.0.0", "1.0.1", "1.0.2"]);
}

#[test]
fn versions_are_compared_by_their_numbers() {
    use std::cmp::Ordering::{Equal, Greater, Less};
    for (a, b, expected) in [
        ("1.9.0", "v1.10.0", Some(Less)),
        ("2.0.0-rc.1", "2.0.0", Some(Less)),
        ("2.0.0-rc.2", "2.0.0-rc.10", Some(Less)),
        ("2.0.0-beta", "2.0.0-alpha.9", Some(Greater)),
        ("2.0.0rc1", "2.0.0", Some(Less)),
        ("1.0.0+build.5", "1.0.0", Some(Equal)),
        ("2.3", "2.3.0", Some(Equal)),
        ("2.3.0.1", "2.3", Some(Greater)),
        ("2026.03.07", "2026.3.10", Some(Less)),
        ("2026.12", "2026.3", Some(Greater)),
        ("20260307", "20260310", Some(Less)),
        ("v3", "2.9.9", Some(Greater)),
        ("Summer", "2.0", None),
        ("2.0", "", None),
        ("2..0", "2.0", None),
        ("99999999999999999999", "1", None),
    ] {
        assert_eq!(super::super::versions::compare_numbers(a, b), expected, "{a} and {b}");
    }
}

#[test]
fn every_scheme_sorts_as_people_expect() {
    let ordered = [
        "beta",
        "build 9",
        "build 10",
        "1.0.0-1",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "v1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0-rc9",
        "1.0.0-rc10",
        "V1.0.0",
        "1.0.1a",
        "1.0.1b",
        "1.1.0b2",
        "1.1.0rc1",
        "1.1",
        "1.1.1",
        "v1.9.0",
        "1.10.0",
        "v2025.12.31",
        "v2026.03.07",
        "2026.03.07.1",
        "2026.03.07.2",
        "2026.03.07.10",
        "2026.4.1",
        "20260307",
        "99999999999999999999999.1",
    ];
    for (at, lower) in ordered.iter().enumerate() {
        assert_eq!(compare(lower, lower), std::cmp::Ordering::Equal);
        for higher in &ordered[at + 1..] {
            assert_eq!(compare(lower, higher), std::cmp::Ordering::Less, "{lower} before {higher}");
            assert_eq!(compare(higher, lower), std::cmp::Ordering::Greater, "{higher} after {lower}");
        }
    }
    assert_eq!(compare("v1.0.0", "V1.0.0"), std::cmp::Ordering::Equal, "one version, written in two ways");
    assert_ne!(compare("1.0.0+5", "1.0.0+6"), std::cmp::Ordering::Equal);
    assert_ne!(compare("1.0", "1.0.0"), std::cmp::Ordering::Equal);
}

#[test]
fn templates_of_the_instance_stand_in_for_those_that_are_built_in() {
    let template = |format: &str| DateTemplate { format: format.into(), label: "Own".into() };
    let own = [template("r{YY}{MM}-{N}"), template("{NEXT_MINOR}"), template(&"x".repeat(65)), template("taken")];
    let offered = date_versions(Some(&own), now(), &["1.2.3", "Taken", "r2603-1"]);
    let offered: Vec<_> = offered.iter().map(|offer| offer.version.as_str()).collect();
    assert_eq!(offered, ["r2603-2", "1.3.0"]);
    assert!(date_versions(Some(&[]), now(), &[]).is_empty());

    assert_eq!(checked_templates(vec![template(" {YYYY} ")]), Ok(vec![template("{YYYY}")]));
    for wrong in [template(" "), template(&"x".repeat(201)), DateTemplate { label: String::new(), ..template("x") }] {
        assert!(checked_templates(vec![wrong]).is_err());
    }
    assert!(checked_templates(vec![template("x"); 51]).is_err());
}
