use testkit::on_both_databases;

use super::{Place, place};

fn create<'a>(email: &'a str, name: &'a str, role: &'a str) -> Vec<&'a str> {
    vec!["user", "create", "--email", email, "--name", name, "--role", role, "--password-stdin"]
}

on_both_databases! {
    async fn a_person_is_created_once_and_the_password_is_never_shown(place: Place) {
        let args = create("Ada@Example.com", "Ada Lovelace", "admin");
        let answer = place.run_with(&args, b"correct horse battery\n").succeeded().says("ada@example.com");
        assert!(!answer.out.contains("horse") && !answer.err.contains("horse"));
        place.run_with(&args, b"correct horse battery\n").failed(1).says("--email");
    }

    async fn people_are_listed_changed_and_locked_out(place: Place) {
        place.create_user("ada@example.com");
        place.run_with(&create("bob@example.com", "Bob Berg", "staff"), b"correct horse battery\n").succeeded();
        let table = place.run(&["user", "list"]).succeeded().out;
        assert_eq!(table.lines().count(), 3, "{table}");
        for cell in ["ada@example.com", "Bob Berg", "Staff", "never", "active"] {
            assert!(table.contains(cell), "{cell}: {table}");
        }
        assert!(!table.contains("system@"), "{table}");
        place.run(&["user", "role", "BOB@example.com", "viewer"]).succeeded().says("Viewer");
        place.run(&["user", "disable", "bob@example.com"]).succeeded().says("bob@example.com");
        let json: serde_json::Value = serde_json::from_str(&place.run(&["user", "list", "--json", "--role", "viewer"]).succeeded().out).unwrap();
        assert_eq!((json.as_array().unwrap().len(), &json[0]["email"], json[0]["disabledAt"].is_string()), (1, &"bob@example.com".into(), true));
        place.run(&["user", "enable", "bob@example.com"]).succeeded();
        assert!(place.run(&["user", "list"]).succeeded().out.lines().all(|line| !line.ends_with("disabled")));
        // The last administrator keeps the role, also from here.
        place.run(&["user", "role", "ada@example.com", "staff"]).failed(1).says("last administrator");
        place.run(&["user", "disable", "ada@example.com"]).failed(1).says("last administrator");
        place.run(&["user", "disable", "eve@example.com"]).failed(4).says("eve@example.com");
        place.run(&["user", "disable", "system@tidings.invalid"]).failed(4);
    }

    async fn the_link_of_an_invitation_is_alone_on_standard_output(place: Place) {
        place.create_user("ada@example.com");
        let invite = ["user", "invite", "--email", "Ole@Example.com", "--role", "staff", "--days", "3"];
        let link = place.run(&invite).succeeded().out;
        let token = link.trim_end().rsplit('/').next().unwrap();
        assert!(link.starts_with("http") && link.contains("/register/") && token.len() == 32, "{link}");
        place.run(&invite).failed(1).says("--email").says("open invitation");
        let days = ["user", "invite", "--email", "una@example.com", "--role", "staff", "--days", "31"];
        place.run(&days).failed(1).says("--days");
    }

    async fn a_key_is_alone_on_standard_output_and_what_it_may_do_on_standard_error(place: Place) {
        place.create_user("ada@example.com");
        let args = ["api-key", "create", "--user", "ada@example.com", "--name", "CI", "--scope", "changelog:write"];
        let answer = place.run(&args).succeeded().says("changelog:write");
        let key = answer.out.strip_suffix('\n').unwrap();
        assert!(key.starts_with("chr_") && key.len() == 36 && !key.contains(char::is_whitespace), "{key}");
        assert!(!answer.err.contains(key));
    }

    async fn keys_are_listed_and_revoked(place: Place) {
        place.create_user("ada@example.com");
        place.create_user("bob@example.com");
        let create = |email: &str, name: &str, more: &[&str]| {
            let args = [&["api-key", "create", "--user", email, "--name", name], more].concat();
            place.run(&args).succeeded().out.trim_end().to_owned()
        };
        let secret = create("ada@example.com", "CI", &["--scope", "tags:read", "--expires", "2999-12-31"]);
        create("bob@example.com", "Mirror", &[]);

        let list = |more: &[&str]| place.run(&[&["api-key", "list"], more].concat()).succeeded().out;
        let table = list(&[]);
        assert_eq!(table.lines().count(), 3, "{table}");
        for cell in ["CI", &format!("{}...", &secret[..12]), "ada@example.com", "tags:read", "active until 2999-12-31", "Full access"] {
            assert!(table.contains(cell), "{cell}: {table}");
        }
        assert!(!table.contains(&secret));
        let json: serde_json::Value = serde_json::from_str(&list(&["--json", "--user", "ADA@example.com"])).unwrap();
        assert_eq!(json.as_array().unwrap().len(), 1);
        let key = &json[0];
        assert_eq!((&key["name"], &key["state"], &key["projectId"]), (&"CI".into(), &"active".into(), &serde_json::Value::Null));
        assert_eq!((&key["permissions"][0], &key["expiresAt"]), (&"tags:read".into(), &"2999-12-31T23:59:59.999Z".into()));

        let id = key["id"].as_str().unwrap();
        place.run(&["api-key", "revoke", id]).succeeded().says("CI").says("ada@example.com");
        // The aim is reached already.
        place.run(&["api-key", "revoke", id]).succeeded();
        assert!(list(&[]).lines().any(|line| line.contains("CI") && line.ends_with("revoked")));
        place.run(&["api-key", "revoke", "nothing"]).failed(1).says("nothing");
        place.run(&["api-key", "list", "--user", "eve@example.com"]).failed(1).says("--user").says("eve@example.com");
    }
}

