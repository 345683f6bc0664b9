use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::Error;
use crate::sso::{PRESETS, Preset, Problem, ProviderInput, SignInRules, claim_lines, read_claims, read_list};

fn domains(list: &[&str]) -> SignInRules {
    SignInRules { allowed_email_domains: list.iter().map(|&domain| domain.to_owned()).collect(), ..Default::default() }
}

#[test]
fn a_domain_is_compared_exactly_and_in_any_case() {
    let rules = domains(&["Example.com", "acme.org"]);
    for good in ["mara@example.com", "mara@EXAMPLE.com", "x@y@acme.org"] {
        assert_eq!(rules.check_domain(good), Ok(()), "{good}");
    }
    for (bad, named) in [
        ("mara@sub.example.com", "sub.example.com"),
        ("mara@notexample.com", "notexample.com"),
        ("mara@example.com.evil.org", "example.com.evil.org"),
        ("example.com", ""),
    ] {
        assert_eq!(rules.check_domain(bad), Err(Problem::Domain(named.to_owned())), "{bad}");
    }
    assert_eq!(domains(&[]).check_domain("mara@anything.example"), Ok(()));
}

fn asked(name: &str, value: &str, claims: Value) -> bool {
    let required_claims = BTreeMap::from([(name.to_owned(), value.to_owned())]);
    SignInRules { required_claims, ..Default::default() }.check_claims(&claims).is_ok()
}

#[test]
fn claims_are_scalars_lists_or_lie_deeper() {
    assert!(asked("department", "R&D", json!({ "department": "r&d" })));
    assert!(!asked("department", "R&D", json!({ "department": "sales" })));
    assert!(!asked("department", "R&D", json!({})));
    assert!(!asked("department", "R&D", json!({ "department": null })));
    assert!(asked("groups", "admins", json!({ "groups": ["Staff", "Admins"] })));
    assert!(!asked("groups", "admins", json!({ "groups": ["administrators"] })));
    assert!(!asked("groups", "admins", json!({ "groups": [] })));
    assert!(!asked("groups", "admins", json!({ "groups": "x,admins" })));
    assert!(asked("active", "true", json!({ "active": true })));
    assert!(asked("level", "3", json!({ "level": 3 })));
    assert!(asked("realm_access.roles", "editor", json!({ "realm_access": { "roles": ["editor"] } })));
    assert!(!asked("realm_access.roles", "editor", json!({ "realm_access": ["editor"] })));
    assert!(asked("https://acme.example/role", "a", json!({ "https://acme.example/role": "a" })));
    assert!(asked("https://acme.example/x.role", "a", json!({ "https://acme.example/x": { "role": "a" } })));
    // One of several, and nothing asked for.
    assert!(asked("groups", "admins | editors", json!({ "groups": ["editors"] })));
    assert!(!asked("groups", "admins | editors", json!({ "groups": ["admins | editors"] })));
    assert!(!asked("groups", "|", json!({ "groups": [""] })));
    assert!(asked("groups", "  ", json!({})));
    // An object is no value.
    assert!(!asked("a", "b", json!({ "a": { "b": "b" } })));
}

#[test]
fn a_problem_survives_the_way_through_an_address_and_nothing_else_does() {
    for problem in [Problem::Declined, Problem::UnconfirmedEmail, Problem::SlowDown, Problem::Ours] {
        let query = problem.query();
        assert_eq!(Problem::read(query.strip_prefix("error=").unwrap(), None), Some(problem));
    }
    let domain = Problem::Domain("acme.org".to_owned());
    assert_eq!(domain.query(), "error=domain&domain=acme.org");
    assert_eq!(Problem::read("domain", Some("acme.org")), Some(domain));
    assert_eq!(Problem::read("domain", Some("call 555 now")).unwrap().text(), Problem::Domain(String::new()).text());
    assert_eq!(Problem::read("Your account is locked, call 555", None), None);
    assert_eq!(Problem::Domain("a b&c=d".to_owned()).query(), "error=domain");
}

fn input() -> ProviderInput {
    ProviderInput {
        name: " Orbit SSO ".to_owned(),
        authorization_url: "https://sso.example/authorize".to_owned(),
        token_url: "https://sso.example/token".to_owned(),
        user_info_url: "https://sso.example/me".to_owned(),
        client_id: "tidings".to_owned(),
        client_secret: "s3cret".to_owned(),
        scopes: vec!["openid profile".to_owned(), "email".to_owned(), "email".to_owned()],
        ..Default::default()
    }
}

