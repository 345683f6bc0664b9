use http::Method;
use model::entries::NewEntry;
use model::projects::ProjectPatch;
use rss::Channel;
use services::access::EditProjects;
use testkit::{Answer, fixtures, on_both_databases, start};

use crate::app::{App, ids, set_up, twenty_five};

#[track_caller]
fn parse(answer: &Answer) -> Channel {
    Channel::read_from(answer.bytes()).unwrap_or_else(|error| panic!("{error}\n{}", answer.text()))
}

on_both_databases! {
    async fn a_feed_reader_gets_everything_it_needs(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let new = NewEntry {
            title: "Dark mode".to_owned(),
            content: "## New\n\nSee [the guide](/guide) and ![](shot.png).".to_owned(),
            version: Some("2.4.0".to_owned()),
            tags: fixtures::tags(&["Feature"]),
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
        fixtures::published(&app.services, &project, "First").await;
        set_up(&app, &project, |project| {
            project.rss_full_content = false;
            project.allow_indexing = false;
        }).await;
        let answer = app.stranger().get(&format!("/api/changelog/{}/rss.xml", project.id)).await.expect(200);
        assert_eq!(answer.header("x-robots-tag"), Some("noindex, nofollow"));
        let channel = parse(&answer);
        assert_eq!(channel.items()[0].description(), Some("All about First."));
        assert_eq!(channel.items()[0].content(), None);
    }

    async fn there_is_no_feed_where_there_should_be_none(app: App) {
        let private = fixtures::project(&app.services, "Private").await;
        let off = fixtures::public_project(&app.services, "Off").await;
        let off = set_up(&app, &off, |project| project.enable_rss = false).await;
        for address in [private.id.as_str(), private.slug.as_str(), off.id.as_str(), "unknown", "%00"] {
            let answer = app.stranger().get(&format!("/api/changelog/{address}/rss.xml")).await.expect(404);
            assert_eq!(answer.json()["code"], "not_found");
        }
        let resting = fixtures::public_project(&app.services, "Resting").await;
        let resting = set_up(&app, &resting, |project| project.maintenance_mode = true).await;
        let answer = app.stranger().get(&format!("/api/changelog/{}/rss.xml", resting.id)).await.expect(503);
        assert_eq!(answer.header("retry-after"), Some("3600"));
        assert_eq!(answer.json()["code"], "maintenance");
    }
}
