//! The way to a provider of SAML and back, and what administrators set. What signatures are worth is tested where they
//! are checked, in the crate `saml`.

use chrono::Duration;
use model::sso::{Expiry, NAME_ID_FORMATS, Problem, ProviderKind, SamlInput, SamlProvider, SignInRules, TrialEnd};
use model::{Error, Role};
use serde_json::json;
use services::access::{ManageOwnAccount, ManageProviders, instance_grant};
use services::caller::Caller;
use services::oauth::{Failed, Intent, Outcome};
use services::saml::{self, Answer, Returned, providers};
use services::{Actor, Services, Via, sso};
use testkit::{Asked, IdentityProvider, Person, Says, TestApp, count, execute, fixtures, on_both_databases};

use crate::help::{browser, log, times, told};

const LOGIN: &str = "/login";

fn input(idp: &IdentityProvider) -> SamlInput {
    SamlInput {
        name: "Orbit SSO".to_owned(),
        entity_id: IdentityProvider::ENTITY_ID.to_owned(),
        sso_url: "https://idp.example.com/sso?tenant=1".to_owned(),
        certificate: idp.certificate.clone(),
        ..SamlInput::default()
    }
}

async fn add(cx: &Services, input: SamlInput) -> SamlProvider {
    providers::create(cx, &fixtures::may_everywhere(cx), input).await.unwrap()
}

/// A browser that is at the provider.
struct Way {
    asked: Asked,
    cookie: String,
}

async fn went(cx: &Services, intent: Intent, target: &str, cookie: Option<&str>) -> model::Result<Way> {
    let begun = saml::begin(cx, "orbit-sso", intent, Some(target), cookie, &browser("192.0.2.1")).await?;
    let cookie = begun.set_cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    Ok(Way { asked: Asked::read(&begun.location), cookie })
}

/// What the provider's page posts.
async fn post(cx: &Services, relay_state: Option<&str>, response: Option<&str>) -> Result<String, Failed> {
    let answer = Answer { provider: "orbit-sso", response, relay_state };
    saml::receive(cx, answer, &browser("192.0.2.1")).await
}

impl Way {
    /// Brings an answer, and gives the ticket.
    async fn brings(&self, cx: &Services, response: &str) -> String {
        let path = post(cx, Some(&self.asked.relay_state), Some(response)).await.unwrap();
        path.strip_prefix("/api/auth/saml/callback/orbit-sso?ticket=").unwrap().to_owned()
    }

    async fn ends(&self, cx: &Services, ticket: &str, caller: &Caller) -> Result<Outcome, Failed> {
        finish(cx, "orbit-sso", Some(ticket), Some(&self.cookie), caller).await
    }

    /// Both steps.
    async fn through(&self, cx: &Services, response: &str) -> Result<Outcome, Failed> {
        let ticket = self.brings(cx, response).await;
        self.ends(cx, &ticket, &Caller::Anonymous).await
    }
}

