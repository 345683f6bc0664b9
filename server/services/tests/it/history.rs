//! The history of entries: what is kept, what is pruned, who wrote which line, and the way back.

use chrono::Duration;
use model::entries::{Entry, EntryPatch, NewEntry};
use model::imports::{ImportOptions, OnConflict};
use model::projects::{NewProject, Project};
use model::revisions::{MAX_BLAMED_LINES, Marker, MarkerPatch, Reason, RevisionSummary, Side};
use model::tags::TagRef;
use model::{Error, Permission, RevisionId};
use serde_json::json;
use services::access::{DeleteAllHistory, ReadEntries, WriteEntries};
use services::history::{self, Against, ListQuery, Restore};
use services::{Always, Grant, Services, entries, tags};
use testkit::{TestApp, count, execute, fixtures, on_both_databases, start};

use crate::help::{ask, may, set, stored, times, told};
use crate::import_options;

async fn write(cx: &Services, project: &Project) -> Grant<WriteEntries> {
    fixtures::may(cx, project).await
}

async fn read(cx: &Services, project: &Project) -> Grant<ReadEntries> {
    fixtures::may(cx, project).await
}

fn text(content: &str) -> EntryPatch {
    EntryPatch { content: Some(content.into()), ..EntryPatch::default() }
}

fn manual(content: &str) -> EntryPatch {
    EntryPatch { is_manual: true, ..text(content) }
}

async fn save_by(cx: &Services, may: &Grant<WriteEntries>, entry: &Entry, patch: EntryPatch) -> Entry {
    entries::update(cx, may, &entry.id, patch).await.unwrap()
}

async fn save(cx: &Services, project: &Project, entry: &Entry, patch: EntryPatch) -> Entry {
    save_by(cx, &write(cx, project).await, entry, patch).await
}

/// A draft that says `content`.
async fn draft(cx: &Services, project: &Project, content: &str) -> Entry {
    let new = NewEntry { title: "Dark mode".into(), content: content.into(), ..NewEntry::default() };
    fixtures::entry_with(cx, project, new).await
}

/// The whole history, newest first.
async fn kept(cx: &Services, project: &Project, entry: &Entry) -> Vec<RevisionSummary> {
    let may = read(cx, project).await;
    let mut query = ListQuery { limit: 50, ..ListQuery::default() };
    let mut all = Vec::new();
    loop {
        let page = history::list(cx, &may, &entry.id, &query).await.unwrap();
        all.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.number));
    assert_eq!(history::count(cx, &may, &entry.id).await.unwrap(), all.len() as i64);
    all
}

async fn reasons(cx: &Services, project: &Project, entry: &Entry) -> Vec<Reason> {
    kept(cx, project, entry).await.into_iter().map(|one| one.reason).collect()
}

async fn content_of(cx: &Services, project: &Project, entry: &Entry, id: &RevisionId) -> String {
    history::get(cx, &read(cx, project).await, &entry.id, id).await.unwrap().0.content
}

fn back_to(revision: &RevisionSummary) -> Restore {
    Restore { revision: revision.id.clone(), without_version: false, lock_version: None }
}

async fn restore(cx: &Services, project: &Project, entry: &Entry, wish: &Restore) -> model::Result<Entry> {
    let restored = history::restore(cx, &write(cx, project).await, &entry.id, wish, &Always).await?;
    Ok(restored.entry)
}

fn label(text: &str) -> MarkerPatch {
    MarkerPatch { label: Some(Some(text.to_owned())), ..MarkerPatch::default() }
}

async fn mark(cx: &Services, project: &Project, revision: &RevisionSummary, patch: MarkerPatch) -> RevisionSummary {
    history::mark(cx, &write(cx, project).await, &revision.entry_id, &revision.id, patch).await.unwrap()
}

