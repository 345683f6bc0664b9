//! The objects of the contract, section 4, as shapes.

use serde_json::{Value, json};

use crate::shape::{each, with};

pub fn project() -> Value {
    json!({
        "id": "<id>", "name": "<text>", "color": "<null|text>", "icon": "<null|text>",
        "isPublic": "<bool>", "allowAutoPublish": "<bool>", "requireApproval": "<bool>",
        "maintenanceMode": "<bool>", "maintenanceMessage": "<null|text>", "allowIndexing": "<bool>",
        "enableRss": "<bool>", "rssItemLimit": "<integer>", "rssFullContent": "<bool>",
        "rssFeedConfig": "<null|object>",
        "defaultTags": each(json!("<text>")), "createdAt": "<time>", "updatedAt": "<time>",
    })
}

/// The container of a project's entries.
pub fn changelog(project: &str) -> Value {
    json!({ "id": "<id>", "projectId": project, "createdAt": "<time>", "updatedAt": "<time>" })
}

pub fn tag() -> Value {
    json!({ "id": "<id>", "name": "<text>", "color": "<null|text>", "createdAt": "<time>", "updatedAt": "<time>" })
}

/// An entry as people with an account see it.
pub fn entry() -> Value {
    json!({
        "id": "<id>", "title": "<text>", "content": "<string>", "excerpt": "<string>", "version": "<null|text>",
        "publishedAt": "<null|time>", "scheduledAt": "<null|time>", "createdAt": "<time>", "updatedAt": "<time>",
        "changelogId": "<id>", "tags": each(tag()),
    })
}

pub fn draft() -> Value {
    with(entry(), json!({ "publishedAt": null, "scheduledAt": null }))
}

pub fn published() -> Value {
    with(entry(), json!({ "publishedAt": "<time>", "scheduledAt": null }))
}

/// An entry as readers see it.
pub fn public_entry() -> Value {
    let tag = json!({
        "id": "<id>", "name": "<text>", "color": "<null|text>", "createdAt": "<absent>", "updatedAt": "<absent>"
    });
    json!({
        "id": "<id>", "title": "<text>", "content": "<string>", "excerpt": "<string>", "version": "<null|text>",
        "publishedAt": "<time>", "createdAt": "<time>", "updatedAt": "<time>",
        "scheduledAt": "<absent>", "changelogId": "<absent>", "tags": each(tag),
    })
}

pub fn public_project() -> Value {
    json!({
        "id": "<id>", "name": "<text>", "maintenanceMode": false, "maintenanceMessage": null, "allowIndexing": true,
        "enableRss": true, "emailNotificationsEnabled": false,
    })
}

/// A part of the list that readers see.
pub fn public_list() -> Value {
    json!({ "project": public_project(), "items": each(public_entry()), "nextCursor": "<absent|text>" })
}

pub fn pagination(page: i64, limit: i64, total: i64) -> Value {
    let pages = (total + limit - 1) / limit;
    json!({
        "page": page, "limit": limit, "total": total, "totalCount": total, "totalPages": pages, "hasMore": page < pages
    })
}

pub fn change_request(kind: &str) -> Value {
    json!({
        "id": "<id>", "type": kind, "status": "PENDING", "staffId": "<id>", "adminId": null, "projectId": "<id>",
        "targetId": "<null|text>", "changelogEntryId": "<null|id>", "changelogTagId": "<null|id>",
        "metadata": "<null|object>", "createdAt": "<time>", "reviewedAt": null,
    })
}

/// A key in lists and answers. The whole key is in the answer to its creation alone.
pub fn api_key() -> Value {
    json!({
        "id": "<id>", "name": "<text>", "key": "<text>", "keyPrefix": "<text>", "lastUsed": "<null|time>",
        "createdAt": "<time>", "expiresAt": "<null|time>", "isRevoked": "<bool>", "permissions": each(json!("<text>")),
        "projectId": "<null|id>", "isGlobal": "<bool>", "userId": "<id>",
    })
}

pub fn user() -> Value {
    json!({ "id": "<id>", "email": "<text>", "name": "<null|text>", "role": "<'ADMIN'|'STAFF'|'VIEWER'>" })
}

/// What every error has, for old clients and for new ones.
pub fn problem(status: u16) -> Value {
    json!({
        "error": "<text>", "details": "<absent|list>",
        "type": "<text>", "title": "<text>", "status": status, "detail": "<text>", "code": "<text>",
    })
}
