use chrono::DateTime;

use crate::{Cursor, EntryId, Page};

#[test]
fn a_new_id_has_the_shape_existing_clients_know() {
    let now = DateTime::from_timestamp_millis(1_772_616_600_000).unwrap();
    let id = EntryId::compose(now, [7; 16]).to_string();
    assert_eq!(id.len(), 25);
    assert!(id.starts_with('c'));
    assert!(id[1..].bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
}

#[test]
fn ids_sort_by_time_of_creation() {
    let at = |millis| EntryId::compose(DateTime::from_timestamp_millis(millis).unwrap(), [255; 16]);
    let later = |millis| EntryId::compose(DateTime::from_timestamp_millis(millis).unwrap(), [0; 16]);
    assert!(at(1_000_000_000_000) < later(1_000_000_000_001));
    assert!(at(1_772_616_600_000) < later(2_500_000_000_000));
}

#[test]
fn an_id_is_never_refused_for_its_shape_alone() {
    for good in ["cmk9ri19r0wyojfljooa5lqsa", "a", "A_b-9", &"x".repeat(64)] {
        assert!(good.parse::<EntryId>().is_ok(), "{good}");
    }
    for bad in ["", "a.b", "a b", "ä", "../x", &"x".repeat(65)] {
        assert!(bad.parse::<EntryId>().is_err(), "{bad}");
    }
}

#[test]
fn a_cursor_survives_its_own_text() {
    for time in [0, 5, 1_772_616_600_123] {
        let cursor = Cursor { time: DateTime::from_timestamp_millis(time).unwrap(), id: "abc".into() };
        assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
    }
    for bad in ["", "12", "x.abc", "12.", "12.a.b", "-5.abc", "253402300800000.abc", "99999999999999999999.a"] {
        assert!(bad.parse::<Cursor>().is_err(), "{bad}");
    }
}

#[test]
fn only_a_full_page_with_more_behind_it_has_a_next() {
    let key = |n: &i64| Cursor { time: DateTime::from_timestamp_millis(*n).unwrap(), id: "x".into() };
    assert_eq!(Page::cut(vec![1, 2], 2, key).next, None);
    let page = Page::cut(vec![1, 2, 3], 2, key);
    assert_eq!(page.items, [1, 2]);
    assert_eq!(page.next, Some(key(&2)));
}
