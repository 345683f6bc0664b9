//! Code blocks: the language's name, a button that copies, and the code.

use super::Emitter;
use crate::escape;
#[cfg(feature = "highlight")]
use crate::highlight;
use crate::languages::{self, Language};

/// Longest language name taken over from a code fence, in bytes.
const MAX_LANGUAGE: usize = 32;

/// A code block being read.
#[derive(Default)]
pub(super) struct Code {
    fence: Option<Fence>,
    pub(super) text: String,
}

#[derive(Default)]
struct Fence {
    known: Option<&'static Language>,
    /// What the writer called a language that is not known.
    word: String,
}

impl Code {
    /// A block between fences, with what stands behind the first one.
    pub(super) fn fenced(info: &str) -> Self {
        let word = language(info).unwrap_or_default();
        let known = languages::find(word);
        let word = if known.is_some() { String::new() } else { word.to_owned() };
        Self { fence: Some(Fence { known, word }), text: String::new() }
    }
}

impl Emitter<'_> {
    pub(super) fn end_code(&mut self) {
        let Some(Code { fence, text }) = self.code.take() else {
            return;
        };
        let Some(Fence { known, word }) = fence else {
            self.block("<pre tabindex=\"0\"><code>");
            escape::push_text(&mut self.out, &text);
            return self.out.push_str("</code></pre>\n");
        };
        self.block("<div class=\"md-code\">\n<div class=\"md-code-head\">");
        let name = known.map_or(&*word, |language| language.name);
        if !name.is_empty() {
            self.out.push_str("<span class=\"md-code-language\">");
            escape::push_text(&mut self.out, name);
            self.out.push_str("</span>");
        }
        // Hidden until the script that makes it work is there; feeds and mails never have one.
        if self.base.is_none() {
            self.out.push_str("<button type=\"button\" class=\"md-copy\" hidden=\"\">Copy</button>");
        }
        // A wide block scrolls sideways, and what scrolls must be reachable from the keyboard.
        self.out.push_str("</div>\n<pre tabindex=\"0\"><code");
        let id = known.map_or(&*word, |language| language.id);
        if !id.is_empty() {
            self.out.push_str(" class=\"language-");
            escape::push_attribute(&mut self.out, id);
            self.out.push('"');
        }
        self.out.push('>');
        self.push_code(known, &text);
        self.out.push_str("</code></pre>\n</div>\n");
    }

    fn push_code(&mut self, language: Option<&Language>, text: &str) {
        if let Some(language) = language
            && text.len() <= self.highlight
            && highlight::push(&mut self.out, language.id, text)
        {
            self.highlight -= text.len();
        } else {
            escape::push_text(&mut self.out, text);
        }
    }
}

#[cfg(not(feature = "highlight"))]
mod highlight {
    /// Code has no colours in the browser's build.
    pub(super) fn push(_: &mut String, _: &str, _: &str) -> bool {
        false
    }
}

/// The language of a code fence: its first word, if that looks like the name of one.
fn language(info: &str) -> Option<&str> {
    let word = info.trim_start().split([' ', '\t', ',', '{']).next().unwrap_or_default();
    let named = !word.is_empty()
        && word.len() <= MAX_LANGUAGE
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'#' | b'-' | b'_' | b'.'));
    named.then_some(word)
}
