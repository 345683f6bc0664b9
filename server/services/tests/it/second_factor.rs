use chrono::Duration;
use model::second_factor::{Factor, Mode};
use model::{Error, Role};
use serde_json::{Value, json};
use services::access::{ManageUsers, instance_grant};
use services::caller::{self, Caller};
use services::second_factor::{self, Pending, Proof, RecoveryCodes};
use services::sign_in::{self, Progress, SignedIn};
use services::{Services, passkeys, totp};
use testkit::{Authenticator, PASSWORD, Person, execute, on_both_databases, totp_code};

use crate::help::{Secure, browser, log, own, times, told, with_passkey};

async fn by_password(app: &Secure, email: &str) -> Progress {
    sign_in::with_password(&app.services, email, PASSWORD, &browser("192.0.2.1")).await.unwrap()
}

async fn by_passkey(app: &Secure, device: &mut Authenticator) -> Progress {
    let client = browser("192.0.2.1");
    let begun = passkeys::begin_sign_in(&app.services, None, &client).await.unwrap();
    let answer = device.get(&begun.options);
    passkeys::sign_in(&app.services, &answer, &begun.challenge, &client).await.unwrap()
}

#[track_caller]
fn pending(progress: Progress, factor: Factor) -> Pending {
    let Progress::SecondFactor(pending) = progress else { panic!("a session by one factor alone") };
    assert_eq!(pending.factor, factor);
    pending
}

async fn answer(app: &Secure, pending: &Pending, proof: Proof) -> model::Result<SignedIn> {
    second_factor::answer(&app.services, &pending.token, proof, &browser("192.0.2.1")).await
}

/// What a passkey signs as the second step.
async fn signed(app: &Secure, pending: &Pending, device: &mut Authenticator) -> Value {
    let begun = second_factor::begin_passkey(&app.services, &pending.token, &browser("192.0.2.1")).await.unwrap();
    device.get_anyway(&begun.options)
}

async fn set_mode(app: &Secure, person: &Person, mode: Mode) -> Option<RecoveryCodes> {
    second_factor::set_mode(&app.services, &own(person), mode).await.unwrap()
}

/// Sets an authenticator app up; gives its secret and the recovery codes, where there were none.
async fn with_totp(app: &Secure, person: &Person) -> (String, Vec<String>) {
    let secret = totp::offer(&app.services, &own(person)).await.unwrap().secret;
    let code = code(&app.services, &secret);
    let codes = totp::confirm(&app.services, &own(person), &code).await.unwrap();
    app.advance(Duration::seconds(60));
    (secret, codes.map(|RecoveryCodes(codes)| codes).unwrap_or_default())
}

fn code(cx: &Services, secret: &str) -> String {
    totp_code(secret, cx.clock.now().timestamp())
}

async fn require_second_factor(app: &Secure) {
    let sql = "INSERT INTO instance_settings (name, value, updated_at) \
        VALUES ('require_second_factor', 'true', '2026-03-04T09:30:00+00:00')";
    execute(app.db(), sql).await;
}

async fn identified(app: &Secure, person: &Person) -> Caller {
    let mut headers = http::HeaderMap::new();
    let token = format!("Bearer {}", person.signed_in().access_token);
    headers.insert("authorization", token.parse().unwrap());
    caller::identify(&app.services, &headers, person.client()).await.caller
}

