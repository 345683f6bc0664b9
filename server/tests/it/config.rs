//! Layers, messages and the reference page of the configuration.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use server::config::{Config, Flags, Loaded, Sources, Storage, reference};

struct Scene {
    dir: tempfile::TempDir,
    sources: Sources,
}

fn scene(file: &str) -> Scene {
    let dir = tempfile::tempdir().unwrap();
    if !file.is_empty() {
        fs::write(dir.path().join("tidings.toml"), file).unwrap();
    }
    let sources = Sources { directory: dir.path().to_owned(), ..Sources::default() };
    Scene { dir, sources }
}

impl Scene {
    fn variable(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.push((name.into(), value.into()));
        self
    }

    fn flags(mut self, flags: Flags) -> Self {
        self.sources.flags = flags;
        self
    }

    fn load(&self) -> Loaded {
        Config::load(&self.sources).unwrap()
    }

    /// The message, with the directory of the test cut out.
    fn refused(&self) -> String {
        let message = Config::load(&self.sources).unwrap_err().to_string();
        message.replace(&format!("{}/", self.dir.path().display()), "")
    }
}

#[test]
fn without_any_source_the_defaults_serve_this_machine_from_an_embedded_database() {
    let loaded = scene("").load();
    assert_eq!(loaded.config.server.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(loaded.config.base_url().as_str(), "http://127.0.0.1:3000");
    assert_eq!(loaded.config.storage(), Storage::Embedded { file: PathBuf::from("./data/tidings.db") });
    assert_eq!(loaded.file, None);
}

#[test]
fn flags_win_over_variables_and_variables_over_the_file() {
    let file = "[server]\nlisten = '127.0.0.1:1'\nbase_url = 'https://file.example'\ntrusted_proxies = ['10.0.0.0/8']\n\
                [data]\ndir = '/file'\n";
    let flags = Flags { listen: Some("127.0.0.1:3".to_owned()), ..Flags::default() };
    let loaded = scene(file)
        .variable("TIDINGS__SERVER__LISTEN", "127.0.0.1:2")
        .variable("TIDINGS__DATA__DIR", "/variable")
        .flags(flags)
        .load();
    assert_eq!(loaded.config.server.listen.to_string(), "127.0.0.1:3");
    assert_eq!(loaded.config.data.dir, PathBuf::from("/variable"));
    assert_eq!(loaded.config.base_url().as_str(), "https://file.example");
    assert!(loaded.config.trusted_proxies().contains("10.1.2.3".parse().unwrap()));
    assert!(!loaded.config.trusted_proxies().contains("192.0.2.1".parse().unwrap()));

    let printed = loaded.print();
    assert!(printed.contains("listen = \"127.0.0.1:3\"  # from the flag --listen"), "{printed}");
    assert!(printed.contains("dir = \"/variable\"  # from the environment variable TIDINGS__DATA__DIR"), "{printed}");
    assert!(printed.contains("tidings.toml"), "{printed}");
}

#[test]
fn a_variable_holds_lists_numbers_and_keys_made_of_digits() {
    let digits = "73".repeat(40);
    let loaded = scene("")
        .variable("TIDINGS__SERVER__TRUSTED_PROXIES", "127.0.0.1, fd00::/8")
        .variable("TIDINGS__DATABASE__MAX_CONNECTIONS", "4")
        .variable("TIDINGS__SECRETS__SIGNING_KEY", &digits)
        .variable("TIDINGS__DATA__DIR", "7")
        .load();
    assert!(loaded.config.trusted_proxies().contains("fd00::1".parse().unwrap()));
    assert_eq!(loaded.config.database.max_connections.get(), 4);
    assert_eq!(loaded.config.secrets.signing_key.unwrap().expose(), digits);
    assert_eq!(loaded.config.data.dir, PathBuf::from("7"));
}

#[test]
fn an_empty_variable_and_other_programs_variables_count_as_not_set() {
    let loaded = scene("")
        .variable("TIDINGS__SERVER__BASE_URL", "")
        .variable("TIDINGS_PORT", "tcp://10.0.0.1:80")
        .variable("DATABASE_URL", "postgres://elsewhere/db")
        .load();
    assert_eq!(loaded.config.server.base_url, None);
    assert!(matches!(loaded.config.storage(), Storage::Embedded { .. }));
}

#[test]
fn an_unknown_key_in_the_file_is_refused_with_the_likely_one() {
    assert_eq!(
        scene("[server]\nlisen = '127.0.0.1:1'\n").refused(),
        "`server.lisen` in tidings.toml is not a configuration key. Did you mean `server.listen`?"
    );
    assert_eq!(
        scene("listen = '127.0.0.1:1'\n").refused(),
        "`listen` in tidings.toml is not a configuration key. Did you mean `server.listen`?"
    );
    assert_eq!(
        scene("[sever]\nlisten = '127.0.0.1:1'\n").refused(),
        "[sever] in tidings.toml is not a configuration section. Did you mean [server]?"
    );
    assert_eq!(
        scene("[server]\nfavourite_colour = 'red'\n").refused(),
        "`server.favourite_colour` in tidings.toml is not a configuration key. \
         `tidings config reference` lists all keys."
    );
    assert_eq!(
        scene("server = 3\n").refused(),
        "`server` in tidings.toml is a section: write [server] on its own line and its keys below."
    );
}

#[test]
fn an_unknown_variable_is_refused_with_the_likely_one() {
    assert_eq!(
        scene("").variable("TIDINGS__SERVER__BASEURL", "https://a.example").refused(),
        "The environment variable TIDINGS__SERVER__BASEURL sets `server.baseurl`, which is not a configuration key. \
         Did you mean TIDINGS__SERVER__BASE_URL?"
    );
    assert_eq!(
        scene("").variable("TIDINGS__LISTEN", "127.0.0.1:1").refused(),
        "The environment variable TIDINGS__LISTEN sets `listen`, which is not a configuration key. \
         Did you mean TIDINGS__SERVER__LISTEN?"
    );
}

#[test]
fn every_unknown_key_is_told_at_once() {
    let message =
        scene("[server]\nlisen = '1'\n[log]\nlevel = 'info'\n").variable("TIDINGS__DATA__DIRR", "x").refused();
    assert_eq!(message.lines().count(), 3, "{message}");
}

#[test]
fn a_wrong_value_is_refused_with_its_source_and_what_is_allowed() {
    let listen = "an IP address and a port, such as 127.0.0.1:3000, 0.0.0.0:80 or [::]:3000";
    assert_eq!(
        scene("[server]\nlisten = 'localhost'\n").refused(),
        format!("`server.listen` in tidings.toml is \"localhost\", which is not allowed. Allowed: {listen}.")
    );
    assert_eq!(
        scene("").variable("TIDINGS__SERVER__LISTEN", "3000").refused(),
        format!(
            "`server.listen` in the environment variable TIDINGS__SERVER__LISTEN is \"3000\", which is not allowed. \
             Allowed: {listen}."
        )
    );
    let flags = Flags { listen: Some(":80".to_owned()), ..Flags::default() };
    assert_eq!(
        scene("").flags(flags).refused(),
        format!("`server.listen` in the flag --listen is \":80\", which is not allowed. Allowed: {listen}.")
    );
    for (file, expected) in [
        ("[log]\nformat = 'xml'\n", "`log.format` in tidings.toml is \"xml\""),
        ("[log]\nfilter = 'loud'\n", "`log.filter` in tidings.toml is \"loud\""),
        ("[database]\nmax_connections = 0\n", "`database.max_connections` in tidings.toml is 0"),
        ("[database]\nmax_connections = -4\n", "`database.max_connections` in tidings.toml is -4"),
        ("[database]\nmax_connections = 'many'\n", "`database.max_connections` in tidings.toml is \"many\""),
        ("[limits]\nlogin_per_15_min = 1.5\n", "`limits.login_per_15_min` in tidings.toml is 1.5"),
        (
            "[server]\nbase_url = 'https://a.example/docs'\n",
            "`server.base_url` in tidings.toml is \"https://a.example/docs\"",
        ),
        (
            "[server]\ntrusted_proxies = ['10.0.0.1', 'proxy']\n",
            "`server.trusted_proxies` in tidings.toml is \"proxy\"",
        ),
        ("[server]\ntrusted_proxies = true\n", "`server.trusted_proxies` in tidings.toml is true"),
        ("[data]\ndir = 3\n", "`data.dir` in tidings.toml is 3"),
    ] {
        let message = scene(file).refused();
        assert!(message.starts_with(expected), "{message}");
        assert!(message.contains("Allowed: "), "{message}");
    }
}

#[test]
fn no_message_and_no_print_shows_a_secret() {
    let secret = "hunter2hunter2";
    for file in [
        format!("[database]\nurl = 'mysql://me:{secret}@host/db'\n"),
        format!("[database]\nurl = ['{secret}']\n"),
        format!("[secrets]\nsigning_key = ['{secret}']\n"),
        format!("[secrets]\nsigning_key = '{secret}\n"),
        format!("[secrets]\nsigning_kay = '{secret}'\n"),
        format!("[secrets]\nsigning_key = {secret}\n"),
    ] {
        let message = scene(&file).refused();
        assert!(!message.contains(secret), "{message}");
    }

    let loaded = scene(&format!("[secrets]\nsigning_key = '{secret}'\n"))
        .variable("TIDINGS__DATABASE__URL", &format!("postgres://me:{secret}@host/db"))
        .load();
    assert_eq!(loaded.config.secrets.signing_key.as_ref().unwrap().expose(), secret);
    for text in [loaded.print(), format!("{loaded:?}"), format!("{:?}", loaded.config.storage())] {
        assert!(!text.contains(secret) && text.contains("***"), "{text}");
    }
}

#[test]
fn a_broken_or_missing_file_is_told_by_name_and_line() {
    let message = scene("[server]\nlisten = '127.0.0.1:1'\nlisten = '127.0.0.1:2'\n").refused();
    assert!(message.starts_with("tidings.toml, line 3, is not valid TOML: "), "{message}");

    let mut named = scene("");
    named.sources.file = Some(named.dir.path().join("other.toml"));
    assert_eq!(named.refused(), "The configuration file other.toml cannot be read: it does not exist.");

    let binary = scene("");
    fs::write(binary.dir.path().join("tidings.toml"), [0xff, 0xfe, 0x00]).unwrap();
    assert_eq!(binary.refused(), "The configuration file tidings.toml is not UTF-8 text.");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf8_is_refused_by_name() {
    use std::os::unix::ffi::OsStringExt;

    let mut scene = scene("");
    scene.sources.environment.push(("TIDINGS__DATA__DIR".into(), OsString::from_vec(vec![0xff])));
    assert_eq!(scene.refused(), "The value of the environment variable TIDINGS__DATA__DIR is not UTF-8 text.");
}

#[test]
fn a_named_file_is_read_instead_of_the_one_in_the_working_directory() {
    let mut scene = scene("[data]\ndir = '/working'\n");
    let other = scene.dir.path().join("other.toml");
    fs::write(&other, "[data]\ndir = '/other'\n").unwrap();
    scene.sources.file = Some(other.clone());
    let loaded = scene.load();
    assert_eq!(loaded.config.data.dir, PathBuf::from("/other"));
    assert_eq!(loaded.file, Some(other));
}

#[test]
fn what_print_shows_can_be_used_as_a_file() {
    let first = scene("[server]\ntrusted_proxies = ['10.0.0.0/8', '::1']\n[log]\nfilter = 'info,store=debug'\n").load();
    let second = scene(&first.print()).load();
    assert_eq!(first.config, second.config);
}

#[test]
fn the_reference_page_in_the_documentation_is_up_to_date() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md")).unwrap();
    let (_, rest) = page.split_once("<!-- reference: begin -->\n\n").unwrap();
    let (written, _) = rest.split_once("\n<!-- reference: end -->").unwrap();
    assert!(written == reference(), "Put the output of `tidings config reference` between the two marks.");
}
