//! Section 1.9 and 23.8: how often something may be asked, said in the open.

use chrono::Duration;
use serde_json::json;
use testkit::{PASSWORD, on_both_databases};

use crate::client::Answer;
use crate::site::{Caller, Site};

/// The number behind a name, such as 600 in `"key";q=600;w=60`.
fn number(answer: &Answer, header: &str, name: &str) -> Option<i64> {
    let value = answer.header(header)?;
    value.split([';', ',']).find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

#[track_caller]
fn says(answer: &Answer, quota: i64, window: i64) -> i64 {
    let policy = answer.header("ratelimit-policy").unwrap_or_else(|| panic!("no RateLimit-Policy"));
    assert!(policy.contains(&format!("q={quota}")) && policy.contains(&format!("w={window}")), "{policy}");
    let (left, reset) = (number(answer, "ratelimit", "r"), number(answer, "ratelimit", "t"));
    assert!(reset.is_some_and(|seconds| (0..=window).contains(&seconds)), "{:?}", answer.header("ratelimit"));
    left.unwrap_or_else(|| panic!("nothing left said in {:?}", answer.header("ratelimit")))
}

/// Asks until all is used up, and checks what is said on the way.
async fn use_up(site: &Site, caller: &Caller, quota: i64) {
    let mut left = quota;
    for _ in 0..quota {
        let answer = caller.get("/api/auth/me").await.expect(200);
        let now = says(&answer, quota, 60);
        assert!(now < left, "{now} left after {left}");
        left = now;
    }
    let refused = caller.get("/api/auth/me").await.refused(429);
    let seconds: i64 = refused.header("retry-after").expect("Retry-After").parse().expect("seconds");
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(says(&refused, quota, 60), 0);
    site.advance(Duration::seconds(seconds));
    caller.get("/api/auth/me").await.expect(200);
}

on_both_databases! {
    async fn a_key_asks_six_hundred_times_a_minute(site: Site) {
        let mara = site.admin().await;
        let (key, other) = (site.key(&mara, &[], None).await, site.key(&mara, &[], None).await);
        use_up(&site, &key, 600).await;
        // Each key has its own.
        assert_eq!(says(&other.get("/api/auth/me").await.expect(200), 600, 60), 599);
    }

    async fn a_person_asks_twice_as_often(site: Site) {
        let mara = site.admin().await;
        let said = says(&mara.get("/api/auth/me").await.expect(200), 1200, 60);
        assert!(said < 1200);
        // A browser and a script of one person count together.
        assert!(says(&mara.cookie().get("/api/auth/me").await.expect(200), 1200, 60) < said);
        let sam = site.staff().await;
        assert!(says(&sam.get("/api/auth/me").await.expect(200), 1200, 60) >= 1198);
    }

    async fn refusals_say_it_too(site: Site) {
        let mara = site.admin().await;
        let key = site.key(&mara, &["tags:read"], None).await;
        says(&key.get("/api/projects").await.refused(403), 600, 60);
        says(&mara.post("/api/projects", json!({})).await.refused(400), 1200, 60);
        says(&mara.get("/api/projects/cunknown").await.refused(404), 1200, 60);
    }

    async fn sign_in_says_how_many_attempts_are_left(site: Site) {
        site.admin().await;
        let wrong = json!({ "email": "mara@tidings.example", "password": "wrong" });
        let first = says(&site.stranger().post("/api/auth/login", wrong.clone()).await.refused(401), 10, 900);
        let second = says(&site.stranger().post("/api/auth/login", wrong).await.refused(401), 10, 900);
        assert_eq!(second, first - 1);
        let right = json!({ "email": "mara@tidings.example", "password": PASSWORD });
        says(&site.stranger().post("/api/auth/login", right).await.expect(200), 10, 900);
    }

    async fn readers_are_not_counted_and_a_forged_address_does_not_help(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        for _ in 0..50 {
            site.stranger().get(&format!("/api/changelog/{project}/entries")).await.expect(200);
        }
        let mut last = 0;
        for number in 0..12 {
            let call = site
                .stranger()
                .call("POST", "/api/auth/login")
                .json(&json!({ "email": format!("n{number}@tidings.example"), "password": "x" }));
            let call = call
                .header("x-forwarded-for", &format!("203.0.113.{number}"))
                .header("x-real-ip", &format!("203.0.113.{number}"));
            last = call.send().await.status;
        }
        assert_eq!(last, 429);
    }
}
