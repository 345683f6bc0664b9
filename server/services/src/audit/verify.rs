//! Checking the whole chain, record by record, in constant memory.

use model::Result;
use model::audit::{Broken, ChainHead, ChainReport, Damage};
use store::audit::chain::{self, Head, Read, Stored};

use super::keys::Key;
use super::seal;
use crate::Services;

/// Records that are read at a time.
const PAGE: i64 = 1_000;
/// Broken places that are told one by one; the others are counted.
const TOLD: usize = 20;

/// Seals what is there, checks every record, and keeps the result for the page of the log. `noted` is an end of the chain
/// that somebody wrote down earlier.
///
/// # Errors
/// When the database cannot be read. What is wrong with the log is no error but part of the report.
pub async fn check(cx: &Services, noted: Option<&ChainHead>) -> Result<ChainReport> {
    let _alone = cx.sealer.check_alone().await;
    seal::seal(cx).await?;
    let report = walk(cx, &Key::of(cx), noted).await?;
    let kept = serde_json::to_value(&report).unwrap_or_default();
    let mut tx = cx.db.begin().await?;
    chain::keep_check(tx.conn(), report.checked_at, &kept).await?;
    tx.commit().await?;
    Ok(report)
}

/// Checks a chain that ends under the key before this one; `None` when it does not. Nothing is sealed or kept.
pub(crate) async fn check_previous(cx: &Services) -> Result<Option<ChainReport>> {
    let Some(previous) = Key::previous(cx) else { return Ok(None) };
    let mut lease = cx.db.acquire().await?;
    let head = chain::head(lease.conn()).await?;
    drop(lease);
    let is_of_it = head.is_some_and(|head| head != Head::default() && previous.head(&head) == head.mac);
    Ok(if is_of_it { Some(walk(cx, &previous, None).await?) } else { None })
}

async fn walk(cx: &Services, key: &Key, noted: Option<&ChainHead>) -> Result<ChainReport> {
    // All of it is of one moment, whatever is written or deleted meanwhile.
    let mut snapshot = cx.db.snapshot().await?;
    let today = Key::of(cx);
    let stored = chain::head(snapshot.conn()).await?;
    let head = stored.clone().unwrap_or_default();
    let mut walk = Walk::new(key, &head);
    if stored.is_none_or(|stored| stored != Head::default() && key.head(&stored) != stored.mac) {
        walk.report(Damage::Head, None, None, None);
    }
    if let Some(noted) = noted {
        walk.look_for(noted);
    }
    // From the very beginning: also what lies before the anchor should not be there.
    let mut last = i64::MIN;
    loop {
        let rows = chain::after(snapshot.conn(), last, PAGE).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            last = last.max(number(row).unwrap_or(last.saturating_add(1)));
            walk.see(row);
        }
    }
    walk.end();
    for row in chain::unsealed(snapshot.conn(), PAGE).await? {
        walk.see_unsealed(&row, &today);
    }
    Ok(ChainReport {
        checked_at: cx.clock.now(),
        records: walk.records,
        head: seal::shown(&head),
        began_at: head.began_at,
        adopted: head.adopted,
        pruned: head.anchor_number,
        broken: walk.broken,
        places: walk.places,
    })
}

fn number(row: &Read) -> Option<i64> {
    match row {
        Read::Whole(row) => row.number,
        Read::Unreadable { number } => *number,
    }
}

/// Where the check stands.
struct Walk<'a> {
    key: &'a Key,
    head: &'a Head,
    noted: Option<&'a ChainHead>,
    /// The number that comes next.
    expected: i64,
    /// What the link before may be: as it is stored, and as it should be. One of them is right after a record in which
    /// only one thing was changed, so that one change is told once.
    before: [String; 2],
    records: i64,
    broken: i64,
    places: Vec<Broken>,
}

impl<'a> Walk<'a> {
    fn new(key: &'a Key, head: &'a Head) -> Self {
        Self {
            key,
            head,
            noted: None,
            expected: head.anchor_number + 1,
            before: [head.anchor_link.clone(), head.anchor_link.clone()],
            records: 0,
            broken: 0,
            places: Vec::new(),
        }
    }

