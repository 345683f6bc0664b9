//! `tidings project …`.

use client::shapes::Project;

use super::screen::{Colour, clean, column, day, facts, spare, table, yielding};
use super::session::Session;
use super::{Failure, Result, json, naming, output};
use crate::credentials::{CredentialsError, Locked};

pub async fn list(session: &Session) -> Result {
    let answer = session.client.projects().await?;
    if session.json {
        return output::print(&json::indent(&answer.json));
    }
    let projects = &answer.value;
    if session.quiet {
        return output::print(&projects.iter().map(|project| format!("{}\n", clean(&project.id))).collect::<String>());
    }
    if projects.is_empty() {
        session.note("Your key sees no project.");
        return Ok(());
    }
    let columns = [
        column(""),
        yielding("NAME", 12),
        spare("SLUG"),
        column("READERS"),
        column("ENTRIES"),
        column("CREATED"),
        column("ID"),
    ];
    let rows = projects.iter().map(|project| {
        let chosen = session.project.as_deref().is_some_and(|named| naming::names_project(project, named));
        let plain = |text: String| (text, Colour::None);
        vec![
            plain(if chosen { "*".to_owned() } else { String::new() }),
            (clean(&project.name), Colour::Bold),
            plain(clean(project.slug.as_deref().unwrap_or_default())),
            if project.is_public { ("everybody".to_owned(), Colour::Green) } else { plain("private".to_owned()) },
            plain(project.entry_count.map(|count| count.to_string()).unwrap_or_default()),
            plain(project.created_at.as_deref().map(day).unwrap_or_default()),
            (clean(&project.id), Colour::Dim),
        ]
    });
    output::print(&table(session.screen, &columns, &rows.collect::<Vec<_>>()))
}

pub async fn show(session: &Session, name: Option<&str>) -> Result {
    let id = match name.or(session.project.as_deref()) {
        Some(name) => naming::project_called(session, name).await?.id,
        None => naming::project(session).await?,
    };
    let projects = session.client.projects().await?;
    let Some(project) = projects.value.iter().find(|project| project.id == id) else {
        return Err(naming::no_project(session, &id));
    };
    if session.json {
        // The element of the list as the server wrote it.
        let all: Vec<&serde_json::value::RawValue> =
            serde_json::from_str(&projects.json).map_err(|error| Failure::new(error.to_string()))?;
        let same = projects.value.iter().zip(all).find(|(project, _)| project.id == id);
        return output::print(&json::indent(same.map_or("", |(_, json)| json.get())));
    }
    if session.quiet {
        return output::print(&format!("{}\n", clean(&id)));
    }
    output::print(&about(session, project))
}

fn about(session: &Session, project: &Project) -> String {
    let readers = if project.is_public { "everybody" } else { "people with an account" };
    let page = project
        .is_public
        .then(|| format!("{}/changelog/{}", session.host, project.slug.as_deref().unwrap_or(&project.id)));
    let approval = if project.require_approval { "needed from an administrator" } else { "not needed" };
    facts(
        session.screen,
        &[
            ("Name", Some(project.name.clone())),
            ("About", project.description.clone()),
            ("Readers", Some(readers.to_owned())),
            ("Page", page),
            ("Approval", Some(approval.to_owned())),
            ("Entries", project.entry_count.map(|count| count.to_string())),
            ("Default tags", Some(project.default_tags.join(", "))),
            ("Created", project.created_at.as_deref().map(day)),
            ("Slug", project.slug.clone()),
            ("Id", Some(project.id.clone())),
        ],
    )
}

pub async fn choose(session: &Session, name: &str) -> Result {
    let project = naming::project_called(session, name).await?;
    let signed_in = match Locked::open(session.environment.folder.as_deref()).await {
        Ok(store) => store.credentials.hosts.contains_key(session.host.as_str()).then_some(store),
        Err(CredentialsError::NoFolder) => None,
        Err(error) => return Err(error.into()),
    };
    let Some(mut store) = signed_in else {
        return Err(Failure::new(format!(
            "The project cannot be kept, because you are not signed in to {}: its key comes from the environment. \
             Set TIDINGS_PROJECT instead.",
            session.host
        )));
    };
    if let Some(host) = store.credentials.hosts.get_mut(session.host.as_str()) {
        host.project = Some(project.id.clone());
    }
    store.save()?;
    if session.quiet {
        return output::print(&format!("{}\n", clean(&project.id)));
    }
    output::print(&format!("Commands for {} are about {} now.\n", session.host, clean(&project.name)))
}
