use super::*;

/// What `git cliff --latest --strip all` writes.
const NOTES: &str = "## [1.4.0] - 2026-03-04\n\n### Features\n\n- Dark mode\n";

#[test]
fn notes_become_an_entry_that_is_published_and_taken_back() {
    let instance = instance();
    let ci = instance.ci();
    let args = ["entry", "new", "--version", "1.4.0", "--tag", "Added", "--tag", "Fixed", "-"];
    ci.run_with(&args, NOTES.as_bytes()).succeeded().says("Created the draft “1.4.0 - 2026-03-04” (1.4.0)");

    let json = ci.run(&["entry", "show", "1.4.0", "--json"]).succeeded().json();
    assert_eq!(
        (&json["title"], &json["content"]),
        (&json!("1.4.0 - 2026-03-04"), &json!("### Features\n\n- Dark mode"))
    );
    assert_eq!((&json["status"], &json["tags"][1]["name"]), (&json!("draft"), &json!("Fixed")));
    let id = json["id"].as_str().unwrap();

    ci.run(&["entry", "list"]).succeeded().says("draft").says("Added, Fixed").says(id);
    ci.run(&["entry", "publish", "v1.4.0", "--date", "2026-03-04"]).succeeded().says("Published");
    ci.run(&["entry", "list"]).succeeded().says("published").says("2026-03-04");
    assert_eq!(ci.run(&["entry", "unpublish", "1-4-0-2026-03-04", "-q"]).succeeded().out, format!("{id}\n"));
    ci.run(&["entry", "show", id]).succeeded().says("draft").says("- Dark mode");
    assert_eq!(ci.run(&["entry", "show", id, "--content"]).succeeded().out, "### Features\n\n- Dark mode\n");
}

#[test]
fn an_entry_can_be_published_at_once_and_a_second_one_with_its_version_is_a_conflict() {
    let instance = instance();
    let ci = instance.ci();
    ci.write(
        "notes.md",
        "+++\ntitle = \"Dark mode\"\nversion = \"2.0.0\"\ntags = [\"Added\"]\n+++\n\nFor every page.\n",
    );
    let json = ci.run(&["entry", "new", "--publish", "--json", "notes.md"]).succeeded().json();
    assert_eq!((&json["status"], &json["version"]), (&json!("published"), &json!("2.0.0")));
    assert_eq!((&json["title"], &json["tags"][0]["name"]), (&json!("Dark mode"), &json!("Added")));
    ci.run(&["entry", "new", "notes.md"]).failed(5).says("--version: ").says("2.0.0");
    // Flags win over what the file says.
    ci.run(&["entry", "new", "--version", "2.0.1", "--title", "Again", "notes.md"]).succeeded().says("“Again” (2.0.1)");
}

#[test]
fn what_cannot_be_an_entry_is_refused_with_its_flag() {
    let instance = instance();
    let ci = instance.ci();
    let new = |args: &[&str], text: &[u8]| ci.run_with(&[&["entry", "new", "-"], args].concat(), text);
    new(&[], b"Text without a heading.").failed(2).says("--title");
    new(&["--title", "x"], b" \n").failed(1).says("empty");
    new(&["--title", "x"], b"caf\xe9").failed(1).says("UTF-8");
    new(&["--title", &"x".repeat(300)], b"text").failed(1).says("--title: ").says("200");
    new(&["--title", "x", "--version", &"9".repeat(200)], b"text").failed(1).says("--version: ");
    new(&[], b"+++\ntitel = 'x'\n+++\ntext").failed(1).says("standard input, line 2");
    ci.run(&["entry", "new"]).failed(2).says("standard input");
    ci.run(&["entry", "new", "nowhere.md"]).failed(1).says("nowhere.md cannot be read");
    ci.run(&["entry", "publish", "x", "--date", "2026-03-04"]).failed(4).says("“x”");
    assert_eq!(ci.run(&["entry", "list", "--quiet"]).succeeded().out, "");
}

