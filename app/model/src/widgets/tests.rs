use serde_json::json;

use super::*;
use crate::Error;

fn with(variant: Variant, settings: Value) -> Result<NewWidget> {
    let Value::Object(settings) = settings else { panic!("an object") };
    NewWidget { settings, ..NewWidget::named("Home page", variant) }.checked()
}

#[test]
fn what_a_person_may_write_is_stored_in_one_form() {
    let sent = json!({
        "theme": " dark ", "maxEntries": "7", "maxHeight": "320", "radius": "0.5rem", "isPopup": "1", "showBadge": false,
        "accentColor": "#4F46E5", "tagFilter": "Feature, Fix,feature", "font": "Inter, sans-serif", "trigger": null,
        "somethingNewer": { "kept": true }
    });
    let stored = with(Variant::Classic, sent).unwrap().settings;
    assert_eq!(
        Value::Object(stored),
        json!({
            "theme": "dark", "maxEntries": 7, "maxHeight": "320px", "radius": "0.5rem", "isPopup": true,
            "showBadge": false, "accentColor": "#4f46e5", "tagFilter": ["Feature", "Fix"],
            "font": "Inter, sans-serif", "somethingNewer": { "kept": true }
        })
    );
}

#[test]
fn everything_wrong_is_named_at_once() {
    let sent = json!({
        "theme": "sepia", "position": "middle", "maxEntries": 0, "maxHeight": "calc(1px)", "accentColor": "red",
        "openIn": 3, "showRss": "maybe", "font": "x; } body { display: none", "tagFilter": [1], "buttonText": "a".repeat(61)
    });
    let Err(Error::Invalid { fields }) = with(Variant::Floating, sent) else { panic!("refused") };
    let mut names: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
    names.sort_unstable();
    let expected = [
        "settings.accentColor",
        "settings.buttonText",
        "settings.font",
        "settings.maxEntries",
        "settings.maxHeight",
        "settings.openIn",
        "settings.position",
        "settings.showRss",
        "settings.tagFilter",
        "settings.theme",
    ];
    assert_eq!(names, expected);
}

#[test]
fn an_option_of_another_kind_is_kept_unread() {
    assert!(with(Variant::Classic, json!({ "hideDelay": "soon" })).is_ok());
    assert!(with(Variant::Announcement, json!({ "hideDelay": "soon" })).is_err());
    assert!(with(Variant::Announcement, json!({ "position": "top" })).is_ok());
}

#[test]
fn a_form_switches_off_what_it_does_not_send() {
    let stored = with(Variant::Floating, json!({ "showBadge": true, "theme": "dark", "own": 1 })).unwrap().settings;
    let fields = [("theme".to_owned(), String::new()), ("showRss".to_owned(), "true".to_owned())];
    let settings = settings_from_form(Variant::Floating, &stored, &fields);
    assert_eq!(
        (settings.get("theme"), &settings["showBadge"], &settings["showRss"]),
        (None, &json!(false), &json!(true))
    );
    assert_eq!(settings["own"], 1);
}

#[test]
fn a_site_is_its_origin() {
    let check = |text: &str, expected: Option<&str>| assert_eq!(origin(text).as_deref(), expected, "{text}");
    check("https://Example.com/path?q#f", Some("https://example.com"));
    check("https://example.com:443", Some("https://example.com"));
    check("http://localhost:3000/", Some("http://localhost:3000"));
    check("http://[::1]:80/", Some("http://[::1]"));
    check("example.com", None);
    check("ftp://example.com", None);
    check("https://user@example.com", None);
    check("https://", None);
    check("null", None);
}

#[test]
fn a_widget_without_sites_admits_all_and_one_with_sites_only_those() {
    let mut widget = Widget {
        id: "w1".parse().unwrap(),
        project_id: "p1".parse().unwrap(),
        name: "Home page".to_owned(),
        variant: Variant::Classic,
        settings: Settings::new(),
        custom_css: None,
        is_active: true,
        allowed_origins: Vec::new(),
        created_at: crate::time::MIN,
        updated_at: crate::time::MIN,
    };
    assert!(widget.admits(Some("https://other.example")) && widget.admits(None));
    widget.allowed_origins = vec!["https://shop.example".to_owned()];
    assert!(widget.admits(Some("https://shop.example")) && widget.admits(None));
    assert!(!widget.admits(Some("https://other.example")));
}
