//! Who may call what: every server function and every operation of the REST API, by everybody, against the one table of
//! permissions in `model::access`. What has no line in `functions.rs` or `operations.rs` fails; so does what lets
//! somebody in whom the table does not, what keeps somebody out whom it lets in, and what changes anything although it
//! refuses.
//!
//! To add a function or an operation, add its line: name, what it needs, and a call that is right for everybody who may.
//! A new kind of record that calls are about goes into `place.rs`.

mod database;
mod functions;
mod line;
mod operations;
mod place;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use chrono::Duration;
use model::access::{Permission, Role, Scope, Verdict, verdict};
use serde_json::Value;
use server_fn::axum::server_fn_paths;
use services::{Limits, Settings};
use store::Db;
use testkit::{Answer, Person, TestApp, fixtures, on_both_databases};

use functions::FUNCTIONS;
use line::{Line, Needs};
use operations::OPERATIONS;
use place::{Place, Places};

fn lines() -> impl Iterator<Item = &'static Line> {
    FUNCTIONS.iter().chain(OPERATIONS)
}

/// Every operation of the document.
fn documented() -> BTreeMap<String, Value> {
    let document = serde_json::to_value(rest::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation.clone()))
    });
    operations.collect()
}

/// The scopes a key needs for one permission; none where keys are refused whatever their scopes.
fn scopes(permission: Permission) -> Vec<Scope> {
    permission.scopes()
}

/// Nobody is slowed down: a matrix asks often.
fn app(db: Db) -> TestApp {
    let limits = Limits {
        api_key_per_min: 0,
        person_per_min: 0,
        login_per_15_min: 0,
        login_per_account_per_hour: 0,
        cli_per_15_min: 0,
        ..Limits::default()
    };
    let services = testkit::services_with(db, Settings { limits, ..testkit::settings() });
    TestApp::on(services, server::web::router)
}

#[test]
fn every_function_and_every_operation_has_its_line() {
    let named: BTreeSet<&str> = lines().map(|line| line.name).collect();
    assert_eq!(named.len(), lines().count(), "a line stands there twice");
    let functions: BTreeSet<String> = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let operations = documented();
    let there: BTreeSet<&str> = functions.iter().chain(operations.keys()).map(String::as_str).collect();
    let missing: Vec<_> = there.difference(&named).collect();
    let gone: Vec<_> = named.difference(&there).collect();
    assert!(missing.is_empty() && gone.is_empty(), "without a line: {missing:#?}\nnot there any more: {gone:#?}");
}

#[test]
fn what_a_line_says_is_what_the_handler_checks() {
    let operations = documented();
    for line in OPERATIONS {
        let operation = &operations[line.name];
        let needs: Option<Vec<Permission>> =
            operation.get("x-permission").map(|needs| serde_json::from_value(needs.clone()).unwrap());
        let expected = (line.needs != Needs::Nothing).then(|| line.needs.permissions().to_vec());
        assert_eq!(needs, expected, "{}", line.name);
    }
}

#[test]
fn what_anybody_may_call_lies_in_one_place_and_nothing_is_read_by_get() {
    for (path, method) in server_fn_paths() {
        assert_eq!(method, Method::POST, "{path}: a GET is not guarded against other sites");
    }
    for line in FUNCTIONS {
        assert_eq!(line.name.starts_with("/rpc/public/"), line.needs == Needs::Nothing, "{}", line.name);
    }
}

/// Whether the table lets a role do all of this. The flags of projects in places are the strictest, which is what the
/// table takes them for where there is none.
fn may(role: Role, line: &Line) -> bool {
    line.needs.permissions().iter().all(|permission| match verdict(role, *permission, None) {
        Verdict::Allowed => true,
        Verdict::NeedsApproval => matches!(line.needs, Needs::Asks(_)),
        Verdict::Refused => false,
    })
}

/// What refuses somebody who may: the instance has this switched off, is set up already or has no https, or the proof of
/// identity is too old. All of it is asked after the permission.
const LATER: [&str; 5] = ["already_set_up", "conflict", "feature_off", "not_confirmed", "sign_in_expired"];