    fn report(&mut self, damage: Damage, number: Option<i64>, until: Option<i64>, id: Option<&str>) {
        self.broken += 1;
        if self.places.len() < TOLD {
            self.places.push(Broken { damage, number, until, id: id.map(str::to_owned) });
        }
    }

    /// What was noted is at the anchor, before it, or still to come.
    fn look_for(&mut self, noted: &'a ChainHead) {
        let at_anchor = noted.number == self.head.anchor_number;
        if noted.number > self.head.number || (at_anchor && noted.link != self.head.anchor_link) {
            self.report(Damage::NotAsNoted, Some(noted.number), None, None);
        } else if noted.number > self.head.anchor_number {
            self.noted = Some(noted);
        }
    }

    fn see(&mut self, row: &Read) {
        self.records += 1;
        let at = number(row);
        if let Some(number) = at {
            if number > self.expected {
                self.report(Damage::Removed, Some(self.expected), Some(number - 1), None);
            }
            if number < self.expected {
                // Below the anchor: Tidings deletes what is there.
                let id = if let Read::Whole(row) = row { Some(row.id.as_str()) } else { None };
                self.report(Damage::Moved, at, at, id);
                return;
            }
        }
        match row {
            Read::Unreadable { .. } => {
                self.report(Damage::Changed, at, at, None);
                self.expected += 1;
                self.before = [String::new(), String::new()];
            }
            Read::Whole(row) => self.see_whole(row, at.unwrap_or(self.expected)),
        }
    }

    fn see_whole(&mut self, row: &Stored, number: i64) {
        let follows_gap = number > self.expected || self.before.iter().all(String::is_empty) && self.expected > 1;
        let should = self.key.stored(row);
        let stored_link = row.link.clone().unwrap_or_default();
        let links = self.before.clone().map(|before| self.key.link(&before, number, row.mac.as_deref()));
        let right_link = links.contains(&stored_link);
        let at = Some(number);
        match &row.mac {
            None => self.report(Damage::Foreign, at, at, Some(&row.id)),
            Some(mac) if *mac != should => {
                // A record that Tidings wrote keeps its hash unless that was changed as well, and then the link does not
                // fit; one that was put in has a hash that never was right.
                let damage = if number > self.head.number { Damage::Foreign } else { Damage::Changed };
                self.report(damage, at, at, Some(&row.id));
            }
            // After a gap the link before is not known; the gap was told already.
            Some(_) if !right_link && !follows_gap => self.report(Damage::Moved, at, at, Some(&row.id)),
            Some(_) if number > self.head.number => self.report(Damage::Foreign, at, at, Some(&row.id)),
            Some(_) => {}
        }
        if self.noted.is_some_and(|noted| noted.number == number && noted.link != stored_link) {
            self.noted = None;
            self.report(Damage::NotAsNoted, at, None, Some(&row.id));
        }
        // What the link should be, if this record's own hash is what was chained.
        let computed = self.key.link(&self.before[0], number, Some(&should));
        self.before = [stored_link, computed];
        self.expected = number + 1;
    }

    /// After the last record with a number.
    fn end(&mut self) {
        if self.expected <= self.head.number {
            self.report(Damage::Removed, Some(self.expected), Some(self.head.number), None);
        } else if self.expected == self.head.number + 1 && !self.before.contains(&self.head.link) {
            self.report(Damage::Moved, Some(self.head.number), Some(self.head.number), None);
        }
    }

    /// What has no place yet is written under the key of today, even where the chain still ends under the one before.
    fn see_unsealed(&mut self, row: &Read, today: &Key) {
        self.records += 1;
        match row {
            Read::Whole(row) if [self.key, today].iter().any(|key| row.mac.as_deref() == Some(&key.stored(row))) => {}
            Read::Whole(row) => self.report(Damage::Foreign, None, None, Some(&row.id)),
            Read::Unreadable { .. } => self.report(Damage::Foreign, None, None, None),
        }
    }
}
