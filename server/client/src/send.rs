//! One call: attempts, redirects, limits.

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;

use crate::error::{cause, is_untrusted, origin};
use crate::repeat::{Repeat, Waiting, pause};
use crate::{Client, Error, LARGEST_ANSWER, PATIENCE, Refusal, Result};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const MOST_REDIRECTS: usize = 5;

/// What to ask.
pub(crate) struct Call<'a> {
    pub method: Method,
    /// Path and query.
    pub path: String,
    pub body: Option<Bytes>,
    pub if_match: Option<&'a str>,
    pub repeat: Repeat<'a>,
}

impl Call<'_> {
    pub fn get(path: String) -> Self {
        Self { method: Method::GET, path, body: None, if_match: None, repeat: Repeat::Safe }
    }
}

/// A whole answer of success.
#[derive(Debug)]
pub(crate) struct Received {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Where it came from: the address of the client, or the https address it redirects to.
    pub origin: String,
}

impl Client {
    /// Asks until there is an answer or no hope of one.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Received> {
        let mut done = 0;
        let mut renewed = false;
        loop {
            let error = match self.attempt(&call).await {
                Ok(received) => return Ok(received),
                Err(error) => error,
            };
            // Whoever is not known has changed nothing, so the same may be asked again as somebody known.
            let is_unknown = matches!(&error, Error::Refused(refusal) if refusal.status == StatusCode::UNAUTHORIZED);
            if is_unknown && !renewed && self.renew().await? {
                renewed = true;
                continue;
            }
            done += 1;
            let Some(pause) = pause(call.repeat, &error, done) else { return Err(error) };
            (self.waiting)(&Waiting { pause, reason: error.to_string() });
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<Received> {
        let mut target = self.at(&self.address, &call.path)?;
        match tokio::time::timeout(PATIENCE, self.follow(call, &mut target)).await {
            Ok(answer) => answer,
            Err(_) => {
                let reason = format!("it gave no answer within {} seconds", PATIENCE.as_secs());
                Err(Error::Unreachable { address: origin(&target), reason, unsent: false })
            }
        }
    }

    async fn follow(&self, call: &Call<'_>, target: &mut Uri) -> Result<Received> {
        for _ in 0..=MOST_REDIRECTS {
            let response = self.ask(call, target).await?;
            let Some(next) = redirect(&response) else { return read(target, response).await };
            *target = self.permitted(call, response.status(), target, next)?;
        }
        Err(Error::Strange { address: origin(target), reason: "it redirects without end".to_owned() })
    }

    async fn ask(&self, call: &Call<'_>, target: &Uri) -> Result<Response<Incoming>> {
        let mut request = Request::new(Full::new(call.body.clone().unwrap_or_default()));
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = target.clone();
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, JSON);
        if call.body.is_some() {
            headers.insert(header::CONTENT_TYPE, JSON);
        }
        if let Ok(agent) = HeaderValue::try_from(&self.agent) {
            headers.insert(header::USER_AGENT, agent);
        }
        if let Some(key) = self.credential().and_then(|credential| credential.header()) {
            headers.insert(header::AUTHORIZATION, key);
        }
        if let Some(tag) = call.if_match.and_then(|tag| HeaderValue::from_str(tag).ok()) {
            headers.insert(header::IF_MATCH, tag);
        }
        if let Repeat::Keyed(key) = call.repeat
            && let Ok(key) = HeaderValue::from_str(key)
        {
            headers.insert(IDEMPOTENCY_KEY, key);
        }
        self.http.request(request).await.map_err(|error| {
            let (address, reason) = (origin(target), cause(&error));
            if is_untrusted(&error) {
                Error::Untrusted { address, reason }
            } else {
                Error::Unreachable { address, reason, unsent: error.is_connect() }
            }
        })
    }

    /// The key stays with its host: same scheme, host and port, or from http to https of the same host. A change follows
    /// only the two statuses that keep its method and body.
    fn permitted(&self, call: &Call<'_>, status: StatusCode, from: &Uri, to: &str) -> Result<Uri> {
        let elsewhere = |to: String| Error::Elsewhere { from: origin(from), to };
        // A reference may leave out the scheme, or scheme and host (RFC 3986, 4.2).
        let whole = match to.strip_prefix("//") {
            Some(rest) => format!("{}://{rest}", from.scheme_str().unwrap_or("https")),
            None => to.to_owned(),
        };
        let next = match whole.parse::<Uri>() {
            Ok(next) if next.scheme().is_some() => next,
            Ok(_) if whole.starts_with('/') => self.at(from, &whole)?,
            _ => return Err(elsewhere(to.to_owned())),
        };
        let same_host = matches!((from.host(), next.host()), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b));
        let same_door = from.scheme() == next.scheme() && port(from) == port(&next);
        let safer = from.scheme_str() == Some("http") && next.scheme_str() == Some("https");
        let keeps = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
        if same_host && (same_door || safer) && (keeps || call.method == Method::GET) {
            Ok(next)
        } else {
            Err(elsewhere(origin(&next)))
        }
    }

    fn at(&self, base: &Uri, path: &str) -> Result<Uri> {
        format!("{}{path}", origin(base)).parse().map_err(|_| Error::Strange {
            address: origin(base),
            reason: "the address cannot be put together".to_owned(),
        })
    }
}

/// Where to go on.
fn redirect(response: &Response<Incoming>) -> Option<&str> {
    if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
        return None;
    }
    response.headers().get(header::LOCATION)?.to_str().ok()
}

fn port(uri: &Uri) -> Option<u16> {
    uri.port_u16().or(match uri.scheme_str() {
        Some("https") => Some(443),
        Some("http") => Some(80),
        _ => None,
    })
}

async fn read(from: &Uri, response: Response<Incoming>) -> Result<Received> {
    let (head, body) = response.into_parts();
    let body = match Limited::new(body, LARGEST_ANSWER).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let reason = format!("the answer is larger than {} MiB", LARGEST_ANSWER / 1024 / 1024);
            return Err(Error::Strange { address: origin(from), reason });
        }
        Err(error) => {
            let reason = format!("the answer broke off ({})", cause(error.as_ref()));
            return Err(Error::Unreachable { address: origin(from), reason, unsent: false });
        }
    };
    if head.status.is_success() {
        return Ok(Received { status: head.status, headers: head.headers, body, origin: origin(from) });
    }
    let retry_after = head.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Err(Error::Refused(Refusal::read(head.status, retry_after, &body)))
}
