//! The way to a provider and back, and what administrators set. The provider is a few fixed answers on this machine; the
//! browser tests have a real one.

use chrono::Duration;
use model::sso::{OAuthProvider, Problem, ProviderInput, TrialEnd};
use model::{Error, Role};
use serde_json::json;
use services::access::{ManageProviders, instance_grant};
use services::caller::Caller;
use services::oauth::{self, Failed, Intent, Outcome, Returned, providers};
use services::outgoing::Reachable;
use services::{Actor, Services, Settings, Via, sign_in, sso};
use store::Db;
use testkit::{PASSWORD, Person, TestApp, count, execute, fixtures, on_both_databases, texts};
use url::Url;

use crate::help::{browser, log, times, told};
use crate::other::{Other, ok};

/// An instance that may ask servers on this machine.
fn open(db: Db) -> TestApp {
    let reachable = Reachable::new(vec![("127.0.0.0".parse().unwrap(), 8)], Vec::new());
    let cx = testkit::services_with(db, Settings { reachable, ..testkit::settings() });
    TestApp::on(cx, |_| axum::Router::new())
}

fn about(email: &str) -> String {
    json!({ "sub": "u1", "email": email, "email_verified": true, "name": "Mara Lind", "secretive": "x" }).to_string()
}

/// Answers like a provider without OpenID Connect.
async fn plain() -> Other {
    Other::answering(|path, _| match path {
        "/token" => ok(r#"{"access_token":"at-1","token_type":"Bearer"}"#),
        "/me" => ok(&about("mara@acme.org")),
        _ => None,
    })
    .await
}

fn input(other: &Other) -> ProviderInput {
    ProviderInput {
        name: "Orbit SSO".to_owned(),
        authorization_url: format!("{}?tenant=1", other.at("/authorize")),
        token_url: other.at("/token"),
        user_info_url: other.at("/me"),
        client_id: "tidings".to_owned(),
        client_secret: "s3cret value".to_owned(),
        scopes: vec!["openid".to_owned(), "email".to_owned()],
        enabled: true,
        ..Default::default()
    }
}

async fn add(cx: &Services, input: ProviderInput) -> OAuthProvider {
    providers::create(cx, &fixtures::may_everywhere(cx), input).await.unwrap()
}

/// A browser that went to the provider and has something to bring back.
struct Went {
    asked: Vec<(String, String)>,
    state: String,
    cookie: String,
}

async fn went(cx: &Services, intent: Intent, target: &str, cookie: Option<&str>) -> model::Result<Went> {
    let begun = oauth::begin(cx, "orbit-sso", intent, Some(target), cookie, &browser("192.0.2.1")).await?;
    let asked: Vec<(String, String)> = Url::parse(&begun.location).unwrap().query_pairs().into_owned().collect();
    let state = asked.iter().find(|(name, _)| name == "state").unwrap().1.clone();
    let cookie = begun.set_cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    Ok(Went { asked, state, cookie })
}

impl Went {
    fn returned(&self) -> Returned<'_> {
        Returned {
            provider: "orbit-sso",
            code: Some("code-1"),
            state: Some(&self.state),
            browser: Some(&self.cookie),
            ..Returned::default()
        }
    }
}

async fn finish(cx: &Services, returned: Returned<'_>) -> Result<Outcome, Failed> {
    oauth::finish(cx, returned, &Caller::Anonymous, &browser("192.0.2.1")).await
}

fn known(actor: &Actor) -> Caller {
    Caller::Known(Box::new(actor.clone()))
}

/// The same person in a browser.
fn in_browser(person: &Person) -> Actor {
    let actor = person.actor();
    let session = actor.session().unwrap().clone();
    Actor { via: Via::Cookie(session), ..actor }
}

