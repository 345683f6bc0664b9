//! The script behind an embed tag on a customer's page. Pure text work: the caller has looked the project up, knows where
//! the assets are, and adds `ETag`, CORS and compression as for every other public answer.

use serde::Serialize;
use serde_json::{Map, Value};

/// The text in the loader's source that stands for its configuration, between quotation marks of whatever kind.
const PLACEHOLDER: &str = "__TIDINGS_CONFIG__";

/// Headers of the loader script, and of [`refusal`] apart from its `Cache-Control`.
pub const HEADERS: [(&str, &str); 4] = [
    ("content-type", "text/javascript; charset=utf-8"),
    ("cache-control", "public, max-age=300, stale-while-revalidate=86400"),
    ("cross-origin-resource-policy", "cross-origin"),
    ("x-content-type-options", "nosniff"),
];

/// What the loader has to know. All addresses are absolute, because the script runs on another origin.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Config<'a> {
    /// Public origin of this server, with its path prefix if there is one, without a slash at the end.
    pub base: &'a str,
    /// The modules around the panel: `frame.js`, `plain.js`, `entry.js` of `frontend/widget/loader`.
    pub frame_js: &'a str,
    pub plain_js: &'a str,
    pub entry_js: &'a str,
    /// The glue of the panel's WebAssembly module, and the module itself.
    pub panel_js: &'a str,
    pub panel_wasm: &'a str,
    #[serde(flatten)]
    pub about: About<'a>,
}

/// What the script is about.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum About<'a> {
    /// Widgets that the page makes by itself, of this kind unless it says otherwise.
    Bundle { bundle: &'a str },
    /// The project of the script's address.
    #[serde(rename_all = "camelCase")]
    Project {
        project: &'a str,
        name: &'a str,
        /// The widget that is kept, by id.
        #[serde(skip_serializing_if = "Option::is_none")]
        widget: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        variant: Option<&'a str>,
        /// Options that attributes and query of the embed tag override.
        settings: &'a Map<String, Value>,
        #[serde(rename = "customCSS", skip_serializing_if = "Option::is_none")]
        custom_css: Option<&'a str>,
        /// Sites that may embed it; none means all.
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        origins: &'a [String],
    },
}

/// The loader for one project, or the bundle, ready to be sent with [`HEADERS`].
///
/// # Errors
/// Never for these types; the signature is the serializer's.
pub fn loader(template: &str, config: &Config<'_>) -> serde_json::Result<String> {
    let literal = script_literal(config)?;
    let Some(start) = template.find(PLACEHOLDER) else { return Ok(template.to_owned()) };
    let end = start + PLACEHOLDER.len();
    let quotes = ['"', '\'', '`'];
    let before = template[..start].strip_suffix(quotes).unwrap_or(&template[..start]);
    let after = template[end..].strip_prefix(quotes).unwrap_or(&template[end..]);
    Ok([before, &literal, after].concat())
}

/// What an embed tag gets instead of the loader when there is nothing to show (project unknown, private): one line in the
/// console of the page for its developer, and nothing for its readers.
///
/// # Errors
/// Never for text; the signature is the serializer's.
pub fn refusal(reason: &str) -> serde_json::Result<String> {
    Ok(format!("console.warn({});\n", script_literal(&format!("[tidings] {reason}"))?))
}

/// JSON that is also safe where a script stands inside HTML, and in engines older than ES2019. The characters occur inside
/// strings only, so the escapes change no value.
fn script_literal<T: Serialize>(value: &T) -> serde_json::Result<String> {
    let json = serde_json::to_string(value)?;
    Ok(json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOADER: &str = include_str!("../../../frontend/widget/loader/loader.js");

    fn config<'a>(name: &'a str, settings: &'a Map<String, Value>) -> Config<'a> {
        Config {
            base: "https://news.example",
            frame_js: "https://news.example/assets/widget-frame-1.js",
            plain_js: "https://news.example/assets/widget-plain-4.js",
            entry_js: "https://news.example/assets/widget-entry-5.js",
            panel_js: "https://news.example/assets/widget-panel-2.js",
            panel_wasm: "https://news.example/assets/widget-panel-3.wasm",
            about: About::Project {
                project: "cmk60kvj50ce9uvw53efr4edt",
                name,
                widget: None,
                variant: None,
                settings,
                custom_css: None,
                origins: &[],
            },
        }
    }

    /// The configuration as the loader in `script` would see it.
    fn seen_by_the_loader(script: &str) -> Value {
        let start = script.find("{\"base\"").unwrap();
        let mut values = serde_json::Deserializer::from_str(&script[start..]).into_iter();
        values.next().unwrap().unwrap()
    }

    #[test]
    fn the_loader_gets_its_configuration_and_keeps_the_rest_of_its_text() {
        let settings = Map::from_iter([("accentColor".to_owned(), Value::from("#4f46e5"))]);
        let script = loader(LOADER, &config("Orbit Mail", &settings)).unwrap();
        let seen = seen_by_the_loader(&script);
        assert_eq!(seen["frameJs"], "https://news.example/assets/widget-frame-1.js");
        assert_eq!(seen["panelWasm"], "https://news.example/assets/widget-panel-3.wasm");
        assert_eq!(seen["settings"]["accentColor"], "#4f46e5");
        assert!(!script.contains(PLACEHOLDER), "the word occurs once in the loader, and is replaced");
        assert!(script.ends_with(");\n"));
    }

    #[test]
    fn nothing_people_write_can_leave_its_string() {
        let name = "</script><!-- \"quoted\" \\ \u{2028}\u{2029} __TIDINGS_CONFIG__ $&";
        let settings = Map::from_iter([("buttonText".to_owned(), Value::from(name))]);
        let script = loader(LOADER, &config(name, &settings)).unwrap();
        let start = script.find("{\"base\"").unwrap();
        assert!(!script[start..].lines().next().unwrap().contains(['<', '\u{2028}', '\u{2029}']));
        assert_eq!(seen_by_the_loader(&script)["name"], name);
        assert_eq!(seen_by_the_loader(&script)["settings"]["buttonText"], name);
    }

    #[test]
    fn a_refusal_is_one_line_for_the_console() {
        let script = refusal("This changelog is \"private\".\n</script>").unwrap();
        assert_eq!(script, "console.warn(\"[tidings] This changelog is \\\"private\\\".\\n\\u003c/script>\");\n");
    }
}
