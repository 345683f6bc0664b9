//! `tidings healthcheck`: what a container runtime asks.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use http::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::config::Config;

use super::{Failure, Result, output};

/// Container runtimes give up after 30 seconds at the latest; this one says why before that.
const PATIENCE: Duration = Duration::from_secs(5);

pub async fn check(config: &Config) -> Result {
    let address = reachable(config.server.listen);
    let status = match tokio::time::timeout(PATIENCE, ask(address)).await {
        Ok(Ok(status)) => status,
        Ok(Err(reason)) => return Err(Failure::new(format!("No healthy server at http://{address}: {reason}."))),
        Err(_) => {
            let seconds = PATIENCE.as_secs();
            return Err(Failure::new(format!(
                "The server at http://{address} gave no answer within {seconds} seconds."
            )));
        }
    };
    if status != StatusCode::OK {
        return Err(Failure::new(format!("The server at http://{address} answered {status}.")));
    }
    output::print("healthy\n")
}

/// A server that listens on all addresses is asked on this machine's own.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        ip if ip == Ipv4Addr::UNSPECIFIED => Ipv4Addr::LOCALHOST.into(),
        ip if ip == Ipv6Addr::UNSPECIFIED => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn ask(address: SocketAddr) -> Result<StatusCode, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let request = Request::get("/healthz").header(header::HOST, address.to_string()).body(String::new())?;
    let status = sender.send_request(request).await?.status();
    driver.abort();
    Ok(status)
}
