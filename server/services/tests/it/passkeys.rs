use chrono::Duration;
use model::second_factor::Mode;
use model::{Error, Role};
use serde_json::{Value, json};
use services::passkeys;
use services::second_factor;
use services::sign_in::{Progress, SignedIn};
use testkit::{Authenticator, PASSWORD, TestApp, execute, on_both_databases};

use crate::help::{SECURE, Secure, browser, own, times, told, with_passkey};

async fn begin(app: &Secure) -> passkeys::Started {
    passkeys::begin_sign_in(&app.services, None, &browser("192.0.2.1")).await.unwrap()
}

async fn finish(app: &Secure, response: &Value, challenge: &str) -> model::Result<Progress> {
    passkeys::sign_in(&app.services, response, challenge, &browser("192.0.2.1")).await
}

/// Signs in with a discoverable passkey.
async fn sign_in(app: &Secure, device: &mut Authenticator) -> model::Result<Progress> {
    let begun = begin(app).await;
    finish(app, &device.get(&begun.options), &begun.challenge).await
}

fn complete(progress: model::Result<Progress>) -> SignedIn {
    progress.unwrap().completed().expect("nothing more is asked")
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: model::Result<T>) {
    let Err(Error::BadRequest { message }) = result else { panic!("{result:?}") };
    assert_eq!(message, "The passkey could not be verified. Try again.");
}

