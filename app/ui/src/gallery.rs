//! Every part of the kit in each of its states. A part that is not here does not exist.

use leptos::prelude::*;

use crate::{Crumb, PageHeader};

mod forms;
mod frames;
mod lists;
mod words;

/// A title longer than any line: German, 120 characters.
pub(crate) const LONG: &str = "Benachrichtigungseinstellungen für Veröffentlichungszeitpläne und \
                               Änderungsprotokollfreigaben werden jetzt zuverlässig gesichert";

/// Text that runs from right to left, with a version in it that does not.
pub(crate) const RTL: &str = "بحث أسرع ومفاجآت أقل في الإصدار 18.19.0";

/// The reference page. Mount it inside the dashboard's shell.
#[component]
pub fn Gallery() -> impl IntoView {
    view! {
        <div class="page">
            <PageHeader
                title="Gallery"
                lead="Every part of the kit in each of its states. A part that is not here does not exist."
                crumbs=vec![Crumb::link("Home", "/dashboard"), Crumb::here("Gallery")]
            />
            <forms::Buttons/>
            <forms::Fields/>
            <forms::Choices/>
            <forms::Composites/>
            <forms::Messages/>
            <frames::Dialogs/>
            <frames::Menus/>
            <frames::TabLines/>
            <frames::Headers/>
            <frames::Sidebars/>
            <lists::Rows/>
            <lists::Marks/>
            <lists::States/>
            <lists::ToastLines/>
            <words::Words/>
            <words::Prose/>
            <words::Glyphs/>
        </div>
    }
}

/// One component with its states.
#[component]
pub(crate) fn Specimen(name: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="specimen">
            <h2 class="specimen-name">{name}</h2>
            <div class="specimen-body">{children()}</div>
        </section>
    }
}

/// One state, with a line that names it.
#[component]
pub(crate) fn Case(note: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="specimen-case">
            <p class="specimen-note">{note}</p>
            {children()}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::LONG;

    #[test]
    fn the_long_title_is_as_long_as_the_list_must_bear() {
        assert!(LONG.chars().count() >= 120, "{} characters", LONG.chars().count());
    }
}
