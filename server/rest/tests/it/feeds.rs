use atom_syndication::Feed as Atom;
use http::Method;
use model::TagId;
use model::entries::NewEntry;
use model::feeds::FeedConfig;
use model::projects::{Project, ProjectPatch};
use rss::Channel;
use serde_json::{Value, json};
use services::access::EditProjects;
use testkit::{Answer, fixtures, on_both_databases, start};

use crate::app::{App, ids, set_up, twenty_five};

const PAGE: &str = "http://tidings.example/changelog/orbit-mail";

#[track_caller]
fn parse(answer: &Answer) -> Channel {
    Channel::read_from(answer.bytes()).unwrap_or_else(|error| panic!("{error}\n{}", answer.text()))
}

#[track_caller]
fn parse_atom(answer: &Answer) -> Atom {
    Atom::read_from(answer.bytes()).unwrap_or_else(|error| panic!("{error}\n{}", answer.text()))
}

/// Orbit Mail with the settings given.
async fn orbit_mail(app: &App, config: FeedConfig) -> Project {
    let project = fixtures::public_project(&app.services, "Orbit Mail").await;
    set_up(app, &project, |project| project.rss_feed_config = Some(config)).await
}

async fn tagged(app: &App, project: &Project, title: &str, tags: &[&str]) -> model::entries::Entry {
    let new = NewEntry { tags: fixtures::tags(tags), ..fixtures::text(title) };
    fixtures::published_with(&app.services, project, new, app.services.clock.now()).await
}

async fn tag_id(app: &App, name: &str) -> TagId {
    let mut lease = app.db().acquire().await.unwrap();
    store::tags::find_by_name(lease.conn(), name).await.unwrap().unwrap().id
}

/// The feed of the readers' address.
async fn get(app: &App, file: &str) -> Answer {
    app.stranger().get(&format!("/changelog/orbit-mail/{file}")).await
}

async fn titles(app: &App, file: &str) -> Vec<String> {
    let feed = get(app, file).await.expect(200).json();
    crate::app::column(&feed["items"], "title")
}

