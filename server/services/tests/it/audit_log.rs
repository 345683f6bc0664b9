//! Reading the log: who may, what is found, what leaves the house.

use chrono::Duration;
use model::audit::{AuditEntry, AuditFilter, LogFormat, Outcome};
use model::{Cursor, Error, Scope};
use services::access::{ReadAuditLog, instance_grant};
use services::audit::{Refused, export, log, refused};
use services::{InstanceGrant, Services, sign_in};
use store::audit::FormerUser;
use testkit::{Person, TestApp, execute, fixtures, on_both_databases};

use crate::help::{browser, in_order, times, told};

fn may(person: &Person) -> InstanceGrant<ReadAuditLog> {
    instance_grant(&person.actor()).unwrap()
}

/// Everything a filter lets through, three at a time, newest first.
async fn all(cx: &Services, may: &InstanceGrant<ReadAuditLog>, filter: &AuditFilter) -> Vec<AuditEntry> {
    let mut found = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = log::page(cx, may, filter, after.as_ref(), 3).await.unwrap();
        found.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return found,
        }
    }
}

async fn exported(cx: &Services, may: &InstanceGrant<ReadAuditLog>, format: LogFormat) -> String {
    let mut download = export::start(cx, may, &AuditFilter::default(), format).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = download.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

on_both_databases! {
    async fn the_log_is_for_administrators_and_for_their_keys_with_every_scope(app: TestApp) {
        let owner = app.owner("Mara").await;
        let grant = |person: &Person| instance_grant::<ReadAuditLog>(&person.actor()).map(|_| ());
        assert_eq!(grant(&owner), Ok(()));
        assert_eq!(grant(&app.key(&owner, Scope::ALL, None).await), Ok(()));
        for person in [app.staff("Sam").await, app.viewer("Vera").await] {
            assert!(matches!(grant(&person), Err(Error::Forbidden { .. })));
            let key = app.key(&person, Scope::ALL, None).await;
            assert!(matches!(grant(&key), Err(Error::Forbidden { .. })));
        }
        for left_out in Scope::ALL {
            let scopes: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| scope != left_out).collect();
            // A scope that another one includes is not missed.
            let is_covered = scopes.iter().any(|scope| scope.covers(*left_out));
            let answer = grant(&app.key(&owner, &scopes, None).await);
            assert_eq!(answer.is_ok(), is_covered, "{left_out}");
        }
        let project = fixtures::project(&app.services, "Atuin").await;
        let bound = app.key(&owner, Scope::ALL, Some(&project.id)).await;
        assert_eq!(grant(&bound), Err(Error::OtherProject));
    }

    async fn names_are_searched_whatever_their_case_also_those_of_deleted_people(app: TestApp) {
        let mut app = app;
        app.services = in_order(&app.services);
        let cx = &app.services;
        let owner = app.owner("Märta Östberg").await;
        let gone = app.admin("Gone Gustav").await;
        fixtures::project(cx, "Atuin").await;
        let former = FormerUser {
            id: gone.id(), email: &gone.user().email, name: gone.user().name.as_deref(), role: gone.user().role,
            deleted_at: cx.clock.now(), deleted_by: Some(owner.id()),
        };
        let mut tx = cx.db.begin().await.unwrap();
        store::audit::keep_former_user(tx.conn(), &former).await.unwrap();
        tx.commit().await.unwrap();
        execute(&cx.db, &format!("DELETE FROM users WHERE id = '{}'", gone.id())).await;

        let may = may(&owner);
        let search = async |text: &str| {
            let filter = AuditFilter { search: Some(text.to_owned()), ..AuditFilter::default() };
            let found = all(cx, &may, &filter).await;
            assert_eq!(log::count(cx, &may, &filter).await.unwrap(), i64::try_from(found.len()).unwrap());
            found.into_iter().map(|entry| (entry.action, entry.performer.map(|p| (p.name.unwrap(), p.is_deleted)))).collect::<Vec<_>>()
        };
        let of = |action: &str, name: &str, deleted| (action.to_owned(), Some((name.to_owned(), deleted)));
        assert_eq!(search("GUSTAV").await, [of("LOGIN_SUCCESS", "Gone Gustav", true)]);
        assert_eq!(search("öSTBERG").await, [of("LOGIN_SUCCESS", "Märta Östberg", false)]);
        assert_eq!(search("gone.gustav@tidings").await.len(), 1);
        assert_eq!(search("create proj").await, [of("CREATE_PROJECT", "System", false)]);
        assert_eq!(search("nobody").await, []);
        assert_eq!(search("%").await, []);
        assert_eq!(search("login").await.len(), 2);
        let both = AuditFilter {
            search: Some("login".into()), actor: Some(gone.id().clone()), outcome: Some(Outcome::Success),
            ..AuditFilter::default()
        };
        assert_eq!(all(cx, &may, &both).await.len(), 1);
    }

    async fn what_is_written_while_somebody_turns_pages_moves_nothing(app: TestApp) {
        let cx = &app.services;
        let may = may(&app.owner("Mara").await);
        for number in 0..7 {
            cx.clock.advance(Duration::seconds(1));
            fixtures::project(cx, &format!("Project {number}")).await;
        }
        let before = all(cx, &may, &AuditFilter::default()).await;
        let mut seen = Vec::new();
        let mut after: Option<Cursor> = None;
        loop {
            let page = log::page(cx, &may, &AuditFilter::default(), after.as_ref(), 2).await.unwrap();
            seen.extend(page.items);
            cx.clock.advance(Duration::seconds(1));
            fixtures::project(cx, &format!("Later {}", seen.len())).await;
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let ids = |entries: &[AuditEntry]| entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&seen), ids(&before));
    }

    async fn an_export_is_recorded_and_its_cells_are_no_formulas(app: TestApp) {
        let mut app = app;
        app.services = in_order(&app.services);
        let cx = &app.services;
        let owner = app.owner("Mara").await;
        for (email, name) in [("eq", "=1+1"), ("plus", "+1"), ("minus", "-1"), ("at", "@SUM(A1)"), ("quote", "a \"b\", c")] {
            let person = app.staff(email).await;
            execute(&cx.db, &format!("UPDATE users SET name = '{name}' WHERE id = '{}'", person.id())).await;
        }
        let may = may(&owner);
        let csv = exported(cx, &may, LogFormat::Csv).await;
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(
            lines[0],
            "timestamp,action,performer,performer_email,performer_deleted,target,target_email,target_deleted,details"
        );
        assert_eq!(lines.len(), 1 + 1 + 6, "the header, the record of the export itself, six sign-ins");
        let cells: Vec<&str> = lines[2..].iter().map(|line| line.split_once("LOGIN_SUCCESS,").unwrap().1).collect();
        assert!(cells[0].starts_with("\"a \"\"b\"\", c\",quote@tidings.example,false,,,,"), "{}", cells[0]);
        for (cell, name) in cells[1..].iter().zip(["'@SUM(A1)", "'-1", "'+1", "'=1+1"]) {
            assert!(cell.starts_with(&format!("{name},")), "{cell}");
        }
        let jsonl = exported(cx, &may, LogFormat::Jsonl).await;
        let lines: Vec<serde_json::Value> = jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 8);
        assert_eq!(lines[2]["performer"]["name"], "a \"b\", c");
        assert_eq!(lines[0]["details"]["format"], "jsonl");
        assert_eq!(times(cx, "AUDIT_EXPORTED").await, 2);
    }

    async fn a_refusal_is_recorded_once_in_a_while(app: TestApp) {
        let cx = &app.services;
        let sam = app.staff("Sam").await;
        let actor = sam.actor();
        let error = instance_grant::<ReadAuditLog>(&actor).unwrap_err();
        for _ in 0..3 {
            refused(cx, Refused { actor: &actor, error: &error, project: None, at: "/dashboard/admin/audit" }).await;
        }
        let told = told(cx, "UNAUTHORIZED_ACCESS_ATTEMPT").await;
        assert_eq!(told.user_id.as_ref(), Some(sam.id()));
        assert_eq!(told.outcome.0, Outcome::Denied);
        assert_eq!(told.details["needs"], "read_audit_log");
        refused(cx, Refused { actor: &actor, error: &Error::NotFound, project: None, at: "/" }).await;
        assert_eq!(times(cx, "UNAUTHORIZED_ACCESS_ATTEMPT").await, 1, "what is not there is no refusal");
        cx.clock.advance(Duration::minutes(11));
        refused(cx, Refused { actor: &actor, error: &error, project: None, at: "/dashboard/admin/audit" }).await;
        assert_eq!(times(cx, "UNAUTHORIZED_ACCESS_ATTEMPT").await, 2);
    }

    async fn a_limit_that_is_reached_is_recorded_once_for_each_window(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        for _ in 0..15 {
            let _ = sign_in::with_password(cx, "unknown@tidings.example", "wrong secret", &browser("192.0.2.1")).await;
        }
        let told = told(cx, "RATE_LIMITED").await;
        assert_eq!((told.ip.as_deref(), told.outcome.0), (Some("192.0.2.1"), Outcome::Denied));
        assert_eq!(told.details["limit"], "login");
        // By account: from many addresses.
        for number in 0..25 {
            let client = browser(&format!("192.0.2.{}", 100 + number));
            let _ = sign_in::with_password(cx, &mara.user().email, "wrong secret", &client).await;
        }
        let records = crate::help::log(cx).await;
        let of_account = records.iter().find(|record| record.details["limit"] == "account").unwrap();
        assert_eq!(of_account.target_user_id.as_ref(), Some(mara.id()));
        assert_eq!(times(cx, "RATE_LIMITED").await, 2);
        cx.clock.advance(Duration::minutes(16));
        for _ in 0..15 {
            let _ = sign_in::with_password(cx, "unknown@tidings.example", "wrong secret", &browser("192.0.2.1")).await;
        }
        assert_eq!(times(cx, "RATE_LIMITED").await, 3);
    }
}
