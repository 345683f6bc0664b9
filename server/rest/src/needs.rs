//! What an operation needs, read off the arguments of its handler: an extractor that checks a permission also says which.
//! The document shows it as `x-permission`, so it cannot say something else than what is checked.

use axum::Extension;
use axum::extract::{Form, Path, RawPathParams, RawQuery, Request, State};
use http::request::Parts;
use http::{HeaderMap, Method, Uri};
use model::Permission;
use serde_json::json;
use services::access::Capability;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa_axum::router::UtoipaMethodRouter;

use crate::conditional::IfMatch;
use crate::extract::{
    Address, Body, Capabilities, EntryPath, EntryTemplatePath, InvitationPath, KeyPath, Known, May, MayBoth,
    MayInstance, MayLater, MayOrAsk, MayOwn, Md5Path, MediaPath, PasskeyPath, Presented, Program, ProviderAddress,
    ProviderPath, Query, QuickNotePath, RequestPath, RevisionPath, TagAddress, TagPath, TokenPath, TrashPath, Upload,
    UserPath, Visitor, WidgetPath,
};

/// The name in the document.
const NAME: &str = "x-permission";

/// What callers need altogether; `None` for an argument or operation that looks at no credential, an empty list where any
/// credential will do.
pub(crate) type Needs = Option<&'static [Permission]>;

/// One argument of a handler. An extractor without this is in no handler.
pub(crate) trait Argument {
    const NEEDS: Needs = None;
}

macro_rules! free {
    ($([$($generic:ident),*] $argument:ty),* $(,)?) => { $(impl<$($generic),*> Argument for $argument {})* };
}

free! {
    [S] State<S>, [T] Extension<T>, [T] Path<T>, [T] Form<T>, [T] Query<T>, [T] Body<T>, [] IfMatch, [] HeaderMap, [] Method,
    [] Uri, [] RawPathParams, [] RawQuery, [] Request, [] Parts, [] Visitor, [] Program, [] Address, [] EntryPath, [] EntryTemplatePath, [] QuickNotePath, [] RevisionPath, [] KeyPath, [] Md5Path,
    [] RequestPath, [] TagAddress, [] TagPath, [] WidgetPath, [] InvitationPath, [] ProviderAddress, [] ProviderPath, [] PasskeyPath, [] TokenPath, [] TrashPath, [] UserPath,
    [] MediaPath, [] Upload,
}

impl<T: Argument, E> Argument for Result<T, E> {
    const NEEDS: Needs = T::NEEDS;
}

impl Argument for Known {
    const NEEDS: Needs = Some(&[]);
}

impl Argument for Presented {
    const NEEDS: Needs = Some(&[]);
}

impl<C: Capability> Argument for May<C> {
    const NEEDS: Needs = Some(&[C::NEEDS]);
}

impl<C: Capability> Argument for MayInstance<C> {
    const NEEDS: Needs = Some(&[C::NEEDS]);
}

impl Argument for MayOwn {
    const NEEDS: Needs = Some(&[Permission::ManageOwnAccount]);
}

impl<C: Capability> Argument for MayOrAsk<C> {
    const NEEDS: Needs = Some(&[C::NEEDS]);
}

impl<A: Capability, B: Capability> Argument for MayBoth<A, B> {
    const NEEDS: Needs = Some(<(A, B) as Capabilities>::ALL);
}

impl<C: Capabilities> Argument for MayLater<C> {
    const NEEDS: Needs = Some(C::ALL);
}

/// A handler with these arguments.
pub(crate) trait Operation<Arguments> {
    const NEEDS: Needs;
}

/// At most one argument of a handler checks something.
const fn first(needs: &[Needs]) -> Needs {
    let mut at = 0;
    while at < needs.len() {
        if needs[at].is_some() {
            return needs[at];
        }
        at += 1;
    }
    None
}

macro_rules! operations {
    ($(($($argument:ident),*))*) => {$(
        impl<Handler, Answer, $($argument: Argument),*> Operation<($($argument,)*)> for Handler
        where
            Handler: Fn($($argument),*) -> Answer,
        {
            const NEEDS: Needs = first(&[$($argument::NEEDS),*]);
        }
    )*};
}

operations! { () (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G) }

/// Writes into the description of one operation what its handler needs.
pub(crate) fn declare<S, Arguments, Handler>(
    (schemas, mut paths, methods): UtoipaMethodRouter<S>,
    _: &Handler,
) -> UtoipaMethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Handler: Operation<Arguments>,
{
    if let Some(needs) = Handler::NEEDS {
        for item in paths.paths.values_mut() {
            let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
            for operation in all.into_iter().flatten() {
                let needs = ExtensionsBuilder::new().add(NAME, json!(needs)).build();
                operation.extensions.get_or_insert_default().merge(needs);
            }
        }
    }
    (schemas, paths, methods)
}

/// The description of a handler, as the table of routes takes it.
macro_rules! describe {
    ($handler:path) => {
        $crate::needs::declare(utoipa_axum::routes!($handler), &$handler)
    };
}
pub(crate) use describe;