on_both_databases! {
    async fn without_a_mode_one_factor_is_enough(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        assert!(by_password(&app, "mara@tidings.example").await.completed().is_some());
        assert!(by_passkey(&app, &mut device).await.completed().is_some());
    }

    async fn a_password_then_a_passkey(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        set_mode(&app, &mara, Mode::PasswordPlusPasskey).await;
        let sessions = testkit::count(app.db(), "refresh_tokens").await;
        let waiting = pending(by_password(&app, "mara@tidings.example").await, Factor::Passkey);
        assert!(waiting.token.len() >= 43);
        assert_eq!(testkit::count(app.db(), "refresh_tokens").await, sessions, "no session yet");
        let shown = second_factor::waiting(&app.services, &waiting.token).await.unwrap();
        assert_eq!((shown.account.as_str(), shown.attempts_left), ("m…@t….example", 5));
        // The password was the other factor, so a touch is enough.
        let mut touched = device.clone();
        touched.verifies = false;
        let proof = Proof::Passkey(signed(&app, &waiting, &mut touched).await);
        assert!(answer(&app, &waiting, proof).await.is_err(), "one that verified the person once keeps doing so");
        let proof = Proof::Passkey(signed(&app, &waiting, &mut device).await);
        // The counter of the refused signature was not noted.
        let signed_in = answer(&app, &waiting, proof).await.unwrap();
        assert_eq!(&signed_in.user.id, mara.id());
        assert_eq!(told(&app.services, "SECOND_FACTOR_SUCCESS").await.details["factor"], "passkey");
        // A passkey alone is stronger than both.
        assert!(by_passkey(&app, &mut device).await.completed().is_some());
    }

    async fn a_passkey_then_a_password_and_both_on_the_other_way(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        set_mode(&app, &mara, Mode::PasskeyPlusPassword).await;
        let waiting = pending(by_passkey(&app, &mut device).await, Factor::Password);
        assert_eq!(told(&app.services, "LOGIN_PASSKEY_FIRST_FACTOR_SUCCESS").await.details["userId"], json!(mara.id()));
        let wrong = answer(&app, &waiting, Proof::Password("wrong".to_owned())).await;
        assert_eq!(wrong, Err(Error::WrongFactor { left: 4 }));
        let signed_in = answer(&app, &waiting, Proof::Password(PASSWORD.to_owned())).await.unwrap();
        assert_eq!(&signed_in.user.id, mara.id());
        assert_eq!(times(&app.services, "LOGIN_PASSKEY_SUCCESS").await, 1);
        let waiting = pending(by_password(&app, "mara@tidings.example").await, Factor::Passkey);
        let proof = Proof::Passkey(signed(&app, &waiting, &mut device).await);
        assert!(answer(&app, &waiting, proof).await.is_ok());
    }

    async fn a_second_step_without_the_right_proof_is_refused_and_counts(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        let RecoveryCodes(codes) = set_mode(&app, &mara, Mode::PasskeyPlusPassword).await.unwrap();
        let sessions = testkit::count(app.db(), "refresh_tokens").await;
        let waiting = pending(by_password(&app, "mara@tidings.example").await, Factor::Passkey);
        let wrong = [
            Proof::Nothing,
            Proof::Password(PASSWORD.to_owned()),
            Proof::Code("000000".to_owned()),
            Proof::Passkey(json!({})),
            Proof::Recovery("0000-0000-0000-0000".to_owned()),
        ];
        for (left, proof) in (0..5).rev().zip(wrong) {
            assert_eq!(answer(&app, &waiting, proof).await, Err(Error::WrongFactor { left }));
        }
        // Five attempts were all; even what is right comes too late.
        assert_eq!(answer(&app, &waiting, Proof::Recovery(codes[0].clone())).await, Err(Error::SignInExpired));
        let begun = second_factor::begin_passkey(&app.services, &waiting.token, &browser("192.0.2.1")).await;
        assert_eq!(begun, Err(Error::SignInExpired));
        let waiting = pending(by_passkey(&app, &mut device).await, Factor::Password);
        assert_eq!(answer(&app, &waiting, Proof::Nothing).await, Err(Error::WrongFactor { left: 4 }));
        let other = answer(&app, &waiting, Proof::Recovery(codes[0].clone())).await;
        assert_eq!(other, Err(Error::WrongFactor { left: 3 }), "a recovery code is no password");
        assert_eq!(testkit::count(app.db(), "refresh_tokens").await, sessions);
        assert_eq!(times(&app.services, "SECOND_FACTOR_FAILURE").await, 7);
        let reasons: Vec<_> = log(&app.services).await.into_iter().map(|record| record.details.to_string()).collect();
        for secret in [PASSWORD, waiting.token.as_str(), codes[0].as_str()] {
            assert!(!reasons.iter().any(|details| details.contains(secret)), "a secret in the log");
        }
    }

    async fn attempts_at_the_same_moment_are_not_more_than_five(app: Secure) {
        let mara = app.staff("Mara").await;
        let (secret, _) = with_totp(&app, &mara).await;
        let waiting = pending(by_password(&app, "mara@tidings.example").await, Factor::Totp);
        let right = code(&app.services, &secret);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let attempts = (0..12).map(|_| {
            let (cx, token) = (app.services.clone(), waiting.token.clone());
            let proof = Proof::Code(wrong.to_owned());
            tokio::spawn(async move { second_factor::answer(&cx, &token, proof, &browser("192.0.2.1")).await })
        });
        let mut counted = 0;
        for attempt in attempts.collect::<Vec<_>>() {
            match attempt.await.unwrap() {
                Err(Error::WrongFactor { .. }) => counted += 1,
                Err(Error::SignInExpired) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(counted, 5);
        assert_eq!(answer(&app, &waiting, Proof::Code(right)).await, Err(Error::SignInExpired));
    }

    async fn two_right_answers_at_the_same_moment_open_one_session(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        set_mode(&app, &mara, Mode::PasskeyPlusPassword).await;
        let waiting = pending(by_passkey(&app, &mut device).await, Factor::Password);
        let proof = || Proof::Password(PASSWORD.to_owned());
        let (a, b) = tokio::join!(answer(&app, &waiting, proof()), answer(&app, &waiting, proof()));
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
        assert_eq!(answer(&app, &waiting, proof()).await, Err(Error::SignInExpired), "a pending sign-in is good once");
    }

    async fn a_pending_sign_in_ends_after_ten_minutes(app: Secure) {
        let mara = app.staff("Mara").await;
        let (secret, _) = with_totp(&app, &mara).await;
        let waiting = pending(by_password(&app, "mara@tidings.example").await, Factor::Totp);
        app.advance(Duration::seconds(599));
        assert!(second_factor::waiting(&app.services, &waiting.token).await.is_ok());
        app.advance(Duration::seconds(1));
        let late = answer(&app, &waiting, Proof::Code(code(&app.services, &secret))).await;
        assert_eq!(late, Err(Error::SignInExpired));
        pending(by_password(&app, "mara@tidings.example").await, Factor::Totp);
        assert_eq!(testkit::count(app.db(), "second_factor_sessions").await, 1, "those that expired are forgotten");
    }

    async fn a_made_up_token_is_no_pending_sign_in(app: Secure) {
        for token in ["", "x", &"A".repeat(43)] {
            let refused = second_factor::answer(&app.services, token, Proof::Nothing, &browser("192.0.2.1")).await;
            assert_eq!(refused, Err(Error::SignInExpired));
            assert_eq!(second_factor::waiting(&app.services, token).await, Err(Error::SignInExpired));
        }
    }

    async fn one_account_takes_twenty_second_steps_in_fifteen_minutes(app: Secure) {
        let mara = app.staff("Mara").await;
        with_totp(&app, &mara).await;
        // Setting the app up was one.
        for number in 0..4 {
            let client = browser(&format!("192.0.2.{number}"));
            let begun = sign_in::with_password(&app.services, "mara@tidings.example", PASSWORD, &client).await.unwrap();
            let waiting = pending(begun, Factor::Totp);
            for _ in 0..5 {
                let tried = answer(&app, &waiting, Proof::Nothing).await;
                assert!(matches!(tried, Err(Error::WrongFactor { .. } | Error::SlowDown { .. })), "{tried:?}");
            }
        }
        let waiting = pending(by_password(&app, "mara@tidings.example").await, Factor::Totp);
        assert!(matches!(answer(&app, &waiting, Proof::Nothing).await, Err(Error::SlowDown { .. })));
    }

    async fn the_passkey_of_another_person_is_no_second_step(app: Secure) {
        let (mara, olaf) = (app.staff("Mara").await, app.staff("Olaf").await);
        let mut device = with_passkey(&app, &mara).await;
        let mut olafs = with_passkey(&app, &olaf).await;
        set_mode(&app, &mara, Mode::PasswordPlusPasskey).await;
        set_mode(&app, &olaf, Mode::PasswordPlusPasskey).await;
        let maras = pending(by_password(&app, "mara@tidings.example").await, Factor::Passkey);
        let proof = Proof::Passkey(signed(&app, &maras, &mut olafs).await);
        assert_eq!(answer(&app, &maras, proof).await, Err(Error::WrongFactor { left: 4 }));
        // Nor is a signature for the pending sign-in of somebody else, or for another one of the same person.
        let others = pending(by_password(&app, "olaf@tidings.example").await, Factor::Passkey);
        let proof = Proof::Passkey(signed(&app, &others, &mut olafs).await);
        assert_eq!(answer(&app, &maras, proof).await, Err(Error::WrongFactor { left: 3 }));
        let second = pending(by_password(&app, "mara@tidings.example").await, Factor::Passkey);
        let proof = Proof::Passkey(signed(&app, &second, &mut device).await);
        assert_eq!(answer(&app, &maras, proof).await, Err(Error::WrongFactor { left: 2 }));
    }

    async fn a_mode_needs_what_it_asks_for(app: Secure) {
        let mara = app.staff("Mara").await;
        let cx = &app.services;
        for mode in [Mode::PasswordPlusPasskey, Mode::PasskeyPlusPassword] {
            let refused = second_factor::set_mode(cx, &own(&mara), mode).await;
            assert!(refused.is_err_and(|error| error.for_field("twoFactorMode").is_some()), "without a passkey");
        }
        with_passkey(&app, &mara).await;
        execute(app.db(), "UPDATE users SET password_hash = NULL WHERE email LIKE 'mara%'").await;
        let refused = second_factor::set_mode(cx, &own(&mara), Mode::PasswordPlusPasskey).await;
        assert!(refused.is_err_and(|error| error.for_field("twoFactorMode").is_some()), "without a password");
        assert_eq!(times(cx, "TWO_FACTOR_MODE_CHANGED").await, 0);
    }

    async fn the_last_passkey_stays_while_signing_in_needs_it(app: Secure) {
        let mara = app.staff("Mara").await;
        with_passkey(&app, &mara).await;
        let cx = &app.services;
        let ids = async || -> Vec<_> {
            passkeys::list(cx, &own(&mara)).await.unwrap().into_iter().map(|passkey| passkey.id).collect()
        };
        set_mode(&app, &mara, Mode::PasswordPlusPasskey).await;
        assert_eq!(passkeys::remove(cx, &own(&mara), &ids().await[0]).await, Err(Error::LastPasskey));
        with_passkey(&app, &mara).await;
        // Both at the same moment: one has to stay.
        let both = ids().await;
        let may = own(&mara);
        let (a, b) = tokio::join!(passkeys::remove(cx, &may, &both[0]), passkeys::remove(cx, &may, &both[1]));
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
        assert_eq!(ids().await.len(), 1);
        set_mode(&app, &mara, Mode::None).await;
        assert_eq!(passkeys::remove(cx, &own(&mara), &ids().await[0]).await, Ok(()));
        let changed = log(cx).await.into_iter().filter(|record| record.action == "TWO_FACTOR_MODE_CHANGED").count();
        assert_eq!(changed, 2);
    }

    async fn a_change_of_mode_ends_all_other_sign_ins_and_those_that_wait(app: Secure) {
        let mara = app.staff("Mara").await;
        let (_, codes) = with_totp(&app, &mara).await;
        with_passkey(&app, &mara).await;
        let waiting = pending(by_password(&app, "mara@tidings.example").await, Factor::Totp);
        let signed_in = answer(&app, &waiting, Proof::Recovery(codes[0].clone())).await.unwrap();
        let waiting = pending(by_password(&app, "mara@tidings.example").await, Factor::Totp);
        set_mode(&app, &mara, Mode::PasswordPlusPasskey).await;
        assert_eq!(answer(&app, &waiting, Proof::Nothing).await, Err(Error::SignInExpired));
        let client = browser("192.0.2.1");
        let ended = sign_in::authenticate(&app.services, &signed_in.access_token, &client, services::Via::Token).await;
        assert_eq!(ended, Err(Error::SignedOut));
        assert!(identified(&app, &mara).await.is_known());
    }

    async fn a_disabled_person_does_not_get_through_the_second_step(app: Secure) {
        let mara = app.staff("Mara").await;
        let (secret, _) = with_totp(&app, &mara).await;
        let waiting = pending(by_password(&app, "mara@tidings.example").await, Factor::Totp);
        execute(app.db(), "UPDATE users SET disabled_at = created_at").await;
        let proof = Proof::Code(code(&app.services, &secret));
        assert_eq!(answer(&app, &waiting, proof).await, Err(Error::SignInExpired));
    }

    async fn recovery_codes_stand_in_once_each(app: Secure) {
        let mara = app.staff("Mara").await;
        with_passkey(&app, &mara).await;
        let RecoveryCodes(codes) = set_mode(&app, &mara, Mode::PasswordPlusPasskey).await.unwrap();
        assert_eq!(codes.len(), 10);
        let waiting = pending(by_password(&app, "mara@tidings.example").await, Factor::Passkey);
        assert!(second_factor::waiting(&app.services, &waiting.token).await.unwrap().takes_recovery_codes);
        // However it is typed.
        let typed = codes[0].to_uppercase().replace('-', " ");
        answer(&app, &waiting, Proof::Recovery(typed)).await.unwrap();
        let waiting = pending(by_password(&app, "mara@tidings.example").await, Factor::Passkey);
        let again = answer(&app, &waiting, Proof::Recovery(codes[0].clone())).await;
        assert_eq!(again, Err(Error::WrongFactor { left: 4 }));
        let left = second_factor::overview(&app.services, &own(&mara)).await.unwrap().factors.recovery_codes;
        assert_eq!(left, 9);
        let RecoveryCodes(fresh) = second_factor::new_codes(&app.services, &own(&mara)).await.unwrap();
        let old = answer(&app, &waiting, Proof::Recovery(codes[1].clone())).await;
        assert_eq!(old, Err(Error::WrongFactor { left: 3 }), "new ones end the old ones");
        answer(&app, &waiting, Proof::Recovery(fresh[9].clone())).await.unwrap();
        let stored = testkit::texts(app.db(), "SELECT code_hash FROM recovery_codes").await;
        assert!(stored.iter().all(|hash| hash.len() == 64 && !fresh.contains(hash)));
        set_mode(&app, &mara, Mode::None).await;
        assert_eq!(testkit::count(app.db(), "recovery_codes").await, 0, "there is nothing left to recover");
        let refused = second_factor::new_codes(&app.services, &own(&mara)).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })));
    }

    async fn whoever_must_set_a_second_factor_up_can_do_nothing_else(app: Secure) {
        let mara = app.staff("Mara").await;
        assert!(identified(&app, &mara).await.is_known());
        require_second_factor(&app).await;
        let limited = identified(&app, &mara).await;
        assert!(limited.is_limited() && !limited.is_known());
        assert_eq!(limited.actor().err(), Some(Error::SecondFactorNeeded));
        assert!(limited.own_account().is_ok());
        // A passkey beside a password that still opens the account alone is no second factor.
        with_passkey(&app, &mara).await;
        assert!(identified(&app, &mara).await.is_limited());
        set_mode(&app, &mara, Mode::PasswordPlusPasskey).await;
        assert!(identified(&app, &mara).await.is_known());
        // And it stays so.
        let refused = second_factor::set_mode(&app.services, &own(&mara), Mode::None).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        with_totp(&app, &mara).await;
        set_mode(&app, &mara, Mode::None).await;
        assert!(matches!(totp::remove(&app.services, &own(&mara)).await, Err(Error::Conflict { .. })));
        assert!(identified(&app, &mara).await.is_known());
    }

    async fn keys_go_on_while_their_owner_has_to_set_a_second_factor_up(app: Secure) {
        let mara = app.admin("Mara").await;
        let key = app.key(&mara, &[], None).await;
        require_second_factor(&app).await;
        let mut headers = http::HeaderMap::new();
        headers.insert("authorization", format!("Bearer {}", key.secret()).parse().unwrap());
        assert!(caller::identify(&app.services, &headers, key.client()).await.caller.is_known());
    }

    async fn administrators_reset_the_factors_of_somebody_who_is_locked_out(app: Secure) {
        let (ada, mara) = (app.admin("Ada").await, app.staff("Mara").await);
        with_passkey(&app, &mara).await;
        with_totp(&app, &mara).await;
        set_mode(&app, &mara, Mode::PasskeyPlusPassword).await;
        let may = instance_grant::<ManageUsers>(&ada.actor()).unwrap();
        second_factor::reset_for(&app.services, &may, mara.id()).await.unwrap();
        for table in ["passkeys", "totp_secrets", "recovery_codes", "second_factor_sessions"] {
            assert_eq!(testkit::count(app.db(), table).await, 0, "{table}");
        }
        assert!(matches!(identified(&app, &mara).await, Caller::Rejected(Error::SignedOut)));
        assert!(by_password(&app, "mara@tidings.example").await.completed().is_some());
        let record = told(&app.services, "USER_2FA_RESET").await;
        assert_eq!((record.user_id.as_ref(), record.entity_id.as_deref()), (Some(ada.id()), Some(mara.id().as_str())));
        assert_eq!(record.details, json!({ "mode": "PASSKEY_PLUS_PASSWORD", "passkeys": 1, "totp": true }));
        let nobody = second_factor::reset_for(&app.services, &may, &"nobody".parse().unwrap()).await;
        assert_eq!(nobody, Err(Error::NotFound));
        let system = second_factor::reset_for(&app.services, &may, &"system".parse().unwrap()).await;
        assert_eq!(system, Err(Error::NotFound));
        let olaf = app.account("Olaf", Role::Staff).await;
        second_factor::reset_for(&app.services, &may, &olaf.id).await.unwrap();
    }
}
