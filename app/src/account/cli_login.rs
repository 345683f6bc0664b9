//! The page on which a person lets a program on their own machine sign in as them.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use model::{Error, Result, Role};
use serde::{Deserialize, Serialize};
use ui::{Button, ButtonLink, ErrorState, FormError, Logo, Notice, Tone, Variant};

use super::Me;
use crate::failure::{Failure, failure_of, form_error};
use crate::params::{queried, with_query};
use crate::pending::{Pending, later};

#[cfg(feature = "ssr")]
use crate::server::{act, act_public, set_cookies};
#[cfg(feature = "ssr")]
use http::request::Parts;
#[cfg(feature = "ssr")]
use services::Services;
#[cfg(feature = "ssr")]
use services::access::ManageOwnAccount;
#[cfg(feature = "ssr")]
use services::cli_login::{self, Request};

/// Where the page is.
pub const PATH: &str = "/cli/auth";

/// What a program put into the address of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    callback: String,
    code_challenge: String,
    client: String,
}

impl Asked {
    fn of(search: &str) -> Self {
        let get = |name| queried(search, name).unwrap_or_default();
        Self { callback: get("callback"), code_challenge: get("code_challenge"), client: get("client") }
    }

    /// The page again, with everything that was asked.
    fn address(&self) -> String {
        let Self { callback, code_challenge, client } = self;
        with_query(PATH, &[("callback", callback), ("code_challenge", code_challenge), ("client", client)])
    }
}

/// Who would let which program in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramRequest {
    pub me: Me,
    /// What the program calls itself.
    pub client: String,
    /// Where it waits: host and port of this machine, or the scheme of an application.
    pub place: String,
    /// Where the browser goes when the person does not agree.
    pub refusal: String,
}

/// What the page asks about.
#[server(prefix = "/rpc", endpoint = "account/program")]
pub async fn get_program_request(
    callback: String,
    #[server(default)] code_challenge: String,
    #[server(default)] client: String,
) -> Result<ProgramRequest> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageOwnAccount>()?;
        let request = Request::read(&cx.services, &callback, Some(&code_challenge), Some(&client))?;
        Ok(ProgramRequest {
            me: Me::from(&may.actor().user),
            client: request.client().to_owned(),
            place: request.place(),
            refusal: request.refusal(),
        })
    })
    .await
}

/// Lets the program in. A plain form is sent on to it; a script gets the address to go to.
#[server(prefix = "/rpc", endpoint = "account/authorise-program")]
pub async fn authorise_program(
    callback: String,
    #[server(default)] code_challenge: String,
    #[server(default)] client: String,
) -> Result<String> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageOwnAccount>()?;
        let request = Request::read(&cx.services, &callback, Some(&code_challenge), Some(&client))?;
        let issued = cli_login::issue(&cx.services, &may, &request).await?;
        if cx.is_plain_form() {
            leptos_axum::redirect(&issued.callback);
        }
        Ok(issued.callback)
    })
    .await
}

/// Signs out, and leads to the sign-in page that comes back to `back`.
#[server(prefix = "/rpc/public", endpoint = "account/switch")]
pub async fn switch_account(back: String) -> Result<()> {
    act_public(async |cx| {
        if let Some(token) = services::caller::refresh_cookie(&cx.services, &cx.parts.headers) {
            services::sign_in::sign_out(&cx.services, &token, &cx.client).await?;
        }
        set_cookies(services::caller::sign_out_cookies(&cx.services));
        let back = super::local_path(&back);
        let back = percent_encoding::utf8_percent_encode(back, percent_encoding::NON_ALPHANUMERIC);
        leptos_axum::redirect(&format!("/login?redirectTo={back}"));
        Ok(())
    })
    .await
}

/// Where forms of the page that is being rendered may lead besides this site: on the page of a program, to the program.
#[cfg(feature = "ssr")]
pub(crate) fn form_target() -> Option<String> {
    let uri = use_context::<Parts>()?.uri;
    if uri.path() != PATH {
        return None;
    }
    let asked = Asked::of(uri.query().unwrap_or_default());
    let request = Request::read(&use_context::<Services>()?, &asked.callback, None, None).ok()?;
    Some(request.source())
}

