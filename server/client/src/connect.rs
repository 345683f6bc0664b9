//! From an address to a connection: names, sockets, a proxy in between, TLS.
//!
//! Who must decide which addresses may be reached puts a resolver of its own into `HttpConnector::new_with_resolver`.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Uri;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tower::Service;

use crate::error::origin;
use crate::{CONNECTING, Error, IDLE, Result};

pub(crate) type Http = legacy::Client<HttpsConnector<Route>, Full<Bytes>>;
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A proxy for https hosts, in the words of the variables `HTTPS_PROXY` and `NO_PROXY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// `http://proxy.example.com:3128`, perhaps with a user and a password. Without a scheme, http.
    pub address: String,
    /// Hosts and networks that are reached directly, separated by commas.
    pub except: String,
}

/// The way out of this machine.
#[derive(Clone)]
pub(crate) enum Route {
    Direct(HttpConnector),
    /// `CONNECT`: the proxy learns the name of the host and nothing of what is said.
    Through(Tunnel<HttpConnector>),
}

impl Service<Uri> for Route {
    type Response = TokioIo<TcpStream>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        match self {
            Self::Direct(route) => route.poll_ready(cx).map_err(Failure::from),
            Self::Through(route) => route.poll_ready(cx).map_err(Failure::from),
        }
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        match self {
            Self::Direct(route) => {
                let connecting = route.call(to);
                Box::pin(async move { Ok(connecting.await?) })
            }
            Self::Through(route) => {
                let connecting = route.call(to);
                Box::pin(async move { Ok(connecting.await?) })
            }
        }
    }
}

/// A client for one host. The certificates of the system are read for https only: that takes some milliseconds.
pub(crate) fn http(address: &Uri, proxy: Option<&Proxy>) -> Result<Http> {
    let mut sockets = HttpConnector::new();
    // The scheme of a target behind a tunnel, or under TLS, is https.
    sockets.enforce_http(false);
    sockets.set_connect_timeout(Some(CONNECTING));
    sockets.set_nodelay(true);
    let route = route(sockets, address, proxy)?;
    // One that was http may redirect to https, so both have the certificates to do so safely.
    let tls = tls(address)?;
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(route);
    // While somebody writes in an editor, the connection of the question before may die unnoticed.
    let mut client = legacy::Client::builder(TokioExecutor::new());
    Ok(client.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE).build(connector))
}

fn route(sockets: HttpConnector, address: &Uri, proxy: Option<&Proxy>) -> Result<Route> {
    let Some(proxy) = proxy else { return Ok(Route::Direct(sockets)) };
    let matcher = Matcher::builder().https(proxy.address.as_str()).no(proxy.except.as_str()).build();
    let Some(intercept) = matcher.intercept(address) else { return Ok(Route::Direct(sockets)) };
    let to = intercept.uri().clone();
    if to.scheme_str() != Some("http") {
        // Without user and password.
        let address = format!("{}://{}", to.scheme_str().unwrap_or_default(), to.host().unwrap_or_default());
        return Err(Error::Proxy { address, reason: "only proxies at http:// addresses can be used" });
    }
    let mut tunnel = Tunnel::new(to, sockets);
    if let Some(auth) = intercept.basic_auth() {
        tunnel = tunnel.with_auth(auth.clone());
    }
    Ok(Route::Through(tunnel))
}

fn tls(address: &Uri) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    // A store may hold some that cannot be read; the others are good.
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() && address.scheme_str() == Some("https") {
        let reason = match found.errors.first() {
            Some(error) => error.to_string(),
            None => "there are none".to_owned(),
        };
        return Err(Error::NoRoots { address: origin(address), reason });
    }
    let ciphers = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(ciphers).with_safe_default_protocol_versions();
    let config = config.map_err(|error| Error::NoRoots { address: origin(address), reason: error.to_string() })?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
