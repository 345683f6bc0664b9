//! What people choose for themselves.

use model::Error;
use model::own_settings::{OwnSettingsPatch, ThemeChoice};
use serde_json::json;
use services::access::{DecideRequests, WriteEntries};
use services::{Services, entries, own_settings, requests};
use testkit::{TestApp, fixtures, on_both_databases};

use crate::help::{letters, may, own, set, times, told, with_mail};

fn zone(name: &str) -> OwnSettingsPatch {
    OwnSettingsPatch { timezone: Some(Some(name.to_owned())), ..OwnSettingsPatch::default() }
}

/// The letters to Sam. Administrators are told of requests, too.
async fn to_sam(cx: &Services) -> Vec<(String, String, String)> {
    letters(cx).await.into_iter().filter(|(_, to, _)| to == "sam@tidings.example").collect()
}

on_both_databases! {
    async fn who_chose_nothing_has_the_defaults(app: TestApp) {
        let cx = &app.services;
        let mara = app.viewer("Mara").await;
        let settings = own_settings::get(cx, &own(&mara)).await.unwrap();
        assert_eq!((settings.theme, settings.enable_notifications, settings.timezone), (None, true, None));
        let shown = own_settings::shown(cx, mara.user()).await.unwrap();
        assert_eq!((shown.theme, shown.zone.as_str()), (None, "UTC"));
        assert_eq!(testkit::count(app.db(), "user_settings").await, 0, "reading writes nothing");
    }

    async fn a_name_alone_is_a_change(app: TestApp) {
        let cx = &app.services;
        let mara = app.viewer("Mara").await;
        let patch = OwnSettingsPatch { name: Some(" Mara Lind ".into()), ..OwnSettingsPatch::default() };
        own_settings::update(cx, &own(&mara), patch).await.unwrap();
        let record = told(cx, "UPDATE_OWN_SETTINGS").await;
        assert_eq!(record.details, json!({ "name": { "from": "Mara", "to": "Mara Lind" } }));
        let nothing = own_settings::update(cx, &own(&mara), OwnSettingsPatch::default()).await;
        assert!(matches!(nothing, Err(Error::BadRequest { .. })));
    }

    async fn each_setting_changes_alone(app: TestApp) {
        let cx = &app.services;
        let mara = app.viewer("Mara").await;
        own_settings::update(cx, &own(&mara), zone("Europe/Berlin")).await.unwrap();
        let patch = OwnSettingsPatch { enable_notifications: Some(false), ..OwnSettingsPatch::default() };
        let settings = own_settings::update(cx, &own(&mara), patch).await.unwrap();
        assert_eq!(settings.timezone.as_deref(), Some("Europe/Berlin"));
        own_settings::remember_theme(cx, &own(&mara), ThemeChoice::Dark).await.unwrap();
        let settings = own_settings::get(cx, &own(&mara)).await.unwrap();
        assert_eq!((settings.theme, settings.enable_notifications), (Some(ThemeChoice::Dark), false));
        assert_eq!(settings.timezone.as_deref(), Some("Europe/Berlin"));
        assert_eq!(times(cx, "UPDATE_OWN_SETTINGS").await, 2);
    }

    async fn a_zone_counts_as_long_as_administrators_allow_it(app: TestApp) {
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        let wrong = own_settings::update(cx, &own(&mara), zone("Europe/Atlantis")).await.unwrap_err();
        assert!(wrong.for_field("timezone").is_some());
        own_settings::update(cx, &own(&mara), zone("Asia/Tokyo")).await.unwrap();
        let shown = async || own_settings::shown(cx, mara.user()).await.unwrap().zone;
        assert_eq!(shown().await, "Asia/Tokyo");
        set(cx, "timezone", json!("America/Bogota")).await;
        set(cx, "allow_user_timezone", json!(false)).await;
        assert_eq!(shown().await, "America/Bogota");
        set(cx, "allow_user_timezone", json!(true)).await;
        own_settings::update(cx, &own(&mara), zone("")).await.unwrap();
        assert_eq!(shown().await, "America/Bogota", "the zone of the instance");
    }

    async fn who_asked_gets_a_letter_unless_they_or_the_instance_want_none(app: TestApp) {
        let cx = &app.services;
        with_mail(cx).await;
        let (sam, mara) = (app.staff("Sam").await, app.admin("Mara").await);
        let project = fixtures::project(cx, "Atuin").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let decide = may::<DecideRequests>(cx, &mara, &project).await;
        let decided = async |title: &str| {
            let entry = entries::create(cx, &write, fixtures::text(title)).await.unwrap();
            let (_, asked) = entries::request_publication(cx, &write, &entry.id).await.unwrap();
            requests::reject(cx, &decide, &asked.id).await.unwrap();
            to_sam(cx).await.len()
        };
        assert_eq!(decided("First").await, 1);
        let (kind, _, text) = to_sam(cx).await.remove(0);
        assert_eq!(kind, "notice");
        assert!(text.contains("Mara did not agree to publish “First”"), "{text}");
        let no = OwnSettingsPatch { enable_notifications: Some(false), ..OwnSettingsPatch::default() };
        own_settings::update(cx, &own(&sam), no).await.unwrap();
        assert_eq!(decided("Second").await, 1, "Sam wants none");
        let yes = OwnSettingsPatch { enable_notifications: Some(true), ..OwnSettingsPatch::default() };
        own_settings::update(cx, &own(&sam), yes).await.unwrap();
        set(cx, "enable_notifications", json!(false)).await;
        assert_eq!(decided("Third").await, 1, "nobody gets any");
        set(cx, "enable_notifications", json!(true)).await;
        assert_eq!(decided("Fourth").await, 2);
    }
}
