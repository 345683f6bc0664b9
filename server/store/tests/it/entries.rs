use model::entries::Entry;
use store::entries::{self, ImportedEntry};
use store::{Db, Error, trash};
use testkit::{count, on_both_databases};

use crate::values::{BY, at, entry, project, stored_entry, stored_project, stored_tag, stored_user};

on_both_databases! {
    async fn an_entry_comes_back_as_stored(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let mara = stored_user(&db, "mara").await;
        let tags = vec![stored_tag(&db, "Zuletzt").await, stored_tag(&db, "Anfang").await];
        let full = Entry {
            content: "Zeile\n\t'quoted' \"double\" \\ 🦀 \u{1} 100%".into(),
            version: Some("V1.0-RC".into()),
            published_at: Some(at(1)),
            scheduled_at: Some(at(-1)),
            created_at: at(999),
            updated_at: at(1001),
            created_by_id: Some(mara.id.clone()),
            updated_by_id: Some(mara.id),
            external_id: Some("github:42/ü".into()),
            lock_version: 7,
            tags,
            ..entry(&acme, "Full")
        };
        let bare = entry(&acme, "Bare");
        for entry in [full, bare] {
            stored_entry(&db, entry.clone()).await;
            assert_eq!(read!(db, entries::find, &acme.id, &entry.id), Some(entry.clone()));
            assert_eq!(read!(db, entries::project_of, &entry.id), Some(acme.id.clone()));
            if let Some(external) = &entry.external_id {
                assert_eq!(read!(db, entries::find_by_external_id, &acme.id, external), Some(entry.clone()));
            }
            assert_eq!(read!(db, entries::find_by_slug, &acme.id, &entry.slug), Some(entry));
        }
    }

    async fn an_external_id_stands_once_in_a_project(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let named = |project, title| Entry { external_id: Some("42".into()), ..entry(project, title) };
        let first = stored_entry(&db, named(&acme, "First")).await;
        let second = write!(db, entries::insert, &named(&acme, "Second"), None);
        assert!(matches!(second, Err(Error::Duplicate)), "{second:?}");
        stored_entry(&db, named(&other, "Elsewhere")).await;
        assert_eq!(read!(db, entries::find_by_external_id, &acme.id, "42"), Some(first));
        assert_eq!(read!(db, entries::find_by_external_id, &acme.id, "4"), None);
        assert_eq!(read!(db, entries::project_of, &entry(&acme, "Never stored").id), None);
    }

    async fn moments_come_back_to_the_millisecond_and_sort(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let moments = [-62_000_000_000_000, -86_400_001, -1, 0, 1, 10, 99, 100, 999, 1000, 1001, 86_400_000];
        for (number, moment) in moments.into_iter().enumerate() {
            let entry = Entry { published_at: Some(at(moment)), ..entry(&acme, &format!("Entry {number}")) };
            stored_entry(&db, entry.clone()).await;
            assert_eq!(read!(db, entries::find, &acme.id, &entry.id), Some(entry));
        }
        let filter = entries::PublicFilter { oldest_first: true, ..Default::default() };
        let page = read!(db, entries::list_public, &acme.id, &filter, at(90_000_000), None, 50);
        let sorted: Vec<_> = page.items.into_iter().map(|entry| entry.published_at.unwrap()).collect();
        assert_eq!(sorted, moments.map(at));
    }

    async fn the_entries_of_another_project_are_not_there(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let mut entry = stored_entry(&db, Entry { published_at: Some(at(0)), ..entry(&acme, "Entry") }).await;
        write!(db, entries::remember_slug, &acme.id, &entry.id, "old").unwrap();
        let project = &other.id;
        assert_eq!(read!(db, entries::find, project, &entry.id), None);
        assert_eq!(read!(db, entries::find_by_slug, project, &entry.slug), None);
        assert_eq!(read!(db, entries::find_by_old_slug, project, "old"), None);
        assert_eq!(read!(db, entries::position_of, project, &entry.id), None);
        assert!(!read!(db, entries::was_published, project, &entry.id));
        assert_eq!(write!(db, trash::put_entries, project, trash::Which::One(&entry.id), BY).unwrap(), 0);
        entry.project_id = other.id.clone();
        entry.title = "Stolen".into();
        assert!(!write!(db, entries::update, &entry).unwrap());
        assert_eq!(read!(db, entries::find, &acme.id, &entry.id).unwrap().title, "Entry");
    }

    async fn versions_slugs_and_import_keys_are_unique_within_a_project(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let make = |project, title: &str, version: Option<&str>| Entry {
            version: version.map(Into::into),
            ..entry(project, title)
        };
        write!(db, entries::insert, &make(&acme, "First", Some("v1.0")), Some("key")).unwrap();
        for (clash, import_key) in [
            (make(&acme, "Second", Some("V1.0")), None),
            (make(&acme, "First", None), None),
            (make(&acme, "Third", None), Some("key")),
        ] {
            let refused = write!(db, entries::insert, &clash, import_key);
            assert!(matches!(refused, Err(Error::Duplicate)), "{clash:?} {refused:?}");
        }
        write!(db, entries::insert, &make(&other, "First", Some("1.0")), Some("key")).unwrap();
        let free = make(&acme, "Free", Some("2.0"));
        write!(db, entries::insert, &free, None).unwrap();
        write!(db, entries::insert, &make(&acme, "No version", None), None).unwrap();
        let refused = write!(db, entries::update, &Entry { version: Some("1.0".into()), ..free });
        assert!(matches!(refused, Err(Error::Duplicate)), "{refused:?}");
        let stray = write!(db, entries::insert, &entry(&project("unknown"), "Stray"), None);
        assert!(matches!(stray, Err(Error::Dangling)), "{stray:?}");
        assert_eq!(count(&db, "entries").await, 4);
    }

    async fn the_owner_of_a_version_is_found_whatever_its_spelling(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let first = stored_entry(&db, Entry { version: Some("v1.0-Beta".into()), ..entry(&acme, "First") }).await;
        for spelling in ["1.0-beta", "V1.0-BETA", " v1.0-beta "] {
            let owner = read!(db, entries::version_owner, &acme.id, spelling, None);
            assert_eq!(owner, Some((first.id.clone(), "First".to_owned())), "{spelling}");
            assert_eq!(read!(db, entries::version_owner, &acme.id, spelling, Some(&first.id)), None);
        }
        assert_eq!(read!(db, entries::version_owner, &acme.id, "1.0", None), None);
    }

    async fn an_address_is_taken_by_present_old_and_id(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let first = stored_entry(&db, entry(&acme, "First")).await;
        write!(db, entries::remember_slug, &acme.id, &first.id, "old").unwrap();
        for taken in ["first", "old", first.id.as_str()] {
            assert!(read!(db, entries::slug_taken, &acme.id, taken, None), "{taken}");
            assert!(!read!(db, entries::slug_taken, &acme.id, taken, Some(&first.id)), "{taken} is its own");
            assert!(!read!(db, entries::slug_taken, &other.id, taken, None), "{taken}");
        }
        assert_eq!(read!(db, entries::find_by_old_slug, &acme.id, "old"), Some(first));
        let second = stored_entry(&db, entry(&acme, "Second")).await;
        write!(db, entries::remember_slug, &acme.id, &second.id, "old").unwrap();
        assert_eq!(read!(db, entries::find_by_old_slug, &acme.id, "old"), Some(second.clone()));
        write!(db, trash::put_entries, &acme.id, trash::Which::One(&second.id), BY).unwrap();
        assert_eq!(read!(db, entries::find_by_old_slug, &acme.id, "old"), None);
    }

    async fn a_save_counts_the_lock_version_and_a_stale_one_writes_nothing(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let (fix, new) = (stored_tag(&db, "Fix").await, stored_tag(&db, "New").await);
        let read = stored_entry(&db, Entry { tags: vec![fix], ..entry(&acme, "Read") }).await;
        let saved = Entry { title: "Saved".into(), tags: vec![new], updated_at: at(5), ..read.clone() };
        assert!(write!(db, entries::update, &saved).unwrap());
        let saved = Entry { lock_version: 1, ..saved };
        assert_eq!(read!(db, entries::find, &acme.id, &read.id), Some(saved.clone()));
        assert!(!write!(db, entries::update, &Entry { title: "Stale".into(), tags: Vec::new(), ..read }).unwrap());
        assert_eq!(read!(db, entries::find, &acme.id, &saved.id), Some(saved), "neither text nor tags changed");
    }

    async fn of_saves_at_the_same_moment_exactly_one_wins(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let read = stored_entry(&db, entry(&acme, "Read")).await;
        let save = |title: &'static str| {
            let (db, read) = (&db, &read);
            async move { write!(db, entries::update, &Entry { title: title.into(), ..read.clone() }).unwrap() }
        };
        let (a, b, c) = tokio::join!(save("One"), save("Two"), save("Three"));
        assert_eq!([a, b, c].into_iter().filter(|won| *won).count(), 1);
        assert_eq!(read!(db, entries::find, &acme.id, &read.id).unwrap().lock_version, 1);
    }

    async fn what_was_public_once_is_remembered(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let draft = stored_entry(&db, entry(&acme, "Draft")).await;
        assert!(!read!(db, entries::was_published, &acme.id, &draft.id));
        write!(db, entries::update, &Entry { published_at: Some(at(1)), ..draft.clone() }).unwrap();
        assert!(read!(db, entries::was_published, &acme.id, &draft.id));
        write!(db, entries::update, &Entry { lock_version: 1, ..draft.clone() }).unwrap();
        assert_eq!(read!(db, entries::find, &acme.id, &draft.id).unwrap().published_at, None);
        assert!(read!(db, entries::was_published, &acme.id, &draft.id));
        let imported = stored_entry(&db, Entry { published_at: Some(at(1)), ..entry(&acme, "Imported") }).await;
        assert!(read!(db, entries::was_published, &acme.id, &imported.id));
    }

    async fn deleting_an_entry_for_good_takes_its_links_along(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let fix = stored_tag(&db, "Fix").await;
        let entry = stored_entry(&db, Entry { tags: vec![fix], ..entry(&acme, "Entry") }).await;
        write!(db, entries::remember_slug, &acme.id, &entry.id, "old").unwrap();
        assert_eq!(write!(db, trash::put_entries, &acme.id, trash::Which::One(&entry.id), BY).unwrap(), 1);
        assert_eq!(write!(db, trash::put_entries, &acme.id, trash::Which::One(&entry.id), BY).unwrap(), 0, "it is there already");
        assert_eq!(count(&db, "entries").await, 0, "nobody sees it");
        assert_eq!(count(&db, "entry_rows").await, 1, "and it is there");
        assert!(write!(db, trash::forget, entry.id.as_str()).unwrap());
        for (table, left) in [("entry_rows", 0), ("trash", 0), ("entry_tags", 0), ("entry_slugs", 0), ("tags", 1)] {
            assert_eq!(count(&db, table).await, left, "{table}");
        }
    }

    async fn an_import_sees_what_a_release_could_collide_with(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let versioned = Entry { version: Some("V1.0".into()), ..entry(&acme, "Versioned") };
        stored_entry(&db, versioned.clone()).await;
        let keyed = entry(&acme, "Keyed");
        write!(db, entries::insert, &keyed, Some("key")).unwrap();
        let plain = stored_entry(&db, Entry { external_id: Some("jira-7".into()), ..entry(&acme, "Plain") }).await;
        stored_entry(&db, Entry { version: Some("2.0".into()), ..entry(&other, "Elsewhere") }).await;
        let mut index = read!(db, entries::import_index, &acme.id);
        index.sort_by(|a, b| a.id.cmp(&b.id));
        let seen = |entry: &Entry, version_key: Option<&str>, import_key: Option<&str>| ImportedEntry {
            id: entry.id.clone(),
            title: entry.title.clone(),
            content: entry.content.clone(),
            version: entry.version.clone(),
            version_key: version_key.map(Into::into),
            import_key: import_key.map(Into::into),
            external_id: entry.external_id.clone(),
            slug: entry.slug.clone(),
            published_at: entry.published_at,
            is_scheduled: false,
            lock_version: entry.lock_version,
            tags: Vec::new(),
        };
        let mut expected =
            [seen(&versioned, Some("1.0"), None), seen(&keyed, None, Some("key")), seen(&plain, None, None)];
        expected.sort_by(|a, b| a.id.cmp(&b.id));
        assert_eq!(index, expected);
    }
}