on_both_databases! {
    async fn every_save_that_changes_something_is_kept_with_what_it_changed(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let by_sam = may::<WriteEntries>(cx, &sam, &project).await;
        let new = NewEntry {
            title: "Dark mode".into(),
            content: "One\nTwo".into(),
            tags: fixtures::tags(&["UI"]),
            ..NewEntry::default()
        };
        let entry = entries::create(cx, &by_sam, new).await.unwrap();
        save_by(cx, &by_sam, &entry, manual("One\nTwo\nThree")).await;
        save_by(cx, &by_sam, &entry, manual("One\nTwo\nThree")).await;
        let version = EntryPatch { version: Some(Some("1.0".into())), is_manual: true, ..EntryPatch::default() };
        save_by(cx, &by_sam, &entry, version).await;
        let all = kept(cx, &project, &entry).await;
        let told: Vec<_> = all.iter().map(|one| (one.reason, one.lines_added, one.lines_removed)).collect();
        assert_eq!(told, [(Reason::Manual, 0, 0), (Reason::Manual, 1, 0), (Reason::Initial, 2, 0)]);
        let author = all[0].created_by.as_ref().unwrap();
        assert_eq!((author.id.as_ref(), author.name.as_str()), (Some(sam.id()), "Sam"));
        let (newest, previous) = history::get(cx, &read(cx, &project).await, &entry.id, &all[0].id).await.unwrap();
        assert_eq!((newest.content.as_str(), newest.summary.version.as_deref()), ("One\nTwo\nThree", Some("1.0")));
        assert_eq!(newest.tags[0].name, "UI");
        assert_eq!(previous.unwrap().summary.id, all[1].id);
        // Tags are part of the state.
        let untagged = EntryPatch { tags: Some(Vec::new()), is_manual: true, ..EntryPatch::default() };
        save_by(cx, &by_sam, &entry, untagged).await;
        assert_eq!(kept(cx, &project, &entry).await.len(), 4);
    }

    async fn an_entry_without_a_history_keeps_the_state_before_its_first_change(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let by_sam = may::<WriteEntries>(cx, &sam, &project).await;
        let entry = entries::create(cx, &by_sam, fixtures::text("First")).await.unwrap();
        // As one from before there was any history.
        execute(&cx.db, "DELETE FROM entry_revisions").await;
        cx.clock.advance(Duration::days(3));
        save(cx, &project, &entry, text("Another text.")).await;
        let [second, first] = kept(cx, &project, &entry).await.try_into().unwrap();
        assert_eq!((first.reason, first.created_at), (Reason::Initial, start()));
        assert_eq!(first.created_by.as_ref().map(|author| author.name.as_str()), Some("Sam"), "who wrote that");
        assert_eq!(content_of(cx, &project, &entry, &first.id).await, "All about **First**.");
        assert_eq!((second.reason, second.created_by.is_none()), (Reason::Autosave, true), "the command line is nobody");
    }

    async fn autosaves_of_ten_minutes_are_one_revision_and_never_lose_the_last_state(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let (sam, mara) = (app.staff("Sam").await, app.owner("Mara").await);
        let by_sam = may::<WriteEntries>(cx, &sam, &project).await;
        let by_mara = may::<WriteEntries>(cx, &mara, &project).await;
        let entry = draft(cx, &project, "").await;
        for content in ["a", "a\nb", "a\nb\nc"] {
            save_by(cx, &by_sam, &entry, text(content)).await;
            cx.clock.advance(Duration::minutes(3));
        }
        let all = kept(cx, &project, &entry).await;
        assert_eq!((all[0].reason, all[0].lines_added, all[0].created_at), (Reason::Autosave, 3, start()));
        assert_eq!(all.len(), 2);
        assert_eq!(content_of(cx, &project, &entry, &all[0].id).await, "a\nb\nc");
        // After ten minutes, by somebody else, or over what somebody wants to keep, another one begins.
        cx.clock.advance(Duration::minutes(1));
        save_by(cx, &by_sam, &entry, text("later")).await;
        assert_eq!(kept(cx, &project, &entry).await.len(), 3);
        save_by(cx, &by_mara, &entry, text("hers")).await;
        let all = kept(cx, &project, &entry).await;
        assert_eq!(all.len(), 4);
        mark(cx, &project, &all[0], label("For legal")).await;
        save_by(cx, &by_mara, &entry, text("hers, changed")).await;
        assert_eq!(kept(cx, &project, &entry).await.len(), 5);
        assert_eq!(content_of(cx, &project, &entry, &all[0].id).await, "hers");
    }

    async fn what_somebody_asked_to_save_is_not_replaced_by_their_next_autosave(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = draft(cx, &project, "a").await;
        save(cx, &project, &entry, text("b")).await;
        // The autosave was faster than the key: nothing is left to save, and still this state was asked for.
        save(cx, &project, &entry, manual("b")).await;
        save(cx, &project, &entry, text("c")).await;
        assert_eq!(reasons(cx, &project, &entry).await, [Reason::Autosave, Reason::Manual, Reason::Initial]);
        let all = kept(cx, &project, &entry).await;
        assert_eq!(content_of(cx, &project, &entry, &all[1].id).await, "b");
    }

    async fn what_readers_got_to_see_is_kept_as_such(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let entry = fixtures::published(cx, &project, "Dark mode").await;
        assert_eq!(reasons(cx, &project, &entry).await, [Reason::Publish, Reason::Initial]);
        let may_publish = fixtures::may(cx, &project).await;
        entries::unpublish(cx, &may_publish, &entry.id).await.unwrap();
        entries::set_address(cx, &write(cx, &project).await, &entry.id, "darker").await.unwrap();
        entries::publish(cx, &may_publish, &entry.id, None).await.unwrap();
        assert_eq!(kept(cx, &project, &entry).await.len(), 2, "the same text, published again");
    }

    async fn beyond_the_limit_the_oldest_go_but_not_what_is_pinned_labelled_or_newest(app: TestApp) {
        let cx = &app.services;
        set(cx, "max_revisions_per_entry", json!(5)).await;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = draft(cx, &project, "0").await;
        save(cx, &project, &entry, manual("1")).await;
        let all = kept(cx, &project, &entry).await;
        let pinned = MarkerPatch { pinned: Some(true), ..MarkerPatch::default() };
        mark(cx, &project, &all[1], pinned).await;
        mark(cx, &project, &all[0], label("Kept")).await;
        for number in 2..=8 {
            save(cx, &project, &entry, manual(&number.to_string())).await;
        }
        let mut texts = Vec::new();
        for one in kept(cx, &project, &entry).await {
            texts.push(content_of(cx, &project, &entry, &one.id).await);
        }
        assert_eq!(texts, ["8", "7", "6", "1", "0"]);
        set(cx, "max_revisions_per_entry", json!(-1)).await;
        for number in 9..=20 {
            save(cx, &project, &entry, manual(&number.to_string())).await;
        }
        assert_eq!(kept(cx, &project, &entry).await.len(), 17, "-1 keeps all");
    }

    async fn a_list_has_pinned_ones_on_top_and_loses_none_at_an_edge(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = draft(cx, &project, "0").await;
        for number in 1..=11 {
            let patch = EntryPatch { title: Some(format!("Title {number}")), ..manual(&number.to_string()) };
            save(cx, &project, &entry, patch).await;
        }
        let all = kept(cx, &project, &entry).await;
        for at in [3, 9] {
            mark(cx, &project, &all[at], MarkerPatch { pinned: Some(true), ..MarkerPatch::default() }).await;
        }
        let may = read(cx, &project).await;
        let mut query = ListQuery { limit: 5, ..ListQuery::default() };
        let mut seen = Vec::new();
        loop {
            let page = history::list(cx, &may, &entry.id, &query).await.unwrap();
            assert!(page.items.len() <= 5);
            seen.extend(page.items.iter().map(|one| one.number));
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, [9, 3, 12, 11, 10, 8, 7, 6, 5, 4, 2, 1]);
        mark(cx, &project, &all[5], label("Für die Presse")).await;
        for (search, found) in [("title 1", vec![12, 11, 2]), ("PRESSE", vec![7]), ("%", vec![]), ("nothing", vec![])] {
            let query = ListQuery { search: search.into(), limit: 50, ..ListQuery::default() };
            let page = history::list(cx, &may, &entry.id, &query).await.unwrap();
            assert_eq!(page.items.iter().map(|one| one.number).collect::<Vec<_>>(), found, "{search}");
        }
        let place = history::place(cx, &may, &entry.id, &all[5].id).await.unwrap();
        assert_eq!((place.pinned, place.number), (false, 7));
    }

    async fn a_restored_state_is_a_new_revision_and_the_way_back_stays(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let new = NewEntry { tags: fixtures::tags(&["Fix", "Gone"]), version: Some("1.0".into()), ..fixtures::text("Dark") };
        let entry = fixtures::published_with(cx, &project, new, start()).await;
        let changed = EntryPatch {
            title: Some("Light".into()),
            version: Some(Some("2.0".into())),
            tags: Some(fixtures::tags(&["Other"])),
            ..manual("Another text")
        };
        save(cx, &project, &entry, changed).await;
        let gone = entry.tags[1].id.clone();
        tags::delete(cx, &fixtures::may_everywhere(cx), &gone).await.unwrap();
        let first = kept(cx, &project, &entry).await.pop().unwrap();
        let restored = restore(cx, &project, &entry, &back_to(&first)).await.unwrap();
        assert_eq!((restored.title.as_str(), restored.version.as_deref()), ("Dark", Some("1.0")));
        assert_eq!((restored.content.as_str(), restored.excerpt.as_str()), ("All about **Dark**.", "All about Dark."));
        assert_eq!(restored.tags.len(), 1, "a tag that was deleted stays deleted");
        assert_eq!((restored.slug.as_str(), restored.published_at), ("dark", Some(start())));
        assert_eq!(stored(cx, &project, &entry.id).await, restored);
        let all = kept(cx, &project, &entry).await;
        assert_eq!(all[0].reason, Reason::Restore);
        let source = all[0].restored_from.as_ref().unwrap();
        assert_eq!((&source.id, source.reason), (&first.id, Reason::Initial));
        assert_eq!(told(cx, "RESTORE_CHANGELOG_ENTRY_REVISION_SUCCESS").await.details["revisionId"], json!(first.id));
        let undone = restore(cx, &project, &entry, &back_to(&all[1])).await.unwrap();
        assert_eq!((undone.title.as_str(), undone.version.as_deref()), ("Light", Some("2.0")));
    }

    async fn a_version_that_another_entry_has_by_now_can_be_left_out(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let new = NewEntry { version: Some("1.0".into()), ..fixtures::text("First") };
        let entry = fixtures::entry_with(cx, &project, new).await;
        let to = |version: &str| EntryPatch { version: Some(Some(version.into())), ..manual("Changed") };
        save(cx, &project, &entry, to("2.0")).await;
        let other = NewEntry { version: Some("v1.0".into()), ..fixtures::text("Second") };
        let other = fixtures::entry_with(cx, &project, other).await;
        let first = kept(cx, &project, &entry).await.pop().unwrap();
        let error = restore(cx, &project, &entry, &back_to(&first)).await.unwrap_err();
        assert!(matches!(&error, Error::VersionTaken { entry, .. } if *entry == other.id), "{error:?}");
        assert_eq!(stored(cx, &project, &entry.id).await.content, "Changed", "nothing was restored");
        assert_eq!(kept(cx, &project, &entry).await.len(), 2);
        let wish = Restore { without_version: true, ..back_to(&first) };
        let restored = restore(cx, &project, &entry, &wish).await.unwrap();
        assert_eq!((restored.content.as_str(), restored.version.as_deref()), ("All about **First**.", Some("2.0")));
    }

    async fn nobody_restores_over_what_they_have_not_seen(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = draft(cx, &project, "a").await;
        let seen = save(cx, &project, &entry, manual("b")).await;
        let first = kept(cx, &project, &entry).await.pop().unwrap();
        let wish = Restore { lock_version: Some(seen.lock_version), ..back_to(&first) };
        save(cx, &project, &entry, manual("c")).await;
        let error = restore(cx, &project, &entry, &wish).await.unwrap_err();
        assert!(matches!(error, Error::EditedElsewhere { .. }), "{error:?}");
        assert_eq!(stored(cx, &project, &entry.id).await.content, "c");
    }

    async fn two_who_restore_at_the_same_moment_both_leave_a_revision_and_one_wins(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = draft(cx, &project, "a").await;
        let seen = save(cx, &project, &entry, manual("b")).await;
        let first = kept(cx, &project, &entry).await.pop().unwrap();
        let wish = Restore { lock_version: Some(seen.lock_version), ..back_to(&first) };
        let may = write(cx, &project).await;
        let (one, two) = tokio::join!(
            history::restore(cx, &may, &entry.id, &wish, &Always),
            history::restore(cx, &may, &entry.id, &wish, &Always),
        );
        assert_eq!([&one, &two].iter().filter(|outcome| outcome.is_ok()).count(), 1, "{one:?} {two:?}");
        assert_eq!(kept(cx, &project, &entry).await.len(), 3);
    }

    async fn staff_restore_what_is_public_only_where_they_may_publish(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let (sam, vera) = (app.staff("Sam").await, app.viewer("Vera").await);
        let entry = fixtures::published(cx, &project, "Dark mode").await;
        save(cx, &project, &entry, manual("Changed")).await;
        let first = kept(cx, &project, &entry).await.pop().unwrap();
        let by_sam = may::<WriteEntries>(cx, &sam, &project).await;
        let outcome = history::restore(cx, &by_sam, &entry.id, &back_to(&first), &Always).await;
        assert_eq!(outcome.unwrap_err(), Error::NeedsApproval);
        let marked = history::mark(cx, &by_sam, &entry.id, &first.id, label("Mine")).await.unwrap();
        assert_eq!(marked.marker, Marker { label: Some("Mine".into()), ..Marker::default() });
        assert_eq!(told(cx, "MARK_CHANGELOG_ENTRY_REVISION").await.details["label"]["to"], "Mine");
        assert!(matches!(ask::<WriteEntries>(cx, &vera, &project).await, Err(Error::Forbidden { .. })));
        may::<ReadEntries>(cx, &vera, &project).await;
        for person in [&sam, &vera] {
            let refused = ask::<DeleteAllHistory>(cx, person, &project).await.unwrap_err();
            assert_eq!(refused, Error::Forbidden { needs: Permission::DeleteAllHistory });
        }
        let open = NewProject { name: "Open".into(), require_approval: Some(false), ..NewProject::default() };
        let open = fixtures::project_with(cx, open).await;
        let entry = fixtures::published(cx, &open, "Dark mode").await;
        let by_sam = may::<WriteEntries>(cx, &sam, &open).await;
        save_by(cx, &by_sam, &entry, manual("Changed")).await;
        let first = kept(cx, &open, &entry).await.pop().unwrap();
        history::restore(cx, &by_sam, &entry.id, &back_to(&first), &Always).await.unwrap();
    }

    async fn the_history_of_another_entry_or_project_is_not_there(app: TestApp) {
        let cx = &app.services;
        let (here, there) = (fixtures::project(cx, "Here").await, fixtures::project(cx, "There").await);
        let (mine, sibling) = (fixtures::entry(cx, &here, "Mine").await, fixtures::entry(cx, &here, "Sibling").await);
        let theirs = fixtures::entry(cx, &there, "Theirs").await;
        let (may_read, may_write) = (read(cx, &here).await, write(cx, &here).await);
        let foreign = kept(cx, &there, &theirs).await.remove(0);
        let other = kept(cx, &here, &sibling).await.remove(0);
        let query = ListQuery { limit: 20, ..ListQuery::default() };
        assert_eq!(history::list(cx, &may_read, &theirs.id, &query).await, Err(Error::NotFound));
        assert_eq!(history::count(cx, &may_read, &theirs.id).await, Err(Error::NotFound));
        for (entry, id) in [(&theirs, &foreign.id), (&mine, &foreign.id), (&mine, &other.id)] {
            assert_eq!(history::get(cx, &may_read, &entry.id, id).await, Err(Error::NotFound));
            assert_eq!(history::blame(cx, &may_read, &entry.id, id).await, Err(Error::NotFound));
            assert_eq!(history::place(cx, &may_read, &entry.id, id).await, Err(Error::NotFound));
            let compared = history::compare(cx, &may_read, &entry.id, id, &Against::Previous, 3).await;
            assert_eq!(compared, Err(Error::NotFound));
            assert_eq!(history::mark(cx, &may_write, &entry.id, id, label("x")).await, Err(Error::NotFound));
            let wish = Restore { revision: id.clone(), without_version: false, lock_version: None };
            assert_eq!(history::restore(cx, &may_write, &entry.id, &wish, &Always).await, Err(Error::NotFound));
        }
        let own = kept(cx, &here, &mine).await.remove(0);
        let against = Against::Revision(other.id);
        assert_eq!(history::compare(cx, &may_read, &mine.id, &own.id, &against, 3).await, Err(Error::NotFound));
    }

    async fn two_states_are_compared_the_older_one_on_the_left(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = draft(cx, &project, "a\nb").await;
        save(cx, &project, &entry, manual("a\nc")).await;
        let titled = EntryPatch { title: Some("Darker".into()), ..manual("a\nc\nd") };
        save(cx, &project, &entry, titled).await;
        let [third, second, first] = kept(cx, &project, &entry).await.try_into().unwrap();
        let may = read(cx, &project).await;
        let compare = async |id: &RevisionId, against: Against| {
            history::compare(cx, &may, &entry.id, id, &against, 3).await.unwrap()
        };
        let number = |side: &Side| match side {
            Side::Nothing => 0,
            Side::Kept(one) => one.number,
            Side::Now => 99,
        };
        for (id, against, sides, changed) in [
            (&third.id, Against::Previous, (2, 3), (1, 0)),
            (&first.id, Against::Previous, (0, 1), (2, 0)),
            (&third.id, Against::Revision(first.id.clone()), (1, 3), (2, 1)),
            (&first.id, Against::Revision(third.id.clone()), (1, 3), (2, 1)),
            (&second.id, Against::Current, (2, 99), (1, 0)),
        ] {
            let found = compare(id, against).await;
            assert_eq!((number(&found.left), number(&found.right)), sides);
            assert_eq!((found.lines_added, found.lines_removed), changed);
        }
        let rows = compare(&third.id, Against::Previous).await.rows;
        let shown = format!("{:?}", rows[0]);
        assert!(shown.contains("Title: Dark mode") && shown.contains("Title: Darker"), "{shown}");
    }

    async fn every_line_belongs_to_the_revision_that_brought_it(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = draft(cx, &project, "a\nb\n").await;
        for content in ["a\nx\nb\n", "a\nx\nb\n\nend", "x\nb\n\nthe end"] {
            save(cx, &project, &entry, manual(content)).await;
        }
        let may = read(cx, &project).await;
        let all = kept(cx, &project, &entry).await;
        for one in &all {
            // Twice: the second answer comes from memory.
            for _ in 0..2 {
                let blame = history::blame(cx, &may, &entry.id, &one.id).await.unwrap();
                let text: Vec<_> = blame.lines.iter().map(|line| line.text.as_str()).collect();
                assert_eq!(text.join("\n"), content_of(cx, &project, &entry, &one.id).await, "the lines are the text");
                assert!(blame.lines.iter().all(|line| blame.revisions.iter().any(|known| known.id == line.revision)));
            }
        }
        let blame = history::blame(cx, &may, &entry.id, &all[0].id).await.unwrap();
        let owners: Vec<i64> = blame
            .lines
            .iter()
            .map(|line| blame.revisions.iter().find(|one| one.id == line.revision).unwrap().number)
            .collect();
        assert_eq!(owners, [2, 1, 1, 4]);
        // What an autosave replaced is told anew.
        save(cx, &project, &entry, text("x\nb\n\nautosaved")).await;
        let newest = kept(cx, &project, &entry).await.remove(0);
        let said = async || history::blame(cx, &may, &entry.id, &newest.id).await.unwrap().lines.pop().unwrap().text;
        assert_eq!(said().await, "autosaved");
        save(cx, &project, &entry, text("x\nb\n\nautosaved again")).await;
        assert_eq!(said().await, "autosaved again");
        // And what is gone has no lines any more.
        execute(&cx.db, "DELETE FROM entry_revisions WHERE number = 1").await;
        let blame = history::blame(cx, &may, &entry.id, &all[0].id).await.unwrap();
        assert_eq!(blame.revisions[0].number, 2);
    }

    async fn a_text_that_is_too_long_to_be_told_line_by_line_is_refused(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = draft(cx, &project, &"\n".repeat(MAX_BLAMED_LINES - 1)).await;
        let may = read(cx, &project).await;
        let first = kept(cx, &project, &entry).await.remove(0);
        assert_eq!(history::blame(cx, &may, &entry.id, &first.id).await.unwrap().lines.len(), MAX_BLAMED_LINES);
        save(cx, &project, &entry, manual(&"\n".repeat(MAX_BLAMED_LINES))).await;
        let second = kept(cx, &project, &entry).await.remove(0);
        let error = history::blame(cx, &may, &entry.id, &second.id).await.unwrap_err();
        assert_eq!(error.status(), 400);
        assert!(error.to_string().contains("5001 lines"), "{error}");
    }

    async fn an_import_keeps_what_it_overwrites_and_nothing_of_what_it_adds(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        import_options::run(&cx, &project, import_options::FILE, ImportOptions::default()).await;
        assert_eq!(count(&cx.db, "entry_revisions").await, 0, "new entries have no history yet");
        let options = ImportOptions { on_conflict: OnConflict::Overwrite, ..ImportOptions::default() };
        let file = import_options::FILE.replace("- Dark", "- Darker").replace("- Middle", "- Middle, too");
        import_options::run(&cx, &project, &file, options).await;
        let changed = import_options::all(&cx, &project).await;
        let dark = changed.iter().find(|entry| entry.version.as_deref() == Some("2.0.0")).unwrap();
        assert_eq!(reasons(&cx, &project, dark).await, [Reason::Import, Reason::Initial]);
        let all = kept(&cx, &project, dark).await;
        assert!(content_of(&cx, &project, dark, &all[0].id).await.contains("- Darker"));
        assert!(!content_of(&cx, &project, dark, &all[1].id).await.contains("- Darker"));
        assert_eq!((all[0].lines_added, all[0].lines_removed), (1, 1));
        assert_eq!(count(&cx.db, "entry_revisions").await, 4);
    }

    async fn a_whole_history_is_deleted_and_the_entries_stay(app: TestApp) {
        let cx = &app.services;
        let (here, there) = (fixtures::project(cx, "Here").await, fixtures::project(cx, "There").await);
        let entry = draft(cx, &here, "a").await;
        save(cx, &here, &entry, manual("b")).await;
        fixtures::entry(cx, &there, "Theirs").await;
        let all = kept(cx, &here, &entry).await;
        mark(cx, &here, &all[0], MarkerPatch { pinned: Some(true), ..MarkerPatch::default() }).await;
        let may = fixtures::may::<DeleteAllHistory>(cx, &here).await;
        assert_eq!(history::delete_all(cx, &may).await.unwrap(), 2);
        assert_eq!(told(cx, "DELETE_ALL_CHANGELOG_HISTORY").await.details["revisions"], 2);
        assert_eq!(count(&cx.db, "entry_revisions").await, 1, "another project keeps its history");
        assert_eq!(stored(cx, &here, &entry.id).await.content, "b");
        save(cx, &here, &entry, manual("c")).await;
        assert_eq!(reasons(cx, &here, &entry).await, [Reason::Manual, Reason::Initial]);
    }

    async fn an_entry_takes_its_history_along_and_a_person_leaves_their_name(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let by_sam = may::<WriteEntries>(cx, &sam, &project).await;
        let entry = entries::create(cx, &by_sam, fixtures::text("First")).await.unwrap();
        services::users::delete(cx, &fixtures::may_everywhere(cx), sam.id()).await.unwrap();
        let author = kept(cx, &project, &entry).await.remove(0).created_by.unwrap();
        assert_eq!((author.id, author.name.as_str(), author.email), (None, "Sam", None));
        let newest = kept(cx, &project, &entry).await.remove(0);
        let blame = history::blame(cx, &read(cx, &project).await, &entry.id, &newest.id).await.unwrap();
        assert_eq!(blame.revisions.len(), 1);
        entries::delete(cx, &fixtures::may(cx, &project).await, &entry.id).await.unwrap();
        assert_eq!(count(&cx.db, "entry_revisions").await, 1, "it can come back");
        testkit::execute(&cx.db, "DELETE FROM trash").await;
        assert_eq!(count(&cx.db, "entry_revisions").await, 0);
    }

    async fn the_log_tells_of_saves_that_somebody_asked_for(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        let sam = app.staff("Sam").await;
        let may = crate::help::may::<WriteEntries>(cx, &sam.by_cookie(), &project).await;
        let logged = async || times(cx, "UPDATE_CHANGELOG_ENTRY_SUCCESS").await;
        for now in ["a", "ab", "abc"] {
            save_by(cx, &may, &entry, text(now)).await;
            assert_eq!(logged().await, 0, "the editor saves while somebody writes: {now}");
        }
        save_by(cx, &may, &entry, manual("abcd")).await;
        assert_eq!(logged().await, 1);
        // What no editor does is told whatever it is called.
        save(cx, &project, &entry, text("by a program")).await;
        assert_eq!(logged().await, 2);
    }

    async fn a_change_that_is_refused_leaves_no_revision(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = draft(cx, &project, "a").await;
        let stale = EntryPatch { lock_version: Some(7), ..manual("b") };
        entries::update(cx, &write(cx, &project).await, &entry.id, stale).await.unwrap_err();
        let too_many = EntryPatch { tags: Some(vec![TagRef::Name("x".repeat(60))]), ..manual("b") };
        entries::update(cx, &write(cx, &project).await, &entry.id, too_many).await.unwrap_err();
        assert_eq!(kept(cx, &project, &entry).await.len(), 1);
        assert_eq!(times(cx, "UPDATE_CHANGELOG_ENTRY_SUCCESS").await, 0);
    }
}
