//! Sections 16.4 and 17.1: people, invitations, and making an account from one.

use chrono::Duration;
use serde_json::{Value, json};
use testkit::{PASSWORD, on_both_databases};

use crate::objects::user;
use crate::shape::{each, with};
use crate::site::{Person, Site, column};
use crate::walls::{self, op};

const USERS: &str = "/api/admin/users";
const INVITATIONS: &str = "/api/admin/users/invitations";

fn listed() -> Value {
    with(user(), json!({ "createdAt": "<time>", "lastLoginAt": "<null|time>", "passwordHash": "<absent>" }))
}

fn invitation() -> Value {
    json!({
        "id": "<id>", "email": "<text>", "role": "<'ADMIN'|'STAFF'|'VIEWER'>", "createdBy": "<id>",
        "expiresAt": "<time>", "usedAt": "<null|time>", "createdAt": "<time>", "token": "<absent>",
    })
}

/// Invites somebody; gives the last part of the link.
async fn invite(admin: &Person, email: &str) -> String {
    let made = admin.post(USERS, json!({ "email": email, "role": "STAFF" })).await.expect(200).json();
    made["invitation"]["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

on_both_databases! {
    async fn who_may_look_after_people(site: Site) {
        walls::check(
            &site,
            &[
                op("GET", USERS).admin(),
                op("POST", USERS).body(json!({ "email": "new-{project}@orbit.example", "role": "STAFF" })).admin(),
                op("GET", INVITATIONS).admin(),
            ],
        )
        .await;
    }

    async fn people_are_listed_newest_first(site: Site) {
        let mara = site.admin().await;
        site.advance(Duration::minutes(1));
        let sam = site.staff().await;
        let list = mara.get(USERS).await.is(200, &each(listed())).json();
        assert_eq!(column(&list, "email"), [sam.email(), mara.email()]);
        let found = mara.get("/api/admin/users?search=SAM").await.expect(200).json();
        assert_eq!(column(&found, "id"), [sam.id()]);
    }

    async fn a_person_is_changed_and_never_oneself_or_the_last_administrator(site: Site) {
        let mara = site.admin().await;
        let sam = site.staff().await;
        let one = format!("{USERS}/{}", sam.id());
        let shape = |name: &str, role: &str| json!({
            "message": "<text>", "user": with(user(), json!({ "id": sam.id(), "name": name, "role": role })),
        });
        mara.patch(&one, json!({ "name": "Samuel", "role": "VIEWER" })).await.is(200, &shape("Samuel", "VIEWER"));
        sam.get("/api/auth/me").await.refused(401);
        mara.patch(&format!("{one}/role"), json!({ "role": "STAFF" })).await.is(200, &shape("Samuel", "STAFF"));
        mara.patch(&one, json!({ "role": "OWNER" })).await.invalid(&["role"]);
        mara.patch(&format!("{one}/role"), json!({})).await.invalid(&["role"]);
        mara.patch(&one, json!({ "name": "S" })).await.invalid(&["name"]);
        mara.patch(&format!("{USERS}/{}", mara.id()), json!({ "role": "STAFF" })).await.refused(400);
        mara.patch(&format!("{USERS}/{}/role", mara.id()), json!({ "role": "STAFF" })).await.refused(400);
        mara.delete(&format!("{USERS}/{}", mara.id())).await.refused(400);
        mara.patch(&format!("{USERS}/system"), json!({ "role": "STAFF" })).await.refused(404);
        mara.delete(&format!("{USERS}/cnobody")).await.refused(404);
    }

    async fn a_deletion_says_what_it_kept(site: Site) {
        let mara = site.admin().await;
        let sam = site.staff().await;
        let project = mara.project("Orbit Mail").await;
        let draft = sam.draft(&project, json!({ "title": "Dark mode", "content": "x" })).await;
        let key = site.key(&sam, &[], None).await;
        key.get("/api/auth/me").await.expect(200);
        let kept = mara.delete(&format!("{USERS}/{}", sam.id())).await.is(200, &json!({
            "message": "<text>",
            "preservedData": {
                "auditLogs": "<number>", "changelogRequests": 0, "apiKeys": 1, "invitations": 0,
            },
        }));
        assert!(kept.json()["preservedData"]["auditLogs"].as_i64().unwrap() > 0);
        key.get("/api/auth/me").await.refused(401);
        sam.get("/api/auth/me").await.refused(401);
        let path = format!("/api/projects/{project}/changelog/{}", draft["id"].as_str().unwrap());
        mara.get(&path).await.expect(200);
        assert_eq!(column(&mara.get(USERS).await.json(), "id"), [mara.id()]);
    }

    async fn an_invitation_has_its_link_once_and_makes_one_account(site: Site) {
        let mara = site.admin().await;
        let made = mara.post(USERS, json!({ "email": "Ole@Orbit.example", "role": "VIEWER" })).await.is(200, &json!({
            "message": "<text>",
            "invitation": {
                "id": "<id>", "email": "ole@orbit.example", "role": "VIEWER", "expiresAt": "2026-03-11T09:30:00.000Z",
                "url": "<text>",
            },
        }));
        let url = made.json()["invitation"]["url"].as_str().unwrap().to_owned();
        let token = url.strip_prefix(&format!("{}/register/", site.origin())).expect("a link of this instance");
        let list = mara.get(INVITATIONS).await.is(200, &json!([with(invitation(), json!({
            "email": "ole@orbit.example", "role": "VIEWER", "createdBy": mara.id(), "usedAt": null,
        }))]));
        assert!(!list.text().contains(token), "the link is in the list");
        let stranger = site.stranger();
        stranger.get(&format!("/api/auth/invitation/{token}")).await.is(200, &json!({
            "email": "ole@orbit.example", "role": "VIEWER", "expiresAt": "2026-03-11T09:30:00.000Z",
        }));
        let form = |name: &str, password: &str| json!({ "token": token, "name": name, "password": password });
        stranger.post("/api/auth/register", form("O", "short")).await.invalid(&["name", "password"]);
        let done = stranger.post("/api/auth/register", form("Ole Berg", PASSWORD)).await.is(200, &json!({ "success": true }));
        assert_eq!(done.header_values("set-cookie").len(), 2, "signed in");
        stranger.post("/api/auth/register", form("Eve", PASSWORD)).await.refused(400);
        let used = stranger.get(&format!("/api/auth/invitation/{token}")).await.expect(400).json();
        assert_eq!(used["message"], used["error"]);
        let login = json!({ "email": "ole@orbit.example", "password": PASSWORD });
        stranger.post("/api/auth/login", login).await.is(200, &json!({ "user": { "role": "VIEWER", "name": "Ole Berg" } }));
        mara.get(INVITATIONS).await.is(200, &json!([{ "usedAt": "<time>", "revokedAt": null, "state": "accepted" }]));
    }

    async fn unknown_expired_and_withdrawn_links_are_told_apart(site: Site) {
        let mara = site.admin().await;
        let stranger = site.stranger();
        let unknown = stranger.get("/api/auth/invitation/guess").await.expect(404).json();
        assert_eq!(unknown["message"], unknown["error"]);
        stranger.post("/api/auth/register", json!({ "token": "guess", "name": "Eve", "password": PASSWORD })).await.refused(404);
        let token = invite(&mara, "ole@orbit.example").await;
        let id = mara.get(INVITATIONS).await.json()[0]["id"].as_str().unwrap().to_owned();
        let one = format!("{INVITATIONS}/{id}");
        for _ in 0..2 {
            mara.delete(&one).await.is(200, &json!({
                "message": "<text>", "invitation": with(invitation(), json!({ "usedAt": "<time>", "revokedAt": "<time>", "state": "revoked" })),
            }));
        }
        mara.delete(&format!("{INVITATIONS}/cnobody")).await.refused(404);
        stranger.get(&format!("/api/auth/invitation/{token}")).await.refused(400);
        let token = invite(&mara, "ole@orbit.example").await;
        site.advance(Duration::days(7));
        stranger.get(&format!("/api/auth/invitation/{token}")).await.refused(400);
        stranger.post("/api/auth/register", json!({ "token": token, "name": "Ole", "password": PASSWORD })).await.refused(400);
    }

    async fn who_is_invited_already_is_refused_by_address(site: Site) {
        let mara = site.admin().await;
        invite(&mara, "ole@orbit.example").await;
        for (body, member) in [
            (json!({ "email": "OLE@orbit.example", "role": "STAFF" }), "email"),
            (json!({ "email": mara.email(), "role": "STAFF" }), "email"),
            (json!({ "email": "x@tidings.invalid", "role": "STAFF" }), "email"),
            (json!({ "email": "x@orbit.example" }), "role"),
            (json!({ "email": "x@orbit.example", "role": "OWNER" }), "role"),
            (json!({ "email": "x@orbit.example", "role": "STAFF", "expiresAt": "2026-05-01T00:00:00.000Z" }), "expiresAt"),
        ] {
            mara.post(USERS, body).await.invalid(&[member]);
        }
    }
}
