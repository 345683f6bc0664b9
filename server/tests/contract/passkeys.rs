//! Sections 16.2, 16.5 and 16.6: passkeys, the second step, and security settings.

use serde_json::{Value, json};
use store::Db;
use testkit::{Authenticator, FromDb, PASSWORD, on_both_databases};

use crate::client::Answer;
use crate::objects::user;
use crate::shape::with;
use crate::site::{Person, Site};

/// An instance at a name: a bare address cannot have passkeys.
struct Named(Site);

const ORIGIN: &str = "http://localhost";

impl FromDb for Named {
    async fn from_db(db: Db) -> Self {
        Self(Site::with(db, |settings| settings.base_url = ORIGIN.to_owned()).await)
    }
}

fn passkey() -> Value {
    json!({ "id": "<text>", "name": "<text>", "createdAt": "<time>", "lastUsedAt": "<null|time>" })
}

async fn with_passkey(mara: &Person) -> Authenticator {
    let mut device = Authenticator::new(ORIGIN);
    let options = mara.post("/api/auth/passkeys/register/options", json!({})).await.expect(200).json();
    let form = json!({ "response": device.create(&options), "name": "Laptop" });
    let made = mara.post("/api/auth/passkeys/register/verify", form).await.expect(200).json();
    assert_eq!((&made["success"], &made["passkey"]["name"]), (&json!(true), &json!("Laptop")));
    device
}

async fn sign_in(site: &Site, device: &mut Authenticator) -> Answer {
    let begun = site.stranger().post("/api/auth/passkeys/authenticate/options", json!({})).await.expect(200).json();
    let form = json!({ "response": device.get(&begun["options"]), "challenge": begun["challenge"] });
    site.stranger().post("/api/auth/passkeys/authenticate/verify", form).await
}

on_both_databases! {
    async fn a_passkey_is_registered_listed_used_and_removed(named: Named) {
        let site = named.0;
        let mara = site.admin().await;
        let mut device = with_passkey(&mara).await;
        let listed = mara.get("/api/auth/passkeys").await.is(200, &json!({ "passkeys": [passkey()] })).json();
        sign_in(&site, &mut device).await.is(
            200,
            &json!({
                "user": with(user(), json!({ "id": mara.id(), "email": "mara@tidings.example" })),
                "accessToken": "<text>", "refreshToken": "<text>",
            }),
        );
        let path = format!("/api/auth/passkeys/{}", listed["passkeys"][0]["id"].as_str().unwrap());
        mara.delete(&path).await.is(200, &json!({ "success": true }));
        mara.delete(&path).await.refused(404);
        sign_in(&site, &mut device).await.refused(400);
    }

    async fn a_second_step_is_named_and_taken(named: Named) {
        let site = named.0;
        let mara = site.admin().await;
        let mut device = with_passkey(&mara).await;
        mara.get("/api/auth/security-settings").await.is(200, &json!({ "twoFactorMode": "NONE" }));
        let settings = "/api/auth/security-settings";
        let chosen = mara.patch(settings, json!({ "twoFactorMode": "PASSKEY_PLUS_PASSWORD" })).await.expect(200);
        assert_eq!(chosen.json()["twoFactorMode"], "PASSKEY_PLUS_PASSWORD");
        let pending = sign_in(&site, &mut device).await.expect(200);
        assert_eq!(pending.header_values("set-cookie").len(), 0);
        let pending = pending.json();
        assert_eq!(pending["requiresSecondFactor"], true);
        assert_eq!(pending["secondFactorType"], "password");
        let token = pending["sessionToken"].as_str().unwrap();
        site.stranger().post("/api/auth/login/second-factor", json!({ "sessionToken": token })).await.refused(401);
        let form = json!({ "sessionToken": token, "secondFactorPassword": PASSWORD });
        let done = site.stranger().post("/api/auth/login/second-factor", form).await.expect(200);
        assert_eq!(done.json()["user"]["id"], mara.id());
        assert_eq!(done.header_values("set-cookie").len(), 2);
        let login = json!({ "email": "mara@tidings.example", "password": PASSWORD });
        let pending = site.stranger().post("/api/auth/login", login).await.expect(200);
        assert_eq!(pending.json()["secondFactorType"], "passkey");
        assert_eq!(pending.header_values("set-cookie").len(), 0);
    }

    async fn other_modes_than_none_need_a_passkey(named: Named) {
        let mara = named.0.admin().await;
        for mode in ["PASSKEY_PLUS_PASSWORD", "PASSWORD_PLUS_PASSKEY", "SOMETHING"] {
            mara.patch("/api/auth/security-settings", json!({ "twoFactorMode": mode })).await.refused(400);
        }
    }
}
