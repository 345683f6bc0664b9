//! Setting up, signing in and out, and who is signed in.

mod area;
mod cli_login;
mod devices;
mod linked;
mod login;
mod passkey_button;
mod password;
mod profile;
mod provider_buttons;
mod register;
mod reset;
mod security;
mod two_factor;
mod webauthn;

use leptos::prelude::*;
use model::own_settings::ThemeChoice;
use model::{Result, Role, UserId};
use serde::{Deserialize, Serialize};

pub use area::AccountArea;
pub use cli_login::CliLoginPage;
#[cfg(feature = "ssr")]
pub(crate) use cli_login::form_target;
pub use devices::DevicesPage;
pub use linked::LinkedPage;
pub use login::{LoginPage, TARGETS};
pub use passkey_button::PasskeyButton;
pub use password::PasswordPage;
pub use profile::{ProfilePage, RememberTheme};
pub use provider_buttons::{ProviderButtons, SignInWays, get_sign_in_ways};
pub use register::RegisterPage;
pub use reset::{ForgotPasswordPage, ResetPasswordPage};
pub use security::{ConfirmPage, OfferPasskey, SecurityPage, SetUpFactorPage};
pub use two_factor::TwoFactorPage;

#[cfg(feature = "ssr")]
use crate::server::{act, act_public, set_cookies};
#[cfg(feature = "ssr")]
use services::caller;
#[cfg(feature = "ssr")]
use services::second_factor::PENDING_COOKIE;
#[cfg(feature = "ssr")]
use services::sign_in::Progress;

/// The signed-in person, as the frame needs them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// The IANA name of the zone that dates are shown in.
    pub zone: String,
    /// `None` for somebody who never chose one.
    pub theme: Option<ThemeChoice>,
}

#[cfg(feature = "ssr")]
impl From<&model::users::User> for Me {
    fn from(user: &model::users::User) -> Self {
        let shown = use_context::<services::own_settings::Shown>();
        Self {
            id: user.id.clone(),
            name: user.display_name().to_owned(),
            email: user.email.clone(),
            role: user.role,
            theme: shown.as_ref().and_then(|shown| shown.theme),
            zone: shown.map_or_else(|| "UTC".to_owned(), |shown| shown.zone),
        }
    }
}

/// Who is signed in.
#[server(prefix = "/rpc", endpoint = "account/me")]
pub async fn get_me() -> Result<Me> {
    act(async |cx| {
        let user = &cx.actor()?.user;
        let services::own_settings::Shown { theme, zone } = services::own_settings::shown(&cx.services, user).await?;
        Ok(Me { theme, zone, ..Me::from(user) })
    })
    .await
}

/// Signs in and goes to `redirect_to`, a path of this site, or to the dashboard. `accept_breach` goes on with a password
/// that thieves know.
#[server(prefix = "/rpc/public", endpoint = "account/sign-in")]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] redirect_to: String,
    #[server(default)] accept_breach: bool,
) -> Result<()> {
    act_public(async |cx| {
        let progress = if accept_breach {
            services::sign_in::with_password_known_to_thieves(&cx.services, &email, &password, &cx.client).await?
        } else {
            services::sign_in::with_password(&cx.services, &email, &password, &cx.client).await?
        };
        go_on(&cx, progress, &redirect_to);
        Ok(())
    })
    .await
}

/// Answers a first factor: with the cookies of the sign-in and the way to `redirect_to`, or with the way to the second
/// step.
#[cfg(feature = "ssr")]
pub(crate) fn go_on(cx: &crate::server::Cx, progress: Progress, redirect_to: &str) {
    let target = local_path(redirect_to);
    match progress {
        Progress::Complete(signed_in) => {
            set_cookies(caller::sign_in_cookies(&cx.services, &signed_in));
            leptos_axum::redirect(target);
        }
        Progress::SecondFactor(pending) => {
            set_cookies(vec![caller::set_cookie(&cx.services, PENDING_COOKIE, &pending.token, 600)]);
            let target = percent_encoding::utf8_percent_encode(target, percent_encoding::NON_ALPHANUMERIC);
            leptos_axum::redirect(&format!("/two-factor?redirectTo={target}"));
        }
    }
}

/// Ends this sign-in.
#[server(prefix = "/rpc/public", endpoint = "account/sign-out")]
pub async fn sign_out() -> Result<()> {
    act_public(async |cx| {
        if let Some(token) = caller::refresh_cookie(&cx.services, &cx.parts.headers) {
            services::sign_in::sign_out(&cx.services, &token, &cx.client).await?;
        }
        set_cookies(caller::sign_out_cookies(&cx.services));
        leptos_axum::redirect("/login");
        Ok(())
    })
    .await
}

/// Makes the first administrator, signs them in and leads on to the further steps.
#[server(prefix = "/rpc/public", endpoint = "account/set-up")]
pub async fn set_up(token: String, name: String, email: String, password: String) -> Result<()> {
    act_public(async |cx| {
        let (cx, client) = (&cx.services, &cx.client);
        let signed_in = services::setup::complete_and_guide(cx, &token, &name, &email, &password, client).await?;
        set_cookies(caller::sign_in_cookies(cx, &signed_in));
        leptos_axum::redirect("/setup");
        Ok(())
    })
    .await
}

/// A path of this site: a single leading slash, no backslash, no control character. Anything else is the dashboard.
#[cfg(feature = "ssr")]
pub fn local_path(path: &str) -> &str {
    model::check::local_path(path).unwrap_or("/dashboard")
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::local_path;

    #[test]
    fn sign_in_leads_to_a_path_of_this_site_and_nowhere_else() {
        for good in ["/dashboard/projects", "/dashboard?x=1#y", "/"] {
            assert_eq!(local_path(good), good);
        }
        for bad in
            ["", "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", "/ä"]
        {
            assert_eq!(local_path(bad), "/dashboard", "{bad}");
        }
    }
}
