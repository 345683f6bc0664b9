use model::ProjectId;
use model::entries::Entry;
use model::projects::{LatestEntry, Project, ProjectFigures, ProjectSort, ProjectSummary};
use store::projects::{self, ProjectFilter};
use store::{Db, Error, trash};
use testkit::{count, on_both_databases};

use crate::values::{BY, at, entry, project, stored_entry, stored_project, stored_user, until_somebody_waits};

fn search(text: &str) -> ProjectFilter {
    ProjectFilter { search: text.to_owned(), only: None }
}

fn named(list: Vec<ProjectSummary>) -> Vec<String> {
    list.into_iter().map(|summary| summary.project.name).collect()
}

/// All that a filter finds, newest first, read page by page.
async fn names(db: &Db, filter: &ProjectFilter, limit: i64) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let page = named(read!(db, projects::list_numbered, filter, limit, names.len() as i64));
        if page.is_empty() {
            break;
        }
        names.extend(page);
    }
    assert_eq!(read!(db, projects::count, filter), names.len() as i64);
    assert_eq!(named(read!(db, projects::list, filter, ProjectSort::Newest, 100)), names);
    let first = named(read!(db, projects::list, filter, ProjectSort::Newest, limit));
    assert_eq!(first, names[..names.len().min(limit as usize)]);
    names
}

