use serde_json::Value;
use testkit::{execute, on_both_databases};

use super::{Place, SIGNING_KEY, place};

/// Opens the database of a place past the program, as somebody would who wants to hide something.
async fn tamper(place: &Place, sql: &str) {
    let url = place.environment.iter().find(|(name, _)| name == "TIDINGS__DATABASE__URL").map(|(_, url)| url.clone());
    let db = match url {
        Some(url) => store::Db::open(&url, 1).await.unwrap(),
        None => store::Db::open_file(&place.path("data/tidings.db"), 1).await.unwrap(),
    };
    execute(&db, sql).await;
    db.close().await;
}

on_both_databases! {
    async fn a_log_that_somebody_changed_is_found(place: Place) {
        place.create_user("ada@example.com");
        place.create_user("bea@example.com");
        place.create_user("cal@example.com");
        let answer = place.run(&["audit", "verify"]).succeeded().says("4 records checked: everything is as it was written.");
        let head = answer.out.lines().find_map(|line| line.strip_prefix("End of the chain: ")).unwrap().to_owned();
        assert!(head.starts_with("4:") && head.len() == 66, "{head}");
        place.create_user("dan@example.com");
        place.run(&["audit", "verify", "--head", &head]).succeeded();

        tamper(&place, "UPDATE audit_logs SET ip = '192.0.2.1' WHERE number = 3").await;
        tamper(&place, "DELETE FROM audit_logs WHERE number = 4").await;
        let answer = place.run(&["audit", "verify"]).says("error: The audit log is damaged at 2 places.");
        assert_eq!(answer.code, 1);
        assert!(answer.out.contains("Record 3 was changed. Its id is "), "{}", answer.out);
        assert!(answer.out.contains("Record 4 is missing."), "{}", answer.out);
        let answer = place.run(&["audit", "verify", "--json"]);
        assert_eq!(answer.code, 1);
        let report: Value = serde_json::from_str(&answer.out).unwrap();
        assert_eq!((&report["whole"], &report["broken"], &report["records"]), (&false.into(), &2.into(), &4.into()));
        assert_eq!(report["places"][0]["damage"], "changed");
        assert_eq!(report["head"]["number"], 5);

        place.run(&["audit", "begin"]).failed(2).says("--reason");
        place.run(&["audit", "begin", "--reason", "x"]).failed(1).says("--reason: The reason needs at least 3 characters.");
        place.run(&["audit", "begin", "--reason", "Looked into"]).succeeded().says("The chain begins anew.");
        place.run(&["audit", "verify"]).succeeded().says("Records up to 5 are older");
        let answer = place.run(&["audit", "verify", "--head", &head]).says("is not the one that was noted down");
        assert_eq!(answer.code, 1);
    }

    async fn a_log_is_exported_and_says_so(place: Place) {
        place.create_user("ada@example.com");
        let csv = place.run(&["audit", "export"]).succeeded().out;
        assert!(csv.starts_with("timestamp,action,performer,"), "{csv}");
        assert!(csv.contains(",USER_REGISTERED,System,system@tidings.invalid,false,Ada Lovelace,ada@example.com,false,"), "{csv}");
        place.run(&["audit", "export", "--format", "jsonl", "--output", "log.jsonl"]).succeeded().says("bytes in log.jsonl");
        let text = std::fs::read_to_string(place.path("log.jsonl")).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let actions: Vec<&str> = lines.iter().map(|line| line["action"].as_str().unwrap()).collect();
        let mut actions = actions;
        // Two of them are of one moment.
        actions[2..].sort_unstable();
        assert_eq!(actions, ["AUDIT_EXPORTED", "AUDIT_EXPORTED", "SETUP_COMPLETED", "USER_REGISTERED"]);
        let narrowed = ["audit", "export", "--action", "user_registered", "--from", "2020-01-01", "--to", "2099-12-31"];
        assert_eq!(place.run(&narrowed).succeeded().out.lines().count(), 2);
        assert_eq!(place.run(&["audit", "export", "--user", "ada@example.com"]).succeeded().out.lines().count(), 2);
        place.run(&["audit", "export", "--user", "nobody@example.com"]).failed(1).says("--user: There is no person");
        place.run(&["audit", "verify"]).succeeded();
    }

    async fn a_new_signing_key_takes_over_from_the_former_one(place: Place) {
        place.create_user("ada@example.com");
        place.run(&["audit", "verify"]).succeeded();
        place.run(&["rekey"]).failed(1).says("`secrets.previous_signing_key`");
        // The embedded edition makes itself a new one at first need.
        let kept = place.path("data/signing_key");
        let former = match std::fs::read_to_string(&kept) {
            Ok(key) => key.trim().to_owned(),
            Err(_) => SIGNING_KEY.to_owned(),
        };
        let _ = std::fs::remove_file(kept);
        let new = "7a5b9c0d8e2f4a6b1c3d5e7f90a2b4c69f2c4e8a1b7d3f60e5a9c8b2d4f1063e";
        let place = if former == SIGNING_KEY { place.variable("TIDINGS__SECRETS__SIGNING_KEY", new) } else { place };
        assert_eq!(place.run(&["audit", "verify"]).code, 1, "the chain ends under the former key");
        let place = place.variable("TIDINGS__SECRETS__PREVIOUS_SIGNING_KEY", "short");
        place.run(&["rekey"]).failed(2).says("`secrets.previous_signing_key` is too short");
        let place = place.variable("TIDINGS__SECRETS__PREVIOUS_SIGNING_KEY", &former);
        place.run(&["rekey"]).succeeded().says("No secret was under the former key.").says("The audit log was whole (2 records)");
        place.run(&["audit", "verify"]).succeeded();
        place.run(&["rekey"]).succeeded().says("was left as it is");
    }
}

#[test]
fn what_is_not_understood_is_refused() {
    let place = place();
    place.run(&["audit", "verify", "--head", "yesterday"]).failed(2).says("NUMBER:LINK");
    place.run(&["audit", "export", "--format", "pdf"]).failed(2).says("a format is one of csv, jsonl");
    place.run(&["audit", "export", "--outcome", "well"]).failed(2).says("an outcome is one of success, denied, error");
    place.run(&["audit", "export", "--from", "yesterday"]).failed(2).says("--from: Give a day such as 2026-03-04.");
}
