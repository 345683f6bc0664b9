use chrono::DateTime;

use crate::entries::{Entry, EntryState, NewEntry};
use crate::tags::TagRef;
use crate::time::Timestamp;
use crate::{EntryId, Error, ProjectId};

fn at(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn draft() -> Entry {
    Entry {
        id: EntryId::compose(at(1), [1; 16]),
        project_id: ProjectId::compose(at(1), [2; 16]),
        title: "Dark mode".into(),
        content: "For **every** page.".into(),
        excerpt: String::new(),
        version: None,
        slug: "dark-mode".into(),
        published_at: None,
        scheduled_at: None,
        created_at: at(1),
        updated_at: at(1),
        created_by_id: None,
        updated_by_id: None,
        external_id: None,
        lock_version: 0,
        tags: Vec::new(),
    }
}

#[test]
fn publishing_uses_the_moment_unless_a_past_date_is_given() {
    assert_eq!(draft().publish(at(100), None).unwrap().published_at, Some(at(100)));
    assert_eq!(draft().publish(at(100), Some(at(50))).unwrap().published_at, Some(at(50)));
}

#[test]
fn publishing_again_keeps_the_date_readers_know() {
    let published = draft().publish(at(100), None).unwrap();
    assert_eq!(published.publish(at(200), None).unwrap().published_at, Some(at(100)));
}

#[test]
fn a_future_date_is_refused_because_it_would_be_a_schedule() {
    let error = draft().publish(at(100), Some(at(101))).unwrap_err();
    assert!(error.for_field("publishedAt").is_some());
}

#[test]
fn an_entry_without_text_cannot_be_published() {
    let error = Entry { content: " \n".into(), ..draft() }.publish(at(100), None).unwrap_err();
    assert!(error.for_field("content").is_some());
}

#[test]
fn publishing_ends_a_schedule_and_unpublishing_makes_a_draft() {
    let scheduled = Entry { scheduled_at: Some(at(500)), ..draft() };
    assert_eq!(scheduled.state(), EntryState::Scheduled);
    let published = scheduled.publish(at(100), None).unwrap();
    assert_eq!((published.state(), published.scheduled_at), (EntryState::Published, None));
    assert_eq!(published.unpublish().state(), EntryState::Draft);
}

#[test]
fn a_new_entry_says_everything_that_is_wrong() {
    let error = NewEntry {
        title: " ".into(),
        content: "x".repeat(200_001),
        version: Some("9".repeat(65)),
        tags: vec![TagRef::Name("t".repeat(51))],
        external_id: Some("e".repeat(256)),
    }
    .checked()
    .unwrap_err();
    let Error::Invalid { fields } = error else { panic!("{error:?}") };
    assert_eq!(
        fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(),
        ["title", "content", "version", "tags", "externalId"]
    );
}

#[test]
fn line_ends_are_unified_and_a_blank_version_is_none() {
    let entry = NewEntry {
        title: " Hello ".into(),
        content: "a\r\nb\rc\0".into(),
        version: Some("  ".into()),
        tags: Vec::new(),
        external_id: Some(" github#42 ".into()),
    }
    .checked()
    .unwrap();
    assert_eq!((entry.title.as_str(), entry.content.as_str(), entry.version), ("Hello", "a\nb\nc", None));
    assert_eq!(entry.external_id.as_deref(), Some("github#42"));
}
