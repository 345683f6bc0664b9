//! What the repositories promise, on both databases.

#[macro_use]
mod values;

mod accounts;
mod api_keys;
mod audit;
mod catch_up;
mod change_requests;
mod changes;
mod cli_codes;
mod database;
mod entries;
mod entry_lists;
mod home;
mod idempotency;
mod instance;
mod migrations;
mod projects;
mod rate_limits;
mod search;
mod sessions;
mod tags;
mod trash;
mod users;
