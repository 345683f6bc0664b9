//! What administering providers has in common, whatever they speak.

use model::sso::{ProviderKind, SignInRules};
use model::users::User;
use model::{Error, ProviderId, Result};
use serde_json::Value;
use store::{Conn, Tx};

use crate::access::{InstanceGrant, ManageProviders};
use crate::audit::{self, Event};
use crate::{Services, slugs};

/// More than anybody has buttons for.
const MOST: usize = 50;

pub(crate) fn check_room(providers: usize) -> Result<()> {
    if providers >= MOST {
        return Err(Error::conflict(format!("There are {MOST} providers already, which is the most.")));
    }
    Ok(())
}

pub(crate) fn check_name(exists: bool) -> Result<()> {
    if exists { Err(Error::field("name", "Another provider has this name.")) } else { Ok(()) }
}

/// Somebody else took the name in the same moment.
pub(crate) fn taken(error: store::Error) -> Error {
    match error {
        store::Error::Duplicate => Error::field("name", "Another provider has this name."),
        other => other.into(),
    }
}

/// The name in addresses: the wanted one, or the first free one after the name.
///
/// # Errors
/// `Invalid` when the wanted one is taken.
pub(crate) fn slug(wanted: &str, name: &str, is_taken: impl Fn(&str) -> bool) -> Result<String> {
    if !wanted.is_empty() {
        return match is_taken(wanted) {
            true => Err(Error::field("slug", "Another provider has this name in addresses.")),
            false => Ok(wanted.to_owned()),
        };
    }
    let base = slugs::make(name, "provider");
    let mut slug = base.clone();
    let mut number = 2;
    while is_taken(&slug) {
        slug = slugs::candidate(&base, number);
        number += 1;
    }
    Ok(slug)
}

/// One provider of all kinds is the default, or none.
pub(crate) async fn set_default(mut conn: Conn<'_>, kind: ProviderKind, id: Option<&ProviderId>) -> Result<()> {
    // A provider of the other kind stays the default when this one only stops being it.
    match kind {
        ProviderKind::OAuth => {
            store::oauth_providers::set_default(conn.again(), id).await?;
            if id.is_some() {
                store::saml_providers::set_default(conn, None).await?;
            }
        }
        ProviderKind::Saml => {
            if id.is_some() {
                store::oauth_providers::set_default(conn.again(), None).await?;
            }
            store::saml_providers::set_default(conn, id).await?;
        }
    }
    Ok(())
}

/// Takes the connections of a provider that is about to be deleted; gives how many there were, and who cannot sign in any
/// more. `knows` says that the caller has seen who that is.
///
/// # Errors
/// `Conflict` when people depend on it and the caller has not said that they know.
pub(crate) async fn disconnect(
    mut conn: Conn<'_>,
    kind: ProviderKind,
    id: &ProviderId,
    name: &str,
    knows: bool,
) -> Result<(u64, Vec<User>)> {
    let depending = store::connections::depending(conn.again(), kind, id).await?;
    if !depending.is_empty() && !knows {
        return Err(Error::conflict(super::only_way(name, &depending)));
    }
    let connections = store::connections::delete_of_provider(conn, kind, id).await?;
    Ok((connections, depending))
}

/// The names of what differs between two states of a provider, as they are called on the wire.
#[derive(Default)]
pub(crate) struct Changes(Vec<&'static str>);

impl Changes {
    pub fn note(&mut self, name: &'static str, differs: bool) {
        if differs {
            self.0.push(name);
        }
    }

    pub fn note_rules(&mut self, before: &SignInRules, after: &SignInRules) {
        self.note("allowedEmailDomains", before.allowed_email_domains != after.allowed_email_domains);
        self.note("blockExistingUsers", before.block_existing_users != after.block_existing_users);
        self.note("requiredClaims", before.required_claims != after.required_claims);
        self.note("defaultRole", before.default_role != after.default_role);
        self.note("allowSignup", before.allow_signup != after.allow_signup);
        self.note("trustEmail", before.trust_email != after.trust_email);
    }

    pub fn names(self) -> Vec<&'static str> {
        self.0
    }
}

pub(crate) async fn record(
    cx: &Services,
    tx: &mut Tx,
    may: &InstanceGrant<ManageProviders>,
    action: &'static str,
    provider: &ProviderId,
    details: Value,
) -> Result<()> {
    let event = Event { action, entity: Some(provider.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_addresses_is_the_wanted_one_or_the_first_that_is_free() {
        let taken = ["sso", "acme", "acme-2"];
        let slug = |wanted: &str, name: &str| slug(wanted, name, |slug| taken.contains(&slug));
        assert_eq!(slug("", "Globex").unwrap(), "globex");
        assert_eq!(slug("", "Acme").unwrap(), "acme-3");
        assert_eq!(slug("door", "Acme").unwrap(), "door");
        assert!(slug("sso", "Acme").unwrap_err().for_field("slug").is_some());
    }
}
