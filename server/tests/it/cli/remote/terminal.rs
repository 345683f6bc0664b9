//! What people see who sit at a terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::*;

pub struct Seen {
    pub code: i32,
    pub text: String,
}

/// Runs at a terminal of so many columns, where somebody types this. An empty environment but for the place's own.
pub fn at_terminal(place: &Place, columns: u16, args: &[&str], typed: &str) -> Seen {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    tcsetwinsize(&master, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let flags = OFlags::NOCTTY.bits().cast_signed();
    let slave = File::options().read(true).write(true).custom_flags(flags).open(name).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
    command.args(args).current_dir(place.dir.path()).env_clear().envs(place.environment.iter().cloned());
    command.stdin(slave.try_clone().unwrap()).stdout(slave.try_clone().unwrap()).stderr(slave);
    let mut child = command.spawn().unwrap();
    drop(command);
    let mut master = File::from(master);
    master.write_all(typed.as_bytes()).unwrap();
    let mut text = Vec::new();
    // Linux reports the end of a terminal as an error.
    let _ = master.read_to_end(&mut text);
    let code = child.wait().unwrap().code().unwrap_or(-1);
    Seen { code, text: String::from_utf8(text).unwrap() }
}

fn long() -> Recorded {
    let title = "A title that goes on and on and is far too long for any terminal that people have in front of them";
    let entries = json!([
        entry(
            "cmk9ri19r0wyojfljooa5lqsa",
            json!({ "title": title, "status": "published", "publishedAt": "2026-03-04T09:30:00.000Z" })
        ),
        entry("cmk9ri19r0wyojfljooa5lqsb", json!({ "title": "暗いテーマ\u{1b}[2J" })),
    ]);
    record(vec![Reply::json(
        "200 OK",
        &json!({ "entries": entries, "tags": [], "pagination": { "page": 1, "limit": 20, "total": 2 } }),
    )])
}

fn ci(server: &Recorded) -> Place {
    let place = person().variable("TIDINGS_HOST", &server.url()).variable("TIDINGS_API_KEY", "chr_x");
    place.variable("TIDINGS_PROJECT", "cmk60kvj50ce9uvw53efr4edt")
}

#[test]
fn a_table_fits_the_terminal_and_has_colours_unless_they_are_not_wanted() {
    let list = ["entry", "list"];
    let server = long();
    let seen = at_terminal(&ci(&server), 80, &list, "");
    assert_eq!(seen.code, 0, "{}", seen.text);
    assert!(seen.text.contains("\u{1b}[32mpublished"), "{}", seen.text);
    assert!(seen.text.contains('…') && seen.text.contains("cmk9ri19r0wyojfljooa5lqsa"), "{}", seen.text);
    assert!(!seen.text.contains("\u{1b}[2J"), "a title must not rewrite the screen: {}", seen.text);

    for (name, value, more) in [("NO_COLOR", "1", ""), ("TERM", "dumb", ""), ("X", "", "--no-color")] {
        let server = long();
        let args: Vec<&str> = list.into_iter().chain([more]).filter(|arg| !arg.is_empty()).collect();
        let seen = at_terminal(&ci(&server).variable(name, value), 80, &args, "");
        assert!(!seen.text.contains('\u{1b}'), "{name} {more}: {}", seen.text);
        assert!(seen.text.lines().all(|line| line.trim_end().chars().count() <= 80), "{}", seen.text);
    }
}

#[test]
fn a_pipe_gets_whole_titles_without_colours() {
    let server = long();
    let answer = ci(&server).run(&["entry", "list"]).succeeded().says("that people have in front of them");
    assert!(!answer.out.contains('\u{1b}') && !answer.out.contains('…'));
}

#[test]
fn deleting_asks_first_and_only_a_yes_deletes() {
    let entry = || Reply::json("200 OK", &entry("cmk9", json!({}))).header("etag: \"one\"");
    let server = record(vec![entry()]);
    let seen = at_terminal(&ci(&server), 80, &["entry", "delete", "cmk9"], "n\n");
    assert_eq!(seen.code, 1, "{}", seen.text);
    assert!(seen.text.contains("Delete “Dark mode” (1.4.0)") && seen.text.contains("Nothing was deleted"));
    assert!(server.requests().iter().all(|request| request.line.starts_with("GET ")));

    let server = record(vec![entry(), entry()]);
    let seen = at_terminal(&ci(&server), 80, &["entry", "delete", "cmk9"], "yes\n");
    assert_eq!(seen.code, 0, "{}", seen.text);
    let requests = server.requests();
    assert_eq!(requests[1].line, "DELETE /api/projects/cmk60kvj50ce9uvw53efr4edt/changelog/cmk9");
    assert_eq!(requests[1].header("if-match"), Some("\"one\""));
}

#[test]
fn a_delete_without_a_terminal_needs_to_be_told_yes() {
    let server = record(vec![]);
    ci(&server).run(&["entry", "delete", "cmk9"]).failed(2).says("--yes");
    assert!(server.requests().is_empty());
}
