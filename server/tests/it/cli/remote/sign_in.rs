//! `tidings login` with a browser, which the test plays.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Child;

use serde_json::{Value, json};

use super::*;

const FILE: &str = "home/.config/tidings/credentials.toml";

/// A page or an answer.
struct Page {
    status: u16,
    head: String,
    body: String,
}

impl Page {
    fn header(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).collect()
    }
}

fn ask(address: &str, method: &str, path: &str, headers: &[String], body: &str) -> Page {
    let mut stream = TcpStream::connect(address).unwrap();
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Page { status, head: head.to_owned(), body: body.to_owned() }
}

/// A browser in which Ada is signed in.
struct Browser {
    address: String,
    cookies: String,
}

impl Browser {
    fn of(instance: &Instance) -> Self {
        let address = instance.server.address.clone();
        let form = json!({ "email": "ada@example.com", "password": "correct horse battery" }).to_string();
        let json = "content-type: application/json".to_owned();
        let answer = ask(&address, "POST", "/api/auth/login", &[json], &form);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let cookies =
            answer.header("set-cookie").iter().map(|line| line.split(';').next().unwrap()).collect::<Vec<_>>();
        Self { cookies: cookies.join("; "), address }
    }

    fn headers(&self) -> Vec<String> {
        vec![
            format!("cookie: {}", self.cookies),
            format!("origin: http://{}", self.address),
            "accept: text/html".to_owned(),
            "content-type: application/x-www-form-urlencoded".to_owned(),
        ]
    }

    /// Opens the page and presses "Authorise" without scripts; gives the address that the form leads to.
    fn agree(&self, address: &str) -> String {
        let path = address.strip_prefix(&format!("http://{}", self.address)).unwrap();
        let page = ask(&self.address, "GET", path, &self.headers(), "");
        assert_eq!(page.status, 200, "{}", page.body);
        for text in ["ada@example.com", "tidings on ", "127.0.0.1:", "Authorise"] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        let field = |name: &str| {
            let (_, rest) = page.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
            encode(&rest.split_once('"').unwrap().0.replace("&amp;", "&"))
        };
        let form = format!(
            "callback={}&code_challenge={}&client={}",
            field("callback"),
            field("code_challenge"),
            field("client")
        );
        let answer = ask(&self.address, "POST", "/rpc/account/authorise-program", &self.headers(), &form);
        assert_eq!(answer.status, 302, "{}", answer.body);
        answer.header("location")[0].to_owned()
    }

    /// Follows an address of this machine.
    fn follow(to: &str) -> Page {
        let (address, path) = to.strip_prefix("http://").unwrap().split_once('/').unwrap();
        ask(address, "GET", &format!("/{path}"), &[], "")
    }
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A login that waits for the browser, and the address it printed.
struct Login {
    child: Child,
    address: String,
    notes: BufReader<std::process::ChildStderr>,
}

fn begin(person: &Place, host: &str) -> Login {
    let mut child = person.start(&["login", "--host", host, "--no-browser"]);
    let mut notes = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("/cli/auth?") {
        line.clear();
        assert_ne!(notes.read_line(&mut line).unwrap(), 0, "no address was printed");
    }
    Login { child, address: line.trim().to_owned(), notes }
}

impl Login {
    fn paste(&mut self, text: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{text}").unwrap();
    }

