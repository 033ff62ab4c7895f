//! Traces over OTLP, for those who watch a service: how long a request waited and for what, and which module took how long.
//!
//! Other rooms say what they do with plain spans of `tracing`, none of which is made while nobody watches. This room knows
//! which of them may leave the program, and sends them. It never sends an event: what is logged may name people.

mod collector;
mod config;
mod queue;
mod request;
mod sample;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use collector::Collector;
use queue::Queue;

use crate::outbound::{Client, OutboundError};

pub use config::{Share, Traces};
pub use request::{OTHER_METHOD, answered, known_method, request};

/// The spans that are sent: a request; a suggestion that waits and is judged; a module that is called; what was decided together,
/// and how it was recorded. All that they say is which route, method, status, module, version, fuel, outcome and how many.
const SPANS: [&str; 6] = ["request", "wait", "judge", "call", "group", "commit"];

/// How long one question to the collector may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the last spans have to be sent when the program ends.
const FAREWELL: Duration = Duration::from_secs(3);

/// How many links a span may have: one to each request of a group.
const MOST_LINKS: u32 = 256;

/// Why no traces can be sent.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    /// The collector's authorities.
    #[error("[serve.traces]: {0}")]
    Authorities(#[from] OutboundError),
    /// What is configured, here or in the environment, cannot be.
    #[error("[serve.traces], or a variable OTEL_…: {0}")]
    Exporter(#[from] ExporterBuildError),
}

/// What sends traces. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tracing(SdkTracerProvider);

impl Tracing {
    /// Begins to send. Paths in `config` are relative to `folder`.
    ///
    /// # Errors
    /// See [`TracesError`]. A collector that is not there is no error.
    pub fn start(config: &Traces, folder: &Path) -> Result<Self, TracesError> {
        let authorities = config.authorities.as_ref().map(|path| folder.join(path));
        let collector = Arc::new(Collector::new(Client::new(PATIENCE, authorities.as_deref())?));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_shared_http_client(Arc::<Collector>::clone(&collector))
            .with_endpoint(config.endpoint.uri().to_string())
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(PATIENCE)
            .build()?;
        let resource = Resource::builder()
            .with_service_name("countersign")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(sample::sampler(config.sample))
            .with_max_links_per_span(MOST_LINKS)
            .with_span_processor(Queue::before(exporter, collector))
            .build();
        Ok(Self(provider))
    }

    /// What hears of spans, to be put before a log.
    #[must_use]
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let ours = filter_fn(|data| {
            data.is_span() && data.target().starts_with("countersign") && SPANS.contains(&data.name())
        });
        // Where in the code a span was made, on which thread and in how many pieces is nobody's business.
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("countersign"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(ours)
    }

    /// Sends the last spans, for some seconds at most, and then no more.
    pub fn stop(&self) {
        if let Err(error) = self.0.shutdown_with_timeout(FAREWELL) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}
