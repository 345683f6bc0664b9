//! The command line. It reads arguments, calls services and prints; rules live in the services.
//!
//! Answers go to standard output, everything else to standard error. Exit codes: see [`failure::exit`].

mod accounts;
mod allow_list;
mod api_keys;
mod audit;
mod export;
mod failure;
mod health;
mod import;
mod instance;
mod output;
mod rekey;
mod remote;
mod settings;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use model::audit::{ChainHead, LogFormat, Outcome};
use model::exports::{Extent, Format};
use model::imports::{OnConflict, Part, Source};
use model::{ApiKeyId, ProjectId, Role, Scope};

use crate::config::{Config, Flags, Loaded, LogFilter, Sources};
use failure::Failure;

type Result<T = (), E = Failure> = std::result::Result<T, E>;

#[derive(Debug, Parser)]
#[command(
    name = "tidings",
    version,
    about = "Self-hosted changelogs: write, publish, embed.",
    after_help = "Configuration comes from tidings.toml, TIDINGS__SECTION__KEY variables and flags, the last one wins;\n\
                  `tidings config reference` lists all keys.\n\n\
                  Exit codes: 0 done, 1 refused or failed, 2 the command line or the configuration is wrong, \
                  3 not signed in, 4 not found, 5 conflict with another change, 6 an administrator has to approve, \
                  7 the server cannot be reached or is too busy.",
    disable_help_subcommand = true
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,

    #[command(subcommand)]
    command: Option<Command>,
}

const EVERYWHERE: &str = "Options of every command of the server";

/// Valid before and after every command that works on the server's own data.
#[derive(Debug, Args)]
struct Global {
    /// Read this configuration file instead of ./tidings.toml
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    config: Option<PathBuf>,

    /// Directory of the embedded database and generated secrets [default: ./data]
    #[arg(long, global = true, value_name = "DIR", help_heading = EVERYWHERE)]
    data_dir: Option<String>,

    /// PostgreSQL server instead of the embedded database; TIDINGS__DATABASE__URL hides the password from other users
    #[arg(long, global = true, value_name = "URL", help_heading = EVERYWHERE)]
    database_url: Option<String>,
}

impl Global {
    /// For commands that read neither the configuration nor the database.
    fn refuse(&self) -> Result {
        let given = [
            ("--config", self.config.is_some()),
            ("--data-dir", self.data_dir.is_some()),
            ("--database-url", self.database_url.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((flag, _)) => {
                Err(Failure::misunderstood(format!("{flag} belongs to commands of the server and has no effect here.")))
            }
            None => Ok(()),
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    #[command(
        after_help = "Examples:\n  tidings serve\n  tidings serve --listen 0.0.0.0:3000 --base-url https://changelog.example.com\n\n\
                            On an empty database it prints a link to set up the instance. \
                            SIGTERM and SIGINT let requests in flight finish."
    )]
    Serve(ServeArgs),

    /// Manage people
    #[command(subcommand, arg_required_else_help = true)]
    User(UserCommand),

    /// Manage API keys
    #[command(subcommand, arg_required_else_help = true)]
    ApiKey(ApiKeyCommand),

    /// Show or switch off the list of addresses that may reach the dashboard
    #[command(subcommand, arg_required_else_help = true)]
    IpAllowlist(IpAllowlistCommand),

    /// Import a changelog: Markdown, CSV, JSON, or a zip archive of Markdown files
    #[command(after_help = "Every release becomes one entry. Importing the same file again changes nothing.\n\n\
                            Examples:\n  tidings import --new-project Atuin --public --publish CHANGELOG.md\n  \
                            tidings import --project cm3k8x2p0000008l4f5g7h9jk --dry-run CHANGELOG.md\n  \
                            tidings import --project cm3k8x2p0000008l4f5g7h9jk --map title=Summary --map date=Released notes.csv\n  \
                            curl -s https://example.com/CHANGELOG.md | tidings import --new-project Example -")]
    Import(ImportArgs),

    /// Export the entries of a project
    #[command(after_help = "Every format can be imported again; docs/export-formats.md describes them.\n\n\
                            Examples:\n  tidings export --project orbit-mail --output CHANGELOG.md\n  \
                            tidings export --project orbit-mail --format zip --status all --output orbit-mail.zip\n  \
                            tidings export --project orbit-mail --format json | jq '.entries[].title'")]
    Export(ExportArgs),

    /// Check and export the audit log
    #[command(subcommand, arg_required_else_help = true)]
    Audit(AuditCommand),

    /// Put what the former signing key protected under the new one
    ///
    /// Stored secrets are sealed anew: the password of the mail server, client secrets of sign-in providers, authenticator
    /// apps, letters that wait. The chain of the audit log is checked under the former key and begun again under the new one.
    /// Access tokens renew themselves; nobody has to sign in again. Doing it twice changes nothing the second time.
    #[command(
        after_help = "Set `secrets.signing_key` to the new key and `secrets.previous_signing_key` to the former one for\n\
                            every instance, restart them, and run this once. Then the former key can be forgotten.\n\n\
                            Example:\n  TIDINGS__SECRETS__PREVIOUS_SIGNING_KEY=$(cat signing_key.old) tidings rekey"
    )]
    Rekey,

    /// Bring the database to the schema of this version
    ///
    /// The server does the same at its start; this command is for those who want it as a step of its own.
    Migrate,

    /// Ask a running server whether it is alive
    ///
    /// Asks /healthz on the configured listening address. For containers: the exit code is 0 or 1.
    Healthcheck(HealthcheckArgs),

    /// Check and show the configuration
    #[command(subcommand, arg_required_else_help = true)]
    Config(ConfigCommand),

    #[command(flatten)]
    Remote(remote::RemoteCommand),

    /// Print a script that completes commands in your shell
    #[command(
        display_order = 200,
        after_help = "Examples:\n  tidings completions bash > ~/.local/share/bash-completion/completions/tidings\n  \
                      tidings completions zsh > ~/.zfunc/_tidings\n  \
                      tidings completions fish > ~/.config/fish/completions/tidings.fish"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// IP address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,

    /// The address people use, such as https://changelog.example.com
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

