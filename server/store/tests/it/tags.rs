use model::tags::Tag;
use model::{EntryId, ProjectId, TagId};
use store::{Db, Error, tags};
use testkit::{count, on_both_databases};

use crate::values::{at, entry, stored_entry, stored_project, stored_tag, tag};

fn names(tags: Vec<Tag>) -> Vec<String> {
    tags.into_iter().map(|tag| tag.name).collect()
}

on_both_databases! {
    async fn a_tag_comes_back_as_written_and_is_found_in_any_case(db: Db) {
        let tag = Tag { color: Some("#112233".into()), updated_at: at(5), ..tag("Änderung & mehr") };
        assert!(write!(db, tags::insert, &tag).unwrap());
        assert_eq!(read!(db, tags::find, &tag.id), Some(tag.clone()));
        for name in ["Änderung & mehr", "ÄNDERUNG & MEHR", " änderung & mehr "] {
            assert_eq!(read!(db, tags::find_by_name, name), Some(tag.clone()), "{name}");
        }
        assert_eq!(read!(db, tags::find_by_name, "Änderung"), None);
        assert_eq!(read!(db, tags::find, &"unknown".parse::<TagId>().unwrap()), None);
    }

    async fn a_name_is_added_once_whatever_its_case(db: Db) {
        let first = stored_tag(&db, "Fix").await;
        assert!(!write!(db, tags::insert, &tag("FIX")).unwrap());
        assert_eq!(read!(db, tags::list), [first]);
        let add = |name: &'static str| {
            let db = &db;
            async move { write!(db, tags::insert, &tag(name)).unwrap() }
        };
        let (a, b, c) = tokio::join!(add("Neu"), add("neu"), add("NEU"));
        assert_eq!([a, b, c].into_iter().filter(|added| *added).count(), 1);
    }

    async fn a_project_lists_the_tags_it_uses_and_readers_those_they_meet(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let mut made = Vec::new();
        for name in ["Zoo", "alpha", "Beta", "unused", "elsewhere"] {
            made.push(stored_tag(&db, name).await);
        }
        for (title, project, number, published) in [
            ("A", &acme, 0, Some(at(0))),
            ("B", &acme, 0, Some(at(1))),
            ("C", &acme, 1, None),
            ("D", &acme, 2, Some(at(10))),
            ("E", &other, 4, Some(at(0))),
        ] {
            let mut entry = entry(project, title);
            (entry.tags, entry.published_at) = (vec![made[number].clone()], published);
            stored_entry(&db, entry).await;
        }
        assert_eq!(names(read!(db, tags::list)), ["alpha", "Beta", "elsewhere", "unused", "Zoo"]);
        assert_eq!(names(read!(db, tags::list_used, &acme.id)), ["alpha", "Beta", "Zoo"]);
        assert_eq!(names(read!(db, tags::list_public, &acme.id, at(5))), ["Zoo"]);
        assert_eq!(names(read!(db, tags::list_public, &acme.id, at(10))), ["Beta", "Zoo"]);
        assert!(read!(db, tags::list_used, &"unknown".parse::<ProjectId>().unwrap()).is_empty());
    }

    async fn an_entry_keeps_the_order_of_its_tags(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let entries = [stored_entry(&db, entry(&acme, "A")).await, stored_entry(&db, entry(&acme, "B")).await];
        let (one, two, three) =
            (stored_tag(&db, "One").await, stored_tag(&db, "Two").await, stored_tag(&db, "Three").await);
        write!(db, tags::set, &entries[0].id, &[three.clone(), one.clone(), two.clone()]).unwrap();
        write!(db, tags::set, &entries[1].id, std::slice::from_ref(&one)).unwrap();
        let ids: Vec<&EntryId> = entries.iter().map(|entry| &entry.id).collect();
        let found = read!(db, tags::of_entries, &ids);
        assert_eq!(found[&entries[0].id], [three, one.clone(), two.clone()]);
        assert_eq!(found[&entries[1].id], [one]);
        write!(db, tags::set, &entries[0].id, std::slice::from_ref(&two)).unwrap();
        write!(db, tags::set, &entries[1].id, &[]).unwrap();
        let found = read!(db, tags::of_entries, &ids);
        assert_eq!((found.len(), &found[&entries[0].id]), (1, &vec![two]));
        assert!(read!(db, tags::of_entries, &[]).is_empty());
        let stray = write!(db, tags::set, &entries[0].id, &[tag("Never stored")]);
        assert!(matches!(stray, Err(Error::Dangling)), "{stray:?}");
    }

    async fn the_tags_of_thousands_of_entries_are_found_at_once(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let fix = stored_tag(&db, "Fix").await;
        let mut tx = db.begin().await.unwrap();
        let mut ids = Vec::new();
        for number in 0..1500 {
            let mut entry = entry(&acme, &format!("Entry {number}"));
            entry.tags = vec![fix.clone()];
            store::entries::insert(tx.conn(), &entry, None).await.unwrap();
            ids.push(entry.id);
        }
        tx.commit().await.unwrap();
        let mut many: Vec<&EntryId> = ids.iter().collect();
        let unknown: Vec<EntryId> = (0..40_000).map(|number| format!("x{number}").parse().unwrap()).collect();
        many.extend(&unknown);
        assert_eq!(read!(db, tags::of_entries, &many).len(), 1500);
        assert_eq!(count(&db, "entry_tags").await, 1500);
    }

    async fn usage_is_counted_here_and_overall(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let (fix, docs) = (stored_tag(&db, "Fix").await, stored_tag(&db, "Docs").await);
        for (project, title, tags) in [
            (&acme, "One", vec![fix.clone()]),
            (&acme, "Two", vec![fix.clone()]),
            (&other, "Three", vec![fix.clone(), docs.clone()]),
        ] {
            let entry = stored_entry(&db, entry(project, title)).await;
            write!(db, tags::set, &entry.id, &tags).unwrap();
        }
        let usage = |project: ProjectId| {
            let db = &db;
            async move {
                let list = read!(db, tags::list_with_usage, &project);
                list.into_iter().map(|one| (one.tag.name, one.here, one.entries, one.projects)).collect::<Vec<_>>()
            }
        };
        assert_eq!(usage(acme.id.clone()).await, [("Docs".into(), 0, 1, 1), ("Fix".into(), 2, 3, 2)]);
        assert_eq!(usage(other.id.clone()).await, [("Docs".into(), 1, 1, 1), ("Fix".into(), 1, 3, 2)]);
        assert_eq!(read!(db, tags::projects_with, &docs.id), [other.id]);
        assert_eq!(read!(db, tags::count_entries, &fix.id), 3);
    }

    async fn an_entry_with_both_tags_has_one_after_they_are_joined(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let (old, new) = (stored_tag(&db, "bug").await, stored_tag(&db, "Fix").await);
        let mut made = Vec::new();
        for (title, tags) in
            [("One", vec![old.clone()]), ("Two", vec![old.clone(), new.clone()]), ("Three", vec![new.clone()])]
        {
            let entry = stored_entry(&db, entry(&acme, title)).await;
            write!(db, tags::set, &entry.id, &tags).unwrap();
            made.push(entry.id);
        }
        write!(db, tags::relink, &old.id, &new.id).unwrap();
        write!(db, tags::delete, &old.id).unwrap();
        let ids: Vec<_> = made.iter().collect();
        let after = read!(db, tags::of_entries, &ids);
        for id in &made {
            assert_eq!(after[id], std::slice::from_ref(&new));
        }
        assert_eq!(count(&db, "entry_tags").await, 3);
    }

    async fn a_changed_tag_comes_back_and_a_taken_name_is_refused(db: Db) {
        let (fix, docs) = (stored_tag(&db, "Fix").await, stored_tag(&db, "Docs").await);
        let changed = Tag {
            name: "Repair".into(),
            color: None,
            description: Some("What works again".into()),
            position: 7,
            updated_at: at(9),
            ..fix
        };
        write!(db, tags::update, &changed).unwrap();
        assert_eq!(read!(db, tags::find_by_name, "REPAIR"), Some(changed.clone()));
        assert_eq!(read!(db, tags::find_by_name, "Fix"), None);
        let taken = Tag { name: "repair".into(), ..docs };
        assert!(matches!(write!(db, tags::update, &taken), Err(Error::Duplicate)));
        assert_eq!(read!(db, tags::next_position), 8);
    }

    async fn a_page_of_tags_has_those_used_here_or_nowhere_by_name(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let mut made = Vec::new();
        for (position, name) in (1..).zip(["Zoo", "alpha", "Beta", "gamma", "elsewhere"]) {
            let tag = Tag { position: 10 - position, ..tag(name) };
            assert!(write!(db, tags::insert, &tag).unwrap());
            made.push(tag);
        }
        for (project, title, used) in [(&acme, "A", 0), (&acme, "B", 0), (&acme, "C", 1), (&other, "D", 1), (&other, "E", 4)] {
            stored_entry(&db, model::entries::Entry { tags: vec![made[used].clone()], ..entry(project, title) }).await;
        }
        let page = |project: &ProjectId, search: &'static str, limit, offset| {
            let (db, project) = (&db, project.clone());
            async move {
                let (tags, total) = read!(db, tags::list_numbered, &project, search, limit, offset);
                (names(tags), total)
            }
        };
        let expect = |names: &[&str], total| (names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), total);
        assert_eq!(page(&acme.id, "", 10, 0).await, expect(&["alpha", "Beta", "gamma", "Zoo"], 4));
        assert_eq!(page(&acme.id, "", 2, 2).await, expect(&["gamma", "Zoo"], 4));
        assert_eq!(page(&acme.id, "", 2, 4).await, expect(&[], 4));
        assert_eq!(page(&acme.id, "MA", 10, 0).await, expect(&["gamma"], 1));
        assert_eq!(page(&other.id, "", 10, 0).await, expect(&["alpha", "Beta", "elsewhere", "gamma"], 4));
        assert_eq!(page(&other.id, "%", 10, 0).await, expect(&[], 0));

        let ids: Vec<&TagId> = made.iter().map(|tag| &tag.id).collect();
        let counts = read!(db, tags::count_here, &acme.id, &ids);
        assert_eq!(counts, [(made[0].id.clone(), 2), (made[1].id.clone(), 1)].into());
        assert!(read!(db, tags::count_here, &acme.id, &[]).is_empty());
        let found = |project: Option<ProjectId>, part: &'static str| {
            let db = &db;
            async move { names(read!(db, tags::find_like, project.as_ref(), part, 3)) }
        };
        assert_eq!(found(None, "e").await, ["elsewhere", "Beta"]);
        assert_eq!(found(Some(acme.id.clone()), "e").await, ["Beta"]);
        assert_eq!(found(None, "").await, ["alpha", "Beta", "elsewhere"]);
    }
}
