//! The one way in which the server asks others: identity providers, the breach list, and whatever an administrator
//! names an address for.
//!
//! An address from a form must not become a way into the network the server stands in. So every name is resolved here,
//! the connection goes to an address that was looked at, and those of private networks are refused unless the
//! configuration opens them ([`Reachable`]). A redirect is looked at in the same way, and credentials stay with the host
//! they were meant for. No proxy is taken from the environment, no cookie is kept, no connection is used twice.

mod connect;
mod reachable;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use serde::de::DeserializeOwned;
use url::Url;

pub use reachable::Reachable;

const MOST_REDIRECTS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(8);
const LARGEST_ANSWER: usize = 1024 * 1024;

/// Why there is no answer, in words for an administrator. Hosts are named, what they said is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("That is no address that can be asked: it begins with https:// and names a host.")]
    Address,
    #[error("{host} is in a private network. An operator can open it with `outgoing.allow_private`.")]
    Private { host: String },
    #[error("{host} may be asked over https only.")]
    Plain { host: String },
    #[error("The name {host} could not be found.")]
    Unknown { host: String },
    #[error("{host} could not be reached.")]
    Unreachable { host: String },
    #[error("{host} gave no answer within {seconds} seconds.")]
    Slow { host: String, seconds: u64 },
    #[error("The certificate of {host} is not trusted.")]
    Untrusted { host: String },
    #[error("{host} gave an answer that is too long.")]
    TooLong { host: String },
    #[error("{host} redirects too often.")]
    Redirects { host: String },
    #[error("{host} gave an answer that could not be understood.")]
    Strange { host: String },
}

/// What to ask.
#[derive(Debug, Clone)]
pub struct Call {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Bytes,
    patience: Duration,
    largest: usize,
    /// Whether the public internet may be asked over plain http as well.
    plain: bool,
}

impl Call {
    pub fn get(url: &str) -> Self {
        Self {
            method: Method::GET,
            url: url.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            patience: PATIENCE,
            largest: LARGEST_ANSWER,
            plain: false,
        }
    }

    /// Sends the fields of a form.
    pub fn post_form(url: &str, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        let call = Self { method: Method::POST, body: body.into(), ..Self::get(url) };
        call.with(header::CONTENT_TYPE, form)
    }

    /// Sends bytes, for protocols that have their own methods and headers.
    pub fn send(method: Method, url: &str, body: Bytes) -> Self {
        Self { method, body, ..Self::get(url) }
    }

    pub fn accept_json(self) -> Self {
        self.with(header::ACCEPT, HeaderValue::from_static("application/json"))
    }

    /// A credential that stays with the host of the call. One that fits into no header is left out, so that the answer
    /// will say that it is missing.
    pub fn bearer(self, token: &str) -> Self {
        self.authorization(format!("Bearer {token}"))
    }

    /// As [`Call::bearer`], with a name and a password.
    pub fn basic(self, name: &str, password: &str) -> Self {
        self.authorization(format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))))
    }

    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// How long the whole may take, redirects included.
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// How many bytes an answer may have.
    pub fn largest(self, largest: usize) -> Self {
        Self { largest, ..self }
    }

    /// Public hosts may be asked over plain http, for what is public and comes without credentials.
    pub fn plain(self) -> Self {
        Self { plain: true, ..self }
    }

    fn authorization(self, value: String) -> Self {
        match HeaderValue::from_str(&value) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.with(header::AUTHORIZATION, value)
            }
            Err(_) => self,
        }
    }
}

/// A whole answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    host: String,
    url: Url,
}

impl Answer {
    /// Who answered, after all redirects.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address that answered, after all redirects.
    pub fn url(&self) -> &Url {
        &self.url
    }

    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// # Errors
    /// `Strange` when the body is not of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Trouble> {
        serde_json::from_slice(&self.body).map_err(|_| Trouble::Strange { host: self.host.clone() })
    }
}

/// Asks, within what is allowed. Cheap to clone.
#[derive(Clone)]
pub struct Outgoing {
    sockets: Arc<connect::Sockets>,
}

impl Outgoing {
    pub fn new(reachable: Reachable) -> Self {
        Self { sockets: Arc::new(connect::Sockets::new(reachable)) }
    }

    /// Asks once. `GET` follows up to three redirects; anything else gets the redirect as its answer.
    pub async fn send(&self, call: Call) -> Result<Answer, Trouble> {
        let mut target = readable(&call.url)?;
        let patience = call.patience;
        match tokio::time::timeout(patience, self.follow(call, &mut target)).await {
            Ok(answer) => answer,
            Err(_) => Err(Trouble::Slow { host: host(&target), seconds: patience.as_secs() }),
        }
    }

    async fn follow(&self, mut call: Call, target: &mut Url) -> Result<Answer, Trouble> {
        for _ in 0..=MOST_REDIRECTS {
            let mut connection = self.sockets.connect(target, call.plain).await?;
            let response = connection.ask(request(&call, target)?).await;
            let response = response.map_err(|_| Trouble::Unreachable { host: host(target) })?;
            let next = if call.method == Method::GET { redirect(target, &response, call.plain)? } else { None };
            let Some(next) = next else { return read(target, response, call.largest).await };
            if next.origin() != target.origin() {
                call.headers.remove(header::AUTHORIZATION);
            }
            *target = next;
        }
        Err(Trouble::Redirects { host: host(target) })
    }
}

/// An address of http or https with a host. A name or a password in it is not ours to send.
fn readable(url: &str) -> Result<Url, Trouble> {
    let url = Url::parse(url.trim()).map_err(|_| Trouble::Address)?;
    let plain = url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain { Ok(url) } else { Err(Trouble::Address) }
}

/// The host as people know it, with its port if that says something.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn request(call: &Call, target: &Url) -> Result<Request<Full<Bytes>>, Trouble> {
    let strange = |_| Trouble::Address;
    let path = &target[url::Position::BeforePath..url::Position::AfterQuery];
    let mut request = Request::new(Full::new(call.body.clone()));
    *request.method_mut() = call.method.clone();
    *request.uri_mut() = path.parse().map_err(|_| Trouble::Address)?;
    let headers = request.headers_mut();
    *headers = call.headers.clone();
    headers.insert(header::HOST, HeaderValue::from_str(&host(target)).map_err(strange)?);
    headers.insert(header::USER_AGENT, HeaderValue::from_static("Tidings"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(request)
}

/// Where to go on. Never from https to http, unless nothing is lost by it.
fn redirect(from: &Url, response: &Response<Incoming>, plain: bool) -> Result<Option<Url>, Trouble> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(to) = response.headers().get(header::LOCATION) else { return Ok(None) };
    let strange = || Trouble::Strange { host: host(from) };
    let to = from.join(to.to_str().map_err(|_| strange())?).map_err(|_| strange())?;
    let to = readable(to.as_str())?;
    if !plain && from.scheme() == "https" && to.scheme() == "http" {
        return Err(Trouble::Plain { host: host(&to) });
    }
    Ok(Some(to))
}

async fn read(from: &Url, response: Response<Incoming>, largest: usize) -> Result<Answer, Trouble> {
    let (head, body) = response.into_parts();
    match Limited::new(body, largest).collect().await {
        Ok(body) => Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
            host: host(from),
            url: from.clone(),
        }),
        Err(error) if error.is::<LengthLimitError>() => Err(Trouble::TooLong { host: host(from) }),
        Err(_) => Err(Trouble::Unreachable { host: host(from) }),
    }
}
