//! Two servers on one database, killed at random while a thousand entries are due.

use std::time::{Duration, Instant};

use chrono::Utc;
use services::Random;
use store::Db;
use testkit::{FromDb, count, execute, fixtures, run_on_postgres};

use super::Place;
use super::serve::{Server, serve};

/// What servers are started from, and the database they work on.
struct Site {
    place: Place,
    db: Db,
}

impl FromDb for Site {
    async fn from_db(db: Db) -> Self {
        Self { place: Place::from_db(db.clone()).await, db }
    }
}

const PROJECTS: usize = 10;
const DUE: i64 = 95;
/// Due while the servers are being killed.
const SOON: i64 = 5;
/// So long servers are killed, and at least so often: on a busy machine each takes seconds to start.
const KILLS: usize = 3;
const UNREST: Duration = Duration::from_secs(7);
/// So long the rest may take: a lease has to run out.
const PATIENCE: Duration = Duration::from_secs(120);

/// Scheduled entries without jobs. `due` is an expression over the number `n` of each.
#[expect(clippy::disallowed_methods, reason = "the servers under test go by the clock of this machine")]
async fn schedule(db: &Db, project: &str, index: usize, first: i64, entries: i64, due: &str) {
    let now = Utc::now().to_rfc3339();
    execute(
        db,
        &format!(
            "INSERT INTO entry_rows (id, project_id, title, content, excerpt, slug, scheduled_at, lock_version, search, \
             created_at, updated_at) SELECT 'e{index}x' || n, '{project}', 'Entry ' || n, 'Text', 'Text', 'entry-' || n, \
             {due}, 0, 'entry', '{now}', '{now}' FROM generate_series({first}, {}) AS n",
            first + entries - 1
        ),
    )
    .await;
}

/// The jobs that publish them, as scheduling leaves them, all at once.
const JOBS: &str = "INSERT INTO jobs (id, kind, status, entity_id, project_id, entry_id, payload, unique_key, \
    scheduled_at, run_at, retry_count, max_retries, lost_count, created_at, updated_at) SELECT 'j' || id, \
    'PUBLISH_CHANGELOG_ENTRY', 'PENDING', id, project_id, id, '{}', 'PUBLISH_CHANGELOG_ENTRY:' || id, scheduled_at, \
    scheduled_at, 0, 3, 0, created_at, created_at FROM entries";

#[test]
fn a_thousand_entries_go_live_once_each_while_servers_are_killed() {
    run_on_postgres(|site: Site| async move {
        let Site { place, db } = site;
        let cx = testkit::services(db.clone());
        for index in 0..PROJECTS {
            let project = fixtures::public_project(&cx, &format!("Project {index}")).await.id;
            let past = "date_trunc('milliseconds', now() - interval '1 hour' + n * interval '1 second')";
            schedule(&db, project.as_str(), index, 1, DUE, past).await;
            let soon = format!("date_trunc('milliseconds', now() + (n - {DUE}) * interval '1 second')");
            schedule(&db, project.as_str(), index, DUE + 1, SOON, &soon).await;
        }
        execute(&db, JOBS).await;
        execute(&db, "CREATE TABLE due AS SELECT id, scheduled_at FROM entries").await;
        let all = PROJECTS as i64 * (DUE + SOON);
        let done = "jobs WHERE kind = 'PUBLISH_CHANGELOG_ENTRY' AND status = 'COMPLETED'";

        let mut servers: [Option<Server>; 2] = [Some(serve(&place)), Some(serve(&place))];
        let start = Instant::now();
        let mut kills = 0;
        while start.elapsed() < UNREST || kills < KILLS {
            let [which, wait] = Random::System.bytes::<2>();
            tokio::time::sleep(Duration::from_millis(150 + u64::from(wait) * 2)).await;
            let victim = &mut servers[usize::from(which % 2)];
            // SIGKILL, whatever it is doing.
            drop(victim.take());
            kills += 1;
            *victim = Some(serve(&place));
        }
        let start = Instant::now();
        while count(&db, done).await < all && start.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        drop(servers);

        assert!(kills > 2, "{kills} kills");
        let once = |table: &str, column: &str, of: &str| {
            format!("(SELECT {column} FROM {table} WHERE {of} GROUP BY {column} HAVING COUNT(*) = 1) AS once")
        };
        for (what, from) in [
            ("jobs that are done", done.to_owned()),
            ("jobs", "jobs WHERE kind = 'PUBLISH_CHANGELOG_ENTRY'".to_owned()),
            (
                "entries that are public under their date",
                "entries e JOIN due d ON d.id = e.id \
                AND d.scheduled_at = e.published_at AND e.scheduled_at IS NULL"
                    .to_owned(),
            ),
            ("entries with one record", once("audit_logs", "entity_id", "action = 'CHANGELOG_ENTRY_AUTO_PUBLISHED'")),
            ("entries with one event", once("outbox_events", "entry_id", "kind = 'entry.published' AND is_first")),
        ] {
            assert_eq!(count(&db, &from).await, all, "{what}");
        }
        let early = "outbox_events o JOIN due d ON d.id = o.entry_id WHERE o.created_at < d.scheduled_at";
        assert_eq!(count(&db, early).await, 0, "nothing is early");
    });
}
