//! Every JSON example of the contract for what we serve, against the schema that our document has there: a client
//! generated from the document understands what the contract promises.

use std::path::Path;

use serde_json::Value;

use crate::document::{document, misfits, operation, resolve};

/// File in `examples/`, method, path, and the status of the answer or `request` for a body that is sent. Examples of
/// the contract that leave members out with "…" are written out.
const EXAMPLES: &[(&str, &str, &str, &str)] = &[
    ("public-entries", "GET", "/api/changelog/{projectId}/entries", "200"),
    ("public-entries", "GET", "/api/changelog/{projectId}/entries/all", "200"),
    ("public-entry", "GET", "/api/changelog/entries/{entryId}", "200"),
    ("public-entry-in-maintenance", "GET", "/api/changelog/entries/{entryId}", "200"),
    ("projects", "GET", "/api/projects", "200"),
    ("projects-page", "GET", "/api/projects", "200"),
    ("project-request", "POST", "/api/projects", "request"),
    ("project-created", "POST", "/api/projects", "201"),
    ("project-refused", "POST", "/api/projects", "400"),
    ("project", "GET", "/api/projects/{projectId}", "200"),
    ("project-truncated", "GET", "/api/projects/{projectId}", "200"),
    ("project-changed", "PATCH", "/api/projects/{projectId}", "200"),
    ("project-settings", "GET", "/api/projects/{projectId}/settings", "200"),
    ("project-settings-request", "PATCH", "/api/projects/{projectId}/settings", "request"),
    ("project-settings", "PATCH", "/api/projects/{projectId}/settings", "200"),
    ("project-settings-with-feed", "PATCH", "/api/projects/{projectId}/settings", "200"),
    ("versions", "GET", "/api/projects/{projectId}/versions", "200"),
    ("catch-up", "GET", "/api/projects/{projectId}/catch-up", "200"),
    ("entries", "GET", "/api/projects/{projectId}/changelog", "200"),
    ("entry-request", "POST", "/api/projects/{projectId}/changelog", "request"),
    ("entry-created", "POST", "/api/projects/{projectId}/changelog", "201"),
    ("entry-version-taken", "POST", "/api/projects/{projectId}/changelog", "409"),
    ("entry", "GET", "/api/projects/{projectId}/changelog/{entryId}", "200"),
    ("entry-change-request", "PUT", "/api/projects/{projectId}/changelog/{entryId}", "request"),
    ("entry", "PUT", "/api/projects/{projectId}/changelog/{entryId}", "200"),
    ("entry", "DELETE", "/api/projects/{projectId}/changelog/{entryId}", "200"),
    ("entry-deletion-requested", "DELETE", "/api/projects/{projectId}/changelog/{entryId}", "202"),
    ("entries-deleted", "DELETE", "/api/projects/{projectId}/changelog", "200"),
    ("publish-request", "PATCH", "/api/projects/{projectId}/changelog/{entryId}", "request"),
    ("unpublish-request", "PATCH", "/api/projects/{projectId}/changelog/{entryId}", "request"),
    ("entry", "PATCH", "/api/projects/{projectId}/changelog/{entryId}", "200"),
    ("entry-unpublished", "PATCH", "/api/projects/{projectId}/changelog/{entryId}", "200"),
    ("publication-requested", "PATCH", "/api/projects/{projectId}/changelog/{entryId}", "202"),
    ("schedule", "GET", "/api/projects/{projectId}/changelog/{entryId}/schedule", "200"),
    ("schedule-request", "POST", "/api/projects/{projectId}/changelog/{entryId}/schedule", "request"),
    ("unschedule-request", "POST", "/api/projects/{projectId}/changelog/{entryId}/schedule", "request"),
    ("scheduled", "POST", "/api/projects/{projectId}/changelog/{entryId}/schedule", "200"),
    ("entry", "PUT", "/api/changelog/entries/{entryId}", "200"),
    ("entry-by-id-request", "PUT", "/api/changelog/entries/{entryId}", "request"),
    ("entry-by-id-deleted", "DELETE", "/api/changelog/entries/{entryId}", "200"),
    ("entry-by-id-deletion-requested", "DELETE", "/api/changelog/entries/{entryId}", "200"),
    ("tags", "GET", "/api/projects/{projectId}/changelog/tags", "200"),
    ("tags-with-usage", "GET", "/api/projects/{projectId}/changelog/tags", "200"),
    ("tag-request", "POST", "/api/projects/{projectId}/changelog/tags", "request"),
    ("tag", "POST", "/api/projects/{projectId}/changelog/tags", "201"),
    ("tag", "POST", "/api/projects/{projectId}/changelog/tags", "200"),
    ("tag", "PATCH", "/api/projects/{projectId}/changelog/tags/{tagId}", "200"),
    ("tag", "PATCH", "/api/projects/{projectId}/changelog/tags", "200"),
    ("tag", "POST", "/api/changelog/tags", "201"),
    ("tag", "POST", "/api/changelog/tags", "200"),
    ("tag", "PATCH", "/api/changelog/tags/{tagId}", "200"),
    ("revisions", "GET", "/api/projects/{projectId}/changelog/{entryId}/revisions", "200"),
    ("revision-count", "GET", "/api/projects/{projectId}/changelog/{entryId}/revisions/count", "200"),
    ("revision", "GET", "/api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}", "200"),
    (
        "revision-mark-request",
        "PATCH",
        "/api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}",
        "request",
    ),
    ("revision-marked", "PATCH", "/api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}", "200"),
    ("revision-blame", "GET", "/api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}/blame", "200"),
    (
        "revision-restored",
        "POST",
        "/api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}/restore",
        "200",
    ),
    ("history-deleted", "DELETE", "/api/projects/{projectId}/changelog/history", "200"),
    ("tag-with-usage", "GET", "/api/projects/{projectId}/changelog/tags/{tagId}", "200"),
    ("tag-deleted", "DELETE", "/api/projects/{projectId}/changelog/tags/{tagId}", "200"),
    ("tag-deleted-older-form", "DELETE", "/api/projects/{projectId}/changelog/tags", "200"),
    ("tag-change-request-older-form", "PATCH", "/api/projects/{projectId}/changelog/tags", "request"),
    ("tags-found", "GET", "/api/changelog/tags/search", "200"),
    ("tags-found", "GET", "/api/projects/{projectId}/tags/used", "200"),
    ("api-keys", "GET", "/api/projects/{projectId}/api-keys", "200"),
    ("api-key-request", "POST", "/api/projects/{projectId}/api-keys", "request"),
    ("api-key-created", "POST", "/api/projects/{projectId}/api-keys", "201"),
    ("api-key", "GET", "/api/projects/{projectId}/api-keys/{keyId}", "200"),
    ("api-key", "PATCH", "/api/projects/{projectId}/api-keys/{keyId}", "200"),
    ("api-key-change-request", "PATCH", "/api/projects/{projectId}/api-keys/{keyId}", "request"),
    ("api-key-deleted", "DELETE", "/api/projects/{projectId}/api-keys/{keyId}", "200"),
    ("admin-api-keys", "GET", "/api/admin/api-keys", "200"),
    ("admin-api-key-created", "POST", "/api/admin/api-keys", "200"),
    ("admin-api-key-request", "POST", "/api/admin/api-keys", "request"),
    ("api-key", "GET", "/api/admin/api-keys/{keyId}", "200"),
    ("api-key", "PATCH", "/api/admin/api-keys/{keyId}", "200"),
    ("admin-api-key-change-request", "PATCH", "/api/admin/api-keys/{keyId}", "request"),
    ("api-key-deleted", "DELETE", "/api/admin/api-keys/{keyId}", "200"),
    ("audit-logs", "GET", "/api/admin/audit-logs", "200"),
    ("audit-actions", "GET", "/api/admin/audit-logs/actions", "200"),
    ("oauth-providers", "GET", "/api/auth/oauth/providers", "200"),
    ("oauth-provider-request", "POST", "/api/admin/oauth/providers", "request"),
    ("oauth-provider-request", "PATCH", "/api/admin/oauth/providers/{providerId}", "request"),
    ("connections", "GET", "/api/auth/connections", "200"),
    ("saml-providers", "GET", "/api/auth/saml/providers", "200"),
    ("saml-provider-request", "POST", "/api/admin/saml/providers", "request"),
    ("saml-provider-request", "PATCH", "/api/admin/saml/providers/{providerId}", "request"),
    ("login-request", "POST", "/api/auth/login", "request"),
    ("login", "POST", "/api/auth/login", "200"),
    ("refreshed", "POST", "/api/auth/refresh", "200"),
    ("refreshed-by-cookie", "POST", "/api/auth/refresh", "200"),
    ("refresh-request", "POST", "/api/auth/refresh", "request"),
    ("logout", "POST", "/api/auth/logout", "200"),
    ("second-factor-request", "POST", "/api/auth/login/second-factor", "request"),
    ("login", "POST", "/api/auth/login/second-factor", "200"),
    ("passkeys", "GET", "/api/auth/passkeys", "200"),
    ("passkey-removed", "DELETE", "/api/auth/passkeys/{passkeyId}", "200"),
    ("passkey-register-request", "POST", "/api/auth/passkeys/register/verify", "request"),
    ("passkey-registered", "POST", "/api/auth/passkeys/register/verify", "200"),
    ("passkey-begin-request", "POST", "/api/auth/passkeys/authenticate/options", "request"),
    ("passkey-begun", "POST", "/api/auth/passkeys/authenticate/options", "200"),
    ("passkey-sign-in-request", "POST", "/api/auth/passkeys/authenticate/verify", "request"),
    ("login", "POST", "/api/auth/passkeys/authenticate/verify", "200"),
    ("second-factor-required", "POST", "/api/auth/passkeys/authenticate/verify", "200"),
    ("security-settings", "GET", "/api/auth/security-settings", "200"),
    ("security-settings", "PATCH", "/api/auth/security-settings", "200"),
    ("security-settings-request", "PATCH", "/api/auth/security-settings", "request"),
    ("me", "GET", "/api/auth/me", "200"),
    ("me-by-key", "GET", "/api/auth/me", "200"),
    ("import-parse-request", "POST", "/api/projects/import/parse", "request"),
    ("import-json-request", "POST", "/api/projects/import/json", "request"),
    ("import-csv-request", "POST", "/api/projects/import/csv", "request"),
    ("import-process-request", "POST", "/api/projects/import/process", "request"),
    ("import-processed", "POST", "/api/projects/import/process", "200"),
    ("import-history", "GET", "/api/projects/import/process", "200"),
    ("search", "GET", "/api/search", "200"),
    ("search", "POST", "/api/search", "200"),
    ("search-request", "POST", "/api/search", "request"),
    ("dashboard-stats", "GET", "/api/dashboard/stats", "200"),
    ("timezone", "GET", "/api/config/timezone", "200"),
    ("runtime", "GET", "/api/config/runtime", "200"),
    ("health", "GET", "/api/health", "200"),
    ("unhealthy", "GET", "/api/health", "503"),
    ("version", "GET", "/api/system/version", "200"),
    ("config", "GET", "/api/admin/config", "200"),
    ("config", "PATCH", "/api/admin/config", "200"),
    ("config-request", "PATCH", "/api/admin/config", "request"),
    ("system-email", "GET", "/api/admin/config/system-email", "200"),
    ("system-email-request", "POST", "/api/admin/config/system-email", "request"),
    ("system-email-done", "POST", "/api/admin/config/system-email", "200"),
    ("system-email-test-request", "PATCH", "/api/admin/config/system-email", "request"),
    ("system-email-done", "PATCH", "/api/admin/config/system-email", "200"),
    ("setup-status", "GET", "/api/setup/status", "200"),
    ("setup-admin-request", "POST", "/api/setup/admin", "request"),
    ("setup-admin", "POST", "/api/setup/admin", "200"),
    ("users", "GET", "/api/admin/users", "200"),
    ("invitation-request", "POST", "/api/admin/users", "request"),
    ("invitation-made", "POST", "/api/admin/users", "200"),
    ("user-change-request", "PATCH", "/api/admin/users/{userId}", "request"),
    ("user-changed", "PATCH", "/api/admin/users/{userId}", "200"),
    ("user-role-request", "PATCH", "/api/admin/users/{userId}/role", "request"),
    ("user-changed", "PATCH", "/api/admin/users/{userId}/role", "200"),
    ("user-deleted", "DELETE", "/api/admin/users/{userId}", "200"),
    ("invitations", "GET", "/api/admin/users/invitations", "200"),
    ("invitation-revoked", "DELETE", "/api/admin/users/invitations/{invitationId}", "200"),
    ("invitation-read", "GET", "/api/auth/invitation/{token}", "200"),
    ("register-request", "POST", "/api/auth/register", "request"),
    ("registered", "POST", "/api/auth/register", "200"),
];

fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/examples").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The schema of a body that is sent, or of an answer.
fn schema<'a>(document: &'a Value, operation: &'a Value, status: &str) -> Option<&'a Value> {
    let place = if status == "request" { operation.get("requestBody")? } else { operation["responses"].get(status)? };
    resolve(document, place)["content"]["application/json"].get("schema")
}

/// The document as an answer may be read: members that we add are required of us, not of the contract.
fn loosened(node: &Value) -> Value {
    match node {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, value)| !(*name == "required" && value.is_array()));
            // Without what has to be there, several alternatives may fit.
            let name = |name: &str| if name == "oneOf" { "anyOf".to_owned() } else { name.to_owned() };
            kept.map(|(key, value)| (name(key), loosened(value))).collect()
        }
        Value::Array(items) => items.iter().map(loosened).collect(),
        value => value.clone(),
    }
}

#[test]
fn every_example_of_the_contract_fits_our_document() {
    let strict = document();
    let loose = loosened(&strict);
    let mut wrong = Vec::new();
    for (name, method, path, status) in EXAMPLES {
        let place = format!("{method} {path} {status} ({name})");
        let document = if *status == "request" { &strict } else { &loose };
        let Some(operation) = operation(document, method, path) else {
            wrong.push(format!("{place}: the document has no such operation"));
            continue;
        };
        let Some(schema) = schema(document, operation, status) else {
            wrong.push(format!("{place}: the document has no schema for it"));
            continue;
        };
        wrong.extend(misfits(document, schema, &read(name)).into_iter().map(|misfit| format!("{place}: {misfit}")));
    }
    assert!(wrong.is_empty(), "{} misfits:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_file_is_an_example_of_something() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/examples");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let name = name.strip_suffix(".json").unwrap();
        assert!(EXAMPLES.iter().any(|(known, ..)| *known == name), "{name}.json belongs to no operation");
    }
}
