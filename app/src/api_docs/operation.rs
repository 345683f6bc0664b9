//! One operation.

use leptos::prelude::*;

use super::document::{Answer, Body, Operation, Parameter};
use super::{curl, example, shape, words};

pub(super) fn section(base_url: &str, operation: &Operation) -> impl IntoView + use<> {
    let id = operation.id.clone();
    let (good, other): (Vec<_>, Vec<_>) = operation.answers.iter().partition(|answer| answer.is_good());
    view! {
        <article class="docs-operation" id=id.clone() aria-labelledby=format!("{id}-title")>
            <h3 id=format!("{id}-title")>
                <a href=format!("#{id}")>{operation.summary.trim_end_matches('.').to_owned()}</a>
            </h3>
            <p class="docs-path">{method(operation.method)} " " <code>{operation.path.clone()}</code></p>
            {words(&operation.description)}
            {who(operation)}
            {(!operation.parameters.is_empty())
                .then(|| {
                    view! {
                        <h4>"Parameters"</h4>
                        <ul class="docs-members">{operation.parameters.iter().map(parameter).collect_view()}</ul>
                    }
                })}
            {operation.body.as_ref().map(request)}
            <h4>"Answers"</h4>
            <ul class="docs-answers">{good.into_iter().map(answer).collect_view()}</ul>
            <ul class="docs-answers docs-others">{other.into_iter().map(answer).collect_view()}</ul>
            <h4>"Call"</h4>
            <pre class="docs-call"><code>{curl::command(base_url, operation)}</code></pre>
        </article>
    }
}

/// A method in its colour.
pub(super) fn method(method: &'static str) -> impl IntoView {
    view! { <b class=format!("docs-method docs-{}", method.to_ascii_lowercase())>{method}</b> }
}

fn who(operation: &Operation) -> impl IntoView + use<> {
    if !operation.is_private {
        return view! { <p class="docs-who">"No credential needed."</p> }.into_any();
    }
    match operation.scopes.as_deref() {
        None => view! { <p class="docs-who">"Takes a sign-in; API keys cannot be used."</p> }.into_any(),
        Some([]) => view! { <p class="docs-who">"Takes a credential. An API key needs no scope."</p> }.into_any(),
        Some(scopes) => {
            let scope = |(position, scope): (usize, &String)| {
                view! { {(position > 0).then_some(" and ")} <code>{scope.clone()}</code> }
            };
            let words = if scopes.len() > 1 { "the scopes " } else { "the scope " };
            let scopes = scopes.iter().enumerate().map(scope).collect_view();
            view! { <p class="docs-who">"Takes a credential. An API key needs " {words} {scopes} "."</p> }.into_any()
        }
    }
}

fn parameter(parameter: &Parameter) -> impl IntoView + use<> {
    let Parameter { name, place, is_required, description, schema, example } = parameter;
    let place = match place.as_str() {
        "path" => "in the path",
        "query" => "in the query",
        "header" => "as a header",
        _ => "",
    };
    let kind = view! { {shape::kind(schema)} " " {place} }.into_any();
    let example = example.as_ref().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    view! {
        <li>
            {shape::term(name, kind, *is_required)}
            {words(description)}
            {shape::limits(schema)}
            {example.map(|text| view! { <p class="docs-limits">"Example: " <code>{text}</code></p> })}
        </li>
    }
}

fn request(body: &Body) -> impl IntoView + use<> {
    let may_lack = if body.is_required { "" } else { " It may be left out." };
    view! {
        <h4>"Body"</h4>
        <p class="docs-kind">{shape::kind(&body.schema)} {format!(" as {}.{may_lack}", body.media_type)}</p>
        {shape::members(&body.shape)}
        {body.example.as_ref().map(|value| example("Example of the body", value))}
    }
}

fn answer(answer: &Answer) -> impl IntoView + use<> {
    let is_good = answer.is_good();
    let headers = (is_good && !answer.headers.is_empty()).then(|| answer.headers.join(", "));
    let form = |body: &Body| {
        let of_kind = body.media_type.contains("json");
        view! {
            <p class="docs-kind">
                {of_kind.then(|| view! { {shape::kind(&body.schema)} " as " })}
                {body.media_type.clone()}
            </p>
            {body.example.as_ref().map(|value| example("Example", value))}
        }
    };
    view! {
        <li>
            <p class="docs-term"><b class="docs-status">{answer.status.clone()}</b> " " <span>{plain(&answer.description)}</span></p>
            {is_good.then(|| answer.bodies.iter().map(form).collect_view())}
            {headers.map(|names| view! { <p class="docs-limits">"Headers: " {names}</p> })}
        </li>
    }
}

/// One line of Markdown as text with code in it.
fn plain(text: &str) -> impl IntoView + use<> {
    let part = |(position, part): (usize, &str)| {
        let part = part.to_owned();
        if position % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    };
    text.split('`').enumerate().map(part).collect_view()
}
