//! One answer: what a renderer gives, and what is kept of it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LAST_MODIFIED, VARY};
use http::{HeaderMap, HeaderName, HeaderValue};
use model::time::Timestamp;
use model::{EntryId, ProjectId};
use sha2::{Digest, Sha256};
use store::changes::{Moment, Source};
use tokio::sync::OnceCell;

use super::encoding::{Encoding, compress};
use crate::views::Viewed;

/// Bodies smaller than this gain nothing by compression.
const WORTH_COMPRESSING: usize = 1024;

/// What an answer was made from.
#[derive(Debug)]
pub(super) enum From {
    Project(ProjectId),
    /// All projects together.
    Everything,
    /// Nothing that is stored.
    Program,
}

/// A complete answer with status 200, as a renderer makes it.
#[derive(Debug)]
pub struct Rendered {
    pub(super) from: From,
    headers: HeaderMap,
    body: Bytes,
    changed: Option<Timestamp>,
    viewed: Option<Viewed>,
}

impl Rendered {
    /// Made from one project, whatever of it: a change of any other leaves it current.
    pub fn of(project: &ProjectId, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        Self::new(From::Project(project.clone()), content_type, body.into())
    }

    /// Made from several projects, such as a list of all of them: any change outdates it.
    pub fn of_everything(content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        Self::new(From::Everything, content_type, body.into())
    }

    /// Made from nothing that is stored: the same as long as the program runs.
    pub fn of_the_program(content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        Self::new(From::Program, content_type, body.into())
    }

    fn new(from: From, content_type: HeaderValue, body: Bytes) -> Self {
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(CONTENT_TYPE, content_type);
        // Kept by browsers, asked about each time, unless the renderer says otherwise.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=0, must-revalidate"));
        Self { from, headers, body, changed: None, viewed: None }
    }

    /// Sets a header. `Vary: accept-encoding` and `ETag` are added by themselves.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// When the content last changed: sent as `Last-Modified`, and compared with `If-Modified-Since`.
    #[must_use]
    pub fn changed_at(mut self, time: Timestamp) -> Self {
        self.changed = Some(time);
        self
    }

    /// Whoever gets it has viewed the list of the project it was made from, or one entry.
    #[must_use]
    pub fn viewed(mut self, entry: Option<&EntryId>) -> Self {
        if let From::Project(project) = &self.from {
            self.viewed = Some(Viewed { project: project.clone(), entry: entry.cloned() });
        }
        self
    }
}

/// An answer that is ready to be sent many times.
#[derive(Debug)]
pub struct Page {
    pub(super) source: Source,
    pub(super) moment: Moment,
    /// Everything but the encoding and its tag.
    headers: HeaderMap,
    body: Bytes,
    changed: Option<Timestamp>,
    viewed: Option<Arc<Viewed>>,
    compressible: bool,
    /// For [`Encoding::Identity`], `Brotli`, `Gzip`: each form of a body has a tag of its own (RFC 9110, 8.8.3).
    tags: [HeaderValue; 3],
    brotli: OnceCell<Bytes>,
    gzip: OnceCell<Bytes>,
}

impl Page {
    pub(super) fn new(rendered: Rendered, source: Source, moment: Moment) -> Self {
        let Rendered { mut headers, body, changed, viewed, .. } = rendered;
        let viewed = viewed.map(Arc::new);
        let compressible = body.len() >= WORTH_COMPRESSING && headers.get(CONTENT_TYPE).is_some_and(is_text);
        if compressible {
            headers.append(VARY, HeaderValue::from_static("accept-encoding"));
        }
        if let Some(changed) = changed
            && let Ok(date) = HeaderValue::try_from(changed.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
        {
            headers.insert(LAST_MODIFIED, date);
        }
        let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..16]);
        let tag = |encoding: Encoding| {
            HeaderValue::try_from(format!("\"{hash}{}\"", encoding.suffix()))
                .unwrap_or(HeaderValue::from_static("\"untagged\""))
        };
        let tags = [tag(Encoding::Identity), tag(Encoding::Brotli), tag(Encoding::Gzip)];
        let (brotli, gzip) = (OnceCell::new(), OnceCell::new());
        Self { source, moment, headers, body, changed, viewed, compressible, tags, brotli, gzip }
    }

    /// The form of the body that a request gets.
    pub fn choose(&self, request: &HeaderMap) -> Encoding {
        if self.compressible { Encoding::choose(request, true, true) } else { Encoding::Identity }
    }

    /// The headers of an answer in this form, apart from its length.
    pub fn headers(&self, encoding: Encoding) -> HeaderMap {
        let mut headers = self.headers.clone();
        headers.insert(ETAG, self.tag(encoding).clone());
        headers
    }

    /// The entity tag of this form.
    pub fn tag(&self, encoding: Encoding) -> &HeaderValue {
        &self.tags[match encoding {
            Encoding::Identity => 0,
            Encoding::Brotli => 1,
            Encoding::Gzip => 2,
        }]
    }

    /// What whoever gets it has viewed.
    pub fn viewed(&self) -> Option<&Arc<Viewed>> {
        self.viewed.as_ref()
    }

    /// When the content last changed, if the renderer said so.
    pub fn changed(&self) -> Option<Timestamp> {
        self.changed
    }

    /// The body in this form. The first who asks for a compressed form has it made, on a thread of its own.
    pub async fn body(&self, encoding: Encoding) -> Bytes {
        let form = match encoding {
            Encoding::Identity => return self.body.clone(),
            Encoding::Brotli => &self.brotli,
            Encoding::Gzip => &self.gzip,
        };
        if let Some(made) = form.get() {
            return made.clone();
        }
        let make = async || {
            let body = self.body.clone();
            tokio::task::spawn_blocking(move || compress(&body, encoding)).await
        };
        match form.get_or_try_init(make).await {
            Ok(made) => made.clone(),
            // Only a runtime that is going down refuses.
            Err(_) => Bytes::new(),
        }
    }

    /// What keeping it costs in bytes, with room for the compressed forms.
    pub(super) fn weight(&self) -> u64 {
        let forms = if self.compressible { self.body.len() / 2 } else { 0 };
        (std::mem::size_of::<Self>() + 1024 + self.body.len() + forms) as u64
    }
}

/// Whether a media type is text of some kind, which compression makes smaller.
fn is_text(content_type: &HeaderValue) -> bool {
    let kind = content_type.to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/") || kind.ends_with("json") || kind.ends_with("xml") || kind.ends_with("javascript")
}
