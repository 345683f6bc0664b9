//! Who has an entry open in the editor.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;

/// How often an editor gives a sign of life, in seconds.
pub const BEAT: u64 = 15;
/// After how many seconds without one somebody counts as gone: two may be lost on the way.
pub const GONE_AFTER: i64 = 40;

/// Somebody else with the same entry open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Present {
    pub id: UserId,
    pub name: String,
    /// Whether they typed since their last sign of life.
    pub is_writing: bool,
}

/// What a sign of life is answered with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Around {
    /// The others, by name.
    pub others: Vec<Present>,
    /// How often the entry was saved so far: more than the editor knows when somebody else has saved.
    pub lock_version: i64,
}

/// `Grace is editing`, `Grace and Mary are editing`, `Grace is here`; nothing when nobody is.
pub fn told(others: &[Present]) -> String {
    let writing: Vec<&str> = others.iter().filter(|other| other.is_writing).map(|other| other.name.as_str()).collect();
    let (names, what) = if writing.is_empty() {
        (others.iter().map(|other| other.name.as_str()).collect(), "here")
    } else {
        (writing, "editing")
    };
    match names.as_slice() {
        [] => String::new(),
        [one] => format!("{one} is {what}"),
        [first, second] => format!("{first} and {second} are {what}"),
        [first, rest @ ..] => format!("{first} and {} others are {what}", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_there_is_told_in_words() {
        let person = |(name, is_writing): &(&str, bool)| Present {
            id: "c1".parse().unwrap(),
            name: (*name).to_owned(),
            is_writing: *is_writing,
        };
        for (others, words) in [
            (&[][..], ""),
            (&[("Ada", false)], "Ada is here"),
            (&[("Ada", false), ("Grace", true)], "Grace is editing"),
            (&[("Ada", true), ("Grace", true)], "Ada and Grace are editing"),
            (&[("Ada", false), ("Grace", false), ("Mary", false)], "Ada and 2 others are here"),
        ] {
            let others: Vec<Present> = others.iter().map(person).collect();
            assert_eq!(told(&others), words);
        }
    }
}