on_both_databases! {
    async fn a_feed_reader_gets_everything_it_needs(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let new = NewEntry {
            title: "Dark mode".to_owned(),
            content: "## New\n\nSee [the guide](/guide) and ![](shot.png).".to_owned(),
            version: Some("2.4.0".to_owned()),
            tags: fixtures::tags(&["Feature"]),
            ..NewEntry::default()
        };
        let entry = fixtures::published_with(&app.services, &project, new, start()).await;
        let answer = app.stranger().get(&format!("/api/changelog/{}/rss.xml", project.id)).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/xml; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
        assert_eq!(answer.header("last-modified"), Some("Wed, 04 Mar 2026 09:30:00 GMT"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let page = "http://tidings.example/changelog/orbit-mail";
        assert!(answer.text().contains(&format!("<atom:link href=\"{page}/rss.xml\" rel=\"self\"")));
        assert!(answer.text().contains("<version>2.4.0</version>"));

        let channel = parse(&answer);
        assert_eq!(channel.title(), "Orbit Mail Changelog");
        assert_eq!(channel.link(), page);
        assert_eq!(channel.language(), Some("en-US"));
        assert_eq!(channel.ttl(), Some("60"));
        assert_eq!(channel.last_build_date(), Some("Wed, 04 Mar 2026 09:30:00 GMT"));
        let item = &channel.items()[0];
        assert_eq!(item.title(), Some("Dark mode"));
        assert_eq!(item.link(), Some(format!("{page}/{}", entry.id).as_str()));
        assert_eq!(item.pub_date(), Some("Wed, 04 Mar 2026 09:30:00 GMT"));
        let guid = item.guid().unwrap();
        assert_eq!((guid.value(), guid.is_permalink()), (entry.id.as_str(), false));
        let html = item.content().unwrap();
        assert_eq!(item.description(), Some(html));
        assert!(html.contains("href=\"http://tidings.example/guide\""), "{html}");
        assert!(html.contains("src=\"http://tidings.example/changelog/orbit-mail/shot.png\""), "{html}");
        let picture = item.enclosure().unwrap();
        assert_eq!(picture.url(), "http://tidings.example/changelog/orbit-mail/shot.png");
        assert_eq!(picture.mime_type(), "image/png");
        assert!(item.categories().is_empty(), "only when the project wants them");
        for (file, kind) in [("atom.xml", "atom+xml"), ("feed.json", "feed+json")] {
            let link = format!("<atom:link href=\"{page}/{file}\" rel=\"alternate\" type=\"application/{kind}\"/>");
            assert!(answer.text().contains(&link), "{link}");
        }
        let beside = get(&app, "rss.xml").await.expect(200);
        assert_eq!(beside.text(), answer.text(), "one feed at both addresses");
    }

    async fn the_same_feed_can_be_read_as_atom(app: App) {
        let project = orbit_mail(&app, FeedConfig { include_tags: true, ..FeedConfig::default() }).await;
        let new = NewEntry {
            title: "Dark mode & more".to_owned(),
            content: "See [the guide](/guide) and ![](https://img.example/a.webp).".to_owned(),
            version: Some("2.4.0".to_owned()),
            tags: fixtures::tags(&["Feature", "R&D"]),
            ..NewEntry::default()
        };
        let entry = fixtures::published_with(&app.services, &project, new, start()).await;
        let answer = get(&app, "atom.xml").await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/atom+xml; charset=utf-8"));
        let feed = parse_atom(&answer);
        assert_eq!(feed.title().as_str(), "Orbit Mail Changelog");
        assert_eq!(feed.lang(), Some("en-US"));
        assert_eq!(feed.authors()[0].name(), "Orbit Mail");
        assert_eq!(feed.updated().to_rfc3339(), "2026-03-04T09:30:00+00:00");
        let link = |relation: &str, kind: &str| {
            let found = feed.links().iter().find(|link| link.rel() == relation && link.mime_type() == Some(kind));
            found.map(|link| link.href().to_owned())
        };
        assert_eq!(link("self", "application/atom+xml"), Some(format!("{PAGE}/atom.xml")));
        assert_eq!(link("alternate", "text/html"), Some(PAGE.to_owned()));
        assert_eq!(link("alternate", "application/rss+xml"), Some(format!("{PAGE}/rss.xml")));
        let item = &feed.entries()[0];
        assert_eq!(item.title().as_str(), "Dark mode & more");
        assert!(item.id().starts_with("urn:uuid:") && item.id() != feed.id(), "{}", item.id());
        assert_eq!(item.links()[0].href(), format!("{PAGE}/{}", entry.id));
        assert_eq!(item.links()[1].href(), "https://img.example/a.webp");
        assert_eq!(item.published().unwrap().to_rfc3339(), "2026-03-04T09:30:00+00:00");
        assert_eq!(item.summary().unwrap().as_str(), entry.excerpt);
        let names: Vec<&str> = item.categories().iter().map(|category| category.term()).collect();
        assert_eq!(names, ["Feature", "R&D"]);
        let content = item.content().unwrap();
        assert_eq!(content.content_type(), Some("html"));
        assert!(content.value().unwrap().contains("href=\"http://tidings.example/guide\""));
        assert!(answer.text().contains("<doap:revision>2.4.0</doap:revision>"));
    }

    async fn the_same_feed_can_be_read_as_json(app: App) {
        let project = orbit_mail(&app, FeedConfig { include_tags: true, ..FeedConfig::default() }).await;
        let new = NewEntry {
            title: "Dark mode".to_owned(),
            content: "**New** ![](https://img.example/a.png)\u{1}".to_owned(),
            version: Some("2.4.0".to_owned()),
            tags: fixtures::tags(&["Feature"]),
            ..NewEntry::default()
        };
        let entry = fixtures::published_with(&app.services, &project, new, start()).await;
        let answer = get(&app, "feed.json").await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/feed+json; charset=utf-8"));
        let feed = answer.json();
        assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
        assert_eq!((&feed["home_page_url"], &feed["feed_url"]), (&json!(PAGE), &json!(format!("{PAGE}/feed.json"))));
        assert_eq!(feed["authors"], json!([{ "name": "Orbit Mail" }]));
        let item = &feed["items"][0];
        assert_eq!(item["id"], json!(entry.id));
        assert_eq!(item["url"], json!(format!("{PAGE}/{}", entry.id)));
        assert!(item["content_html"].as_str().unwrap().starts_with("<p><strong>New</strong>"));
        assert_eq!((&item["content_text"], &item["summary"]), (&Value::Null, &json!(entry.excerpt)));
        assert_eq!(item["image"], "https://img.example/a.png");
        assert_eq!(item["date_published"], "2026-03-04T09:30:00.000Z");
        assert_eq!((&item["tags"], &item["_tidings"]["version"]), (&json!(["Feature"]), &json!("2.4.0")));
    }

    async fn a_project_says_what_its_feeds_contain(app: App) {
        let project = orbit_mail(&app, FeedConfig::default()).await;
        tagged(&app, &project, "Feature one", &["Feature"]).await;
        app.advance(chrono::Duration::minutes(1));
        tagged(&app, &project, "Fix one", &["Fix"]).await;
        let config = FeedConfig {
            feed_title: Some("News <of> Orbit".to_owned()),
            feed_description: Some("All that is new".to_owned()),
            include_tags: true,
            include_version: false,
            tag_filter: vec![tag_id(&app, "Feature").await],
            item_template: None,
        };
        set_up(&app, &project, |project| project.rss_feed_config = Some(config)).await;
        let answer = get(&app, "rss.xml").await.expect(200);
        let channel = parse(&answer);
        assert_eq!((channel.title(), channel.description()), ("News <of> Orbit", "All that is new"));
        assert_eq!(channel.items().len(), 1);
        assert_eq!(channel.items()[0].title(), Some("Feature one"));
        assert_eq!(channel.items()[0].categories()[0].name(), "Feature");
        assert!(!answer.text().contains("<version>"));
        assert_eq!(parse_atom(&get(&app, "atom.xml").await.expect(200)).entries().len(), 1);
        assert_eq!(titles(&app, "feed.json").await, ["Feature one"]);
        assert_eq!(titles(&app, "tags/fix/feed.json").await, ["Fix one"], "the feed of a tag has all of its entries");
    }

    async fn a_template_says_what_items_contain(app: App) {
        let template = "<h1>{{title}}</h1><p title='{{ title }}'>{{version}}|{{date}}|{{tags}}|{{nothing}}|{{id}}</p>\
            {{content}}<p><a href=\"{{url}}\">{{excerpt}}</a></p><script>alert(1)</script>";
        let project = orbit_mail(&app, FeedConfig { item_template: Some(template.to_owned()), ..FeedConfig::default() }).await;
        let new = NewEntry {
            title: "<script>alert(1)</script>' onclick='x() {{id}}".to_owned(),
            content: "**Bold** and [a link](/guide)".to_owned(),
            version: Some("1 < 2".to_owned()),
            tags: fixtures::tags(&["A&B", "C"]),
            ..NewEntry::default()
        };
        let entry = fixtures::published_with(&app.services, &project, new, start()).await;
        let expected = format!(
            "<h1>&lt;script&gt;alert(1)&lt;/script&gt;' onclick='x() {{{{id}}}}</h1>\
             <p title=\"<script>alert(1)</script>' onclick='x() {{{{id}}}}\">1 &lt; 2|4 March 2026|A&amp;B, C||{}</p>",
            entry.id
        );
        let channel = parse(&get(&app, "rss.xml").await.expect(200));
        let html = channel.items()[0].description().unwrap();
        let escaped = expected.replace("title=\"<script>alert(1)</script>", "title=\"&lt;script&gt;alert(1)&lt;/script&gt;");
        assert!(html.starts_with(&expected) || html.starts_with(&escaped), "{html}");
        assert!(html.contains("<strong>Bold</strong> and <a href=\"http://tidings.example/guide\""), "{html}");
        assert!(html.contains(&format!("<a href=\"{PAGE}/{}\"", entry.id)), "{html}");
        assert!(!html.contains("<script>alert(1)</script></"), "{html}");
        assert_eq!(channel.items()[0].content(), Some(html));
    }

    async fn a_tag_has_feeds_of_its_own(app: App) {
        let project = orbit_mail(&app, FeedConfig::default()).await;
        let first = tagged(&app, &project, "First", &["Große Änderung"]).await;
        tagged(&app, &project, "Second", &["Fix"]).await;
        let path = "tags/gro%C3%9Fe%20%C3%A4nderung";
        let answer = get(&app, &format!("{path}/rss.xml")).await.expect(200);
        let channel = parse(&answer);
        assert_eq!(channel.title(), "Orbit Mail Changelog: Große Änderung");
        assert_eq!(channel.link(), format!("{PAGE}/{path}"));
        assert!(answer.text().contains(&format!("<atom:link href=\"{PAGE}/{path}/rss.xml\" rel=\"self\"")));
        assert_eq!(channel.items().len(), 1);
        assert_eq!(channel.items()[0].link(), Some(format!("{PAGE}/{}", first.id).as_str()));

        let (whole, part) = (get(&app, "atom.xml").await, get(&app, &format!("{path}/atom.xml")).await);
        let (whole, part) = (parse_atom(&whole.expect(200)), parse_atom(&part.expect(200)));
        assert_ne!(whole.id(), part.id());
        let same = whole.entries().iter().find(|entry| entry.title().as_str() == "First").unwrap();
        assert_eq!(part.entries()[0].id(), same.id(), "one entry has one name everywhere");

        let id = tag_id(&app, "Fix").await;
        for tag in ["Fix", "FIX", id.as_str()] {
            assert_eq!(titles(&app, &format!("tags/{tag}/feed.json")).await, ["Second"], "{tag}");
        }
        let secret = fixtures::project(&app.services, "Secret").await;
        tagged(&app, &secret, "Hidden", &["Secret tag"]).await;
        for tag in ["secret%20tag", "unknown", "%00", "%ff"] {
            get(&app, &format!("tags/{tag}/rss.xml")).await.expect(404);
        }
    }

    async fn a_feed_shows_the_next_moment_what_was_changed(app: App) {
        let project = orbit_mail(&app, FeedConfig::default()).await;
        fixtures::published(&app.services, &project, "First").await;
        assert_eq!(titles(&app, "feed.json").await, ["First"]);
        app.advance(chrono::Duration::minutes(1));
        fixtures::published(&app.services, &project, "Second").await;
        assert_eq!(titles(&app, "feed.json").await, ["Second", "First"]);
        let may = fixtures::may::<EditProjects>(&app.services, &project).await;
        let patch = ProjectPatch { enable_rss: Some(false), ..ProjectPatch::default() };
        services::projects::update(&app.services, &may, patch).await.unwrap();
        for file in ["rss.xml", "atom.xml", "feed.json"] {
            let answer = get(&app, file).await.expect(404);
            assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        }
    }

    async fn every_format_can_be_asked_about_before_it_is_fetched(app: App) {
        let project = orbit_mail(&app, FeedConfig::default()).await;
        tagged(&app, &project, "First", &["Fix"]).await;
        for file in ["rss.xml", "atom.xml", "feed.json", "tags/fix/rss.xml", "tags/fix/atom.xml", "tags/fix/feed.json"] {
            let answer = get(&app, file).await.expect(200);
            assert_eq!(answer.header("cache-control"), Some("public, max-age=300"), "{file}");
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{file}");
            let path = format!("/changelog/orbit-mail/{file}");
            let ask = |name: &str, value: &str| app.stranger().call(Method::GET, &path).header(name, value).send();
            ask("if-none-match", answer.header("etag").unwrap()).await.expect(304);
            ask("if-modified-since", answer.header("last-modified").unwrap()).await.expect(304);
            let asked = app.stranger().call(Method::OPTIONS, &path).send().await.expect(204);
            assert_eq!(asked.header("access-control-allow-origin"), Some("*"), "{file}");
            assert!(asked.header("access-control-allow-headers").unwrap().contains("If-None-Match"), "{file}");
            let head = app.stranger().call(Method::HEAD, &path).send().await.expect(200);
            assert!(head.bytes().is_empty() && head.header("etag") == answer.header("etag"), "{file}");
        }
    }

    async fn hostile_text_stays_text(app: App) {
        let project = fixtures::public_project(&app.services, "A ]]> & <b> \"name\"").await;
        let content = "]]></description><script>alert(1)</script> & &amp; \u{1}\u{b}\u{1f}\u{fffe}\u{ffff} <img src=x onerror=alert(1)>\n\n\
                       [click](javascript:alert(1)) `]]>` 😀";
        let new = NewEntry {
            title: "<script>alert('title')</script> ]]> &".to_owned(),
            content: content.to_owned(),
            version: Some("1.0 <b> ]]> &".to_owned()),
            tags: Vec::new(),
            ..NewEntry::default()
        };
        fixtures::published_with(&app.services, &project, new, start()).await;
        let answer = app.stranger().get(&format!("/api/changelog/{}/rss.xml", project.id)).await.expect(200);
        let channel = parse(&answer);
        assert_eq!(channel.items().len(), 1);
        assert_eq!(channel.title(), "A ]]> & <b> \"name\" Changelog");
        let item = &channel.items()[0];
        assert_eq!(item.title(), Some("<script>alert('title')</script> ]]> &"));
        let html = item.content().unwrap();
        assert!(html.contains("😀"));
        assert!(!html.contains("<script") && !html.contains("<img src=x") && !html.contains("javascript:"), "{html}");
        let is_allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
        assert!(answer.text().chars().all(|c| is_allowed(c) && !matches!(c, '\u{fffe}' | '\u{ffff}')));

        let atom = app.stranger().get(&format!("/changelog/{}/atom.xml", project.slug)).await.expect(200);
        let feed = parse_atom(&atom);
        assert_eq!(feed.title().as_str(), "A ]]> & <b> \"name\" Changelog");
        assert_eq!(feed.entries()[0].content().unwrap().value().map(str::trim_end), Some(html), "the same text in both");
        assert!(atom.text().chars().all(|c| is_allowed(c) && !matches!(c, '\u{fffe}' | '\u{ffff}')));
        let json = app.stranger().get(&format!("/changelog/{}/feed.json", project.slug)).await.expect(200).json();
        assert_eq!(json["items"][0]["content_html"].as_str().map(str::trim_end), Some(html));
    }

    async fn the_newest_entries_come_first_and_no_more_than_wanted(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entries = twenty_five(&app, &project).await;
        fixtures::entry(&app.services, &project, "A draft").await;
        let feed = format!("/api/changelog/{}/rss.xml", project.id);
        let guids = |answer: &Answer| -> Vec<String> {
            parse(answer).items().iter().map(|item| item.guid().unwrap().value().to_owned()).collect()
        };
        assert_eq!(guids(&app.stranger().get(&feed).await.expect(200)), ids(&entries[..10]));
        set_up(&app, &project, |project| project.rss_item_limit = 12).await;
        assert_eq!(guids(&app.stranger().get(&feed).await.expect(200)), ids(&entries[..12]));
    }

    async fn a_reader_keeps_its_copy_until_something_changes(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        fixtures::published(&app.services, &project, "First").await;
        let feed = format!("/api/changelog/{}/rss.xml", project.id);
        let first = app.stranger().get(&feed).await.expect(200);
        let ask = |name: &str, value: &str| app.stranger().call(Method::GET, &feed).header(name, value).send();
        let (tag, date) = (first.header("etag").unwrap(), first.header("last-modified").unwrap());
        ask("if-none-match", tag).await.expect(304);
        ask("if-modified-since", date).await.expect(304);
        ask("if-modified-since", "Wed, 04 Mar 2026 09:29:59 GMT").await.expect(200);
        ask("if-modified-since", "nonsense").await.expect(200);

        app.advance(chrono::Duration::hours(1));
        assert_eq!(app.stranger().get(&feed).await.expect(200).header("etag"), Some(tag), "time alone is no news");
        fixtures::published(&app.services, &project, "Second").await;
        ask("if-none-match", tag).await.expect(200);
        ask("if-modified-since", date).await.expect(200);
        // The date would say "known"; the tag knows better.
        let both = app.stranger().call(Method::GET, &feed).header("if-none-match", tag);
        both.header("if-modified-since", "Wed, 04 Mar 2026 23:00:00 GMT").send().await.expect(200);
    }

    async fn an_item_keeps_its_guid_when_the_project_is_renamed(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "First").await;
        let may = fixtures::may::<EditProjects>(&app.services, &project).await;
        let patch = ProjectPatch { name: Some("Apex".to_owned()), ..ProjectPatch::default() };
        services::projects::update(&app.services, &may, patch).await.unwrap();
        let channel = parse(&app.stranger().get("/api/changelog/orbit-mail/rss.xml").await.expect(200));
        assert_eq!(channel.link(), "http://tidings.example/changelog/apex");
        assert_eq!(channel.items()[0].guid().unwrap().value(), entry.id.as_str());
    }

    async fn with_excerpts_the_text_stays_on_the_page(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let new = NewEntry { content: "All is < 1 & > 0.".to_owned(), ..fixtures::text("First") };
        fixtures::published_with(&app.services, &project, new, start()).await;
        set_up(&app, &project, |project| {
            project.rss_full_content = false;
            project.allow_indexing = false;
        }).await;
        let answer = app.stranger().get(&format!("/api/changelog/{}/rss.xml", project.id)).await.expect(200);
        assert_eq!(answer.header("x-robots-tag"), Some("noindex, nofollow"));
        let channel = parse(&answer);
        assert_eq!(channel.items()[0].description(), Some("All is &lt; 1 &amp; &gt; 0."), "HTML, as readers expect");
        assert_eq!(channel.items()[0].content(), None);
        let atom = parse_atom(&get(&app, "atom.xml").await.expect(200));
        assert_eq!(atom.entries()[0].summary().unwrap().as_str(), "All is < 1 & > 0.");
        assert!(atom.entries()[0].content().is_none());
        let item = &get(&app, "feed.json").await.expect(200).json()["items"][0];
        assert_eq!(item["content_text"], "All is < 1 & > 0.");
        assert_eq!((&item["content_html"], &item["summary"]), (&Value::Null, &Value::Null));
    }

    async fn there_is_no_feed_where_there_should_be_none(app: App) {
        let private = fixtures::project(&app.services, "Private").await;
        let off = fixtures::public_project(&app.services, "Off").await;
        let off = set_up(&app, &off, |project| project.enable_rss = false).await;
        for address in [private.id.as_str(), private.slug.as_str(), off.id.as_str(), "unknown", "%00"] {
            let mut bodies = Vec::new();
            for path in ["api/changelog/ADDRESS/rss.xml", "changelog/ADDRESS/rss.xml", "changelog/ADDRESS/tags/fix/feed.json"] {
                let answer = app.stranger().get(&format!("/{}", path.replace("ADDRESS", address))).await.expect(404);
                assert_eq!(answer.json()["code"], "not_found");
                bodies.push(answer.json());
            }
            assert!(bodies.iter().all(|body| body["detail"] == bodies[0]["detail"]));
        }
        let resting = fixtures::public_project(&app.services, "Resting").await;
        let resting = set_up(&app, &resting, |project| project.maintenance_mode = true).await;
        let answer = app.stranger().get(&format!("/api/changelog/{}/rss.xml", resting.id)).await.expect(503);
        assert_eq!(answer.header("retry-after"), Some("3600"));
        assert_eq!(answer.json()["code"], "maintenance");
    }
}
