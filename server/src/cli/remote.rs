//! Commands that ask an instance over the network, with a key, as any other client does. They read neither
//! `tidings.toml` nor a database.

mod accounts;
mod draft;
mod editor;
mod entries;
mod failure;
mod input;
mod interrupt;
mod json;
mod naming;
mod projects;
mod schedule;
mod screen;
mod search;
mod session;
mod sign_in;
mod write;

use clap::{Args, Subcommand};

use super::{Failure, Result, output};
use crate::config::LogFilter;
use interrupt::Interrupt;
use session::Session;

const ANYWHERE: &str = "Options of every command that asks an instance";

/// Valid before and after the name of the operation.
#[derive(Debug, Args)]
pub struct Remote {
    /// The instance to ask, one you have signed in to [default: TIDINGS_HOST, else the one you signed in to last]
    #[arg(long, global = true, value_name = "URL", help_heading = ANYWHERE)]
    host: Option<String>,

    /// Print the server's answer as JSON
    #[arg(long, global = true, conflicts_with = "quiet", help_heading = ANYWHERE)]
    json: bool,

    /// Print ids alone, and no notes
    #[arg(short, long, global = true, help_heading = ANYWHERE)]
    quiet: bool,

    /// Print without colours; so do NO_COLOR and a reader that is no terminal
    #[arg(long, global = true, help_heading = ANYWHERE)]
    no_color: bool,
}

#[derive(Debug, Subcommand)]
pub enum RemoteCommand {
    /// Sign in to an instance with your browser, or with an API key
    ///
    /// Your browser opens and asks whether this program may act as you. The sign-in is kept in your configuration
    /// directory in a file that only you can read, and renews itself. You can be signed in to several instances; the
    /// last one is the default.
    #[command(
        display_order = 100,
        after_help = "Examples:\n  tidings login --host https://changelog.example.com\n  \
                      printf '%s' \"$KEY\" | tidings login --host https://changelog.example.com --api-key-stdin\n\n\
                      For scripts there is no need to sign in: set TIDINGS_HOST and TIDINGS_API_KEY."
    )]
    Login(LoginArgs),

    /// End the sign-in to an instance, or forget its key
    ///
    /// A sign-in by the browser ends at the server, too. A key stays good until it is revoked.
    #[command(display_order = 101)]
    Logout(LogoutArgs),

    /// Say who you are signed in as, how, and until when
    #[command(display_order = 102)]
    Whoami(WhoamiArgs),

    /// List, show and choose projects of an instance
    #[command(display_order = 103, subcommand_required = true, arg_required_else_help = true)]
    Project(ProjectArgs),

    /// Write, publish and read entries of an instance
    #[command(
        display_order = 104,
        subcommand_required = true,
        arg_required_else_help = true,
        after_help = "An entry is named by its id, its version or its slug.\n\n\
                      The project is --project, else TIDINGS_PROJECT, else the one chosen with `tidings project use`, \
                      else the only one the key works for."
    )]
    Entry(EntryArgs),

    /// Search the entries of all projects your key sees
    #[command(
        display_order = 105,
        after_help = "Every word has to occur in title, version or text; a part of a word is enough. Drafts are searched, too.\n\n\
                      Examples:\n  tidings search dark mode\n  \
                      tidings search windows --in orbit-mail --tag Fixed --json"
    )]
    Search(SearchArgs),
}

impl RemoteCommand {
    /// The names under which they are called.
    pub const NAMES: [&str; 6] = ["login", "logout", "whoami", "project", "entry", "search"];
}

#[derive(Debug, Args)]
pub struct LoginArgs {
    /// The address of the instance; without http:// or https:// it is https
    #[arg(long, value_name = "URL")]
    host: String,

    /// Open no browser; print the address, and read from standard input where the browser ended
    #[arg(long)]
    no_browser: bool,

    /// Sign in with an API key, read from standard input
    #[arg(long, visible_alias = "with-key", conflicts_with = "no_browser")]
    api_key_stdin: bool,
}

#[derive(Debug, Args)]
pub struct LogoutArgs {
    /// The instance to forget [default: the one you signed in to last]
    #[arg(long, value_name = "URL")]
    host: Option<String>,
}

