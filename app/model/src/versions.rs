//! Version labels: free text up to 64 characters, and what to suggest for the next one.

use std::cmp::Ordering;
use std::collections::HashSet;

use chrono::{Datelike, Timelike};
use serde::{Deserialize, Serialize};

use crate::check;
use crate::ids::EntryId;
use crate::time::Timestamp;

/// The longest version label, in characters.
pub const MAX_LENGTH: usize = 64;
/// How many numbers are tried before a suggestion is left out.
const MAX_TRIES: usize = 10;

/// The form two versions are compared by: trimmed, lower case, without the `v` of `v1.2.3`.
pub fn key(version: &str) -> String {
    strip_v(version.trim()).to_lowercase()
}

/// The label as readers see it: exactly one `v` before a number, other labels as they are.
pub fn label(version: &str) -> String {
    let bare = strip_v(version.trim());
    if bare.starts_with(|c: char| c.is_ascii_digit()) { format!("v{bare}") } else { bare.to_owned() }
}

/// Removes every leading `v` that stands before a digit, so that `vv1.0` becomes `1.0` and `vanilla` stays.
fn strip_v(version: &str) -> &str {
    let bare = version.trim_start_matches(['v', 'V']);
    if bare.starts_with(|c: char| c.is_ascii_digit()) { bare } else { version }
}

/// An entry and the version it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct UsedVersion {
    pub version: String,
    #[cfg_attr(feature = "sql", sqlx(rename = "id"))]
    pub entry: EntryId,
    pub title: String,
}

/// A version to offer, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub version: String,
    /// "Patch", "Minor", "Major", or what the date template is called.
    pub label: String,
}

/// What a version picker offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionHelp {
    /// The next numbers after the highest semantic version.
    pub next: Vec<Suggestion>,
    /// Versions made from today's date.
    pub dates: Vec<Suggestion>,
    /// The versions given last, newest first.
    pub recent: Vec<UsedVersion>,
}

/// What kind of release a version stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Major,
    Minor,
    Patch,
    /// Not a semantic version.
    Custom,
}

/// A semantic version (Semantic Versioning 2.0.0), with or without `v` before it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Semantic<'a> {
    core: [u64; 3],
    /// Empty for a release.
    pre: &'a str,
}

impl<'a> Semantic<'a> {
    fn parse(version: &'a str) -> Option<Self> {
        let bare = strip_v(version.trim());
        let bare = bare.split_once('+').map_or(bare, |(before, _)| before);
        let (core, pre) = bare.split_once('-').unwrap_or((bare, ""));
        let mut parts = core.split('.');
        let mut number = || {
            let part = parts.next()?;
            // A number has no leading zero, so a date such as 2026.03.07 is not taken for a semantic version.
            let is_number = part.bytes().all(|b| b.is_ascii_digit()) && (part.len() == 1 || !part.starts_with('0'));
            is_number.then(|| part.parse().ok()).flatten()
        };
        let core = [number()?, number()?, number()?];
        (parts.next().is_none() && !bare.ends_with('-')).then_some(Self { core, pre })
    }
}

impl Ord for Semantic<'_> {
    /// Precedence as Semantic Versioning, 11 has it.
    fn cmp(&self, other: &Self) -> Ordering {
        self.core.cmp(&other.core).then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare_pre(self.pre, other.pre),
        })
    }
}