fn wrong(input: ProviderInput, is_new: bool) -> Vec<String> {
    match input.checked(is_new) {
        Err(Error::Invalid { fields }) => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_provider_is_checked_as_a_whole() {
    let checked = input().checked(true).unwrap();
    assert_eq!(checked.name, "Orbit SSO");
    assert_eq!(checked.scopes, ["openid", "profile", "email"]);
    let nothing = ["name", "authorizationUrl", "tokenUrl", "userInfoUrl", "clientId", "clientSecret", "scopes"];
    assert_eq!(wrong(ProviderInput::default(), true), nothing);
    // A secret that is there is kept by an empty field.
    assert!(ProviderInput { client_secret: String::new(), ..input() }.checked(false).is_ok());
    // An issuer knows the other addresses.
    let mut issuer = ProviderInput { issuer_url: "https://sso.example".to_owned(), ..input() };
    issuer.authorization_url.clear();
    issuer.token_url.clear();
    issuer.user_info_url.clear();
    assert!(issuer.clone().checked(true).is_ok());
    issuer.scopes = vec!["email".to_owned()];
    assert_eq!(wrong(issuer, true), ["scopes"]);
    for bad in [
        "javascript:alert(1)",
        "sso.example",
        "ftp://sso.example",
        "https://",
        "https://a b",
        "https://me:pw@sso.example/",
    ] {
        assert_eq!(wrong(ProviderInput { token_url: bad.to_owned(), ..input() }, true), ["tokenUrl"], "{bad}");
    }
    assert_eq!(wrong(ProviderInput { slug: "Größe!".to_owned(), ..input() }, true), ["slug"]);
    assert_eq!(wrong(ProviderInput { scopes: vec!["a\"b".to_owned()], ..input() }, true), ["scopes"]);
    let mut rules = input();
    rules.rules.allowed_email_domains = vec!["@Acme.org".to_owned(), "acme.org".to_owned(), " ".to_owned()];
    rules.rules.required_claims = BTreeMap::from([("groups".to_owned(), " ".to_owned())]);
    let checked = rules.clone().checked(true).unwrap().rules;
    assert_eq!(checked.allowed_email_domains, ["acme.org"]);
    assert!(checked.required_claims.is_empty());
    rules.rules.allowed_email_domains = vec!["acme org".to_owned()];
    assert_eq!(wrong(rules, true), ["allowedEmailDomains"]);
}

#[test]
fn presets_fill_the_form_from_one_address() {
    let fill = |key: &str, base: &str| Preset::find(key).unwrap().fill(base);
    let pocket = fill("pocket-id", "https://id.example.com/");
    assert_eq!(pocket.authorization_url, "https://id.example.com/authorize");
    assert_eq!(pocket.token_url, "https://id.example.com/api/oidc/token");
    assert_eq!(pocket.user_info_url, "https://id.example.com/api/oidc/userinfo");
    let easypanel = fill("easypanel", "https://panel.example.com");
    assert_eq!(easypanel.authorization_url, "https://panel.example.com/oauth/authorize");
    assert_eq!(easypanel.user_info_url, "https://panel.example.com/oauth/userinfo");
    let github = fill("github", "");
    assert_eq!(github.user_info_url, "https://api.github.com/user");
    assert_eq!(fill("github", "https://git.acme.org").emails_url, "https://git.acme.org/api/v3/user/emails");
    assert_eq!(fill("gitlab", "").issuer_url, "https://gitlab.com");
    assert_eq!(fill("google", "").issuer_url, "https://accounts.google.com");
    assert_eq!(fill("microsoft", "1234").issuer_url, "https://login.microsoftonline.com/1234/v2.0");
    assert_eq!(
        fill("authentik", "https://a.example/application/o/tidings/").issuer_url,
        "https://a.example/application/o/tidings/"
    );
    for preset in PRESETS {
        let filled = ProviderInput {
            name: "Name".to_owned(),
            client_id: "id".to_owned(),
            client_secret: "secret".to_owned(),
            ..preset.fill(if preset.base.is_some() { "https://sso.example.com" } else { "" })
        };
        assert!(filled.checked(true).is_ok(), "{}", preset.key);
    }
}

#[test]
fn lists_and_claims_are_read_as_people_type_them() {
    assert_eq!(read_list("a.example, b.example\n c.example;"), ["a.example", "b.example", "c.example"]);
    let claims = read_claims("groups = admins | editors\n\nactive=true\n").unwrap();
    assert_eq!(claims["groups"], "admins | editors");
    assert_eq!(claim_lines(&claims), "active = true\ngroups = admins | editors");
    assert!(read_claims("groups").unwrap_err().contains("“groups”"));
}
