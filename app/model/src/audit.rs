//! The audit log: who did what, to whom, how it ended, and whether the log is whole.

use serde::{Deserialize, Serialize};

use crate::ids::{ApiKeyId, AuditId, ProjectId, UserId};
use crate::time::Timestamp;

/// The largest details that are kept with a record, in bytes.
pub const MAX_DETAILS: usize = 8 * 1024;
/// The longest text that is searched for, in characters.
pub const MAX_SEARCH: usize = 200;

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Success,
    /// Somebody was not let.
    Denied,
    /// It was allowed and did not work.
    Error,
}

impl Outcome {
    pub const ALL: [Outcome; 3] = [Outcome::Success, Outcome::Denied, Outcome::Error];
    /// The names, for explanations.
    pub const NAMES: &'static str = "success, denied, error";

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Success => "success",
            Outcome::Denied => "denied",
            Outcome::Error => "error",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Outcome::Success => "Done",
            Outcome::Denied => "Denied",
            Outcome::Error => "Failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text.trim())
    }

    /// What the name of an action says about its outcome.
    pub fn of_action(action: &str) -> Self {
        const DENIED: [&str; 9] = [
            "CHANGELOG_ENTRY_PROJECT_MISMATCH",
            "CHANGELOG_ENTRY_DUPLICATE_REQUEST",
            "CHANGELOG_VERSION_CONFLICT",
            "LOGIN_FAILURE",
            "LOGIN_PASSKEY_FAILURE",
            "LOGIN_SSO_FAILURE",
            "RATE_LIMITED",
            "REFRESH_TOKEN_REUSE",
            "SECOND_FACTOR_FAILURE",
        ];
        let ends = |endings: &[&str]| endings.iter().any(|ending| action.ends_with(ending));
        if DENIED.contains(&action) || ends(&["_ATTEMPT", "_DENIED", "_BLOCKED", "PASSWORD_BREACH_DETECTED"]) {
            Outcome::Denied
        } else if ends(&["_ERROR", "_FAILED", "_FAILURE"]) {
            Outcome::Error
        } else {
            Outcome::Success
        }
    }
}

/// What kind of thing an action is about, as its name says.
pub fn entity_type(action: &str) -> Option<&'static str> {
    const PARTS: [(&str, &str); 26] = [
        ("MEDIA", "media"),
        ("PASSWORD", "user"),
        ("API_KEY", "api_key"),
        ("IMPORT", "import"),
        ("WIDGET", "widget"),
        ("ENTRY_TEMPLATE", "entry_template"),
        ("QUICK_NOTE", "quick_note"),
        ("WEBHOOK", "webhook"),
        ("SUBSCRIBER", "subscriber"),
        ("INVITATION", "invitation"),
        ("OAUTH", "oauth_provider"),
        ("SAML", "saml_provider"),
        ("SSO", "sso_connection"),
        ("PASSKEY", "passkey"),
        ("DOMAIN", "domain"),
        ("CERTIFICATE", "certificate"),
        ("SESSION", "session"),
        ("SCHEDULED_JOB", "job"),
        ("EMAIL", "email"),
        ("REQUEST", "entry"),
        ("CHANGELOG", "entry"),
        ("TAG", "tag"),
        ("PROJECT", "project"),
        ("USER", "user"),
        ("ROLE", "user"),
        ("SETUP", "user"),
    ];
    // RATE_LIMITED and its like are about nothing.
    PARTS.into_iter().find(|(part, _)| action.contains(part)).map(|(_, kind)| kind)
}

/// Somebody whom a record names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    pub id: UserId,
    /// As it is now, or as it was when the person was deleted.
    pub name: Option<String>,
    pub email: Option<String>,
    pub is_deleted: bool,
}

impl Person {
    /// The name, the address where there is none, the id where nothing else was kept.
    pub fn label(&self) -> &str {
        self.name.as_deref().or(self.email.as_deref()).unwrap_or_else(|| self.id.as_str())
    }
}

/// A record of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    pub id: AuditId,
    /// An upper-case name such as `CREATE_PROJECT`.
    pub action: String,
    pub outcome: Outcome,
    /// Who did it; nobody is known of a sign-in that failed.
    pub performer: Option<Person>,
    /// Whom it concerned.
    pub target: Option<Person>,
    pub project_id: Option<ProjectId>,
    /// The name of the project, while there is one.
    pub project_name: Option<String>,
    pub entity_type: Option<String>,
    pub entity_id: Option<String>,
    pub api_key_id: Option<ApiKeyId>,
    /// The name of the key it was done with, while there is one.
    pub api_key_name: Option<String>,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    /// What the answer to the request said in `X-Request-Id`.
    pub request_id: Option<String>,
    pub details: serde_json::Value,
    pub created_at: Timestamp,
    /// The place in the chain; `None` for a moment after it was written.
    pub number: Option<i64>,
}

/// Which records are meant. What is absent or empty leaves everything in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    pub action: Option<String>,
    pub outcome: Option<Outcome>,
    pub actor: Option<UserId>,
    pub target: Option<UserId>,
    pub project: Option<ProjectId>,
    /// At this moment or later.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// A part of an action's name, or of the name or address of an actor or a target. Ignores case.
    pub search: Option<String>,
}

/// The forms of an exported log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Csv,
    /// A JSON object in each line.
    Jsonl,
}

impl LogFormat {
    pub const ALL: [LogFormat; 2] = [LogFormat::Csv, LogFormat::Jsonl];
    /// The names, for explanations.
    pub const NAMES: &'static str = "csv, jsonl";

