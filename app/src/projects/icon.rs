//! The sign of a project: its icon on its colour.
//!
//! NOTICE: the shapes follow Lucide (<https://lucide.dev>, ISC licence, Copyright (c) Lucide Contributors), redrawn as
//! single paths; the kit's icons carry the whole notice.

use leptos::prelude::*;

/// Name, and one path in a 24-unit box. The names are those that existing clients send.
const ICONS: [(&str, &str); 24] = [
    (
        "Rocket",
        "M4.5 16.5c-1.5 1.3-2 5-2 5s3.7-.5 5-2c.7-.8.7-2.1-.1-2.9a2.2 2.2 0 0 0-2.9-.1zM12 15l-3-3a22 22 0 0 1 2-4A12.9 12.9 0 0 1 22 2c0 2.7-.8 7.5-6 11a22.4 22.4 0 0 1-4 2zM9 12H4s.5-3 2-4c1.6-1.1 5 0 5 0M12 15v5s3-.5 4-2c1.1-1.6 0-5 0-5",
    ),
    (
        "Package",
        "M21 8a2 2 0 0 0-1-1.7l-7-4a2 2 0 0 0-2 0l-7 4A2 2 0 0 0 3 8v8a2 2 0 0 0 1 1.7l7 4a2 2 0 0 0 2 0l7-4a2 2 0 0 0 1-1.7zM3.3 7 12 12l8.7-5M12 22V12",
    ),
    ("Layers", "m12 2 10 5-10 5L2 7zM2 12l10 5 10-5M2 17l10 5 10-5"),
    (
        "Zap",
        "M4 14a1 1 0 0 1-.8-1.6l9.9-10.2a.5.5 0 0 1 .9.5l-1.9 6A1 1 0 0 0 13 10h7a1 1 0 0 1 .8 1.6l-9.9 10.2a.5.5 0 0 1-.9-.5l1.9-6A1 1 0 0 0 11 14z",
    ),
    ("Star", "m12 2 3.1 6.3 6.9 1-5 4.9 1.2 6.8-6.2-3.2L5.8 21 7 14.2 2 9.3l6.9-1z"),
    (
        "Heart",
        "M19 14c1.5-1.5 3-3.2 3-5.5A5.5 5.5 0 0 0 16.5 3c-1.8 0-3 .5-4.5 2-1.5-1.5-2.7-2-4.5-2A5.5 5.5 0 0 0 2 8.5c0 2.3 1.5 4 3 5.5l7 7z",
    ),
    ("Code", "m16 18 6-6-6-6M8 6l-6 6 6 6"),
    ("Terminal", "m4 17 6-6-6-6M12 19h8"),
    (
        "Database",
        "M21 5c0 1.7-4 3-9 3S3 6.7 3 5s4-3 9-3 9 1.3 9 3zM3 5v14c0 1.7 4 3 9 3s9-1.3 9-3V5M3 12c0 1.7 4 3 9 3s9-1.3 9-3",
    ),
    (
        "Cpu",
        "M6 4h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM9 9h6v6H9zM15 2v2M15 20v2M2 15h2M2 9h2M20 15h2M20 9h2M9 2v2M9 20v2",
    ),
    ("Cloud", "M17.5 19H9a7 7 0 1 1 6.7-9h1.8a4.5 4.5 0 1 1 0 9z"),
    ("Globe", "M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0zM2 12h20M12 2a15 15 0 0 1 0 20 15 15 0 0 1 0-20z"),
    ("Compass", "m16.2 7.8-2.1 6.3-6.3 2.1 2.1-6.3zM22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0z"),
    (
        "Shield",
        "M20 13c0 5-3.5 7.5-7.7 9a1 1 0 0 1-.6 0C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.2-2.700a1.2 1.2 0 0 1 1.6 0C14.5 3.8 17 5 19 5a1 1 0 0 1 1 1z",
    ),
    ("Bell", "M10.3 21a2 2 0 0 0 3.4 0M6 8a6 6 0 0 1 12 0c0 6 2.5 7.5 3 9H3c.5-1.5 3-3 3-9z"),
    ("Mail", "M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM22 7l-9 5.700a2 2 0 0 1-2 0L2 7"),
    ("MessageCircle", "M7.9 20A9 9 0 1 0 4 16.1L2 22z"),
    ("Book", "M4 19.5v-15A2.5 2.5 0 0 1 6.5 2H20v20H6.5a2.5 2.5 0 0 1 0-5H20"),
    (
        "Flag",
        "M4 22V4a1 1 0 0 1 .4-.8A6 6 0 0 1 8 2c3 0 5 2 7.3 2q2 0 3.1-.8A1 1 0 0 1 20 4v10a1 1 0 0 1-.4.8A6 6 0 0 1 16 16c-3 0-5-2-8-2a6 6 0 0 0-4 1.5",
    ),
    (
        "Leaf",
        "M11 20A7 7 0 0 1 9.8 6.1C15.5 5 17 4.5 19 2c1 2 2 4.2 2 8 0 5.5-4.8 10-10 10zM2 21c0-3 1.9-5.4 5.1-6 2.4-.5 4.9-2 5.9-3",
    ),
    (
        "Sun",
        "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M6.3 17.7l-1.4 1.4M19.1 4.9l-1.4 1.4",
    ),
    ("Moon", "M12 3a6 6 0 0 0 9 9 9 9 0 1 1-9-9z"),
    (
        "Camera",
        "M14.5 4h-5L7 7H4a2 2 0 0 0-2 2v9a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V9a2 2 0 0 0-2-2h-3zM15 13a3 3 0 1 1-6 0 3 3 0 0 1 6 0z",
    ),
    (
        "Coffee",
        "M10 2v2M14 2v2M16 8a1 1 0 0 1 1 1v8a4 4 0 0 1-4 4H7a4 4 0 0 1-4-4V9a1 1 0 0 1 1-1h14a4 4 0 1 1 0 8h-1M6 2v2",
    ),
];

