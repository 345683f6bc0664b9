//! Which address leads to which handler. Every route comes with its description, so none can be served undocumented.

use axum::Extension;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use services::Services;
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::allow_listed::guard;
use crate::document::{self, Start, Written};
use crate::embed::WidgetAssets;
use crate::idempotent::once;
use crate::identify::identify;
use crate::limited::limit;
use crate::needs::routes;
use crate::{
    analytics, api_keys, audit, auth, avatar, catch_up, cli_login, config, embed, entries, export, feeds, health,
    imports, instance, invitations, layer, media, oauth, oauth_providers, own_settings, passkeys, passwords, people,
    projects, public, requests, revisions, saml, saml_providers, schedule, search,
};
use crate::{bookmarks, entry_templates, quick_notes, setup, stats, tags, trash, unread, widgets};

/// Routes that look at no credential at all.
fn open() -> OpenApiRouter<Services> {
    let router = OpenApiRouter::new();
    let router = add(router, routes!(public::list_public_entries));
    let router = add(router, routes!(public::list_all_public_entries));
    let router = add(router, routes!(public::get_public_entry));
    let router = add(router, routes!(feeds::rss));
    let router = add(router, routes!(embed::widget_script));
    let router = add(router, routes!(unread::count_unread));
    let router = add(router, routes!(unread::read_entry_html));
    let router = add(router, routes!(analytics::track_view));
    let router = add(router, routes!(health::health));
    let router = add(router, routes!(avatar::draw_avatar));
    let router = add(router, routes!(instance::read_time_zone));
    let router = add(router, routes!(instance::read_runtime_config));
    let router = add(router, routes!(setup::read_setup_status));
    let router = add(router, routes!(setup::read_setup_progress));
    let router = add(router, routes!(setup::create_first_admin));
    let router = add(router, routes!(auth::sign_in));
    let router = add(router, routes!(auth::sign_out));
    let router = add(router, routes!(auth::refresh));
    let router = add(router, routes!(passwords::request_reset));
    let router = add(router, routes!(passwords::check_reset, passwords::reset));
    let router = add(router, routes!(passkeys::take_second_step));
    let router = add(router, routes!(passkeys::begin_passkey_sign_in));
    let router = add(router, routes!(passkeys::sign_in_with_passkey));
    let router = add(router, routes!(invitations::read_invitation));
    let router = add(router, routes!(invitations::register));
    let router = add(router, routes!(cli_login::exchange));
    let router = add(router, routes!(cli_login::renew));
    let router = add(router, routes!(oauth::list_sign_in_providers));
    let router = add(router, routes!(saml::list_saml_sign_in_providers));
    // Comes from another site, by its nature, and without cookies.
    let router = add(router, routes!(saml::take_saml_answer));
    let router = add(router, routes!(saml::read_saml_metadata));
    let router = add(router, routes!(document::read_openapi));
    add(router, routes!(document::read_swagger))
}

