//! Dates for people: relative within a week, absolute after, the exact time in the tooltip. In the zone of the signed-in
//! person, which the document names in `data-zone`.

use chrono::NaiveDateTime;
use leptos::prelude::*;
use model::time::{Timestamp, long_date, short_date, to_wire};
use ui::Time;

use crate::account::Me;

/// A moment of the past. The server and the first paint in the browser show the date, so that both agree; then, where
/// there are scripts, a recent moment is shown relative to now.
#[component]
pub fn Moment(at: Timestamp) -> impl IntoView {
    let zone = zone();
    let local = local(at, &zone).and_utc();
    let text = RwSignal::new(short_date(local));
    Effect::new(move |_| {
        let seconds = js_now().map(|now| (now - at.timestamp_millis() as f64) / 1000.0);
        if let Some(words) = seconds.and_then(relative) {
            text.set(words);
        }
    });
    let title = format!("{}, {} {zone}", long_date(local), local.format("%H:%M"));
    view! { <Time iso=to_wire(at) text=text title=Some(title)/> }
}

/// The date of a moment, in the zone of the person.
pub fn day(at: Timestamp) -> String {
    short_date(local(at, &zone()).and_utc())
}

/// Keeps the choices of somebody who signed in without a new page from the server, where that would have put them.
pub fn remember(me: &Me) {
    if !cfg!(feature = "hydrate") {
        return;
    }
    if let Some(root) = document().document_element() {
        // The name is a valid attribute name, so this cannot fail.
        let _ = root.set_attribute("data-zone", &me.zone);
    }
    if let Some(theme) = me.theme {
        ui::apply_theme(ui::Theme::parse(theme.as_str()));
    }
}

/// The name of the zone that dates are shown in.
fn zone() -> String {
    #[cfg(feature = "ssr")]
    let named = use_context::<services::own_settings::Shown>().map(|shown| shown.zone);
    #[cfg(not(feature = "ssr"))]
    let named = if cfg!(feature = "hydrate") {
        document().document_element().and_then(|root| root.get_attribute("data-zone"))
    } else {
        None
    };
    named.filter(|zone| !zone.is_empty()).unwrap_or_else(|| "UTC".to_owned())
}

/// What clocks of a zone show at a moment; those of UTC where the zone is unknown.
fn local(at: Timestamp, zone: &str) -> NaiveDateTime {
    if zone == "UTC" {
        return at.naive_utc();
    }
    #[cfg(feature = "ssr")]
    return services::zones::Zone::named(Some(zone)).local(at).naive_local();
    #[cfg(not(feature = "ssr"))]
    return in_browser(at, zone).unwrap_or_else(|| at.naive_utc());
}

/// Browsers know the zones. One that is newer than the browser is an error there.
#[cfg(not(feature = "ssr"))]
fn in_browser(at: Timestamp, zone: &str) -> Option<NaiveDateTime> {
    use wasm_bindgen::{JsCast, JsValue};
    let date = js_sys::Date::new(&JsValue::from_f64(at.timestamp_millis() as f64));
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    let write = js_sys::Reflect::get(&date, &"toLocaleString".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    // Swedish dates are those of ISO 8601: 2026-11-02 14:05:00.
    let text = write.call2(&date, &"sv-SE".into(), &options).ok()?.as_string()?;
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").ok()
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
