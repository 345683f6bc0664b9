//! What protects one's own account: passkeys, the second step, the authenticator app, recovery codes.
//!
//! Everything here lies under `/rpc/account/security`, which is also open to people who have to set a second factor up
//! before anything else.

mod app_codes;
mod confirm;
mod mode;
mod offer;
mod passkeys;
mod recovery;
mod set_up;

use leptos::prelude::*;
use model::second_factor::{Factors, Passkey, PasskeySupport};
use model::{PasskeyId, Result};
use serde::{Deserialize, Serialize};
use ui::{ButtonLink, Notice, SkeletonRows, Tone, use_toasts};

use super::AccountArea;
use crate::failure::Failure;
use crate::pending::{Pending, later};
#[cfg(feature = "ssr")]
use crate::server::{Cx, act, set_cookies};
#[cfg(feature = "ssr")]
use services::second_factor::RecoveryCodes;
#[cfg(feature = "ssr")]
use services::{caller, confirmation, second_factor, totp};

pub use confirm::ConfirmPage;
pub use offer::OfferPasskey;
pub use set_up::SetUpFactorPage;

/// One's own factors, as the pages show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    pub factors: Factors,
    pub passkeys: Vec<Passkey>,
    pub support: PasskeySupport,
    /// Whether the instance needs a second factor of everybody.
    pub is_required: bool,
    /// Whether what is there is one.
    pub is_enough: bool,
    /// Whether the person proved within the last minutes who they are.
    pub is_confirmed: bool,
    /// What an authenticator app is to be told, while it is being set up.
    pub offer: Option<AppOffer>,
}

/// The secret of an authenticator app that waits for its first code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppOffer {
    pub secret: String,
    pub address: String,
    /// An SVG document of ours.
    pub qr: String,
}

/// What is known about one's own account.
#[server(prefix = "/rpc", endpoint = "account/security/get")]
pub async fn get_security() -> Result<Security> {
    act(async |cx| {
        let may = cx.own_account()?;
        let overview = second_factor::overview(&cx.services, &may).await?;
        let offer = totp::offered(&cx.services, &may).await?;
        let second_factor::Overview { factors, passkeys, support, is_required, sso_asks, is_confirmed } = overview;
        Ok(Security {
            factors,
            passkeys,
            support,
            is_required,
            is_enough: factors.are_enough(sso_asks),
            is_confirmed,
            offer: offer.map(|totp::Offer { secret, address, qr }| AppOffer { secret, address, qr }),
        })
    })
    .await
}

/// Begins to register a passkey: options in the JSON form of WebAuthn.
#[server(prefix = "/rpc", endpoint = "account/security/begin-passkey")]
pub async fn begin_passkey() -> Result<String> {
    act(async |cx| Ok(services::passkeys::begin_registration(&cx.services, &cx.own_account()?).await?.to_string()))
        .await
}

/// Registers the passkey that the browser made.
#[server(prefix = "/rpc", endpoint = "account/security/add-passkey")]
pub async fn add_passkey(response: String, name: String) -> Result<Passkey> {
    act(async |cx| {
        let response = super::passkey_button::read_json(&response);
        services::passkeys::register(&cx.services, &cx.own_account()?, &response, &name).await
    })
    .await
}

#[server(prefix = "/rpc", endpoint = "account/security/rename-passkey")]
pub async fn rename_passkey(passkey: PasskeyId, name: String) -> Result<Passkey> {
    act(async |cx| services::passkeys::rename(&cx.services, &cx.own_account()?, &passkey, &name).await).await
}

#[server(prefix = "/rpc", endpoint = "account/security/remove-passkey")]
pub async fn remove_passkey(passkey: PasskeyId) -> Result<()> {
    act(async |cx| services::passkeys::remove(&cx.services, &cx.own_account()?, &passkey).await).await
}

/// Chooses what one's sign-ins take. Gives recovery codes where there were none.
#[server(prefix = "/rpc", endpoint = "account/security/set-mode")]
pub async fn set_mode(two_factor_mode: String) -> Result<Option<Vec<String>>> {
    act(async |cx| {
        let mode = two_factor_mode.parse().map_err(|error: model::access::UnknownName| {
            model::Error::field("twoFactorMode", format!("Choose one of {}.", error.allowed))
        })?;
        let codes = second_factor::set_mode(&cx.services, &cx.own_account()?, mode).await?;
        Ok(codes.map(|codes| hand_out(&cx, codes)))
    })
    .await
}

