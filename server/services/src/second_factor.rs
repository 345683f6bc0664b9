//! The second step of a sign-in.

use model::Result;
use model::second_factor::Factor;
use model::users::User;

use crate::Services;
use crate::access::ClientInfo;
use crate::sign_in::Method;

/// The cookie that carries [`Pending::token`] between the two steps in a browser.
pub const PENDING_COOKIE: &str = "pendingSignIn";

/// A sign-in that waits for its second step.
#[derive(Clone, PartialEq, Eq)]
pub struct Pending {
    /// Secret; good for ten minutes.
    pub token: String,
    pub factor: Factor,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").field("factor", &self.factor).finish_non_exhaustive()
    }
}

/// The step that `user` still has to take after `method`; `None` when they are in.
pub(crate) async fn demanded(
    _cx: &Services,
    _user: &User,
    _method: &Method,
    _client: &ClientInfo,
) -> Result<Option<Pending>> {
    Ok(None)
}
