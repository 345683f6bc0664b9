use chrono::Duration;
use model::Error;
use model::second_factor::Factor;
use services::second_factor::{self, Proof};
use services::sign_in::{self, Progress};
use services::{Services, confirmation, totp};
use testkit::{PASSWORD, TestApp, on_both_databases, totp_code};

use crate::help::{browser, own, told};

fn at(cx: &Services, secret: &str, seconds: i64) -> String {
    totp_code(secret, cx.clock.now().timestamp() + seconds)
}

async fn waiting(app: &TestApp) -> String {
    let client = browser("192.0.2.1");
    let progress = sign_in::with_password(&app.services, "mara@tidings.example", PASSWORD, &client).await.unwrap();
    let Progress::SecondFactor(pending) = progress else { panic!("a session by the password alone") };
    assert_eq!(pending.factor, Factor::Totp);
    pending.token
}

async fn answer(app: &TestApp, token: &str, code: &str) -> model::Result<services::sign_in::SignedIn> {
    second_factor::answer(&app.services, token, Proof::Code(code.to_owned()), &browser("192.0.2.1")).await
}

on_both_databases! {
    async fn an_app_counts_once_it_has_given_a_right_code(app: TestApp) {
        let mara = app.staff("Mara").await;
        let cx = &app.services;
        let offer = totp::offer(cx, &own(&mara)).await.unwrap();
        let bare = offer.secret.replace(' ', "");
        assert_eq!(bare.len(), 32, "160 bits");
        assert!(offer.address.starts_with("otpauth://totp/Tidings:mara%40tidings.example?secret="), "{}", offer.address);
        assert!(offer.address.ends_with("&issuer=Tidings&algorithm=SHA1&digits=6&period=30"));
        assert!(offer.qr.starts_with("<svg "));
        assert_eq!(totp::offered(cx, &own(&mara)).await.unwrap(), Some(offer.clone()), "a page can show it again");
        // Not yet.
        let client = browser("192.0.2.1");
        let alone = sign_in::with_password(cx, "mara@tidings.example", PASSWORD, &client).await.unwrap();
        assert!(alone.completed().is_some());
        let wrong = totp::confirm(cx, &own(&mara), "12345").await;
        assert!(wrong.is_err_and(|error| error.for_field("code").is_some()));
        let codes = totp::confirm(cx, &own(&mara), &at(cx, &offer.secret, 0)).await.unwrap();
        assert_eq!(codes.unwrap().0.len(), 10);
        assert_eq!(totp::offered(cx, &own(&mara)).await.unwrap(), None, "the secret is not shown again");
        told(cx, "TOTP_ADDED").await;
        let stored = testkit::texts(app.db(), "SELECT secret FROM totp_secrets").await;
        assert!(stored[0].starts_with("v1:") && !stored[0].contains(&bare), "sealed");
        waiting(&app).await;
        assert!(matches!(totp::offer(cx, &own(&mara)).await, Err(Error::Conflict { .. })));
    }

    async fn a_code_signs_in_once(app: TestApp) {
        let mara = app.staff("Mara").await;
        let cx = &app.services;
        let secret = totp::offer(cx, &own(&mara)).await.unwrap().secret;
        let first = at(cx, &secret, 0);
        totp::confirm(cx, &own(&mara), &first).await.unwrap();
        let token = waiting(&app).await;
        assert_eq!(answer(&app, &token, &first).await, Err(Error::WrongFactor { left: 4 }), "it confirmed the app");
        app.advance(Duration::seconds(30));
        let second = at(cx, &secret, 0);
        assert!(answer(&app, &token, &second).await.is_ok());
        let token = waiting(&app).await;
        assert_eq!(answer(&app, &token, &second).await, Err(Error::WrongFactor { left: 4 }));
        // Nor does an older one, once a newer one was used.
        assert_eq!(answer(&app, &token, &first).await, Err(Error::WrongFactor { left: 3 }));
    }

    async fn clocks_may_differ_by_a_step_and_no_more(app: TestApp) {
        let mara = app.staff("Mara").await;
        let cx = &app.services;
        let secret = totp::offer(cx, &own(&mara)).await.unwrap().secret;
        totp::confirm(cx, &own(&mara), &at(cx, &secret, 0)).await.unwrap();
        app.advance(Duration::hours(1));
        for (skew, is_right) in [(-60, false), (60, false), (-30, true), (30, true)] {
            let token = waiting(&app).await;
            assert_eq!(answer(&app, &token, &at(cx, &secret, skew)).await.is_ok(), is_right, "{skew} seconds");
        }
    }

    async fn removing_the_app_needs_a_proof_and_ends_the_second_step(app: TestApp) {
        let mara = app.staff("Mara").await;
        let cx = &app.services;
        let secret = totp::offer(cx, &own(&mara)).await.unwrap().secret;
        totp::confirm(cx, &own(&mara), &at(cx, &secret, 0)).await.unwrap();
        app.advance(Duration::minutes(6));
        assert_eq!(totp::remove(cx, &own(&mara)).await, Err(Error::NotConfirmed));
        let wrong = confirmation::with_code(cx, &own(&mara), "1").await;
        assert!(wrong.is_err_and(|error| error.for_field("code").is_some()));
        confirmation::with_code(cx, &own(&mara), &at(cx, &secret, 0)).await.unwrap();
        totp::remove(cx, &own(&mara)).await.unwrap();
        told(cx, "TOTP_REMOVED").await;
        assert_eq!(testkit::count(app.db(), "recovery_codes").await, 0);
        let client = browser("192.0.2.1");
        let alone = sign_in::with_password(cx, "mara@tidings.example", PASSWORD, &client).await.unwrap();
        assert!(alone.completed().is_some());
        assert_eq!(totp::remove(cx, &own(&mara)).await, Err(Error::NotFound));
    }

    async fn a_secret_that_nobody_confirmed_is_forgotten(app: TestApp) {
        let mara = app.staff("Mara").await;
        let cx = &app.services;
        totp::offer(cx, &own(&mara)).await.unwrap();
        app.advance(Duration::minutes(6));
        assert_eq!(totp::offered(cx, &own(&mara)).await.unwrap(), None, "a proof comes first");
        confirmation::with_password(cx, &own(&mara), PASSWORD).await.unwrap();
        assert!(totp::offered(cx, &own(&mara)).await.unwrap().is_some());
        app.advance(Duration::minutes(25));
        confirmation::with_password(cx, &own(&mara), PASSWORD).await.unwrap();
        assert_eq!(totp::offered(cx, &own(&mara)).await.unwrap(), None);
    }
}
