//! Passwords: changing them, setting the first one, resetting a forgotten one, and those that imports bring.

use chrono::Duration;
use model::{Error, Role};
use serde_json::json;
use services::sign_in::{self, Kind, SignedIn};
use services::{ClientInfo, Limits, Services, Settings, Via, access, own_password, password_reset};
use testkit::{PASSWORD, TestApp, count, execute, on_both_databases, texts};

use crate::help::{browser, letters, log, own, reset_token, set, times, told, with_mail};

const NEW: &str = "a fresh start for all";

async fn signs_in(cx: &Services, password: &str) -> bool {
    // From ever new addresses and in ever new hours, so that no limit stands in the way.
    cx.clock.advance(Duration::hours(1));
    sign_in::with_password(cx, "mara@tidings.example", password, &browser("192.0.2.1")).await.is_ok()
}

async fn opens(cx: &Services, signed_in: &SignedIn) -> bool {
    sign_in::authenticate(cx, &signed_in.access_token, &ClientInfo::default(), Via::Token).await.is_ok()
}

/// Asks for a link, and takes the token from the letter.
async fn ask(cx: &Services) -> String {
    password_reset::request(cx, " MARA@tidings.example ", &browser("192.0.2.1")).await.unwrap();
    let (kind, to, text) = letters(cx).await.pop().unwrap();
    assert_eq!((kind.as_str(), to.as_str()), ("reset", "mara@tidings.example"));
    reset_token(&text)
}

async fn submit(cx: &Services, token: &str, password: &str) -> model::Result<()> {
    password_reset::submit(cx, token, password, password, &browser("192.0.2.1")).await
}

