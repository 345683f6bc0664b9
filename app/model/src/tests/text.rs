use crate::{tags, time, versions};

#[test]
fn versions_are_compared_without_case_and_leading_v() {
    for (a, b) in [("v1.2.3", "1.2.3"), ("V2.0", "v2.0"), (" 1.0-RC.1 ", "1.0-rc.1"), ("vv3", "3")] {
        assert_eq!(versions::key(a), versions::key(b), "{a} {b}");
    }
    assert_ne!(versions::key("vanilla"), versions::key("anilla"));
}

#[test]
fn a_version_label_shows_exactly_one_v() {
    for (given, shown) in
        [("1.0.0", "v1.0.0"), ("v1.0.0", "v1.0.0"), ("vv1.0.0", "v1.0.0"), ("Spring", "Spring"), ("vNext", "vNext")]
    {
        assert_eq!(versions::label(given), shown);
    }
}

#[test]
fn every_date_form_that_clients_send_is_read() {
    for text in [
        "2026-03-04T09:30:00.000Z",
        "2026-03-04T09:30:00+0000",
        "2026-03-04T10:30:00+01:00",
        "2026-03-04T09:30:00",
        "2026-03-04 09:30:00",
        "2026-03-04T09:30:00.000000Z",
    ] {
        assert_eq!(time::from_wire(text).map(time::to_wire).as_deref(), Some("2026-03-04T09:30:00.000Z"), "{text}");
    }
    assert_eq!(time::from_wire("2026-03-04").map(time::to_wire).as_deref(), Some("2026-03-04T00:00:00.000Z"));
    for bad in ["", "yesterday", "2026-13-01", "04.03.2026"] {
        assert_eq!(time::from_wire(bad), None, "{bad}");
    }
}

#[test]
fn a_tag_list_keeps_order_and_spelling_and_drops_repetitions() {
    assert_eq!(tags::parse_list(" Fix, UI ,fix,, Neue Features "), ["Fix", "UI", "Neue Features"]);
}
