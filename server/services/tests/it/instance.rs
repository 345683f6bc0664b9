//! Settings of the instance: each has its effect, and counts from the moment it is saved.

use chrono::Duration;
use model::api_keys::NewKey;
use model::entries::NewEntry;
use model::instance::InstancePatch;
use model::projects::NewProject;
use model::{Error, Permission, Role, Scope};
use services::access::{CreateProjects, DecideRequests, ManageInstance, RunImports, WriteEntries, instance_grant};
use services::api_keys::{self, Keyring};
use services::{Services, allow_list, entries, imports, instance, mail, projects, requests, views};
use store::changes::listen;
use testkit::{MailServer, Person, TestApp, Twin, count, execute, fixtures, on_both_databases};

use crate::help::{browser, log, may, told};

async fn set(cx: &Services, patch: InstancePatch) {
    let may = fixtures::may_everywhere::<ManageInstance>(cx);
    instance::update(cx, &may, patch).await.unwrap();
}

fn only(addresses: &[&str]) -> InstancePatch {
    InstancePatch {
        panel_ip_whitelist_enabled: Some(true),
        panel_ip_whitelist: Some(addresses.iter().map(|text| (*text).to_owned()).collect()),
        ..InstancePatch::default()
    }
}

async fn update(cx: &Services, person: &Person, patch: InstancePatch) -> Result<instance::Updated, Error> {
    let may = instance_grant::<ManageInstance>(&person.actor())?;
    instance::update(cx, &may, patch).await
}

async fn lets_in(cx: &Services, address: &str) -> bool {
    allow_list::check(cx, &browser(address)).await.is_ok()
}

