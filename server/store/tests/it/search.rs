use model::entries::Entry;
use model::projects::Project;
use store::search::{SearchFilter, find};
use store::{Db, trash};
use testkit::on_both_databases;

use crate::values::{BY, at, entry, stored_entry, stored_project, stored_tag};

fn query(text: &str) -> SearchFilter {
    SearchFilter { query: text.into(), ..SearchFilter::default() }
}

/// The titles of what is found, part by part; every part agrees on how much there is.
async fn titles(db: &Db, filter: &SearchFilter) -> Vec<String> {
    let all = read!(db, find, filter, 100, 0);
    let mut parts = Vec::new();
    for offset in 0.. {
        let part = read!(db, find, filter, 1, offset);
        assert_eq!(part.total, all.total);
        match part.hits.into_iter().next() {
            Some(hit) => parts.push(hit.title),
            None => break,
        }
    }
    let whole: Vec<String> = all.hits.into_iter().map(|hit| hit.title).collect();
    assert_eq!(parts, whole);
    whole
}

async fn release(db: &Db, project: &Project, title: &str, version: Option<&str>, content: &str, moment: i64) -> Entry {
    let entry = Entry {
        version: version.map(str::to_owned),
        content: content.into(),
        created_at: at(moment),
        ..entry(project, title)
    };
    stored_entry(db, entry).await
}

