//! Changing the settings.

use std::sync::Arc;

use model::instance::{InstancePatch, InstanceSettings};
use model::network::Network;
use model::{Error, Result};
use serde_json::{Map, Value, json};

use crate::access::{InstanceGrant, ManageInstance, Via};
use crate::audit::{self, Event};
use crate::{Services, allow_list, sso, zones};

use super::{read, set, shared};

/// The settings that say who may reach the dashboard; they have an action of their own in the audit log.
const ALLOW_LIST: [&str; 2] = ["panel_ip_whitelist_enabled", "panel_ip_whitelist"];

/// The settings after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Updated {
    pub settings: InstanceSettings,
    /// The caller's own address, if it was added to the list, so that they do not lock themselves out.
    pub added: Option<String>,
}

/// The settings, for who may change them.
pub async fn get(cx: &Services, _may: &InstanceGrant<ManageInstance>) -> Result<Arc<InstanceSettings>> {
    shared(cx).await
}

/// Changes some settings. What does not differ is not written, so that two people who change different things at the same
/// time both succeed.
///
/// # Errors
/// `Invalid`, with the names of the REST interface.
pub async fn update(cx: &Services, may: &InstanceGrant<ManageInstance>, patch: InstancePatch) -> Result<Updated> {
    if let Some(zone) = &patch.timezone
        && !zones::is_known(zone.trim())
    {
        return Err(Error::field("timezone", "This is no time zone. Choose a name such as Europe/Berlin."));
    }
    let mut tx = cx.db.begin().await?;
    let before = read(tx.conn()).await?;
    let mut after = patch.apply(&before)?;
    if after.sso_only && !before.sso_only {
        sso::check_provider(&mut tx).await?;
    }
    let added = keep_reachable(may, &before, &mut after)?;
    let (old, new) = (rows(&before), rows(&after));
    let (mut list, mut rest) = (Map::new(), Map::new());
    for (name, value) in &new {
        let from = old.get(name).unwrap_or(&Value::Null);
        if from != value {
            set(cx, &mut tx, name, value).await?;
            let details = if ALLOW_LIST.contains(&name.as_str()) { &mut list } else { &mut rest };
            details.insert(camel_case(name), json!({ "from": from, "to": value }));
        }
    }
    for (action, details) in [("UPDATE_SYSTEM_CONFIG", rest), ("IP_ALLOWLIST_UPDATED", list)] {
        if !details.is_empty() {
            let event = Event { action, details: shortened(details), ..Event::default() };
            audit::record(cx, tx.conn(), may.actor(), event).await?;
        }
    }
    tx.commit().await?;
    Ok(Updated { settings: after, added })
}

/// Sees to it that whoever switches the list on, or changes it, can still come in afterwards.
fn keep_reachable(
    may: &InstanceGrant<ManageInstance>,
    before: &InstanceSettings,
    after: &mut InstanceSettings,
) -> Result<Option<String>> {
    if !after.panel_ip_whitelist_enabled {
        return Ok(None);
    }
    let same_list = before.panel_ip_whitelist == after.panel_ip_whitelist;
    if before.panel_ip_whitelist_enabled && same_list {
        return Ok(None);
    }
    let is_empty = after.panel_ip_whitelist.is_empty();
    if is_empty && before.panel_ip_whitelist_enabled {
        let message = "An empty list would let nobody in. Switch the list off, or keep an address.";
        return Err(Error::field("panelIpWhitelist", message));
    }
    if may.actor().via == Via::Console {
        let message = "An empty list would let nobody in. Name an address first.";
        return if is_empty { Err(Error::field("panelIpWhitelist", message)) } else { Ok(None) };
    }
    let own = allow_list::address(&may.actor().client);
    if allow_list::lets_in(after, own) {
        return Ok(None);
    }
    let Some(own) = own else {
        let message = "Your own address is not known, so you would lock yourself out. Check the proxy settings.";
        return Err(Error::field("panelIpWhitelist", message));
    };
    let own = Network::of(own).to_string();
    after.panel_ip_whitelist.push(own.clone());
    Ok(Some(own))
}

/// The settings as they are stored, without the mail server, which is changed elsewhere.
fn rows(settings: &InstanceSettings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(mut rows)) => {
            rows.remove("mail");
            rows
        }
        _ => Map::new(),
    }
}

/// `panel_ip_whitelist` as the REST interface writes it.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (head, tail) = part.split_at(part.len().min(1));
        format!("{text}{}{tail}", head.to_ascii_uppercase())
    })
}

/// Details of an audit record stay small: a long list is told by its length.
fn shortened(mut details: Map<String, Value>) -> Value {
    for change in details.values_mut() {
        for side in ["from", "to"] {
            if let Some(Value::Array(list)) = change.get_mut(side)
                && list.len() > 50
            {
                let length = list.len();
                list.truncate(50);
                list.push(json!(format!("… {length} in all")));
            }
        }
    }
    Value::Object(details)
}

#[cfg(test)]
mod tests {
    use super::camel_case;

    #[test]
    fn settings_are_named_as_on_the_wire() {
        assert_eq!(camel_case("panel_ip_whitelist_enabled"), "panelIpWhitelistEnabled");
        assert_eq!(camel_case("timezone"), "timezone");
        assert_eq!(camel_case("admin_only_api_key_creation"), "adminOnlyApiKeyCreation");
    }
}
