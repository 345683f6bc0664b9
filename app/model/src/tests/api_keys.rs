use chrono::Duration;

use crate::access::Scope;
use crate::api_keys::{
    ApiKey, GROUPS, KeyPatch, MAX_NAME, NewKey, Preset, State, allows, is_used, parse_expiry, parse_scopes, summary,
};
use crate::error::Error;
use crate::time::{Timestamp, from_wire, to_wire};

fn now() -> Timestamp {
    from_wire("2026-03-04T09:30:00.000Z").unwrap()
}

fn key() -> ApiKey {
    ApiKey {
        id: "ckey".parse().unwrap(),
        name: "CI".into(),
        prefix: "chr_Ox9gy1CJ".into(),
        user_id: "cmara".parse().unwrap(),
        created_by_id: Some("cmara".parse().unwrap()),
        project_id: Some("cproject".parse().unwrap()),
        is_global: false,
        scopes: vec![Scope::ChangelogRead],
        created_at: now(),
        last_used_at: None,
        last_used_ip: None,
        expires_at: None,
        revoked_at: None,
    }
}

/// The fields an error names.
fn wrong<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid { fields }) => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_key_ends_at_its_hour_and_revoking_is_stronger() {
    let ends = |at: Timestamp| ApiKey { expires_at: Some(at), ..key() };
    assert_eq!(key().state(now()), State::Active);
    assert_eq!(ends(now() + Duration::milliseconds(1)).state(now()), State::Active);
    assert_eq!(ends(now()).state(now()), State::Expired);
    assert_eq!(ApiKey { revoked_at: Some(now()), ..ends(now()) }.state(now()), State::Revoked);
}

#[test]
fn everything_that_is_wrong_with_a_new_key_is_named_at_once() {
    let new = NewKey { name: " ".into(), scopes: vec![], expires_at: Some(now()), is_global: false };
    assert_eq!(wrong(new.checked(now())), ["name", "permissions", "expiresAt"]);
    let long = NewKey { name: "x".repeat(MAX_NAME + 1), scopes: vec![Scope::TagsRead], ..NewKey::default() };
    assert_eq!(wrong(long.checked(now())), ["name"]);
    let scopes = vec![Scope::TagsRead, Scope::ChangelogRead, Scope::TagsRead];
    let made = NewKey { name: " CI ".into(), scopes, ..NewKey::default() }.checked(now()).unwrap();
    assert_eq!((made.name.as_str(), made.scopes), ("CI", vec![Scope::ChangelogRead, Scope::TagsRead]));
}

#[test]
fn a_revoked_key_stays_revoked_and_only_its_name_can_be_changed() {
    let gone = ApiKey { revoked_at: Some(now()), ..key() };
    let later = now() + Duration::days(1);
    let apply = |patch: KeyPatch| patch.apply(gone.clone(), later);
    assert_eq!(wrong(apply(KeyPatch { is_revoked: Some(false), ..KeyPatch::default() })), ["isRevoked"]);
    let wider = KeyPatch {
        scopes: Some(Scope::ALL.to_vec()),
        expires_at: Some(Some(later + Duration::days(1))),
        is_global: Some(true),
        ..KeyPatch::default()
    };
    assert_eq!(wrong(apply(wider)), ["permissions", "expiresAt", "isGlobal"]);
    let renamed = apply(KeyPatch { name: Some("Old CI".into()), ..KeyPatch::default() }).unwrap();
    assert_eq!(renamed, ApiKey { name: "Old CI".into(), ..gone.clone() });
    let again = apply(KeyPatch { is_revoked: Some(true), ..KeyPatch::default() }).unwrap();
    assert_eq!(again, gone, "the first revocation stands");
}

