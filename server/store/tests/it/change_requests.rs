use model::RequestId;
use model::entries::Entry;
use model::requests::{EntryText, RequestKind, RequestStatus};
use model::users::User;
use store::change_requests::{self, ChangeRequest};
use store::{Db, Error, migrate, trash};
use testkit::{count, execute, on_both_databases};

use crate::values::{BY, at, entry, project, stored_entry, stored_project, stored_user};

/// A pending request for the publication of an entry.
pub fn request(entry: &Entry, staff: &User) -> ChangeRequest {
    request_to(RequestKind::AllowPublish, entry, staff)
}

pub fn request_to(kind: RequestKind, entry: &Entry, staff: &User) -> ChangeRequest {
    ChangeRequest {
        id: format!("{}-{}", kind.as_str(), entry.id).parse::<RequestId>().unwrap(),
        kind,
        status: RequestStatus::Pending,
        project_id: Some(entry.project_id.clone()),
        project_name: "Project".to_owned(),
        target_id: entry.id.to_string(),
        target_name: entry.title.clone(),
        entry_id: Some(entry.id.clone()),
        tag_id: None,
        staff_id: Some(staff.id.clone()),
        admin_id: None,
        publish_at: None,
        scheduled_at: None,
        entry_lock_version: Some(entry.lock_version),
        entry_text: Some(EntryText::of(entry)),
        feedback: None,
        previous_feedback: None,
        resubmitted_at: None,
        created_at: at(3),
        reviewed_at: None,
    }
}

const KINDS: [RequestKind; 2] = [RequestKind::AllowPublish, RequestKind::DeleteEntry];