on_both_databases! {
    async fn the_current_password_gives_a_new_one(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        own_password::change(cx, &own(&mara), PASSWORD, NEW).await.unwrap();
        assert!(opens(cx, mara.signed_in()).await, "who changes it stays signed in");
        assert!(!signs_in(cx, PASSWORD).await);
        assert!(signs_in(cx, NEW).await);
        let record = told(cx, "PASSWORD_CHANGED").await;
        assert_eq!((record.user_id.as_ref(), record.details), (Some(mara.id()), json!({ "first": false })));
        assert_eq!(letters(cx).await[0].0, "password_changed");
        assert!(!format!("{:?}", log(cx).await).contains(NEW));
    }

    async fn a_wrong_current_password_changes_nothing_and_is_counted(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        for _ in 0..10 {
            assert_eq!(own_password::change(cx, &own(&mara), "wrong", NEW).await, Err(Error::WrongPassword));
        }
        let eleventh = own_password::change(cx, &own(&mara), PASSWORD, NEW).await;
        assert!(matches!(eleventh, Err(Error::SlowDown { .. })), "{eleventh:?}");
        assert_eq!(times(cx, "PASSWORD_CHANGE_FAILURE").await, 10);
        assert!(signs_in(cx, PASSWORD).await);
    }

    async fn everything_that_is_wrong_with_a_new_password_is_named(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        let fields = async |current: &str, new: &str| {
            let Err(Error::Invalid { fields }) = own_password::change(cx, &own(&mara), current, new).await else { panic!() };
            fields.into_iter().map(|field| field.field).collect::<Vec<_>>()
        };
        assert_eq!(fields("", "short").await, ["current", "new"]);
        assert_eq!(fields(PASSWORD, &"x".repeat(257)).await, ["new"]);
        assert_eq!(fields(PASSWORD, PASSWORD).await, ["new"]);
        assert_eq!(own_password::change(cx, &own(&mara), &"x".repeat(10_000), NEW).await, Err(Error::WrongPassword));
    }

    async fn of_two_changes_at_the_same_moment_one_wins(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        let may = own(&mara);
        let (a, b) = tokio::join!(
            own_password::change(cx, &may, PASSWORD, "the first of two"),
            own_password::change(cx, &may, PASSWORD, "the second of two"),
        );
        assert_eq!([&a, &b].iter().filter(|done| done.is_ok()).count(), 1, "{a:?} {b:?}");
        assert_eq!(times(cx, "PASSWORD_CHANGED").await, 1);
        let wins = if a.is_ok() { "the first of two" } else { "the second of two" };
        assert!(signs_in(cx, wins).await);
    }

    async fn an_account_without_a_password_gets_its_first_one_right_after_signing_in(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        execute(app.db(), "UPDATE users SET password_hash = NULL").await;
        assert_eq!(own_password::exists(cx, &own(&mara)).await, Ok(false));
        assert_eq!(own_password::change(cx, &own(&mara), "anything", NEW).await, Err(Error::WrongPassword));
        app.advance(Duration::minutes(5) + Duration::seconds(1));
        assert_eq!(own_password::set_first(cx, &own(&mara), NEW).await, Err(Error::NotConfirmed));
        execute(app.db(), "UPDATE refresh_tokens SET created_at = '2026-03-04T09:35:00+00:00'").await;
        own_password::set_first(cx, &own(&mara), NEW).await.unwrap();
        assert_eq!(told(cx, "PASSWORD_CHANGED").await.details, json!({ "first": true }));
        let again = own_password::set_first(cx, &own(&mara), "yet another one").await;
        assert!(matches!(again, Err(Error::Conflict { .. })), "whoever has a password proves it: {again:?}");
        assert!(signs_in(cx, NEW).await);
    }

    async fn an_imported_hash_is_good_and_gets_replaced(app: TestApp) {
        let cx = &app.services;
        app.account("Mara", Role::Staff).await;
        let imported = "$2b$04$AOiHAOiHAOiHAOiHAOiHAO9CNbQAHK7OcuXaCGAVqJy3PJwHPB8de";
        execute(app.db(), &format!("UPDATE users SET password_hash = '{imported}'")).await;
        let hash = async || texts(app.db(), "SELECT password_hash FROM users WHERE email LIKE 'mara@%'").await.remove(0);
        assert!(!signs_in(cx, "wrong").await);
        assert_eq!(hash().await, imported, "only the right password shows what to make a new hash of");
        assert!(signs_in(cx, PASSWORD).await);
        let replaced = hash().await;
        assert!(replaced.starts_with("$argon2id$"), "{replaced}");
        assert!(signs_in(cx, PASSWORD).await);
        assert_eq!(hash().await, replaced, "one that is strong stays");
    }

    async fn where_only_providers_sign_people_in_administrators_keep_their_password(app: TestApp) {
        let cx = &app.services;
        app.account("Mara", Role::Staff).await;
        app.account("Ada", Role::Admin).await;
        set(cx, "sso_only", json!(true)).await;
        let client = browser("192.0.2.1");
        let wrong = sign_in::with_password(cx, "mara@tidings.example", "wrong", &client).await;
        assert_eq!(wrong, Err(Error::WrongCredentials), "nobody learns who has an account");
        let right = sign_in::with_password(cx, "mara@tidings.example", PASSWORD, &client).await;
        assert!(matches!(right, Err(Error::FeatureOff { .. })), "{right:?}");
        assert_eq!(count(app.db(), "refresh_tokens").await, 0);
        assert!(sign_in::with_password(cx, "ada@tidings.example", PASSWORD, &client).await.is_ok());
    }

    async fn a_forgotten_password_is_reset_by_a_link_that_works_once(app: TestApp) {
        let cx = &app.services;
        with_mail(cx).await;
        let mara = app.staff("Mara").await;
        let pending = "INSERT INTO second_factor_sessions (token_hash, user_id, factor, method, attempts, created_at, \
            expires_at) SELECT 'x', id, 'totp', 'password', 0, created_at, '2030-01-01T00:00:00+00:00' FROM users \
            WHERE email LIKE 'mara@%'";
        execute(app.db(), pending).await;
        let token = ask(cx).await;
        assert_eq!(token.len(), 32);
        assert_eq!(count(app.db(), &format!("password_resets WHERE token_hash = '{token}'")).await, 0, "kept as a hash");
        assert_eq!(password_reset::check(cx, &token, &browser("192.0.2.1")).await.as_deref(), Ok("m···@tidings.example"));
        app.advance(Duration::seconds(1));
        submit(cx, &token, NEW).await.unwrap();
        assert!(!opens(cx, mara.signed_in()).await, "every sign-in is over");
        let refreshed = sign_in::refresh(cx, &mara.signed_in().refresh_token, Kind::Web, mara.client()).await;
        assert_eq!(refreshed, Err(Error::SignedOut));
        assert_eq!(count(app.db(), "second_factor_sessions").await, 0, "and so is every one that waited for its second step");
        for _ in 0..2 {
            assert!(matches!(submit(cx, &token, "once more, please").await, Err(Error::BadRequest { .. })));
        }
        assert!(password_reset::check(cx, &token, &browser("192.0.2.1")).await.is_err());
        assert_eq!(told(cx, "PASSWORD_RESET_COMPLETED").await.entity_id.as_deref(), Some(mara.id().as_str()));
        assert_eq!(letters(cx).await.last().unwrap().0, "password_changed");
        assert!(!format!("{:?}", log(cx).await).contains(&token));
        assert!(signs_in(cx, NEW).await && !signs_in(cx, PASSWORD).await);
    }

    async fn of_many_who_use_one_link_exactly_one_sets_the_password(app: TestApp) {
        let limits = Limits { reset_per_15_min: 0, ..Limits::default() };
        let cx = testkit::services_with(app.db().clone(), Settings { limits, ..testkit::settings() });
        with_mail(&cx).await;
        app.account("Mara", Role::Staff).await;
        let token = ask(&cx).await;
        let tries: Vec<_> = (0..10)
            .map(|number| {
                let (cx, token) = (cx.clone(), token.clone());
                tokio::spawn(async move { submit(&cx, &token, &format!("password number {number}")).await })
            })
            .collect();
        let mut won = 0;
        for one in tries {
            won += usize::from(one.await.unwrap().is_ok());
        }
        assert_eq!((won, times(&cx, "PASSWORD_RESET_COMPLETED").await), (1, 1));
    }

    async fn a_newer_link_ends_the_one_before_and_an_hour_ends_each(app: TestApp) {
        let cx = &app.services;
        with_mail(cx).await;
        app.account("Mara", Role::Staff).await;
        let first = ask(cx).await;
        app.advance(Duration::seconds(1));
        let second = ask(cx).await;
        assert!(matches!(submit(cx, &first, NEW).await, Err(Error::BadRequest { .. })));
        app.advance(Duration::minutes(60));
        assert!(matches!(submit(cx, &second, NEW).await, Err(Error::BadRequest { .. })));
        let third = ask(cx).await;
        app.advance(Duration::minutes(59));
        submit(cx, &third, NEW).await.unwrap();
    }

    async fn changing_the_password_ends_links_that_wait(app: TestApp) {
        let cx = &app.services;
        with_mail(cx).await;
        let mara = app.staff("Mara").await;
        let token = ask(cx).await;
        own_password::change(cx, &own(&mara), PASSWORD, NEW).await.unwrap();
        assert!(matches!(submit(cx, &token, "something else").await, Err(Error::BadRequest { .. })));
    }

    async fn nobody_learns_who_has_an_account_by_asking_for_a_link(app: TestApp) {
        let cx = &app.services;
        with_mail(cx).await;
        app.account("Mara", Role::Staff).await;
        app.account("Gone", Role::Staff).await;
        app.account("Sso", Role::Staff).await;
        execute(app.db(), "UPDATE users SET disabled_at = '2026-03-01T00:00:00+00:00' WHERE email LIKE 'gone@%'").await;
        execute(app.db(), "UPDATE users SET password_hash = NULL WHERE email LIKE 'sso@%'").await;
        let ask = async |email: &str| password_reset::request(cx, email, &browser("192.0.2.1")).await;
        for email in ["nobody@tidings.example", "gone@tidings.example", "system@tidings.invalid"] {
            assert_eq!(ask(email).await, Ok(()));
            assert!(letters(cx).await.is_empty(), "{email}");
        }
        assert_eq!(ask("sso@tidings.example").await, Ok(()));
        let (kind, to, text) = letters(cx).await.remove(0);
        assert_eq!((kind.as_str(), to.as_str()), ("sign_in_by_sso", "sso@tidings.example"));
        assert!(!text.contains("/reset-password/"), "{text}");
        assert_eq!(count(app.db(), "password_resets").await, 0);
        assert_eq!(ask("mara@tidings.example").await, Ok(()));
        assert_eq!(letters(cx).await.len(), 2);
        // Over the limit the answer stays the same, and nothing is sent.
        assert_eq!(ask("mara@tidings.example").await, Ok(()));
        assert_eq!(letters(cx).await.len(), 2);
        assert_eq!(times(cx, "PASSWORD_RESET_REQUESTED").await, 5);
        assert!(matches!(ask("no address").await, Err(Error::Invalid { .. })));
    }

    async fn without_mail_or_the_setting_nothing_is_offered(app: TestApp) {
        let cx = &app.services;
        app.account("Mara", Role::Staff).await;
        assert_eq!(password_reset::is_offered(cx).await, Ok(false));
        set(cx, "enable_password_reset", json!(true)).await;
        assert_eq!(password_reset::is_offered(cx).await, Ok(false), "nothing can be sent");
        let asked = password_reset::request(cx, "mara@tidings.example", &browser("192.0.2.1")).await;
        assert!(matches!(asked, Err(Error::FeatureOff { .. })));
        with_mail(cx).await;
        assert_eq!(password_reset::is_offered(cx).await, Ok(true));
    }

    async fn links_that_are_made_up_are_slowed_down(app: TestApp) {
        let cx = &app.services;
        for number in 0..25 {
            let checked = password_reset::check(cx, &format!("guess{number}"), &browser("192.0.2.1")).await;
            let slowed = matches!(checked, Err(Error::SlowDown { .. }));
            assert_eq!(slowed, number >= 20, "{number} {checked:?}");
        }
        for number in 0..6 {
            let tried = submit(cx, "guess", NEW).await;
            assert_eq!(matches!(tried, Err(Error::SlowDown { .. })), number >= 5, "{number} {tried:?}");
        }
        assert!(log(cx).await.iter().all(|record| record.action == "RATE_LIMITED"), "nothing else happened");
    }

    async fn a_signed_in_person_can_have_a_link_sent(app: TestApp) {
        let cx = &app.services;
        with_mail(cx).await;
        let mara = app.staff("Mara").await;
        password_reset::request_own(cx, &own(&mara)).await.unwrap();
        let token = reset_token(&letters(cx).await[0].2);
        submit(cx, &token, NEW).await.unwrap();
        assert_eq!(told(cx, "PASSWORD_RESET_REQUESTED").await.user_id.as_ref(), Some(mara.id()));
    }

    async fn a_key_changes_nobodys_password(app: TestApp) {
        let mara = app.admin("Mara").await;
        let key = app.key(&mara, &[], None).await;
        let refused = access::instance_grant::<access::ManageOwnAccount>(&key.actor());
        assert_eq!(refused.map(|_| ()), Err(Error::NoKeys));
    }
}
