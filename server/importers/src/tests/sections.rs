use super::{notes, parse};
use crate::NoteKind;

fn tags(body: &str) -> Vec<String> {
    parse(&format!("## 1.2.3\n\n{body}\n")).releases[0].tags.clone()
}

#[test]
fn sections_give_tags_as_written_once_and_in_order() {
    let table: [(&str, &[&str]); 12] = [
        ("### Added\n- a\n### Fixed\n- b\n### added\n- c", &["Added", "Fixed"]),
        ("### 🐛 Bug Fixes\n- a\n### ⚠️ BREAKING CHANGES\n- b", &["Bug Fixes", "BREAKING CHANGES"]),
        ("### :bug: Bug Fixes:\n- a", &["Bug Fixes"]),
        ("### <!-- 1 -->🚀 Features\n- a", &["Features"]),
        ("### Bug Fixes & Improvements\n- a", &["Bug Fixes", "Improvements"]),
        ("### Security and Performance\n- a", &["Security", "Performance"]),
        ("Deprecated\n---\n- a", &["Deprecated"]),
        ("**Features**\n\n- a\n\n**Bug Fixes:**\n\n- b", &["Features", "Bug Fixes"]),
        ("__Other__\n- a", &["Other"]),
        ("Improvements:\n\n- a", &["Improvements"]),
        ("**Note** this\n\n- **Fixed** a thing", &["Fixed"]),
        ("```\n### Added\n```", &[]),
    ];
    for (body, expected) in table {
        assert_eq!(tags(body), expected, "{body}");
    }
}

#[test]
fn lists_without_sections_give_tags_by_their_commits_or_first_words() {
    let table: [(&str, &[&str]); 6] = [
        ("- feat: a\n- fix(ui)!: b\n- feat(api): c", &["Features", "Bug Fixes", "Breaking Changes"]),
        ("* **docs:** a\n* chore(deps): b", &["Documentation", "Chores"]),
        ("- Added a\n- [Fixed] b\n- Updated c", &["Added", "Fixed", "Changed"]),
        ("- fixtures: a\n- feature b", &[]),
        ("### Added\n- fix: a", &["Added"]),
        ("```\n- feat: a\n```", &[]),
    ];
    for (body, expected) in table {
        assert_eq!(tags(body), expected, "{body}");
    }
}

#[test]
fn a_section_of_another_name_stays_in_the_text_and_is_reported() {
    let parsed = parse("## 1.2.3\n\n### Daemon\n\n- Faster\n\n### Fixed\n\n- Leak\n");
    assert_eq!(parsed.releases[0].tags, ["Fixed"]);
    assert_eq!(parsed.releases[0].content, "## Daemon\n\n- Faster\n\n## Fixed\n\n- Leak");
    assert_eq!(notes(&parsed), [(3, NoteKind::UnknownSection)]);
}
