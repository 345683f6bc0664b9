use crate::projects::{NewProject, ProjectPatch};
use crate::users::NewUser;
use crate::{Error, Role, check};

fn fields(error: Error) -> Vec<String> {
    match error {
        Error::Invalid { fields } => fields.into_iter().map(|f| f.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn addresses_are_stored_trimmed_and_in_lower_case() {
    assert_eq!(check::email("  Mara.Lind@Example.ORG "), Ok("mara.lind@example.org".to_owned()));
    for bad in ["", "mara", "@example.org", "mara@", "a b@example.org", "a@b@", "mara@example", "mara@.org", "m@e..org"]
    {
        assert!(check::email(bad).is_err(), "{bad}");
    }
}

#[test]
fn all_wrong_fields_are_named_at_once() {
    let error = NewUser::checked("M", "nowhere", Role::Staff, "short").unwrap_err();
    assert_eq!(fields(error), ["name", "email", "password"]);
}

#[test]
fn nobody_can_take_an_address_of_the_system() {
    let error = NewUser::checked("Sys Tem", "system@tidings.invalid", Role::Admin, "long enough").unwrap_err();
    assert_eq!(fields(error), ["email"]);
}

#[test]
fn a_colour_is_exactly_six_hexadecimal_digits() {
    assert_eq!(check::color(Some("#4F46E5")), Ok(Some("#4f46e5".to_owned())));
    assert_eq!(check::color(Some("")), Ok(None));
    for bad in ["4f46e5", "#fff", "#4f46e5ff", "red", "#4f46eg", "#äbcd1"] {
        assert!(check::color(Some(bad)).is_err(), "{bad}");
    }
}

#[test]
fn a_project_name_is_trimmed_and_limited() {
    let named = |name: &str| NewProject { name: name.into(), ..NewProject::default() }.checked();
    assert_eq!(named("  Atuin ").unwrap().name, "Atuin");
    assert_eq!(fields(named("   ").unwrap_err()), ["name"]);
    assert!(named(&"ä".repeat(200)).is_ok());
    assert_eq!(fields(named(&"ä".repeat(201)).unwrap_err()), ["name"]);
    assert_eq!(fields(named("two\nlines").unwrap_err()), ["name"]);
}

#[test]
fn a_patch_with_a_wrong_colour_names_the_colour() {
    let patch = ProjectPatch { color: Some(Some("blue".into())), ..ProjectPatch::default() };
    assert_eq!(fields(patch.checked().unwrap_err()), ["color"]);
}
