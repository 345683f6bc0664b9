//! A client that sends exactly what it is told to, on a connection of its own. Libraries would correct what clients in
//! the field get wrong: two slashes, a body without a type, a type without a body.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::shape;

/// A request before it is sent.
#[derive(Clone)]
pub struct Call {
    address: SocketAddr,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Call {
    pub fn new(address: SocketAddr, method: &str, target: &str) -> Self {
        let host = ("host".to_owned(), address.to_string());
        Self { address, method: method.to_owned(), target: target.to_owned(), headers: vec![host], body: None }
    }

    /// Sets a header; one that is there already is replaced.
    pub fn header(self, name: &str, value: &str) -> Self {
        let mut call = self.without(name);
        call.headers.push((name.to_owned(), value.to_owned()));
        call
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// Sends these bytes, with their length and nothing said about their type.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub fn json(self, json: &Value) -> Self {
        self.header("content-type", "application/json").body(json.to_string())
    }

    pub async fn send(self) -> Answer {
        let asked = format!("{} {}", self.method, self.target);
        let mut head = format!("{asked} HTTP/1.1\r\n");
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(body) = &self.body {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        head.push_str("connection: close\r\n\r\n");
        let mut request = head.into_bytes();
        request.extend(self.body.unwrap_or_default());

        let stream = TcpStream::connect(self.address).await.expect("the server listens");
        let (mut reader, mut writer) = stream.into_split();
        let mut answer = Vec::new();
        // At the same time, because a server may answer before it has read a body that it refuses.
        let (_, read) = tokio::join!(writer.write_all(&request), reader.read_to_end(&mut answer));
        if let Err(error) = read {
            assert!(!answer.is_empty(), "{asked}: the connection broke before an answer came: {error}");
        }
        Answer::parse(asked, &answer, self.method == "HEAD")
    }
}

/// What came back.
#[derive(Clone)]
pub struct Answer {
    asked: String,
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    fn parse(asked: String, bytes: &[u8], without_body: bool) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("{asked}: no answer in {:?}", String::from_utf8_lossy(bytes)));
        let head = std::str::from_utf8(&bytes[..end]).expect("a head of visible characters");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status line");
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let rest = &bytes[end + 4..];
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if without_body {
            rest.to_vec()
        } else if chunked {
            join_chunks(rest)
        } else {
            rest.to_vec()
        };
        Self { asked, status, headers, body }
    }

    /// The answer again, if it has this status; a failure shows what was said instead.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} answered {}", self.asked, self.text());
        self
    }

    /// The answer again, if it has this status and its body has this shape.
    #[track_caller]
    pub fn is(self, status: u16, expected: &Value) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), Some("application/json"), "{}", answer.asked);
        shape::check(&answer.asked, expected, &answer.json());
        answer
    }

    /// The answer again, if it is an error as every error is.
    #[track_caller]
    pub fn refused(self, status: u16) -> Self {
        self.is(status, &crate::objects::problem(status))
    }

    /// As [`Answer::refused`], with `details` that name exactly these members.
    #[track_caller]
    pub fn invalid(self, members: &[&str]) -> Self {
        let answer = self.refused(400);
        let details = answer.json()["details"].clone();
        let mut paths: Vec<_> =
            details.as_array().into_iter().flatten().filter_map(|one| one["path"].as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        let mut members = members.to_vec();
        members.sort_unstable();
        assert_eq!(paths, members, "{}: the paths in {details}", answer.asked);
        answer
    }

    #[track_caller]
    pub fn empty(self, status: u16) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.text(), "", "{}: a body where none belongs", answer.asked);
        answer
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub fn etag(&self) -> String {
        let tag = self.header("etag").unwrap_or_else(|| panic!("{} came without ETag", self.asked));
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 2, "{}: {tag} is no strong ETag", self.asked);
        tag.to_owned()
    }

    pub fn header_values(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(json) => json,
            Err(error) => panic!("{} answered {} and no JSON ({error}): {}", self.asked, self.status, self.text()),
        }
    }

    /// A member of the body that is text.
    #[track_caller]
    pub fn text_of(&self, member: &str) -> String {
        let json = self.json();
        json[member].as_str().unwrap_or_else(|| panic!("{}: no text {member} in {json}", self.asked)).to_owned()
    }
}

fn join_chunks(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n").expect("the length of a chunk");
        let length = std::str::from_utf8(&rest[..end]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let length = length.expect("a length in hexadecimal digits");
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 4 + length..];
    }
}

/// One element of a query, encoded as browsers do.
pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
