use chrono::Duration;
use model::entries::NewEntry;
use model::projects::{Project, ProjectPatch};
use model::{Error, Page};
use services::Services;
use services::access::{DeleteEntries, EditProjects};
use services::public::{self, Found, PublicQuery};
use services::zones::Zone;
use testkit::{execute, fixtures, on_both_databases, start};

/// Every title of a list, read page by page.
async fn read(cx: &Services, project: &Project, query: PublicQuery, limit: usize) -> Vec<String> {
    let mut titles = Vec::new();
    let mut query = query;
    loop {
        let page = public::list(cx, project, &query, limit).await.unwrap();
        assert!(page.items.len() <= limit);
        titles.extend(page.items.into_iter().map(|entry| entry.title));
        match page.next {
            Some(next) => query.cursor = Some(next.to_string()),
            None => return titles,
        }
    }
}

fn search(text: &str) -> PublicQuery {
    PublicQuery { search: text.into(), ..PublicQuery::default() }
}

on_both_databases! {
    async fn a_private_project_is_answered_like_an_unknown_one(cx: Services) {
        let project = fixtures::project(&cx, "Secret").await;
        let edit = fixtures::may::<EditProjects>(&cx, &project).await;
        let patch = ProjectPatch { name: Some("Hidden".into()), ..ProjectPatch::default() };
        services::projects::update(&cx, &edit, patch).await.unwrap();
        for address in ["hidden", "secret", project.id.as_str(), "never-heard-of", "", "../x", "a\0b", "Hidden"] {
            assert_eq!(public::project(&cx, address).await, Err(Error::NotFound), "{address:?}");
        }
    }

    async fn an_id_leads_to_the_readable_address(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let entry = fixtures::published(&cx, &project, "Dark mode").await;
        let project = Project { revision: project.revision + 1, ..project };
        assert_eq!(public::project(&cx, "atuin").await, Ok(Found::Here(project.clone())));
        assert!(matches!(public::project(&cx, project.id.as_str()).await, Ok(Found::Moved(_))));
        assert_eq!(public::entry(&cx, &project, "dark-mode").await, Ok(Found::Here(entry.clone())));
        assert_eq!(public::entry(&cx, &project, entry.id.as_str()).await, Ok(Found::Moved(entry)));
        for address in ["light-mode", "", "Dark-Mode", "dark\0mode"] {
            assert_eq!(public::entry(&cx, &project, address).await, Err(Error::NotFound), "{address:?}");
        }
    }

    async fn drafts_and_entries_dated_ahead_are_invisible_everywhere(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let tagged = |title: &str| NewEntry { tags: fixtures::tags(&[title]), ..fixtures::text(title) };
        fixtures::published_with(&cx, &project, tagged("Shown"), start()).await;
        let draft = fixtures::entry_with(&cx, &project, tagged("Draft")).await;
        let ahead = fixtures::published_with(&cx, &project, tagged("Ahead"), start()).await;
        let scheduled = fixtures::entry_with(&cx, &project, tagged("Scheduled")).await;
        execute(&cx.db, "UPDATE entry_rows SET published_at = '2026-03-04T09:30:00.001+00:00' WHERE title = 'Ahead'").await;
        execute(&cx.db, "UPDATE entry_rows SET scheduled_at = '2026-03-04T00:00:00+00:00' WHERE title = 'Scheduled'").await;

        for hidden in [&draft, &ahead, &scheduled] {
            for address in [hidden.slug.as_str(), hidden.id.as_str()] {
                assert_eq!(public::entry(&cx, &project, address).await, Err(Error::NotFound), "{address}");
            }
        }
        assert_eq!(read(&cx, &project, PublicQuery::default(), 10).await, ["Shown"]);
        assert_eq!(read(&cx, &project, search("all about"), 10).await, ["Shown"]);
        assert_eq!(public::figures(&cx, &project).await, Ok((1, Some(start()))));
        let tags: Vec<_> = public::tags(&cx, &project).await.unwrap().into_iter().map(|tag| tag.name).collect();
        assert_eq!(tags, ["Shown"], "a tag tells what is being worked on");

        cx.clock.advance(Duration::milliseconds(1));
        assert_eq!(read(&cx, &project, PublicQuery::default(), 10).await, ["Ahead", "Shown"], "its time has come");
    }

    async fn paging_skips_and_repeats_nothing_when_dates_are_equal(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let mut expected = Vec::new();
        for number in 0..28 {
            // Numbers 12, 13 and 14 share one moment, and any page size puts an edge among them or beside them.
            let minutes = if (12..15).contains(&number) { 13 } else { number };
            let date = start() - Duration::days(1) + Duration::minutes(minutes);
            let entry = fixtures::published_at(&cx, &project, &format!("Entry {number}"), date).await;
            expected.push((date, entry.id.to_string(), entry.title));
        }
        expected.sort();
        let oldest: Vec<_> = expected.iter().map(|(_, _, title)| title.clone()).collect();
        let newest: Vec<_> = oldest.iter().rev().cloned().collect();
        for limit in [1, 5, 10, 13, 14, 25, 28, 40] {
            assert_eq!(read(&cx, &project, PublicQuery::default(), limit).await, newest, "{limit} a page");
            let query = PublicQuery { oldest_first: true, ..PublicQuery::default() };
            assert_eq!(read(&cx, &project, query, limit).await, oldest, "{limit} a page, oldest first");
        }
        assert_eq!(public::figures(&cx, &project).await.unwrap().0, 28);
    }

    async fn search_and_tags_hold_on_every_page(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        for number in 0..30 {
            let (title, tag) = match number % 3 {
                0 => (format!("Größe {number}"), "Fix"),
                1 => (format!("100% {number}"), "Neu"),
                _ => (format!("snake_case {number}"), "Other"),
            };
            let new = NewEntry { tags: fixtures::tags(&[tag]), ..fixtures::text(&title) };
            fixtures::published_with(&cx, &project, new, start() - Duration::minutes(number)).await;
        }
        for (text, start) in [("GRÖSSE", None), ("GRÖẞE", Some("Größe")), ("größe", Some("Größe")), ("100%", Some("100%"))] {
            let found = read(&cx, &project, search(text), 4).await;
            assert_eq!(found.len(), if start.is_some() { 10 } else { 0 }, "{text}: {found:?}");
            assert!(found.iter().all(|title| start.is_some_and(|start| title.starts_with(start))), "{text}: {found:?}");
        }
        assert_eq!(read(&cx, &project, search("snake_"), 4).await.len(), 10);
        assert_eq!(read(&cx, &project, search("%"), 4).await.len(), 10, "a percent sign is a percent sign");
        assert!(read(&cx, &project, search("s_ake"), 4).await.is_empty());
        assert!(read(&cx, &project, search("\\"), 4).await.is_empty());
        assert_eq!(read(&cx, &project, search(" \0 "), 40).await.len(), 30);
        let tagged = |names: &[&str]| PublicQuery {
            tags: names.iter().map(|name| (*name).to_owned()).collect(),
            ..PublicQuery::default()
        };
        assert_eq!(read(&cx, &project, tagged(&["fix"]), 4).await.len(), 10);
        assert_eq!(read(&cx, &project, tagged(&["fix", "NEU", "unknown"]), 4).await.len(), 20);
        assert!(read(&cx, &project, tagged(&["unknown"]), 4).await.is_empty());
        let both = PublicQuery { search: "größe 2".into(), ..tagged(&["fix"]) };
        assert_eq!(read(&cx, &project, both, 1).await, ["Größe 21", "Größe 24", "Größe 27"]);
        let id = public::tags(&cx, &project).await.unwrap().into_iter().find(|tag| tag.name == "Fix").unwrap().id;
        assert_eq!(read(&cx, &project, tagged(&[id.as_str()]), 40).await.len(), 10);
    }

    async fn a_very_long_search_is_answered(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        fixtures::published(&cx, &project, "Dark mode").await;
        assert!(read(&cx, &project, search(&"ä%".repeat(100_000)), 4).await.is_empty());
    }

    async fn a_cursor_survives_the_deletion_of_its_entry_and_may_be_a_bare_id(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let mut entries = Vec::new();
        for number in 0..5 {
            let date = start() - Duration::minutes(number);
            entries.push(fixtures::published_at(&cx, &project, &format!("Entry {number}"), date).await);
        }
        let after = |cursor: &str| PublicQuery { cursor: Some(cursor.into()), ..PublicQuery::default() };
        let bare = read(&cx, &project, after(entries[2].id.as_str()), 10).await;
        assert_eq!(bare, ["Entry 3", "Entry 4"]);
        let Page { next, .. } = public::list(&cx, &project, &PublicQuery::default(), 2).await.unwrap();
        let cursor = next.unwrap().to_string();
        let delete = fixtures::may::<DeleteEntries>(&cx, &project).await;
        services::entries::delete(&cx, &delete, &entries[1].id).await.unwrap();
        assert_eq!(read(&cx, &project, after(&cursor), 10).await, ["Entry 2", "Entry 3", "Entry 4"]);
        assert_eq!(read(&cx, &project, after(""), 10).await.len(), 4);

        let foreign = fixtures::public_project(&cx, "Other").await;
        let foreign = fixtures::published(&cx, &foreign, "Elsewhere").await;
        let gone = entries[1].id.as_str();
        for bad in [gone, foreign.id.as_str(), "nonsense", "12345", "99999999999999999999.x", "1.a b", "a\0b"] {
            let refused = public::list(&cx, &project, &after(bad), 10).await;
            assert!(matches!(refused, Err(Error::BadRequest { .. })), "{bad:?}: {refused:?}");
        }
    }

    async fn a_reader_sees_one_project_only(cx: Services) {
        let mine = fixtures::public_project(&cx, "Mine").await;
        let other = fixtures::public_project(&cx, "Other").await;
        let foreign = fixtures::published(&cx, &other, "Elsewhere").await;
        assert!(read(&cx, &mine, PublicQuery::default(), 10).await.is_empty());
        assert_eq!(public::entry(&cx, &mine, foreign.id.as_str()).await, Err(Error::NotFound));
        assert_eq!(public::entry(&cx, &mine, &foreign.slug).await, Err(Error::NotFound));
        assert!(public::tags(&cx, &mine).await.unwrap().is_empty());
    }

    async fn the_archive_counts_every_entry_once_in_the_month_of_the_projects_zone(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        assert!(public::archive(&cx, &project).await.unwrap().is_empty());
        let mut dates = Vec::new();
        for number in 0..60_i64 {
            // Around the first hours of months, where zones disagree.
            let date = start() - Duration::days(number * 17) - Duration::hours(number % 24);
            fixtures::published_at(&cx, &project, &format!("Entry {number}"), date).await;
            dates.push(date);
        }
        let ahead = fixtures::published(&cx, &project, "Ahead").await;
        let hidden = format!("UPDATE entry_rows SET published_at = '2026-03-05T09:30:00+00:00' WHERE id = '{}'", ahead.id);
        execute(&cx.db, &hidden).await;
        for name in ["UTC", "Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles"] {
            let edit = fixtures::may::<EditProjects>(&cx, &project).await;
            let patch = ProjectPatch { timezone: Some(Some(name.into())), ..ProjectPatch::default() };
            let project = services::projects::update(&cx, &edit, patch).await.unwrap();
            let zone = Zone::named(Some(name));
            let years = public::archive(&cx, &project).await.unwrap();
            let mut counted = 0;
            for year in years.iter() {
                let months = year.months.iter();
                assert_eq!(year.entries, months.clone().map(|month| month.entries).sum::<i64>());
                for month in months {
                    let expected = dates.iter().filter(|&&date| zone.month(date) == (year.year, month.month)).count();
                    assert_eq!(month.entries, expected as i64, "{name} {}-{}", year.year, month.month);
                    let period = public::period(&project, year.year, Some(month.month)).unwrap();
                    let part = public::part(&cx, &project, &PublicQuery::default(), Some(period), 100).await.unwrap();
                    assert_eq!(part.entries.len(), expected, "{name} {}-{}", year.year, month.month);
                    counted += month.entries;
                }
            }
            assert_eq!(counted, 60, "{name}");
            assert!(years.windows(2).all(|pair| pair[0].year > pair[1].year), "the newest first");
        }
    }

    async fn figures_follow_every_change(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let counts = async || {
            let project = public::project(&cx, "atuin").await.unwrap().into_inner();
            let figures = public::figures_with_tags(&cx, &project).await.unwrap();
            let tags: Vec<_> = figures.tags.iter().map(|(tag, entries)| (tag.name.clone(), *entries)).collect();
            let years = public::archive(&cx, &project).await.unwrap().len();
            (figures.entries, tags, years)
        };
        assert_eq!(counts().await, (0, vec![], 0));
        let tagged = |title: &str| NewEntry { tags: fixtures::tags(&["Fix"]), ..fixtures::text(title) };
        let entry = fixtures::published_with(&cx, &project, tagged("One"), start()).await;
        fixtures::published_with(&cx, &project, tagged("Two"), start()).await;
        assert_eq!(counts().await, (2, vec![("Fix".to_owned(), 2)], 1));
        let delete = fixtures::may::<DeleteEntries>(&cx, &project).await;
        services::entries::delete(&cx, &delete, &entry.id).await.unwrap();
        assert_eq!(counts().await, (1, vec![("Fix".to_owned(), 1)], 1));
    }

    async fn a_sitemap_has_as_many_parts_as_its_addresses_need(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let entry = fixtures::published(&cx, &project, "First").await;
        let more = public::SITEMAP_PART;
        execute(&cx.db, &format!(
            "INSERT INTO entry_rows (id, project_id, title, content, excerpt, slug, published_at, lock_version, search, \
             created_at, updated_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {more}) \
             SELECT 'e' || i, project_id, title, content, excerpt, 's' || i, published_at, 0, search, created_at, \
             updated_at FROM entries CROSS JOIN n WHERE id = '{}'",
            entry.id
        ))
        .await;
        let first = public::sitemap(&cx, &project, 1).await.unwrap();
        let second = public::sitemap(&cx, &project, 2).await.unwrap();
        assert_eq!((first.len() as i64, second.len()), (more, 1));
        assert!(!first.contains(&second[0]));
        for beyond in [0, -1, 3, i64::MAX] {
            assert_eq!(public::sitemap(&cx, &project, beyond).await, Err(Error::NotFound), "{beyond}");
        }
        let index = public::sitemap_index(&cx).await.unwrap();
        assert_eq!((index.len(), index[0].entries), (1, more + 1));
    }

    async fn what_changed_between_two_versions_is_told_by_their_numbers(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let at = |days: i64| start() - Duration::days(days);
        for (title, version, days) in [
            ("one", "v1.0.0", 90),
            ("one nine", "1.9.0", 80),
            ("two candidate", "2.0.0-rc.1", 71),
            ("two", "2.0.0", 70),
            ("note", "", 65),
            ("late fix", "1.9.1", 60),
            ("two one", "2.1.0", 50),
            ("summer", "Summer", 40),
            ("two ten", "2.10.0", 30),
        ] {
            let version = Some(version.to_owned()).filter(|version| !version.is_empty());
            fixtures::published_with(&cx, &project, NewEntry { version, ..fixtures::text(title) }, at(days)).await;
        }
        let between = |since: &str, until: &str| {
            let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            PublicQuery { since: given(since), until: given(until), ..PublicQuery::default() }
        };
        for (since, until, expected) in [
            ("2.0.0", "", vec!["two ten", "summer", "two one", "note"]),
            ("1.9.1", "", vec!["two ten", "summer", "two one", "two", "two candidate"]),
            ("v1.9.0", "2.0.0", vec!["late fix", "two", "two candidate"]),
            ("2.0.0-rc.1", "2.0", vec!["two"]),
            ("", "1.9.0", vec!["one nine", "one"]),
            // A host on 2.3 is told of nothing after it, though no 2.3 was published here.
            ("2.0.0", "2.3", vec!["two one", "note"]),
            ("2.3.0", "", vec!["two ten", "summer"]),
            ("3", "", vec![]),
            ("", "0.1", vec![]),
            ("summer", "", vec!["two ten"]),
            ("2026-01-13", "2026-01-23", vec!["summer", "two one"]),
            (" ", " ", vec!["two ten", "summer", "two one", "late fix", "note", "two", "two candidate", "one nine", "one"]),
        ] {
            for limit in [2, 50] {
                assert_eq!(read(&cx, &project, between(since, until), limit).await, expected, "{since}..{until} by {limit}");
            }
            let turned = PublicQuery { oldest_first: true, ..between(since, until) };
            let forward: Vec<&str> = expected.iter().rev().copied().collect();
            assert_eq!(read(&cx, &project, turned, 3).await, forward, "{since}..{until} turned");
        }
        for unknown in ["nonsense", "yesterday", "'; --"] {
            let answer = public::list(&cx, &project, &between(unknown, ""), 9).await;
            assert_eq!(answer, Err(Error::UnknownVersion { version: unknown.into() }));
        }
        let narrowed = PublicQuery { search: "two".into(), ..between("2.0.0", "") };
        assert_eq!(read(&cx, &project, narrowed, 1).await, ["two ten", "two one"]);
    }
}