#[derive(Debug, Args)]
struct HealthcheckArgs {
    /// IP address and port the server listens on [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Create a person who signs in with a password
    #[command(after_help = "Example:\n  printf '%s' \"$PASSWORD\" | tidings user create \
                            --email ada@example.com --name 'Ada Lovelace' --role admin --password-stdin")]
    Create(UserCreateArgs),

    /// Invite a person and print the link
    #[command(after_help = "Whoever has the link makes an account with it, once.\n\n\
                            Example:\n  tidings user invite --email ada@example.com --role staff --days 3")]
    Invite(UserInviteArgs),

    /// List people, by name
    #[command(after_help = "Examples:\n  tidings user list --role admin\n  \
                            tidings user list --json | jq -r '.[] | select(.disabledAt) | .email'")]
    List(UserListArgs),

    /// Give a person another role; their sign-ins end
    #[command(after_help = "Example:\n  tidings user role ada@example.com viewer")]
    Role {
        /// E-mail address of the person
        #[arg(value_name = "EMAIL")]
        email: String,

        /// admin runs the instance, staff writes, viewer reads
        #[arg(value_parser = role, value_name = "admin|staff|viewer")]
        role: Role,
    },

    /// Lock a person out at once; nothing is deleted
    #[command(after_help = "Example:\n  tidings user disable ada@example.com")]
    Disable {
        /// E-mail address of the person
        #[arg(value_name = "EMAIL")]
        email: String,
    },

    /// Let a person in again who was disabled
    #[command(after_help = "Example:\n  tidings user enable ada@example.com")]
    Enable {
        /// E-mail address of the person
        #[arg(value_name = "EMAIL")]
        email: String,
    },
}

#[derive(Debug, Args)]
struct UserInviteArgs {
    /// E-mail address to invite
    #[arg(long)]
    email: String,

    /// admin runs the instance, staff writes, viewer reads
    #[arg(long, value_parser = role, value_name = "admin|staff|viewer")]
    role: Role,

    /// How long the link works, 1 to 30 [default: as the instance is set]
    #[arg(long, value_name = "DAYS")]
    days: Option<i64>,
}

#[derive(Debug, Args)]
struct UserListArgs {
    /// Only people with this role
    #[arg(long, value_parser = role, value_name = "admin|staff|viewer")]
    role: Option<Role>,

    /// Print a JSON array instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct UserCreateArgs {
    /// E-mail address to sign in with
    #[arg(long)]
    email: String,

    /// Name that others see, 2 to 100 characters
    #[arg(long)]
    name: String,

    /// admin runs the instance, staff writes, viewer reads
    #[arg(long, value_parser = role, value_name = "admin|staff|viewer")]
    role: Role,

