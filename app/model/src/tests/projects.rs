use crate::error::Error;
use crate::feeds::FeedConfig;
use crate::projects::{Layout, NewProject, Project, ProjectPatch};
use crate::tests::access::project;

fn checked(patch: ProjectPatch) -> Result<ProjectPatch, Vec<String>> {
    patch.checked().map_err(|error| match error {
        Error::Invalid { fields } => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("{other:?}"),
    })
}

fn with(set: impl FnOnce(&mut ProjectPatch)) -> ProjectPatch {
    let mut patch = ProjectPatch::default();
    set(&mut patch);
    patch
}

#[test]
fn an_address_has_lower_case_letters_digits_and_hyphens_and_no_meaning_of_its_own() {
    for good in ["atuin", "a", "2026-notes", " trimmed ", "-a-", &"a".repeat(100)] {
        let patch = checked(with(|patch| patch.slug = Some(good.to_owned()))).unwrap();
        assert_eq!(patch.slug.as_deref(), Some(good.trim()));
    }
    for bad in ["", "  ", "Atuin", "a b", "a/b", "ä", "a_b", "--", "tags", "entries", &"a".repeat(101)] {
        assert_eq!(checked(with(|patch| patch.slug = Some(bad.to_owned()))), Err(vec!["slug".to_owned()]), "{bad}");
    }
}

#[test]
fn a_picture_is_a_web_address_or_a_path_and_blank_clears_it() {
    for good in ["https://example.com/logo.svg?v=2#x", "HTTP://Example.com/a%20b.png", "/logo.svg", "/"] {
        let patch = checked(with(|patch| patch.logo_url = Some(Some(good.to_owned())))).unwrap();
        assert_eq!(patch.logo_url, Some(Some(good.to_owned())));
    }
    for bad in [
        "logo.svg",
        "//evil.example/logo.svg",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "https://",
        "https:///logo.svg",
        "https://example.com/a b",
        "https://example.com/\"onload=x",
        "https://example.com/<script>",
        "/a\\b",
    ] {
        let patch = with(|patch| {
            patch.logo_url = Some(Some(bad.to_owned()));
            patch.favicon_url = Some(Some(bad.to_owned()));
            patch.social_image_url = Some(Some(bad.to_owned()));
        });
        assert_eq!(checked(patch).unwrap_err(), ["logoUrl", "faviconUrl", "socialImageUrl"], "{bad}");
    }
    assert_eq!(checked(with(|patch| patch.logo_url = Some(Some("  ".into())))).unwrap().logo_url, Some(None));
}

#[test]
fn style_rules_are_kept_as_written_but_load_no_others() {
    let css = "  a::after { content: \"\\201c\" }\n";
    let patch = checked(with(|patch| patch.custom_css = Some(Some(css.to_owned())))).unwrap();
    assert_eq!(patch.custom_css, Some(Some(css.to_owned())));
    for bad in ["@import 'x.css';", "@IMPORT url(x)", "@\\69 mport 'x'", "@\\000069mport 'x'", "@im\\port 'x'", "a\0b"]
    {
        assert_eq!(
            checked(with(|patch| patch.custom_css = Some(Some(bad.to_owned())))).unwrap_err(),
            ["customCss"],
            "{bad:?}"
        );
    }
    let longest = "ü".repeat(50_000);
    assert!(checked(with(|patch| patch.custom_css = Some(Some(longest.clone())))).is_ok());
    assert!(checked(with(|patch| patch.custom_css = Some(Some(longest + "x")))).is_err());
}

#[test]
fn limits_of_maintenance_feeds_icons_and_zones_are_said_by_field() {
    let patch = with(|patch| {
        patch.maintenance_message = Some(Some("m".repeat(2_001)));
        patch.rss_item_limit = Some(0);
        patch.icon = Some(Some("<svg>".into()));
        patch.timezone = Some(Some("z".repeat(65)));
        patch.rss_feed_config = Some(Some(FeedConfig { feed_title: Some("t".repeat(201)), ..FeedConfig::default() }));
    });
    let mut wrong = checked(patch).unwrap_err();
    wrong.sort();
    assert_eq!(wrong, ["icon", "maintenanceMessage", "rssFeedConfig.feedTitle", "rssItemLimit", "timezone"]);
    for limit in [1, 100] {
        assert!(checked(with(|patch| patch.rss_item_limit = Some(limit))).is_ok());
    }
    let lines = with(|patch| patch.maintenance_message = Some(Some(" Back at noon.\nOr later. ".into())));
    assert_eq!(checked(lines).unwrap().maintenance_message, Some(Some("Back at noon.\nOr later.".into())));
    assert!(NewProject { name: "n".into(), icon: Some("a b".into()), ..NewProject::default() }.checked().is_err());
}

