//! What the palette offers beside what it finds: the pages a role may open, and what can be done from everywhere.

use model::{Permission, ProjectId, Role, Verdict, access};
use ui::{Glyph, Theme};

use crate::params::project_path;

/// What happens when something is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// A page of the dashboard.
    Go(String),
    Theme(Theme),
    SignOut,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    pub label: String,
    pub glyph: Glyph,
    /// Other words that find it.
    pub words: &'static str,
    pub deed: Deed,
}

impl Offer {
    fn page(label: &str, href: impl Into<String>, glyph: Glyph, words: &'static str) -> Self {
        Self { label: label.to_owned(), glyph, words, deed: Deed::Go(href.into()) }
    }

    /// Whether every word begins a word of the label or of the others. No words mean everything.
    fn matches(&self, words: &[String]) -> bool {
        let known = format!("{} {}", self.label, self.words).to_lowercase();
        words.iter().all(|word| known.split_whitespace().any(|known| known.starts_with(word.as_str())))
    }
}

/// The pages that somebody may open; of one project where its pages are being looked at.
pub fn pages(role: Role, project: Option<&ProjectId>, words: &[String]) -> Vec<Offer> {
    let may = |permission| access::verdict(role, permission, None) == Verdict::Allowed;
    let mut pages = vec![
        Offer::page("Home", "/dashboard", Glyph::Home, "dashboard start"),
        Offer::page("Projects", "/dashboard/projects", Glyph::Folder, "changelogs"),
    ];
    if let Some(project) = project {
        let at = |rest: &str| project_path(project, rest);
        pages.push(Offer::page("Entries of this project", at("/changelog"), Glyph::Pencil, "list drafts"));
        pages.push(Offer::page("Catch up with this project", at("/catch-up"), Glyph::History, "new since read"));
        pages.push(Offer::page("Overview of this project", at(""), Glyph::Info, "figures views"));
        pages.push(Offer::page("Widgets of this project", at("/widgets"), Glyph::Widget, "embed"));
        pages.push(Offer::page("Media of this project", at("/media"), Glyph::Image, "pictures images files library"));
        pages.push(Offer::page("Export this project", at("/export"), Glyph::Download, "download markdown csv json"));
        if may(Permission::RunImports) {
            pages.push(Offer::page("Import into this project", at("/import"), Glyph::Upload, "markdown csv json"));
        }
        if may(Permission::EditProjects) {
            pages.push(Offer::page("Feeds of this project", at("/feeds"), Glyph::Rss, "rss atom"));
            pages.push(Offer::page("Settings of this project", at("/settings"), Glyph::Settings, "name slug look"));
        }
    }
    if may(Permission::ManageUsers) {
        pages.push(Offer::page("Administration", "/dashboard/admin", Glyph::List, "overview"));
        pages.push(Offer::page("People", "/dashboard/admin/people", Glyph::Users, "users invite roles"));
        pages.push(Offer::page("Sign-in", "/dashboard/admin/sign-in", Glyph::Lock, "sso providers oauth saml"));
        pages.push(Offer::page("API keys", "/dashboard/api-keys", Glyph::Key, "tokens secrets"));
        pages.push(Offer::page("Settings of the instance", "/dashboard/admin/settings", Glyph::Settings, "system"));
        pages.push(Offer::page("Mail", "/dashboard/admin/mail", Glyph::Inbox, "smtp letters"));
        pages.push(Offer::page("Audit log", "/dashboard/admin/audit", Glyph::History, "records who did what"));
    }
    pages.push(Offer::page("Your account", "/dashboard/account", Glyph::User, "profile name e-mail"));
    pages.push(Offer::page("Password and second step", "/dashboard/account/security", Glyph::Shield, "passkeys 2fa"));
    pages.push(Offer::page("Devices", "/dashboard/account/devices", Glyph::Lock, "sessions signed in"));
    pages.retain(|page| page.matches(words));
    pages
}

/// What can be done from everywhere.
pub fn deeds(role: Role, project: Option<&ProjectId>, words: &[String]) -> Vec<Offer> {
    let may = |permission| access::verdict(role, permission, None) == Verdict::Allowed;
    let theme = |label: &str, glyph, theme| Offer {
        label: label.to_owned(),
        glyph,
        words: "appearance mode colours",
        deed: Deed::Theme(theme),
    };
    let mut deeds = Vec::new();
    if let Some(project) = project.filter(|_| may(Permission::WriteEntries)) {
        let new = project_path(project, "/changelog/new");
        deeds.push(Offer::page("New entry in this project", new, Glyph::Plus, "write create draft"));
    }
    if may(Permission::CreateProjects) {
        deeds.push(Offer::page("New project", "/dashboard/projects/new", Glyph::Plus, "create changelog"));
    }
    deeds.push(theme("Light theme", Glyph::Sun, Theme::Light));
    deeds.push(theme("Dark theme", Glyph::Moon, Theme::Dark));
    deeds.push(theme("Theme of the system", Glyph::Settings, Theme::System));
    deeds.push(Offer { label: "Sign out".to_owned(), glyph: Glyph::Lock, words: "log out leave", deed: Deed::SignOut });
    deeds.retain(|deed| deed.matches(words));
    deeds
}

#[cfg(test)]
mod tests {
    use model::Role;

    use super::{Offer, deeds, pages};

    fn labels(offers: Vec<Offer>) -> Vec<String> {
        offers.into_iter().map(|offer| offer.label).collect()
    }

    fn words(text: &str) -> Vec<String> {
        model::search::words(text)
    }

    #[test]
    fn nobody_is_offered_what_their_role_may_not_open() {
        let project = "p1".parse().unwrap();
        let viewer = labels(pages(Role::Viewer, Some(&project), &[]));
        for closed in ["People", "Audit log", "API keys", "Import into this project", "Settings of this project"] {
            assert!(!viewer.iter().any(|label| label == closed), "{closed}");
        }
        assert!(viewer.iter().any(|label| label == "Catch up with this project"));
        assert!(labels(pages(Role::Admin, None, &[])).iter().any(|label| label == "People"));
        assert!(!labels(deeds(Role::Viewer, Some(&project), &[])).iter().any(|label| label.starts_with("New")));
        assert!(
            labels(deeds(Role::Staff, Some(&project), &[])).iter().any(|label| label == "New entry in this project")
        );
    }

    #[test]
    fn beginnings_of_words_find_pages_and_deeds() {
        assert_eq!(labels(pages(Role::Admin, None, &words("aud"))), ["Audit log"]);
        assert_eq!(labels(pages(Role::Admin, None, &words("log aud"))), ["Audit log"]);
        assert_eq!(labels(pages(Role::Admin, None, &words("smtp"))), ["Mail"]);
        assert_eq!(labels(deeds(Role::Viewer, None, &words("DARK"))), ["Dark theme"]);
        assert_eq!(labels(deeds(Role::Viewer, None, &words("log out"))), ["Sign out"]);
        assert!(pages(Role::Admin, None, &words("nothing of it")).is_empty());
    }
}
