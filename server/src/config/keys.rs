//! Every key in one table: what it is for and what it may hold. The reference page, `config print`, the names of the
//! variables and all error messages come from here; a test holds the table against the structs.

/// How the text of an environment variable becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    /// Separated by commas in a variable, an array of strings in the file.
    List,
    /// A text that is never shown.
    Secret,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    pub section: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    /// Completes the sentence "Allowed: …".
    pub allowed: &'static str,
    pub about: &'static str,
    /// The flag that sets the same thing, without dashes.
    pub flag: Option<&'static str>,
}

impl Key {
    /// `server.listen`
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// `TIDINGS__SERVER__LISTEN`
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}__{}", self.section.to_uppercase(), self.name.to_uppercase())
    }

    pub fn find(path: &str) -> Option<&'static Self> {
        let (section, name) = path.split_once('.')?;
        KEYS.iter().find(|key| key.section == section && key.name == name)
    }
}

/// What every environment variable of ours starts with.
pub const PREFIX: &str = "TIDINGS__";

/// The sections in the order in which they are printed, with what each is about.
pub const SECTIONS: &[(&str, &str)] = &[
    ("server", "The socket and the public address."),
    ("data", "Where files are kept."),
    ("database", "SQLite inside the data directory unless a PostgreSQL server is named."),
    ("cache", "Answers that everybody gets, kept in memory: pages, feeds, public JSON. A change shows at once."),
    ("jobs", "What happens at its time: entries that go live, expire or are unpinned, and the daily clean-up."),
    (
        "media",
        "Pictures and files that people upload. The keys that begin with `s3_` count when `store` is `s3`: Amazon S3, or \
         whatever speaks its protocol, such as MinIO, Garage or Cloudflare R2.",
    ),
    ("log", "What is written to standard error."),
    ("secrets", "Values that nobody else may know. They print as `***`."),
    ("outgoing", "What the server itself asks others for: identity providers, for example."),
    (
        "breach_check",
        "Passwords that thieves know from breaches of other sites. Off until an administrator switches it on.",
    ),
    ("import", "Whom imports ask, beside the addresses that people name. It is read when somebody imports from there."),
    (
        "limits",
        "How often somebody may do something before the answer is 429 with `Retry-After`. All instances on one database \
         count together; IPv6 addresses count by their /64 network.",
    ),
];

const COUNT: &str = "a whole number from 1 to 4294967295";
const LIMIT: &str = "a whole number up to 4294967295; 0 is no limit";

