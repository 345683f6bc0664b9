use model::audit::{AuditFilter, Outcome};
use model::{AuditId, Cursor, ProjectId, Role, UserId};
use serde_json::{Value, json};
use store::audit::{self, AuditRecord, FormerUser, KnownOutcome, Match, Wanted};
use store::{Db, trash};
use testkit::{execute, on_both_databases};

use crate::values::{BY, at, stored_project, stored_user};

fn record(number: i64, details: Value) -> AuditRecord {
    AuditRecord {
        id: format!("a{number}").parse::<AuditId>().unwrap(),
        action: "RENAME_PROJECT".into(),
        user_id: None,
        target_user_id: None,
        api_key_id: None,
        project_id: None,
        entity_type: None,
        entity_id: None,
        outcome: KnownOutcome(Outcome::Success),
        details,
        ip: None,
        user_agent: None,
        request_id: None,
        created_at: at(number),
        mac: None,
    }
}

on_both_databases! {
    async fn a_record_comes_back_as_stored(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let details = [
            json!({}),
            json!({ "name": { "from": "Ä \"quoted\" \\", "to": null }, "numbers": [1, -2.5, 1_234_567_890_123_i64] }),
        ];
        for (number, details) in (0..).zip(details) {
            let full = AuditRecord {
                user_id: Some(mara.id.clone()),
                target_user_id: Some("u2".parse().unwrap()),
                api_key_id: Some("k1".parse().unwrap()),
                project_id: Some("p1".parse().unwrap()),
                entity_type: Some("entry".into()),
                entity_id: Some("anything".into()),
                outcome: KnownOutcome(Outcome::Denied),
                request_id: Some("r1".into()),
                mac: Some("ab".into()),
                ip: Some("2001:db8::1".into()),
                user_agent: Some("Firefox ☂".into()),
                ..record(number, details)
            };
            write!(db, audit::insert, &full).unwrap();
            assert_eq!(read!(db, audit::list, None, 1), [full]);
        }
    }

    async fn the_newest_come_first_and_a_project_has_its_own(db: Db) {
        let project: ProjectId = "p1".parse().unwrap();
        for number in 0..5 {
            let project_id = (number % 2 == 0).then(|| project.clone());
            write!(db, audit::insert, &AuditRecord { project_id, ..record(number, json!({})) }).unwrap();
        }
        let numbers = |records: Vec<AuditRecord>| records.into_iter().map(|r| r.id.to_string()).collect::<Vec<_>>();
        assert_eq!(numbers(read!(db, audit::list, None, 3)), ["a4", "a3", "a2"]);
        assert_eq!(numbers(read!(db, audit::list, Some(&project), 10)), ["a4", "a2", "a0"]);
    }

    async fn a_record_outlives_the_project_and_the_person(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let acme = stored_project(&db, "acme").await;
        let written = AuditRecord {
            user_id: Some(mara.id.clone()),
            project_id: Some(acme.id.clone()),
            ..record(1, json!({ "name": "acme" }))
        };
        write!(db, audit::insert, &written).unwrap();
        change!(db, trash::put_project, &acme, BY).unwrap();
        execute(&db, "DELETE FROM users WHERE id <> 'system'").await;
        assert_eq!(read!(db, audit::list, Some(&acme.id), 10), [written]);
    }

    async fn filters_are_combined_and_each_page_goes_on_where_the_last_one_ended(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let gone: UserId = "gone".parse().unwrap();
        let former = FormerUser {
            id: &gone, email: "gone@example.com", name: Some("Gone Girl"), role: Role::Staff, deleted_at: at(1),
            deleted_by: Some(&mara.id),
        };
        write!(db, audit::keep_former_user, &former).unwrap();
        for number in 0..20 {
            let stored = AuditRecord {
                // Pairs of the same moment.
                created_at: at(number / 2),
                action: if number % 4 == 0 { "CREATE_TAG".into() } else { "LOGIN_FAILURE".into() },
                outcome: KnownOutcome(if number % 4 == 0 { Outcome::Success } else { Outcome::Denied }),
                user_id: Some(if number % 2 == 0 { mara.id.clone() } else { gone.clone() }),
                target_user_id: (number % 5 == 0).then(|| gone.clone()),
                project_id: (number < 10).then(|| "p1".parse().unwrap()),
                ..record(number + 10, json!({}))
            };
            write!(db, audit::insert, &stored).unwrap();
        }
        let all = |filter: AuditFilter, any_of: Option<Vec<Match>>| {
            let db = db.clone();
            async move {
                let wanted = Wanted { filter, any_of };
                let mut ids = Vec::new();
                let mut after: Option<Cursor> = None;
                loop {
                    let page = read!(db, audit::page, &wanted, after.as_ref(), 3);
                    assert!(page.items.len() <= 3);
                    ids.extend(page.items.iter().map(|entry| entry.id.to_string()[1..].parse::<i64>().unwrap() - 10));
                    match page.next {
                        Some(next) => after = Some(next),
                        None => break,
                    }
                }
                assert_eq!(read!(db, audit::count, &wanted), i64::try_from(ids.len()).unwrap());
                let at = read!(db, audit::list_at, &wanted, 1, 2);
                assert_eq!(at.len(), ids.len().saturating_sub(1).min(2));
                ids
            }
        };
        let none = AuditFilter::default;
        let down = |numbers: &dyn Fn(i64) -> bool| (0..20).rev().filter(|n| numbers(*n)).collect::<Vec<_>>();
        assert_eq!(all(none(), None).await, down(&|_| true));
        assert_eq!(all(AuditFilter { action: Some("CREATE_TAG".into()), ..none() }, None).await, down(&|n| n % 4 == 0));
        assert_eq!(all(AuditFilter { outcome: Some(Outcome::Denied), ..none() }, None).await, down(&|n| n % 4 != 0));
        assert_eq!(all(AuditFilter { outcome: Some(Outcome::Success), ..none() }, None).await, down(&|n| n % 4 == 0));
        assert_eq!(all(AuditFilter { target: Some(gone.clone()), ..none() }, None).await, down(&|n| n % 5 == 0));
        assert_eq!(all(AuditFilter { from: Some(at(3)), until: Some(at(5)), ..none() }, None).await, down(&|n| (6..10).contains(&n)));
        let narrow = AuditFilter {
            actor: Some(mara.id.clone()), project: Some("p1".parse().unwrap()), outcome: Some(Outcome::Denied),
            from: Some(at(2)), ..none()
        };
        assert_eq!(all(narrow.clone(), None).await, down(&|n| n % 2 == 0 && n % 4 != 0 && (4..10).contains(&n)));
        // What a searched text can mean is one of several, and the other filters hold for each.
        let either = vec![Match::Action("CREATE_TAG".into()), Match::Person(gone.clone())];
        assert_eq!(all(none(), Some(either.clone())).await, down(&|n| n % 4 == 0 || n % 2 == 1 || n % 5 == 0));
        let narrow = AuditFilter { project: Some("p1".parse().unwrap()), ..none() };
        assert_eq!(all(narrow, Some(either)).await, down(&|n| n < 10 && (n % 4 == 0 || n % 2 == 1 || n % 5 == 0)));
        assert_eq!(all(none(), Some(Vec::new())).await, Vec::<i64>::new());

        let first = read!(db, audit::page, &Wanted::default(), None, 2);
        let performer = first.items[0].performer.clone().unwrap();
        assert_eq!((performer.name.as_deref(), performer.is_deleted), (Some("Gone Girl"), true));
        assert!(!first.items[1].performer.as_ref().unwrap().is_deleted);
        assert_eq!(read!(db, audit::action_names), ["CREATE_TAG", "LOGIN_FAILURE"]);
        let counts: Vec<_> = read!(db, audit::actions).into_iter().map(|c| (c.action, c.count)).collect();
        assert_eq!(counts, [("CREATE_TAG".to_owned(), 5), ("LOGIN_FAILURE".to_owned(), 15)]);
    }
}
