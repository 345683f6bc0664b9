//! The page behind the link of an invitation.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::invitations::Found;
use model::time::long_date;
use model::{Result, Role};
use ui::{Button, ButtonLink, Field, FormError, Logo, Notice, Tone, Variant};

use crate::failure::{Failure, failure_of, field_error, form_error, wrong_fields};
use crate::pending::{Pending, later};

#[cfg(feature = "ssr")]
use crate::server::{act_public, set_cookies};
#[cfg(feature = "ssr")]
use services::caller;

/// What the link of an invitation leads to.
#[server(prefix = "/rpc/public", endpoint = "account/invitation")]
pub async fn find_invitation(token: String) -> Result<Found> {
    act_public(async |cx| services::invitations::look_up(&cx.services, &token, &cx.client).await).await
}

/// Makes an account from an invitation, signs in and goes to the dashboard.
#[server(prefix = "/rpc/public", endpoint = "account/register")]
pub async fn register(
    token: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<()> {
    act_public(async |cx| {
        match services::invitations::accept(&cx.services, &token, &name, &password, &cx.client).await {
            Ok(signed_in) => {
                set_cookies(caller::sign_in_cookies(&cx.services, &signed_in));
                leptos_axum::redirect("/dashboard");
                Ok(())
            }
            Err(error) => {
                // The address of the page is a secret and no `Referer` has it, so the way back is named here.
                if cx.is_plain_form() {
                    leptos_axum::redirect(&way_back(&token, &name, &error));
                }
                Err(error)
            }
        }
    })
    .await
}

/// The page with an error, as the framework puts it into addresses, and with the name that was typed.
#[cfg(feature = "ssr")]
fn way_back(token: &str, name: &str, error: &model::Error) -> String {
    use server_fn::ServerFn;
    use server_fn::error::ServerFnUrlError;

    let page = format!("/register/{}", crate::params::encode(token));
    let base = crate::params::with_query(&format!("http://localhost{page}"), &[("name", name)]);
    match ServerFnUrlError::new(Register::PATH, error.clone()).to_url(&base) {
        Ok(url) => format!("{page}?{}", url.query().unwrap_or_default()),
        Err(_) => page,
    }
}

#[component]
pub fn RegisterPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()));
    let found = Resource::new_blocking(move || token.get(), find_invitation);
    // Outside of what waits for the invitation, so that an answer survives it.
    let register = ServerAction::<Register>::new();
    view! {
        <Title text="Your account · Tidings"/>
        <main class="sign-in">
            <Logo/>
            <h1>"Your account"</h1>
            <Pending>
                {move || later(async move {
                    match found.await {
                        Ok(found) => view! { <Invited found token=token.get_untracked() register/> }.into_any(),
                        Err(error) => view! { <Failure error what="The invitation could not be opened."/> }.into_any(),
                    }
                })}
            </Pending>
        </main>
    }
}

#[component]
fn Invited(found: Found, token: String, register: ServerAction<Register>) -> impl IntoView {
    let title = match found {
        Found::Open { email, role, name, invited_by, expires_at } => {
            let end = long_date(expires_at);
            return view! { <RegisterForm token email role name invited_by end register/> }.into_any();
        }
        Found::Accepted => "This invitation was accepted",
        Found::Revoked => "This invitation was withdrawn",
        Found::Expired => "This invitation has expired",
        Found::Registered => "You have an account already",
        Found::Unknown => "There is no such invitation",
    };
    #[cfg(feature = "ssr")]
    crate::server::set_status(if found == Found::Unknown { 404 } else { 400 });
    let signs_in = matches!(found, Found::Accepted | Found::Registered);
    view! {
        <Notice tone=Tone::Warn title=title>{found.refusal()}</Notice>
        {signs_in.then(|| view! {
            <div><ButtonLink href="/login" variant=Variant::Primary>"Sign in"</ButtonLink></div>
        })}
    }
    .into_any()
}

#[component]
fn RegisterForm(
    token: String,
    email: String,
    role: Role,
    name: Option<String>,
    invited_by: Option<String>,
    end: String,
    register: ServerAction<Register>,
) -> impl IntoView {
    let failure = failure_of(register);
    let typed = use_query_map().with_untracked(|query| query.get("name"));
    let what = match role {
        Role::Admin => "As an administrator you look after the whole instance.",
        Role::Staff => "You can write entries and make projects.",
        Role::Viewer => "You can read everything, drafts included.",
    };
    let who = invited_by.unwrap_or_else(|| "An administrator".to_owned());
    view! {
        <p class="soft">
            <span dir="auto">{who}</span>
            {format!(" invited you, with the role {}. {what} The link works until {end}.", role.label())}
        </p>
        <ActionForm action=register attr:class="stack">
            <FormError message=form_error(failure) fields=wrong_fields(failure)/>
            <input type="hidden" name="token" value=token/>
            <Field
                label="E-mail"
                name="email"
                kind="email"
                value=email
                readonly=true
                autocomplete="username"
                hint="The address you were invited with. You sign in with it."
            />
            <Field
                label="Your name"
                name="name"
                value=typed.or(name).unwrap_or_default()
                autocomplete="name"
                required=true
                autofocus=true
                minlength=2
                maxlength=100
                error=field_error(failure, "name")
            />
            <Field
                label="Password"
                name="password"
                kind="password"
                autocomplete="new-password"
                required=true
                minlength=8
                hint="At least 8 characters. A long phrase is better than a short riddle."
                error=field_error(failure, "password")
            />
            <Button variant=Variant::Primary busy=register.pending()>"Create account"</Button>
        </ActionForm>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use model::Error;

    use super::way_back;

    #[test]
    fn a_plain_form_comes_back_with_its_error_and_the_name() {
        let back = way_back("a/b?c", "Ole & Berg", &Error::field("password", "Too short."));
        assert!(back.starts_with("/register/a%2Fb%3Fc?name=Ole%20%26%20Berg&__path="), "{back}");
        assert!(back.contains("&__err="), "{back}");
    }
}
