//! Which address leads to which handler. Every route comes with its description, so none can be served undocumented.

use axum::Extension;
use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, any, on};
use services::Services;
use utoipa::OpenApi;
use utoipa_axum::PathItemExt;
use utoipa_axum::router::OpenApiRouter;

use crate::allow_listed::guard;
use crate::document::{self, Start};
use crate::embed::WidgetAssets;
use crate::idempotent::once;
use crate::identify::identify;
use crate::limited::limit;
use crate::needs::describe;
use crate::{
    analytics, api_keys, audit, auth, avatar, catch_up, cli_login, config, embed, entries, export, feeds, health,
    imports, instance, invitations, layer, media, oauth, oauth_providers, own_settings, passkeys, passwords, people,
    projects, public, requests, revisions, saml, saml_providers, schedule, search,
};
use crate::{bookmarks, entry_templates, quick_notes, setup, stats, tags, trash, unread, widgets};

/// Makes two functions of one list of handlers: what serves them, and what describes them. They are apart because the program
/// carries the finished description along instead of what makes it.
macro_rules! operations {
    ($(#[$about:meta])* $serve:ident, $describe:ident: $($module:ident::$handler:ident),* $(,)?) => {
        $(#[$about])*
        fn $serve() -> Router<Services> {
            let router = Router::new();
            $(let router = pastey::paste!(serve::<$module::[<__path_ $handler>], _, _>(router, $module::$handler));)*
            router
        }

        fn $describe() -> OpenApiRouter<Services> {
            let router = OpenApiRouter::new();
            $(let router = router.routes(describe!($module::$handler));)*
            router
        }
    };
}

operations! {
    /// Routes that look at no credential at all.
    open, describe_open:
    public::list_public_entries,
    public::list_all_public_entries,
    public::get_public_entry,
    feeds::rss,
    embed::widget_script,
    unread::count_unread,
    unread::read_entry_html,
    analytics::track_view,
    health::health,
    avatar::draw_avatar,
    instance::read_time_zone,
    instance::read_runtime_config,
    setup::read_setup_status,
    setup::read_setup_progress,
    setup::create_first_admin,
    auth::sign_in,
    auth::sign_out,
    auth::refresh,
    passwords::request_reset,
    passwords::check_reset,
    passwords::reset,
    passkeys::take_second_step,
    passkeys::begin_passkey_sign_in,
    passkeys::sign_in_with_passkey,
    invitations::read_invitation,
    invitations::register,
    cli_login::exchange,
    cli_login::renew,
    oauth::list_sign_in_providers,
    saml::list_saml_sign_in_providers,
    // Comes from another site, by its nature, and without cookies.
    saml::take_saml_answer,
    saml::read_saml_metadata,
    document::read_openapi,
    document::read_swagger,
}

operations! {
    /// Routes whose callers are identified first.
    identified, describe_identified:
    auth::me,
    own_settings::read,
    own_settings::update,
    passwords::change_password,
    passwords::request_own_reset,
    passkeys::list_passkeys,
    passkeys::begin_passkey_registration,
    passkeys::register_passkey,
    passkeys::rename_passkey,
    passkeys::delete_passkey,
    passkeys::read_security_settings,
    passkeys::update_security_settings,
    cli_login::generate,
    cli_login::validate,
    oauth::begin_sign_in,
    oauth::end_sign_in,
    oauth::list_connections,
    saml::begin_saml_sign_in,
    saml::end_saml_sign_in,
    saml_providers::list_saml_providers,
    saml_providers::create_saml_provider,
    saml_providers::get_saml_provider,
    saml_providers::update_saml_provider,
    saml_providers::delete_saml_provider,
    oauth_providers::list_oauth_providers,
    oauth_providers::create_oauth_provider,
    oauth_providers::get_oauth_provider,
    oauth_providers::update_oauth_provider,
    oauth_providers::delete_oauth_provider,
    projects::list_projects,
    projects::create_project,
    projects::get_project,
    projects::update_project,
    projects::delete_project,
    projects::list_project_versions,
    catch_up::catch_up,
    tags::list_tags,
    tags::create_tag,
    tags::update_named_tag,
    tags::delete_named_tag,
    tags::get_tag,
    tags::update_tag,
    tags::delete_tag,
    tags::list_used_tags,
    tags::create_shared_tag,
    tags::update_shared_tag,
    tags::delete_shared_tag,
    tags::search_tags,
    trash::list_trash,
    trash::restore_from_trash,
    trash::delete_from_trash,
    bookmarks::export_bookmarks,
    search::search_entries,
    search::search_entries_narrowed,
    stats::read_dashboard_stats,
    instance::read_system_version,
    projects::get_project_settings,
    projects::update_project_settings,
    entries::list_entries,
    entries::create_entry,
    entries::delete_all_entries,
    entries::change_many_entries,
    entry_templates::list_entry_templates,
    entry_templates::create_entry_template,
    entry_templates::get_entry_template,
    entry_templates::update_entry_template,
    entry_templates::delete_entry_template,
    quick_notes::list_quick_notes,
    quick_notes::add_quick_note,
    quick_notes::delete_quick_note,
    imports::parse_import,
    imports::parse_json_import,
    imports::parse_csv_import,
    imports::parse_url_import,
    imports::validate_canny_key,
    imports::fetch_canny_entries,
    imports::process_import,
    imports::get_import_history,
    export::export_project,
    media::list_media,
    media::upload_medium,
    media::get_medium,
    media::describe_medium,
    media::delete_medium,
    widgets::create_widget,
    widgets::list_widgets,
    // Its record takes a credential, its script does not.
    embed::get_widget,
    widgets::create_widget_at,
    widgets::update_widget,
    widgets::delete_widget,
    api_keys::list_project_api_keys,
    api_keys::create_project_api_key,
    api_keys::get_project_api_key,
    api_keys::update_project_api_key,
    api_keys::delete_project_api_key,
    api_keys::rotate_project_api_key,
    api_keys::list_api_keys,
    api_keys::create_api_key,
    api_keys::get_api_key,
    api_keys::update_api_key,
    api_keys::delete_api_key,
    api_keys::rotate_api_key,
    config::read_config,
    config::update_config,
    config::read_system_email,
    config::set_system_email,
    config::test_system_email,
    audit::list_audit_logs,
    audit::list_audit_actions,
    people::list_people,
    invitations::invite_person,
    people::update_person,
    people::delete_person,
    people::update_person_role,
    people::disable_person,
    people::enable_person,
    people::end_person_sessions,
    people::reset_second_factor,
    people::send_password_reset,
    invitations::list_invitations,
    invitations::revoke_invitation,
    invitations::resend_invitation,
    setup::save_settings,
    setup::list_team,
    setup::invite_team,
    requests::list_requests,
    requests::create_request,
    requests::decide_request,
    requests::list_own_requests,
    requests::list_requests_of_entry,
    requests::approve_schedule,
    entries::update_entry_by_id,
    entries::delete_entry_by_id,
    schedule::get_schedule,
    schedule::change_schedule,
    revisions::delete_history,
    revisions::list_revisions,
    revisions::count_revisions,
    revisions::get_revision,
    revisions::mark_revision,
    revisions::restore_revision,
    revisions::blame_revision,
    entries::get_entry,
    entries::update_entry,
    entries::publish_entry,
    entries::delete_entry,
}

/// Adds an operation where it says that it is, and the same with a slash at the end, which is answered in place.
fn serve<Described, H, T>(router: Router<Services>, handler: H) -> Router<Services>
where
    Described: utoipa::Path,
    H: Handler<T, Services>,
    T: 'static,
{
    let methods = Described::methods().iter().map(PathItemExt::to_method_filter).reduce(MethodFilter::or);
    add(router, &Described::path(), on(methods.unwrap_or(MethodFilter::GET), handler))
}

fn add(router: Router<Services>, path: &str, operation: MethodRouter<Services>) -> Router<Services> {
    router.route(&format!("{path}/"), operation.clone()).route(path, operation)
}

/// The document of this surface, made from the handlers. The program itself does not call this: it carries the result
/// along, `openapi.json`, which a test compares.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let routers = OpenApiRouter::with_openapi(Start::openapi()).merge(describe_open()).merge(describe_identified());
    let mut document = routers.into_openapi();
    document::complete(&mut document);
    document
}

/// Everything under `/api`, and the document at `/openapi.json` and `/swagger.json`.
pub fn router(services: Services, assets: WidgetAssets) -> Router {
    let who = from_fn_with_state(services.clone(), identify);
    let limit = from_fn_with_state(services.clone(), limit);
    let once = from_fn_with_state(services.clone(), once);
    let guard = from_fn_with_state(services.clone(), guard);
    Router::new()
        .merge(identified().layer(once).layer(limit.clone()).layer(who).layer(guard.clone()))
        .merge(open().layer(limit).layer(guard))
        // Set once for all: one path can have methods of both kinds.
        .method_not_allowed_fallback(layer::method_not_allowed)
        .merge(embed::files())
        .route("/api", any(layer::not_found))
        .route("/api/", any(layer::not_found))
        .route("/api/{*rest}", any(layer::not_found))
        .layer(Extension(assets))
        .layer(from_fn_with_state(services.clone(), layer::common))
        .with_state(services)
}
