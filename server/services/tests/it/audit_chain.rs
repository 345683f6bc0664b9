//! A record that was changed, removed, added or moved is found.

use chrono::Duration;
use model::audit::{ChainHead, ChainReport, Damage};
use services::access::{ReadAuditLog, instance_grant};
use services::audit::{log, seal, verify};
use services::{Actor, Services, SigningKey};
use testkit::{Twin, count, execute, fixtures, on_both_databases, services, services_with, settings, texts};

use crate::help::in_order;

/// A log with ten records, all of them in the chain.
async fn ten(cx: &Services) -> Services {
    let cx = in_order(cx);
    // Each project is one record.
    for number in 0..10 {
        cx.clock.advance(Duration::seconds(1));
        fixtures::project(&cx, &format!("Project {number}")).await;
    }
    let sealed = seal::seal(&cx).await.unwrap();
    assert_eq!((sealed.head.number, sealed.is_intact), (10, true));
    assert!(check(&cx).await.is_whole());
    cx
}

async fn check(cx: &Services) -> ChainReport {
    verify::check(cx, None).await.unwrap()
}

/// What is wrong: the damages with their numbers.
fn found(report: &ChainReport) -> Vec<(Damage, Option<i64>)> {
    report.places.iter().map(|place| (place.damage, place.number)).collect()
}

async fn admin(cx: &Services) -> services::InstanceGrant<ReadAuditLog> {
    instance_grant(&Actor::console(cx.clock.now()).unwrap()).unwrap()
}

