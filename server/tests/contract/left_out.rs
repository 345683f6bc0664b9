//! Section 22: what is left out on purpose is answered like any unknown address.

use serde_json::json;
use testkit::on_both_databases;

use crate::site::Site;

on_both_databases! {
    async fn what_is_left_out_is_an_unknown_address(site: Site) {
        let mara = site.admin().await;
        for path in [
            "/api/extensions",
            "/api/extensions/x",
            "/api/system/perform-update",
            "/api/system/easypanel/x",
            "/api/telemetry/config",
            "/api/admin/sponsor",
            "/api/deployment/stats",
            "/api/ai/decrypt",
            "/api/ai/tagger-progress",
            "/api/setup/oauth/debug",
            "/api/check-setup",
        ] {
            for caller in [&site.stranger(), &*mara] {
                caller.get(path).await.refused(404);
                caller.post(path, json!({})).await.refused(404);
            }
        }
    }
}
