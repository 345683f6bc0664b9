//! When to ask again, and how long to wait before.

use std::time::Duration;

use http::StatusCode;

use crate::Error;

/// Attempts altogether.
pub(crate) const ATTEMPTS: u32 = 4;
/// Whom a server asks to wait longer than this is better told so than kept waiting.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Whether a request may arrive twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat<'a> {
    /// It only reads.
    Safe,
    /// It is sent with this `Idempotency-Key`, so that the server does it once and gives the first answer again.
    Keyed(&'a str),
    /// It must not. It is sent again only if it cannot have been carried out.
    Never,
}

/// Told before a wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub pause: Duration,
    /// What happened, as a sentence.
    pub reason: String,
}

/// How long to wait before attempt `done + 1`, or `None` to give up.
pub(crate) fn pause(repeat: Repeat<'_>, error: &Error, done: u32) -> Option<Duration> {
    if done >= ATTEMPTS {
        return None;
    }
    let may_arrive_twice = repeat != Repeat::Never;
    let again = match error {
        Error::Unreachable { unsent, .. } => *unsent || may_arrive_twice,
        Error::Refused(refusal) => match refusal.status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => may_arrive_twice,
            // The first attempt is still being carried out.
            StatusCode::CONFLICT => matches!(repeat, Repeat::Keyed(_)) && refusal.retry_after.is_some(),
            _ => false,
        },
        _ => false,
    };
    let asked = match error {
        Error::Refused(refusal) => refusal.retry_after.map(Duration::from_secs),
        _ => None,
    };
    // Half a second, one, two.
    let pause = asked.unwrap_or_else(|| Duration::from_millis(500 << (done - 1).min(6)));
    (again && pause <= LONGEST_WAIT).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Refusal;

    fn refused(status: u16, retry_after: Option<u64>) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        Error::Refused(Refusal { status, message: String::new(), code: None, details: Vec::new(), retry_after })
    }

    fn broken(unsent: bool) -> Error {
        Error::Unreachable { address: String::new(), reason: String::new(), unsent }
    }

    #[track_caller]
    fn check(repeat: Repeat<'_>, error: Error, done: u32, expected_ms: Option<u64>) {
        assert_eq!(pause(repeat, &error, done), expected_ms.map(Duration::from_millis), "{repeat:?} {error:?}");
    }

    #[test]
    fn what_may_arrive_twice_is_sent_again_with_growing_gaps_and_then_no_more() {
        for repeat in [Repeat::Safe, Repeat::Keyed("k")] {
            for error in [|| broken(false), || refused(503, None), || refused(502, None), || refused(429, None)] {
                check(repeat, error(), 1, Some(500));
                check(repeat, error(), 2, Some(1000));
                check(repeat, error(), 3, Some(2000));
                check(repeat, error(), 4, None);
            }
        }
    }

    #[test]
    fn a_change_without_a_key_is_sent_again_only_if_it_cannot_have_happened() {
        check(Repeat::Never, broken(true), 1, Some(500));
        check(Repeat::Never, refused(429, Some(2)), 1, Some(2000));
        check(Repeat::Never, broken(false), 1, None);
        check(Repeat::Never, refused(503, None), 1, None);
    }

    #[test]
    fn the_server_says_how_long_to_wait_and_too_long_is_not_waited_for() {
        check(Repeat::Safe, refused(429, Some(0)), 1, Some(0));
        check(Repeat::Safe, refused(429, Some(60)), 3, Some(60_000));
        check(Repeat::Safe, refused(429, Some(61)), 1, None);
    }

    #[test]
    fn a_refusal_is_an_answer_and_is_not_asked_for_again() {
        for status in [400, 401, 403, 404, 409, 412, 422, 500] {
            check(Repeat::Keyed("k"), refused(status, None), 1, None);
        }
        check(Repeat::Keyed("k"), refused(409, Some(1)), 1, Some(1000));
        check(Repeat::Safe, refused(409, Some(1)), 1, None);
    }
}