pub const KEYS: &[Key] = &[
    Key {
        section: "server",
        name: "listen",
        kind: Kind::Text,
        allowed: "an IP address and a port, such as 127.0.0.1:3000, 0.0.0.0:80 or [::]:3000",
        about: "Where the server accepts connections.",
        flag: Some("listen"),
    },
    Key {
        section: "server",
        name: "base_url",
        kind: Kind::Text,
        allowed: "http:// or https://, a host and perhaps a port, without a path, such as https://changelog.example.com",
        about: "The address people use. Links, feeds and cookies depend on it; with https, cookies are sent over https \
                only. Not set: `http://` and the listening address.",
        flag: Some("base-url"),
    },
    Key {
        section: "server",
        name: "trusted_proxies",
        kind: Kind::List,
        allowed: "IP addresses and ranges, such as 127.0.0.1, 10.0.0.0/8 or fd00::/8",
        about: "Proxies whose `X-Forwarded-For` header is believed. From anybody else the address of the connection \
                counts.",
        flag: None,
    },
    Key {
        section: "server",
        name: "cli_callback_schemes",
        kind: Kind::List,
        allowed: "schemes of applications, such as wwc; none that browsers use themselves",
        about: "Applications on people's machines that may sign in as `tidings login` does, besides programs that listen \
                at an address of the machine itself.",
        flag: None,
    },
    Key {
        section: "data",
        name: "dir",
        kind: Kind::Text,
        allowed: "a path to a directory",
        about: "The directory for the embedded database and generated secrets. It is created when it is missing; a \
                relative path starts at the working directory.",
        flag: Some("data-dir"),
    },
    Key {
        section: "database",
        name: "url",
        kind: Kind::Secret,
        allowed: "the address of a PostgreSQL server, such as postgres://user:password@host:5432/tidings; leave it out \
                  for the embedded database",
        about: "The PostgreSQL server to use. Not set: an SQLite file `tidings.db` in the data directory.",
        flag: Some("database-url"),
    },
    Key {
        section: "database",
        name: "max_connections",
        kind: Kind::Number,
        allowed: COUNT,
        about: "How many database connections may be open at a time.",
        flag: None,
    },
    Key {
        section: "cache",
        name: "max_bytes",
        kind: Kind::Number,
        allowed: "a whole number of bytes up to 9223372036854775807; 0 keeps nothing",
        about: "How much memory kept answers may take. 32 MiB hold several hundred pages; what does not fit is made \
                anew when it is asked for.",
        flag: None,
    },
    Key {
        section: "jobs",
        name: "runner",
        kind: Kind::Text,
        allowed: "on or off",
        about: "Whether this instance does what is due. Several instances on one database share the work; at least one \
                of them has to do it.",
        flag: None,
    },
    Key {
        section: "media",
        name: "store",
        kind: Kind::Text,
        allowed: "local or s3",
        about: "Whether files lie in a folder or in a bucket. Files do not move when this changes: copy them before.",
        flag: None,
    },
    Key {
        section: "media",
        name: "dir",
        kind: Kind::Text,
        allowed: "a path to a directory",
        about: "The folder for `local`. Several instances on one database have to share it. Not set: `media` in the data \
                directory.",
        flag: None,
    },
    Key {
        section: "media",
        name: "max_bytes",
        kind: Kind::Number,
        allowed: "a whole number of bytes up to 9223372036854775807",
        about: "The largest file that is taken. A proxy before the server has to let it pass as well.",
        flag: None,
    },
    Key {
        section: "media",
        name: "project_max_bytes",
        kind: Kind::Number,
        allowed: "a whole number of bytes up to 9223372036854775807; 0 is no limit",
        about: "What all files of a project may take together.",
        flag: None,
    },
    Key {
        section: "media",
        name: "s3_bucket",
        kind: Kind::Text,
        allowed: "the name of a bucket",
        about: "The bucket. It is not made by the server, and needs no public access.",
        flag: None,
    },
    Key {
        section: "media",
        name: "s3_endpoint",
        kind: Kind::Text,
        allowed: "an address of http or https",
        about: "Who keeps the bucket, such as http://minio.internal:9000. Its host may be in a private network. Not set: \
                Amazon's own for the region.",
        flag: None,
    },
    Key {
        section: "media",
        name: "s3_region",
        kind: Kind::Text,
        allowed: "the name of a region, such as eu-central-1",
        about: "The region of the bucket; services of other makers mostly take any.",
        flag: None,
    },
    Key {
        section: "media",
        name: "s3_access_key",
        kind: Kind::Secret,
        allowed: "the id of an access key that may read, write and delete in the bucket",
        about: "Who asks.",
        flag: None,
    },
    Key {
        section: "media",
        name: "s3_secret_key",
        kind: Kind::Secret,
        allowed: "the secret that belongs to the access key",
        about: "Signs what is asked.",
        flag: None,
    },
    Key {
        section: "media",
        name: "s3_path_style",
        kind: Kind::Text,
        allowed: "on or off",
        about: "Whether the bucket stands in the path (http://host/bucket), as most services want it, or before the host \
                (http://bucket.host).",
        flag: None,
    },
    Key {
        section: "log",
        name: "format",
        kind: Kind::Text,
        allowed: "text or json",
        about: "Lines for people, or one JSON object a line.",
        flag: None,
    },
    Key {
        section: "log",
        name: "filter",
        kind: Kind::Text,
        allowed: "off, error, warn, info, debug or trace, perhaps followed by exceptions, such as info,services=debug",
        about: "What is written: a level, and other levels for single modules.",
        flag: None,
    },
    Key {
        section: "secrets",
        name: "signing_key",
        kind: Kind::Secret,
        allowed: "a text of 32 or more random bytes in hexadecimal or base64, as `openssl rand -hex 32` prints it",
        about: "Signs the tokens of signed-in people. Not set: with the embedded database a key is generated once and \
                kept in the data directory; with PostgreSQL it is required, and the same on every instance.",
        flag: None,
    },
    Key {
        section: "secrets",
        name: "previous_signing_key",
        kind: Kind::Secret,
        allowed: "the former `secrets.signing_key`",
        about: "Opens what was stored under the former key, until `tidings rekey` has put all of it under the new one.",
        flag: None,
    },
    Key {
        section: "outgoing",
        name: "allow_private",
        kind: Kind::List,
        allowed: "IP addresses, ranges and names of hosts, such as 10.1.2.3, 192.168.0.0/16 or sso.internal",
        about: "Private networks and hosts that the server may ask, for an identity provider at home, also over plain \
                http. Not set: the public internet over https alone.",
        flag: None,
    },
    Key {
        section: "breach_check",
        name: "url",
        kind: Kind::Text,
        allowed: "an address of http or https",
        about: "Where to look: a range search as Have I Been Pwned has it, or a copy of it. It learns five digits of a \
                hash of the password, never the password. A copy in a private network has to be opened with \
                `outgoing.allow_private`.",
        flag: None,
    },
    Key {
        section: "import",
        name: "github_url",
        kind: Kind::Text,
        allowed: "an address of http or https",
        about: "The API that releases of GitHub are fetched from, and the only one that gets a token for them: that of \
                github.com, or of a GitHub of your own, such as https://github.internal/api/v3.",
        flag: None,
    },
    Key {
        section: "import",
        name: "canny_url",
        kind: Kind::Text,
        allowed: "an address of http or https",
        about: "Where changelogs of Canny are fetched from. It gets the key that somebody gives for that.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "api_key_per_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Requests to the REST API with one key in a minute.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "person_per_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Requests to the REST API of one signed-in person in a minute.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "views_per_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Views that pages and widgets report from one address in a minute.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "search_per_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Searches in one public project from one address in a minute.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "login_per_15_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Attempts to sign in from one address in 15 minutes.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "login_per_account_per_hour",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Attempts to sign in to one account in an hour.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "refresh_per_15_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Refresh tokens that are exchanged from one address in 15 minutes.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "setup_per_hour",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Attempts to set up an empty instance from one address in an hour.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "second_factor_per_account_per_15_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Second steps of sign-ins to one account in 15 minutes.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "passkey_per_15_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Passkey sign-ins begun or finished from one address in 15 minutes.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "sso_per_15_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Sign-ins through a provider begun or finished from one address in 15 minutes.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "register_per_hour",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Accounts opened by invitation from one address in an hour.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "forgot_password_per_hour",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Letters for a forgotten password asked for from one address in an hour.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "reset_check_per_15_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Links of such letters opened from one address in 15 minutes.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "reset_per_15_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Passwords reset from one address in 15 minutes.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "invitation_per_15_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Invitations looked up from one address in 15 minutes.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "cli_per_15_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Sign-ins of the command line finished or renewed from one address in 15 minutes.",
        flag: None,
    },
    Key {
        section: "limits",
        name: "change_password_per_account_per_15_min",
        kind: Kind::Number,
        allowed: LIMIT,
        about: "Attempts to change the password of one account in 15 minutes.",
        flag: None,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::{BaseUrl, Config, Secret};

    #[test]
    fn the_table_and_the_structs_know_the_same_keys() {
        // Optional keys are left out when they hold nothing, so all of them get a value first.
        let mut full = Config::default();
        full.server.base_url = "https://a.example".parse::<BaseUrl>().ok();
        full.database.url = "postgres://a/b".parse().ok();
        full.secrets.signing_key = Some(Secret::new("x"));
        full.secrets.previous_signing_key = Some(Secret::new("x"));
        full.media.dir = Some("media".into());
        full.media.s3_bucket = Some("bucket".to_owned());
        full.media.s3_endpoint = "https://a.example".parse().ok();
        full.media.s3_access_key = Some(Secret::new("x"));
        full.media.s3_secret_key = Some(Secret::new("x"));
        let toml::Value::Table(sections) = toml::Value::try_from(&full).unwrap() else { panic!("not a table") };
        let mut of_structs = BTreeSet::new();
        for (section, keys) in &sections {
            of_structs.extend(keys.as_table().unwrap().keys().map(|name| format!("{section}.{name}")));
        }
        let of_table: BTreeSet<String> = KEYS.iter().map(Key::path).collect();
        assert_eq!(of_structs, of_table);
        for key in KEYS {
            assert!(SECTIONS.iter().any(|(section, _)| *section == key.section), "{}", key.path());
        }
    }
}
