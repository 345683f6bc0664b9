//! Letters that the instance sends by itself, and the server it hands them to.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::LetterId;
use crate::instance::{SystemMail, TlsMode};
use crate::time::Timestamp;

/// The longest name of a host (RFC 1035, 2.3.4).
const MAX_HOST: usize = 253;
const MAX_USER: usize = 255;
const MAX_PASSWORD: usize = 1024;

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// The link to set a new password.
    Reset,
    /// Asked for a new password, has none: how to sign in instead.
    SignInBySso,
    PasswordChanged,
    Invitation,
    /// An administrator tries the mail server out.
    Test,
    /// Something happened that somebody wants to know of. Switched off with the notifications of the instance.
    Notice,
}

impl LetterKind {
    pub const ALL: [LetterKind; 6] = [
        LetterKind::Reset,
        LetterKind::SignInBySso,
        LetterKind::PasswordChanged,
        LetterKind::Invitation,
        LetterKind::Test,
        LetterKind::Notice,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            LetterKind::Reset => "reset",
            LetterKind::SignInBySso => "sign_in_by_sso",
            LetterKind::PasswordChanged => "password_changed",
            LetterKind::Invitation => "invitation",
            LetterKind::Test => "test",
            LetterKind::Notice => "notice",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// For people: "Invitation".
    pub fn label(self) -> &'static str {
        match self {
            LetterKind::Reset => "New password",
            LetterKind::SignInBySso => "Sign-in without password",
            LetterKind::PasswordChanged => "Password changed",
            LetterKind::Invitation => "Invitation",
            LetterKind::Test => "Test",
            LetterKind::Notice => "Notice",
        }
    }
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// Waits for its turn, or for the next attempt.
    Queued,
    /// The mail server has taken it.
    Sent,
    /// Given up.
    Failed,
    /// There was no mail server when it was written.
    NotSent,
}

impl LetterState {
    pub const ALL: [LetterState; 4] =
        [LetterState::Queued, LetterState::Sent, LetterState::Failed, LetterState::NotSent];

    pub fn as_str(self) -> &'static str {
        match self {
            LetterState::Queued => "queued",
            LetterState::Sent => "sent",
            LetterState::Failed => "failed",
            LetterState::NotSent => "not_sent",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// For people: "Waiting".
    pub fn label(self) -> &'static str {
        match self {
            LetterState::Queued => "Waiting",
            LetterState::Sent => "Sent",
            LetterState::Failed => "Failed",
            LetterState::NotSent => "Not sent",
        }
    }
}

/// A letter as administrators see it: never its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterLine {
    pub id: LetterId,
    pub kind: LetterKind,
    pub to: String,
    pub subject: String,
    pub state: LetterState,
    pub attempts: i64,
    /// When it is tried next, for one that waits.
    pub next_attempt_at: Option<Timestamp>,
    /// What the last attempt ended with.
    pub error: Option<String>,
    pub created_at: Timestamp,
    /// When it was sent or given up.
    pub ended_at: Option<Timestamp>,
}

/// How many letters there are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterCounts {
    pub queued: i64,
    pub sent: i64,
    pub failed: i64,
    pub not_sent: i64,
}

impl LetterCounts {
    pub fn of(self, state: LetterState) -> i64 {
        match state {
            LetterState::Queued => self.queued,
            LetterState::Sent => self.sent,
            LetterState::Failed => self.failed,
            LetterState::NotSent => self.not_sent,
        }
    }

    pub fn total(self) -> i64 {
        self.queued + self.sent + self.failed + self.not_sent
    }
}

/// Nothing is sent for a while, because the mail server refused to let us in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPause {
    pub reason: String,
    pub until: Timestamp,
}

/// The mail server, and how letters fare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailOverview {
    pub server: SystemMail,
    pub pause: Option<MailPause>,
    pub counts: LetterCounts,
    pub enable_password_reset: bool,
}

/// The mail server as a form sends it, without its password.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailServerForm {
    pub host: String,
    pub port: i64,
    pub tls: TlsMode,
    pub allow_invalid_cert: bool,
    pub user: String,
    pub sender: String,
}

impl MailServerForm {
    /// The server, if everything in the form is usable. Fields are named as in the REST interface.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn check(&self) -> Result<SystemMail> {
        let mut form = Checker::new();
        let host = form.take("smtpHost", host(&self.host));
        let port = form.take("smtpPort", port(self.port));
        let user = form.take("smtpUser", check::optional_line(Some(&self.user), "The user name", MAX_USER));
        let sender = form.take("systemEmail", check::email(&self.sender));
        form.finish()?;
        Ok(SystemMail {
            host,
            port,
            user: user.unwrap_or_default(),
            has_password: false,
            tls: self.tls,
            allow_invalid_cert: self.allow_invalid_cert,
            sender,
        })
    }
}

