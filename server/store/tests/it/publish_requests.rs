use model::RequestId;
use model::entries::Entry;
use model::users::User;
use store::publish_requests::{self, PublishRequest};
use store::{Db, Error};
use testkit::{execute, on_both_databases};

use crate::values::{at, entry, project, stored_entry, stored_project, stored_user};

/// A pending request for an entry.
pub fn request(entry: &Entry, staff: &User) -> PublishRequest {
    PublishRequest {
        id: format!("r{}", entry.id).parse::<RequestId>().unwrap(),
        project_id: entry.project_id.clone(),
        entry_id: entry.id.clone(),
        staff_id: Some(staff.id.clone()),
        admin_id: None,
        status: "PENDING".to_owned(),
        created_at: at(3),
        reviewed_at: None,
    }
}

on_both_databases! {
    async fn a_request_is_pending_until_it_is_approved(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let (sam, mara) = (stored_user(&db, "sam").await, stored_user(&db, "mara").await);
        let asked = stored_entry(&db, entry(&acme, "Asked")).await;
        let other = stored_entry(&db, entry(&acme, "Other")).await;
        for entry in [&asked, &other] {
            assert_eq!(read!(db, publish_requests::find_pending, &entry.id), None);
            write!(db, publish_requests::insert, &request(entry, &sam)).unwrap();
            assert_eq!(read!(db, publish_requests::find_pending, &entry.id), Some(request(entry, &sam)));
        }
        write!(db, publish_requests::approve_pending, &asked.id, &mara.id, at(9)).unwrap();
        assert_eq!(read!(db, publish_requests::find_pending, &asked.id), None);
        assert!(read!(db, publish_requests::find_pending, &other.id).is_some(), "another entry's request still waits");
        let approved = format!("publish_requests WHERE status = 'APPROVED' AND admin_id = '{}'", mara.id);
        assert_eq!(testkit::count(&db, &approved).await, 1);
    }

    async fn a_request_outlives_the_account_of_who_asked(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let sam = stored_user(&db, "sam").await;
        let entry = stored_entry(&db, entry(&acme, "Asked")).await;
        write!(db, publish_requests::insert, &request(&entry, &sam)).unwrap();
        execute(&db, "DELETE FROM users WHERE id <> 'system'").await;
        let left = read!(db, publish_requests::find_pending, &entry.id).unwrap();
        assert_eq!(left.staff_id, None);
    }

    async fn a_request_for_nothing_is_refused(db: Db) {
        let sam = stored_user(&db, "sam").await;
        let stray = write!(db, publish_requests::insert, &request(&entry(&project("unknown"), "Stray"), &sam));
        assert!(matches!(stray, Err(Error::Dangling)), "{stray:?}");
    }
}
