use model::invitations::NewInvitation;
use model::setup::{Outcome, Step};
use model::{Error, Role};
use services::access::{ManageInstance, ManageUsers, instance_grant};
use services::{InstanceGrant, Services, instance, setup, users};
use testkit::{PASSWORD, TestApp, count, fixtures, on_both_databases};

use crate::help::{browser, told};

/// Sets the instance up; gives the grants of its administrator.
async fn begin(cx: &Services, guided: bool) -> (InstanceGrant<ManageInstance>, InstanceGrant<ManageUsers>) {
    let link = setup::issue_link(cx).await.unwrap().unwrap();
    let token = link.split_once("?token=").unwrap().1;
    let client = browser("192.0.2.1");
    let made = if guided {
        setup::complete_and_guide(cx, token, "Mara", "mara@tidings.example", PASSWORD, &client).await
    } else {
        setup::complete(cx, token, "Mara", "mara@tidings.example", PASSWORD, &client).await
    };
    let actor = made.unwrap().actor(&client);
    (instance_grant(&actor).unwrap(), instance_grant(&actor).unwrap())
}

on_both_databases! {
    async fn the_steps_go_on_where_they_were_left(cx: Services) {
        let (may, people) = begin(&cx, true).await;
        assert!(setup::leads_back(&cx).await.unwrap(), "the settings have to be looked at");
        assert_eq!(setup::open_guide(&cx, &may).await.unwrap().current(), Step::Settings);
        assert!(matches!(setup::finish_guide(&cx, &may).await, Err(Error::BadRequest { .. })));
        assert!(matches!(setup::skip(&cx, &may, Step::Settings).await, Err(Error::BadRequest { .. })));

        let settings = setup::Settings {
            default_invitation_expiry: Some(3),
            require_approval_for_changelogs: Some(false),
            max_changelog_entries_per_project: Some(1000),
            enable_analytics: Some(true),
            enable_notifications: Some(true),
            timezone: Some("Europe/Berlin".to_owned()),
        };
        let (saved, progress) = setup::save_settings(&cx, &may, settings).await.unwrap();
        assert_eq!((saved.default_invitation_expiry, saved.timezone.as_str()), (3, "Europe/Berlin"));
        assert_eq!(progress.current(), Step::Oauth);
        assert_eq!(instance::load(&cx).await.unwrap(), saved);
        let record = told(&cx, "UPDATE_SYSTEM_CONFIG").await;
        assert_eq!((&record.details["timezone"]["from"], &record.details["timezone"]["to"]), (&"UTC".into(), &"Europe/Berlin".into()));
        assert!(record.details.get("enable_analytics").is_none(), "what stayed is not told");
        assert!(!setup::leads_back(&cx).await.unwrap());

        // Another process, another day.
        let other = testkit::services(cx.db.clone());
        assert_eq!(setup::skip(&other, &may, Step::Oauth).await.unwrap().current(), Step::Team);
        let team = vec![NewInvitation::new("ole@tidings.example", Role::Staff), NewInvitation::new("una@tidings.example", Role::Viewer)];
        let (made, progress) = setup::invite(&other, &people, team).await.unwrap();
        assert_eq!((made.len(), progress.current()), (2, Step::Complete));
        assert_eq!(made[0].listed.invitation.life(), chrono::Duration::days(3), "as long as was set a moment ago");
        setup::finish_guide(&other, &may).await.unwrap();
        assert_eq!(told(&cx, "SETUP_FINISHED").await.details["skipped"], serde_json::json!(["oauth"]));
        assert!(setup::begun(&cx).await.unwrap().is_none());
        for again in [
            setup::finish_guide(&cx, &may).await.err(),
            setup::open_guide(&cx, &may).await.err(),
            setup::skip(&cx, &may, Step::Team).await.err(),
            setup::save_settings(&cx, &may, setup::Settings::default()).await.err(),
            setup::invite(&cx, &people, Vec::new()).await.err(),
        ] {
            assert!(matches!(again, Some(Error::Conflict { .. })), "{again:?}");
        }
    }

    async fn a_step_that_failed_changes_nothing(cx: Services) {
        let (may, people) = begin(&cx, true).await;
        let wrong = setup::Settings {
            default_invitation_expiry: Some(31),
            max_changelog_entries_per_project: Some(9),
            timezone: Some("Mars/Base".to_owned()),
            ..setup::Settings::default()
        };
        let error = setup::save_settings(&cx, &may, wrong).await.unwrap_err();
        for field in ["defaultInvitationExpiry", "maxChangelogEntriesPerProject", "timezone"] {
            assert!(error.for_field(field).is_some(), "{field}");
        }
        let nobody = vec![NewInvitation::new("ole@tidings.example", Role::Staff), NewInvitation::new("nobody", Role::Staff)];
        assert!(setup::invite(&cx, &people, nobody).await.is_err());
        assert_eq!(count(&cx.db, "invitations").await, 0);
        let progress = setup::open_guide(&cx, &may).await.unwrap();
        assert!(progress.completed.is_empty() && progress.skipped.is_empty(), "{progress:?}");
        assert_eq!(count(&cx.db, "instance_settings").await, 0);
    }

    async fn a_step_that_was_left_out_can_be_made_up_for(cx: Services) {
        let (may, people) = begin(&cx, true).await;
        setup::save_settings(&cx, &may, setup::Settings::default()).await.unwrap();
        setup::skip(&cx, &may, Step::Team).await.unwrap();
        let (_, progress) = setup::invite(&cx, &people, vec![NewInvitation::new("ole@tidings.example", Role::Staff)]).await.unwrap();
        assert!(progress.has(Step::Team) && progress.skipped.is_empty());
        assert_eq!(progress.current(), Step::Oauth);
    }

    async fn nobody_is_led_into_a_guide_they_did_not_begin(app: TestApp) {
        // As instances are that were set up before there was a guide.
        let mara = app.owner("Mara").await;
        let may = instance_grant::<ManageInstance>(&mara.actor()).unwrap();
        assert!(!setup::leads_back(&app.services).await.unwrap());
        assert!(setup::begun(&app.services).await.unwrap().is_none());
        assert!(matches!(setup::open_guide(&app.services, &may).await, Err(Error::Conflict { .. })));
    }

    async fn the_command_line_and_scripts_set_up_without_the_guide(cx: Services) {
        let may = fixtures::may_everywhere(&cx);
        users::create(&cx, &may, "Mara", "mara@tidings.example", Role::Admin, PASSWORD).await.unwrap();
        assert!(setup::is_complete(&cx).await.unwrap() && setup::begun(&cx).await.unwrap().is_none());
    }

    async fn scripts_can_take_the_steps_and_are_not_led_back(cx: Services) {
        let (may, _) = begin(&cx, false).await;
        assert!(!setup::leads_back(&cx).await.unwrap());
        assert!(setup::begun(&cx).await.unwrap().is_some());
        setup::save_settings(&cx, &may, setup::Settings::default()).await.unwrap();
    }

    async fn the_surroundings_are_described_without_values(cx: Services) {
        let checks = setup::checks(&cx).await.unwrap();
        let names: Vec<_> = checks.iter().map(|check| check.what.as_str()).collect();
        assert_eq!(names, ["Database", "Public address", "Secrets", "Mail"]);
        // http, and not this machine.
        assert_eq!((checks[0].outcome, checks[1].outcome, checks[3].outcome), (Outcome::Good, Outcome::Warn, Outcome::Note));
        for check in checks {
            assert!(!check.text.contains("postgres://") && !check.text.contains("sqlite:"), "{}", check.text);
        }
    }
}
