//! Changes by flags and in an editor, against the contract.

use super::terminal::at_terminal;
use super::*;

const PATH: &str = "/api/projects/cmk60kvj50ce9uvw53efr4edt/changelog/cmk9";

fn ci(server: &Recorded) -> Place {
    let place = person().variable("TIDINGS_HOST", &server.url()).variable("TIDINGS_API_KEY", "chr_x");
    place.variable("TIDINGS_PROJECT", "cmk60kvj50ce9uvw53efr4edt")
}

fn found() -> Reply {
    Reply::json("200 OK", &entry("cmk9", json!({}))).header("etag: \"one\"")
}

fn done(changes: Value) -> Reply {
    Reply::json("200 OK", &entry("cmk9", changes))
}

fn changed() -> Reply {
    Reply::json("412 Precondition Failed", &entry("cmk9", json!({ "content": "Of somebody else." })))
}

#[test]
fn only_what_changes_is_sent_and_only_if_nobody_else_changed_the_entry() {
    let server = record(vec![found(), done(json!({ "title": "Darker mode" }))]);
    let place = ci(&server);
    let args = ["entry", "edit", "cmk9", "--title", "Darker mode", "--version", "", "--tag", "Added"];
    place.run(&args).succeeded().says("Changed “Darker mode”");
    let requests = server.requests();
    assert_eq!(requests[1].line, format!("PUT {PATH}"));
    assert_eq!(requests[1].header("if-match"), Some("\"one\""));
    // The tags are those it has.
    assert_eq!(requests[1].json(), json!({ "title": "Darker mode", "version": null, "isManual": true }));

    let server = record(vec![found()]);
    ci(&server).run(&["entry", "edit", "cmk9", "--title", "Dark mode"]).succeeded().says("Nothing was changed.");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn what_somebody_else_changed_meanwhile_is_told_and_not_overwritten() {
    let server = record(vec![found(), changed()]);
    let place = ci(&server);
    place.write("notes.md", "Mine.\n");
    place.run(&["entry", "edit", "cmk9", "--content", "notes.md"]).failed(5).says("Somebody else");
    let requests = server.requests();
    assert_eq!(requests[1].json(), json!({ "content": "Mine.", "isManual": true }));
    assert_eq!(requests.len(), 2, "a change is not tried again");
}

#[test]
fn an_edit_without_flags_and_without_a_terminal_is_not_understood() {
    let server = record(vec![]);
    ci(&server).run(&["entry", "edit", "cmk9"]).failed(2).says("--content");
    assert!(server.requests().is_empty());
}

/// A person who sits at a terminal and whose editor does this to the file `$1`.
fn with_editor(server: &Recorded, script: &str) -> Place {
    let place = ci(server).variable("PATH", "/usr/bin:/bin");
    place.write("editor.sh", script);
    let editor = format!("sh {} --wait", place.path("editor.sh").display());
    // The file is the last argument, after those of the variable.
    place.variable("VISUAL", &editor).variable("EDITOR", "false")
}

fn drafts(place: &Place) -> Vec<String> {
    let folder = place.path("home/.config/tidings/drafts");
    let files = std::fs::read_dir(folder).into_iter().flatten();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn an_entry_goes_through_the_editor_and_its_file_does_not_stay() {
    let server = record(vec![found(), done(json!({}))]);
    let place =
        with_editor(&server, "[ \"$1\" = --wait ] && sed -i 's/A dark theme/A darker theme/; s/1.4.0/1.4.1/' \"$2\"");
    let seen = at_terminal(&place, 80, &["entry", "edit", "cmk9"], "");
    assert_eq!(seen.code, 0, "{}", seen.text);
    let sent = server.requests()[1].json();
    assert_eq!(sent, json!({ "content": "A darker theme.", "version": "1.4.1", "isManual": true }));
    assert!(drafts(&place).is_empty());
}

#[test]
fn an_edited_text_is_kept_when_the_server_does_not_take_it() {
    let server = record(vec![found(), changed()]);
    let place = with_editor(&server, "sed -i 's/A dark theme/My darker theme/' \"$2\"");
    let seen = at_terminal(&place, 80, &["entry", "edit", "cmk9"], "");
    assert_eq!(seen.code, 5, "{}", seen.text);
    assert!(seen.text.contains("Your text is kept in ") && seen.text.contains("--content"), "{}", seen.text);
    let kept = drafts(&place);
    assert!(kept.len() == 1 && kept[0].contains("My darker theme."), "{kept:?}");

    // The file can be sent as it is, head and all.
    drop(server);
    let server = record(vec![found(), done(json!({}))]);
    let again = ci(&server);
    again.write("kept.md", &kept[0]);
    again.run(&["entry", "edit", "cmk9", "--content", "kept.md"]).succeeded();
    assert_eq!(server.requests()[1].json(), json!({ "content": "My darker theme.", "isManual": true }));
}

#[test]
fn an_editor_that_fails_or_changes_nothing_changes_nothing() {
    for (script, code, says) in [
        ("true", 0, "Nothing was changed."),
        ("exit 3", 1, "Your text is kept in"),
        (": > \"$2\"", 1, "The text is empty"),
        ("echo '+++' > \"$2\"", 1, "Your text is kept in"),
    ] {
        let server = record(vec![found()]);
        let seen = at_terminal(&with_editor(&server, script), 80, &["entry", "edit", "cmk9"], "");
        assert_eq!(seen.code, code, "{script}: {}", seen.text);
        assert!(seen.text.contains(says), "{script}: {}", seen.text);
        assert_eq!(server.requests().len(), 1, "{script}");
    }
}

#[test]
fn a_new_entry_is_written_in_the_editor() {
    let server = record(vec![Reply::json("201 Created", &entry("cmk9", json!({})))]);
    let place =
        with_editor(&server, "sed -i 's/title = \"\"/title = \"Dark mode\"/' \"$2\"; echo 'A dark theme.' >> \"$2\"");
    let seen = at_terminal(&place, 80, &["entry", "new", "--version", "1.4.0", "--tag", "Added"], "");
    assert_eq!(seen.code, 0, "{}", seen.text);
    let sent = server.requests()[0].json();
    assert_eq!(
        sent,
        json!({ "title": "Dark mode", "version": "1.4.0", "tags": ["Added"], "content": "A dark theme." })
    );
    assert!(drafts(&place).is_empty());

    let server = record(vec![]);
    let place = ci(&server);
    let seen = at_terminal(&place, 80, &["entry", "new"], "");
    assert_eq!(seen.code, 2, "{}", seen.text);
    assert!(seen.text.contains("VISUAL"), "{}", seen.text);
}

#[test]
fn an_external_id_makes_one_entry_however_often_the_command_runs() {
    let with = |status, changes: Value| Reply::json(status, &entry("cmk9", changes));
    let known = json!({ "externalId": "v1.4.0", "status": "published" });
    let server = record(vec![with("201 Created", known.clone()), with("200 OK", known.clone()), with("200 OK", known)]);
    let place = ci(&server);
    let new = |text: &str| {
        let args = ["entry", "new", "--title", "Dark mode", "--external-id", "v1.4.0", "-"];
        place.run_with(&args, text.as_bytes()).succeeded()
    };
    let first = new("A dark theme.");
    assert!(first.err.is_empty(), "{}", first.err);
    let second = new("A dark theme.").says("There is “Dark mode” (1.4.0), id cmk9 already; it is published.");
    assert!(second.err.is_empty(), "{}", second.err);
    new("Another text.").says("was left as it is").says("tidings entry edit cmk9");
    let requests = server.requests();
    assert!(requests.iter().all(|request| request.json()["externalId"] == "v1.4.0"));
    let keys: Vec<_> = requests.iter().map(|request| request.header("idempotency-key").unwrap().to_owned()).collect();
    assert!(keys[0] != keys[1] && keys[1] != keys[2], "two commands are two requests");
}

#[test]
fn a_deletion_that_needs_approval_is_no_deletion() {
    let asked = json!({ "message": "An administrator has to approve this first.", "request": { "id": "cmkm" } });
    let server = record(vec![found(), Reply::json("202 Accepted", &asked), found(), found()]);
    let place = ci(&server);
    place.run(&["entry", "delete", "cmk9", "--yes"]).failed(6).says("is not deleted yet").says("administrator");
    let deleted = place.run(&["entry", "delete", "cmk9", "--yes", "--json"]).succeeded().json();
    assert_eq!(deleted["somethingNew"]["deep"], json!([1, 2, 3]), "the answer is passed on whole");
}

#[test]
fn an_entry_that_was_made_and_could_not_be_published_is_told() {
    let server = record(vec![
        Reply::json("201 Created", &entry("cmk9", json!({}))),
        Reply::json("403 Forbidden", &json!({ "error": "No.", "code": "missing_scope" })),
    ]);
    let args = ["entry", "new", "--title", "Dark mode", "--publish", "-"];
    ci(&server).run_with(&args, b"text").failed(1).says("It is there as a draft").says("tidings entry publish cmk9");
}
