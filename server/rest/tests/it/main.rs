//! The REST surface through its router, on both databases.

mod api_keys;
mod app;
mod bodies;
mod catch_up;
mod conventions;
mod document;
mod embed;
mod entries;
mod feeds;
mod health;
mod idempotency;
mod instance;
mod limits;
mod projects;
mod protocol;
mod public;
mod publishing;
mod search;
mod settings;
mod setup;
mod sign_in;
mod tags;
mod walls;
mod widgets;
