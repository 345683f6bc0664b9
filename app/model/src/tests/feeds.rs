use crate::feeds::{self, FeedConfig, MAX_TAG_FILTER, MAX_TEMPLATE, PLACES};
use crate::ids::TagId;

#[test]
fn a_template_is_filled_and_unknown_names_give_nothing() {
    let check = |template: &str, expected: &str| {
        let filled = feeds::fill(template, |name| (name == "title" || name == "id").then(|| format!("<{name}>")));
        assert_eq!(filled, expected, "{template}");
    };
    check("{{title}}", "<title>");
    check("{{ title }} and {{id}}{{id}}", "<title> and <id><id>");
    check("a {{unknown}} b", "a  b");
    check("{{{title}}}", "{<title>}");
    check("{{title", "{{title");
    check("{{}} {{a b}} {{ü}}", "{{}} {{a b}} {{ü}}");
    check("{{x {{title}}", "{{x <title>");
    check("no places", "no places");
    check("", "");
}

#[test]
fn a_value_is_never_filled_again() {
    assert_eq!(feeds::fill("{{title}}", |_| Some("{{id}}".to_owned())), "{{id}}");
}

#[test]
fn every_place_that_is_offered_is_a_name() {
    for (name, _) in PLACES {
        assert_eq!(feeds::fill(&format!("{{{{{name}}}}}"), |asked| Some(asked.to_owned())), name);
    }
}

#[test]
fn the_settings_of_feeds_are_trimmed_and_checked() {
    let config = FeedConfig {
        feed_title: Some("  News ".to_owned()),
        feed_description: Some("   ".to_owned()),
        item_template: Some(" \n".to_owned()),
        ..FeedConfig::default()
    };
    let checked = config.checked().unwrap();
    assert_eq!(checked.feed_title.as_deref(), Some("News"));
    assert_eq!((checked.feed_description, checked.item_template), (None, None));

    let tag: TagId = "ctag".parse().unwrap();
    let wrong = FeedConfig {
        feed_title: Some("x".repeat(201)),
        tag_filter: vec![tag; MAX_TAG_FILTER + 1],
        item_template: Some("ü".repeat(MAX_TEMPLATE + 1)),
        ..FeedConfig::default()
    };
    let error = wrong.checked().unwrap_err();
    for field in ["feedTitle", "tagFilter", "itemTemplate"] {
        assert!(error.for_field(field).is_some(), "{field}");
    }
}
