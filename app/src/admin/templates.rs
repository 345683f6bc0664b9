//! Templates that make versions from dates and numbers, for the whole instance.

use leptos::prelude::*;
use model::Result;
use model::instance::InstanceSettings;
use model::versions::{DATE_TEMPLATES, DateTemplate};
use ui::{Section, TextArea};

use super::settings::{Saved, nothing_to_do};
use crate::failure::{failure_of, field_error};
use crate::form::SavedForm;

#[cfg(feature = "ssr")]
use super::settings::change;
#[cfg(feature = "ssr")]
use model::instance::InstancePatch;

/// Changes the templates. Each line is a format, and its name behind a bar; nothing at all goes back to those that are
/// built in.
#[server(prefix = "/rpc", endpoint = "admin/set-templates")]
pub async fn set_templates(#[server(default)] templates: String) -> Result<Saved> {
    change(async || {
        let list = read(&templates);
        let custom_date_templates = Some((!list.is_empty()).then_some(list));
        Ok(InstancePatch { custom_date_templates, ..InstancePatch::default() })
    })
    .await
}

/// One template on each line that is not blank. Without a bar, a format is its own name.
#[cfg(any(feature = "ssr", test))]
fn read(text: &str) -> Vec<DateTemplate> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (format, label) = line.rsplit_once('|').unwrap_or((line, line));
            DateTemplate { format: format.trim().to_owned(), label: label.trim().to_owned() }
        })
        .collect()
}

fn written(templates: &[DateTemplate]) -> String {
    let lines: Vec<String> =
        templates.iter().map(|template| format!("{} | {}", template.format, template.label)).collect();
    lines.join("\n")
}

#[component]
pub(super) fn VersionTemplates(settings: InstanceSettings) -> impl IntoView {
    let save = ServerAction::<SetTemplates>::new();
    let failure = failure_of(save);
    let built_in: Vec<DateTemplate> = DATE_TEMPLATES
        .into_iter()
        .map(|(format, label)| DateTemplate { format: format.to_owned(), label: label.to_owned() })
        .collect();
    let placeholder = written(&built_in);
    view! {
        <Section
            id="versions"
            title="Versions from dates"
            text="What the version picker of the editor offers beside the next numbers."
        >
            <SavedForm action=save verb="Save templates" done="Templates saved." on_saved=nothing_to_do()>
                <TextArea
                    label="Templates"
                    name="templates"
                    id="field-customDateTemplates"
                    value=written(settings.custom_date_templates.as_deref().unwrap_or_default())
                    rows=4
                    mono=true
                    placeholder=placeholder
                    hint="One on each line: the format, a bar, and its name. Without any, the three shown here are offered."
                    error=field_error(failure, "customDateTemplates")
                />
                <p class="small soft">
                    "The time, in the project's zone: " <code>"{YYYY} {YY} {MM} {DD} {hh} {mm} {ss}"</code>
                    ". The highest version: " <code>"{VERSION} {MAJOR} {MINOR} {PATCH} {NEXT_MAJOR} {NEXT_MINOR} {NEXT_PATCH}"</code>
                    ". The first free number: " <code>"{N}"</code> "."
                </p>
            </SavedForm>
        </Section>
    }
}

#[cfg(test)]
mod tests {
    use super::{read, written};

    #[test]
    fn templates_are_read_as_they_are_written() {
        let text = "{YYYY}.{MM} | Month\n r{N}|{N} | Release ";
        let list = read(text);
        let pairs: Vec<_> = list.iter().map(|one| (one.format.as_str(), one.label.as_str())).collect();
        assert_eq!(pairs, [("{YYYY}.{MM}", "Month"), ("r{N}|{N}", "Release")]);
        assert_eq!(read(&written(&list)), list);
        assert_eq!(read("{YYYY}\n\n")[0].label, "{YYYY}");
        assert!(read(" \n").is_empty());
    }
}
