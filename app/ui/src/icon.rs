//! Icons: a closed list of glyphs, each one SVG path in a 24-unit box.
//!
//! NOTICE: the shapes follow Lucide (<https://lucide.dev>), redrawn as single paths. Lucide is published under the ISC
//! licence: Copyright (c) Lucide Contributors. Permission to use, copy, modify, and/or distribute this software for any
//! purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice
//! appear in all copies. The software is provided "as is" and the author disclaims all warranties with regard to it.

use leptos::prelude::*;

/// The shapes an [`Icon`] can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    Alert,
    Bell,
    Bold,
    Calendar,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    Clock,
    Close,
    Code,
    CodeBlock,
    Columns,
    Copy,
    Download,
    ExternalLink,
    Eye,
    EyeOff,
    Filter,
    Folder,
    Globe,
    Heading,
    History,
    Home,
    Image,
    Inbox,
    Info,
    Italic,
    Key,
    Keyboard,
    Link,
    List,
    ListNumbered,
    ListTasks,
    Lock,
    LogOut,
    Menu,
    Monitor,
    Moon,
    More,
    Pencil,
    Play,
    Plus,
    Quote,
    Redo,
    Rss,
    Search,
    Settings,
    Shield,
    Star,
    Strike,
    Sun,
    Table,
    Tag,
    Trash,
    Undo,
    Upload,
    User,
    Users,
    Widget,
}

impl Glyph {
    /// Every glyph, for the gallery.
    pub const ALL: [Glyph; 60] = [
        Glyph::Alert,
        Glyph::Bell,
        Glyph::Bold,
        Glyph::Calendar,
        Glyph::Check,
        Glyph::ChevronDown,
        Glyph::ChevronLeft,
        Glyph::ChevronRight,
        Glyph::Clock,
        Glyph::Close,
        Glyph::Code,
        Glyph::CodeBlock,
        Glyph::Columns,
        Glyph::Copy,
        Glyph::Download,
        Glyph::ExternalLink,
        Glyph::Eye,
        Glyph::EyeOff,
        Glyph::Filter,
        Glyph::Folder,
        Glyph::Globe,
        Glyph::Heading,
        Glyph::History,
        Glyph::Home,
        Glyph::Image,
        Glyph::Inbox,
        Glyph::Info,
        Glyph::Italic,
        Glyph::Key,
        Glyph::Keyboard,
        Glyph::Link,
        Glyph::List,
        Glyph::ListNumbered,
        Glyph::ListTasks,
        Glyph::Lock,
        Glyph::LogOut,
        Glyph::Menu,
        Glyph::Monitor,
        Glyph::Moon,
        Glyph::More,
        Glyph::Pencil,
        Glyph::Play,
        Glyph::Plus,
        Glyph::Quote,
        Glyph::Redo,
        Glyph::Rss,
        Glyph::Search,
        Glyph::Settings,
        Glyph::Shield,
        Glyph::Star,
        Glyph::Strike,
        Glyph::Sun,
        Glyph::Table,
        Glyph::Tag,
        Glyph::Trash,
        Glyph::Undo,
        Glyph::Upload,
        Glyph::User,
        Glyph::Users,
        Glyph::Widget,
    ];

