//! The one error. Its text is for people; its `code` is for programs and never changes.

use serde::{Deserialize, Serialize};

use crate::access::{Permission, Scope};
use crate::entries::Entry;
use crate::ids::EntryId;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong with one field. `field` is the name the sender used; nested fields are dotted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

impl FieldError {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Error {
    #[error("Sign in to continue.")]
    SignedOut,
    /// One text for every cause, so that it does not tell whether an account exists.
    #[error("The e-mail address or the password is wrong.")]
    WrongCredentials,
    /// A second step of a sign-in that is over: it was completed, took too long, or was tried too often.
    #[error("This sign-in has ended: it took too long or was tried too often. Begin again.")]
    SignInExpired,
    /// A second step that was missing or wrong.
    #[error("That was not right. {}", attempts_left(*left))]
    WrongFactor { left: u32 },
    /// The person has to prove again who they are, because what they want protects the account.
    #[error("Confirm first that it is you.")]
    NotConfirmed,
    /// The instance wants a second factor of everybody, and the person has none yet.
    #[error("This instance needs a second factor of everybody. Set one up to go on.")]
    SecondFactorNeeded,
    /// The last passkey while sign-ins need one.
    #[error("This is your last passkey, and signing in needs one. Switch the second step off first, or add another.")]
    LastPasskey,
    /// The current password, asked for again before something is changed.
    #[error("The current password is wrong.")]
    WrongPassword,
    /// The password is right, and known from breaches of other sites.
    #[error(
        "This password is known from breaches of other sites, where it was found {count} times. Whoever tries those gets in."
    )]
    PasswordBreached { count: u64 },
    /// An administrator has switched off what was asked for.
    #[error("{message}")]
    FeatureOff { message: String },
    #[error("Your role does not allow this: {}.", needs.phrase())]
    Forbidden { needs: Permission },
    #[error("This API key lacks the scope {scope}.")]
    MissingScope { scope: Scope },
    #[error("This API key belongs to another project.")]
    OtherProject,
    /// API keys may not use this operation, whatever their scopes.
    #[error("API keys cannot be used here. Sign in instead.")]
    NoKeys,
    /// Only a browser that is signed in may use this operation.
    #[error("This takes a browser that is signed in. Tokens cannot be used here.")]
    NeedsBrowser,
    /// A request that a foreign page may have caused.
    #[error("The request came from another site and was refused.")]
    CrossSite,
    #[error("This project needs approval before an entry is published. An administrator can publish it.")]
    NeedsApproval,
    /// The dashboard is open to some addresses only, and this is none of them.
    #[error("{}", not_from_here(address.as_deref()))]
    AddressNotAllowed { address: Option<String> },
    /// The record does not exist, or the caller may not know that it does.
    #[error("There is nothing here. It may have been deleted, or the address is wrong.")]
    NotFound,
    /// A list should begin or end with a version that the project does not have.
    #[error("This project has no version {version}.")]
    UnknownVersion { version: String },
    #[error("Please correct the marked fields.")]
    Invalid { fields: Vec<FieldError> },
    /// The message of a bad request that belongs to no field, such as malformed JSON.
    #[error("{message}")]
    BadRequest { message: String },
    /// Somebody asked for the same, and nobody has decided yet.
    #[error("An administrator has been asked to {what} already.")]
    RequestPending { what: String },
    #[error("Version {version} is already used by the entry “{title}”.")]
    VersionTaken { version: String, entry: EntryId, title: String },
    /// Somebody else saved since the caller read. Carries the stored state, so that nothing is lost.
    #[error("Somebody else changed this entry since you opened it. Nothing was overwritten.")]
    EditedElsewhere { current: Box<Entry> },
    /// The record is no longer what the caller made the change depend on (`If-Match`), or it exists where it must not
    /// (`If-None-Match: *`). Nothing was changed.
    #[error("This is no longer as you read it. Nothing was changed.")]
    Outdated,
    #[error("{message}")]
    Conflict { message: String },
    #[error("That is too large: at most {limit_bytes} bytes are accepted.")]
    TooLarge { limit_bytes: u64 },
    #[error("Send the body as application/json.")]
    UnsupportedMediaType,
    #[error("That method is not available at this address.")]
    MethodNotAllowed,
    #[error("Too many attempts. Try again in {seconds} seconds.")]
    SlowDown { seconds: u64 },
    /// The database is busy, full or unreachable. Nothing was changed; the same request may succeed later.
    #[error(
        "The database cannot be reached or written right now. Nothing was changed; try again. Reference {reference}."
    )]
    Unavailable { reference: String },
    #[error("Something went wrong on our side. Nothing was changed. Reference {reference}.")]
    Internal { reference: String },
    /// The browser got no usable answer. Never made by the server.
    #[error("The server did not answer. Check the connection; what you typed is still here.")]
    Network,
}

