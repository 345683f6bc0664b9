//! For search engines: `robots.txt` (RFC 9309) and sitemaps (sitemaps.org).

use app::changelog::{archive_path, entry_path, list_path, tag_path};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::Error;
use model::time::{Timestamp, to_wire};
use rest::cached;
use services::Services;
use services::cache::{Rendered, Variant};
use services::public::{self, SITEMAP_PART};

use super::{Stop, open, site};

const XML: HeaderValue = HeaderValue::from_static("application/xml; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

pub(super) fn router() -> Router<Services> {
    Router::new()
        .route("/robots.txt", get(robots))
        .route("/sitemap.xml", get(index))
        .route("/changelog/{project}/sitemap.xml", get(sitemap))
}

/// Public pages are open; whether one may be listed is said by the page itself, which only works when it may be read.
async fn robots(State(services): State<Services>) -> Response {
    let text = format!(
        "User-agent: *\nAllow: /changelog/\nAllow: /assets/\nDisallow: /dashboard\nDisallow: /login\nDisallow: /setup\n\
         Disallow: /api/\nDisallow: /rpc/\nDisallow: /theme\n\nSitemap: {}/sitemap.xml\n",
        services.base_url()
    );
    ([(CONTENT_TYPE, TEXT)], text).into_response()
}

/// The sitemaps of all projects that may be listed.
async fn index(State(services): State<Services>, headers: HeaderMap) -> Response {
    let made = cached(&services, &headers, Variant::new("sitemap-index", ""), async || {
        let projects = public::sitemap_index(&services).await?;
        let mut xml = Xml::new("sitemapindex");
        for project in projects {
            let parts = (project.entries.max(1) + SITEMAP_PART - 1) / SITEMAP_PART;
            for part in 1..=parts {
                let query = if part == 1 { String::new() } else { format!("?part={part}") };
                let address = format!("{}/changelog/{}/sitemap.xml{query}", services.base_url(), project.slug);
                xml.add("sitemap", &address, project.changed);
            }
        }
        Ok::<_, Stop>(Rendered::of_everything(XML, xml.end()))
    });
    match made.await {
        Ok(answer) => answer,
        Err(stop) => stop.answer(&site(&services, &headers)),
    }
}

/// The pages of one project. Large ones have several parts: `?part=2`.
async fn sitemap(
    State(services): State<Services>,
    Path(address): Path<String>,
    RawQuery(query): RawQuery,
    uri: axum::http::Uri,
    headers: HeaderMap,
) -> Response {
    let part = query.as_deref().and_then(|query| query.strip_prefix("part=")).unwrap_or("1");
    let variant = Variant::new("sitemap", &address).with(part).rare();
    let made = cached(&services, &headers, variant, async || {
        let project = open(&services, &address, &uri).await?;
        let part = part.parse::<i64>().map_err(|_| Error::NotFound)?;
        // The same answer as for a project that is not there: what must not be listed has no list.
        let entries = public::sitemap(&services, &project, part).await?;
        let base = services.base_url();
        let mut xml = Xml::new("urlset");
        if part == 1 {
            let figures = public::figures_with_tags(&services, &project).await?;
            xml.add("url", &format!("{base}{}", list_path(&project)), figures.newest);
            if figures.entries > 0 {
                xml.add("url", &format!("{base}{}", archive_path(&project, None, None)), figures.newest);
            }
            for (tag, _) in &figures.tags {
                xml.add("url", &format!("{base}{}", tag_path(&project, &tag.name)), None);
            }
        }
        for entry in entries {
            xml.add("url", &format!("{base}{}", entry_path(&project, &entry.slug)), Some(entry.updated_at));
        }
        Ok::<_, Stop>(Rendered::of(&project.id, XML, xml.end()))
    });
    match made.await {
        Ok(answer) => answer,
        Err(stop) => stop.answer(&site(&services, &headers)),
    }
}

/// A document of the sitemap protocol.
struct Xml {
    root: &'static str,
    text: String,
}

impl Xml {
    fn new(root: &'static str) -> Self {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        Self { root, text: format!("{head}<{root} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n") }
    }

    fn add(&mut self, element: &str, address: &str, changed: Option<Timestamp>) {
        let text = &mut self.text;
        text.push('<');
        text.push_str(element);
        text.push_str("><loc>");
        // Paths are percent-encoded; only the configured address could hold more.
        for character in address.chars() {
            match character {
                '&' => text.push_str("&amp;"),
                '<' => text.push_str("&lt;"),
                '>' => text.push_str("&gt;"),
                other => text.push(other),
            }
        }
        text.push_str("</loc>");
        if let Some(changed) = changed {
            text.push_str("<lastmod>");
            text.push_str(&to_wire(changed));
            text.push_str("</lastmod>");
        }
        text.push_str("</");
        text.push_str(element);
        text.push_str(">\n");
    }

    fn end(mut self) -> String {
        self.text.push_str("</");
        self.text.push_str(self.root);
        self.text.push_str(">\n");
        self.text
    }
}
