//! The `tidings` binary: configuration, command line, and the wiring of the web server. Rules live in `services`.

pub mod assets;
pub mod cli;
pub mod config;
pub mod credentials;
pub mod logging;
pub mod open;
pub mod secrets;
pub mod serve;
pub mod web;
