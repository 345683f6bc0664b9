//! The operations, one function each.

use bytes::Bytes;
use http::{Method, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::repeat::Repeat;
use crate::send::{Call, Received};
use crate::shapes::{Asked, Entry, EntryChanges, EntryPage, Found, Me, NewEntry, Project, Scheduled, Tokens};
use crate::{Client, Credential, Error, Result};

/// Everything but what RFC 3986 never reserves.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a call gave.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    pub value: T,
    /// The JSON as the server wrote it.
    pub json: String,
    pub etag: Option<String>,
    /// Whether this request made what it gives, which then was not there before.
    pub created: bool,
    /// Where it came from: the address of the client, or the https address that it redirects to.
    pub origin: String,
}

/// What became of a change that may take approval.
#[derive(Debug, Clone)]
pub enum Outcome<T> {
    Done(T),
    /// Nothing changed yet; an administrator was asked.
    Asked(Answer<Asked>),
}

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct EntryQuery {
    /// From 1.
    pub page: Option<u64>,
    pub limit: Option<u64>,
    pub status: Option<String>,
    /// Any of them, by name or id.
    pub tags: Vec<String>,
    pub search: Option<String>,
}

/// What to search for.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    pub query: String,
    pub limit: u64,
    /// By id; empty for all.
    pub projects: Vec<String>,
    /// Any of them, by name or id.
    pub tags: Vec<String>,
}

impl EntryQuery {
    fn text(&self) -> String {
        let one = |name, value: Option<String>| value.map(|value| (name, value));
        let parts = [
            one("page", self.page.map(|page| page.to_string())),
            one("limit", self.limit.map(|limit| limit.to_string())),
            one("status", self.status.clone()),
            one("search", self.search.clone()),
        ];
        let tags = self.tags.iter().map(|tag| ("tag", tag.clone()));
        let parts = parts.into_iter().flatten().chain(tags).map(|(name, value)| format!("{name}={}", part(&value)));
        match parts.collect::<Vec<_>>().join("&") {
            empty if empty.is_empty() => empty,
            parts => format!("?{parts}"),
        }
    }
}

impl Client {
    /// Who the key belongs to, and what it may do.
    pub async fn me(&self) -> Result<Answer<Me>> {
        answer(self.send(Call::get("/api/auth/me".to_owned())).await?)
    }

    /// Exchanges what a browser brought for the tokens of a sign-in.
    pub async fn exchange_code(&self, code: &str, expires: Option<&str>, verifier: &str) -> Result<Tokens> {
        let body = write(&json!({ "code": code, "expires": expires, "code_verifier": verifier }))?;
        Ok(answer(self.send(post("/api/auth/cli/token", body, Repeat::Never)).await?)?.value)
    }

    /// Exchanges the refresh token of a sign-in for new tokens. For some seconds the server takes it once more, for those
    /// whom its answer did not reach.
    pub async fn renew_sign_in(&self, refresh_token: &Credential) -> Result<Tokens> {
        let body = write(&json!({ "refreshToken": refresh_token.expose() }))?;
        Ok(answer(self.send(post("/api/auth/cli/refresh", body, Repeat::Safe)).await?)?.value)
    }

    /// Ends the sign-in that a refresh token belongs to.
    pub async fn sign_out(&self, refresh_token: &Credential) -> Result<()> {
        let body = write(&json!({ "refreshToken": refresh_token.expose() }))?;
        self.send(post("/api/auth/logout", body, Repeat::Safe)).await.map(|_| ())
    }

    /// All projects the key sees.
    pub async fn projects(&self) -> Result<Answer<Vec<Project>>> {
        answer(self.send(Call::get("/api/projects".to_owned())).await?)
    }

    pub async fn entries(&self, project: &str, query: &EntryQuery) -> Result<Answer<EntryPage>> {
        answer(self.send(Call::get(format!("{}{}", entries(project), query.text()))).await?)
    }

    pub async fn entry(&self, project: &str, entry: &str) -> Result<Answer<Entry>> {
        answer(self.send(Call::get(one(project, entry))).await?)
    }

    /// Makes a draft. An entry with the same external id is given instead of another one.
    pub async fn create_entry(&self, project: &str, new: &NewEntry, key: &str) -> Result<Answer<Entry>> {
        let body = Some(write(new)?);
        let call =
            Call { method: Method::POST, path: entries(project), body, if_match: None, repeat: Repeat::Keyed(key) };
        answer(self.send(call).await?)
    }

    /// Goes on only if the entry still has the tag.
    pub async fn change_entry(
        &self,
        project: &str,
        entry: &str,
        changes: &EntryChanges,
        tag: Option<&str>,
    ) -> Result<Answer<Entry>> {
        let (path, body) = (one(project, entry), Some(write(changes)?));
        answer(self.send(Call { method: Method::PUT, path, body, if_match: tag, repeat: Repeat::Never }).await?)
    }