on_both_databases! {
    async fn a_request_is_open_until_it_is_closed_and_closed_once(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let (sam, mara) = (stored_user(&db, "sam").await, stored_user(&db, "mara").await);
        let asked = stored_entry(&db, entry(&acme, "Asked")).await;
        let other = stored_entry(&db, entry(&acme, "Other")).await;
        for entry in [&asked, &other] {
            for kind in KINDS {
                assert_eq!(read!(db, change_requests::find_open, kind, entry.id.as_str()), None);
                let request = request_to(kind, entry, &sam);
                write!(db, change_requests::insert, &request).unwrap();
                assert_eq!(read!(db, change_requests::find_open, kind, entry.id.as_str()), Some(request));
            }
        }
        let open = read!(db, change_requests::list_open, &acme.id, &asked.id);
        let seen: Vec<_> = open.iter().map(|one| (one.kind, one.asked_by.as_deref(), one.asked_at)).collect();
        let by_sam = |kind| (kind, Some("sam"), at(3));
        assert_eq!(seen, [by_sam(RequestKind::AllowPublish), by_sam(RequestKind::DeleteEntry)]);

        let pending = request_to(RequestKind::DeleteEntry, &asked, &sam);
        let close = async |status, by, now| {
            write!(db, change_requests::close, &pending.id, status, by, now).unwrap()
        };
        assert!(close(RequestStatus::Rejected, Some(&mara.id), at(9)).await);
        assert!(!close(RequestStatus::Approved, Some(&sam.id), at(10)).await, "it was decided already");
        let decided = ChangeRequest {
            status: RequestStatus::Rejected, admin_id: Some(mara.id), reviewed_at: Some(at(9)), ..pending.clone()
        };
        assert_eq!(read!(db, change_requests::find, &acme.id, &pending.id), Some(decided));
        assert_eq!(read!(db, change_requests::find_open, RequestKind::DeleteEntry, asked.id.as_str()), None);
        assert_eq!(count(&db, "change_requests WHERE status = 'PENDING'").await, 3, "the others still wait");
        let again = ChangeRequest { id: "again".parse().unwrap(), ..pending };
        write!(db, change_requests::insert, &again).unwrap();
    }

    async fn two_requests_of_a_kind_about_an_entry_are_never_open_together(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let sam = stored_user(&db, "sam").await;
        let entry = stored_entry(&db, entry(&acme, "Asked")).await;
        write!(db, change_requests::insert, &request(&entry, &sam)).unwrap();
        let second = ChangeRequest { id: "second".parse().unwrap(), ..request(&entry, &sam) };
        let refused = write!(db, change_requests::insert, &second);
        assert!(matches!(refused, Err(Error::Duplicate)), "{refused:?}");
        write!(db, change_requests::insert, &request_to(RequestKind::DeleteEntry, &entry, &sam)).unwrap();
    }

    async fn all_of_a_kind_in_a_project_are_closed_together(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let sam = stored_user(&db, "sam").await;
        for (project, title) in [(&acme, "One"), (&acme, "Two"), (&other, "Three")] {
            let entry = stored_entry(&db, entry(project, title)).await;
            for kind in KINDS {
                write!(db, change_requests::insert, &request_to(kind, &entry, &sam)).unwrap();
            }
        }
        let (kind, status) = (RequestKind::DeleteEntry, RequestStatus::Approved);
        let by = Some(&sam.id);
        assert_eq!(write!(db, change_requests::close_all, &acme.id, kind, status, by, at(9)).unwrap(), 2);
        assert_eq!(count(&db, "change_requests WHERE status = 'APPROVED' AND kind = 'DELETE_ENTRY'").await, 2);
        assert_eq!(count(&db, "change_requests WHERE status = 'PENDING'").await, 4);
    }

    async fn a_request_outlives_its_entry_and_the_account_of_who_asked(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let sam = stored_user(&db, "sam").await;
        let entry = stored_entry(&db, entry(&acme, "Asked")).await;
        write!(db, change_requests::insert, &request(&entry, &sam)).unwrap();
        execute(&db, "DELETE FROM users WHERE id <> 'system'").await;
        let left = read!(db, change_requests::list_open, &acme.id, &entry.id);
        assert_eq!((&left[0].staff_id, &left[0].asked_by), (&None, &None));
        write!(db, trash::put_entries, &acme.id, trash::Which::One(&entry.id), BY).unwrap();
        write!(db, trash::forget, entry.id.as_str()).unwrap();
        let left = read!(db, change_requests::find, &acme.id, &request(&entry, &sam).id).unwrap();
        assert_eq!((left.entry_id, left.staff_id), (None, None));
    }

    async fn the_requests_of_another_project_are_not_there(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let sam = stored_user(&db, "sam").await;
        let entry = stored_entry(&db, entry(&acme, "Asked")).await;
        let request = request(&entry, &sam);
        write!(db, change_requests::insert, &request).unwrap();
        assert_eq!(read!(db, change_requests::find, &other.id, &request.id), None);
        assert!(read!(db, change_requests::list_open, &other.id, &entry.id).is_empty());
    }

    async fn a_request_for_nothing_is_refused(db: Db) {
        let sam = stored_user(&db, "sam").await;
        let stray = write!(db, change_requests::insert, &request(&entry(&project("unknown"), "Stray"), &sam));
        assert!(matches!(stray, Err(Error::Dangling)), "{stray:?}");
    }

    async fn requests_from_before_there_were_kinds_are_requests_to_publish(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let (sam, mara) = (stored_user(&db, "sam").await, stored_user(&db, "mara").await);
        let mut expected = Vec::new();
        for (title, status) in [("Open", RequestStatus::Pending), ("Done", RequestStatus::Approved)] {
            let entry = stored_entry(&db, entry(&acme, title)).await;
            let is_open = status == RequestStatus::Pending;
            let (admin_id, reviewed_at) = if is_open { (None, None) } else { (Some(mara.id.clone()), Some(at(7))) };
            let request = ChangeRequest { status, admin_id, reviewed_at, ..request(&entry, &sam) };
            write!(db, change_requests::insert, &request).unwrap();
            // What nobody wrote down then is not known.
            expected.push(ChangeRequest {
                project_name: acme.name.clone(), entry_lock_version: None, entry_text: None, ..request
            });
        }
        // The database as the version before left it.
        for sql in [
            "DROP VIEW entries",
            "DROP VIEW projects",
            "ALTER TABLE entry_rows RENAME TO entries",
            "ALTER TABLE project_rows RENAME TO projects",
            "CREATE TABLE publish_requests AS SELECT id, project_id, entry_id, staff_id, admin_id, status, created_at, \
             reviewed_at FROM change_requests",
            "DROP TABLE request_comments",
            "DROP TABLE request_letters",
            "DROP TABLE change_requests",
            "DROP INDEX entries_external",
            "ALTER TABLE entries DROP COLUMN external_id",
            "DELETE FROM _sqlx_migrations WHERE version = 4",
        ] {
            execute(&db, sql).await;
        }
        assert_eq!(migrate(&db).await.unwrap(), ["0004 external ids change requests"]);
        // As version 14 left it, and then the version that keeps more of a request.
        for sql in [
            "ALTER TABLE change_requests ADD COLUMN former_staff_id TEXT REFERENCES former_users (id)",
            "ALTER TABLE change_requests ADD COLUMN former_admin_id TEXT REFERENCES former_users (id)",
            "DELETE FROM _sqlx_migrations WHERE version = 19",
        ] {
            execute(&db, sql).await;
        }
        assert_eq!(migrate(&db).await.unwrap(), ["0019 requests"]);
        for request in expected {
            assert_eq!(read!(db, change_requests::find, &acme.id, &request.id), Some(request));
        }
    }

    async fn a_request_about_a_project_outlives_it_with_its_name(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let sam = stored_user(&db, "sam").await;
        let entry = stored_entry(&db, entry(&acme, "Asked")).await;
        write!(db, change_requests::insert, &request(&entry, &sam)).unwrap();
        let whole = ChangeRequest {
            id: "whole".parse().unwrap(), kind: RequestKind::DeleteProject, target_id: acme.id.to_string(),
            target_name: acme.name.clone(), entry_id: None, entry_lock_version: None, entry_text: None,
            ..request(&entry, &sam)
        };
        write!(db, change_requests::insert, &whole).unwrap();
        assert!(change!(db, trash::put_project, &acme, BY).unwrap());
        assert_eq!(count(&db, "change_requests").await, 2, "it can come back");
        assert!(write!(db, trash::forget, acme.id.as_str()).unwrap());
        assert_eq!(count(&db, "change_requests").await, 1);
        let left = read!(db, change_requests::line, &whole.id).unwrap();
        assert_eq!((left.project_id, left.target_name.as_str()), (None, "acme"));
    }

    async fn a_request_that_waits_for_changes_is_open_and_waits_for_nobody_else(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let (sam, mara) = (stored_user(&db, "sam").await, stored_user(&db, "mara").await);
        let entry = stored_entry(&db, entry(&acme, "Asked")).await;
        let asked = request(&entry, &sam);
        write!(db, change_requests::insert, &asked).unwrap();
        let changes = RequestStatus::ChangesRequested;
        let answer = async |status, feedback| {
            write!(db, change_requests::answer, &asked.id, status, Some(&mara.id), feedback, at(5)).unwrap()
        };
        assert!(answer(changes, Some("Name the version.")).await);
        assert!(!answer(RequestStatus::Approved, None).await, "it waits for changes");
        assert_eq!(read!(db, change_requests::count_pending, None), 0);
        assert_eq!(read!(db, change_requests::count_of, &sam.id), 1);
        let again = ChangeRequest { resubmitted_at: Some(at(6)), target_name: "Changed".to_owned(), ..asked.clone() };
        assert!(write!(db, change_requests::resubmit, &again).unwrap());
        assert!(!write!(db, change_requests::resubmit, &again).unwrap(), "it waits already");
        let now = read!(db, change_requests::find, &acme.id, &asked.id).unwrap();
        assert_eq!(now.status, RequestStatus::ChangesRequestedPending);
        assert_eq!((now.feedback, now.previous_feedback.as_deref()), (None, Some("Name the version.")));
        assert_eq!((now.admin_id, now.reviewed_at), (None, None));
        assert!(answer(RequestStatus::Approved, None).await);
    }
}
