use chrono::Duration;
use http::{HeaderMap, HeaderValue, header};
use model::projects::{Project, ProjectPatch};
use services::Services;
use services::access::{EditProjects, ReadProjects};
use services::views::{self, Source, Viewed, Visit};
use testkit::{count, execute, fixtures, on_both_databases, texts};

const FIREFOX: HeaderValue =
    HeaderValue::from_static("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");

fn look(cx: &Services, project: &Project, entry: Option<&model::entries::Entry>, address: &str) {
    let headers = HeaderMap::from_iter([(header::USER_AGENT, FIREFOX)]);
    let viewed = Viewed { project: project.id.clone(), entry: entry.map(|entry| entry.id.clone()) };
    cx.views.note(viewed, Source::Page, Visit::of(address.parse().unwrap(), &headers).unwrap());
}

/// Views and visitors of the last days, oldest first.
async fn last(cx: &Services, project: &Project, days: u32) -> Vec<(i64, i64)> {
    let may = fixtures::may::<ReadProjects>(cx, project).await;
    let days = views::last_days(cx, &may, days).await.unwrap();
    days.into_iter().map(|day| (day.views, day.visitors)).collect()
}

on_both_databases! {
    async fn views_are_counted_once_each_and_visitors_once_a_day(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let entry = fixtures::published(&cx, &acme, "One").await;
        for address in ["192.0.2.1", "192.0.2.1", "192.0.2.2"] {
            look(&cx, &acme, None, address);
        }
        views::write(&cx).await.unwrap();
        look(&cx, &acme, Some(&entry), "192.0.2.1");
        look(&cx, &acme, None, "192.0.2.1");
        views::write(&cx).await.unwrap();
        assert_eq!(last(&cx, &acme, 2).await, [(0, 0), (5, 2)]);
        cx.clock.advance(Duration::days(1));
        look(&cx, &acme, None, "192.0.2.1");
        views::write(&cx).await.unwrap();
        assert_eq!(last(&cx, &acme, 2).await, [(5, 2), (1, 1)]);
        let stored = texts(&cx.db, "SELECT visitor || referrer_host || device || browser FROM views").await;
        assert!(stored.iter().all(|row| !row.contains("192.0.2")), "{stored:?}");
    }

    async fn what_the_public_cannot_see_is_not_counted(cx: Services) {
        let secret = fixtures::project(&cx, "Secret").await;
        let acme = fixtures::public_project(&cx, "Acme").await;
        let draft = fixtures::entry(&cx, &acme, "Draft").await;
        let of_another = fixtures::published(&cx, &fixtures::public_project(&cx, "Other").await, "One").await;
        look(&cx, &secret, None, "192.0.2.1");
        look(&cx, &acme, Some(&draft), "192.0.2.1");
        look(&cx, &acme, Some(&of_another), "192.0.2.1");
        views::write(&cx).await.unwrap();
        assert_eq!(count(&cx.db, "views").await, 0);
        look(&cx, &acme, None, "192.0.2.1");
        let edit = fixtures::may::<EditProjects>(&cx, &acme).await;
        let patch = ProjectPatch { is_public: Some(false), ..ProjectPatch::default() };
        services::projects::update(&cx, &edit, patch).await.unwrap();
        views::write(&cx).await.unwrap();
        assert_eq!(count(&cx.db, "views").await, 0, "it became private before it was written");
    }

    async fn old_days_are_sums_and_nobody_can_be_recognised_after_two_days(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let entry = fixtures::published(&cx, &acme, "One").await;
        look(&cx, &acme, None, "192.0.2.1");
        look(&cx, &acme, Some(&entry), "192.0.2.1");
        look(&cx, &acme, None, "192.0.2.2");
        views::write(&cx).await.unwrap();
        cx.clock.advance(Duration::days(1));
        views::tidy(&cx).await.unwrap();
        assert_eq!(count(&cx.db, "day_secrets").await, 1);
        cx.clock.advance(Duration::days(1));
        views::tidy(&cx).await.unwrap();
        assert_eq!((count(&cx.db, "day_secrets").await, count(&cx.db, "views").await), (0, 3));
        cx.clock.advance(Duration::days(29));
        views::tidy(&cx).await.unwrap();
        views::tidy(&cx).await.unwrap();
        assert_eq!(count(&cx.db, "views").await, 0);
        assert_eq!(last(&cx, &acme, 32).await[0], (3, 2));
    }

    async fn a_deleted_project_takes_its_views_along_and_stops_nobody_else_from_being_counted(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let gone = fixtures::public_project(&cx, "Gone").await;
        look(&cx, &gone, None, "192.0.2.1");
        views::write(&cx).await.unwrap();
        look(&cx, &gone, None, "192.0.2.1");
        look(&cx, &acme, None, "192.0.2.1");
        execute(&cx.db, "DELETE FROM project_rows WHERE name = 'Gone'").await;
        views::write(&cx).await.unwrap();
        assert_eq!(last(&cx, &acme, 1).await, [(1, 1)]);
        assert_eq!(count(&cx.db, "views").await, 1);
    }

    async fn a_flood_of_views_stays_bounded(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        for number in 0..20_000_u32 {
            look(&cx, &acme, None, &std::net::Ipv4Addr::from(number).to_string());
        }
        views::write(&cx).await.unwrap();
        let [(views, visitors)] = last(&cx, &acme, 1).await[..] else { panic!("one day") };
        assert!(views == visitors && (5_000..20_000).contains(&views), "{views}");
    }
}
