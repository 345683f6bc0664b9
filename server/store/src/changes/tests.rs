use super::*;

fn id(text: &str) -> ProjectId {
    text.parse().unwrap()
}

#[test]
fn a_change_makes_what_was_read_before_it_outdated_and_nothing_else() {
    let changes = Changes::new();
    let (acme, other) = (changes.project(&id("acme")), changes.project(&id("other")));
    let before = changes.now();
    changes.tell([&id("acme")]);
    let after = changes.now();
    assert!(!changes.is_current(&acme, before), "read before the change");
    assert!(changes.is_current(&acme, after), "read after it");
    assert!(changes.is_current(&other, before), "of another project");
    assert!(!changes.is_current(&changes.everything(), before));
    assert!(changes.is_current(&changes.everything(), after));
}

#[test]
fn a_change_of_a_project_nobody_asked_for_yet_counts_too() {
    let changes = Changes::new();
    let before = changes.now();
    changes.tell([&id("acme")]);
    assert!(!changes.is_current(&changes.project(&id("acme")), before));
}

#[test]
fn while_other_processes_cannot_be_heard_nothing_kept_is_current() {
    let changes = Changes::new();
    let acme = changes.project(&id("acme"));
    let before = changes.now();
    changes.set_deaf(true);
    let meanwhile = changes.now();
    assert!(!changes.is_current(&acme, before) && !changes.is_current(&acme, meanwhile));
    assert!(changes.now() > meanwhile, "two who come one after the other share nothing");
    changes.set_deaf(false);
    assert!(!changes.is_current(&acme, meanwhile), "it was read while changes were missed");
    assert!(changes.is_current(&acme, changes.now()));
}

#[test]
fn more_projects_than_are_told_apart_lose_nothing() {
    let changes = Changes::new();
    let first = changes.project(&id("p0"));
    let before = changes.now();
    for number in 1..=MAX_PROJECTS {
        changes.project(&id(&format!("p{number}")));
    }
    changes.tell([&id("p0")]);
    assert!(!changes.is_current(&first, before));
}
