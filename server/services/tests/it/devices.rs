//! One's own sign-ins: seeing them, ending them, and what ends them by itself.

use chrono::Duration;
use model::devices::DeviceKind;
use model::{Error, Role, SessionId};
use services::sign_in::{self, Kind, SignedIn};
use services::{ClientInfo, Services, Via, devices, own_password};
use testkit::{PASSWORD, Person, TestApp, count, execute, on_both_databases};

use crate::help::{own, times, told};

const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";

async fn opens(cx: &Services, signed_in: &SignedIn) -> bool {
    sign_in::authenticate(cx, &signed_in.access_token, &ClientInfo::default(), Via::Token).await.is_ok()
}

/// Whether nothing of a sign-in works any more.
async fn is_over(cx: &Services, person: &Person) -> bool {
    let signed_in = person.signed_in();
    let refreshed = sign_in::refresh(cx, &signed_in.refresh_token, Kind::Web, person.client()).await;
    refreshed == Err(Error::SignedOut) && !opens(cx, signed_in).await
}

on_both_databases! {
    async fn a_person_sees_where_they_are_signed_in(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        app.staff("Sam").await;
        app.advance(Duration::hours(2));
        let laptop = ClientInfo { ip: Some("203.0.113.9".into()), user_agent: Some(FIREFOX.into()), ..ClientInfo::default() };
        let second = sign_in::with_password(cx, "mara@tidings.example", PASSWORD, &laptop).await.unwrap();
        let second = second.completed().unwrap();
        app.advance(Duration::minutes(20));
        let renewed = sign_in::refresh(cx, &second.refresh_token, Kind::Web, &laptop).await.unwrap();
        assert_eq!(renewed.session, second.session);

        let seen = devices::list(cx, &own(&mara)).await.unwrap();
        assert_eq!(seen.len(), 2, "one line for each sign-in, however often it was renewed");
        let (this, other) = (&seen[0], &seen[1]);
        assert_eq!((this.session.clone(), this.is_this, this.name.as_str()), (mara.signed_in().session.clone(), true, "Testkit"));
        assert_eq!((other.name.as_str(), other.kind, other.is_this), ("Firefox on Windows", DeviceKind::Browser, false));
        assert_eq!(other.ip.as_deref(), Some("203.0.113.9"));
        assert_eq!(other.since, testkit::start() + Duration::hours(2));
        assert_eq!(other.last_used_at, testkit::start() + Duration::minutes(140));
        execute(app.db(), "UPDATE refresh_tokens SET kind = 'cli', label = 'laptop of Mara' WHERE ip = '203.0.113.9'").await;
        let seen = devices::list(cx, &own(&mara)).await.unwrap();
        assert_eq!((seen[1].kind, seen[1].name.as_str()), (DeviceKind::CommandLine, "laptop of Mara"));
    }

    async fn using_a_sign_in_moves_its_last_use_once_a_minute(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        let last = async || devices::list(cx, &own(&mara)).await.unwrap()[0].clone();
        let elsewhere = ClientInfo { ip: Some("203.0.113.77".into()), ..ClientInfo::default() };
        let use_it = async |seconds: i64| {
            app.advance(Duration::seconds(seconds));
            sign_in::authenticate(cx, &mara.signed_in().access_token, &elsewhere, Via::Token).await.unwrap();
            // The note is taken beside the request; one more write waits until it is done.
            for _ in 0..200 {
                tokio::task::yield_now().await;
            }
            let tx = cx.db.begin().await.unwrap();
            drop(tx);
        };
        use_it(30).await;
        assert_eq!(last().await.last_used_at, testkit::start());
        use_it(31).await;
        while last().await.last_used_at == testkit::start() {
            tokio::task::yield_now().await;
        }
        let seen = last().await;
        assert_eq!(seen.last_used_at, testkit::start() + Duration::seconds(61));
        assert_eq!(seen.ip.as_deref(), Some("203.0.113.77"));
    }

    async fn one_sign_in_is_ended_and_the_others_go_on(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        let phone = app.sign_in(mara.user().clone()).await;
        let tablet = app.sign_in(mara.user().clone()).await;
        devices::end(cx, &own(&mara), &phone.signed_in().session).await.unwrap();
        assert!(is_over(cx, &phone).await);
        assert!(opens(cx, mara.signed_in()).await && opens(cx, tablet.signed_in()).await);
        let record = told(cx, "SESSION_REVOKED").await;
        assert_eq!((record.user_id.as_ref(), record.entity_id.as_deref()), (Some(mara.id()), Some(phone.signed_in().session.as_str())));
        assert_eq!(record.details["device"], "Testkit");
        let again = devices::end(cx, &own(&mara), &phone.signed_in().session).await;
        assert_eq!(again, Err(Error::NotFound), "what is over cannot be ended");
    }

    async fn nobody_ends_a_sign_in_of_somebody_else(app: TestApp) {
        let cx = &app.services;
        let (mara, admin) = (app.staff("Mara").await, app.admin("Ada").await);
        for session in [mara.signed_in().session.clone(), "nonsense".parse::<SessionId>().unwrap()] {
            assert_eq!(devices::end(cx, &own(&admin), &session).await, Err(Error::NotFound));
        }
        assert!(opens(cx, mara.signed_in()).await);
        assert_eq!(devices::end_others(cx, &own(&admin)).await, Ok(0));
        assert!(opens(cx, mara.signed_in()).await);
        assert_eq!(times(cx, "SESSION_REVOKED").await, 0);
    }

    async fn all_other_sign_ins_are_ended_at_once(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        let (phone, sam) = (app.sign_in(mara.user().clone()).await, app.staff("Sam").await);
        sign_in::refresh(cx, &phone.signed_in().refresh_token, Kind::Web, phone.client()).await.unwrap();
        assert_eq!(devices::end_others(cx, &own(&mara)).await, Ok(1));
        assert!(!opens(cx, phone.signed_in()).await);
        assert!(opens(cx, mara.signed_in()).await && opens(cx, sam.signed_in()).await);
        assert_eq!(told(cx, "SESSION_REVOKED").await.details["count"], 1);
    }

    async fn a_new_password_ends_every_other_sign_in(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        let phone = app.sign_in(mara.user().clone()).await;
        own_password::change(cx, &own(&mara), PASSWORD, "an even better one").await.unwrap();
        assert!(is_over(cx, &phone).await);
        assert!(opens(cx, mara.signed_in()).await);
    }

    async fn fifty_at_the_same_moment_get_one_new_token(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        let token = &mara.signed_in().refresh_token;
        let tabs: Vec<_> = (0..50)
            .map(|_| {
                let (cx, token, client) = (cx.clone(), token.clone(), mara.client().clone());
                tokio::spawn(async move { sign_in::refresh(&cx, &token, Kind::Web, &client).await })
            })
            .collect();
        let mut tokens = Vec::new();
        for tab in tabs {
            tokens.push(tab.await.unwrap().unwrap().refresh_token);
        }
        tokens.sort();
        tokens.dedup();
        assert_eq!(tokens.len(), 1, "one successor for all");
        assert_eq!(count(app.db(), "refresh_tokens").await, 2, "the old one and the new one");
        assert_eq!(count(app.db(), "refresh_tokens WHERE rotated_at IS NULL AND revoked_at IS NULL").await, 1);
        assert_eq!(times(cx, "REFRESH_TOKEN_REUSE").await, 0);
        sign_in::refresh(cx, &tokens[0], Kind::Web, mara.client()).await.unwrap();
    }

    async fn a_client_that_lost_the_answer_gets_the_same_token_again(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        let token = &mara.signed_in().refresh_token;
        let refresh = async |token: &str| sign_in::refresh(cx, token, Kind::Web, mara.client()).await;
        let first = refresh(token).await.unwrap().refresh_token;
        app.advance(Duration::seconds(30));
        assert_eq!(refresh(token).await.unwrap().refresh_token, first);
        // Once the successor was used, only parallel tabs are forgiven.
        let second = refresh(&first).await.unwrap().refresh_token;
        assert_ne!(second, first);
        app.advance(Duration::seconds(10));
        assert_eq!(refresh(&first).await.unwrap().refresh_token, second);
        let third = refresh(&second).await.unwrap().refresh_token;
        assert_eq!(refresh(&first).await.unwrap().refresh_token, third, "whoever comes late gets the newest");
        app.advance(Duration::seconds(1));
        assert_eq!(refresh(&first).await, Err(Error::SignedOut));
        assert_eq!(refresh(&third).await, Err(Error::SignedOut), "the whole sign-in is over");
        assert_eq!(times(cx, "REFRESH_TOKEN_REUSE").await, 1);
    }

    async fn the_next_token_cannot_be_told_without_the_key_of_the_instance(app: TestApp) {
        let mara = app.staff("Mara").await;
        let signing_key = services::SigningKey::new([9; 32]).unwrap();
        let settings = services::Settings { signing_key, ..testkit::settings() };
        let other = testkit::services_with(app.db().clone(), settings);
        let token = &mara.signed_in().refresh_token;
        let theirs = sign_in::refresh(&other, token, Kind::Web, mara.client()).await.unwrap();
        assert_eq!(theirs.refresh_token.len(), 64);
        let sam = app.staff("Sam").await;
        let ours = sign_in::refresh(&app.services, &sam.signed_in().refresh_token, Kind::Web, sam.client()).await.unwrap();
        assert_ne!(theirs.refresh_token, ours.refresh_token);
        // With another key the successor is another one, so the token counts as used a second time.
        assert_eq!(sign_in::refresh(&app.services, token, Kind::Web, mara.client()).await, Err(Error::SignedOut));
    }

    async fn a_sign_in_keeps_its_beginning_when_it_is_renewed(app: TestApp) {
        let cx = &app.services;
        let user = app.account("Mara", Role::Viewer).await;
        let mut mara = app.sign_in(user).await.signed_in().clone();
        let client = ClientInfo { ip: Some("198.51.100.0".into()), user_agent: Some("Testkit/1.0".into()), ..ClientInfo::default() };
        for _ in 0..3 {
            app.advance(Duration::days(6));
            mara = sign_in::refresh(cx, &mara.refresh_token, Kind::Web, &client).await.unwrap();
        }
        let actor = sign_in::authenticate(cx, &mara.access_token, &client, Via::Cookie).await.unwrap();
        let seen = devices::list(cx, &services::access::instance_grant(&actor).unwrap()).await.unwrap();
        assert_eq!((seen.len(), seen[0].since), (1, testkit::start()));
    }
}
