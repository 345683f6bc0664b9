//! The page on which a person lets a program sign in, as a browser without scripts meets it.

use axum::http::Method;
use store::Db;
use testkit::{Answer, PASSWORD, Person, TestApp, on_both_databases};

/// With a query of its own, and signs that mean something in addresses.
const CALLBACK: &str = "http://127.0.0.1:4711/callback?state=a%26b&next=c+d";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn address(callback: &str, client: &str) -> String {
    format!("/cli/auth?callback={}&code_challenge={CHALLENGE}&client={}", encode(callback), encode(client))
}

async fn submit(person: &Person, path: &str, form: &[(&str, &str)]) -> Answer {
    let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let call = person.call(Method::POST, path).header("accept", "text/html").header("sec-fetch-site", "same-origin");
    call.header("content-type", "application/x-www-form-urlencoded").body(body.join("&")).send().await
}

/// The value of a hidden field, as the browser would send it.
#[track_caller]
fn field(page: &Answer, name: &str) -> String {
    let (_, rest) =
        page.text().split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{}", page.text()));
    rest.split_once('"').unwrap().0.replace("&amp;", "&")
}

async fn authorise(person: &Person, page: &Answer) -> Answer {
    let [callback, challenge, client] = ["callback", "code_challenge", "client"].map(|name| field(page, name));
    let form = [("callback", callback.as_str()), ("code_challenge", &challenge), ("client", &client)];
    submit(person, "/rpc/account/authorise-program", &form).await
}

on_both_databases! {
    async fn who_is_signed_out_signs_in_first_and_comes_back_with_everything(db: Db) {
        let app = app(db);
        app.owner("Mara").await;
        let asked = address(CALLBACK, "tidings & co");
        let sent = app.stranger().get(&asked).await.expect(303);
        let login = app.stranger().get(sent.header("location").unwrap()).await.expect(200);
        let back = field(&login, "redirect_to");
        assert_eq!(back, asked);
        let form = [("email", "mara@tidings.example"), ("password", PASSWORD), ("redirect_to", &back)];
        let signed_in = submit(&app.stranger(), "/rpc/public/account/sign-in", &form).await;
        assert_eq!((signed_in.status(), signed_in.header("location")), (302, Some(asked.as_str())));
    }

    async fn the_page_says_who_lets_what_in_and_where_it_waits(db: Db) {
        let app = app(db);
        let mara = app.staff("Mara").await.by_cookie();
        let page = mara.get(&address(CALLBACK, "<b>tidings</b>\non marvin")).await.expect(200);
        for text in ["mara@tidings.example", "Mara", "127.0.0.1:4711", "&lt;b&gt;tidings&lt;/b&gt; on marvin", "Authorise", "Cancel"] {
            assert!(page.text().contains(text), "{text}: {}", page.text());
        }
        assert!(!page.text().contains("><b>tidings"), "{}", page.text());
        let refusal = format!("href=\"{}&amp;error=access_denied\"", CALLBACK.replace('&', "&amp;"));
        assert!(page.text().contains(&refusal), "{refusal}: {}", page.text());
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("form-action 'self' http://127.0.0.1:4711;"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        let other = mara.get("/dashboard?callback=http%3A%2F%2F127.0.0.1%3A1%2F").await.expect(200);
        assert!(other.header("content-security-policy").unwrap().contains("form-action 'self';"));
        assert_eq!(testkit::count(app.db(), "cli_codes").await, 0, "looking at the page agrees to nothing");
    }

    async fn a_plain_form_leads_to_the_program_and_a_script_gets_the_way(db: Db) {
        let app = app(db);
        let mara = app.staff("Mara").await.by_cookie();
        let page = mara.get(&address(CALLBACK, "tidings")).await.expect(200);
        let sent = authorise(&mara, &page).await.expect(302);
        let way = sent.header("location").unwrap();
        assert!(way.starts_with(&format!("{CALLBACK}&code=")), "{way}");
        assert!(way.contains("&expires=1772617200000&instance=http%3A%2F%2Ftidings.example"), "{way}");
        assert_eq!(sent.header("cache-control"), Some("private, no-store"));

        let script = mara.call(Method::POST, "/rpc/account/authorise-program").header("accept", "application/json");
        let script = script.header("content-type", "application/x-www-form-urlencoded");
        let answer = script.body(format!("callback={}", encode(CALLBACK))).send().await.expect(200);
        assert!(answer.json().as_str().unwrap().starts_with(CALLBACK), "{}", answer.text());
        assert_eq!(answer.header("location"), None);
        assert_eq!(testkit::count(app.db(), "cli_codes WHERE code_challenge IS NULL").await, 1);
        assert_eq!(testkit::count(app.db(), "cli_codes").await, 2);
    }

    async fn a_callback_that_is_missing_or_leads_elsewhere_is_explained(db: Db) {
        let app = app(db);
        let mara = app.staff("Mara").await.by_cookie();
        for (path, says) in [
            ("/cli/auth".to_owned(), "is missing"),
            (address("https://evil.example/", "tidings"), "is not allowed"),
            (address("javascript:alert(1)", "tidings"), "is not allowed"),
            (address("wwc://signed-in", "tidings"), "is not allowed"),
            ("/cli/auth?callback=http%3A%2F%2Flocalhost%2F&code_challenge=x".to_owned(), "43 characters"),
        ] {
            let page = mara.get(&path).await.expect(400);
            assert!(page.text().contains(says) && page.text().contains("tidings login"), "{path}: {}", page.text());
            assert!(!page.text().contains("Authorise"), "{path}");
            assert!(page.header("content-security-policy").unwrap().contains("form-action 'self'"), "{path}");
            assert!(!page.header("content-security-policy").unwrap().contains("evil"), "{path}");
        }
        let form = [("callback", "https://evil.example/")];
        let refused = submit(&mara, "/rpc/account/authorise-program", &form).await;
        assert!(!refused.header("location").unwrap_or_default().contains("evil.example"), "{:?}", refused.headers());
        assert_eq!(testkit::count(app.db(), "cli_codes").await, 0);
    }

    async fn another_account_can_be_used_for_the_same_program(db: Db) {
        let app = app(db);
        let mara = app.staff("Mara").await.by_cookie();
        let asked = address(CALLBACK, "tidings");
        let page = mara.get(&asked).await.expect(200);
        let form = [("back", field(&page, "back"))];
        let left = submit(&mara, "/rpc/public/account/switch", &[(form[0].0, &form[0].1)]).await.expect(302);
        let login = app.stranger().get(left.header("location").unwrap()).await.expect(200);
        assert_eq!(field(&login, "redirect_to"), form[0].1);
        let again = app.stranger().get(&form[0].1).await.expect(303);
        assert_eq!(again.header("location").unwrap().split('?').next(), Some("/login"));
        let other = app.viewer("Vera").await.by_cookie().get(&form[0].1).await.expect(200);
        assert_eq!(field(&other, "callback"), CALLBACK);
        mara.get("/api/auth/me").await.expect(401);
        let away = submit(&mara, "/rpc/public/account/switch", &[("back", "//evil.example")]).await;
        assert_eq!(away.header("location"), Some("/login?redirectTo=%2Fdashboard"));
    }
}
