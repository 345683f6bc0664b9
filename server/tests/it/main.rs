//! Tests of the wired program: its configuration, its command line, its keys, its pages and its walls.

mod cli;
mod config;
mod pages;
#[cfg(unix)]
mod secrets;
mod walls;
