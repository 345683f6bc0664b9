//! What the server or the network said, as a sentence with advice and an exit code.

use client::{Error, Refusal};
use http::StatusCode;

use super::super::failure::exit;
use super::Failure;
use super::screen::clean_text;

/// The flag that each member of a request was given with.
const FLAGS: &[(&str, &str)] = &[
    ("title", "--title"),
    ("version", "--version"),
    ("tags", "--tag"),
    ("content", "the text"),
    ("externalId", "--external-id"),
    ("publishedAt", "--date"),
    ("scheduledAt", "--at"),
    ("query", "the words"),
    ("limit", "--limit"),
    ("page", "--page"),
    ("search", "--search"),
    ("status", "--status"),
    ("tag", "--tag"),
];

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let text = clean_text(&error.to_string());
        match error {
            Error::Refused(refusal) => refused(&refusal),
            Error::Elsewhere { to, .. } => Self::coded(exit::UNREACHABLE, text).and(&format!(
                "Your key was not sent there. If that is your instance, sign in to it: tidings login --host {}",
                clean_text(&to)
            )),
            Error::Untrusted { .. } => Self::coded(exit::UNREACHABLE, text).and(
                "If its certificate is of an authority of your own, add that authority to the certificates of this \
                 system, or name its file in SSL_CERT_FILE.",
            ),
            Error::NotRenewed(_) => Self::new(text),
            _ => Self::coded(exit::UNREACHABLE, text),
        }
    }
}

fn refused(refusal: &Refusal) -> Failure {
    let message = if refusal.details.is_empty() {
        refusal.message.clone()
    } else {
        let lines = refusal.details.iter().map(|detail| match flag(&detail.path) {
            "" => detail.message.clone(),
            flag => format!("{flag}: {}", detail.message),
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    let failure = Failure::coded(code(refusal), clean_text(&message));
    match (refusal.status, refusal.code.as_deref()) {
        (StatusCode::UNAUTHORIZED, _) => failure.and(
            "Your API key or sign-in was not accepted: it is wrong, has ended, or was revoked. \
             Sign in again: tidings login --host URL",
        ),
        (_, Some("missing_scope")) => failure.and("Make a key that has it, and sign in with that."),
        (StatusCode::TOO_MANY_REQUESTS, _) => {
            let wait = refusal.retry_after.map_or("later".to_owned(), |seconds| format!("in {seconds} seconds"));
            failure.and(&format!("Run the command again {wait}."))
        }
        _ => failure,
    }
}

/// The first level decides: `tags.2` was a `--tag`.
fn flag(path: &str) -> &str {
    let first = path.split('.').next().unwrap_or_default();
    FLAGS.iter().find(|(member, _)| *member == first).map_or(path, |(_, flag)| flag)
}

fn code(refusal: &Refusal) -> u8 {
    match refusal.status {
        StatusCode::UNAUTHORIZED => exit::NOT_SIGNED_IN,
        StatusCode::NOT_FOUND => exit::NOT_FOUND,
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => exit::CONFLICT,
        _ if refusal.code.as_deref() == Some("needs_approval") => exit::NEEDS_APPROVAL,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => exit::UNREACHABLE,
        _ => exit::FAILED,
    }
}