    fn path(self) -> &'static str {
        match self {
            Glyph::Bold => "M6 12h9a4 4 0 0 1 0 8H7a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h7a4 4 0 0 1 0 8",
            Glyph::CodeBlock => {
                "m10 9.5-2.5 2.5 2.5 2.5M14 9.5l2.5 2.5-2.5 2.5M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z"
            }
            Glyph::Heading => "M6 4v16M18 4v16M6 12h12",
            Glyph::Image => {
                "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM11 9a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM21 15l-3.1-3.1a2 2 0 0 0-2.8 0L6 21"
            }
            Glyph::Italic => "M19 4h-9M14 20H5M15 4 9 20",
            Glyph::Keyboard => {
                "M4 5h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM6 9h.01M10 9h.01M14 9h.01M18 9h.01M8 12.5h.01M12 12.5h.01M16 12.5h.01M7 16h10"
            }
            Glyph::Link => {
                "M10 13a5 5 0 0 0 7.5.5l3-3a5 5 0 0 0-7-7l-1.8 1.7M14 11a5 5 0 0 0-7.5-.5l-3 3a5 5 0 0 0 7 7l1.8-1.7"
            }
            Glyph::ListNumbered => {
                "M10 6h11M10 12h11M10 18h11M4 4.5 5 4v5M4 9h2M4 14.5c0-1.2 2-1 2 .2 0 1-2 1.8-2 3.3h2"
            }
            Glyph::ListTasks => "M13 6h8M13 12h8M13 18h8M3 17l2 2 4-4M3 7l2 2 4-4",
            Glyph::Play => "m6 4 14 8-14 8z",
            Glyph::Quote => "M17 6H3M21 12H8M21 18H8M3 12v6",
            Glyph::Redo => "m15 14 5-5-5-5M20 9H9.5a5.5 5.5 0 0 0 0 11H13",
            Glyph::Star => "m12 3 2.8 5.6 6.2.9-4.5 4.4 1.1 6.1-5.6-2.9-5.6 2.9 1.1-6.1L3 9.5l6.2-.9z",
            Glyph::Strike => "M16 4H9a3 3 0 0 0-2.8 4M14 12a4 4 0 0 1 0 8H6M4 12h16",
            Glyph::Table => {
                "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM3 9h18M3 15h18M12 3v18"
            }
            Glyph::Alert => {
                "M12 9v4M12 17h.01M10.3 3.9 2.4 17.5a2 2 0 0 0 1.7 3h15.8a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0z"
            }
            Glyph::Bell => "M10.3 21a2 2 0 0 0 3.4 0M6 8a6 6 0 0 1 12 0c0 6 2.5 7.5 3 9H3c.5-1.5 3-3 3-9z",
            Glyph::Calendar => {
                "M8 2v4M16 2v4M5 4h14a2 2 0 0 1 2 2v13a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM3 10h18"
            }
            Glyph::Check => "M20 6 9 17l-5-5",
            Glyph::ChevronDown => "m6 9 6 6 6-6",
            Glyph::ChevronLeft => "m15 18-6-6 6-6",
            Glyph::ChevronRight => "m9 18 6-6-6-6",
            Glyph::Clock => "M12 6v6l4 2M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0z",
            Glyph::Close => "M18 6 6 18M6 6l12 12",
            Glyph::Code => "m16 18 6-6-6-6M8 6l-6 6 6 6",
            Glyph::Columns => "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM12 3v18",
            Glyph::Copy => {
                "M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2zM4 16a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2"
            }
            Glyph::Download => "M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M7 10l5 5 5-5M12 15V3",
            Glyph::ExternalLink => "M15 3h6v6M10 14 21 3M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6",
            Glyph::Eye => "M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7-10-7-10-7zM15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0z",
            Glyph::EyeOff => {
                "M9.9 5.2A9.6 9.6 0 0 1 12 5c6.5 0 10 7 10 7a17 17 0 0 1-2.2 3.1M6.6 6.6A16 16 0 0 0 2 12s3.5 7 10 7a9.5 9.5 0 0 0 5.4-1.6M14.1 14.1a3 3 0 0 1-4.2-4.2M2 2l20 20"
            }
            Glyph::Filter => "M3 6h18M7 12h10M10 18h4",
            Glyph::Folder => {
                "M20 20a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-7.9a2 2 0 0 1-1.7-.9l-.8-1.2A2 2 0 0 0 7.9 3H4a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2z"
            }
            Glyph::Globe => {
                "M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0zM2 12h20M12 2c2.6 2.7 4 6.2 4 10s-1.4 7.3-4 10c-2.6-2.7-4-6.2-4-10s1.4-7.3 4-10z"
            }
            Glyph::History => "M3 12a9 9 0 1 0 9-9 9.8 9.8 0 0 0-6.7 2.7L3 8M3 3v5h5M12 7v5l4 2",
            Glyph::Home => "m3 10 9-7 9 7v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM9 21v-8h6v8",
            Glyph::Inbox => {
                "M22 12h-6l-2 3h-4l-2-3H2M5.5 5.1 2 12v6a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-6l-3.5-6.9A2 2 0 0 0 16.8 4H7.2a2 2 0 0 0-1.7 1.1z"
            }
            Glyph::Info => "M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0zM12 16v-4M12 8h.01",
            Glyph::Key => "M13 15.5a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0zM11.4 11.6 21 2M15.5 7.5l3 3L22 7l-3-3",
            Glyph::List => "M8 6h13M8 12h13M8 18h13M3 6h.01M3 12h.01M3 18h.01",
            Glyph::Lock => {
                "M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM7 11V7a5 5 0 0 1 10 0v4"
            }
            Glyph::LogOut => "M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4M16 17l5-5-5-5M21 12H9",
            Glyph::Menu => "M4 6h16M4 12h16M4 18h16",
            Glyph::Monitor => "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM8 21h8M12 17v4",
            Glyph::Moon => "M12 3a6 6 0 0 0 9 9 9 9 0 1 1-9-9z",
            Glyph::More => {
                "M6 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0zM13 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0zM20 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0z"
            }
            Glyph::Pencil => "M17 3a2.83 2.83 0 1 1 4 4L7.5 20.5 2 22l1.5-5.5zM15 5l4 4",
            Glyph::Plus => "M5 12h14M12 5v14",
            Glyph::Rss => "M4 11a9 9 0 0 1 9 9M4 4a16 16 0 0 1 16 16M6 19a1 1 0 1 1-2 0 1 1 0 0 1 2 0z",
            Glyph::Search => "M19 11a8 8 0 1 1-16 0 8 8 0 0 1 16 0zM21 21l-4.3-4.3",
            Glyph::Settings => "M20 7h-9M14 17H5M20 17a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM10 7a3 3 0 1 1-6 0 3 3 0 0 1 6 0z",
            Glyph::Shield => "M20 13c0 5-3.5 7.5-8 9-4.5-1.5-8-4-8-9V6c3 0 5.5-1.5 8-4 2.5 2.5 5 4 8 4z",
            Glyph::Sun => {
                "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M6.3 17.7l-1.4 1.4M19.1 4.9l-1.4 1.4"
            }
            Glyph::Tag => {
                "M12.6 2.6A2 2 0 0 0 11.2 2H4a2 2 0 0 0-2 2v7.2a2 2 0 0 0 .6 1.4l8.7 8.7a2.4 2.4 0 0 0 3.4 0l6.6-6.6a2.4 2.4 0 0 0 0-3.4zM7.5 7.5h.01"
            }
            Glyph::Trash => {
                "M3 6h18M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2M10 11v6M14 11v6"
            }
            Glyph::Undo => "M9 14 4 9l5-5M4 9h10.5a5.5 5.5 0 0 1 0 11H11",
            Glyph::Upload => "M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M17 8l-5-5-5 5M12 3v12",
            Glyph::User => "M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2M16 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0z",
            Glyph::Users => {
                "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2M13 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM22 21v-2a4 4 0 0 0-3-3.9M16 3.1a4 4 0 0 1 0 7.8"
            }
            Glyph::Widget => "M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM13 12h5v4h-5z",
        }
    }
}

/// One glyph in the colour of the text around it. Hidden from assistive technology unless it has a `label`, so put a
/// word beside it or give the button around it an `aria-label`.
#[component]
pub fn Icon(
    glyph: Glyph,
    /// Edge length in CSS pixels: 16 beside text, 20 alone.
    #[prop(default = 16)]
    size: u8,
    #[prop(optional, into)] label: Option<String>,
) -> impl IntoView {
    let hidden = label.is_none().then_some("true");
    let role = label.is_some().then_some("img");
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
            focusable="false"
            role=role
            aria-hidden=hidden
            aria-label=label
        >
            <path d=glyph.path()></path>
        </svg>
    }
}
