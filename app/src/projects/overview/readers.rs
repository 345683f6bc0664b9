//! How often a project was looked at, a bar for each day.

use std::fmt::Write as _;

use leptos::prelude::*;
use model::time::short_date;
use model::views::DayViews;

/// The size of the drawing in its own units; it is stretched to the room there is.
const HEIGHT: i64 = 48;
const STEP: i64 = 10;
const BAR: i64 = 7;

/// Views of the days given, the last of which is today. Days are those of UTC.
#[component]
pub fn Readers(
    days: Vec<DayViews>,
    /// Off where an administrator has switched the counting off.
    counts: bool,
) -> impl IntoView {
    let total: i64 = days.iter().map(|day| day.views).sum();
    let most = days.iter().filter(|day| day.views > 0).max_by_key(|day| day.views).copied();
    let count = days.len();
    view! {
        <section class="section">
            <div class="section-head">
                <h2>"Views"</h2>
                <p class="small nums">
                    {match most {
                        Some(most) => format!(
                            "{} in the last {count} days, the most on {} ({})",
                            views_of(total),
                            date(&most),
                            most.views,
                        ),
                        None => format!("None in the last {count} days"),
                    }}
                </p>
            </div>
            {(!counts).then(|| view! {
                <p class="soft small">"Counting is switched off in the settings of the instance, so new views are not counted."</p>
            })}
            {match most {
                Some(most) => {
                    let first = days.first().map(date);
                    let label = format!("Bars, one a day over {count} days: {} in all, at most {} a day", views_of(total), most.views);
                    view! {
                        <div class="views-chart">
                            <svg
                                role="img"
                                aria-label=label
                                viewBox=format!("0 0 {} {HEIGHT}", STEP * days.len() as i64)
                                preserveAspectRatio="none"
                            >
                                <path d=bars(&days)></path>
                            </svg>
                            <p class="soft small"><span>{first}</span><span>"Today"</span></p>
                        </div>
                    }
                    .into_any()
                }
                None if !counts => ().into_any(),
                None => {
                    view! {
                        <p class="soft small">
                            "Each view of the page or the widget counts, except those of bots, of people signed in here, and of readers who ask not to be tracked."
                        </p>
                    }
                    .into_any()
                }
            }}
        </section>
    }
}

/// "1 view", "2 views".
fn views_of(count: i64) -> String {
    format!("{count} view{}", if count == 1 { "" } else { "s" })
}

fn date(day: &DayViews) -> String {
    day.day.and_hms_opt(0, 0, 0).map(|midnight| short_date(midnight.and_utc())).unwrap_or_default()
}

/// The outline of all bars: the highest fills the height, and a day with any view can be seen.
fn bars(days: &[DayViews]) -> String {
    let most = days.iter().map(|day| day.views).max().unwrap_or(0).max(1);
    let mut path = String::new();
    for (at, day) in days.iter().enumerate().filter(|(_, day)| day.views > 0) {
        let height = (day.views * HEIGHT / most).max(2);
        // Writing to a string does not fail.
        let _ = write!(path, "M{} {HEIGHT}v-{height}h{BAR}v{height}z", at as i64 * STEP);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{DayViews, bars};

    #[test]
    fn bars_are_as_high_as_their_share_of_the_busiest_day_and_always_visible() {
        let day = "2026-03-04".parse().unwrap();
        let of = |counts: &[i64]| {
            bars(&counts.iter().map(|&views| DayViews { day, views, visitors: views }).collect::<Vec<_>>())
        };
        assert_eq!(of(&[0, 1_000, 1, 500]), "M10 48v-48h7v48zM20 48v-2h7v2zM30 48v-24h7v24z");
        assert_eq!(of(&[0, 0]), "");
    }
}