    /// Read the password, 8 characters to 256 bytes, from standard input
    #[arg(long, required = true)]
    password_stdin: bool,
}

#[derive(Debug, Subcommand)]
enum ApiKeyCommand {
    /// Create an API key and print it once
    #[command(after_help = format!(
        "The key acts as its owner, narrowed by its scopes: {}.\n\n\
         Example:\n  tidings api-key create --user ada@example.com --name CI \
         --scope changelog:write --scope changelog:publish",
        Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ")
    ))]
    Create(ApiKeyCreateArgs),

    /// List API keys, newest first
    #[command(after_help = "Examples:\n  tidings api-key list --user ada@example.com\n  \
                            tidings api-key list --json | jq -r '.[] | select(.state == \"expired\") | .id'")]
    List(ApiKeyListArgs),

    /// Revoke an API key for good; it stops working at once
    #[command(after_help = "Example:\n  tidings api-key revoke cmk4qmw2wxfogo4mvn4a4wfhy")]
    Revoke(ApiKeyRevokeArgs),
}

#[derive(Debug, Subcommand)]
enum IpAllowlistCommand {
    /// Print whether it is on, and what is on it
    Show,
    /// Let every address reach the dashboard again; a running server follows within two seconds
    #[command(
        after_help = "For administrators who have locked themselves out. The addresses stay on the list, and the list \
                            can be switched on again in the settings."
    )]
    Off,
}

#[derive(Debug, Args)]
struct ApiKeyCreateArgs {
    /// E-mail address of the owner
    #[arg(long, value_name = "EMAIL")]
    user: String,

    /// What the key is for, 1 to 100 characters
    #[arg(long)]
    name: String,

    /// The only project the key works for [default: all projects]
    #[arg(long, value_name = "ID", value_parser = project_id)]
    project: Option<ProjectId>,

    /// What the key may be used for; may be repeated [default: all scopes]
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
    scopes: Vec<Scope>,

    /// When the key stops working: after so many days, or at the end of a day in UTC [default: never]
    #[arg(long, value_name = "90d|YYYY-MM-DD")]
    expires: Option<String>,
}

#[derive(Debug, Args)]
struct ApiKeyListArgs {
    /// Only the keys of this person
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,

    /// Print a JSON array instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct ApiKeyRevokeArgs {
    /// Id of the key, as `tidings api-key list` shows it
    #[arg(value_name = "ID", value_parser = api_key_id)]
    key: ApiKeyId,
}

#[derive(Debug, Args)]
struct ImportArgs {
    #[command(flatten)]
    target: ImportTarget,

    /// Let everybody read the new project
    #[arg(long, conflicts_with = "project")]
    public: bool,

    /// Publish the created entries, with the dates the file states
    #[arg(long)]
    publish: bool,

    /// Only report what would happen
    #[arg(long)]
    dry_run: bool,

    /// What the file is written in [default: auto]
    #[arg(long, value_name = "auto|markdown|csv|json|feed", value_parser = import_format)]
    format: Option<ImportFormat>,

    /// Where a part of an entry stands: title, version, date, content, tags, status, slug, createdAt or externalId, and the
    /// name or number of a column, or the name of a JSON member; may be repeated
    #[arg(long = "map", value_name = "PART=NAME", value_parser = mapping)]
    columns: Vec<(Part, String)>,

    /// Between the columns of a CSV file: , ; | or tab [default: found out]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<char>,

    /// Read 03/04/2026 as 3 April where the file itself does not tell
    #[arg(long)]
    day_first: bool,

    /// What happens to an entry that exists and says something else [default: skip]
    #[arg(long, value_name = "skip|overwrite", value_parser = on_conflict)]
    on_conflict: Option<OnConflict>,

    /// Print the report as JSON
    #[arg(long)]
    json: bool,

    /// The changelog, UTF-8 text or a zip archive of at most 10 MiB; - reads standard input
    file: PathBuf,
}

#[derive(Debug, Args)]
struct ExportArgs {
    /// The project, by id or address
    #[arg(long, value_name = "ID|ADDRESS")]
    project: String,

    /// Form of the file: markdown is Keep a Changelog, zip one Markdown file for each entry
    #[arg(long, default_value = "markdown", value_parser = export_format, value_name = "markdown|json|csv|zip")]
    format: Format,

    /// Published entries, or drafts and scheduled ones as well
    #[arg(long, default_value = "published", value_parser = extent, value_name = "published|all")]
    status: Extent,