/// Routes whose callers are identified first.
fn identified() -> OpenApiRouter<Services> {
    let router = OpenApiRouter::new();
    let router = add(router, routes!(auth::me));
    let router = add(router, routes!(own_settings::read, own_settings::update));
    let router = add(router, routes!(passwords::change_password));
    let router = add(router, routes!(passwords::request_own_reset));
    let router = add(router, routes!(passkeys::list_passkeys));
    let router = add(router, routes!(passkeys::begin_passkey_registration));
    let router = add(router, routes!(passkeys::register_passkey));
    let router = add(router, routes!(passkeys::rename_passkey, passkeys::delete_passkey));
    let router = add(router, routes!(passkeys::read_security_settings, passkeys::update_security_settings));
    let router = add(router, routes!(cli_login::generate));
    let router = add(router, routes!(cli_login::validate));
    let router = add(router, routes!(oauth::begin_sign_in));
    let router = add(router, routes!(oauth::end_sign_in));
    let router = add(router, routes!(oauth::list_connections));
    let router = add(router, routes!(saml::begin_saml_sign_in));
    let router = add(router, routes!(saml::end_saml_sign_in));
    let router = add(router, routes!(saml_providers::list_saml_providers, saml_providers::create_saml_provider));
    let one = routes!(
        saml_providers::get_saml_provider,
        saml_providers::update_saml_provider,
        saml_providers::delete_saml_provider
    );
    let router = add(router, one);
    let router = add(router, routes!(oauth_providers::list_oauth_providers, oauth_providers::create_oauth_provider));
    let one = routes!(
        oauth_providers::get_oauth_provider,
        oauth_providers::update_oauth_provider,
        oauth_providers::delete_oauth_provider
    );
    let router = add(router, one);
    let router = add(router, routes!(projects::list_projects, projects::create_project));
    let router = add(router, routes!(projects::get_project, projects::update_project, projects::delete_project));
    let router = add(router, routes!(projects::list_project_versions));
    let router = add(router, routes!(catch_up::catch_up));
    let router = tag_routes(router);
    let router = add(router, routes!(trash::list_trash));
    let router = add(router, routes!(trash::restore_from_trash));
    let router = add(router, routes!(trash::delete_from_trash));
    let router = add(router, routes!(bookmarks::export_bookmarks));
    let router = add(router, routes!(search::search_entries, search::search_entries_narrowed));
    let router = add(router, routes!(stats::read_dashboard_stats));
    let router = add(router, routes!(instance::read_system_version));
    let router = add(router, routes!(projects::get_project_settings, projects::update_project_settings));
    let router = add(router, routes!(entries::list_entries, entries::create_entry, entries::delete_all_entries));
    let router = add(router, routes!(entries::change_many_entries));
    let router = add(router, routes!(entry_templates::list_entry_templates, entry_templates::create_entry_template));
    let one = routes!(
        entry_templates::get_entry_template,
        entry_templates::update_entry_template,
        entry_templates::delete_entry_template,
    );
    let router = add(router, one);
    let router = add(router, routes!(quick_notes::list_quick_notes, quick_notes::add_quick_note));
    let router = add(router, routes!(quick_notes::delete_quick_note));
    let router = add(router, routes!(imports::parse_import));
    let router = add(router, routes!(imports::parse_json_import));
    let router = add(router, routes!(imports::parse_csv_import));
    let router = add(router, routes!(imports::parse_url_import));
    let router = add(router, routes!(imports::validate_canny_key));
    let router = add(router, routes!(imports::fetch_canny_entries));
    let router = add(router, routes!(imports::process_import, imports::get_import_history));
    let router = add(router, routes!(export::export_project));
    let router = add(router, routes!(media::list_media, media::upload_medium));
    let router = add(router, routes!(media::get_medium, media::describe_medium, media::delete_medium));
    let router = add(router, routes!(widgets::create_widget));
    let router = add(router, routes!(widgets::list_widgets));
    // Its record takes a credential, its script does not.
    let kept = routes!(embed::get_widget, widgets::create_widget_at, widgets::update_widget, widgets::delete_widget);
    let router = add(router, kept);
    let router = add(router, routes!(api_keys::list_project_api_keys, api_keys::create_project_api_key));
    let one =
        routes!(api_keys::get_project_api_key, api_keys::update_project_api_key, api_keys::delete_project_api_key);
    let router = add(router, one);
    let router = add(router, routes!(api_keys::rotate_project_api_key));
    let router = add(router, routes!(api_keys::list_api_keys, api_keys::create_api_key));
    let router = add(router, routes!(api_keys::get_api_key, api_keys::update_api_key, api_keys::delete_api_key));
    let router = add(router, routes!(api_keys::rotate_api_key));
    let router = add(router, routes!(config::read_config, config::update_config));
    let email = routes!(config::read_system_email, config::set_system_email, config::test_system_email);
    let router = add(router, email);
    let router = add(router, routes!(audit::list_audit_logs));
    let router = add(router, routes!(audit::list_audit_actions));
    let router = people_routes(router);
    let router = request_routes(router);
    let router = add(router, routes!(entries::update_entry_by_id, entries::delete_entry_by_id));
    let router = add(router, routes!(schedule::get_schedule, schedule::change_schedule));
    let router = add(router, routes!(revisions::delete_history));
    let router = add(router, routes!(revisions::list_revisions));
    let router = add(router, routes!(revisions::count_revisions));
    let router = add(router, routes!(revisions::get_revision, revisions::mark_revision));
    let router = add(router, routes!(revisions::restore_revision));
    let router = add(router, routes!(revisions::blame_revision));
    let entry = routes!(entries::get_entry, entries::update_entry, entries::publish_entry, entries::delete_entry);
    add(router, entry)
}