#[derive(Debug, Args)]
pub struct WhoamiArgs {
    #[command(flatten)]
    remote: Remote,
}

#[derive(Debug, Args)]
pub struct ProjectArgs {
    #[command(flatten)]
    remote: Remote,

    #[command(subcommand)]
    command: ProjectCommand,
}

#[derive(Debug, Subcommand)]
enum ProjectCommand {
    /// List the projects your key sees
    List,

    /// Show a project
    Show {
        /// Id, slug or name [default: the chosen project]
        #[arg(value_name = "PROJECT")]
        name: Option<String>,
    },

    /// Choose the project that is meant when none is named
    Use {
        /// Id, slug or name
        #[arg(value_name = "PROJECT")]
        name: String,
    },
}

#[derive(Debug, Args)]
pub struct EntryArgs {
    #[command(flatten)]
    remote: Remote,

    /// Id, slug or name of the project
    #[arg(long, global = true, value_name = "PROJECT", help_heading = ANYWHERE)]
    project: Option<String>,

    #[command(subcommand)]
    command: EntryCommand,
}

#[derive(Debug, Subcommand)]
enum EntryCommand {
    /// List entries, newest first, drafts included
    #[command(
        after_help = "The date is the day of publication in UTC; of what is not published, the day of the last change.\n\n\
                            Examples:\n  tidings entry list --status draft\n  \
                            tidings entry list --tag Added --search 'dark mode' --json"
    )]
    List(ListArgs),

    /// Show an entry with its text
    Show {
        /// Id, version or slug
        #[arg(value_name = "ENTRY")]
        name: String,

        /// Print the Markdown text alone
        #[arg(long, conflicts_with_all = ["json", "quiet"])]
        content: bool,
    },

    /// Create an entry, as a draft unless --publish is given
    #[command(
        after_help = "The title is --title, else the heading that the text begins with. Without FILE your editor opens.\n\
                            A file may begin with title, version and tags in TOML between two lines of +++.\n\n\
                            With --external-id it does not matter how often the command runs: the first run makes the entry, \
                            the others find it.\n\n\
                            Examples:\n  tidings entry new --version 1.4.0 --tag Added --publish notes.md\n  \
                            git cliff --latest --strip all | tidings entry new --version 1.4.0 --external-id v1.4.0 -"
    )]
    New(NewArgs),

    /// Change an entry in your editor, or by flags
    #[command(
        after_help = "What somebody else changed meanwhile is never overwritten: the command says so and keeps your text.\n\
                            A file may begin with title, version and tags, as for `tidings entry new`.\n\n\
                            Examples:\n  tidings entry edit 1.4.0\n  \
                            tidings entry edit dark-mode --title 'Dark mode, at last' --tag Added\n  \
                            tidings entry edit 1.4.0 --content notes.md"
    )]
    Edit(EditArgs),

    /// Publish an entry
    #[command(after_help = "Where the project asks for approval, an administrator is asked and the exit code is 6.")]
    Publish {
        /// Id, version or slug
        #[arg(value_name = "ENTRY")]
        name: String,

        /// Publish under this date of the past, such as 2026-03-04 or 2026-03-04T09:30:00Z [default: now]
        #[arg(long)]
        date: Option<String>,
    },

    /// Publish an entry at a moment to come, or call that off
    #[command(after_help = "Another moment takes the place of the one before.\n\n\
                            Examples:\n  tidings entry schedule 1.4.0 --at 2026-12-01T09:00:00+01:00\n  \
                            tidings entry schedule 1.4.0 --cancel")]
    Schedule {
        /// Id, version or slug
        #[arg(value_name = "ENTRY")]
        name: String,

        /// The moment, with its zone, such as 2026-12-01T09:00:00Z
        #[arg(long, value_name = "TIME", required_unless_present = "cancel", conflicts_with = "cancel")]
        at: Option<String>,

        /// Publish it at no moment; it stays a draft
        #[arg(long)]
        cancel: bool,
    },

    /// Take an entry back; it becomes a draft
    Unpublish {
        /// Id, version or slug
        #[arg(value_name = "ENTRY")]
        name: String,
    },

    /// Delete an entry for good
    Delete {
        /// Id, version or slug
        #[arg(value_name = "ENTRY")]
        name: String,

        /// Do not ask
        #[arg(short, long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only entries in this state
    #[arg(long, value_parser = ["draft", "scheduled", "published"])]
    status: Option<String>,

    /// Only entries with this tag, by name or id; repeated, with any of them
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,

    /// Only entries with this text in title, version or content
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,

    /// At most so many entries, up to 1000
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=1000))]
    limit: u64,

    /// Go on after the entries of the pages before
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    page: u64,
}

