//! From an address to a connection: names, sockets, TLS.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::reachable::{Reachable, is_public};
use super::{Trouble, host};

/// For one of the addresses a host has.
const CONNECTING: Duration = Duration::from_secs(4);

/// Opens connections to where it is allowed.
pub(super) struct Sockets {
    reachable: Reachable,
    /// Read at the first use of TLS: that takes some milliseconds.
    tls: OnceCell<Arc<ClientConfig>>,
}

impl Sockets {
    pub fn new(reachable: Reachable) -> Self {
        Self { reachable, tls: OnceCell::new() }
    }

    /// `plain`: public hosts may be asked over http.
    pub async fn connect(&self, to: &Url, plain: bool) -> Result<Connection, Trouble> {
        let socket = self.open(to, plain).await?;
        if to.scheme() == "http" {
            return Connection::over(socket, to).await;
        }
        let name = match to.host() {
            Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()).map_err(|_| Trouble::Address)?,
            Some(Host::Ipv4(address)) => ServerName::from(IpAddr::from(address)),
            Some(Host::Ipv6(address)) => ServerName::from(IpAddr::from(address)),
            None => return Err(Trouble::Address),
        };
        let tls = TlsConnector::from(self.tls(to).await?);
        let stream = tls.connect(name, socket).await.map_err(|error| {
            let of_tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            match of_tls {
                Some(rustls::Error::InvalidCertificate(_)) => Trouble::Untrusted { host: host(to) },
                _ => Trouble::Unreachable { host: host(to) },
            }
        })?;
        Connection::over(stream, to).await
    }

    /// Resolves once, and connects to one of the addresses that were looked at.
    async fn open(&self, to: &Url, plain: bool) -> Result<TcpStream, Trouble> {
        let port = to.port_or_known_default().ok_or(Trouble::Address)?;
        let found: Vec<SocketAddr> = match to.host() {
            Some(Host::Ipv4(address)) => vec![(address, port).into()],
            Some(Host::Ipv6(address)) => vec![(address, port).into()],
            Some(Host::Domain(name)) => {
                let found = tokio::net::lookup_host((name, port)).await;
                found.map_err(|_| Trouble::Unknown { host: host(to) })?.collect()
            }
            None => return Err(Trouble::Address),
        };
        let mut trouble = Trouble::Unknown { host: host(to) };
        for address in found {
            let opened = self.reachable.is_opened(to.host_str().unwrap_or_default(), address.ip());
            if !opened && !is_public(address.ip()) {
                trouble = Trouble::Private { host: host(to) };
            } else if !opened && !plain && to.scheme() == "http" {
                trouble = Trouble::Plain { host: host(to) };
            } else {
                match tokio::time::timeout(CONNECTING, TcpStream::connect(address)).await {
                    Ok(Ok(socket)) => return Ok(socket),
                    _ => trouble = Trouble::Unreachable { host: host(to) },
                }
            }
        }
        Err(trouble)
    }

    async fn tls(&self, to: &Url) -> Result<Arc<ClientConfig>, Trouble> {
        let made = self.tls.get_or_try_init(|| async {
            let made = tokio::task::spawn_blocking(configure).await.ok().flatten();
            made.ok_or_else(|| Trouble::Untrusted { host: host(to) })
        });
        made.await.cloned()
    }
}

/// Trusts whom the system trusts, since those who host at home have authorities of their own; a container without any
/// uses Mozilla's list.
fn configure() -> Option<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    // A store may hold some that cannot be read; the others are good.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let ciphers = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(ciphers).with_safe_default_protocol_versions();
    let config = config.inspect_err(|error| tracing::error!(%error, "TLS cannot be used")).ok()?;
    Some(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// A connection for one question. What carries it ends with it.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    _carrier: JoinSet<()>,
}

impl Connection {
    async fn over<S>(stream: S, to: &Url) -> Result<Self, Trouble>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|_| Trouble::Unreachable { host: host(to) })?;
        let mut carrier = JoinSet::new();
        carrier.spawn(async move {
            // Whatever goes wrong here is told to whoever waits for the answer.
            let _ = connection.await;
        });
        Ok(Self { sender, _carrier: carrier })
    }

    pub async fn ask(&mut self, request: Request<Full<Bytes>>) -> hyper::Result<Response<Incoming>> {
        self.sender.send_request(request).await
    }
}