/// Makes a secret for an authenticator app.
#[server(prefix = "/rpc", endpoint = "account/security/offer-app")]
pub async fn offer_app() -> Result<()> {
    act(async |cx| totp::offer(&cx.services, &cx.own_account()?).await.map(|_| ())).await
}

/// Sets the authenticator app up with its first code. Gives recovery codes where there were none.
#[server(prefix = "/rpc", endpoint = "account/security/confirm-app")]
pub async fn confirm_app(code: String) -> Result<Option<Vec<String>>> {
    act(async |cx| {
        let codes = totp::confirm(&cx.services, &cx.own_account()?, &code).await?;
        Ok(codes.map(|codes| hand_out(&cx, codes)))
    })
    .await
}

/// Forgets the authenticator app.
#[server(prefix = "/rpc", endpoint = "account/security/remove-app")]
pub async fn remove_app() -> Result<()> {
    act(async |cx| totp::remove(&cx.services, &cx.own_account()?).await).await
}

/// New recovery codes in the place of the old ones.
#[server(prefix = "/rpc", endpoint = "account/security/new-codes")]
pub async fn new_recovery_codes() -> Result<Vec<String>> {
    act(async |cx| {
        let codes = second_factor::new_codes(&cx.services, &cx.own_account()?).await?;
        Ok(hand_out(&cx, codes))
    })
    .await
}

/// Proves with the password, or a code of the authenticator app, who one is; then goes to `redirect_to`.
#[server(prefix = "/rpc", endpoint = "account/security/confirm")]
pub async fn confirm_identity(
    #[server(default)] password: String,
    #[server(default)] code: String,
    #[server(default)] passkey: String,
    #[server(default)] redirect_to: String,
) -> Result<()> {
    act(async |cx| {
        let may = cx.own_account()?;
        if !passkey.is_empty() {
            let response = super::passkey_button::read_json(&passkey);
            confirmation::with_passkey(&cx.services, &may, &response).await?;
        } else if !code.is_empty() {
            confirmation::with_code(&cx.services, &may, &code).await?;
        } else {
            confirmation::with_password(&cx.services, &may, &password).await?;
        }
        leptos_axum::redirect(match redirect_to.as_str() {
            "" => "/dashboard/account/security",
            target => super::local_path(target),
        });
        Ok(())
    })
    .await
}

/// Begins to prove with a passkey who one is.
#[server(prefix = "/rpc", endpoint = "account/security/begin-confirm")]
pub async fn begin_confirm() -> Result<super::passkey_button::Begun> {
    act(async |cx| Ok(confirmation::begin_with_passkey(&cx.services, &cx.own_account()?).await?.into())).await
}

/// Whether the person should be asked to add a passkey.
#[server(prefix = "/rpc", endpoint = "account/security/offers-passkey")]
pub async fn offers_passkey() -> Result<bool> {
    act(async |cx| services::passkeys::is_worth_offering(&cx.services, &cx.own_account()?).await).await
}

/// Asks no more.
#[server(prefix = "/rpc", endpoint = "account/security/decline-passkey")]
pub async fn decline_passkey() -> Result<()> {
    act(async |cx| services::passkeys::decline(&cx.services, &cx.own_account()?).await).await
}

/// The cookie that carries recovery codes over to the page that shows them, where there are no scripts.
#[cfg(feature = "ssr")]
const SHOWN: &str = "shownCodes";

/// Hands recovery codes out. Scripts get them with the answer; after a plain form they travel to the page in a cookie
/// that lives for a minute and is cleared when they were shown.
#[cfg(feature = "ssr")]
fn hand_out(cx: &Cx, RecoveryCodes(codes): RecoveryCodes) -> Vec<String> {
    if cx.is_plain_form() {
        set_cookies(vec![caller::set_cookie(&cx.services, SHOWN, &codes.join("."), 60)]);
    }
    codes
}

