//! Providers, as administrators set them.

use ::saml::Certificate;
use model::check::Checker;
use model::sso::{Expiry, ListedSamlProvider, ProviderKind, SamlCertificate, SamlInput, SamlProvider};
use model::users::User;
use model::{Error, ProviderId, Result};
use serde_json::json;
use store::Conn;

use crate::Services;
use crate::access::{InstanceGrant, ManageProviders};
use crate::sso::providers::{Changes, check_name, check_room, disconnect, record, set_default, slug, taken};

/// All of them, the default one first.
pub async fn list(cx: &Services, _may: &InstanceGrant<ManageProviders>) -> Result<Vec<ListedSamlProvider>> {
    let mut lease = cx.db.acquire().await?;
    let mut all = Vec::new();
    for provider in store::saml_providers::list(lease.conn()).await? {
        all.push(listed(cx, lease.conn(), provider).await?);
    }
    Ok(all)
}

/// # Errors
/// `NotFound`.
pub async fn get(cx: &Services, _may: &InstanceGrant<ManageProviders>, id: &ProviderId) -> Result<ListedSamlProvider> {
    let mut lease = cx.db.acquire().await?;
    let provider = store::saml_providers::find(lease.conn(), id).await?.ok_or(Error::NotFound)?;
    listed(cx, lease.conn(), provider).await
}

async fn listed(cx: &Services, conn: Conn<'_>, provider: SamlProvider) -> Result<ListedSamlProvider> {
    let people = store::connections::count(conn, ProviderKind::Saml, &provider.id).await?;
    let now = cx.clock.now();
    let certificates = ::saml::certificates(&provider.certificates).unwrap_or_default();
    let shown = |certificate: Certificate| SamlCertificate {
        expiry: Expiry::of(certificate.not_after, now),
        subject: certificate.subject,
        fingerprint: certificate.fingerprint,
        not_before: certificate.not_before,
        not_after: certificate.not_after,
    };
    Ok(ListedSamlProvider {
        certificates: certificates.into_iter().map(shown).collect(),
        people,
        entity_id: super::entity_id(cx, &provider),
        callback_url: super::callback_url(cx, &provider),
        metadata_url: super::metadata_url(cx, &provider),
        provider,
    })
}

/// People who could not sign in any more without this provider.
///
/// # Errors
/// `NotFound`.
pub async fn depending(cx: &Services, _may: &InstanceGrant<ManageProviders>, id: &ProviderId) -> Result<Vec<User>> {
    let mut lease = cx.db.acquire().await?;
    store::saml_providers::find(lease.conn(), id).await?.ok_or(Error::NotFound)?;
    Ok(store::connections::depending(lease.conn(), ProviderKind::Saml, id).await?)
}

/// Adds a provider.
///
/// # Errors
/// `Invalid`, naming every field that is wrong; `Conflict` when there are 50 already.
pub async fn create(cx: &Services, may: &InstanceGrant<ManageProviders>, input: SamlInput) -> Result<SamlProvider> {
    let input = checked(input, true)?;
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    let others = store::saml_providers::list(tx.conn()).await?;
    check_room(others.len())?;
    check_name(store::saml_providers::name_exists(tx.conn(), &input.name.to_lowercase(), None).await?)?;
    let slug = slug(&input.slug, &input.name, |slug| others.iter().any(|other| other.slug == slug))?;
    let provider = SamlProvider {
        id: cx.random.id(now, ProviderId::compose),
        slug,
        name: input.name,
        entity_id: input.entity_id,
        sso_url: input.sso_url,
        certificates: input.certificate,
        sp_entity_id: input.sp_entity_id,
        name_id_format: input.name_id_format,
        email_attribute: input.email_attribute,
        name_attribute: input.name_attribute,
        enabled: input.enabled,
        is_default: input.is_default,
        rules: input.rules,
        created_at: now,
        updated_at: now,
    };
    store::saml_providers::insert(tx.conn(), &provider).await.map_err(taken)?;
    if provider.is_default {
        set_default(tx.conn(), ProviderKind::Saml, Some(&provider.id)).await?;
    }
    let details = json!({ "name": provider.name, "slug": provider.slug, "enabled": provider.enabled });
    record(cx, &mut tx, may, "CREATE_SAML_PROVIDER", &provider.id, details).await?;
    tx.commit().await?;
    Ok(provider)
}

