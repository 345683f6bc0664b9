use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use services::Services;
use testkit::{TestApp, on_both_databases};

use super::common;

on_both_databases! {
    async fn a_panic_is_an_answer_that_tells_nothing_of_the_inside(services: Services) {
        async fn broken() -> &'static str {
            panic!("the secret inside")
        }
        let app = TestApp::on(services, |services| {
            Router::new().route("/api/broken", get(broken)).layer(from_fn_with_state(services, common))
        });
        let answer = app.stranger().get("/api/broken").await.expect(500);
        assert!(!answer.text().contains("secret"), "{}", answer.text());
        assert_eq!(answer.json()["code"], "internal");
        assert_eq!(answer.json()["reference"].as_str().unwrap().len(), 12);
        assert!(answer.header("x-request-id").is_some());
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
}
