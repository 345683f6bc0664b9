//! The mail server, and what became of the letters.

mod outbox;
mod server;

use leptos::prelude::*;
use model::instance::SystemMail;
use model::mail::{LetterCounts, LetterLine, LetterState, MailOverview, MailPause};
use model::{Cursor, LetterId, Page, Result};
use serde::{Deserialize, Serialize};
use ui::{Notice, SkeletonRows, Tone};

use super::AdminArea;
use crate::failure::Failure;
use crate::pending::{Pending, later};

use outbox::Outbox;
use server::{Server, Test};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::Error;
#[cfg(feature = "ssr")]
use model::instance::TlsMode;
#[cfg(feature = "ssr")]
use model::mail::MailServerForm;
#[cfg(feature = "ssr")]
use services::access::ManageInstance;
#[cfg(feature = "ssr")]
use services::mail::{self, Password};

/// Letters on one page.
#[cfg(feature = "ssr")]
const PAGE: usize = 50;

/// A part of the outbox, and whether it moves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LettersData {
    pub letters: Page<LetterLine>,
    pub counts: LetterCounts,
    pub pause: Option<MailPause>,
}

/// The mail server, and how letters fare.
#[server(prefix = "/rpc", endpoint = "admin/mail")]
pub async fn get_mail() -> Result<MailOverview> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        mail::overview(&cx.services, &may).await
    })
    .await
}

/// A part of the outbox, newest first.
#[server(prefix = "/rpc", endpoint = "admin/letters")]
pub async fn list_letters(
    #[server(default)] state: Option<LetterState>,
    #[server(default)] after: Option<Cursor>,
) -> Result<LettersData> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        let MailOverview { counts, pause, .. } = mail::overview(&cx.services, &may).await?;
        let letters = mail::list(&cx.services, &may, state, after.as_ref(), PAGE).await?;
        Ok(LettersData { letters, counts, pause })
    })
    .await
}

/// Sets the mail server. A blank password keeps the stored one.
#[server(prefix = "/rpc", endpoint = "admin/set-mail")]
pub async fn set_mail_server(
    #[server(default)] host: String,
    #[server(default)] port: String,
    #[server(default)] tls: String,
    #[server(default)] user: String,
    #[server(default)] password: String,
    #[server(default)] sender: String,
    #[server(default)] allow_invalid_cert: bool,
) -> Result<SystemMail> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        let tls =
            TlsMode::parse(&tls).ok_or_else(|| Error::field("tlsMode", "Choose how the connection is encrypted."))?;
        let port = port.trim().parse().unwrap_or(0);
        let form = MailServerForm { host, port, tls, allow_invalid_cert, user, sender };
        mail::save(&cx.services, &may, &form, Password::typed(&password)).await
    })
    .await
}

/// Forgets the mail server.
#[server(prefix = "/rpc", endpoint = "admin/remove-mail")]
pub async fn remove_mail_server() -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        mail::remove(&cx.services, &may).await
    })
    .await
}

/// Sends a test letter and says where it went.
#[server(prefix = "/rpc", endpoint = "admin/test-mail")]
pub async fn send_test_letter(#[server(default)] to: String) -> Result<String> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        mail::send_test(&cx.services, &may, &to).await?;
        Ok(to)
    })
    .await
}

/// Lets a letter that waits be tried now.
#[server(prefix = "/rpc", endpoint = "admin/hurry-letter")]
pub async fn hurry_letter(letter: LetterId) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        mail::hurry(&cx.services, &may, &letter).await
    })
    .await
}

#[component]
pub fn AdminMailPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| get_mail());
    view! {
        <AdminArea title="Mail">
            <Pending fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || later(async move {
                    match data.await {
                        Ok(overview) => view! { <Loaded overview/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The mail settings could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </AdminArea>
    }
}

#[component]
fn Loaded(overview: MailOverview) -> impl IntoView {
    let resets = overview.enable_password_reset;
    let server = RwSignal::new(overview.server);
    let is_set = Memo::new(move |_| server.with(SystemMail::is_complete));
    let changed = RwSignal::new(0_u32);
    let on_change = Callback::new(move |()| changed.update(|count| *count += 1));
    let on_saved = Callback::new(move |saved: SystemMail| {
        server.set(saved);
        on_change.run(());
    });
    view! {
        <div class="admin-settings">
            {move || (!is_set.get()).then(|| view! {
                <Notice tone=Tone::Note title="No mail server is set">
                    "Nothing is sent. Invitations show their link for you to pass on, and nobody can have a link for a forgotten password."
                </Notice>
            })}
            <Server server on_saved/>
            {move || is_set.get().then(|| view! {
                <Test on_change/>
                {(!resets).then(|| view! {
                    <p class="small soft">
                        "Links for forgotten passwords are off. "
                        <a href="/dashboard/admin/settings">"Switch them on in the settings"</a>
                    </p>
                })}
            })}
        </div>
        <Outbox is_set changed on_change/>
    }
}
