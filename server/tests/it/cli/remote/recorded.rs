//! A server that gives prepared answers, one a request, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Instant;

use serde_json::{Value, json};

pub struct Reply {
    status: &'static str,
    headers: Vec<String>,
    body: String,
}

impl Reply {
    pub fn json(status: &'static str, body: &Value) -> Self {
        Self { status, headers: vec!["content-type: application/json".to_owned()], body: body.to_string() }
    }

    pub fn page(text: &str) -> Self {
        Self { status: "200 OK", headers: vec!["content-type: text/html".to_owned()], body: text.to_owned() }
    }

    pub fn redirect(status: &'static str, to: &str) -> Self {
        Self { status, headers: vec![format!("location: {to}")], body: String::new() }
    }

    pub fn header(mut self, line: &str) -> Self {
        self.headers.push(line.to_owned());
        self
    }
}

pub struct Request {
    /// `GET /api/projects`
    pub line: String,
    head: Vec<String>,
    pub body: String,
    pub at: Instant,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.iter().filter_map(|line| line.split_once(':'));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub struct Recorded {
    pub address: String,
    thread: JoinHandle<Vec<Request>>,
}

/// Answers in this order; what is asked beyond that gets 500.
pub fn record(replies: Vec<Reply>) -> Recorded {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let thread = std::thread::spawn(move || {
        let mut requests = Vec::new();
        let mut replies = replies.into_iter();
        loop {
            let (stream, _) = listener.accept().unwrap();
            let Some(request) = receive(&stream) else { return requests };
            requests.push(request);
            let reply = replies.next().unwrap_or_else(|| Reply::json("500 Internal Server Error", &json!({})));
            send(&stream, &reply);
        }
    });
    Recorded { address, thread }
}

impl Recorded {
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends the server; gives what it was asked.
    pub fn requests(self) -> Vec<Request> {
        // A connection without a request tells it to stop.
        drop(TcpStream::connect(&self.address).unwrap());
        self.thread.join().unwrap()
    }
}

fn receive(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap() == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let line = head.remove(0).trim_end_matches(" HTTP/1.1").to_owned();
    let mut request = Request { line, head, body: String::new(), at: Instant::now() };
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    request.body = String::from_utf8(body).unwrap();
    Some(request)
}

fn send(mut stream: &TcpStream, reply: &Reply) {
    let headers: String = reply.headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = reply.body.len();
    let head = format!("HTTP/1.1 {}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n", reply.status);
    let _ = stream.write_all(format!("{head}{}", reply.body).as_bytes());
}

/// An entry as the contract has it, with members that this client does not know.
pub fn entry(id: &str, changes: Value) -> Value {
    let mut entry = json!({
        "id": id, "projectId": "cmk60kvj50ce9uvw53efr4edt", "changelogId": "cmk2sywb3wkh5dnsipzz5fk2z",
        "title": "Dark mode", "content": "A dark theme.", "excerpt": "A dark theme.", "version": "1.4.0",
        "slug": "dark-mode", "status": "draft", "publishedAt": null, "scheduledAt": null, "externalId": null,
        "createdAt": "2026-03-03T10:12:45.901Z", "updatedAt": "2026-03-04T09:29:58.040Z",
        "tags": [{ "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Added", "color": null, "weight": 7 }],
        "somethingNew": { "deep": [1, 2, 3] }
    });
    entry.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    entry
}
