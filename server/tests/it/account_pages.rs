//! Pages about one's own account, as a browser without scripts meets them.

use axum::http::Method;
use chrono::Duration;
use model::own_settings::{OwnSettingsPatch, ThemeChoice};
use serde_json::{Value, json};
use services::sealed::Purpose;
use services::{InstanceGrant, Services, access::ManageOwnAccount, own_settings};
use store::Db;
use testkit::{Answer, PASSWORD, Person, TestApp, on_both_databases, texts};

const NEW: &str = "a+fresh+start+for+all";

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

fn own(person: &Person) -> InstanceGrant<ManageOwnAccount> {
    services::access::instance_grant(&person.actor()).unwrap()
}

async fn set(cx: &Services, name: &str, value: Value) {
    let mut tx = cx.db.begin().await.unwrap();
    store::instance_settings::set(&mut tx, name, &value, cx.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn with_mail(cx: &Services) {
    set(cx, "mail", json!({ "host": "mail.tidings.example", "port": 587, "sender": "tidings@tidings.example" })).await;
    set(cx, "enable_password_reset", json!(true)).await;
}

/// Sends a plain form from a page; without one, the browser does not say where it comes from.
async fn form(person: &Person, function: &str, page: Option<&str>, body: &str) -> Answer {
    let call = person
        .call(Method::POST, &format!("/rpc/{function}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header("sec-fetch-site", "same-origin")
        .body(body.to_owned());
    match page {
        Some(page) => call.header("referer", &format!("http://tidings.example{page}")).send().await,
        None => call.send().await,
    }
}

/// Opens a page, or a whole address of ours, as a browser does.
async fn open(person: &Person, address: &str) -> Answer {
    let path = address.strip_prefix("http://tidings.example").unwrap_or(address);
    person.call(Method::GET, path).header("accept", "text/html").send().await
}

on_both_databases! {
    async fn the_sign_in_page_says_why_one_is_here_and_nobody_else_puts_words_on_it(db: Db) {
        let app = app(db);
        app.owner("Mara").await;
        let page = async |query: &str| app.stranger().get(&format!("/login{query}")).await.expect(200).text().to_owned();
        assert!(page("?error=declined").await.contains("The provider did not sign you in"));
        let planted = page("?error=Call+0900+123&domain=%3Cb%3Eevil").await;
        assert!(planted.contains("You are not signed in"), "{planted}");
        let shown = planted.split("<body>").nth(1).unwrap().split("<script").next().unwrap();
        assert!(!shown.contains("0900") && !shown.contains("evil"), "{shown}");
        assert!(page("?ended=1").await.contains("Your sign-in has ended"));
        assert!(page("?reset=1").await.contains("Your new password is set"));
        let plain = page("").await;
        assert!(!plain.contains("You are not signed in") && !plain.contains("Forgot your password"), "{plain}");
        with_mail(&app.services).await;
        assert!(page("").await.contains("Forgot your password"));
        set(&app.services, "sso_only", json!(true)).await;
        let hidden = page("?redirectTo=%2Fdashboard%2Fprojects").await;
        assert!(!hidden.contains(r#"name="password""#), "{hidden}");
        assert!(hidden.contains("/login?password=1&amp;redirectTo=%2Fdashboard%2Fprojects"), "{hidden}");
        assert!(page("?password=1").await.contains(r#"name="password""#));
    }

    async fn who_was_signed_in_until_now_is_told_so(db: Db) {
        let app = app(db);
        let browser = app.owner("Mara").await.by_cookie();
        app.advance(Duration::days(8));
        let answer = browser.get("/dashboard/projects").await;
        assert_eq!(answer.header("location"), Some("/login?redirectTo=%2Fdashboard%2Fprojects&ended=1"));
        let stranger = app.stranger().get("/dashboard").await;
        assert_eq!(stranger.header("location"), Some("/login"));
    }

    async fn a_forgotten_password_is_reset_by_plain_forms(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await;
        let stranger = app.stranger();
        let page = stranger.get("/forgot-password").await.expect(200);
        assert!(page.text().contains("Not available here"), "{}", page.text());
        with_mail(&app.services).await;
        let page = stranger.get("/forgot-password").await.expect(200);
        assert!(page.text().contains("Send the link"), "{}", page.text());
        for email in ["mara%40tidings.example", "nobody%40tidings.example"] {
            let body = format!("email={email}");
            let sent = form(&stranger, "public/account/forgot-password", Some("/forgot-password"), &body).await;
            assert_eq!(sent.header("location"), Some("/forgot-password?sent=1"));
        }
        let page = stranger.get("/forgot-password?sent=1").await.expect(200);
        assert!(page.text().contains("Look into your mailbox"), "{}", page.text());

        let sealed = texts(app.db(), "SELECT body FROM letters").await;
        assert_eq!(sealed.len(), 1, "strangers get no letter");
        let letter = app.services.unseal(Purpose::Letter, &sealed[0]).unwrap();
        let token: String = letter.split_once("/reset-password/").unwrap().1.chars().take(32).collect();
        let address = format!("/reset-password/{token}");
        let page = stranger.get(&address).await.expect(200);
        // Over https it would be `no-referrer`; without, browsers could then not tell their own forms from foreign ones.
        assert_eq!(page.header("referrer-policy"), Some("same-origin"));
        assert!(page.text().contains("m\u{b7}\u{b7}\u{b7}@tidings.example"), "{}", page.text());
        assert!(!page.text().contains("mara@tidings.example"));

        // The browser keeps the address to itself, and still comes back to it with what was wrong.
        let wrong = format!("token={token}&password={NEW}&confirm=something+else");
        let back = form(&stranger, "public/account/reset-password", None, &wrong).await;
        let location = back.header("location").unwrap().to_owned();
        assert!(location.starts_with(&format!("{address}?")), "{location}");
        let page = open(&stranger, &location).await.expect(200);
        assert!(page.text().contains("This is not the same as the password above."), "{}", page.text());

        let right = format!("token={token}&password={NEW}&confirm={NEW}");
        let done = form(&stranger, "public/account/reset-password", None, &right).await;
        assert_eq!(done.header("location"), Some("/login?reset=1"));
        assert_eq!(done.header_values("set-cookie").len(), 0);
        let page = open(&stranger, &address).await.expect(200);
        assert!(page.text().contains("This link does not work"), "{}", page.text());
        mara.by_cookie().get("/dashboard").await.expect(303);
    }

    async fn a_sign_in_is_ended_by_a_plain_form(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await;
        let browser = mara.by_cookie();
        let phone = app.sign_in(mara.user().clone()).await;
        let page = browser.get("/dashboard/account/devices").await.expect(200);
        let text = page.text();
        let session = phone.signed_in().session.to_string();
        assert!(text.contains("This one") && text.contains(&session) && text.contains("End all other sign-ins"), "{text}");
        let own = format!("value=\"{}\"", mara.signed_in().session);
        assert!(!text.contains(&own), "one's own ends by signing out");
        let at = "/dashboard/account/devices";
        let ended = form(&browser, "account/devices/end", Some(at), &format!("session={session}")).await;
        assert!(ended.header("location").unwrap().starts_with("http://tidings.example/dashboard/account/devices"));
        phone.by_cookie().get("/dashboard").await.expect(303);
        let text = browser.get("/dashboard/account/devices").await.expect(200).text().to_owned();
        assert!(!text.contains(&session) && !text.contains("End all other sign-ins"), "{text}");
    }

    async fn the_password_is_changed_by_a_plain_form(db: Db) {
        let app = app(db);
        let browser = app.owner("Mara").await.by_cookie();
        let at = "/dashboard/account/password";
        let current = PASSWORD.replace(' ', "+");
        browser.get(at).await.expect(200);
        let wrong = form(&browser, "account/password/change", Some(at), &format!("current=wrong&new={NEW}")).await;
        let page = open(&browser, wrong.header("location").unwrap()).await;
        assert!(page.text().contains("The current password is wrong."), "{}", page.text());
        let right = form(&browser, "account/password/change", Some(at), &format!("current={current}&new={NEW}")).await;
        assert!(!right.header("location").unwrap().contains("__err"));
        let login = format!("email=mara%40tidings.example&password={NEW}");
        let signed_in = form(&app.stranger(), "public/account/sign-in", Some("/login"), &login).await;
        assert_eq!(signed_in.header("location"), Some("/dashboard"));
    }

    async fn what_people_choose_holds_on_every_page(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await;
        let browser = mara.by_cookie();
        let before = browser.get("/dashboard/account/devices").await.expect(200);
        assert!(before.text().contains(r#"data-zone="UTC""#) && before.text().contains("4 March 2026, 09:30 UTC"));
        let patch = OwnSettingsPatch {
            timezone: Some(Some("Pacific/Auckland".to_owned())),
            theme: Some("dark".to_owned()),
            ..OwnSettingsPatch::default()
        };
        own_settings::update(&app.services, &own(&mara), patch).await.unwrap();
        let after = browser.get("/dashboard/account/devices").await.expect(200);
        assert!(after.text().contains(r#"data-theme="dark""#) && after.text().contains(r#"data-zone="Pacific/Auckland""#));
        assert!(after.text().contains("4 March 2026, 22:30 Pacific/Auckland"), "{}", after.text());
        let cookies = after.header_values("set-cookie");
        assert!(cookies.iter().any(|cookie| cookie.starts_with("theme=dark;")), "{cookies:?}");
        let page = browser.get("/dashboard/account").await.expect(200);
        for part in ["Save preferences", r#"value="Pacific/Auckland""#, "mara@tidings.example", ">M<"] {
            assert!(page.text().contains(part), "{part}: {}", page.text());
        }

        // The switch on every page, without scripts.
        let call = browser.call(Method::POST, "/theme").header("content-type", "application/x-www-form-urlencoded");
        let chosen = call.body("theme=light&from=/dashboard").send().await;
        assert_eq!((chosen.status(), chosen.header("location")), (303, Some("/dashboard")));
        let settings = own_settings::get(&app.services, &own(&mara)).await.unwrap();
        assert_eq!(settings.theme, Some(ThemeChoice::Light));

        let saved = "theme=system&has_zone=true&timezone=Mars%2FOlympus&enable_notifications=true";
        let refused = form(&browser, "account/profile/prefer", Some("/dashboard/account"), saved).await;
        let page = open(&browser, refused.header("location").unwrap()).await;
        assert!(page.text().contains("That is no time zone"), "{}", page.text());
        let name = form(&browser, "account/profile/rename", Some("/dashboard/account"), "name=Mara+Lind").await;
        assert!(!name.header("location").unwrap().contains("__err"));
        let page = browser.get("/dashboard/account").await.expect(200);
        assert!(page.text().contains("Mara Lind") && page.text().contains(">ML<"), "{}", page.text());
    }
}
