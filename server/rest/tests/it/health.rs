use serde_json::json;
use testkit::on_both_databases;

use crate::app::App;

on_both_databases! {
    async fn a_container_learns_whether_the_instance_is_healthy(app: App) {
        let answer = app.stranger().get("/api/health").await.expect(200);
        assert_eq!(answer.json(), json!({
            "status": "healthy", "timestamp": "2026-03-04T09:30:00.000Z",
            "services": { "database": "connected", "application": "ready" },
        }));
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));

        app.db().close().await;
        let answer = app.stranger().get("/api/health").await.expect(503);
        assert_eq!(answer.json()["status"], "unhealthy");
        assert!(answer.json()["error"].as_str().unwrap().starts_with("The database cannot be reached"));
        // Everything else says so too, with a reference, and shows nothing of the inside.
        let broken = app.stranger().get("/api/changelog/x/entries").await.expect(503).json();
        assert_eq!(broken["code"], "unavailable");
        assert_eq!(broken["reference"].as_str().unwrap().len(), 12);
        assert!(!broken.to_string().to_lowercase().contains("pool"), "{broken}");
    }
}