impl Error {
    /// One wrong field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { fields: vec![FieldError::new(field, message)] }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::BadRequest { message: message.into() }
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict { message: message.into() }
    }

    pub fn feature_off(message: impl Into<String>) -> Self {
        Self::FeatureOff { message: message.into() }
    }

    /// The HTTP status of this error, the same on every surface.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut
            | Self::WrongCredentials
            | Self::WrongPassword
            | Self::SignInExpired
            | Self::WrongFactor { .. } => 401,
            Self::NotConfirmed
            | Self::SecondFactorNeeded
            | Self::Forbidden { .. }
            | Self::MissingScope { .. }
            | Self::OtherProject
            | Self::NoKeys
            | Self::NeedsBrowser
            | Self::CrossSite
            | Self::FeatureOff { .. }
            | Self::NeedsApproval
            | Self::AddressNotAllowed { .. } => 403,
            Self::NotFound | Self::UnknownVersion { .. } => 404,
            Self::MethodNotAllowed => 405,
            Self::Invalid { .. } | Self::BadRequest { .. } | Self::RequestPending { .. } => 400,
            Self::VersionTaken { .. } | Self::EditedElsewhere { .. } | Self::LastPasskey | Self::Conflict { .. } => 409,
            Self::Outdated => 412,
            Self::TooLarge { .. } => 413,
            Self::UnsupportedMediaType => 415,
            Self::PasswordBreached { .. } => 422,
            Self::SlowDown { .. } => 429,
            Self::Unavailable { .. } | Self::Network => 503,
            Self::Internal { .. } => 500,
        }
    }

    /// The stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::WrongCredentials => "wrong_credentials",
            Self::SignInExpired => "sign_in_expired",
            Self::WrongFactor { .. } => "wrong_factor",
            Self::NotConfirmed => "not_confirmed",
            Self::SecondFactorNeeded => "second_factor_needed",
            Self::LastPasskey => "last_passkey",
            Self::WrongPassword => "wrong_password",
            Self::PasswordBreached { .. } => "password_breached",
            Self::FeatureOff { .. } => "feature_off",
            Self::Forbidden { .. } => "forbidden",
            Self::MissingScope { .. } => "missing_scope",
            Self::OtherProject => "other_project",
            Self::NoKeys => "no_keys",
            Self::NeedsBrowser => "needs_browser",
            Self::CrossSite => "cross_site",
            Self::NeedsApproval => "needs_approval",
            Self::AddressNotAllowed { .. } => "address_not_allowed",
            Self::NotFound => "not_found",
            Self::UnknownVersion { .. } => "UNKNOWN_VERSION",
            Self::Invalid { .. } => "invalid",
            Self::BadRequest { .. } => "bad_request",
            Self::RequestPending { .. } => "request_pending",
            Self::VersionTaken { .. } => "version_taken",
            Self::EditedElsewhere { .. } => "edited_elsewhere",
            Self::Outdated => "outdated",
            Self::Conflict { .. } => "conflict",
            Self::TooLarge { .. } => "too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::SlowDown { .. } => "slow_down",
            Self::Unavailable { .. } => "unavailable",
            Self::Internal { .. } => "internal",
            Self::Network => "network",
        }
    }

    /// The message for one field, if this error is about it.
    pub fn for_field(&self, name: &str) -> Option<String> {
        match self {
            Self::Invalid { fields } => fields.iter().find(|f| f.field == name).map(|f| f.message.clone()),
            Self::VersionTaken { .. } if name == "version" => Some(self.to_string()),
            Self::WrongPassword if name == "current" => Some(self.to_string()),
            _ => None,
        }
    }
}

fn not_from_here(address: Option<&str>) -> String {
    let yours = address.map_or_else(|| "Your address".to_owned(), |address| format!("Your address, {address},"));
    format!("{yours} is not on the list of those that may use the dashboard and its API. Ask an administrator.")
}

fn attempts_left(left: u32) -> String {
    match left {
        0 => "Begin the sign-in again.".to_owned(),
        1 => "One attempt is left.".to_owned(),
        left => format!("{left} attempts are left."),
    }
}

#[cfg(feature = "rpc")]
impl server_fn::error::FromServerFnError for Error {
    type Encoder = server_fn::codec::JsonEncoding;

    fn from_server_fn_error(error: server_fn::error::ServerFnErrorErr) -> Self {
        use server_fn::error::ServerFnErrorErr as Rpc;
        match error {
            Rpc::Args(message) | Rpc::MissingArg(message) => Self::BadRequest { message },
            // Everything else is a connection that broke or an answer of something that is not our server.
            _ => Self::Network,
        }
    }
}
