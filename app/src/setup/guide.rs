//! The way through the steps.

use leptos::prelude::*;
use model::setup::{Progress, Step};

use super::steps::{OauthStep, SettingsStep, TeamStep};
use super::{Actions, Guide, PATH, steps};

/// The steps in a line, with the present one marked.
#[component]
pub(super) fn StepBar(current: Step, #[prop(optional)] progress: Option<Progress>) -> impl IntoView {
    let progress = progress.unwrap_or_default();
    let steps = [Step::Admin, Step::Settings, Step::Oauth, Step::Team, Step::Complete];
    let behind = steps.iter().position(|step| *step == current).unwrap_or(0);
    view! {
        <nav class="set-up-steps" aria-label="Steps">
            <ol>
                {steps
                    .into_iter()
                    .enumerate()
                    .map(|(position, step)| {
                        let is_done = progress.has(step) || step == Step::Admin && position < behind;
                        let is_skipped = progress.skipped.contains(&step);
                        let class = match (step == current, is_done) {
                            (true, _) => "set-up-step set-up-now",
                            (false, true) => "set-up-step set-up-done",
                            (false, false) => "set-up-step",
                        };
                        let note = match (is_done, is_skipped) {
                            (true, _) => ", done",
                            (false, true) => ", left out",
                            (false, false) => "",
                        };
                        view! {
                            <li class=class aria-current=(step == current).then_some("step")>
                                {step.label()} <span class="sr-only">{note}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </nav>
    }
}

/// The present step, or the one that was asked for.
#[component]
pub(super) fn GuideView(guide: Guide, asked: Memo<Option<Step>>, actions: Actions) -> impl IntoView {
    let guide = StoredValue::new(guide);
    move || {
        let Guide { progress, settings, time_zones } = guide.get_value();
        let current = progress.current();
        // Only what lies behind or is present can be looked at again.
        let step = asked
            .get()
            .filter(|asked| matches!(asked, Step::Settings | Step::Oauth | Step::Team))
            .filter(|asked| position(*asked) <= position(current))
            .unwrap_or(current);
        let back = match step {
            Step::Oauth => Some(Step::Settings),
            Step::Team => Some(Step::Oauth),
            Step::Complete => Some(Step::Team),
            _ => None,
        };
        view! {
            <StepBar current=step progress=progress.clone()/>
            {match step {
                Step::Settings => {
                    let is_new = !progress.has(Step::Settings);
                    view! { <SettingsStep settings time_zones is_new save=actions.settings/> }.into_any()
                }
                Step::Oauth => view! { <OauthStep skip=actions.skip/> }.into_any(),
                Step::Team => view! { <TeamStep team=actions.team skip=actions.skip/> }.into_any(),
                _ => view! { <steps::CompleteStep actions/> }.into_any(),
            }}
            {back.map(|step| view! {
                <p class="sign-in-foot small">
                    <a href=format!("{PATH}?step={}", step.as_str())>{format!("Back to {}", step.label().to_lowercase())}</a>
                </p>
            })}
        }
    }
}

fn position(step: Step) -> usize {
    Step::ALL.iter().position(|one| *one == step).unwrap_or(0)
}