on_both_databases! {
    async fn the_way_to_a_provider_and_back_signs_in(db: Db) {
        let app = open(db);
        app.owner("Owner").await;
        let cx = &app.services;
        let other = plain().await;
        add(cx, input(&other)).await;
        let went = went(cx, Intent::SignIn, "/dashboard/projects?x=1", None).await.unwrap();
        let said = |name: &str| went.asked.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        assert_eq!(said("tenant"), Some("1"), "what the address had stays");
        assert_eq!(said("client_id"), Some("tidings"));
        assert_eq!(said("response_type"), Some("code"));
        assert_eq!(said("scope"), Some("openid email"));
        assert_eq!(said("redirect_uri"), Some("http://tidings.example/api/auth/oauth/callback/orbit-sso"));
        assert_eq!(said("code_challenge_method"), Some("S256"));
        assert!(said("nonce").unwrap().len() >= 43 && said("code_challenge").unwrap().len() == 43);
        assert_eq!(count(&cx.db, "oauth_flows").await, 1);

        let Outcome::SignedIn { progress, target } = finish(cx, went.returned()).await.unwrap() else { panic!() };
        assert_eq!(target, "/dashboard/projects?x=1");
        assert_eq!(progress.completed().unwrap().user.email, "mara@acme.org");
        let asked = other.asked();
        assert!(asked[0].starts_with("POST /token ") && asked[0].contains("code_verifier="), "{}", asked[0]);
        assert!(asked[0].contains("client_id=tidings&client_secret=s3cret+value"), "{}", asked[0]);
        assert!(asked[1].to_ascii_lowercase().contains("authorization: bearer at-1"), "{}", asked[1]);
    }

    async fn the_answer_is_good_once_and_in_the_browser_that_asked(db: Db) {
        let app = open(db);
        app.owner("Owner").await;
        let cx = &app.services;
        let other = plain().await;
        add(cx, input(&other)).await;
        add(cx, ProviderInput { name: "Other".to_owned(), ..input(&other) }).await;
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let expired = Failed { problem: Problem::Expired, page: "/login" };
        for (what, returned) in [
            ("another state", Returned { state: Some("made-up"), ..way.returned() }),
            ("no state", Returned { state: None, ..way.returned() }),
            ("another browser", Returned { browser: Some("made-up"), ..way.returned() }),
            ("no cookie", Returned { browser: None, ..way.returned() }),
            ("another provider", Returned { provider: "other", ..way.returned() }),
            ("no provider", Returned { provider: "nobody", ..way.returned() }),
        ] {
            assert_eq!(finish(cx, returned).await, Err(expired.clone()), "{what}");
        }
        assert_eq!(other.asked(), Vec::<String>::new(), "the provider was not even asked");
        assert!(finish(cx, way.returned()).await.is_ok());
        assert_eq!(finish(cx, way.returned()).await, Err(expired.clone()), "used");
        let late = went(cx, Intent::SignIn, "/", None).await.unwrap();
        app.advance(Duration::minutes(10));
        assert_eq!(finish(cx, late.returned()).await, Err(expired), "late");
        assert_eq!(times(cx, "LOGIN_SSO_FAILURE").await, 8);
    }

    async fn two_tabs_of_one_browser_do_not_disturb_each_other(db: Db) {
        let app = open(db);
        app.owner("Owner").await;
        let cx = &app.services;
        let other = plain().await;
        add(cx, input(&other)).await;
        let first = went(cx, Intent::SignIn, "/a", None).await.unwrap();
        let second = went(cx, Intent::SignIn, "/b", Some(&first.cookie)).await.unwrap();
        assert_eq!(first.cookie, second.cookie);
        assert!(finish(cx, second.returned()).await.is_ok());
        assert!(finish(cx, first.returned()).await.is_ok());
    }

    async fn targets_are_paths_of_this_site(db: Db) {
        let app = open(db);
        app.owner("Owner").await;
        let cx = &app.services;
        let other = plain().await;
        add(cx, input(&other)).await;
        for target in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", &"/x".repeat(3000)] {
            let went = went(cx, Intent::SignIn, target, None).await.unwrap();
            let Ok(Outcome::SignedIn { target, .. }) = finish(cx, went.returned()).await else { panic!() };
            assert_eq!(target, "/dashboard");
        }
    }

    async fn an_error_of_the_provider_is_an_answer_without_its_words(db: Db) {
        let app = open(db);
        app.owner("Owner").await;
        let cx = &app.services;
        let other = plain().await;
        add(cx, input(&other)).await;
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let failed = finish(cx, Returned { is_error: true, ..way.returned() }).await.unwrap_err();
        assert_eq!(failed.location(), "/login?error=declined");
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        assert_eq!(finish(cx, Returned { code: None, ..way.returned() }).await.unwrap_err().problem, Problem::Declined);
        assert_eq!(told_reasons(cx).await, ["declined", "declined"]);
    }

    async fn a_provider_that_is_switched_off_signs_nobody_in(db: Db) {
        let app = open(db);
        app.owner("Owner").await;
        let cx = &app.services;
        let other = plain().await;
        let provider = add(cx, input(&other)).await;
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let may = fixtures::may_everywhere(cx);
        let off = ProviderInput { enabled: false, ..ProviderInput::from(&provider) };
        providers::update(cx, &may, &provider.id, off).await.unwrap();
        assert_eq!(finish(cx, way.returned()).await.unwrap_err().problem, Problem::Expired);
        assert_eq!(went(cx, Intent::SignIn, "/", None).await.err(), Some(Error::NotFound));
        assert!(oauth::buttons(cx).await.unwrap().is_empty());
    }

    async fn what_goes_wrong_at_the_provider_is_told_apart(db: Db) {
        let app = open(db);
        app.owner("Owner").await;
        let cx = &app.services;
        let other = Other::answering(|path, _| match path {
            "/refused" => Some("HTTP/1.1 401 Unauthorized\r\nContent-Length: 26\r\n\r\n{\"error\":\"invalid_client\"}".to_owned()),
            // As GitHub says it.
            "/polite" => ok(r#"{"error":"bad_verification_code","error_description":"<script>"}"#),
            "/html" => ok("<html>"),
            "/token" => ok(r#"{"access_token":"at-1"}"#),
            "/nobody" => ok(r#"{"email":"mara@acme.org","email_verified":true}"#),
            "/number" => ok(r#"{"id":4711,"email":"number@acme.org","email_verified":"true"}"#),
            "/list" => ok("[]"),
            _ => None,
        })
        .await;
        let provider = add(cx, input(&other)).await;
        let may = fixtures::may_everywhere(cx);
        let ask = async |token: &str, me: &str| {
            let urls = ProviderInput { token_url: token.to_owned(), user_info_url: me.to_owned(), ..ProviderInput::from(&provider) };
            providers::update(cx, &may, &provider.id, urls).await.unwrap();
            let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
            finish(cx, way.returned()).await.map_err(|failed| failed.problem)
        };
        assert_eq!(ask(&other.at("/refused"), &other.at("/me")).await, Err(Problem::Misconfigured));
        assert_eq!(ask(&other.at("/polite"), &other.at("/me")).await, Err(Problem::Misconfigured));
        assert_eq!(ask(&other.at("/html"), &other.at("/me")).await, Err(Problem::Misconfigured));
        assert_eq!(ask(&other.at("/token"), &other.at("/nobody")).await, Err(Problem::Untrusted));
        assert_eq!(ask(&other.at("/token"), &other.at("/list")).await, Err(Problem::Misconfigured));
        assert_eq!(ask("http://127.0.0.1:1/token", &other.at("/me")).await, Err(Problem::Unreachable));
        // A private address that the configuration does not open.
        assert_eq!(ask("https://10.0.0.1/token", &other.at("/me")).await, Err(Problem::Misconfigured));
        assert!(ask(&other.at("/token"), &other.at("/number")).await.is_ok());
        assert_eq!(texts(&cx.db, "SELECT external_id FROM sso_connections").await, ["4711"]);
    }

    async fn github_s_list_of_addresses_gives_the_confirmed_primary_one(db: Db) {
        let app = open(db);
        app.owner("Owner").await;
        let cx = &app.services;
        let other = Other::answering(|path, _| match path {
            "/token" => ok(r#"{"access_token":"at-1"}"#),
            "/me" => ok(r#"{"id":99,"login":"mara","name":null,"email":"public@acme.org"}"#),
            "/emails" => ok(
                r#"[{"email":"old@acme.org","primary":false,"verified":true},{"email":"mara@acme.org","primary":true,"verified":true}]"#,
            ),
            "/unverified" => ok(r#"[{"email":"owner@tidings.example","primary":true,"verified":false}]"#),
            _ => ok("[]"),
        })
        .await;
        let provider = add(cx, ProviderInput { emails_url: other.at("/emails"), ..input(&other) }).await;
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let Outcome::SignedIn { progress, .. } = finish(cx, way.returned()).await.unwrap() else { panic!() };
        assert_eq!(progress.completed().unwrap().user.email, "mara@acme.org");
        execute(&cx.db, "DELETE FROM sso_connections").await;
        let may = fixtures::may_everywhere(cx);
        for (emails, problem) in [("/unverified", Problem::UnconfirmedEmail), ("/none", Problem::NoEmail)] {
            let changed = ProviderInput { emails_url: other.at(emails), ..ProviderInput::from(&provider) };
            providers::update(cx, &may, &provider.id, changed).await.unwrap();
            let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
            assert_eq!(finish(cx, way.returned()).await.unwrap_err().problem, problem);
        }
    }

    async fn linking_takes_the_same_person_in_the_same_browser_and_a_fresh_sign_in(db: Db) {
        let app = open(db);
        let mara = app.owner("Mara").await;
        let vera = app.admin("Vera").await;
        let cx = &app.services;
        let other = plain().await;
        add(cx, input(&other)).await;
        let (mara, vera) = (in_browser(&mara), in_browser(&vera));
        let way = went(cx, Intent::Link(mara.clone()), "/", None).await.unwrap();
        let end = async |way: &Went, caller: &Caller| oauth::finish(cx, way.returned(), caller, &browser("192.0.2.1")).await;
        let other_person = Err(Failed { problem: Problem::OtherPerson, page: "/dashboard/account/linked" });
        assert_eq!(end(&way, &known(&vera)).await, other_person);
        let way = went(cx, Intent::Link(mara.clone()), "/", None).await.unwrap();
        assert_eq!(end(&way, &Caller::Anonymous).await, Err(Failed { problem: Problem::OtherPerson, page: "/login" }));
        let way = went(cx, Intent::Link(mara.clone()), "/", None).await.unwrap();
        assert_eq!(end(&way, &known(&mara)).await, Ok(Outcome::Linked));
        assert_eq!(told(cx, "SSO_LINKED").await.user_id.as_ref(), Some(mara.id()));
        assert_eq!(count(&cx.db, "sso_connections").await, 1);
        app.advance(Duration::minutes(6));
        assert_eq!(went(cx, Intent::Link(vera), "/", None).await.err(), Some(Error::NotConfirmed));
    }

    async fn a_trial_shows_what_came_and_signs_nobody_in(db: Db) {
        let app = open(db);
        let owner = app.owner("Owner").await;
        let staff = app.staff("Vera").await;
        let cx = &app.services;
        let other = plain().await;
        let provider = add(cx, ProviderInput { enabled: false, ..input(&other) }).await;
        let owner = in_browser(&owner);
        let refused = went(cx, Intent::Test(in_browser(&staff)), "/", None).await.err();
        assert_eq!(refused.map(|error| error.status()), Some(403));
        let way = went(cx, Intent::Test(owner.clone()), "/", None).await.unwrap();
        let ended = oauth::finish(cx, way.returned(), &known(&owner), &browser("192.0.2.1")).await;
        assert_eq!(ended, Ok(Outcome::Tried(provider.id.clone())));
        assert_eq!(count(&cx.db, "users WHERE email = 'mara@acme.org'").await, 0);
        assert_eq!(times(cx, "LOGIN_SSO_SUCCESS").await, 0);
        let may = instance_grant::<ManageProviders>(&owner).unwrap();
        let trial = oauth::last_trial(cx, &may, &provider.id).await.unwrap().unwrap();
        assert_eq!(trial.end, TrialEnd::Creates { account: "mara@acme.org".to_owned(), role: Role::Staff });
        assert!(trial.claims.contains(&("secretive".to_owned(), "x".to_owned())));
        // Claims are about a person: sealed, and gone after ten minutes.
        assert!(!texts(&cx.db, "SELECT outcome FROM oauth_trials").await[0].contains("mara"));
        app.advance(Duration::minutes(11));
        assert_eq!(oauth::last_trial(cx, &may, &provider.id).await.unwrap(), None);
    }

    async fn the_secret_is_kept_sealed_and_leaves_in_no_answer(db: Db) {
        let app = open(db);
        let cx = &app.services;
        let other = plain().await;
        let provider = add(cx, input(&other)).await;
        let may = fixtures::may_everywhere(cx);
        let sealed = async || texts(&cx.db, "SELECT client_secret FROM oauth_providers").await.remove(0);
        let first = sealed().await;
        assert!(first.starts_with("v1:") && !first.contains("s3cret"));
        assert!(provider.has_secret && !serde_json::to_string(&provider).unwrap().contains("s3cret"));
        // An empty field keeps it, a text replaces it.
        let renamed = ProviderInput { name: "Orbit 2".to_owned(), ..ProviderInput::from(&provider) };
        let renamed = providers::update(cx, &may, &provider.id, renamed).await.unwrap();
        assert_eq!((renamed.slug.as_str(), sealed().await), ("orbit-sso", first.clone()));
        let replaced = ProviderInput { client_secret: "another".to_owned(), ..ProviderInput::from(&renamed) };
        providers::update(cx, &may, &provider.id, replaced).await.unwrap();
        assert_ne!(sealed().await, first);
        let log = serde_json::to_string(&log(cx).await.iter().map(|r| r.details.clone()).collect::<Vec<_>>()).unwrap();
        assert!(log.contains("clientSecret") && !log.contains("s3cret") && !log.contains("another"), "{log}");
    }

    async fn addresses_of_providers_are_unique_and_stay(db: Db) {
        let app = open(db);
        let cx = &app.services;
        let other = plain().await;
        let first = add(cx, ProviderInput { name: "Orbit  SSO!".to_owned(), ..input(&other) }).await;
        assert_eq!(first.slug, "orbit-sso");
        let second = add(cx, ProviderInput { name: "Orbit-SSO".to_owned(), ..input(&other) }).await;
        assert_eq!(second.slug, "orbit-sso-2");
        let may = fixtures::may_everywhere(cx);
        let same = providers::create(cx, &may, ProviderInput { name: "ORBIT-sso".to_owned(), ..input(&other) }).await;
        assert!(same.unwrap_err().for_field("name").is_some());
        let chosen = ProviderInput { name: "Third".to_owned(), slug: "orbit-sso".to_owned(), ..input(&other) };
        assert!(providers::create(cx, &may, chosen).await.unwrap_err().for_field("slug").is_some());
        // The name works too, in any case; so does the id.
        for address in ["ORBIT-SSO", "orbit-sso-2", "Orbit-sso", second.id.as_str()] {
            let begun = oauth::begin(cx, address, Intent::SignIn, None, None, &browser("192.0.2.7")).await;
            assert!(begun.is_ok(), "{address}");
        }
        let unknown = oauth::begin(cx, "no\0body", Intent::SignIn, None, None, &browser("192.0.2.7")).await;
        assert_eq!(unknown, Err(Error::NotFound));
    }

    async fn at_most_one_provider_is_the_default(db: Db) {
        let app = open(db);
        let cx = &app.services;
        let other = plain().await;
        let default = |name: &str| ProviderInput { name: name.to_owned(), is_default: true, ..input(&other) };
        add(cx, default("B")).await;
        let second = add(cx, default("C")).await;
        let third = add(cx, ProviderInput { name: "A".to_owned(), ..input(&other) }).await;
        let names = async || -> Vec<(String, bool)> {
            oauth::buttons(cx).await.unwrap().into_iter().map(|button| (button.name, button.is_default)).collect()
        };
        let expected = |list: &[(&str, bool)]| list.iter().map(|(name, first)| ((*name).to_owned(), *first)).collect::<Vec<_>>();
        assert_eq!(names().await, expected(&[("C", true), ("A", false), ("B", false)]));
        let may = fixtures::may_everywhere(cx);
        providers::update(cx, &may, &third.id, ProviderInput { is_default: true, ..ProviderInput::from(&third) }).await.unwrap();
        assert_eq!(names().await, expected(&[("A", true), ("B", false), ("C", false)]));
        providers::update(cx, &may, &second.id, ProviderInput { is_default: false, ..ProviderInput::from(&second) }).await.unwrap();
        assert_eq!(names().await[0].0, "A");
    }

    async fn deleting_a_provider_names_who_could_not_sign_in_any_more(db: Db) {
        let app = open(db);
        app.owner("Owner").await;
        let cx = &app.services;
        let other = plain().await;
        let provider = add(cx, input(&other)).await;
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        finish(cx, way.returned()).await.unwrap();
        let may = fixtures::may_everywhere(cx);
        let refused = providers::delete(cx, &may, &provider.id, false).await.unwrap_err();
        assert!(refused.to_string().contains("mara@acme.org"), "{refused}");
        assert_eq!(providers::depending(cx, &may, &provider.id).await.unwrap().len(), 1);
        providers::delete(cx, &may, &provider.id, true).await.unwrap();
        assert_eq!(count(&cx.db, "sso_connections").await, 0);
        assert_eq!(count(&cx.db, "users WHERE email = 'mara@acme.org'").await, 1, "people stay");
        assert_eq!(told(cx, "DELETE_OAUTH_PROVIDER").await.details["withoutSignIn"], 1);
        assert_eq!(providers::delete(cx, &may, &provider.id, true).await, Err(Error::NotFound));
    }

    async fn where_providers_are_the_only_way_passwords_are_for_administrators_alone(db: Db) {
        let app = open(db);
        let cx = &app.services;
        let owner = app.owner("Owner").await;
        let staff = app.account("Vera", Role::Staff).await;
        let may = instance_grant::<ManageProviders>(&owner.actor()).unwrap();
        let refused = sso::save_settings(cx, &may, true, false).await.unwrap_err();
        assert!(refused.for_field("ssoOnly").is_some(), "nobody locks everybody out");
        let other = plain().await;
        add(cx, input(&other)).await;
        sso::save_settings(cx, &may, true, true).await.unwrap();
        sso::save_settings(cx, &may, true, true).await.unwrap();
        assert_eq!(told(cx, "UPDATE_SYSTEM_CONFIG").await.details["changed"], json!({ "ssoOnly": true, "ssoSecondFactor": true }));
        let by_password = async |email: &str| sign_in::with_password(cx, email, PASSWORD, &browser("192.0.2.8")).await;
        assert!(matches!(by_password(&staff.email).await, Err(Error::FeatureOff { .. })));
        assert_eq!(told(cx, "LOGIN_FAILURE").await.details["reason"], "PASSWORD_SIGN_IN_OFF");
        assert!(by_password(&owner.user().email).await.is_ok());
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        assert!(finish(cx, way.returned()).await.is_ok());
    }

    async fn an_issuer_fills_in_the_addresses_and_must_be_itself(db: Db) {
        let app = open(db);
        let cx = &app.services;
        let document = |issuer: &str, port: u16| {
            json!({
                "issuer": issuer,
                "authorization_endpoint": format!("http://127.0.0.1:{port}/auth"),
                "token_endpoint": format!("http://127.0.0.1:{port}/token"),
                "userinfo_endpoint": format!("http://127.0.0.1:{port}/me"),
                "jwks_uri": format!("http://127.0.0.1:{port}/jwks"),
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            })
            .to_string()
        };
        let other = Other::answering(move |path, port| match path {
            "/.well-known/openid-configuration" => ok(&document(&format!("http://127.0.0.1:{port}"), port)),
            "/false/.well-known/openid-configuration" => ok(&document("https://evil.example", port)),
            _ => Some("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned()),
        })
        .await;
        let may = fixtures::may_everywhere(cx);
        let with = |issuer: String| ProviderInput {
            issuer_url: issuer,
            authorization_url: String::new(),
            token_url: String::new(),
            user_info_url: String::new(),
            ..input(&other)
        };
        for wrong in [other.at("/false"), other.at("/nothing"), "https://10.0.0.1".to_owned()] {
            let refused = providers::create(cx, &may, with(wrong.clone())).await.unwrap_err();
            assert!(refused.for_field("issuerUrl").is_some(), "{wrong}: {refused:?}");
        }
        let basic = ProviderInput { auth_method: model::sso::AuthMethod::Basic, ..with(other.at("/")) };
        assert!(providers::create(cx, &may, basic).await.unwrap_err().for_field("authMethod").is_some());
        let provider = add(cx, with(other.at("/"))).await;
        assert_eq!(provider.issuer_url, Some(other.at("")), "as the document writes it");
        assert_eq!((provider.token_url, provider.jwks_url), (other.at("/token"), Some(other.at("/jwks"))));
    }
}

async fn told_reasons(cx: &Services) -> Vec<String> {
    let all = log(cx).await;
    let failures = all.iter().filter(|record| record.action == "LOGIN_SSO_FAILURE");
    failures.map(|record| record.details["reason"].as_str().unwrap().to_owned()).collect()
}
