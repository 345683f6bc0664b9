//! Dates for people: relative within a week, absolute after, the exact time in the tooltip. UTC until a person's zone
//! is known.

use leptos::prelude::*;
use model::time::{Timestamp, long_date, short_date, to_wire};
use ui::Time;

/// A moment of the past. The server and the first paint in the browser show the date, so that both agree; then, where
/// there are scripts, a recent moment is shown relative to now.
#[component]
pub fn Moment(at: Timestamp) -> impl IntoView {
    let text = RwSignal::new(short_date(at));
    Effect::new(move |_| {
        let seconds = js_now().map(|now| (now - at.timestamp_millis() as f64) / 1000.0);
        if let Some(words) = seconds.and_then(relative) {
            text.set(words);
        }
    });
    let title = format!("{}, {} UTC", long_date(at), at.format("%H:%M"));
    view! { <Time iso=to_wire(at) text=text title=Some(title)/> }
}

/// Milliseconds since 1970, in the browser.
fn js_now() -> Option<f64> {
    cfg!(feature = "hydrate").then(js_sys::Date::now)
}

/// "5 minutes ago", for moments of the last week.
fn relative(seconds: f64) -> Option<String> {
    let unit = |count: f64, name: &str| {
        let count = count.floor();
        let plural = if count > 1.0 { "s" } else { "" };
        Some(format!("{count} {name}{plural} ago"))
    };
    match seconds {
        s if s < -60.0 => None,
        s if s < 60.0 => Some("just now".to_owned()),
        s if s < 3600.0 => unit(s / 60.0, "minute"),
        s if s < 86_400.0 => unit(s / 3600.0, "hour"),
        s if s < 172_800.0 => Some("yesterday".to_owned()),
        s if s < 604_800.0 => unit(s / 86_400.0, "day"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn recent_moments_are_relative_and_old_ones_are_not() {
        for (seconds, words) in [
            (0.0, Some("just now")),
            (-30.0, Some("just now")),
            (61.0, Some("1 minute ago")),
            (7_300.0, Some("2 hours ago")),
            (90_000.0, Some("yesterday")),
            (200_000.0, Some("2 days ago")),
            (700_000.0, None),
            (-3_600.0, None),
        ] {
            assert_eq!(relative(seconds).as_deref(), words, "{seconds}");
        }
    }
}