#[test]
fn an_absent_member_keeps_and_null_clears() {
    let full = Project {
        description: Some("d".into()),
        color: Some("#112233".into()),
        icon: Some("Rocket".into()),
        maintenance_message: Some("m".into()),
        rss_feed_config: Some(FeedConfig::default()),
        logo_url: Some("/l".into()),
        favicon_url: Some("/f".into()),
        social_image_url: Some("/s".into()),
        custom_css: Some("c".into()),
        timezone: Some("Europe/Berlin".into()),
        layout: Layout::Cards,
        ..project(true, false)
    };
    assert_eq!(ProjectPatch::default().apply(full.clone()), full);
    let cleared = ProjectPatch {
        description: Some(None),
        color: Some(None),
        icon: Some(None),
        maintenance_message: Some(None),
        rss_feed_config: Some(None),
        logo_url: Some(None),
        favicon_url: Some(None),
        social_image_url: Some(None),
        custom_css: Some(None),
        timezone: Some(None),
        layout: Some(Layout::Timeline),
        ..ProjectPatch::default()
    };
    assert_eq!(cleared.apply(full), project(true, false));
}

#[test]
fn only_changed_values_of_access_need_an_administrator() {
    let now = project(true, false);
    assert!(!ProjectPatch::default().changes_access(&now));
    let same = ProjectPatch {
        is_public: Some(now.is_public),
        allow_auto_publish: Some(now.allow_auto_publish),
        require_approval: Some(now.require_approval),
        maintenance_mode: Some(now.maintenance_mode),
        maintenance_message: Some(now.maintenance_message.clone()),
        allow_indexing: Some(now.allow_indexing),
        enable_rss: Some(now.enable_rss),
        rss_item_limit: Some(now.rss_item_limit),
        rss_full_content: Some(now.rss_full_content),
        rss_feed_config: Some(now.rss_feed_config.clone()),
        ..ProjectPatch::default()
    };
    assert!(!same.changes_access(&now));
    let open = ProjectPatch {
        name: Some("Other".into()),
        slug: Some("other".into()),
        custom_css: Some(Some("a{}".into())),
        layout: Some(Layout::List),
        timezone: Some(Some("UTC".into())),
        logo_url: Some(Some("/l".into())),
        ..ProjectPatch::default()
    };
    assert!(!open.changes_access(&now));
    for patch in [
        with(|patch| patch.is_public = Some(!now.is_public)),
        with(|patch| patch.allow_auto_publish = Some(!now.allow_auto_publish)),
        with(|patch| patch.require_approval = Some(!now.require_approval)),
        with(|patch| patch.maintenance_mode = Some(!now.maintenance_mode)),
        with(|patch| patch.maintenance_message = Some(Some("m".into()))),
        with(|patch| patch.allow_indexing = Some(!now.allow_indexing)),
        with(|patch| patch.enable_rss = Some(!now.enable_rss)),
        with(|patch| patch.rss_item_limit = Some(now.rss_item_limit + 1)),
        with(|patch| patch.rss_full_content = Some(!now.rss_full_content)),
        with(|patch| patch.rss_feed_config = Some(Some(FeedConfig::default()))),
    ] {
        assert!(patch.changes_access(&now), "{patch:?}");
    }
}

#[test]
fn a_replaced_name_keeps_its_place_and_stands_once() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let replace = |list: &[&str], new| crate::tags::replace_name(&names(list), "FIX", new);
    assert_eq!(replace(&["Feature", "Fix", "Docs"], Some("Repair")), Some(names(&["Feature", "Repair", "Docs"])));
    assert_eq!(replace(&["Feature", "Fix"], Some("feature")), Some(names(&["Feature"])));
    assert_eq!(replace(&["Fix"], None), Some(Vec::new()));
    assert_eq!(replace(&["Feature"], None), None);
}

#[test]
fn contrast_is_that_of_the_accessibility_guidelines() {
    use crate::color::contrast;
    let rounded = |one, other| contrast(one, other).map(|ratio| (ratio * 100.0).round() / 100.0);
    assert_eq!(rounded("#000000", "#ffffff"), Some(21.0));
    assert_eq!(rounded("#767676", "#FFFFFF"), Some(4.54));
    assert_eq!(rounded("#777777", "#777777"), Some(1.0));
    for odd in ["", "#fff", "red", "#12345g", "#ä12345"] {
        assert_eq!(contrast(odd, "#ffffff"), None, "{odd}");
    }
}
