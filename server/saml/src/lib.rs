//! SAML 2.0 for a service that people sign in to: asking an identity provider, and believing its answer.
//!
//! Pure functions: nothing here reads a clock, a database or the network. Whom an answer is about, and whether they may
//! come in, is decided by the caller.
//!
//! The way from an answer to its assertion is narrow on purpose:
//!
//! 1. `shape` refuses what no identity provider sends, before a parser sees it: comments, processing
//!    instructions, document types, deep nesting, crowds of attributes.
//! 2. `signature` takes the element whose signature it is, writes it in canonical form (`canonical`),
//!    and compares the digest that the key of the provider has signed.
//! 3. `response` **reads those very bytes again, and nothing else**. So neither the place of an element in the answer,
//!    nor a second element with the same id, nor a fault in the canonical form can put words into an assertion: what is
//!    not in the signed bytes is not read.
//!
//! Only one profile of XML signatures is accepted, the one that all providers send: exclusive canonical form, an
//! enveloped signature over its own parent, RSA or ECDSA, SHA-256 or longer. Everything else is refused by name.
//! Encrypted assertions are not read; answers travel over TLS.

mod canonical;
mod certificate;
mod metadata;
mod refusal;
mod request;
mod response;
mod shape;
mod signature;
mod xml;

pub use certificate::{Certificate, CertificateError, MAX_CERTIFICATES, certificates};
pub use metadata::metadata;
pub use refusal::Refusal;
pub use request::AuthnRequest;
pub use response::{Assertion, Expected, MAX_RESPONSE, read};

/// How a provider that is asked for nothing else names people.
pub const EMAIL_ADDRESS: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
