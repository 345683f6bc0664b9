//! Dates of public pages: in the project's zone, with time and zone in the tooltip and the instant for machines.

use leptos::prelude::*;
use model::projects::Project;
use model::time::{Timestamp, to_wire};
use services::zones::Zone;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of a month, counted from 1.
pub(super) fn month_name(month: u32) -> &'static str {
    let at = usize::try_from(month).ok().and_then(|month| month.checked_sub(1));
    at.and_then(|at| MONTHS.get(at)).copied().unwrap_or("")
}

#[derive(Debug, Clone)]
pub(super) struct Dates(Zone);

impl Dates {
    pub fn of(project: &Project) -> Self {
        Self(Zone::named(project.timezone.as_deref()))
    }

    /// The name of the zone, with spaces: `America/New York`.
    pub fn zone(&self) -> String {
        self.0.name().replace('_', " ")
    }

    /// Whether two moments have one date here.
    pub fn is_same_day(&self, one: Timestamp, other: Timestamp) -> bool {
        self.0.local(one).date_naive() == self.0.local(other).date_naive()
    }

    pub fn time(&self, at: Timestamp, class: &'static str) -> impl IntoView + use<> {
        view! { <time class=class datetime=to_wire(at) title=self.0.moment(at)>{self.0.long_date(at)}</time> }
    }
}
