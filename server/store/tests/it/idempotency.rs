use store::Db;
use store::idempotency::{self, Claim};
use testkit::on_both_databases;

use crate::values::at;

fn wanted(claim: &str, now: i64) -> Claim {
    Claim {
        id: "request".to_owned(),
        fingerprint: format!("body of {claim}"),
        claim: claim.to_owned(),
        until: at(now + 60),
        expires_at: at(now + 86_400),
    }
}

async fn claim(db: &Db, name: &str, now: i64) -> bool {
    write!(db, idempotency::claim, &wanted(name, now), at(now)).unwrap()
}

on_both_databases! {
    async fn of_many_who_claim_at_the_same_moment_one_succeeds(db: Db) {
        let (a, b, c, d) = tokio::join!(claim(&db, "a", 0), claim(&db, "b", 0), claim(&db, "c", 0), claim(&db, "d", 0));
        assert_eq!([a, b, c, d].iter().filter(|&&won| won).count(), 1);
    }

    async fn an_answer_is_kept_until_it_expires(db: Db) {
        assert!(claim(&db, "a", 0).await);
        let running = read!(db, idempotency::find, "request").unwrap();
        assert_eq!((running.status, running.answer), (None, None));
        assert!(write!(db, idempotency::keep, "request", "a", 201, Some(&b"sealed"[..])).unwrap());
        let known = read!(db, idempotency::find, "request").unwrap();
        assert_eq!((known.fingerprint.as_str(), known.status), ("body of a", Some(201)));
        assert_eq!(known.answer.as_deref(), Some(&b"sealed"[..]));
        assert!(!claim(&db, "b", 86_399).await, "what has an answer is not claimed again");
        assert!(claim(&db, "b", 86_400).await);
        assert_eq!(read!(db, idempotency::find, "request").unwrap().answer, None, "nothing of the old answer is left");
        write!(db, idempotency::purge, at(200_000)).unwrap();
        assert_eq!(read!(db, idempotency::find, "request"), None);
    }

    async fn an_attempt_that_never_ends_is_given_up_and_cannot_answer_for_the_next_one(db: Db) {
        assert!(claim(&db, "a", 0).await);
        assert!(!claim(&db, "b", 59).await);
        assert!(claim(&db, "b", 60).await);
        assert!(!write!(db, idempotency::keep, "request", "a", 201, None).unwrap());
        write!(db, idempotency::release, "request", "a").unwrap();
        assert!(!claim(&db, "c", 61).await, "the late one does not free what is not its own");
        write!(db, idempotency::release, "request", "b").unwrap();
        assert!(claim(&db, "c", 61).await);
    }
}
