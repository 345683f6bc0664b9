//! Tests of the wired program: its configuration, its command line and its keys.

mod cli;
mod config;
#[cfg(unix)]
mod secrets;
