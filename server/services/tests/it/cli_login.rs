use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use model::Error;
use services::access::instance_grant;
use services::cli_login::{self, Exchange, Issued, Request};
use services::sign_in::{self, Kind, SignedIn};
use services::{Services, Via, caller};
use sha2::{Digest, Sha256};
use testkit::{Person, TestApp, on_both_databases};

const CALLBACK: &str = "http://127.0.0.1:4711/callback?state=xyz";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

fn asked(cx: &Services, callback: &str) -> model::Result<Request> {
    Request::read(cx, callback, None, Some("tidings on marvin"))
}

async fn agree(cx: &Services, person: &Person, request: &Request) -> Issued {
    let may = instance_grant(&person.by_cookie().actor()).unwrap();
    cli_login::issue(cx, &may, request).await.unwrap()
}

async fn issue(cx: &Services, person: &Person) -> Issued {
    agree(cx, person, &asked(cx, CALLBACK).unwrap()).await
}

async fn issue_with_challenge(cx: &Services, person: &Person) -> Issued {
    agree(cx, person, &Request::read(cx, CALLBACK, Some(&challenge()), None).unwrap()).await
}

async fn exchange(app: &TestApp, code: &str, verifier: Option<&str>) -> model::Result<SignedIn> {
    let client = app.stranger().client().clone();
    cli_login::exchange(&app.services, Exchange { code, expires: None, verifier }, &client).await
}

fn is_refused<T: std::fmt::Debug>(outcome: model::Result<T>) {
    assert!(matches!(outcome, Err(Error::BadRequest { .. })), "{outcome:?}");
}

async fn is_in(app: &TestApp, signed_in: &SignedIn) -> bool {
    let client = app.stranger().client().clone();
    sign_in::authenticate(&app.services, &signed_in.access_token, &client, Via::Token).await.is_ok()
}

async fn audited(app: &TestApp, action: &str) -> i64 {
    testkit::count(app.db(), &format!("audit_logs WHERE action = '{action}'")).await
}

#[test]
fn codes_go_to_this_computer_and_nowhere_else() {
    testkit::run_on_sqlite(async |app: TestApp| {
        let cx = &app.services;
        for (good, place) in [
            ("http://localhost:4711/callback", "localhost:4711"),
            ("http://127.0.0.1:80/", "127.0.0.1:80"),
            ("http://LOCALHOST:4711", "localhost:4711"),
            ("http://[::1]:4711/a?b=c", "[::1]:4711"),
            // What browsers take for the same address.
            ("http://127.1:4711/", "127.0.0.1:4711"),
        ] {
            assert_eq!(asked(cx, good).map(|request| request.place()).as_deref(), Ok(place), "{good}");
        }
        for bad in [
            "",
            "  ",
            "localhost:4711",
            "/callback",
            "https://localhost:4711/",
            "http://evil.example/",
            "http://127.0.0.2/",
            "http://0.0.0.0:4711/",
            "http://[::]/",
            "http://localhost.evil.example/",
            "http://evil.example\\@localhost/",
            "http://localhost:4711@evil.example/",
            "http://me:pw@localhost:4711/",
            "http://me@localhost/",
            "http://localhost/#code",
            "http://local\u{200b}host.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "wwc://signed-in",
            "//localhost/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost./",
        ] {
            let refused = asked(cx, bad).unwrap_err();
            assert!(refused.for_field("callback").is_some_and(|text| text.contains("127.0.0.1:4711")), "{bad}");
        }
        assert!(asked(cx, &format!("http://localhost/{}", "x".repeat(2000))).is_err());
        for wrong in ["short", &"x".repeat(44), &format!("{}+", "x".repeat(42))] {
            let refused = Request::read(cx, CALLBACK, Some(wrong), None).unwrap_err();
            assert!(refused.for_field("code_challenge").is_some(), "{wrong}");
        }
    });
}

#[test]
fn an_application_gets_codes_only_where_the_instance_allows_its_scheme() {
    testkit::run_on_sqlite(async |db: store::Db| {
        let settings = services::Settings { cli_callback_schemes: vec!["wwc".to_owned()], ..testkit::settings() };
        let cx = testkit::services_with(db, settings);
        let request = asked(&cx, "wwc://signed-in?a=b").unwrap();
        assert_eq!((request.place().as_str(), request.source().as_str()), ("wwc:", "wwc:"));
        assert_eq!(request.refusal(), "wwc://signed-in?a=b&error=access_denied");
        let refused = asked(&cx, "other://signed-in").unwrap_err();
        assert!(refused.for_field("callback").unwrap().contains("wwc:"), "{refused:?}");
    });
}

