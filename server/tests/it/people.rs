//! People, invitations and the set-up as a browser without scripts meets them.

use axum::http::Method;
use model::Role;
use model::invitations::NewInvitation;
use services::access::ManageUsers;
use services::{invitations, setup};
use store::Db;
use testkit::{Answer, PASSWORD, Person, TestApp, count, fixtures, on_both_databases};

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

/// Sends a form as a browser does whose page has no scripts.
async fn send(person: &Person, path: &str, body: &str) -> Answer {
    person
        .call(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header("sec-fetch-site", "same-origin")
        .body(body.to_owned())
        .send()
        .await
}

/// The same browser, with the cookies of an answer.
async fn with_cookies(person: &Person, answer: &Answer, path: &str) -> Answer {
    let cookies: Vec<_> = answer.header_values("set-cookie").iter().filter_map(|one| one.split(';').next()).collect();
    person.call(Method::GET, path).header("cookie", &cookies.join("; ")).send().await
}

async fn invite(app: &TestApp, email: &str) -> invitations::Made {
    let may = fixtures::may_everywhere::<ManageUsers>(&app.services);
    invitations::create(&app.services, &may, NewInvitation::new(email, Role::Staff)).await.expect("an invitation")
}

on_both_databases! {
    async fn an_invitation_becomes_an_account_by_a_plain_form(db: Db) {
        let app = app(db);
        app.owner("Mara").await;
        let made = invite(&app, "ole@tidings.example").await;
        let stranger = app.stranger();
        let path = format!("/register/{}", made.token);
        let page = stranger.get(&path).await.expect(200);
        for part in ["ole@tidings.example", "System", "Staff", r#"name="password""#, "readonly"] {
            assert!(page.text().contains(part), "{part}: {}", page.text());
        }
        assert_eq!(page.header("cache-control"), Some("private, no-store"));

        let wrong = send(&stranger, "/rpc/public/account/register", &format!("token={}&name=Ole+Berg&password=short", made.token)).await;
        let back = wrong.header("location").unwrap().to_owned();
        assert!(back.starts_with(&format!("{path}?name=Ole%20Berg&__path=")), "{back}");
        let again = stranger.get(&back).await.expect(200);
        assert!(again.text().contains("at least 8 characters") && again.text().contains(r#"value="Ole Berg""#), "{}", again.text());
        assert_eq!(count(app.db(), "users WHERE email = 'ole@tidings.example'").await, 0);

        let done = send(&stranger, "/rpc/public/account/register", &format!("token={}&name=Ole+Berg&password=correct+horse+battery", made.token)).await;
        assert_eq!((done.status(), done.header("location")), (302, Some("/dashboard")));
        let home = with_cookies(&stranger, &done, "/dashboard").await.expect(200);
        assert!(home.text().contains("Ole Berg"));
        let used = stranger.get(&path).await.expect(400);
        assert!(used.text().contains("accepted already") && !used.text().contains(r#"name="password""#), "{}", used.text());
        stranger.get("/register/guess").await.expect(404);
    }

    async fn no_other_site_learns_the_link(db: Db) {
        let settings = services::Settings { base_url: "https://tidings.example".to_owned(), ..testkit::settings() };
        let app = TestApp::on(testkit::services_with(db, settings), server::web::router);
        app.owner("Mara").await;
        let made = invite(&app, "ole@tidings.example").await;
        let page = app.stranger().get(&format!("/register/{}", made.token)).await.expect(200);
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    }

    async fn an_administrator_invites_by_a_plain_form_and_sees_the_link_once(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await.by_cookie();
        let form = mara.get("/dashboard/admin/people/invite").await.expect(200);
        assert!(form.text().contains(r#"name="email""#), "{}", form.text());
        let sent = mara
            .call(Method::POST, "/rpc/people/invite")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "text/html")
            .body("email=ole%40tidings.example&role=VIEWER&name=&days=3".to_owned())
            .send()
            .await;
        assert_eq!(sent.header("location"), Some("/dashboard/admin/people/invitations"), "{}", sent.text());
        let carried = sent.header_values("set-cookie").into_iter().find(|one| one.contains("shownInvitations=")).unwrap();
        let carried = carried.split(';').next().unwrap().to_owned();
        let own = mara.call(Method::GET, "/dashboard/admin/people/invitations");
        let cookies = services::caller::sign_in_cookies(&app.services, mara.signed_in());
        let pairs: Vec<_> = cookies.iter().filter_map(|one| one.split(';').next()).map(str::to_owned).chain([carried]).collect();
        let page = own.header("cookie", &pairs.join("; ")).send().await.expect(200);
        assert!(page.text().contains("http://tidings.example/register/"), "{}", page.text());
        assert!(page.header_values("set-cookie").iter().any(|one| one.contains("shownInvitations=;")), "it is cleared");
        let list = mara.get("/dashboard/admin/people/invitations").await.expect(200);
        assert!(list.text().contains("ole@tidings.example") && !list.text().contains("/register/"), "{}", list.text());
    }

    async fn the_pages_of_people_are_for_administrators(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await.by_cookie();
        let sam = app.staff("Sam Sailor").await;
        let pages = [
            ("/dashboard/admin".to_owned(), "Administrators"),
            ("/dashboard/admin/people".to_owned(), "Sam Sailor"),
            ("/dashboard/admin/people?q=sailor&role=STAFF".to_owned(), "1 person"),
            ("/dashboard/admin/people?q=nobody".to_owned(), "Nobody has"),
            (format!("/dashboard/admin/people/{}", sam.id()), "sam.sailor@tidings.example"),
            ("/dashboard/admin/people/invitations".to_owned(), "Nobody was invited yet"),
        ];
        for (path, part) in &pages {
            let page = mara.get(path).await.expect(200);
            assert!(page.text().contains(part), "{path} lacks {part}: {}", page.text());
            assert!(!page.text().contains("system@tidings.invalid"), "{path}");
            let refused = sam.by_cookie().get(path).await;
            assert!(refused.text().contains("This page is for administrators."), "{path}: {}", refused.text());
        }
        mara.get("/dashboard/admin/people/system").await.expect(404);
        let own = mara.get(&format!("/dashboard/admin/people/{}", mara.id())).await.expect(200);
        assert!(own.text().contains("This is you") && !own.text().contains("Delete account"), "{}", own.text());
    }

    async fn a_person_is_deleted_when_the_address_is_typed(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await.by_cookie();
        let sam = app.staff("Sam").await;
        let body = |confirm: &str| format!("user={}&confirm={confirm}", sam.id());
        send(&mara, "/rpc/people/delete", &body("")).await;
        assert_eq!(count(app.db(), "users WHERE email = 'sam@tidings.example'").await, 1);
        let done = send(&mara, "/rpc/people/delete", &body("Sam%40tidings.example")).await;
        assert_eq!(done.header("location"), Some("/dashboard/admin/people"));
        assert_eq!(count(app.db(), "users WHERE email = 'sam@tidings.example'").await, 0);
    }

    async fn the_set_up_is_finished_by_plain_forms(db: Db) {
        let app = app(db);
        let link = setup::issue_link(&app.services).await.unwrap().unwrap();
        let token = link.split_once("token=").unwrap().1.to_owned();
        let stranger = app.stranger();
        let page = stranger.get(&format!("/setup?token={token}")).await.expect(200);
        for part in ["Database", "Public address", "Mail", "Create administrator"] {
            assert!(page.text().contains(part), "{part}: {}", page.text());
        }
        let body = format!("token={token}&name=Mara&email=mara%40tidings.example&password={}", PASSWORD.replace(' ', "+"));
        let made = send(&stranger, "/rpc/public/account/set-up", &body).await;
        assert_eq!(made.header("location"), Some("/setup"), "{}", made.text());

        let cookies: Vec<_> = made.header_values("set-cookie").iter().filter_map(|one| one.split(';').next()).map(str::to_owned).collect();
        let cookies = cookies.join("; ");
        let get = async |path: &str| stranger.call(Method::GET, path).header("cookie", &cookies).send().await;
        let post = async |path: &str, body: &str| {
            let call = stranger.call(Method::POST, path).header("cookie", &cookies).header("accept", "text/html");
            let call = call.header("origin", "http://tidings.example").header("content-type", "application/x-www-form-urlencoded");
            call.body(body.to_owned()).send().await
        };
        for path in ["/dashboard", "/dashboard/projects"] {
            let led = get(path).await;
            assert_eq!((led.status(), led.header("location")), (303, Some("/setup")), "{path}");
        }
        assert!(get("/setup").await.expect(200).text().contains("Time zone"));
        let settings = "default_invitation_expiry=5&require_approval=true&max_entries=&enable_analytics=true&timezone=Europe%2FBerlin";
        post("/rpc/setup/settings", settings).await;
        assert_eq!(get("/dashboard").await.status(), 200, "what is left can wait");
        assert!(get("/setup").await.expect(200).text().contains("Add a provider"));
        post("/rpc/setup/skip", "step=oauth").await;
        assert!(get("/setup").await.expect(200).text().contains("A person on each line"));
        assert!(get("/setup?step=settings").await.expect(200).text().contains("Time zone"), "steps behind can be looked at");
        let sent = post("/rpc/setup/team", "people=ole%40tidings.example%0Auna%40tidings.example%2C+viewer").await;
        let carried = sent.header_values("set-cookie").into_iter().find(|one| one.contains("shownInvitations=")).unwrap();
        let carried = carried.split(';').next().unwrap();
        let links = stranger.call(Method::GET, "/setup").header("cookie", &format!("{cookies}; {carried}")).send().await.expect(200);
        assert_eq!(links.text().matches("<code>http://tidings.example/register/").count(), 2, "{}", links.text());
        let done = post("/rpc/setup/finish", "next=project").await;
        assert_eq!(done.header("location"), Some("/dashboard/projects/new"));
        let over = get("/setup").await;
        assert_eq!((over.status(), over.header("location")), (303, Some("/dashboard")));
    }

    async fn instances_that_are_set_up_are_not_led_into_the_guide(db: Db) {
        let app = app(db);
        let mara = app.owner("Mara").await.by_cookie();
        mara.get("/dashboard").await.expect(200);
        let page = mara.get("/setup").await;
        assert_eq!((page.status(), page.header("location")), (303, Some("/dashboard")));
    }
}