on_both_databases! {
    async fn a_passkey_is_registered_and_signs_its_owner_in_without_a_name(app: Secure) {
        let mara = app.staff("Mara").await;
        let options = passkeys::begin_registration(&app.services, &own(&mara)).await.unwrap();
        assert_eq!((&options["rp"]["id"], &options["attestation"]), (&json!("tidings.example"), &json!("none")));
        let selection = &options["authenticatorSelection"];
        assert_eq!((&selection["residentKey"], &selection["userVerification"]), (&json!("preferred"), &json!("preferred")));
        let mut device = with_passkey(&app, &mara).await;
        let listed = passkeys::list(&app.services, &own(&mara)).await.unwrap();
        assert_eq!((listed[0].name.as_str(), listed[0].last_used_at), ("Laptop", None));
        let begun = begin(&app).await;
        assert_eq!((&begun.options["allowCredentials"], &begun.options["userVerification"]), (&json!([]), &json!("required")));
        let signed_in = complete(finish(&app, &device.get(&begun.options), &begun.challenge).await);
        assert_eq!(&signed_in.user.id, mara.id());
        assert!(passkeys::list(&app.services, &own(&mara)).await.unwrap()[0].last_used_at.is_some());
        assert_eq!(told(&app.services, "LOGIN_PASSKEY_SUCCESS").await.user_id.as_ref(), Some(mara.id()));
        assert_eq!(told(&app.services, "PASSKEY_ADDED").await.details, json!({ "name": "Laptop" }));
    }

    async fn the_address_names_the_passkeys_of_its_account(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        let client = browser("192.0.2.1");
        let begun = passkeys::begin_sign_in(&app.services, Some(" MARA@tidings.example "), &client).await.unwrap();
        assert_eq!(begun.options["allowCredentials"].as_array().unwrap().len(), 1);
        // An authenticator that keeps nothing of the owner cannot name them, and need not.
        device.names_owner = false;
        let signed_in = complete(finish(&app, &device.get(&begun.options), &begun.challenge).await);
        assert_eq!(&signed_in.user.id, mara.id());
        // Where nobody was named, it must.
        refused(sign_in(&app, &mut device).await);
    }

    async fn nobody_learns_from_the_options_whether_an_account_exists(app: Secure) {
        let mara = app.staff("Mara").await;
        with_passkey(&app, &mara).await;
        app.account("Without Passkey", Role::Staff).await;
        let gone = app.account("Gone", Role::Staff).await;
        execute(app.db(), &format!("UPDATE users SET disabled_at = created_at WHERE id = '{}'", gone.id)).await;
        let mut seen = Vec::new();
        for email in [
            "mara@tidings.example", "without.passkey@tidings.example", "nobody@tidings.example", "gone@tidings.example",
            "system@tidings.invalid", "no\0body@tidings.example",
        ] {
            let ask = async || passkeys::begin_sign_in(&app.services, Some(email), &browser("192.0.2.1")).await.unwrap();
            let (first, second) = (ask().await, ask().await);
            assert_eq!(first.options["allowCredentials"], second.options["allowCredentials"], "{email}: the same each time");
            assert_ne!(first.challenge, second.challenge);
            let allowed = first.options["allowCredentials"].as_array().unwrap().clone();
            assert!(!allowed.is_empty(), "{email}");
            for one in &allowed {
                let members: Vec<_> = one.as_object().unwrap().keys().cloned().collect();
                assert_eq!(members, ["id", "type"], "{email}: what a made-up one cannot say is said by none");
            }
            let mut shape = first.options.clone();
            shape["challenge"] = json!(0);
            shape["allowCredentials"] = json!(0);
            seen.push((shape, allowed));
        }
        assert!(seen.iter().all(|(shape, _)| *shape == seen[0].0), "the rest is alike");
        let mut lists: Vec<_> = seen.into_iter().map(|(_, allowed)| allowed).collect();
        lists.dedup();
        assert_eq!(lists.len(), 6, "each address has its own");
    }

    async fn a_challenge_is_good_once(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        let begun = begin(&app).await;
        let answer = device.get(&begun.options);
        complete(finish(&app, &answer, &begun.challenge).await);
        refused(finish(&app, &answer, &begun.challenge).await);
        // Another signature over the same challenge, with a counter that has grown.
        refused(finish(&app, &device.get(&begun.options), &begun.challenge).await);
        assert_eq!(times(&app.services, "LOGIN_PASSKEY_FAILURE").await, 2);
        // A wrong answer uses it up, too.
        let begun = begin(&app).await;
        let mut elsewhere = device.clone();
        elsewhere.origin = "https://evil.example".to_owned();
        refused(finish(&app, &elsewhere.get(&begun.options), &begun.challenge).await);
        refused(finish(&app, &device.get(&begun.options), &begun.challenge).await);
    }

    async fn of_two_answers_at_the_same_moment_one_is_accepted(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        let begun = begin(&app).await;
        let answer = device.get(&begun.options);
        let (a, b) = tokio::join!(finish(&app, &answer, &begun.challenge), finish(&app, &answer, &begun.challenge));
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
    }

    async fn a_challenge_that_we_did_not_make_or_that_is_old_is_refused(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        let begun = begin(&app).await;
        let mut forged = begun.options.clone();
        forged["challenge"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        refused(finish(&app, &device.get(&forged), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await);
        refused(finish(&app, &device.get(&begun.options), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await);
        app.advance(Duration::seconds(299));
        complete(finish(&app, &device.get(&begun.options), &begun.challenge).await);
        let begun = begin(&app).await;
        app.advance(Duration::minutes(5));
        refused(finish(&app, &device.get(&begun.options), &begun.challenge).await);
    }

    async fn a_challenge_for_something_else_is_refused(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        let confirm = services::confirmation::begin_with_passkey(&app.services, &own(&mara)).await.unwrap();
        refused(finish(&app, &device.get(&confirm.options), &confirm.challenge).await);
        let begun = begin(&app).await;
        let answer = device.get(&begun.options);
        refused(services::confirmation::with_passkey(&app.services, &own(&mara), &answer).await);
        let register = passkeys::begin_registration(&app.services, &own(&mara)).await.unwrap();
        let mut options = begin(&app).await.options;
        options["challenge"] = register["challenge"].clone();
        refused(finish(&app, &device.get(&options), register["challenge"].as_str().unwrap()).await);
    }

    async fn a_passkey_that_does_not_verify_the_person_does_not_sign_in_alone(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        device.verifies = false;
        refused(sign_in(&app, &mut device).await);
        device.verifies = true;
        complete(sign_in(&app, &mut device).await);
    }

    async fn a_signature_from_another_address_is_refused(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        for origin in ["https://evil.example", "http://tidings.example", "https://tidings.example:444", "https://x.tidings.example"] {
            device.origin = origin.to_owned();
            refused(sign_in(&app, &mut device).await);
        }
        device.origin = SECURE.to_owned();
        complete(sign_in(&app, &mut device).await);
    }

    async fn the_passkey_of_another_person_is_not_that_of_the_address(app: Secure) {
        let (mara, olaf) = (app.staff("Mara").await, app.staff("Olaf").await);
        with_passkey(&app, &mara).await;
        let mut olafs = with_passkey(&app, &olaf).await;
        let client = browser("192.0.2.1");
        let begun = passkeys::begin_sign_in(&app.services, Some("mara@tidings.example"), &client).await.unwrap();
        refused(finish(&app, &olafs.get_anyway(&begun.options), &begun.challenge).await);
    }

    async fn a_copied_passkey_is_noticed_by_its_counter(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        let mut copy = device.clone();
        complete(sign_in(&app, &mut device).await);
        complete(sign_in(&app, &mut device).await);
        refused(sign_in(&app, &mut copy).await);
        let failure = told(&app.services, "LOGIN_PASSKEY_FAILURE").await;
        assert_eq!(failure.details, json!({ "reason": "COUNTER_REPLAY", "userId": mara.id() }));
        // The device itself is not concerned.
        complete(sign_in(&app, &mut device).await);
    }

    async fn a_passkey_that_does_not_count_goes_on_without(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = Authenticator::new(SECURE);
        device.counts = false;
        let options = passkeys::begin_registration(&app.services, &own(&mara)).await.unwrap();
        let answer = device.create(&options);
        passkeys::register(&app.services, &own(&mara), &answer, "Phone").await.unwrap();
        for _ in 0..3 {
            complete(sign_in(&app, &mut device).await);
        }
    }

    async fn unknown_passkeys_and_disabled_people_get_one_answer(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        execute(app.db(), "UPDATE users SET disabled_at = created_at WHERE email LIKE 'mara%'").await;
        refused(sign_in(&app, &mut device).await);
        execute(app.db(), "DELETE FROM passkeys").await;
        refused(sign_in(&app, &mut device).await);
        for nonsense in [json!(null), json!({}), json!([1]), json!({ "id": "x", "rawId": "x", "type": "public-key" })] {
            refused(finish(&app, &nonsense, "").await);
        }
        assert_eq!(testkit::count(app.db(), "refresh_tokens").await, 1, "only the first sign-in by password");
    }

    async fn the_same_passkey_is_registered_once(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = Authenticator::new(SECURE);
        let options = passkeys::begin_registration(&app.services, &own(&mara)).await.unwrap();
        let answer = device.create(&options);
        passkeys::register(&app.services, &own(&mara), &answer, "Laptop").await.unwrap();
        refused(passkeys::register(&app.services, &own(&mara), &answer, "Again").await);
        let options = passkeys::begin_registration(&app.services, &own(&mara)).await.unwrap();
        assert_eq!(options["excludeCredentials"][0]["id"], answer["id"], "browsers do not even try");
        // With a challenge of its own, too, and by somebody else.
        let olaf = app.staff("Olaf").await;
        let options = passkeys::begin_registration(&app.services, &own(&olaf)).await.unwrap();
        execute(app.db(), "UPDATE passkeys SET credential_id = 'taken'").await;
        let fresh = device.create_again(&options);
        execute(app.db(), &format!("UPDATE passkeys SET credential_id = '{}'", fresh["id"].as_str().unwrap())).await;
        let twice = passkeys::register(&app.services, &own(&olaf), &fresh, "Stolen").await;
        assert!(matches!(twice, Err(Error::Conflict { .. })), "{twice:?}");
        assert_eq!(testkit::count(app.db(), "passkeys").await, 1);
    }

    async fn a_registration_belongs_to_the_sign_in_that_began_it(app: Secure) {
        let (mara, olaf) = (app.staff("Mara").await, app.staff("Olaf").await);
        let elsewhere = app.sign_in(mara.user().clone()).await;
        let mut device = Authenticator::new(SECURE);
        for other in [&olaf, &elsewhere] {
            let options = passkeys::begin_registration(&app.services, &own(&mara)).await.unwrap();
            let answer = device.create_again(&options);
            refused(passkeys::register(&app.services, &own(other), &answer, "Laptop").await);
        }
        let mut far = Authenticator::new("https://evil.example");
        let options = passkeys::begin_registration(&app.services, &own(&mara)).await.unwrap();
        let answer = far.create(&options);
        refused(passkeys::register(&app.services, &own(&mara), &answer, "Laptop").await);
        let options = passkeys::begin_registration(&app.services, &own(&mara)).await.unwrap();
        let answer = device.create_again(&options);
        app.advance(Duration::minutes(5));
        refused(passkeys::register(&app.services, &own(&mara), &answer, "Laptop").await);
        assert_eq!(testkit::count(app.db(), "passkeys").await, 0);
    }

    async fn passkeys_have_a_name_that_can_be_changed(app: Secure) {
        let mara = app.staff("Mara").await;
        with_passkey(&app, &mara).await;
        let id = passkeys::list(&app.services, &own(&mara)).await.unwrap().remove(0).id;
        let renamed = passkeys::rename(&app.services, &own(&mara), &id, " Work laptop ").await.unwrap();
        assert_eq!(renamed.name, "Work laptop");
        for bad in ["", &"x".repeat(61), "a\nb"] {
            let refused = passkeys::rename(&app.services, &own(&mara), &id, bad).await;
            assert!(refused.is_err_and(|error| error.for_field("name").is_some()));
        }
        let olaf = app.staff("Olaf").await;
        assert_eq!(passkeys::rename(&app.services, &own(&olaf), &id, "Mine").await, Err(Error::NotFound));
        assert_eq!(passkeys::remove(&app.services, &own(&olaf), &id).await, Err(Error::NotFound));
        assert_eq!(passkeys::list(&app.services, &own(&mara)).await.unwrap()[0].name, "Work laptop");
    }

    async fn what_protects_the_account_changes_only_right_after_a_proof(app: Secure) {
        let mara = app.staff("Mara").await;
        with_passkey(&app, &mara).await;
        let id = passkeys::list(&app.services, &own(&mara)).await.unwrap().remove(0).id;
        app.advance(Duration::minutes(5) + Duration::seconds(1));
        let may = own(&mara);
        assert_eq!(passkeys::begin_registration(&app.services, &may).await, Err(Error::NotConfirmed));
        assert_eq!(passkeys::remove(&app.services, &may, &id).await, Err(Error::NotConfirmed));
        let mode = second_factor::set_mode(&app.services, &may, Mode::PasswordPlusPasskey).await;
        assert_eq!(mode, Err(Error::NotConfirmed));
        let wrong = services::confirmation::with_password(&app.services, &may, "wrong").await;
        assert!(wrong.is_err_and(|error| error.for_field("password").is_some()));
        services::confirmation::with_password(&app.services, &may, PASSWORD).await.unwrap();
        assert!(passkeys::begin_registration(&app.services, &may).await.is_ok());
        // It is this sign-in that has proved it, and no other one.
        let elsewhere = app.sign_in(mara.user().clone()).await;
        app.advance(Duration::minutes(6));
        services::confirmation::with_password(&app.services, &own(&elsewhere), PASSWORD).await.unwrap();
        assert_eq!(passkeys::remove(&app.services, &may, &id).await, Err(Error::NotConfirmed));
        assert_eq!(passkeys::remove(&app.services, &own(&elsewhere), &id).await, Ok(()));
    }

    async fn a_passkey_confirms_who_one_is(app: Secure) {
        let mara = app.staff("Mara").await;
        let mut device = with_passkey(&app, &mara).await;
        app.advance(Duration::hours(1));
        let may = own(&mara);
        device.verifies = false;
        let begun = services::confirmation::begin_with_passkey(&app.services, &may).await.unwrap();
        let answer = device.get(&begun.options);
        refused(services::confirmation::with_passkey(&app.services, &may, &answer).await);
        device.verifies = true;
        let begun = services::confirmation::begin_with_passkey(&app.services, &may).await.unwrap();
        let answer = device.get(&begun.options);
        services::confirmation::with_passkey(&app.services, &may, &answer).await.unwrap();
        assert!(services::confirmation::is_fresh(&app.services, &mara.actor()).await.unwrap());
        assert_eq!(times(&app.services, "CONFIRMATION_FAILURE").await, 1);
    }

    async fn a_new_or_removed_passkey_ends_all_other_sign_ins(app: Secure) {
        let mara = app.staff("Mara").await;
        let ended = async |other: &testkit::Person| {
            let token = &other.signed_in().access_token;
            services::sign_in::authenticate(&app.services, token, other.client(), services::Via::Token).await.is_err()
        };
        let other = app.sign_in(mara.user().clone()).await;
        with_passkey(&app, &mara).await;
        assert!(ended(&other).await && !ended(&mara).await);
        let other = app.sign_in(mara.user().clone()).await;
        let id = passkeys::list(&app.services, &own(&mara)).await.unwrap().remove(0).id;
        passkeys::remove(&app.services, &own(&mara), &id).await.unwrap();
        assert!(ended(&other).await && !ended(&mara).await);
    }

    async fn an_address_that_cannot_have_passkeys_says_so(app: TestApp) {
        let mara = app.staff("Mara").await;
        for result in [
            passkeys::begin_registration(&app.services, &own(&mara)).await.map(|_| ()),
            passkeys::begin_sign_in(&app.services, None, &browser("192.0.2.1")).await.map(|_| ()),
        ] {
            let Err(Error::Conflict { message }) = result else { panic!("{result:?}") };
            assert_eq!(message, "Browsers offer passkeys over https only.");
        }
        assert!(!passkeys::is_worth_offering(&app.services, &own(&mara)).await.unwrap());
    }

    async fn a_passkey_is_offered_once(app: Secure) {
        let (mara, olaf) = (app.staff("Mara").await, app.staff("Olaf").await);
        assert!(passkeys::is_worth_offering(&app.services, &own(&mara)).await.unwrap());
        passkeys::decline(&app.services, &own(&mara)).await.unwrap();
        assert!(!passkeys::is_worth_offering(&app.services, &own(&mara)).await.unwrap());
        with_passkey(&app, &olaf).await;
        assert!(!passkeys::is_worth_offering(&app.services, &own(&olaf)).await.unwrap());
    }

    async fn passkey_sign_ins_are_limited_by_address(app: Secure) {
        for _ in 0..30 {
            begin(&app).await;
        }
        let client = browser("192.0.2.1");
        let slowed = passkeys::begin_sign_in(&app.services, None, &client).await;
        assert!(matches!(slowed, Err(Error::SlowDown { .. })));
        let slowed = passkeys::sign_in(&app.services, &json!({}), "", &client).await;
        assert!(matches!(slowed, Err(Error::SlowDown { .. })));
        assert!(passkeys::begin_sign_in(&app.services, None, &browser("192.0.2.2")).await.is_ok());
    }

    async fn old_challenges_are_forgotten(app: Secure) {
        begin(&app).await;
        app.advance(Duration::minutes(6));
        begin(&app).await;
        assert_eq!(testkit::count(app.db(), "auth_challenges").await, 1);
    }
}
