//! Setting up, signing in and out, and who is signed in.

mod area;
mod login;
mod setup;

use leptos::prelude::*;
use model::{Result, Role, UserId};
use serde::{Deserialize, Serialize};

pub use area::AccountArea;
pub use login::{LoginPage, TARGETS};
pub use setup::SetupPage;

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
}

#[cfg(feature = "ssr")]
impl From<&model::users::User> for Me {
    fn from(user: &model::users::User) -> Self {
        Self { id: user.id.clone(), name: user.display_name().to_owned(), email: user.email.clone(), role: user.role }
    }
}

/// Who is signed in.
#[server(prefix = "/rpc", endpoint = "account/me")]
pub async fn get_me() -> Result<Me> {
    act(async |cx| Ok(Me::from(&cx.actor()?.user))).await
}

/// Signs in and goes to `redirect_to`, a path of this site, or to the dashboard.
#[server(prefix = "/rpc/public", endpoint = "account/sign-in")]
pub async fn sign_in(email: String, password: String, #[server(default)] redirect_to: String) -> Result<()> {
    act_public(async |cx| {
        let progress = services::sign_in::with_password(&cx.services, &email, &password, &cx.client).await?;
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

/// Whether a set-up token is good.
#[server(prefix = "/rpc/public", endpoint = "account/check-setup")]
pub async fn check_setup(token: String) -> Result<bool> {
    act_public(async |cx| services::setup::accepts(&cx.services, &token).await).await
}

/// Makes the first administrator and signs them in.
#[server(prefix = "/rpc/public", endpoint = "account/set-up")]
pub async fn set_up(token: String, name: String, email: String, password: String) -> Result<()> {
    act_public(async |cx| {
        let signed_in = services::setup::complete(&cx.services, &token, &name, &email, &password, &cx.client).await?;
        set_cookies(caller::sign_in_cookies(&cx.services, &signed_in));
        leptos_axum::redirect("/dashboard");
        Ok(())
    })
    .await
}

/// A path of this site: a single leading slash, no backslash, no control character. Anything else is the dashboard.
#[cfg(feature = "ssr")]
pub fn local_path(path: &str) -> &str {
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.chars().all(|c| c.is_ascii_graphic());
    if local { path } else { "/dashboard" }
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
