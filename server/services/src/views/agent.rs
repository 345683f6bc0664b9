//! What kind of device and browser a user agent names. Deliberately coarse: a few words are all that is kept.

/// Parts of the user agents of programs that nobody looks through.
const BOTS: [&str; 28] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "preview",
    "fetch",
    "scan",
    "monitor",
    "uptime",
    "pingdom",
    "headless",
    "lighthouse",
    "curl/",
    "wget/",
    "python",
    "java/",
    "go-http",
    "okhttp",
    "axios",
    "node",
    "ruby",
    "perl",
    "php",
    "libwww",
    "facebookexternalhit",
    "embedly",
    "feed",
    "rss",
];

/// Device and browser; `None` for what is no person's browser. Every browser calls itself Mozilla.
pub(super) fn read(agent: &str) -> Option<(&'static str, &'static str)> {
    let agent = agent.to_ascii_lowercase();
    if !agent.contains("mozilla/") && !agent.contains("opera") || BOTS.iter().any(|bot| agent.contains(bot)) {
        return None;
    }
    let has = |part: &str| agent.contains(part);
    let device = if has("ipad") || has("tablet") || (has("android") && !has("mobile")) {
        "tablet"
    } else if has("mobi") || has("iphone") || has("android") {
        "mobile"
    } else {
        "desktop"
    };
    // The order matters: most of them also name those they descend from.
    let browser = if has("edg/") || has("edga/") || has("edgios/") {
        "Edge"
    } else if has("opr/") || has("opera") {
        "Opera"
    } else if has("samsungbrowser/") {
        "Samsung Internet"
    } else if has("firefox/") || has("fxios/") {
        "Firefox"
    } else if has("chrome/") || has("crios/") || has("chromium/") {
        "Chrome"
    } else if has("safari/") {
        "Safari"
    } else {
        "Other"
    };
    Some((device, browser))
}
