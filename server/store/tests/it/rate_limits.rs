use store::Db;
use store::rate_limits::{self, Lease};
use testkit::on_both_databases;

use crate::values::at;

async fn take(db: &Db, bucket: &str, count: u32, window: i64) -> i64 {
    let leases = [Lease { bucket: bucket.to_owned(), count }];
    write!(db, rate_limits::take, &leases, at(window), at(window + 900)).unwrap()[bucket]
}

on_both_databases! {
    async fn shares_add_up_by_bucket_and_window(db: Db) {
        assert_eq!(take(&db, "login", 1, 0).await, 1);
        assert_eq!(take(&db, "login", 30, 0).await, 31);
        assert_eq!(take(&db, "login", 5, 900).await, 5);
        assert_eq!(take(&db, "setup", 1, 0).await, 1);
        let both = ["setup", "login", "new"].map(|bucket| Lease { bucket: bucket.to_owned(), count: 2 });
        let taken = write!(db, rate_limits::take, &both, at(0), at(900)).unwrap();
        assert_eq!((taken["login"], taken["setup"], taken["new"]), (33, 3, 2));
        assert_eq!(write!(db, rate_limits::take, &[], at(0), at(900)).unwrap().len(), 0);
    }

    async fn shares_taken_at_the_same_moment_are_all_counted(db: Db) {
        let mut numbers = Vec::new();
        for _ in 0..5 {
            let (a, b, c, d) =
                tokio::join!(take(&db, "x", 1, 0), take(&db, "x", 1, 0), take(&db, "x", 1, 0), take(&db, "x", 1, 0));
            numbers.extend([a, b, c, d]);
        }
        numbers.sort();
        assert_eq!(numbers, (1..=20).collect::<Vec<i64>>());
    }

    async fn windows_that_have_ended_are_forgotten(db: Db) {
        take(&db, "login", 1, 0).await;
        take(&db, "login", 1, 900).await;
        write!(db, rate_limits::purge, at(900)).unwrap();
        assert_eq!(take(&db, "login", 1, 0).await, 1);
        assert_eq!(take(&db, "login", 1, 900).await, 2);
    }
}