/// The order of two pre-releases, field by field: numbers by their size and before words (Semantic Versioning, 11).
fn compare_pre(a: &str, b: &str) -> Ordering {
    let mut mine = a.split('.');
    let mut theirs = b.split('.');
    loop {
        let order = match (mine.next(), theirs.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => a.cmp(b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Which of two versions is the later one, where their numbers say: semantic versions with their pre-releases, shorter
/// and longer ones, and dates such as `2026.03.07`. Nothing where one of them is not made of numbers.
pub fn compare_numbers(a: &str, b: &str) -> Option<Ordering> {
    let ((mine, pre), (theirs, other)) = (numbers(a)?, numbers(b)?);
    let length = mine.len().max(theirs.len());
    let padded = |numbers: Vec<u64>| numbers.into_iter().chain(std::iter::repeat(0)).take(length);
    let by_numbers = padded(mine).cmp(padded(theirs));
    Some(by_numbers.then_with(|| match (pre.is_empty(), other.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => compare_pre(&pre, &other),
    }))
}

/// The numbers that a version begins with, and what comes after them: its pre-release, in lower case.
fn numbers(version: &str) -> Option<(Vec<u64>, String)> {
    let key = key(version);
    let bare = key.split_once('+').map_or(key.as_str(), |(before, _)| before);
    let end = bare.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(bare.len());
    let (core, pre) = bare.split_at(end);
    let numbers: Option<Vec<u64>> = core.split('.').map(|part| part.parse().ok()).collect();
    let pre = pre.trim_start_matches(['-', '_']);
    let is_plain = pre.is_empty() || pre.starts_with(|c: char| c.is_ascii_alphanumeric());
    numbers.filter(|_| is_plain).map(|numbers| (numbers, pre.to_owned()))
}

impl PartialOrd for Semantic<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of all versions there are: text labels, then numbers of any length (semantic versions, dates), which are
/// compared number by number. A pre-release comes before its release, build metadata does not count, and text is compared
/// with the numbers in it as numbers. Versions that are written differently are never equal.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (key(a), key(b));
    Numbered::of(&a).cmp(&Numbered::of(&b)).then_with(|| natural(&a, &b)).then_with(|| a.cmp(&b))
}

/// A version that begins with numbers; nothing of other labels.
#[derive(Debug, PartialEq, Eq)]
struct Numbered<'a> {
    core: Vec<u64>,
    /// What stands right behind the last number: `b2` in `1.0b2`.
    rest: &'a str,
    /// Empty for a release.
    pre: &'a str,
}

impl<'a> Numbered<'a> {
    fn of(key: &'a str) -> Option<Self> {
        let bare = key.split_once('+').map_or(key, |(before, _)| before);
        let (numbers, pre) = bare.split_once('-').unwrap_or((bare, ""));
        let mut core = Vec::with_capacity(4);
        let mut rest = numbers;
        while let Some(digits) = rest.find(|c: char| !c.is_ascii_digit()).or(Some(rest.len())).filter(|&end| end > 0) {
            // A number too large to count with is as large as can be.
            core.push(rest[..digits].parse().unwrap_or(u64::MAX));
            rest = &rest[digits..];
            match rest.strip_prefix('.') {
                Some(after) if after.starts_with(|c: char| c.is_ascii_digit()) => rest = after,
                _ => break,
            }
        }
        (!core.is_empty()).then_some(Self { core, rest, pre })
    }

    /// Whether what stands behind the numbers marks what comes before a release: `1.0rc1`, but not `1.0a`.
    fn is_early(&self) -> bool {
        let word: &str = self.rest.trim_start_matches(['.', '_']);
        let is_marked =
            |mark: &str| word.strip_prefix(mark).is_some_and(|after| !after.starts_with(char::is_alphabetic));
        ["alpha", "beta", "rc", "pre", "preview", "dev", "snapshot", "nightly", "canary"].into_iter().any(is_marked)
            || ["a", "b"].into_iter().any(|mark| {
                word.strip_prefix(mark).is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()))
            })
    }
}

impl Ord for Numbered<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        // 1.0 and 1.0.0 are as high as each other.
        let length = self.core.len().max(other.core.len());
        let at = |core: &[u64], place: usize| core.get(place).copied().unwrap_or(0);
        let numbers = (0..length).map(|place| at(&self.core, place).cmp(&at(&other.core, place)));
        numbers
            .fold(Ordering::Equal, Ordering::then)
            .then_with(|| other.is_early().cmp(&self.is_early()))
            .then_with(|| natural(self.rest, other.rest))
            .then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
                (false, false) => pre_release(self.pre, other.pre),
                (mine, theirs) => mine.cmp(&theirs),
            })
    }
}

