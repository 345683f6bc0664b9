//! Pictures and files of a project: what pages ask of the server, and the library.

mod library;
mod one;
mod send;

use leptos::prelude::*;
use model::media::{MediaUse, Medium};
use model::{MediaId, ProjectId, Result};
use serde::{Deserialize, Serialize};

use crate::params::project_path;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::media::NewAlt;
#[cfg(feature = "ssr")]
use services::access::{ReadEntries, WriteEntries};
#[cfg(feature = "ssr")]
use services::media::MediaFilter;

pub use library::MediaPage;
pub use send::{send, send_form};

/// Where forms send files: not a server function, since it takes a file.
pub const UPLOAD: &str = "/rpc/media/upload";
/// Media on a page of the library.
#[cfg(feature = "ssr")]
const PER_PAGE: i64 = 24;

/// The library of a project.
pub fn library_path(project: &ProjectId) -> String {
    project_path(project, "/media")
}

/// A medium, and where it is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsedMedium {
    pub medium: Medium,
    pub uses: Vec<MediaUse>,
}

/// One page of a library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MediaView {
    pub media: Vec<UsedMedium>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// The largest file that is taken, in bytes.
    pub most_bytes: u64,
    /// Whether the person may upload, describe and delete.
    pub writes: bool,
}

#[cfg(feature = "ssr")]
impl From<services::media::Listed> for UsedMedium {
    fn from(listed: services::media::Listed) -> Self {
        Self { medium: listed.medium, uses: listed.uses }
    }
}

/// The media of a project, newest first, 24 at a time.
#[server(prefix = "/rpc", endpoint = "media/list")]
pub async fn list_media(
    project: ProjectId,
    #[server(default)] search: String,
    #[server(default)] pictures: bool,
    #[server(default)] page: i64,
) -> Result<MediaView> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        let page = page.max(1);
        let filter = MediaFilter { search, pictures };
        let (found, total) = services::media::list(&cx.services, &may, &filter, page, PER_PAGE).await?;
        Ok(MediaView {
            media: found.into_iter().map(UsedMedium::from).collect(),
            total,
            page,
            pages: ((total + PER_PAGE - 1) / PER_PAGE).max(1),
            most_bytes: cx.services.settings.media.max_bytes,
            writes: cx.grant::<WriteEntries>(&project).await.is_ok(),
        })
    })
    .await
}

/// One medium, and where it is used.
#[server(prefix = "/rpc", endpoint = "media/get")]
pub async fn get_medium(project: ProjectId, medium: MediaId) -> Result<UsedMedium> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        Ok(services::media::get(&cx.services, &may, &medium).await?.into())
    })
    .await
}

/// Says what a picture shows.
#[server(prefix = "/rpc", endpoint = "media/describe")]
pub async fn describe_medium(
    project: ProjectId,
    medium: MediaId,
    #[server(default)] alt: String,
    #[server(default)] decorative: bool,
) -> Result<Medium> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        let alt = NewAlt { alt, is_decorative: decorative };
        services::media::describe(&cx.services, &may, &medium, alt).await
    })
    .await
}

/// Deletes a medium and goes to the library; one that entries use by `force` only.
#[server(prefix = "/rpc", endpoint = "media/delete")]
pub async fn delete_medium(project: ProjectId, medium: MediaId, #[server(default)] force: bool) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        services::media::delete(&cx.services, &may, &medium, force).await?;
        leptos_axum::redirect(&library_path(&project));
        Ok(())
    })
    .await
}

/// Bytes for people.
pub fn readable(bytes: i64) -> String {
    const KIB: i64 = 1024;
    if bytes >= KIB * KIB {
        // Tenths, without floats.
        let tenths = bytes * 10 / (KIB * KIB);
        if tenths % 10 == 0 { format!("{} MiB", tenths / 10) } else { format!("{}.{} MiB", tenths / 10, tenths % 10) }
    } else if bytes >= KIB {
        format!("{} KiB", bytes / KIB)
    } else {
        format!("{bytes} bytes")
    }
}

/// What is known of it in one line: kind, size in pixels, size in bytes.
pub fn about(medium: &Medium) -> String {
    let kind = medium.kind.ending().to_uppercase();
    let size = match (medium.width, medium.height) {
        (Some(width), Some(height)) => format!(" \u{b7} {width} × {height}"),
        _ => String::new(),
    };
    format!("{kind}{size} \u{b7} {}", readable(medium.bytes))
}

/// "Used in 2 entries", or that it is not.
pub fn used(uses: &[MediaUse]) -> String {
    match uses {
        [] => "Not used".to_owned(),
        [_] => "Used in 1 entry".to_owned(),
        more => format!("Used in {} entries", more.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn bytes_are_told_in_the_unit_that_fits() {
        for (bytes, expected) in
            [(0, "0 bytes"), (1023, "1023 bytes"), (2048, "2 KiB"), (1_048_576, "1 MiB"), (2_726_298, "2.6 MiB")]
        {
            assert_eq!(readable(bytes), expected);
        }
    }
}
