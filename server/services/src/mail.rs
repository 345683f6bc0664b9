//! Letters of the instance.

use model::Result;
use store::Conn;

use crate::Services;

/// A letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What it is for, such as `password_reset`; shown to administrators.
    pub kind: &'static str,
    pub to: String,
    pub subject: String,
    /// May hold a secret, such as a link that opens an account.
    pub text: String,
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    Waiting,
    /// Nothing was sent, because no mail server is set.
    NotConfigured,
}

/// Puts a letter into the outbox, inside the transaction of what it tells of.
pub(crate) async fn queue(_cx: &Services, _conn: Conn<'_>, _letter: Letter) -> Result<Queued> {
    Ok(Queued::NotConfigured)
}
