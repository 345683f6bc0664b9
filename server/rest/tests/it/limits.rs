use chrono::Duration;
use http::Method;
use serde_json::{Value, json};
use services::{Limits, Settings};
use store::Db;
use testkit::{Answer, Person, fixtures, on_both_databases, services_with, settings};

use crate::app::App;

/// An instance whose limits are small enough to be reached.
fn strict(db: Db) -> App {
    let limits =
        Limits { api_key_per_min: 5, person_per_min: 4, search_per_min: 3, views_per_min: 2, ..Limits::default() };
    App::on(services_with(db, Settings { limits, ..settings() }))
}

/// Policy and state, as they were told.
fn told(answer: &Answer) -> (Option<&str>, Option<&str>) {
    (answer.header("ratelimit-policy"), answer.header("ratelimit"))
}

#[track_caller]
fn check_refused(answer: &Answer, seconds: &str) {
    assert_eq!(answer.status(), 429, "{}", answer.text());
    assert_eq!(answer.header("retry-after"), Some(seconds));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    assert!(answer.header("x-request-id").is_some());
    let problem = answer.json();
    assert_eq!((&problem["code"], &problem["status"]), (&json!("slow_down"), &json!(429)));
    assert!(problem["error"].as_str().unwrap().contains(seconds), "{problem}");
}

async fn track(person: &Person) -> Answer {
    person.post("/api/analytics/track", json!({ "projectId": "unknown" })).await
}

