//! Where the browser comes back to: a server of one page, on an address of this machine that nobody else reaches.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::super::{Failure, Result};
use crate::config::reason;

const PATH: &str = "/callback";

/// What the browser brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    Code {
        code: String,
        expires: Option<String>,
    },
    /// The person did not agree.
    Refused,
}

impl Found {
    /// Reads what came with the address; `None` for what this program did not ask for.
    fn read(get: impl Fn(&str) -> Option<String>, state: &str) -> Option<Self> {
        if get("state").as_deref() != Some(state) {
            return None;
        }
        match (get("code"), get("error")) {
            (Some(code), None) if !code.is_empty() => Some(Self::Code { code, expires: get("expires") }),
            (_, Some(_)) => Some(Self::Refused),
            _ => None,
        }
    }

    /// The address at which the browser ended, or the code alone. None of what is read here is ever escaped.
    pub fn pasted(line: &str, state: &str) -> Option<Self> {
        let Some((_, query)) = line.split_once('?') else {
            let is_code = line.len() == 32 && line.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            return is_code.then(|| Self::Code { code: line.to_owned(), expires: None });
        };
        let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let get = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Self::read(get, state)
    }
}

/// Answers the browser, which waits for the outcome.
pub struct Reply(oneshot::Sender<bool>);

type Arrival = (Found, Reply);

#[derive(Clone)]
struct Door {
    state: String,
    arrivals: mpsc::Sender<Arrival>,
}

pub struct Back {
    address: String,
    arrivals: mpsc::Receiver<Arrival>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

impl Back {
    /// Listens on a free port of the loopback interface.
    pub async fn listen(state: &str) -> Result<Self> {
        let failed = |error: std::io::Error| {
            Failure::new(format!("No address of this machine can be listened on: {}.", reason(&error)))
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
        let address = format!("http://{}{PATH}?state={state}", listener.local_addr().map_err(failed)?);
        let (sender, arrivals) = mpsc::channel(1);
        let router =
            Router::new().route(PATH, get(arrive)).with_state(Door { state: state.to_owned(), arrivals: sender });
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(async move {
            let until = async {
                let _ = stopped.await;
            };
            // A connection that breaks is the browser's, which is told by what does not arrive.
            let _ = axum::serve(listener, router).with_graceful_shutdown(until).await;
        });
        Ok(Self { address, arrivals, stop: Some(stop), server })
    }

    /// The address that the code goes to.
    pub fn address(&self) -> String {
        self.address.clone()
    }

    /// The next answer to what was asked.
    pub async fn next(&mut self) -> Result<Arrival> {
        self.arrivals.recv().await.ok_or_else(|| Failure::new("The address of this machine could not be listened on."))
    }

    /// Tells the browser what came of it, and stops listening once it has been told.
    pub async fn say(mut self, reply: Reply, is_good: bool) {
        let _ = reply.0.send(is_good);
        self.stop.take();
        // A browser that keeps its connection open must not keep the program from ending.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(2), &mut self.server).await;
    }
}

impl Drop for Back {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn arrive(State(door): State<Door>, Query(pairs): Query<HashMap<String, String>>) -> Response {
    let Some(found) = Found::read(|name| pairs.get(name).cloned(), &door.state) else {
        return page(StatusCode::BAD_REQUEST, "This is not the sign-in that was begun", "Nothing was changed.");
    };
    let was_refused = found == Found::Refused;
    let (reply, outcome) = oneshot::channel();
    if door.arrivals.send((found, Reply(reply))).await.is_err() {
        return page(StatusCode::GONE, "This sign-in is over", "Nothing was changed.");
    }
    match outcome.await {
        Ok(true) => page(StatusCode::OK, "You are signed in", "You can close this window and go on in your terminal."),
        _ if was_refused => page(StatusCode::OK, "Nothing was changed", "You can close this window."),
        _ => {
            page(StatusCode::BAD_GATEWAY, "You are not signed in", "Your terminal says why. You can close this window.")
        }
    }
}

fn page(status: StatusCode, title: &'static str, text: &'static str) -> Response {
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"></head>\
         <body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    );
    let mut answer = (status, Html(html)).into_response();
    let headers = answer.headers_mut();
    // The address holds the code, which is used up by now.
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONNECTION, "close"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "8GjHEAD6-Wj9KfzjsQGMrb9h_ImB_LK7";

    #[test]
    fn what_is_pasted_is_the_code_or_the_address_with_it() {
        let code = |expires: Option<&str>| Found::Code { code: CODE.to_owned(), expires: expires.map(str::to_owned) };
        assert_eq!(Found::pasted(CODE, "s"), Some(code(None)));
        let address = format!("http://127.0.0.1:1/callback?state=s&code={CODE}&expires=17&instance=http%3A%2F%2Fx");
        assert_eq!(Found::pasted(&address, "s"), Some(code(Some("17"))));
        assert_eq!(Found::pasted("http://127.0.0.1:1/callback?state=s&error=access_denied", "s"), Some(Found::Refused));
        for wrong in [address.as_str(), "http://127.0.0.1:1/callback?state=t", "short", &format!("{CODE}!")] {
            assert_eq!(Found::pasted(wrong, "t"), None, "{wrong}");
        }
    }
}
