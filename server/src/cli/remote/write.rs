//! `tidings entry new` and `tidings entry edit`.

use std::io::{self, IsTerminal};
use std::path::Path;

use client::shapes::{Entry, EntryChanges, NewEntry};
use client::{Answer, Outcome};

use super::draft::{self, Draft};
use super::editor::{self, Edited};
use super::entries::{asked, called};
use super::interrupt::Interrupt;
use super::session::Session;
use super::{EditArgs, Failure, NewArgs, Result, input, naming};

const TITLE_MISSING: &str = "The title is missing. Give --title, or begin the text with a heading: # Title";

pub async fn create(session: &Session, interrupt: &Interrupt, args: NewArgs) -> Result {
    let from_flags = Draft {
        title: args.title,
        version: args.version,
        tags: (!args.tags.is_empty()).then_some(args.tags),
        content: String::new(),
    };
    let (new, edited) = match &args.file {
        Some(file) => (new_entry(read(file)?, from_flags, args.external_id)?, None),
        None if !io::stdin().is_terminal() => {
            return Err(Failure::misunderstood("There is no text. Name a file, or - for standard input."));
        }
        None => {
            let edited = editor::edit(&session.environment, interrupt, &draft::write(&template(&from_flags)))?;
            let new = draft::read(&edited.text).map_err(|error| Failure::new(error.to_string()));
            // What was in the template has been edited, so it says what is meant.
            let new = new.and_then(|draft| new_entry(draft, Draft::default(), args.external_id));
            (new.map_err(|failure| edited.kept(failure))?, Some(edited))
        }
    };
    match send_new(session, interrupt, &new, args.publish).await {
        Ok(()) => {
            edited.into_iter().for_each(Edited::discard);
            Ok(())
        }
        Err(Unmade::Refused(failure)) => Err(match edited {
            Some(edited) => edited.kept(failure),
            None => failure,
        }),
        Err(Unmade::Unpublished(failure)) => {
            edited.into_iter().for_each(Edited::discard);
            Err(failure)
        }
    }
}

/// Why `new` did not do everything.
enum Unmade {
    /// There is no entry.
    Refused(Failure),
    /// There is one, with the whole text, and it is no more than a draft.
    Unpublished(Failure),
}

async fn send_new(
    session: &Session,
    interrupt: &Interrupt,
    new: &NewEntry,
    publish: bool,
) -> std::result::Result<(), Unmade> {
    let project = naming::project(session).await.map_err(Unmade::Refused)?;
    // Creating and publishing belong together.
    let _both = interrupt.change();
    let created = session.client.create_entry(&project, new, &session.once()).await;
    let created = created.map_err(|error| Unmade::Refused(naming::in_project(session, &project, error)))?;
    let entry = &created.value;
    if let Some(wanted) = &new.external_id {
        compare(session, &created, new, wanted);
    }
    if !publish {
        let sentence = match (created.created, entry.status()) {
            (true, _) => format!("Created the draft {}.", called(entry)),
            (false, status) => format!("There is {} already; it is {status}.", called(entry)),
        };
        return session.answer(&created, &entry.id, &sentence).map_err(Unmade::Unpublished);
    }
    let drafted = |failure: Failure| {
        let hint = format!("It is there as a draft: {}. Publish it: tidings entry publish {}", called(entry), entry.id);
        Unmade::Unpublished(failure.and(&hint))
    };
    match session.client.publish_entry(&project, &entry.id, None, &session.once()).await {
        Ok(Outcome::Done(answer)) => {
            let did = if created.created { "Created and published" } else { "Published" };
            session
                .answer(&answer, &entry.id, &format!("{did} {}.", called(&answer.value)))
                .map_err(Unmade::Unpublished)
        }
        Ok(Outcome::Asked(answer)) => {
            let failure = asked(session, &answer, &format!("{} is not published yet.", called(entry)));
            Err(Unmade::Unpublished(failure.unwrap_or_else(|failure| failure)))
        }
        Err(error) => Err(drafted(error.into())),
    }
}

/// Says what an external id did not do: an old server does not know it, and an entry that was there keeps its text.
fn compare(session: &Session, answer: &Answer<Entry>, new: &NewEntry, wanted: &str) {
    let entry = &answer.value;
    if entry.external_id.as_deref() != Some(wanted) {
        session
            .note("warning: This server knows no external ids, so that running the command again makes another entry.");
    } else if !answer.created && (entry.title != new.title || entry.content.trim() != new.content.trim()) {
        session.note(&format!(
            "warning: The entry with this external id has another title or text, and was left as it is. \
             To change it: tidings entry edit {}",
            entry.id
        ));
    }
}