    /// Only entries with this tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,

    /// Only entries of this day (UTC) and later
    #[arg(long, value_name = "DATE")]
    from: Option<String>,

    /// Only entries of this day (UTC) and earlier
    #[arg(long, value_name = "DATE")]
    to: Option<String>,

    /// Where to write; - is standard output
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Check that no record was changed, removed, added or moved
    #[command(
        after_help = "Prints the end of the chain. Note it down where this machine cannot reach it: with --head a later check \
                            finds also that newer records were taken away and an older end was put back.\n\n\
                            The exit code is 0 when everything is as it was written, and 1 when it is not.\n\n\
                            Examples:\n  tidings audit verify\n  tidings audit verify --json | jq .places"
    )]
    Verify(AuditVerifyArgs),

    /// Export the audit log, newest record first
    #[command(after_help = "The export itself is recorded.\n\n\
                            Examples:\n  tidings audit export --from 2026-03-01 --to 2026-03-31 --output march.csv\n  \
                            tidings audit export --format jsonl --outcome denied | jq -r .ip | sort | uniq -c")]
    Export(AuditExportArgs),

    /// Begin the chain anew with the records that are there
    ///
    /// For after a damage was looked into, or after the signing key was replaced. Until then no record is added to a chain
    /// whose end is not as Tidings left it. What happened to the records before cannot be told afterwards, so the new
    /// beginning is recorded with its reason, and every check tells of it.
    #[command(after_help = "Example:\n  tidings audit begin --reason 'Signing key replaced on 4 March'")]
    Begin(AuditBeginArgs),
}

