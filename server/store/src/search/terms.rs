//! What a query asks the index for.

use model::search::{self, Instead};

use super::words;
use crate::db::{Conn, Engine};
use crate::error::Result;

/// One word of a query, and what is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    /// In lower case, as it was given.
    pub word: String,
    /// Any of these; empty when the index cannot help.
    any: Vec<Phrase>,
    /// What the text must have exactly so: signs, which the index does not keep.
    pub written: Option<String>,
}

/// Words that stand one after the other. The last one may go on, if `is_begun`.
#[derive(Debug, Clone, PartialEq)]
struct Phrase {
    words: Vec<String>,
    is_begun: bool,
}

impl Phrase {
    fn whole(word: String) -> Self {
        Self { words: vec![word], is_begun: false }
    }

    /// In the language of the engine. The words have letters and digits only, so that nothing in them means anything
    /// there; quotes keep words such as `AND` from being read as such.
    fn in_index(&self, engine: Engine) -> String {
        match engine {
            Engine::Sqlite => format!("\"{}\"{}", self.words.join(" "), if self.is_begun { "*" } else { "" }),
            Engine::Postgres => {
                let words: Vec<String> = self.words.iter().map(|word| format!("'{word}'")).collect();
                format!("({}{})", words.join(" <-> "), if self.is_begun { ":*" } else { "" })
            }
        }
    }
}

impl Term {
    fn new(word: String) -> Self {
        let pieces: Vec<String> = search::pieces(&word).map(str::to_owned).collect();
        let is_plain = pieces.len() == 1 && pieces.concat() == word;
        let any = if pieces.is_empty() { Vec::new() } else { vec![Phrase { words: pieces, is_begun: true }] };
        Self { written: (!is_plain).then(|| word.clone()), any, word }
    }

    /// Only what has the word somewhere, found without the index.
    fn only_written(word: String) -> Self {
        Self { written: Some(word.clone()), any: Vec::new(), word }
    }

    /// Whatever has one of these words.
    fn one_of(word: String, words: Vec<String>) -> Self {
        Self { word, any: words.into_iter().map(Phrase::whole).collect(), written: None }
    }

    /// What the index is asked for, if it is.
    pub fn in_index(&self, engine: Engine) -> Option<String> {
        let or = match engine {
            Engine::Sqlite => " OR ",
            Engine::Postgres => " | ",
        };
        let any: Vec<String> = self.any.iter().map(|phrase| phrase.in_index(engine)).collect();
        (!any.is_empty()).then(|| format!("({})", any.join(or)))
    }

    /// What stands in a text that was found: the word itself, or what was read in its place.
    pub fn marks(&self) -> impl Iterator<Item = String> {
        let read: Vec<String> = match self.any.as_slice() {
            [phrase, ..] if !phrase.is_begun && !phrase.words.concat().contains(&self.word) => {
                self.any.iter().map(|phrase| phrase.words.concat()).collect()
            }
            _ => vec![self.word.clone()],
        };
        read.into_iter()
    }
}

/// How many words of the index may stand for one of a query.
const MOST: usize = 100;

/// The terms of a query. In scripts without spaces, what the index takes for a word is half a sentence, so a word is
/// looked for within those from the start.
pub(super) async fn of(mut conn: Conn<'_>, query: &str) -> Result<Vec<Term>> {
    let mut terms = Vec::new();
    for word in search::words(&query.replace('\0', " ")) {
        let term = Term::new(word);
        terms.push(if search::runs_on(&term.word) && term.written.is_none() {
            within(conn.again(), term.word).await?
        } else {
            term
        });
    }
    Ok(terms)
}

/// What has a word within others; in the texts themselves where the index has too many such words, or none.
async fn within(conn: Conn<'_>, word: String) -> Result<Term> {
    let words = words::containing(conn, &word, MOST + 1).await?;
    let is_few = !words.is_empty() && words.len() <= MOST;
    Ok(if is_few { Term::one_of(word, words) } else { Term::only_written(word) })
}

/// Terms that find more.
pub(super) struct Widened {
    pub terms: Vec<Term>,
    /// Whether they are others than before.
    pub is_new: bool,
    pub instead: Vec<Instead>,
}

/// For a query that found nothing: words that the index does not have are looked for within others, then as they would be
/// spelt rightly.
pub(super) async fn widen(mut conn: Conn<'_>, terms: Vec<Term>) -> Result<Widened> {
    let mut widened = Widened { terms: Vec::with_capacity(terms.len()), is_new: false, instead: Vec::new() };
    for term in terms {
        let is_plain = term.written.is_none() && matches!(term.any.as_slice(), [phrase] if phrase.is_begun);
        if !is_plain || words::begin(conn.again(), &term.word).await? {
            widened.terms.push(term);
            continue;
        }
        let within = words::containing(conn.again(), &term.word, MOST).await?;
        if !within.is_empty() {
            widened.is_new = true;
            let whole = within.into_iter().map(Phrase::whole);
            let any = term.any.into_iter().chain(whole).collect();
            widened.terms.push(Term { any, ..term });
            continue;
        }
        let close = words::close(conn.again(), &term.word).await?;
        if !close.is_empty() {
            widened.is_new = true;
            widened.instead.push(Instead { word: term.word.clone(), read_as: close.clone() });
            widened.terms.push(Term::one_of(term.word, close));
        } else if term.word.is_ascii() {
            widened.terms.push(term);
        } else {
            // The engines part words of some scripts in ways of their own.
            widened.is_new = true;
            widened.terms.push(Term::only_written(term.word));
        }
    }
    Ok(widened)
}
