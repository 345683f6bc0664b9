mod certificates;
mod conditions;
mod forge;
mod others;
mod request;
mod shape;
mod tampering;
mod wrapping;
