//! People and invitations, for administrators.

mod invitations;
mod invite;
mod list;
mod one;

use leptos::prelude::*;
use model::invitations::{ListedInvitation, State};
use model::people::{People, Person, Preserved};
use model::time::Timestamp;
use model::{InvitationId, Result, Role, UserId};
use serde::{Deserialize, Serialize};
use ui::Choice;

pub use invitations::InvitationListPage;
pub(crate) use invitations::carried_over as carried_links;
pub use invite::InvitePage;
pub(crate) use invite::Links;
pub use list::PeopleListPage;
pub use one::PersonPage;

#[cfg(feature = "ssr")]
use crate::server::{Cx, act, set_cookies};
#[cfg(feature = "ssr")]
use model::Error;
#[cfg(feature = "ssr")]
use model::invitations::NewInvitation;
#[cfg(feature = "ssr")]
use model::people::{PeopleFilter, UserPatch};
#[cfg(feature = "ssr")]
use services::access::ManageUsers;
#[cfg(feature = "ssr")]
use services::invitations::Made;
#[cfg(feature = "ssr")]
use services::{caller, password_reset, second_factor, users};

pub(crate) const PATH: &str = "/dashboard/admin/people";
pub(crate) const INVITATIONS: &str = "/dashboard/admin/people/invitations";

/// A page of people, and how many invitations are open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleView {
    pub people: People,
    pub open_invitations: usize,
}

/// A person, and what a deletion would keep and end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnePerson {
    pub person: Person,
    pub traces: Preserved,
    /// Whether passwords are reset by mail here.
    pub resets: bool,
}

/// An invitation, and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationLine {
    pub listed: ListedInvitation,
    pub state: State,
}

/// The link of an invitation, on its way to the only page that shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownInvitation {
    pub email: String,
    pub role: Role,
    pub url: String,
    pub is_mailed: bool,
    pub expires_at: Timestamp,
}

/// The people who match, by name.
#[server(prefix = "/rpc", endpoint = "people/list")]
pub async fn list_people(
    #[server(default)] words: String,
    #[server(default)] role: String,
    #[server(default)] page: usize,
) -> Result<PeopleView> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        let filter = PeopleFilter { words, role: role.parse().ok(), page };
        let invitations = services::invitations::list(&cx.services, &may).await?;
        let open_invitations = invitations.iter().filter(|(_, state)| *state == State::Open).count();
        Ok(PeopleView { people: users::page(&cx.services, &may, &filter).await?, open_invitations })
    })
    .await
}

/// One person.
#[server(prefix = "/rpc", endpoint = "people/get")]
pub async fn get_person(user: UserId) -> Result<OnePerson> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        let person = users::get(&cx.services, &may, &user).await?;
        let traces = users::traces(&cx.services, &may, &user).await?;
        Ok(OnePerson { person, traces, resets: password_reset::is_offered(&cx.services).await? })
    })
    .await
}

/// Changes name and role. A form without a role leaves it.
#[server(prefix = "/rpc", endpoint = "people/update")]
pub async fn update_person(user: UserId, name: String, #[server(default)] role: String) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        let role = match role.as_str() {
            "" => None,
            role => Some(known_role(role)?),
        };
        // Who never had a name keeps none as long as nobody types one.
        let name = (!name.trim().is_empty()).then_some(name);
        users::update(&cx.services, &may, &user, UserPatch { name, role }).await.map(|_| ())
    })
    .await
}

/// Locks somebody out.
#[server(prefix = "/rpc", endpoint = "people/disable")]
pub async fn disable_person(user: UserId) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        users::disable(&cx.services, &may, &user).await.map(|_| ())
    })
    .await
}

/// Lets somebody in again.
#[server(prefix = "/rpc", endpoint = "people/enable")]
pub async fn enable_person(user: UserId) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        users::enable(&cx.services, &may, &user).await.map(|_| ())
    })
    .await
}

/// Ends every sign-in of somebody.
#[server(prefix = "/rpc", endpoint = "people/end-sessions")]
pub async fn end_person_sessions(user: UserId) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        users::end_sessions(&cx.services, &may, &user).await
    })
    .await
}

/// Takes every passkey and second factor of somebody away who cannot get in any more.
#[server(prefix = "/rpc", endpoint = "people/reset-second-factor")]
pub async fn reset_second_factor(user: UserId) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        second_factor::reset_for(&cx.services, &may, &user).await
    })
    .await
}

/// Mails somebody the way to a new password.
#[server(prefix = "/rpc", endpoint = "people/send-reset")]
pub async fn send_password_reset(user: UserId) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        users::send_reset(&cx.services, &may, &user).await
    })
    .await
}

/// Deletes an account, once its address was typed, and goes to the list.
#[server(prefix = "/rpc", endpoint = "people/delete")]
pub async fn delete_person(user: UserId, #[server(default)] confirm: String) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        let person = users::get(&cx.services, &may, &user).await?;
        if confirm.trim().to_lowercase() != person.user.email {
            return Err(Error::field("confirmation", "Type the address of the account to delete it."));
        }
        users::delete(&cx.services, &may, &user).await?;
        leptos_axum::redirect(PATH);
        Ok(())
    })
    .await
}

