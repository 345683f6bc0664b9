//! The texts of letters. Each is written once, as blocks that [`super::message`] turns into plain text and HTML; name
//! and address of the instance are filled in when a letter is queued.

use chrono::Duration;
use model::Role;
use model::mail::LetterKind;
use model::time::{Timestamp, long_date};

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Text(String),
    /// Where to go, with the words that stand on the link.
    Link {
        label: String,
        href: String,
    },
    /// A page of this instance: `/login`.
    Page {
        label: String,
        path: String,
    },
}

/// A letter that nobody has queued yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub kind: LetterKind,
    /// The e-mail address of one person.
    pub to: String,
    /// Without the name of the instance, which is added.
    pub subject: String,
    pub body: Vec<Block>,
    /// How long it is of use to whoever gets it; `None` for always.
    pub useful_for: Option<Duration>,
}

impl Letter {
    fn new(kind: LetterKind, to: &str, subject: impl Into<String>) -> Self {
        Self { kind, to: to.to_owned(), subject: subject.into(), body: Vec::new(), useful_for: None }
    }

    /// Adds a paragraph.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.body.push(Block::Text(text.into()));
        self
    }

    /// Adds a link to anywhere.
    pub fn link(mut self, label: &str, href: &str) -> Self {
        self.body.push(Block::Link { label: label.to_owned(), href: href.to_owned() });
        self
    }

    /// Adds a link to a page of this instance.
    pub fn page(mut self, label: &str, path: &str) -> Self {
        self.body.push(Block::Page { label: label.to_owned(), path: path.to_owned() });
        self
    }
}

/// The link to set a new password. It works for 60 minutes.
pub fn reset(to: &str, link: &str) -> Letter {
    let letter = Letter::new(LetterKind::Reset, to, "Set a new password")
        .text(format!("Somebody, probably you, asked to set a new password for the account {to}."))
        .link("Set a new password", link)
        .text("The link works once, and for 60 minutes.")
        .text("If it was not you, you need not do anything: your password has not changed.");
    Letter { useful_for: Some(Duration::minutes(60)), ..letter }
}

/// The answer to whoever asked for a new password and has none. `providers` are names of single sign-on providers.
pub fn sign_in_by_sso(to: &str, providers: &[String]) -> Letter {
    let how = match providers {
        [] => "Your account has no password.".to_owned(),
        names => format!("Your account has no password: you sign in with {}.", one_of(names)),
    };
    Letter::new(LetterKind::SignInBySso, to, "How you sign in")
        .text(format!("Somebody, probably you, asked to set a new password for the account {to}."))
        .text(how)
        .page("Sign in", "/login")
        .text("If you cannot, ask an administrator.")
        .text("If it was not you, you need not do anything: nothing has changed.")
}

/// Tells somebody that their password is another one now.
pub fn password_changed(to: &str) -> Letter {
    Letter::new(LetterKind::PasswordChanged, to, "Your password was changed")
        .text(format!(
            "The password of the account {to} was changed just now. Other sign-ins of the account have ended."
        ))
        .text("If it was not you, set a new password at once and tell an administrator.")
        .page("Sign in", "/login")
}

/// The link to open an account. `inviter` is the name of who invites, where it is known.
pub fn invitation(to: &str, link: &str, inviter: Option<&str>, role: Role, expires: Timestamp) -> Letter {
    let first = match inviter {
        Some(name) => format!("{name} invites you to an account with the role {}.", role.label()),
        None => format!("You are invited to an account with the role {}.", role.label()),
    };
    Letter::new(LetterKind::Invitation, to, "Your invitation")
        .text(first)
        .link("Open your account", link)
        .text(format!(
            "The link works once, until {}, {} UTC. Whoever has it can open the account, so keep it to yourself.",
            long_date(expires),
            expires.format("%H:%M")
        ))
        .text("If you did not expect this, you need not do anything.")
}

/// Tries the mail server out. `by` is the name of the administrator who does.
pub fn test(to: &str, by: &str) -> Letter {
    Letter::new(LetterKind::Test, to, "Letters work")
        .text(format!("{by} tried out whether letters reach you. This one did, so nothing is left to do."))
}

/// Tells of something that happened. Not sent while the notifications of the instance are off; whether the person wants
/// them is for the caller to ask.
pub fn notice(to: &str, subject: impl Into<String>) -> Letter {
    Letter::new(LetterKind::Notice, to, subject)
}

/// Tells somebody that an entry they scheduled is public. `at` is when it became so, in words.
pub fn went_live(to: &str, title: &str, version: Option<&str>, project: &str, at: &str) -> Letter {
    let version = version.map(|version| format!(" ({version})")).unwrap_or_default();
    notice(to, format!("Published: {title}"))
        .text(format!("“{title}”{version} of {project}, which you had scheduled, is published since {at}."))
}

/// Tells an administrator that somebody asks for something. `what` is "publish “Dark mode”".
pub fn asked(to: &str, by: &str, what: &str, project: &str) -> Letter {
    notice(to, "Something waits for you").text(format!("{by} asks you to {what} in {project}."))
}

/// Tells somebody that an administrator wants changes before agreeing. `what` is as for [`decided`].
pub fn changes_requested(to: &str, what: &str, title: &str, by: &str) -> Letter {
    notice(to, format!("Changes requested: {title}"))
        .text(format!("{by} wants changes before agreeing {what} “{title}”, as you had asked for."))
}

/// Tells somebody what an administrator decided about what they had asked for. `what` is "to publish" or "to delete".
pub fn decided(to: &str, what: &str, title: &str, by: &str, is_approved: bool) -> Letter {
    let (subject, verb) = if is_approved { ("Approved", "agreed") } else { ("Not approved", "did not agree") };
    notice(to, format!("{subject}: {title}")).text(format!("{by} {verb} {what} “{title}”, as you had asked for."))
}

/// `A`, `A or B`, `A, B or C`.
fn one_of(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_listed_as_people_would() {
        let of = |names: &[&str]| one_of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["GitHub"]), "GitHub");
        assert_eq!(of(&["GitHub", "Keycloak", "Google"]), "GitHub, Keycloak or Google");
    }

    #[test]
    fn a_link_to_a_new_password_is_of_use_for_an_hour() {
        let letter = reset("ada@example.com", "https://example.com/reset-password/abc");
        assert_eq!(letter.useful_for, Some(Duration::minutes(60)));
        assert!(letter.body.iter().any(|block| matches!(block, Block::Link { href, .. } if href.ends_with("/abc"))));
    }
}
