use crate::Error;
use crate::own_settings::{CheckedPatch, OwnSettingsPatch, ThemeChoice, initials, masked};

fn is_zone(name: &str) -> bool {
    name == "Europe/Berlin"
}

#[test]
fn only_what_is_named_changes() {
    let patch = OwnSettingsPatch { name: Some("  Mara Lind ".to_owned()), ..OwnSettingsPatch::default() };
    let checked = patch.checked(is_zone).unwrap();
    assert_eq!(checked, CheckedPatch { name: Some("Mara Lind".to_owned()), ..CheckedPatch::default() });
    let patch = OwnSettingsPatch {
        theme: Some("dark".to_owned()),
        timezone: Some(Some(" ".to_owned())),
        ..OwnSettingsPatch::default()
    };
    let checked = patch.checked(is_zone).unwrap();
    assert_eq!((checked.theme, checked.timezone), (Some(ThemeChoice::Dark), Some(None)));
    assert!(OwnSettingsPatch::default().is_empty());
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let patch = OwnSettingsPatch {
        name: Some("x".repeat(10_000)),
        theme: Some("sepia".to_owned()),
        timezone: Some(Some("Europe/Atlantis".to_owned())),
        ..OwnSettingsPatch::default()
    };
    let Err(Error::Invalid { fields }) = patch.checked(is_zone) else { panic!() };
    assert_eq!(fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["name", "theme", "timezone"]);
}

#[test]
fn a_masked_address_tells_strangers_little() {
    for (email, shown) in [
        ("mara@tidings.example", "m···@tidings.example"),
        ("m@x.example", "m···@x.example"),
        ("été@x.example", "é···@x.example"),
        ("odd", "o···"),
        ("", "···"),
    ] {
        assert_eq!(masked(email), shown);
    }
}

#[test]
fn a_person_is_drawn_by_two_letters_at_most() {
    for (name, shown) in [
        ("Mara Lind", "ML"),
        ("mara", "M"),
        ("Ada de la Cruz", "AC"),
        ("  (Bo) Ek ", "BE"),
        ("mara@tidings.example", "M"),
        ("李 明", "李明"),
        ("!?", "?"),
        ("", "?"),
    ] {
        assert_eq!(initials(name), shown, "{name}");
    }
}