fn tag_routes(router: OpenApiRouter<Services>) -> OpenApiRouter<Services> {
    let all = routes!(tags::list_tags, tags::create_tag, tags::update_named_tag, tags::delete_named_tag);
    let router = add(router, all);
    let router = add(router, routes!(tags::get_tag, tags::update_tag, tags::delete_tag));
    let router = add(router, routes!(tags::list_used_tags));
    let router = add(router, routes!(tags::create_shared_tag));
    let router = add(router, routes!(tags::update_shared_tag, tags::delete_shared_tag));
    add(router, routes!(tags::search_tags))
}

fn request_routes(router: OpenApiRouter<Services>) -> OpenApiRouter<Services> {
    let router = add(router, routes!(requests::list_requests, requests::create_request));
    let router = add(router, routes!(requests::decide_request));
    let router = add(router, routes!(requests::list_own_requests));
    let router = add(router, routes!(requests::list_requests_of_entry));
    add(router, routes!(requests::approve_schedule))
}

fn people_routes(router: OpenApiRouter<Services>) -> OpenApiRouter<Services> {
    let router = add(router, routes!(people::list_people, invitations::invite_person));
    let router = add(router, routes!(people::update_person, people::delete_person));
    let router = add(router, routes!(people::update_person_role));
    let router = add(router, routes!(people::disable_person));
    let router = add(router, routes!(people::enable_person));
    let router = add(router, routes!(people::end_person_sessions));
    let router = add(router, routes!(people::reset_second_factor));
    let router = add(router, routes!(people::send_password_reset));
    let router = add(router, routes!(invitations::list_invitations));
    let router = add(router, routes!(invitations::revoke_invitation));
    let router = add(router, routes!(invitations::resend_invitation));
    let router = add(router, routes!(setup::save_settings));
    add(router, routes!(setup::list_team, setup::invite_team))
}

/// Adds a route and the same route with a slash at the end, which is answered in place.
fn add(
    mut router: OpenApiRouter<Services>,
    routes: impl IntoIterator<Item = UtoipaMethodRouter<Services>>,
) -> OpenApiRouter<Services> {
    for route in routes {
        let (_, paths, methods) = &route;
        for path in paths.paths.keys() {
            router = router.route(&format!("{path}/"), methods.clone());
        }
        router = router.routes(route);
    }
    router
}

/// The document of this surface.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let routers = OpenApiRouter::with_openapi(Start::openapi()).merge(open()).merge(identified());
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
    let identified: Router<Services> = identified().into();
    let open: Router<Services> = open().into();
    Router::new()
        .merge(identified.layer(once).layer(limit.clone()).layer(who).layer(guard.clone()))
        .merge(open.layer(limit).layer(guard))
        // Set once for all: one path can have methods of both kinds.
        .method_not_allowed_fallback(layer::method_not_allowed)
        .merge(embed::files())
        .route("/api", any(layer::not_found))
        .route("/api/", any(layer::not_found))
        .route("/api/{*rest}", any(layer::not_found))
        .layer(Extension(assets))
        .layer(Extension(Written::new(&openapi())))
        .layer(from_fn_with_state(services.clone(), layer::common))
        .with_state(services)
}