impl PartialOrd for Numbered<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Part by part: numbers before words, fewer parts before more.
fn pre_release(a: &str, b: &str) -> Ordering {
    let (mut mine, mut theirs) = (a.split('.'), b.split('.'));
    loop {
        let order = match (mine.next(), theirs.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => natural(a, b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Text order with the numbers in it as numbers: `rc9` before `rc10`.
fn natural(a: &str, b: &str) -> Ordering {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (mut a, mut b) = (a, b);
    loop {
        let (mine, theirs) = (digits(a), digits(b));
        if mine > 0 && theirs > 0 {
            let (x, y) = (a[..mine].trim_start_matches('0'), b[..theirs].trim_start_matches('0'));
            let order = x.len().cmp(&y.len()).then_with(|| x.cmp(y));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[mine..], &b[theirs..]);
            continue;
        }
        let (mut mine, mut theirs) = (a.chars(), b.chars());
        match (mine.next(), theirs.next()) {
            (Some(x), Some(y)) if x == y => (a, b) = (mine.as_str(), theirs.as_str()),
            (x, y) => return x.cmp(&y),
        }
    }
}

/// `x.0.0` is a major release, `x.y.0` a minor one, any other semantic version a patch.
pub fn kind(version: &str) -> Kind {
    match Semantic::parse(version).map(|semantic| semantic.core) {
        None => Kind::Custom,
        Some([_, 0, 0]) => Kind::Major,
        Some([_, _, 0]) => Kind::Minor,
        Some(_) => Kind::Patch,
    }
}

/// The highest semantic version among `used`, as it is written.
pub fn highest<'a>(used: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let semantic = used.into_iter().filter_map(|version| Some((Semantic::parse(version)?, version)));
    semantic.max_by(|(a, _), (b, _)| a.cmp(b)).map(|(_, version)| version)
}

/// The next patch, minor and major version after the highest semantic one, skipping taken numbers. They begin with `v`
/// unless the highest does not. `v1.0.0` where there is none yet.
pub fn next_versions(used: &[&str]) -> Vec<Suggestion> {
    let taken: HashSet<String> = used.iter().map(|version| key(version)).collect();
    let suggestion = |label: &str, version: String| Suggestion { version, label: label.to_owned() };
    let Some(highest) = highest(used.iter().copied()) else {
        return vec![suggestion("First", "v1.0.0".to_owned())];
    };
    let prefix = if highest.trim().starts_with(['v', 'V']) { "v" } else { "" };
    let mut offered: Vec<Suggestion> = Vec::with_capacity(3);
    for (label, version) in [("Patch", 2), ("Minor", 1), ("Major", 0)] {
        let free = after(highest, version)
            .take(MAX_TRIES)
            .map(|[x, y, z]| format!("{prefix}{x}.{y}.{z}"))
            .find(|version| !taken.contains(&key(version)));
        if let Some(version) = free {
            offered.push(suggestion(label, version));
        }
    }
    offered
}

/// The patches after the highest semantic version, in order and without taken ones; from 1.0.0 where there is none.
pub fn patches(used: &[&str]) -> impl Iterator<Item = String> + use<> {
    let taken: HashSet<String> = used.iter().map(|version| key(version)).collect();
    let highest = highest(used.iter().copied());
    let prefix = if highest.is_some_and(|version| version.trim().starts_with(['v', 'V'])) { "v" } else { "" };
    let first = highest.is_none().then_some([1, 0, 0]).into_iter();
    first
        .chain(after(highest.unwrap_or("1.0.0"), 2))
        .map(move |[x, y, z]| format!("{prefix}{x}.{y}.{z}"))
        .filter(move |version| !taken.contains(&key(version)))
}

/// The numbers after `version`, counting at `place` (0 major, 1 minor, 2 patch). A pre-release is followed by its own
/// release.
fn after(version: &str, place: usize) -> impl Iterator<Item = [u64; 3]> + use<> {
    let semantic = Semantic::parse(version);
    let core = semantic.as_ref().map_or([0; 3], |semantic| semantic.core);
    let is_pre = semantic.is_some_and(|semantic| !semantic.pre.is_empty());
    let first = u64::from(!(is_pre && place == 2));
    (first..).map(move |step| {
        std::array::from_fn(|at| match at.cmp(&place) {
            Ordering::Less => core[at],
            Ordering::Equal => core[at].saturating_add(step),
            Ordering::Greater => 0,
        })
    })
}

/// Templates that make a version from the date, each with its name.
pub const DATE_TEMPLATES: [(&str, &str); 3] = [
    ("v{YYYY}.{MM}.{DD}", "Date"),
    ("v{YYYY}.{MM}.{DD}.{N}", "Date and number"),
    ("v{YYYY}{MM}{DD}", "Date without dots"),
];

/// Fills a template in. Tokens: `{YYYY} {YY} {MM} {DD} {hh} {mm} {ss}` of `now`; `{MAJOR} {MINOR} {PATCH} {VERSION}
/// {NEXT_PATCH} {NEXT_MINOR} {NEXT_MAJOR}` of the highest semantic version among `used` (0.0.0 if there is none); `{N}`,
/// the first number from 1 that makes the result a free version. Anything else stays as it is.
pub fn fill(template: &str, now: Timestamp, used: &[&str]) -> String {
    let highest = highest(used.iter().copied()).unwrap_or("0.0.0");
    let core = Semantic::parse(highest).map_or([0; 3], |semantic| semantic.core);
    let dotted = |[x, y, z]: [u64; 3]| format!("{x}.{y}.{z}");
    let next = |place| dotted(after(highest, place).next().unwrap_or(core));
    let mut filled = String::with_capacity(template.len() + 8);
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, token) = rest.split_at(start);
        filled.push_str(before);
        let Some(end) = token.find('}') else {
            rest = token;
            break;
        };
        let value = match &token[1..end] {
            "YYYY" => format!("{:04}", now.year()),
            "YY" => format!("{:02}", now.year().rem_euclid(100)),
            "MM" => format!("{:02}", now.month()),
            "DD" => format!("{:02}", now.day()),
            "hh" => format!("{:02}", now.hour()),
            "mm" => format!("{:02}", now.minute()),
            "ss" => format!("{:02}", now.second()),
            "MAJOR" => core[0].to_string(),
            "MINOR" => core[1].to_string(),
            "PATCH" => core[2].to_string(),
            "VERSION" => dotted(core),
            "NEXT_PATCH" => next(2),
            "NEXT_MINOR" => next(1),
            "NEXT_MAJOR" => next(0),
            _ => token[..=end].to_owned(),
        };
        filled.push_str(&value);
        rest = &token[end + 1..];
    }
    filled.push_str(rest);
    if !filled.contains("{N}") {
        return filled;
    }
    let taken: HashSet<String> = used.iter().map(|version| key(version)).collect();
    // One number more than there are versions is always free.
    (1..=used.len() + 1)
        .map(|number| filled.replace("{N}", &number.to_string()))
        .find(|version| !taken.contains(&key(version)))
        .unwrap_or(filled)
}

