use chrono::Duration;
use model::{Error, Role};
use services::{Services, setup, sign_in, users};
use testkit::{PASSWORD, count, fixtures, on_both_databases};

use crate::help::{browser, in_order, log};

/// The token of a fresh set-up link.
async fn token(cx: &Services) -> String {
    let link = setup::issue_link(cx).await.unwrap().expect("the instance is not set up");
    link.strip_prefix("http://tidings.example/setup?token=").expect("an address of this instance").to_owned()
}

async fn complete(cx: &Services, token: &str, email: &str) -> model::Result<sign_in::SignedIn> {
    setup::complete(cx, token, "Mara Lind", email, PASSWORD, &browser("192.0.2.1")).await
}

/// People, not counting the built-in actor.
async fn people(cx: &Services) -> i64 {
    count(&cx.db, "users WHERE id <> 'system'").await
}

on_both_databases! {
    async fn the_link_makes_one_administrator_who_is_signed_in(cx: Services) {
        let cx = in_order(&cx);
        let first = token(&cx).await;
        let second = token(&cx).await;
        assert!(setup::accepts(&cx, &first).await.unwrap() && setup::accepts(&cx, &second).await.unwrap());
        assert!(!setup::is_complete(&cx).await.unwrap());

        let mara = complete(&cx, &format!(" {first}\n"), "Mara@Example.com").await.unwrap();

        assert_eq!((mara.user.email.as_str(), mara.user.role), ("mara@example.com", Role::Admin));
        assert!(setup::is_complete(&cx).await.unwrap());
        assert_eq!(setup::issue_link(&cx).await.unwrap(), None);
        assert!(!setup::accepts(&cx, &second).await.unwrap(), "no link is good any more");
        assert!(matches!(complete(&cx, &second, "eve@example.com").await, Err(Error::Conflict { .. })));
        assert_eq!(people(&cx).await, 1);
        let again = sign_in::with_password(&cx, "mara@example.com", PASSWORD, &browser("192.0.2.1")).await.unwrap().completed().unwrap();
        assert_eq!(again.user.id, mara.user.id);
        let actions: Vec<_> = log(&cx).await.into_iter().map(|record| record.action).collect();
        assert_eq!(actions, ["SETUP_COMPLETED", "LOGIN_SUCCESS", "LOGIN_SUCCESS"]);
        // A fact of the database, not of this process.
        assert!(setup::is_complete(&testkit::services(cx.db.clone())).await.unwrap());
    }

    async fn a_made_up_token_sets_nothing_up(cx: Services) {
        token(&cx).await;
        for bad in ["", "guess", "%"] {
            let error = complete(&cx, bad, "eve@example.com").await.unwrap_err();
            assert!(error.for_field("token").is_some(), "{error:?}");
        }
        assert_eq!(people(&cx).await, 0);
        assert!(!setup::is_complete(&cx).await.unwrap());
    }

    async fn wrong_fields_are_named_and_the_link_stays_good(cx: Services) {
        let token = token(&cx).await;
        let error = setup::complete(&cx, &token, "M", "nowhere", "short", &browser("192.0.2.1")).await.unwrap_err();
        for field in ["name", "email", "password"] {
            assert!(error.for_field(field).is_some(), "{field}");
        }
        assert!(complete(&cx, &token, "mara@example.com").await.is_ok());
    }

    async fn of_two_set_ups_at_the_same_moment_one_wins(cx: Services) {
        let token = token(&cx).await;
        let (a, b) = tokio::join!(complete(&cx, &token, "mara@example.com"), complete(&cx, &token, "eve@example.com"));
        let winners = [&a, &b].into_iter().filter(|done| done.is_ok()).count();
        assert_eq!(winners, 1, "{a:?} {b:?}");
        let lost = if a.is_ok() { b } else { a };
        assert!(matches!(lost, Err(Error::Conflict { .. })), "{lost:?}");
        assert_eq!(people(&cx).await, 1);
    }

    async fn the_same_form_sent_twice_makes_one_person(cx: Services) {
        let token = token(&cx).await;
        let (a, b) = tokio::join!(complete(&cx, &token, "mara@example.com"), complete(&cx, &token, "mara@example.com"));
        assert_eq!([&a, &b].into_iter().filter(|done| done.is_ok()).count(), 1, "{a:?} {b:?}");
        let lost = if a.is_ok() { b } else { a };
        assert!(matches!(lost, Err(Error::Conflict { .. })), "{lost:?}");
        assert_eq!(people(&cx).await, 1);
    }

    async fn an_address_that_the_command_line_used_is_an_error_of_the_field(cx: Services) {
        let may = fixtures::may_everywhere(&cx);
        users::create(&cx, &may, "Mara", "mara@example.com", Role::Staff, PASSWORD).await.unwrap();
        let token = token(&cx).await;
        let error = complete(&cx, &token, "mara@example.com").await.unwrap_err();
        assert!(error.for_field("email").is_some(), "{error:?}");
    }

    async fn an_administrator_from_the_command_line_completes_the_set_up(cx: Services) {
        let may = fixtures::may_everywhere(&cx);
        let token = token(&cx).await;
        users::create(&cx, &may, "Sam", "sam@example.com", Role::Staff, PASSWORD).await.unwrap();
        assert!(setup::accepts(&cx, &token).await.unwrap(), "staff alone cannot run an instance");
        users::create(&cx, &may, "Mara", "mara@example.com", Role::Admin, PASSWORD).await.unwrap();
        assert!(setup::is_complete(&cx).await.unwrap());
        assert!(!setup::accepts(&cx, &token).await.unwrap());
        users::create(&cx, &may, "Ole", "ole@example.com", Role::Admin, PASSWORD).await.unwrap();
        let taken = users::create(&cx, &may, "Ole", "OLE@example.com", Role::Admin, PASSWORD).await.unwrap_err();
        assert!(taken.for_field("email").is_some());
        assert_eq!(people(&cx).await, 3);
    }

    async fn tokens_cannot_be_guessed_at_will(cx: Services) {
        for _ in 0..20 {
            assert!(matches!(complete(&cx, "guess", "eve@example.com").await, Err(Error::Invalid { .. })));
        }
        let token = token(&cx).await;
        assert!(matches!(complete(&cx, &token, "eve@example.com").await, Err(Error::SlowDown { .. })));
        cx.clock.advance(Duration::hours(1));
        assert!(complete(&cx, &token, "mara@example.com").await.is_ok());
    }
}
