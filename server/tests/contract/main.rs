//! Proof of compatibility: the whole application on a real socket, asked in plain HTTP, on both databases.
//!
//! These tests are written from the contract that existing clients rely on, never from the handlers. They know paths,
//! members, statuses and headers; everything they make, they make as a client would. What is compared is compared
//! whole, by shapes (`shape.rs`) of the objects on the wire (`objects.rs`).

mod cli_login;
mod client;
mod objects;
mod shape;
mod site;
mod walls;

mod api_keys;
mod caching;
mod clients;
mod config;
mod conventions;
mod cors;
mod credentials;
mod disagreements;
mod document;
mod entries;
mod examples;
mod imports;
mod instance;
mod left_out;
mod paging;
mod passkeys;
mod people;
mod projects;
mod public;
mod rate_limits;
mod repeats;
mod requests;
mod revisions;
mod schedule;
mod sign_in;
mod tags;
