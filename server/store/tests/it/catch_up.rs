use model::catch_up::Summary;
use model::entries::Entry;
use model::projects::Project;
use model::tags::Tag;
use store::Db;
use store::entries::{self, catch_up};
use testkit::on_both_databases;

use crate::values::{at, entry, stored_entry, stored_project, stored_tag, stored_user};

async fn made(db: &Db, project: &Project, title: &str, published: Option<i64>, created: i64, tags: &[&Tag]) -> Entry {
    let entry = Entry {
        version: Some(title.to_owned()),
        published_at: published.map(at),
        created_at: at(created),
        tags: tags.iter().copied().cloned().collect(),
        ..entry(project, title)
    };
    stored_entry(db, entry).await
}

on_both_databases! {
    async fn what_happened_is_counted_by_its_tags_and_within_its_bounds(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let (new, fix, docs) = (stored_tag(&db, "New").await, stored_tag(&db, "Fix").await, stored_tag(&db, "Docs").await);
        for (project, title, published, created, tags) in [
            (&acme, "a", Some(10), 0, vec![&new]),
            (&acme, "b", Some(20), 0, vec![&fix, &new]),
            (&acme, "c", Some(15), 0, vec![&docs, &fix]),
            (&acme, "d", Some(12), 0, vec![&docs]),
            (&acme, "e", None, 10, vec![]),
            (&acme, "early", Some(9), 9, vec![&fix]),
            (&acme, "late", Some(21), 30, vec![&fix]),
            (&acme, "old draft", None, 9, vec![&fix]),
            (&other, "elsewhere", Some(15), 15, vec![&fix]),
        ] {
            made(&db, project, title, published, created, &tags).await;
        }
        let features = [new.id.clone()];
        let fixes = [fix.id.clone()];
        let counted = read!(db, catch_up::summary, &acme.id, at(10), at(20), &features, &fixes);
        assert_eq!(counted, Summary { features: 2, fixes: 1, other: 2 });
        let counted = read!(db, catch_up::summary, &acme.id, at(10), at(20), &[], &[]);
        assert_eq!(counted, Summary { features: 0, fixes: 0, other: 5 });
        let drafts = read!(db, catch_up::unpublished_since, &acme.id, at(10), 5);
        assert_eq!(drafts.into_iter().map(|draft| draft.title).collect::<Vec<_>>(), ["e"]);
        assert_eq!(read!(db, catch_up::unpublished_since, &acme.id, at(0), 1).len(), 1);
    }

    async fn versions_know_their_moment_and_moments_their_version(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        made(&db, &acme, "v1.0", Some(10), 0, &[]).await;
        made(&db, &acme, "1.1", Some(20), 0, &[]).await;
        made(&db, &acme, "2.0", None, 30, &[]).await;
        made(&db, &other, "9.0", Some(15), 0, &[]).await;
        stored_entry(&db, Entry { published_at: Some(at(25)), ..entry(&acme, "Without a version") }).await;
        for (version, moment) in [("1.0", Some(10)), ("V1.1", Some(20)), ("v2.0", Some(30)), ("9.0", None)] {
            assert_eq!(read!(db, catch_up::version_date, &acme.id, version), moment.map(at), "{version}");
        }
        for (moment, version) in [(9, None), (10, Some("v1.0")), (19, Some("v1.0")), (99, Some("1.1"))] {
            assert_eq!(read!(db, catch_up::version_at, &acme.id, at(moment)).as_deref(), version, "{moment}");
        }
        assert_eq!(read!(db, entries::versions_by_date, &acme.id), ["2.0", "1.1", "v1.0"]);
    }

    async fn the_sign_in_before_the_last_is_kept(db: Db) {
        let mara = stored_user(&db, "mara").await;
        assert_eq!(read!(db, store::users::previous_login, &mara.id), None);
        for (moment, before) in [(1, None), (2, Some(at(1))), (3, Some(at(2)))] {
            write!(db, store::users::note_login, &mara.id, at(moment)).unwrap();
            assert_eq!(read!(db, store::users::previous_login, &mara.id), before);
        }
        assert_eq!(read!(db, store::users::previous_login, &"nobody".parse().unwrap()), None);
    }
}
