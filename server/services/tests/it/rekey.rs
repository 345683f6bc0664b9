//! Replacing the key of the instance.

use model::mail::MailServerForm;
use model::sso::ProviderInput;
use services::audit::{seal, verify};
use services::oauth::providers;
use services::rekey::{Rekeyed, rekey};
use services::{Actor, Services, Settings, SigningKey, mail, totp};
use testkit::{TestApp, execute, fixtures, on_both_databases, services_with, settings, texts, totp_code};

use crate::help::own;

const SECRETS: [&str; 3] = [
    "SELECT client_secret FROM oauth_providers",
    "SELECT secret FROM totp_secrets",
    "SELECT CAST(value AS TEXT) FROM instance_settings WHERE name = 'mailPassword'",
];

/// Another process on the same database, with a new key, and with or without the former one.
fn with_new_key(cx: &Services, knows_former: bool) -> Services {
    let former = settings().signing_key;
    let signing_key = SigningKey::new(*b"the one from today: thirty-two b").unwrap();
    let previous_signing_key = knows_former.then_some(former);
    services_with(cx.db.clone(), Settings { signing_key, previous_signing_key, ..settings() })
}

async fn done(cx: &Services) -> Rekeyed {
    rekey(cx, &Actor::console(cx.clock.now()).unwrap()).await.unwrap()
}

on_both_databases! {
    async fn everything_opens_under_a_new_key_and_the_former_one_is_not_needed_any_more(app: TestApp) {
        let mara = app.staff("Mara").await;
        let cx = &app.services;
        let may = fixtures::may_everywhere(cx);
        let totp_secret = totp::offer(cx, &own(&mara)).await.unwrap().secret;
        let form = MailServerForm {
            host: "mail.tidings.example".to_owned(),
            port: 587,
            user: "tidings".to_owned(),
            sender: "news@tidings.example".to_owned(),
            ..MailServerForm::default()
        };
        mail::save(cx, &fixtures::may_everywhere(cx), &form, mail::Password::typed("correct horse")).await.unwrap();
        let provider = ProviderInput {
            name: "Orbit SSO".to_owned(),
            authorization_url: "https://sso.example/authorize".to_owned(),
            token_url: "https://sso.example/token".to_owned(),
            user_info_url: "https://sso.example/me".to_owned(),
            client_id: "tidings".to_owned(),
            client_secret: "s3cret value".to_owned(),
            scopes: vec!["email".to_owned()],
            ..ProviderInput::default()
        };
        providers::create(cx, &may, provider).await.unwrap();
        seal::seal(cx).await.unwrap();

        let without = with_new_key(cx, false);
        assert!(totp::offered(&without, &own(&mara)).await.is_err(), "sealed under another key");
        let new = with_new_key(cx, true);
        assert!(totp::offered(&new, &own(&mara)).await.unwrap().is_some(), "before anything was done");
        let first = done(&new).await;
        assert_eq!((first.secrets, first.lost.len()), (3, 0));
        assert!(first.chain.is_some_and(|report| report.is_whole() && report.records > 0));
        assert_eq!(done(&new).await, Rekeyed { secrets: 0, lost: Vec::new(), chain: None }, "the second time");

        let code = totp_code(&totp_secret, without.clock.now().timestamp());
        assert!(totp::confirm(&without, &own(&mara), &code).await.unwrap().is_some());
        let old = texts(&cx.db, SECRETS[0]).await;
        assert!(cx.unseal(services::sealed::Purpose::ClientSecret, &old[0]).is_err(), "the former key is of no use");
        assert_eq!(without.unseal(services::sealed::Purpose::ClientSecret, &old[0]).unwrap(), "s3cret value");
        let password = texts(&cx.db, SECRETS[2]).await[0].trim_matches('"').to_owned();
        assert_eq!(without.unseal(services::sealed::Purpose::MailPassword, &password).unwrap(), "correct horse");
        seal::seal(&without).await.unwrap();
        assert!(verify::check(&without, None).await.unwrap().is_whole());
        let told = texts(&cx.db, "SELECT action FROM audit_logs WHERE action IN ('SECRETS_REKEYED', 'AUDIT_CHAIN_BEGUN')").await;
        assert_eq!(told.len(), 2);
    }

    async fn damage_from_before_is_told_and_recorded_and_what_no_key_opens_stays(app: TestApp) {
        let mara = app.staff("Mara").await;
        let cx = &app.services;
        totp::offer(cx, &own(&mara)).await.unwrap();
        for name in ["One", "Two", "Three"] {
            fixtures::project(cx, name).await;
        }
        seal::seal(cx).await.unwrap();
        execute(&cx.db, "DELETE FROM audit_logs WHERE number = 2").await;
        execute(&cx.db, "UPDATE totp_secrets SET secret = 'v1:other:AAAA'").await;
        let done = done(&with_new_key(cx, true)).await;
        assert_eq!((done.secrets, done.lost), (0, vec![format!("totp {}", mara.id())]));
        assert_eq!(done.chain.map(|report| report.broken), Some(1));
        assert_eq!(texts(&cx.db, SECRETS[1]).await, ["v1:other:AAAA"]);
        let reasons = texts(&cx.db, "SELECT CAST(details AS TEXT) FROM audit_logs WHERE action = 'AUDIT_CHAIN_BEGUN'").await;
        assert!(reasons[0].contains("damaged at 1 place"), "{reasons:?}");
    }
}
