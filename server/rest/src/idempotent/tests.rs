use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::post;
use http::Method;
use services::Services;
use testkit::{TestApp, on_both_databases};
use tokio::sync::Semaphore;

use super::once;
use crate::identify::identify;
use crate::layer::common;

fn app(services: Services, route: axum::routing::MethodRouter) -> TestApp {
    TestApp::on(services, |services| {
        Router::new()
            .route("/api/work", route)
            .layer(from_fn_with_state(services.clone(), once))
            .layer(from_fn_with_state(services.clone(), identify))
            .layer(from_fn_with_state(services, common))
    })
}

on_both_databases! {
    async fn a_panic_frees_the_key(services: Services) {
        async fn broken() -> &'static str {
            panic!("the secret inside")
        }
        let app = app(services, post(broken));
        let owner = app.owner("Mara").await;
        for _ in 0..2 {
            let call = owner.call(Method::POST, "/api/work").header("idempotency-key", "k");
            assert_eq!(call.send().await.expect(500).json()["code"], "internal");
        }
    }

    async fn a_caller_who_goes_away_can_come_back_for_the_answer(services: Services) {
        let (runs, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let (counted, waited) = (runs.clone(), gate.clone());
        let work = async move || {
            let number = counted.fetch_add(1, Ordering::SeqCst);
            let _ = waited.acquire().await;
            format!("run {number}")
        };
        let app = app(services, post(work));
        let owner = app.owner("Mara").await;
        let send = || owner.call(Method::POST, "/api/work").header("idempotency-key", "k").send();
        let first = tokio::spawn(send());
        while runs.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        assert_eq!(send().await.expect(409).json()["code"], "idempotency_key_in_use");
        gate.close();
        let answer = loop {
            let answer = send().await;
            if answer.status() != 409 {
                break answer.expect(200);
            }
        };
        assert_eq!((answer.text(), answer.header("idempotent-replayed")), ("run 0", Some("true")));
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }
}
