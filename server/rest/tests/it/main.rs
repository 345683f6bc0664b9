//! The REST surface through its router, on both databases.

mod api_keys;
mod app;
mod bodies;
mod document;
mod embed;
mod entries;
mod feeds;
mod health;
mod projects;
mod protocol;
mod public;
mod publishing;
mod settings;
mod sign_in;
mod walls;
mod widgets;
