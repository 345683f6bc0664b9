//! Checks of single values. Each says what is allowed; [`Checker`] collects the answers for a whole form, so that a
//! person sees everything that is wrong at once.

use crate::error::{Error, FieldError, Result};

/// Collects the errors of a form.
#[derive(Debug, Default)]
pub struct Checker {
    fields: Vec<FieldError>,
}

impl Checker {
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a value that passed, or notes what is wrong with `field` and gives the type's default instead.
    pub fn take<T: Default>(&mut self, field: &str, checked: std::result::Result<T, String>) -> T {
        checked.unwrap_or_else(|message| {
            self.fail(field, message);
            T::default()
        })
    }

    pub fn fail(&mut self, field: &str, message: impl Into<String>) {
        self.fields.push(FieldError::new(field, message));
    }

    /// Whether something is wrong with `field` already.
    pub fn has(&self, field: &str) -> bool {
        self.fields.iter().any(|noted| noted.field == field)
    }

    /// Whether something is wrong with a field whose name begins with `start` already.
    pub fn has_below(&self, start: &str) -> bool {
        self.fields.iter().any(|noted| noted.field.starts_with(start))
    }

    /// An error with everything noted, if anything was.
    pub fn finish(self) -> Result<()> {
        if self.fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields: self.fields }) }
    }
}

type Checked<T> = std::result::Result<T, String>;

/// Trimmed text of `min` to `max` characters without control characters.
pub fn line(text: &str, what: &str, min: usize, max: usize) -> Checked<String> {
    let text = text.trim();
    let length = text.chars().count();
    if length < min {
        return Err(if min <= 1 {
            format!("{what} is missing.")
        } else {
            format!("{what} needs at least {min} characters.")
        });
    }
    if length > max {
        return Err(format!("{what} has {length} characters; at most {max} are allowed."));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("{what} must be a single line without control characters."));
    }
    Ok(text.to_owned())
}

/// Optional text: blank is `None`.
pub fn optional_line(text: Option<&str>, what: &str, max: usize) -> Checked<Option<String>> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => line(text, what, 1, max).map(Some),
    }
}

/// An e-mail address, trimmed and lower-cased. Checks the shape only: one `@`, a local part, a host with a dot or
/// `localhost`, no white space, at most 254 characters (RFC 5321, 4.5.3.1.3).
pub fn email(text: &str) -> Checked<String> {
    const HINT: &str = "Enter an e-mail address such as name@example.com.";
    let email = text.trim().to_lowercase();
    let Some((local, host)) = email.rsplit_once('@') else { return Err(HINT.to_owned()) };
    let plain = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control());
    let host_ok = host == "localhost"
        || (host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !host.contains("..")
            && host.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-'));
    if email.len() > 254 || !plain(local) || local.contains('@') || !host_ok {
        return Err(HINT.to_owned());
    }
    Ok(email)
}

/// A new password: 8 characters to 256 bytes, no composition rules (NIST SP 800-63B, 5.1.1).
pub fn new_password(text: &str) -> Checked<String> {
    if text.chars().count() < 8 {
        return Err("The password needs at least 8 characters.".to_owned());
    }
    if text.len() > 256 {
        return Err("The password may have at most 256 bytes.".to_owned());
    }
    Ok(text.to_owned())
}

/// A path of this site: a single leading slash, no backslash, nothing but printable ASCII. Nothing else is a target to go
/// to after signing in.
pub fn local_path(path: &str) -> Option<&str> {
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.chars().all(|c| c.is_ascii_graphic());
    local.then_some(path)
}

/// `#RRGGBB`, lower-cased; blank is `None`.
pub fn color(text: Option<&str>) -> Checked<Option<String>> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) if text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|b| b.is_ascii_hexdigit()) => {
            Ok(Some(text.to_ascii_lowercase()))
        }
        Some(_) => Err("A colour is # and six hexadecimal digits, such as #4f46e5.".to_owned()),
    }
}