/// All three members, so that there is a place to write each.
fn template(from_flags: &Draft) -> Draft {
    Draft {
        title: Some(from_flags.title.clone().unwrap_or_default()),
        version: Some(from_flags.version.clone().unwrap_or_default()),
        tags: Some(from_flags.tags.clone().unwrap_or_default()),
        content: String::new(),
    }
}

/// Flags win over what the text says of itself.
fn new_entry(text: Draft, from_flags: Draft, external_id: Option<String>) -> Result<NewEntry> {
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (title, content) = match filled(from_flags.title).or(filled(text.title)) {
        Some(title) => (title, text.content),
        None => draft::heading(&text.content).ok_or_else(|| Failure::misunderstood(TITLE_MISSING))?,
    };
    if content.trim().is_empty() {
        return Err(Failure::new("The text is empty, so nothing was created."));
    }
    let version = filled(from_flags.version).or(filled(text.version));
    let tags = from_flags.tags.or(text.tags).unwrap_or_default();
    Ok(NewEntry { title, content, version, tags, external_id })
}

fn read(file: &Path) -> Result<Draft> {
    let text = input::text(file)?;
    let shown = if file.to_str() == Some("-") { "standard input".to_owned() } else { file.display().to_string() };
    draft::read(&text).map_err(|error| Failure::new(format!("{shown}, {error}")))
}

pub async fn edit(session: &Session, interrupt: &Interrupt, args: EditArgs) -> Result {
    let EditArgs { name, title, version, tags, content } = args;
    let by_flags = title.is_some() || version.is_some() || !tags.is_empty() || content.is_some();
    if !by_flags && !io::stdin().is_terminal() {
        let message = "There is nothing to change. Give --title, --version, --tag or --content FILE.";
        return Err(Failure::misunderstood(message));
    }
    // Read before anything is asked, so that a missing file costs nothing.
    let text = content.as_deref().map(read).transpose()?;
    let project = naming::project(session).await?;
    let found = naming::entry(session, &project, &name).await?;
    let (wanted, edited) = if by_flags {
        let (title_of_text, version_of_text, tags_of_text, content) = match text {
            Some(Draft { title, version, tags, content }) => (title, version, tags, Some(content)),
            None => (None, None, None, None),
        };
        let tags = (!tags.is_empty()).then(|| tags.into_iter().filter(|tag| !tag.trim().is_empty()).collect());
        let title = title.or(title_of_text);
        (Wanted { title, version: version.or(version_of_text), tags: tags.or(tags_of_text), content }, None)
    } else {
        let edited = editor::edit(&session.environment, interrupt, &draft::write(&draft_of(&found.value)))?;
        let draft = draft::read(&edited.text).map_err(|error| edited.kept(Failure::new(error.to_string())))?;
        let Draft { title, version, tags, content } = draft;
        (Wanted { title, version, tags, content: Some(content) }, Some(edited))
    };
    let keep = |failure: Failure| match &edited {
        Some(edited) => edited.kept(failure).and(&format!(
            "See what is there now with `tidings entry show {id} --content`; when your file is right: \
             tidings entry edit {id} --content {}",
            edited.path().display(),
            id = found.value.id
        )),
        None => failure,
    };
    if wanted.content.as_deref().is_some_and(|content| content.trim().is_empty()) {
        return Err(keep(Failure::new("The text is empty, so nothing was changed.")));
    }
    let changes = wanted.changes(&found.value);
    if changes.is_empty() {
        edited.into_iter().for_each(Edited::discard);
        return session.answer(&found, &found.value.id, "Nothing was changed.");
    }
    let changed = session.client.change_entry(&project, &found.value.id, &changes, found.etag.as_deref()).await;
    let changed = changed.map_err(|error| keep(error.into()))?;
    edited.into_iter().for_each(Edited::discard);
    session.answer(&changed, &changed.value.id, &format!("Changed {}.", called(&changed.value)))
}

/// What the person wants of an entry; what is `None` shall stay.
struct Wanted {
    title: Option<String>,
    /// An empty one takes the version away.
    version: Option<String>,
    tags: Option<Vec<String>>,
    content: Option<String>,
}

impl Wanted {
    /// The difference, so that nothing is sent that somebody else may just have changed.
    fn changes(self, entry: &Entry) -> EntryChanges {
        let version = self.version.map(|version| Some(version).filter(|version| !version.trim().is_empty()));
        EntryChanges {
            title: self.title.filter(|title| *title != entry.title),
            content: self.content.filter(|content| *content != draft::trim(&entry.content)),
            version: version.filter(|version| *version != entry.version),
            tags: self.tags.filter(|tags| *tags != entry.tag_names()),
            is_manual: true,
        }
    }
}

fn draft_of(entry: &Entry) -> Draft {
    Draft {
        title: Some(entry.title.clone()),
        version: Some(entry.version.clone().unwrap_or_default()),
        tags: Some(entry.tag_names()),
        content: draft::trim(&entry.content),
    }
}