on_both_databases! {
    async fn what_changed_is_recorded_from_and_to_and_nothing_else(app: TestApp) {
        let mara = app.admin("Mara").await;
        let patch = InstancePatch {
            timezone: Some("Europe/Berlin".to_owned()),
            default_invitation_expiry: Some(14),
            enable_analytics: Some(true),
            ..InstancePatch::default()
        };
        let updated = update(&app.services, &mara, patch.clone()).await.unwrap();
        assert_eq!((updated.settings.timezone.as_str(), updated.settings.default_invitation_expiry), ("Europe/Berlin", 14));
        let record = told(&app.services, "UPDATE_SYSTEM_CONFIG").await;
        assert_eq!(record.user_id.as_ref(), Some(mara.id()));
        let expected = serde_json::json!({
            "timezone": { "from": "UTC", "to": "Europe/Berlin" }, "defaultInvitationExpiry": { "from": 7, "to": 14 }
        });
        assert_eq!(record.details, expected);
        update(&app.services, &mara, patch).await.unwrap();
        told(&app.services, "UPDATE_SYSTEM_CONFIG").await;
        let unknown = InstancePatch { timezone: Some("Europe/Atlantis".to_owned()), ..InstancePatch::default() };
        let error = update(&app.services, &mara, unknown).await.unwrap_err();
        assert!(error.for_field("timezone").is_some());
    }

    async fn another_instance_knows_a_new_setting_within_two_seconds(twin: Twin) {
        let (here, there) = (testkit::services(twin.db.clone()), testkit::services(twin.other.clone()));
        let listening = [tokio::spawn(listen(here.db.clone())), tokio::spawn(listen(there.db.clone()))];
        let mut told = there.db.changes().subscribe();
        assert!(lets_in(&there, "203.0.113.9").await);
        set(&here, only(&["198.51.100.0/24"])).await;
        assert!(!lets_in(&here, "203.0.113.9").await, "at once where it was saved");
        let waiting = async {
            while lets_in(&there, "203.0.113.9").await {
                told.changed().await.unwrap();
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(2), waiting).await.expect("within two seconds");
        assert!(lets_in(&there, "198.51.100.7").await);
        listening.iter().for_each(tokio::task::JoinHandle::abort);
        twin.other.close().await;
    }

    async fn the_list_holds_while_the_database_is_away_and_lets_nobody_in_before_it_was_read(cx: Services) {
        set(&cx, only(&["198.51.100.0/24"])).await;
        assert!(lets_in(&cx, "198.51.100.7").await);
        execute(&cx.db, "DROP TABLE instance_settings").await;
        // Who begins to listen cannot know what was missed, so nothing that was kept is trusted.
        let mut told = cx.db.changes().subscribe();
        let listening = tokio::spawn(listen(cx.db.clone()));
        told.changed().await.unwrap();
        let fresh = testkit::services(cx.db.clone());
        assert!(!lets_in(&fresh, "198.51.100.7").await, "a list that was never known");
        assert!(lets_in(&cx, "198.51.100.7").await);
        assert!(!lets_in(&cx, "203.0.113.9").await);
        assert!(instance::load(&cx).await.is_err());
        listening.abort();
    }

    async fn who_switches_the_list_on_is_on_it(app: TestApp) {
        let cx = &app.services;
        let mara = app.admin("Mara").await;
        let own = mara.client().ip.clone().unwrap();
        let updated = update(cx, &mara, only(&[])).await.unwrap();
        assert_eq!((updated.added.as_deref(), updated.settings.panel_ip_whitelist.as_slice()), (Some(own.as_str()), [own.clone()].as_slice()));
        assert!(lets_in(cx, &own).await && !lets_in(cx, "203.0.113.9").await);
        let updated = update(cx, &mara, only(&["203.0.113.0/24"])).await.unwrap();
        assert_eq!(updated.settings.panel_ip_whitelist, ["203.0.113.0/24".to_owned(), own.clone()], "nobody locks themselves out");
        let updated = update(cx, &mara, only(&["198.51.100.0/24"])).await.unwrap();
        assert_eq!(updated.added, None);
        let empty = update(cx, &mara, only(&[])).await.unwrap_err();
        assert!(empty.for_field("panelIpWhitelist").is_some(), "{empty:?}");
        let wrong = update(cx, &mara, only(&["198.51.100.0/33"])).await.unwrap_err();
        assert!(wrong.for_field("panelIpWhitelist").is_some(), "{wrong:?}");
        let records: Vec<_> = log(cx).await.into_iter().filter(|record| record.action == "IP_ALLOWLIST_UPDATED").collect();
        assert_eq!(records.len(), 3);
        set(cx, InstancePatch { panel_ip_whitelist_enabled: Some(false), ..InstancePatch::default() }).await;
        assert!(lets_in(cx, "203.0.113.9").await, "switched off from the command line");
    }

    async fn an_address_counts_whichever_way_it_is_written(cx: Services) {
        set(&cx, only(&["203.0.113.7", "2001:db8::/32"])).await;
        for (address, expected) in [
            ("203.0.113.7", true),
            ("::ffff:203.0.113.7", true),
            ("203.0.113.8", false),
            ("2001:db8:5::1", true),
            ("2001:db9::1", false),
            ("no address", false),
        ] {
            assert_eq!(lets_in(&cx, address).await, expected, "{address}");
        }
        assert!(allow_list::check(&cx, &services::ClientInfo::default()).await.is_err(), "nobody knows from where");
    }

    async fn new_projects_begin_with_the_approval_that_is_set(app: TestApp) {
        let cx = &app.services;
        let sam = app.staff("Sam").await;
        let create = async |name: &str| {
            let may = instance_grant::<CreateProjects>(&sam.actor()).unwrap();
            projects::create(cx, &may, NewProject { name: name.to_owned(), ..NewProject::default() }).await.unwrap()
        };
        assert!(create("Before").await.require_approval);
        set(cx, InstancePatch { require_approval_for_changelogs: Some(false), ..InstancePatch::default() }).await;
        assert!(!create("After").await.require_approval);
        let may = fixtures::may_everywhere::<CreateProjects>(cx);
        let asked = NewProject { name: "Asked".to_owned(), require_approval: Some(true), ..NewProject::default() };
        assert!(projects::create(cx, &may, asked).await.unwrap().require_approval);
    }

    async fn staff_make_no_keys_where_that_is_for_administrators(app: TestApp) {
        let cx = &app.services;
        let (mara, sam) = (app.admin("Mara").await, app.staff("Sam").await);
        let project = fixtures::project(cx, "Orbit").await;
        let create = async |person: &Person| {
            let ring = Keyring::open(cx, &person.actor(), Some(&project.id)).await.unwrap();
            let new = NewKey { name: "CI".to_owned(), scopes: vec![Scope::TagsRead], ..NewKey::default() };
            api_keys::create(cx, &ring, new).await
        };
        create(&sam).await.unwrap();
        set(cx, InstancePatch { admin_only_api_key_creation: Some(true), ..InstancePatch::default() }).await;
        let refused = create(&sam).await.err();
        assert_eq!(refused, Some(Error::Forbidden { needs: Permission::ManageAllApiKeys }));
        create(&mara).await.unwrap();
        assert!(!api_keys::may_create(cx, Role::Staff).await.unwrap() && api_keys::may_create(cx, Role::Admin).await.unwrap());
        assert_eq!(count(&cx.db, "api_keys").await, 2);
    }

    async fn a_project_takes_no_more_entries_than_are_allowed(app: TestApp) {
        let cx = &app.services;
        let sam = app.staff("Sam").await;
        let project = fixtures::project(cx, "Orbit").await;
        for number in 0..9 {
            fixtures::entry(cx, &project, &format!("Entry {number}")).await;
        }
        set(cx, InstancePatch { max_changelog_entries_per_project: Some(10), ..InstancePatch::default() }).await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let new = NewEntry { external_id: Some("same".to_owned()), ..fixtures::text("The tenth") };
        let tenth = entries::create(cx, &write, new.clone()).await.unwrap();
        assert_eq!(entries::create(cx, &write, new).await.unwrap().id, tenth.id, "no new entry");
        let eleventh = entries::create(cx, &write, fixtures::text("The eleventh")).await.unwrap_err();
        assert!(matches!(eleventh, Error::Conflict { .. }) && eleventh.to_string().contains("10"), "{eleventh:?}");
        assert!(entries::duplicate(cx, &write, &tenth.id).await.is_err());
        let import = may::<RunImports>(cx, &sam, &project).await;
        let text = "## 1.0.0\n\nFirst\n\n## 2.0.0\n\nSecond\n";
        let imported = imports::run(cx, &import, text, &Default::default(), Default::default()).await;
        assert!(imported.is_err(), "{imported:?}");
        assert_eq!(count(&cx.db, "entries").await, 10);
        set(cx, InstancePatch { max_changelog_entries_per_project: Some(-1), ..InstancePatch::default() }).await;
        imports::run(cx, &import, text, &Default::default(), Default::default()).await.unwrap();
        assert_eq!(count(&cx.db, "entries").await, 12);
    }

    async fn nothing_is_counted_where_counting_is_off(cx: Services) {
        let project = fixtures::public_project(&cx, "Orbit").await;
        let look = || {
            let mut headers = http::HeaderMap::new();
            let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
            headers.insert("user-agent", http::HeaderValue::from_static(agent));
            let visit = views::Visit::of("198.51.100.7".parse().unwrap(), &headers).unwrap();
            let viewed = views::Viewed { project: project.id.clone(), entry: None };
            cx.views.note(viewed, views::Source::Page, visit);
        };
        set(&cx, InstancePatch { enable_analytics: Some(false), ..InstancePatch::default() }).await;
        look();
        views::write(&cx).await.unwrap();
        set(&cx, InstancePatch { enable_analytics: Some(true), ..InstancePatch::default() }).await;
        views::write(&cx).await.unwrap();
        let seen = async || {
            let may = fixtures::may::<services::access::ReadProjects>(&cx, &project).await;
            views::last_days(&cx, &may, 1).await.unwrap()[0].views
        };
        assert_eq!(seen().await, 0);
        look();
        views::write(&cx).await.unwrap();
        assert_eq!(seen().await, 1);
    }

    async fn readers_see_dates_in_the_zone_of_the_instance_unless_the_project_has_one(cx: Services) {
        let plain = fixtures::public_project(&cx, "Plain").await;
        let zone = async |slug: &str| services::public::project(&cx, slug).await.unwrap().into_inner().timezone;
        assert_eq!(zone(&plain.slug).await, None);
        set(&cx, InstancePatch { timezone: Some("Asia/Tokyo".to_owned()), ..InstancePatch::default() }).await;
        assert_eq!(zone(&plain.slug).await.as_deref(), Some("Asia/Tokyo"));
        assert_eq!(services::zones::of(&cx, &plain).await.unwrap().name(), "Asia/Tokyo");
        execute(&cx.db, "UPDATE project_rows SET timezone = 'Europe/Berlin'").await;
        assert_eq!(zone(&plain.slug).await.as_deref(), Some("Europe/Berlin"));
    }

    async fn links_for_forgotten_passwords_need_a_mail_server(cx: Services) {
        let may = fixtures::may_everywhere::<ManageInstance>(&cx);
        let on = InstancePatch { enable_password_reset: Some(true), ..InstancePatch::default() };
        let error = instance::update(&cx, &may, on.clone()).await.unwrap_err();
        assert!(error.for_field("enablePasswordReset").is_some());
        MailServer::start().await.serve_for(&cx).await;
        assert!(instance::update(&cx, &may, on).await.unwrap().settings.can_reset_passwords());
        mail::remove(&cx, &may).await.unwrap();
        assert!(!instance::load(&cx).await.unwrap().can_reset_passwords(), "the switch stays, the letters cannot go");
    }

    async fn who_asked_is_told_what_was_decided(app: TestApp) {
        let cx = &app.services;
        let server = MailServer::start().await;
        server.serve_for(cx).await;
        let (mara, sam) = (app.admin("Mara").await, app.staff("Sam").await);
        let project = fixtures::project(cx, "Orbit").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        for (title, agrees) in [("Dark mode", true), ("Light mode", false)] {
            let entry = entries::create(cx, &write, fixtures::text(title)).await.unwrap();
            let (_, request) = entries::request_publication(cx, &write, &entry.id).await.unwrap();
            let decide = may::<DecideRequests>(cx, &mara, &project).await;
            if agrees {
                requests::approve(cx, &decide, &request.id).await.unwrap();
            } else {
                requests::reject(cx, &decide, &request.id).await.unwrap();
            }
        }
        cx.clock.advance(Duration::seconds(1));
        mail::deliver(cx, std::time::Duration::from_secs(20)).await.unwrap();
        let (received, to_mara): (Vec<_>, Vec<_>) =
            server.received().into_iter().partition(|letter| letter.to == sam.user().email);
        assert_eq!(to_mara.len(), 2, "each time, nothing waited any more");
        assert_eq!(received.len(), 2);
        assert!(received.iter().all(|letter| letter.text().contains("Mara")));
        assert!(received.iter().any(|letter| letter.text().contains("did not agree")));
    }
}
