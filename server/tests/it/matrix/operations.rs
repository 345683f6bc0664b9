//! Every operation of the REST API. One without a line here fails the test, and so does one whose handler checks another
//! permission than its line says.

use model::Permission::*;
use model::Role;

use super::line::Needs::{Account, Asks, Browser, Credential, Instance, Nothing, Project};
use super::line::{Line, operation};

const NEW: &str = r#"{"name":"New"}"#;
const ENTRY: &str = r#"{"title":"New","content":"x"}"#;
const TEMPLATE: &str = r#"{"name":"New","content":"Text"}"#;
const WIDGET: &str = r#"{"name":"New","variant":"classic"}"#;

pub const OPERATIONS: &[Line] = &[
    operation("GET /api/admin/api-keys", Instance(&[ManageAllApiKeys])),
    operation("POST /api/admin/api-keys", Instance(&[ManageAllApiKeys])).json(NEW),
    // Only revoked ones are deleted here.
    operation("DELETE /api/admin/api-keys/{keyId}", Instance(&[ManageAllApiKeys])).gives(&[400]),
    operation("GET /api/admin/api-keys/{keyId}", Instance(&[ManageAllApiKeys])),
    operation("PATCH /api/admin/api-keys/{keyId}", Instance(&[ManageAllApiKeys])).json(NEW),
    operation("POST /api/admin/api-keys/{keyId}/rotate", Instance(&[ManageAllApiKeys])),
    operation("POST /api/analytics/track", Nothing).json(r#"{"projectId":"{project}"}"#),
    operation("POST /api/auth/cli/generate", Browser).json(r#"{"callbackUrl":"http://127.0.0.1:4711/"}"#),
    operation("POST /api/auth/cli/refresh", Nothing).json(r#"{"refreshToken":"x"}"#).gives(&[401]),
    operation("POST /api/auth/cli/token", Nothing).json(r#"{"code":"x"}"#).gives(&[400]),
    operation("POST /api/auth/login", Nothing)
        .json(r#"{"email":"vera@tidings.example","password":"correct horse battery"}"#),
    operation("POST /api/auth/logout", Nothing),
    operation("GET /api/auth/me", Credential),
    operation("POST /api/auth/refresh", Nothing).gives(&[401]),
    // Who is known by a cookie alone has presented nothing.
    operation("GET /api/auth/validate", Credential).gives(&[401]),
    operation("GET /api/avatar/{md5}", Nothing).gives(&[400]),
    operation("DELETE /api/changelog/entries/{entryId}", Asks(&[DeleteEntries])),
    operation("GET /api/changelog/entries/{entryId}", Nothing),
    operation("PUT /api/changelog/entries/{entryId}", Project(&[WriteEntries])).json(ENTRY).of_a_draft(),
    operation("GET /api/changelog/requests", Instance(&[ReadEntries])),
    // Administrators need not ask.
    operation("POST /api/changelog/requests", Project(&[WriteEntries]))
        .json(r#"{"type":"DELETE_TAG","projectId":"{project}","targetId":"{tag}"}"#)
        .gives(&[400]),
    operation("PATCH /api/changelog/requests/{requestId}", Project(&[DecideRequests])).json(r#"{"status":"APPROVED"}"#),
    operation("GET /api/requests", Instance(&[ReadEntries])),
    operation("GET /api/projects/{projectId}/changelog/{entryId}/requests", Project(&[ReadEntries])),
    // Administrators need not ask here, either.
    operation("POST /api/projects/{projectId}/changelog/{entryId}/schedule/approval", Asks(&[PublishEntries]))
        .json(r#"{"action":"request_approval","scheduledAt":"2027-01-01T08:00:00.000Z"}"#)
        .of_a_draft()
        .not_for(&[Role::Admin]),
    operation("POST /api/changelog/tags", Instance(&[WriteTags])).json(NEW),
    operation("GET /api/changelog/tags/search", Instance(&[ReadTags])),
    operation("DELETE /api/changelog/tags/{tagId}", Instance(&[DeleteTags])),
    operation("PATCH /api/changelog/tags/{tagId}", Instance(&[WriteTags])).json(r#"{"name":"New {tag}"}"#),
    operation("GET /api/bookmarks", Instance(&[ReadEntries])),
    operation("GET /api/changelog/{projectId}/entries", Nothing),
    operation("GET /api/changelog/{projectId}/entries/all", Nothing),
    operation("GET /api/changelog/{projectId}/panel/{entryId}", Nothing),
    operation("GET /api/changelog/{projectId}/rss.xml", Nothing),
    operation("GET /api/changelog/{projectId}/unread", Nothing),
    operation("GET /api/config/runtime", Nothing),
    operation("GET /api/config/timezone", Nothing),
    operation("GET /api/dashboard/stats", Instance(&[ReadProjects])),
    operation("GET /api/health", Nothing),
    operation("GET /api/integrations/widget/{projectId}", Nothing),
    operation("POST /api/integrations/widget/{projectId}", Project(&[EditProjects])).json(WIDGET),
    operation("GET /api/integrations/widget/{projectId}/list", Project(&[ReadProjects])),
    operation("DELETE /api/integrations/widget/{projectId}/{widgetId}", Project(&[EditProjects])),
    operation("GET /api/integrations/widget/{projectId}/{widgetId}", Nothing),
    operation("POST /api/integrations/widget/{projectId}/{widgetId}", Project(&[EditProjects]))
        .json(WIDGET)
        .gives(&[404]),
    operation("PUT /api/integrations/widget/{projectId}/{widgetId}", Project(&[EditProjects])).json(WIDGET),
    operation("GET /api/projects", Instance(&[ReadProjects])),
    operation("POST /api/projects", Instance(&[CreateProjects])).json(NEW),
    operation("POST /api/projects/import/canny/fetch", Instance(&[EditProjects, RunImports]))
        .json(r#"{"apiKey":"not a key"}"#)
        .gives(&[400]),
    operation("POST /api/projects/import/canny/validate", Instance(&[EditProjects, RunImports]))
        .json(r#"{"apiKey":"not a key"}"#)
        .gives(&[400]),
    operation("POST /api/projects/import/csv", Project(&[EditProjects, RunImports]))
        .json(r#"{"projectId":"{project}","content":"title,content\nNew,x\n"}"#),
    operation("POST /api/projects/import/json", Project(&[EditProjects, RunImports]))
        .json(r#"{"projectId":"{project}","content":"[{\"title\":\"New\"}]"}"#),
    operation("POST /api/projects/import/parse", Project(&[EditProjects, RunImports]))
        .json(r###"{"projectId":"{project}","content":"## 1.0.0\n\n- Text\n"}"###),
    operation("GET /api/projects/import/process", Project(&[EditProjects, RunImports])).query("?projectId={project}"),
    operation("POST /api/projects/import/process", Project(&[EditProjects, RunImports]))
        .json(r#"{"projectId":"{project}","entries":[{"title":"New","content":"x"}]}"#),
    operation("POST /api/projects/import/url", Project(&[EditProjects, RunImports]))
        .json(r#"{"projectId":"{project}","options":{"url":"http://127.0.0.1/feed"}}"#)
        .gives(&[400]),
    operation("DELETE /api/projects/{projectId}", Asks(&[DeleteProjects])),
    operation("GET /api/projects/{projectId}", Project(&[ReadProjects])),
    operation("PATCH /api/projects/{projectId}", Project(&[EditProjects])).json(NEW),
    operation("GET /api/projects/{projectId}/api-keys", Project(&[ManageApiKeys])),
    operation("POST /api/projects/{projectId}/api-keys", Project(&[ManageApiKeys])).json(NEW),
    operation("DELETE /api/projects/{projectId}/api-keys/{keyId}", Project(&[ManageApiKeys])),
    operation("GET /api/projects/{projectId}/api-keys/{keyId}", Project(&[ManageApiKeys])),
    operation("PATCH /api/projects/{projectId}/api-keys/{keyId}", Project(&[ManageApiKeys])).json(NEW),
    operation("POST /api/projects/{projectId}/api-keys/{keyId}/rotate", Project(&[ManageApiKeys])),
    operation("GET /api/projects/{projectId}/media", Project(&[ReadEntries])),
    // Whatever is sent is a file: this one is text.
    operation("POST /api/projects/{projectId}/media", Project(&[WriteEntries])).json(r#"{"a":"file of {project}"}"#),
    operation("DELETE /api/projects/{projectId}/media/{mediaId}", Project(&[WriteEntries])),
    operation("GET /api/projects/{projectId}/media/{mediaId}", Project(&[ReadEntries])),
    operation("PATCH /api/projects/{projectId}/media/{mediaId}", Project(&[WriteEntries])).json(r#"{"alt":"New"}"#),
    operation("GET /api/projects/{projectId}/catch-up", Project(&[ReadEntries])),
    operation("DELETE /api/projects/{projectId}/changelog", Asks(&[DeleteAllEntries])),
    operation("GET /api/projects/{projectId}/changelog", Project(&[ReadEntries])),
    operation("POST /api/projects/{projectId}/changelog", Project(&[WriteEntries])).json(ENTRY),
    operation("POST /api/projects/{projectId}/changelog/bulk", Project(&[WriteEntries]))
        .json(r#"{"action":"add-tag","tag":"New","entries":["{draft}"]}"#),
    operation("DELETE /api/projects/{projectId}/changelog/tags", Asks(&[DeleteTags])).query("?tagId={tag}"),
    operation("GET /api/projects/{projectId}/changelog/tags", Project(&[ReadTags])),
    operation("PATCH /api/projects/{projectId}/changelog/tags", Project(&[WriteTags]))
        .json(r#"{"tagId":"{tag}","name":"New {tag}"}"#),
    operation("POST /api/projects/{projectId}/changelog/tags", Project(&[WriteTags])).json(NEW),
    operation("DELETE /api/projects/{projectId}/changelog/tags/{tagId}", Asks(&[DeleteTags])),
    operation("GET /api/projects/{projectId}/changelog/tags/{tagId}", Project(&[ReadTags])),
    operation("PATCH /api/projects/{projectId}/changelog/tags/{tagId}", Project(&[WriteTags]))
        .json(r#"{"name":"New {tag}"}"#),
    operation("GET /api/projects/{projectId}/quick-notes", Project(&[ReadEntries])),
    operation("POST /api/projects/{projectId}/quick-notes", Project(&[WriteEntries])).json(r#"{"text":"New"}"#),
    operation("DELETE /api/projects/{projectId}/quick-notes/{noteId}", Project(&[WriteEntries])),
    operation("GET /api/projects/{projectId}/entry-templates", Project(&[ReadProjects])),
    operation("POST /api/projects/{projectId}/entry-templates", Project(&[EditProjects])).json(TEMPLATE),
    operation("DELETE /api/projects/{projectId}/entry-templates/{templateId}", Project(&[EditProjects])),
    operation("GET /api/projects/{projectId}/entry-templates/{templateId}", Project(&[ReadProjects])),
    operation("PATCH /api/projects/{projectId}/entry-templates/{templateId}", Project(&[EditProjects])).json(TEMPLATE),
    operation("DELETE /api/projects/{projectId}/changelog/{entryId}", Asks(&[DeleteEntries])),
    operation("DELETE /api/projects/{projectId}/changelog/history", Project(&[DeleteAllHistory])),
    operation("GET /api/projects/{projectId}/changelog/{entryId}/revisions", Project(&[ReadEntries])),
    operation("GET /api/projects/{projectId}/changelog/{entryId}/revisions/count", Project(&[ReadEntries])),
    operation("GET /api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}", Project(&[ReadEntries]))
        .of_a_draft(),
    operation("PATCH /api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}", Project(&[WriteEntries]))
        .json(r#"{"pinned":true}"#)
        .of_a_draft(),
    operation(
        "GET /api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}/blame",
        Project(&[ReadEntries]),
    )
    .of_a_draft(),
    operation(
        "POST /api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}/restore",
        Project(&[WriteEntries]),
    )
    .of_a_draft(),
    operation("GET /api/projects/{projectId}/changelog/{entryId}", Project(&[ReadEntries])),
    operation("PATCH /api/projects/{projectId}/changelog/{entryId}", Asks(&[PublishEntries]))
        .json(r#"{"action":"publish"}"#),
    operation("PUT /api/projects/{projectId}/changelog/{entryId}", Project(&[WriteEntries])).json(ENTRY).of_a_draft(),
    operation("GET /api/projects/{projectId}/changelog/{entryId}/schedule", Project(&[ReadEntries])),
    operation("POST /api/projects/{projectId}/changelog/{entryId}/schedule", Project(&[PublishEntries]))
        .json(r#"{"action":"schedule","scheduledAt":"2099-01-01T00:00:00.000Z"}"#)
        .of_a_draft(),
    operation("GET /api/projects/{projectId}/export", Project(&[ReadEntries])),
    operation("GET /api/projects/{projectId}/settings", Project(&[ReadProjects])),
    operation("PATCH /api/projects/{projectId}/settings", Project(&[EditProjects])).json(NEW),
    operation("GET /api/projects/{projectId}/tags/used", Project(&[ReadTags])),
    // Somebody else deleted it, so staff do not find it.
    operation("POST /api/trash/{trashId}/restore", Instance(&[RestoreDeleted])).json("{}").gives(&[404]),
    operation("DELETE /api/trash/{trashId}", Instance(&[DeleteForGood])),
    operation("GET /api/trash", Instance(&[RestoreDeleted])),
    operation("GET /api/projects/{projectId}/versions", Project(&[ReadProjects])),
    operation("GET /api/search", Instance(&[ReadEntries])).query("?q=first"),
    operation("POST /api/search", Instance(&[ReadEntries])).json(r#"{"query":"first"}"#),
    // Once it is set up, there is nothing to tell.
    operation("GET /api/setup", Nothing).gives(&[403]),
    operation("POST /api/setup/admin", Nothing).json("{}").gives(&[403]),
    operation("GET /api/setup/status", Nothing),
    operation("GET /api/system/version", Credential),
    operation("GET /openapi.json", Nothing),
    operation("GET /swagger.json", Nothing),
    // Administration.
    operation("GET /api/admin/audit-logs", Instance(&[ReadAuditLog])),
    operation("GET /api/admin/audit-logs/actions", Instance(&[ReadAuditLog])),
    operation("GET /api/admin/config", Instance(&[ManageInstance])),
    operation("PATCH /api/admin/config", Instance(&[ManageInstance])).json(r#"{"timezone":"UTC"}"#),
    operation("GET /api/admin/config/system-email", Instance(&[ManageInstance])),
    operation("PATCH /api/admin/config/system-email", Instance(&[ManageInstance]))
        .json(r#"{"testEmail":"a@example.com"}"#)
        .gives(&[400, 409, 503]),
    operation("POST /api/admin/config/system-email", Instance(&[ManageInstance]))
        .json(r#"{"smtpHost":"smtp.example","smtpPort":587,"systemEmail":"a@example.com"}"#),
    operation("GET /api/admin/oauth/providers", Instance(&[ManageProviders])),
    // Its documents are somewhere that no test asks.
    operation("POST /api/admin/oauth/providers", Instance(&[ManageProviders])).json(NEW).gives(&[400]),
    operation("DELETE /api/admin/oauth/providers/{providerId}", Instance(&[ManageProviders])).gives(&[404]),
    operation("GET /api/admin/oauth/providers/{providerId}", Instance(&[ManageProviders])).gives(&[404]),
    operation("PATCH /api/admin/oauth/providers/{providerId}", Instance(&[ManageProviders]))
        .json(NEW)
        .gives(&[400, 404]),
    operation("GET /api/admin/users", Instance(&[ManageUsers])),
    operation("POST /api/admin/users", Instance(&[ManageUsers]))
        .json(r#"{"email":"new{draft}@example.com","role":"STAFF","expiresAt":"2026-03-11T09:30:00.000Z"}"#),
    operation("GET /api/admin/users/invitations", Instance(&[ManageUsers])),
    operation("DELETE /api/admin/users/invitations/{invitationId}", Instance(&[ManageUsers])),
    operation("POST /api/admin/users/invitations/{invitationId}/resend", Instance(&[ManageUsers])),
    operation("DELETE /api/admin/users/{userId}", Instance(&[ManageUsers])),
    operation("PATCH /api/admin/users/{userId}", Instance(&[ManageUsers])).json(NEW),
    operation("POST /api/admin/users/{userId}/disable", Instance(&[ManageUsers])),
    operation("POST /api/admin/users/{userId}/enable", Instance(&[ManageUsers])),
    operation("PATCH /api/admin/users/{userId}/role", Instance(&[ManageUsers])).json(r#"{"role":"STAFF"}"#),
    // Passwords are not reset by mail here.
    operation("GET /api/admin/saml/providers", Instance(&[ManageProviders])),
    operation("POST /api/admin/saml/providers", Instance(&[ManageProviders])).json(NEW).gives(&[400]),
    operation("DELETE /api/admin/saml/providers/{providerId}", Instance(&[ManageProviders])).gives(&[404]),
    operation("GET /api/admin/saml/providers/{providerId}", Instance(&[ManageProviders])).gives(&[404]),
    operation("PATCH /api/admin/saml/providers/{providerId}", Instance(&[ManageProviders]))
        .json(r#"{"name":"New"}"#)
        .gives(&[404]),
    operation("POST /api/admin/users/{userId}/reset-password", Instance(&[ManageUsers])).gives(&[403]),
    operation("DELETE /api/admin/users/{userId}/second-factor", Instance(&[ManageUsers])),
    operation("DELETE /api/admin/users/{userId}/sessions", Instance(&[ManageUsers])),
    operation("GET /api/setup/invitations", Instance(&[ManageUsers])),
    operation("POST /api/setup/invitations", Instance(&[ManageUsers])).json(r#"{"invitations":[]}"#).gives(&[400, 409]),
    operation("POST /api/setup/settings", Instance(&[ManageInstance])).json("{}").gives(&[400, 409]),
    // One's own account. No passkey of the sample is real.
    operation("POST /api/auth/change-password", Account)
        .json(r#"{"currentPassword":"wrong","newPassword":"a lamp in the fog"}"#)
        .gives(&[400, 401]),
    operation("GET /api/auth/connections", Account),
    operation("GET /api/auth/passkeys", Account),
    operation("POST /api/auth/passkeys/register/options", Account),
    operation("POST /api/auth/passkeys/register/verify", Account).json(r#"{"response":{},"name":"New"}"#).gives(&[400]),
    operation("DELETE /api/auth/passkeys/{passkeyId}", Account).gives(&[404]),
    operation("PATCH /api/auth/passkeys/{passkeyId}", Account).json(NEW).gives(&[404]),
    operation("POST /api/auth/reset-password/request", Account).gives(&[400, 404, 409, 503]),
    operation("GET /api/auth/security-settings", Account),
    operation("PATCH /api/auth/security-settings", Account).json(r#"{"twoFactorMode":"NONE"}"#),
    operation("GET /api/auth/settings", Account),
    operation("PATCH /api/auth/settings", Account).json(r#"{"theme":"dark"}"#),
    // The way in.
    operation("POST /api/auth/forgot-password", Nothing).json(r#"{"email":"a@example.com"}"#),
    operation("GET /api/auth/invitation/{token}", Nothing).gives(&[404]),
    operation("POST /api/auth/login/second-factor", Nothing).json(r#"{"sessionToken":"x"}"#).gives(&[400, 401]),
    operation("GET /api/auth/oauth/authorize/{provider}", Nothing).gives(&[404]),
    operation("GET /api/auth/oauth/callback/{provider}", Nothing).gives(&[404]),
    operation("GET /api/auth/oauth/providers", Nothing),
    operation("GET /api/auth/saml/authorize/{provider}", Nothing).gives(&[404]),
    operation("GET /api/auth/saml/callback/{provider}", Nothing).gives(&[302, 303, 404]),
    operation("POST /api/auth/saml/callback/{provider}", Nothing).gives(&[302, 303, 400, 404]),
    operation("GET /api/auth/saml/metadata/{provider}", Nothing).gives(&[404]),
    operation("GET /api/auth/saml/providers", Nothing),
    operation("POST /api/auth/passkeys/authenticate/options", Nothing),
    operation("POST /api/auth/passkeys/authenticate/verify", Nothing)
        .json(r#"{"response":{},"challenge":"x"}"#)
        .gives(&[400]),
    operation("POST /api/auth/register", Nothing)
        .json(r#"{"token":"x","name":"Eve","password":"correct horse"}"#)
        .gives(&[400, 404]),
    operation("GET /api/auth/reset-password/{token}", Nothing).gives(&[400]),
    operation("POST /api/auth/reset-password/{token}", Nothing)
        .json(r#"{"password":"correct horse","confirmPassword":"correct horse"}"#)
        .gives(&[400]),
];