#[test]
fn every_wrong_field_of_a_person_is_named_with_what_is_allowed() {
    let place = place();
    let answer = place.run_with(&create("ada", "A", "staff"), b"short\n").failed(1);
    assert_eq!(answer.err.lines().count(), 3, "{}", answer.err);
    answer
        .says("error: --name: The name needs at least 2 characters.")
        .says("error: --email: Enter an e-mail address")
        .says("error: password: The password needs at least 8 characters.");
    place
        .run_with(&create("ada@example.com", "Ada", "boss"), b"correct horse")
        .failed(2)
        .says("admin, staff or viewer");
    place
        .run_with(&create("ada@example.com", "Ada", "staff"), b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8")
        .failed(1)
        .says("UTF-8");
    // Nothing of this left somebody behind.
    place.run_with(&create("ada@example.com", "Ada", "staff"), b"correct horse").succeeded();
}

#[test]
fn a_password_is_only_taken_from_standard_input() {
    place()
        .run(&["user", "create", "--email", "a@example.com", "--name", "Ada", "--role", "staff"])
        .failed(2)
        .says("--password-stdin");
}

#[test]
fn a_key_without_scopes_may_do_everything_and_a_note_says_so() {
    let place = place();
    place.create_user("ada@example.com");
    place.run(&["api-key", "create", "--user", "ada@example.com", "--name", "CI"]).succeeded().says("all scopes");
}

#[test]
fn a_key_needs_a_known_owner_a_known_project_and_known_scopes() {
    let place = place();
    place.create_user("ada@example.com");
    let create = |more: &[&str]| {
        let args = [&["api-key", "create", "--name", "CI"], more].concat();
        place.run(&args)
    };
    create(&["--user", "bob@example.com"]).failed(1).says("--user").says("bob@example.com");
    create(&["--user", "ada@example.com", "--project", "cnobody"]).failed(1).says("--project");
    create(&["--user", "ada@example.com", "--scope", "changelog:eat"]).failed(2).says("changelog:read");
    for bad in ["soon", "0d", "2020-01-01"] {
        create(&["--user", "ada@example.com", "--expires", bad]).failed(1).says("--expires");
    }
}

#[cfg(unix)]
#[test]
fn the_database_is_for_its_owner_alone_even_in_a_directory_that_others_read() {
    use std::os::unix::fs::PermissionsExt;

    let place = place();
    std::fs::create_dir(place.path("data")).unwrap();
    std::fs::set_permissions(place.path("data"), std::fs::Permissions::from_mode(0o755)).unwrap();
    place.create_user("ada@example.com");
    for file in std::fs::read_dir(place.path("data")).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}

#[test]
fn migrate_says_what_it_applied_and_then_that_nothing_is_missing() {
    let place = place();
    place.run(&["migrate"]).succeeded().says("applied 0001");
    place.run(&["migrate"]).succeeded().says("already");
}

#[test]
fn a_database_that_cannot_be_opened_is_told_with_its_file() {
    let place = place();
    std::fs::create_dir(place.path("data")).unwrap();
    place.write("data/tidings.db", "this is no database, and long enough to be taken for one by its first bytes");
    place.run(&["migrate"]).failed(1).says("SQLite in ./data/tidings.db");
    let content = std::fs::read_to_string(place.path("data/tidings.db")).unwrap();
    assert!(content.starts_with("this is no database"), "what is there is kept");
}
