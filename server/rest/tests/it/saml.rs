//! Signing in through a provider of SAML, as a browser goes the way, and looking after providers.

use http::Method;
use model::{Role, Scope};
use serde_json::{Value, json};
use services::Settings;
use store::Db;
use testkit::{Answer, Asked, FromDb, IdentityProvider, Says, on_both_databases, settings};

use crate::app::App;

const CALLBACK: &str = "/api/auth/saml/callback/orbit-sso";

/// An instance that people reach by https.
struct Secure(App);

impl FromDb for Secure {
    async fn from_db(db: Db) -> Self {
        let settings = Settings { base_url: "https://tidings.example".to_owned(), ..settings() };
        Self(App::on(testkit::services_with(db, settings)))
    }
}

fn new_provider(idp: &IdentityProvider) -> Value {
    json!({
        "name": "Orbit SSO", "entityId": IdentityProvider::ENTITY_ID, "ssoUrl": "https://idp.example.com/sso",
        "certificate": idp.certificate, "isDefault": true,
    })
}

/// Adds a provider as an administrator, and gives what was answered.
async fn add(app: &App, idp: &IdentityProvider) -> Value {
    let admin = app.owner("Owner").await;
    admin.post("/api/admin/saml/providers", new_provider(idp)).await.expect(201).json()
}

/// The name and value of a cookie that was set, as a browser sends it back.
fn cookie(answer: &Answer, name: &str) -> String {
    let set = answer.header_values("set-cookie").into_iter().find(|cookie| cookie.starts_with(name));
    set.expect("the cookie").split(';').next().unwrap().to_owned()
}

/// A browser that was sent to the provider: what it asked there, and its cookie.
async fn went(app: &App, query: &str) -> (Asked, String) {
    let path = format!("/api/auth/saml/authorize/orbit-sso{query}");
    let answer = app.stranger().get(&path).await.expect(302);
    let location = answer.header("location").unwrap().to_owned();
    assert!(location.starts_with("https://idp.example.com/sso?SAMLRequest="), "{location}");
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    (Asked::read(&location), cookie(&answer, if app.services.is_https() { "__Host-ssoBrowser" } else { "ssoBrowser" }))
}

/// The provider's page posts its form: from another site, and so without cookies.
async fn post(app: &App, response: &str, relay_state: &str) -> Answer {
    let form: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("SAMLResponse", response)
        .append_pair("RelayState", relay_state)
        .finish();
    let call = app.stranger().call(Method::POST, CALLBACK);
    call.header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://idp.example.com")
        .header("sec-fetch-site", "cross-site")
        .body(form)
        .send()
        .await
}

/// The browser follows, now with its cookies.
async fn follow(app: &App, location: &str, cookie: Option<&str>) -> Answer {
    let call = app.stranger().call(Method::GET, location).header("sec-fetch-site", "cross-site");
    match cookie {
        Some(cookie) => call.header("cookie", cookie).send().await,
        None => call.send().await,
    }
}

