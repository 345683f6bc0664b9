use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};

use serde_json::Value;

use super::{Place, SIGNING_KEY, place};

/// A server that is told to stop when the test is over, however it ends.
pub(super) struct Server {
    child: Child,
    pub(super) address: String,
    log: BufReader<std::process::ChildStderr>,
}

/// Starts a server and waits until it says where it runs.
pub(super) fn serve(place: &Place) -> Server {
    // A port that was free a moment ago; nothing else on the machine is given it this soon.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut child = place.start(&["serve", "--listen", &address]);
    let log = BufReader::new(child.stderr.take().unwrap());
    let mut server = Server { child, address, log };
    let running = server.line_with("Tidings runs at");
    assert!(running.contains(&server.address), "{running}");
    server
}

impl Server {
    /// The next line of the log with this text. Fails the test when the log ends before.
    fn line_with(&mut self, text: &str) -> String {
        let mut seen = String::new();
        loop {
            let start = seen.len();
            assert_ne!(self.log.read_line(&mut seen).unwrap(), 0, "no {text:?} in: {seen}");
            if seen[start..].contains(text) {
                return seen[start..].to_owned();
            }
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Sends a signal; gives exit code, standard output and the rest of the log.
    fn stop(mut self, signal: &str) -> (i32, String, String) {
        self.signal(signal);
        let (mut out, mut log) = (String::new(), String::new());
        self.log.read_to_string(&mut log).unwrap();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        (self.child.wait().unwrap().code().unwrap_or(-1), out, log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_is_healthy_until_it_is_told_to_stop() {
    let place = place();
    for signal in ["TERM", "INT"] {
        let server = serve(&place);
        place.run(&["healthcheck", "--listen", &server.address]).succeeded().says("healthy");
        let address = server.address.clone();
        let (code, _, log) = server.stop(signal);
        assert_eq!(code, 0, "{log}");
        place.run(&["healthcheck", "--listen", &address]).failed(1);
    }
}

#[test]
fn a_request_in_flight_is_answered_before_the_server_stops() {
    let place = place();
    let mut server = serve(&place);
    let body = r#"{"email": "ada@example.com", "password": "wrong"}"#;
    let stream = TcpStream::connect(&server.address).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    write!(
        &stream,
        "POST /api/auth/login HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         expect: 100-continue\r\nconnection: close\r\n\r\n",
        server.address,
        body.len()
    )
    .unwrap();
    // The server asks for the body, so it is in the middle of this request when the signal comes.
    reader.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 100"), "{line}");
    server.signal("TERM");
    server.line_with("Stopping");
    write!(&stream, "{body}").unwrap();
    let mut answer = String::new();
    reader.read_to_string(&mut answer).unwrap();
    assert!(answer.trim_start().starts_with("HTTP/1.1 401"), "{answer}");
    assert!(server.child.wait().unwrap().success());
}

#[test]
fn an_empty_instance_prints_a_link_to_set_it_up_and_one_with_an_administrator_does_not() {
    let place = place();
    let server = serve(&place);
    let link = format!("http://{}/setup?token=", server.address);
    let (_, out, log) = server.stop("TERM");
    assert!(out.contains(&link), "{out}");
    assert!(!log.contains("token="), "who reads the log must not become the administrator: {log}");

    place.create_user("ada@example.com");
    let (_, out, _) = serve(&place).stop("TERM");
    assert!(!out.contains("/setup"), "{out}");
}

#[test]
fn a_taken_address_is_refused_with_a_sentence() {
    let place = place();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer = place.run(&["serve", "--listen", &address]);
    assert_eq!(answer.code, 1);
    answer.says(&format!("The address {address} cannot be listened on")).says("--listen");
}

#[test]
fn the_log_is_json_on_request_and_never_holds_the_key() {
    let place = place()
        .variable("TIDINGS__LOG__FORMAT", "json")
        .variable("TIDINGS__LOG__FILTER", "trace")
        .variable("TIDINGS__SECRETS__SIGNING_KEY", SIGNING_KEY);
    let (_, out, log) = serve(&place).stop("TERM");
    assert!(!out.contains(SIGNING_KEY) && !log.contains(SIGNING_KEY));
    assert!(!log.is_empty());
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event["level"].is_string() && event["timestamp"].is_string(), "{line}");
    }
}
