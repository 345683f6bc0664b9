use model::entries::{Entry, EntrySort, EntryState, StateCounts};
use model::projects::Project;
use model::requests::RequestKind;
use model::{Cursor, TagId};
use store::entries::{self, EntryFilter, PublicFilter};
use store::{Db, trash};
use testkit::on_both_databases;

use crate::change_requests::request_to;
use crate::values::{BY, at, entry, project, stored_entry, stored_project, stored_tag, stored_user};

/// The titles of the dashboard's list, page by page, which every other way to ask must agree with.
async fn titles(db: &Db, project: &Project, filter: &EntryFilter, limit: usize) -> Vec<String> {
    let mut titles = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = read!(db, entries::list, &project.id, filter, EntrySort::Newest, after.as_ref(), limit);
        assert!(page.items.len() <= limit);
        titles.extend(page.items.into_iter().map(|entry| entry.title));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(read!(db, entries::count, &project.id, filter), titles.len() as i64);
    let mut numbered = Vec::new();
    for page in 0.. {
        let items = read!(
            db,
            entries::list_numbered,
            &project.id,
            filter,
            EntrySort::Newest,
            limit as i64,
            page * limit as i64
        );
        if items.is_empty() {
            break;
        }
        numbered.extend(items.into_iter().map(|entry| entry.title));
    }
    assert_eq!(numbered, titles, "both ways to page agree");
    titles
}

/// The titles of the public list at a moment, page by page.
async fn public(db: &Db, project: &Project, filter: &PublicFilter, now: i64, limit: usize) -> Vec<String> {
    let mut titles = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = read!(db, entries::list_public, &project.id, filter, at(now), after.as_ref(), limit);
        titles.extend(page.items.into_iter().map(|entry| entry.title));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(read!(db, entries::count_public, &project.id, filter, at(now)), titles.len() as i64);
    titles
}

fn search(text: &str) -> EntryFilter {
    EntryFilter { search: text.into(), ..EntryFilter::default() }
}

