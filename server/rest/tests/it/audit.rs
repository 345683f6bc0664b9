use chrono::Duration;
use http::Method;
use model::Scope;
use serde_json::{Value, json};
use store::audit::FormerUser;
use testkit::{Person, execute, fixtures, on_both_databases};

use crate::app::App;

const PATH: &str = "/api/admin/audit-logs";

/// An administrator, and a log of seven records: two sign-ins and five projects.
async fn seven(app: &App) -> Person {
    let owner = app.owner("Mara").await;
    app.advance(Duration::seconds(1));
    app.staff("Sam").await;
    for number in 0..5 {
        app.advance(Duration::seconds(1));
        fixtures::project(&app.services, &format!("Project {number}")).await;
    }
    owner
}

fn column(answer: &Value, name: &str) -> Vec<String> {
    answer["logs"].as_array().unwrap().iter().map(|log| log[name].as_str().unwrap_or("null").to_owned()).collect()
}

on_both_databases! {
    async fn a_page_has_the_shape_that_clients_know(app: App) {
        let owner = seven(&app).await;
        let answer = owner.get(&format!("{PATH}?page=2&pageSize=3")).await.expect(200).json();
        let figures = json!({ "total": 7, "pages": 3, "nextCursor": null, "hasMore": true, "currentCount": 3 });
        for (name, value) in figures.as_object().unwrap() {
            assert_eq!(&answer[name], value, "{name}");
        }
        assert_eq!(column(&answer, "action"), ["CREATE_PROJECT", "CREATE_PROJECT", "LOGIN_SUCCESS"]);
        let log = &answer["logs"][2];
        assert_eq!(log["createdAt"], "2026-03-04T09:30:01.000Z");
        assert_eq!(log["user"], json!({ "name": "Sam", "email": "sam@tidings.example" }));
        assert_eq!(log["performer"], json!({ "name": "Sam", "email": "sam@tidings.example", "isDeleted": false }));
        assert_eq!((&log["performer_email"], &log["target"], &log["target_email"], &log["targetUser"], &log["targetUserId"]),
            (&json!("sam@tidings.example"), &Value::Null, &Value::Null, &Value::Null, &Value::Null));
        assert!(log["details"].is_object());
        assert_eq!(log["outcome"], "success");

        let first = owner.get(PATH).await.expect(200).json();
        assert_eq!((&first["currentCount"], &first["hasMore"], &first["pages"]), (&json!(7), &json!(false), &json!(1)));
        let none = owner.get(&format!("{PATH}?page=99")).await.expect(200).json();
        assert_eq!((&none["logs"], &none["total"], &none["hasMore"]), (&json!([]), &json!(7), &json!(false)));
        let clamped = owner.get(&format!("{PATH}?page=0&pageSize=9999")).await.expect(200).json();
        assert_eq!(clamped["currentCount"], 7);
    }

    async fn parts_follow_each_other_with_the_filters_kept(app: App) {
        let owner = seven(&app).await;
        let mut cursor = String::new();
        let mut names = Vec::new();
        for part in 0..3 {
            let path = format!("{PATH}?useChunking=true&chunkSize=2&action=CREATE_PROJECT{cursor}");
            let answer = owner.get(&path).await.expect(200).json();
            assert_eq!(answer["total"], 5);
            names.extend(answer["logs"].as_array().unwrap().iter().map(|log| log["details"]["name"].to_string()));
            assert_eq!(answer["hasMore"], part < 2);
            match answer["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => assert_eq!(part, 2),
            }
        }
        let wanted: Vec<_> = (0..5).rev().map(|number| format!("\"Project {number}\"")).collect();
        assert_eq!(names, wanted);
        let wrong = owner.get(&format!("{PATH}?useChunking=true&cursor=elsewhere")).await.expect(400).json();
        assert_eq!(wrong["fields"][0]["field"], "cursor");
    }

    async fn filters_narrow_what_is_told(app: App) {
        let owner = seven(&app).await;
        let count = async |query: &str| owner.get(&format!("{PATH}?{query}")).await.expect(200).json()["total"].as_i64();
        assert_eq!(count("action=LOGIN_SUCCESS").await, Some(2));
        assert_eq!(count("action=NOTHING").await, Some(0));
        assert_eq!(count(&format!("userId={}", owner.id())).await, Some(1));
        assert_eq!(count("userId=system").await, Some(5));
        assert_eq!(count(&format!("targetId={}", owner.id())).await, Some(0));
        assert_eq!(count("search=SAM").await, Some(1));
        assert_eq!(count("search=create").await, Some(5));
        assert_eq!(count("from=2026-03-04&to=2026-03-04").await, Some(7), "a plain date is a whole day");
        assert_eq!(count("to=2026-03-03").await, Some(0));
        assert_eq!(count("from=2026-03-04T09:30:05.000Z").await, Some(2));
        assert_eq!(count("outcome=denied").await, Some(0));
        let project = owner.get("/api/projects").await.json();
        let project = project["projects"][0]["id"].as_str().or(project[0]["id"].as_str()).unwrap().to_owned();
        assert_eq!(count(&format!("projectId={project}")).await, Some(1));
        let wrong = owner.get(&format!("{PATH}?from=yesterday&outcome=well&userId=a%20b&format=pdf&export=true")).await;
        let fields: Vec<_> =
            wrong.expect(400).json()["fields"].as_array().unwrap().iter().map(|f| f["field"].clone()).collect();
        assert_eq!(fields, ["format", "outcome", "userId", "from"]);
    }

    async fn actions_are_counted(app: App) {
        let owner = seven(&app).await;
        let answer = owner.get(&format!("{PATH}/actions")).await.expect(200).json();
        assert_eq!(answer, json!({ "actions": [
            { "action": "CREATE_PROJECT", "count": 5 }, { "action": "LOGIN_SUCCESS", "count": 2 }
        ] }));
    }

    async fn the_log_comes_as_a_file(app: App) {
        let owner = seven(&app).await;
        let head = owner.call(Method::HEAD, &format!("{PATH}?export=true")).send().await.expect(200);
        let answer = owner.get(&format!("{PATH}?export=true&action=LOGIN_SUCCESS")).await.expect(200);
        for (name, value) in [
            ("content-type", "text/csv; charset=utf-8"),
            ("content-disposition", "attachment; filename=\"audit-logs-2026-03-04.csv\""),
            ("cache-control", "private, no-store"),
        ] {
            assert_eq!((answer.header(name), head.header(name)), (Some(value), Some(value)));
        }
        assert_eq!(
            answer.text(),
            "timestamp,action,performer,performer_email,performer_deleted,target,target_email,target_deleted,details\r\n\
             2026-03-04T09:30:01.000Z,LOGIN_SUCCESS,Sam,sam@tidings.example,false,,,,{}\r\n\
             2026-03-04T09:30:00.000Z,LOGIN_SUCCESS,Mara,mara@tidings.example,false,,,,{}\r\n"
        );
        app.advance(Duration::seconds(1));
        let lines = owner.get(&format!("{PATH}?export=true&format=jsonl")).await.expect(200);
        assert_eq!(lines.header("content-type"), Some("application/jsonl; charset=utf-8"));
        let told: Value = serde_json::from_str(lines.text().lines().next().unwrap()).unwrap();
        assert_eq!((&told["action"], &told["details"]["format"]), (&json!("AUDIT_EXPORTED"), &json!("jsonl")));
        let exports = owner.get(&format!("{PATH}?action=AUDIT_EXPORTED")).await.expect(200).json();
        assert_eq!(exports["total"], 2, "HEAD exports nothing");
        assert_eq!(exports["logs"][1]["details"]["filter"]["action"], "LOGIN_SUCCESS");
    }

    async fn somebody_who_was_deleted_keeps_a_name(app: App) {
        let owner = app.owner("Mara").await;
        let gone = app.staff("Gustav").await;
        let former = FormerUser {
            id: gone.id(), email: &gone.user().email, name: Some("Gustav"), role: gone.user().role,
            deleted_at: app.services.clock.now(), deleted_by: Some(owner.id()),
        };
        let mut tx = app.db().begin().await.unwrap();
        store::audit::keep_former_user(tx.conn(), &former).await.unwrap();
        tx.commit().await.unwrap();
        execute(app.db(), &format!("DELETE FROM users WHERE id = '{}'", gone.id())).await;
        let answer = owner.get(&format!("{PATH}?userId={}", gone.id())).await.expect(200).json();
        let log = &answer["logs"][0];
        assert_eq!(log["user"], Value::Null);
        assert_eq!(log["userId"], gone.id().as_str());
        assert_eq!(log["performer"], json!({ "name": "Gustav", "email": "gustav@tidings.example", "isDeleted": true }));
        let file = owner.get(&format!("{PATH}?export=true&search=gustav")).await.expect(200);
        assert!(file.text().contains("LOGIN_SUCCESS,Gustav,gustav@tidings.example,true,"), "{}", file.text());
    }

    async fn only_an_administrators_key_for_everything_reads_the_log(app: App) {
        let owner = app.owner("Mara").await;
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Atuin").await;
        app.key(&owner, Scope::ALL, None).await.get(PATH).await.expect(200);
        for person in [
            staff.clone(),
            app.viewer("Vera").await,
            app.key(&staff, Scope::ALL, None).await,
            app.key(&owner, Scope::ALL, Some(&project.id)).await,
            app.key(&owner, &[Scope::ChangelogRead], None).await,
        ] {
            person.get(PATH).await.expect(403);
            person.get(&format!("{PATH}/actions")).await.expect(403);
            person.get(&format!("{PATH}?export=true")).await.expect(403);
        }
        app.stranger().get(PATH).await.expect(401);
    }

    async fn who_was_not_let_is_in_the_log_with_the_name_of_the_request(app: App) {
        let owner = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        let refused = sam.get(PATH).await.expect(403);
        sam.get(PATH).await.expect(403);
        sam.get("/api/projects/unknown").await.expect(404);
        let answer = owner.get(&format!("{PATH}?action=UNAUTHORIZED_ACCESS_ATTEMPT")).await.expect(200).json();
        assert_eq!(answer["total"], 1, "many of one kind are told once");
        let log = &answer["logs"][0];
        assert_eq!(log["requestId"].as_str(), refused.header("x-request-id"));
        assert_eq!((&log["outcome"], &log["userId"]), (&json!("denied"), &json!(sam.id())));
        assert_eq!(log["details"], json!({ "reason": "forbidden", "needs": "read_audit_log", "at": "GET /api/admin/audit-logs" }));
    }

    async fn a_version_that_is_taken_is_recorded_with_the_entry_that_has_it(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Atuin").await;
        let path = format!("/api/projects/{}/changelog", project.id);
        let new = json!({ "title": "One", "content": "x", "version": "1.0.0" });
        let first = owner.post(&path, new.clone()).await.expect(201).json();
        owner.post(&path, new.clone()).await.expect(409);
        owner.post(&path, new).await.expect(409);
        let answer = owner.get(&format!("{PATH}?action=CHANGELOG_VERSION_CONFLICT")).await.expect(200).json();
        assert_eq!(answer["total"], 1);
        let log = &answer["logs"][0];
        assert_eq!((&log["entityId"], &log["projectId"]), (&first["id"], &json!(project.id)));
        assert_eq!(log["details"], json!({ "version": "1.0.0", "title": "One" }));
        assert_eq!(log["outcome"], "denied");
        let staff = app.viewer("Vera").await;
        staff.post(&path, json!({ "title": "Two", "content": "x" })).await.expect(403);
        let answer = owner.get(&format!("{PATH}?action=CHANGELOG_ENTRY_PERMISSION_DENIED")).await.expect(200).json();
        assert_eq!(answer["logs"][0]["projectId"], json!(project.id));
    }
}
