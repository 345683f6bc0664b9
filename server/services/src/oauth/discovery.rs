//! What an issuer says about itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;

use crate::Services;
use crate::outgoing::Call;

/// The parts of the document that are needed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Discovered {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    #[serde(default)]
    pub userinfo_endpoint: String,
    pub jwks_uri: String,
    /// Basic where the document does not say.
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl Discovered {
    /// Whether the client may prove itself in this way; the names are those of OpenID Connect.
    pub fn takes(&self, method: &str) -> bool {
        match &self.token_endpoint_auth_methods_supported {
            Some(methods) => methods.iter().any(|one| one == method),
            // Those who say nothing mostly take both.
            None => true,
        }
    }
}

/// Asks an issuer. The document must be its own: another issuer could sign for everybody.
///
/// # Errors
/// Words for the field of the form.
pub(super) async fn discover(cx: &Services, issuer: &str) -> Result<Discovered, String> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let answer = cx.outgoing.send(Call::get(&url).accept_json()).await.map_err(|trouble| trouble.to_string())?;
    if !answer.is_success() {
        return Err(format!("There is no discovery document at {url}: the answer has the status {}.", answer.status));
    }
    let found: Discovered =
        answer.json().map_err(|_| format!("What stands at {url} is no discovery document of OpenID Connect."))?;
    if found.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
        let named: String = found.issuer.chars().filter(|c| !c.is_control()).take(200).collect();
        return Err(format!("The document at {url} is that of another issuer: {named}."));
    }
    for endpoint in [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri] {
        if !endpoint.starts_with("https://") && !endpoint.starts_with("http://") {
            return Err(format!("The document at {url} names an address that is none of the web."));
        }
    }
    Ok(found)
}
