//! Scopes in the words of people: presets, groups, what each allows.

use crate::access::{Permission, Scope};

/// A usual choice of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    ReadOnly,
    ChangelogManager,
    Full,
}

impl Preset {
    pub const ALL: [Preset; 3] = [Preset::ReadOnly, Preset::ChangelogManager, Preset::Full];

    /// The name in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Preset::ReadOnly => "read-only",
            Preset::ChangelogManager => "changelog-manager",
            Preset::Full => "full",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Preset::ALL.into_iter().find(|preset| preset.as_str() == text)
    }

    pub fn label(self) -> &'static str {
        match self {
            Preset::ReadOnly => "Read only",
            Preset::ChangelogManager => "Changelog manager",
            Preset::Full => "Full access",
        }
    }

    /// What a key with this choice is for.
    pub fn phrase(self) -> &'static str {
        match self {
            Preset::ReadOnly => "Reads everything, changes nothing.",
            Preset::ChangelogManager => "Writes, publishes and deletes entries and tags.",
            Preset::Full => "Everything its owner may do that keys are accepted for.",
        }
    }

    pub fn scopes(self) -> Vec<Scope> {
        let chosen = |scope: &Scope| match self {
            Preset::ReadOnly => scope.as_str().ends_with(":read"),
            Preset::ChangelogManager => ["changelog", "tags"].contains(&area(*scope)),
            Preset::Full => true,
        };
        Scope::ALL.iter().copied().filter(chosen).collect()
    }

    /// The choice these scopes are, in whatever order.
    pub fn of(scopes: &[Scope]) -> Option<Self> {
        Preset::ALL.into_iter().find(|preset| {
            let own = preset.scopes();
            own.iter().all(|scope| scopes.contains(scope)) && scopes.iter().all(|scope| own.contains(scope))
        })
    }
}

/// What comes before the colon.
fn area(scope: Scope) -> &'static str {
    scope.as_str().split_once(':').map_or("", |(area, _)| area)
}

/// The groups in which scopes are offered.
pub const GROUPS: [(&str, &[Scope]); 8] = [
    ("Entries", &[Scope::ChangelogRead, Scope::ChangelogWrite, Scope::ChangelogPublish, Scope::ChangelogDelete]),
    ("Projects", &[Scope::ProjectRead, Scope::ProjectWrite]),
    ("Tags", &[Scope::TagsRead, Scope::TagsWrite]),
    ("Analytics", &[Scope::AnalyticsRead]),
    ("Subscribers", &[Scope::SubscribersRead, Scope::SubscribersWrite]),
    ("E-mail", &[Scope::EmailSend]),
    ("GitHub", &[Scope::GithubRead, Scope::GithubWrite]),
    ("Webhooks", &[Scope::WebhooksRead, Scope::WebhooksWrite]),
];

/// What a key with this scope may do.
pub fn allows(scope: Scope) -> &'static str {
    match scope {
        Scope::ChangelogRead => "Read entries, drafts included, and their versions.",
        Scope::ChangelogWrite => "Create and change entries, import; includes reading.",
        Scope::ChangelogPublish => "Publish and unpublish, or ask for it where approval is needed; includes reading.",
        Scope::ChangelogDelete => "Delete entries; includes reading.",
        Scope::ProjectRead => "Read projects, their settings and widgets.",
        Scope::ProjectWrite => "Create, change and delete projects, settings and widgets; includes reading.",
        Scope::AnalyticsRead => "Read and export the figures of readers.",
        Scope::SubscribersRead => "List subscribers.",
        Scope::SubscribersWrite => "Add, change and remove subscribers; includes reading.",
        Scope::EmailSend => "Send updates and digests to subscribers.",
        Scope::GithubRead => "Read the settings and tags of a linked repository.",
        Scope::GithubWrite => "Link a repository and make entries from it; includes reading.",
        Scope::TagsRead => "List tags.",
        Scope::TagsWrite => "Create, change and delete tags; includes reading.",
        Scope::WebhooksRead => "List webhooks.",
        Scope::WebhooksWrite => "Create, change and delete webhooks; includes reading.",
    }
}

/// Whether anything of this version asks for the scope. The others exist because existing clients name them.
pub fn is_used(scope: Scope) -> bool {
    Permission::ALL.into_iter().filter_map(Permission::scope).any(|needed| scope.covers(needed))
}

/// What a list that was left out means at creation: existing clients make keys without one and expect them to work.
pub fn scopes_or_all(scopes: Vec<Scope>) -> Vec<Scope> {
    if scopes.is_empty() { Scope::ALL.to_vec() } else { scopes }
}

/// Scopes in a few words: the name of a preset, or the first scopes and how many more.
pub fn summary(scopes: &[Scope]) -> String {
    if let Some(preset) = Preset::of(scopes) {
        return preset.label().to_owned();
    }
    let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    match names.as_slice() {
        [] => "Nothing".to_owned(),
        [one] => (*one).to_owned(),
        [first, second] => format!("{first}, {second}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}