async fn finish(
    cx: &Services,
    provider: &str,
    ticket: Option<&str>,
    browser_cookie: Option<&str>,
    caller: &Caller,
) -> Result<Outcome, Failed> {
    let returned = Returned { provider, ticket, browser: browser_cookie };
    saml::finish(cx, returned, caller, &browser("192.0.2.1")).await
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

fn failed(problem: Problem) -> Failed {
    Failed { problem, page: LOGIN }
}

async fn reasons(cx: &Services) -> Vec<String> {
    let all = log(cx).await;
    let failures = all.iter().filter(|record| record.action == "LOGIN_SSO_FAILURE");
    failures.map(|record| record.details["reason"].as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn the_way_to_a_provider_and_back_signs_in(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        add(cx, input(&idp)).await;
        let way = went(cx, Intent::SignIn, "/dashboard/projects?x=1", None).await.unwrap();
        assert_eq!(way.asked.issuer, "http://tidings.example/api/auth/saml/metadata/orbit-sso");
        assert_eq!(way.asked.acs_url, "http://tidings.example/api/auth/saml/callback/orbit-sso");
        let says = Says {
            name_id: "u-17",
            attributes: &[("email", &["Mara@Acme.ORG"]), ("displayName", &["Mara Lind"])],
            ..Says::about("u-17", cx.clock.now())
        };
        let Outcome::SignedIn { progress, target } = way.through(cx, &idp.answer(&way.asked, &says)).await.unwrap() else {
            panic!()
        };
        assert_eq!(target, "/dashboard/projects?x=1");
        let user = progress.completed().unwrap().user;
        assert_eq!((user.email.as_str(), user.name.as_deref(), user.role), ("mara@acme.org", Some("Mara Lind"), Role::Staff));
        assert_eq!(count(&cx.db, "sso_connections WHERE kind = 'saml' AND external_id = 'u-17'").await, 1);
        assert_eq!(told(cx, "LOGIN_SSO_SUCCESS").await.details["provider"], "Orbit SSO");
        assert_eq!(count(&cx.db, "saml_flows").await, 0);
    }

    async fn an_answer_opens_nothing_in_another_browser(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        add(cx, input(&idp)).await;
        add(cx, SamlInput { name: "Other".to_owned(), ..input(&idp) }).await;
        for (what, provider, with_ticket, cookie) in [
            ("no cookie", "orbit-sso", true, None),
            ("another browser", "orbit-sso", true, Some("made-up")),
            ("another provider", "other", true, Some("own")),
            ("no provider", "nobody", true, Some("own")),
            ("no ticket", "orbit-sso", false, Some("own")),
        ] {
            let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
            let id = format!("_{}", what.replace(' ', "-"));
            let says = Says { id: &id, ..Says::about("mara@acme.org", cx.clock.now()) };
            let ticket = way.brings(cx, &idp.answer(&way.asked, &says)).await;
            let cookie = cookie.map(|cookie| if cookie == "own" { way.cookie.as_str() } else { cookie });
            let ended = finish(cx, provider, with_ticket.then_some(&ticket), cookie, &Caller::Anonymous).await;
            assert_eq!(ended, Err(failed(Problem::Expired)), "{what}");
        }
        assert_eq!(count(&cx.db, "sso_connections").await, 0);
        assert_eq!(times(cx, "LOGIN_SSO_FAILURE").await, 5);
    }

    async fn a_ticket_is_good_once_and_for_two_minutes(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        add(cx, input(&idp)).await;
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let ticket = way.brings(cx, &idp.answer(&way.asked, &Says::about("mara@acme.org", cx.clock.now()))).await;
        assert!(way.ends(cx, &ticket, &Caller::Anonymous).await.is_ok());
        assert_eq!(way.ends(cx, &ticket, &Caller::Anonymous).await, Err(failed(Problem::Expired)));
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let says = Says { id: "_second", ..Says::about("mara@acme.org", cx.clock.now()) };
        let ticket = way.brings(cx, &idp.answer(&way.asked, &says)).await;
        app.advance(Duration::minutes(2));
        assert_eq!(way.ends(cx, &ticket, &Caller::Anonymous).await, Err(failed(Problem::Expired)));
    }

    async fn an_answer_needs_a_request_that_is_still_open(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        add(cx, input(&idp)).await;
        let expired = Err(failed(Problem::Expired));
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let answer = idp.answer(&way.asked, &Says::about("mara@acme.org", cx.clock.now()));
        assert_eq!(post(cx, None, Some(&answer)).await, expired, "nobody asked");
        assert_eq!(post(cx, Some("made-up"), Some(&answer)).await, expired);
        assert_eq!(post(cx, Some(&way.asked.relay_state), None).await, expired);
        // An answer to somebody else's request, brought with one's own.
        let other = went(cx, Intent::SignIn, "/", None).await.unwrap();
        assert_eq!(other.through(cx, &answer).await, Err(failed(Problem::Untrusted)));
        // Each request takes one answer.
        way.brings(cx, &answer).await;
        assert_eq!(post(cx, Some(&way.asked.relay_state), Some(&answer)).await, expired);
        let late = went(cx, Intent::SignIn, "/", None).await.unwrap();
        app.advance(Duration::minutes(10));
        let answer = idp.answer(&late.asked, &Says::about("mara@acme.org", cx.clock.now()));
        assert_eq!(post(cx, Some(&late.asked.relay_state), Some(&answer)).await, expired, "too late");
    }

    async fn an_assertion_is_good_once(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        add(cx, input(&idp)).await;
        let first = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let says = Says::about("mara@acme.org", cx.clock.now());
        assert!(first.through(cx, &idp.answer(&first.asked, &says)).await.is_ok());
        // The same assertion again, even if the provider says that it answers another request.
        let second = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let answer = idp.answer(&second.asked, &says);
        assert_eq!(second.through(cx, &answer).await, Err(failed(Problem::Untrusted)));
        assert_eq!(count(&cx.db, "saml_assertions").await, 1);
        // It is remembered as long as it would be accepted, and no longer.
        app.advance(Duration::minutes(8));
        let third = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let says = Says { id: "_third", ..Says::about("mara@acme.org", cx.clock.now()) };
        assert!(third.through(cx, &idp.answer(&third.asked, &says)).await.is_ok());
        assert_eq!(count(&cx.db, "saml_assertions").await, 1);
    }

    async fn of_two_answers_at_the_same_moment_one_counts(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        add(cx, input(&idp)).await;
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let one = idp.answer(&way.asked, &Says { id: "_one", ..Says::about("mara@acme.org", cx.clock.now()) });
        let two = idp.answer(&way.asked, &Says { id: "_two", ..Says::about("mara@acme.org", cx.clock.now()) });
        let state = Some(way.asked.relay_state.as_str());
        let (a, b) = tokio::join!(post(cx, state, Some(&one)), post(cx, state, Some(&two)));
        assert_eq!([&a, &b].into_iter().filter(|posted| posted.is_ok()).count(), 1, "{a:?} {b:?}");
    }

    async fn what_does_not_fit_is_refused_and_said_to_nobody_but_the_log(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let (idp, stranger) = (IdentityProvider::new(), IdentityProvider::new());
        add(cx, input(&idp)).await;
        let now = cx.clock.now();
        let says = Says::about("mara@acme.org", now);
        for (what, problem, answer) in [
            ("a stranger's key", Problem::Untrusted, (&stranger, says.clone())),
            ("another audience", Problem::Misconfigured, (&idp, Says { audience: Some("urn:other"), ..says.clone() })),
            ("tomorrow", Problem::Untrusted, (&idp, Says { now: now + Duration::days(1), ..says.clone() })),
            ("yesterday", Problem::Untrusted, (&idp, Says { now: now - Duration::days(1), ..says.clone() })),
            (
                "a name for once",
                Problem::Misconfigured,
                (&idp, Says { format: "urn:oasis:names:tc:SAML:2.0:nameid-format:transient", ..says.clone() }),
            ),
        ] {
            let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
            let (who, says) = answer;
            assert_eq!(way.through(cx, &who.answer(&way.asked, &says)).await, Err(failed(problem)), "{what}");
        }
        for garbage in ["", "x", "PGEvPg==", &"A".repeat(600_000)] {
            let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
            assert_eq!(way.through(cx, garbage).await, Err(failed(Problem::Untrusted)));
        }
        assert_eq!(reasons(cx).await.len(), 9);
        assert_eq!(count(&cx.db, "sso_connections").await, 0);
    }

    async fn addresses_and_names_are_found_where_providers_put_them(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        let set = SamlInput { email_attribute: "mail".to_owned(), name_attribute: "cn".to_owned(), ..input(&idp) };
        add(cx, set).await;
        type Attributes<'a> = &'a [(&'a str, &'a [&'a str])];
        let schema = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
        let (address, name) = (format!("{schema}/emailaddress"), format!("{schema}/name"));
        let cases: [(&str, Attributes, &str, &str); 4] = [
            ("a@acme.org", &[("mail", &["b@acme.org"]), ("cn", &["Bea"]), ("email", &["x@acme.org"])], "b@acme.org", "Bea"),
            ("c1", &[("email", &["c@acme.org"]), ("name", &["Cleo"])], "c@acme.org", "Cleo"),
            ("d1", &[(&address, &["d@acme.org"]), (&name, &["Dora"])], "d@acme.org", "Dora"),
            ("e@acme.org", &[("mail", &[""])], "e@acme.org", "e@acme.org"),
        ];
        for (name_id, attributes, email, name) in cases {
            let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
            let id = format!("_{email}").replace('@', "-");
            let says = Says { id: &id, attributes, ..Says::about(name_id, cx.clock.now()) };
            let ended = way.through(cx, &idp.answer(&way.asked, &says)).await.unwrap();
            let Outcome::SignedIn { progress, .. } = ended else { panic!() };
            let user = progress.completed().unwrap().user;
            assert_eq!((user.email.as_str(), user.name.as_deref()), (email, Some(name)));
        }
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let says = Says { id: "_nobody", ..Says::about("no-address", cx.clock.now()) };
        assert_eq!(way.through(cx, &idp.answer(&way.asked, &says)).await, Err(failed(Problem::NoEmail)));
    }

    async fn the_rules_of_the_provider_are_asked_with_its_attributes(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        let rules = SignInRules {
            allowed_email_domains: vec!["acme.org".to_owned()],
            required_claims: [("groups".to_owned(), "editors".to_owned())].into(),
            default_role: Role::Viewer,
            ..SignInRules::default()
        };
        add(cx, SamlInput { rules, ..input(&idp) }).await;
        let mut number = 0;
        let mut meet = async |email: &str, groups: &[&str]| {
            number += 1;
            let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
            let id = format!("_n{number}");
            let says = Says { id: &id, attributes: &[("groups", groups)], ..Says::about(email, cx.clock.now()) };
            match way.through(cx, &idp.answer(&way.asked, &says)).await {
                Ok(Outcome::SignedIn { progress, .. }) => Ok(progress.completed().unwrap().user.role),
                Ok(other) => panic!("{other:?}"),
                Err(failed) => Err(failed.problem),
            }
        };
        assert_eq!(meet("mara@acme.org", &["staff", "editors"]).await, Ok(Role::Viewer));
        assert_eq!(meet("mara@acme.org", &["staff"]).await, Err(Problem::Claims), "whoever left the group is out");
        assert_eq!(meet("new@acme.org", &[]).await, Err(Problem::Claims));
        let elsewhere = meet("new@other.example", &["editors"]).await;
        assert_eq!(elsewhere, Err(Problem::Domain("other.example".to_owned())));
    }

    async fn what_the_provider_signs_counts_as_a_confirmed_address(app: TestApp) {
        let mara = app.account("Mara", Role::Admin).await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        add(cx, input(&idp)).await;
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let says = Says::about("MARA@tidings.example", cx.clock.now());
        let Ok(Outcome::SignedIn { progress, .. }) = way.through(cx, &idp.answer(&way.asked, &says)).await else { panic!() };
        assert_eq!(progress.completed().unwrap().user.id, mara.id);
        assert_eq!(times(cx, "SSO_LINKED").await, 1);
    }

    async fn a_provider_that_is_switched_off_signs_nobody_in(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        let provider = add(cx, input(&idp)).await;
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let later = went(cx, Intent::SignIn, "/", None).await.unwrap();
        let says = Says::about("mara@acme.org", cx.clock.now());
        let ticket = later.brings(cx, &idp.answer(&later.asked, &says)).await;
        let off = SamlInput { enabled: false, ..SamlInput::from(&provider) };
        providers::update(cx, &fixtures::may_everywhere(cx), &provider.id, off).await.unwrap();
        let answer = idp.answer(&way.asked, &Says { id: "_other", ..says });
        assert_eq!(post(cx, Some(&way.asked.relay_state), Some(&answer)).await, Err(failed(Problem::Expired)));
        assert_eq!(later.ends(cx, &ticket, &Caller::Anonymous).await, Err(failed(Problem::Expired)));
        assert_eq!(went(cx, Intent::SignIn, "/", None).await.err(), Some(Error::NotFound));
        assert_eq!(saml::metadata(cx, "orbit-sso").await, Err(Error::NotFound));
        assert_eq!(saml::buttons(cx).await.unwrap(), []);
    }

    async fn targets_are_paths_of_this_site(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        add(cx, input(&idp)).await;
        for (number, target) in ["https://evil.example/", "//evil.example", "/\\evil.example", ""].into_iter().enumerate() {
            let way = went(cx, Intent::SignIn, target, None).await.unwrap();
            let id = format!("_n{number}");
            let says = Says { id: &id, ..Says::about("mara@acme.org", cx.clock.now()) };
            let Ok(Outcome::SignedIn { target, .. }) = way.through(cx, &idp.answer(&way.asked, &says)).await else {
                panic!()
            };
            assert_eq!(target, "/dashboard");
        }
    }

    async fn an_account_is_linked_to_whoever_asked_for_it(app: TestApp) {
        app.owner("Owner").await;
        let (mara, eve) = (app.staff("Mara").await, app.staff("Eve").await);
        let (mara, eve) = (in_browser(&mara), in_browser(&eve));
        let cx = &app.services;
        let idp = IdentityProvider::new();
        add(cx, input(&idp)).await;
        let way = went(cx, Intent::Link(mara.clone()), "/", None).await.unwrap();
        let ticket = way.brings(cx, &idp.answer(&way.asked, &Says::about("other@acme.org", cx.clock.now()))).await;
        let ended = way.ends(cx, &ticket, &known(&eve)).await;
        assert_eq!(ended.map_err(|failed| failed.problem), Err(Problem::OtherPerson));
        let way = went(cx, Intent::Link(mara.clone()), "/", None).await.unwrap();
        let says = Says { id: "_again", ..Says::about("other@acme.org", cx.clock.now()) };
        let ticket = way.brings(cx, &idp.answer(&way.asked, &says)).await;
        assert_eq!(way.ends(cx, &ticket, &known(&mara)).await, Ok(Outcome::Linked));
        let may = instance_grant::<ManageOwnAccount>(&mara).unwrap();
        let linked = sso::linked(cx, &may).await.unwrap();
        assert_eq!((linked.connections.len(), linked.connections[0].kind), (1, ProviderKind::Saml));
        assert_eq!(linked.way(&linked.connections[0]).unwrap().name, "Orbit SSO");
    }

    async fn an_administrator_tries_a_provider_and_reads_why_it_does_not_work(app: TestApp) {
        let owner = in_browser(&app.owner("Owner").await);
        let staff = in_browser(&app.staff("Staff").await);
        let cx = &app.services;
        let idp = IdentityProvider::new();
        let provider = add(cx, SamlInput { enabled: false, ..input(&idp) }).await;
        assert!(matches!(went(cx, Intent::Test(staff), "/", None).await.err(), Some(Error::Forbidden { .. })));
        let may = instance_grant::<ManageProviders>(&owner).unwrap();
        let mut number = 0;
        let mut tried = async |says: Says<'_>| {
            number += 1;
            let way = went(cx, Intent::Test(owner.clone()), "/", None).await.unwrap();
            let id = format!("_n{number}");
            let ticket = way.brings(cx, &idp.answer(&way.asked, &Says { id: &id, ..says })).await;
            assert_eq!(way.ends(cx, &ticket, &known(&owner)).await, Ok(Outcome::Tried(provider.id.clone())));
            saml::last_trial(cx, &may, &provider.id).await.unwrap().unwrap()
        };
        let says = Says { attributes: &[("groups", &["a", "b"])], ..Says::about("new@acme.org", cx.clock.now()) };
        let trial = tried(says.clone()).await;
        assert_eq!(trial.end, TrialEnd::Creates { account: "new@acme.org".to_owned(), role: Role::Staff });
        assert_eq!(trial.claims, [("groups".to_owned(), r#"["a","b"]"#.to_owned())]);
        let trial = tried(Says { audience: Some("urn:other"), ..says }).await;
        let TrialEnd::Broken { problem, detail } = trial.end else { panic!() };
        assert_eq!((problem, detail.as_str()), (Problem::Misconfigured, "Not believed: the answer was meant for another audience."));
        assert_eq!(count(&cx.db, "users WHERE email = 'new@acme.org'").await, 0);
    }

    async fn providers_are_added_changed_and_deleted(app: TestApp) {
        let owner = app.owner("Owner").await;
        let cx = &app.services;
        let may = instance_grant::<ManageProviders>(&in_browser(&owner)).unwrap();
        let (idp, next) = (IdentityProvider::new(), IdentityProvider::with_certificate_until("270101000000Z"));
        let provider = providers::create(cx, &may, input(&idp)).await.unwrap();
        assert_eq!(provider.slug, "orbit-sso");
        assert!(provider.certificates.starts_with("-----BEGIN CERTIFICATE-----\n"), "kept in one form");
        assert_eq!(told(cx, "CREATE_SAML_PROVIDER").await.details["slug"], "orbit-sso");

        // Renaming changes no address; the certificate that follows is added.
        let renamed = SamlInput {
            name: "Orbit".to_owned(),
            certificate: format!("{}\n\n{}", idp.certificate, next.certificate),
            ..SamlInput::from(&provider)
        };
        let provider = providers::update(cx, &may, &provider.id, renamed).await.unwrap();
        assert_eq!(provider.slug, "orbit-sso");
        let changed = told(cx, "UPDATE_SAML_PROVIDER").await.details;
        assert_eq!(changed, json!({ "name": "Orbit", "changed": ["name", "certificate"] }));
        for (number, idp) in [&idp, &next].into_iter().enumerate() {
            let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
            let id = format!("_n{number}");
            let says = Says { id: &id, ..Says::about("mara@acme.org", cx.clock.now()) };
            assert!(way.through(cx, &idp.answer(&way.asked, &says)).await.is_ok());
        }
        let listed = &providers::list(cx, &may).await.unwrap()[0];
        assert_eq!((listed.people, listed.certificates.len()), (1, 2));
        assert_eq!(listed.certificates[0].subject, "CN=idp.example.com");
        assert_eq!(listed.callback_url, "http://tidings.example/api/auth/saml/callback/orbit-sso");

        // Mara has no other way to sign in.
        let refused = providers::delete(cx, &may, &provider.id, false).await.unwrap_err();
        assert!(matches!(&refused, Error::Conflict { .. }), "{refused}");
        assert_eq!(providers::depending(cx, &may, &provider.id).await.unwrap()[0].email, "mara@acme.org");
        providers::delete(cx, &may, &provider.id, true).await.unwrap();
        assert_eq!(count(&cx.db, "sso_connections").await, 0);
        assert_eq!(count(&cx.db, "users WHERE email = 'mara@acme.org'").await, 1);
        assert_eq!(told(cx, "DELETE_SAML_PROVIDER").await.details["withoutSignIn"], 1);
        assert_eq!(providers::get(cx, &may, &provider.id).await, Err(Error::NotFound));
    }

    async fn every_wrong_field_is_named(app: TestApp) {
        let owner = app.owner("Owner").await;
        let cx = &app.services;
        let may = instance_grant::<ManageProviders>(&in_browser(&owner)).unwrap();
        let wrong = SamlInput {
            slug: "Ü".to_owned(),
            sso_url: "idp.example.com".to_owned(),
            certificate: "-----BEGIN CERTIFICATE-----\nx".to_owned(),
            name_id_format: "urn:oasis:names:tc:SAML:2.0:nameid-format:transient".to_owned(),
            ..SamlInput::default()
        };
        let Err(Error::Invalid { fields }) = providers::create(cx, &may, wrong).await else { panic!() };
        let names: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["name", "slug", "entityId", "ssoUrl", "nameIdFormat", "certificate"]);
        let idp = IdentityProvider::new();
        providers::create(cx, &may, input(&idp)).await.unwrap();
        let Err(Error::Invalid { fields }) = providers::create(cx, &may, SamlInput { name: "ORBIT sso".to_owned(), ..input(&idp) }).await else {
            panic!()
        };
        assert_eq!(fields[0].field, "name");
    }

    async fn one_provider_of_all_kinds_is_the_default(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        add(cx, SamlInput { is_default: true, ..input(&idp) }).await;
        add(cx, SamlInput { name: "Second".to_owned(), is_default: true, ..input(&idp) }).await;
        let defaults = async || count(&cx.db, "saml_providers WHERE is_default").await;
        assert_eq!(defaults().await, 1);
        let oauth = model::sso::ProviderInput {
            name: "Third".to_owned(),
            authorization_url: "https://sso.example.com/a".to_owned(),
            token_url: "https://sso.example.com/t".to_owned(),
            user_info_url: "https://sso.example.com/u".to_owned(),
            client_id: "x".to_owned(),
            client_secret: "y".to_owned(),
            scopes: vec!["email".to_owned()],
            is_default: true,
            enabled: true,
            ..Default::default()
        };
        services::oauth::providers::create(cx, &fixtures::may_everywhere(cx), oauth).await.unwrap();
        assert_eq!((defaults().await, count(&cx.db, "oauth_providers WHERE is_default").await), (0, 1));
        add(cx, SamlInput { name: "Fourth".to_owned(), is_default: true, ..input(&idp) }).await;
        assert_eq!((defaults().await, count(&cx.db, "oauth_providers WHERE is_default").await), (1, 0));
        assert_eq!(saml::buttons(cx).await.unwrap()[0].name, "Fourth");
    }

    async fn a_certificate_that_ends_soon_is_pointed_out(app: TestApp) {
        let owner = app.owner("Owner").await;
        let cx = &app.services;
        let may = instance_grant::<ManageProviders>(&in_browser(&owner)).unwrap();
        let end = cx.clock.now() + Duration::days(31);
        let idp = IdentityProvider::with_certificate_until(&end.format("%y%m%d%H%M%SZ").to_string());
        let provider = providers::create(cx, &may, input(&idp)).await.unwrap();
        let expiry = async || providers::get(cx, &may, &provider.id).await.unwrap().expiry();
        assert_eq!(expiry().await, Expiry::Fine);
        app.advance(Duration::days(2));
        assert_eq!(expiry().await, Expiry::Soon);
        app.advance(Duration::days(30));
        assert_eq!(expiry().await, Expiry::Over);
        // Its end is a matter between administrators: nobody is locked out by it.
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        assert!(way.through(cx, &idp.answer(&way.asked, &Says::about("mara@acme.org", cx.clock.now()))).await.is_ok());
    }

    async fn metadata_says_what_is_set(app: TestApp) {
        app.owner("Owner").await;
        let cx = &app.services;
        let idp = IdentityProvider::new();
        let set = SamlInput {
            sp_entity_id: "urn:tidings".to_owned(),
            name_id_format: NAME_ID_FORMATS[1].0.to_owned(),
            ..input(&idp)
        };
        add(cx, set).await;
        let xml = saml::metadata(cx, "orbit-sso").await.unwrap();
        assert!(xml.contains(r#"entityID="urn:tidings""#) && xml.contains(NAME_ID_FORMATS[1].0), "{xml}");
        let way = went(cx, Intent::SignIn, "/", None).await.unwrap();
        assert_eq!(way.asked.issuer, "urn:tidings");
        assert_eq!(saml::metadata(cx, "nobody").await, Err(Error::NotFound));
        execute(&cx.db, "DELETE FROM saml_providers").await;
        assert_eq!(count(&cx.db, "saml_flows").await, 0);
    }
}