#[test]
fn entries_are_filtered_and_counted() {
    let instance = instance();
    let ci = instance.ci();
    for (title, tag) in [("One", "Added"), ("Two", "Fixed"), ("Three", "Added")] {
        ci.run_with(&["entry", "new", "--title", title, "--tag", tag, "-"], b"text").succeeded();
    }
    ci.run(&["entry", "publish", "one"]).succeeded();
    let titles = |more: &[&str]| -> Vec<String> {
        let json = ci.run(&[&["entry", "list", "--json"], more].concat()).succeeded().json();
        json["entries"].as_array().unwrap().iter().map(|entry| entry["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&[]), ["Three", "Two", "One"]);
    assert_eq!(titles(&["--tag", "added"]), ["Three", "One"]);
    assert_eq!(titles(&["--tag", "Added", "--tag", "Fixed", "--status", "draft"]), ["Three", "Two"]);
    assert_eq!(titles(&["--search", "TWO"]), ["Two"]);
    assert_eq!(titles(&["--limit", "2", "--page", "2"]), ["One"]);
    ci.run(&["entry", "list", "--limit", "2"]).succeeded().says("2 of 3 entries");
    ci.run(&["entry", "list", "--status", "gone"]).failed(2).says("published");
    ci.run(&["entry", "list", "--limit", "0"]).failed(2).says("--limit");
    ci.run(&["entry", "list", "--json", "--quiet"]).failed(2);
}

#[test]
fn a_name_that_two_entries_answer_to_is_answered_with_both() {
    let instance = instance();
    let ci = instance.ci();
    ci.run_with(&["entry", "new", "--title", "2 0", "-"], b"text").succeeded();
    ci.run_with(&["entry", "new", "--title", "Two", "--version", "2-0", "-"], b"text").succeeded();
    let answer = ci.run(&["entry", "show", "2-0"]).failed(2).says("fits several entries").says("2 0").says("Two");
    let id =
        answer.err.lines().find(|line| line.contains("Two")).unwrap().split_whitespace().nth(1).unwrap().to_owned();
    ci.run(&["entry", "show", &id]).succeeded().says("Two");
}

#[test]
fn who_needs_approval_is_told_so_and_the_entry_stays_a_draft() {
    let instance = instance();
    let args = ["user", "create", "--email", "bo@example.com", "--name", "Bo", "--role", "staff", "--password-stdin"];
    instance.at.run_with(&args, b"correct horse battery\n").succeeded();
    let ci = instance.ci_with(&instance.new_key("bo@example.com", &[]));
    let asked = ci.run_with(&["entry", "new", "--title", "Dark mode", "--publish", "-"], b"text").failed(6);
    asked.says("is not published yet").says("administrator");
    ci.run(&["entry", "show", "dark-mode"]).succeeded().says("draft");
    instance.ci().run(&["entry", "publish", "dark-mode"]).succeeded();
    ci.run(&["entry", "unpublish", "dark-mode"]).failed(6).says("approval");
}

#[test]
fn a_key_without_the_scope_is_refused_with_its_name() {
    let instance = instance();
    instance.ci().run_with(&["entry", "new", "--title", "Dark mode", "-"], b"text").succeeded();
    let ci = instance
        .ci_with(&instance.new_key("ada@example.com", &["--scope", "changelog:read", "--scope", "project:read"]));
    ci.run(&["entry", "show", "dark-mode"]).succeeded();
    ci.run(&["entry", "publish", "dark-mode"]).failed(1).says("changelog:publish").says("Make a key that has it");
}

#[test]
fn a_reader_that_stops_listening_is_no_failure() {
    let instance = instance();
    let ci = instance.ci();
    let text = "word ".repeat(30_000);
    ci.run_with(&["entry", "new", "--title", "Dark mode", "-"], text.as_bytes()).succeeded();
    let mut child = ci.start(&["entry", "show", "dark-mode"]);
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_entry_is_scheduled_for_a_moment_of_any_zone_and_called_off() {
    let found = || Reply::json("200 OK", &entry("cmk9", json!({})));
    let answer = |at: Value| {
        let entry = json!({ "id": "cmk9", "title": "Dark mode", "scheduledAt": at, "publishedAt": null });
        Reply::json("200 OK", &json!({ "success": true, "message": "…", "entry": entry, "jobId": "cmkj" }))
    };
    let server =
        record(vec![found(), answer(json!("2026-12-01T08:00:00.000Z")), found(), answer(Value::Null), found()]);
    let ci = recorded_ci(&server.url());
    let args = ["entry", "schedule", "cmk9", "--at", "2026-12-01T09:00:00+01:00"];
    ci.run(&args).succeeded().says("will be published at 2026-12-01 08:00 UTC");
    ci.run(&["entry", "schedule", "cmk9", "--cancel"]).succeeded().says("is not scheduled any more");
    // What names no zone is asked for before anything is sent.
    for at in ["2026-12-01", "2026-12-01T09:00:00", "tomorrow"] {
        ci.run(&["entry", "schedule", "cmk9", "--at", at]).failed(2).says("--at: ").says("with its zone");
    }
    ci.run(&["entry", "schedule", "cmk9"]).failed(2).says("--at");
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    assert_eq!(requests[1].line, "POST /api/projects/cmk60kvj50ce9uvw53efr4edt/changelog/cmk9/schedule");
    assert_eq!(requests[1].json(), json!({ "action": "schedule", "scheduledAt": "2026-12-01T08:00:00.000Z" }));
    assert!(requests[1].header("idempotency-key").is_some());
    assert_eq!(requests[3].json(), json!({ "action": "unschedule" }));
}

#[test]
fn a_schedule_that_is_refused_says_why_with_its_flag_and_code() {
    let found = || Reply::json("200 OK", &entry("cmk9", json!({})));
    let past = json!({ "error": "Please correct the marked fields.", "code": "invalid", "details": [{ "path": "scheduledAt", "message": "The moment lies in the past." }] });
    let taken = json!({ "error": "This entry is published already.", "code": "conflict" });
    let approval = json!({ "error": "An administrator has to approve this.", "code": "needs_approval" });
    let server = record(vec![
        found(),
        Reply::json("400 Bad Request", &past),
        found(),
        Reply::json("409 Conflict", &taken),
        found(),
        Reply::json("403 Forbidden", &approval),
    ]);
    let ci = recorded_ci(&server.url());
    let args = ["entry", "schedule", "cmk9", "--at", "2026-12-01T09:00:00Z"];
    ci.run(&args).failed(1).says("--at: The moment lies in the past.");
    ci.run(&args).failed(5).says("published already");
    ci.run(&args).failed(6).says("approve");
}

#[test]
fn all_projects_are_searched_or_the_ones_that_are_named() {
    let instance = instance();
    let ci = instance.ci();
    let new = ["entry", "new", "--version", "1.4.0", "--tag", "Added", "-"];
    ci.run_with(&new, b"## Dark mode\n\nFor every page.\n").succeeded();
    ci.run_with(&["entry", "new", "-"], b"## Windows paths\n\nThey work.\n").succeeded();
    ci.run(&["search", "dark", "page"]).succeeded().says("Dark mode").says("1.4.0").hides("Windows");
    let json = ci.run(&["search", "dark", "--json"]).succeeded().json();
    assert_eq!((&json["total"], &json["results"][0]["title"]), (&json!(1), &json!("Dark mode")));
    let id = json["results"][0]["id"].as_str().unwrap();
    assert_eq!(ci.run(&["search", "mode", "--tag", "Added", "-q"]).succeeded().out, format!("{id}\n"));
    assert_eq!(ci.run(&["search", "mode", "--in", "orbit-mail", "-q"]).succeeded().out, format!("{id}\n"));
    ci.run(&["search", "mode", "--in", "nowhere"]).failed(4).says("nowhere");
    ci.run(&["search", "nothing-of-this"]).succeeded().says("Nothing was found.");
    ci.run(&["search"]).failed(2).says("WORD");
    ci.run(&["search", "mode", "--limit", "51"]).failed(2).says("--limit");
}

/// A build server that asks a recorded instance about one project.
fn recorded_ci(url: &str) -> Place {
    let place = place().variable("TIDINGS_HOST", url).variable("TIDINGS_API_KEY", "chr_secret");
    place.variable("TIDINGS_PROJECT", "cmk60kvj50ce9uvw53efr4edt")
}
