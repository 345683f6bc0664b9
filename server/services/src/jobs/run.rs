//! Taking jobs that are due and seeing to it that they are done.

use std::collections::HashMap;
use std::time::Duration as StdDuration;

use chrono::Duration;
use model::Result;
use model::time::Timestamp;
use store::jobs::{self, ClaimedJob};
use tokio::task::{Id, JoinSet};

use super::work;
use crate::Services;

/// Jobs that one instance does at a time.
const AT_ONCE: usize = 5;
/// The longest time between two looks. What another instance plans is seen by then.
const EVERY: StdDuration = StdDuration::from_secs(2);
/// Between two looks while there is something to do.
const SOON: StdDuration = StdDuration::from_millis(200);
/// So long whoever took a job is believed to live without a sign.
pub(super) const LEASE: Duration = Duration::seconds(15);
/// A job whose holders died so often is what they die of.
const MOST_LOST: i64 = 10;
/// Who is told to stop finishes what is at hand, but not for longer than this.
const LAST_WORDS: StdDuration = StdDuration::from_secs(18);

/// Does jobs when they are due, until `stop` ends. Runs beside, as a task.
pub async fn run(cx: Services, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut running = JoinSet::new();
    let mut holders: HashMap<Id, String> = HashMap::new();
    let mut planned_on = None;
    loop {
        let today = cx.clock.now().date_naive();
        if planned_on != Some(today) {
            match work::plan_purge(&cx).await {
                Ok(()) => planned_on = Some(today),
                Err(error) => tracing::warn!(%error, "The daily clean-up could not be planned; it is tried again"),
            }
        }
        let room = AT_ONCE.saturating_sub(running.len());
        let wait = match look(&cx, room).await {
            Ok((taken, wait)) => {
                if let Some((holder, jobs)) = taken {
                    for job in jobs {
                        let task = running.spawn(work::see_to(cx.clone(), holder.clone(), job));
                        holders.insert(task.id(), holder.clone());
                    }
                }
                wait
            }
            Err(error) => {
                tracing::warn!(%error, "The jobs could not be looked at; it is tried again");
                EVERY
            }
        };
        tokio::select! {
            () = &mut stop => break,
            Some(ended) = running.join_next_with_id() => forget(&mut holders, ended),
            () = tokio::time::sleep(wait) => {}
        }
    }
    let finish = async {
        while let Some(ended) = running.join_next_with_id().await {
            forget(&mut holders, ended);
        }
    };
    if tokio::time::timeout(LAST_WORDS, finish).await.is_err() {
        running.shutdown().await;
        for holder in holders.into_values() {
            if let Err(error) = release(&cx, &holder).await {
                tracing::warn!(%error, "A job could not be given back; another instance takes it over");
            }
        }
    }
}

fn forget(holders: &mut HashMap<Id, String>, ended: Result<(Id, ()), tokio::task::JoinError>) {
    let id = match ended {
        Ok((id, ())) => id,
        Err(error) => {
            tracing::error!(%error, "A job ended in an unforeseen way; it is tried again");
            error.id()
        }
    };
    holders.remove(&id);
}

async fn release(cx: &Services, holder: &str) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    jobs::release(tx.conn(), holder, cx.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Does what is due now, one after the other; gives how many jobs were taken.
///
/// # Errors
/// When the database cannot be reached.
pub async fn run_due(cx: &Services) -> Result<usize> {
    let mut done = 0;
    while let (Some((holder, jobs)), _) = look(cx, AT_ONCE).await? {
        for job in jobs {
            work::see_to(cx.clone(), holder.clone(), job).await;
            done += 1;
        }
    }
    Ok(done)
}

/// Jobs under the name of whoever holds them.
type Taken = (String, Vec<ClaimedJob>);

/// Takes jobs for which there is room, and says how long to wait before looking again.
async fn look(cx: &Services, room: usize) -> Result<(Option<Taken>, StdDuration)> {
    let now = cx.clock.now();
    // Most looks find nothing, and reading disturbs nobody.
    let (next, is_any_lost, is_any_ready) = {
        let mut lease = cx.db.acquire().await?;
        let next = jobs::next_due(lease.conn(), now).await?;
        (next, jobs::is_any_lost(lease.conn(), now).await?, jobs::is_any_ready(lease.conn(), now).await?)
    };
    if is_any_lost {
        return_lost(cx, now).await?;
    }
    if room == 0 || !(is_any_ready || is_any_lost) {
        return Ok((None, until(next, now)));
    }
    let holder = cx.random.token(20);
    let mut tx = cx.db.begin().await?;
    let taken = jobs::claim(tx.conn(), &holder, now + LEASE, now, i64::try_from(room).unwrap_or(1)).await?;
    tx.commit().await?;
    Ok(((!taken.is_empty()).then_some((holder, taken)), SOON))
}

async fn return_lost(cx: &Services, now: Timestamp) -> Result<()> {
    const GIVEN_UP: &str = "The server stopped while it worked on this, again and again.";
    let mut tx = cx.db.begin().await?;
    let returned = jobs::return_lost(tx.conn(), now, MOST_LOST, GIVEN_UP).await?;
    tx.commit().await?;
    if returned > 0 {
        tracing::info!(jobs = returned, "Taking {returned} jobs over that an instance left unfinished");
    }
    Ok(())
}

/// How long to sleep until a moment, within bounds.
fn until(next: Option<Timestamp>, now: Timestamp) -> StdDuration {
    let ahead = next.and_then(|next| (next - now).to_std().ok()).unwrap_or(EVERY);
    ahead.clamp(StdDuration::from_millis(1), EVERY)
}
