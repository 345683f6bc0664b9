//! The reference says the truth.
