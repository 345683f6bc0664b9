//! The page of the audit log as a browser without scripts meets it.

use axum::http::Method;
use chrono::Duration;
use model::time::from_wire;
use serde_json::json;
use store::Db;
use testkit::{Person, TestApp, execute, fixtures, on_both_databases};

const PATH: &str = "/dashboard/admin/audit";

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

/// The page as text, asked for by a browser.
async fn page(person: &Person, query: &str) -> String {
    let call = person.call(Method::GET, &format!("{PATH}{query}")).header("accept", "text/html");
    call.send().await.expect(200).text().to_owned()
}

/// How many records a page lists.
fn rows(page: &str) -> usize {
    page.matches("class=\"audit-record\"").count()
}

on_both_databases! {
    async fn records_are_filtered_turned_and_opened_without_scripts(db: Db) {
        let app = app(db);
        let owner = app.owner("Mara").await.by_cookie();
        for number in 0..60 {
            app.advance(Duration::seconds(1));
            fixtures::project(&app.services, &format!("Project {number}")).await;
        }
        let first = page(&owner, "?action=CREATE_PROJECT").await;
        assert_eq!(rows(&first), 50);
        let older = first.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|href| href.contains("after="));
        let older = older.unwrap().replace("&amp;", "&");
        assert!(older.contains("action=CREATE_PROJECT"), "filters stay: {older}");
        assert_eq!(rows(&page(&owner, older.strip_prefix(PATH).unwrap()).await), 10);
        assert_eq!(rows(&page(&owner, "?q=mara").await), 1);
        assert_eq!(rows(&page(&owner, "?actor=MARA%40tidings.example").await), 1);
        assert!(page(&owner, "?outcome=error").await.contains("No record matches these filters."));
        let wrong = page(&owner, "?actor=nobody%40example.com&from=yesterday").await;
        assert!(wrong.contains("Nobody here has the address nobody@example.com."), "{wrong}");
        assert!(wrong.contains("Give a day such as 2026-03-04.") && wrong.contains("value=\"nobody@example.com\""));

        let marker = format!("{PATH}/");
        let record = first.split(&marker).nth(1).unwrap().split(['"', '?']).next().unwrap().to_owned();
        let one = page(&owner, &format!("/{record}?action=CREATE_PROJECT")).await;
        assert!(one.contains("Project 59") && one.contains("Not sealed yet"), "{one}");
        assert!(one.contains(&format!("{PATH}?action=CREATE_PROJECT")), "the way back keeps the filters");
        let nothing = owner.call(Method::GET, &format!("{PATH}/cnothing")).header("accept", "text/html").send().await;
        assert!(nothing.text().contains("There is nothing here."));

        let check = owner.call(Method::POST, "/rpc/audit/check").header("accept", "text/html");
        let check = check.header("content-type", "application/x-www-form-urlencoded").send().await;
        assert_eq!((check.status(), check.header("location")), (302, Some(PATH)));
        assert!(page(&owner, "").await.contains("Complete up to record 61"));
        execute(app.db(), "UPDATE audit_logs SET action = 'DELETE_PROJECT' WHERE number = 30").await;
        let again = owner.call(Method::POST, "/rpc/audit/check").header("accept", "text/html");
        again.header("content-type", "application/x-www-form-urlencoded").send().await;
        let damaged = page(&owner, "").await;
        assert!(damaged.contains("found the log damaged at one place") && damaged.contains("Record 30 was changed."));
    }

    async fn a_day_is_one_of_the_zone_that_is_set(db: Db) {
        let app = app(db);
        let owner = app.owner("Mara").await.by_cookie();
        owner.patch("/api/admin/config", json!({ "timezone": "Asia/Tokyo" })).await.expect(200);
        // Already the next day there.
        app.advance(from_wire("2026-03-04T15:00:00Z").unwrap() - app.services.clock.now());
        fixtures::project(&app.services, "Atuin").await;
        let day = page(&owner, "?from=2026-03-05&to=2026-03-05").await;
        assert_eq!(rows(&day), 1);
        assert!(day.contains("5 Mar 2026, 00:00:00") && day.contains("Times in Asia/Tokyo."), "{day}");
        assert!(day.contains("from=2026-03-04T15%3A00%3A00.000Z&amp;to=2026-03-05T14%3A59%3A59.999Z"), "{day}");
        assert_eq!(rows(&page(&owner, "?to=2026-03-04").await), 2, "signed in, and set the zone");
    }

    async fn staff_read_nothing_of_it(db: Db) {
        let app = app(db);
        let owner = app.owner("Mara").await;
        let staff = app.staff("Sam").await.by_cookie();
        for path in ["", "/cnothing"] {
            let page = page(&staff, path).await;
            assert!(page.contains("This page is for administrators."), "{page}");
            assert!(!page.contains("LOGIN_SUCCESS") && !page.contains(owner.user().email.as_str()), "{page}");
        }
    }
}
