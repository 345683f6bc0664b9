//! One letter to one mail server. What fails is told in words for administrators, without secrets.

use std::net::SocketAddr;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, CertificateStore, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use model::instance::{SystemMail, TlsMode};
use model::mail::is_forbidden;
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::message::host;

/// As much of a server's answer as is kept, in characters.
const KEPT: usize = 200;

/// Why a letter was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub why: Why,
    /// For administrators.
    pub message: String,
    /// The code of the server's answer, if there was one.
    pub code: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It may work later.
    Temporary,
    /// This letter will never be taken.
    Permanent,
    /// No letter will be taken until somebody changes the settings.
    Credentials,
}

impl Refusal {
    fn new(why: Why, message: impl Into<String>) -> Self {
        Self { why, message: message.into(), code: None }
    }
}

/// Where letters go, with the password in clear.
pub(super) struct Target<'a> {
    pub server: &'a SystemMail,
    pub password: Option<&'a str>,
    /// The address of the instance, by whose host it greets.
    pub base_url: &'a str,
    /// For the whole conversation.
    pub patience: Duration,
}

/// Hands a letter over.
pub(super) async fn send(target: &Target<'_>, letter: &Message) -> Result<(), Refusal> {
    match timeout(target.patience, talk(target, letter)).await {
        Ok(done) => done,
        Err(_) => {
            let seconds = target.patience.as_secs();
            Err(Refusal::new(Why::Temporary, format!("The mail server did not finish within {seconds} seconds.")))
        }
    }
}

async fn talk(target: &Target<'_>, letter: &Message) -> Result<(), Refusal> {
    let server = target.server;
    let greeting = greeting(target.base_url);
    let mut connection = connect(target, &greeting).await?;
    if server.tls == TlsMode::StartTls {
        if !connection.can_starttls() {
            let message = "The mail server offers no STARTTLS. Nothing was sent, because it would not be encrypted.";
            return Err(Refusal::new(Why::Temporary, message));
        }
        let tls = tls(server).await?;
        connection.starttls(tls, &greeting).await.map_err(|error| refusal(&error, Step::Connect))?;
    }
    if !server.user.is_empty() {
        let credentials = Credentials::new(server.user.clone(), target.password.unwrap_or_default().to_owned());
        let entered = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
        entered.map_err(|error| refusal(&error, Step::SignIn))?;
    }
    let sent = connection.send(letter.envelope(), &letter.formatted()).await;
    sent.map_err(|error| refusal(&error, Step::Send))?;
    // It has the letter; whether it takes leave as well does not matter.
    let _ = connection.quit().await;
    Ok(())
}

/// Connects to the first address of the server that answers. Names are looked up once, and the addresses that were
/// looked at are those that are connected to.
async fn connect(target: &Target<'_>, greeting: &ClientId) -> Result<AsyncSmtpConnection, Refusal> {
    let server = target.server;
    let found = lookup_host((server.host.as_str(), server.port)).await.map_err(|_| {
        Refusal::new(Why::Temporary, format!("The name {} of the mail server cannot be looked up.", server.host))
    })?;
    let (refused, addresses): (Vec<SocketAddr>, Vec<_>) = found.partition(|address| is_forbidden(address.ip()));
    if let (Some(address), true) = (refused.first(), addresses.is_empty()) {
        let message = format!("{} leads to {}, where no mail server can be.", server.host, address.ip());
        return Err(Refusal::new(Why::Temporary, message));
    }
    let mut last = Refusal::new(Why::Temporary, format!("{} has no address.", server.host));
    for address in addresses {
        let tls = if server.tls == TlsMode::Implicit { Some(tls(server).await?) } else { None };
        match AsyncSmtpConnection::connect_tokio1(address, Some(target.patience / 2), greeting, tls, None).await {
            Ok(connection) => return Ok(connection),
            Err(error) => last = refusal(&error, Step::Connect),
        }
    }
    Err(last)
}