on_both_databases! {
    async fn paging_skips_and_repeats_nothing_when_times_are_equal(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let mut expected = Vec::new();
        for number in 0..11 {
            // Five share one moment, three another.
            let moment = at(match number { 2..=6 => 2, 7..=9 => 7, other => other });
            let mut entry = entry(&acme, &format!("Entry {number}"));
            (entry.created_at, entry.published_at) = (moment, Some(moment));
            expected.push((moment, entry.id.to_string(), entry.title.clone()));
            stored_entry(&db, entry).await;
        }
        expected.sort();
        let oldest: Vec<_> = expected.iter().map(|(_, _, title)| title.clone()).collect();
        let newest: Vec<_> = oldest.iter().rev().cloned().collect();
        for limit in 1..=12 {
            assert_eq!(titles(&db, &acme, &EntryFilter::default(), limit).await, newest, "{limit} a page");
            assert_eq!(public(&db, &acme, &PublicFilter::default(), 100, limit).await, newest, "{limit} a page");
            let filter = PublicFilter { oldest_first: true, ..PublicFilter::default() };
            assert_eq!(public(&db, &acme, &filter, 100, limit).await, oldest, "{limit} a page, oldest first");
        }
    }

    async fn an_entry_added_or_deleted_while_reading_moves_no_other(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let mut stored = Vec::new();
        for number in 0..6 {
            let mut entry = entry(&acme, &format!("Entry {number}"));
            entry.created_at = at(number);
            stored.push(stored_entry(&db, entry).await);
        }
        let filter = EntryFilter::default();
        let first = read!(db, entries::list, &acme.id, &filter, EntrySort::Newest, None, 2);
        let newer = Entry { created_at: at(50), ..entry(&acme, "Newer") };
        stored_entry(&db, newer).await;
        write!(db, trash::put_entries, &acme.id, trash::Which::One(&stored[4].id), BY).unwrap();
        let second = read!(db, entries::list, &acme.id, &filter, EntrySort::Newest, first.next.as_ref(), 2);
        let seen: Vec<_> = second.items.iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!(seen, ["Entry 3", "Entry 2"], "the cursor's own entry is gone, and its place is still known");
    }

    async fn states_are_told_apart_on_every_page(db: Db) {
        let acme = stored_project(&db, "acme").await;
        for number in 0..9 {
            let mut entry = entry(&acme, &format!("Entry {number}"));
            entry.created_at = at(number);
            match number % 3 {
                0 => {}
                1 => entry.scheduled_at = Some(at(99)),
                // A schedule that is over does not make a published entry scheduled.
                _ => (entry.published_at, entry.scheduled_at) = (Some(at(1)), Some(at(0))),
            }
            stored_entry(&db, entry).await;
        }
        for (state, expected) in [
            (EntryState::Draft, ["Entry 6", "Entry 3", "Entry 0"]),
            (EntryState::Scheduled, ["Entry 7", "Entry 4", "Entry 1"]),
            (EntryState::Published, ["Entry 8", "Entry 5", "Entry 2"]),
        ] {
            let filter = EntryFilter { state: Some(state), ..EntryFilter::default() };
            for limit in [1, 2, 5] {
                assert_eq!(titles(&db, &acme, &filter, limit).await, expected);
            }
        }
        let counts = read!(db, entries::state_counts, &acme.id);
        assert_eq!(counts, StateCounts { draft: 3, scheduled: 3, published: 3 });
        assert_eq!(read!(db, entries::state_counts, &project("unknown").id), StateCounts::default());
    }

    async fn search_takes_every_character_literally_and_ignores_case_in_every_script(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let other = stored_project(&db, "other").await;
        stored_entry(&db, entry(&other, "Übung")).await;
        for (number, (title, version, content)) in [
            ("Über uns", None, ""),
            ("100% safe", None, "ÜBERSICHT"),
            ("snake_case", Some("v2.0-RC"), ""),
            ("back\\slash", None, "line one\nline TWO"),
            ("snakeXcase", None, "100x"),
            ("ÜBRIGENS", None, "überall"),
        ]
        .into_iter()
        .enumerate()
        {
            let mut entry = entry(&acme, title);
            (entry.content, entry.version) = (content.into(), version.map(Into::into));
            (entry.slug, entry.created_at) = (format!("e{number}"), at(-(number as i64)));
            stored_entry(&db, entry).await;
        }
        for (text, found) in [
            ("üb", &["Über uns", "100% safe", "ÜBRIGENS"][..]),
            ("ÜBER", &["Über uns", "100% safe", "ÜBRIGENS"]),
            ("%", &["100% safe"]),
            ("0% S", &["100% safe"]),
            ("_", &["snake_case"]),
            ("SNAKE_", &["snake_case"]),
            ("\\", &["back\\slash"]),
            ("\\s", &["back\\slash"]),
            ("2.0-rc", &["snake_case"]),
            ("one\nline two", &["back\\slash"]),
            ("\\%", &[]),
            ("' OR 1=1 --", &[]),
            (" \0", &["Über uns", "100% safe", "snake_case", "back\\slash", "snakeXcase", "ÜBRIGENS"]),
        ] {
            for limit in [1, 2, 10] {
                assert_eq!(titles(&db, &acme, &search(text), limit).await, found, "{text:?}, {limit} a page");
            }
        }
    }

    async fn a_search_finds_the_text_as_it_was_saved_last(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let entry = stored_entry(&db, entry(&acme, "Before")).await;
        let after = Entry { title: "Danach".into(), content: "Größe".into(), version: Some("9.9".into()), ..entry };
        assert!(write!(db, entries::update, &after).unwrap());
        assert!(titles(&db, &acme, &search("before"), 5).await.is_empty());
        for text in ["DANACH", "GRÖßE", "9.9"] {
            assert_eq!(titles(&db, &acme, &search(text), 5).await, ["Danach"], "{text}");
        }
    }

    async fn any_of_the_wanted_tags_is_enough_and_an_empty_list_wants_none(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let mut tags = Vec::new();
        for name in ["Fix", "New", "Docs"] {
            tags.push(stored_tag(&db, name).await);
        }
        for number in 0..6 {
            let mut entry = entry(&acme, &format!("Entry {number}"));
            (entry.created_at, entry.published_at) = (at(number), Some(at(number)));
            entry.tags = match number {
                0 => Vec::new(),
                1 | 2 => vec![tags[0].clone()],
                3 => vec![tags[1].clone(), tags[0].clone()],
                _ => vec![tags[2].clone()],
            };
            stored_entry(&db, entry).await;
        }
        let unknown: TagId = "c".parse().unwrap();
        let of = |numbers: &[usize]| -> Vec<TagId> { numbers.iter().map(|&number| tags[number].id.clone()).collect() };
        for (wanted, found) in [
            (None, &["Entry 5", "Entry 4", "Entry 3", "Entry 2", "Entry 1", "Entry 0"][..]),
            (Some(of(&[0])), &["Entry 3", "Entry 2", "Entry 1"]),
            (Some(of(&[0, 1])), &["Entry 3", "Entry 2", "Entry 1"]),
            (Some(of(&[1, 2])), &["Entry 5", "Entry 4", "Entry 3"]),
            (Some(vec![unknown.clone()]), &[]),
            (Some(Vec::new()), &[]),
        ] {
            let filter = EntryFilter { tags: wanted.clone(), ..EntryFilter::default() };
            let readers = PublicFilter { tags: wanted, ..PublicFilter::default() };
            for limit in [1, 2, 10] {
                assert_eq!(titles(&db, &acme, &filter, limit).await, found);
                assert_eq!(public(&db, &acme, &readers, 100, limit).await, found);
            }
        }
        let page = read!(db, entries::list, &acme.id, &EntryFilter::default(), EntrySort::Newest, None, 3);
        let names: Vec<_> = page.items[2].tags.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["New", "Fix"], "tags come in the order they were given");
    }

    async fn bounds_of_creation_are_inclusive_and_combine_with_the_rest(db: Db) {
        let acme = stored_project(&db, "acme").await;
        for number in 0..6 {
            let mut entry = entry(&acme, &format!("Entry {number}"));
            entry.created_at = at(number);
            stored_entry(&db, entry).await;
        }
        let between = |from: Option<i64>, to: Option<i64>, text: &str| EntryFilter {
            created_from: from.map(at),
            created_to: to.map(at),
            ..search(text)
        };
        for (filter, found) in [
            (between(Some(4), None, ""), &["Entry 5", "Entry 4"][..]),
            (between(None, Some(1), ""), &["Entry 1", "Entry 0"]),
            (between(Some(2), Some(3), ""), &["Entry 3", "Entry 2"]),
            (between(Some(2), Some(4), "entry 3"), &["Entry 3"]),
            (between(Some(3), Some(2), ""), &[]),
        ] {
            assert_eq!(titles(&db, &acme, &filter, 1).await, found);
        }
    }

    async fn readers_see_what_is_published_by_now(db: Db) {
        let acme = stored_project(&db, "acme").await;
        assert_eq!(read!(db, entries::newest_public, &acme.id, at(100)), None);
        for (title, published, scheduled) in [
            ("Past", Some(-5), None),
            ("Now", Some(0), None),
            ("Ahead", Some(1), None),
            ("Draft", None, None),
            ("Scheduled", None, Some(-5)),
        ] {
            let mut entry = entry(&acme, title);
            (entry.published_at, entry.scheduled_at) = (published.map(at), scheduled.map(at));
            stored_entry(&db, entry).await;
        }
        assert_eq!(public(&db, &acme, &PublicFilter::default(), 0, 1).await, ["Now", "Past"]);
        assert_eq!(read!(db, entries::newest_public, &acme.id, at(0)), Some(at(0)));
        assert_eq!(public(&db, &acme, &PublicFilter::default(), 1, 1).await, ["Ahead", "Now", "Past"]);
        let filter = PublicFilter { search: "text of".into(), ..PublicFilter::default() };
        assert_eq!(public(&db, &acme, &filter, 0, 1).await, ["Now", "Past"]);
        assert!(public(&db, &project("unknown"), &PublicFilter::default(), 1, 5).await.is_empty());
    }

    async fn a_bare_id_is_a_position_only_if_it_was_published(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let draft = stored_entry(&db, entry(&acme, "Draft")).await;
        let shown = stored_entry(&db, Entry { published_at: Some(at(3)), ..entry(&acme, "Shown") }).await;
        assert_eq!(read!(db, entries::position_of, &acme.id, &draft.id), None);
        let position = Cursor { time: at(3), id: shown.id.to_string() };
        assert_eq!(read!(db, entries::position_of, &acme.id, &shown.id), Some(position));
    }

    async fn an_external_id_finds_one_entry_beside_the_other_filters(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        for (project, title, external) in [(&acme, "One", "1"), (&acme, "Two", "2"), (&other, "Foreign", "3")] {
            stored_entry(&db, Entry { external_id: Some(external.into()), ..entry(project, title) }).await;
        }
        stored_entry(&db, entry(&acme, "Nameless")).await;
        for (external, found) in [("1", vec!["One"]), ("2", vec!["Two"]), ("3", vec![]), ("one", vec![])] {
            let filter = EntryFilter { external_id: external.into(), ..EntryFilter::default() };
            assert_eq!(titles(&db, &acme, &filter, 2).await, found, "{external}");
        }
        let filter = EntryFilter { external_id: "1".into(), ..search("two") };
        assert!(titles(&db, &acme, &filter, 2).await.is_empty());
    }

    async fn a_summary_names_its_author_and_pending_requests(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let mara = stored_user(&db, "mara").await;
        let nameless = model::users::User { name: None, ..crate::values::user("sam") };
        write!(db, store::users::insert, &nameless, None).unwrap();
        let mut expected = Vec::new();
        for (number, author) in [None, Some(&mara), Some(&nameless)].into_iter().enumerate() {
            let mut entry = entry(&acme, &format!("Entry {number}"));
            entry.created_by_id = author.map(|author| author.id.clone());
            entry.created_at = at(-(number as i64));
            stored_entry(&db, entry.clone()).await;
            let kinds = [(number != 0, RequestKind::AllowPublish), (number == 2, RequestKind::DeleteEntry)];
            for (_, kind) in kinds.into_iter().filter(|(asks, _)| *asks) {
                write!(db, store::change_requests::insert, &request_to(kind, &entry, &mara)).unwrap();
            }
            expected.push((author.map(|author| author.display_name().to_owned()), number != 0, number == 2));
        }
        let page = read!(db, entries::list, &acme.id, &EntryFilter::default(), EntrySort::Newest, None, 10);
        let seen: Vec<_> = page
            .items
            .into_iter()
            .map(|entry| (entry.author, entry.approval_requested, entry.deletion_requested))
            .collect();
        assert_eq!(seen, expected);
    }
}