/// What is wrong with an answer to somebody who may.
fn kept_out(answer: &Answer, line: &Line, who: &str) -> Option<String> {
    let status = answer.status();
    let told: Option<Value> = serde_json::from_str(answer.text()).ok();
    let is_later = told.is_some_and(|told| LATER.iter().any(|code| told["code"] == *code));
    let is_good = status < 400 || line.gives.contains(&status) || is_later;
    (!is_good).then(|| format!("{who}: {} gives {status}: {}", line.name, answer.text()))
}

#[track_caller]
fn assert_none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "kept out, or the sample is wrong:\n{}", wrong.join("\n"));
}

/// The outcome of a refusal: status and, of several with that status, the code.
#[track_caller]
fn assert_refused(answer: &Answer, status: u16, codes: &[&str], line: &Line, who: &str) {
    assert_eq!(answer.status(), status, "{who}: {} gives {}", line.name, answer.text());
    let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
    assert!(codes.contains(&code.as_str()), "{who}: {} is refused by {code}, not by one of {codes:?}", line.name);
}

/// All who are refused, and that nothing changes by it.
async fn refuse(
    app: &TestApp,
    who: &str,
    person: &Person,
    place: &Place,
    status: u16,
    codes: &[&str],
    refused: Vec<&Line>,
) {
    let before = database::rows(app.db()).await;
    assert!(!refused.is_empty(), "{who} is refused nothing");
    for line in &refused {
        assert_refused(&place.call(person, line).await, status, codes, line, who);
    }
    let names: Vec<&str> = refused.iter().map(|line| line.name).collect();
    database::assert_same(&before, &database::rows(app.db()).await, &format!("{who}: {}", names.join(", ")));
}

const ROLE: &[&str] = &["forbidden", "needs_approval"];

