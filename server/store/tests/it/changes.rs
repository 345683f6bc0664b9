use model::ProjectId;
use store::changes::{Changes, Moment, listen};
use store::{Db, projects, trash};
use testkit::{Twin, on_both_databases};

use crate::values::{BY, project, stored_project};

/// Waits until this process has heard of a change of the project since `moment`; gives up after ten seconds.
async fn hears(changes: &Changes, id: &ProjectId, moment: Moment) -> bool {
    let source = changes.project(id);
    let mut told = changes.subscribe();
    let heard = async {
        while changes.is_current(&source, moment) {
            told.changed().await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), heard).await.is_ok()
}

/// Starts to listen, and waits until it hears.
async fn listening(db: &Db) -> tokio::task::JoinHandle<()> {
    let mut told = db.changes().subscribe();
    let task = tokio::spawn(listen(db.clone()));
    let source = db.changes().everything();
    while !db.changes().is_current(&source, db.changes().now()) || *told.borrow_and_update() < 2 {
        told.changed().await.unwrap();
    }
    task
}

on_both_databases! {
    async fn when_a_commit_returns_everybody_here_knows_of_its_changes(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let other = stored_project(&db, "other").await;
        let (changes, before) = (db.changes().clone(), db.changes().now());
        let (of_acme, of_other) = (changes.project(&acme.id), changes.project(&other.id));
        let mut tx = db.begin().await.unwrap();
        projects::touch(&mut tx, &acme.id).await.unwrap();
        assert!(changes.is_current(&of_acme, before), "nothing has changed yet");
        tx.commit().await.unwrap();
        assert!(!changes.is_current(&of_acme, before));
        assert!(changes.is_current(&of_other, before));
    }

    async fn what_was_rolled_back_or_only_read_is_no_change(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let before = db.changes().now();
        let mut tx = db.begin().await.unwrap();
        projects::touch(&mut tx, &acme.id).await.unwrap();
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        assert!(projects::lock(tx.conn(), &acme.id).await.unwrap());
        tx.commit().await.unwrap();
        assert!(db.changes().is_current(&db.changes().everything(), before));
    }

    async fn a_caller_who_goes_away_during_a_commit_leaves_nobody_uninformed(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let before = db.changes().now();
        let mut tx = db.begin().await.unwrap();
        projects::touch(&mut tx, &acme.id).await.unwrap();
        let mut commit = Box::pin(tx.commit());
        // One look at it, and the caller is gone.
        let first = std::future::poll_fn(|cx| std::task::Poll::Ready(commit.as_mut().poll(cx))).await;
        assert!(first.is_pending(), "the commit was over before it could be left");
        drop(commit);
        assert!(hears(db.changes(), &acme.id, before).await);
        assert_eq!(read!(db, projects::find, &acme.id).unwrap().revision, 1);
    }

    async fn what_another_process_changes_is_heard(twin: Twin) {
        let Twin { db, other } = twin;
        let acme = stored_project(&db, "acme").await;
        let task = listening(&db).await;
        let before = db.changes().now();
        change!(other, projects::touch, &acme.id).unwrap();
        assert!(hears(db.changes(), &acme.id, before).await, "a change");
        let before = db.changes().now();
        let new = project("new");
        change!(other, projects::insert, &new, None).unwrap();
        assert!(hears(db.changes(), &new.id, before).await, "a new project");
        let before = db.changes().now();
        change!(other, trash::put_project, &acme, BY).unwrap();
        assert!(hears(db.changes(), &acme.id, before).await, "a deletion");
        task.abort();
    }

    async fn own_changes_are_told_once(db: Db) {
        let acme = stored_project(&db, "acme").await;
        let task = listening(&db).await;
        let mut told = db.changes().subscribe();
        told.borrow_and_update();
        change!(db, projects::touch, &acme.id).unwrap();
        let after = db.changes().now();
        // The next notice that arrives is that of the next change, not an echo of this one.
        tokio::time::timeout(std::time::Duration::from_millis(600), async {
            told.changed().await.unwrap();
            told.changed().await.unwrap();
        })
        .await
        .unwrap_err();
        assert!(db.changes().is_current(&db.changes().project(&acme.id), after));
        task.abort();
    }
}

#[test]
fn when_the_connection_is_cut_what_was_missed_is_not_served() {
    testkit::run_on_postgres(async |twin: Twin| {
        let Twin { db, other } = twin;
        let acme = stored_project(&db, "acme").await;
        let task = listening(&db).await;
        let before = db.changes().now();
        let cut = "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS BIGINT) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'";
        let Db::Postgres { pool, .. } = &other else { panic!("not PostgreSQL") };
        let cut: i64 = sqlx::query_scalar(cut).fetch_one(pool).await.unwrap();
        assert!(cut >= 1, "nobody listened");
        assert!(hears(db.changes(), &acme.id, before).await, "what was kept is doubtful at once");
        let mut told = db.changes().subscribe();
        while !db.changes().is_current(&db.changes().project(&acme.id), db.changes().now()) {
            told.changed().await.unwrap();
        }
        let before = db.changes().now();
        change!(other, projects::touch, &acme.id).unwrap();
        assert!(hears(db.changes(), &acme.id, before).await, "it listens again");
        task.abort();
    });
}
