//! What a change is made to depend on.

use model::{Error, Result};

/// Whether a record is still what its caller made a change depend on.
///
/// It is asked inside the transaction that makes the change, so that nobody can change the record between question and
/// change; where it does not hold, the change ends in [`Error::Outdated`] and nothing was done.
pub trait Condition<T>: Send + Sync {
    fn holds(&self, record: &T) -> bool;
}

/// A change that depends on nothing.
#[derive(Debug, Clone, Copy)]
pub struct Always;

impl<T> Condition<T> for Always {
    fn holds(&self, _record: &T) -> bool {
        true
    }
}

/// `record` is what the transaction that is about to change it has read.
pub(crate) fn check<T>(condition: &dyn Condition<T>, record: &T) -> Result<()> {
    if condition.holds(record) { Ok(()) } else { Err(Error::Outdated) }
}
