//! Tests of the wired program: its configuration, its command line, its keys, its pages and its walls.

mod account_pages;
mod allow_list;
mod api_docs;
mod audit_page;
mod cache;
mod cli;
mod cli_login_page;
mod config;
mod headers;
mod history_page;
mod matrix;
mod media;
mod pages;
mod people;
mod readers;
mod schedule_pages;
mod second_step;
#[cfg(unix)]
mod secrets;
