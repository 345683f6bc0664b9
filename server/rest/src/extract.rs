//! Reading requests. Every refusal is a [`Problem`](crate::Problem); no rejection of the framework gets out.

mod body;
mod grant;
mod path;
mod query;
mod visitor;

pub(crate) use body::{Body, Fields, FromBody, read_all};
pub(crate) use grant::{Known, May, MayInstance, MayOrAsk};
pub(crate) use path::{Address, EntryPath, KeyPath, Md5Path, TagAddress, TagPath, WidgetPath};
pub(crate) use query::{FromQuery, Params, Query, has_value};
pub(crate) use visitor::Visitor;