fn greeting(base_url: &str) -> ClientId {
    let name = host(base_url);
    match name.parse() {
        Ok(std::net::IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(std::net::IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) => ClientId::Domain(name.to_owned()),
    }
}

/// The certificates that the system trusts, or, where it names none (as in a small container), those that browsers do.
/// They are read from files, so that a change of them counts, on a thread that may wait.
async fn tls(server: &SystemMail) -> Result<TlsParameters, Refusal> {
    let (host, takes_any) = (server.host.clone(), server.allow_invalid_cert);
    let built = tokio::task::spawn_blocking(move || {
        let has_own = !rustls_native_certs::load_native_certs().certs.is_empty();
        let store = if has_own { CertificateStore::Default } else { CertificateStore::WebpkiRoots };
        TlsParameters::builder(host)
            .certificate_store(store)
            .dangerous_accept_invalid_certs(takes_any)
            .dangerous_accept_invalid_hostnames(takes_any)
            .build_rustls()
    });
    match built.await {
        Ok(tls) => tls.map_err(|error| refusal(&error, Step::Connect)),
        Err(_) => Err(Refusal::new(Why::Temporary, "Encryption could not be prepared.")),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Connect,
    SignIn,
    Send,
}

fn refusal(error: &Error, step: Step) -> Refusal {
    let code = error.status().map(u16::from);
    let (why, message) = match (code, step) {
        // 530 asks for a sign-in where none was tried (RFC 4954, 6); the rest are answers to one.
        (Some(code @ (530 | 534 | 535 | 538)), _) => {
            (Why::Credentials, format!("The mail server refuses the user name or the password ({code})."))
        }
        // What the server says here may repeat what it was told.
        (Some(code), Step::SignIn) if error.is_permanent() => {
            (Why::Credentials, format!("The mail server refuses the sign-in ({code})."))
        }
        (Some(code), Step::SignIn) => (Why::Temporary, format!("The mail server cannot sign us in now ({code}).")),
        (Some(code), _) => {
            let why = if error.is_permanent() { Why::Permanent } else { Why::Temporary };
            // A server that shows strangers the door before it has seen a letter says nothing about the letter.
            let why = if step == Step::Connect { Why::Temporary } else { why };
            (why, format!("The mail server answered {code}{}.", said(error)))
        }
        (None, _) => unanswered(error, step),
    };
    Refusal { why, message, code }
}

/// What went wrong where the server did not say no.
fn unanswered(error: &Error, step: Step) -> (Why, String) {
    let text = error.to_string();
    if text.contains("certificate") {
        let reason = [
            ("UnknownIssuer", "nobody whom this system trusts has signed it"),
            ("SelfSigned", "it has signed itself"),
            ("NotValidForName", "it is for another name"),
            ("NotValidYet", "it is not valid yet"),
            ("Expired", "it has expired"),
            ("UnsupportedCertVersion", "its form is out of date"),
        ];
        let reason =
            reason.iter().find(|(name, _)| text.contains(name)).map_or("it is not trusted", |(_, words)| words);
        return (Why::Temporary, format!("The certificate of the mail server is refused: {reason}."));
    }
    if text.contains("corrupt message") {
        let message = "The mail server does not encrypt from the start at this port. Check port and encryption.";
        return (Why::Temporary, message.to_owned());
    }
    if error.is_client() {
        return match step {
            Step::SignIn => (Why::Credentials, "The mail server offers no sign-in that is known here.".to_owned()),
            _ => (Why::Permanent, "The mail server does not take addresses with letters outside of ASCII.".to_owned()),
        };
    }
    if error.is_response() {
        return (
            Why::Temporary,
            "Something answered, but not as a mail server does. Check port and encryption.".to_owned(),
        );
    }
    if error.is_timeout() {
        return (Why::Temporary, "The mail server did not answer in time.".to_owned());
    }
    let what = if step == Step::Connect { "cannot be reached" } else { "broke the connection off" };
    (Why::Temporary, format!("The mail server {what}."))
}

/// The words of an answer, shortened, without what may be a link or a token of the letter it is about.
fn said(error: &Error) -> String {
    let Some(words) = std::error::Error::source(error).map(ToString::to_string) else { return String::new() };
    let words = shortened(&words);
    if words.is_empty() { String::new() } else { format!(": {}", words.trim_end_matches('.')) }
}

fn shortened(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = plain.split_whitespace().filter(|word| !word.contains("://") && word.chars().count() <= 40);
    let text = words.collect::<Vec<_>>().join(" ");
    if text.chars().count() > KEPT { format!("{}…", text.chars().take(KEPT).collect::<String>()) } else { text }
}

/// Whether an address can be one for mail.
pub(super) fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_tokens_in_an_answer_are_not_kept() {
        let said =
            "5.7.1 Spam: https://example.com/reset-password/abc and 0123456789012345678901234567890123456789x\r\nbye";
        assert_eq!(shortened(said), "5.7.1 Spam: and bye");
        assert_eq!(shortened(&"word ".repeat(100)).chars().count(), KEPT + 1);
    }
}
