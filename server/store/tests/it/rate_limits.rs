use store::{Db, rate_limits};
use testkit::on_both_databases;

use crate::values::at;

async fn count(db: &Db, bucket: &str, window: i64) -> i64 {
    write!(db, rate_limits::count, bucket, at(window)).unwrap()
}

on_both_databases! {
    async fn attempts_are_counted_by_bucket_and_window(db: Db) {
        assert_eq!(count(&db, "login", 0).await, 1);
        assert_eq!(count(&db, "login", 0).await, 2);
        assert_eq!(count(&db, "login", 900).await, 1);
        assert_eq!(count(&db, "setup", 0).await, 1);
        assert_eq!(count(&db, "login", 0).await, 3);
    }

    async fn attempts_at_the_same_moment_are_all_counted(db: Db) {
        let mut numbers = Vec::new();
        for _ in 0..5 {
            let (a, b, c, d) =
                tokio::join!(count(&db, "x", 0), count(&db, "x", 0), count(&db, "x", 0), count(&db, "x", 0));
            numbers.extend([a, b, c, d]);
        }
        numbers.sort();
        assert_eq!(numbers, (1..=20).collect::<Vec<i64>>());
    }

    async fn old_windows_are_forgotten(db: Db) {
        count(&db, "login", 0).await;
        count(&db, "login", 900).await;
        write!(db, rate_limits::purge, at(900)).unwrap();
        assert_eq!(count(&db, "login", 0).await, 1);
        assert_eq!(count(&db, "login", 900).await, 2);
    }
}
