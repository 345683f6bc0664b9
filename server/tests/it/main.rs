//! Tests of the wired program: its configuration, its command line, its keys, its pages and its walls.

mod api_docs;
mod cache;
mod cli;
mod config;
mod pages;
mod readers;
#[cfg(unix)]
mod secrets;
mod walls;
