//! Reading requests. Every refusal is a [`Problem`](crate::Problem); no rejection of the framework gets out.

mod body;
mod grant;
mod path;
mod query;
mod upload;
mod visitor;

pub(crate) use body::{Body, Fields, FromBody, read_all};
pub(crate) use grant::{Capabilities, Known, May, MayBoth, MayInstance, MayLater, MayOrAsk, MayOwn, Presented};
pub(crate) use path::{
    Address, EntryPath, EntryTemplatePath, InvitationPath, KeyPath, Md5Path, MediaPath, PasskeyPath, ProviderAddress,
    ProviderPath, QuickNotePath, RequestPath, RevisionPath, TagAddress, TagPath, TokenPath, TrashPath, UserPath,
    WidgetPath,
};
pub(crate) use query::{FromQuery, Params, Query, has_value};
pub(crate) use upload::Upload;
pub(crate) use visitor::{Program, Visitor};