on_both_databases! {
    async fn who_may_not_is_refused_and_nothing_changes(db: Db) {
        let app = app(db);
        let owner = app.owner("Mara").await;
        let (staff, viewer) = (app.staff("Sam").await, app.viewer("Vera").await);
        let gone = app.admin("Gone").await;
        testkit::execute(app.db(), &format!("UPDATE users SET disabled_at = '2026-03-04T09:00:00+00:00' WHERE id = '{}'", gone.id())).await;
        let place = Place::new(&app, &owner, &staff).await;
        let guarded = || lines().filter(|line| line.needs != Needs::Nothing);

        refuse(&app, "a visitor", &app.stranger(), &place, 401, &["signed_out"], guarded().collect()).await;
        refuse(&app, "a disabled person", &gone, &place, 401, &["signed_out"], guarded().collect()).await;
        // A cookie that is not good any more is no cookie.
        refuse(&app, "a disabled browser", &gone.by_cookie(), &place, 401, &["signed_out"], guarded().collect()).await;
        for (who, person, role) in [("staff", &staff, Role::Staff), ("a viewer", &viewer, Role::Viewer)] {
            let refused = || guarded().filter(|line| !may(role, line)).collect();
            refuse(&app, who, &person.by_cookie(), &place, 403, ROLE, refused()).await;
            refuse(&app, who, &app.program(person).await, &place, 403, ROLE, refused()).await;
        }
        let program = app.program(&owner).await;
        let browser_only = || guarded().filter(|line| line.needs == Needs::Browser).collect();
        refuse(&app, "a program", &program, &place, 403, &["needs_browser"], browser_only()).await;
        refuse(&app, "a token", &owner, &place, 403, &["needs_browser"], browser_only()).await;
    }

    async fn keys_are_refused_what_they_never_may_what_their_scopes_lack_and_other_projects(db: Db) {
        let app = app(db);
        let owner = app.owner("Mara").await;
        let staff = app.staff("Sam").await;
        let place = Place::new(&app, &owner, &staff).await;
        let other = fixtures::project(&app.services, "Other").await;
        let is_closed = |line: &&Line| line.needs.permissions().iter().any(|one| scopes(*one).is_empty());
        let every = app.key(&owner, &[], None).await;
        refuse(&app, "a key", &every, &place, 403, &["no_keys"], lines().filter(is_closed).collect()).await;
        for scope in Scope::ALL {
            let lacking: Vec<Scope> = Scope::ALL.iter().copied().filter(|one| !one.covers(*scope)).collect();
            let needing: Vec<&Line> = lines()
                .filter(|line| !is_closed(line))
                .filter(|line| line.needs.permissions().iter().any(|one| scopes(*one).contains(scope)))
                .collect();
            if !needing.is_empty() {
                let key = app.key(&owner, &lacking, None).await;
                refuse(&app, &format!("a key without {scope}"), &key, &place, 403, &["missing_scope"], needing).await;
            }
        }
        let elsewhere = app.key(&owner, &[], Some(&other.id)).await;
        let narrowed = |line: &&Line| {
            line.needs.permissions().iter().all(|one| {
                matches!(
                    one,
                    Permission::ReadProjects
                        | Permission::ReadEntries
                        | Permission::ReadTags
                        | Permission::WriteTags
                        | Permission::DeleteTags
                        | Permission::RestoreDeleted
                )
            })
        };
        let foreign: Vec<&Line> = lines()
            .filter(|line| !is_closed(line) && !line.needs.permissions().is_empty())
            .filter(|line| line.needs.is_of_a_project() || !narrowed(line))
            .collect();
        refuse(&app, "a key of another project", &elsewhere, &place, 403, &["other_project"], foreign).await;
    }

    async fn who_may_is_let_in(db: Db) {
        let app = app(db);
        let admin = app.owner("Mara").await;
        let (staff, viewer) = (app.staff("Sam").await, app.viewer("Vera").await);
        let mut wrong = Vec::new();
        let mut places = Places::new(&app, &admin, &staff);
        for line in lines().filter(|line| line.needs == Needs::Nothing) {
            wrong.extend(kept_out(&places.call(&app.stranger(), line).await, line, "a visitor"));
        }
        for (person, role) in [(&admin, Role::Admin), (&staff, Role::Staff), (&viewer, Role::Viewer)] {
            let mut places = Places::new(&app, person, &staff);
            let guarded = lines().filter(|line| line.needs != Needs::Nothing);
            for line in guarded.filter(|line| may(role, line) && !line.not_for.contains(&role)) {
                wrong.extend(kept_out(&places.call(&person.by_cookie(), line).await, line, role.label()));
            }
        }
        assert_none(wrong);
    }

    async fn programs_and_keys_with_exactly_the_scopes_are_let_in(db: Db) {
        let app = app(db);
        let admin = app.owner("Mara").await;
        let staff = app.staff("Sam").await;
        let program = app.program(&admin).await;
        let mut places = Places::new(&app, &admin, &staff);
        let mut wrong = Vec::new();
        for line in lines() {
            if matches!(line.needs, Needs::Nothing) || line.not_for.contains(&Role::Admin) {
                continue;
            }
            if line.needs != Needs::Browser {
                wrong.extend(kept_out(&places.call(&program, line).await, line, "a program"));
            }
            if line.needs.permissions().iter().any(|one| scopes(*one).is_empty()) {
                continue;
            }
            let needed: Vec<Scope> = line.needs.permissions().iter().flat_map(|one| scopes(*one)).collect();
            // An empty list would mean every scope.
            let needed = if needed.is_empty() { vec![Scope::WebhooksRead] } else { needed };
            let key = app.key(&admin, &needed, None).await;
            wrong.extend(kept_out(&places.call(&key, line).await, line, &format!("a key with {needed:?}")));
        }
        assert_none(wrong);
    }

    async fn what_is_not_there_or_belongs_to_another_project_is_not_found_by_anything(db: Db) {
        let app = app(db);
        let admin = app.owner("Mara").await;
        let staff = app.staff("Sam").await;
        let place = Place::new(&app, &admin, &staff).await;
        let other = Place::new(&app, &admin, &staff).await;
        let before = database::rows(app.db()).await;
        let mut found = Vec::new();
        // Tags belong to all projects.
        let crossed = place.with_records_of(&other, &["project", "name", "tag", "other_tag"]);
        // An old address that makes a new widget, whatever id stands there; and bulk work, which says so of each entry.
        let told_apart = ["POST /api/integrations/widget/{projectId}/{widgetId}", "/rpc/entries/bulk",
            "POST /api/projects/{projectId}/changelog/bulk"];
        let names_record = |line: &&Line| {
            ["entry", "draft", "widget", "key", "job", "request"].iter().any(|name| {
                let text = format!("{} {} {}", line.name, line.query, line.body);
                text.contains(&format!("{{{name}}}")) || text.contains(&format!("{{{name}Id}}"))
            })
        };
        let names_project = |line: &&Line| {
            let text = format!("{} {} {}", line.name, line.query, line.body);
            text.contains("{project}") || text.contains("{projectId}")
        };
        for line in lines().filter(|line| line.needs.is_of_a_project()) {
            let person = if line.not_for.contains(&Role::Admin) { &staff } else { &admin };
            let mut places = vec![("nowhere", place.nowhere())];
            if names_project(&line) && names_record(&line) && !told_apart.contains(&line.name) {
                places.push(("of another project", crossed.clone()));
            }
            for (what, place) in places {
                let answer = place.call(person, line).await;
                if answer.status() != 404 {
                    found.push(format!("{what}: {} gives {}: {}", line.name, answer.status(), answer.text()));
                }
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
        database::assert_same(&before, &database::rows(app.db()).await, "what is not there");
    }

    async fn another_site_calls_nothing_with_somebodys_cookie(db: Db) {
        let app = app(db);
        let owner = app.owner("Mara").await;
        let staff = app.staff("Sam").await;
        let place = Place::new(&app, &owner, &staff).await;
        let before = database::rows(app.db()).await;
        for line in lines() {
            let (method, path) = line.target();
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            // What looks at no cookie can be sent by anybody anyway.
            if method == Method::GET || (!line.is_function() && line.needs == Needs::Nothing) {
                continue;
            }
            let path = place.fill(path).replace(['{', '}'], "");
            for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
                let call = owner.by_cookie().call(method.clone(), &path).without("origin").header(name, value);
                let answer = call.header("content-type", "application/x-www-form-urlencoded").body(place.fill(line.body)).send().await;
                assert_refused(&answer, 403, &["cross_site"], line, "another site");
            }
            if line.needs != Needs::Nothing {
                let silent = owner.by_cookie().call(method, &path).without("origin").send().await;
                assert_refused(&silent, 403, &["cross_site"], line, "who does not say where it comes from");
            }
        }
        database::assert_same(&before, &database::rows(app.db()).await, "another site");
    }

    async fn everybody_who_is_signed_in_sees_the_same_projects_wherever_they_look(db: Db) {
        let app = app(db);
        let people = [app.owner("Mara").await, app.staff("Sam").await, app.viewer("Vera").await];
        let private = fixtures::project(&app.services, "Secret plans").await;
        let public = fixtures::public_project(&app.services, "Open plans").await;
        for project in [&private, &public] {
            fixtures::entry(&app.services, project, "Lighthouse").await;
        }
        for person in people {
            for path in ["/api/projects", "/api/search?q=lighthouse", "/api/dashboard/stats"] {
                let text = person.get(path).await.expect(200).text().to_owned();
                for project in [&private, &public] {
                    assert!(text.contains(&project.name), "{path} hides {}: {text}", project.name);
                }
            }
            for path in ["/rpc/home", "/rpc/projects/list"] {
                let call = person.by_cookie().call(Method::POST, path).header("accept", "application/json");
                let call = call.header("content-type", "application/x-www-form-urlencoded").body("limit=10");
                let text = call.send().await.expect(200).text().to_owned();
                assert!(text.contains("Secret plans") && text.contains("Open plans"), "{path}: {text}");
            }
        }
    }

    async fn a_lost_role_and_an_ended_sign_in_count_at_once(db: Db) {
        let app = app(db);
        app.owner("Mara").await;
        let other = app.admin("Ada").await;
        let browser = other.by_cookie();
        browser.get("/api/admin/api-keys").await.expect(200);
        testkit::execute(app.db(), &format!("UPDATE users SET role = 'VIEWER' WHERE id = '{}'", other.id())).await;
        browser.get("/api/admin/api-keys").await.expect(403);
        testkit::execute(app.db(), "UPDATE refresh_tokens SET revoked_at = '2026-03-04T09:00:00+00:00'").await;
        browser.get("/api/auth/me").await.expect(401);
        app.advance(Duration::minutes(16));
        browser.get("/api/auth/me").await.expect(401);
    }
}
