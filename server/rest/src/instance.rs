//! What clients ask the instance about itself.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use services::Services;
use utoipa::ToSchema;

use crate::extract::Known;
use crate::problem::Problem;
use crate::wire;

/// How dates are shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "timezone": "UTC", "source": "system", "allowUserTimezone": true, "customDateTemplates": null
}))]
pub(crate) struct TimeZone {
    /// An IANA name.
    timezone: String,
    /// Always `system`.
    source: &'static str,
    /// Whether people can choose a zone of their own.
    allow_user_timezone: bool,
    /// `null` for the templates that are built in.
    #[schema(required = true)]
    custom_date_templates: Option<Vec<wire::DateTemplate>>,
}

/// Read the time zone of the instance.
#[utoipa::path(
    get,
    path = "/api/config/timezone",
    tag = "Instance",
    responses((status = 200, description = "The zone.", body = TimeZone))
)]
pub(crate) async fn read_time_zone(State(cx): State<Services>) -> Result<Json<TimeZone>, Problem> {
    let settings = services::instance::shared(&cx).await?;
    Ok(Json(TimeZone {
        timezone: settings.timezone.clone(),
        source: "system",
        allow_user_timezone: settings.allow_user_timezone,
        custom_date_templates: wire::date_templates(&settings),
    }))
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuntimeConfig, example = json!({ "sslEnabled": true }))]
pub(crate) struct Runtime {
    /// Whether people reach the instance by https.
    ssl_enabled: bool,
}

/// Read how the instance runs.
#[utoipa::path(
    get,
    path = "/api/config/runtime",
    tag = "Instance",
    responses((status = 200, description = "How it runs.", body = Runtime))
)]
pub(crate) async fn read_runtime_config(State(cx): State<Services>) -> Json<Runtime> {
    Json(Runtime { ssl_enabled: cx.is_https() })
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SystemVersion, example = json!({
    "status": "success", "version": "1.0.0", "database": "PostgreSQL", "databaseVersion": "16.4"
}))]
pub(crate) struct Versions {
    /// Always `success`.
    status: &'static str,
    /// Of Tidings.
    version: &'static str,
    /// `SQLite` or `PostgreSQL`.
    database: &'static str,
    database_version: String,
}

/// Read versions.
///
/// Of Tidings and of its database. Takes any credential: strangers need not know what to attack.
#[utoipa::path(
    get,
    path = "/api/system/version",
    tag = "Instance",
    responses((status = 200, description = "The versions.", body = Versions)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!([])))
)]
pub(crate) async fn read_system_version(State(cx): State<Services>, _known: Known) -> Result<Json<Versions>, Problem> {
    Ok(Json(Versions {
        status: "success",
        version: env!("CARGO_PKG_VERSION"),
        database: cx.db.engine().name(),
        database_version: cx.db.version().await?,
    }))
}
