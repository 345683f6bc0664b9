use chrono::Duration;
use services::limits::{Rule, Standing, client, count, kept, standing};
use services::{Limits, Services, Settings};
use testkit::{Twin, count as rows, execute, on_both_databases, services_with, settings};

/// Two instances with a limit of their own for keys.
fn pair(twin: Twin, api_key_per_min: u32) -> (Services, Services) {
    let settings = || Settings { limits: Limits { api_key_per_min, ..Limits::default() }, ..settings() };
    (services_with(twin.db, settings()), services_with(twin.other, settings()))
}

async fn key(cx: &Services, who: &str) -> Standing {
    count(cx, Rule::ApiKey, who).await.unwrap()
}

/// How many of so many requests at the same moment are allowed.
async fn burst(cx: &Services, requests: usize) -> usize {
    let tasks: Vec<_> = (0..requests)
        .map(|_| {
            let cx = cx.clone();
            tokio::spawn(async move { !key(&cx, "busy").await.is_exceeded })
        })
        .collect();
    let mut allowed = 0;
    for task in tasks {
        allowed += usize::from(task.await.unwrap());
    }
    allowed
}

on_both_databases! {
    async fn one_instance_allows_exactly_the_limit_and_says_what_is_left(twin: Twin) {
        let (cx, _) = pair(twin, 600);
        for used in 1..=600 {
            let standing = key(&cx, "build").await;
            assert!(!standing.is_exceeded, "{used}");
            // What was fetched ahead may not be known yet; it is counted as left in either case.
            assert_eq!(standing.remaining, 600 - used);
            assert_eq!((standing.allowed, standing.seconds), (600, 60));
        }
        let refused = key(&cx, "build").await;
        assert_eq!((refused.is_exceeded, refused.remaining), (true, 0));
        assert_eq!(refused.check(), Err(model::Error::SlowDown { seconds: 60 }));
        assert!(!key(&cx, "deploy").await.is_exceeded, "another key has a limit of its own");
        assert!(rows(&cx.db, "rate_limits").await == 2, "one row for each key, whatever the number of requests");
        cx.clock.advance(Duration::milliseconds(59_001));
        assert_eq!(key(&cx, "build").await.seconds, 1);
        cx.clock.advance(Duration::milliseconds(999));
        let fresh = key(&cx, "build").await;
        assert_eq!((fresh.is_exceeded, fresh.remaining, fresh.seconds), (false, 599, 60));
    }

    async fn a_request_rarely_waits_for_the_database(twin: Twin) {
        let (cx, other) = pair(twin, 600);
        for _ in 0..30 {
            key(&cx, "build").await;
        }
        // The share of thirty is used up, but the next one was fetched when it ran low.
        while testkit::texts(&cx.db, "SELECT bucket FROM rate_limits WHERE attempts = 60").await.is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(key(&other, "build").await.remaining, 600 - 60 - 30 + 29);
    }

    async fn two_instances_together_never_allow_more_than_the_limit(twin: Twin) {
        for limit in [1_u32, 7, 100, 600] {
            let (one, two) = pair(Twin { db: twin.db.clone(), other: twin.other.clone() }, limit);
            let who = format!("limit of {limit}");
            let mut allowed = 0;
            for request in 0..2 * limit {
                let cx = if request % 3 == 0 { &one } else { &two };
                allowed += u32::from(!key(cx, &who).await.is_exceeded);
            }
            assert_eq!(allowed, limit, "both were asked until both refused");
            // Nobody comes back to what the other instance holds: the worst case.
            let who = format!("worst case of {limit}");
            key(&one, &who).await;
            let mut allowed = 1;
            while !key(&two, &who).await.is_exceeded {
                allowed += 1;
            }
            let share = (limit / 20).max(1);
            assert!(allowed <= limit && allowed >= limit - (share + share / 4), "{allowed} of {limit}");
        }
    }

    async fn a_burst_of_requests_at_the_same_moment_is_counted_one_by_one(twin: Twin) {
        let (one, two) = pair(twin, 100);
        let (a, b) = tokio::join!(burst(&one, 150), burst(&two, 150));
        assert_eq!(a + b, 100);
    }

    async fn zero_is_no_limit(twin: Twin) {
        let (cx, _) = pair(twin, 0);
        for _ in 0..50 {
            assert_eq!(count(&cx, Rule::ApiKey, "build").await, None);
        }
        assert_eq!(standing(&cx, Rule::ApiKey, "build"), None);
        assert_eq!((kept(&cx), rows(&cx.db, "rate_limits").await), (0, 0));
    }

    async fn nothing_is_kept_of_windows_that_have_ended(twin: Twin) {
        let (cx, _) = pair(twin, 600);
        for number in 0..100 {
            key(&cx, &format!("key {number}")).await;
        }
        count(&cx, Rule::Login, "198.51.100.7").await;
        assert_eq!((kept(&cx), rows(&cx.db, "rate_limits").await), (101, 101));
        cx.clock.advance(Duration::minutes(2));
        key(&cx, "the next one").await;
        assert_eq!((kept(&cx), rows(&cx.db, "rate_limits").await), (2, 2), "that of the sign-in still runs");
    }

    async fn the_database_does_not_tell_whose_buckets_they_are(twin: Twin) {
        let (cx, _) = pair(twin, 600);
        count(&cx, Rule::Views, "198.51.100.7").await;
        let first = testkit::texts(&cx.db, "SELECT bucket FROM rate_limits").await;
        cx.clock.advance(Duration::minutes(2));
        count(&cx, Rule::Views, "198.51.100.7").await;
        let second = testkit::texts(&cx.db, "SELECT bucket FROM rate_limits").await;
        assert_eq!((first.len(), second.len()), (1, 1));
        assert!(!first[0].contains("198.51") && first != second, "{first:?} {second:?}");
    }

    async fn while_the_database_cannot_count_an_instance_counts_alone(twin: Twin) {
        let (cx, other) = pair(twin, 40);
        for _ in 0..5 {
            key(&cx, "build").await;
        }
        execute(&cx.db, "ALTER TABLE rate_limits RENAME TO elsewhere").await;
        for used in 6..=40 {
            assert!(!key(&cx, "build").await.is_exceeded, "{used}");
        }
        assert!(key(&cx, "build").await.is_exceeded);
        assert_eq!(key(&other, "build").await.remaining, 39);
        execute(&cx.db, "ALTER TABLE elsewhere RENAME TO rate_limits").await;
        cx.clock.advance(Duration::minutes(1));
        assert_eq!(key(&cx, "build").await.remaining, 39);
        assert!(rows(&cx.db, "rate_limits").await > 0, "from the next window on it counts together again");
    }
}

#[test]
fn a_network_that_a_provider_gives_to_one_customer_counts_as_one() {
    for (address, expected) in [
        (Some("198.51.100.7"), "198.51.100.7"),
        (Some("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64"),
        (Some("2001:db8:1:2::1"), "2001:db8:1:2::/64"),
        (Some("nonsense"), "nonsense"),
        (None, "unknown"),
    ] {
        assert_eq!(client(address), expected);
    }
}
