/// Why an answer is not believed. For the audit log and for administrators who test a provider; who signs in is told no
/// more than that it failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the answer is longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("the answer is no Base64 of UTF-8 text")]
    Encoding,
    #[error("the answer contains {0}, which answers never need")]
    Shape(&'static str),
    #[error("the answer is no well-formed XML")]
    Malformed,
    #[error("{0}")]
    Structure(&'static str),
    #[error("the provider reports that the sign-in failed: {0}")]
    Status(String),
    #[error("the assertion is encrypted: switch encryption of assertions off at the provider")]
    Encrypted,
    #[error("neither the answer nor the assertion is signed")]
    Unsigned,
    #[error("the signature uses {0}, which is not accepted")]
    Algorithm(String),
    #[error("the signature does not fit any certificate of the provider")]
    Signature,
    #[error("what was signed is not what was sent")]
    Digest,
    #[error("the answer comes from {0}, not from this provider")]
    Issuer(String),
    #[error("the answer was meant for the address {0}")]
    Destination(String),
    #[error("the answer was meant for another audience")]
    Audience,
    #[error("the answer does not belong to the request that was sent")]
    Request,
    #[error("the answer is not valid yet; compare the clocks of both servers")]
    TooEarly,
    #[error("the answer is no longer valid; compare the clocks of both servers")]
    TooLate,
}

impl Refusal {
    /// A short name for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::TooLong { .. } => "TOO_LONG",
            Refusal::Encoding => "ENCODING",
            Refusal::Shape(_) => "SHAPE",
            Refusal::Malformed => "MALFORMED",
            Refusal::Structure(_) => "STRUCTURE",
            Refusal::Status(_) => "STATUS",
            Refusal::Encrypted => "ENCRYPTED",
            Refusal::Unsigned => "UNSIGNED",
            Refusal::Algorithm(_) => "ALGORITHM",
            Refusal::Signature => "SIGNATURE",
            Refusal::Digest => "DIGEST",
            Refusal::Issuer(_) => "ISSUER",
            Refusal::Destination(_) => "DESTINATION",
            Refusal::Audience => "AUDIENCE",
            Refusal::Request => "REQUEST",
            Refusal::TooEarly => "TOO_EARLY",
            Refusal::TooLate => "TOO_LATE",
        }
    }
}

/// What strangers wrote, short enough for a log.
pub(crate) fn quoted(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