/// The recovery codes that a plain form was just answered with.
fn carried_over() -> Option<Vec<String>> {
    SharedValue::new(|| {
        #[cfg(feature = "ssr")]
        {
            let cx = Cx::from_context().ok()?;
            let value = caller::cookie(&cx.services, &cx.parts.headers, SHOWN)?;
            set_cookies(vec![caller::set_cookie(&cx.services, SHOWN, "", 0)]);
            Some(value.split('.').map(str::to_owned).collect::<Vec<String>>())
        }
        #[cfg(not(feature = "ssr"))]
        None::<Vec<String>>
    })
    .into_inner()
}

/// What can be done on these pages, and what it said last.
#[derive(Clone, Copy)]
struct Changes {
    rename: ServerAction<RenamePasskey>,
    remove: ServerAction<RemovePasskey>,
    mode: ServerAction<SetMode>,
    offer: ServerAction<OfferApp>,
    confirm: ServerAction<ConfirmApp>,
    remove_app: ServerAction<RemoveApp>,
    codes: ServerAction<NewRecoveryCodes>,
    /// Counts what was done, so that the page is read again.
    done: RwSignal<u32>,
    /// Recovery codes to be shown, once.
    shown: RwSignal<Option<Vec<String>>>,
}

impl Changes {
    fn new() -> Self {
        let changes = Self {
            rename: ServerAction::new(),
            remove: ServerAction::new(),
            mode: ServerAction::new(),
            offer: ServerAction::new(),
            confirm: ServerAction::new(),
            remove_app: ServerAction::new(),
            codes: ServerAction::new(),
            done: RwSignal::new(0),
            shown: RwSignal::new(carried_over()),
        };
        let Self { rename, remove, mode, offer, confirm, remove_app, codes, done, shown } = changes;
        let toasts = use_toasts();
        let count = move |text: Option<&'static str>| {
            done.update(|count| *count += 1);
            if let Some(text) = text {
                toasts.say(text);
            }
        };
        let show = move |codes: Option<Vec<String>>| {
            if codes.is_some() {
                shown.set(codes);
            }
        };
        Effect::new(move || {
            if matches!(rename.value().get(), Some(Ok(_))) {
                count(Some("Name saved."));
            }
        });
        Effect::new(move || {
            if matches!(remove.value().get(), Some(Ok(()))) {
                count(Some("Passkey removed."));
            }
        });
        Effect::new(move || {
            if let Some(Ok(codes)) = mode.value().get() {
                show(codes);
                count(Some("Second step saved."));
            }
        });
        Effect::new(move || {
            if matches!(offer.value().get(), Some(Ok(()))) {
                count(None);
            }
        });
        Effect::new(move || {
            if let Some(Ok(codes)) = confirm.value().get() {
                show(codes);
                count(Some("Authenticator app set up."));
            }
        });
        Effect::new(move || {
            if matches!(remove_app.value().get(), Some(Ok(()))) {
                count(Some("Authenticator app removed."));
            }
        });
        Effect::new(move || {
            if let Some(Ok(codes)) = codes.value().get() {
                show(Some(codes));
                count(None);
            }
        });
        changes
    }
}

/// The page of one's account.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let changes = Changes::new();
    let security = Resource::new(move || changes.done.get(), |_| get_security());
    view! {
        <AccountArea page="/security">
            <Pending fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || later(async move {
                    match security.await {
                        Ok(security) => view! {
                            <ConfirmFirst is_confirmed=security.is_confirmed back="/dashboard/account/security"/>
                            <recovery::ShownCodes shown=changes.shown/>
                            <passkeys::PasskeySection security=security.clone() changes/>
                            <mode::ModeSection security=security.clone() changes/>
                            <app_codes::AppSection security=security.clone() changes/>
                            <recovery::RecoverySection security changes/>
                        }
                        .into_any(),
                        Err(error) => {
                            let retry = move |()| security.refetch();
                            view! { <Failure error what="Your security settings could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </AccountArea>
    }
}

/// Says that a proof comes before any change, and where to give it.
#[component]
fn ConfirmFirst(is_confirmed: bool, back: &'static str) -> impl IntoView {
    let href = format!("/confirm?redirectTo={back}");
    (!is_confirmed).then(|| {
        view! {
            <Notice tone=Tone::Note title="Confirm that it is you">
                <p>"What protects your account can be changed for five minutes after you have proved who you are."</p>
                <p><ButtonLink href=href>"Confirm"</ButtonLink></p>
            </Notice>
        }
    })
}
