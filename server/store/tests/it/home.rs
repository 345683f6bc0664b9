use model::entries::Entry;
use model::home::HomeEntry;
use model::requests::{RequestKind, RequestStatus};
use store::{Db, home};
use testkit::on_both_databases;

use crate::change_requests::request_to;
use crate::values::{at, entry, stored_entry, stored_project, stored_user};

fn titles(entries: Vec<HomeEntry>) -> Vec<String> {
    entries.into_iter().map(|entry| entry.title).collect()
}

on_both_databases! {
    async fn short_lists_cross_all_projects_in_their_own_order(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let mara = stored_user(&db, "mara").await;
        for (number, project) in [&acme, &other, &acme].into_iter().enumerate() {
            let number = number as i64;
            let author = (number == 0).then(|| mara.id.clone());
            let draft = Entry { updated_at: at(number), ..entry(project, &format!("Draft {number}")) };
            let draft = stored_entry(&db, Entry { created_by_id: author, ..draft }).await;
            let kind = if number == 1 { RequestKind::DeleteEntry } else { RequestKind::AllowPublish };
            let mut request = request_to(kind, &draft, &mara);
            request.created_at = at(10 - number);
            request.status = if number == 0 { RequestStatus::Withdrawn } else { RequestStatus::Pending };
            write!(db, store::change_requests::insert, &request).unwrap();
            let date = Some(at(number * 10));
            stored_entry(&db, Entry { published_at: date, ..entry(project, &format!("Public {number}")) }).await;
        }
        stored_entry(&db, Entry { scheduled_at: Some(at(5)), ..entry(&acme, "Scheduled") }).await;

        let drafts = read!(db, home::drafts, 10);
        assert_eq!((drafts[2].author.as_deref(), drafts[1].project_name.as_str()), (Some("mara"), "other"));
        assert_eq!(titles(drafts), ["Draft 2", "Draft 1", "Draft 0"]);
        assert_eq!(titles(read!(db, home::drafts, 2)), ["Draft 2", "Draft 1"]);
        let waiting = read!(db, home::waiting, None, 10);
        let asked: Vec<_> = waiting
            .iter()
            .map(|waiting| (waiting.entry.title.as_str(), waiting.request.kind, waiting.request.asked_at))
            .collect();
        let expected =
            [("Draft 2", RequestKind::AllowPublish, at(8)), ("Draft 1", RequestKind::DeleteEntry, at(9))];
        assert_eq!(asked, expected, "longest waiting first");
        assert_eq!(waiting[0].request.asked_by.as_deref(), Some("mara"));
        assert_eq!(read!(db, home::waiting, None, 1).len(), 1);
        assert_eq!(read!(db, home::waiting, Some(&mara.id), 10).len(), 2);
        let sam = stored_user(&db, "sam").await;
        assert!(read!(db, home::waiting, Some(&sam.id), 10).is_empty());
        assert_eq!(read!(db, home::figures, at(10), at(20)), (7, 2));
        assert_eq!(read!(db, home::figures, at(11), at(19)), (7, 0));

        let changed = |project: Option<&model::ProjectId>, limit| {
            let (db, project) = (&db, project.cloned());
            async move { titles(read!(db, home::changed, project.as_ref(), limit)) }
        };
        assert_eq!(changed(None, 2).await, ["Draft 2", "Draft 1"]);
        assert_eq!(changed(Some(&other.id), 1).await, ["Draft 1"]);
        for (project, entries, pending) in [(None, 7, 2), (Some(&acme.id), 5, 1), (Some(&other.id), 2, 1)] {
            assert_eq!(read!(db, home::count_entries, project), entries);
            assert_eq!(read!(db, store::change_requests::count_pending, project), pending);
        }
    }
}
