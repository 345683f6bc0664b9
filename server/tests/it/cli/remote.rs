//! The binary as a client: against a server of its own, and against recorded ones where the server has to misbehave.

mod accounts;
mod editing;
mod entries;
mod network;
mod projects;
mod recorded;
mod sign_in;
mod terminal;

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::serve::{Server, serve};
use super::{Answer, Place, place};
use recorded::{Recorded, Reply, entry, record};

/// A person with a home of their own and nothing else in the environment.
fn person() -> Place {
    let place = place();
    let home = place.path("home");
    place.variable("HOME", home.to_str().unwrap())
}

/// A running instance with an administrator, a key and one project, and the person who asks it.
struct Instance {
    server: Server,
    at: Place,
    key: String,
    project: String,
}

impl Instance {
    fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Somebody who is signed in.
    fn signed_in(&self) -> Place {
        let person = person();
        login(&person, &self.url(), &self.key).succeeded();
        person
    }

    /// A build server, which has no files.
    fn ci(&self) -> Place {
        self.ci_with(&self.key)
    }

    fn ci_with(&self, key: &str) -> Place {
        let place = place().variable("TIDINGS_HOST", &self.url()).variable("TIDINGS_API_KEY", key);
        place.variable("TIDINGS_PROJECT", "orbit-mail")
    }

    fn new_key(&self, user: &str, more: &[&str]) -> String {
        let args = [&["api-key", "create", "--name", "CI", "--user", user], more].concat();
        self.at.run(&args).succeeded().out.trim().to_owned()
    }

    /// What a script does without this program.
    fn post(&self, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.server.address).unwrap();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.server.address,
            self.key,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}

fn instance() -> Instance {
    let at = place();
    at.create_user("ada@example.com");
    let key = at.run(&["api-key", "create", "--user", "ada@example.com", "--name", "CI"]).succeeded();
    let server = serve(&at);
    let mut instance = Instance { server, at, key: key.out.trim().to_owned(), project: String::new() };
    let project = instance.post("/api/projects", &json!({ "name": "Orbit Mail", "isPublic": true }));
    instance.project = project["id"].as_str().unwrap().to_owned();
    instance
}

fn login(person: &Place, host: &str, key: &str) -> Answer {
    person.run_with(&["login", "--host", host, "--api-key-stdin"], format!("{key}\n").as_bytes())
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    #[track_caller]
    fn hides(self, secret: &str) -> Self {
        assert!(!self.out.contains(secret) && !self.err.contains(secret), "{}\n{}", self.out, self.err);
        self
    }
}
