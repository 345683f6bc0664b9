//! From what a provider says about somebody to a person.

use std::collections::BTreeMap;

use model::sso::{Problem, ProviderKind, SignInRules};
use model::{ProviderId, Role};
use serde_json::{Value, json};
use services::access::{ManageOwnAccount, instance_grant};
use services::sign_in::Progress;
use services::sso::{self, Asserted, Provider};
use services::{Actor, Services};
use testkit::{TestApp, count, execute, on_both_databases};

use crate::help::{browser, log, times, told};

fn says(id: &str, email: &str) -> Asserted {
    Asserted {
        external_id: id.to_owned(),
        email: email.to_owned(),
        email_verified: Some(true),
        name: Some("Mara Lind".to_owned()),
        claims: json!({ "groups": ["editors"] }),
    }
}

/// A provider that has an id and needs no record: connections do not refer to one.
struct Orbit {
    id: ProviderId,
    rules: SignInRules,
}

impl Orbit {
    fn new() -> Self {
        Self { id: "orbit".parse().unwrap(), rules: SignInRules::default() }
    }

    fn with(rules: SignInRules) -> Self {
        Self { rules, ..Self::new() }
    }

    fn provider(&self) -> Provider<'_> {
        Provider { kind: ProviderKind::OAuth, id: &self.id, name: "Orbit", rules: &self.rules }
    }

    async fn meets(&self, cx: &Services, asserted: &Asserted) -> Result<model::users::User, Problem> {
        match sso::resolve(cx, &self.provider(), asserted, &browser("192.0.2.1")).await? {
            Progress::Complete(signed_in) => Ok(signed_in.user),
            Progress::SecondFactor(_) => panic!("no second step was asked for"),
        }
    }
}

async fn reasons(cx: &Services) -> Vec<String> {
    let all = log(cx).await;
    let failures = all.iter().filter(|record| record.action == "LOGIN_SSO_FAILURE");
    failures.map(|record| record.details["reason"].as_str().unwrap().to_owned()).collect()
}

fn claims(name: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), value.to_owned())])
}

