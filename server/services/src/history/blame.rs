//! Who wrote which line: the history is played again from its beginning, and every line belongs to the revision that
//! brought it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use model::revisions::{Blame, BlamedLine, MAX_BLAMED_LINES, Revision};
use model::{EntryId, Error, Result, RevisionId};
use quick_cache::sync::Cache;
use store::revisions::Step;
use store::{Snapshot, revisions};

use super::compare::beside;
use crate::Services;
use crate::access::{Grant, ReadEntries};

/// So many revisions are played again. Lines that are older belong to the oldest of them.
const MAX_STEPS: i64 = 1_000;
/// Texts that are in memory at the same time.
const AT_ONCE: usize = 20;
/// Answers that are kept. The longest have 5,000 numbers.
const KEPT: usize = 200;

/// The number of the revision that each line of a text is from.
type Owners = Arc<Vec<i64>>;

/// What was found out before, by revision and everything it was found out from.
#[derive(Clone)]
pub struct Blames(Arc<Cache<(RevisionId, u64), Owners>>);

impl Default for Blames {
    fn default() -> Self {
        Self(Arc::new(Cache::new(KEPT)))
    }
}

/// Tells of every line of a revision which revision brought it.
///
/// # Errors
/// `NotFound`; `BadRequest` above 5,000 lines.
pub async fn blame(cx: &Services, may: &Grant<ReadEntries>, entry: &EntryId, id: &RevisionId) -> Result<Blame> {
    // An autosave may replace a text between two reads.
    let mut snapshot = cx.db.snapshot().await?;
    let revision = revisions::find(snapshot.conn(), may.project_id(), entry, id).await?.ok_or(Error::NotFound)?;
    let lines: Vec<&str> = revision.content.split('\n').collect();
    if lines.len() > MAX_BLAMED_LINES {
        return Err(Error::bad_request(format!(
            "This text has {} lines. Who wrote which line is told up to {MAX_BLAMED_LINES} lines.",
            lines.len()
        )));
    }
    let number = revision.summary.number;
    let steps = revisions::steps(snapshot.conn(), may.project_id(), entry, number, MAX_STEPS).await?;
    let key = (id.clone(), fingerprint(&steps));
    let owners = match cx.blames.0.get(&key) {
        Some(owners) => owners,
        None => {
            let owners = Arc::new(replay(&mut snapshot, &revision, &steps).await?);
            cx.blames.0.insert(key, owners.clone());
            owners
        }
    };
    let from = owners.iter().copied().min().unwrap_or(number);
    let all = revisions::summaries(snapshot.conn(), may.project_id(), entry, from, number).await?;
    let named: HashSet<i64> = owners.iter().copied().collect();
    let all: Vec<_> = all.into_iter().filter(|one| named.contains(&one.number)).collect();
    let id_of =
        |number: i64| all.iter().find(|one| one.number == number).map_or_else(|| id.clone(), |one| one.id.clone());
    let lines = lines.iter().zip(owners.iter());
    let lines = lines.map(|(text, owner)| BlamedLine { text: (*text).to_owned(), revision: id_of(*owner) }).collect();
    Ok(Blame { lines, revisions: all })
}

/// Changes with whatever the answer depends on.
fn fingerprint(steps: &[Step]) -> u64 {
    let mut hasher = DefaultHasher::new();
    steps.hash(&mut hasher);
    hasher.finish()
}

async fn replay(snapshot: &mut Snapshot, revision: &Revision, steps: &[Step]) -> Result<Vec<i64>> {
    let mut before = (String::new(), Vec::new());
    for some in steps.chunks(AT_ONCE) {
        let (Some(first), Some(last)) = (some.first(), some.last()) else { break };
        let texts = revisions::contents(snapshot.conn(), &revision.summary.entry_id, first.number, last.number).await?;
        before = beside(move || {
            let (mut text, mut owners) = before;
            for (number, next) in texts {
                owners = follow(&text, owners, &next, number);
                text = next;
            }
            (text, owners)
        })
        .await?;
    }
    Ok(before.1)
}

/// The owners of the lines of the next text.
fn follow(text: &str, owners: Vec<i64>, next: &str, number: i64) -> Vec<i64> {
    // Before the first text there is none, which is not the same as an empty line.
    let old: Vec<&str> = if owners.is_empty() { Vec::new() } else { text.split('\n').collect() };
    let new: Vec<&str> = next.split('\n').collect();
    ::compare::carry(&old, &owners, &new, &number)
}