/// The password of a mail server.
pub fn password(text: &str) -> std::result::Result<String, String> {
    if text.len() > MAX_PASSWORD {
        return Err(format!("The password may have at most {MAX_PASSWORD} bytes."));
    }
    if text.chars().any(|c| matches!(c, '\0' | '\r' | '\n')) {
        return Err("The password must be a single line.".to_owned());
    }
    Ok(text.to_owned())
}

fn port(number: i64) -> std::result::Result<u16, String> {
    u16::try_from(number)
        .ok()
        .filter(|port| *port > 0)
        .ok_or_else(|| "A port is a number from 1 to 65535; 587 and 465 are usual.".to_owned())
}

fn host(text: &str) -> std::result::Result<String, String> {
    const HINT: &str = "Enter the name of the mail server, such as smtp.example.com.";
    let host = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&host);
    if let Ok(address) = bare.parse::<IpAddr>() {
        if is_forbidden(address) {
            return Err(format!("{address} is not an address of a mail server."));
        }
        return Ok(address.to_string());
    }
    if host.contains("://") {
        return Err("Enter only the name of the mail server, without protocol and path.".to_owned());
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    if host.is_empty() || host.len() > MAX_HOST || !host.split('.').all(label) {
        return Err(HINT.to_owned());
    }
    Ok(host)
}

/// Whether no mail server can be at an address, but something else may be that must not be reached: the addresses by
/// which clouds tell their machines secrets, and those that are no single machine. Administrators may have their mail
/// server on their own network or on the same machine, so those are allowed.
pub fn is_forbidden(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            address.is_unspecified()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_broadcast()
                || address.octets() == [100, 100, 100, 200]
        }
        IpAddr::V6(address) => {
            address.is_unspecified()
                || address.is_unicast_link_local()
                || address.is_multicast()
                || address.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> MailServerForm {
        MailServerForm {
            host: " SMTP.Example.com. ".to_owned(),
            port: 587,
            user: "tidings".to_owned(),
            sender: "Changelog@Example.com".to_owned(),
            ..MailServerForm::default()
        }
    }

    #[test]
    fn a_server_is_kept_in_one_form() {
        let server = form().check().unwrap();
        assert_eq!((server.host.as_str(), server.port), ("smtp.example.com", 587));
        assert_eq!((server.sender.as_str(), server.user.as_str()), ("changelog@example.com", "tidings"));
        assert_eq!(MailServerForm { user: " ".to_owned(), ..form() }.check().unwrap().user, "");
        for (host, kept) in [("[::1]", "::1"), ("10.0.0.7", "10.0.0.7"), ("mail", "mail"), ("127.0.0.1", "127.0.0.1")] {
            assert_eq!(MailServerForm { host: host.to_owned(), ..form() }.check().unwrap().host, kept);
        }
    }

    #[test]
    fn what_cannot_be_a_mail_server_is_refused_at_its_field() {
        let wrong = |form: MailServerForm, field: &str| {
            let error = form.check().unwrap_err();
            assert!(error.for_field(field).is_some(), "{field}: {error:?}");
        };
        for host in ["", "smtp://mail.example.com", "mail example", "-a.example", "169.254.169.254", "fd00:ec2::254"] {
            wrong(MailServerForm { host: host.to_owned(), ..form() }, "smtpHost");
        }
        for host in ["::ffff:169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", &"a".repeat(300)] {
            wrong(MailServerForm { host: host.to_owned(), ..form() }, "smtpHost");
        }
        for port in [0, -1, 65_536] {
            wrong(MailServerForm { port, ..form() }, "smtpPort");
        }
        wrong(MailServerForm { sender: "nobody".to_owned(), ..form() }, "systemEmail");
        wrong(MailServerForm { user: "a\nb".to_owned(), ..form() }, "smtpUser");
        assert!(password("line\nline").is_err());
    }

    #[test]
    fn secure_means_what_the_port_says() {
        assert_eq!(TlsMode::from_secure(true, 465), TlsMode::Implicit);
        assert_eq!(TlsMode::from_secure(true, 587), TlsMode::StartTls);
        assert_eq!(TlsMode::from_secure(false, 465), TlsMode::None);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        assert!(LetterKind::ALL.iter().all(|kind| LetterKind::parse(kind.as_str()) == Some(*kind)));
        assert!(LetterState::ALL.iter().all(|state| LetterState::parse(state.as_str()) == Some(*state)));
        assert!(TlsMode::ALL.iter().all(|mode| TlsMode::parse(mode.as_str()) == Some(*mode)));
    }
}