/// All invitations, newest first.
#[server(prefix = "/rpc", endpoint = "people/invitations")]
pub async fn list_invitations() -> Result<Vec<InvitationLine>> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        let all = services::invitations::list(&cx.services, &may).await?;
        Ok(all.into_iter().map(|(listed, state)| InvitationLine { listed, state }).collect())
    })
    .await
}

/// For how many days an invitation stands where nobody says otherwise.
#[server(prefix = "/rpc", endpoint = "people/invitation-days")]
pub async fn get_invitation_days() -> Result<u32> {
    act(async |cx| {
        cx.instance_grant::<ManageUsers>()?;
        Ok(services::instance::load(&cx.services).await?.default_invitation_expiry)
    })
    .await
}

/// Invites somebody and shows the link.
#[server(prefix = "/rpc", endpoint = "people/invite")]
pub async fn invite_person(
    email: String,
    role: String,
    #[server(default)] name: String,
    #[server(default)] days: String,
) -> Result<ShownInvitation> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        let new = NewInvitation {
            name: Some(name),
            expiry: services::invitations::expiry_of_form(&days)?,
            ..NewInvitation::new(email, known_role(&role)?)
        };
        let made = services::invitations::create(&cx.services, &may, new).await?;
        Ok(show(&cx, vec![made], INVITATIONS).remove(0))
    })
    .await
}

/// Makes a new link for an invitation and shows it.
#[server(prefix = "/rpc", endpoint = "people/resend-invitation")]
pub async fn resend_invitation(invitation: InvitationId) -> Result<ShownInvitation> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        let made = services::invitations::resend(&cx.services, &may, &invitation).await?;
        Ok(show(&cx, vec![made], INVITATIONS).remove(0))
    })
    .await
}

/// Withdraws an invitation.
#[server(prefix = "/rpc", endpoint = "people/revoke-invitation")]
pub async fn revoke_invitation(invitation: InvitationId) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageUsers>()?;
        services::invitations::revoke(&cx.services, &may, &invitation).await.map(|_| ())
    })
    .await
}

#[cfg(feature = "ssr")]
fn known_role(role: &str) -> Result<Role> {
    role.parse().map_err(|_| Error::field("role", "Choose a role."))
}

/// The cookie that carries links over to the page that shows them, where there are no scripts.
#[cfg(feature = "ssr")]
const SHOWN: &str = "shownInvitations";

/// Sends links to their page. Scripts get them with the answer; a plain form is led on to `path`, and what is shown there
/// travels in a cookie that lives for a minute and is cleared when it was shown.
#[cfg(feature = "ssr")]
pub(crate) fn show(cx: &Cx, made: Vec<Made>, path: &str) -> Vec<ShownInvitation> {
    if cx.is_plain_form() {
        let tokens: Vec<&str> = made.iter().map(|made| made.token.as_str()).collect();
        set_cookies(vec![caller::set_cookie(&cx.services, SHOWN, &tokens.join("~"), 60)]);
        leptos_axum::redirect(path);
    }
    made.into_iter()
        .map(|Made { listed, url, is_mailed, .. }| ShownInvitation {
            email: listed.invitation.email,
            role: listed.invitation.role,
            url,
            is_mailed,
            expires_at: listed.invitation.expires_at,
        })
        .collect()
}

/// The links that a plain form was just answered with.
#[cfg(feature = "ssr")]
pub(crate) async fn carried_over() -> Result<Vec<ShownInvitation>> {
    let cx = Cx::from_context()?;
    let Some(value) = caller::cookie(&cx.services, &cx.parts.headers, SHOWN).filter(|value| !value.is_empty()) else {
        return Ok(Vec::new());
    };
    let may = cx.instance_grant::<ManageUsers>()?;
    set_cookies(vec![caller::set_cookie(&cx.services, SHOWN, "", 0)]);
    let mut shown = Vec::new();
    for token in value.split('~').take(model::invitations::MOST_AT_ONCE) {
        if let Some(listed) = services::invitations::of_token(&cx.services, &may, token).await? {
            shown.push(ShownInvitation {
                email: listed.invitation.email,
                role: listed.invitation.role,
                url: services::invitations::address(&cx.services, token),
                is_mailed: false,
                expires_at: listed.invitation.expires_at,
            });
        }
    }
    Ok(shown)
}

/// The roles, with what each may do.
pub(crate) fn roles() -> Vec<Choice> {
    vec![
        Choice::new(Role::Admin.as_str(), Role::Admin.label())
            .with_hint("Runs the instance: people, settings, every project."),
        Choice::new(Role::Staff.as_str(), Role::Staff.label())
            .with_hint("Writes entries and makes projects; publishing may need an administrator."),
        Choice::new(Role::Viewer.as_str(), Role::Viewer.label()).with_hint("Reads everything, drafts included."),
    ]
}
