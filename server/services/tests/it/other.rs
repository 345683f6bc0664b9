//! A server of somebody else, on this machine.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that gives fixed answers by path, and remembers what it was asked.
pub struct Other {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Other {
    /// An answer is its status line, headers and body, or nothing, which leaves the caller waiting.
    pub async fn answering(answer: impl Fn(&str, u16) -> Option<String> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let port = listener.local_addr().expect("an address").port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = asked.clone();
        tokio::spawn(async move {
            let mut waiting = Vec::new();
            loop {
                let Ok((mut socket, _)) = listener.accept().await else { return };
                let mut bytes = vec![0; 8192];
                let length = socket.read(&mut bytes).await.unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
                kept.lock().expect("no panic").push(text);
                match answer(&path, port) {
                    Some(answer) => socket.write_all(answer.as_bytes()).await.unwrap_or_default(),
                    None => waiting.push(socket),
                }
            }
        });
        Self { port, asked }
    }

    pub fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").clone()
    }
}

pub fn ok(body: &str) -> Option<String> {
    Some(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

pub fn found(to: &str) -> Option<String> {
    Some(format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"))
}