/// The longest template, and the longest name of one, in characters.
pub const MAX_TEMPLATE: usize = 200;
pub const MAX_TEMPLATE_LABEL: usize = 100;
/// The most templates an instance may have.
pub const MAX_TEMPLATES: usize = 50;

/// A template of the instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateTemplate {
    pub format: String,
    pub label: String,
}

/// Trims and checks the templates of an instance; says what is wrong with them.
pub fn checked_templates(templates: Vec<DateTemplate>) -> std::result::Result<Vec<DateTemplate>, String> {
    if templates.len() > MAX_TEMPLATES {
        return Err(format!("There may be {MAX_TEMPLATES} templates at most."));
    }
    let mut checked = Vec::with_capacity(templates.len());
    for (number, template) in (1..).zip(templates) {
        let format = check::line(&template.format, &format!("The format of template {number}"), 1, MAX_TEMPLATE)?;
        let label = check::line(&template.label, &format!("The name of template {number}"), 1, MAX_TEMPLATE_LABEL)?;
        checked.push(DateTemplate { format, label });
    }
    Ok(checked)
}

/// The templates filled in, without those that give a version in use or one that is too long. `None` stands for
/// [`DATE_TEMPLATES`].
pub fn date_versions(templates: Option<&[DateTemplate]>, now: Timestamp, used: &[&str]) -> Vec<Suggestion> {
    let taken: HashSet<String> = used.iter().map(|version| key(version)).collect();
    let filled = |format: &str, label: &str| Suggestion { version: fill(format, now, used), label: label.to_owned() };
    let all: Vec<Suggestion> = match templates {
        Some(templates) => templates.iter().map(|template| filled(&template.format, &template.label)).collect(),
        None => DATE_TEMPLATES.iter().map(|(format, label)| filled(format, label)).collect(),
    };
    let is_free = |offer: &Suggestion| !taken.contains(&key(&offer.version));
    all.into_iter().filter(is_free).filter(|offer| offer.version.chars().count() <= MAX_LENGTH).collect()
}