    fn end(mut self) -> Answer {
        drop(self.child.stdin.take());
        let (mut out, mut err) = (String::new(), String::new());
        self.notes.read_to_string(&mut err).unwrap();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        // What was said before an error is no part of it.
        let err = err.find("error: ").map_or(err.clone(), |at| err[at..].to_owned());
        Answer { code, out, err }
    }
}

/// Somebody who has signed in with their browser.
fn signed_in(instance: &Instance) -> Place {
    let person = person();
    let login = begin(&person, &instance.url());
    Browser::follow(&Browser::of(instance).agree(&login.address));
    login.end().succeeded();
    person
}

fn kept(person: &Place) -> toml::Table {
    std::fs::read_to_string(person.path(FILE)).unwrap().parse().unwrap()
}

/// Changes a value of the kept sign-in.
fn set(person: &Place, name: &str, value: impl Into<toml::Value>) {
    let mut table = kept(person);
    let (_, host) = table["hosts"].as_table_mut().unwrap().iter_mut().next().unwrap();
    host["sign_in"].as_table_mut().unwrap().insert(name.to_owned(), value.into());
    person.write(FILE, table.to_string());
}

fn sign_in(person: &Place, name: &str) -> toml::Value {
    let table = kept(person);
    let (_, host) = table["hosts"].as_table().unwrap().iter().next().unwrap();
    host["sign_in"][name].clone()
}

#[test]
fn a_person_agrees_in_the_browser_and_is_signed_in_until_they_sign_out() {
    let instance = instance();
    let person = person();
    let login = begin(&person, &instance.url());
    let way = Browser::of(&instance).agree(&login.address);
    let page = Browser::follow(&way);
    assert_eq!((page.status, page.body.contains("You can close this window")), (200, true), "{}", page.body);
    assert!(page.header("content-security-policy")[0].contains("default-src 'none'"));
    let answer = login.end().succeeded().says(&format!("Signed in to {} as Ada Lovelace", instance.url()));
    for (path, mode) in
        [(FILE, 0o600), ("home/.config/tidings/credentials.lock", 0o600), ("home/.config/tidings", 0o700)]
    {
        assert_eq!(std::fs::metadata(person.path(path)).unwrap().permissions().mode() & 0o777, mode, "{path}");
    }
    let (access, refresh) = (sign_in(&person, "access_token"), sign_in(&person, "refresh_token"));
    let (access, refresh) = (access.as_str().unwrap(), refresh.as_str().unwrap());
    let answer = answer.hides(access).hides(refresh);
    assert!(!answer.out.contains("Key"), "{}", answer.out);

    let who =
        person.run(&["whoami"]).succeeded().hides(access).says("ada@example.com, admin").says("with your browser");
    who.says("longer when it is used before");
    let new = ["entry", "new", "--project", "orbit-mail", "--title", "By hand", "-"];
    person.run_with(&new, b"Text").succeeded();

    person.run(&["logout"]).succeeded().says("Signed out");
    assert!(!std::fs::read_to_string(person.path(FILE)).unwrap().contains(access));
    person.run(&["whoami"]).failed(3);
    // The server knows it, too.
    let bearer = format!("authorization: Bearer {access}");
    assert_eq!(ask(&instance.server.address, "GET", "/api/auth/me", &[bearer], "").status, 401);
    let body = json!({ "refreshToken": refresh }).to_string();
    assert_eq!(ask(&instance.server.address, "POST", "/api/auth/cli/refresh", &[], &body).status, 401);
    // What the browser was sent to is over.
    assert!(std::panic::catch_unwind(|| Browser::follow(&way)).is_err());
}

#[test]
fn where_the_browser_is_elsewhere_its_last_address_or_the_code_is_pasted() {
    let instance = instance();
    let browser = Browser::of(&instance);
    for whole in [true, false] {
        let person = person();
        let mut login = begin(&person, &instance.url());
        let way = browser.agree(&login.address);
        login.paste("what is this?");
        login.paste(&way.replace("state=", "state=x"));
        login.paste("");
        let (_, code) = way.split_once("&code=").unwrap();
        login.paste(if whole { &way } else { &code[..32] });
        let answer = login.end().succeeded().says("Signed in to");
        assert_eq!(answer.err.matches("Try again").count(), 2, "{}", answer.err);
        person.run(&["whoami"]).succeeded();
    }
}

#[test]
fn who_does_not_agree_is_not_signed_in() {
    let instance = instance();
    let person = person();
    let login = begin(&person, &instance.url());
    let browser = Browser::of(&instance);
    let path = login.address.strip_prefix(&instance.url()).unwrap();
    let page = ask(&browser.address, "GET", path, &browser.headers(), "").body;
    let (_, rest) = page.split_once("href=\"http://127.0.0.1:").unwrap();
    let cancel = format!("http://127.0.0.1:{}", rest.split_once('"').unwrap().0.replace("&amp;", "&"));
    assert!(cancel.contains("error=access_denied"), "{cancel}");
    assert!(Browser::follow(&cancel).body.contains("Nothing was changed"));
    login.end().failed(1).says("cancelled in the browser");
    assert!(!person.path(FILE).exists());
}

#[test]
fn what_the_program_did_not_ask_for_is_not_taken() {
    let instance = instance();
    let person = person();
    let login = begin(&person, &instance.url());
    let way = Browser::of(&instance).agree(&login.address);
    let (start, rest) = way.split_once("state=").unwrap();
    let (state, code) = rest.split_once('&').unwrap();
    for wrong in [format!("{start}{code}"), format!("{start}state={}&{code}", "x".repeat(state.len()))] {
        assert_eq!(Browser::follow(&wrong).status, 400, "{wrong}");
    }
    // A code of somebody else, who would like this person to write into their account.
    let forged = format!("{start}state={state}&code={}", "x".repeat(32));
    assert_eq!(Browser::follow(&forged).status, 502);
    login.end().failed(1).says("code is unknown");
    assert!(!person.path(FILE).exists());
}

#[test]
fn a_sign_in_is_renewed_before_it_ends_and_when_the_server_refuses_it() {
    let instance = instance();
    let person = signed_in(&instance);
    let first = sign_in(&person, "refresh_token");
    set(&person, "expires_at", 0);
    person.run(&["whoami"]).succeeded();
    let second = sign_in(&person, "refresh_token");
    assert_ne!(first, second);
    set(&person, "access_token", "x.y.z");
    let new = ["entry", "new", "--project", "orbit-mail", "--title", "Renewed on the way", "-"];
    person.run_with(&new, b"Text").succeeded();
    let third = sign_in(&person, "refresh_token");
    assert_ne!(second, third);
    person.run(&["whoami"]).succeeded();
    assert_eq!(sign_in(&person, "refresh_token"), third, "what is good is kept");
    let listed = person.run(&["entry", "list", "--project", "orbit-mail"]).succeeded();
    assert_eq!(listed.out.matches("Renewed on the way").count(), 1);

    set(&person, "refresh_token", "unknown");
    set(&person, "access_token", "x.y.z");
    person.run(&["whoami"]).failed(3).says("tidings login");
}

#[test]
fn commands_at_the_same_moment_do_not_lose_the_sign_in() {
    let instance = instance();
    let person = signed_in(&instance);
    set(&person, "expires_at", 0);
    let commands: Vec<Child> = (0..6).map(|_| person.start(&["whoami"])).collect();
    for command in commands {
        let output = command.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    person.run(&["whoami"]).succeeded();
    set(&person, "expires_at", 0);
    person.run(&["whoami"]).succeeded();
}

#[test]
fn of_commands_at_the_same_moment_one_asks_for_new_tokens() {
    let tokens = |access: &str, refresh: &str| {
        Reply::json("200 OK", &json!({ "access_token": access, "refresh_token": refresh, "expires_in": 3600 }))
    };
    let me = || Reply::json("200 OK", &json!({ "id": "c1", "email": "mara@example.com", "role": "STAFF" }));
    let server = record(vec![tokens("new", "second"), me(), me(), me()]);
    let person = person();
    std::fs::create_dir_all(person.path("home/.config/tidings")).unwrap();
    let host = server.url();
    let kept = format!(
        "default = \"{host}\"\n[hosts.\"{host}\".sign_in]\naccess_token = \"old\"\nrefresh_token = \"first\"\nexpires_at = 0\n"
    );
    person.write(FILE, kept);
    let commands: Vec<Child> = (0..3).map(|_| person.start(&["whoami"])).collect();
    for command in commands {
        let output = command.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let requests = server.requests();
    let renewals: Vec<Value> =
        requests.iter().filter(|one| one.line == "POST /api/auth/cli/refresh").map(|one| one.json()).collect();
    assert_eq!(renewals, [json!({ "refreshToken": "first" })]);
    for request in requests.iter().filter(|one| one.line == "GET /api/auth/me") {
        assert_eq!(request.header("authorization"), Some("Bearer new"));
    }
}

#[test]
fn signing_out_works_while_the_server_is_away_and_says_what_is_left() {
    let instance = instance();
    let person = signed_in(&instance);
    drop(instance);
    person.run(&["logout"]).succeeded().says("could not be told").says("Devices");
    assert!(!std::fs::read_to_string(person.path(FILE)).unwrap().contains("token"));
}

#[test]
fn signing_in_again_ends_the_sign_in_before_and_keeps_the_project() {
    let instance = instance();
    let person = signed_in(&instance);
    person.run(&["project", "use", "orbit-mail"]).succeeded();
    let before = sign_in(&person, "access_token");
    let login = begin(&person, &instance.url());
    Browser::follow(&Browser::of(&instance).agree(&login.address));
    login.end().succeeded();
    person.run(&["entry", "list"]).succeeded();
    let bearer = format!("authorization: Bearer {}", before.as_str().unwrap());
    assert_eq!(ask(&instance.server.address, "GET", "/api/auth/me", &[bearer], "").status, 401);
    // A key takes the place of a sign-in, and the other way round.
    login_with_key(&person, &instance);
    person.run(&["whoami"]).succeeded().says("CI");
}

fn login_with_key(person: &Place, instance: &Instance) {
    let key = format!("{}\n", instance.key);
    person.run_with(&["login", "--host", &instance.url(), "--with-key"], key.as_bytes()).succeeded();
}
