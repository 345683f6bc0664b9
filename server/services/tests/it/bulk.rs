use model::bulk::{BulkAction, BulkOutcome, MOST};
use model::entries::{EntryPatch, EntrySort, NewEntry};
use model::projects::Project;
use model::{EntryId, Error};
use services::access::{ReadEntries, WriteEntries};
use services::entries::{BulkWork, ListQuery, bulk};
use services::{Services, entries};
use testkit::{Person, TestApp, fixtures, on_both_databases};

use crate::help::{may, stored, times};

async fn run(
    cx: &Services,
    person: &Person,
    project: &Project,
    action: BulkAction,
    tag: &str,
    ids: &[EntryId],
) -> BulkOutcome {
    let work = BulkWork::of(cx, &person.actor(), &project.id, action, tag, None).await.unwrap();
    bulk(cx, &work, ids).await.unwrap()
}

async fn tags(cx: &Services, project: &Project, id: &EntryId) -> Vec<String> {
    stored(cx, project, id).await.tags.into_iter().map(|tag| tag.name).collect()
}

on_both_databases! {
    async fn each_entry_goes_its_own_way(app: TestApp) {
        let cx = &app.services;
        let (project, other) = (fixtures::public_project(cx, "Atuin").await, fixtures::project(cx, "Other").await);
        let mara = app.admin("Mara").await;
        let good = fixtures::entry(cx, &project, "Good").await;
        let empty = fixtures::entry_with(cx, &project, NewEntry { title: "Empty".into(), ..NewEntry::default() }).await;
        let foreign = fixtures::entry(cx, &other, "Foreign").await;
        let ids = [good.id.clone(), empty.id.clone(), good.id.clone(), foreign.id.clone()];
        let outcome = run(cx, &mara, &project, BulkAction::Publish, "", &ids).await;
        assert_eq!(outcome.done, std::slice::from_ref(&good.id));
        assert_eq!(outcome.sentence(), "1 published, 2 were not.");
        let failed: Vec<_> = outcome.failed.iter().map(|failure| (&failure.entry, failure.title.as_str())).collect();
        assert_eq!(failed, [(&empty.id, "Empty"), (&foreign.id, "")], "nothing is told of another project");
        assert!(outcome.failed[0].reason.contains("text"), "{}", outcome.failed[0].reason);
        assert_eq!(stored(cx, &other, &foreign.id).await, foreign);
        assert_eq!(times(cx, "CHANGELOG_ENTRY_PUBLISHED").await, 1);
        let outcome = run(cx, &mara, &project, BulkAction::Unpublish, "", std::slice::from_ref(&good.id)).await;
        assert_eq!(outcome.sentence(), "1 unpublished.");
        let outcome = run(cx, &mara, &project, BulkAction::Delete, "", &[good.id.clone(), empty.id.clone()]).await;
        assert_eq!(outcome.sentence(), "2 deleted.");
        let read = may::<ReadEntries>(cx, &mara, &project).await;
        assert_eq!(entries::counts(cx, &read).await.unwrap().total(), 0);
    }

    async fn tags_are_added_and_taken_away_and_the_others_stay(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let with = |names: &[&str], title: &str| NewEntry { tags: fixtures::tags(names), ..fixtures::text(title) };
        let one = fixtures::entry_with(cx, &project, with(&["Docs"], "One")).await;
        let two = fixtures::entry_with(cx, &project, with(&["fix", "Docs"], "Two")).await;
        let ids = [one.id.clone(), two.id.clone()];
        assert_eq!(run(cx, &sam, &project, BulkAction::AddTag, " Fix ", &ids).await.done.len(), 2);
        assert_eq!(tags(cx, &project, &one.id).await, ["Docs", "fix"]);
        assert_eq!(stored(cx, &project, &two.id).await, two, "it had the tag");
        run(cx, &sam, &project, BulkAction::RemoveTag, "docs", &ids).await;
        assert_eq!(tags(cx, &project, &one.id).await, ["fix"]);
        assert_eq!(tags(cx, &project, &two.id).await, ["fix"]);
        let unnamed = BulkWork::of(cx, &sam.actor(), &project.id, BulkAction::AddTag, " ", None).await;
        assert!(unnamed.err().unwrap().for_field("tag").is_some());
    }

    async fn who_may_not_asks_or_is_refused_as_a_whole(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let (sam, vera) = (app.staff("Sam").await, app.viewer("Vera").await);
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let own = entries::create(cx, &write, fixtures::text("Own")).await.unwrap();
        let other = fixtures::entry(cx, &project, "Other").await;
        let ids = [own.id.clone(), other.id.clone()];
        let outcome = run(cx, &sam, &project, BulkAction::Publish, "", &ids).await;
        assert_eq!((outcome.done.len(), outcome.requested.len()), (0, 2));
        let outcome = run(cx, &sam, &project, BulkAction::Delete, "", &ids).await;
        assert_eq!((outcome.done, outcome.requested), (vec![own.id.clone()], vec![other.id.clone()]));
        for action in BulkAction::ALL {
            let refused = BulkWork::of(cx, &vera.actor(), &project.id, action, "Fix", None).await.err();
            assert!(matches!(refused, Some(Error::Forbidden { .. })), "{action:?}");
        }
    }

    async fn none_and_too_many_are_refused(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let mara = app.admin("Mara").await;
        let work = BulkWork::of(cx, &mara.actor(), &project.id, BulkAction::Delete, "", None).await.unwrap();
        let many: Vec<EntryId> = (0..=MOST).map(|number| format!("e{number}").parse().unwrap()).collect();
        for wrong in [&many[..0], &many[..]] {
            assert!(bulk(cx, &work, wrong).await.unwrap_err().for_field("entries").is_some());
        }
        assert_eq!(bulk(cx, &work, &many[1..]).await.unwrap().failed.len(), MOST);
    }

    async fn many_are_scheduled_at_once_or_asked_about(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let (mara, sam) = (app.admin("Mara").await, app.staff("Sam").await);
        let mut ids = Vec::new();
        for title in ["One", "Two", "Public"] {
            ids.push(fixtures::entry(cx, &project, title).await.id);
        }
        entries::publish(cx, &fixtures::may(cx, &project).await, &ids[2], None).await.unwrap();
        let at = cx.clock.now() + chrono::Duration::hours(3);
        let of = async |person: &Person, at| {
            BulkWork::of(cx, &person.actor(), &project.id, BulkAction::Schedule, "", at).await
        };
        for wrong in [None, Some(cx.clock.now())] {
            let refused = of(&mara, wrong).await.err().expect("refused");
            assert!(refused.for_field("scheduledAt").is_some(), "{refused:?}");
        }
        let asked = bulk(cx, &of(&sam, Some(at)).await.unwrap(), &ids).await.unwrap();
        assert_eq!((asked.done.len(), asked.requested.len(), asked.failed.len()), (0, 2, 1));
        let done = bulk(cx, &of(&mara, Some(at)).await.unwrap(), &ids).await.unwrap();
        assert_eq!((done.done.as_slice(), done.failed.len()), (&ids[..2], 1));
        for id in &ids[..2] {
            assert_eq!(stored(cx, &project, id).await.scheduled_at, Some(at));
        }
        assert_eq!(testkit::count(app.db(), "change_requests WHERE status = 'APPROVED'").await, 2, "what was asked for is done");
    }

    async fn every_order_holds_over_all_pages(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let versions = ["1.10.0", "1.9.0", "", "2.0.0-rc.10", "2.0.0-rc.9", "2.0.0", "2026.03.01", "spring"];
        for version in versions {
            app.advance(chrono::Duration::seconds(1));
            let version = Some(version.to_owned());
            let title = format!("Entry {}", version.as_deref().unwrap_or_default());
            fixtures::entry_with(cx, &project, NewEntry { version, ..fixtures::text(&title) }).await;
        }
        let read = fixtures::may::<ReadEntries>(cx, &project).await;
        let all = async |sort| {
            let query = ListQuery { sort, ..ListQuery::default() };
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = entries::list(cx, &read, &query, after.as_ref(), 3).await.unwrap();
                seen.extend(page.items.into_iter().map(|entry| entry.version.unwrap_or_default()));
                match page.next {
                    Some(next) => after = Some(next),
                    None => return seen,
                }
            }
        };
        let by_version = ["2026.03.01", "2.0.0", "2.0.0-rc.10", "2.0.0-rc.9", "1.10.0", "1.9.0", "spring", ""];
        assert_eq!(all(EntrySort::Version).await, by_version);
        assert_eq!(all(EntrySort::Oldest).await, versions);
        let by_title = ["", "1.10.0", "1.9.0", "2.0.0", "2.0.0-rc.10", "2.0.0-rc.9", "2026.03.01", "spring"];
        assert_eq!(all(EntrySort::Title).await, by_title);
        // As a numbered page has it.
        for sort in EntrySort::ALL {
            let query = ListQuery { sort, ..ListQuery::default() };
            let (mut numbered, mut page) = (Vec::new(), 1);
            while numbered.len() < versions.len() {
                let (part, total) = entries::list_page(cx, &read, &query, page, 3).await.unwrap();
                assert_eq!(total, versions.len() as i64);
                numbered.extend(part.into_iter().map(|entry| entry.version.unwrap_or_default()));
                page += 1;
            }
            assert_eq!(numbered, all(sort).await, "{sort:?}");
        }
        let mut newest = versions.map(str::to_owned);
        newest.reverse();
        assert_eq!(all(EntrySort::Newest).await, newest);
        let query = ListQuery::default();
        let first = entries::list(cx, &read, &query, None, 50).await.unwrap().items.pop().unwrap();
        app.advance(chrono::Duration::seconds(1));
        let patch = EntryPatch { title: Some("Changed".into()), ..EntryPatch::default() };
        entries::update(cx, &may::<WriteEntries>(cx, &sam, &project).await, &first.id, patch).await.unwrap();
        assert_eq!(all(EntrySort::Updated).await[0], "1.10.0");
    }

    async fn a_list_can_show_what_one_person_wrote(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let own = entries::create(cx, &write, fixtures::text("Own")).await.unwrap();
        fixtures::entry(cx, &project, "Of the console").await;
        let read = may::<ReadEntries>(cx, &sam, &project).await;
        assert_eq!(entries::authors(cx, &read).await, Ok(vec![(sam.id().clone(), "Sam".to_owned())]));
        for sort in EntrySort::ALL {
            let query = ListQuery { author: Some(sam.id().clone()), sort, ..ListQuery::default() };
            let page = entries::list(cx, &read, &query, None, 10).await.unwrap();
            assert_eq!(page.items.iter().map(|entry| &entry.id).collect::<Vec<_>>(), [&own.id], "{sort:?}");
        }
    }
}