#[test]
fn what_a_program_calls_itself_is_one_short_line() {
    testkit::run_on_sqlite(async |app: TestApp| {
        let named = |name: &str| Request::read(&app.services, CALLBACK, None, Some(name)).unwrap().client().to_owned();
        assert_eq!(named("  tidings\n on\tmarvin "), "tidings on marvin");
        assert_eq!(named(&"ä".repeat(10_000)).chars().count(), cli_login::LONGEST_CLIENT);
        assert_eq!(named(" \u{0}"), "A program that gives no name");
    });
}

on_both_databases! {
    async fn a_program_gets_tokens_of_its_own_for_an_hour_and_renews_them(app: TestApp) {
        let mara = app.staff("Mara").await;
        let issued = issue_with_challenge(&app.services, &mara).await;
        assert_eq!(issued.code.len(), 32);
        let way = format!(
            "{CALLBACK}&code={}&expires={}&instance=http%3A%2F%2Ftidings.example",
            issued.code, issued.expires_at.timestamp_millis()
        );
        assert_eq!(issued.callback, way);
        let signed_in = exchange(&app, &issued.code, Some(VERIFIER)).await.unwrap();
        assert_eq!((&signed_in.user.id, signed_in.refresh_token.len()), (mara.id(), 64));
        assert!(is_in(&app, &signed_in).await);
        app.advance(Duration::minutes(59));
        assert!(is_in(&app, &signed_in).await);
        app.advance(Duration::minutes(1));
        assert!(!is_in(&app, &signed_in).await);
        app.advance(Duration::days(89));
        let renewed = sign_in::refresh(&app.services, &signed_in.refresh_token, Kind::Cli, mara.client()).await.unwrap();
        assert!(is_in(&app, &renewed).await);
        assert_eq!((audited(&app, "CLI_CODE_CREATED").await, audited(&app, "CLI_LOGIN_SUCCESS").await), (1, 1));
    }

    async fn of_fifty_exchanges_at_once_one_succeeds_and_the_others_end_it(app: TestApp) {
        let mara = app.staff("Mara").await;
        let issued = issue(&app.services, &mara).await;
        let tasks: Vec<_> = (0..50).map(|_| {
            let (app, code) = (app.clone(), issued.code.clone());
            tokio::spawn(async move {
                let client = services::ClientInfo::default();
                let exchange = Exchange { code: &code, expires: None, verifier: None };
                cli_login::exchange(&app.services, exchange, &client).await
            })
        }).collect();
        let mut won = Vec::new();
        for task in tasks {
            match task.await.unwrap() {
                Ok(signed_in) => won.push(signed_in),
                refused => is_refused(refused),
            }
        }
        assert_eq!(won.len(), 1);
        assert_eq!(testkit::count(app.db(), "refresh_tokens WHERE kind = 'cli'").await, 1);
        // Somebody else had the code, so nobody knows whose tokens these are.
        assert!(!is_in(&app, &won[0]).await);
    }

    async fn the_second_exchange_of_a_code_ends_the_sign_in_of_the_first(app: TestApp) {
        let mara = app.staff("Mara").await;
        let issued = issue(&app.services, &mara).await;
        let first = exchange(&app, &issued.code, None).await.unwrap();
        assert!(is_in(&app, &first).await);
        is_refused(exchange(&app, &issued.code, None).await);
        assert!(!is_in(&app, &first).await);
        let renewed = sign_in::refresh(&app.services, &first.refresh_token, Kind::Cli, mara.client()).await;
        assert_eq!(renewed, Err(Error::SignedOut));
        assert_eq!(audited(&app, "CLI_SESSION_REVOKED").await, 1);
    }

    async fn a_code_without_its_programs_secret_opens_nothing_and_ends_nothing(app: TestApp) {
        let mara = app.staff("Mara").await;
        let issued = issue_with_challenge(&app.services, &mara).await;
        for wrong in [None, Some(""), Some("another-verifier-of-the-right-length-0123456789")] {
            is_refused(exchange(&app, &issued.code, wrong).await);
        }
        let signed_in = exchange(&app, &issued.code, Some(VERIFIER)).await.unwrap();
        is_refused(exchange(&app, &issued.code, None).await);
        assert!(is_in(&app, &signed_in).await, "who has no verifier ends no sign-in either");
        // A code that was not asked for by this program.
        let other = issue(&app.services, &mara).await;
        is_refused(exchange(&app, &other.code, Some(VERIFIER)).await);
    }

    async fn a_code_ends_after_ten_minutes_and_with_the_browser_that_agreed(app: TestApp) {
        let mara = app.staff("Mara").await;
        let issued = issue(&app.services, &mara).await;
        app.advance(Duration::minutes(10));
        is_refused(exchange(&app, &issued.code, None).await);
        let mara = app.sign_in(mara.user().clone()).await;
        let issued = issue(&app.services, &mara).await;
        sign_in::sign_out(&app.services, &mara.signed_in().refresh_token, mara.client()).await.unwrap();
        is_refused(exchange(&app, &issued.code, None).await);
        let mara = app.sign_in(mara.user().clone()).await;
        let issued = issue(&app.services, &mara).await;
        testkit::execute(app.db(), "UPDATE users SET disabled_at = '2026-03-04T09:00:00+00:00'").await;
        is_refused(exchange(&app, &issued.code, None).await);
        is_refused(exchange(&app, "unknown", None).await);
        assert_eq!(audited(&app, "CLI_LOGIN_SUCCESS").await, 0);
    }

    async fn a_code_with_another_end_than_its_own_is_refused(app: TestApp) {
        let mara = app.staff("Mara").await;
        let issued = issue(&app.services, &mara).await;
        let at = async |milliseconds| {
            let expires = Some(issued.expires_at + Duration::milliseconds(milliseconds));
            let exchange = Exchange { code: &issued.code, expires, verifier: None };
            cli_login::exchange(&app.services, exchange, mara.client()).await
        };
        is_refused(at(1001).await);
        is_refused(at(-1001).await);
        assert!(at(1000).await.is_ok());
    }

    async fn tokens_of_browsers_and_of_the_command_line_are_not_traded(app: TestApp) {
        let mara = app.staff("Mara").await;
        let issued = issue(&app.services, &mara).await;
        let program = exchange(&app, &issued.code, None).await.unwrap();
        let browser = mara.signed_in();
        for (token, kind) in [(&program.refresh_token, Kind::Web), (&browser.refresh_token, Kind::Cli)] {
            let traded = sign_in::refresh(&app.services, token, kind, mara.client()).await;
            assert_eq!(traded, Err(Error::SignedOut), "{kind:?}");
        }
        // Neither is a token of the command line good as a cookie.
        let mut headers = http::HeaderMap::new();
        let cookies = format!("accessToken={}; refreshToken={}", program.access_token, program.refresh_token);
        headers.insert("cookie", cookies.parse().unwrap());
        let identified = caller::identify(&app.services, &headers, mara.client()).await;
        assert!(!identified.caller.is_known());
        assert!(is_in(&app, &program).await, "and trying so ends nothing");
    }

    async fn only_a_browser_lets_a_program_in(app: TestApp) {
        let mara = app.staff("Mara").await;
        let request = asked(&app.services, CALLBACK).unwrap();
        let may = instance_grant(&mara.actor()).unwrap();
        assert_eq!(cli_login::issue(&app.services, &may, &request).await, Err(Error::NeedsBrowser));
        let key = app.key(&mara, &[], None).await;
        let refused = instance_grant::<services::access::ManageOwnAccount>(&key.actor());
        assert!(matches!(refused, Err(Error::NoKeys)));
        assert_eq!(testkit::count(app.db(), "cli_codes").await, 0);
    }

    async fn neither_code_nor_token_lies_in_the_database(app: TestApp) {
        let mara = app.staff("Mara").await;
        let issued = issue(&app.services, &mara).await;
        let program = exchange(&app, &issued.code, None).await.unwrap();
        let stored = testkit::texts(app.db(), "SELECT code_hash FROM cli_codes UNION SELECT token_hash FROM refresh_tokens \
            UNION SELECT CAST(details AS TEXT) FROM audit_logs").await.join("\n");
        for secret in [&issued.code, &program.refresh_token, &program.access_token] {
            assert!(!stored.contains(secret.as_str()), "{stored}");
        }
    }
}
