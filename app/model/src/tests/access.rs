use chrono::DateTime;

use crate::access::{Permission, Role, Scope, Verdict, deletion, verdict};
use crate::projects::Project;
use crate::{Error, ProjectId};

pub(super) fn project(require_approval: bool, allow_auto_publish: bool) -> Project {
    let now = DateTime::from_timestamp(1, 0).unwrap();
    Project {
        id: ProjectId::compose(now, [1; 16]),
        changelog_id: "c1".into(),
        name: "Atuin".into(),
        slug: "atuin".into(),
        description: None,
        color: None,
        icon: None,
        is_public: true,
        allow_auto_publish,
        require_approval,
        maintenance_mode: false,
        maintenance_message: None,
        allow_indexing: true,
        enable_rss: true,
        rss_item_limit: 10,
        rss_full_content: true,
        rss_feed_config: None,
        logo_url: None,
        favicon_url: None,
        social_image_url: None,
        custom_css: None,
        layout: crate::projects::Layout::Timeline,
        timezone: None,
        default_tags: Vec::new(),
        revision: 0,
        created_at: now,
        updated_at: now,
    }
}

#[test]
fn a_viewer_reads_and_looks_after_their_own_account_and_nothing_else() {
    use Permission::{ManageOwnAccount, ReadEntries, ReadProjects, ReadTags};
    for permission in Permission::ALL {
        let may = matches!(permission, ReadProjects | ReadEntries | ReadTags | ManageOwnAccount);
        let expected = if may { Verdict::Allowed } else { Verdict::Refused };
        assert_eq!(verdict(Role::Viewer, permission, Some(&project(false, true))), expected, "{permission:?}");
    }
}

#[test]
fn staff_publish_directly_only_where_approval_is_waived() {
    for (require, waive, expected) in [
        (true, false, Verdict::NeedsApproval),
        (true, true, Verdict::Allowed),
        (false, false, Verdict::Allowed),
        (false, true, Verdict::Allowed),
    ] {
        assert_eq!(verdict(Role::Staff, Permission::PublishEntries, Some(&project(require, waive))), expected);
    }
    assert_eq!(verdict(Role::Staff, Permission::PublishEntries, None), Verdict::NeedsApproval);
}

#[test]
fn staff_delete_only_drafts_of_their_own_that_nobody_has_seen() {
    let project = project(false, true);
    for (role, own, other) in [
        (Role::Admin, Verdict::Allowed, Verdict::Allowed),
        (Role::Staff, Verdict::Allowed, Verdict::NeedsApproval),
        (Role::Viewer, Verdict::Refused, Verdict::Refused),
    ] {
        assert_eq!((deletion(role, &project, true), deletion(role, &project, false)), (own, other), "{role:?}");
    }
}

#[test]
fn staff_cannot_change_who_sees_a_project() {
    assert_eq!(verdict(Role::Staff, Permission::SetProjectAccess, Some(&project(false, true))), Verdict::Refused);
}

#[test]
fn an_administrator_may_do_everything() {
    for permission in Permission::ALL {
        assert_eq!(verdict(Role::Admin, permission, None), Verdict::Allowed);
    }
}

#[test]
fn writing_includes_reading_but_not_the_other_way_round() {
    assert!(Scope::ChangelogWrite.covers(Scope::ChangelogRead));
    assert!(Scope::ChangelogPublish.covers(Scope::ChangelogRead));
    assert!(Scope::ChangelogDelete.covers(Scope::ChangelogRead));
    assert!(!Scope::ChangelogRead.covers(Scope::ChangelogWrite));
    assert!(!Scope::ChangelogPublish.covers(Scope::ChangelogWrite));
    assert!(!Scope::ProjectWrite.covers(Scope::ChangelogRead));
    assert!(!Scope::EmailSend.covers(Scope::AnalyticsRead));
}

#[test]
fn people_and_keys_are_out_of_reach_of_every_key() {
    for permission in [
        Permission::ManageUsers,
        Permission::ManageApiKeys,
        Permission::ManageAllApiKeys,
        Permission::DeleteAllEntries,
        Permission::DeleteAllHistory,
    ] {
        assert_eq!(permission.scope(), None);
        assert_eq!(permission.scopes(), []);
    }
    // A key that may do everything may be told what was done.
    assert_eq!(Permission::ReadAuditLog.scopes(), Scope::ALL);
}

#[test]
fn scope_names_are_read_and_an_unknown_one_is_answered_with_the_list() {
    for scope in Scope::ALL {
        assert_eq!(scope.as_str().parse(), Ok(*scope));
    }
    let error = "changelog:rule".parse::<Scope>().unwrap_err().to_string();
    assert!(error.contains("changelog:rule") && error.contains("changelog:publish"), "{error}");
}

#[test]
fn the_code_of_an_error_is_what_its_json_says() {
    let samples = [
        Error::SignedOut,
        Error::WrongCredentials,
        Error::Forbidden { needs: Permission::PublishEntries },
        Error::MissingScope { scope: Scope::ChangelogRead },
        Error::NotFound,
        Error::field("name", "x"),
        Error::SlowDown { seconds: 3 },
        Error::Internal { reference: "r".into() },
    ];
    for error in samples {
        let json = serde_json::to_value(&error).unwrap();
        assert_eq!(json["code"], error.code());
        assert_eq!(serde_json::from_value::<Error>(json).unwrap(), error);
    }
}
