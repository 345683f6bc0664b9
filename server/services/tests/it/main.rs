//! What the use cases promise, on both databases.

mod access;
mod api_keys;
mod audit;
mod cache;
mod caller;
mod editing;
mod entries;
mod exports;
mod feeds;
mod help;
mod home;
mod import_jobs;
mod import_options;
mod imports;
mod limits;
mod projects;
mod public;
mod requests;
mod setup;
mod sign_in;
mod tags;
mod trouble;
mod views;
