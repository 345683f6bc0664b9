//! What is exported comes back as it was.

mod formats;
mod help;
mod keep;
mod property;
mod reference;
