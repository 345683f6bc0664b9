//! Projects and entries that a test needs but is not about. They are made by the services, as the command line would.

use model::entries::{Entry, NewEntry};
use model::media::{Medium, NewAlt};
use model::projects::{NewProject, Project};
use model::tags::TagRef;
use model::time::Timestamp;
use services::access::{Capability, Grant, InstanceGrant, WriteEntries, instance_grant};
use services::{Actor, Services, access, entries, projects};

/// The built-in actor, who may do everything.
pub fn console(cx: &Services) -> Actor {
    Actor::console(cx.clock.now()).expect("the built-in actor")
}

/// A grant of the built-in actor in a project.
pub async fn may<C: Capability>(cx: &Services, project: &Project) -> Grant<C> {
    access::grant(cx, &console(cx), &project.id).await.expect("the built-in actor may do everything")
}

/// A grant of the built-in actor for the whole instance.
pub fn may_everywhere<C: Capability>(cx: &Services) -> InstanceGrant<C> {
    instance_grant(&console(cx)).expect("the built-in actor may do everything")
}

/// A project with the defaults: private, and staff need approval to publish.
pub async fn project(cx: &Services, name: &str) -> Project {
    project_with(cx, NewProject { name: name.to_owned(), ..NewProject::default() }).await
}

/// A project that everybody may read.
pub async fn public_project(cx: &Services, name: &str) -> Project {
    project_with(cx, NewProject { name: name.to_owned(), is_public: Some(true), ..NewProject::default() }).await
}

pub async fn project_with(cx: &Services, new: NewProject) -> Project {
    projects::create(cx, &may_everywhere(cx), new).await.expect("a project")
}

/// What a writer would send: a title, and a text that repeats it.
pub fn text(title: &str) -> NewEntry {
    NewEntry { title: title.to_owned(), content: format!("All about **{title}**."), ..NewEntry::default() }
}

/// Tags by name, as a writer names them.
pub fn tags(names: &[&str]) -> Vec<TagRef> {
    names.iter().map(|name| TagRef::Name((*name).to_owned())).collect()
}

/// A draft.
pub async fn entry(cx: &Services, project: &Project, title: &str) -> Entry {
    entry_with(cx, project, text(title)).await
}

pub async fn entry_with(cx: &Services, project: &Project, new: NewEntry) -> Entry {
    entries::create(cx, &may(cx, project).await, new).await.expect("an entry")
}

/// An entry that is published now.
pub async fn published(cx: &Services, project: &Project, title: &str) -> Entry {
    published_with(cx, project, text(title), cx.clock.now()).await
}

/// An entry that was published at a moment, which must not lie ahead.
pub async fn published_at(cx: &Services, project: &Project, title: &str, date: Timestamp) -> Entry {
    published_with(cx, project, text(title), date).await
}

pub async fn published_with(cx: &Services, project: &Project, new: NewEntry, date: Timestamp) -> Entry {
    let entry = entry_with(cx, project, new).await;
    entries::publish(cx, &may(cx, project).await, &entry.id, Some(date)).await.expect("a published entry")
}

/// A picture to upload. Different shades are different files.
pub fn picture(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(width, height, |x, _| image::Rgb([shade, (x % 7) as u8, 90]));
    let mut out = std::io::Cursor::new(Vec::new());
    image::DynamicImage::from(pixels).write_to(&mut out, image::ImageFormat::Png).expect("a PNG");
    out.into_inner()
}

/// Uploads a picture of 800 by 600 pixels.
pub async fn medium(cx: &Services, project: &Project, shade: u8) -> Medium {
    let alt = NewAlt { alt: "A shade".to_owned(), is_decorative: false };
    let may = may::<WriteEntries>(cx, project).await;
    services::media::upload(cx, &may, "shade.png", picture(800, 600, shade), alt).await.expect("a medium").medium
}
