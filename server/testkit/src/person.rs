//! People: they ask, as themselves.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderName, HeaderValue, Method, Request, header};
use model::UserId;
use model::users::User;
use serde_json::Value;
use services::api_keys::CreatedKey;
use services::sign_in::SignedIn;
use services::{Actor, ClientInfo, Services, Via, caller};
use tower::ServiceExt;

use crate::{Answer, TestApp};

/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery";

/// What a person shows.
#[derive(Clone)]
pub(crate) enum Credential {
    None,
    Token(Box<SignedIn>),
    Cookies(Box<SignedIn>),
    Key(Box<CreatedKey>),
}

/// Somebody who uses an instance. Cheap enough to clone.
#[derive(Clone)]
pub struct Person {
    services: Services,
    router: Router,
    user: Option<User>,
    client: ClientInfo,
    credential: Credential,
}

impl Person {
    pub(crate) fn new(app: &TestApp, user: Option<User>, client: ClientInfo, credential: Credential) -> Self {
        Self { services: app.services.clone(), router: app.router(), user, client, credential }
    }

    /// The account.
    ///
    /// # Panics
    /// For a stranger.
    #[track_caller]
    pub fn user(&self) -> &User {
        self.user.as_ref().expect("a stranger has no account")
    }

    #[track_caller]
    pub fn id(&self) -> &UserId {
        &self.user().id
    }

    /// The same person with the cookies of the sign-in instead of a token, as a browser sends them: requests that may
    /// change something carry the `Origin` of the instance.
    pub fn by_cookie(&self) -> Self {
        let Credential::Token(signed_in) = &self.credential else { panic!("only who signed in has cookies") };
        Self { credential: Credential::Cookies(signed_in.clone()), ..self.clone() }
    }

    /// The tokens of the sign-in.
    ///
    /// # Panics
    /// For strangers and keys.
    #[track_caller]
    pub fn signed_in(&self) -> &SignedIn {
        match &self.credential {
            Credential::Token(signed_in) | Credential::Cookies(signed_in) => signed_in,
            Credential::None | Credential::Key(_) => panic!("not signed in"),
        }
    }

    /// The API key in clear.
    ///
    /// # Panics
    /// For anybody without one.
    #[track_caller]
    pub fn secret(&self) -> &str {
        let Credential::Key(key) = &self.credential else { panic!("no key") };
        &key.secret
    }

    /// Where the person's requests come from.
    pub fn client(&self) -> &ClientInfo {
        &self.client
    }

    /// The person as services see them.
    ///
    /// # Panics
    /// For a stranger.
    #[track_caller]
    pub fn actor(&self) -> Actor {
        let via = match &self.credential {
            Credential::None => panic!("a stranger is no actor"),
            Credential::Token(signed_in) => Via::Token(signed_in.session.clone()),
            Credential::Cookies(signed_in) => Via::Cookie(signed_in.session.clone()),
            Credential::Key(key) => Via::Key(Box::new(key.key.key.clone())),
        };
        Actor { user: self.user().clone(), via, client: self.client.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path).send().await
    }

    pub async fn post(&self, path: &str, json: Value) -> Answer {
        self.call(Method::POST, path).json(&json).send().await
    }

    pub async fn put(&self, path: &str, json: Value) -> Answer {
        self.call(Method::PUT, path).json(&json).send().await
    }

    pub async fn patch(&self, path: &str, json: Value) -> Answer {
        self.call(Method::PATCH, path).json(&json).send().await
    }

    /// Begins a request that the methods above cannot express.
    #[track_caller]
    pub fn call(&self, method: Method, path: &str) -> Call {
        let unsafe_method = caller::is_unsafe(&method);
        let mut request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a path");
        let address: IpAddr = self.client.ip.as_deref().and_then(|ip| ip.parse().ok()).expect("people have an address");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 40_000)));
        let host = self.services.base_url().rsplit("//").next().unwrap_or_default().to_owned();
        let call = Call { router: self.router.clone(), request }.header("host", &host);
        let call = match &self.client.user_agent {
            Some(agent) => call.header("user-agent", agent),
            None => call,
        };
        match &self.credential {
            Credential::None => call,
            Credential::Token(signed_in) => call.header("authorization", &format!("Bearer {}", signed_in.access_token)),
            Credential::Key(key) => call.header("authorization", &format!("Bearer {}", key.secret)),
            Credential::Cookies(signed_in) => {
                let cookies = caller::sign_in_cookies(&self.services, signed_in);
                let pairs: Vec<&str> = cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect();
                let call = call.header("cookie", &pairs.join("; "));
                if unsafe_method { call.header("origin", self.services.base_url()) } else { call }
            }
        }
    }
}

/// A request before it is sent.
pub struct Call {
    router: Router,
    request: Request<Body>,
}

impl Call {
    /// Sets a header; a header that is there already is replaced.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("the name of a header");
        let value = HeaderValue::from_str(value).expect("the value of a header");
        self.request.headers_mut().insert(name, value);
        self
    }

    /// Takes a header away that the person would send.
    pub fn without(mut self, name: &str) -> Self {
        self.request.headers_mut().remove(name);
        self
    }

    /// Comes from another address than the person's own.
    pub fn from_address(mut self, address: IpAddr) -> Self {
        self.request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 40_000)));
        self
    }

    /// Sends JSON.
    #[track_caller]
    pub fn json(self, json: &Value) -> Self {
        self.header(header::CONTENT_TYPE.as_str(), "application/json").body(json.to_string())
    }

    /// Sends these bytes, whatever they are.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    pub async fn send(self) -> Answer {
        match self.router.oneshot(self.request).await {
            Ok(response) => Answer::read(response).await,
            Err(never) => match never {},
        }
    }
}
