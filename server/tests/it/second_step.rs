//! The second step of a sign-in and what leads to it, as a browser without scripts meets them.

use axum::http::Method;
use chrono::Duration;
use services::{InstanceGrant, access::ManageOwnAccount, second_factor, totp};
use store::Db;
use testkit::{Answer, PASSWORD, Person, TestApp, execute, on_both_databases, totp_code};

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

fn own(person: &Person) -> InstanceGrant<ManageOwnAccount> {
    services::access::instance_grant(&person.actor()).unwrap()
}

/// Sends a plain form, with a cookie beside those of the person.
async fn form(person: &Person, path: &str, cookie: &str, body: &str) -> Answer {
    let call = person
        .call(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header("sec-fetch-site", "same-origin")
        .header("referer", "http://tidings.example/two-factor")
        .body(body.to_owned());
    if cookie.is_empty() { call.send().await } else { call.header("cookie", cookie).send().await }
}

/// A cookie that an answer set, as it is sent back; empty where it was cleared or never set.
fn cookie(answer: &Answer, name: &str) -> String {
    let found = answer.header_values("set-cookie").into_iter().find(|cookie| cookie.starts_with(&format!("{name}=")));
    let pair = found.and_then(|cookie| cookie.split(';').next()).unwrap_or_default();
    if pair.ends_with('=') { String::new() } else { pair.to_owned() }
}

/// Sets an authenticator app up; gives its secret and recovery codes.
async fn with_app(app: &TestApp, person: &Person) -> (String, Vec<String>) {
    let secret = totp::offer(&app.services, &own(person)).await.unwrap().secret;
    let code = totp_code(&secret, app.services.clock.now().timestamp());
    let codes = totp::confirm(&app.services, &own(person), &code).await.unwrap().unwrap();
    app.advance(Duration::minutes(1));
    (secret, codes.0)
}

async fn require(app: &TestApp) {
    let sql = "INSERT INTO instance_settings (name, value, updated_at) \
        VALUES ('require_second_factor', 'true', '2026-03-04T09:30:00+00:00')";
    execute(app.db(), sql).await;
}

const SIGN_IN: &str = "/rpc/public/account/sign-in";
const STEP: &str = "/rpc/public/account/second-step";

on_both_databases! {
    async fn a_password_and_a_code_sign_in_by_plain_forms(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await;
        let (secret, _) = with_app(&app, &mara).await;
        let browser = app.stranger();
        let body = format!("email=mara%40tidings.example&password={}&redirect_to=%2Fdashboard%2Fprojects", PASSWORD.replace(' ', "+"));
        let first = form(&browser, SIGN_IN, "", &body).await;
        assert_eq!(first.header("location"), Some("/two-factor?redirectTo=%2Fdashboard%2Fprojects"));
        assert_eq!(cookie(&first, "accessToken"), "");
        let pending = cookie(&first, "pendingSignIn");
        let set = first.header_values("set-cookie").join("\n");
        assert!(set.contains("HttpOnly; SameSite=Lax; Max-Age=600"), "{set}");

        let page = browser.call(Method::GET, "/two-factor?redirectTo=%2Fdashboard%2Fprojects").header("cookie", &pending);
        let page = page.send().await.expect(200);
        for part in ["m…@t….example", r#"autocomplete="one-time-code""#, "Use a recovery code", r#"value="/dashboard/projects""#] {
            assert!(page.text().contains(part), "{part}: {}", page.text());
        }
        assert!(!page.text().contains("mara@"));

        let wrong = form(&browser, STEP, &pending, "code=000000").await;
        assert!(wrong.header("location").unwrap().contains("__err"), "the page comes back with the reason");
        assert_eq!(cookie(&wrong, "accessToken"), "");
        let again = browser.call(Method::GET, "/two-factor").header("cookie", &pending).send().await.expect(200);
        assert!(again.text().contains("4 attempts left."), "{}", again.text());

        let code = totp_code(&secret, app.services.clock.now().timestamp());
        let done = form(&browser, STEP, &pending, &format!("code={code}&redirect_to=%2Fdashboard%2Fprojects")).await;
        assert_eq!(done.header("location"), Some("/dashboard/projects"));
        assert_ne!(cookie(&done, "accessToken"), "");
        assert_eq!(cookie(&done, "pendingSignIn"), "", "cleared");
        let late = browser.call(Method::GET, "/two-factor").header("cookie", &pending).header("accept", "text/html");
        let late = late.send().await.expect(200);
        assert!(late.text().contains("This sign-in has ended") && late.text().contains(r#"href="/login""#), "{}", late.text());
    }

    async fn a_foreign_target_is_not_followed_after_the_second_step(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await;
        let (_, codes) = with_app(&app, &mara).await;
        for (number, target) in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"].iter().enumerate() {
            let browser = app.stranger();
            let body = format!("email=mara%40tidings.example&password={}", PASSWORD.replace(' ', "+"));
            let pending = cookie(&form(&browser, SIGN_IN, "", &body).await, "pendingSignIn");
            let body = format!("recovery_code={}&redirect_to={target}", codes[number]);
            let done = form(&browser, STEP, &pending, &body).await;
            assert_eq!(done.header("location"), Some("/dashboard"), "{target}");
        }
    }

    async fn another_account_can_be_used_instead(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await;
        with_app(&app, &mara).await;
        let browser = app.stranger();
        let body = format!("email=mara%40tidings.example&password={}", PASSWORD.replace(' ', "+"));
        let pending = cookie(&form(&browser, SIGN_IN, "", &body).await, "pendingSignIn");
        let left = form(&browser, "/rpc/public/account/give-up", &pending, "").await;
        assert_eq!((left.header("location"), cookie(&left, "pendingSignIn")), (Some("/login"), String::new()));
        assert_eq!(testkit::count(app.db(), "second_factor_sessions").await, 0);
    }

    async fn whoever_needs_a_second_factor_is_led_to_its_set_up_and_nowhere_else(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await;
        let browser = mara.by_cookie();
        require(&app).await;
        for (path, leads) in [
            ("/dashboard", "/two-factor/set-up"),
            ("/dashboard/projects", "/two-factor/set-up?redirectTo=%2Fdashboard%2Fprojects"),
            ("/dashboard/account/security", "/two-factor/set-up?redirectTo=%2Fdashboard%2Faccount%2Fsecurity"),
            ("/login", "/two-factor/set-up?redirectTo=%2Flogin"),
        ] {
            assert_eq!(browser.get(path).await.header("location"), Some(leads), "{path}");
        }
        let refused = form(&browser, "/rpc/projects/create", "", "name=New").await;
        assert_eq!(refused.header("location"), Some("/two-factor/set-up"));
        let script = browser.call(Method::POST, "/rpc/home").header("sec-fetch-site", "same-origin").send().await;
        assert_eq!(script.expect(403).json()["code"], "second_factor_needed");

        let page = browser.get("/two-factor/set-up").await.expect(200);
        assert!(page.text().contains("Set up an authenticator app"), "{}", page.text());
        let offered = form(&browser, "/rpc/account/security/offer-app", "", "").await;
        assert_eq!(offered.status(), 302);
        let page = browser.get("/two-factor/set-up").await.expect(200);
        let secret = totp::offered(&app.services, &own(&mara)).await.unwrap().unwrap().secret;
        assert!(page.text().contains(&secret) && page.text().contains("<svg xmlns"), "{}", page.text());
        let code = totp_code(&secret, app.services.clock.now().timestamp());
        let done = form(&browser, "/rpc/account/security/confirm-app", "", &format!("code={code}")).await;
        let shown = cookie(&done, "shownCodes");
        assert_ne!(shown, "");
        let first = shown.split(['=', '.']).nth(1).unwrap();
        let with_codes = format!("accessToken={}; {shown}", mara.signed_in().access_token);
        let page = browser.call(Method::GET, "/two-factor/set-up").header("cookie", &with_codes).send().await.expect(200);
        assert!(page.text().contains(first) && page.text().contains("Go on"), "{}", page.text());
        assert_eq!(cookie(&page, "shownCodes"), "", "they are shown once");
        browser.get("/dashboard/projects").await.expect(200);
    }

    async fn the_security_page_asks_for_a_proof_before_it_changes_anything(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await;
        let browser = mara.by_cookie();
        let page = browser.get("/dashboard/account/security").await.expect(200);
        assert!(page.text().contains("Set up an authenticator app"), "{}", page.text());
        app.advance(Duration::minutes(6));
        let page = browser.get("/dashboard/account/security").await.expect(200);
        assert!(page.text().contains("/confirm?redirectTo=/dashboard/account/security"), "{}", page.text());
        assert!(!page.text().contains("Set up an authenticator app"));
        let page = browser.get("/confirm?redirectTo=/dashboard/account/security").await.expect(200);
        assert!(page.text().contains(r#"name="password""#), "{}", page.text());
        let wrong = form(&browser, "/rpc/account/security/confirm", "", "password=wrong").await;
        assert!(wrong.header("location").unwrap().contains("__err"));
        let body = format!("password={}&redirect_to=%2Fdashboard%2Faccount%2Fsecurity", PASSWORD.replace(' ', "+"));
        let done = form(&browser, "/rpc/account/security/confirm", "", &body).await;
        assert_eq!(done.header("location"), Some("/dashboard/account/security"));
        let page = browser.get("/dashboard/account/security").await.expect(200);
        assert!(page.text().contains("Set up an authenticator app"));
        assert!(second_factor::overview(&app.services, &own(&mara)).await.unwrap().is_confirmed);
        assert_eq!(app.stranger().get("/confirm").await.header("location"), Some("/login?redirectTo=%2Fconfirm"));
    }
}
