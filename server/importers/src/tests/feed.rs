//! RSS, Atom and JSON Feed, and the changelogs of Canny.

use model::imports::{CannyOptions, Reading, Source};
use model::time::to_wire;
use serde_json::json;

use crate::{Format, ImportError, Parsed, canny, read};

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
  <title>Orbit &amp; News</title>
  <link>https://orbit.example/</link>
  <atom:link href="https://orbit.example/feed.xml" rel="self"/>
  <item>
    <title>Orbit 2.1.0: search &amp;amp; more</title>
    <link>https://orbit.example/2-1</link>
    <guid isPermaLink="false">41</guid>
    <pubDate>Tue, 03 Mar 2026 10:15:00 +0100</pubDate>
    <category>Added</category><category>added</category><category><![CDATA[Fixed & more]]></category>
    <description>Short</description>
    <content:encoded><![CDATA[<h1>New</h1><p>Search in <a href="docs">all projects</a>.</p>]]></content:encoded>
  </item>
  <item>
    <title>A quiet week</title>
    <guid>https://orbit.example/quiet</guid>
    <pubDate>Mon, 03 Mar 2026 09:00:00 GMT</pubDate>
    <description>Nothing &lt;b&gt;happened&lt;/b&gt;.</description>
  </item>
</channel></rss>"#;

const ATOM: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://atom.example/base/">
  <title type="html">Notes &lt;i&gt;of&lt;/i&gt; Atom</title>
  <link href="https://atom.example/"/>
  <entry>
    <id>tag:github.com,2008:Repository/1/v3.0</id>
    <title>v3.0</title>
    <link rel="alternate" href="https://atom.example/v3"/>
    <updated>2026-02-20T08:00:00Z</updated>
    <published>2026-02-19T08:00:00+02:00</published>
    <category term="sec" label="Security"/><category term="fix"/>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>As <em>elements</em>, <a href="here">here</a>.</p></div></content>
  </entry>
  <entry>
    <id>urn:uuid:1</id><title type="text">1 &lt; 2</title><updated>2026-02-18T08:00:00Z</updated>
    <summary type="text">a *b* &lt;c&gt;</summary>
  </entry>
</feed>"#;

fn feed(text: &str) -> Parsed {
    read(text, &Reading::default()).unwrap()
}

fn refused(text: &str) -> ImportError {
    read(text, &Reading { source: Some(Source::Feed), ..Reading::default() }).unwrap_err()
}

#[test]
fn rss_is_recognised_and_read_item_by_item() {
    let parsed = feed(RSS);
    assert_eq!((parsed.format, parsed.title.as_deref()), (Format::Rss, Some("Orbit & News")));
    assert_eq!(parsed.releases.len(), 2);
    let first = &parsed.releases[0];
    assert_eq!(first.title, "Orbit 2.1.0: search & more");
    assert_eq!(first.version.as_deref(), Some("2.1.0"));
    assert_eq!(first.content, "## New\n\nSearch in [all projects](https://orbit.example/docs).");
    assert_eq!(first.published_at.map(to_wire).as_deref(), Some("2026-03-03T09:15:00.000Z"));
    assert_eq!(first.tags, ["Added", "Fixed & more"]);
    // A number is good within its feed only.
    assert_eq!(first.external_id.as_deref(), Some("https://orbit.example/#41"));
    let second = &parsed.releases[1];
    assert_eq!((second.version.as_deref(), second.content.as_str()), (None, "Nothing **happened**."));
    assert_eq!(second.external_id.as_deref(), Some("https://orbit.example/quiet"));
    // 3 March 2026 is no Monday; the date counts.
    assert_eq!(second.published_at.map(to_wire).as_deref(), Some("2026-03-03T09:00:00.000Z"));
}

#[test]
fn atom_is_recognised_with_text_html_and_elements() {
    let parsed = feed(ATOM);
    assert_eq!((parsed.format, parsed.title.as_deref()), (Format::Atom, Some("Notes of Atom")));
    let [first, second] = &parsed.releases[..] else { panic!("{parsed:#?}") };
    assert_eq!((first.title.as_str(), first.version.as_deref()), ("v3.0", Some("3.0")));
    assert_eq!(first.content, "As *elements*, [here](https://atom.example/base/here).");
    assert_eq!(first.published_at.map(to_wire).as_deref(), Some("2026-02-19T06:00:00.000Z"));
    assert_eq!(first.tags, ["Security", "fix"]);
    assert_eq!(first.external_id.as_deref(), Some("tag:github.com,2008:Repository/1/v3.0"));
    assert_eq!((second.title.as_str(), second.content.as_str()), ("1 < 2", "a *b* <c>"));
}

#[test]
fn rss_1_has_its_items_beside_the_channel() {
    let text = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel><title>Old</title><link>https://old.example/</link></channel>
        <item><title>Version 1.2</title><link>https://old.example/1</link><description>Text</description><dc:date>2026-01-02</dc:date></item></rdf:RDF>"#;
    let parsed = feed(text);
    assert_eq!((parsed.title.as_deref(), parsed.releases.len()), (Some("Old"), 1));
    let only = &parsed.releases[0];
    assert_eq!((only.version.as_deref(), only.external_id.as_deref()), (Some("1.2"), Some("https://old.example/1")));
    assert_eq!(only.date.map(|date| date.to_string()).as_deref(), Some("2026-01-02"));
}

