use chrono::{DateTime, Duration};

use crate::Role;
use crate::invitations::{Expiry, Invitation, NewInvitation, State, parse_list};
use crate::people::{PAGE, PeopleFilter, Person, Way};
use crate::second_factor::Mode;
use crate::setup::{Progress, Step};
use crate::users::User;

fn user(number: usize) -> User {
    let now = DateTime::from_timestamp(1, 0).unwrap();
    User {
        id: format!("c{number}").parse().unwrap(),
        email: format!("p{number}@tidings.example"),
        name: number.is_multiple_of(2).then(|| format!("Person Ä{number}")),
        role: Role::Staff,
        created_at: now,
        last_login_at: None,
        disabled_at: None,
    }
}

fn person(number: usize) -> Person {
    Person {
        user: user(number),
        two_factor_mode: Mode::None,
        has_password: true,
        passkeys: 0,
        has_authenticator: false,
        connections: 0,
        open_sessions: 0,
    }
}

#[test]
fn the_ways_in_of_a_person_are_those_they_have() {
    assert_eq!(person(1).ways(), [Way::Password]);
    let other = Person { has_password: false, passkeys: 2, connections: 1, ..person(1) };
    assert_eq!(other.ways(), [Way::Passkey, Way::Provider]);
    assert!(other.has_factors() && !person(1).has_factors());
    assert!(Person { has_authenticator: true, ..person(1) }.has_factors());
}

#[test]
fn a_filter_looks_at_name_and_address_whatever_the_case() {
    let is_found = |words: &str, number: usize| {
        PeopleFilter { words: words.to_owned(), ..PeopleFilter::default() }.matches(&user(number))
    };
    assert!(is_found("", 1) && is_found(" PERSON ä2 ", 2) && is_found("P1@", 1));
    assert!(!is_found("Person", 1), "who has no name is found by address alone");
    let viewers = PeopleFilter { role: Some(Role::Viewer), ..PeopleFilter::default() };
    assert!(!viewers.matches(&user(1)));
}

#[test]
fn a_page_behind_the_last_is_the_last() {
    let people = |count: usize| -> Vec<Person> { (0..count).map(person).collect() };
    for (count, asked, page, pages, length) in [
        (0, 1, 1, 1, 0),
        (PAGE, 2, 1, 1, PAGE),
        (PAGE + 1, 2, 2, 2, 1),
        (PAGE + 1, 0, 1, 2, PAGE),
        (3, usize::MAX, 1, 1, 3),
    ] {
        let cut = PeopleFilter { page: asked, ..PeopleFilter::default() }.cut(people(count));
        assert_eq!((cut.page, cut.pages, cut.people.len(), cut.total), (page, pages, length, count), "{count} {asked}");
    }
}

#[test]
fn a_list_of_people_to_invite_is_read_line_by_line() {
    let text = "Ada@Example.com\n\n ole@example.com ; viewer \nuna@example.com\tAdministrator\tUna Öst\n\
                ida@example.com, Ida, STAFF\r\n";
    let all = parse_list(text).unwrap();
    let seen: Vec<_> = all.iter().map(|one| (one.email.as_str(), one.role, one.name.as_deref())).collect();
    assert_eq!(
        seen,
        [
            ("ada@example.com", Role::Staff, None),
            ("ole@example.com", Role::Viewer, None),
            ("una@example.com", Role::Admin, Some("Una Öst")),
            ("ida@example.com", Role::Staff, Some("Ida")),
        ]
    );
    assert!(parse_list(" \n").unwrap().is_empty());
}

#[test]
fn what_is_wrong_with_a_list_is_said_with_its_line() {
    for (text, said) in [
        ("a@b.example\nnobody", "Line 2 does not begin with an e-mail address."),
        ("a@b.example\nA@b.example", "Line 2: a@b.example is in the list twice."),
        ("x@tidings.invalid", "Line 1: addresses in this domain are reserved."),
        ("a@b.example, Ada, Lovelace", "“Lovelace” is neither a role nor the only name"),
        ("a@b.example, staff, viewer, Ada", "neither a role nor the only name"),
    ] {
        let error = parse_list(text).unwrap_err();
        assert!(error.contains(said), "{text}: {error}");
    }
    let many: String = (0..26).map(|number| format!("p{number}@b.example\n")).collect();
    assert!(parse_list(&many).unwrap_err().contains("at most 25"));
    assert!(parse_list(&"nonsense\n".repeat(100)).unwrap_err().len() < 400, "a table is not wrong on every line");
}

#[test]
fn an_invitation_stands_for_one_to_thirty_days() {
    let now = DateTime::from_timestamp(1_000_000_000, 0).unwrap();
    let end = |expiry: Option<Expiry>| {
        NewInvitation { expiry, ..NewInvitation::new("a@b.example", Role::Staff) }
            .checked(now, 7)
            .map(|one| one.expires_at - now)
    };
    assert_eq!(end(None), Ok(Duration::days(7)));
    assert_eq!(end(Some(Expiry::Days(30))), Ok(Duration::days(30)));
    assert_eq!(end(Some(Expiry::At(now + Duration::days(1)))), Ok(Duration::days(1)));
    // Clocks differ a little.
    assert!(end(Some(Expiry::At(now + Duration::days(30) + Duration::minutes(2)))).is_ok());
    for bad in [Expiry::Days(0), Expiry::Days(31), Expiry::At(now), Expiry::At(now + Duration::days(31))] {
        assert!(end(Some(bad)).unwrap_err().for_field("expiresAt").is_some(), "{bad:?}");
    }
}

#[test]
fn accepted_withdrawn_and_expired_are_told_apart() {
    let now = DateTime::from_timestamp(1_000_000_000, 0).unwrap();
    let open = Invitation {
        id: "ci".parse().unwrap(),
        email: "a@b.example".into(),
        role: Role::Staff,
        name: None,
        created_by_id: "cm".parse().unwrap(),
        accepted_user_id: None,
        created_at: now,
        issued_at: now,
        expires_at: now + Duration::days(1),
        used_at: None,
        revoked_at: None,
    };
    assert_eq!(open.state(now), State::Open);
    assert_eq!(open.state(now + Duration::days(1)), State::Expired);
    let later = now + Duration::days(9);
    assert_eq!(Invitation { used_at: Some(now), ..open.clone() }.state(later), State::Accepted);
    assert_eq!(Invitation { revoked_at: Some(now), ..open }.state(later), State::Revoked);
}

#[test]
fn the_set_up_goes_on_with_the_first_step_that_is_open() {
    let mut progress = Progress::default();
    assert_eq!(progress.current(), Step::Settings);
    assert!(!progress.skip(Step::Settings) && !progress.skip(Step::Admin), "these are needed");
    progress.complete(Step::Settings);
    assert!(progress.skip(Step::Oauth) && progress.skip(Step::Oauth));
    assert_eq!((progress.current(), progress.skipped.len()), (Step::Team, 1));
    progress.complete(Step::Team);
    assert_eq!(progress.current(), Step::Complete);
    progress.complete(Step::Oauth);
    assert!(progress.skipped.is_empty() && progress.has(Step::Oauth));
    for step in Step::ALL {
        assert_eq!(step.as_str().parse(), Ok(step));
    }
}
