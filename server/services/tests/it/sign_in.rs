use chrono::Duration;
use model::{Error, Role};
use services::sign_in::{self, Kind, SignedIn};
use services::{ClientInfo, Limits, Services, Settings, SigningKey, Via};
use testkit::{PASSWORD, TestApp, execute, on_both_databases};

use crate::help::{browser, in_order, log, times};

async fn by_password(app: &TestApp, email: &str, password: &str) -> model::Result<SignedIn> {
    let progress = sign_in::with_password(&app.services, email, password, &browser("192.0.2.1")).await?;
    Ok(progress.completed().unwrap())
}

/// Whether an access token still opens anything.
async fn opens(cx: &Services, signed_in: &SignedIn) -> bool {
    match sign_in::authenticate(cx, &signed_in.access_token, &ClientInfo::default(), Via::Token).await {
        Ok(_) => true,
        Err(Error::SignedOut) => false,
        Err(other) => panic!("{other:?}"),
    }
}

async fn refresh(cx: &Services, signed_in: &SignedIn) -> model::Result<SignedIn> {
    sign_in::refresh(cx, &signed_in.refresh_token, Kind::Web, &browser("192.0.2.1")).await
}

on_both_databases! {
    async fn the_password_signs_in_and_the_token_names_the_person(app: TestApp) {
        let mara = app.account("Mara", Role::Staff).await;
        let signed_in = by_password(&app, "  MARA@Tidings.Example ", PASSWORD).await.unwrap();
        assert_eq!((&signed_in.user.id, signed_in.user.last_login_at), (&mara.id, None));
        let client = browser("192.0.2.9");
        let actor = sign_in::authenticate(&app.services, &signed_in.access_token, &client, Via::Cookie).await.unwrap();
        assert_eq!((actor.id(), actor.user.role, &actor.client), (&mara.id, Role::Staff, &client));
        assert_eq!(actor.via, Via::Cookie(signed_in.session));
        app.advance(Duration::hours(1));
        let again = by_password(&app, "mara@tidings.example", PASSWORD).await.unwrap();
        assert_eq!(again.user.last_login_at, Some(testkit::start()), "the visit before this one");
        assert_eq!(times(&app.services, "LOGIN_SUCCESS").await, 2);
    }

    async fn every_wrong_sign_in_gets_the_same_answer_and_the_log_knows_why(app: TestApp) {
        let mut app = app;
        app.services = in_order(&app.services);
        app.account("Mara", Role::Staff).await;
        app.account("Gone", Role::Staff).await;
        app.account("Single Sign On", Role::Staff).await;
        execute(app.db(), "UPDATE users SET disabled_at = '2026-03-01T00:00:00+00:00' WHERE email LIKE 'gone@%'").await;
        execute(app.db(), "UPDATE users SET password_hash = NULL WHERE email LIKE 'single%'").await;
        for (email, password) in [
            ("mara@tidings.example", "wrong password"),
            ("mara@tidings.example", &"x".repeat(300)),
            ("nobody@tidings.example", PASSWORD),
            ("no\0body@tidings.example", PASSWORD),
            ("gone@tidings.example", PASSWORD),
            ("single.sign.on@tidings.example", PASSWORD),
            ("system@tidings.invalid", PASSWORD),
        ] {
            assert_eq!(by_password(&app, email, password).await, Err(Error::WrongCredentials), "{email}");
        }
        let reasons: Vec<_> = log(&app.services).await.into_iter().map(|r| r.details["reason"].clone()).collect();
        assert_eq!(
            reasons,
            [
                "INVALID_PASSWORD",
                "INVALID_PASSWORD",
                "USER_NOT_FOUND",
                "USER_NOT_FOUND",
                "DISABLED",
                "NO_PASSWORD",
                "SYSTEM_ACCOUNT_LOGIN_BLOCKED"
            ]
        );
        assert_eq!(testkit::count(app.db(), "refresh_tokens").await, 0);
    }

    async fn empty_fields_are_named_and_cost_no_attempt(app: TestApp) {
        for _ in 0..12 {
            let Err(Error::Invalid { fields }) = by_password(&app, " ", "").await else { panic!() };
            assert_eq!(fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["email", "password"]);
        }
    }

    async fn after_ten_attempts_an_address_has_to_wait(app: TestApp) {
        app.account("Mara", Role::Staff).await;
        for number in 0..10 {
            let wrong = by_password(&app, &format!("guess{number}@example.com"), "wrong password").await;
            assert_eq!(wrong, Err(Error::WrongCredentials));
        }
        let Err(Error::SlowDown { seconds }) = by_password(&app, "mara@tidings.example", PASSWORD).await else {
            panic!("the eleventh attempt was let through")
        };
        assert!((1..=901).contains(&seconds), "{seconds}");
        let elsewhere = browser("192.0.2.2");
        let other = sign_in::with_password(&app.services, "mara@tidings.example", PASSWORD, &elsewhere).await;
        assert!(other.is_ok(), "another address is not held up");
        app.advance(Duration::seconds(seconds as i64));
        assert!(by_password(&app, "mara@tidings.example", PASSWORD).await.is_ok());
    }

    async fn an_account_cannot_be_guessed_at_from_many_addresses(app: TestApp) {
        app.account("Mara", Role::Staff).await;
        let from = |number: usize| browser(&format!("203.0.113.{number}"));
        for number in 0..20 {
            let wrong = sign_in::with_password(&app.services, "Mara@tidings.example", "wrong", &from(number)).await;
            assert_eq!(wrong, Err(Error::WrongCredentials));
        }
        let more = sign_in::with_password(&app.services, "mara@tidings.example", PASSWORD, &from(20)).await;
        assert!(matches!(more, Err(Error::SlowDown { .. })));
        app.advance(Duration::hours(1));
        assert!(sign_in::with_password(&app.services, "mara@tidings.example", PASSWORD, &from(21)).await.is_ok());
    }

    async fn a_limit_of_zero_is_no_limit(cx: Services) {
        let none = Limits { login_per_15_min: 0, login_per_account_per_hour: 0, ..Limits::default() };
        let cx = testkit::services_with(cx.db, Settings { limits: none, ..testkit::settings() });
        for _ in 0..25 {
            let wrong = sign_in::with_password(&cx, "mara@tidings.example", "wrong", &browser("192.0.2.1")).await;
            assert_eq!(wrong, Err(Error::WrongCredentials));
        }
    }

    async fn an_access_token_lasts_fifteen_minutes(app: TestApp) {
        let mara = app.staff("Mara").await;
        app.advance(Duration::seconds(15 * 60 - 1));
        assert!(opens(&app.services, mara.signed_in()).await);
        app.advance(Duration::seconds(1));
        assert!(!opens(&app.services, mara.signed_in()).await);
    }

    async fn a_token_that_was_tampered_with_or_signed_elsewhere_opens_nothing(app: TestApp) {
        let mara = app.staff("Mara").await;
        let mut signed_in = mara.signed_in().clone();
        let good = signed_in.access_token.clone();
        let (head, _) = good.rsplit_once('.').unwrap();
        for bad in [String::new(), "x".to_owned(), format!("{head}."), format!("{head}.AAAA"), good.replacen('.', ".e", 1)] {
            signed_in.access_token = bad;
            assert!(!opens(&app.services, &signed_in).await);
        }
        let signing_key = SigningKey::new([7; 32]).unwrap();
        let other = testkit::services_with(app.db().clone(), Settings { signing_key, ..testkit::settings() });
        assert!(!opens(&other, mara.signed_in()).await);
    }

    async fn a_refresh_token_is_exchanged_for_a_new_pair(app: TestApp) {
        let mara = app.staff("Mara").await;
        let first = mara.signed_in();
        app.advance(Duration::hours(1));
        let second = refresh(&app.services, first).await.unwrap();
        assert_eq!(second.session, first.session);
        assert_ne!(second.refresh_token, first.refresh_token);
        assert!(opens(&app.services, &second).await);
        // Each exchange starts the week anew.
        app.advance(Duration::days(6));
        let third = refresh(&app.services, &second).await.unwrap();
        app.advance(Duration::days(7));
        assert_eq!(refresh(&app.services, &third).await, Err(Error::SignedOut));
    }

    async fn using_a_spent_refresh_token_ends_the_whole_sign_in(app: TestApp) {
        let mara = app.staff("Mara").await;
        let phone = app.sign_in(mara.user().clone()).await;
        let stolen = mara.signed_in();
        let renewed = refresh(&app.services, stolen).await.unwrap();
        app.advance(Duration::seconds(11));
        assert_eq!(refresh(&app.services, stolen).await, Err(Error::SignedOut));
        assert!(!opens(&app.services, &renewed).await, "the access token of the thief, or of Mara");
        assert_eq!(refresh(&app.services, &renewed).await, Err(Error::SignedOut));
        assert!(opens(&app.services, phone.signed_in()).await, "another device is not concerned");
        assert_eq!(times(&app.services, "REFRESH_TOKEN_REUSE").await, 1);
    }

    async fn parallel_tabs_of_one_browser_may_exchange_the_same_token(app: TestApp) {
        app.account("Mara", Role::Staff).await;
        let long = "é".repeat(400);
        let tab = ClientInfo { ip: Some("192.0.2.1".into()), user_agent: Some(long), ..ClientInfo::default() };
        let first = sign_in::with_password(&app.services, "mara@tidings.example", PASSWORD, &tab).await.unwrap().completed().unwrap();
        let (a, b) = tokio::join!(
            sign_in::refresh(&app.services, &first.refresh_token, Kind::Web, &tab),
            sign_in::refresh(&app.services, &first.refresh_token, Kind::Web, &tab),
        );
        app.advance(Duration::seconds(10));
        let c = sign_in::refresh(&app.services, &first.refresh_token, Kind::Web, &tab).await;
        for tab in [a, b, c] {
            assert!(opens(&app.services, &tab.unwrap()).await);
        }
    }

    async fn another_browser_has_no_grace(app: TestApp) {
        app.account("Mara", Role::Staff).await;
        let first = by_password(&app, "mara@tidings.example", PASSWORD).await.unwrap();
        let second = refresh(&app.services, &first).await.unwrap();
        let thief = ClientInfo { user_agent: Some("curl".into()), ..browser("192.0.2.1") };
        assert_eq!(sign_in::refresh(&app.services, &first.refresh_token, Kind::Web, &thief).await, Err(Error::SignedOut));
        assert!(!opens(&app.services, &second).await);
    }

    async fn signing_out_ends_access_at_once_and_only_here(app: TestApp) {
        let mara = app.staff("Mara").await;
        let phone = app.sign_in(mara.user().clone()).await;
        let here = mara.signed_in();
        sign_in::sign_out(&app.services, &here.refresh_token, &browser("192.0.2.1")).await.unwrap();
        assert!(!opens(&app.services, here).await);
        assert_eq!(refresh(&app.services, here).await, Err(Error::SignedOut));
        assert!(opens(&app.services, phone.signed_in()).await);
        assert_eq!(times(&app.services, "LOGOUT").await, 1);
        // Once more, and with something that never was a token: nobody is told anything.
        for token in [here.refresh_token.as_str(), "nonsense", ""] {
            assert_eq!(sign_in::sign_out(&app.services, token, &browser("192.0.2.1")).await, Ok(()));
        }
    }

    async fn signing_out_wins_against_a_refresh_at_the_same_moment(app: TestApp) {
        let mara = app.account("Mara", Role::Staff).await;
        for _ in 0..8 {
            let here = app.sign_in(mara.clone()).await;
            let client = browser("192.0.2.1");
            let (renewed, done) = tokio::join!(
                refresh(&app.services, here.signed_in()),
                sign_in::sign_out(&app.services, &here.signed_in().refresh_token, &client),
            );
            done.unwrap();
            if let Ok(renewed) = renewed {
                assert!(!opens(&app.services, &renewed).await, "a sign-in survived its end");
            }
            app.advance(Duration::hours(1));
        }
    }

    async fn a_new_role_counts_at_once(app: TestApp) {
        let mara = app.admin("Mara").await;
        execute(app.db(), "UPDATE users SET role = 'VIEWER' WHERE email = 'mara@tidings.example'").await;
        let token = &mara.signed_in().access_token;
        let actor = sign_in::authenticate(&app.services, token, &ClientInfo::default(), Via::Token).await.unwrap();
        assert_eq!(actor.user.role, Role::Viewer);
    }

    async fn a_disabled_account_is_out_at_once(app: TestApp) {
        let mara = app.staff("Mara").await;
        execute(app.db(), "UPDATE users SET disabled_at = '2026-03-04T09:30:00+00:00'").await;
        assert!(!opens(&app.services, mara.signed_in()).await);
        assert_eq!(refresh(&app.services, mara.signed_in()).await, Err(Error::SignedOut));
    }

    async fn a_token_of_another_kind_is_not_exchanged_for_a_browsers(app: TestApp) {
        let mara = app.staff("Mara").await;
        execute(app.db(), "UPDATE refresh_tokens SET kind = 'cli'").await;
        assert_eq!(refresh(&app.services, mara.signed_in()).await, Err(Error::SignedOut));
    }

    async fn tokens_long_expired_are_forgotten(app: TestApp) {
        let mara = app.account("Mara", Role::Staff).await;
        app.sign_in(mara.clone()).await;
        app.advance(Duration::days(9));
        app.sign_in(mara).await;
        assert_eq!(testkit::count(app.db(), "refresh_tokens").await, 1);
    }
}