#[test]
fn a_json_feed_is_recognised_by_its_version() {
    let text = json!({
        "version": "https://jsonfeed.org/version/1.1", "title": "Json", "home_page_url": "https://json.example/",
        "items": [
            { "id": 7, "title": "Release 4.0.0", "content_html": "<p>Hello <b>there</b></p>", "tags": ["New"], "date_published": "2026-03-01T00:00:00-05:00" },
            { "id": "x", "url": "https://json.example/x", "content_text": "no title" }
        ]
    });
    let parsed = feed(&text.to_string());
    assert_eq!(parsed.format, Format::JsonFeed);
    let first = &parsed.releases[0];
    assert_eq!((first.version.as_deref(), first.content.as_str()), (Some("4.0.0"), "Hello **there**"));
    assert_eq!(first.external_id.as_deref(), Some("https://json.example/#7"));
    assert_eq!(first.published_at.map(to_wire).as_deref(), Some("2026-03-01T05:00:00.000Z"));
    assert_eq!(parsed.releases[1].problems, ["There is no title."]);
}

#[test]
fn document_types_and_their_entities_are_refused() {
    let bomb = r#"<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>"#;
    let file = r#"<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&f;</title></item></channel></rss>"#;
    for text in [bomb, file] {
        let error = refused(text);
        assert!(error.to_string().contains("document type"), "{error}");
    }
}

#[test]
fn what_is_no_feed_is_refused_with_the_reason() {
    let error = refused("<svg xmlns='http://www.w3.org/2000/svg'><path/></svg>");
    assert_eq!(error, ImportError::NotFeed { root: "svg".to_owned() });
    let error = refused("<rss>\n<channel>\n<item></channel></rss>");
    assert!(matches!(error, ImportError::NotXml { line: 3, .. }), "{error:?}");
    assert!(refused("<rss><channel>&nbsp;</channel></rss>").to_string().contains("&nbsp; is not defined"));
    assert!(feed("<rss><channel><title>Empty feed</title></channel></rss>").releases.is_empty());
}

#[test]
fn only_the_first_entries_are_read_when_somebody_says_so() {
    let parsed = read(RSS, &Reading { most: Some(1), ..Reading::default() }).unwrap();
    assert_eq!(parsed.releases.len(), 1);
    assert_eq!(parsed.notes.last().unwrap().message, "There are 2 entries; the first 1 were read.");
    let markdown = read("## 2.0.0\n\nB\n\n## 1.0.0\n\nA\n", &Reading { most: Some(1), ..Reading::default() }).unwrap();
    assert_eq!(markdown.releases.len(), 1);
    assert_eq!(markdown.notes.last().unwrap().message, "There are 2 entries; the first 1 were read.");
}

#[test]
fn versions_are_found_in_titles() {
    for (title, expected) in [
        ("v2", Some("2")),
        ("Atuin 18.0.1 is out", Some("18.0.1")),
        ("Release 1.2 – Search", Some("1.2")),
        ("1.2: Search", Some("1.2")),
        ("Better (v1.2.3-rc.1)", Some("1.2.3-rc.1")),
        ("Works with Node 18.2 now", None),
        ("2026-03-04", None),
        ("3 new things", None),
        ("A quiet week", None),
    ] {
        assert_eq!(crate::versions::in_text(title).as_deref(), expected, "{title}");
    }
}

#[test]
fn entries_of_canny_become_entries() {
    let entry = json!({
        "id": "5f0", "title": "Dark mode", "markdownDetails": "For **every** page", "plaintextDetails": "plain",
        "created": "2026-02-01T10:00:00.000Z", "publishedAt": "2026-02-02T10:00:00.000Z", "status": "published",
        "url": "https://feedback.canny.io/changelog/dark", "types": ["new", "Improved"],
        "labels": [{ "id": "l", "name": "Design" }], "reactions": { "like": 12 },
        "posts": [{ "title": "Please [dark] mode", "url": "https://feedback.canny.io/p/1", "tags": [{ "name": "UI" }, { "name": "new" }] }]
    });
    let draft = json!({ "id": "5f1", "title": "Soon", "plaintextDetails": "Plain", "created": "2026-02-03T10:00:00.000Z", "status": "draft" });
    let all = CannyOptions { post_tags: true, ..CannyOptions::default() };
    let parsed = feed(&canny::to_json(&[entry.clone(), draft], &all));
    assert_eq!((parsed.format, parsed.format.label()), (Format::Canny, "Canny"));
    let first = &parsed.releases[0];
    assert_eq!(
        first.content,
        "For **every** page\n\n## Related posts\n\n- [Please dark mode](<https://feedback.canny.io/p/1>)"
    );
    assert_eq!(first.tags, ["new", "improved", "design", "ui"]);
    assert_eq!(first.external_id.as_deref(), Some("canny:5f0"));
    assert_eq!(first.published_at.map(to_wire).as_deref(), Some("2026-02-02T10:00:00.000Z"));
    assert!(!first.draft && parsed.releases[1].draft);
    assert_eq!(parsed.releases[1].content, "Plain");

    let fewer = CannyOptions { labels: false, ..CannyOptions::default() };
    assert_eq!(feed(&canny::to_json(std::slice::from_ref(&entry), &fewer)).releases[0].tags, ["new", "improved"]);
    assert_eq!(
        canny::metadata(&entry),
        json!({ "cannyId": "5f0", "url": "https://feedback.canny.io/changelog/dark", "likes": 12, "postCount": 1, "status": "published" })
    );
}