/// The names that can be chosen.
pub fn icon_names() -> impl Iterator<Item = &'static str> {
    ICONS.iter().map(|(name, _)| *name)
}

/// Letters and digits of a name, in lower case: `message-circle` and `MessageCircle` are the same.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn path(name: &str) -> Option<&'static str> {
    let wanted = plain(name);
    ICONS.iter().find(|(name, _)| plain(name) == wanted).map(|(_, path)| *path)
}

/// The shape of an icon; nothing for a name that is not drawn.
#[component]
pub fn IconShape(#[prop(into)] name: String, #[prop(default = 16)] size: u8) -> impl IntoView {
    path(&name).map(|path| {
        view! {
            <svg
                class="icon"
                viewBox="0 0 24 24"
                width=size.to_string()
                height=size.to_string()
                fill="none"
                stroke="currentColor"
                stroke-width="1.75"
                stroke-linecap="round"
                stroke-linejoin="round"
                aria-hidden="true"
                focusable="false"
            >
                <path d=path></path>
            </svg>
        }
    })
}

/// A project's sign beside its name: the icon, or the first letter where there is none that is drawn.
#[component]
pub fn ProjectSign(
    #[prop(into)] name: String,
    icon: Option<String>,
    color: Option<String>,
    /// 32 px instead of 20.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let face = match icon.filter(|icon| path(icon).is_some()) {
        Some(icon) => view! { <IconShape name=icon size=if large { 18 } else { 12 }/> }.into_any(),
        None => name.trim().chars().next().map(|letter| letter.to_uppercase().to_string()).into_any(),
    };
    // Stored colours are `#` and six digits, so that nothing else can get into the attribute.
    let tint = color.map(|color| format!("--sign: {color}"));
    view! {
        <span class=if large { "project-sign project-sign-large" } else { "project-sign" } style=tint aria-hidden="true">
            {face}
        </span>
    }
}
