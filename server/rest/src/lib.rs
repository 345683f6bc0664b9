//! The REST surface: JSON under `/api` for scripts, embeds and existing clients, the feed, and the document that describes
//! them all.
//!
//! A handler is three lines: who, may they, do it. What every answer has in common (request id, CORS, caching, the body
//! of errors) is added around the handlers by one layer; what every request has in common (who is calling, bodies,
//! queries, ids in paths) is read by our own extractors, so that no text of a framework ever reaches a caller.
//!
//! Rules live in `services`, limits in `model`, wire shapes in `wire`. What must not live here: SQL, and decisions about
//! what is allowed.

mod allow_listed;
mod analytics;
mod api_keys;
mod audit;
mod auth;
mod avatar;
mod bookmarks;
mod cached;
mod catch_up;
mod cli_login;
mod conditional;
mod config;
mod cors;
mod document;
mod embed;
mod entries;
mod entry_templates;
mod export;
mod extract;
mod feeds;
mod health;
mod idempotent;
mod identify;
mod imports;
mod instance;
mod invitations;
mod layer;
mod limited;
mod media;
mod needs;
mod oauth;
mod oauth_providers;
mod own_settings;
mod passkeys;
mod passwords;
mod people;
mod problem;
mod projects;
mod public;
mod quick_notes;
mod requests;
mod revisions;
mod routes;
mod saml;
mod saml_providers;
mod schedule;
mod search;
mod setup;
mod stats;
mod tags;
mod trash;
mod unread;
pub mod widget;
mod widgets;
mod wire;

pub use cached::cached;
pub use conditional::answer as conditional_answer;
pub use document::written as openapi_json;
pub use embed::WidgetAssets;
pub use feeds::routes as feed_routes;
pub use identify::{client_info, client_of, identify};
pub use layer::RequestId;
pub use limited::limited;
pub use problem::Problem;
pub use routes::{openapi, router};