    /// With a date of the past in any form of ISO 8601, or with the present time.
    pub async fn publish_entry(
        &self,
        project: &str,
        entry: &str,
        date: Option<&str>,
        key: &str,
    ) -> Result<Outcome<Answer<Entry>>> {
        let body = match date {
            Some(date) => json!({ "action": "publish", "publishedAt": date }),
            None => json!({ "action": "publish" }),
        };
        let received = self.send(patch(project, entry, write(&body)?, key)).await?;
        if received.status == StatusCode::ACCEPTED { Ok(Outcome::Asked(answer(received)?)) } else { done(received) }
    }

    pub async fn unpublish_entry(&self, project: &str, entry: &str, key: &str) -> Result<Answer<Entry>> {
        let body = write(&json!({ "action": "unpublish" }))?;
        answer(self.send(patch(project, entry, body, key)).await?)
    }

    /// Has an entry published at a moment, or not at a moment any more.
    pub async fn schedule_entry(
        &self,
        project: &str,
        entry: &str,
        at: Option<&str>,
        key: &str,
    ) -> Result<Answer<Scheduled>> {
        let body = match at {
            Some(at) => json!({ "action": "schedule", "scheduledAt": at }),
            None => json!({ "action": "unschedule" }),
        };
        let path = format!("{}/schedule", one(project, entry));
        answer(self.send(post(&path, write(&body)?, Repeat::Keyed(key))).await?)
    }

    /// Entries of all projects that the key sees.
    pub async fn search(&self, query: &SearchQuery) -> Result<Answer<Found>> {
        let mut body = json!({ "query": query.query, "limit": query.limit });
        if !query.projects.is_empty() || !query.tags.is_empty() {
            body["filters"] = json!({ "projectIds": query.projects, "tags": query.tags });
        }
        answer(self.send(post("/api/search", write(&body)?, Repeat::Safe)).await?)
    }

    /// Goes on only if the entry still has the tag. Gives what the server says of the entry, if it says something.
    pub async fn delete_entry(&self, project: &str, entry: &str, tag: Option<&str>) -> Result<Outcome<String>> {
        let path = one(project, entry);
        let call = Call { method: Method::DELETE, path, body: None, if_match: tag, repeat: Repeat::Never };
        let received = self.send(call).await?;
        if received.status == StatusCode::ACCEPTED {
            return Ok(Outcome::Asked(answer(received)?));
        }
        Ok(Outcome::Done(String::from_utf8_lossy(&received.body).into_owned()))
    }
}

fn part(text: &str) -> String {
    utf8_percent_encode(text, PART).to_string()
}

fn entries(project: &str) -> String {
    format!("/api/projects/{}/changelog", part(project))
}

fn one(project: &str, entry: &str) -> String {
    format!("{}/{}", entries(project), part(entry))
}

fn post<'a>(path: &str, body: Bytes, repeat: Repeat<'a>) -> Call<'a> {
    Call { method: Method::POST, path: path.to_owned(), body: Some(body), if_match: None, repeat }
}

fn patch<'a>(project: &str, entry: &str, body: Bytes, key: &'a str) -> Call<'a> {
    let path = one(project, entry);
    Call { method: Method::PATCH, path, body: Some(body), if_match: None, repeat: Repeat::Keyed(key) }
}

fn write<T: serde::Serialize>(value: &T) -> Result<Bytes> {
    match serde_json::to_vec(value) {
        Ok(body) => Ok(body.into()),
        Err(error) => {
            Err(Error::Strange { address: String::new(), reason: format!("the request cannot be written: {error}") })
        }
    }
}

fn done(received: Received) -> Result<Outcome<Answer<Entry>>> {
    Ok(Outcome::Done(answer(received)?))
}

fn answer<T: DeserializeOwned>(received: Received) -> Result<Answer<T>> {
    let Received { status, headers, body, origin } = received;
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let strange = |reason: String| Error::Strange { address: origin.clone(), reason };
    let value = serde_json::from_slice(&body).map_err(|error| {
        if text(header::CONTENT_TYPE).is_some_and(|kind| kind.contains("html")) {
            strange("it sent a page instead of JSON".to_owned())
        } else {
            strange(format!("its answer cannot be read ({error})"))
        }
    })?;
    let json = String::from_utf8(body.into()).map_err(|_| strange("its answer is not UTF-8 text".to_owned()))?;
    Ok(Answer { value, json, etag: text(header::ETAG), created: status == StatusCode::CREATED, origin })
}