on_both_databases! {
    async fn a_change_of_any_column_is_found(cx: Services) {
        let cx = ten(&cx).await;
        let (json, time) = match cx.db.engine() {
            store::Engine::Sqlite => ("'{\"a\":1}'", "'2026-03-04T09:30:05.001+00:00'"),
            store::Engine::Postgres => ("'{\"a\":1}'::jsonb", "created_at + interval '1 microsecond'"),
        };
        for (column, value) in [
            ("id", "'another'"),
            ("action", "'DELETE_PROJECT'"),
            ("user_id", "NULL"),
            ("user_id", "'somebody'"),
            ("target_user_id", "'somebody'"),
            ("api_key_id", "'key'"),
            ("project_id", "'other'"),
            ("project_id", "NULL"),
            ("entity_type", "'entry'"),
            ("entity_id", "''"),
            ("outcome", "'denied'"),
            ("details", json),
            ("ip", "'192.0.2.9'"),
            ("user_agent", "'curl'"),
            ("request_id", "'r'"),
            ("created_at", time),
            ("mac", "'00'"),
            ("mac", "NULL"),
            ("link", "'00'"),
            ("link", "NULL"),
        ] {
            // Kept aside, changed, and put back.
            execute(&cx.db, "CREATE TABLE aside AS SELECT * FROM audit_logs").await;
            execute(&cx.db, &format!("UPDATE audit_logs SET {column} = {value} WHERE number = 5")).await;
            let report = check(&cx).await;
            assert_eq!(report.broken, 1, "{column} = {value}: {report:?}");
            assert_eq!(report.places[0].number, Some(5), "{column}");
            execute(&cx.db, "DELETE FROM audit_logs").await;
            execute(&cx.db, &format!("INSERT INTO audit_logs ({ALL}) SELECT {ALL} FROM aside")).await;
            execute(&cx.db, "DROP TABLE aside").await;
            assert!(check(&cx).await.is_whole(), "{column} is as it was");
        }
    }

    async fn a_removed_record_is_found_wherever_it_was(cx: Services) {
        for (gone, first, last) in [("= 1", 1, 1), ("IN (4, 5, 6)", 4, 6), ("= 10", 10, 10), ("> 7", 8, 10)] {
            let cx = ten_again(&cx).await;
            execute(&cx.db, &format!("DELETE FROM audit_logs WHERE number {gone}")).await;
            let report = check(&cx).await;
            assert_eq!(found(&report), [(Damage::Removed, Some(first))], "{gone}");
            assert_eq!(report.places[0].until, Some(last), "{gone}");
        }
        // And when nothing is left.
        let cx = ten_again(&cx).await;
        execute(&cx.db, "DELETE FROM audit_logs").await;
        assert_eq!(found(&check(&cx).await), [(Damage::Removed, Some(1))]);
    }

    async fn records_that_were_put_in_or_moved_are_found(cx: Services) {
        let cx = ten(&cx).await;
        execute(&cx.db, "UPDATE audit_logs SET number = 100 WHERE number = 3").await;
        execute(&cx.db, "UPDATE audit_logs SET number = 3 WHERE number = 4").await;
        execute(&cx.db, "UPDATE audit_logs SET number = 4 WHERE number = 100").await;
        let report = check(&cx).await;
        assert_eq!(report.places[0].damage, Damage::Moved, "{report:?}");
        assert_eq!(report.places[0].number, Some(3));

        let cx = ten_again(&cx).await;
        // A copy under another id; the sealer chains what it finds, and the check says that it is not one of ours.
        execute(&cx.db, &format!(
            "INSERT INTO audit_logs ({ALL}) SELECT 'copy', action, user_id, target_user_id, api_key_id, project_id, \
             entity_type, entity_id, outcome, details, ip, user_agent, request_id, created_at, mac, NULL, NULL \
             FROM audit_logs WHERE number = 5"
        )).await;
        execute(&cx.db, &format!(
            "INSERT INTO audit_logs ({ALL}) SELECT 'bare', action, user_id, target_user_id, api_key_id, project_id, \
             entity_type, entity_id, outcome, details, ip, user_agent, request_id, created_at, NULL, NULL, NULL \
             FROM audit_logs WHERE number = 5"
        )).await;
        let report = check(&cx).await;
        let mut damages = found(&report);
        damages.sort_by_key(|(_, number)| *number);
        assert_eq!(damages.len(), 2, "{report:?}");
        assert!(damages.contains(&(Damage::Foreign, Some(11))), "{report:?}");
        assert_eq!(report.head.number, 12);
    }

    async fn a_head_that_was_changed_is_found_and_nothing_is_added_to_it(cx: Services) {
        for change in [
            "number = 7",
            "number = 0, link = ''",
            "link = ''",
            "anchor_number = 3",
            "adopted = 5",
            "is_adopting = TRUE",
            "mac = ''",
        ] {
            let cx = ten_again(&cx).await;
            execute(&cx.db, "DELETE FROM audit_logs WHERE number > 7").await;
            execute(&cx.db, &format!("UPDATE audit_chain SET {change}")).await;
            fixtures::project(&cx, "One more").await;
            assert!(!seal::seal(&cx).await.unwrap().is_intact, "{change}");
            let report = check(&cx).await;
            assert_eq!(report.places[0].damage, Damage::Head, "{change}");
            assert_eq!(count(&cx.db, "audit_logs WHERE number IS NULL").await, 1, "{change}");
            assert!(!log::state(&cx, &admin(&cx).await).await.unwrap().is_intact, "{change}");
        }
        let cx = ten_again(&cx).await;
        execute(&cx.db, "DELETE FROM audit_chain").await;
        assert!(!seal::seal(&cx).await.unwrap().is_intact);
        assert_eq!(check(&cx).await.places[0].damage, Damage::Head);
    }

    async fn an_older_end_that_is_put_back_is_noticed_by_who_saw_the_later_one(cx: Services) {
        let cx = ten(&cx).await;
        let noted = check(&cx).await.head;
        execute(&cx.db, "CREATE TABLE aside AS SELECT * FROM audit_chain").await;
        fixtures::project(&cx, "Secret").await;
        seal::seal(&cx).await.unwrap();
        let later = check(&cx).await.head;
        execute(&cx.db, "DELETE FROM audit_logs WHERE number > 10").await;
        execute(&cx.db, "DELETE FROM audit_chain").await;
        execute(&cx.db, "INSERT INTO audit_chain SELECT * FROM aside").await;
        // The process that was there knows.
        assert!(!seal::seal(&cx).await.unwrap().is_intact);
        assert!(!log::state(&cx, &admin(&cx).await).await.unwrap().is_intact);
        // Another one needs what was noted.
        let other = another(&cx);
        assert!(verify::check(&other, Some(&noted)).await.unwrap().is_whole());
        let report = verify::check(&other, Some(&later)).await.unwrap();
        assert_eq!(found(&report), [(Damage::NotAsNoted, Some(11))]);
    }

    async fn an_end_that_was_noted_is_compared(cx: Services) {
        let cx = ten(&cx).await;
        let head = check(&cx).await.head;
        fixtures::project(&cx, "One more").await;
        assert!(verify::check(&cx, Some(&head)).await.unwrap().is_whole(), "the chain has only grown");
        let other = ChainHead { link: "ab".repeat(32), ..head.clone() };
        assert_eq!(found(&verify::check(&cx, Some(&other)).await.unwrap()), [(Damage::NotAsNoted, Some(10))]);
        let later = ChainHead { number: 99, ..head };
        assert_eq!(found(&verify::check(&cx, Some(&later)).await.unwrap()), [(Damage::NotAsNoted, Some(99))]);
    }

    async fn another_key_fits_nothing(cx: Services) {
        ten(&cx).await;
        let key = SigningKey::new(*b"another key: thirty-two bytes ok").unwrap();
        let cx = services_with(cx.db.clone(), services::Settings { signing_key: key, ..settings() });
        let report = check(&cx).await;
        assert_eq!(report.places[0].damage, Damage::Head);
        assert_eq!(report.broken, 11, "every record, and the end");
    }

    async fn two_sealers_at_once_make_one_chain_while_others_write(twin: Twin) {
        let (one, two) = (services(twin.db), services(twin.other));
        let write = async |cx: &Services, name: &str| {
            for number in 0..15 {
                fixtures::project(cx, &format!("{name} {number}")).await;
            }
        };
        let sealing = async |cx: &Services| {
            for _ in 0..15 {
                assert!(seal::seal(cx).await.unwrap().is_intact);
            }
        };
        tokio::join!(write(&one, "A"), write(&two, "B"), write(&one, "C"), sealing(&one), sealing(&two));
        seal::seal(&one).await.unwrap();
        let report = check(&two).await;
        assert!(report.is_whole(), "{report:?}");
        assert_eq!((report.records, report.head.number), (45, 45));
    }

    async fn records_from_before_the_chain_are_taken_in_once(cx: Services) {
        let cx = in_order(&cx);
        for number in 0..3 {
            fixtures::project(&cx, &format!("Project {number}")).await;
        }
        // As an older version wrote them.
        execute(&cx.db, "UPDATE audit_logs SET mac = NULL").await;
        let report = check(&cx).await;
        assert!(report.is_whole(), "{report:?}");
        assert_eq!((report.adopted, report.began_at), (3, Some(cx.clock.now())));
        fixtures::project(&cx, "New").await;
        let report = check(&cx).await;
        assert_eq!((report.adopted, report.head.number, report.is_whole()), (3, 4, true));
        // Whoever puts one in later is not taken for the past.
        fixtures::project(&cx, "Forged").await;
        execute(&cx.db, "UPDATE audit_logs SET mac = NULL WHERE number IS NULL").await;
        assert_eq!(found(&check(&cx).await), [(Damage::Foreign, Some(5))]);
    }

    async fn a_long_log_is_walked_page_by_page(cx: Services) {
        fixtures::project(&cx, "First").await;
        // Older records, several pages of them.
        let number = match cx.db.engine() {
            store::Engine::Sqlite => "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3500)",
            store::Engine::Postgres => "WITH n(i) AS (SELECT generate_series(1, 3500))",
        };
        execute(&cx.db, &format!(
            "{number} INSERT INTO audit_logs (id, action, details, created_at) \
             SELECT 'old' || i, a.action, a.details, a.created_at FROM n, audit_logs a"
        )).await;
        execute(&cx.db, "UPDATE audit_logs SET mac = NULL").await;
        let report = check(&cx).await;
        assert_eq!((report.records, report.adopted, report.broken), (3501, 3501, 0));
        execute(&cx.db, "DELETE FROM audit_logs WHERE number % 50 = 0").await;
        let report = check(&cx).await;
        assert_eq!((report.broken, report.places.len()), (70, 20), "the first are told, all are counted");
    }

    async fn old_records_are_deleted_when_they_are_old_enough_and_the_rest_still_holds(cx: Services) {
        let cx = ten(&cx).await;
        let noted = check(&cx).await.head;
        assert_eq!(seal::prune(&cx).await.unwrap(), 0, "for ever, unless somebody says otherwise");
        crate::help::set(&cx, "audit_retention_days", serde_json::json!(30)).await;
        cx.clock.advance(Duration::days(30) - Duration::seconds(4));
        fixtures::project(&cx, "New").await;
        seal::seal(&cx).await.unwrap();
        let kept = seal::prune(&cx).await.unwrap();
        assert!((3..=7).contains(&kept), "{kept}");
        let report = check(&cx).await;
        assert!(report.is_whole(), "{report:?}");
        let kept = i64::try_from(kept).unwrap();
        assert_eq!((report.pruned, report.records), (kept, 12 - kept));
        assert_eq!(texts(&cx.db, "SELECT action FROM audit_logs WHERE action = 'AUDIT_LOG_PRUNED'").await.len(), 1);
        assert!(verify::check(&cx, Some(&noted)).await.unwrap().is_whole());
        // The oldest that is left cannot be taken away under the same pretext.
        execute(&cx.db, &format!("DELETE FROM audit_logs WHERE number = {}", kept + 1)).await;
        assert_eq!(found(&check(&cx).await), [(Damage::Removed, Some(kept + 1))]);
    }

    async fn what_was_written_is_sealed_when_the_server_stops(cx: Services) {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = tokio::spawn(seal::run(cx.clone(), async {
            let _ = stopped.await;
        }));
        for number in 0..3 {
            fixtures::project(&cx, &format!("Project {number}")).await;
        }
        drop(stop);
        running.await.unwrap();
        assert_eq!(count(&cx.db, "audit_logs WHERE number IS NULL").await, 0);
        assert!(check(&cx).await.is_whole());
    }

    async fn the_chain_can_be_begun_again_and_says_so(cx: Services) {
        let cx = ten(&cx).await;
        execute(&cx.db, "DELETE FROM audit_logs WHERE number = 5").await;
        assert!(!check(&cx).await.is_whole());
        let console = Actor::console(cx.clock.now()).unwrap();
        assert!(seal::begin_again(&cx, &console, " ").await.is_err());
        seal::begin_again(&cx, &console, "looked into, a disk was broken").await.unwrap();
        let report = check(&cx).await;
        assert!(report.is_whole(), "{report:?}");
        assert_eq!((report.records, report.adopted), (10, 10));
        let details = texts(&cx.db, "SELECT CAST(details AS TEXT) FROM audit_logs WHERE action = 'AUDIT_CHAIN_BEGUN'").await;
        assert!(details[0].contains("looked into"), "{details:?}");
    }
}

const ALL: &str = "id, action, user_id, target_user_id, api_key_id, project_id, entity_type, entity_id, outcome, details, \
    ip, user_agent, request_id, created_at, mac, number, link";

/// Another process on the same database.
fn another(cx: &Services) -> Services {
    services(cx.db.clone())
}

/// As [`ten`], on a database that was used by it before.
async fn ten_again(cx: &Services) -> Services {
    execute(&cx.db, "DELETE FROM audit_logs").await;
    execute(&cx.db, "DELETE FROM audit_chain").await;
    execute(
        &cx.db,
        "INSERT INTO audit_chain (id, number, link, began_at, adopted, is_adopting, anchor_number, anchor_link, mac) \
         VALUES (1, 0, '', NULL, 0, FALSE, 0, '', '')",
    )
    .await;
    execute(&cx.db, "DELETE FROM project_rows").await;
    ten(&another(cx)).await
}
