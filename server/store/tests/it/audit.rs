use model::{AuditId, ProjectId};
use serde_json::{Value, json};
use store::audit::{self, AuditRecord};
use store::{Db, projects};
use testkit::{execute, on_both_databases};

use crate::values::{at, stored_project, stored_user};

fn record(number: i64, details: Value) -> AuditRecord {
    AuditRecord {
        id: format!("a{number}").parse::<AuditId>().unwrap(),
        action: "RENAME_PROJECT".into(),
        user_id: None,
        api_key_id: None,
        project_id: None,
        entity_id: None,
        details,
        ip: None,
        user_agent: None,
        created_at: at(number),
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
                api_key_id: Some("k1".parse().unwrap()),
                project_id: Some("p1".parse().unwrap()),
                entity_id: Some("anything".into()),
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
        change!(db, projects::delete, &acme.id).unwrap();
        execute(&db, "DELETE FROM users WHERE id <> 'system'").await;
        assert_eq!(read!(db, audit::list, Some(&acme.id), 10), [AuditRecord { user_id: None, ..written }]);
    }
}
