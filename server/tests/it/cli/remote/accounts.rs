use std::os::unix::fs::PermissionsExt;

use super::*;

const ME: &str = r#"{"id":"c1","email":"mara@example.com","name":"Mara","role":"STAFF","apiKey":{"name":"Build"}}"#;

fn me() -> Reply {
    Reply::json("200 OK", &serde_json::from_str(ME).unwrap())
}

fn mode(place: &Place, path: &str) -> u32 {
    std::fs::metadata(place.path(path)).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_key_is_checked_and_kept_for_its_owner_alone_and_never_shown() {
    let instance = instance();
    let person = person();
    login(&person, &instance.url(), &instance.key)
        .succeeded()
        .hides(&instance.key)
        .says(&format!("Signed in to {} as Ada Lovelace (ada@example.com, admin).", instance.url()));
    assert_eq!(mode(&person, "home/.config/tidings/credentials.toml"), 0o600);
    assert_eq!(mode(&person, "home/.config/tidings"), 0o700);

    person.run(&["whoami"]).succeeded().hides(&instance.key).says("ada@example.com").says("changelog:publish");
    let json = person.run(&["whoami", "--json"]).succeeded().json();
    assert_eq!(json["apiKey"]["name"], "CI");

    person.run(&["logout"]).succeeded().says("Signed out").says("until it is revoked");
    let file = std::fs::read_to_string(person.path("home/.config/tidings/credentials.toml")).unwrap();
    assert!(!file.contains(&instance.key));
    person.run(&["whoami"]).failed(3).says("tidings login");
    person.run(&["logout"]).failed(3);
}

#[test]
fn a_wrong_key_is_refused_and_not_kept() {
    let instance = instance();
    let person = person();
    let wrong = "chr_0000000000000000000000000000wrong";
    login(&person, &instance.url(), wrong).failed(3).hides(wrong).says("not accepted");
    login(&person, &instance.url(), "two words").failed(1).hides("two words").says("one word");
    login(&person, &instance.url(), "").failed(1).says("empty");
    assert!(!person.path("home").exists());
}

#[test]
fn a_host_that_is_no_address_is_not_understood() {
    let person = person();
    for host in ["https://a.example/dashboard", "ftp://a.example", "https://me:pw@a.example", ""] {
        login(&person, host, "chr_x").failed(2).says("--host").says("https://changelog.example.com");
    }
    person.run(&["login"]).failed(2).says("--host");
    person.run(&["login", "--host", "https://a.example", "--no-browser", "--api-key-stdin"]).failed(2);
}

#[test]
fn what_is_no_tidings_is_told_and_not_kept() {
    let server = record(vec![Reply::page("<!doctype html>"), Reply::json("200 OK", &json!([]))]);
    let person = person();
    login(&person, &server.url(), "chr_x").failed(7).says("a page instead of JSON");
    login(&person, &server.url(), "chr_x").failed(7).says("did not answer as Tidings does");
    assert!(!person.path("home").exists());
}

#[test]
fn several_hosts_are_kept_and_the_last_one_is_meant_unless_another_is_named() {
    let (one, two) = (record(vec![me(), me(), me()]), record(vec![me(), me()]));
    let person = person();
    login(&person, &one.url(), "chr_one").succeeded();
    login(&person, &two.url(), "chr_two").succeeded();
    person.run(&["whoami"]).succeeded();
    // Without a scheme, the one that is signed in to.
    person.run(&["whoami", "--host", &one.address]).succeeded();
    person.run(&["whoami", "--host", "http://127.0.0.1:1"]).failed(3).says("http://127.0.0.1:1");
    person.run(&["logout"]).succeeded().says(&format!("Commands go to {} now.", one.url()));
    person.run(&["whoami"]).succeeded();
    let keys = |server: Recorded| -> Vec<String> {
        let requests = server.requests();
        requests.iter().map(|request| request.header("authorization").unwrap().to_owned()).collect()
    };
    assert_eq!(keys(one), ["Bearer chr_one"; 3]);
    assert_eq!(keys(two), ["Bearer chr_two"; 2]);
}

#[test]
fn the_environment_wins_over_the_file_and_its_key_goes_to_its_host_only() {
    let (kept, named) = (record(vec![me(), me()]), record(vec![me()]));
    let person = person();
    login(&person, &kept.url(), "chr_kept").succeeded();
    let person = person.variable("TIDINGS_HOST", &named.url()).variable("TIDINGS_API_KEY", "chr_environment");
    person.run(&["whoami"]).succeeded();
    person.run(&["whoami", "--host", &kept.url()]).succeeded();
    person.run(&["whoami", "--host", "http://127.0.0.1:1"]).failed(3);
    assert_eq!(named.requests()[0].header("authorization"), Some("Bearer chr_environment"));
    assert_eq!(kept.requests()[1].header("authorization"), Some("Bearer chr_kept"));
}

#[test]
fn a_build_server_needs_no_files() {
    let server = record(vec![me()]);
    let place = place().variable("TIDINGS_HOST", &server.url()).variable("TIDINGS_API_KEY", "chr_x");
    place.run(&["whoami"]).succeeded().says("mara@example.com");
    super::place().run(&["whoami"]).failed(3).says("TIDINGS_API_KEY");
    super::place().variable("TIDINGS_HOST", "a.example/x").run(&["whoami"]).failed(2).says("TIDINGS_HOST");
}

#[test]
fn a_file_of_keys_that_cannot_be_understood_is_told_without_its_keys() {
    let server = record(vec![me()]);
    let person = person();
    login(&person, &server.url(), "chr_x").succeeded();
    let file = "home/.config/tidings/credentials.toml";
    for wrong in
        ["hosts = \"chr_secret\"\n", "hosts = \n", "[hosts.\"http://a\"]\napi_key = \"chr_secret with blanks\"\n"]
    {
        person.write(file, wrong);
        person.run(&["whoami"]).failed(1).says("credentials.toml, line ").hides("chr_secret");
        login(&person, &server.url(), "chr_x").failed(1).says("credentials.toml");
        assert_eq!(std::fs::read_to_string(person.path(file)).unwrap(), wrong, "what is there is kept");
    }
}

#[test]
fn a_file_of_keys_that_others_could_read_is_closed_to_them() {
    let server = record(vec![me(), me()]);
    let person = person();
    login(&person, &server.url(), "chr_x").succeeded();
    let file = "home/.config/tidings/credentials.toml";
    std::fs::set_permissions(person.path(file), std::fs::Permissions::from_mode(0o644)).unwrap();
    person.run(&["whoami"]).succeeded().says("open to other users");
    assert_eq!(mode(&person, file), 0o600);
}

#[test]
fn options_of_the_server_are_refused_where_they_mean_nothing() {
    for args in [["whoami", "--data-dir", "x"], ["--data-dir", "x", "whoami"]] {
        place().run(&args).failed(2).says("--data-dir belongs to commands of the server");
    }
    let help = place().run(&["entry", "list", "--help"]).succeeded();
    assert!(!help.out.contains("--data-dir"), "{}", help.out);
    assert!(place().run(&["migrate", "--help"]).succeeded().out.contains("--data-dir"));
}

#[test]
fn a_configuration_of_the_server_is_no_matter_of_the_client() {
    let server = record(vec![me()]);
    let place = place().variable("TIDINGS_HOST", &server.url()).variable("TIDINGS_API_KEY", "chr_x");
    place.write("tidings.toml", "this is no configuration");
    place.run(&["whoami"]).succeeded();
}

#[test]
fn completions_are_scripts_that_bash_can_read() {
    let place = place();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = place.run(&["completions", shell]).succeeded().out;
        assert!(script.contains("unpublish"), "{shell}");
        place.write(shell, script);
    }
    let read = std::process::Command::new("bash").arg("-n").arg(place.path("bash")).status().unwrap();
    assert!(read.success());
    place.run(&["completions", "tcsh"]).failed(2).says("elvish");
}