#[test]
fn a_key_sent_back_as_it_was_read_is_no_change() {
    let expired = ApiKey { expires_at: Some(now() - Duration::days(1)), ..key() };
    let same = |key: &ApiKey| KeyPatch {
        name: Some(key.name.clone()),
        scopes: Some(key.scopes.clone()),
        expires_at: Some(key.expires_at),
        is_global: Some(key.is_global),
        is_revoked: Some(key.revoked_at.is_some()),
    };
    let revoked = ApiKey { revoked_at: Some(now()), ..expired.clone() };
    for key in [key(), expired, revoked] {
        assert_eq!(same(&key).apply(key.clone(), now()).unwrap(), key);
    }
}

#[test]
fn a_change_cannot_leave_a_key_without_scopes_or_end_it_in_the_past() {
    let patch = KeyPatch { scopes: Some(vec![]), expires_at: Some(Some(now())), ..KeyPatch::default() };
    assert_eq!(wrong(patch.apply(key(), now())), ["permissions", "expiresAt"]);
    let everywhere = ApiKey { project_id: None, ..key() };
    let patch = KeyPatch { is_global: Some(true), ..KeyPatch::default() };
    assert_eq!(wrong(patch.apply(everywhere, now())), ["isGlobal"]);
}

#[test]
fn an_unknown_scope_is_named_with_its_place() {
    let error = parse_scopes(&["changelog:read", "changelog:eat"]).unwrap_err();
    assert!(error.for_field("permissions.1").unwrap().contains("“changelog:eat”"), "{error:?}");
    assert_eq!(parse_scopes(&["tags:read"]).unwrap(), [Scope::TagsRead]);
}

#[test]
fn an_end_is_a_number_of_days_or_the_last_day() {
    let ends = |text: &str| parse_expiry(text, now()).map(to_wire).ok();
    assert_eq!(ends("90d").as_deref(), Some("2026-06-02T09:30:00.000Z"));
    assert_eq!(ends(" 2026-03-04 ").as_deref(), Some("2026-03-04T23:59:59.999Z"), "today is a day it works");
    for bad in [
        "",
        "d",
        "0d",
        "-1d",
        "3651d",
        "99999999999999999999d",
        "90",
        "2026-03-03",
        "2026-02-30",
        "10000-01-01",
        "soon",
    ] {
        assert_eq!(ends(bad), None, "{bad}");
    }
}

#[test]
fn presets_are_what_their_names_promise() {
    let names = |preset: Preset| preset.scopes().iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    assert_eq!(
        names(Preset::ReadOnly),
        "changelog:read project:read analytics:read subscribers:read github:read tags:read webhooks:read"
    );
    assert_eq!(
        names(Preset::ChangelogManager),
        "changelog:read changelog:write changelog:publish changelog:delete tags:read tags:write"
    );
    assert_eq!(Preset::Full.scopes(), Scope::ALL);
    for preset in Preset::ALL {
        let mut backwards = preset.scopes();
        backwards.reverse();
        assert_eq!(Preset::of(&backwards), Some(preset));
        assert_eq!(Preset::parse(preset.as_str()), Some(preset));
    }
    assert_eq!(Preset::of(&[Scope::TagsRead]), None);
}

#[test]
fn every_scope_is_offered_once_and_explained() {
    let mut offered: Vec<Scope> = GROUPS.iter().flat_map(|(_, scopes)| scopes.iter().copied()).collect();
    offered.sort();
    assert_eq!(offered, Scope::ALL);
    for scope in offered {
        assert!(allows(scope).ends_with('.'), "{scope}");
    }
    assert!(is_used(Scope::ChangelogDelete) && is_used(Scope::ProjectWrite));
}

#[test]
fn scopes_are_summed_up_in_a_few_words() {
    for (scopes, words) in [
        (Scope::ALL.to_vec(), "Full access"),
        (vec![Scope::TagsRead], "tags:read"),
        (vec![Scope::ChangelogWrite, Scope::TagsRead], "changelog:write, tags:read"),
        (vec![Scope::ChangelogWrite, Scope::ProjectRead, Scope::TagsRead], "changelog:write, project:read and 1 more"),
    ] {
        assert_eq!(summary(&scopes), words);
    }
}