#[derive(Debug, Args)]
struct AuditVerifyArgs {
    /// An end of the chain that was noted down earlier, to be compared
    #[arg(long, value_name = "NUMBER:LINK", value_parser = chain_head)]
    head: Option<ChainHead>,

    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct AuditExportArgs {
    /// Form of the file
    #[arg(long, default_value = "csv", value_parser = log_format, value_name = "csv|jsonl")]
    format: LogFormat,

    /// Only records of this action, such as LOGIN_FAILURE
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,

    /// Only records that ended so
    #[arg(long, value_parser = outcome, value_name = "success|denied|error")]
    outcome: Option<Outcome>,

    /// Only what the person with this e-mail address did
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,

    /// Only records of this day (UTC) and later
    #[arg(long, value_name = "DATE")]
    from: Option<String>,

    /// Only records of this day (UTC) and earlier
    #[arg(long, value_name = "DATE")]
    to: Option<String>,

    /// Where to write; - is standard output
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct AuditBeginArgs {
    /// Why, 3 to 300 characters
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct ImportTarget {
    /// Import into this project
    #[arg(long, value_name = "ID", value_parser = project_id)]
    project: Option<ProjectId>,

    /// Create a project of this name and import into it
    #[arg(long, value_name = "NAME")]
    new_project: Option<String>,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Check the configuration and say what it means
    Check,
    /// Print the values in effect and where they come from; secrets print as ***
    Print,
    /// Print all keys, what they mean and what they may hold, in Markdown
    Reference,
}

/// A format that was chosen, or `auto`.
#[derive(Debug, Clone, Copy)]
struct ImportFormat(Option<Source>);

fn import_format(text: &str) -> Result<ImportFormat, String> {
    match (text, Source::parse(text)) {
        ("auto", _) => Ok(ImportFormat(None)),
        (_, Some(source)) => Ok(ImportFormat(Some(source))),
        _ => Err("a format is auto, markdown, csv, json or feed".to_owned()),
    }
}

fn mapping(text: &str) -> Result<(Part, String), String> {
    let parts = || Part::ALL.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(", ");
    let (part, name) = text.split_once('=').ok_or("write PART=NAME, such as title=Summary")?;
    let part = Part::parse(part.trim()).ok_or_else(|| format!("a part is one of {}", parts()))?;
    Ok((part, name.trim().to_owned()))
}

fn delimiter(text: &str) -> Result<char, String> {
    match text {
        "tab" | "\\t" | "\t" => Ok('\t'),
        "," | ";" | "|" => text.chars().next().ok_or_else(String::new),
        _ => Err("a delimiter is , ; | or tab".to_owned()),
    }
}

fn on_conflict(text: &str) -> Result<OnConflict, String> {
    match OnConflict::parse(text) {
        Some(OnConflict::Prompt) | None => Err("write skip or overwrite".to_owned()),
        Some(choice) => Ok(choice),
    }
}

fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|_| "a role is admin, staff or viewer".to_owned())
}

fn scope(text: &str) -> Result<Scope, String> {
    text.parse().map_err(|error: model::access::UnknownName| format!("a scope is one of {}", error.allowed))
}

fn api_key_id(text: &str) -> Result<ApiKeyId, String> {
    text.parse().map_err(|error: model::ids::NotAnId| error.to_string())
}

fn export_format(text: &str) -> Result<Format, String> {
    Format::parse(text).ok_or_else(|| format!("a format is {}", Format::NAMES))
}

fn extent(text: &str) -> Result<Extent, String> {
    Extent::parse(text).ok_or_else(|| format!("the status is {}", Extent::NAMES))
}

fn chain_head(text: &str) -> Result<ChainHead, String> {
    text.parse().map_err(str::to_owned)
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    LogFormat::parse(text).ok_or_else(|| format!("a format is one of {}", LogFormat::NAMES))
}

fn outcome(text: &str) -> Result<Outcome, String> {
    Outcome::parse(text).ok_or_else(|| format!("an outcome is one of {}", Outcome::NAMES))
}

fn project_id(text: &str) -> Result<ProjectId, String> {
    text.parse().map_err(|error: model::ids::NotAnId| error.to_string())
}

impl Cli {
    /// The command line of this process. Ends it with help or an explanation where that cannot be read.
    pub fn of_process() -> Self {
        let matches = described().get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// The command line as people see it: the options of the server are hidden from commands that ask another one.
fn described() -> clap::Command {
    let mut cli = Cli::command();
    let server_only: Vec<Arg> = cli.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    for name in remote::RemoteCommand::NAMES.iter().chain(&["completions"]) {
        // An argument that a command has of its own is not handed down to it.
        cli = cli.mut_subcommand(name, |command| command.args(server_only.iter().map(|arg| arg.clone().hide(true))));
    }
    cli
}

/// Runs the command of this process.
pub async fn run(cli: Cli) -> ExitCode {
    match dispatch(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            failure.code()
        }
    }
}

async fn dispatch(cli: Cli) -> Result {
    let Cli { global, command } = cli;
    let Some(command) = command else {
        return output::print(&Cli::command().render_help().to_string());
    };
    let command = match command {
        Command::Config(ConfigCommand::Reference) => return output::print(&crate::config::reference()),
        Command::Remote(command) => {
            global.refuse()?;
            return remote::run(command).await;
        }
        Command::Completions { shell } => {
            global.refuse()?;
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut described(), "tidings", &mut script);
            return output::print(&String::from_utf8_lossy(&script));
        }
        command => command,
    };
    let loaded = load(global, &command)?;
    match command {
        Command::Config(ConfigCommand::Check) => settings::check(&loaded),
        Command::Config(_) => output::print(&loaded.print()),
        command => {
            let quiet = !matches!(command, Command::Serve(_)) && loaded.is_default("log.filter");
            let mut config = loaded.config;
            if quiet {
                // A command that does its work says so once, in its answer.
                config.log.filter = LogFilter::quiet();
            }
            crate::logging::init(&config.log)?;
            match command {
                Command::Serve(_) => instance::serve(config).await,
                Command::User(command) => accounts::run(&config, command).await,
                Command::ApiKey(command) => api_keys::run(&config, command).await,
                Command::IpAllowlist(command) => allow_list::run(&config, command).await,
                Command::Import(args) => import::run(&config, args).await,
                Command::Export(args) => export::run(&config, args).await,
                Command::Audit(command) => audit::run(&config, command).await,
                Command::Rekey => rekey::run(&config).await,
                Command::Migrate => instance::migrate(&config).await,
                Command::Healthcheck(_) => health::check(&config).await,
                // These have ended above.
                Command::Config(_) | Command::Remote(_) | Command::Completions { .. } => Ok(()),
            }
        }
    }
}

fn load(global: Global, command: &Command) -> Result<Loaded> {
    let (listen, base_url) = match command {
        Command::Serve(args) => (args.listen.clone(), args.base_url.clone()),
        Command::Healthcheck(args) => (args.listen.clone(), None),
        _ => (None, None),
    };
    let flags = Flags { listen, base_url, data_dir: global.data_dir, database_url: global.database_url };
    Ok(Config::load(&Sources::of_process(global.config, flags))?)
}
