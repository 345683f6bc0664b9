//! The sign-in page.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use model::Error;
use model::sso::Problem;
use ui::{Button, Field, FormError, Logo, Notice, Tone, Variant};

use super::{PasskeyButton, ProviderButtons, SignIn, get_sign_in_ways};
use crate::failure::{failure_of, field_error, wrong_fields};
use crate::params::{queried, with_query};
use crate::pending::{Pending, later};

/// What the place to go to after signing in is called in the address of this page. Three names for the same thing, because
/// older clients send each of them.
pub const TARGETS: [&str; 3] = ["redirectTo", "redirect", "from"];

#[component]
pub fn LoginPage() -> impl IntoView {
    let name = crate::instance::instance_name();
    let ways = Resource::new_blocking(|| (), |()| get_sign_in_ways());
    let search = use_location().search;
    let target = Memo::new(move |_| {
        search.with(|search| {
            let mut named = TARGETS.iter().filter_map(|name| queried(search, name));
            named.find(|target| !target.is_empty()).unwrap_or_default()
        })
    });
    let wants_password = Memo::new(move |_| search.with(|search| queried(search, "password").is_some()));
    view! {
        <Title text="Sign in · Tidings"/>
        <main class="sign-in">
            <Logo/>
            {(name != "Tidings").then(|| view! { <p class="soft" dir="auto">{name}</p> })}
            <h1>"Sign in"</h1>
            <Why/>
            <Pending>
                {move || {
                    let (hides, leads) = (!wants_password.get(), target.get());
                    later(async move {
                        // Whoever cannot ask what else there is still signs in by password.
                        let ways = ways.await.unwrap_or_default();
                        let (sso_only, resets) = (ways.sso_only, ways.resets);
                        let form = if sso_only && hides {
                            let href = with_query("/login", &[("password", "1"), ("redirectTo", &leads)]);
                            view! {
                                <p class="sign-in-foot">
                                    "People sign in through their organisation here. "
                                    <a href=href>"Sign in with a password as an administrator"</a>
                                </p>
                            }
                            .into_any()
                        } else {
                            view! { <PasswordForm target resets/> }.into_any()
                        };
                        let providers = view! { <ProviderButtons ways target=leads/> };
                        // Where people come through a provider, that comes first.
                        if sso_only { (providers, form).into_any() } else { (form, providers).into_any() }
                    })
                }}
            </Pending>
            <PasskeyButton redirect_to=Signal::derive(move || target.get())/>
        </main>
    }
}

/// Why somebody is here who did not come by themselves.
#[component]
fn Why() -> impl IntoView {
    let search = use_location().search;
    let words = move || {
        search.with(|search| {
            if let Some(error) = queried(search, "error") {
                // Nothing of the address stands on the page, so that nobody can put words here.
                let domain = queried(search, "domain");
                let problem = Problem::read(&error, domain.as_deref()).unwrap_or(Problem::Declined);
                return Some((Tone::Bad, "You are not signed in", problem.text()));
            }
            if queried(search, "reset").is_some() {
                let text = "All sign-ins of your account have ended. Sign in with the new password.";
                return Some((Tone::Good, "Your new password is set", text.to_owned()));
            }
            queried(search, "ended").map(|_| {
                let text = "It was ended here or on another device, or nobody used it for a week.";
                (Tone::Note, "Your sign-in has ended", text.to_owned())
            })
        })
    };
    move || {
        words().map(|(tone, title, text)| {
            // Trouble is spoken at once; a greeting waits until somebody reads it.
            let role = (tone == Tone::Bad).then_some("alert");
            view! { <div role=role><Notice tone title=title>{text}</Notice></div> }
        })
    }
}

#[component]
fn PasswordForm(target: Memo<String>, resets: bool) -> impl IntoView {
    let sign_in = ServerAction::<SignIn>::new();
    let failure = failure_of(sign_in);
    let breached = move || failure.with(|error| matches!(error, Some(Error::PasswordBreached { .. })));
    let message = Signal::derive(move || {
        failure.with(|error| match error {
            Some(Error::PasswordBreached { .. }) | None => None,
            Some(Error::SlowDown { seconds }) => {
                Some(format!("Too many attempts. Try again in {}.", waiting(*seconds)))
            }
            Some(other) => Some(other.to_string()),
        })
    });
    view! {
        <ActionForm action=sign_in attr:class="stack">
            <FormError message=message fields=wrong_fields(failure)/>
            <input type="hidden" name="redirect_to" value=move || target.get()/>
            <Field
                label="E-mail"
                name="email"
                kind="email"
                autocomplete="username webauthn"
                required=true
                autofocus=true
                error=field_error(failure, "email")
            />
            <Field
                label="Password"
                name="password"
                kind="password"
                autocomplete="current-password"
                required=true
                error=field_error(failure, "password")
            />
            <Show when=breached fallback=move || view! {
                <Button variant=Variant::Primary busy=sign_in.pending()>"Sign in"</Button>
            }>
                <div role="alert">
                    <Notice tone=Tone::Warn title="Thieves know this password">
                        {move || failure.with(|error| error.as_ref().map(ToString::to_string))}
                        " Set a new one soon, here and wherever else you use it."
                    </Notice>
                </div>
                <Button variant=Variant::Primary busy=sign_in.pending() name="accept_breach" value="true">
                    "Continue with this password"
                </Button>
            </Show>
            {resets.then(|| view! { <p class="small"><a href="/forgot-password">"Forgot your password?"</a></p> })}
        </ActionForm>
    }
}

/// How long to wait, as people say it.
fn waiting(seconds: u64) -> String {
    match seconds {
        0 | 1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::waiting;

    #[test]
    fn waiting_is_told_in_seconds_or_minutes() {
        for (seconds, words) in [(1, "a second"), (90, "90 seconds"), (91, "2 minutes"), (900, "15 minutes")] {
            assert_eq!(waiting(seconds), words);
        }
    }
}