#[component]
pub fn CliLoginPage() -> impl IntoView {
    let search = use_location().search;
    let asked = Memo::new(move |_| search.with(|search| Asked::of(search)));
    let request = Resource::new_blocking(
        move || asked.get(),
        |Asked { callback, code_challenge, client }| get_program_request(callback, code_challenge, client),
    );
    view! {
        <Title text="Let a program sign in · Tidings"/>
        <main class="sign-in">
            <Logo/>
            <Pending>
                {move || later(async move {
                    match request.await {
                        Ok(request) => view! { <Consent request asked=asked.get_untracked()/> }.into_any(),
                        Err(Error::Invalid { fields }) => {
                            let text = fields.into_iter().map(|field| field.message).collect::<Vec<_>>().join(" ");
                            view! { <Unacceptable text/> }.into_any()
                        }
                        Err(error) => view! { <Failure error what="This page could not be opened."/> }.into_any(),
                    }
                })}
            </Pending>
        </main>
    }
}

#[component]
fn Unacceptable(text: String) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::server::set_status(400);
    view! {
        <h1>"Let a program sign in"</h1>
        <ErrorState title="This sign-in cannot go on." text=text/>
        <p class="soft">
            "This page is opened by a program, such as " <code>"tidings login"</code>
            ". Start it again there. Nothing was changed, and nobody was let in."
        </p>
    }
}

/// What a program may do that acts as somebody with this role.
fn powers(role: Role) -> &'static str {
    match role {
        Role::Admin => "run this instance, with its people, keys and settings, and write in every project",
        Role::Staff => "read and write in every project",
        Role::Viewer => "read every project, and change your own account",
    }
}

#[component]
fn Consent(request: ProgramRequest, asked: Asked) -> impl IntoView {
    let authorise = ServerAction::<AuthoriseProgram>::new();
    let switch = ServerAction::<SwitchAccount>::new();
    let failure = failure_of(authorise);
    let done = Memo::new(move |_| authorise.value().with(|value| matches!(value, Some(Ok(_)))));
    // A plain form is led there by the server.
    Effect::new(move || {
        authorise.value().with(|value| {
            if let Some(Ok(to)) = value {
                // Fails only in documents that are being torn down.
                let _ = window().location().set_href(to);
            }
        });
    });
    let back = asked.address();
    let ProgramRequest { me, client, place, refusal } = request;
    let named = client.clone();
    let hidden = [("callback", asked.callback), ("code_challenge", asked.code_challenge), ("client", asked.client)];
    view! {
        <h1>{move || if done.get() { "Signed in" } else { "Let a program sign in?" }}</h1>
        <div hidden=move || !done.get() aria-live="polite">
            <Notice tone=Tone::Good title="Done">
                <span dir="auto">{named}</span> " goes on by itself. You can close this window."
            </Notice>
        </div>
        <div class="stack" hidden=move || done.get()>
            <dl class="facts">
                <div><dt>"Program"</dt><dd dir="auto">{client}</dd></div>
                <div><dt>"Waits at"</dt><dd><code dir="ltr">{place}</code>", on this computer"</dd></div>
                <div><dt>"Account"</dt><dd dir="auto">{me.name}<br/><span class="soft">{me.email}</span></dd></div>
            </dl>
            <p>
                "It will act as you: it may " {powers(me.role)} ". It stays signed in until you end it, or until it has not "
                "been used for 90 days."
            </p>
            <Notice tone=Tone::Warn title="Only if you started it yourself">
                "A program names itself as it likes. If you did not just start one on this computer, cancel."
            </Notice>
            <ActionForm action=authorise attr:class="stack">
                <FormError message=form_error(failure)/>
                {hidden.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).into_iter().collect_view()}
                <Button variant=Variant::Primary busy=authorise.pending()>"Authorise"</Button>
                <ButtonLink href=refusal>"Cancel"</ButtonLink>
            </ActionForm>
            <div class="sign-in-foot">
                <ActionForm action=switch>
                    <input type="hidden" name="back" value=back/>
                    <Button variant=Variant::Bare small=true busy=switch.pending()>"Use another account"</Button>
                </ActionForm>
            </div>
        </div>
    }
}
