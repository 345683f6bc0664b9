//! From the blocks of a letter to what goes over the wire: plain text and simple HTML in one message (RFC 2046, 5.1.4).

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use model::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::letters::{Block, Letter};

/// A letter's text in both forms, as it is sealed into the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Text {
    pub plain: String,
    pub html: String,
}

/// Who sends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instance<'a> {
    pub name: &'a str,
    /// Without a trailing slash.
    pub base_url: &'a str,
}

impl Text {
    pub fn of(letter: &Letter, instance: Instance<'_>) -> Self {
        let mut plain = String::new();
        let mut html = String::new();
        for block in &letter.body {
            let (label, href) = match block {
                Block::Text(text) => {
                    let text = one_line(text);
                    plain.push_str(&format!("{text}\n\n"));
                    html.push_str(&format!("<p>{}</p>\n", escape(&text)));
                    continue;
                }
                Block::Link { label, href } => (one_line(label), one_line(href)),
                Block::Page { label, path } => (one_line(label), format!("{}{}", instance.base_url, one_line(path))),
            };
            plain.push_str(&format!("{label}:\n{href}\n\n"));
            let (label, href) = (escape(&label), escape(&href));
            html.push_str(&format!(
                "<p><a href=\"{href}\" style=\"color:#1f4fa8;font-weight:600\">{label}</a><br>\
                 <span style=\"color:#5b6270;font-size:13px;word-break:break-all\">{href}</span></p>\n"
            ));
        }
        let footer = format!("Sent by {} at {}. Answers are not read.", one_line(instance.name), instance.base_url);
        plain.push_str(&format!("-- \n{footer}\n"));
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
             <body style=\"margin:0;padding:24px;background:#ffffff;color:#1d222c;\
             font:16px/1.6 system-ui,-apple-system,'Segoe UI',sans-serif\">\n\
             <div style=\"max-width:34em\">\n<p style=\"font-weight:600\">{name}</p>\n{html}\
             <p style=\"border-top:1px solid #dfe2e8;padding-top:12px;color:#5b6270;font-size:13px\">{footer}</p>\n\
             </div>\n</body>\n</html>\n",
            title = escape(&letter.subject),
            name = escape(&one_line(instance.name)),
            footer = escape(&footer),
        );
        Self { plain, html }
    }
}

/// The subject with the name of the instance.
pub(super) fn subject(letter: &Letter, instance: Instance<'_>) -> String {
    format!("{} \u{b7} {}", one_line(&letter.subject), one_line(instance.name))
}

/// A message that no letter of the instance can have again, so that a receiver knows a copy.
pub(super) fn message_id(id: &str, base_url: &str) -> String {
    format!("<{id}@{}>", host(base_url))
}

/// The host of an address, without port and brackets.
pub(super) fn host(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// What is needed beside the text.
pub(super) struct Head<'a> {
    pub from: &'a str,
    pub from_name: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub message_id: &'a str,
    pub date: Timestamp,
}

/// A whole message. The error says which address cannot be one.
pub(super) fn compose(head: &Head<'_>, text: &Text) -> Result<Message, String> {
    let address = |text: &str| text.parse::<Address>().map_err(|_| format!("{text} is not an address for mail."));
    let from = Mailbox::new(Some(one_line(head.from_name)), address(head.from)?);
    let to = Mailbox::new(None, address(head.to)?);
    let date = UNIX_EPOCH + Duration::from_millis(head.date.timestamp_millis().max(0).unsigned_abs());
    let raw =
        |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    Message::builder()
        .from(from)
        .to(to)
        .subject(one_line(head.subject))
        .message_id(Some(head.message_id.to_owned()))
        .date(date)
        // Nobody answers a machine (RFC 3834, 5); the second is what Exchange listens to.
        .raw_header(raw("Auto-Submitted", "auto-generated"))
        .raw_header(raw("X-Auto-Response-Suppress", "All"))
        .multipart(
            MultiPart::alternative()
                .singlepart(SinglePart::plain(text.plain.clone()))
                .singlepart(SinglePart::html(text.html.clone())),
        )
        .map_err(|_| "The letter could not be put together.".to_owned())
}

/// Text without line breaks and other control characters, which have a meaning of their own in headers and links.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::letters;
    use super::*;
    use model::time::from_wire;

    const HERE: Instance<'_> = Instance { name: "Orbit & Söhne", base_url: "https://changes.example.com" };

    fn written(letter: &Letter) -> String {
        let text = Text::of(letter, HERE);
        let head = Head {
            from: "changes@example.com",
            from_name: HERE.name,
            to: &letter.to,
            subject: &subject(letter, HERE),
            message_id: &message_id("cm1", HERE.base_url),
            date: from_wire("2026-03-04T09:30:00.000Z").unwrap(),
        };
        String::from_utf8(compose(&head, &text).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_letter_is_text_and_html_and_says_that_a_machine_wrote_it() {
        let letter = letters::reset("ada@example.com", "https://changes.example.com/reset-password/abc");
        let sent = written(&letter);
        for part in [
            "Message-ID: <cm1@changes.example.com>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "MIME-Version: 1.0\r\n",
            "Date: Wed, 04 Mar 2026 09:30:00 +0000\r\n",
            "To: ada@example.com\r\n",
            "multipart/alternative",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
        ] {
            assert!(sent.contains(part), "{part} is not in\n{sent}");
        }
        assert!(sent.is_ascii());
    }

    #[test]
    fn what_people_wrote_is_neither_markup_nor_a_header() {
        let name = "Mallory</p><script>alert(1)</script>\r\nBcc: all@example.com";
        let expires = from_wire("2026-03-11T09:30:00.000Z").unwrap();
        let link = "https://changes.example.com/register/abc";
        let letter = letters::invitation("ada@example.com", link, Some(name), model::Role::Staff, expires);
        let text = Text::of(&letter, HERE);
        assert!(!text.html.contains("<script"), "{}", text.html);
        assert!(text.html.contains("Orbit &amp; Söhne"));
        assert!(text.plain.contains("11 March 2026, 09:30 UTC"), "{}", text.plain);
        let letter = letters::notice("ada@example.com", "News\r\nBcc: all@example.com").text(name);
        let sent = written(&letter);
        let head = sent.split("\r\n\r\n").next().unwrap();
        assert!(!head.contains("\r\nBcc:"), "{head}");
    }

    #[test]
    fn pages_lie_below_the_address_of_the_instance() {
        let text = Text::of(&letters::password_changed("ada@example.com"), HERE);
        assert!(text.plain.contains("https://changes.example.com/login\n"), "{}", text.plain);
    }

    #[test]
    fn the_host_of_an_address() {
        for (url, wanted) in [
            ("https://changes.example.com", "changes.example.com"),
            ("http://localhost:3000", "localhost"),
            ("http://[::1]:3000", "::1"),
            ("https://example.com/changes", "example.com"),
        ] {
            assert_eq!(host(url), wanted);
        }
    }
}