on_both_databases! {
    async fn a_project_comes_back_as_stored(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let full = Project {
            description: Some("Zeile „eins“ 'zwei' \\ drei".into()),
            color: Some("#4f46e5".into()),
            icon: Some("Rocket".into()),
            is_public: true,
            allow_auto_publish: true,
            require_approval: false,
            maintenance_mode: true,
            maintenance_message: Some("Back soon".into()),
            allow_indexing: false,
            enable_rss: false,
            rss_item_limit: 100,
            rss_full_content: false,
            default_tags: vec!["Fix".into(), "\"Neu\", ä".into()],
            updated_at: at(123),
            ..project("Full")
        };
        let bare = project("Bare");
        change!(db, projects::insert, &full, Some(&mara.id)).unwrap();
        change!(db, projects::insert, &bare, None).unwrap();
        for project in [full, bare] {
            assert_eq!(read!(db, projects::find, &project.id), Some(project.clone()));
            assert_eq!(read!(db, projects::find_by_slug, &project.slug), Some(project.clone()));
            let changed = Project { revision: 1, name: "Changed".into(), is_public: !project.is_public, ..project };
            change!(db, projects::update, &changed).unwrap();
            assert_eq!(read!(db, projects::find, &changed.id), Some(changed), "the revision is counted up");
        }
    }

    async fn an_address_belongs_to_one_project(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let again = change!(db, projects::insert, &project("acme"), None);
        assert!(matches!(again, Err(Error::Duplicate)), "{again:?}");
        let other = stored_project(&db, "other").await;
        let taken = change!(db, projects::update, &Project { slug: "acme".into(), ..other.clone() });
        assert!(matches!(taken, Err(Error::Duplicate)), "{taken:?}");
        assert!(read!(db, projects::slug_taken, "acme", None));
        assert!(!read!(db, projects::slug_taken, "acme", Some(&acme.id)), "its own address is free to it");
        assert!(!read!(db, projects::slug_taken, "apex", None));
        write!(db, projects::remember_slug, &acme.id, "apex").unwrap();
        assert!(read!(db, projects::slug_taken, "apex", Some(&other.id)), "an old address is still somebody's");
        assert!(!read!(db, projects::slug_taken, "apex", Some(&acme.id)));
    }

    async fn an_old_address_leads_to_the_project_that_had_it_last(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let apex = stored_project(&db, "apex").await;
        write!(db, projects::remember_slug, &acme.id, "old").unwrap();
        assert_eq!(read!(db, projects::find_by_old_slug, "old"), Some(acme.clone()));
        assert_eq!(read!(db, projects::find_by_old_slug, "acme"), None, "the present address is no old one");
        write!(db, projects::remember_slug, &apex.id, "old").unwrap();
        assert_eq!(read!(db, projects::find_by_old_slug, "old"), Some(apex));
    }

    async fn paging_skips_and_repeats_nothing_when_times_are_equal(db: Db) {
        let mut expected = Vec::new();
        for number in 0..7 {
            let time = at(if number < 5 { 0 } else { number });
            let project = Project { created_at: time, ..project(&format!("Project {number}")) };
            change!(db, projects::insert, &project, None).unwrap();
            expected.push((time, project.id.to_string(), project.name));
        }
        expected.sort();
        let expected: Vec<_> = expected.into_iter().rev().map(|(_, _, name)| name).collect();
        for limit in 1..=8 {
            assert_eq!(names(&db, &search(""), limit).await, expected, "{limit} a page");
        }
        let middle = read!(db, projects::list_numbered, &search(""), 3, 2);
        assert_eq!(middle.into_iter().map(|summary| summary.project.name).collect::<Vec<_>>(), expected[2..5]);
    }

    async fn projects_are_listed_by_name_and_by_their_last_entry(db: Db) {
        let (beta, alpha) = (stored_project(&db, "Beta").await, stored_project(&db, "alpha").await);
        let idle = stored_project(&db, "Idle").await;
        let sorted = |sort| {
            let db = &db;
            async move { named(read!(db, projects::list, &search(""), sort, 10)) }
        };
        assert_eq!(sorted(ProjectSort::Name).await, ["alpha", "Beta", "Idle"]);
        stored_entry(&db, Entry { created_at: at(500), ..entry(&beta, "Late") }).await;
        stored_entry(&db, Entry { created_at: at(400), ..entry(&alpha, "Before") }).await;
        assert_eq!(sorted(ProjectSort::Recent).await, ["Beta", "alpha", "Idle"]);
        assert_eq!(named(read!(db, projects::list, &search(""), ProjectSort::Recent, 1)), ["Beta"]);
        assert_eq!(write!(db, trash::put_entries, &beta.id, trash::Which::All, BY).unwrap(), 1);
        assert_eq!(write!(db, trash::put_entries, &idle.id, trash::Which::All, BY).unwrap(), 0);
        assert_eq!(count(&db, "entries").await, 1, "the other project keeps its own");
    }

    async fn search_takes_every_character_literally_and_ignores_case_in_every_script(db: Db) {
        for (number, name) in ["Über uns", "100% safe", "snake_case", "back\\slash", "Привет"].into_iter().enumerate() {
            let description = Some(format!("About {number}"));
            let project = Project { description, slug: format!("p{number}"), ..project(name) };
            change!(db, projects::insert, &project, None).unwrap();
        }
        for (text, found) in [
            ("ÜBER", &["Über uns"][..]),
            ("ПРИВЕТ", &["Привет"]),
            ("%", &["100% safe"]),
            ("_", &["snake_case"]),
            ("\\", &["back\\slash"]),
            ("about 3", &["back\\slash"]),
            ("  safe\0 ", &["100% safe"]),
            ("'; DROP TABLE projects; --", &[]),
        ] {
            assert_eq!(names(&db, &search(text), 1).await, found, "{text}");
        }
    }

    async fn a_list_of_one_project_shows_no_other(db: Db) {
        let mine = stored_project(&db, "mine").await;
        stored_project(&db, "other").await;
        let only = |id: &ProjectId, text: &str| ProjectFilter { only: Some(id.clone()), ..search(text) };
        assert_eq!(names(&db, &only(&mine.id, ""), 5).await, ["mine"]);
        assert!(names(&db, &only(&mine.id, "other"), 5).await.is_empty());
    }

    async fn a_summary_has_the_right_figures_and_the_newest_entry(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let empty = read!(db, projects::summary, &acme.id).unwrap();
        assert_eq!((empty.figures, empty.latest), (ProjectFigures::default(), None));
        let other = stored_project(&db, "other").await;
        stored_entry(&db, entry(&other, "Elsewhere")).await;
        for (number, (published, scheduled)) in
            [(Some(at(10)), None), (Some(at(30)), Some(at(5))), (Some(at(20)), None), (None, Some(at(99))), (None, None)]
                .into_iter()
                .enumerate()
        {
            let mut entry = entry(&acme, &format!("Entry {number}"));
            (entry.published_at, entry.scheduled_at, entry.created_at) = (published, scheduled, at(number as i64 % 4));
            entry.version = Some(format!("{number}.0"));
            stored_entry(&db, entry).await;
        }
        let full = read!(db, projects::summary, &acme.id).unwrap();
        let figures =
            ProjectFigures { entries: 5, drafts: 1, scheduled: 1, published: 3, last_published_at: Some(at(30)) };
        assert_eq!(full.figures, figures);
        let LatestEntry { title, version, created_at, .. } = full.latest.clone().unwrap();
        assert_eq!((title.as_str(), version.as_deref(), created_at), ("Entry 3", Some("3.0"), at(3)));
        let listed = read!(db, projects::list, &search("acme"), ProjectSort::Recent, 5);
        assert_eq!(listed, [full]);
        assert!(read!(db, projects::summary, &project("unknown").id).is_none());
    }

    async fn deleting_a_project_takes_along_what_it_owns_and_nothing_else(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let tag = crate::values::stored_tag(&db, "Fix").await;
        let (gone, kept) = (stored_project(&db, "gone").await, stored_project(&db, "kept").await);
        for project in [&gone, &kept] {
            let mut entry = entry(project, "Entry");
            entry.tags = vec![tag.clone()];
            let entry = stored_entry(&db, entry).await;
            write!(db, store::entries::remember_slug, &project.id, &entry.id, "old").unwrap();
            write!(db, projects::remember_slug, &project.id, &format!("old-{}", project.slug)).unwrap();
            let mut key = crate::values::api_key(&mara, "Build");
            key.project_id = Some(project.id.clone());
            write!(db, store::api_keys::insert, &key, project.id.as_str()).unwrap();
            let request = crate::change_requests::request(&entry, &mara);
            write!(db, store::change_requests::insert, &request).unwrap();
        }
        assert!(change!(db, trash::put_project, &gone, BY).unwrap());
        assert_eq!(read!(db, projects::find, &gone.id), None);
        assert!(write!(db, trash::forget, gone.id.as_str()).unwrap());
        assert_eq!(count(&db, "trash").await, 0);
        for table in
            ["project_rows", "project_slugs", "entry_rows", "entry_slugs", "entry_tags", "api_keys", "change_requests", "tags"]
        {
            assert_eq!(count(&db, table).await, 1, "{table}");
        }
        assert_eq!(read!(db, projects::find, &kept.id), Some(kept));
    }

    async fn a_project_that_is_held_makes_the_next_writer_wait(db: Db) {
        let acme = stored_project(&db, "acme").await;
        assert!(!write!(db, projects::lock, &project("unknown").id).unwrap());
        let mut first = db.begin().await.unwrap();
        assert!(projects::lock(first.conn(), &acme.id).await.unwrap());
        let rename = async {
            let mut second = db.begin().await.unwrap();
            assert!(projects::lock(second.conn(), &acme.id).await.unwrap());
            let seen = projects::find(second.conn(), &acme.id).await.unwrap().unwrap();
            second.commit().await.unwrap();
            seen.name
        };
        let finish = async {
            until_somebody_waits(&db).await;
            projects::update(&mut first, &Project { name: "Renamed".into(), ..acme.clone() }).await.unwrap();
            first.commit().await.unwrap();
        };
        let (name, ()) = tokio::join!(rename, finish);
        assert_eq!(name, "Renamed");
    }

    async fn a_touch_counts_the_revision_and_nothing_else(db: Db) {
        let acme = stored_project(&db, "acme").await;
        change!(db, projects::touch, &acme.id).unwrap();
        assert_eq!(read!(db, projects::find, &acme.id), Some(Project { revision: 1, ..acme }));
    }
}
