//! What the use cases promise, on both databases.

mod access;
mod api_keys;
mod audit;
mod caller;
mod entries;
mod help;
mod home;
mod imports;
mod projects;
mod public;
mod requests;
mod setup;
mod sign_in;
mod trouble;