on_both_databases! {
    async fn the_title_counts_more_than_the_version_and_that_more_than_the_text(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        release(&db, &acme, "In the text", None, "a Rocket and a comet", 9).await;
        release(&db, &other, "By version", Some("Rocket-1"), "comet", 8).await;
        release(&db, &acme, "Old rocket", None, "comet", 1).await;
        release(&db, &other, "New ROCKET", None, "comet", 2).await;
        release(&db, &acme, "Rocket comet", None, "", 0).await;
        assert_eq!(titles(&db, &query("rocket")).await, ["New ROCKET", "Old rocket", "Rocket comet", "By version", "In the text"]);
        assert_eq!(
            titles(&db, &query("comet rocket")).await,
            ["Rocket comet", "New ROCKET", "Old rocket", "By version", "In the text"],
            "two words in the title count more than one"
        );
        for nothing in ["rocket warp", "", " ", "%", "_", "\\", "\0"] {
            assert!(titles(&db, &query(nothing)).await.is_empty(), "{nothing:?}");
        }
        assert_eq!(titles(&db, &query(&"rocket ".repeat(60))).await.len(), 5, "a word counts once");
        let many: Vec<String> = (0..60).map(|number| format!("w{number}")).collect();
        release(&db, &acme, "Many", None, &many.join(" "), 0).await;
        assert_eq!(titles(&db, &query(&many.join(" "))).await, ["Many"]);
    }

    async fn every_filter_narrows_and_all_hold_together(db: Db) {
        let (acme, other) = (stored_project(&db, "acme").await, stored_project(&db, "other").await);
        let (fix, docs) = (stored_tag(&db, "Fix").await, stored_tag(&db, "Docs").await);
        let made = release(&db, &acme, "Rocket A", Some("1.0"), "", 1).await;
        write!(db, store::tags::set, &made.id, std::slice::from_ref(&fix)).unwrap();
        let made = release(&db, &acme, "Rocket B", None, "", 2).await;
        write!(db, store::tags::set, &made.id, &[fix.clone(), docs.clone()]).unwrap();
        release(&db, &other, "Rocket C", Some("1.0"), "", 3).await;
        stored_entry(&db, Entry { published_at: Some(at(0)), created_at: at(9), ..entry(&other, "Rocket D") }).await;
        let rocket = || query("rocket");
        for (filter, expected) in [
            (rocket(), vec!["Rocket C", "Rocket B", "Rocket A", "Rocket D"]),
            (SearchFilter { projects: Some(vec![acme.id.clone()]), ..rocket() }, vec!["Rocket B", "Rocket A"]),
            (SearchFilter { projects: Some(vec![]), ..rocket() }, vec![]),
            (SearchFilter { tags: Some(vec![fix.id.clone(), docs.id.clone()]), ..rocket() }, vec!["Rocket B", "Rocket A"]),
            (SearchFilter { tags: Some(vec![]), ..rocket() }, vec![]),
            (SearchFilter { has_version: Some(true), ..rocket() }, vec!["Rocket C", "Rocket A"]),
            (SearchFilter { has_version: Some(false), ..rocket() }, vec!["Rocket B", "Rocket D"]),
            (SearchFilter { from: Some(at(1)), to: Some(at(2)), ..rocket() }, vec!["Rocket B", "Rocket A"]),
            (SearchFilter { to: Some(at(0)), ..rocket() }, vec!["Rocket D"]),
            (
                SearchFilter {
                    projects: Some(vec![acme.id.clone()]), tags: Some(vec![fix.id.clone()]), has_version: Some(true),
                    from: Some(at(1)), ..rocket()
                },
                vec!["Rocket A"],
            ),
        ] {
            assert_eq!(titles(&db, &filter).await, expected, "{filter:?}");
        }
        let hits = read!(db, find, &SearchFilter { tags: Some(vec![docs.id.clone()]), ..rocket() }, 9, 0).hits;
        assert_eq!((hits[0].tags.clone(), hits[0].project_name.as_str()), (vec![fix, docs], "acme"));
    }

    async fn a_version_is_found_with_and_without_its_v(db: Db) {
        let acme = stored_project(&db, "acme").await;
        release(&db, &acme, "One", Some("2.4.0"), "", 1).await;
        release(&db, &acme, "Two", Some("v2.4.1"), "", 2).await;
        for text in ["v2.4", "2.4", "V2.4."] {
            assert_eq!(titles(&db, &query(text)).await, ["Two", "One"], "{text}");
        }
        assert_eq!(titles(&db, &query("v2.4.0")).await, ["One"]);
    }

    async fn a_word_finds_its_beginnings_then_its_parts_then_what_is_spelt_nearly_so(db: Db) {
        let acme = stored_project(&db, "acme").await;
        release(&db, &acme, "Notifications", None, "A notification tells you", 1).await;
        release(&db, &acme, "Renotify", None, "Nothing else", 2).await;
        assert_eq!(titles(&db, &query("notif")).await, ["Notifications"], "one entry has a word that begins so");
        assert_eq!(titles(&db, &query("otif")).await, ["Renotify", "Notifications"], "no word begins so");
        let found = read!(db, find, &query("notificatoins"), 9, 0);
        assert_eq!(found.hits[0].title, "Notifications");
        assert_eq!((found.instead[0].word.as_str(), found.instead[0].read_as.as_slice()),
            ("notificatoins", &["notifications".to_owned()][..]));
        assert_eq!(found.words, ["notifications"]);
        assert_eq!(titles(&db, &query("notificatoin tells")).await, ["Notifications"], "each word by itself");
        for nothing in ["notxxxxtion", "tsl", "you renotify"] {
            assert!(titles(&db, &query(nothing)).await.is_empty(), "{nothing}");
        }
    }

    async fn texts_without_spaces_and_words_with_signs_are_found_as_they_are_written(db: Db) {
        let acme = stored_project(&db, "acme").await;
        release(&db, &acme, "数据库更新", Some("v1.2.3-rc.1"), "我们改进了数据库。C++ and foo-bar", 1).await;
        release(&db, &acme, "据点", Some("1.2.3"), "Cxx; foo bar", 2).await;
        for (text, expected) in [
            ("数据库", vec!["数据库更新"]),
            ("据", vec!["据点", "数据库更新"]),
            ("改进", vec!["数据库更新"]),
            ("v1.2.3-rc.1", vec!["数据库更新"]),
            ("1.2.3-rc", vec!["数据库更新"]),
            ("1.2.3", vec!["据点", "数据库更新"]),
            ("c++", vec!["数据库更新"]),
            ("foo-bar", vec!["数据库更新"]),
            ("++", vec!["数据库更新"]),
            ("foo bar", vec!["据点", "数据库更新"]),
        ] {
            assert_eq!(titles(&db, &query(text)).await, expected, "{text}");
        }
    }

    async fn a_word_ends_where_a_sign_of_any_script_stands(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let signs = "«»·×–—…“”•€→±™★❤。、「」・！？：，؟।🚀";
        let text: String = signs.chars().enumerate().map(|(nth, sign)| format!("word{nth}x{sign}")).collect();
        release(&db, &acme, "Signs", None, &text, 1).await;
        for (nth, sign) in signs.chars().enumerate() {
            let found = read!(db, find, &query(&format!("word{nth}x")), 9, 0);
            assert_eq!((found.total, found.instead.len()), (1, 0), "before {sign}");
        }
    }

    async fn what_a_query_says_is_never_the_language_of_an_engine(db: Db) {
        let acme = stored_project(&db, "acme").await;
        release(&db, &acme, "Rocket AND or NOT near", None, "text: plain", 1).await;
        for text in ["rocket AND", "NOT rocket", "or", "NEAR", "text:", "text"] {
            assert_eq!(titles(&db, &query(text)).await.len(), 1, "{text}");
        }
        for odd in ["\"", "'", "rocket'", "\"rocket", "rocket*", "(rocket", "rocket)", "^rocket", "rocket:*", "a & b", "! |",
            "<->", "{text}:rocket", "\\", "'; DROP TABLE entries; --", "NEAR(", "\u{feff}", "½", "\u{301}", "🚀"] {
            titles(&db, &query(odd)).await;
        }
    }

    async fn the_index_follows_every_change_of_an_entry(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let made = release(&db, &acme, "Rocket", Some("1.0"), "engine", 1).await;
        let other = release(&db, &acme, "Rocket too", None, "", 2).await;
        let changed = Entry { title: "Comet".into(), version: Some("2.0".into()), content: "tail".into(), ..made.clone() };
        assert!(write!(db, store::entries::update, &changed).unwrap());
        for (text, expected) in
            [("comet", vec!["Comet"]), ("tail", vec!["Comet"]), ("v2.0", vec!["Comet"]), ("rocket", vec!["Rocket too"]),
             ("engine", vec![]), ("1.0", vec![])]
        {
            assert_eq!(titles(&db, &query(text)).await, expected, "{text}");
        }
        // The date decides among equals.
        let renamed = Entry { title: "Rocket".into(), published_at: Some(at(9)), lock_version: 1, ..changed };
        assert!(write!(db, store::entries::update, &renamed).unwrap());
        assert_eq!(titles(&db, &query("rocket")).await, ["Rocket", "Rocket too"]);
        let draft = Entry { published_at: None, lock_version: 2, ..renamed };
        assert!(write!(db, store::entries::update, &draft).unwrap());
        assert_eq!(titles(&db, &query("rocket")).await, ["Rocket too", "Rocket"]);
        assert_eq!(write!(db, trash::put_entries, &acme.id, trash::Which::One(&other.id), BY).unwrap(), 1);
        assert_eq!(titles(&db, &query("rocket")).await, ["Rocket"]);
        testkit::execute(&db, "DELETE FROM project_rows").await;
        assert!(titles(&db, &query("rocket")).await.is_empty());
        assert_eq!(testkit::count(&db, "entry_search").await, 0);
        if matches!(db, Db::Sqlite { .. }) {
            assert_eq!(testkit::count(&db, "entry_words").await, 0);
        }
    }
}
