//! Readers' pages, as a browser without scripts and a search engine meet them.

use axum::http::Method;
use chrono::Duration;
use model::entries::{EntryPatch, NewEntry};
use model::projects::{Project, ProjectPatch};
use model::time::from_wire;
use quick_xml::events::Event;
use serde_json::Value;
use services::access::{EditProjects, WriteEntries};
use store::Db;
use testkit::{Answer, TestApp, fixtures, on_both_databases, start};

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

/// Every part of `text` between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    text.split(from).skip(1).filter_map(|rest| rest.split(to).next()).collect()
}

/// Titles of the entries of a list.
fn titles(page: &Answer) -> Vec<String> {
    between(page.text(), r#"<h2 dir="auto" class="entry-title">"#, "</a>")
        .into_iter()
        .filter_map(|title| title.split('>').next_back())
        .map(str::to_owned)
        .collect()
}

/// The address of a link that says how it is related.
fn related(page: &Answer, rel: &str) -> Option<String> {
    let tags = between(page.text(), "<a ", ">");
    let tag = tags.into_iter().find(|tag| tag.contains(&format!("rel=\"{rel}\"")) && tag.contains("class=\"pager"))?;
    Some(between(tag, "href=\"", "\"").first()?.replace("&amp;", "&"))
}

fn canonical(page: &Answer) -> String {
    between(page.text(), r#"<link rel="canonical" href=""#, "\"").first().copied().unwrap_or_default().to_owned()
}

fn robots(page: &Answer) -> (Option<String>, Option<String>) {
    let meta = between(page.text(), r#"<meta name="robots" content=""#, "\"").first().map(|&text| text.to_owned());
    (meta, page.header("x-robots-tag").map(str::to_owned))
}

/// Fails unless the text is well-formed XML; gives the texts of all elements of one name.
fn xml(text: &str, element: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut found, mut depth, mut inside) = (Vec::new(), 0, false);
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(tag) => {
                depth += 1;
                inside = tag.name().as_ref() == element;
            }
            Event::Text(text) if inside => found.push(text.to_string()),
            Event::End(_) => {
                depth -= 1;
                inside = false;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "an element is left open");
    found
}

async fn change(app: &TestApp, project: &Project, patch: ProjectPatch) -> Project {
    let may = fixtures::may::<EditProjects>(&app.services, project).await;
    services::projects::update(&app.services, &may, patch).await.expect("a change")
}

/// Every page and file that a project with this entry has.
fn addresses(entry: &str) -> Vec<String> {
    let paths = ["", "/", "?q=mode", "?sort=oldest", "/tags/fix", "/archive", "/archive/2026", "/archive/2026/03"];
    let files = ["/theme.css", "/sitemap.xml", "/card.png", "/rss.xml", "/atom.xml", "/feed.json", "/tags/fix/rss.xml"];
    let entry = [format!("/{entry}"), format!("/{entry}/card.png")];
    paths.iter().chain(&files).map(|&path| path.to_owned()).chain(entry).collect()
}

on_both_databases! {
    async fn who_searches_too_often_can_still_read(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        fixtures::published(&app.services, &project, "First").await;
        let reader = app.stranger();
        let first = reader.get("/changelog/atuin?q=first").await.expect(200);
        assert_eq!(first.header("ratelimit-policy"), Some("\"search\";q=60;w=60"));
        assert_eq!(first.header("ratelimit"), Some("\"search\";r=59;t=60"));
        // The API has the same limit, and both count together.
        for _ in 0..59 {
            reader.get("/api/changelog/atuin/entries?search=first").await.expect(200);
        }
        let refused = reader.get("/changelog/atuin?q=first").await.expect(429);
        assert_eq!(refused.header("retry-after"), Some("60"));
        assert_eq!(refused.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(refused.text().contains("Too many searches"), "{}", refused.text());
        for path in ["/changelog/atuin", "/changelog/atuin?tag=x", "/changelog/atuin/archive", "/changelog/atuin?q="] {
            assert_eq!(reader.get(path).await.expect(200).header("ratelimit"), None, "{path}");
        }
        app.stranger().get("/changelog/atuin?q=first").await.expect(200);
    }

    async fn every_list_shows_each_of_its_entries_once_and_leads_back_the_same_way(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        for number in 0..67_i64 {
            let word = if number % 2 == 0 { "even" } else { "odd" };
            let tag = ["Fix", "Größer & besser", "Docs"][(number % 3) as usize];
            let new = NewEntry {
                content: format!("An {word} number."),
                tags: fixtures::tags(&[tag]),
                ..fixtures::text(&format!("Entry {number}"))
            };
            // Some share one moment, at the edges of pages.
            let date = start() - Duration::hours(if (18..23).contains(&number) { 20 } else { number });
            fixtures::published_with(&app.services, &project, new, date).await;
        }
        let every = |keep: fn(i64) -> bool| (0..67).filter(|&n| keep(n)).map(|n| format!("Entry {n}")).collect::<Vec<_>>();
        for (path, expected) in [
            ("/changelog/atuin", every(|_| true)),
            ("/changelog/atuin?sort=oldest", every(|_| true)),
            ("/changelog/atuin?q=ODD", every(|n| n % 2 == 1)),
            ("/changelog/atuin?tag=fix&tag=docs", every(|n| n % 3 != 1)),
            ("/changelog/atuin?tag=fix&q=even&sort=oldest", every(|n| n % 6 == 0)),
            ("/changelog/atuin/tags/gr%C3%B6%C3%9Fer%20%26%20besser", every(|n| n % 3 == 1)),
            ("/changelog/atuin/archive/2026", every(|_| true)),
            ("/changelog/atuin/archive/2026/03?sort=oldest", every(|_| true)),
        ] {
            let (mut seen, mut pages, mut next) = (Vec::new(), Vec::new(), Some(path.to_owned()));
            while let Some(path) = next {
                let page = app.stranger().get(&path).await.expect(200);
                assert!(titles(&page).len() <= 20);
                seen.extend(titles(&page));
                next = related(&page, "next");
                pages.push((path, related(&page, "prev")));
            }
            let mut sorted = seen.clone();
            sorted.sort();
            let mut wanted = expected.clone();
            wanted.sort();
            assert_eq!(sorted, wanted, "{path}");
            for pair in pages.windows(2) {
                assert_eq!(pair[1].1.as_ref(), Some(&pair[0].0), "the page before");
            }
            assert_eq!(pages[0].1, None, "{path} has nothing before it");
        }
        let first = app.stranger().get("/changelog/atuin").await;
        assert!(first.text().contains("67 updates, the last on "), "{}", first.text());
        let found = app.stranger().get("/changelog/atuin?q=odd").await;
        assert!(found.text().contains("33 updates with "), "{}", found.text());
    }

    async fn a_page_beyond_the_end_and_a_search_without_result_say_so_and_lead_back(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let page = app.stranger().get("/changelog/atuin").await.expect(200);
        assert!(page.text().contains("Nothing published yet"), "{}", page.text());
        let entry = fixtures::published(&app.services, &project, "Dark mode").await;
        let page = app.stranger().get("/changelog/atuin?q=%3Cb%3Ezzz").await.expect(200);
        assert!(page.text().contains("Nothing found") && page.text().contains("&lt;b&gt;zzz"), "{}", page.text());
        let page = app.stranger().get(&format!("/changelog/atuin?after={}", entry.id)).await.expect(200);
        assert!(page.text().contains("There is nothing further"), "{}", page.text());
        app.stranger().get("/changelog/atuin?after=nonsense").await.expect(400);
    }

    async fn other_spellings_and_old_addresses_lead_to_the_one_address(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let new = NewEntry { tags: fixtures::tags(&["Größer/Besser"]), ..fixtures::text("Dark mode") };
        let entry = fixtures::published_with(&app.services, &project, new, start()).await;
        let tag = &entry.tags[0];
        let may = fixtures::may::<WriteEntries>(&app.services, &project).await;
        let patch = EntryPatch { title: Some("Darker mode".into()), ..EntryPatch::default() };
        services::entries::update(&app.services, &may, &entry.id, patch).await.unwrap();
        let project = change(&app, &project, ProjectPatch { name: Some("Shell".into()), ..ProjectPatch::default() }).await;

        let there = "/changelog/shell/tags/gr%C3%B6%C3%9Fer%2Fbesser";
        for (from, to) in [
            ("/changelog/shell/dark-mode".to_owned(), "/changelog/shell/darker-mode"),
            ("/changelog/atuin/dark-mode".to_owned(), "/changelog/shell/darker-mode"),
            (format!("/changelog/{}/{}", project.id, entry.id), "/changelog/shell/darker-mode"),
            ("/changelog/shell/tags/Gr%C3%B6%C3%9Fer%2FBesser".to_owned(), there),
            (format!("/changelog/shell/tags/{}?sort=oldest", tag.id), &format!("{there}?sort=oldest")),
            ("/changelog/atuin/archive?utm=1".to_owned(), "/changelog/shell/archive?utm=1"),
            ("/changelog/shell/archive/2026/3".to_owned(), "/changelog/shell/archive/2026/03"),
            (format!("/changelog/{}?q=a%20b", project.id), "/changelog/shell?q=a%20b"),
        ] {
            let answer = app.stranger().get(&from).await;
            assert_eq!((answer.status(), answer.header("location")), (301, Some(to)), "{from}");
            let location = answer.header("location").unwrap().to_owned();
            app.stranger().get(&location).await.expect(200);
        }
        for nowhere in ["/tags/unknown", "/archive/2025", "/archive/2026/13", "/archive/year", "/no-such-entry", "/tags"] {
            let page = app.stranger().get(&format!("/changelog/shell{nowhere}")).await.expect(404);
            assert!(page.text().contains(r#"href="/changelog/shell""#), "{nowhere} shows a way back");
        }
    }

    async fn an_entry_never_hides_a_page_of_its_project(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        for title in ["Archive", "Tags", "archive!"] {
            let entry = fixtures::published(&app.services, &project, title).await;
            assert!(!["archive", "tags"].contains(&entry.slug.as_str()), "{}", entry.slug);
            let page = app.stranger().get(&format!("/changelog/atuin/{}", entry.slug)).await.expect(200);
            assert!(page.text().contains(&format!("All about <strong>{title}</strong>")), "{title}");
        }
        assert!(app.stranger().get("/changelog/atuin/archive").await.expect(200).text().contains(">Archive</h1>"));
    }

    async fn dates_and_months_are_those_of_the_projects_zone(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let date = from_wire("2025-12-31T11:30:00Z").unwrap();
        fixtures::published_at(&app.services, &project, "Midnight", date).await;
        let page = app.stranger().get("/changelog/atuin").await.expect(200);
        assert!(page.text().contains(">31 December 2025</time>"), "{}", page.text());

        let zone = Some(Some("Pacific/Auckland".to_owned()));
        change(&app, &project, ProjectPatch { timezone: zone, ..ProjectPatch::default() }).await;
        let page = app.stranger().get("/changelog/atuin").await.expect(200);
        let time = r#"datetime="2025-12-31T11:30:00.000Z" title="1 January 2026, 00:30 NZDT""#;
        assert!(page.text().contains(time) && page.text().contains(">1 January 2026</time>"), "{}", page.text());
        assert!(page.text().contains("Pacific/Auckland"), "the zone is named");
        let archive = app.stranger().get("/changelog/atuin/archive").await.expect(200);
        assert!(archive.text().contains("/archive/2026/01") && !archive.text().contains("2025"), "{}", archive.text());
        assert_eq!(titles(&app.stranger().get("/changelog/atuin/archive/2026/01").await.expect(200)), ["Midnight"]);
        app.stranger().get("/changelog/atuin/archive/2025").await.expect(404);
    }

    async fn pages_tell_search_engines_which_address_counts(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        for number in 0..25 {
            let new = NewEntry { tags: fixtures::tags(&["Fix"]), ..fixtures::text(&format!("Entry {number}")) };
            fixtures::published_with(&app.services, &project, new, start() - Duration::hours(number)).await;
        }
        let base = app.services.base_url().to_owned();
        let older = related(&app.stranger().get("/changelog/atuin").await, "next").unwrap();
        let list = "/changelog/atuin";
        for (path, address, indexed) in [
            (list, list, true),
            ("/changelog/atuin?utm_source=x", list, true),
            (&older, &older, true),
            ("/changelog/atuin?q=entry", list, false),
            ("/changelog/atuin?tag=fix", list, false),
            ("/changelog/atuin?sort=oldest", list, false),
            ("/changelog/atuin/tags/fix", "/changelog/atuin/tags/fix", true),
            ("/changelog/atuin/archive", "/changelog/atuin/archive", true),
            ("/changelog/atuin/archive/2026/03", "/changelog/atuin/archive/2026/03", true),
            ("/changelog/atuin/entry-3", "/changelog/atuin/entry-3", true),
        ] {
            let page = app.stranger().get(path).await.expect(200);
            assert_eq!(canonical(&page), format!("{base}{address}"), "{path}");
            let expected = (!indexed).then(|| "noindex, follow".to_owned());
            assert_eq!(robots(&page), (expected.clone(), expected), "{path}");
        }
        change(&app, &project, ProjectPatch { allow_indexing: Some(false), ..ProjectPatch::default() }).await;
        for path in ["", "?q=entry", "/tags/fix", "/archive", "/archive/2026", "/archive/2026/03", "/entry-3"] {
            let page = app.stranger().get(&format!("/changelog/atuin{path}")).await.expect(200);
            let expected = Some("noindex, nofollow".to_owned());
            assert_eq!(robots(&page), (expected.clone(), expected), "{path}");
        }
    }

    async fn robots_and_sitemaps_name_what_may_be_listed_and_nothing_else(db: Db) {
        let app = app(db);
        let base = app.services.base_url().to_owned();
        let open = fixtures::public_project(&app.services, "Open").await;
        let new = NewEntry { tags: fixtures::tags(&["A & B"]), ..fixtures::text("Dark mode") };
        fixtures::published_with(&app.services, &open, new, start()).await;
        fixtures::entry(&app.services, &open, "A draft").await;
        fixtures::project(&app.services, "Private").await;
        let hidden = fixtures::public_project(&app.services, "Hidden").await;
        change(&app, &hidden, ProjectPatch { allow_indexing: Some(false), ..ProjectPatch::default() }).await;
        let closed = fixtures::public_project(&app.services, "Closed").await;
        change(&app, &closed, ProjectPatch { maintenance_mode: Some(true), ..ProjectPatch::default() }).await;

        let robots = app.stranger().get("/robots.txt").await.expect(200);
        assert!(robots.header("content-type").unwrap().starts_with("text/plain"));
        for line in ["Disallow: /dashboard", "Disallow: /api/", "Allow: /changelog/", &format!("Sitemap: {base}/sitemap.xml")] {
            assert!(robots.text().lines().any(|own| own == line), "{line}");
        }
        let index = app.stranger().get("/sitemap.xml").await.expect(200);
        assert_eq!(xml(index.text(), "loc"), [format!("{base}/changelog/open/sitemap.xml")]);
        assert_eq!(xml(index.text(), "lastmod").len(), 1);
        let sitemap = app.stranger().get("/changelog/open/sitemap.xml").await.expect(200);
        let expected = ["", "/archive", "/tags/a%20%26%20b", "/dark-mode"].map(|path| format!("{base}/changelog/open{path}"));
        assert_eq!(xml(sitemap.text(), "loc"), expected);
        assert!(xml(sitemap.text(), "lastmod").contains(&"2026-03-04T09:30:00.000Z".to_owned()), "{}", sitemap.text());
        for address in xml(sitemap.text(), "loc") {
            app.stranger().get(address.strip_prefix(&base).unwrap()).await.expect(200);
        }
        app.stranger().get("/changelog/open/sitemap.xml?part=2").await.expect(404);
        app.stranger().get("/changelog/hidden/sitemap.xml").await.expect(404);
        app.stranger().get("/changelog/closed/sitemap.xml").await.expect(503);
    }

    async fn facts_for_machines_are_json_whatever_the_texts_say(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "</script><b>Atuin").await;
        let hostile = "</script><script>alert(1)</script> & \"quotes\" <!-- \u{2028}";
        let new = NewEntry { tags: fixtures::tags(&["<i>"]), ..fixtures::text(hostile) };
        let entry = fixtures::published_with(&app.services, &project, new, start()).await;
        let list = format!("/changelog/{}", project.slug);
        for (path, kind) in [
            (list.clone(), "Blog"),
            (format!("{list}/{}", entry.slug), "BlogPosting"),
            (format!("{list}/tags/%3Ci%3E"), "CollectionPage"),
            (format!("{list}/archive"), "CollectionPage"),
        ] {
            let page = app.stranger().get(&path).await.expect(200);
            let blocks = between(page.text(), r#"<script type="application/ld+json">"#, "</script>");
            assert_eq!(blocks.len(), 1, "{path}");
            let data: Value = serde_json::from_str(blocks[0]).expect("JSON");
            assert_eq!(data["@context"], "https://schema.org");
            assert_eq!(data["@graph"][0]["@type"], kind, "{path}");
            assert_eq!(page.text().matches("<script").count(), 2, "the facts and the file of ours: {path}");
            assert!(!page.text().contains("<!>"), "marks for scripts: {path}");
            if kind == "BlogPosting" {
                assert_eq!(data["@graph"][0]["headline"], hostile.trim());
                assert_eq!(data["@graph"][1]["@type"], "BreadcrumbList");
                assert_eq!(data["@graph"][1]["itemListElement"].as_array().unwrap().len(), 2);
                let text = page.text();
                let meta = |property: &str| text.contains(&format!(r#"property="{property}""#));
                for property in ["og:title", "og:image", "article:published_time", "article:modified_time", "article:tag"] {
                    assert!(meta(property), "{property}");
                }
            }
        }
    }

    async fn a_private_project_is_answered_like_an_unknown_one_at_every_address(db: Db) {
        let app = app(db);
        let project = fixtures::project(&app.services, "Secret").await;
        let new = NewEntry { tags: fixtures::tags(&["Fix"]), ..fixtures::text("Dark mode") };
        let entry = fixtures::published_with(&app.services, &project, new, start()).await;
        let css = Some(Some("body { color: red }".to_owned()));
        let project = change(&app, &project, ProjectPatch { custom_css: css, ..ProjectPatch::default() }).await;
        let unknown = project.id.as_str().replace(|c: char| c.is_ascii_digit(), "z");
        for path in addresses(&entry.slug).iter().chain(&[format!("/theme.css?v={}", project.revision)]) {
            for (own, other) in [("secret", "nowhere"), (project.id.as_str(), unknown.as_str())] {
                let hidden = app.stranger().get(&format!("/changelog/{own}{path}")).await;
                let missing = app.stranger().get(&format!("/changelog/{other}{path}")).await;
                assert_eq!(hidden.status(), 404, "{own}{path}");
                assert_eq!(hidden.text().replace(own, "…"), missing.text().replace(other, "…"), "{own}{path}");
                let headers = |answer: &Answer| {
                    let own = ["x-request-id", "content-length"];
                    let kept = answer.headers().iter().filter(|(name, _)| !own.contains(&name.as_str()));
                    kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>()
                };
                assert_eq!(headers(&hidden), headers(&missing), "{own}{path}");
            }
        }
    }

    async fn maintenance_closes_every_page_and_says_when_to_come_back(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let new = NewEntry { tags: fixtures::tags(&["Fix"]), ..fixtures::text("Dark mode") };
        fixtures::published_with(&app.services, &project, new, start()).await;
        for path in ["", "/dark-mode", "/tags/fix", "/archive"] {
            app.stranger().get(&format!("/changelog/atuin{path}")).await.expect(200);
        }
        let patch = ProjectPatch {
            maintenance_mode: Some(true),
            maintenance_message: Some(Some("Back at noon.".into())),
            ..ProjectPatch::default()
        };
        change(&app, &project, patch).await;
        for path in ["", "?q=dark", "/dark-mode", "/nothing", "/tags/fix", "/archive", "/archive/2026", "/archive/2026/03", "/sitemap.xml"] {
            let page = app.stranger().get(&format!("/changelog/atuin{path}")).await.expect(503);
            assert_eq!(page.header("retry-after"), Some("3600"), "{path}");
            assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"), "{path}");
            assert!(page.text().contains("Back at noon.") && !page.text().contains("Dark mode"), "{path}");
        }
    }

    async fn style_rules_of_a_project_are_a_file_of_this_site_that_loads_no_foreign_scripts_or_fonts(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        assert!(!app.stranger().get("/changelog/atuin").await.text().contains("theme.css"), "nothing to load");
        app.stranger().get("/changelog/atuin/theme.css").await.expect(404);
        let rules = ".entry { border: 0 } /* </style><script>alert(1)</script> */";
        let css = Some(Some(rules.to_owned()));
        let project = change(&app, &project, ProjectPatch { custom_css: css, ..ProjectPatch::default() }).await;
        let page = app.stranger().get("/changelog/atuin").await.expect(200);
        let address = format!("/changelog/atuin/theme.css?v={}", project.revision);
        assert!(page.text().contains(&format!(r#"<link rel="stylesheet" href="{address}">"#)), "{}", page.text());
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("style-src 'self'") && policy.contains("default-src 'none'"), "{policy}");
        assert!(!policy.contains("http:"), "pictures of pages with foreign rules come by https only: {policy}");
        let file = app.stranger().get(&address).await.expect(200);
        assert_eq!(file.text(), rules);
        assert!(file.header("content-type").unwrap().starts_with("text/css"));
        assert!(file.header("cache-control").unwrap().contains("immutable"));
        let stale = app.stranger().get("/changelog/atuin/theme.css?v=0").await.expect(200);
        assert!(!stale.header("cache-control").unwrap().contains("immutable"), "the rules may change at this address");
    }

    async fn an_entry_page_leads_to_its_neighbours_and_tells_when_it_changed(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let mut entries = Vec::new();
        for number in 0..3 {
            let date = start() - Duration::days(3 - number);
            entries.push(fixtures::published_at(&app.services, &project, &format!("Entry {number}"), date).await);
        }
        let page = app.stranger().get("/changelog/atuin/entry-1").await.expect(200);
        let ways = between(page.text(), "<nav aria-label=\"Other updates\"", "</nav>").join("|");
        assert!(ways.contains("/changelog/atuin/entry-2") && ways.contains("/changelog/atuin/entry-0"), "{ways}");
        assert!(!page.text().contains("Last updated"), "publishing is no change");
        let ends = app.stranger().get("/changelog/atuin/entry-2").await.expect(200);
        let ways = between(ends.text(), "<nav aria-label=\"Other updates\"", "</nav>").join("|");
        assert_eq!((ways.matches("<a ").count(), ways.contains("/changelog/atuin/entry-1")), (1, true), "{ways}");

        app.advance(Duration::days(2));
        let may = fixtures::may::<WriteEntries>(&app.services, &project).await;
        let patch = EntryPatch { content: Some("Corrected.".into()), ..EntryPatch::default() };
        services::entries::update(&app.services, &may, &entries[1].id, patch).await.unwrap();
        let page = app.stranger().get("/changelog/atuin/entry-1").await.expect(200);
        assert!(page.text().contains("Last updated") && page.text().contains(">6 March 2026</time>"), "{}", page.text());
    }

    async fn a_version_that_the_title_says_is_not_said_twice(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        for (title, version) in [("Release v18.2.0", "18.2.0"), ("Faster search", "18.3.0")] {
            let new = NewEntry { version: Some(version.into()), ..fixtures::text(title) };
            fixtures::published_with(&app.services, &project, new, start()).await;
        }
        let page = app.stranger().get("/changelog/atuin").await.expect(200);
        assert_eq!(between(page.text(), r#"class="entry-version">"#, "<"), ["v18.3.0"]);
    }

    async fn the_same_page_for_every_spelling_of_a_question_comes_from_one_kept_answer(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        fixtures::published(&app.services, &project, "Dark mode").await;
        let tag = app.stranger().get("/changelog/atuin").await.expect(200).header("etag").unwrap().to_owned();
        let again = app.stranger().call(Method::GET, "/changelog/atuin?utm_source=mail").header("if-none-match", &tag).send();
        assert_eq!(again.await.status(), 304);
        let head = app.stranger().call(Method::HEAD, "/changelog/atuin/archive").send().await.expect(200);
        assert!(head.bytes().is_empty());
    }

    async fn what_changed_since_a_version_has_a_page_a_feed_and_an_answer(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        for (title, version, tag, days) in
            [("Old", "1.0.0", "Fix", 9), ("Big change", "2.0.0", "Breaking", 6), ("Hole closed", "2.0.1", "Security", 3)]
        {
            let new = NewEntry { version: Some(version.into()), tags: fixtures::tags(&[tag]), ..fixtures::text(title) };
            fixtures::published_with(&app.services, &project, new, start() - Duration::days(days)).await;
        }
        let reader = app.stranger();
        let page = reader.get("/changelog/atuin?since=v1.0.0").await.expect(200);
        assert_eq!(titles(&page), ["Hole closed", "Big change"]);
        let notes = between(page.text(), "Before you upgrade", "</section>").remove(0);
        let (breaking, security) = (notes.find("Big change").unwrap(), notes.find("Hole closed").unwrap());
        assert!(breaking < security && notes.contains("Breaking") && notes.contains("Security"), "{notes}");
        assert!(robots(&page).1.is_some_and(|robots| robots.contains("noindex")));
        let page = reader.get("/changelog/atuin?since=1.0.0&until=2.0.0").await.expect(200);
        assert_eq!(titles(&page), ["Big change"]);
        assert!(!titles(&reader.get("/changelog/atuin").await.expect(200)).is_empty());
        let unknown = reader.get("/changelog/atuin?since=nonsense").await.expect(404);
        assert!(unknown.text().contains("There is no such version"));

        let feed = reader.get("/changelog/atuin/feed.json?since=2.0.0").await.expect(200).json();
        assert_eq!(feed["items"].as_array().unwrap().len(), 1);
        let entries = reader.get("/api/changelog/atuin/entries?since=1.0&until=2.0.0").await.expect(200).json();
        assert_eq!(entries["items"][0]["title"], "Big change");
        assert_eq!(entries["items"].as_array().unwrap().len(), 1);
        let unknown = reader.get("/api/changelog/atuin/entries?since=nonsense").await.expect(404).json();
        assert_eq!(unknown["code"], "UNKNOWN_VERSION");
    }
}