    /// The name in queries, and the ending of the file.
    pub fn as_str(self) -> &'static str {
        match self {
            LogFormat::Csv => "csv",
            LogFormat::Jsonl => "jsonl",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            LogFormat::Csv => "text/csv; charset=utf-8",
            LogFormat::Jsonl => "application/jsonl; charset=utf-8",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text.trim())
    }
}

/// An action, and how many records tell of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct ActionCount {
    pub action: String,
    pub count: i64,
}

/// The end of the chain. Whoever notes it down elsewhere can tell later that no record up to it was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainHead {
    pub number: i64,
    pub link: String,
}

impl std::fmt::Display for ChainHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.number, self.link)
    }
}

impl std::str::FromStr for ChainHead {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a noted end of the chain is NUMBER:LINK, as `tidings audit verify` prints it";
        let (number, link) = text.trim().split_once(':').ok_or(WRONG)?;
        let number = number.parse().ok().filter(|number| *number >= 0).ok_or(WRONG)?;
        let is_link = link.len() == 64 && link.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_link || (number == 0 && link.is_empty()) {
            Ok(Self { number, link: link.to_ascii_lowercase() })
        } else {
            Err(WRONG)
        }
    }
}

/// What is wrong at one place of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// The content of a record is not what was written.
    Changed,
    /// A record was written by something else than Tidings.
    Foreign,
    /// Records are missing.
    Removed,
    /// A record is not where it was, or its link was changed.
    Moved,
    /// The end of the chain was changed.
    Head,
    /// The chain is not the one of which the end was noted down.
    NotAsNoted,
}

impl Damage {
    /// For people, after "record 12" or "records 12 to 14".
    pub fn phrase(self) -> &'static str {
        match self {
            Damage::Changed => "was changed",
            Damage::Foreign => "was not written by Tidings",
            Damage::Removed => "is missing",
            Damage::Moved => "is not in its place",
            Damage::Head => "the end of the chain was changed",
            Damage::NotAsNoted => "is not the one that was noted down",
        }
    }
}

/// A broken place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Broken {
    pub damage: Damage,
    /// The first record concerned; `None` for one that has no number yet.
    pub number: Option<i64>,
    /// The last one.
    pub until: Option<i64>,
    pub id: Option<String>,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.damage, self.number, self.until) {
            (Damage::Head, ..) => f.write_str("The end of the chain was changed.")?,
            (Damage::Removed, Some(first), Some(last)) if last > first => {
                write!(f, "Records {first} to {last} are missing.")?;
            }
            (damage, Some(number), _) => write!(f, "Record {number} {}.", damage.phrase())?,
            (damage, None, _) => write!(f, "A record without a number {}.", damage.phrase())?,
        }
        match &self.id {
            Some(id) => write!(f, " Its id is {id}."),
            None => Ok(()),
        }
    }
}

/// What a check of the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainReport {
    pub checked_at: Timestamp,
    /// Records that were looked at.
    pub records: i64,
    /// Where the chain ends.
    pub head: ChainHead,
    /// When the chain began.
    pub began_at: Option<Timestamp>,
    /// Up to this number, records are older than the chain: what happened to them before it began, it cannot tell.
    pub adopted: i64,
    /// Up to this number, records were deleted because of their age.
    pub pruned: i64,
    /// How many places are broken.
    pub broken: i64,
    /// The first of them.
    pub places: Vec<Broken>,
}

impl ChainReport {
    pub fn is_whole(&self) -> bool {
        self.broken == 0
    }
}

/// What the page of the log says about the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainState {
    pub head: ChainHead,
    /// Whether the end is as Tidings left it. While it is not, nothing is added to the chain.
    pub is_intact: bool,
    /// The last check of the whole chain.
    pub checked: Option<ChainReport>,
}

#[cfg(test)]
mod tests {
    use super::{ChainHead, Outcome, entity_type};

    #[test]
    fn the_outcome_of_an_action_is_in_its_name() {
        for (action, outcome) in [
            ("LOGIN_SUCCESS", Outcome::Success),
            ("LOGIN_FAILURE", Outcome::Denied),
            ("LAST_ADMIN_DELETE_ATTEMPT", Outcome::Denied),
            ("CHANGELOG_ENTRY_PERMISSION_DENIED", Outcome::Denied),
            ("CHANGELOG_IMPORT_ERROR", Outcome::Error),
            ("SYSTEM_EMAIL_TEST_FAILURE", Outcome::Error),
            ("DELETE_USER", Outcome::Success),
        ] {
            assert_eq!(Outcome::of_action(action), outcome, "{action}");
        }
    }

    #[test]
    fn the_kind_of_thing_is_in_the_name_of_its_action() {
        for (action, kind) in [
            ("CREATE_PROJECT_API_KEY", Some("api_key")),
            ("DELETE_PROJECT", Some("project")),
            ("CHANGELOG_ENTRY_PUBLISHED", Some("entry")),
            ("MERGE_TAG", Some("tag")),
            ("USER_DISABLED", Some("user")),
            ("CREATE_INVITATION", Some("invitation")),
            ("LOGOUT", None),
        ] {
            assert_eq!(entity_type(action), kind, "{action}");
        }
    }

    #[test]
    fn a_noted_head_is_read_back() {
        let head = ChainHead { number: 12, link: "ab".repeat(32) };
        assert_eq!(head.to_string().parse(), Ok(head.clone()));
        assert_eq!(format!(" 12:{} ", "AB".repeat(32)).parse(), Ok(head));
        assert!("0:".parse::<ChainHead>().is_ok());
        for wrong in ["", "12", "12:", "-1:aa", "x:y", "12:zz"] {
            assert!(wrong.parse::<ChainHead>().is_err(), "{wrong}");
        }
    }
}