on_both_databases! {
    async fn a_browser_goes_to_the_provider_and_comes_back_signed_in(app: Secure) {
        let Secure(app) = app;
        let idp = IdentityProvider::new();
        add(&app, &idp).await;
        let (asked, browser) = went(&app, "?redirect=%2Fdashboard%2Fprojects").await;
        let answer = idp.answer(&asked, &Says::about("mara@acme.org", app.services.clock.now()));
        let posted = post(&app, &answer, &asked.relay_state).await.expect(303);
        let location = posted.header("location").unwrap();
        assert!(location.starts_with(&format!("{CALLBACK}?ticket=")), "{location}");
        assert_eq!(posted.header_values("set-cookie"), Vec::<&str>::new(), "nobody is signed in yet");

        let ended = follow(&app, location, Some(&browser)).await.expect(302);
        assert_eq!(ended.header("location"), Some("/dashboard/projects"));
        let access = cookie(&ended, "__Host-accessToken");
        let set = ended.header_values("set-cookie");
        assert!(set.iter().all(|cookie| cookie.contains("; Secure") && cookie.contains("SameSite=Lax")), "{set:?}");
        let me = app.stranger().call(Method::GET, "/api/auth/me").header("cookie", &access).send().await.expect(200);
        assert_eq!(me.json()["email"], "mara@acme.org");
    }

    async fn an_answer_signs_nobody_in_who_did_not_ask_for_it(app: App) {
        let idp = IdentityProvider::new();
        add(&app, &idp).await;
        // Somebody brings their own answer to another person's browser, to have them work in the wrong account.
        let (asked, _) = went(&app, "").await;
        let (_, victim) = went(&app, "").await;
        let answer = idp.answer(&asked, &Says::about("mallory@acme.org", app.services.clock.now()));
        let posted = post(&app, &answer, &asked.relay_state).await.expect(303);
        let ended = follow(&app, posted.header("location").unwrap(), Some(&victim)).await.expect(302);
        assert_eq!(ended.header("location"), Some("/login?error=expired"));
        assert_eq!(ended.header_values("set-cookie"), Vec::<&str>::new());
        let again = follow(&app, posted.header("location").unwrap(), None).await.expect(302);
        assert_eq!(again.header("location"), Some("/login?error=expired"));
    }

    async fn what_is_no_answer_leads_to_the_sign_in_page(app: App) {
        let idp = IdentityProvider::new();
        add(&app, &idp).await;
        let post_raw = async |body: String| {
            let call = app.stranger().call(Method::POST, CALLBACK);
            call.header("content-type", "application/x-www-form-urlencoded").body(body).send().await
        };
        for body in ["", "SAMLResponse=x", "RelayState=x", "SAMLResponse=x&RelayState=%00%ff", "%", "a=b&&&"] {
            let answer = post_raw(body.to_owned()).await.expect(303);
            assert_eq!(answer.header("location"), Some("/login?error=expired"), "{body}");
        }
        post_raw("x".repeat(2 * 1024 * 1024)).await.expect(413);
        let (asked, browser) = went(&app, "").await;
        let posted = post(&app, "PGEvPg==", &asked.relay_state).await.expect(303);
        let ended = follow(&app, posted.header("location").unwrap(), Some(&browser)).await.expect(302);
        assert_eq!(ended.header("location"), Some("/login?error=untrusted"));
        app.stranger().get("/api/auth/saml/authorize/nobody").await.expect(404);
        let unknown = app.stranger().get("/api/auth/saml/callback/nobody?ticket=x").await.expect(302);
        assert_eq!(unknown.header("location"), Some("/login?error=expired"));
    }

    async fn providers_and_their_metadata_are_public(app: App) {
        let idp = IdentityProvider::new();
        let provider = add(&app, &idp).await;
        let listed = app.stranger().get("/api/auth/saml/providers").await.expect(200).json();
        assert_eq!(
            listed,
            json!({ "providers": [{ "id": provider["id"], "name": "Orbit SSO", "urlName": "orbit-sso", "isDefault": true }] })
        );
        let metadata = app.stranger().get("/api/auth/saml/metadata/orbit-sso").await.expect(200);
        assert_eq!(metadata.header("content-type"), Some("application/xml"));
        assert_eq!(metadata.header("cache-control"), Some("public, max-age=3600"));
        assert!(metadata.text().contains(&format!("http://tidings.example{CALLBACK}")), "{}", metadata.text());
        let missing = app.stranger().get("/api/auth/saml/metadata/nobody").await.expect(404);
        assert_eq!(missing.json()["code"], "not_found");
    }

    async fn administrators_look_after_providers(app: App) {
        let idp = IdentityProvider::new();
        let provider = add(&app, &idp).await;
        assert_eq!(provider["urlName"], "orbit-sso");
        assert_eq!(provider["nameIdFormat"], "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress");
        assert_eq!((&provider["emailAttribute"], &provider["nameAttribute"]), (&json!("email"), &json!("name")));
        assert_eq!(provider["certificates"][0]["subject"], "CN=idp.example.com");
        assert_eq!(provider["certificates"][0]["expiry"], "fine");
        assert_eq!(provider["callbackUrl"], format!("http://tidings.example{CALLBACK}"));
        let admin = app.person("Second", Role::Admin).await;
        let path = format!("/api/admin/saml/providers/{}", provider["id"].as_str().unwrap());
        let changed = admin.patch(&path, json!({ "name": "Orbit", "enabled": false, "spEntityId": "urn:tidings" })).await;
        let changed = changed.expect(200).json();
        assert_eq!((&changed["name"], &changed["urlName"]), (&json!("Orbit"), &json!("orbit-sso")));
        assert_eq!(changed["certificate"], provider["certificate"], "what is not sent stays");
        assert_eq!(changed["serviceEntityId"], "urn:tidings");
        let listed = admin.get("/api/admin/saml/providers").await.expect(200).json();
        assert_eq!(listed["providers"], json!([]), "it is switched off");
        let listed = admin.get("/api/admin/saml/providers?includeAll=true").await.expect(200).json();
        assert_eq!(listed["providers"][0]["id"], provider["id"]);
        let wrong = admin.patch(&path, json!({ "certificate": "x", "ssoUrl": "ftp://x" })).await.expect(400).json();
        let fields: Vec<&str> = wrong["fields"].as_array().unwrap().iter().filter_map(|one| one["field"].as_str()).collect();
        assert_eq!(fields, ["ssoUrl", "certificate"]);
        admin.delete(&path).await.expect(200);
        admin.get(&path).await.expect(404);
    }

    async fn nobody_else_looks_after_providers(app: App) {
        let idp = IdentityProvider::new();
        let provider = add(&app, &idp).await;
        let path = format!("/api/admin/saml/providers/{}", provider["id"].as_str().unwrap());
        let staff = app.staff("Staff").await;
        let admin = app.person("Second", Role::Admin).await;
        let key = app.key(&admin, Scope::ALL, None).await;
        for (person, status) in [(&staff, 403), (&key, 403), (&app.stranger(), 401)] {
            person.get("/api/admin/saml/providers").await.expect(status);
            person.post("/api/admin/saml/providers", new_provider(&idp)).await.expect(status);
            person.patch(&path, json!({ "name": "Mine" })).await.expect(status);
            person.delete(&path).await.expect(status);
        }
    }
}
