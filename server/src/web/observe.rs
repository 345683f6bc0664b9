//! What is logged and counted about requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{Counter, Histogram, Key, KeyName, Label, Level, Metadata, Recorder as _};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

const REQUESTS: &str = "tidings_http_requests_total";
const SECONDS: &str = "tidings_http_request_seconds";
static METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// Counts of this process, in the format of Prometheus. Each server has its own, so that nothing is global.
#[derive(Clone)]
pub struct Recorder(Arc<PrometheusRecorder>);

impl Recorder {
    pub fn new() -> Self {
        // Slots for histograms in place of summaries; a builder that refuses them falls back to summaries.
        let slots = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &slots);
        let recorder = builder.unwrap_or_else(|_| PrometheusBuilder::new()).build_recorder();
        recorder.describe_counter(KeyName::from_const_str(REQUESTS), None, "Requests by route and status.".into());
        recorder.describe_histogram(KeyName::from_const_str(SECONDS), None, "Time to answer, by route.".into());
        Self(Arc::new(recorder))
    }

    pub fn render(&self) -> String {
        self.0.handle().render()
    }

    fn count(&self, route: &str, status: u16, took: Duration) {
        let route = Label::new("route", route.to_owned());
        let status = Label::new("status", status.to_string());
        let counter: Counter =
            self.0.register_counter(&Key::from_parts(REQUESTS, vec![route.clone(), status]), &METADATA);
        counter.increment(1);
        let histogram: Histogram = self.0.register_histogram(&Key::from_parts(SECONDS, vec![route]), &METADATA);
        histogram.record(took.as_secs_f64());
    }
}

/// Logs each request as one sentence at debug level, failures of ours at error level, and counts it. Neither query
/// strings nor headers are logged: they may hold secrets.
pub async fn requests(State(recorder): State<Recorder>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let answer = next.run(request).await;
    let took = started.elapsed();
    let status = answer.status().as_u16();
    recorder.count(&route, status, took);
    let duration_ms = took.as_secs_f64() * 1000.0;
    if status >= 500 {
        tracing::error!(%method, path, status, duration_ms, "{method} {path} failed with {status}");
    } else {
        tracing::debug!(%method, path, status, duration_ms, "{method} {path} answered {status}");
    }
    answer
}
