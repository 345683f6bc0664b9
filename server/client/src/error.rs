//! Why a call failed.

use http::{StatusCode, Uri};
use serde::Deserialize;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server understood and said no.
    #[error("{}", .0.message)]
    Refused(Refusal),
    /// No answer came.
    #[error("{address} cannot be reached: {reason}.")]
    Unreachable {
        address: String,
        reason: String,
        /// Whether the request cannot have arrived.
        unsent: bool,
    },
    /// Somebody answers whose certificate is not good for this host.
    #[error("{address} is not trusted: {reason}.")]
    Untrusted { address: String, reason: String },
    /// An answer came that this client cannot read, so it is probably not of Tidings.
    #[error("{address} did not answer as Tidings does: {reason}.")]
    Strange { address: String, reason: String },
    /// The server is somewhere else. The key was not sent there.
    #[error("{from} sends callers on to {to}.")]
    Elsewhere { from: String, to: String },
    #[error("No certificates of this system can be read, so that {address} cannot be checked: {reason}.")]
    NoRoots { address: String, reason: String },
    /// The sign-in could not be renewed for a reason of this machine.
    #[error("{0}")]
    NotRenewed(String),
    #[error("The proxy {address} cannot be used: {reason}.")]
    Proxy { address: String, reason: &'static str },
}

/// What the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    /// A sentence for people.
    pub message: String,
    /// A stable name for programs, such as `missing_scope`.
    pub code: Option<String>,
    /// One for each wrong field.
    pub details: Vec<Detail>,
    /// Seconds after which the server would like to be asked again.
    pub retry_after: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Detail {
    /// The member, with dots between levels: `tags.2`.
    #[serde(default)]
    pub path: String,
    #[serde(default)]
    pub message: String,
}

/// The body of an error, as far as the client reads it.
#[derive(Deserialize)]
struct Body {
    error: String,
    code: Option<String>,
    #[serde(default)]
    details: Vec<Detail>,
}

impl Refusal {
    /// A proxy in between answers with a page, and an entry that has changed comes without a sentence; then the status
    /// speaks.
    pub(crate) fn read(status: StatusCode, retry_after: Option<u64>, body: &[u8]) -> Self {
        match serde_json::from_slice::<Body>(body) {
            Ok(Body { error: message, code, details }) => Self { status, message, code, details, retry_after },
            Err(_) => {
                let message = match status {
                    StatusCode::PRECONDITION_FAILED => "Somebody else has changed it meanwhile.".to_owned(),
                    status => format!("The server answered {status}."),
                };
                Self { status, message, code: None, details: Vec::new(), retry_after }
            }
        }
    }
}

/// The origin of an address, for messages.
pub(crate) fn origin(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or("https");
    format!("{scheme}://{}", uri.authority().map_or("", |authority| authority.as_str()))
}

/// Whether TLS refused the certificate of the other side.
pub(crate) fn is_untrusted(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        // What an I/O error carries is not its source but part of itself, and may be another one.
        let mut carried = error;
        while let Some(inner) = carried.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            carried = inner;
        }
        if matches!(carried.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The innermost cause, which is what a person can act on: "Connection refused" instead of "client error (Connect)".
pub(crate) fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    let text = cause.to_string();
    // The number of the operating system tells a person nothing.
    let text = text.split_once(" (os error").map_or(text.as_str(), |(text, _)| text);
    text.trim_end_matches('.').to_owned()
}