/// Changes a provider. The name in addresses stays.
///
/// # Errors
/// `NotFound`; `Invalid`, naming every field that is wrong.
pub async fn update(
    cx: &Services,
    may: &InstanceGrant<ManageProviders>,
    id: &ProviderId,
    input: SamlInput,
) -> Result<SamlProvider> {
    let input = checked(input, false)?;
    let mut tx = cx.db.begin().await?;
    let before = store::saml_providers::find(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    check_name(store::saml_providers::name_exists(tx.conn(), &input.name.to_lowercase(), Some(id)).await?)?;
    let provider = SamlProvider {
        name: input.name,
        entity_id: input.entity_id,
        sso_url: input.sso_url,
        certificates: input.certificate,
        sp_entity_id: input.sp_entity_id,
        name_id_format: input.name_id_format,
        email_attribute: input.email_attribute,
        name_attribute: input.name_attribute,
        enabled: input.enabled,
        is_default: input.is_default,
        rules: input.rules,
        updated_at: cx.clock.now(),
        ..before.clone()
    };
    let changed = changes(&before, &provider);
    if changed.is_empty() {
        return Ok(before);
    }
    store::saml_providers::update(tx.conn(), &provider).await.map_err(taken)?;
    if before.is_default != provider.is_default {
        set_default(tx.conn(), ProviderKind::Saml, provider.is_default.then_some(id)).await?;
    }
    let details = json!({ "name": provider.name, "changed": changed });
    record(cx, &mut tx, may, "UPDATE_SAML_PROVIDER", &provider.id, details).await?;
    tx.commit().await?;
    Ok(provider)
}

/// Deletes a provider with its connections; accounts of people stay. `knows` says that the caller has seen who could
/// not sign in any more.
///
/// # Errors
/// `NotFound`; `Conflict` when people depend on it and the caller has not said that they know.
pub async fn delete(cx: &Services, may: &InstanceGrant<ManageProviders>, id: &ProviderId, knows: bool) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let provider = store::saml_providers::find(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    let (connections, depending) = disconnect(tx.conn(), ProviderKind::Saml, id, &provider.name, knows).await?;
    store::saml_providers::delete(tx.conn(), id).await?;
    let details = json!({ "name": provider.name, "connections": connections, "withoutSignIn": depending.len() });
    record(cx, &mut tx, may, "DELETE_SAML_PROVIDER", &provider.id, details).await?;
    tx.commit().await?;
    Ok(())
}

/// The values as they are kept; certificates in one form, whatever form they came in.
fn checked(input: SamlInput, is_new: bool) -> Result<SamlInput> {
    let mut form = Checker::new();
    let mut input = input.checked(is_new, &mut form);
    match ::saml::certificates(&input.certificate) {
        Ok(certificates) => input.certificate = certificates.iter().map(Certificate::to_pem).collect(),
        Err(error) => form.fail("certificate", error.to_string()),
    }
    form.finish()?;
    Ok(input)
}

/// The names of what differs, as they are called on the wire.
fn changes(before: &SamlProvider, after: &SamlProvider) -> Vec<&'static str> {
    let mut changed = Changes::default();
    changed.note("name", before.name != after.name);
    changed.note("entityId", before.entity_id != after.entity_id);
    changed.note("ssoUrl", before.sso_url != after.sso_url);
    changed.note("certificate", before.certificates != after.certificates);
    changed.note("spEntityId", before.sp_entity_id != after.sp_entity_id);
    changed.note("nameIdFormat", before.name_id_format != after.name_id_format);
    changed.note("emailAttribute", before.email_attribute != after.email_attribute);
    changed.note("nameAttribute", before.name_attribute != after.name_attribute);
    changed.note("enabled", before.enabled != after.enabled);
    changed.note("isDefault", before.is_default != after.is_default);
    changed.note_rules(&before.rules, &after.rules);
    changed.names()
}
