//! What is logged and counted about requests.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{Counter, Histogram, Key, KeyName, Label, Level, Metadata, Recorder as _};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

const REQUESTS: &str = "tidings_http_requests_total";
const SECONDS: &str = "tidings_http_request_seconds";
static METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// Times are collected until somebody sorts them into the histogram; after so many it is done even if nobody asks for
/// the figures, or they would fill the memory.
const COLLECTED: u64 = 4096;

/// Counts of this process, in the format of Prometheus. Each server has its own, so that nothing is global.
#[derive(Clone)]
pub struct Recorder(Arc<Figures>);

/// Counter and histogram of each route.
type Routes = HashMap<String, (Counter, Histogram)>;

struct Figures {
    recorder: PrometheusRecorder,
    requests: AtomicU64,
    /// What a request with this route and status counts in. There are as many as the router has routes.
    known: RwLock<HashMap<u16, Routes>>,
}

impl Recorder {
    pub fn new() -> Self {
        // Slots for histograms in place of summaries; a builder that refuses them falls back to summaries.
        let slots = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &slots);
        let recorder = builder.unwrap_or_else(|_| PrometheusBuilder::new()).build_recorder();
        recorder.describe_counter(KeyName::from_const_str(REQUESTS), None, "Requests by route and status.".into());
        recorder.describe_histogram(KeyName::from_const_str(SECONDS), None, "Time to answer, by route.".into());
        Self(Arc::new(Figures { recorder, requests: AtomicU64::new(0), known: RwLock::default() }))
    }

    pub fn render(&self) -> String {
        self.0.recorder.handle().render()
    }

    fn count(&self, route: &str, status: u16, took: Duration) {
        let figures = &self.0;
        let known = figures.known.read().unwrap_or_else(PoisonError::into_inner);
        let seconds = took.as_secs_f64();
        if let Some((counter, histogram)) = known.get(&status).and_then(|routes| routes.get(route)) {
            counter.increment(1);
            histogram.record(seconds);
        } else {
            drop(known);
            let (counter, histogram) = self.register(route, status);
            counter.increment(1);
            histogram.record(seconds);
            let mut known = figures.known.write().unwrap_or_else(PoisonError::into_inner);
            known.entry(status).or_default().insert(route.to_owned(), (counter, histogram));
        }
        if figures.requests.fetch_add(1, Ordering::Relaxed) % COLLECTED == COLLECTED - 1 {
            figures.recorder.handle().run_upkeep();
        }
    }

    fn register(&self, route: &str, status: u16) -> (Counter, Histogram) {
        let route = Label::new("route", route.to_owned());
        let status = Label::new("status", status.to_string());
        let recorder = &self.0.recorder;
        let counter = recorder.register_counter(&Key::from_parts(REQUESTS, vec![route.clone(), status]), &METADATA);
        (counter, recorder.register_histogram(&Key::from_parts(SECONDS, vec![route]), &METADATA))
    }
}

/// Logs each request as one sentence at debug level, failures of ours at error level, and counts it. Neither query
/// strings nor headers are logged: they may hold secrets.
pub async fn requests(State(recorder): State<Recorder>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let uri = request.uri().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let answer = next.run(request).await;
    let took = started.elapsed();
    let status = answer.status().as_u16();
    recorder.count(route.as_ref().map_or("other", MatchedPath::as_str), status, took);
    let path = uri.path();
    let duration_ms = took.as_secs_f64() * 1000.0;
    // 503 is a project under maintenance, or a database that is away and has been logged where it was missed.
    if status >= 500 && status != 503 {
        tracing::error!(%method, path, status, duration_ms, "{method} {path} failed with {status}");
    } else {
        tracing::debug!(%method, path, status, duration_ms, "{method} {path} answered {status}");
    }
    answer
}
