use chrono::TimeDelta;

use crate::catch_up::{Category, Since, category};
use crate::time::{self, from_wire};

#[test]
fn a_beginning_is_read_in_every_form() {
    for (text, since) in [
        ("", Since::LastVisit),
        (" Auto ", Since::LastVisit),
        ("7d", Since::Ago(TimeDelta::days(7))),
        ("2W", Since::Ago(TimeDelta::days(14))),
        ("1m", Since::Ago(TimeDelta::days(30))),
        ("99999999999999999999d", Since::Ago(TimeDelta::MAX)),
        ("v1.2", Since::Label("v1.2".into())),
        ("2026-03-04", Since::Label("2026-03-04".into())),
        ("-3d", Since::Label("-3d".into())),
        ("d", Since::Label("d".into())),
        ("5ä", Since::Label("5ä".into())),
    ] {
        assert_eq!(Since::parse(text), since, "{text}");
    }
}

#[test]
fn nothing_began_before_time_did() {
    let now = from_wire("2026-03-04T09:30:00.000Z").unwrap();
    assert_eq!(Since::before(now, TimeDelta::days(1)), from_wire("2026-03-03T09:30:00.000Z").unwrap());
    assert_eq!(Since::before(now, TimeDelta::MAX), time::MIN);
    assert_eq!(Since::before(now, TimeDelta::days(1_000_000)), time::MIN);
}

#[test]
fn a_tag_stands_for_something_by_whole_words_only() {
    for (category_of, names) in [
        (Category::Features, ["Feature", "New & shiny", "ui/enhancement", "FEAT", "new-fix"]),
        (Category::Fixes, ["Fix", "Bug fix", "hotfix", "Fixed", "security patch"]),
        (Category::Other, ["Prefix", "Renewed", "debug", "Dispatch", ""]),
    ] {
        for name in names {
            assert_eq!(category(name), category_of, "{name}");
        }
    }
}