on_both_databases! {
    async fn somebody_new_gets_an_account_with_the_role_of_the_provider_and_no_password(app: TestApp) {
        app.owner("Owner").await;
        let orbit = Orbit::with(SignInRules { default_role: Role::Viewer, ..Default::default() });
        let user = orbit.meets(&app.services, &says("u1", " Mara@Acme.ORG ")).await.unwrap();
        assert_eq!((user.email.as_str(), user.name.as_deref(), user.role), ("mara@acme.org", Some("Mara Lind"), Role::Viewer));
        assert_eq!(count(app.db(), "users WHERE email = 'mara@acme.org' AND password_hash IS NULL").await, 1);
        assert_eq!(told(&app.services, "USER_REGISTERED").await.details["provider"], "Orbit");
        let success = told(&app.services, "LOGIN_SSO_SUCCESS").await;
        assert_eq!((success.user_id, &success.details["provider"]), (Some(user.id.clone()), &json!("Orbit")));
        // The next time it is the same person, even when the address at the provider has changed.
        let again = orbit.meets(&app.services, &says("u1", "mara.lind@acme.org")).await.unwrap();
        assert_eq!((again.id, again.email.as_str()), (user.id, "mara@acme.org"));
        assert!(again.last_login_at.is_some());
        assert_eq!(count(app.db(), "sso_connections").await, 1);
    }

    async fn a_confirmed_address_links_to_the_account_that_has_it(app: TestApp) {
        let mara = app.account("Mara", Role::Admin).await;
        let user = Orbit::new().meets(&app.services, &says("u1", "MARA@tidings.example")).await.unwrap();
        assert_eq!((user.id.clone(), user.role), (mara.id, Role::Admin));
        let linked = told(&app.services, "SSO_LINKED").await;
        assert_eq!(linked.details["userId"], user.id.as_str());
        assert_eq!(times(&app.services, "USER_REGISTERED").await, 0);
    }

    async fn an_unconfirmed_address_never_opens_an_account_of_somebody(app: TestApp) {
        app.account("Mara", Role::Admin).await;
        for verified in [None, Some(false)] {
            let asserted = Asserted { email_verified: verified, ..says("u1", "mara@tidings.example") };
            assert_eq!(Orbit::new().meets(&app.services, &asserted).await, Err(Problem::UnconfirmedEmail), "{verified:?}");
        }
        assert_eq!(count(app.db(), "sso_connections").await, 0);
        assert_eq!(reasons(&app.services).await, ["unconfirmed_email", "unconfirmed_email"]);
        // Nor does it take an address that somebody else may want.
        let asserted = Asserted { email_verified: Some(false), ..says("u2", "new@tidings.example") };
        assert_eq!(Orbit::new().meets(&app.services, &asserted).await, Err(Problem::UnconfirmedEmail));
        // An administrator may vouch for the provider.
        let trusted = Orbit::with(SignInRules { trust_email: true, ..Default::default() });
        let asserted = Asserted { email_verified: None, ..says("u1", "mara@tidings.example") };
        assert!(trusted.meets(&app.services, &asserted).await.is_ok());
    }

    async fn domains_and_claims_are_asked_at_every_sign_in(app: TestApp) {
        app.owner("Owner").await;
        let open = Orbit::new();
        open.meets(&app.services, &says("u1", "mara@acme.org")).await.unwrap();
        let domains = Orbit::with(SignInRules { allowed_email_domains: vec!["orbit.example".to_owned()], ..Default::default() });
        let refused = Err(Problem::Domain("acme.org".to_owned()));
        assert_eq!(domains.meets(&app.services, &says("u1", "mara@acme.org")).await, refused, "known");
        assert_eq!(domains.meets(&app.services, &says("u2", "new@acme.org")).await, refused, "new");
        assert!(domains.meets(&app.services, &says("u1", "mara@ORBIT.example")).await.is_ok());
        let failure = log(&app.services).await.into_iter().find(|record| record.action == "LOGIN_SSO_FAILURE").unwrap();
        assert_eq!(failure.details, json!({ "provider": "Orbit", "reason": "domain", "domain": "acme.org" }));

        let groups = Orbit::with(SignInRules { required_claims: claims("groups", "admins | editors"), ..Default::default() });
        assert!(groups.meets(&app.services, &says("u1", "mara@acme.org")).await.is_ok());
        let left = Asserted { claims: json!({ "groups": ["guests"] }), ..says("u1", "mara@acme.org") };
        assert_eq!(groups.meets(&app.services, &left).await, Err(Problem::Claims), "whoever left the group is out");
        let none = Asserted { claims: Value::Null, ..says("u3", "new@acme.org") };
        assert_eq!(groups.meets(&app.services, &none).await, Err(Problem::Claims));
    }

    async fn a_provider_for_new_people_opens_no_existing_account(app: TestApp) {
        app.account("Mara", Role::Staff).await;
        let orbit = Orbit::with(SignInRules { block_existing_users: true, ..Default::default() });
        let refused = orbit.meets(&app.services, &says("u1", "mara@tidings.example")).await;
        assert_eq!(refused, Err(Problem::ExistingPerson), "also without a list of domains");
        // Those who came through it come back.
        orbit.meets(&app.services, &says("u2", "new@tidings.example")).await.unwrap();
        assert!(orbit.meets(&app.services, &says("u2", "new@tidings.example")).await.is_ok());
    }

    async fn without_sign_up_only_people_with_an_account_get_in(app: TestApp) {
        app.account("Mara", Role::Staff).await;
        let orbit = Orbit::with(SignInRules { allow_signup: false, ..Default::default() });
        assert_eq!(orbit.meets(&app.services, &says("u2", "new@acme.org")).await, Err(Problem::NoSignup));
        assert!(orbit.meets(&app.services, &says("u1", "mara@tidings.example")).await.is_ok());
    }

    async fn a_disabled_person_stays_out_by_connection_and_by_address(app: TestApp) {
        app.account("Mara", Role::Staff).await;
        app.account("Gone", Role::Staff).await;
        let orbit = Orbit::new();
        orbit.meets(&app.services, &says("u1", "mara@tidings.example")).await.unwrap();
        execute(app.db(), "UPDATE users SET disabled_at = '2026-03-01T00:00:00+00:00' WHERE id <> 'system'").await;
        assert_eq!(orbit.meets(&app.services, &says("u1", "mara@tidings.example")).await, Err(Problem::Disabled));
        assert_eq!(orbit.meets(&app.services, &says("u2", "gone@tidings.example")).await, Err(Problem::Disabled));
        assert_eq!(count(app.db(), "sso_connections").await, 1);
    }

    async fn an_answer_without_an_account_or_a_usable_address_is_refused(app: TestApp) {
        app.owner("Owner").await;
        let orbit = Orbit::new();
        for email in ["", "mara", "mara@", "a b@acme.org", "system@tidings.invalid", "x@changerawr.sys"] {
            assert_eq!(orbit.meets(&app.services, &says("u1", email)).await, Err(Problem::NoEmail), "{email}");
        }
        for id in ["", "  ", "a\0b", &"x".repeat(2000)] {
            assert_eq!(orbit.meets(&app.services, &says(id, "mara@acme.org")).await, Err(Problem::Untrusted));
        }
        let nameless = Asserted { name: Some(" \n ".to_owned()), ..says("u1", "mara@acme.org") };
        assert_eq!(orbit.meets(&app.services, &nameless).await.unwrap().name.as_deref(), Some("mara@acme.org"));
        let long = Asserted { name: Some("x".repeat(10_000)), ..says("u2", "long@acme.org") };
        assert_eq!(orbit.meets(&app.services, &long).await.unwrap().name.unwrap().len(), 100);
    }

    async fn the_address_of_somebody_who_has_another_account_there_is_not_linked_twice(app: TestApp) {
        app.account("Mara", Role::Staff).await;
        let orbit = Orbit::new();
        orbit.meets(&app.services, &says("u1", "mara@tidings.example")).await.unwrap();
        let second = orbit.meets(&app.services, &says("u2", "mara@tidings.example")).await;
        assert_eq!(second, Err(Problem::LinkedAlready));
    }

    async fn of_many_first_sign_ins_at_once_one_makes_the_account(app: TestApp) {
        app.owner("Owner").await;
        let tasks = (0..8).map(|_| {
            let cx = app.services.clone();
            tokio::spawn(async move { Orbit::new().meets(&cx, &says("u1", "mara@acme.org")).await })
        });
        let tasks: Vec<_> = tasks.collect();
        let mut ids = Vec::new();
        for task in tasks {
            ids.push(task.await.unwrap().unwrap().id);
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!(count(app.db(), "sso_connections").await, 1);
        assert_eq!(times(&app.services, "USER_REGISTERED").await, 1);
    }

    async fn linking_attaches_an_account_to_the_person_who_asked(app: TestApp) {
        let mara = app.staff("Mara").await;
        let vera = app.staff("Vera").await;
        let orbit = Orbit::new();
        let link = async |actor: &Actor, asserted: &Asserted| sso::attach(&app.services, &orbit.provider(), asserted, actor).await;
        // The person proved who they are: the address at the provider may be any.
        let other = Asserted { email_verified: None, ..says("u1", "private@mail.example") };
        link(&mara.actor(), &other).await.unwrap();
        assert_eq!(link(&mara.actor(), &other).await, Err(Problem::LinkedAlready));
        assert_eq!(link(&vera.actor(), &other).await, Err(Problem::TakenByAnother));
        assert_eq!(link(&mara.actor(), &says("u2", "x@mail.example")).await, Err(Problem::LinkedAlready));
        assert_eq!(told(&app.services, "SSO_LINKED").await.user_id.as_ref(), Some(&mara.user().id));
        assert_eq!(orbit.meets(&app.services, &other).await.unwrap().id, mara.user().id);
        let picky = Orbit::with(SignInRules { required_claims: claims("groups", "admins"), ..Default::default() });
        let refused = sso::attach(&app.services, &picky.provider(), &says("u3", "v@mail.example"), &vera.actor()).await;
        assert_eq!(refused, Err(Problem::Claims));
    }

    async fn the_last_way_to_sign_in_cannot_be_given_up(app: TestApp) {
        app.owner("Owner").await;
        let orbit = Orbit::new();
        let user = orbit.meets(&app.services, &says("u1", "mara@acme.org")).await.unwrap();
        let mara = Actor { user, via: services::Via::Console, client: browser("192.0.2.1") };
        let may = instance_grant::<ManageOwnAccount>(&mara).unwrap();
        let own = sso::linked(&app.services, &may).await.unwrap();
        assert_eq!((own.connections.len(), own.has_other_way, own.may_unlink()), (1, false, false));
        let id = own.connections[0].id.clone();
        let refused = sso::unlink(&app.services, &may, &id).await.unwrap_err();
        assert_eq!(refused.code(), "conflict");
        // Another connection, a password: each is enough.
        let second = Orbit { id: "second".parse().unwrap(), ..Orbit::new() };
        sso::attach(&app.services, &second.provider(), &says("x", "mara@acme.org"), &mara).await.unwrap();
        sso::unlink(&app.services, &may, &id).await.unwrap();
        assert_eq!(sso::unlink(&app.services, &may, &id).await, Err(model::Error::NotFound));
        let id = sso::linked(&app.services, &may).await.unwrap().connections[0].id.clone();
        assert!(sso::unlink(&app.services, &may, &id).await.is_err());
        execute(app.db(), "UPDATE users SET password_hash = 'x' WHERE email = 'mara@acme.org'").await;
        sso::unlink(&app.services, &may, &id).await.unwrap();
        assert_eq!(times(&app.services, "SSO_UNLINKED").await, 2);
        // Nobody else's is there.
        let vera = app.staff("Vera").await;
        sso::attach(&app.services, &orbit.provider(), &says("v", "v@acme.org"), &vera.actor()).await.unwrap();
        let hers = texts_of(&app).await;
        assert_eq!(sso::unlink(&app.services, &may, &hers).await, Err(model::Error::NotFound));
    }
}

async fn texts_of(app: &TestApp) -> model::ConnectionId {
    testkit::texts(app.db(), "SELECT id FROM sso_connections").await.remove(0).parse().unwrap()
}
