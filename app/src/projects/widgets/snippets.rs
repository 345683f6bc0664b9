//! What to paste to get a widget onto a page.

use leptos::prelude::*;
use ui::{CodeBlock, TabPanel, Tabs};

use super::Pinned;

/// The snippets for a script at `script`. `pinned` adds the one whose file never changes.
#[component]
pub(super) fn Snippets(
    script: String,
    #[prop(optional_no_strip)] pinned: Option<Pinned>,
    #[prop(optional, into)] project: String,
    #[prop(optional, into)] base_url: String,
) -> impl IntoView {
    let mut list = vec![
        ("html", "HTML", html(&script)),
        ("react", "React", react(&script)),
        ("vue", "Vue", vue(&script)),
        ("svelte", "Svelte", svelte(&script)),
    ];
    if let Some(pinned) = pinned {
        list.push(("pinned", "With integrity", with_integrity(&pinned, &base_url, &project)));
    }
    let selected = RwSignal::new("html".to_owned());
    let tabs: Vec<(String, String)> =
        list.iter().map(|(id, label, _)| ((*id).to_owned(), (*label).to_owned())).collect();
    view! {
        <Tabs label="Snippet" tabs=tabs selected=selected/>
        {list
            .into_iter()
            .map(|(id, label, code)| view! {
                <TabPanel id=id selected=selected><CodeBlock label=format!("{label} snippet") code=code/></TabPanel>
            })
            .collect_view()}
    }
}

fn html(script: &str) -> String {
    format!("<script src=\"{script}\" async></script>")
}

fn react(script: &str) -> String {
    format!(
        "import {{ useEffect }} from 'react';\n\n\
         export function Changelog() {{\n  useEffect(() => {{\n    const script = document.createElement('script');\n    \
         script.src = '{script}';\n    script.async = true;\n    document.body.append(script);\n    \
         // The widget goes with its script.\n    return () => script.remove();\n  }}, []);\n  return null;\n}}"
    )
}

fn vue(script: &str) -> String {
    format!(
        "<script setup>\nimport {{ onMounted, onUnmounted }} from 'vue';\n\nlet script;\nonMounted(() => {{\n  \
         script = document.createElement('script');\n  script.src = '{script}';\n  script.async = true;\n  \
         document.body.append(script);\n}});\n// The widget goes with its script.\n\
         onUnmounted(() => script.remove());\n</script>"
    )
}

fn svelte(script: &str) -> String {
    format!(
        "<script>\n  import {{ onMount }} from 'svelte';\n\n  onMount(() => {{\n    \
         const script = document.createElement('script');\n    script.src = '{script}';\n    script.async = true;\n    \
         document.body.append(script);\n    // The widget goes with its script.\n    return () => script.remove();\n  \
         }});\n</script>"
    )
}

fn with_integrity(pinned: &Pinned, base_url: &str, project: &str) -> String {
    format!(
        "<script src=\"{base_url}{}\"\n        integrity=\"{}\"\n        crossorigin=\"anonymous\" \
         data-project=\"{project}\" async></script>",
        pinned.url, pinned.integrity
    )
}