on_both_databases! {
    async fn every_answer_to_a_key_says_where_it_stands(db: Db) {
        let app = App::on(testkit::services(db));
        let owner = app.owner("Mara").await;
        let key = app.key(&owner, &[], None).await;
        let bound = fixtures::project(&app.services, "Other").await;
        let stranger = app.key(&owner, &[], Some(&bound.id)).await;
        for (number, (method, path, status)) in [
            (Method::GET, "/api/projects", 200),
            (Method::GET, "/api/projects/", 200),
            (Method::HEAD, "/api/projects", 200),
            (Method::GET, "/api/projects/unknown", 404),
            (Method::POST, "/api/projects", 400),
            (Method::GET, "/api/auth/me", 200),
        ].into_iter().enumerate() {
            let answer = key.call(method, path).send().await.expect(status);
            let state = format!("\"key\";r={};t=60", 599 - number);
            assert_eq!(told(&answer), (Some("\"key\";q=600;w=60"), Some(state.as_str())), "{path}");
        }
        app.advance(Duration::milliseconds(18_001));
        let refused = stranger.get("/api/projects/unknown").await.expect(403);
        assert_eq!(told(&refused), (Some("\"key\";q=600;w=60"), Some("\"key\";r=599;t=42")));
        assert!(refused.header("access-control-expose-headers").unwrap().contains("RateLimit, RateLimit-Policy"));
    }

    async fn a_key_that_asks_too_often_is_told_when_to_come_back(db: Db) {
        let app = strict(db);
        let owner = app.owner("Mara").await;
        let (key, other) = (app.key(&owner, &[], None).await, app.key(&owner, &[], None).await);
        for left in (0..5).rev() {
            let answer = key.get("/api/projects").await.expect(200);
            assert_eq!(told(&answer).1, Some(format!("\"key\";r={left};t=60").as_str()));
        }
        app.advance(Duration::seconds(18));
        let refused = key.post("/api/projects", json!({ "name": "One too many" })).await;
        check_refused(&refused, "42");
        assert_eq!(told(&refused), (Some("\"key\";q=5;w=60"), Some("\"key\";r=0;t=42")));
        assert_eq!(refused.header("access-control-allow-origin"), Some("*"));
        other.get("/api/projects").await.expect(200);
        app.advance(Duration::seconds(42));
        assert_eq!(key.get("/api/projects").await.expect(200).json(), json!([]), "nothing was made");
    }

    async fn a_person_has_one_limit_for_all_ways_to_sign_in(db: Db) {
        let app = strict(db);
        let owner = app.owner("Mara").await;
        let (token, cookie) = (owner.clone(), owner.by_cookie());
        for person in [&token, &cookie, &token, &cookie] {
            person.get("/api/auth/me").await.expect(200);
        }
        for person in [&token, &cookie] {
            let refused = person.get("/api/auth/me").await;
            check_refused(&refused, "60");
            assert_eq!(told(&refused), (Some("\"person\";q=4;w=60"), Some("\"person\";r=0;t=60")));
        }
    }

    async fn searches_are_counted_by_address_and_project_and_other_lists_are_not(db: Db) {
        let app = strict(db);
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let other = fixtures::public_project(&app.services, "Other").await;
        let reader = app.stranger();
        let search = |slash: &str| format!("/api/changelog/{}/entries{slash}?search=dark", project.slug);
        for left in (0..3).rev() {
            let path = search(if left == 1 { "/" } else { "" });
            let answer = reader.get(&path).await.expect(200);
            let state = format!("\"search\";r={left};t=60");
            assert_eq!(told(&answer), (Some("\"search\";q=3;w=60"), Some(state.as_str())));
        }
        check_refused(&reader.get(&search("/all")).await, "60");
        for path in ["", "?search=", "?limit=1"] {
            let free = reader.get(&format!("/api/changelog/{}/entries{path}", project.slug)).await.expect(200);
            assert_eq!(told(&free), (None, None));
        }
        reader.get(&format!("/api/changelog/{}/entries?search=dark", other.slug)).await.expect(200);
        app.stranger().get(&search("")).await.expect(200);
    }

    async fn reported_views_are_counted_by_address(db: Db) {
        let app = strict(db);
        let (one, two) = (app.stranger(), app.stranger());
        assert_eq!(told(&track(&one).await.expect(200)).1, Some("\"views\";r=1;t=60"));
        track(&one).await.expect(200);
        check_refused(&track(&one).await, "60");
        track(&two).await.expect(200);
        let call = |address: &str| {
            let call = one.call(Method::POST, "/api/analytics/track").json(&json!({ "projectId": "x" }));
            call.from_address(address.parse().unwrap()).send()
        };
        call("2001:db8::1").await.expect(200);
        call("2001:db8::2").await.expect(200);
        check_refused(&call("2001:db8::3").await, "60");
    }

    async fn signing_in_and_renewing_say_where_one_stands(db: Db) {
        let app = App::on(testkit::services(db));
        let owner = app.owner("Mara").await;
        let stranger = app.stranger();
        let body = json!({ "email": owner.user().email, "password": "wrong" });
        for left in (0..10).rev() {
            let answer = stranger.post("/api/auth/login", body.clone()).await.expect(401);
            assert_eq!(told(&answer), (Some("\"login\";q=10;w=900"), Some(format!("\"login\";r={left};t=900").as_str())));
        }
        check_refused(&stranger.post("/api/auth/login", body).await, "900");
        for left in (0..20).rev() {
            let answer = stranger.post("/api/auth/refresh", json!({ "refreshToken": "unknown" })).await.expect(401);
            assert_eq!(told(&answer), (Some("\"refresh\";q=20;w=900"), Some(format!("\"refresh\";r={left};t=900").as_str())));
        }
        check_refused(&stranger.post("/api/auth/refresh", json!({})).await, "900");
    }

    async fn what_is_not_limited_says_nothing_of_limits(db: Db) {
        let limits = Limits { api_key_per_min: 0, ..Limits::default() };
        let app = App::on(services_with(db, Settings { limits, ..settings() }));
        let owner = app.owner("Mara").await;
        let key = app.key(&owner, &[], None).await;
        for answer in [
            key.get("/api/projects").await.expect(200),
            app.stranger().get("/api/projects").await.expect(401),
            app.stranger().get("/api/health").await.expect(200),
            owner.get("/api/nothing").await.expect(404),
            owner.put("/api/projects", Value::Null).await.expect(405),
        ] {
            assert_eq!(told(&answer), (None, None), "{}", answer.text());
        }
    }

    async fn requests_at_the_same_moment_are_counted_one_by_one(db: Db) {
        let app = strict(db);
        let owner = app.owner("Mara").await;
        let key = app.key(&owner, &[], None).await;
        let tasks: Vec<_> = (0..20).map(|_| {
            let key = key.clone();
            tokio::spawn(async move { key.get("/api/projects").await.status() })
        }).collect();
        let mut statuses = Vec::new();
        for task in tasks {
            statuses.push(task.await.unwrap());
        }
        statuses.sort();
        assert_eq!(statuses, [[200; 5].as_slice(), &[429; 15]].concat());
    }
}
