//! A mail server on this machine that does what a test tells it to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use model::instance::{SystemMail, TlsMode};
use model::mail::MailServerForm;
use services::Services;
use services::access::ManageInstance;
use services::mail::{self, Password};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::fixtures;

/// A letter that the server has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub to: String,
    /// Head and body, as they came.
    pub data: String,
}

impl Received {
    /// The value of a header of one line.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.data.split("\r\n\r\n").next().unwrap_or_default();
        head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The whole letter with soft line breaks undone, to look for a link in.
    pub fn text(&self) -> String {
        self.data.replace("=\r\n", "").replace("=3D", "=")
    }
}

#[derive(Debug, Default)]
struct State {
    received: Vec<Received>,
    connections: usize,
    /// Commands, or "greeting", and what is answered in place of "it is fine"; an empty answer is none at all.
    answers: Vec<(&'static str, &'static str)>,
    /// User name and password that came, in base64.
    credentials: Option<String>,
}

/// Listens until the test ends. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MailServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let server = Self { address: listener.local_addr().expect("an address"), state: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                tokio::spawn(async move {
                    // A client that hangs up is what some tests are about.
                    let _ = server.serve(stream).await;
                });
            }
        });
        server
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers a command ("RCPT", "AUTH", "." for the end of a letter, "greeting") with this from now on. An empty answer
    /// leaves the client waiting.
    pub fn answer(&self, command: &'static str, answer: &'static str) {
        let mut state = self.lock();
        state.answers.retain(|(known, _)| *known != command);
        state.answers.push((command, answer));
    }

    /// Takes everything again.
    pub fn behave(&self) {
        self.lock().answers.clear();
    }

    pub fn received(&self) -> Vec<Received> {
        self.lock().received.clone()
    }

    pub fn connections(&self) -> usize {
        self.lock().connections
    }

    /// What somebody signed in with last: `\0user\0password`, in base64.
    pub fn credentials(&self) -> Option<String> {
        self.lock().credentials.clone()
    }

    /// The server as an administrator would enter it.
    pub fn form(&self) -> MailServerForm {
        MailServerForm {
            host: self.address.ip().to_string(),
            port: self.address.port().into(),
            tls: TlsMode::None,
            allow_invalid_cert: false,
            user: String::new(),
            sender: "changes@tidings.example".to_owned(),
        }
    }

    /// Makes this the mail server of an instance.
    pub async fn serve_for(&self, cx: &Services) -> SystemMail {
        let may = fixtures::may_everywhere::<ManageInstance>(cx);
        mail::save(cx, &may, &self.form(), Password::Keep).await.expect("a mail server")
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer_to(&self, command: &str) -> Option<&'static str> {
        let state = self.lock();
        state.answers.iter().find(|(known, _)| command.eq_ignore_ascii_case(known)).map(|(_, answer)| *answer)
    }

    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        self.lock().connections += 1;
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut to = String::new();
        let mut say = async |command: &str, fine: &str| -> std::io::Result<bool> {
            match self.answer_to(command).unwrap_or(fine) {
                "" => Ok(false),
                answer => write.write_all(format!("{answer}\r\n").as_bytes()).await.map(|()| true),
            }
        };
        if !say("greeting", "220 mail.test ready").await? {
            return std::future::pending().await;
        }
        while let Some(line) = lines.next_line().await? {
            let (command, rest) = line.split_once([' ', ':']).unwrap_or((&line, ""));
            let command = command.to_ascii_uppercase();
            let fine = match command.as_str() {
                "EHLO" => "250-mail.test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
                "AUTH" => {
                    self.lock().credentials = rest.split_whitespace().nth(1).map(str::to_owned);
                    "235 2.7.0 in"
                }
                "RCPT" => {
                    to = rest
                        .split_once('<')
                        .and_then(|(_, rest)| rest.split_once('>'))
                        .map_or("", |(to, _)| to)
                        .to_owned();
                    "250 2.1.5 fine"
                }
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 fine",
            };
            if !say(&command, fine).await? {
                return std::future::pending().await;
            }
            if command == "QUIT" {
                return Ok(());
            }
            if command == "DATA" && self.answer_to("DATA").is_none() {
                let mut data = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    data.push_str(line.strip_prefix("..").map_or(line.as_str(), |_| &line[1..]));
                    data.push_str("\r\n");
                }
                if self.answer_to(".").is_none_or(|answer| answer.starts_with('2')) {
                    self.lock().received.push(Received { to: to.clone(), data });
                }
                if !say(".", "250 2.0.0 taken").await? {
                    return std::future::pending().await;
                }
            }
        }
        Ok(())
    }
}
