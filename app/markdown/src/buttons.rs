//! Buttons: `[button:Label](address){style,size,disabled,self}`.

use crate::braces::Braces;

/// What a link's source begins with when it is a button.
pub(crate) const MARK: &str = "[button:";

/// How a button looks and what it does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) class: &'static str,
    pub(crate) size: &'static str,
    pub(crate) disabled: bool,
    /// Opens in the reader's tab instead of a new one.
    pub(crate) same_tab: bool,
}

impl Button {
    /// Reads the options; unknown ones mean nothing, the last of several counts.
    pub(crate) fn new(options: Option<Braces<'_>>) -> Self {
        let mut button = Self { class: "md-button-primary", size: "md-button-md", disabled: false, same_tab: false };
        for option in options.iter().flat_map(Braces::items) {
            match option.to_ascii_lowercase().as_str() {
                "default" => button.class = "md-button-default",
                "primary" => button.class = "md-button-primary",
                "secondary" => button.class = "md-button-secondary",
                "success" => button.class = "md-button-success",
                "danger" => button.class = "md-button-danger",
                "outline" => button.class = "md-button-outline",
                "ghost" => button.class = "md-button-ghost",
                "sm" => button.size = "md-button-sm",
                "md" => button.size = "md-button-md",
                "lg" => button.size = "md-button-lg",
                "disabled" => button.disabled = true,
                "self" => button.same_tab = true,
                _ => {}
            }
        }
        button
    }
}