#[derive(Debug, Args)]
pub struct SearchArgs {
    #[command(flatten)]
    remote: Remote,

    /// What to search for
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,

    /// Only in this project, by id, slug or name; may be repeated
    #[arg(long = "in", value_name = "PROJECT")]
    projects: Vec<String>,

    /// Only entries with this tag, by name or id; repeated, with any of them
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,

    /// At most so many entries
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=50))]
    limit: u64,
}

#[derive(Debug, Args)]
struct NewArgs {
    /// The title [default: the heading the text begins with]
    #[arg(long)]
    title: Option<String>,

    /// The version
    #[arg(long)]
    version: Option<String>,

    /// A tag, created if there is none of this name; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,

    /// Publish it at once
    #[arg(long)]
    publish: bool,

    /// A name of your own; an entry that has it already is not made again
    #[arg(long, value_name = "TEXT")]
    external_id: Option<String>,

    /// The text in Markdown; - reads standard input [default: your editor]
    file: Option<std::path::PathBuf>,
}

#[derive(Debug, Args)]
struct EditArgs {
    /// Id, version or slug
    #[arg(value_name = "ENTRY")]
    name: String,

    /// The new title
    #[arg(long)]
    title: Option<String>,

    /// The new version; an empty one takes the version away
    #[arg(long)]
    version: Option<String>,

    /// The new tags, instead of the present ones; may be repeated, an empty one takes all away
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,

    /// Take the text from this file; - reads standard input
    #[arg(long, value_name = "FILE")]
    content: Option<std::path::PathBuf>,
}

pub async fn run(command: RemoteCommand) -> Result {
    // Nothing but what somebody should look at, such as a file of keys that others could read.
    crate::logging::init(&crate::config::Log { filter: LogFilter::quiet(), ..Default::default() })?;
    let interrupt = Interrupt::listen();
    match command {
        RemoteCommand::Login(args) => accounts::login(args).await,
        RemoteCommand::Logout(args) => accounts::logout(args).await,
        RemoteCommand::Whoami(args) => accounts::whoami(&Session::open(&args.remote, None).await?).await,
        RemoteCommand::Project(ProjectArgs { remote, command }) => {
            let session = Session::open(&remote, None).await?;
            match command {
                ProjectCommand::List => projects::list(&session).await,
                ProjectCommand::Show { name } => projects::show(&session, name.as_deref()).await,
                ProjectCommand::Use { name } => projects::choose(&session, &name).await,
            }
        }
        RemoteCommand::Search(args) => search::run(&Session::open(&args.remote, None).await?, args).await,
        RemoteCommand::Entry(EntryArgs { remote, project, command }) => {
            let session = Session::open(&remote, project).await?;
            match command {
                EntryCommand::List(args) => entries::list(&session, args).await,
                EntryCommand::Show { name, content } => entries::show(&session, &name, content).await,
                EntryCommand::New(args) => write::create(&session, &interrupt, args).await,
                EntryCommand::Edit(args) => write::edit(&session, &interrupt, args).await,
                EntryCommand::Publish { name, date } => entries::publish(&session, &name, date.as_deref()).await,
                EntryCommand::Schedule { name, at, .. } => schedule::run(&session, &name, at.as_deref()).await,
                EntryCommand::Unpublish { name } => entries::unpublish(&session, &name).await,
                EntryCommand::Delete { name, yes } => entries::delete(&session, &name, yes).await,
            }
        }
    }
}
