//! Passwords that thieves know, from breaches of other sites. Off unless an administrator switches it on.
//!
//! Neither a password nor its hash leaves the server: it sends the first five of forty digits of a SHA-1, gets every
//! known hash that begins so, and compares here. When nobody answers, nobody is held up.

use std::fmt::Write;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use model::{Error, Result};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::outgoing::Call;
use crate::{Services, instance};

/// Where the hashes are, unless the configuration says otherwise.
pub const DEFAULT_URL: &str = "https://api.pwnedpasswords.com/range";

const PATIENCE: Duration = Duration::from_secs(3);
/// About four times what a padded answer has.
const LARGEST: usize = 256 * 1024;
/// How many digits are told.
const TOLD: usize = 5;

/// Whether passwords are looked up at all.
pub(crate) async fn is_on(cx: &Services) -> Result<bool> {
    Ok(instance::shared(cx).await?.breach_check_enabled)
}

/// How often a password was found in breaches; `None` when it was not, or when nobody could be asked.
pub(crate) async fn times_seen(cx: &Services, password: &str) -> Option<u64> {
    let hash = sha1(password);
    let (told, kept) = hash.split_at(TOLD);
    let url = format!("{}/{told}", cx.settings.breach_check_url.trim_end_matches('/'));
    // Asks for lines that mean nothing, so that the length of the answer does not tell which one it is.
    let padded = (HeaderName::from_static("add-padding"), HeaderValue::from_static("true"));
    let call = Call::get(&url).with(padded.0, padded.1).patience(PATIENCE).largest(LARGEST);
    match cx.outgoing.send(call).await {
        Ok(answer) if answer.is_success() => count(&String::from_utf8_lossy(&answer.body), kept),
        Ok(answer) => {
            tracing::warn!(status = answer.status.as_u16(), "The list of known passwords gave no answer");
            None
        }
        Err(trouble) => {
            tracing::warn!(%trouble, "The list of known passwords could not be asked: {trouble}");
            None
        }
    }
}

/// Refuses a new password that thieves know.
///
/// # Errors
/// `Invalid` naming `field`.
pub(crate) async fn refuse_known(cx: &Services, field: &str, password: &str) -> Result<()> {
    if !is_on(cx).await? {
        return Ok(());
    }
    match times_seen(cx, password).await {
        None => Ok(()),
        Some(count) => {
            let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
            let text = format!(
                "This password was found {times} in breaches of other sites, so it is among the first that thieves try. \
                 Choose another."
            );
            Err(Error::field(field, text))
        }
    }
}

/// Forty digits, upper case, as the list has them.
fn sha1(password: &str) -> String {
    let mut text = String::with_capacity(40);
    for byte in digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes()).as_ref() {
        // A string takes whatever is written into it.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// The number beside a hash in lines of `REST:COUNT`. Lines that fill up have the count 0.
fn count(lines: &str, kept: &str) -> Option<u64> {
    let found =
        lines.lines().filter_map(|line| line.trim().split_once(':')).find(|(rest, _)| rest.eq_ignore_ascii_case(kept));
    found.and_then(|(_, count)| count.trim().parse().ok()).filter(|&count| count > 0)
}

#[cfg(test)]
mod tests {
    use super::{count, sha1};

    #[test]
    fn the_hash_is_told_apart_from_those_that_begin_alike() {
        let hash = sha1("password");
        assert_eq!(hash, "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
        let list = "0018A45C4D1DEF81644B54AB7F969B88D65:21\r\n1E4C9B93F3F0682250B6CF8331B7EE68FD8:52256179\r\n\
                    1E4C9B93F3F0682250B6CF8331B7EE68FD9:0\r\nnonsense\r\n";
        assert_eq!(count(list, &hash[5..]), Some(52_256_179));
        assert_eq!(count(list, "1E4C9B93F3F0682250B6CF8331B7EE68FD9"), None, "a line that fills up");
        for other in ["", "0018A45C4D1DEF81644B54AB7F969B88D6", "nonsense"] {
            assert_eq!(count(list, other), None, "{other}");
        }
        assert_eq!(count("<html>:1", &hash[5..]), None);
    }
}
