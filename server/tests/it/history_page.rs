//! The history of an entry, as a browser without scripts meets it.

use axum::http::Method;
use model::entries::EntryPatch;
use services::access::WriteEntries;
use services::entries;
use store::Db;
use testkit::{Answer, Person, TestApp, fixtures, on_both_databases, texts};

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

async fn open(person: &Person, path: &str) -> String {
    let answer = person.call(Method::GET, path).header("accept", "text/html").send().await;
    // Without the marks that the renderer leaves for scripts.
    answer.expect(200).text().replace("<!>", "")
}

async fn form(person: &Person, function: &str, page: &str, body: &str) -> Answer {
    person
        .call(Method::POST, &format!("/rpc/{function}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header("sec-fetch-site", "same-origin")
        .header("referer", &format!("http://tidings.example{page}"))
        .body(body.to_owned())
        .send()
        .await
}

on_both_databases! {
    async fn everything_but_the_shortcuts_works_without_scripts(db: Db) {
        let app = app(db);
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        let write = fixtures::may::<WriteEntries>(cx, &project).await;
        let patch = EntryPatch {
            content: Some("Nothing about **Dark mode**.".into()), is_manual: true, ..EntryPatch::default()
        };
        entries::update(cx, &write, &entry.id, patch).await.unwrap();
        let mara = app.owner("Mara").await.by_cookie();
        let page = format!("/dashboard/projects/{}/changelog/{}/history", project.id, entry.id);
        let newest = open(&mara, &page).await;
        assert!(newest.contains("<del>All</del>") && newest.contains("<ins>Nothing</ins>"), "{newest}");
        let first = texts(&cx.db, "SELECT id FROM entry_revisions WHERE number = 1").await.remove(0);
        let one = format!("{page}?revision={first}");
        for (view, shown) in [
            ("&view=preview", "All about <strong>Dark mode</strong>."),
            ("&view=raw", "All about **Dark mode**."),
            ("&view=lines", "history-from"),
            ("&against=now", "The entry now"),
            ("&against=now&layout=inline", "Removed: "),
        ] {
            let html = open(&mara, &format!("{one}{view}")).await;
            assert!(html.contains(shown), "{view}: {html}");
        }
        let names = format!("project={}&entry={}&revision={first}", project.id, entry.id);
        form(&mara, "history/mark", &one, &format!("{names}&label=As+agreed&pinned=true")).await.expect(302);
        let marked = open(&mara, &page).await;
        assert!(marked.contains("As agreed") && marked.contains("Pinned"), "{marked}");
        let restored = form(&mara, "history/restore", &one, &format!("{names}&lock_version=1")).await.expect(302);
        let there = restored.header("location").unwrap().replace("http://tidings.example", "");
        assert!(there.starts_with(&format!("{page}?revision=")), "{there}");
        assert!(open(&mara, &there).await.contains("Taken up again from"));
        // Somebody else was faster: nothing is restored, and the page says why.
        let second = texts(&cx.db, "SELECT id FROM entry_revisions WHERE number = 2").await.remove(0);
        let other = format!("project={}&entry={}&revision={second}&lock_version=1", project.id, entry.id);
        let refused =
            form(&mara, "history/restore", &format!("{page}?revision={second}"), &other).await.expect(302);
        let back = refused.header("location").unwrap().replace("http://tidings.example", "");
        assert!(open(&mara, &back).await.contains("Somebody changed the entry meanwhile"), "{back}");
    }

    async fn an_entry_from_before_there_was_a_history_says_so(db: Db) {
        let app = app(db);
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        testkit::execute(&cx.db, "DELETE FROM entry_revisions").await;
        let mara = app.owner("Mara").await.by_cookie();
        let page = format!("/dashboard/projects/{}/changelog/{}/history", project.id, entry.id);
        assert!(open(&mara, &page).await.contains("No versions yet"));
        let answer = mara.call(Method::GET, &format!("{page}?revision=cnothing")).header("accept", "text/html").send().await;
        assert_eq!(answer.status(), 404);
    }
}
